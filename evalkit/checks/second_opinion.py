"""Does another method agree?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult, told
from evalkit.design import Design
from evalkit.estimate import Estimate, Interval, Trial
from evalkit.panel import Panel
from evalkit.vocabulary import DesignCode, OutcomeKind

NAME = "second-opinion"
QUESTION = "Does another method agree?"


@dataclass(frozen=True, slots=True)
class Opinion:
    """Another method, and how it is called in a sentence."""

    method: str
    code: DesignCode
    called: str
    keeps_comparison: bool = True


STRUCTURAL = Opinion("structural", DesignCode.SINGLE_SERIES, "A structural time series model", False)
AREAS = Opinion("areas", DesignCode.CONTROLLED_SERIES, "A regression on all comparison areas")
WEIGHED = Opinion("synthetic-did", DesignCode.SYNTHETIC, "Synthetic difference-in-differences")
REGRESSION = "A regression with AR(1) errors and one fixed carry-over for each campaign"
OPINIONS: Mapping[str, Opinion] = MappingProxyType(
    {
        "areas": WEIGHED,
        "did": WEIGHED,
        "rollout": Opinion("imputation", DesignCode.DIFFERENCE, "Imputation by least squares"),
        "imputation": Opinion("rollout", DesignCode.DIFFERENCE, "Prediction from each area's own path"),
        "staggered": Opinion("rollout", DesignCode.DIFFERENCE, "Prediction from each area's own path"),
        "synthetic": AREAS,
        "synthetic-did": AREAS,
    }
)


def second_opinion(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate the same by a method of another kind: of areas by one for areas, else by a structural model.

    Returns
    -------
    CheckResult
        `passed` is True where its point lies in the interval, False where its own range leaves out the point
        given here, and None where it can say neither, or cannot be used. `statistic` is its point, in the
        outcome's unit.
    """
    if design.method == "structural":
        text = "The estimate is itself by the structural model."
        return CheckResult(NAME, QUESTION, None, None, text)
    asked = OPINIONS.get(design.method.partition(" ")[0], STRUCTURAL)
    comparison = design.comparison if asked.keeps_comparison else ()
    found = refit(panel, replace(design, method=asked.method, code=asked.code, comparison=comparison))
    if not isinstance(found, Estimate):
        text = f"{asked.called} could not be fitted to these figures."
        return CheckResult(NAME, QUESTION, None, None, text)
    alone = ", which does not use the comparison," if design.comparison and not comparison else ""
    share = design.outcome_kind is OutcomeKind.SHARE
    point, span = told(found.effect, share)
    said = f"{asked.called}{alone} puts the mean effect at {point} a period"
    return _beside(found.effect, estimate.effect, said, span)


def joint_opinion(trial: Trial, estimate: Estimate) -> CheckResult:
    """Set a campaign's total from the joint model beside that of a regression with fixed carry-over.

    Returns
    -------
    CheckResult
        As `second_opinion`, of totals; `statistic` is the other's mean effect.
    """
    if trial.second is None:
        text = f"{REGRESSION} could not be fitted to these figures."
        return CheckResult(NAME, QUESTION, None, None, text)
    point, span = told(trial.second, share=False)
    said = f"{REGRESSION} puts the total contribution at {point}"
    found = _beside(trial.second, estimate.total, said, span)
    per_period = estimate.effect.width / max(estimate.total.width, 1e-300)
    return replace(found, statistic=trial.second.point * per_period)


def _beside(other: Interval, ours: Interval, said: str, span: str) -> CheckResult:
    """Two answers to one question: whether they agree."""
    if ours.covers(other.point):
        return CheckResult(NAME, QUESTION, True, other.point, f"{said}, inside the range given here.")
    own = f"{said} ({span})"
    if other.covers(ours.point):
        text = f"{own}, outside the range given here, but its own range is too wide to contradict it."
        return CheckResult(NAME, QUESTION, None, other.point, text)
    return CheckResult(NAME, QUESTION, False, other.point, f"{own}, and the two do not agree.")
