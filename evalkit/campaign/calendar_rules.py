"""Whether the figures lie on a regular calendar, and which periods have none.

1. The calendar is read from the dates, or as the outcome says; a date off it is named, never moved.
2. Weeks keep one weekday, longer periods start on the first of a month; as in `panel.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.calendars import laid, looks_four_four_five
from evalkit.errors import Problem, problem, shown
from evalkit.vocabulary import Frequency

if TYPE_CHECKING:
    from evalkit.campaign.outcomes import Outcome
    from evalkit.campaign.programme import Programme

WHOLE = "whole area"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAMED = 6
LEAST = 8  # figures before the start, as in the methods

# a step between two neighbouring dates, in days, and the calendar it speaks for
_STEPS = (
    (1, 1, Frequency.DAILY),
    (5, 9, Frequency.WEEKLY),
    (26, 35, Frequency.MONTHLY),
    (80, 100, Frequency.QUARTERLY),
    (340, 390, Frequency.ANNUAL),
)


@dataclass(frozen=True, slots=True)
class Series:
    """The dates of one outcome in one area, with each one's place among the observations.

    Attributes
    ----------
    outcome, area : str
    rows : tuple of (int, date)
        Place among the programme's observations, and period, in order of period.
    frequency : Frequency or None
        None where there are too few dates to tell.
    """

    outcome: str
    area: str
    rows: tuple[tuple[int, date], ...]
    frequency: Frequency | None

    @property
    def days(self) -> tuple[date, ...]:
        """The periods, each once, in order."""
        return tuple(sorted({day for _, day in self.rows}))

    @property
    def strays(self) -> tuple[tuple[int, date], ...]:
        """Rows whose date is off the calendar."""
        if self.frequency is None:
            return ()
        off = set(laid(self.days, self.frequency).strays)
        return tuple((i, day) for i, day in self.rows if day in off) if off else ()

    @property
    def gaps(self) -> tuple[date, ...]:
        """Periods between the first and the last for which there is no row; none while dates are astray."""
        days = self.days
        if self.frequency is None or not days or laid(days, self.frequency).strays:
            return ()
        have = set(days)
        return tuple(p for p in laid(days, self.frequency).periods if p not in have)


def all_series(programme: Programme) -> tuple[Series, ...]:
    """Every series of figures, in order of first appearance."""
    by_name = {o.name: o for o in programme.outcomes}
    only = programme.outcomes[0] if len(programme.outcomes) == 1 else None
    rows: dict[tuple[str, str | None], list[tuple[int, date]]] = {}
    for i, row in enumerate(programme.observations):
        outcome = by_name.get(row.outcome) if row.outcome else only
        if outcome is not None:
            rows.setdefault((outcome.name, row.area), []).append((i, row.period))
    return tuple(_series(by_name[name], area, found) for (name, area), found in rows.items())


def _series(outcome: Outcome, area: str | None, rows: list[tuple[int, date]]) -> Series:
    rows.sort(key=lambda r: r[1])
    frequency = outcome.frequency or _frequency_of(tuple(sorted({day for _, day in rows})))
    return Series(outcome.name, area or WHOLE, tuple(rows), frequency)


@lru_cache(maxsize=64)
def _frequency_of(days: tuple[date, ...]) -> Frequency | None:
    return frequency_of(days)


def frequency_of(days: Sequence[date]) -> Frequency | None:
    """The calendar that most steps between neighbouring dates speak for; None below three dates."""
    if len(days) < 3:
        return None
    if looks_four_four_five(days):
        return Frequency.FOUR_FOUR_FIVE
    steps = [(b - a).days for a, b in pairwise(days)]
    votes = Counter(f for s in steps for low, high, f in _STEPS if low <= s <= high)
    if not votes:
        return None
    best = votes.most_common(1)[0][0]
    fours = sum(s == 28 for s in steps)
    if best is Frequency.MONTHLY and fours > votes[best] / 2:
        return Frequency.FOUR_WEEKLY
    return best


def calendar_of(days: Sequence[date]) -> tuple[Frequency | None, float]:
    """The calendar that dates in order all stand on, and the share of its periods that they fill."""
    frequency = frequency_of(days)
    on = laid(tuple(days), frequency) if frequency else None
    if on is None or on.strays:
        return None, 0.0
    return frequency, len(days) / len(on.periods)


def _rule(series: Series) -> str:
    frequency = series.frequency
    if frequency is Frequency.WEEKLY:
        weekday = Counter(day.weekday() for day in series.days).most_common(1)[0][0]
        return f"weekly, every {WEEKDAYS[weekday]}"
    if frequency is Frequency.FOUR_WEEKLY:
        return "every four weeks, counted from the same day"
    if frequency is Frequency.FOUR_FOUR_FIVE:
        return "4-4-5, months of four, four and five weeks in turn, counted from the same day"
    return f"{frequency.value if frequency else 'regular'}, on the first of a month"


def periods_regular(programme: Programme) -> Iterator[Problem]:
    """Every figure stands on its series' calendar."""
    for series in all_series(programme):
        for i, day in series.strays:
            yield problem(
                "M-irregular",
                "observations",
                i,
                "period",
                period=day,
                outcome=series.outcome,
                expected=_rule(series),
            )


def missing_periods(programme: Programme) -> Iterator[Problem]:
    """Periods without a row: noted, one note a series, at the first row after the first gap."""
    for series in all_series(programme):
        gaps = series.gaps
        if not gaps or series.frequency is None:
            continue
        after = next(i for i, day in series.rows if day > gaps[0])
        named = ", ".join(shown(day) for day in gaps[:NAMED])
        more = f" and {len(gaps) - NAMED} more" if len(gaps) > NAMED else ""
        yield problem(
            "V-gap",
            "observations",
            after,
            "period",
            periods=named + more,
            outcome=series.outcome,
            area=series.area,
            frequency=series.frequency.value,
        )


def short_histories(programme: Programme) -> Iterator[Problem]:
    """Fewer figures before a campaign's start than any method can use: noted, since there is no estimate."""
    periods = {
        o.name: {row.period for row in programme.observations_of(o) if row.value is not None}
        for o in programme.outcomes
    }
    for campaign, outcome in programme.pairs():
        before = sum(day < campaign.start for day in periods[outcome.name]) if campaign.start else LEAST
        if 0 < before < LEAST:
            place = programme.campaigns.index(campaign)
            yield problem("V13", "campaigns", place, "start", n=before, outcome=outcome.name, least=LEAST)


def figures_after_the_wash_out(programme: Programme) -> Iterator[Problem]:
    """Leaving out periods at the start leaves figures to estimate from."""
    calendars = {series.outcome: series for series in all_series(programme) if series.frequency}
    for campaign, outcome in programme.pairs():
        series = calendars.get(outcome.name)
        if not campaign.washout_periods or not campaign.start or series is None or series.frequency is None:
            continue
        last = min(campaign.effects_until or date.max, series.days[-1])
        after = [day for day in series.days if campaign.start <= day <= last]
        if after and campaign.washout_periods >= len(after):
            yield problem(
                "M-washout",
                "campaigns",
                programme.campaigns.index(campaign),
                "washout_periods",
                value=campaign.washout_periods,
                outcome=outcome.name,
                n=len(after),
                frequency=series.frequency.value,
            )
