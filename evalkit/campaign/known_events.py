"""Ready-made rows for the sheet Events: what moved services everywhere, with dates and source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event that many services have in common.

    Attributes
    ----------
    what : str
    start, end : date
        First and last day.
    where, source, vintage : str
    """

    what: str
    start: date
    end: date
    where: str
    source: str
    vintage: str

    def told(self) -> str:
        """Name, days and place in one line."""
        return f"{self.what}, {self.start:%d/%m/%Y} to {self.end:%d/%m/%Y} ({self.where})"


@lru_cache(maxsize=1)
def known_events() -> tuple[KnownEvent, ...]:
    """Every row of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            KnownEvent(
                row["what"],
                date.fromisoformat(row["start"]),
                date.fromisoformat(row["end"]),
                row["where"],
                row["source"],
                row["vintage"],
            )
            for row in csv.DictReader(file)
        )
