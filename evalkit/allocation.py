"""How a budget would be shared out among campaigns, as far as their response curves reach.

1. The expected outcome is maximised by a well-kept optimiser within limits that are given; the range of the
   gain comes from the same mixture as the contributions.
2. Where the gain may be a loss, the answer says that the data do not support moving money.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import Bounds, LinearConstraint, minimize

from evalkit.decomposition import Allocation, Decomposition, Nodes
from evalkit.errors import InputError
from evalkit.estimate import Interval, NotEstimable
from evalkit.methods import mixture

Array = NDArray[np.float64]

LIMITS = (0.5, 1.5)  # multiples of a campaign's share of the budget as shares were, where none are given
REACH = 2.0  # times what was spent, beyond which no response was seen
WORTH = 1e-6  # of the budget: differences below are no move


def allocate_budget(
    decomposition: Decomposition,
    *,
    spent: Mapping[str, float],
    budget: float | None = None,
    limits: Mapping[str, tuple[float | None, float | None]] | None = None,
    years: float = 1.0,
    good: str = "up",
    level: float = 0.95,
) -> Allocation | NotEstimable:
    """Share next year's budget out so that the expected outcome is best.

    Parameters
    ----------
    decomposition : Decomposition
    spent : mapping of str to float
        What each campaign cost over the time evaluated; campaigns left out are kept as they were.
    budget : float, optional
        To be shared out among them for a year; by default what they cost a year.
    limits : mapping of str to (float or None, float or None), optional
        The least and the most that a campaign may cost in the year; None for the usual limit, which is half
        and one and a half times its share of the budget as shares were.
    years : float
        That `spent` covers.
    good : {"up", "down"}
        Whether more of the outcome is better.
    level : float

    Returns
    -------
    Allocation, or NotEstimable where fewer than two campaigns have a cost and a curve.

    Raises
    ------
    InputError
        If the limits leave no room for the budget or go beyond twice what was spent, or a name is unknown.
    """
    able = tuple(c.campaign for c in decomposition.curves if spent.get(c.campaign, 0) > 0)
    nodes = decomposition.nodes
    unknown = sorted({*spent, *(limits or {})} - set(decomposition))
    problems = [f"{name!r} is no campaign of this decomposition" for name in unknown]
    problems += [] if good in ("up", "down") else [f"good is {good!r}: must be up or down"]
    problems += [] if years > 0 else [f"years is {years:g}: must be above 0"]
    if len(able) < 2 or nodes is None:
        if problems:
            raise InputError(problems)
        return NotEstimable(
            ("Fewer than two campaigns have a cost and a contribution of their own: nothing can be moved.",),
            ("Run campaigns so that they can be told apart, and enter what they cost.",),
        )
    now = np.array([float(spent[c]) for c in able]) / max(years, 1e-9)
    whole = float(now.sum()) if budget is None else float(budget)
    even = now * whole / now.sum()
    bounds, given = _bounds(able, now, even, limits or {})
    problems += _out_of_reach(able, now, bounds, whole)
    if problems:
        raise InputError(problems)
    sign = 1.0 if good == "up" else -1.0
    curves = {c.campaign: c for c in decomposition.curves}
    means = [PchipInterpolator(curves[c].multiples, sign * np.array(curves[c].total) / years) for c in able]
    best = _best(means, now, whole, bounds, np.clip(even, *bounds.T))
    gain = _gain(nodes, able, now, best, even, sign / years, level)
    supported = gain.low > 0
    return Allocation(
        campaigns=able,
        spent=tuple(now.tolist()),
        proposed=tuple(best.tolist()),
        limits=tuple((float(a), float(b)) for a, b in bounds),
        limits_given=given,
        budget=whole,
        years=float(years),
        gain=gain,
        supported=supported,
        sentence=_sentence(able, even, best, whole, supported),
    )


def _bounds(
    able: tuple[str, ...],
    now: Array,
    even: Array,
    limits: Mapping[str, tuple[float | None, float | None]],
) -> tuple[Array, tuple[tuple[bool, bool], ...]]:
    """Least and most for each campaign, as given or as usual, and which of them were given."""
    pairs = [limits.get(c, (None, None)) for c in able]
    usual = np.minimum(np.outer(even, LIMITS), REACH * now[:, None])
    bounds = [
        [float(u if x is None else x) for x, u in zip(pair, own, strict=True)]
        for pair, own in zip(pairs, usual, strict=True)
    ]
    for pair, own in zip(pairs, bounds, strict=True):  # a given limit moves the usual one out of its way
        own[0] = min(own) if pair[0] is None else own[0]
        own[1] = max(own) if pair[1] is None else own[1]
    return np.array(bounds), tuple((p[0] is not None, p[1] is not None) for p in pairs)


def _out_of_reach(able: tuple[str, ...], now: Array, bounds: Array, whole: float) -> list[str]:
    """What is wrong with a budget and its limits."""
    problems = []
    for name, cost, (low, high) in zip(able, now, bounds, strict=True):
        if not 0 <= low <= high:
            problems.append(f"limits of {name!r} are not in order: {low:,.0f} to {high:,.0f}")
        if high > REACH * cost * (1 + 1e-9):
            problems.append(
                f"limits of {name!r} go beyond twice what it cost a year ({cost:,.0f}), where no response "
                "was seen"
            )
    least, most = bounds.sum(axis=0)
    if not least <= whole * (1 + 1e-9) or not whole <= most * (1 + 1e-9):
        problems.append(
            f"the budget of {whole:,.0f} is outside what the limits allow, {least:,.0f} to {most:,.0f}"
        )
    return problems


def _best(
    means: list[PchipInterpolator],
    now: Array,
    whole: float,
    bounds: Array,
    even: Array,
) -> Array:
    """The spending with the best expected outcome: SLSQP from the shares as they were and from corners."""

    def lost(share: Array) -> float:
        return -float(sum(f(s * whole / n) for f, s, n in zip(means, share, now, strict=True)))

    starts = [even]
    for k in range(now.size):
        start = bounds[:, 0].copy()
        order = [k, *(j for j in range(now.size) if j != k)]
        for j in order:
            start[j] += min(bounds[j, 1] - bounds[j, 0], max(whole - start.sum(), 0.0))
        starts.append(start)
    scale = max(abs(lost(even / whole)), 1e-12)

    def scaled(share: Array) -> float:
        return lost(share) / scale

    tries = []
    for start in starts:
        found = minimize(
            scaled,
            start / whole,
            method="SLSQP",
            bounds=Bounds(bounds[:, 0] / whole, bounds[:, 1] / whole),
            constraints=LinearConstraint(np.ones((1, now.size)), 1.0, 1.0),
        )
        ok = abs(found.x.sum() - 1) < 1e-6
        tries.append((lost(found.x) if ok else np.inf, found.x * whole))
    tries += [(lost(s / whole), s) for s in starts if abs(s.sum() - whole) < WORTH * whole]
    return np.asarray(min(tries, key=lambda t: t[0])[1], dtype=float)


def _gain(
    nodes: Nodes,
    able: tuple[str, ...],
    now: Array,
    best: Array,
    before: Array,
    sign: float,
    level: float,
) -> Interval:
    """Outcomes gained, from the joint distribution of the responses."""
    weight = np.array(nodes.weight)
    coefficient, scale = np.array(nodes.coefficient), np.array(nodes.scale)
    response, grid = np.array(nodes.response), nodes.multiples
    rows = np.zeros_like(coefficient)
    for c, was, is_now, cost in zip(able, before, best, now, strict=True):
        k = nodes.campaigns.index(c)
        for n in range(weight.size):
            curve = PchipInterpolator(grid, response[n, k])
            rows[n, k] = sign * float(curve(is_now / cost) - curve(was / cost))
    centre = np.einsum("nk,nk->n", rows, coefficient)
    spread = np.sqrt(np.maximum(np.einsum("nk,nkl,nl->n", rows, scale, rows), 1e-300))
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = mixture.quantiles(tails, weight, centre, spread, nodes.df)
    point = float(weight @ centre)
    return Interval(point, min(float(low), point), max(float(high), point), level)


def _sentence(
    able: tuple[str, ...],
    before: Array,
    best: Array,
    whole: float,
    supported: bool,
) -> str:
    """What the proposal comes to, in words."""
    moved = np.abs(best - before) > 0.01 * whole
    if not moved.any():
        return "The best expected outcome is at the shares as they were."
    more = [c for c, m, d in zip(able, moved, best - before, strict=True) if m and d > 0]
    less = [c for c, m, d in zip(able, moved, best - before, strict=True) if m and d < 0]
    move = f"more on {', '.join(more)} and less on {', '.join(less)}"
    if supported:
        return f"The data support moving money: {move}."
    return (
        f"The data do not support moving money. The best expected outcome would be with {move}, but the "
        "range of the gain includes a loss; a test would settle it."
    )
