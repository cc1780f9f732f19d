"""What a campaign was worth, as a review may show it: no more than its evidence allows."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.estimate import Interval
from evalkit.money.value import NO_UNIT_VALUE, Figure, Value
from evalkit.vocabulary import MoneyClaim


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of a review: its best estimate and ends where they may be shown, and words where not.

    Attributes
    ----------
    interval : Interval or None
    point : bool
        Whether the best estimate may be shown beside the range.
    instead : str
        What stands where there is no number, in a word or two.
    reason : str
    """

    interval: Interval | None
    point: bool
    instead: str
    reason: str


def shown(value: Value, figure: Figure) -> Shown:
    """Hold a figure to what the evidence allows to be claimed.

    Parameters
    ----------
    value : Value
    figure : Figure
        One of its figures.
    """
    if figure.interval is None:
        instead = "not valued" if figure.reason == NO_UNIT_VALUE else "not applicable"
        return Shown(None, False, instead, figure.reason)
    if value.claim is MoneyClaim.POINT:
        return Shown(figure.interval, True, "", figure.reason)
    if value.claim is MoneyClaim.RANGE:
        return Shown(figure.interval, False, "range only", figure.reason)
    if value.claim is MoneyClaim.BREAK_EVEN:
        return Shown(None, False, "break-even only", "the evidence allows a break-even share and no value")
    return Shown(None, False, "not applicable", figure.reason)
