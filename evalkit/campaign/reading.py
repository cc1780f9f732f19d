"""What was read of a programme: rows, periods, gaps and sums, so that a misreading is seen.

1. Sums are for comparing with the source, column by column; nothing is worked out from them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from evalkit.campaign.calendar_rules import all_series
from evalkit.campaign.fields import PERCENT, Column, Record, columns
from evalkit.campaign.programme import Programme
from evalkit.campaign.rules import CAMPAIGN_PARTS, PART_TITLES, PROGRAMME_PARTS
from evalkit.vocabulary import ObservationFlag

TITLES = {
    "campaigns": "Campaigns",
    **PART_TITLES,
    "outcomes": "Outcomes",
    "observations": "Outcome data",
    "groups": "Groups",
    "comparisons": "Comparison",
    "areas": "Areas",
    "covariates": "Covariates",
    "events": "Events",
    "external_estimates": "External estimates",
    "unit_values": "Money",
}


@dataclass(frozen=True, slots=True)
class SheetRead:
    """What was read of one sheet.

    Attributes
    ----------
    sheet : str
    rows : int
    totals : tuple of (str, float)
        Sum of each column of figures, by heading.
    first, last : date or None
        Earliest and latest of all its dates; None where it has none.
    """

    sheet: str
    rows: int
    totals: tuple[tuple[str, float], ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class SeriesRead:
    """What was read of one outcome in one area.

    Attributes
    ----------
    outcome, area : str
    rows : int
    first, last : date
    frequency : str
        Empty where it cannot be told.
    gaps, withheld : int
        Periods without a figure, and figures withheld.
    total : float
        Sum of the figures, in the outcome's unit.
    """

    outcome: str
    area: str
    rows: int
    first: date
    last: date
    frequency: str
    gaps: int
    withheld: int
    total: float


def sheets_read(programme: Programme) -> tuple[SheetRead, ...]:
    """Rows of each part of a programme, and the sums of its figures."""
    parts: dict[str, list[Record]] = {part: [] for part in TITLES}
    parts["campaigns"] = list(programme.campaigns)
    for part in CAMPAIGN_PARTS:
        parts[part] = [row for campaign in programme.campaigns for row in getattr(campaign, part)]
    for part in PROGRAMME_PARTS:
        parts[part] = list(getattr(programme, part))
    return tuple(
        SheetRead(TITLES[part], len(rows), _totals(rows), *range_of(v for row in rows for _, v in row))
        for part, rows in parts.items()
        if rows
    )


def _totals(rows: list[Record]) -> tuple[tuple[str, float], ...]:
    return tuple(
        (column.title, total)
        for column in columns(type(rows[0]))
        if not _is_share(column)
        and (total := total_of(getattr(row, column.name) for row in rows)) is not None
    )


def _is_share(column: Column) -> bool:
    """Whether a column holds percentages, whose sum says nothing."""
    pending: list[object] = [column.info.annotation, *column.info.metadata]
    while pending:
        one = pending.pop()
        if one == PERCENT:
            return True
        pending += [*get_args(one), *getattr(one, "__metadata__", ())]
    return False


def total_of(values: Iterable[object]) -> float | None:
    """Sum of what are figures among some values; None if there are none."""
    figures = [float(v) for v in values if isinstance(v, (int, float, Decimal)) and not isinstance(v, bool)]
    return math.fsum(figures) if figures else None


def range_of(values: Iterable[object]) -> tuple[date | None, date | None]:
    """First and last of what are dates among some values; None and None if there are none."""
    days = [v for v in values if isinstance(v, date)]
    return (min(days), max(days)) if days else (None, None)


def series_read(programme: Programme) -> Iterator[SeriesRead]:
    """Each outcome in each area: its periods, its gaps and the sum of its figures."""
    for series in all_series(programme):
        rows = [programme.observations[i] for i, _ in series.rows]
        values = [row.value for row in rows if row.value is not None]
        withheld = sum(row.flag is ObservationFlag.SUPPRESSED for row in rows)
        yield SeriesRead(
            outcome=series.outcome,
            area=series.area,
            rows=len(rows),
            first=series.days[0],
            last=series.days[-1],
            frequency=series.frequency.value if series.frequency else "",
            gaps=len(series.gaps) + len(rows) - len(values) - withheld,
            withheld=withheld,
            total=math.fsum(values),
        )
