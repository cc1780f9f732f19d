"""The same people asked twice: each is compared with themselves.

Shares: Tango's score interval (1998), whose test of no change is McNemar's. Means and weighted or clustered
panels: the mean of the changes with CR2 errors.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri
from statsmodels.stats.contingency_tables import mcnemar

from evalkit.estimate import NotEstimable
from evalkit.groups import Array, Codes, GroupTable
from evalkit.methods.group_answers import Compared, by_t
from evalkit.methods.group_fit import robust
from evalkit.methods.means import constant
from evalkit.vocabulary import DesignCode, OutcomeKind


def applies(table: GroupTable) -> bool:
    """Whether units have a row in both arms."""
    if table.unit is None:
        return False
    return bool(set(table.unit[table.arm == 0].tolist()) & set(table.unit[table.arm == 1].tolist()))


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare the two rows of every unit; units with one row are counted and left out by name."""
    assert table.unit is not None
    first, second = (
        dict(zip(table.unit[table.arm == a].tolist(), np.flatnonzero(table.arm == a), strict=True))
        for a in (0, 1)
    )
    if len(first) + len(second) < len(table.unit):
        return NotEstimable(
            ("Some units have more than one row in the same group.",),
            ("Give each unit one row before and one after, or leave unit out.",),
        )
    both = [u for u in first if u in second]
    before = np.array([first[u] for u in both], dtype=np.intp)
    after = np.array([second[u] for u in both], dtype=np.intp)
    alone = len(first) + len(second) - 2 * len(both)
    notes: tuple[str, ...] = (f"{len(both):,} units have both figures and are compared with themselves.",)
    notes += (f"{alone:,} units with only one figure are left out.",) if alone else ()
    if len(both) < 2:
        return NotEstimable(("Fewer than two units have both figures.",), ("Ask the same people twice.",))
    weight = None if table.weight is None else table.weight[after]
    cluster = None if table.cluster is None else np.unique(table.cluster[after], return_inverse=True)[1]
    if table.kind is OutcomeKind.SHARE and weight is None and cluster is None:
        return _shares(table.mean[before], table.mean[after], notes)
    return _changes(table.mean[before], table.mean[after], weight, cluster, notes)


def _shares(before: Array, after: Array, notes: tuple[str, ...]) -> Compared:
    n = len(before)
    gained = float(np.sum((before == 0) & (after == 1)))
    lost = float(np.sum((before == 1) & (after == 0)))
    kept = float(np.sum((before == 1) & (after == 1)))
    point = (gained - lost) / n

    def signed(delta: float) -> float:
        b = -gained - lost + (2 * n - gained + lost) * delta
        inner = max(b**2 + 8 * n * lost * delta * (1 - delta), 0.0)
        q = (math.sqrt(inner) - b) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return (gained - lost - n * delta) / math.sqrt(max(variance, 1e-12))

    def ends(level: float) -> tuple[float, float]:
        z, edge = float(ndtri(0.5 + level / 2)), 1 - 1e-9
        low = -1.0 if signed(-edge) < z else float(brentq(lambda d: signed(d) - z, -edge, point))
        high = 1.0 if signed(edge) > -z else float(brentq(lambda d: signed(d) + z, point, edge))
        return low, high

    def ratio_ends(level: float) -> tuple[float, float]:
        if not (kept + lost and kept + gained):
            return -1.0, math.inf
        z = float(ndtri(0.5 + level / 2))
        spread = z * math.sqrt((gained + lost) / ((kept + gained) * (kept + lost)))
        middle = math.log((kept + gained) / (kept + lost))
        return math.exp(middle - spread) - 1, math.exp(middle + spread) - 1

    test = mcnemar([[kept, lost], [gained, 0]], exact=False, correction=False) if gained + lost else None
    error = math.sqrt(max(gained + lost + 1 - (gained - lost) ** 2 / n, 1e-12)) / n
    return Compared(
        point, ends, (kept + gained) / (kept + lost) - 1 if kept + lost else None, ratio_ends,
        1.0 if test is None else float(test.pvalue), error, math.inf, float(n), "paired shares",
        DesignCode.BEFORE_AFTER, notes,
    )  # fmt: skip


def _changes(
    before: Array, after: Array, weight: Array | None, cluster: Codes | None, notes: tuple[str, ...]
) -> Compared | NotEstimable:
    one = np.ones((len(before), 1))
    share = one[:, 0] if weight is None else weight
    group = None if cluster is None else np.asarray(cluster, dtype=np.intp).ravel()
    change = robust(after - before, one, np.eye(1), weight, group)
    start = robust(before, one, np.eye(1), weight, group)
    end = robust(after, one, np.eye(1), weight, group)
    var = float(change.covariance[0, 0])
    if not var > 0 or not change.df[0] > 0:
        return constant()
    v0, v1 = float(start.covariance[0, 0]), float(end.covariance[0, 0])
    control, point = float(start.coefficients[0]), float(change.coefficients[0])
    ends, ratio, ratio_ends, p = by_t(control, point, v0, var, (v1 - v0 - var) / 2, change.df[0])
    if group is not None:
        notes += (f"{int(group.max()) + 1} clusters are the sample, not the units within them.",)
    if weight is not None:
        kish = len(share) * float(share @ share) / float(share.sum()) ** 2
        notes += (f"Kish's design effect of the weights is {kish:.2f}.",)
    return Compared(
        point, ends, ratio if control > 0 else None, ratio_ends, p, math.sqrt(var), change.df[0],
        float(len(before)), "paired means", DesignCode.BEFORE_AFTER, notes,
    )  # fmt: skip
