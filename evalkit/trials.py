"""From the rows of the sheet Groups to an estimate for every arm, with the checks of a trial.

1. The rows go through the same comparison as the analyst's door, so both give equal numbers.
2. How the groups came about is as stated on the sheet; where nobody says, it was not by lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.checks.result import CheckResult
from evalkit.errors import InputError
from evalkit.estimate import Estimate, NotEstimable
from evalkit.groups import BEFORE, GroupTable
from evalkit.methods import group_catalogue
from evalkit.vocabulary import DesignCode, OutcomeKind

BY_LOT = (DesignCode.RANDOMISED, DesignCode.CLUSTER_RANDOMISED, DesignCode.STEPPED)
MOST_LOST, MOST_UNEVEN = (
    0.20,
    0.05,
)  # shares of the people allocated; our reading of "attrition is low and even"


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """One arm compared with the control.

    Attributes
    ----------
    arm : str
    estimate : Estimate or NotEstimable
    design : DesignCode
    checks : tuple of CheckResult
    """

    arm: str
    estimate: Estimate | NotEstimable
    design: DesignCode
    checks: tuple[CheckResult, ...] = ()


def arms(programme: Programme, campaign: Campaign, outcome: Outcome) -> tuple[ArmAnswer, ...]:
    """Compare the groups of one campaign and outcome; empty where there are none.

    Parameters
    ----------
    programme : Programme
    campaign : Campaign
    outcome : Outcome
    """
    rows = programme.groups_of(campaign, outcome)
    if not rows:
        return ()
    frame, arguments, control = group_frame(rows, outcome.kind)
    design = _design(rows)
    if control is None:
        return (ArmAnswer("", _no_control(), design),)
    try:
        table = GroupTable.from_frame(frame, control=control, **arguments)
        found = group_catalogue.compare(table)
    except InputError as error:
        refusal = NotEstimable(error.problems, ("Mend the rows on the sheet Groups.",))
        return (ArmAnswer("", refusal, design),)
    return tuple(
        ArmAnswer(
            str(arm),
            replace(one, design=design) if isinstance(one, Estimate) else one,
            design,
            _checks(rows, str(arm), control, design) if isinstance(one, Estimate) else (),
        )
        for arm, one in found.items()
    )


def group_frame(
    rows: Sequence[GroupRow], kind: OutcomeKind
) -> tuple[pd.DataFrame, dict[str, str], str | None]:
    """The rows as a frame, the arguments of `compare_groups` for it, and the control arm if one is marked."""
    frame = pd.DataFrame(
        {
            "arm": [r.arm for r in rows],
            "outcome": [r.successes if r.successes is not None else r.mean for r in rows],
            "n": [float(r.n) for r in rows],
            **{
                k: [getattr(r, k) for r in rows]
                for k in ("sd", "wave", "period", "cluster", "stratum", "weight")
            },
        }
    )
    means = rows[0].mean is not None
    arguments = {"outcome": "outcome", "arm": "arm", "n": "n"}
    arguments["outcome_kind"] = "level" if means else "share"
    if kind is OutcomeKind.COUNT and not means:
        arguments["outcome_kind"] = "count"
        arguments["exposure"] = arguments.pop("n")
    for name in ("sd", "cluster", "stratum", "weight", "wave"):
        if frame[name].notna().any():
            arguments[name] = name
    if "cluster" in arguments and frame["period"].notna().any():
        arguments["period"] = "period"
    marked = dict.fromkeys(r.arm for r in rows if r.control)
    one_group = frame["arm"].nunique() == 1 and frame["wave"].nunique() == 2
    if one_group:  # one group in two waves: the waves are compared
        arguments["arm"] = arguments.pop("wave")
        waves = sorted(str(w) for w in frame["wave"].unique())
        return frame, arguments, next((w for w in waves if w.casefold() in BEFORE), waves[0])
    return frame, arguments, next(iter(marked)) if len(marked) == 1 else None


def _design(rows: Sequence[GroupRow]) -> DesignCode:
    """How the groups came about: as stated, the weakest where rows differ; not by lot where nobody says."""
    stated = {r.formed for r in rows}
    if len(stated) == 1 and None not in stated:
        return next(d for d in stated if d is not None)
    two_waves = len({r.arm for r in rows}) == 1
    return DesignCode.BEFORE_AFTER if two_waves else DesignCode.EXPOSED_UNEXPOSED


def _no_control() -> NotEstimable:
    return NotEstimable(
        ("No group, or more than one, is marked as the control, so there is nothing to compare with.",),
        ("On the sheet Groups, put yes in the column Control for the group without the campaign.",),
    )


def _checks(rows: Sequence[GroupRow], arm: str, control: str, design: DesignCode) -> tuple[CheckResult, ...]:
    if design not in BY_LOT:
        return ()
    return (_attrition(rows, arm, control),)


def _attrition(rows: Sequence[GroupRow], arm: str, control: str) -> CheckResult:
    """Share of the people allocated that are missing from the figures, by arm."""
    question = "Are nearly all the people who were allocated counted, and as many in either group?"
    lost = []
    for name in (arm, control):
        own = [r for r in rows if r.arm == name]
        if any(r.allocated is None for r in own):
            text = "Nobody says how many were allocated at first, so losses cannot be judged."
            return CheckResult("attrition", question, None, None, text)
        allocated = sum(r.allocated or 0 for r in own)
        lost.append(1 - sum(r.n for r in own) / allocated if allocated else 0.0)
    gap = abs(lost[0] - lost[1])
    text = (
        f"Of those allocated, {lost[0]:.1%} of {arm} and {lost[1]:.1%} of {control} are not in the figures; "
        f"up to {MOST_LOST:.0%} in either and {100 * MOST_UNEVEN:.0f} points between them pass."
    )
    return CheckResult("attrition", question, max(lost) <= MOST_LOST and gap <= MOST_UNEVEN, gap, text)
