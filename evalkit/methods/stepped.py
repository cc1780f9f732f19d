"""Everyone gets it, in an order drawn by lot (stepped wedge): clusters compared with those still to come.

Cluster means by period on cluster and period effects (Hussey and Hughes 2007), CR2 errors by cluster with
Bell-McCaffrey degrees of freedom, so that few clusters do not look like many.
"""

from __future__ import annotations

import numpy as np

from evalkit.estimate import NotEstimable
from evalkit.groups import GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.methods.group_fit import robust
from evalkit.methods.means import constant, from_fit
from evalkit.vocabulary import DesignCode

FEWEST = 4


def applies(table: GroupTable) -> bool:
    """Whether clusters change arm from one period to another."""
    if table.cluster is None or table.period is None:
        return False
    return any(len(set(table.arm[table.cluster == c].tolist())) > 1 for c in set(table.cluster.tolist()))


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare periods with the campaign and periods without, within clusters and periods."""
    assert table.cluster is not None
    assert table.period is not None
    keys, at = np.unique(
        np.column_stack([table.cluster, table.period, table.arm]), axis=0, return_inverse=True
    )
    at = at.ravel()
    n = np.asarray(np.bincount(at, weights=table.n), dtype=float)
    mean = np.asarray(np.bincount(at, weights=table.n * table.mean) / n, dtype=float)
    cluster, period, treated = keys[:, 0], keys[:, 1], keys[:, 2].astype(float)
    clusters = int(cluster.max()) + 1
    columns = [np.ones_like(mean), treated]
    columns += [(cluster == c).astype(float) for c in range(1, clusters)]
    columns += [(period == t).astype(float) for t in range(1, int(period.max()) + 1)]
    x = np.column_stack(columns)
    if clusters < FEWEST or np.linalg.matrix_rank(x) < x.shape[1]:
        return NotEstimable(
            (f"{clusters} clusters do not tell the campaign from the passing of time: at least {FEWEST} are "
             "needed, and in some period some with it and some still without.",),
            ("Add clusters, or periods in which only some have started.",),
        )  # fmt: skip
    off = treated == 0
    x[:, 2:] -= n[off] @ x[off][:, 2:] / n[off].sum()  # so that the first coefficient is the mean without
    fit = robust(mean, x, np.eye(x.shape[1])[1:2], n, cluster.astype(np.intp))
    if not fit.covariance[1, 1] > 0:
        return constant()
    notes = (
        f"{clusters} clusters started at different times in an order drawn by lot; period and cluster are "
        "allowed for, and the effect is taken to be the same from the first period on.",
    )
    return from_fit(
        table, fit.coefficients, fit.covariance, fit.df[0], "stepped wedge", notes, DesignCode.STEPPED
    )
