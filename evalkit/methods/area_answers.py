"""From effects by area and period to an estimate, for methods with one measure of uncertainty.

1. Effect, total and relative effect are the same shift of all effects at once, so they never disagree.
2. An area-period without a figure is counted, with the mean effect of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from evalkit.design import Design
from evalkit.estimate import Distribution, Estimate, EventStudy, Interval, Path
from evalkit.methods.area_table import AreaTable, Mask
from evalkit.methods.engine import Array
from evalkit.methods.mixture import NODES
from evalkit.panel import Panel
from evalkit.vocabulary import OutcomeKind

Quantile = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Effects:
    """What a method found.

    Attributes
    ----------
    untreated : (n, G) array
        Expected figure without the campaign; NaN where it cannot be told.
    cells : (n, G) boolean array
        Campaign area-periods that are counted.
    quantile : callable
        Quantile of the mean effect over the counted cells.
    p_value : float
    detectable : float or None
    reach : (n,) array
        Half width of the interval of one period's mean effect; NaN where there is none.
    running : (n,) array
        The same of the mean effect over all cells up to a period.
    event_study : EventStudy or None
    terms : dict of str to Interval
    notes : tuple of str
    """

    untreated: Array
    cells: Mask
    quantile: Quantile
    p_value: float
    detectable: float | None
    reach: Array
    running: Array
    event_study: EventStudy | None
    terms: dict[str, Interval]
    notes: tuple[str, ...]


def t_quantile(point: float, error: float, df: float) -> Quantile:
    """Quantile function of a point with a t-distributed error."""
    return lambda p: point + error * float(stdtrit(df, p))


def t_p_value(point: float, error: float, df: float) -> float:
    """Two-sided p-value of no effect."""
    return float(min(1.0, 2 * stdtr(df, -abs(point) / error))) if error > 0 else float(point == 0.0)


def t_detectable(error: float, df: float) -> float:
    """Smallest effect seen with power 0.8 at two-sided 5%."""
    return error * float(stdtrit(df, 0.975) + stdtrit(df, 0.8))


def mean_effect(table: AreaTable, untreated: Array, cells: Mask) -> float:
    """Weighted mean effect over the counted cells that have a figure."""
    seen = cells & np.isfinite(table.y) & np.isfinite(untreated)
    weight = np.where(seen, table.weight, 0.0)
    return float(np.where(seen, table.y - untreated, 0.0).ravel() @ weight.ravel() / weight.sum())


def report(panel: Panel, design: Design, table: AreaTable, found: Effects) -> Estimate:
    """The estimate in full."""
    point = mean_effect(table, found.untreated, found.cells)
    tails = ((1 - design.level) / 2, (1 + design.level) / 2)
    ends = [found.quantile(p) for p in tails]
    effect = Interval(point, min(ends[0], point), max(ends[1], point), design.level)
    worth = float(np.where(found.cells, table.people, 0.0).sum())
    tau = _filled(table, found, point)
    total = float(np.where(found.cells, table.people * tau, 0.0).sum())

    def moved(value: float) -> float:
        return total + (value - point) * worth

    nodes = np.maximum.accumulate([moved(found.quantile(p)) for p in NODES])
    whole = Interval(total, moved(effect.low), moved(effect.high), design.level)
    n_gaps = int((~np.isfinite(table.recorded) & (found.cells | _before(table))).sum())
    return Estimate(
        estimand=_estimand(panel, design, table, found),
        effect=effect,
        total=whole,
        rel_effect=_relative(table, found, tau, whole),
        effect_unit=table.effect_unit,
        total_unit=table.total_unit,
        p_value=found.p_value,
        distribution=Distribution(NODES, tuple(float(v) for v in nodes)),
        design=design.code,
        method=design.method,
        n_pre=design.n_pre,
        n_post=design.n_post,
        n_gaps=n_gaps,
        smallest_detectable=found.detectable,
        path=_path(panel, design, table, found, tau, whole),
        event_study=found.event_study,
        terms=found.terms,
        notes=(*table.notes, *design.deviations, *_gap_notes(table, found), *found.notes),
    )


def _before(table: AreaTable) -> Mask:
    """Cells of campaign areas before their start."""
    return (np.arange(len(table.y))[:, None] < table.start) & (table.start < len(table.y))


def _filled(table: AreaTable, found: Effects, point: float) -> Array:
    """Effect of every counted cell, (n, G); the mean where there is no figure."""
    known = np.isfinite(table.y) & np.isfinite(found.untreated)
    return np.where(found.cells, np.where(known, table.y - found.untreated, point), 0.0)


def _gap_notes(table: AreaTable, found: Effects) -> list[str]:
    """Cells counted without a figure, and areas' parts in the estimand."""
    gaps = int((found.cells & ~np.isfinite(table.y)).sum())
    if not gaps:
        return []
    counted = int(found.cells.sum())
    return [
        f"{gaps} of the {counted} area-periods counted have no figure; the mean effect is taken for them."
    ]


def _relative(table: AreaTable, found: Effects, tau: Array, total: Interval) -> Interval | None:
    """Total effect over what was expected without it; the shift moves both."""
    figure = np.where(np.isfinite(table.recorded), table.recorded, found.untreated + tau)
    reached = float(np.where(found.cells, table.people * figure, 0.0).sum())
    if not np.isfinite(reached) or reached < 0:  # below zero, more of an effect would be a smaller share
        return None
    ends = [reached - v for v in (total.low, total.point, total.high)]
    if ends[1] <= 0:
        return None
    low = total.low / ends[0] if np.isfinite(total.low) else -1.0
    high = total.high / ends[2] if ends[2] > 0 else np.inf
    return Interval(total.point / ends[1], low, high, total.level)


def _estimand(panel: Panel, design: Design, table: AreaTable, found: Effects) -> str:
    """What the effect is the mean of."""
    areas = [table.names[j] for j in table.treated if found.cells[:, j].any()]
    kind = "share" if panel.kind is OutcomeKind.SHARE else "outcome"
    first = panel.periods[int(np.flatnonzero(found.cells.any(axis=1))[0])]
    begin = "each area's own start" if design.starts else str(first)
    weighted = "weighted mean" if design.weights else "mean"
    return (
        f"{weighted.capitalize()} effect on the {kind} per area and {design.frequency} period from {begin} "
        f"to {design.until} in {', '.join(areas)} ({table.effect_unit}); the total is the sum over those "
        f"areas and periods ({table.total_unit})."
    )


def _path(
    panel: Panel, design: Design, table: AreaTable, found: Effects, tau: Array, total: Interval
) -> Path:
    """Mean of the campaign areas by period, observed and without the campaign."""
    treated = table.treated[found.cells[:, table.treated].any(axis=0)]
    weight = table.weight[treated] / table.weight[treated].sum()
    seen = np.isfinite(table.recorded[:, treated])
    expected = np.where(
        found.cells[:, treated] | ~seen, found.untreated[:, treated], table.recorded[:, treated]
    )
    share = (found.cells[:, treated] * weight).sum(axis=1)
    effect = tau[:, treated] @ weight
    observed = np.where(seen.all(axis=1), np.nan_to_num(table.recorded[:, treated]) @ weight, np.nan)
    before: Mask = np.asarray(~found.cells.any(axis=1))
    model = np.where(np.isfinite(found.untreated[:, treated]), found.untreated[:, treated], expected)
    middle = np.where(before, np.nan_to_num(model) @ weight, np.nan)
    middle = np.where(
        before, middle, np.where(np.isfinite(observed), observed - effect, np.nan_to_num(expected) @ weight)
    )
    reach = np.where(np.isfinite(found.reach), found.reach, 0.0) * np.where(before, 1.0, share)
    inside: Mask = np.asarray(~before)
    sums = np.cumsum(np.where(found.cells, table.people * tau, 0.0).sum(axis=1))
    worth = np.cumsum(np.where(found.cells, table.people, 0.0).sum(axis=1))
    last = int(np.flatnonzero(inside)[-1])
    end = float(found.running[last] * worth[last]) or 1.0
    half = np.nan_to_num(found.running) * worth / end
    return Path(
        periods=panel.periods,
        observed=_shown(observed, np.isfinite(observed)),
        counterfactual=tuple(middle.tolist()),
        low=tuple((middle - reach).tolist()),
        high=tuple((middle + reach).tolist()),
        effect=_shown(effect, inside),
        effect_low=_shown(effect - reach, inside),
        effect_high=_shown(effect + reach, inside),
        cumulative=_shown(sums, inside),
        cumulative_low=_shown(sums + half * (total.low - total.point), inside),
        cumulative_high=_shown(sums + half * (total.high - total.point), inside),
    )


def _shown(values: Array, shown: Mask) -> tuple[float | None, ...]:
    """Plain floats, None where there is nothing to show."""
    return tuple(float(v) if s else None for v, s in zip(values, shown, strict=True))
