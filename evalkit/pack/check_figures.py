"""What the figure behind each check is in, so that none stands without its unit."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.pack.estimates import effect_unit
from evalkit.pack.items import Item
from evalkit.vocabulary import OutcomeKind

EFFECT = ""  # in the unit of the mean effect
IN: dict[str, tuple[float, str]] = {  # by check: what the figure is multiplied by, and what it is in then
    "placebo-in-time": (100.0, "% of the stretches tried"),
    "before-doses": (1.0, "in all, over the weeks before its doses"),
    "leave-one-out": (1.0, EFFECT),
    "noisy-area": (1.0, EFFECT),
    "pre-trend": (1.0, EFFECT),
    "breakdown": (1.0, "times the largest step before the start"),
    "comparison-fit": (100.0, "% of the periods before the start"),
    "covariates": (1.0, EFFECT),
    "provisional": (1.0, EFFECT),
    "comparison-gain": (100.0, "% of the width without the comparison"),
    "second-opinion": (1.0, EFFECT),
    "attrition": (100.0, "percentage points between the groups"),
    "balance": (1.0, "standard deviations"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A check's figure as shown, and what it is in."""

    value: float
    unit: str


def figure_of(check: str, statistic: float, item: Item) -> Figure:
    """Say what the figure of a check is in.

    Parameters
    ----------
    check : str
        Name in the table of checks.
    statistic : float
    item : Item
    """
    factor, unit = IN[check]
    if unit:
        return Figure(statistic * factor, unit)
    if item.about.kind is OutcomeKind.SHARE:
        return Figure(statistic * 100.0, f"percentage points {item.about.per}".strip())
    return Figure(statistic, effect_unit(item))
