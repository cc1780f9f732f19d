"""Axes with round numbers, and how often dates are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
MOST_MARKS = 7  # so that dates stand upright side by side


@dataclass(frozen=True, slots=True)
class Axis:
    """Ends of a vertical axis and the distance of its marks."""

    low: float
    high: float
    step: float

    @property
    def number_format(self) -> str:
        """Just enough decimals to tell the marks apart."""
        places = len(f"{self.step:.9f}".rstrip("0").partition(".")[2])
        return "#,##0" + ("." + "0" * places if places else "")


def axis_for(values: Sequence[float], *, room_above: float = 0.05, zero: bool = False) -> Axis:
    """Choose round ends that hold all values.

    Parameters
    ----------
    values : sequence of float
    room_above : float
        Share of the height left free above them, for marks.
    zero : bool
        Whether zero must be on the axis; it is anyway where the values come near it.
    """
    low, high = min(values), max(values)
    if zero or 0 <= low < 0.4 * high:
        low, high = min(low, 0.0), max(high, 0.0)
    spread = (high - low) or abs(high) or 1.0
    high += spread * room_above
    step = _round_step((high - low or spread) / 5)
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))


def date_marks(first: date, last: date) -> tuple[bool, int]:
    """Whether dates are marked by month, and every how many months or days."""
    days = (last - first).days
    if days <= 120:
        return False, max(7, math.ceil(days / MOST_MARKS / 7) * 7)
    months = days / 30.44
    return True, next((s for s in MONTH_STEPS if months / s <= MOST_MARKS), MONTH_STEPS[-1])
