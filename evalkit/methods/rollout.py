"""A staggered roll-out by prediction: each area against the areas not yet reached.

1. Errors carry over, and how much is integrated out; cells that the campaign touched never enter the fit.
2. Areas that never had the campaign are each taken as if they had, at every start, and how far such
   predictions miss scales the range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, EventStudy, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods import area_paths, mixture, starts
from evalkit.methods.area_table import AreaTable, Mask, area_table
from evalkit.methods.engine import Array
from evalkit.methods.pooling import error_grid
from evalkit.panel import Panel

FREEDOM = 2  # untouched figures beyond levels and periods under which nothing is said of the errors
TRUST = 10.0  # areas' worth of trust in the model's own standard errors


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Predict every campaign area from its own start on."""
    table = area_table(panel, design)
    cells = starts.told(table)
    refused = starts.refusal(design, table, cells)
    if refused:
        return refused
    if _too_few(table, cells):
        return NotEstimable(
            ("Too few figures without the campaign are left to tell how much areas move by themselves.",),
            ("Add earlier figures, or areas that the campaign has not reached.",),
        )
    main = _Fit.of(table, cells)
    misses = main.misses()
    stretch = float(np.sqrt((TRUST + misses @ misses) / (TRUST + misses.size)))
    df = float(min(main.paths.df, TRUST + misses.size))
    centre, scale = main.node(0, stretch)
    weight, whole = main.paths.weight, int(df)
    shift = answers.mean_effect(table, main.paths.untreated, cells) - float(weight @ centre)

    asked = (*mixture.NODES, (1 - design.level) / 2, (1 + design.level) / 2)
    found_at = mixture.quantiles(asked, weight, centre + shift, scale, whole)
    table_of = dict(zip(asked, found_at.tolist(), strict=True))
    below = mixture.probability_below(0.0, weight, centre + shift, scale, whole)
    _, error = main.moments(stretch)
    at = float(stdtrit(df, (1 + design.level) / 2))
    n, E = len(table.y), len(main.times.times)
    found = answers.Effects(
        untreated=main.paths.untreated,
        cells=cells,
        quantile=table_of.__getitem__,
        p_value=float(min(1.0, 2 * min(below, 1 - below))),
        detectable=answers.t_detectable(float(error[0]), df),
        reach=at * error[1 + E : 1 + E + n],
        running=at * error[1 + E + n :],
        event_study=_study(table, main, stretch, df, design),
        terms={},
        notes=(*starts.unidentified(panel, table, cells), *_notes(table, misses, stretch)),
    )
    return answers.report(panel, design, table, found)


def _too_few(table: AreaTable, cells: Mask) -> bool:
    """Whether hardly any untouched figure is left beyond the levels of areas and the effects of periods."""
    groups = area_paths.patterns(table.clean, np.asarray(cells & np.isfinite(table.y)))
    return area_paths.freedom(groups) < FREEDOM


@dataclass(frozen=True, slots=True)
class _Fit:
    """A table with its fit, asked for the mean effect, by time since start, by period, running."""

    table: AreaTable
    groups: list[area_paths.Pattern]
    contrasts: area_paths.Contrasts
    times: starts.Times
    paths: area_paths.Paths

    @classmethod
    def of(cls, table: AreaTable, cells: Mask, *, periods: bool = True) -> _Fit:
        """Fit with every contrast, or without those by period and running."""
        seen = np.asarray(cells & np.isfinite(table.y))
        groups = area_paths.patterns(table.clean, seen)
        times = starts.since_start(table, cells)
        period = np.arange(len(table.y))
        asked = [seen, *times.cells]
        if periods:
            asked += [np.asarray(seen & (period == t)[:, None]) for t in period]
            asked += [np.asarray(seen & (period <= t)[:, None]) for t in period]
        contrasts = area_paths.Contrasts(_rows(asked, groups, table.weight), table.weight)
        paths = area_paths.fit(table.y, groups, contrasts, error_grid())
        return cls(table, groups, contrasts, times, paths)

    def node(self, m: int, stretch: float) -> tuple[Array, Array]:
        """Centre and scale of a contrast by node."""
        scale = stretch * np.sqrt(np.maximum(self.paths.cov[:, m, m] * self.paths.variance, 1e-300))
        return self.paths.centre[:, m], scale

    def moments(self, stretch: float) -> tuple[Array, Array]:
        """Mean and standard error of every contrast over the nodes."""
        w = self.paths.weight
        mean = w @ self.paths.centre
        own = np.einsum("cmm->cm", self.paths.cov) * self.paths.variance[:, None] * stretch**2
        return mean, np.sqrt(np.maximum(w @ (own + (self.paths.centre - mean) ** 2), 0.0))

    def covariance(self, m: slice, stretch: float) -> Array:
        """Covariance of some contrasts over the nodes."""
        w, centre = self.paths.weight, self.paths.centre[:, m]
        off = centre - w @ centre
        own = np.einsum("c,cij->ij", w * self.paths.variance, self.paths.cov[:, m, m]) * stretch**2
        return np.asarray(own + np.einsum("c,ci,cj->ij", w, off, off), dtype=float)

    def misses(self) -> Array:
        """Each never-reached area's estimate as if reached, in standard errors, by area."""
        rows = self.contrasts.rows[:, 0]
        return area_paths.misses(self.table.y, self.groups, rows, error_grid(), self.paths)


def _rows(asked: list[Mask], groups: list[area_paths.Pattern], weight: Array) -> Array:
    """Weights by pattern for the means over the cells asked for, (P, m, n)."""
    total = np.array([max(float((cells @ weight).sum()), 1e-300) for cells in asked])
    first = [int(p.areas[0]) for p in groups]
    return np.stack([np.array([cells[:, j] for cells in asked]) / total[:, None] for j in first])


def _study(table: AreaTable, main: _Fit, stretch: float, df: float, design: Design) -> EventStudy | None:
    """By time since the start; leads from the same method with every start brought forward."""
    E = len(main.times.times)
    mean, _ = main.moments(stretch)
    effect, cov = mean[1 : 1 + E], main.covariance(slice(1, 1 + E), stretch)
    times = list(main.times.times)
    areas = [int(c.any(axis=0).sum()) for c in main.times.cells]
    leads = starts.possible_leads(table)
    base = "the area's own path before the start"
    shifted = starts.earlier(table, leads)
    if leads and not _too_few(shifted, starts.told(shifted)):
        early = _Fit.of(shifted, starts.told(shifted), periods=False)
        at = [i for i, e in enumerate(early.times.times) if e < leads]
        several = slice(1, 1 + len(early.times.times))
        effect = np.concatenate([early.moments(stretch)[0][several][at], effect])
        both = np.zeros((effect.size, effect.size))
        both[: len(at), : len(at)] = early.covariance(several, stretch)[np.ix_(at, at)]
        both[len(at) :, len(at) :] = cov
        cov = both
        times = [early.times.times[i] - leads for i in at] + times
        areas = [int(early.times.cells[i].any(axis=0).sum()) for i in at] + areas
        base += f"; before it, the path up to {leads} periods earlier"
    return starts.event_study(times, areas, np.asarray(effect), cov, df, design, base)


def _notes(table: AreaTable, misses: Array, stretch: float) -> list[str]:
    """What a reader must know."""
    k, J = table.treated.size, table.control.size
    said = [
        f"{k} campaign areas with {np.unique(table.start[table.treated]).size} different starts, and {J} "
        "areas without the campaign; each campaign area also serves as a comparison until its own start."
    ]
    if not misses.size:
        return [
            *said,
            "No two areas without the campaign have every figure, so the range rests on the model.",
        ]
    wider = "wider" if stretch > 1 else "narrower"
    missed = float(np.sqrt(np.mean(misses**2)))
    return [
        *said,
        f"Each of {misses.size} areas without the campaign was predicted as if it had been reached at every "
        f"start. Those predictions missed by {missed:.1f} of their own standard errors (root mean square; "
        f"1 is right), so the range here is {abs(stretch - 1):.0%} {wider}.",
    ]
