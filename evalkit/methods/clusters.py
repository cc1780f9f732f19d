"""Groups drawn as a whole (streets, practices, schools): each cluster counts as one observation.

Mean of the people by arm, variance between cluster totals with the CR2 adjustment, corrected for unequal
sizes by the intracluster correlation, t with Bell-McCaffrey degrees of freedom. With equal sizes it is the
t test on cluster means (Donner and Klar 2000).
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np

from evalkit.estimate import NotEstimable
from evalkit.groups import Array, Codes, GroupTable
from evalkit.methods.group_answers import Compared
from evalkit.methods.group_fit import robust
from evalkit.methods.means import constant, from_fit
from evalkit.vocabulary import OutcomeKind

FEWEST = 2  # clusters an arm
MOST_DRAWS = 20_000  # assignments enumerated; above it, as many are drawn with a seed


def compare(table: GroupTable) -> Compared | NotEstimable:
    """Compare two arms of clusters; persons and periods of a cluster are added up first."""
    arm, n, mean = collapse(table)
    counts = [int(np.sum(arm == a)) for a in (0, 1)]
    if min(counts) < FEWEST:
        return NotEstimable(
            (f"There are {counts[0]} clusters without and {counts[1]} with the campaign; each arm needs two "
             "for chance between clusters to be seen.",),
            ("Draw more clusters; more people in the same clusters would not help.",),
        )  # fmt: skip
    x = np.column_stack([np.ones(len(n)), arm == 1]).astype(float)
    rho = correlation(table, arm, n, mean)
    spread = 1 + (n - 1) * (0.05 if rho is None else rho) if table.kind is not OutcomeKind.COUNT else None
    fit = robust(mean, x, np.eye(2)[1:], n, spread=spread if len(n) <= 2000 else None)
    if not fit.covariance[1, 1] > 0:
        return constant()
    effect = _effect(n, rho)
    chance, how = randomisation(arm, n, mean)
    notes = (
        f"{counts[1]} clusters had the campaign, {counts[0]} did not; they, not the people, are the sample.",
        *(() if rho is None else
          (f"Intracluster correlation {rho:.3f}; design effect {effect:.1f}: as good as the people of an "
           f"individual trial divided by that.",)),
        f"Randomisation test ({how}): p = {chance:.3f}.",
    )  # fmt: skip
    found = from_fit(table, fit.coefficients, fit.covariance, fit.df[0], "clusters", notes)
    return replace(found, people=float(n[arm == 1].sum()))


def collapse(table: GroupTable) -> tuple[Codes, Array, Array]:
    """Arm, people and mean of each cluster."""
    pairs, at = _clusters(table)
    n = np.asarray(np.bincount(at, weights=table.n), dtype=float)
    return pairs[:, 0], n, np.asarray(np.bincount(at, weights=table.n * table.mean) / n)


def _clusters(table: GroupTable) -> tuple[Codes, Codes]:
    """Arm and cluster of each cluster, and which one each row belongs to."""
    assert table.cluster is not None
    pairs, at = np.unique(np.column_stack([table.arm, table.cluster]), axis=0, return_inverse=True)
    return pairs, at.ravel()


def correlation(table: GroupTable, arm: Codes, n: Array, mean: Array) -> float | None:
    """Intracluster correlation by analysis of variance; None where the spread within is not known."""
    if table.kind is OutcomeKind.SHARE:
        within = float(np.sum(n * mean * (1 - mean)))
    elif table.persons:
        within = float(np.sum((table.mean - mean[_clusters(table)[1]]) ** 2))
    elif table.sd is not None:
        within = float(np.sum((table.n - 1) * table.sd**2))
    else:
        return None
    people, clusters, arms = float(n.sum()), len(n), len(set(arm.tolist()))
    if people <= clusters or clusters <= arms:
        return None
    grand = np.array([n[arm == a] @ mean[arm == a] / n[arm == a].sum() for a in (0, 1)])
    between = float(n @ (mean - grand[arm]) ** 2) / (clusters - arms)
    inside = within / (people - clusters)
    size = (people - sum(float(np.sum(n[arm == a] ** 2) / n[arm == a].sum()) for a in (0, 1))) / (
        clusters - arms
    )
    below = between + (size - 1) * inside
    return float(np.clip((between - inside) / below, 0.0, 1.0)) if below > 0 else None


def _effect(n: Array, rho: float | None) -> float:
    """Design effect with unequal sizes (Eldridge, Ashby and Kerry 2006)."""
    return 1.0 + (float(n @ n / n.sum()) - 1.0) * (rho or 0.0)


def randomisation(arm: Codes, n: Array, mean: Array, seed: int = 0) -> tuple[float, str]:
    """Share of all assignments with a studentised difference at least as large, and how they were listed."""
    clusters, treated = len(arm), int(np.sum(arm == 1))
    total = math.comb(clusters, treated)
    if total <= MOST_DRAWS:
        picks = np.array(list(combinations(range(clusters), treated)))
        draws = np.zeros((total, clusters))
        np.put_along_axis(draws, picks, 1.0, axis=1)
        how = f"all {total:,} assignments, so no p-value below {1 / total:.3f} is possible"
    else:
        rng = np.random.default_rng(seed)
        order = np.argsort(rng.random((MOST_DRAWS, clusters)), axis=1)
        draws = (order < treated).astype(float)
        how = f"{MOST_DRAWS:,} seeded draws"
    statistics = _studentised(draws, n, mean)
    seen = _studentised((arm == 1)[None].astype(float), n, mean)[0]
    hits = int(np.sum(statistics >= seen - 1e-9))
    return (hits / total if total <= MOST_DRAWS else (hits + 1) / (MOST_DRAWS + 1)), how


def _studentised(draws: Array, n: Array, mean: Array) -> Array:
    """|difference| over its standard error between clusters, for each row of assignments."""
    size = []
    for chosen in (draws, 1 - draws):
        people = chosen @ n
        centre = chosen @ (n * mean) / people
        squares = (
            chosen @ (n * mean) ** 2 - 2 * centre * (chosen @ (n**2 * mean)) + centre**2 * (chosen @ n**2)
        )
        size.append((centre, np.maximum(squares, 0) / people**2))
    (one, v1), (other, v0) = size
    return np.asarray(np.abs(one - other) / np.sqrt(np.maximum(v1 + v0, 1e-300)))
