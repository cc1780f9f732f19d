"""Weighted least squares with errors that hold for few and unequal groups (HC2 and CR2).

1. The variance is leverage-adjusted and the degrees of freedom are those of Bell and McCaffrey (2002),
   so that t intervals cover with a dozen groups (Imbens and Kolesar 2016; Pustejovsky and Tipton 2018).
2. Groups of one row give HC2; nothing of the size of rows by rows is formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients, their robust covariance, and degrees of freedom for each contrast asked."""

    coefficients: Array
    covariance: Array
    df: tuple[float, ...]


def robust(
    y: Array,
    x: Array,
    contrasts: Array,
    weight: Array | None = None,
    group: Codes | None = None,
    spread: Array | None = None,
) -> Fit:
    """Fit y on x.

    Parameters
    ----------
    y : (N,) array
    x : (N, k) array
    contrasts : (m, k) array
        Linear functions of the coefficients whose degrees of freedom are wanted.
    weight : (N,) array, optional
    group : (N,) codes, optional
        Rows whose errors go together; each row by itself where not given.
    spread : (N,) array, optional
        Variance of each weighted row under the working model, up to a factor; rows without groups only. It
        corrects the variance and the degrees of freedom for rows of unequal reliability.
    """
    root = np.ones_like(y) if weight is None else np.sqrt(weight)
    z, a = y * root, x * root[:, None]
    inverse: Array = np.asarray(np.linalg.pinv(a.T @ a), dtype=np.float64)
    coefficients = inverse @ a.T @ z
    residual = z - a @ coefficients
    if group is None:
        adjusted = 1 / np.sqrt(np.clip(1 - np.einsum("ij,jk,ik->i", a, inverse, a), 1e-10, None))
        scores = a * (residual * adjusted)[:, None]
        covariance = inverse @ scores.T @ scores @ inverse
        leans = [(a @ inverse @ c) * adjusted for c in contrasts]
        if spread is None:
            df = tuple(_df_rows(d, a, inverse) for d in leans)
            return Fit(coefficients, covariance, df)
        return _with_spread(coefficients, covariance, a, inverse, contrasts, leans, spread)
    count = int(group.max()) + 1
    scores = np.zeros((count, a.shape[1]))
    leans = [np.zeros(len(y)) for _ in contrasts]
    for g in range(count):
        at = np.flatnonzero(group == g)
        part = a[at]
        values, vectors = np.linalg.eigh(np.eye(len(at)) - part @ inverse @ part.T)
        scale = np.where(values > 1e-10, 1 / np.sqrt(np.clip(values, 1e-10, None)), 0.0)
        adjusted_part = (vectors * scale) @ vectors.T @ part
        scores[g] = adjusted_part.T @ residual[at]
        for lean, c in zip(leans, contrasts, strict=True):
            lean[at] = adjusted_part @ inverse @ c
    covariance = inverse @ scores.T @ scores @ inverse
    return Fit(coefficients, covariance, tuple(_df_groups(d, a, inverse, group, count) for d in leans))


def _df_rows(lean: Array, a: Array, inverse: Array) -> float:
    """Satterthwaite's degrees of freedom of HC2 under equal variances."""
    square = lean**2
    leverage = np.einsum("ij,jk,ik->i", a, inverse, a)
    middle = inverse @ (a.T @ (a * square[:, None]))
    total = float(square @ (1 - leverage))
    squares = float(square**2 @ (1 - 2 * leverage) + np.trace(middle @ middle))
    return total**2 / squares if squares > 0 else 0.0


def _df_groups(lean: Array, a: Array, inverse: Array, group: Codes, count: int) -> float:
    """The same for CR2, working independence within groups."""
    own = np.bincount(group, weights=lean**2, minlength=count)
    through = np.column_stack([np.bincount(group, weights=lean * col, minlength=count) for col in a.T])
    omega = np.diag(own) - through @ inverse @ through.T
    squares = float(np.sum(omega**2))
    return float(np.trace(omega)) ** 2 / squares if squares > 0 else 0.0


def _with_spread(
    coefficients: Array,
    covariance: Array,
    a: Array,
    inverse: Array,
    contrasts: Array,
    leans: list[Array],
    spread: Array,
) -> Fit:
    """Variance scaled so that it would be unbiased under the working spread; its degrees of freedom."""
    maker = np.eye(len(a)) - a @ inverse @ a.T
    core = maker @ (spread[:, None] * maker)
    df, factor = [], []
    for lean, c in zip(leans, contrasts, strict=True):
        omega = lean[:, None] * core * lean
        true = float(((a @ inverse @ c) ** 2) @ spread)
        factor.append(true / float(np.trace(omega)))
        df.append(float(np.trace(omega)) ** 2 / float(np.sum(omega**2)))
    return Fit(coefficients, covariance * max(factor), tuple(df))
