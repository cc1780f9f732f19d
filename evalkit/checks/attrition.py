"""Are nearly all the people who were allocated counted, and as many in either group?"""

from __future__ import annotations

from evalkit.checks.result import CheckResult
from evalkit.group_study import GroupStudy

NAME = "attrition"
QUESTION = "Are nearly all the people who were allocated counted, and as many in either group?"
MOST_LOST, MOST_UNEVEN = 0.20, 0.05  # shares of the people allocated
RULE = (
    f"Up to {MOST_LOST:.0%} lost in either group and {100 * MOST_UNEVEN:.0f} points between them pass; what "
    "is low and even enough is a convention, and this is ours."
)


def attrition(study: GroupStudy, arm: str) -> CheckResult:
    """Judge the share of the people allocated that is missing from the figures.

    Returns
    -------
    CheckResult
        `statistic` is the difference between the two groups, as a share. None where nobody says how many
        were allocated.
    """
    pair = [next((g for g in study.groups if g.arm == arm), None), study.groups[0]]
    lost = [g.lost if g else None for g in pair]
    if lost[0] is None or lost[1] is None:
        text = "Nobody says how many were allocated at first, so losses cannot be judged."
        return CheckResult(NAME, QUESTION, None, None, text)
    gap = abs(lost[0] - lost[1])
    text = (
        f"Of those allocated, {lost[0]:.1%} of {arm} and {lost[1]:.1%} of {study.groups[0].arm} are not in "
        f"the figures; up to {MOST_LOST:.0%} in either and {100 * MOST_UNEVEN:.0f} points between them pass."
    )
    passed = max(lost[0], lost[1]) <= MOST_LOST and gap <= MOST_UNEVEN
    return CheckResult(NAME, QUESTION, passed, gap, text)
