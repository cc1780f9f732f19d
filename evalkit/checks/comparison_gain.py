"""What does the comparison add?"""

from __future__ import annotations

from dataclasses import replace

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel

NAME = "comparison-gain"
QUESTION = "What does the comparison add?"


def comparison_gain(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Set the range against that of the outcome's own history alone.

    Returns
    -------
    CheckResult
        `statistic` is the width of the range as a share of the width without the comparison. `passed` is
        always None: a comparison that narrows nothing may still guard against what happened everywhere.
    """
    alone = refit(panel, replace(design, method="series", comparison=(), phases=()))
    if not isinstance(alone, Estimate):
        return CheckResult(NAME, QUESTION, None, None, "The outcome's history alone allows no estimate.")
    ratio = estimate.effect.width / alone.effect.width
    apart = abs(ratio - 1)
    if apart < 0.05:
        said = "The range is about as wide as it would be without the comparison"
    else:
        said = f"The range is {apart:.0%} {'narrower' if ratio < 1 else 'wider'} than without the comparison"
    held = "inside" if estimate.effect.covers(alone.effect.point) else "outside"
    text = f"{said}; the best estimate from the outcome's history alone lies {held} the range given here."
    return CheckResult(NAME, QUESTION, None, ratio, text)
