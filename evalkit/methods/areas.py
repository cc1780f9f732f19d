"""Campaign areas against many comparison areas, each of which is also forecast from the others.

1. The campaign areas are one series, as for the controlled method; the comparison areas stay apart.
2. What all areas have in common, the time of year included, cancels; what is an area's own is learned from
   how all of them move.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.designing import history, periods_within
from evalkit.estimate import Estimate, EventStudy, Interval, NotEstimable
from evalkit.methods import answer as answers
from evalkit.methods import area_table, pooling, regression
from evalkit.methods.comparison_gaps import Completed, completed
from evalkit.methods.engine import Array, Noise
from evalkit.methods.shapes import effects
from evalkit.panel import Panel
from evalkit.requirements import shortfall

LEARNING = 2  # first periods, in which nothing is yet expected from earlier ones
NAMED = 8  # comparison areas leaned on most, named with their coefficients


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Regress the campaign areas on the others, with settings and width learned from all of them."""
    outcome, span = regression.pooled(panel, design), regression.spans(panel, design)
    figures = panel.rates()[:, [panel.column(a) for a in design.comparison]]
    cleared = []
    if design.covariates:
        moved, note = _explained(panel, design, span)
        k = len(design.treated)
        outcome = replace(outcome, recorded=outcome.recorded - moved[:, :k].mean(axis=1))
        figures, cleared = figures - moved[:, k:], [note]
    y = np.where(span.used & np.isfinite(figures).any(axis=1), outcome.recorded, np.nan)
    seen = np.isfinite(y)
    facts = replace(
        history(panel, design), usable_post=int((seen & span.inside).sum()), counted=int(span.inside.sum())
    )
    refusal = shortfall(design.method, facts)
    if refusal:
        return refusal
    end = len(panel.periods) if design.end is None else panel.index(design.end)
    on_air = end if end < design.n_pre + design.n_post - 1 else None
    shapes = effects(span.inside, seen, on_air, design.shape)
    full = completed(figures, span.past, outcome.recorded)
    shifts = [periods_within(panel, [window]).astype(float) for window in design.events]
    shifts = [s for s in shifts if np.ptp(s[seen])]
    fixed = np.column_stack(shifts) if shifts else np.zeros((y.size, 0))
    unsure = np.where(full.blank, 0.0, full.unsure)
    grid, noise = pooling.error_grid(), Noise.steady(outcome.noise, unsure)
    found = pooling.fit(
        pooling.Areas(y, full.series, fixed, shapes, grid, noise, span.past, float(len(design.treated)))
    )
    weight = np.where(span.inside, outcome.weight, 0.0)
    n_terms = found.base.shape[1]
    fitted = answers.Fitted(y, found.base, n_terms, shapes, grid, noise, found.posterior, span.inside, weight)
    notes = [*outcome.notes, *design.deviations, *cleared, *_notes(design, found, full, y, span)]
    order = np.argsort(-np.abs(found.weights), kind="stable")[:NAMED]
    leaned = {f"weight of {design.comparison[j]}": Interval(*(float(found.weights[j]),) * 3) for j in order}
    told = regression.report(panel, design, outcome, fitted, notes, leaned)
    return replace(told, event_study=_by_time(told, np.flatnonzero(seen), design, found))


def _explained(panel: Panel, design: Design, span: regression.Spans) -> tuple[Array, str]:
    """What covariates explain, campaign areas first, from the cells without the campaign."""
    k = len(design.treated)
    columns = [panel.column(a) for a in (*design.treated, *design.comparison)]
    y = panel.rates()[:, columns]
    clean = np.isfinite(y) & span.used[:, None]
    clean[:, :k] &= span.past[:, None]
    covariates = [panel.covariates[name][:, columns] for name in design.covariates]
    return area_table.explained(y, np.asarray(clean), covariates, design.covariates)


def _by_time(
    told: Estimate, times: NDArray[np.intp], design: Design, found: pooling.Pooled
) -> EventStudy | None:
    """Effects by period: before the start, what each figure was off the one expected from earlier ones."""
    path, df = told.path, float(found.posterior.df)
    times = times[LEARNING:]
    if path is None or not (times < design.n_pre).any():
        return None
    seen, low, high, middle = (
        np.array([row[t] for t in times], dtype=float)
        for row in (path.observed, path.low, path.high, path.counterfactual)
    )
    wide = float(stdtrit(df, 1 - (1 - design.level) / 2 / times.size) / stdtrit(df, (1 + design.level) / 2))
    effect = seen - middle
    return EventStudy(
        times=tuple(int(t) - design.n_pre for t in times),
        areas=(len(design.treated),) * times.size,
        effect=tuple(effect.tolist()),
        low=tuple((seen - high).tolist()),
        high=tuple((seen - low).tolist()),
        band_low=tuple((effect - wide * (high - middle)).tolist()),
        band_high=tuple((effect + wide * (middle - low)).tolist()),
        base="what the comparison areas and the campaign areas' earlier figures lead one to expect",
    )


def _notes(
    design: Design, found: pooling.Pooled, full: Completed, y: Array, span: regression.Spans
) -> list[str]:
    """What a reader must know."""
    notes = []
    blank = int(full.blank.sum())
    for name, missing in zip(design.comparison, full.gaps, strict=True):
        if missing > blank:
            notes.append(
                f"Comparison area {name} lacks {missing} figures; what the other areas did in those periods "
                "stands in, and they count for less."
            )
    if blank:
        notes.append(f"Periods in which no comparison area has a figure are not used: {blank}.")
    gaps, counted = int((~np.isfinite(y) & span.inside).sum()), int(span.inside.sum())
    if gaps:
        has = "has" if gaps == 1 else "have"
        notes.append(
            f"{gaps} of the {counted} periods counted {has} no figure; the effect there is taken to follow "
            "the shape fitted to the others."
        )
    J = len(design.comparison)
    wider = "wider" if found.stretch > 1 else "narrower"
    notes.append(
        f"Each of the {J} comparison areas was forecast from the others as if it had had the campaign. "
        f"Those forecasts missed by {np.sqrt(np.mean(found.misses**2)):.1f} of their own standard errors "
        f"(root mean square; 1 is right), so the range here is {abs(found.stretch - 1):.0%} {wider}."
    )
    order = np.argsort(-np.abs(found.weights))[:4]
    leaned = ", ".join(f"{design.comparison[j]} {found.weights[j]:.2f}" for j in order)
    notes.append(f"Comparison areas leaned on most, by coefficient: {leaned}.")
    return notes
