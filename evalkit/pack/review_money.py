"""What a campaign was worth, as a review needs it: each figure a range, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.estimate import Interval
from evalkit.money.cost import Value

NAMES = ("npsv", "bcr", "cashable")
NOT_VALUED = "the outcome was not valued in money"


@dataclass(frozen=True, slots=True)
class Figure:
    """A range, or why there is none."""

    interval: Interval | None
    reason: str


def money_of(value: Value) -> dict[str, Figure]:
    """Net present social value, benefit–cost ratio and cashable saving of a campaign."""
    found = {}
    for name in NAMES:
        held = getattr(value, name, None)
        interval = held if isinstance(held, Interval) else getattr(held, "interval", None)
        reason = str(getattr(held, "reason", "") or NOT_VALUED)
        found[name] = Figure(interval, "" if interval else reason)
    return found
