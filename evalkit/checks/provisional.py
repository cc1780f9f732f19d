"""Does the answer stand without the figures that may still be revised?"""

from __future__ import annotations

from dataclasses import replace

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult, told
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel
from evalkit.vocabulary import OutcomeKind

NAME = "provisional"
QUESTION = "Does the answer stand without the figures that may still be revised?"
HALF = 0.5


def provisional(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate again with the provisional periods left out.

    Returns
    -------
    CheckResult
        `passed` is False where nothing can be estimated without them, where the point without them leaves the
        range given, or where the effect no longer differs from zero and is less than half as large.
        `statistic` is the mean effect without them, in the outcome's unit.
    """
    without = replace(design, exclude=design.exclude + design.provisional)
    found = refit(panel, without)
    if not isinstance(found, Estimate):
        text = "Without the provisional figures nothing could be estimated: the answer rests on them."
        return CheckResult(NAME, QUESTION, False, None, text)
    share = design.outcome_kind is OutcomeKind.SHARE
    point, span = told(found.effect, share)
    ours, other = estimate.effect, found.effect
    said = f"Without the provisional figures the mean effect is {point} a period ({span})"
    lost = not ours.covers(0.0) and other.covers(0.0) and abs(other.point) < HALF * abs(ours.point)
    if not ours.covers(other.point) or lost:
        return CheckResult(NAME, QUESTION, False, other.point, f"{said}: the answer hangs on them.")
    return CheckResult(NAME, QUESTION, True, other.point, f"{said}, inside the range given here.")
