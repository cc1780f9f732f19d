"""What a field takes: the limits that its record enforces, for whoever offers a cell to be filled in.

1. Limits are read from the record and never typed again, so that a workbook refuses what the library refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic.fields import FieldInfo

from evalkit.campaign.fields import PERCENT, Record, unwrapped

LARGEST = 1e300  # beyond it a spreadsheet holds no number


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a number.

    Attributes
    ----------
    low, high : float
        Both allowed, but for `low` where `above` says so.
    whole : bool
        Whether it has to be a whole number.
    percent : bool
        Whether people write it as a percentage.
    above : bool
        Whether it has to be more than `low`.
    """

    low: float = -LARGEST
    high: float = LARGEST
    whole: bool = False
    percent: bool = False
    above: bool = False

    def hold(self, value: float) -> bool:
        """Whether a number lies within."""
        if self.whole and value != int(value):
            return False
        return (value > self.low if self.above else value >= self.low) and value <= self.high

    @property
    def words(self) -> str:
        """What it takes, to follow "takes": 'a share from 0% to 100%'."""
        kind = "a whole number" if self.whole else "a percentage" if self.percent else "a number"
        if self.above:
            return f"{kind} above {self._said(self.low)}"
        if self.high >= 1e11:  # nobody comes near it
            return kind if self.low <= -1e11 else f"{kind}, {self._said(self.low)} or more"
        return f"{kind} from {self._said(self.low)} to {self._said(self.high)}"

    def _said(self, value: float) -> str:
        return f"{value:.0%}" if self.percent else f"{value:,.10g}"


@cache
def bounds(model: type[Record], name: str) -> Bounds:
    """The limits of a field of a record.

    Parameters
    ----------
    model : type of Record
    name : str
        A field that holds a number or an amount of money.
    """
    return bounds_of(model.model_fields[name])


def bounds_of(info: FieldInfo) -> Bounds:
    """The limits of a field."""
    base, metadata = unwrapped(info)
    rules = tuple(_rules(metadata))
    low = max((float(r.ge) for r in rules if getattr(r, "ge", None) is not None), default=-LARGEST)
    high = min((float(r.le) for r in rules if getattr(r, "le", None) is not None), default=LARGEST)
    over = max((float(r.gt) for r in rules if getattr(r, "gt", None) is not None), default=-LARGEST)
    digits = next((r.max_digits for r in rules if getattr(r, "max_digits", None)), None)
    if digits is not None:
        places = next(r.decimal_places for r in rules if getattr(r, "decimal_places", None) is not None)
        high = min(high, float(10 ** (digits - places)) - float(10**-places))
    above = over > low
    return Bounds(over if above else low, high, base is int, PERCENT in metadata, above)


def _rules(metadata: tuple[Any, ...]) -> Iterator[Any]:
    """Constraints, taken out of the fields that hold them."""
    for one in metadata:
        if isinstance(one, FieldInfo):
            yield from _rules(tuple(one.metadata))
        else:
            yield one
