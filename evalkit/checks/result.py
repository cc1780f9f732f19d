"""What a check returns: its question, its answer and one paragraph."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from evalkit.estimate import Interval


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one question about an estimate.

    Attributes
    ----------
    check : str
        Name in the table of checks.
    question : str
        As a reader would ask it.
    passed : bool or None
        None where the check could not be carried out or gives no verdict.
    statistic : float or None
        The figure behind the answer, explained in `text`.
    text : str
        One paragraph for the pack.
    scores : tuple of float
        Where the method was tried again and again: its estimates in standard errors.
    """

    check: str
    question: str
    passed: bool | None
    statistic: float | None
    text: str
    scores: tuple[float, ...] = ()


def bare(check: CheckResult) -> CheckResult:
    """The check with its result and without the figures behind it, which rest on withheld ones."""
    said = {True: "Passed.", False: "Not passed.", None: "No verdict."}[check.passed]
    text = f"{said} The figures behind it are withheld with the small ones that they rest on."
    return replace(check, statistic=None, text=text, scores=())


def told(interval: Interval, share: bool) -> tuple[str, str]:
    """A point with its unit, and the range, to as many places as the range deserves.

    Parameters
    ----------
    interval : Interval
        In the outcome's unit.
    share : bool
        Whether it is in proportion points, to be shown as percentage points.
    """
    shown, unit = (interval.scaled(100.0), " percentage points") if share else (interval, "")
    places = max(0, 1 - math.floor(math.log10(max(shown.width, 1e-9) / 10)))
    return (
        f"{shown.point:,.{places}f}{unit}",
        f"range {shown.low:,.{places}f} to {shown.high:,.{places}f}",
    )
