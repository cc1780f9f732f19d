"""Two means, or shares with covariates, strata or weights.

Rows of persons: least squares with every covariate centred and multiplied by the arm (Lin 2013), HC2 errors
and Bell-McCaffrey degrees of freedom. Clusters, as persons or as sums: CR2, and covariates and strata without
the multiplication, so that clusters drawn in pairs leave an error (that of the pairs' differences). Other
rows of groups: the strata's differences, weighted by their people, with Welch's degrees of freedom.
"""

from __future__ import annotations

import math

import numpy as np

from evalkit.estimate import NotEstimable
from evalkit.groups import Array, GroupTable
from evalkit.methods.group_answers import Compared, by_t
from evalkit.methods.group_fit import robust
from evalkit.vocabulary import DesignCode, OutcomeKind


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare the second arm of a table with the first."""
    return _regression(table) if table.persons or table.cluster is not None else _cells(table)


def _regression(table: GroupTable) -> Compared | NotEstimable:
    treated = table.arm.astype(float)
    clustered = table.cluster is not None
    share = table.n if table.weight is None else table.n * table.weight
    extra = [table.covariates]
    if table.stratum is not None:
        extra.append((table.stratum[:, None] == np.arange(1, table.stratum.max() + 1)).astype(float))
    beside = np.hstack(extra)
    beside = beside[:, np.ptp(beside, axis=0) > 0] if beside.size else beside
    centred = beside - share @ beside / share.sum()
    by_arm = np.empty((len(treated), 0)) if clustered else centred * treated[:, None]
    x = np.column_stack([np.ones_like(treated), treated, centred, by_arm])
    drawn = np.arange(len(treated)) if table.cluster is None else table.cluster
    counts = [len(np.unique(drawn[table.arm == a])) for a in (0, 1)]
    fewest = sum(counts) - centred.shape[1] if clustered else min(counts)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return NotEstimable(
            ("Covariates or strata repeat one another, or one does not vary within an arm.",),
            ("Leave one of them out, or join strata.",),
        )
    if clustered and (min(counts) < 2 or fewest < 3):
        return NotEstimable(
            (f"There are {counts[0]} clusters without and {counts[1]} with the campaign, too few for "
             f"{centred.shape[1]} covariates and strata.",),
            ("Use fewer covariates, join strata, or draw more clusters.",),
        )  # fmt: skip
    if not clustered and fewest < 2 + centred.shape[1]:
        return NotEstimable(
            (f"An arm has {fewest} people, too few for {centred.shape[1]} covariates and strata.",),
            ("Use fewer covariates, join strata, or wait for more people.",),
        )
    contrasts = np.eye(x.shape[1])[:2]
    weighed = None if table.persons and table.weight is None else share
    fit = robust(table.mean, x, contrasts, weighed, table.cluster)
    if not fit.covariance[1, 1] > 0:
        return constant()
    notes = []
    if clustered:
        notes.append(
            f"{counts[1]} clusters had the campaign, {counts[0]} did not; they, not the people, are the "
            "sample."
        )
    if table.weight is not None:
        kish = float(len(share) * np.sum(table.weight**2) / table.weight.sum() ** 2)
        notes.append(f"Weights are as good as dividing the sample by {kish:.2f} (Kish's design effect).")
    if centred.shape[1]:
        how = "" if clustered else ", each by arm (Lin 2013)"
        notes.append(f"Adjusted for {centred.shape[1]} covariates or strata{how}.")
    return from_fit(table, fit.coefficients, fit.covariance, fit.df[1], "ancova", tuple(notes))


def from_fit(
    table: GroupTable,
    coefficients: Array,
    covariance: Array,
    df: float,
    method: str,
    notes: tuple[str, ...],
    design: DesignCode | None = None,
) -> Compared:
    """Control mean and difference are the first two coefficients."""
    control, point = float(coefficients[0]), float(coefficients[1])
    ends, ratio, ratio_ends, p = by_t(
        control, point, float(covariance[0, 0]), float(covariance[1, 1]), float(covariance[0, 1]), df
    )
    if not control > 0:
        ratio = None
    clustered = DesignCode.RANDOMISED if table.cluster is None else DesignCode.CLUSTER_RANDOMISED
    return Compared(
        point, ends, ratio, ratio_ends, p, math.sqrt(float(covariance[1, 1])), df,
        float(np.sum(table.n[table.arm == 1])), method, design or clustered, notes,
    )  # fmt: skip


def _cells(table: GroupTable) -> Compared | NotEstimable:
    """Rows of groups: means or shares with their spread, in strata or weighted."""
    spread = variances(table)
    if spread is None:
        return NotEstimable(
            ("A mean without its standard deviation says nothing about how far chance moves it.",),
            ("Give the standard deviation of each row, or rows of persons.",),
        )
    strata = np.zeros(len(table.n), dtype=np.intp) if table.stratum is None else table.stratum
    scaled = table.n if table.weight is None else table.n * table.weight
    lean = np.zeros((2, len(table.n)))
    for s in range(int(strata.max()) + 1):
        here = strata == s
        for a in (0, 1):
            rows = here & (table.arm == a)
            if not rows.any():
                return NotEstimable(
                    ("A stratum has only one of the two arms, so they cannot be compared in it.",),
                    ("Join strata, or leave the stratum out of both arms.",),
                )
            lean[a, rows] = scaled[rows] / scaled[rows].sum() * scaled[here].sum() / scaled.sum()
    if not (table.n > 1).all():
        return NotEstimable(
            ("A row has one person, whose spread is not known.",), ("Give rows of at least two people.",)
        )
    parts = spread / table.n
    var = [float(lean[a] ** 2 @ parts) for a in (0, 1)]
    if not sum(var) > 0:
        return constant()
    df = sum(var) ** 2 / float(((lean[0] + lean[1]) ** 2 * parts) ** 2 @ (1 / (table.n - 1)))
    control, treated = (float(lean[a] @ table.mean) for a in (0, 1))
    covariance = np.array([[var[0], -var[0]], [-var[0], sum(var)]])
    return from_fit(table, np.array([control, treated - control]), covariance, df, "means", ())


def variances(table: GroupTable) -> Array | None:
    """Variance between the people of each row."""
    if table.kind is OutcomeKind.SHARE:
        return np.asarray(table.mean * (1 - table.mean) * table.n / np.maximum(table.n - 1, 1))
    return None if table.sd is None else np.asarray(table.sd**2)


def constant() -> NotEstimable:
    """Nothing varies, so chance cannot be judged."""
    return NotEstimable(
        ("The outcome does not vary within the arms, so chance cannot be told from an effect.",),
        ("Use an outcome that is recorded more finely, or more people.",),
    )
