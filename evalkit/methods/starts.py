"""Roll-outs: each area from its own start, and which of its cells can be told at all.

1. A cell is told where some area without the campaign, yet or ever, links its period to the rest.
2. What is not told is listed and left out; it is never filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri, stdtrit

from evalkit.design import Design
from evalkit.estimate import EventStudy, NotEstimable
from evalkit.methods.area_table import AreaTable, Mask, linked
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.requirements import Facts, shortfall

LEADS = 6  # periods before the start shown in an event study
DRAWS = 4000  # for a band that holds all its entries at once
NAMED = 6


def told(table: AreaTable) -> Mask:
    """Counted cells whose figure without the campaign can be told."""
    part = linked(table.clean)
    areas, periods = part[: table.start.size], part[table.start.size :]
    return np.asarray(table.cells & (areas == periods[:, None]) & (areas >= 0))


def refusal(design: Design, table: AreaTable, cells: Mask) -> NotEstimable | None:
    """What rules the roll-out out."""
    seen = np.isfinite(table.y)
    if not table.treated.size:
        return NotEstimable(
            table.notes, ("Give figures of a campaign area from before and after its start.",)
        )
    if not (cells & seen).any():
        return NotEstimable(
            (
                "No campaign area has a figure after its start in a period in which another area is "
                "untouched.",
            ),
            ("Add areas that the campaign has not reached, or earlier figures.",),
        )
    pre = int(table.clean.any(axis=1).sum())
    facts = Facts(pre, True, int((cells & seen).any(axis=1).sum()), table.control.size)
    return shortfall(design.method, facts)


def unidentified(panel: Panel, table: AreaTable, cells: Mask) -> list[str]:
    """Name what is left out."""
    lost = table.cells & ~cells & np.isfinite(table.y)
    if not lost.any():
        return []
    names = [table.names[j] for j in np.flatnonzero(lost.any(axis=0))]
    periods = [panel.periods[t] for t in np.flatnonzero(lost.any(axis=1))]
    named = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return [
        f"{int(lost.sum())} area-periods cannot be told and are left out, because no untouched area is left "
        f"to show what would have happened: {named}, from {periods[0]} to {periods[-1]}."
    ]


def lone_starts(table: AreaTable, panel: Panel) -> list[str]:
    """Starts with a single area, by name."""
    starts = table.start[table.treated]
    return [
        f"{table.names[j]} ({panel.periods[table.start[j]]})"
        for j in table.treated
        if (starts == table.start[j]).sum() == 1
    ]


@dataclass(frozen=True, slots=True)
class Times:
    """Entries of an event study: time since the start, and the cells behind each.

    Attributes
    ----------
    times : tuple of int
    cells : tuple of (n, G) boolean arrays
    """

    times: tuple[int, ...]
    cells: tuple[Mask, ...]


def since_start(table: AreaTable, cells: Mask) -> Times:
    """Counted cells with a figure, by periods since the area's own start."""
    seen = cells & np.isfinite(table.y)
    since = np.arange(len(table.y))[:, None] - table.start
    times = np.unique(since[seen])
    return Times(tuple(int(e) for e in times), tuple(np.asarray(seen & (since == e)) for e in times))


def earlier(table: AreaTable, leads: int) -> AreaTable:
    """The same table as if every campaign area had started some periods earlier."""
    start = np.where(table.start < len(table.y), table.start - leads, table.start)
    period = np.arange(len(table.y))[:, None]
    after = (period >= start) & (start < len(table.y))
    return replace(
        table,
        start=start,
        clean=np.asarray(table.clean & (period < start)),
        cells=np.asarray(after & np.isfinite(table.y)),
    )


def possible_leads(table: AreaTable) -> int:
    """Leads that leave half of the areas at least as many clean periods before them, and every one some."""
    own = table.clean[:, table.treated].sum(axis=0)
    return int(max(0, min(LEADS, np.median(own) // 2, own.min() - 1)))


def mean_rows(cells: Mask, weight: Array) -> Array:
    """Weights of a mean over cells, (n, G)."""
    w = np.where(cells, weight, 0.0)
    return np.asarray(w / max(float(w.sum()), 1e-300), dtype=float)


def event_study(
    times: Sequence[int],
    areas: Sequence[int],
    effect: Array,
    cov: Array,
    df: float,
    design: Design,
    base: str,
) -> EventStudy | None:
    """Entries with their own intervals and a band for all, from their joint covariance.

    Parameters
    ----------
    times, areas : sequences of int
    effect : (E,) array
    cov : (E, E) array
    df : float
    design : Design
    base : str
    """
    if not len(times):
        return None
    error = np.sqrt(np.maximum(np.diag(cov), 0.0))
    own = float(stdtrit(df, (1 + design.level) / 2))
    wide = _simultaneous(cov, error, df, design)
    return EventStudy(
        times=tuple(times),
        areas=tuple(areas),
        effect=tuple(effect.tolist()),
        low=tuple((effect - own * error).tolist()),
        high=tuple((effect + own * error).tolist()),
        band_low=tuple((effect - wide * error).tolist()),
        band_high=tuple((effect + wide * error).tolist()),
        base=base,
    )


def _simultaneous(cov: Array, error: Array, df: float, design: Design) -> float:
    """Quantile of the largest of the standardised entries."""
    some = error > 0
    if not some.any():
        return 0.0
    correlation = cov[np.ix_(some, some)] / np.outer(error[some], error[some])
    values, vectors = np.linalg.eigh(correlation)
    room = values > 1e-12 * values.max()
    root = vectors[:, room] * np.sqrt(values[room])
    rng = np.random.default_rng(design.seed)
    largest = np.abs(rng.standard_normal((DRAWS, root.shape[1])) @ root.T).max(axis=1)
    scale = np.sqrt(rng.chisquare(df, DRAWS) / df)
    return max(float(np.quantile(largest / scale, design.level)), float(ndtri((1 + design.level) / 2)))
