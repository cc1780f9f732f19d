"""School breaks by an approximate rule, for the three calendars.

1. Term dates differ by council and no list of them exists, so each break is a rule for its usual weeks, kept
   in `school_breaks.csv` with its source and vintage.
2. A rule says when schools are usually shut, not when any one school was: a term shrinks to nothing where the
   outcome does not follow it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import holidays
import numpy as np
from numpy.typing import NDArray

from evalkit.calendars import edges
from evalkit.vocabulary import Frequency

TABLE = Path(__file__).with_suffix(".csv")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Break:
    """A row of the table.

    Attributes
    ----------
    calendar, name : str
    rule : str
        "fixed" starts on `earliest`; "monday" on the first Monday from `earliest` on; "easter" on the Monday
        before Easter Sunday, moved by whole weeks to lie between `earliest` and `latest`.
    earliest, latest : (int, int)
        Month and day.
    days : int
    source, vintage : str
    """

    calendar: str
    name: str
    rule: str
    earliest: tuple[int, int]
    latest: tuple[int, int]
    days: int
    source: str
    vintage: str

    def starts(self, year: int) -> date:
        """First day of the break in a year."""
        earliest, latest = date(year, *self.earliest), date(year, *self.latest)
        if self.rule == "fixed":
            return earliest
        if self.rule == "monday":
            return earliest + timedelta(days=-earliest.weekday() % 7)
        day = _easter(year) - timedelta(days=6)
        while day < earliest:
            day += WEEK
        while day > latest:
            day -= WEEK
        return day


@lru_cache(maxsize=1)
def table() -> tuple[Break, ...]:
    """Every break of every calendar."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Break(
                row["calendar"],
                row["break"],
                row["rule"],
                _month_and_day(row["earliest"]),
                _month_and_day(row["latest"] or "12-31"),
                int(row["days"]),
                row["source"],
                row["vintage"],
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=64)
def break_shares(periods: tuple[date, ...], frequency: Frequency, calendar: str) -> NDArray[np.float64]:
    """Share of each period's days in a school break, (n,) array.

    Parameters
    ----------
    periods : tuple of date
    frequency : Frequency
    calendar : str
        "england-and-wales", "scotland", "northern-ireland" or "none".
    """
    days = edges(periods, frequency)
    at = np.array([(day - days[0]).days for day in days])
    shut = np.zeros(int(at[-1]) + 1)
    for first, last in _spells(days[0], days[-1], calendar):
        begins = max((first - periods[0]).days, 0)
        shut[begins : max((last - periods[0]).days, 0)] = 1.0
    running = np.concatenate([[0.0], np.cumsum(shut)])
    return np.asarray(np.diff(running[at]) / np.diff(at), dtype=float)


def _spells(first: date, end: date, calendar: str) -> Iterator[tuple[date, date]]:
    """Breaks that touch a stretch of time, each with the day after its last."""
    for row in table():
        if row.calendar == calendar:
            for year in range(first.year - 1, end.year + 1):
                start = row.starts(year)
                yield start, start + timedelta(days=row.days)


@lru_cache(maxsize=256)
def _easter(year: int) -> date:
    """Easter Sunday, by the calendar of bank holidays."""
    days = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return min(days.get_named("Good Friday")) + timedelta(days=2)


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
