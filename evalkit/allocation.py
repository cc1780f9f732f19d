"""How a budget would be shared out among campaigns, as far as their response curves reach.

1. The expected outcome is maximised by a well-kept optimiser within limits that are given; the range of the
   gain comes from the same mixture as the contributions.
2. Where the gain may be a loss, the answer says that the data do not support moving money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import Bounds, LinearConstraint, minimize

from evalkit.decomposition import Decomposition, Nodes
from evalkit.errors import InputError
from evalkit.estimate import Interval, NotEstimable
from evalkit.methods import mixture

Array = NDArray[np.float64]

LIMITS = (0.5, 1.5)  # multiples of what was spent, where none are given
WORTH = 1e-6  # of the budget: differences below are no move


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget shared out among campaigns.

    Attributes
    ----------
    campaigns : tuple of str
    spent, proposed : tuple of float
        What each campaign cost, and would cost, for the time evaluated.
    limits : tuple of (float, float)
        The least and the most that each may cost.
    budget : float
    gain : Interval
        Outcomes gained by the proposal over the same spending as before at this budget, in the good
        direction.
    supported : bool
        Whether the gain's interval excludes no gain.
    sentence : str
    """

    campaigns: tuple[str, ...]
    spent: tuple[float, ...]
    proposed: tuple[float, ...]
    limits: tuple[tuple[float, float], ...]
    budget: float
    gain: Interval
    supported: bool
    sentence: str


def allocate_budget(
    decomposition: Decomposition,
    *,
    spent: Mapping[str, float],
    budget: float | None = None,
    limits: Mapping[str, tuple[float, float]] | None = None,
    good: str = "up",
    level: float = 0.95,
) -> Allocation | NotEstimable:
    """Share a budget out so that the expected outcome is best.

    Parameters
    ----------
    decomposition : Decomposition
    spent : mapping of str to float
        What each campaign cost for the time evaluated; campaigns left out are kept as they were.
    budget : float, optional
        To be shared out among them; by default what they cost.
    limits : mapping of str to (float, float), optional
        The least and the most that a campaign may cost; by default half and one and a half times what it
        cost.
    good : {"up", "down"}
        Whether more of the outcome is better.
    level : float

    Returns
    -------
    Allocation, or NotEstimable where fewer than two campaigns have a curve.

    Raises
    ------
    InputError
        If the limits leave no room for the budget or go beyond twice what was spent, or a name is unknown.
    """
    able = tuple(c.campaign for c in decomposition.curves if spent.get(c.campaign, 0) > 0)
    nodes = decomposition.nodes
    if len(able) < 2 or nodes is None:
        return NotEstimable(
            ("Fewer than two campaigns have a cost and a contribution of their own: nothing can be moved.",),
            ("Run campaigns so that they can be told apart, and enter what they cost.",),
        )
    now = np.array([float(spent[c]) for c in able])
    whole = float(now.sum()) if budget is None else float(budget)
    given = limits or {}
    bounds = np.array([given.get(c, tuple(x * n for x in LIMITS)) for c, n in zip(able, now, strict=True)])
    _check(decomposition, spent, given, able, now, bounds, whole, good)
    sign = 1.0 if good == "up" else -1.0
    curves = {c.campaign: c for c in decomposition.curves}
    means = [PchipInterpolator(curves[c].multiples, sign * np.array(curves[c].total)) for c in able]
    even = np.clip(now * whole / now.sum(), *bounds.T)
    best = _best(means, now, whole, bounds, even)
    gain = _gain(nodes, able, now, best, now * whole / now.sum(), sign, level)
    supported = gain.low > 0
    return Allocation(
        campaigns=able,
        spent=tuple(now.tolist()),
        proposed=tuple(best.tolist()),
        limits=tuple((float(a), float(b)) for a, b in bounds),
        budget=whole,
        gain=gain,
        supported=supported,
        sentence=_sentence(able, now * whole / now.sum(), best, whole, supported),
    )


def _check(
    decomposition: Decomposition,
    spent: Mapping[str, float],
    given: Mapping[str, tuple[float, float]],
    able: tuple[str, ...],
    now: Array,
    bounds: Array,
    whole: float,
    good: str,
) -> None:
    """Everything that is wrong with the arguments, at once."""
    problems = []
    unknown = sorted({*spent, *given} - set(decomposition))
    problems += [f"{name!r} is no campaign of this decomposition" for name in unknown]
    if good not in ("up", "down"):
        problems.append(f"good is {good!r}: must be up or down")
    for name, cost, (low, high) in zip(able, now, bounds, strict=True):
        if not 0 <= low <= high:
            problems.append(f"limits of {name!r} are not in order: {low:g} to {high:g}")
        if high > 2 * cost * (1 + 1e-9):
            problems.append(
                f"limits of {name!r} go beyond twice what it cost ({cost:g}), where no response was seen"
            )
    if not bounds[:, 0].sum() <= whole * (1 + 1e-9) or not whole <= bounds[:, 1].sum() * (1 + 1e-9):
        problems.append(
            f"the budget of {whole:g} is outside what the limits allow: {bounds[:, 0].sum():g} to "
            f"{bounds[:, 1].sum():g}"
        )
    if problems:
        raise InputError(problems)


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
