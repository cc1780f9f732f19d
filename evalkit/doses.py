"""Dated campaign activity as a dose for each period, area and campaign.

1. An absent row is no dose; an empty cell is not, and is refused.
2. A dose counted in things (pounds, letters) is set against the size of its area; a dose counted in intensity
   (ratings, on or off) is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.calendars import edges, preceding
from evalkit.errors import InputError
from evalkit.panel import NAMED, Panel
from evalkit.vocabulary import DoseUnit

Array = NDArray[np.float64]
ABOVE_USUAL, ENOUGH_DOSES = 50, 3  # times the usual dose of a campaign with more than so many doses
LONGEST_LEAD = 366  # days before the first figure whose doses may still be felt
INTENSITY = (DoseUnit.ON_OFF, DoseUnit.RATINGS)


@dataclass(frozen=True, slots=True)
class Line:
    """Dated activity: its whole dose over its days, in one area, or at the same strength in several."""

    campaign: str
    areas: tuple[str, ...]
    start: date
    end: date
    dose: float
    unit: DoseUnit


@dataclass(frozen=True, slots=True)
class Doses:
    """Doses on a panel's calendar and some periods before it.

    Attributes
    ----------
    campaigns : tuple of str
    dose : (lead + periods, areas, campaigns) array
    lead : int
        Periods before the panel's first.
    intensity : tuple of bool
        Whether a campaign's dose is an intensity, and not a quantity spread over the people of an area.
    everywhere : tuple of bool
        Whether a campaign's dose was given without areas.
    notes : tuple of str
    """

    campaigns: tuple[str, ...]
    dose: Array
    lead: int
    intensity: tuple[bool, ...]
    everywhere: tuple[bool, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, panel: Panel) -> Doses:
        """Read a tidy frame with the columns period, campaign, dose and optionally area.

        Parameters
        ----------
        frame : DataFrame
            Any day of a period names it. A row without an area applies everywhere.
        panel : Panel

        Raises
        ------
        InputError
            With every problem found in the frame.
        """
        tidy = _tidy(frame, panel)
        campaigns = tuple(dict.fromkeys(tidy["campaign"]))
        before, calendar = _calendar(panel, min(tidy["period"]))
        dose = np.zeros((before + len(panel.periods), len(panel.areas), len(campaigns)))
        notes, late, early = [], 0, 0
        spot = {c: k for k, c in enumerate(campaigns)}
        first = panel.periods[0]
        when = {
            day: before + panel.index(day) if day >= first else _before(calendar, day)
            for day in set(tidy["period"])
        }
        for day, campaign, area, amount in tidy.itertuples(index=False):
            t = when[day]
            late += int(t >= dose.shape[0])
            early += int(t < 0)
            if 0 <= t < dose.shape[0]:
                where = slice(None) if area is None else panel.column(area)
                dose[t, where, spot[campaign]] += amount
        if late:
            notes.append(f"{late} doses after the last figure cannot have moved it and are left aside.")
        if early:
            notes.append(f"{early} doses more than a year before the first figure are left aside.")
        notes += _far_above(tidy)
        return cls(
            campaigns,
            dose,
            before,
            tuple(bool(np.isin(dose[:, :, k], (0.0, 1.0)).all()) for k in range(len(campaigns))),
            tuple(bool(tidy.loc[tidy["campaign"] == c, "area"].isna().all()) for c in campaigns),
            tuple(notes),
        )

    @classmethod
    def from_lines(cls, lines: Sequence[Line], panel: Panel) -> Doses:
        """Spread dated lines of activity over the periods that they fell in.

        Parameters
        ----------
        lines : sequence of Line
            The lines of one campaign are in one unit.
        panel : Panel
        """
        campaigns = tuple(dict.fromkeys(line.campaign for line in lines))
        before, calendar = _calendar(panel, min(line.start for line in lines))
        dose = np.zeros((before + len(panel.periods), len(panel.areas), len(campaigns)))
        for line in lines:
            k = campaigns.index(line.campaign)
            where = [panel.column(a) for a in line.areas]
            for t, amount in _spread(line, panel, calendar).items():
                now = dose[t, where, k]
                dose[t, where, k] = np.maximum(now, amount) if line.unit is DoseUnit.ON_OFF else now + amount
        intensity = tuple(
            any(x.unit in INTENSITY or len(x.areas) > 1 for x in lines if x.campaign == c) for c in campaigns
        )
        return cls(campaigns, dose, before, intensity, (False,) * len(campaigns))

    @property
    def inside(self) -> Array:
        """Doses within the panel's calendar."""
        return self.dose[self.lead :]


def _spread(line: Line, panel: Panel, calendar: list[date]) -> dict[int, float]:
    """A line's dose by period, counted from the first of the calendar: day by day, or 1 where it was on."""
    days = (line.end - line.start).days + 1
    out: dict[int, float] = {}
    ends = edges((*calendar, *panel.periods), panel.frequency)
    for i, (period, after) in enumerate(pairwise(ends)):
        inside = (min(after, line.end + timedelta(days=1)) - max(period, line.start)).days
        if inside > 0:
            out[i] = 1.0 if line.unit is DoseUnit.ON_OFF else line.dose * inside / days
    return out


def _calendar(panel: Panel, first: date) -> tuple[int, list[date]]:
    """Periods before the panel's first that hold doses, at most a year of them."""
    earliest = panel.periods[0] - timedelta(days=LONGEST_LEAD)
    periods = list(preceding(panel.periods, panel.frequency, max(first, earliest)))
    return len(periods), periods


def _before(calendar: list[date], day: date) -> int:
    """Index of an early day among the periods before the panel; -1 where it is earlier still."""
    return max((i for i, p in enumerate(calendar) if p <= day), default=-1)


def _tidy(frame: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Plain columns, or all that is wrong with them."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError([f"doses is a {type(frame).__name__}: give a pandas DataFrame"])
    absent = [c for c in ("period", "campaign", "dose") if c not in frame.columns]
    if absent:
        has = ", ".join(str(c) for c in frame.columns[:NAMED])
        raise InputError([f"doses has no column {c!r}; it has {has}" for c in absent])
    if frame.empty:
        raise InputError(["doses has no rows"])
    problems: list[str] = []
    days = frame["period"]
    if isinstance(days.dtype, pd.PeriodDtype):
        days = days.dt.start_time
    days = pd.to_datetime(days, errors="coerce", format="ISO8601")
    amount = pd.to_numeric(frame["dose"], errors="coerce").astype(float)
    place = frame["area"] if "area" in frame.columns else pd.Series([None] * len(frame), index=frame.index)
    tidy = pd.DataFrame(
        {
            "period": [d.date() if isinstance(d, pd.Timestamp) and d == d else None for d in days],
            "campaign": frame["campaign"].astype(str).to_numpy(),
            "area": pd.Series([None if pd.isna(a) else str(a) for a in place], dtype=object),
            "dose": amount.to_numpy(),
        }
    )
    bad = tidy["period"].isna()
    if bad.any():
        problems.append(f"period in doses is not a date in {int(bad.sum())} rows")
    if frame["campaign"].isna().any():
        problems.append(f"campaign in doses is empty in {int(frame['campaign'].isna().sum())} rows")
    empty = ~np.isfinite(tidy["dose"])
    if empty.any():
        problems.append(
            f"dose is not a number in {_rows(tidy[empty])}: give 0 for none, or leave the row out"
        )
    if (tidy["dose"] < 0).any():
        problems.append(f"a dose cannot be negative: {_rows(tidy[tidy['dose'] < 0])}")
    again = tidy.duplicated(["period", "campaign", "area"])
    if again.any():
        problems.append(f"more than one dose for the same campaign, area and period: {_rows(tidy[again])}")
    strange = sorted({a for a in tidy["area"] if isinstance(a, str)} - set(panel.areas))
    if strange:
        problems.append(f"doses names areas that are not in the frame: {', '.join(strange[:NAMED])}")
    if problems:
        raise InputError(problems)
    return tidy


def _far_above(tidy: pd.DataFrame) -> list[str]:
    """Doses that are probably in another unit than the campaign's others."""
    notes = []
    for name, own in tidy[tidy["dose"] > 0].groupby("campaign", sort=False):
        usual = float(own["dose"].median())
        odd = own[own["dose"] > ABOVE_USUAL * usual]
        if len(own) > ENOUGH_DOSES and len(odd):
            notes.append(
                f"{name}: a dose more than {ABOVE_USUAL} times its usual {usual:,g} may be in another unit, "
                f"such as pence beside pounds: {_rows(odd)}."
            )
    return notes


def _rows(rows: pd.DataFrame) -> str:
    """Some of the offending rows."""
    named: Iterable[str] = (f"{c} {p}" for c, p in zip(rows["campaign"], rows["period"], strict=True))
    shown = list(named)
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return ", ".join(shown[:NAMED]) + more
