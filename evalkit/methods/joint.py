"""Several dose responses in one regression, their shapes and the errors integrated.

1. Arrays in, arrays out; the calendar's terms are projected out once per error covariance and prior scale,
   and what is left for each combination of shapes is a system with one row per campaign.
2. Nothing is optimised: every node has the weight of its prior mass times its restricted likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.methods.engine import Array, Term, Whole

KEPT_MASS = 0.998  # of the error nodes and prior scales, at the reference shapes
KEPT_NODES = 60  # of them, at most
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Grams:
    """Products of whitened columns: p of the calendar, Z - 1 of doses, the outcome last.

    Attributes
    ----------
    products : (E, p + Z, p + Z) array
        One entry an error node.
    log : (E,) array
        Log prior mass less half the log determinant, and whatever else depends on the node alone.
    df : int
        Observations less flat coefficients.
    """

    products: Array
    log: Array
    df: int


@dataclass(frozen=True, slots=True)
class Reduced:
    """Retained nodes with the calendar projected out.

    Attributes
    ----------
    products : (N, Z, Z) array
    back : (N, p, Z) array
        Calendar coefficients that each column takes with it.
    log : (N,) array
    error : (N,) integer array
    df : int
    """

    products: Array
    back: Array
    log: Array
    error: Whole
    df: int

    def some(self, count: int) -> Reduced:
        """The heaviest nodes."""
        return replace(
            self,
            products=self.products[:count],
            back=self.back[:count],
            log=self.log[:count],
            error=self.error[:count],
        )


def prior_grid(terms: Sequence[Term]) -> tuple[Array, Array]:
    """All combinations of the terms' prior scales as precisions, (S, p), with their log mass."""
    if not terms:
        return np.zeros((1, 0)), np.zeros(1)
    picks = np.indices([t.mass.size for t in terms]).reshape(len(terms), -1)
    scales = np.hstack([t.scales[i] for t, i in zip(terms, picks, strict=True)])
    mass = np.prod([t.mass[i] for t, i in zip(terms, picks, strict=True)], axis=0)
    return scales**-2.0, np.log(mass)


def reduce(
    grams: Grams, precision: Array, log_mass: Array, references: Whole, own: Array, keep: int
) -> Reduced:
    """Project the calendar out where it matters.

    Parameters
    ----------
    grams : Grams
    precision : (S, p) array
        Of the calendar's coefficients; 0 is flat.
    log_mass : (S,) array
    references : (R, K) integer array
        Dose columns at whose shapes nodes are compared, counted from 0 among the dose columns.
    own : (K,) array
        Prior precision of the doses' coefficients.
    keep : int
        Nodes at most.
    """
    p = precision.shape[1]
    E, S = grams.log.size, log_mass.size
    log = np.full((E, S), -np.inf)
    for reference in references:
        at = np.concatenate([np.arange(p), p + reference, [grams.products.shape[1] - 1]])
        small = grams.products[:, at[:, None], at[None, :]]
        for e in range(E):
            M = np.repeat(small[e][None], S, axis=0)
            diagonal = np.arange(p + own.size)
            M[:, diagonal, diagonal] += np.hstack([precision, np.tile(own, (S, 1))])
            M[:, -1, -1] *= 1 + 1e-11
            pivots = np.log(np.diagonal(np.linalg.cholesky(M), axis1=1, axis2=2))
            found = -pivots[:, :-1].sum(axis=1) - grams.df * pivots[:, -1]
            log[e] = np.logaddexp(log[e], found)
    proper = 0.5 * np.log(np.where(precision > 0, precision, 1.0)).sum(axis=1)
    fixed = grams.log[:, None] + log_mass + proper
    weight = np.exp(log + fixed - (log + fixed).max())
    order = np.argsort(-weight, axis=None, kind="stable")
    share = np.cumsum(weight.ravel()[order]) / weight.sum()
    kept = order[: min(int(np.searchsorted(share, KEPT_MASS)) + 1, keep)]
    error, scale = np.unravel_index(kept, weight.shape)
    G = grams.products[error]
    B = G[:, :p, :p].copy()
    B[:, np.arange(p), np.arange(p)] += precision[scale]
    back: Array = np.asarray(np.linalg.solve(B, G[:, :p, p:]), dtype=float)
    left: Array = np.asarray(G[:, p:, p:] - G[:, p:, :p] @ back, dtype=float)
    pivots = np.asarray(np.linalg.slogdet(B)[1], dtype=float)
    log_rest = np.asarray(fixed[error, scale] - 0.5 * pivots, dtype=float)
    return Reduced(left, back, log_rest, np.asarray(error, dtype=np.intp), grams.df)


def weigh(reduced: Reduced, combos: Whole, log_prior: Array, own: Array) -> tuple[Array, Array]:
    """Log weight of every node and combination of shapes, and the sum of the coefficients, (N, M) arrays.

    Parameters
    ----------
    reduced : Reduced
    combos : (M, K) integer array
        Dose column of each campaign.
    log_prior : (M,) array
    own : (M, K) or (K,) array
        Prior precision of the doses' coefficients.
    """
    N, (M, K) = reduced.log.size, combos.shape
    own = np.broadcast_to(own, (M, K))
    log, joint = np.empty((N, M)), np.empty((N, M))
    last = reduced.products.shape[1] - 1
    for first in range(0, M, CHUNK):  # chunks that stay in the processor's cache
        part = slice(first, first + CHUNK)
        at, ridge = [*combos[part].T, last], np.ascontiguousarray(own[part].T)
        for n in range(N):
            log[n, part], joint[n, part] = _factor(reduced.products[n], at, ridge, reduced.df)
    fixed = 0.5 * np.log(own).sum(axis=1)
    return log + (log_prior + fixed) + reduced.log[:, None], joint


def _factor(R: Array, at: Sequence[Whole | int], own: Array, df: int) -> tuple[Array, Array]:
    """Cholesky factor of many small systems at once: log of likelihood, and the sum of the coefficients."""
    K = own.shape[0]
    L: list[list[Array]] = []
    log: Array = np.zeros(np.shape(at[0]))
    for i in range(K + 1):
        row: list[Array] = []
        for j in range(i + 1):
            value = R[at[i], at[j]]
            for k in range(j):
                value = value - row[k] * (L[j][k] if j < i else row[k])
            if j < i:
                row.append(value / L[j][j])
            elif i < K:
                row.append(np.sqrt(np.maximum(value + own[i], 1e-300)))
                log = log - np.log(row[i])
            else:
                log = log - 0.5 * df * np.log(np.maximum(value, 1e-11 * R[-1, -1]))
        L.append(row)
    coef: list[Array] = [log] * K
    for i in range(K - 1, -1, -1):
        left = L[K][i]
        for k in range(i + 1, K):
            left = left - L[k][i] * coef[k]
        coef[i] = left / L[i][i]
    return log, np.sum(coef, axis=0)


def solve(reduced: Reduced, node: Whole, combos: Whole, own: Array) -> tuple[Array, Array]:
    """Coefficients and their scale matrices at chosen nodes, (N, K) and (N, K, K) arrays."""
    K = combos.shape[1]
    R, at = reduced.products, node[:, None]
    A = R[at[:, :, None], combos[:, :, None], combos[:, None, :]]
    A[:, np.arange(K), np.arange(K)] += own
    b, whole = R[at, combos, -1], R[node, -1, -1]
    inverse = np.linalg.inv(A)
    coef = np.einsum("nkl,nl->nk", inverse, b)
    left = np.maximum(whole - np.einsum("nk,nk->n", coef, b), 1e-11 * whole)
    return coef, inverse * (left / reduced.df)[:, None, None]
