"""Which comparison of groups suits which table, and all arms of one trial together.

1. The table's own shape decides (waves, steps, pairs, clusters, covariates), never a figure; an analyst may
   name another comparison, and that is said.
2. What a comparison takes no account of is named, and where covariates, strata or weights move the answer
   far, the answer without them is given beside.
3. Several arms, and several questions of one survey, share one error: Holm's rule sets the level of each
   interval and adjusts each p-value, so that an interval excludes zero exactly where the adjusted p-value is
   below 1 less the level.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
from statsmodels.stats.multitest import multipletests

from evalkit.estimate import Estimate, NotEstimable
from evalkit.group_requirements import FEATURES, choose_groups, group_requirement, lacking, unused
from evalkit.group_study import ComparedGroups, GroupFigure, GroupStudy, Tested
from evalkit.groups import GroupTable
from evalkit.methods.balance import balance
from evalkit.methods.covering import covering
from evalkit.methods.group_answers import Compared, estimate
from evalkit.vocabulary import OutcomeKind

Key = tuple[str, Hashable]  # outcome and arm

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "changes": "evalkit.methods.changes",
        "stepped wedge": "evalkit.methods.stepped",
        "paired": "evalkit.methods.paired",
        "clusters": "evalkit.methods.clusters",
        "rates": "evalkit.methods.rates",
        "means": "evalkit.methods.means",
        "proportions": "evalkit.methods.proportions",
    }
)


def compare(table: GroupTable, *, level: float = 0.95, method: str = "auto") -> ComparedGroups:
    """Compare every arm with the control.

    Parameters
    ----------
    table : GroupTable
    level : float
        Of each interval where there is one comparison; Holm's rule raises it where there are several.
    method : str
        "auto" or the name of a comparison.

    Returns
    -------
    ComparedGroups
        A mapping of arm to Estimate or NotEstimable.
    """
    return compare_family({"": table}, level=level, method=method)[""]


def compare_family(
    tables: Mapping[str, GroupTable],
    *,
    level: float = 0.95,
    method: str = "auto",
    stand_ins: Mapping[str, Sequence[GroupTable]] = MappingProxyType({}),
) -> dict[str, ComparedGroups]:
    """Compare every arm with the control in several tables whose answers share one error.

    Parameters
    ----------
    tables : mapping of str to GroupTable
        By outcome: the questions of one survey, or the only outcome.
    level : float
    method : str
        "auto" or the name of a comparison.
    stand_ins : mapping of str to sequence of GroupTable
        For outcomes with withheld counts: the table with every count that each may be. Their answers cover
        those of all these tables and rest on no withheld count.

    Returns
    -------
    dict of outcome to ComparedGroups
    """
    found = {
        (name, arm): _covered(stand_ins[name], i, method)
        if name in stand_ins
        else compared(table.pair(i), method)
        for name, table in tables.items()
        for i, arm in enumerate(table.arms[1:], start=1)
    }
    tests = _holm({k: f.p_value for k, f in found.items() if isinstance(f, Compared)}, level)
    return {
        name: _answers(name, table, found, tests, level, method, covered=name in stand_ins)
        for name, table in tables.items()
    }


def _covered(tables: Sequence[GroupTable], arm: int, method: str) -> Compared | NotEstimable:
    """One answer that covers those of all tables; the first refusal where none can be answered."""
    pairs = {(p.mean.tobytes(), p.n.tobytes()): p for p in (t.pair(arm) for t in tables)}
    answers = [compared(pair, method) for pair in pairs.values()]
    given = [a for a in answers if isinstance(a, Compared)]
    if not given:
        return answers[0]
    return given[0] if len(pairs) == 1 else covering(given)


def _answers(
    name: str,
    table: GroupTable,
    found: Mapping[Key, Compared | NotEstimable],
    tests: Mapping[Key, Tested],
    level: float,
    method: str,
    *,
    covered: bool,
) -> ComparedGroups:
    """The answers of one table, and what stands beside them."""
    answers: dict[Hashable, Estimate | NotEstimable] = {}
    for i, arm in enumerate(table.arms[1:], start=1):
        one = found[name, arm]
        if isinstance(one, NotEstimable):
            answers[arm] = one
            continue
        test = tests[name, arm]
        answers[arm] = estimate(
            one, kind=table.kind, arm=str(arm), control=str(table.arms[0]), level=test.level,
            p_value=test.adjusted,
            notes=_several(tests, test, level) + _missing(table, i)
            + (() if covered else _without(table.pair(i), one)),
        )  # fmt: skip
    reasons = dict.fromkeys(_reason(table.pair(i)) for i in range(1, len(table.arms)))
    study = GroupStudy(
        "", name, _figures(table), balance=balance(table, compared), tests=tuple(tests.values()),
        notes=tuple(reasons) if method == "auto" else (),
    )  # fmt: skip
    return ComparedGroups(answers, {name: study})


def _figures(table: GroupTable) -> tuple[GroupFigure, ...]:
    """Every arm with its people and its figure, in the later wave where there are two."""
    figures = []
    for a, name in enumerate(table.arms):
        at = table.arm == a
        late = at if table.wave is None else at & (table.wave == 1)
        size = table.n[late] if table.weight is None else table.n[late] * table.weight[late]
        number = float(np.sum((table.mean * table.n)[late])) if table.kind is not OutcomeKind.LEVEL else None
        figures.append(
            GroupFigure(
                arm=str(name),
                control=a == 0,
                allocated=table.allocated[a] if table.allocated else None,
                counted=float(np.sum(table.n[late])),
                figure=float(size @ table.mean[late] / size.sum()) if late.any() else None,
                number=number,
            )
        )
    return tuple(figures)


def compared(pair: GroupTable, method: str = "auto") -> Compared | NotEstimable:
    """Carry out the comparison that suits a table of two arms, or the one named."""
    table = _numbered(pair)
    given = facts(table)
    chosen = choose_groups(given)
    row = chosen if method == "auto" else group_requirement(method)
    if method != "auto" and (absent := lacking(row, given)):
        return NotEstimable(
            (f"The comparison {method} needs {' and '.join(absent)}, which the table does not have.",),
            (f"Leave the choice to the table, which takes {chosen.method}, or give what is needed.",),
        )
    run: Callable[[GroupTable], Compared | NotEstimable] = import_module(METHODS[row.method]).compare
    found = run(table)
    if isinstance(found, NotEstimable):
        return found
    notes = tuple(f"The {what} of the table are not used: {_loss(what)}." for what in unused(row, given))
    if row is not chosen:
        notes += (f"The analyst chose {row.method}; by the table's shape it would be {chosen.method}.",)
    return replace(found, notes=found.notes + notes)


def facts(table: GroupTable) -> frozenset[str]:
    """What a table of two arms has, in the words of `group_requirements`."""
    paired, stepped = import_module(METHODS["paired"]), import_module(METHODS["stepped wedge"])
    held = {
        "waves": table.wave is not None,
        "steps": stepped.applies(table),
        "pairs": table.wave is None and paired.applies(table),
        "clusters": table.cluster is not None,
        "strata": table.stratum is not None,
        "weights": table.weight is not None,
        "covariates": bool(table.names),
        "share": table.kind is OutcomeKind.SHARE,
        "count": table.kind is OutcomeKind.COUNT,
        "spread": table.persons or table.kind is OutcomeKind.SHARE or table.sd is not None
        or table.cluster is not None,
    }  # fmt: skip
    return frozenset(name for name, holds in held.items() if holds)


def _loss(what: str) -> str:
    """What leaving a feature out does to the answer."""
    if what == FEATURES["clusters"]:
        return "the range is too narrow where people in one cluster are alike"
    if what == FEATURES["weights"]:
        return "the answer is for the people in the table, not for those they stand for"
    return "the answer is right for a draw that did not need them, and less sharp"


def _reason(pair: GroupTable) -> str:
    """Why the table takes the comparison it does."""
    row = choose_groups(facts(_numbered(pair)))
    return f"Method {row.method}, by the table of comparisons: {row.because}."


def _without(pair: GroupTable, found: Compared) -> tuple[str, ...]:
    """The answer without covariates, strata and weights, where it and the answer given exclude each other."""
    if pair.stratum is None and pair.weight is None and not pair.names:
        return ()
    plain = replace(pair, stratum=None, weight=None, covariates=pair.covariates[:, :0], names=())
    other = compared(plain)
    if isinstance(other, NotEstimable):
        return ()
    (low, high), (least, most) = found.ends(0.95), other.ends(0.95)
    if low <= other.point <= high or least <= found.point <= most:
        return ()
    return (
        f"Without covariates, strata and weights the difference is {other.point:.4g} ({least:.4g} to "
        f"{most:.4g}): the two do not agree, so the answer rests on them.",
    )


def _numbered(table: GroupTable) -> GroupTable:
    """Codes without holes, after the other arms' rows have gone."""
    names = ("cluster", "stratum", "unit", "period")
    codes: dict[str, Any] = {k: getattr(table, k) for k in names}
    for k, v in codes.items():
        codes[k] = None if v is None else np.unique(v, return_inverse=True)[1].ravel()
    return replace(table, **codes)


def _holm(p: Mapping[Key, float], level: float) -> dict[Key, Tested]:
    """Adjusted p-value of each comparison and the level of its interval."""
    if not p:
        return {}
    alpha = 1 - level
    adjusted = dict(zip(p, multipletests(list(p.values()), alpha=alpha, method="holm")[1], strict=True))
    levels: dict[Key, float] = {}
    share, open_ = alpha, True
    for rank, key in enumerate(sorted(p, key=lambda k: p[k])):
        if open_:
            share = alpha / (len(p) - rank)
            open_ = p[key] < share
        levels[key] = 1 - share if len(p) > 1 else level
    return {k: Tested(k[0], str(k[1]), p[k], float(adjusted[k]), levels[k]) for k in p}


def _several(tests: Mapping[Key, Tested], test: Tested, level: float) -> tuple[str, ...]:
    count, outcomes = len(tests), len({t.outcome for t in tests.values()})
    if count < 2:
        return ()
    what = (
        f"{count} arms are compared with one control"
        if outcomes == 1
        else f"{count} comparisons are made, over {outcomes} questions or outcomes"
    )
    studies = "trials" if outcomes == 1 else "studies"
    return (
        f"{what}; by Holm's rule this range is a {100 * test.level:.4g}% one and its p-value is adjusted "
        f"(alone it would be {test.alone:.2g}), so that chance shows an effect anywhere among "
        f"them in at most {100 * (1 - level):.3g}% of {studies} without any.",
    )


def _missing(table: GroupTable, arm: int) -> tuple[str, ...]:
    lost = (table.missing[0], table.missing[arm])
    if not any(lost):
        return ()
    return (
        f"{sum(lost)} rows without an outcome are left out ({lost[1]} of {table.arms[arm]}, {lost[0]} of "
        f"{table.arms[0]}); everyone else counts in the group they were allocated to.",
    )
