"""Does the joint model of several campaigns find nothing where there was nothing?

1. Where campaigns come and go there is no long stretch without any, so a campaign's doses are moved to other
   times and entered beside the real ones: they should have brought nothing.
2. The weeks just before its doses are looked at by themselves: an outcome that moves before the campaign does
   was moved by something else, perhaps by what the campaign was timed by.
"""

from __future__ import annotations

from scipy import stats

from evalkit.checks.placebo_time import ENOUGH_WINDOWS, NAME, QUESTION, score
from evalkit.checks.result import CheckResult, told
from evalkit.estimate import Interval, Trial

BEFORE = "before-doses"
BEFORE_QUESTION = "Did the outcome stay put in the weeks just before the campaign?"


def moved_doses(trial: Trial, level: float) -> CheckResult:
    """Judge the joint model by doses moved to other times.

    Parameters
    ----------
    trial : Trial
    level : float
        Nominal coverage of its ranges.

    Returns
    -------
    CheckResult
        As for the placebo in time: `passed` is None under eight tries, and False where more ranges missed
        zero than chance allows (binomial, one in forty).
    """
    n = len(trial.moved)
    if n == 0:
        text = "There is no other time to which the doses could be moved."
        return CheckResult(NAME, QUESTION, None, None, text)
    held = sum(i.covers(0.0) for i in trial.moved)
    said = (
        f"With its doses moved to {n} other time{'s' if n > 1 else ''}, beside the real ones of all "
        f"campaigns, the range held zero in {held}, as a {level:.0%} range should nearly always."
    )
    if n < ENOUGH_WINDOWS:
        return CheckResult(NAME, QUESTION, None, held / n, said + " That is too few to judge the method by.")
    allowed = int(stats.binom.ppf(0.975, n, 1 - level))
    scores = tuple(score(i) for i in trial.moved)
    return CheckResult(NAME, QUESTION, n - held <= allowed, held / n, said, scores)


def before_doses(trial: Trial, share: bool) -> CheckResult:
    """Judge what the weeks before a campaign's doses brought.

    Parameters
    ----------
    trial : Trial
    share : bool
        Whether the outcome is a share.

    Returns
    -------
    CheckResult
        `statistic` is their total; `passed` says whether its 99% range holds zero.
    """
    found: Interval | None = trial.before
    if found is None:
        text = (
            "No weeks without the campaign just before its doses can be told from the campaigns themselves."
        )
        return CheckResult(BEFORE, BEFORE_QUESTION, None, None, text)
    point, span = told(found, share=False)
    what = "people" if share else "in all"
    ok = found.covers(0.0)
    text = f"In the four weeks before its doses the outcome was off by {point} {what} ({span}): " + (
        "nothing that chance does not explain."
        if ok
        else "it moved before the campaign could have moved it, so what timed the campaign may have moved "
        "both."
    )
    return CheckResult(BEFORE, BEFORE_QUESTION, ok, found.point, text)
