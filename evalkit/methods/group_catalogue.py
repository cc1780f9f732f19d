"""Which comparison of groups suits which table, and all arms of one trial together.

1. The table's own shape decides (waves, steps, pairs, clusters, covariates), never a figure.
2. Several arms, and several questions of one survey, share one error: Holm's rule sets the level of each
   interval and adjusts each p-value, so that an interval excludes zero exactly where the adjusted p-value is
   below 1 less the level.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
from statsmodels.stats.multitest import multipletests

from evalkit.estimate import Estimate, NotEstimable
from evalkit.group_study import ComparedGroups, GroupFigure, GroupStudy, Tested
from evalkit.groups import GroupTable
from evalkit.methods.balance import balance
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


def compare(table: GroupTable, *, level: float = 0.95) -> ComparedGroups:
    """Compare every arm with the control.

    Parameters
    ----------
    table : GroupTable
    level : float
        Of each interval where there is one comparison; Holm's rule raises it where there are several.

    Returns
    -------
    ComparedGroups
        A mapping of arm to Estimate or NotEstimable.
    """
    return compare_family({"": table}, level=level)[""]


def compare_family(tables: Mapping[str, GroupTable], *, level: float = 0.95) -> dict[str, ComparedGroups]:
    """Compare every arm with the control in several tables whose answers share one error.

    Parameters
    ----------
    tables : mapping of str to GroupTable
        By outcome: the questions of one survey, or the only outcome.
    level : float

    Returns
    -------
    dict of outcome to ComparedGroups
    """
    found = {
        (name, arm): compared(table.pair(i))
        for name, table in tables.items()
        for i, arm in enumerate(table.arms[1:], start=1)
    }
    tests = _holm({k: f.p_value for k, f in found.items() if isinstance(f, Compared)}, level)
    return {name: _answers(name, table, found, tests, level) for name, table in tables.items()}


def _answers(
    name: str,
    table: GroupTable,
    found: Mapping[Key, Compared | NotEstimable],
    tests: Mapping[Key, Tested],
    level: float,
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
            p_value=test.adjusted, notes=_several(tests, test, level) + _missing(table, i),
        )  # fmt: skip
    study = GroupStudy(
        "", name, _figures(table), balance=balance(table, compared), tests=tuple(tests.values())
    )
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


def compared(pair: GroupTable) -> Compared | NotEstimable:
    """Carry out the comparison that suits a table of two arms."""
    table = _numbered(pair)
    run: Callable[[GroupTable], Compared | NotEstimable] = import_module(METHODS[method_for(table)]).compare
    return run(table)


def method_for(table: GroupTable) -> str:
    """The method that suits a table of two arms."""
    paired, stepped = import_module(METHODS["paired"]), import_module(METHODS["stepped wedge"])
    if table.wave is not None:
        return "changes"
    if stepped.applies(table):
        return "stepped wedge"
    if paired.applies(table):
        return "paired"
    plain = table.stratum is None and table.weight is None and not table.names
    if table.cluster is not None:
        return "clusters" if plain or not table.persons else "means"
    if table.kind is OutcomeKind.COUNT:
        return "rates"
    return "proportions" if table.kind is OutcomeKind.SHARE and plain else "means"


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
