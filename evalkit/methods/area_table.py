"""Areas side by side: which cells had the campaign, which show what happens without it.

1. A gap stays a gap.
2. An area that cannot be used is left out by name, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evalkit.design import Design
from evalkit.designing import periods_within
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.vocabulary import OutcomeKind

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AreaTable:
    """Figures by period and area: campaign areas first, then comparison areas.

    Attributes
    ----------
    names : tuple of str
    y : (n, G) array
        In the effect's unit, cleared of covariates; NaN is a gap or a period left out.
    recorded : (n, G) array
        As recorded, in the effect's unit.
    people : (n, G) array
        From an effect to its contribution to the total: 1, or the denominator.
    start : (G,) array
        Index of the first campaign period; n for a comparison area.
    cells : (n, G) boolean array
        Campaign area-periods that are counted.
    clean : (n, G) boolean array
        Cells with a figure, in the fit, that the campaign has not touched.
    weight : (G,) array
        What an area counts for; mean 1 over the campaign areas.
    effect_unit, total_unit : str
    notes : tuple of str
    """

    names: tuple[str, ...]
    y: Array
    recorded: Array
    people: Array
    start: NDArray[np.intp]
    cells: Mask
    clean: Mask
    weight: Array
    effect_unit: str
    total_unit: str
    notes: tuple[str, ...]

    @property
    def treated(self) -> NDArray[np.intp]:
        """Columns of the campaign areas."""
        return np.flatnonzero(self.start < len(self.y))

    @property
    def control(self) -> NDArray[np.intp]:
        """Columns of the comparison areas."""
        return np.flatnonzero(self.start == len(self.y))


def area_table(panel: Panel, design: Design) -> AreaTable:
    """Lay out a design's areas; leave out, by name, those without a figure on the side that is needed."""
    names = (*design.treated, *design.comparison)
    place = {area: j for j, area in enumerate(panel.areas)}
    columns = [place[a] for a in names]
    n, last = len(panel.periods), design.n_pre + design.n_post
    out = periods_within(panel, design.exclude + design.washout + design.events)
    out[last:] = True
    when = {day: panel.index(day) for day in {day for _, day in design.starts}}
    own = {area: when[day] for area, day in design.starts}
    start = np.full(len(names), n)
    start[: len(design.treated)] = [own.get(a, design.n_pre) for a in design.treated]
    recorded = panel.rates()[:, columns]
    since = np.arange(n)[:, None] - start
    out_cells = out[:, None] | ((since >= 0) & (since < design.settling))
    used = np.isfinite(recorded) & ~out_cells
    after = since >= 0
    notes, keep = _left_out(names, start, used, design.n_pre)
    if design.events:
        known = ", ".join(e.reason or f"{e.start} to {e.end}" for e in design.events)
        notes.append(f"Periods of known events are left out, as this method has no term for them: {known}.")
    at = np.flatnonzero(keep)
    columns = [columns[j] for j in at]
    people, unit, total, more = _people(panel, columns)
    counts = dict(design.weights)
    weight = np.array([counts.get(names[j], 1.0) for j in at])
    treated = start[at] < n
    table = AreaTable(
        names=tuple(names[j] for j in at),
        y=np.where(out_cells[:, at], np.nan, recorded[:, at]),
        recorded=recorded[:, at],
        people=people,
        start=start[at],
        cells=after[:, at] & ~out_cells[:, at],
        clean=used[:, at] & ~after[:, at],
        weight=weight / (weight[treated].mean() if treated.any() else 1.0),
        effect_unit=unit,
        total_unit=total,
        notes=(*notes, *more),
    )
    return _cleared(table, [panel.covariates[c][:, columns] for c in design.covariates], design.covariates)


def _left_out(
    names: tuple[str, ...], start: NDArray[np.intp], used: Mask, n_pre: int
) -> tuple[list[str], Mask]:
    """Which areas can be used, and why the others cannot."""
    period = np.arange(len(used))[:, None]
    sides = (used & (period < start), used & (period >= start), used[:n_pre], used[n_pre:])
    own_past, after, past, rest = (np.atleast_1d(side.any(axis=0)) for side in sides)
    notes, keep = [], np.ones(len(names), dtype=bool)
    for j, name in enumerate(names):
        if start[j] < len(used):
            faults = ("before its start", own_past[j]), ("from its start on", after[j])
            role = "campaign"
        else:
            faults = ("before the start", past[j]), ("from the start on", rest[j])
            role = "comparison"
        missing = [when for when, there in faults if not there]
        if missing:
            notes.append(f"The {role} area {name} was left out: it has no figure {' or '.join(missing)}.")
            keep[j] = False
    return notes, keep


def _people(panel: Panel, columns: list[int]) -> tuple[Array, str, str, list[str]]:
    """Contribution of an effect to the total, its units, and what was assumed."""
    if panel.denominators is None:
        unit = "events" if panel.kind is OutcomeKind.COUNT else "outcome units"
        per = f"{unit} per period" if len(columns) == 1 else f"{unit} per area and period"
        return np.ones((len(panel.periods), len(columns))), per, unit, []
    people = panel.denominators[:, columns]
    known = np.isfinite(people)
    typical = np.where(known, people, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    notes = [] if known.all() else ["Cells without a denominator are given their area's mean denominator."]
    share = panel.kind is OutcomeKind.SHARE
    unit = "proportion points" if share else "events per unit of exposure"
    return np.where(known, people, typical), unit, "additional people" if share else "events", notes


def _cleared(table: AreaTable, covariates: list[Array], names: tuple[str, ...]) -> AreaTable:
    """Figures less what covariates explain among the cells without the campaign."""
    if not covariates:
        return table
    moved, note = explained(table.y, table.clean, covariates, names)
    y, clean = table.y - moved, table.clean & np.isfinite(moved)
    return replace(table, y=y, clean=clean, notes=(*table.notes, note))


def explained(y: Array, clean: Mask, covariates: list[Array], names: tuple[str, ...]) -> tuple[Array, str]:
    """What covariates explain of every cell, with coefficients from the clean ones, and a note of them.

    Parameters
    ----------
    y : (n, G) array
    clean : (n, G) boolean array
    covariates : list of (n, G) array
    names : tuple of str
    """
    clean = clean & np.all([np.isfinite(c) for c in covariates], axis=0)
    columns = [np.where(clean, c, 0.0) for c in covariates]
    residuals = [_within(c, clean) for c in columns]
    X = np.column_stack([r[clean] for r in residuals])
    target = _within(np.where(clean, y, 0.0), clean)[clean]
    coef = np.linalg.lstsq(X, target, rcond=None)[0]
    centred = [c - float(c[clean].mean()) for c in covariates]
    moved = sum((b * c for b, c in zip(coef, centred, strict=True)), np.zeros(y.shape))
    said = ", ".join(f"{name} ({b:.3g})" for name, b in zip(names, coef, strict=True))
    note = f"Figures are cleared of covariates, with coefficients from cells without the campaign: {said}."
    return moved, note


def _within(values: Array, clean: Mask) -> Array:
    """Values less their two-way fit."""
    fit = two_way(values, clean)
    return values - fit.area - fit.period[:, None]


@dataclass(frozen=True, slots=True)
class TwoWay:
    """Area and period effects by least squares; NaN where the cells do not tell."""

    area: Array
    period: Array


def two_way(y: Array, clean: Mask, weight: Array | None = None) -> TwoWay:
    """Area and period effects from the clean cells, exactly, gaps and all.

    Parameters
    ----------
    y : (n, G) array
    clean : (n, G) boolean array
    weight : (G,) array, optional
        What each area counts for.

    Returns
    -------
    TwoWay
        In a part of the table that no area links to the rest, effects are relative to that part.
    """
    w = np.where(clean, 1.0 if weight is None else weight, 0.0)
    x = np.where(clean, y, 0.0)
    per_area, per_period = w.sum(axis=0), w.sum(axis=1)
    some = per_area > 0
    share = np.where(some, w / np.where(some, per_area, 1.0), 0.0)
    A = np.diag(per_period) - share @ w.T
    right = (w * x).sum(axis=1) - share @ (w * x).sum(axis=0)
    period = np.linalg.lstsq(A, right, rcond=1e-12)[0]
    area = np.where(some, (w * (x - period[:, None])).sum(axis=0) / np.where(some, per_area, 1.0), np.nan)
    return TwoWay(area, np.where(per_period > 0, period, np.nan))


def linked(clean: Mask) -> NDArray[np.intp]:
    """Part of the table that each area and period belongs to, (G + n,); -1 without a clean cell.

    A cell's untreated figure is told only where its area and its period are in the same part.
    """
    n, G = clean.shape
    label = np.full(G + n, -1)
    part = 0
    for first in range(G):
        if label[first] >= 0 or not clean[:, first].any():
            continue
        areas = np.zeros(G, dtype=bool)
        areas[first] = True
        while True:
            periods = clean[:, areas].any(axis=1)
            more = clean[periods].any(axis=0)
            if (more == areas).all():
                break
            areas = np.asarray(more)
        label[:G][areas], label[G:][periods] = part, part
        part += 1
    return label
