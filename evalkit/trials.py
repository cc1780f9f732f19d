"""From the rows of the sheet Groups to an estimate for every arm, with the checks of a trial.

1. The rows go through the same comparison as the analyst's door, so both give equal numbers.
2. How the groups came about is as stated on the sheet; where nobody says, it was not by lot.
3. Nothing that a few people did leaves here: where a group's count is small, the figures of all groups that
   it is compared with are withheld, and the answer covers every number that the count may be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.programme import Programme
from evalkit.checks.attrition import attrition
from evalkit.checks.balance import balance
from evalkit.checks.result import CheckResult
from evalkit.errors import InputError
from evalkit.estimate import Estimate, NotEstimable
from evalkit.group_disclosure import earlier_wave, waves_of_few
from evalkit.group_study import ComparedGroups, GroupFigure, GroupStudy
from evalkit.groups import BEFORE, GroupTable
from evalkit.methods import group_catalogue
from evalkit.methods.balance import BEFORE as BEFORE_WAVE
from evalkit.methods.balance import of_measure
from evalkit.small_counts import LEAST, tells_of_few
from evalkit.stand_ins import few_people, stand_ins
from evalkit.vocabulary import DesignCode, OutcomeKind

BY_LOT = (DesignCode.RANDOMISED, DesignCode.CLUSTER_RANDOMISED, DesignCode.STEPPED)


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """One arm compared with the control.

    Attributes
    ----------
    arm : str
    estimate : Estimate or NotEstimable
    design : DesignCode
    checks : tuple of CheckResult
    control : str
        The group compared with; empty where the groups cannot be compared.
    """

    arm: str
    estimate: Estimate | NotEstimable
    design: DesignCode
    checks: tuple[CheckResult, ...] = ()
    control: str = ""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What the groups of one campaign and outcome say; no study where they cannot be compared."""

    answers: tuple[ArmAnswer, ...]
    study: GroupStudy | None


def group_results(programme: Programme) -> dict[tuple[str, str], GroupResult]:
    """Compare all groups of a programme, by campaign and outcome.

    The arms of the primary outcome share one error; those of all other outcomes of a campaign, such as the
    questions of a survey, share another.

    Parameters
    ----------
    programme : Programme
    """
    found: dict[tuple[str, str], GroupResult] = {}
    for campaign in programme.campaigns:
        families: dict[bool, dict[str, GroupTable]] = {True: {}, False: {}}
        covered: dict[str, list[GroupTable]] = {}
        for one, outcome in programme.pairs():
            if one is not campaign or not (rows := programme.groups_of(campaign, outcome)):
                continue
            table = _table(rows, outcome.kind)
            if isinstance(table, GroupTable):
                families[outcome.primary][outcome.name] = table
                if ways := _ways(rows, outcome.kind):
                    covered[outcome.name] = ways
            else:
                refused = ArmAnswer("", table, _design(rows))
                found[campaign.title, outcome.name] = GroupResult((refused,), None)
        for tables in families.values():
            for name, compared in group_catalogue.compare_family(tables, stand_ins=covered).items():
                outcome = programme.outcome(name)
                study = replace(compared.study, campaign=campaign.title, outcome=name)
                measures = programme.baselines_of(campaign, outcome)
                study = _with_baselines(study, measures, tables[name])
                rows = programme.groups_of(campaign, outcome)
                few = {m for m, known in measures.items() if waves_of_few(known)}
                if earlier_wave(rows) in waves_of_few(rows):
                    few.add(BEFORE_WAVE)
                found[campaign.title, name] = _result(rows, compared, study, few)
    return found


def _table(rows: Sequence[GroupRow], kind: OutcomeKind) -> GroupTable | NotEstimable:
    frame, arguments, control = group_frame(rows, kind)
    if len({r.mean is None for r in rows}) > 1:
        return NotEstimable(
            ("Some groups have a mean and others have successes, so they cannot be compared.",),
            ("On the sheet Groups, give the same kind of figure for every group of an outcome.",),
        )
    if few_people(rows):
        return NotEstimable((TOO_FEW_PEOPLE,), ("Join groups until each has more people.",))
    if control is None:
        return NotEstimable(
            ("No group, or more than one, is marked as the control, so there is nothing to compare with.",),
            ("On the sheet Groups, put yes in the column Control for the group without the campaign.",),
        )
    try:
        return GroupTable.from_frame(frame, control=control, **arguments)
    except InputError as error:
        return NotEstimable(error.problems, ("Mend the rows on the sheet Groups.",))


def _ways(rows: Sequence[GroupRow], kind: OutcomeKind) -> list[GroupTable]:
    """The table with every number that its withheld counts may be; empty where none is withheld."""
    tables = [_table(way, kind) for way in stand_ins(rows)]
    return [t for t in tables if isinstance(t, GroupTable)]


def _result(
    rows: Sequence[GroupRow], compared: ComparedGroups, study: GroupStudy, few: Collection[str]
) -> GroupResult:
    """Answers with their checks; figures withheld where a group's is small, and measures of a few."""
    design, small = _design(rows), bool(waves_of_few(rows))
    shown = _without_balance(study, few)
    if any(tells(g) for g in study.groups):
        shown = withheld_study(shown)
    answers = tuple(
        ArmAnswer(
            str(arm),
            replace(one, design=design, notes=(*one.notes, SMALL) if small else one.notes)
            if isinstance(one, Estimate)
            else one,
            design,
            _checks(shown, str(arm), design) if isinstance(one, Estimate) else (),
            study.groups[0].arm,
        )
        for arm, one in compared.items()
    )
    return GroupResult(answers, shown)


def _with_baselines(
    study: GroupStudy, measures: Mapping[str, tuple[GroupRow, ...]], outcome: GroupTable
) -> GroupStudy:
    """The study with the measures known beforehand from rows of their own."""
    found, notes = list(study.balance), list(study.notes)
    for measure, rows in measures.items():
        marked = tuple(r.model_copy(update={"control": r.arm == study.groups[0].arm}) for r in rows)
        table = _table(marked, OutcomeKind.SHARE)
        arms = {r.arm for r in rows}
        if isinstance(table, NotEstimable) or arms != {g.arm for g in study.groups}:
            notes.append(f"{measure} is not given for every group alike, so it is not set side by side.")
            continue
        beside = of_measure(measure, table, group_catalogue.compared)
        if outcome.cluster is not None and table.cluster is None:
            beside = [replace(b, p_value=None) for b in beside]
        found += beside
    return replace(study, balance=tuple(found), notes=tuple(notes))


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
                for k in ("sd", "wave", "period", "cluster", "stratum", "weight", "allocated", "unit")
            },
        }
    )
    means = rows[0].mean is not None
    arguments = {"outcome": "outcome", "arm": "arm", "n": "n"}
    arguments["outcome_kind"] = "level" if means else "share"
    if kind is OutcomeKind.COUNT and not means:
        arguments["outcome_kind"] = "count"
        arguments["exposure"] = arguments.pop("n")
    if "n" in arguments and all(r.n == 1 for r in rows):
        del arguments["n"]  # rows of persons
    for name in ("sd", "cluster", "stratum", "weight", "wave", "allocated", "unit"):
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


def _checks(study: GroupStudy, arm: str, design: DesignCode) -> tuple[CheckResult, ...]:
    """Losses for groups drawn by lot; likeness wherever something was known beforehand."""
    by_lot = design in BY_LOT
    losses = (attrition(study, arm),) if by_lot else ()
    likeness = (balance(study, arm, by_lot=by_lot),) if study.balance else ()
    return losses + likeness


def tells(group: GroupFigure) -> bool:
    """Whether a group's figure says what fewer than five people did, or that it is of fewer than five."""
    return tells_of_few(group.counted or 0.0, group.number)


def withheld_study(study: GroupStudy) -> GroupStudy:
    """The figures of all groups withheld: differences between groups would give the small one away."""
    groups = tuple(replace(g, figure=None, number=None) for g in study.groups)
    return replace(study, groups=groups, withheld=True)


def _without_balance(study: GroupStudy, few: Collection[str]) -> GroupStudy:
    """The study without the values of measures that tell of a few, and without what they differ by."""
    rows = tuple(
        replace(b, in_control=None, in_arm=None, p_value=None, difference=None, withheld=True)
        if b.measure in few
        else b
        for b in study.balance
    )
    return replace(study, balance=rows)


TOO_FEW_PEOPLE = (
    f"A group has fewer than {LEAST} people. What it is compared with would tell of each of them, so nothing "
    "is compared."
)
SMALL = (
    f"In a group, fewer than {LEAST} people did it or did not, and their number is withheld, as are the "
    "figures of the groups it is compared with. So that it cannot be worked back, the answer covers every "
    "number that it may be: the range is wider than it need be, and the relative change is not given."
)
