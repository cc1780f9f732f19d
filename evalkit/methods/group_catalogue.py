"""Which comparison of groups suits which table, and all arms of one trial together.

1. The table's own shape decides (waves, steps, pairs, clusters, covariates), never a figure.
2. Several arms share one error: Holm's rule sets the level of each interval and adjusts each p-value, so that
   an interval excludes zero exactly where the adjusted p-value is below 1 less the level.
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
from evalkit.groups import GroupTable
from evalkit.methods.group_answers import Compared, estimate
from evalkit.vocabulary import OutcomeKind

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


def compare(table: GroupTable, *, level: float = 0.95) -> dict[Hashable, Estimate | NotEstimable]:
    """Compare every arm with the control.

    Parameters
    ----------
    table : GroupTable
    level : float
        Of each interval where there is one comparison; Holm's rule raises it where there are several.

    Returns
    -------
    dict of arm to Estimate or NotEstimable
    """
    found: dict[Hashable, Compared | NotEstimable] = {}
    for i, arm in enumerate(table.arms[1:], start=1):
        found[arm] = compared(table.pair(i))
    levels = _holm({a: f.p_value for a, f in found.items() if isinstance(f, Compared)}, level)
    answers: dict[Hashable, Estimate | NotEstimable] = {}
    for i, (arm, one) in enumerate(found.items(), start=1):
        if isinstance(one, NotEstimable):
            answers[arm] = one
            continue
        at, p = levels[arm]
        notes = _several(len(levels), at, one.p_value, level) + _missing(table, i)
        answers[arm] = estimate(
            one, kind=table.kind, arm=str(arm), control=str(table.arms[0]), level=at, p_value=p, notes=notes
        )
    return answers


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


def _holm(p: dict[Hashable, float], level: float) -> dict[Hashable, tuple[float, float]]:
    """Level of the interval and adjusted p-value of each arm."""
    if not p:
        return {}
    alpha = 1 - level
    adjusted = dict(zip(p, multipletests(list(p.values()), alpha=alpha, method="holm")[1], strict=True))
    order = sorted(p, key=lambda a: p[a])
    levels: dict[Hashable, tuple[float, float]] = {}
    share, open_ = alpha, True
    for rank, arm in enumerate(order):
        if open_:
            share = alpha / (len(p) - rank)
            open_ = p[arm] < share
        levels[arm] = (1 - share if len(p) > 1 else level, float(adjusted[arm]))
    return levels


def _several(arms: int, at: float, p: float, level: float) -> tuple[str, ...]:
    if arms < 2:
        return ()
    return (
        f"{arms} arms are compared with one control; by Holm's rule this range is a {100 * at:.4g}% one and "
        f"its p-value is adjusted (alone it would be {p:.2g}), so that chance shows an effect anywhere among "
        f"them in at most {100 * (1 - level):.3g}% of trials without any.",
    )


def _missing(table: GroupTable, arm: int) -> tuple[str, ...]:
    lost = (table.missing[0], table.missing[arm])
    if not any(lost):
        return ()
    return (
        f"{sum(lost)} rows without an outcome are left out ({lost[1]} of {table.arms[arm]}, {lost[0]} of "
        f"{table.arms[0]}); everyone else counts in the group they were allocated to.",
    )
