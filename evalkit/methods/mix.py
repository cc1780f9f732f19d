"""Several campaigns on one outcome, in one regression on what their doses carry over.

1. Each campaign's carry-over and shape are integrated: on the product grid up to three campaigns, beyond that
   over seeded quasi-random combinations, whose effective sample size is reported.
2. What cannot be told apart is refused campaign by campaign, and answered together.
"""

from __future__ import annotations

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
SAMPLED = 2048  # combinations beyond that
SWEEPS, DEFENCE = 3, 0.25  # rounds that look for where to sample; share left to the prior
SCOUTS = 12  # error nodes that look for where the shapes matter
WORTHWHILE = 0.6  # a finer grid covers at most this share of the one before
MANY_CELLS = 3000  # of a panel, from which the grid is made finer only once
COMBINATIONS = 3000  # of shapes that are tried on every error node and prior scale
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
    widest, middling = (np.full(K, s**-2.0) for s in (scales.max(), scales[len(scales) // 2]))
    references = np.array([np.full(K, j) for j in _straight(model)])
    for refinements_left in range(_refinements(model), -1, -1):
        grid = weighable(model, model.columns, references[1] + rows * len(model.shapes[0]))
        J = len(model.shapes[0])
        scout = grid.reduced(references + np.arange(K) * J, widest, SCOUTS)
        picks, log_prior = _combinations(scout, model, middling, seed)
        log, sums = joint.weigh(scout, picks + np.arange(K) * J, log_prior, middling)
        weight = np.exp(log - log.max()).sum(axis=0)
        some, _ = mixture.thin(weight / weight.sum(), np.arange(weight.size, dtype=float), 3)
        references = picks[np.resize(some, 3)]
        spans = tuple(
            carryover.refined(s, w) for s, w in zip(model.spans, _by_shape(weight, picks, J), strict=True)
        )
        if not refinements_left or not _sharper(model.spans, spans):
            break
        references = np.array([_nearest(model, r, spans) for r in references])
        model = shaped(model, spans)
    reduced = grid.reduced(references + np.arange(K) * J, widest, joint.KEPT_NODES)
    if K <= PRODUCT:  # few combinations stand for all, those that carry little weight for their likes
        some, mass = mixture.thin(weight / weight.sum(), sums[0], COMBINATIONS)
        some, mass = some[weight[some] > 0], mass[weight[some] > 0]
        picks, log_prior = picks[some], log_prior[some] + np.log(mass * weight.sum() / weight[some])
    return model, _mixture(model, grid, reduced, picks, log_prior, scales)


def _mixture(
    model: Model, grid: Weighable, reduced: joint.Reduced, picks: Whole, log_prior: Array, scales: Array
) -> Mixture:
    """All nodes weighed, and those kept that stand for all."""
    K, J = len(model.campaigns), len(model.shapes[0])
    combos = picks + np.arange(K) * J
    pairs = [joint.weigh(reduced, combos, log_prior, np.full(K, s**-2.0)) for s in scales]
    log = np.stack([w for w, _ in pairs])
    weight = np.exp(log - log.max())
    by_combo = weight.sum(axis=(0, 1)) / weight.sum()
    flat = weight.ravel()
    heavy = np.flatnonzero(flat > LIGHTEST)
    sums = np.stack([c for _, c in pairs]).ravel()[heavy]
    chosen, mass = mixture.thin(flat[heavy] / flat[heavy].sum(), sums, KEPT_NODES)
    s, n, m = np.unravel_index(heavy[chosen], weight.shape)
    own = np.repeat(scales[s, None] ** -2.0, K, axis=1)
    coef, cov = joint.solve(reduced, n, combos[m], own)
    return Mixture(
        weight=mass,
        node=n,
        picks=picks[m],
        own=own,
        coef=coef,
        cov=cov,
        reduced=reduced,
        errors=grid.errors,
        by_shape=_by_shape(by_combo, picks, J),
        effective=float(1 / np.sum(by_combo**2)) if K > PRODUCT else None,
    )


def _combinations(scout: joint.Reduced, model: Model, own: Array, seed: int) -> tuple[Whole, Array]:
    """Combinations of the campaigns' shapes, all or a sample, with their log prior mass or weight."""
    K, J = len(model.campaigns), len(model.shapes[0])
    log_mass = np.log([[s.mass for s in each] for each in model.shapes])
    if K > PRODUCT:
        return _sampled(scout, log_mass, own, seed)
    picks = np.indices((J,) * K).reshape(K, -1).T
    return picks, log_mass[np.arange(K), picks].sum(axis=1)


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


def _sampled(scout: joint.Reduced, log_mass: Array, own: Array, seed: int) -> tuple[Whole, Array]:
    """Quasi-random combinations of shapes, drawn where one-at-a-time weights say they matter.

    Returns
    -------
    (M, K) picks, and log prior mass less the log of the chance with which they were drawn.
    """
    K, J = log_mass.shape
    now, rows = np.argmax(log_mass, axis=1), np.arange(K)
    chance = np.exp(log_mass) / np.exp(log_mass).sum(axis=1, keepdims=True)
    prior = chance.copy()
    for _ in range(SWEEPS):
        for k in range(K):
            tries = np.tile(now, (J, 1))
            tries[:, k] = np.arange(J)
            log, _ = joint.weigh(scout, tries + rows * J, log_mass[k], own)
            w = np.exp(log - log.max()).sum(axis=0)
            chance[k] = (1 - DEFENCE) * w / w.sum() + DEFENCE * prior[k]
            now[k] = int(np.argmax(w))
    argument = "rng" if "rng" in signature(qmc.Sobol.__init__).parameters else "seed"  # by version of scipy
    draws: dict[str, Any] = {argument: np.random.default_rng(seed)}
    points = qmc.Sobol(K, scramble=True, **draws).random(SAMPLED)
    picks = np.column_stack(
        [np.minimum(np.searchsorted(np.cumsum(c), u), J - 1) for c, u in zip(chance, points.T, strict=True)]
    )
    return picks, (log_mass - np.log(chance))[rows, picks].sum(axis=1)
