"""Does another method agree?"""

from __future__ import annotations

from dataclasses import replace

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel

NAME = "second-opinion"
QUESTION = "Does another method agree?"


def second_opinion(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate the same by a structural time series model without the comparisons.

    Returns
    -------
    CheckResult
        `passed` says whether its point lies in the interval; `statistic` is that point, in the outcome's
        unit. None where the other method cannot be used.
    """
    if design.method == "structural":
        text = "The estimate is itself by the structural model."
        return CheckResult(NAME, QUESTION, None, None, text)
    found = refit(panel, replace(design, method="structural", comparison=()))
    if not isinstance(found, Estimate):
        text = "A structural time series model could not be fitted to these figures."
        return CheckResult(NAME, QUESTION, None, None, text)
    agrees = estimate.effect.covers(found.effect.point)
    alone = ", which does not use the comparison," if design.comparison else ""
    text = (
        f"A structural time series model{alone} puts the mean effect at {found.effect.point:,.4g} a period, "
        f"{'inside' if agrees else 'outside'} the range given here."
    )
    return CheckResult(NAME, QUESTION, agrees, found.effect.point, text)
