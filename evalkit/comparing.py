"""The analyst's door for trials and surveys: plain frames in, an estimate for every arm out.

1. A door reads, collects everything that is wrong, and hands on; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import pandas as pd

from evalkit.errors import InputError
from evalkit.estimate import Estimate, NotEstimable
from evalkit.group_requirements import GROUP_REQUIREMENTS
from evalkit.group_study import ComparedGroups
from evalkit.groups import GroupTable
from evalkit.methods import group_catalogue
from evalkit.vocabulary import OutcomeKind


def compare_groups(
    frame: pd.DataFrame,
    *,
    outcome: str | Sequence[str],
    arm: str,
    control: Hashable,
    outcome_kind: OutcomeKind | str = "share",
    n: str | None = None,
    sd: str | None = None,
    cluster: str | None = None,
    stratum: str | None = None,
    unit: str | None = None,
    wave: str | None = None,
    period: str | None = None,
    weight: str | None = None,
    exposure: str | None = None,
    covariates: Sequence[str] = (),
    allocated: str | None = None,
    matters: float | None = None,
    level: float = 0.95,
    method: str = "auto",
) -> ComparedGroups:
    """Compare every group of a trial or survey with one of them.

    Parameters
    ----------
    frame : DataFrame
        A row per person, or per group or cluster of people.
    outcome : str or sequence of str
        Column of the outcome. Share: 0 or 1 for a person, successes for a group. Level: the value of a
        person, the mean of a group. Count: events. Several columns, such as the questions of one survey, are
        corrected together by Holm's rule.
    arm : str
        Column of the groups; for a survey before and after, of the waves.
    control : hashable
        Its value for the group the others are compared with.
    outcome_kind : {"share", "level", "count"}
    n : str, optional
        People in each row, where rows are groups.
    sd : str, optional
        Standard deviation within each row, for the means of groups.
    cluster : str, optional
        What was drawn as a whole: street, practice, sampling point.
    stratum : str, optional
        Strata within which arms are compared.
    unit : str, optional
        Who a row belongs to; people with a row in both groups are compared with themselves.
    wave : str, optional
        Two waves of every group: the changes are compared.
    period : str, optional
        With `cluster`: a trial in which clusters start one after another (stepped wedge).
    weight : str, optional
        Sampling weight of a row.
    exposure : str, optional
        For a count: what the events are out of.
    covariates : sequence of str
        Known before the trial, to sharpen the comparison and to show whether the groups were alike; rows of
        persons only.
    allocated : str, optional
        People allocated at first, where rows are groups; in rows of persons every row counts as allocated.
    matters : float, optional
        Smallest difference that would matter, as a size.
    level : float
    method : str
        "auto" takes the comparison that the frame's shape calls for; or the name of one: changes, stepped
        wedge, paired, clusters, proportions, rates, means. What a named one takes no account of is noted.

    Returns
    -------
    ComparedGroups
        A mapping of arm to Estimate or NotEstimable; its `studies` hold the groups with their losses, the
        measures known before side by side, and p-values raw and adjusted, by outcome.
        Keys are the values of `arm` as given, or pairs of outcome and arm where several outcomes were. The
        effect is the difference from control (share: 0.01 is one
        percentage point), the relative effect the ratio less 1, the total the effect times the people in the
        arm. With several arms Holm's rule sets the level of each interval.

    Raises
    ------
    InputError
        Listing everything that is wrong with the frame or the arguments.
    """
    problems = []
    if not isinstance(outcome, str) and not outcome:
        problems.append("outcome is an empty list: name at least one column")
    if not 0.5 <= level < 1:
        problems.append(f"level is {level}: must be at least 0.5 and below 1")
    if matters is not None and not matters > 0:
        problems.append(f"matters is {matters}: give a size above zero, without its sign")
    methods = ("auto", *(row.method for row in GROUP_REQUIREMENTS))
    if method not in methods:
        problems.append(f"method is {method!r}: must be one of {', '.join(methods)}")
    if problems:
        raise InputError(problems)
    outcomes = (outcome,) if isinstance(outcome, str) else tuple(dict.fromkeys(outcome))
    tables = {
        name: GroupTable.from_frame(
            frame, outcome=name, arm=arm, control=control, outcome_kind=outcome_kind, n=n, sd=sd,
            cluster=cluster, stratum=stratum, unit=unit, wave=wave, period=period, weight=weight,
            exposure=exposure, covariates=covariates, allocated=allocated,
        )
        for name in outcomes
    }  # fmt: skip
    found = group_catalogue.compare_family(tables, level=level, method=method)
    answers: dict[Hashable, Estimate | NotEstimable] = {}
    for name, one in found.items():
        for key, answer in one.items():
            if matters is not None and isinstance(answer, Estimate):
                answer = replace(answer, notes=(*answer.notes, _against(answer, matters)))
            answers[key if len(outcomes) == 1 else (name, key)] = answer
    return ComparedGroups(answers, {name: one.study for name, one in found.items()})


def _against(found: Estimate, matters: float) -> str:
    """What the range says of the effect that matters, in either direction."""
    low, high = found.effect.low, found.effect.high
    if low >= matters or high <= -matters:
        return f"The whole range is at least as large as the difference that matters, {matters:g}."
    if -matters < low and high < matters:
        return f"The range excludes a difference as large as the one that matters, {matters:g}, either way."
    return (
        f"The range does not settle whether the difference is as large as the one that matters, {matters:g}."
    )
