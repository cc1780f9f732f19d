"""Products of whitened columns for the joint model: one series, or many areas with ups and downs in common.

1. Many areas are turned into their precision-weighted mean and the departures from it, which are independent:
   the mean has the calendar and the common shocks, the departures have each area's own errors and level.
2. A missing figure has a column of its own, so that the rest is as if the cell were not there; a period
   without any figure is passed over.

References: Pesaran (2006) on common effects in panels, of which the rotation is the Gaussian case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.methods.engine import Array, Errors, Noise, Seen, Whole, whiten
from evalkit.methods.joint import Grams

COMMON = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)  # variance of the mean over that of areas moving alone
OWN_NODES = 3  # error nodes of the departures that are kept, at most
MEAN_NODES = 60  # error nodes of the mean and variance ratios that are kept
AREAS_AT_ONCE = 4e6  # numbers whitened in one go


@dataclass(frozen=True, slots=True)
class Cells:
    """Outcome and doses by period and area, standardised.

    Attributes
    ----------
    outcome : (n, A) array
        NaN where there is no figure to use.
    columns : (n, A, m) array
        Dose responses.
    variance : (A,) array
        Relative noise variance of the areas.
    noise : (n,) array
        Relative variance of the independent part, of a single series.
    """

    outcome: Array
    columns: Array
    variance: Array
    noise: Array


def grams(cells: Cells, base: Array, errors: Errors, references: Whole) -> tuple[Grams, Errors]:
    """Products for every error node, and the error covariance of the mean series at each.

    Parameters
    ----------
    cells : Cells
    base : (n, p) array
        Calendar columns with the intercept last.
    errors : Errors
    references : (K,) integer array
        Columns at which error nodes of a panel are chosen.
    """
    if cells.outcome.shape[1] == 1:
        return _single(cells, base, errors)
    return _panel(cells, base, errors, references)


def _single(cells: Cells, base: Array, errors: Errors) -> tuple[Grams, Errors]:
    """One series."""
    y = cells.outcome[:, 0]
    seen = np.isfinite(y)
    every = np.column_stack([base, cells.columns[:, 0], np.where(seen, y, 0.0)])
    white, logdet = whiten(every, seen, Noise.steady(cells.noise), errors)
    products = white.transpose(0, 2, 1) @ white
    return Grams(products, np.log(errors.mass) - 0.5 * logdet, int(seen.sum()) - 1), errors


def gaps(outcome: Array) -> tuple[Whole, Whole]:
    """Cells without a figure in periods in which another area has one."""
    seen = np.isfinite(outcome)
    t, a = np.nonzero(~seen & seen.any(axis=1, keepdims=True))
    return t, a


def _panel(cells: Cells, base: Array, errors: Errors, references: Whole) -> tuple[Grams, Errors]:
    """Many areas: products of mean and departures, added up over the pairs of error nodes that matter."""
    n, A = cells.outcome.shape
    t, a = gaps(cells.outcome)
    seen: Seen = np.asarray(np.isfinite(cells.outcome).any(axis=1), dtype=bool)
    precision = 1 / cells.variance
    total = precision.sum()
    blank = np.zeros((n, A, t.size))
    blank[t, a, np.arange(t.size)] = 1.0
    outcome = np.nan_to_num(cells.outcome)[:, :, None]

    def mean(x: Array) -> Array:
        return np.asarray(np.einsum("nam,a->nm", x, precision) / total, dtype=float)

    p, m = base.shape[1], cells.columns.shape[2]
    small = np.concatenate([blank, cells.columns[:, :, references], outcome], axis=2)
    own, own_log = _departures(small, mean(small), cells.variance, seen, errors)
    best = _best_own(own, own_log, errors, int(seen.sum()) * (A - 1) - (A - 1) - t.size)
    full = np.concatenate([blank, cells.columns, outcome], axis=2)
    middle = mean(full)
    parts, _ = _departures(full, middle, cells.variance, seen, errors.some(best))
    white, logdet = whiten(np.column_stack([base, middle]), seen, Noise.steady(np.ones(n)), errors)
    means = white.transpose(0, 2, 1) @ white
    df = int(seen.sum()) * A - t.size - A
    q = p + t.size + m + 1
    log = (
        (np.log(errors.mass)[best] + own_log[best])[:, None, None]
        + (np.log(errors.mass) - 0.5 * logdet)[None, :, None]
        - 0.5 * int(seen.sum()) * np.log(np.array(COMMON))[None, None]
    )
    at = np.r_[np.arange(p + t.size), p + t.size + references, q - 1]
    kept = _best_pairs(parts, means, total, log, at, p, df)
    products = np.empty((kept.shape[0], q, q))
    for i, (o, c, r) in enumerate(kept):
        products[i] = means[c] * (total / COMMON[r])
        products[i, p:, p:] += parts[o]
    chosen = tuple(kept.T)
    return Grams(products, log[chosen], df), errors.some(kept[:, 1])


def _departures(x: Array, middle: Array, variance: Array, seen: Seen, errors: Errors) -> tuple[Array, Array]:
    """Products of the areas' departures from the mean, each area's level projected out; log determinants."""
    n, A, m = x.shape
    C = errors.rho.size
    out, log = np.zeros((C, m, m)), np.zeros(C)
    scale = np.sqrt(variance)[:, None]
    still = Noise.steady(np.ones(n))
    one, logdet = whiten(np.ones((n, 1)), seen, still, errors)
    size = np.einsum("cnk,cnk->c", one, one)
    step = max(1, int(AREAS_AT_ONCE / (n * m * C)))
    for first in range(0, A, step):
        some = slice(first, first + step)
        part = (x[:, some] - middle[:, None]) / scale[some]
        white, _ = whiten(part.reshape(n, -1), seen, still, errors)
        level = np.einsum("cnk,cnq->cq", one, white) / size[:, None]
        white = white - one * level[:, None, :]
        stacked = white.reshape(C, -1, part.shape[1], m).reshape(C, -1, m)
        out += stacked.transpose(0, 2, 1) @ stacked
    log = -0.5 * (A - 1) * (logdet + np.log(size))
    return out, log


def _best_own(own: Array, log: Array, errors: Errors, df: int) -> Whole:
    """Error nodes of the departures that carry weight."""
    found = np.empty(log.size)
    for c in range(log.size):
        pivots = _pivots(own[c], np.zeros(own.shape[1] - 1))
        found[c] = np.log(errors.mass[c]) + log[c] - pivots[:-1].sum() - df * pivots[-1]
    order = np.argsort(-found, kind="stable")[:OWN_NODES]
    return np.asarray(order[found[order] > found[order[0]] - 7], dtype=np.intp)


def _best_pairs(parts: Array, means: Array, total: float, log: Array, at: Whole, p: int, df: int) -> Whole:
    """Combinations of own errors, common errors and variance ratio that carry weight, (N, 3)."""
    found = np.empty(log.shape)
    tail = at[p:] - p
    for o in range(parts.shape[0]):
        own = parts[o][np.ix_(tail, tail)]
        for c in range(means.shape[0]):
            common = means[c][np.ix_(at, at)]
            for r, ratio in enumerate(COMMON):
                M = common * (total / ratio)
                M[p:, p:] += own
                pivots = _pivots(M, np.r_[np.full(p - 1, 1e-6 * total), np.zeros(at.size - p)])
                found[o, c, r] = log[o, c, r] - pivots[:-1].sum() - df * pivots[-1]
    order = np.argsort(-found, axis=None, kind="stable")[:MEAN_NODES]
    order = order[found.ravel()[order] > found.max() - 9]
    return np.column_stack(np.unravel_index(order, found.shape)).astype(np.intp)


def _pivots(M: Array, own: Array) -> Array:
    """Log pivots of a Gram matrix with the outcome last, columns that add nothing made harmless."""
    K = M.copy()
    d = np.arange(M.shape[0] - 1)
    K[d, d] += own + 1e-9 * np.maximum(np.diagonal(M)[:-1], 1e-12)
    K[-1, -1] *= 1 + 1e-11
    return np.asarray(np.log(np.diagonal(np.linalg.cholesky(K))), dtype=float)
