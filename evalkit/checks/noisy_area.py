"""Does the answer stand without an area that is far noisier than the rest?"""

from __future__ import annotations

from dataclasses import replace

from evalkit.checks.placebo_time import Refit
from evalkit.checks.result import CheckResult, told
from evalkit.design import Design
from evalkit.estimate import Estimate
from evalkit.panel import Panel
from evalkit.unlike_areas import noise_told, noisy_area
from evalkit.vocabulary import OutcomeKind

NAME = "noisy-area"
QUESTION = "Does the answer stand without an area that is far noisier than the rest?"


def noisy(panel: Panel, design: Design, estimate: Estimate, refit: Refit) -> CheckResult:
    """Estimate again without the one area that moved far more than the others before the start.

    Returns
    -------
    CheckResult
        `passed` is True where no area stands out; None where too little is there to tell, or where the one
        that does is the only campaign area; False where the point without it leaves the range given.
        `statistic` is the mean effect without it, in the outcome's unit.
    """
    found = noisy_area(panel, (*design.treated, *design.comparison), design.n_pre)
    if found is None:
        if not noise_told(panel, (*design.treated, *design.comparison), design.n_pre):
            text = "There are too few areas or periods before the start to tell."
            return CheckResult(NAME, QUESTION, None, None, text)
        text = "Before the start no area moved far more than the others."
        return CheckResult(NAME, QUESTION, True, None, text)
    rest = tuple(a for a in design.treated if a != found.area)
    if not rest:
        text = (
            f"{found.said} It is the only campaign area, so it cannot be left out; where a range takes areas "
            "to be alike, it is too narrow."
        )
        return CheckResult(NAME, QUESTION, None, None, text)
    without = replace(
        design,
        treated=rest,
        comparison=tuple(a for a in design.comparison if a != found.area),
        starts=tuple(s for s in design.starts if s[0] != found.area),
    )
    again = refit(panel, without)
    if not isinstance(again, Estimate):
        text = f"{found.said} Without it nothing could be estimated."
        return CheckResult(NAME, QUESTION, None, None, text)
    point, span = told(again.effect, design.outcome_kind is OutcomeKind.SHARE)
    inside = estimate.effect.covers(again.effect.point)
    end = "inside the range given here" if inside else "outside the range given here: the answer hangs on it"
    text = f"{found.said} Without it the mean effect is {point} a period ({span}), {end}."
    return CheckResult(NAME, QUESTION, inside, again.effect.point, text)
