"""Were the groups alike beforehand?"""

from __future__ import annotations

from evalkit.checks.result import CheckResult
from evalkit.group_study import Balance, GroupStudy

NAME = "balance"
QUESTION = "Were the groups alike before the campaign?"
ALIKE, UNLIKE = 0.05, 0.25  # standard deviations; What Works Clearinghouse, Standards Handbook 4.1
RARE = 0.01  # how often chance alone may show a difference anywhere in the table
RULE = (
    f"Groups drawn by lot differ by chance. A difference above {ALIKE:g} standard deviations that chance "
    f"gives in fewer than {RARE:.0%} of trials, by Holm's rule over the whole table, says that the draw did "
    f"not work. Groups that were not drawn pass up to {ALIKE:g}, fail above {UNLIKE:g}, and in between need "
    "to be adjusted for (What Works Clearinghouse, Standards Handbook 4.1)."
)


def balance(study: GroupStudy, arm: str, *, by_lot: bool) -> CheckResult:
    """Judge the differences of one group from the control on what was known beforehand.

    Returns
    -------
    CheckResult
        `statistic` is the largest standardised difference. None where nothing was known beforehand.
    """
    mine = [b for b in study.balance if b.arm == arm and b.difference is not None]
    if not mine and any(b.withheld for b in study.balance):
        text = "What was known beforehand tells of a few people and is withheld, so likeness is not judged."
        return CheckResult(NAME, QUESTION, None, None, text)
    if not mine:
        text = "No measure known before the campaign was given with its spread, so likeness cannot be judged."
        return CheckResult(NAME, QUESTION, None, None, text)
    most = max(mine, key=lambda b: abs(b.difference or 0.0))
    largest = abs(most.difference or 0.0)
    text = (
        f"Of {len(mine)} {'measure' if len(mine) == 1 else 'measures'} known before, {arm} and "
        f"{study.groups[0].arm} differ most in {most.measure}: by {largest:.2f} standard deviations."
    )
    if by_lot:
        rare = _beyond_chance(study.balance)
        odd = [b.measure for b in mine if b in rare and abs(b.difference or 0.0) > ALIKE]
        said = (
            f" Chance alone does not give such a difference in {', '.join(odd)} in 99 of 100 trials, so the "
            "groups may not have been drawn by lot as planned."
            if odd
            else " A draw by lot gives differences like these."
        )
        return CheckResult(NAME, QUESTION, not odd, largest, text + said)
    passed = True if largest <= ALIKE else None if largest <= UNLIKE else False
    said = (
        "" if passed else f" Above {ALIKE:g} it has to be adjusted for; above {UNLIKE:g} that is not enough."
    )
    return CheckResult(NAME, QUESTION, passed, largest, text + said)


def _beyond_chance(rows: tuple[Balance, ...]) -> list[Balance]:
    """Rows whose difference chance seldom gives, by Holm's rule over the table."""
    tested = sorted((b for b in rows if b.p_value is not None), key=lambda b: b.p_value or 0.0)
    found: list[Balance] = []
    for rank, row in enumerate(tested):
        if (row.p_value or 0.0) > RARE / (len(tested) - rank):
            break
        found.append(row)
    return found
