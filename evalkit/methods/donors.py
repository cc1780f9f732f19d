"""The campaign areas as one series beside its donors: what synthetic controls are fitted to.

1. Several campaign areas are taken as their (weighted) mean; a gap in one of them is a gap in the mean.
2. Gaps of a donor are filled by what the other donors did, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evalkit.design import Design
from evalkit.estimate import Interval, NotEstimable
from evalkit.methods.area_table import AreaTable, area_table
from evalkit.methods.comparison_gaps import completed
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.requirements import Facts, shortfall

NAMED = 8


@dataclass(frozen=True, slots=True)
class Donors:
    """One series and its donors on the periods in use, T of them.

    Attributes
    ----------
    table : AreaTable
    rows : (T,) integer array
        Periods in use.
    n_pre : int
        How many of them are before the start.
    y : (T,) array
    D : (T, J) array
    names : tuple of str
    notes : tuple of str
    """

    table: AreaTable
    rows: NDArray[np.intp]
    n_pre: int
    y: Array
    D: Array
    names: tuple[str, ...]
    notes: tuple[str, ...]


def donors(panel: Panel, design: Design) -> Donors | NotEstimable:
    """Lay them out, or refuse."""
    table = area_table(panel, design)
    if not table.treated.size or not table.control.size:
        return NotEstimable(table.notes, ("Give figures of campaign and comparison areas on both sides.",))
    weight = table.weight[table.treated] / table.weight[table.treated].sum()
    mean = table.y[:, table.treated] @ weight
    blank = np.isfinite(mean) & ~np.isfinite(table.y[:, table.control]).any(axis=1)
    rows = np.flatnonzero(np.isfinite(mean) & ~blank)
    n_pre, inside = int((rows < design.n_pre).sum()), int(table.cells.any(axis=1).sum())
    varies = bool(n_pre and np.ptp(mean[rows[:n_pre]]) > 0)
    facts = Facts(n_pre, varies, rows.size - n_pre, table.control.size, inside)
    refused = shortfall(design.method, facts)
    if refused:
        return replace(refused, reasons=(*refused.reasons, *table.notes))
    full = completed(table.y[np.ix_(rows, table.control)], rows < design.n_pre, mean[rows])
    names = tuple(table.names[j] for j in table.control)
    gaps = [f"{name} ({gap})" for name, gap in zip(names, full.gaps, strict=True) if gap]
    notes = [f"Gaps of comparison areas filled by what the others did: {', '.join(gaps)}."] if gaps else []
    if blank.any():
        notes.append(f"Periods in which no comparison area has a figure are not used: {int(blank.sum())}.")
    if table.treated.size > 1:
        notes.append(f"{table.treated.size} campaign areas are taken together as their mean.")
    return Donors(table, rows, n_pre, mean[rows], full.series, names, tuple(notes))


def untreated(found: Donors, gap: Array) -> Array:
    """Every campaign area's figure less the mean gap, (n, G); NaN where nothing is known."""
    out = np.full(found.table.y.shape, np.nan)
    for j in found.table.treated:
        out[found.rows, j] = found.table.y[found.rows, j] - gap
    return out


def weight_terms(found: Donors, weights: Array) -> dict[str, Interval]:
    """Weights as named coefficients, largest first."""
    order = np.argsort(-np.abs(weights), kind="stable")
    kept = [int(j) for j in order if abs(weights[j]) > 5e-4]
    return {f"weight of {found.names[j]}": Interval(*(float(weights[j]),) * 3) for j in kept}


def weight_note(found: Donors, weights: Array) -> str:
    """Weights in a sentence."""
    order = [int(j) for j in np.argsort(-np.abs(weights), kind="stable") if abs(weights[j]) > 5e-3]
    said = ", ".join(f"{found.names[j]} {weights[j]:.2f}" for j in order[:NAMED])
    return f"Weights: {said}" + (f" and {len(order) - NAMED} more." if len(order) > NAMED else ".")
