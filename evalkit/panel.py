"""Observations on a regular calendar.

1. A period without a row and a row without a figure are the same gap; no gap is ever filled here.
2. Whatever is wrong with a frame is collected and reported once; nothing is repaired.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.calendars import DAYS, MONTHS, PER_YEAR, after, edges, extended, laid, looks_four_four_five
from evalkit.errors import InputError
from evalkit.vocabulary import Frequency, OutcomeKind

Array = NDArray[np.float64]

NAMED = 8  # offenders named in one message


@dataclass(frozen=True, slots=True)
class Panel:
    """One outcome, by period and area.

    Attributes
    ----------
    kind : OutcomeKind
    frequency : Frequency
    periods : tuple of date
        First day of every period from the first to the last in the frame, without holes.
    areas : tuple of str
        In the order of first appearance once sorted by name.
    values : (periods, areas) array
        NaN is a gap. For a share, the numerator.
    denominators : (periods, areas) array or None
        People or exposure behind each figure.
    covariates : mapping of str to (periods, areas) array
    """

    kind: OutcomeKind
    frequency: Frequency
    periods: tuple[date, ...]
    areas: tuple[str, ...]
    values: Array
    denominators: Array | None = None
    covariates: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        outcome_kind: OutcomeKind | str = "level",
        frequency: Frequency | str | None = None,
        covariates: Sequence[str] = (),
    ) -> Panel:
        """Read a tidy frame with the columns period, area, value and optionally denominator.

        Parameters
        ----------
        frame : DataFrame
            A row per area and period; period holds dates, timestamps, pandas periods, ISO text or, for annual
            figures, whole years.
        outcome_kind : {"level", "count", "share"}
        frequency : str, optional
            Inferred from the dates where not given.
        covariates : sequence of str
            Further columns to keep.

        Raises
        ------
        InputError
            With every problem found in the frame.
        """
        kind = _term(OutcomeKind, outcome_kind, "outcome_kind")
        asked = None if frequency is None else _term(Frequency, frequency, "frequency")
        tidy = _tidy(frame, kind, tuple(covariates))
        found, periods = calendar_of(sorted(set(tidy["period"])), asked)
        return cls(kind, found, periods, *_spread(tidy, periods, tuple(covariates)))

    def column(self, area: str) -> int:
        """Where an area stands."""
        return self.areas.index(area)

    def index(self, day: date) -> int:
        """Index of the period that holds a day; -1 before the first, the number of periods after the last."""
        if day < self.periods[0]:
            return -1
        if day >= after(self.periods, self.frequency):
            return len(self.periods)
        return bisect_right(self.periods, day) - 1

    def until(self, stop: int) -> Panel:
        """The first periods, up to but without index `stop`."""
        cut = slice(0, stop)
        return replace(
            self,
            periods=self.periods[cut],
            values=np.ascontiguousarray(self.values[cut]),
            denominators=None if self.denominators is None else np.ascontiguousarray(self.denominators[cut]),
            covariates={name: grid[cut] for name, grid in self.covariates.items()},
        )

    def lengthened(self, first: date, periods: int, blank: Sequence[str]) -> Panel:
        """The panel with periods to come, so that there are `periods` of them from that of `first` on.

        Areas in `blank` have no figures there; what else is needed repeats the year before. Covariates are
        left out.
        """
        days = self.periods
        while days[-1] < first or self._since(days, first) < periods:
            days = extended(days, self.frequency, 1)
        year = min(round(PER_YEAR[self.frequency]), len(self.periods))
        ahead = len(days) - len(self.periods)
        again = np.concatenate(
            [np.arange(len(self.periods)), len(self.periods) - year + np.arange(ahead) % year]
        )
        values = self.values[again].copy()
        for area in blank:
            values[len(self.periods) :, self.column(area)] = np.nan
        sizes = None if self.denominators is None else self.denominators[again]
        return replace(self, periods=days, values=values, denominators=sizes, covariates={})

    def _since(self, days: tuple[date, ...], first: date) -> int:
        """Periods that end after a day."""
        return sum(end > first for end in edges(days, self.frequency)[1:])

    def rates(self) -> Array:
        """Values divided by denominators, where there are any."""
        if self.denominators is None:
            return self.values
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = self.values / self.denominators
        return np.where(np.isfinite(rate), rate, np.nan)


def calendar_of(days: Sequence[date], asked: Frequency | None = None) -> tuple[Frequency, tuple[date, ...]]:
    """The regular calendar on which all the days lie.

    Parameters
    ----------
    days : sorted sequence of date
    asked : Frequency, optional

    Returns
    -------
    The frequency, and the first day of every period from the first day to the last.

    Raises
    ------
    InputError
        Naming the days that do not fit.
    """
    if asked is None and len(days) < 2:
        raise InputError(["the frequency cannot be told from one period: give frequency="])
    frequency = asked or _frequency(days)
    on = laid(tuple(days), frequency)
    if on.strays:
        rule = (
            "the first of a month"
            if frequency in MONTHS
            else f"a {on.periods[0]:%A} of the same {frequency} calendar"
        )
        rule = "a calendar day" if frequency is Frequency.DAILY else rule
        fits = _frequency(days) if asked else frequency
        hint = f"; the dates look {fits}" if fits is not frequency else ""
        if set(on.strays) <= {days[0], days[-1]}:
            hint += "; leave a first or last period out if it is not whole"
        raise InputError(
            [f"the {frequency} calendar is irregular: {_named(on.strays)} should each be {rule}{hint}"]
        )
    return frequency, on.periods


def _frequency(days: Sequence[date]) -> Frequency:
    """The commonest step between neighbouring dates decides, or steps of four and five weeks."""
    if looks_four_four_five(days):
        return Frequency.FOUR_FOUR_FIVE
    if all(d.day == 1 for d in days):
        steps = [(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(days)]
        months = {n: f for f, n in MONTHS.items()}
        if max(set(steps), key=steps.count) in months:
            return months[max(set(steps), key=steps.count)]
    if len(days) > 2 and all(d.day == 1 for d in days[1:-1]):  # the first or last period is not whole
        whole = [d.replace(day=1) for d in days]
        if {(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(whole)} == {1}:
            return Frequency.MONTHLY
    steps = [(b - a).days for a, b in pairwise(days)]
    common = max(set(steps), key=lambda s: (steps.count(s), -s))
    found = {n: f for f, n in DAYS.items()}.get(common)
    if found is None:
        raise InputError(
            [
                f"the dates are irregular: the commonest step is {common} days ({_named(days)}); they must "
                "be daily, weekly, four-weekly, 4-4-5, or start on the first of a month, quarter or year"
            ]
        )
    return found


def _term(kind: Any, given: object, name: str) -> Any:
    """A vocabulary entry by its spelling."""
    try:
        return kind(str(given))
    except ValueError:
        raise InputError([f"{name} is {given!r}: must be one of {', '.join(kind)}"]) from None


def _named(items: Sequence[object]) -> str:
    """Some of the offenders, and how many more."""
    shown = ", ".join(str(i) for i in items[:NAMED])
    return shown if len(items) <= NAMED else f"{shown} and {len(items) - NAMED} more"


def _tidy(frame: pd.DataFrame, kind: OutcomeKind, covariates: tuple[str, ...]) -> pd.DataFrame:
    """Frame with plain dates, text areas and float figures, or all that is wrong with it."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            [f"frame is a {type(frame).__name__}: give a pandas DataFrame, a row per area and period"]
        )
    wanted = ["period", "area", "value", *covariates]
    wanted += ["denominator"] if kind is OutcomeKind.SHARE or "denominator" in frame.columns else []
    absent = [c for c in wanted if c not in frame.columns]
    if absent:
        raise InputError(
            [f"column {c!r} is missing; the frame has {_named(list(frame.columns))}" for c in absent]
        )
    if frame.empty:
        raise InputError(["the frame has no rows"])
    problems: list[str] = []
    tidy = pd.DataFrame(
        {"period": _dates(frame["period"], problems), "area": frame["area"].astype(str).to_numpy()}
    )
    for name in wanted[2:]:
        tidy[name] = _numbers(frame[name], name, problems)
    if frame["area"].isna().any():
        problems.append(f"area is empty in {int(frame['area'].isna().sum())} rows")
    if not problems:
        problems += _faults(tidy, kind)
    if problems:
        raise InputError(problems)
    return tidy


def _dates(column: pd.Series[Any], problems: list[str]) -> list[date | None]:
    """Plain dates from dates, timestamps, periods or ISO text."""
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.dt.start_time
    days: list[date | None] = []
    bad: list[object] = []
    known: dict[str | pd.Timestamp, date | None] = {}  # areas share their periods
    for cell in column.tolist():
        if isinstance(cell, (pd.Timestamp, str)):
            day = known[cell] if cell in known else known.setdefault(cell, _day(cell))
        else:
            day = _day(cell)
        bad += [] if day else [cell]
        days.append(day)
    if bad:
        problems.append(f"period is not a date in {len(bad)} rows: {_named([repr(b) for b in bad])}")
    return days


def _day(cell: object) -> date | None:
    """A cell as a plain date; a bare year is its first day; None where it is neither."""
    if isinstance(cell, int) and not isinstance(cell, bool) and 1800 <= cell < 2200:
        return date(cell, 1, 1)
    if isinstance(cell, pd.Period):
        cell = cell.start_time
    if isinstance(cell, str):
        try:
            cell = pd.Timestamp(date.fromisoformat(cell.strip()[:10]))
        except ValueError:
            return None
    if isinstance(cell, pd.Timestamp):
        return None if pd.isna(cell) else cell.date()
    stamp = pd.Timestamp(cell) if isinstance(cell, (date, np.datetime64)) else pd.NaT
    return None if pd.isna(stamp) else stamp.date()


def _numbers(column: pd.Series[Any], name: str, problems: list[str]) -> Array:
    """Floats; text and infinities are problems, empty cells are gaps."""
    figures = pd.to_numeric(column, errors="coerce")
    bad = column[(figures.isna() & column.notna()) | np.isinf(figures.astype(float))]
    if len(bad):
        problems.append(
            f"{name} is not a number in {len(bad)} rows: {_named([repr(b) for b in bad.tolist()])}"
        )
    return figures.to_numpy(dtype=float, na_value=np.nan)


def _faults(tidy: pd.DataFrame, kind: OutcomeKind) -> list[str]:
    """What no figures of this kind can be."""

    def rows(mask: pd.Series[bool]) -> str:
        hit = tidy[mask]
        return _named([f"{a} {p}" for a, p in zip(hit["area"], hit["period"], strict=True)])

    faults = []
    again = tidy.duplicated(["area", "period"])
    if again.any():
        faults.append(f"more than one row for the same area and period: {rows(again)}")
    if kind is not OutcomeKind.LEVEL and (tidy["value"] < 0).any():
        faults.append(f"a {kind} cannot be negative: {rows(tidy['value'] < 0)}")
    part = tidy["value"] % 1 != 0
    if kind is OutcomeKind.COUNT and (part & tidy["value"].notna()).any():
        hit = rows(part & tidy["value"].notna())
        faults.append(f"a count is a whole number: {hit}; correct them, or use outcome_kind='level'")
    if "denominator" in tidy:
        lone = tidy["value"].notna() & tidy["denominator"].isna()
        if lone.any():
            faults.append(f"value without a denominator: {rows(lone)}")
        if (tidy["denominator"] < 0).any():
            faults.append(f"a denominator cannot be negative: {rows(tidy['denominator'] < 0)}")
        over = tidy["value"] > tidy["denominator"]
        if kind is OutcomeKind.SHARE and over.any():
            faults.append(f"value is larger than its denominator: {rows(over)}")
        none = (tidy["denominator"] == 0) & (tidy["value"] > 0)
        if kind is OutcomeKind.COUNT and none.any():
            faults.append(f"events without exposure: {rows(none)}")
    return faults


def _spread(
    tidy: pd.DataFrame, periods: tuple[date, ...], covariates: tuple[str, ...]
) -> tuple[tuple[str, ...], Array, Array | None, dict[str, Array]]:
    """Areas, and each figure as a (periods, areas) array."""
    areas = tuple(sorted(set(tidy["area"])))
    row = {p: i for i, p in enumerate(periods)}
    at = (
        tidy["period"].map(row).to_numpy(dtype=int),
        tidy["area"].map({a: j for j, a in enumerate(areas)}).to_numpy(dtype=int),
    )

    def grid(name: str) -> Array:
        out = np.full((len(periods), len(areas)), np.nan)
        out[at] = tidy[name].to_numpy(dtype=float)
        return out

    values = grid("value")
    denominators = grid("denominator") if "denominator" in tidy else None
    if denominators is not None:
        values = np.where(denominators == 0, np.nan, values)
    return areas, values, denominators, {c: grid(c) for c in covariates}
