"""The imputation estimator: area and period effects by least squares on the untreated cells.

1. As published (Borusyak, Jaravel and Spiess 2024), with the conservative standard error clustered by area.
2. A second opinion: it takes errors in one area as unrelated over time when it predicts, not when it judges.

Where a start has a single area, the mean effect that is taken from its figures is that of its time since the
start over all starts; by start alone nothing would be left to judge by.

References: Borusyak K, Jaravel X, Spiess J (2024), Rev Econ Stud 91:3253-3285.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, EventStudy, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods import starts
from evalkit.methods.area_table import AreaTable, Mask, area_table, two_way
from evalkit.methods.engine import Array
from evalkit.panel import Panel


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Impute every campaign area's figures from its own start on."""
    table = area_table(panel, design)
    cells = starts.told(table)
    refused = starts.refusal(design, table, cells)
    if refused:
        return refused
    seen = np.asarray(cells & np.isfinite(table.y))
    times = starts.since_start(table, cells)
    n, E, period = len(table.y), len(times.times), np.arange(len(table.y))
    asked = [seen, *times.cells]
    asked += [np.asarray(seen & (period == t)[:, None]) for t in period]
    asked += [np.asarray(seen & (period <= t)[:, None]) for t in period]
    lone = starts.lone_starts(table, panel)
    imputed = _imputed(table, seen, times, asked, lone=bool(lone))
    effect, df = imputed.effect, float(table.start.size - 1)
    error = np.sqrt(np.einsum("gm,gm->m", imputed.influence, imputed.influence))
    at, several = float(stdtrit(df, (1 + design.level) / 2)), slice(1, 1 + E)
    after = _Entries(
        times.times,
        tuple(int(c.any(axis=0).sum()) for c in times.cells),
        effect[several],
        imputed.influence[:, several],
    )
    found = answers.Effects(
        untreated=imputed.untreated,
        cells=cells,
        quantile=answers.t_quantile(float(effect[0]), float(error[0]), df),
        p_value=answers.t_p_value(float(effect[0]), float(error[0]), df),
        detectable=answers.t_detectable(float(error[0]), df),
        reach=at * error[1 + E : 1 + E + n],
        running=at * error[1 + E + n :],
        event_study=_study(table, after, df, design, lone=bool(lone)),
        terms={},
        notes=(*starts.unidentified(panel, table, cells), *_notes(table, df, lone)),
    )
    return answers.report(panel, design, table, found)


@dataclass(frozen=True, slots=True)
class _Imputed:
    """Figures without the campaign, mean effects over the cells asked for, and each area's part in them."""

    untreated: Array
    effect: Array
    influence: Array


def _imputed(table: AreaTable, seen: Mask, times: starts.Times, asked: list[Mask], *, lone: bool) -> _Imputed:
    fit = two_way(table.y, table.clean, table.weight)
    untreated = fit.area + fit.period[:, None]
    influence = _influence(table, asked, _residuals(table, untreated, seen, times, lone))
    tau = np.nan_to_num(table.y - untreated)
    effect = np.array([float((starts.mean_rows(c, table.weight) * tau).sum()) for c in asked])
    return _Imputed(untreated, effect, influence)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of an event study with each area's part in their errors, (G, E)."""

    times: tuple[int, ...]
    areas: tuple[int, ...]
    effect: Array
    influence: Array


def _study(table: AreaTable, after: _Entries, df: float, design: Design, *, lone: bool) -> EventStudy | None:
    """By time since the start; leads from the same method with every start brought forward."""
    leads, entries = starts.possible_leads(table), [after]
    base = "area and period effects from all untreated cells"
    if leads:
        early = starts.earlier(table, leads)
        cells = starts.told(early)
        times = starts.since_start(early, cells)
        seen = np.asarray(cells & np.isfinite(early.y))
        at = [i for i, e in enumerate(times.times) if e < leads]
        asked = [times.cells[i] for i in at]
        imputed = _imputed(early, seen, times, asked, lone=lone)
        entries.insert(
            0,
            _Entries(
                tuple(times.times[i] - leads for i in at),
                tuple(int(c.any(axis=0).sum()) for c in asked),
                imputed.effect,
                imputed.influence,
            ),
        )
        base += f"; before the start, those up to {leads} periods earlier"
    psi = np.column_stack([e.influence for e in entries])
    return starts.event_study(
        [t for e in entries for t in e.times],
        [k for e in entries for k in e.areas],
        np.concatenate([e.effect for e in entries]),
        psi.T @ psi,
        df,
        design,
        base,
    )


def _residuals(table: AreaTable, untreated: Array, seen: Mask, times: starts.Times, lone: bool) -> Array:
    """What is left over in every cell: of a campaign cell, after the mean effect of its start and time."""
    left = np.nan_to_num(np.where(table.clean | seen, table.y - untreated, 0.0))
    begun = np.unique(table.start, return_inverse=True)[1]
    kind = np.zeros(left.shape, dtype=np.intp)  # 0: not of the campaign
    for e, cells in enumerate(times.cells, start=1):
        kind[cells] = e
    if not lone:
        kind = np.where(kind > 0, kind * (begun.max() + 1) + begun, 0)
    weight, code = np.broadcast_to(table.weight, left.shape).ravel(), kind.ravel()
    total, sums = np.bincount(code, weight), np.bincount(code, weight * left.ravel())
    mean = np.where(total > 0, sums / np.where(total > 0, total, 1.0), 0.0)
    mean[0] = 0.0
    return np.asarray(left - mean[kind])


def _influence(table: AreaTable, asked: list[Mask], left: Array) -> Array:
    """Each area's part in each mean effect's error, (G, m)."""
    out = np.empty((table.start.size, len(asked)))
    w = np.where(table.clean, table.weight, 0.0)
    per_area, per_period = w.sum(axis=0), w.sum(axis=1)
    some = per_area > 0
    inverse = np.where(some, 1 / np.where(some, per_area, 1.0), 0.0)
    solve = np.linalg.pinv(np.diag(per_period) - (w * inverse) @ w.T, rcond=1e-12, hermitian=True)
    clean = w * left
    per_area_left = clean.sum(axis=0)
    for m, cells in enumerate(asked):
        v = starts.mean_rows(cells, table.weight)
        by_area, by_period = v.sum(axis=0), v.sum(axis=1)
        period = solve @ (by_period - (w * inverse) @ by_area)
        area = inverse * (by_area - w.T @ period)
        out[:, m] = np.einsum("ng,ng->g", v, left) - area * per_area_left - period @ clean
    return out


def _notes(table: AreaTable, df: float, lone: list[str]) -> list[str]:
    """What a reader must know."""
    said = [
        f"Imputation by least squares, standard errors clustered by area with t({df:.0f}): "
        f"{table.treated.size} campaign areas, {table.control.size} without the campaign."
    ]
    if lone:
        said.append(
            "Starts with a single area: " + ", ".join(lone) + ". Their own effects cannot be told from their "
            "noise, so effects are taken as alike by time since the start when the error is judged."
        )
    return said
