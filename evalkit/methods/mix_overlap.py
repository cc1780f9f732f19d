"""Can the campaigns be told apart, and what can be said where they cannot.

1. Doses are compared at one and the same carry-over and shape, with the calendar projected out and the errors
   whitened: two campaigns with one dose stay one, whatever shapes are allowed for.
2. A split between campaigns that cannot be told apart is a convention (Shapley 1953) and is called one.

References: Belsley, Kuh and Welsch (1980) on condition numbers and shares of variance; Shapley (1953).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np

from evalkit.decomposition import Band, Overlap, Pair, Weights
from evalkit.estimate import NotEstimable
from evalkit.methods import carryover, joint, mixture
from evalkit.methods.engine import Array
from evalkit.methods.mix_model import Mixture, Model, weighable

ALIKE = 0.05  # eigenvalue of the doses' correlations below which a sum is all that is known; two at .95
TAKES_PART = 0.5  # share of a coefficient's variance that a near-dependency must account for
WEAK_PRIOR = 0.3  # of the usual figure
LARGEST_SPLIT = 8  # campaigns among which a Shapley split is worked out
SPLIT_NODES = 40
SETTLED = 0.9  # weight on or off a straight line from which the shape counts as known
KNOWN = 0.6  # a grid is narrowed down where fewer than this share of its points carry the weight


def overlap(model: Model, x: Mixture) -> Overlap:
    """Who was on when, how alike the doses are, and who cannot be told apart."""
    on = np.asarray((model.doses > 0).any(axis=1))[model.counted]
    alike = _alike(model, x)
    names = model.campaigns
    count = on.sum(axis=1)
    values = np.linalg.eigvalsh(alike)
    pairs = tuple(
        Pair((names[i], names[j]), int((on[:, i] & on[:, j]).sum()), float(alike[i, j]))
        for i, j in combinations(range(len(names)), 2)
    )
    groups = tuple(tuple(names[k] for k in g) for g in _groups(alike))
    found = Overlap(
        on={c: int(on[:, k].sum()) for k, c in enumerate(names)},
        alone={c: int((on[:, k] & (count == 1)).sum()) for k, c in enumerate(names)},
        never_off=tuple(c for k, c in enumerate(names) if on[:, k].all()),
        pairs=pairs,
        condition_number=float(np.sqrt(values[-1] / max(values[0], 1e-12))),
        inseparable=groups,
        sentences=(),
    )
    return Overlap(
        found.on,
        found.alone,
        found.never_off,
        found.pairs,
        found.condition_number,
        found.inseparable,
        _sentences(found, int(model.counted.sum())),
    )


def _alike(model: Model, x: Mixture) -> Array:
    """Correlations of the doses at one carry-over, in proportion, with the calendar projected out."""
    K = len(model.campaigns)
    lives = np.array([[s.half_life for s in each] for each in model.shapes])
    life = float(np.exp((x.by_shape * np.log(lives)).sum() / x.by_shape.sum()))
    shape = carryover.Shape(life, np.inf, 1.0)
    left = [carryover.response(d, shape, model.weeks)[0][model.lead :] for d in model.dose]
    columns = np.stack([c / max(float(c.mean()), 1e-300) for c in left], axis=2)
    reference = np.arange(K)
    own = np.full(K, (WEAK_PRIOR * model.unit) ** -2.0)
    reduced = weighable(model, columns, reference).reduced(reference[None], own, 1)
    R = reduced.products[0][:K, :K]
    d = np.sqrt(np.maximum(np.diagonal(R), 1e-300))
    alike = R / np.outer(d, d)
    np.fill_diagonal(alike, 1.0)
    return np.asarray(alike, dtype=float)


def _groups(alike: Array) -> list[list[int]]:
    """Campaigns tied by a near-dependency."""
    values, vectors = np.linalg.eigh(alike)
    parts = vectors**2 / np.maximum(values, 1e-9)
    share = parts / parts.sum(axis=1, keepdims=True)
    groups: list[set[int]] = []
    for i in np.flatnonzero(values < ALIKE):
        members = set(np.flatnonzero(share[:, i] > TAKES_PART).tolist())
        if len(members) < 2:
            members = set(np.argsort(-np.abs(vectors[:, i]))[:2].tolist())
        for other in [g for g in groups if g & members]:
            members |= other
            groups.remove(other)
        groups.append(members)
    return sorted(sorted(g) for g in groups)


def _sentences(found: Overlap, periods: int) -> tuple[str, ...]:
    """The report in words."""
    out = []
    for name in found.on:
        on, alone = found.on[name], found.alone[name]
        if name in found.never_off:
            out.append(
                f"{name} was on in all {periods} periods, so there is no period without it to compare with."
            )
        elif len(found.on) > 1:
            out.append(f"{name} was on in {on} of {periods} periods, in {alone} of them alone.")
    for group in found.inseparable:
        out.append(
            f"{_and(group)} cannot be told apart: their doses rise and fall together. Only their joint "
            "contribution is estimated."
        )
    if len(found.on) > 1 and not found.inseparable:
        out.append("Every campaign can be told from the others, as far as its range allows.")
    return tuple(out)


def _and(names: tuple[str, ...]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def refusal(name: str, group: tuple[str, ...]) -> NotEstimable:
    """Why one campaign of a group has no estimate of its own."""
    others = _and(tuple(g for g in group if g != name))
    return NotEstimable(
        (
            f"Its dose rises and falls with that of {others}, so their contributions cannot be told apart; "
            "their "
            "joint contribution is estimated.",
        ),
        (
            "Run them at different times, in different areas, or at doses that vary against each other; or "
            "give a "
            "trial or area test of one of them.",
        ),
    )


def shapley(model: Model, x: Mixture, group: tuple[str, ...]) -> dict[str, float]:
    """Order-invariant split of a group's joint contribution: a convention.

    A campaign's part is its mean marginal contribution over all orders in which the group's campaigns could
    have entered the model; what a set contributes is estimated with the rest of the group left out.
    """
    if len(group) > LARGEST_SPLIT:
        return {}
    kept, weight = mixture.thin(x.weight, x.coef.sum(axis=1), SPLIT_NODES)
    J = x.by_shape.shape[1]
    whole = float(model.size[model.counted].sum() * model.spread)
    members = [model.campaigns.index(c) for c in group]
    others = [k for k in range(len(model.campaigns)) if k not in members]
    alike = len({model.spans[k] for k in members}) == 1
    picks = x.picks[kept]
    inside = np.isin(range(picks.shape[1]), members)
    own = x.own[kept]
    ways = [(np.where(inside, picks[:, [k]], picks), np.where(inside, own[:, [k]], own)) for k in members]
    worth: dict[frozenset[int], float] = {frozenset(): 0.0}
    for size in range(1, len(members) + 1):
        for some in combinations(members, size):
            which = [*some, *others]
            values = []
            # one shape and prior scale for the whole group, each member's in turn
            for shape, scale in ways if alike else [(picks, own)]:
                columns = shape[:, which] + np.array(which) * J
                coef, _ = joint.solve(x.reduced, x.node[kept], columns, scale[:, which])
                values.append(whole * float(weight @ coef[:, :size].sum(axis=1)))
            worth[frozenset(some)] = float(np.mean(values))
    n = len(members)
    out = {}
    for k in members:
        rest = [m for m in members if m != k]
        part = 0.0
        for size in range(n):
            share = factorial(size) * factorial(n - size - 1) / factorial(n)
            for some in combinations(rest, size):
                part += share * (worth[frozenset({*some, k})] - worth[frozenset(some)])
        out[model.campaigns[k]] = part
    joint_point = whole * float(x.weight @ x.coef[:, members].sum(axis=1))
    return {c: v + (joint_point - sum(out.values())) / n for c, v in out.items()}


def weights(model: Model, x: Mixture) -> tuple[Weights, ...]:
    """Carry-over and shape as the data weigh them, on intervals of equal prior mass."""
    return tuple(_weights(model, x, k) for k in range(len(model.campaigns)))


def _weights(model: Model, x: Mixture, k: int) -> Weights:
    shapes, weight = model.shapes[k], x.by_shape[k]
    lives = _table([s.half_life for s in shapes], [s.mass for s in shapes], weight)
    halves = _table([s.half_dose for s in shapes], [s.mass for s in shapes], weight)
    life_known = _narrow(lives) or model.spans[k].life != (0.0, 1.0)
    straight = next((w for h, _, w in halves if not np.isfinite(h)), 0.0)
    shape_known = straight > SETTLED or straight < 1 - SETTLED
    name = model.campaigns[k]
    order = sorted((h, w) for h, _, w in lives)
    cumulative = np.cumsum([w for _, w in order])
    low, high = (order[min(int(np.searchsorted(cumulative, q)), len(order) - 1)][0] for q in (0.05, 0.95))
    if life_known:
        first = f"{name}: half of an effect is left after {low:.1f} to {high:.1f} weeks (nine in ten)"
    else:
        first = f"{name}: how long an effect lasts is not identified by the data"
    if not shape_known:
        second = "whether more of it does less is not identified"
    elif straight > SETTLED:
        second = "the response is in proportion to the dose"
    else:
        second = "more of it does less"
    by_life, by_half = carryover.bands(model.spans[k], weight)
    straight_edges = (np.inf, *carryover.BEND_EDGES[:-1]), (np.inf, *carryover.BEND_EDGES[1:])
    return Weights(
        name,
        lives,
        halves,
        bool(life_known),
        bool(shape_known),
        f"{first}; {second}.",
        _bands(carryover.LIFE_EDGES[:-1], carryover.LIFE_EDGES[1:], by_life),
        _bands(*straight_edges, by_half),
    )


def _bands(low: Sequence[float], high: Sequence[float], mass: Array) -> tuple[Band, ...]:
    return tuple(Band(*map(float, b)) for b in zip(low, high, *mass, strict=True))


def _table(values: list[float], mass: list[float], weight: Array) -> tuple[tuple[float, float, float], ...]:
    """Value, prior mass within the grid, and weight."""
    whole = sum(mass)
    out = []
    for v in sorted(set(values)):
        at = [i for i, other in enumerate(values) if other == v]
        out.append((float(v), float(sum(mass[i] for i in at) / whole), float(sum(weight[i] for i in at))))
    return tuple(out)


def _narrow(rows: tuple[tuple[float, float, float], ...]) -> bool:
    """Whether the weights are much less spread out than the prior (perplexity)."""

    def spread(p: Array) -> float:
        p = p[p > 0]
        return float(np.exp(-(p * np.log(p)).sum()))

    prior, weight = np.array([r[1] for r in rows]), np.array([r[2] for r in rows])
    return spread(weight) < KNOWN * spread(prior)
