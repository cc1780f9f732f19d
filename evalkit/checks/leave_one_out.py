"""Does the answer stand without any one comparison?"""

from __future__ import annotations

from dataclasses import replace

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel

NAME = "leave-one-out"
QUESTION = "Does the answer stand without any one comparison?"
MOST_SERIES = 40


def leave_one_out(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate again without each comparison in turn.

    Returns
    -------
    CheckResult
        `passed` is False where a point estimate leaves the interval of the full comparison; `statistic` is
        the largest shift of the point, in the outcome's unit. None with a single comparison.
    """
    if design.starts:
        text = (
            "Areas are many and start at different times; the areas without the campaign were each predicted."
        )
        return CheckResult(NAME, QUESTION, None, None, text)
    if len(design.comparison) < 2:
        text = "There is only one comparison, so none can be left out."
        return CheckResult(NAME, QUESTION, None, None, text)
    shifts: dict[str, float] = {}
    outside = []
    weighted = [n for n in design.comparison if f"weight of {n}" in estimate.terms]
    for name in (weighted or design.comparison)[:MOST_SERIES]:
        rest = tuple(c for c in design.comparison if c != name)
        found = refit(panel, replace(design, comparison=rest))
        if isinstance(found, Estimate):
            shifts[name] = found.effect.point - estimate.effect.point
            if not estimate.effect.covers(found.effect.point):
                outside.append(name)
    if not shifts:
        return CheckResult(NAME, QUESTION, None, None, "No estimate could be made without a comparison.")
    most = max(shifts, key=lambda k: abs(shifts[k]))
    if outside:
        text = f"Without {', '.join(outside)} the estimate leaves its own range: the answer hangs on it."
    else:
        text = (
            "Left out one at a time, no comparison moves the estimate out of its range; "
            f"{most} moves it most."
        )
    return CheckResult(NAME, QUESTION, not outside, abs(shifts[most]), text)
