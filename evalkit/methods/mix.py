"""Several campaigns on one outcome, in one regression on what their doses carry over.

1. Each campaign's carry-over and shape are integrated: on the product grid up to three campaigns, beyond that
   over seeded quasi-random combinations, whose effective sample size is reported.
2. What cannot be told apart is refused campaign by campaign, and answered together.
"""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
from scipy.stats import qmc

from evalkit.decomposition import Decomposition
from evalkit.designing import periods_within
from evalkit.doses import Doses
from evalkit.estimate import NotEstimable
from evalkit.methods import carryover, joint, mix_answers, mix_overlap, mixture
from evalkit.methods.engine import Array, Whole
from evalkit.methods.joint_grams import gaps
from evalkit.methods.mix_model import Mixture, Model, Study, Weighable, prepare, shaped, weighable
from evalkit.panel import Panel

CONTRIBUTIONS = (0.01, 0.03, 0.1, 0.3)  # prior standard deviations, as shares of the usual figure
PRODUCT = 3  # campaigns up to which every combination of shapes is tried
SAMPLED = 8192  # combinations beyond that
EARLIER, ROUNDS = 2048, 8  # combinations, and how often so many are drawn to find where to sample
SWEEPS, DEFENCE = 3, 0.1  # one-at-a-time rounds before; share left to the prior
SCOUTS = 12  # error nodes that look for where the shapes matter
WORTHWHILE = 0.6  # a finer grid covers at most this share of the one before
MANY_CELLS = 3000  # of a panel, from which the grid is made finer only once
COMBINATIONS = 1500  # of shapes that are tried with every combination of prior scales
PAIRS = 6000  # of shapes and prior scales that are tried on every error node
FIRST_NODES = 3  # error nodes that choose them
SPECK = 1e-9  # weight, relative to the heaviest, below which a combination is not looked at again
LIGHTEST = 1e-7  # weight, relative to the heaviest, below which a node is dropped
KEPT_NODES = 800  # that stand for all in the answers
FEWEST = 24  # periods with a figure
FEWEST_EACH = 8  # and for each campaign on top of the first eight
MOST_GAPS = 200  # single missing cells of a panel


def decompose(panel: Panel, doses: Doses, study: Study) -> Decomposition:
    """Take an outcome apart.

    Parameters
    ----------
    panel : Panel
    doses : Doses
    study : Study

    Returns
    -------
    Decomposition
        With a refusal for every campaign that cannot be estimated.
    """
    refused, kept = _screen(panel, doses, study)
    if not kept:
        return mix_answers.nothing(doses.campaigns, refused)
    model = prepare(panel, doses, study, kept)
    model, nodes = _integrate(model, study.seed)
    overlap = mix_overlap.overlap(model, nodes)
    return mix_answers.report(model, nodes, overlap, refused, doses.campaigns)


def _screen(panel: Panel, doses: Doses, study: Study) -> tuple[dict[str, NotEstimable], tuple[int, ...]]:
    """Campaigns that the doses or the amount of data rule out, and the others."""
    used = ~periods_within(panel, study.exclude)
    figures = np.isfinite(panel.rates())
    periods = int((figures.any(axis=1) & used).sum())
    refused: dict[str, NotEstimable] = {}
    for k, name in enumerate(doses.campaigns):
        dose = doses.inside[:, :, k][used]
        if not (doses.dose[:, :, k] > 0).any():
            refused[name] = NotEstimable(
                ("It has no dose in any period with figures.",),
                ("Give its dated activity within the time that the figures cover.",),
            )
        elif np.ptp(dose, axis=0).max() == 0 and np.ptp(doses.dose[:, :, k], axis=0).max() == 0:
            refused[name] = NotEstimable(
                (
                    "Its dose is the same in every period, so what it adds cannot be told from the usual "
                    "figure.",
                ),
                ("Switch it off, or change its dose, for some weeks, or in some areas.",),
            )
    kept = tuple(k for k, name in enumerate(doses.campaigns) if name not in refused)
    needed = max(FEWEST, FEWEST_EACH * (len(kept) + 1))
    cells = figures[used]
    short: NotEstimable | None = None
    if periods < needed:
        short = NotEstimable(
            (
                f"There are {periods} periods with a figure; {len(kept)} "
                f"{'campaign needs' if len(kept) == 1 else 'campaigns need'} at least {needed}, because "
                "each has a "
                "size, a carry-over and a shape to learn beside season and trend.",
            ),
            ("Add earlier figures, or use a shorter period (weeks instead of months).",),
        )
    elif np.nanmax(panel.rates()[used]) == np.nanmin(panel.rates()[used]):
        short = NotEstimable(("The outcome never changes.",), ("Use a figure that is recorded more finely.",))
    elif cells.shape[1] > 1 and _gap_count(cells) > MOST_GAPS:
        worst = panel.areas[int(np.argmin(cells.sum(axis=0)))]
        short = NotEstimable(
            (
                f"{_gap_count(cells)} figures are missing in periods in which other areas have one; at most "
                f"{MOST_GAPS} can be allowed for. {worst} lacks most.",
            ),
            ("Leave out the areas with most gaps (exclude_areas), or get their figures.",),
        )
    if short:
        refused = {name: refused.get(name, short) for name in doses.campaigns}
        kept = ()
    return refused, kept


def _gap_count(figures: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> int:
    """Missing cells in periods in which another area has a figure."""
    return int(gaps(np.where(figures, 0.0, np.nan))[0].size)


# ------------------------------------------------------------------ integration


def _integrate(model: Model, seed: int) -> tuple[Model, Mixture]:
    """Weigh errors, prior scales and shapes, on a grid made finer where the data are sharp."""
    K = len(model.campaigns)
    rows = np.arange(K)
    scales = np.array(CONTRIBUTIONS) * model.unit
    middling = scales[len(scales) // 2, None]
    widest = np.full(K, scales.max() ** -2.0)
    references = np.array([np.full(K, j) for j in _straight(model)])
    for refinements_left in range(_refinements(model), -1, -1):
        grid = weighable(model, model.columns, references[1] + rows * len(model.shapes[0]))
        J = len(model.shapes[0])
        scout = grid.reduced(references + rows * J, widest, SCOUTS)
        tried = _combinations(scout, model, middling, seed)
        weight, sums = _weighed(scout, tried, J)
        some, _ = _thinned(weight, np.arange(weight.size, dtype=float), 3)
        references = tried.picks[np.resize(some, 3)]
        spans = tuple(
            carryover.refined(s, w)
            for s, w in zip(model.spans, _by_shape(weight, tried.picks, J), strict=True)
        )
        if not refinements_left or not _sharper(model.spans, spans):
            break
        references = np.array([_nearest(model, r, spans) for r in references])
        model = shaped(model, spans)
    reduced = grid.reduced(references + rows * J, widest, joint.KEPT_NODES)
    if K <= PRODUCT:  # few combinations stand for all, then each with every combination of sizes
        tried = _with_sizes(_few(tried, weight, sums, COMBINATIONS), scales)
        weight, sums = _weighed(scout.some(FIRST_NODES), tried, J)
        tried = _few(tried, weight, sums, PAIRS)
    else:
        tried = _sampled(scout, _log_mass(model), scales, seed)
    return model, _mixture(model, grid, reduced, tried)


@dataclass(frozen=True, slots=True)
class Tried:
    """Combinations of the campaigns' shapes and prior scales: M of them.

    Attributes
    ----------
    picks : (M, K) integer array
        Shape of each campaign.
    own : (M, K) array
        Prior precision of each campaign's coefficient.
    log_prior : (M,) array
        Log prior mass, or what corrects for the chance of having been drawn.
    """

    picks: Whole
    own: Array
    log_prior: Array


def _weighed(reduced: joint.Reduced, tried: Tried, J: int) -> tuple[Array, Array]:
    """Weight of each combination over the error nodes, and the sum of its coefficients at the first."""
    combos = tried.picks + np.arange(tried.picks.shape[1]) * J
    log, sums = joint.weigh(reduced, combos, tried.log_prior, tried.own)
    weight = np.exp(log - log.max()).sum(axis=0)
    return weight / weight.sum(), sums[0]


def _few(tried: Tried, weight: Array, sums: Array, keep: int) -> Tried:
    """Few combinations that stand for all, those that carry little weight for their likes."""
    some, mass = _thinned(weight, sums, keep)
    log_prior = tried.log_prior[some] + np.log(mass / weight[some])
    return Tried(tried.picks[some], tried.own[some], log_prior)


def _thinned(weight: Array, centre: Array, keep: int) -> tuple[Whole, Array]:
    """Few that stand for all, specks aside."""
    some = np.flatnonzero(weight > SPECK * weight.max())
    chosen, mass = mixture.thin(weight[some] / weight[some].sum(), centre[some], keep)
    return some[chosen], mass


def _with_sizes(tried: Tried, scales: Array) -> Tried:
    """Every combination of shapes with every combination of prior scales."""
    M, K = tried.picks.shape
    sizes = scales[np.indices((scales.size,) * K).reshape(K, -1).T] ** -2.0
    return Tried(
        np.repeat(tried.picks, len(sizes), axis=0),
        np.tile(sizes, (M, 1)),
        np.repeat(tried.log_prior, len(sizes)) - np.log(len(sizes)),
    )


def _mixture(model: Model, grid: Weighable, reduced: joint.Reduced, tried: Tried) -> Mixture:
    """All nodes weighed, and those kept that stand for all."""
    K, J = len(model.campaigns), len(model.shapes[0])
    combos = tried.picks + np.arange(K) * J
    log, sums = joint.weigh(reduced, combos, tried.log_prior, tried.own)
    weight = np.exp(log - log.max())
    by_combo = weight.sum(axis=0) / weight.sum()
    flat = weight.ravel()
    heavy = np.flatnonzero(flat > LIGHTEST)
    chosen, mass = mixture.thin(flat[heavy] / flat[heavy].sum(), sums.ravel()[heavy], KEPT_NODES)
    n, m = np.unravel_index(heavy[chosen], weight.shape)
    coef, cov = joint.solve(reduced, n, combos[m], tried.own[m])
    return Mixture(
        weight=mass,
        node=n,
        picks=tried.picks[m],
        own=tried.own[m],
        coef=coef,
        cov=cov,
        reduced=reduced,
        errors=grid.errors,
        by_shape=_by_shape(by_combo, tried.picks, J),
        effective=float(1 / np.sum(by_combo**2)) if K > PRODUCT else None,
    )


def _log_mass(model: Model) -> Array:
    """Log prior mass of each campaign's shapes, (K, J)."""
    return np.log([[s.mass for s in each] for each in model.shapes])


def _combinations(scout: joint.Reduced, model: Model, scales: Array, seed: int) -> Tried:
    """Combinations of the campaigns' shapes at one prior scale, all or a sample."""
    K, J = len(model.campaigns), len(model.shapes[0])
    log_mass = _log_mass(model)
    if K > PRODUCT:
        return _sampled(scout, log_mass, scales, seed)
    picks = np.indices((J,) * K).reshape(K, -1).T
    own = np.broadcast_to(scales**-2.0, picks.shape)
    return Tried(picks, own, log_mass[np.arange(K), picks].sum(axis=1))


def _by_shape(weight: Array, picks: Whole, J: int) -> Array:
    """Share of the weight at each campaign's shapes, (K, J)."""
    return np.array([np.bincount(column, weight, J) / weight.sum() for column in picks.T])


def _straight(model: Model) -> tuple[int, int, int]:
    """Short, middling and long carry-over in proportion to the dose."""
    J = len(model.shapes[0])
    step = J // carryover.LIVES
    return step, step * (carryover.LIVES // 2), step * (carryover.LIVES - 2)


def _refinements(model: Model) -> int:
    """How often the grid may be made finer: once where there are many cells."""
    return 1 if model.outcome.size > MANY_CELLS else 3


def _sharper(old: tuple[carryover.Span, ...], new: tuple[carryover.Span, ...]) -> bool:
    """Whether any campaign's grid would get much finer."""

    def narrow(before: tuple[float, float], after: tuple[float, float]) -> bool:
        return after[1] - after[0] < WORTHWHILE * (before[1] - before[0])

    return any(
        narrow(o.life, n.life) or narrow(o.bend, n.bend) or o.proportional != n.proportional
        for o, n in zip(old, new, strict=True)
    )


def _nearest(model: Model, picks: Whole, spans: tuple[carryover.Span, ...]) -> Whole:
    """The shapes of a finer grid that are nearest to given ones."""

    def distance(a: carryover.Shape, b: carryover.Shape) -> float:
        bend = abs(np.log(min(a.half_dose, 1e3)) - np.log(min(b.half_dose, 1e3)))
        return abs(float(np.log(a.half_life / b.half_life))) + float(bend)

    found = []
    for k, span in enumerate(spans):
        here = model.shapes[k][picks[k]]
        found.append(int(np.argmin([distance(here, s) for s in carryover.shapes(span)])))
    return np.array(found, dtype=np.intp)


def _sampled(scout: joint.Reduced, log_shape: Array, scales: Array, seed: int) -> Tried:
    """Quasi-random combinations of shapes and prior scales, drawn where they matter.

    Where that is, one-at-a-time weights say first, and then the weights of earlier samples, flattened as far
    as it takes for a fair number of combinations to have a say.
    """
    (K, J), S = log_shape.shape, scales.size
    log_mass = np.repeat(log_shape, S, axis=1) - np.log(S)  # a cell for each shape with each scale
    now, rows = np.argmax(log_mass, axis=1), np.arange(K)
    prior = np.exp(log_mass) / np.exp(log_mass).sum(axis=1, keepdims=True)
    found = prior.copy()

    def given(cells: Whole, log_prior: Array) -> Tried:
        return Tried(cells // S, scales[cells % S] ** -2.0, log_prior)

    def drawn(found: Array, count: int, seed: int) -> tuple[Whole, Tried]:
        chance = (1 - DEFENCE) * found + DEFENCE * prior
        cells = _draws(chance, count, seed)
        return cells, given(cells, (log_mass - np.log(chance))[rows, cells].sum(axis=1))

    for _ in range(SWEEPS):
        for k in range(K):
            cells = np.tile(now, (J * S, 1))
            cells[:, k] = np.arange(J * S)
            found[k], _ = _weighed(scout, given(cells, log_mass[k]), J)
            now[k] = int(np.argmax(found[k]))
    few = scout.some(FIRST_NODES)
    for turn in range(ROUNDS):
        cells, tried = drawn(found, EARLIER, seed + turn)
        weight, _ = _weighed(few, tried, J)
        found = (found + _by_shape(_flattened(weight), cells, J * S)) / 2
    return drawn(found, SAMPLED, seed)[1]


def _flattened(weight: Array) -> Array:
    """Weights raised to the highest power, at most 1, at which one in ten is effective."""
    log = np.log(np.maximum(weight, 1e-300))
    for power in np.geomspace(1.0, 0.01, 20):
        flat = np.exp(power * (log - log.max()))
        flat = flat / flat.sum()
        if 1 / np.sum(flat**2) > 0.1 * flat.size:
            break
    return np.asarray(flat, dtype=float)


def _draws(chance: Array, count: int, seed: int) -> Whole:
    """Cells from a scrambled Sobol sequence, (count, K), each campaign's with the chances of its row."""
    argument = "rng" if "rng" in signature(qmc.Sobol.__init__).parameters else "seed"  # by version of scipy
    scrambled: dict[str, Any] = {argument: np.random.default_rng(seed)}
    points = qmc.Sobol(len(chance), scramble=True, **scrambled).random(count)
    last = chance.shape[1] - 1
    cells = [np.searchsorted(np.cumsum(c), u) for c, u in zip(chance, points.T, strict=True)]
    return np.asarray(np.minimum(np.column_stack(cells), last), dtype=np.intp)
