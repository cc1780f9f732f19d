"""Two arms in two waves: the change in one less the change in the other.

Rows of persons: arm, wave and their product, with CR2 errors by cluster or by person. Rows of groups: the
four means with their spread.
"""

from __future__ import annotations

import numpy as np

from evalkit.estimate import NotEstimable
from evalkit.groups import GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.methods.group_fit import robust
from evalkit.methods.means import constant, from_fit, variances
from evalkit.vocabulary import DesignCode


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare the change of the second arm with that of the first."""
    assert table.wave is not None
    cells = [(a, w) for a in (0, 1) for w in (0, 1)]
    at = {c: (table.arm == c[0]) & (table.wave == c[1]) for c in cells}
    if not all(rows.any() for rows in at.values()):
        return NotEstimable(("An arm lacks one of the two waves.",), ("Give both waves of every arm.",))
    notes = ("The change in the control group stands in for what would have happened.",)
    if table.persons or table.cluster is not None:
        a, w = table.arm.astype(float), table.wave.astype(float)
        design = np.column_stack([np.ones_like(a), a * w, a, w])
        group = table.cluster if table.cluster is not None else table.unit
        weight = table.n if table.weight is None else table.n * table.weight
        fit = robust(table.mean, design, np.eye(4)[1:2], weight, group)
        if not fit.covariance[1, 1] > 0:
            return constant()
        pick = np.array([[1.0, 0, 1, 1], [0, 1, 0, 0]])
        return from_fit(
            table, pick @ fit.coefficients, pick @ fit.covariance @ pick.T, fit.df[0], "changes", notes,
            DesignCode.DIFFERENCE,
        )  # fmt: skip
    spread = variances(table)
    if spread is None or not (table.n > 1).all():
        return NotEstimable(
            ("The spread within a group is not known.",), ("Give standard deviations, or rows of persons.",)
        )
    lean = np.zeros((2, len(table.n)))
    for (arm, wave), rows in at.items():
        share = table.n[rows] * (1 if table.weight is None else table.weight[rows])
        share = share / share.sum()
        lean[1, rows] = share * (1 if arm == wave else -1)
        lean[0, rows] = share * ((arm == 1 and wave == 0) or (arm == 0 and wave == 1)) - share * (
            arm == 0 and wave == 0
        )
    parts = spread / table.n
    covariance = (lean * parts) @ lean.T
    if not covariance[1, 1] > 0:
        return constant()
    df = covariance[1, 1] ** 2 / float((lean[1] ** 2 * parts) ** 2 @ (1 / (table.n - 1)))
    return from_fit(table, lean @ table.mean, covariance, float(df), "changes", notes, DesignCode.DIFFERENCE)
