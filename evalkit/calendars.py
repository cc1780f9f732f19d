"""The calendars on which figures are recorded: where a period ends, and which periods lie between two dates.

1. A date off its calendar is named, never moved.
2. In a 4-4-5 calendar thirteen weeks make a quarter, the month of five weeks standing first, second or last
   in it; now and then a month is a week longer, so that the year keeps step with the sun.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from evalkit.vocabulary import Frequency

DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.FOUR_WEEKLY: 28}
MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.ANNUAL: 12}
DAYS_A_YEAR = 365.25
PER_YEAR = {
    Frequency.DAILY: DAYS_A_YEAR,
    Frequency.WEEKLY: DAYS_A_YEAR / 7,
    Frequency.FOUR_WEEKLY: DAYS_A_YEAR / 28,
    Frequency.FOUR_FOUR_FIVE: 12.0,
    Frequency.MONTHLY: 12.0,
    Frequency.QUARTERLY: 4.0,
    Frequency.ANNUAL: 1.0,
}
SHORT, LONG, WEEK = 28, 35, 7  # days of a 4-4-5 calendar's months, and of its leap week
BETWEEN_LEAPS = 48  # months from one leap week to the next, at least: they come every five or six years


def following(day: date, frequency: Frequency) -> date:
    """First day of the next period of a calendar whose periods are alike; for 4-4-5 see `after`."""
    if frequency in DAYS:
        return day + timedelta(days=DAYS[frequency])
    return _months_on(day, MONTHS[frequency])


def after(periods: Sequence[date], frequency: Frequency) -> date:
    """First day after the last of a calendar's periods.

    Parameters
    ----------
    periods : sequence of date
        First days in order, without holes; in a 4-4-5 calendar they say which month has five weeks. Where
        they do not, it is the third of a quarter that begins with the first.
    frequency : Frequency
    """
    if frequency is not Frequency.FOUR_FOUR_FIVE:
        return following(periods[-1], frequency)
    return periods[-1] + timedelta(days=_step(len(periods) - 1, _long_month(tuple(periods))))


def edges(periods: Sequence[date], frequency: Frequency) -> tuple[date, ...]:
    """First day of every period, and the first day after the last."""
    return (*periods, after(periods, frequency))


def extended(periods: Sequence[date], frequency: Frequency, more: int) -> tuple[date, ...]:
    """The same calendar, so many periods longer."""
    days = list(periods)
    if frequency is Frequency.FOUR_FOUR_FIVE:
        long = _long_month(tuple(periods))
        for i in range(len(periods) - 1, len(periods) - 1 + more):
            days.append(days[-1] + timedelta(days=_step(i, long)))
        return tuple(days)
    for _ in range(more):
        days.append(following(days[-1], frequency))
    return tuple(days)


def preceding(periods: Sequence[date], frequency: Frequency, until: date) -> tuple[date, ...]:
    """Periods just before the first, back to the one that holds a day; none where it is not earlier."""
    found: list[date] = []
    day, long = periods[0], None
    if frequency is Frequency.FOUR_FOUR_FIVE:
        long = _long_month(tuple(periods))
    while day > until:
        if long is not None:
            day -= timedelta(days=_step(-len(found) - 1, long))
        elif frequency in DAYS:
            day -= timedelta(days=DAYS[frequency])
        else:
            day = _months_on(day, -MONTHS[frequency])
        found.insert(0, day)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Laid:
    """Dates laid on a calendar.

    Attributes
    ----------
    periods : tuple of date
        Every period from the first to the last.
    strays : tuple of date
        Dates that do not stand on the calendar.
    """

    periods: tuple[date, ...]
    strays: tuple[date, ...]


@lru_cache(maxsize=64)  # most series of a programme stand on the same dates
def laid(days: tuple[date, ...], frequency: Frequency) -> Laid:
    """Every period between the first and the last of some dates, and the dates that are none.

    Parameters
    ----------
    days : tuple of date
        Each once, in order.
    frequency : Frequency
    """
    if frequency is Frequency.FOUR_FOUR_FIVE:
        tried = [_quarters(days, long) for long in (2, 1, 0)]
        return min(tried, key=lambda t: (len(t.strays), len(t.periods)))
    periods = [_anchor(days, frequency)]
    while periods[-1] < days[-1]:
        periods.append(following(periods[-1], frequency))
    on = set(periods)
    return Laid(tuple(periods), tuple(d for d in days if d not in on))


def looks_four_four_five(days: Sequence[date]) -> bool:
    """Whether dates in order are months of four and of five weeks, all but a few."""
    steps = Counter((b - a).days for a, b in pairwise(days))
    if not (steps[SHORT] and steps[LONG]) or 2 * (steps[SHORT] + steps[LONG]) < len(days):
        return False
    return 10 * len(laid(tuple(days), Frequency.FOUR_FOUR_FIVE).strays) <= len(days)


def _months_on(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def _anchor(days: Sequence[date], frequency: Frequency) -> date:
    """First day, moved to the phase that most days share, so that strays rather than the rest are named."""
    if frequency in MONTHS:
        every = MONTHS[frequency]
        month = Counter(d.month % every for d in days).most_common(1)[0][0]
        return _months_on(days[0], -((days[0].month - month) % every))
    phase = Counter(d.toordinal() % DAYS[frequency] for d in days).most_common(1)[0][0]
    return days[0] - timedelta(days=(days[0].toordinal() - phase) % DAYS[frequency])


def _step(index: int, long: int) -> int:
    """Days of a 4-4-5 month, counted from the calendar's first."""
    return LONG if index % 3 == long else SHORT


@lru_cache(maxsize=64)
def _long_month(periods: tuple[date, ...]) -> int:
    """Which month of three has five weeks, counted from the first period."""
    gaps = [(b - a).days for a, b in pairwise(periods)]
    return min((2, 1, 0), key=lambda long: sum(g != _step(i, long) for i, g in enumerate(gaps)))


def _quarters(days: tuple[date, ...], long: int) -> Laid:
    """The dates laid on quarters of thirteen weeks from the first on."""
    periods, leapt = [days[0]], -BETWEEN_LEAPS
    strays: list[date] = []
    for day in days[1:]:
        ahead: list[date] = []
        at = periods[-1]
        while at < day:
            at += timedelta(days=_step(len(periods) - 1 + len(ahead), long))
            ahead.append(at)
        late = (day - (ahead[-2] if len(ahead) > 1 else periods[-1])).days if ahead else 0
        if at == day:
            periods += ahead
        elif len(ahead) == 2 and late == WEEK and len(periods) - leapt >= BETWEEN_LEAPS:
            periods.append(day)  # the month before it had a leap week
            leapt = len(periods)
        else:
            strays.append(day)
    return Laid(tuple(periods), tuple(strays))


def in_years(first: date, last: date) -> float:
    """Length of a span of days in years, both days counted."""
    return ((last - first).days + 1) / DAYS_A_YEAR
