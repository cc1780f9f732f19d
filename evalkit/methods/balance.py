"""Whether the groups were alike beforehand: each measure goes through the comparison that the outcome does.

1. The size is a standardised difference, which does not grow with the number of people (Austin 2009, Statist.
   Med. 28:3083); the p-value is that of the very comparison, so clusters and weights count.
2. Nothing is tested that the campaign could have changed: only columns named as known beforehand, and the
   earlier of two waves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from evalkit.estimate import NotEstimable
from evalkit.group_study import Balance
from evalkit.groups import Array, GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.vocabulary import OutcomeKind

BEFORE = "the outcome in the earlier wave"
Compare = Callable[[GroupTable], Compared | NotEstimable]


def balance(table: GroupTable, compare: Compare) -> tuple[Balance, ...]:
    """Set the groups of a table side by side on everything known beforehand.

    Parameters
    ----------
    table : GroupTable
        With covariates, or with two waves.
    compare : callable
        The comparison of two arms.
    """
    if table.unit is not None and table.wave is None:
        return ()  # the same people in both groups
    found: list[Balance] = []
    for k, name in enumerate(table.names):
        column = table.covariates[:, k]
        yes_no = bool(np.isin(column, (0.0, 1.0)).all())
        kind = OutcomeKind.SHARE if yes_no else OutcomeKind.LEVEL
        bare = replace(
            table, kind=kind, mean=column, sd=None, covariates=np.empty((len(column), 0)), names=(), wave=None
        )
        found += of_measure(name, bare, compare)
    if table.wave is not None:
        found += of_measure(BEFORE, _earlier(table), compare)
    return tuple(found)


def of_measure(name: str, table: GroupTable, compare: Compare) -> list[Balance]:
    """Set every group beside the control on one measure.

    Parameters
    ----------
    name : str
        Of the measure.
    table : GroupTable
        With the measure in the outcome's place.
    compare : callable
    """
    found = []
    for i, arm in enumerate(table.arms[1:], start=1):
        pair = table.pair(i)
        means = [_mean(pair, a) for a in (0, 1)]
        spreads = [_variance(pair, a) for a in (0, 1)]
        answer = compare(pair)
        found.append(
            Balance(
                name,
                str(arm),
                means[0],
                means[1],
                _standardised(means, spreads),
                answer.p_value if isinstance(answer, Compared) else None,
            )
        )
    return found


def _earlier(table: GroupTable) -> GroupTable:
    """The rows of the earlier wave."""
    keep = np.zeros(len(table.n), dtype=bool) if table.wave is None else np.asarray(table.wave == 0)
    take: Any = lambda a: None if a is None else a[keep]  # noqa: E731
    return replace(
        table, arm=table.arm[keep], n=table.n[keep], mean=table.mean[keep], sd=take(table.sd), wave=None,
        cluster=take(table.cluster), stratum=take(table.stratum), unit=None, period=take(table.period),
        weight=take(table.weight), covariates=np.empty((int(np.sum(keep)), 0)), names=(),
    )  # fmt: skip


def _share(pair: GroupTable, arm: int) -> Array:
    at = pair.arm == arm
    size = pair.n[at] if pair.weight is None else pair.n[at] * pair.weight[at]
    return np.asarray(size / size.sum())


def _mean(pair: GroupTable, arm: int) -> float:
    return float(_share(pair, arm) @ pair.mean[pair.arm == arm])


def _variance(pair: GroupTable, arm: int) -> float | None:
    """Between the people of one arm; None where rows of groups come without their spread."""
    mean, at = _mean(pair, arm), pair.arm == arm
    if pair.kind is OutcomeKind.SHARE:
        return mean * (1 - mean)
    within = 0.0 if pair.sd is None else pair.sd[at] ** 2
    if pair.sd is None and not pair.persons:
        return None
    return float(_share(pair, arm) @ (within + (pair.mean[at] - mean) ** 2))


def _standardised(means: list[float], spreads: list[float | None]) -> float | None:
    known = [s for s in spreads if s is not None]
    if len(known) < 2:
        return None
    root = math.sqrt(sum(known) / 2)
    if root > 0:
        return (means[1] - means[0]) / root
    return 0.0 if means[0] == means[1] else math.copysign(math.inf, means[1] - means[0])
