"""How far apart would the areas have had to drift to overturn the answer?

The largest step between neighbouring periods before the start is the yardstick: how many times as large
would the steps after it have to be, every one in the wrong direction, for the range to reach zero?
(Rambachan and Roth 2023, Rev Econ Stud 90:2555-2591, relative magnitudes; here with the yardstick as
estimated and the steps added to the range, which is on the safe side of their intervals while the yardstick
itself is not too uncertain.)
"""

from __future__ import annotations

from itertools import pairwise

from evalkit.checks.leads import one_step_each, study_of
from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate, EventStudy
from evalkit.panel import Panel

NAME = "breakdown"
QUESTION = "Would it take more than was seen before the start to overturn the answer?"


def breakdown(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Compare the distance of the range from zero with the steps before the start.

    Returns
    -------
    CheckResult
        `statistic` is the breakdown value, 0 where the range holds zero; `passed` is True from 1 on, else
        None.
    """
    study = study_of(panel, design, estimate, refit)
    step = largest_step(study, stepwise=one_step_each(design)) if study else 0.0
    if study is None or step <= 0:
        text = "There are too few periods before the start for a yardstick."
        return CheckResult(NAME, QUESTION, None, None, text)
    if estimate.effect.covers(0.0):
        text = "The range holds zero, so there is nothing to overturn."
        return CheckResult(NAME, QUESTION, None, 0.0, text)
    value = min(abs(estimate.effect.low), abs(estimate.effect.high)) / (step * mean_steps(study))
    text = (
        f"The range would reach zero if, after the start, areas drifted apart by {value:.2f} times the "
        "largest step seen between two periods before it, in every period and always in the same direction."
    )
    return CheckResult(NAME, QUESTION, True if value >= 1 else None, value, text)


def largest_step(study: EventStudy, *, stepwise: bool = False) -> float:
    """Largest difference between neighbouring entries before the start; with the start's base as zero.

    Parameters
    ----------
    study : EventStudy
    stepwise : bool
        Whether each entry before the start is itself the step from the period before.
    """
    before = [(t, e) for t, e in zip(study.times, study.effect, strict=True) if t < 0]
    if stepwise:
        return max((abs(e) for _, e in before), default=0.0)
    if before and before[-1][0] < -1:
        before.append((-1, 0.0))  # the period that all others are compared with
    return max((abs(b - a) / (s - r) for (r, a), (s, b) in pairwise(before)), default=0.0)


def mean_steps(study: EventStudy) -> float:
    """Steps that add up in the mean effect: one in the first period, two in the second, and so on."""
    after = [(t + 1, a) for t, a in zip(study.times, study.areas, strict=True) if t >= 0]
    return sum(t * a for t, a in after) / max(sum(a for _, a in after), 1)
