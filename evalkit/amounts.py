"""Numbers, dates and changes in words.

1. Digits follow the width of the range; the direction of a change is a word, never a sign.
2. What is not zero is never written as zero, and a side without a limit is said to have none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evalkit.estimate import Interval
from evalkit.vocabulary import OutcomeKind

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FINEST = 6  # decimals; anything smaller is said to be less than that


def british_date(day: date) -> str:
    """Write a date as "1 Apr 2025"."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def in_draws(share: float, below: str, above: str) -> str:
    """A share of random draws: "98%", but never nothing and never all ("below 1%", "above 99%")."""
    return f"{above} 99%" if share > 0.99 else f"{below} 1%" if share < 0.01 else f"{share:.0%}"


def money(amount: Decimal | float, *, pence: bool | None = None) -> str:
    """Write pounds; "no upper limit" for what has none.

    Parameters
    ----------
    amount : Decimal or float
    pence : bool, optional
        Whether pence are shown; by default below £100, unless there are none.
    """
    value = float(amount)
    if math.isinf(value):
        return "no upper limit" if value > 0 else "no lower limit"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if pence is None:
        pence = size < 99.995 and size != int(size)
    return f"{sign}£{size:,.2f}" if pence else f"{sign}£{size:,.0f}"


def three_figures(value: float) -> float:
    """Round to three significant figures: an uncertain ratio has no more."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, 2 - math.floor(math.log10(abs(value))))


def decimals(interval: Interval) -> int:
    """Digits worth showing, from the interval's width; negative rounds to tens, hundreds and so on."""
    ends = [x for x in (interval.low, interval.high) if math.isfinite(x)]
    spread = ends[1] - ends[0] if len(ends) == 2 else abs(interval.point - (ends or [0.0])[0])
    if not math.isfinite(spread) or spread <= 0:
        spread = abs(interval.point) if math.isfinite(interval.point) else 0.0
    if spread == 0:
        return 0
    return max(-9, min(FINEST, -math.floor(math.log10(spread / 30))))


def size(value: float, places: int) -> str:
    """Write a size without its sign; what is not zero is never written as zero."""
    value = abs(value)
    if value and round(value, places) == 0:
        places = min(FINEST, -math.floor(math.log10(value)))
        if round(value, places) == 0:
            return f"less than {10.0**-FINEST:.{FINEST}f}"
    return f"{round(value, places):,.{max(places, 0)}f}"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a change in a figure is said.

    Attributes
    ----------
    point : str
        Holds {n}, {way}: "{n} {way} loads", "{n} tonnes {way}".
    end : str
        The same at an end of the range: "{n}", "£{n}", "{n}%".
    more, less : str
    noun : str
        What follows a range that stands alone: "20 fewer to 17 more loads".
    """

    point: str
    end: str
    more: str
    less: str
    noun: str = ""

    def way(self, value: float) -> str:
        """The word for the direction of a change."""
        return self.more if value > 0 else self.less


def measure(unit: str, kind: OutcomeKind) -> Measure:
    """Choose how changes in a unit are said."""
    if unit in ("£", "pounds", "GBP"):
        return Measure("£{n} {way}", "£{n}", "more", "less")
    if unit.startswith("%") or unit.lower().startswith("per cent"):
        return Measure("{n} percentage points {way}", "{n}", "higher", "lower", "percentage points")
    if kind is OutcomeKind.LEVEL:
        return Measure("{n} " + unit + " {way}", "{n}", "more", "less", unit)
    return Measure("{n} {way} " + unit, "{n}", "more", "fewer", unit)


RELATIVE = Measure("{n}% {way}", "{n}%", "higher", "lower")
POINTS = Measure("{n} percentage points {way}", "{n}", "higher", "lower", "percentage points")


def change(interval: Interval, said: Measure) -> str:
    """Write a change with its range: "142 fewer calls (range 60 to 220 fewer)"."""
    places = decimals(interval)
    return f"{bare_change(interval.point, said, places)} (range {spread_words(interval, said)})"


def bare_change(value: float, said: Measure, places: int) -> str:
    """Write a change without its range; the direction is a word."""
    if value == 0:
        return "no change"
    if math.isinf(value):
        return f"{said.way(value)} without limit"
    return said.point.replace("{n}", size(value, places)).replace("{way}", said.way(value))


def spread_words(interval: Interval, said: Measure) -> str:
    """Write a range of changes, smaller size first where both ends go one way."""
    places = decimals(interval)

    def end(value: float, *, way: bool = True) -> str:
        if math.isinf(value):
            return f"{said.way(value)} without limit"
        if value == 0:
            return "0"
        text = said.end.replace("{n}", size(value, places))
        return f"{text} {said.way(value)}" if way else text

    low, high = interval.low, interval.high
    if low < 0 < high:
        return f"{end(low)} to {end(high)}"
    near, far = (low, high) if low >= 0 else (high, low)
    if math.isinf(far):
        return f"{end(near)}, with no {'upper ' if far > 0 else ''}limit"
    return f"{end(near, way=False)} to {end(far)}"


def percent(interval: Interval) -> str:
    """Write a relative change, given as a proportion: "14% lower (range 6% to 22% lower)"."""
    return change(interval.scaled(100.0), RELATIVE)


def range_meaning(level: float) -> str:
    """What a range is, in plain words; said once in a document."""
    if math.isclose(level, 0.95):
        often = "19 times out of 20"
    elif math.isclose(level, 0.9):
        often = "9 times out of 10"
    else:
        often = f"{100 * level:.4g} times out of 100"
    return (
        f"A range is where the true figure most likely lies: ranges made in this way hold it {often} "
        f"(a {100 * level:.4g}% interval). The best estimate is the middle of what is likely, not a "
        "certainty."
    )
