"""Weights that are not negative and add up to one: the least-squares problem of synthetic controls, exactly.

1. An active-set method: which weights are above zero is searched for, and those are solved for exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array

CLOSE = 1e-10  # of the data's size


def simplex_weights(X: Array, y: Array, ridge: float = 0.0) -> Array:
    """Minimise |y - X w|^2 + ridge |w|^2 over w >= 0 that add up to one.

    Parameters
    ----------
    X : (T, J) array
    y : (T,) array
    ridge : float

    Returns
    -------
    (J,) array.
    """
    J = X.shape[1]
    H, c = X.T @ X + ridge * np.eye(J), X.T @ y
    best = int(np.argmin(np.diag(H) - 2 * c))  # the best single area
    w = np.zeros(J)
    w[best] = 1.0
    some = w > 0
    tolerance = CLOSE * max(float(np.abs(H).max()), float(np.abs(c).max()), 1e-300)
    for _ in range(50 * J):
        w, some = _feasible(H, c, w, some)
        slope = H @ w - c
        gain = float(slope @ w) - slope  # at the optimum no area outside has less slope than those inside
        gain[some] = 0.0
        j = int(np.argmax(gain))
        if gain[j] <= tolerance:
            break
        some = some.copy()
        some[j] = True
    return w


def _feasible(H: Array, c: Array, w: Array, some: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """Solve on the areas let in; where a weight would turn negative stop there, and let its area out."""
    while True:
        at = np.flatnonzero(some)
        target = np.zeros(w.size)
        target[at] = _equality(H[np.ix_(at, at)], c[at])
        if target[at].min() > -1e-12:
            return np.maximum(target, 0.0) / np.maximum(target, 0.0).sum(), target > 0
        step = target - w
        falling = np.flatnonzero(some & (target < 0))
        lengths = w[falling] / np.maximum(-step[falling], 1e-300)
        first = int(np.argmin(lengths))
        w = np.maximum(w + float(min(lengths[first], 1.0)) * step, 0.0)
        some = some.copy()
        some[falling[first]] = False
        w[falling[first]] = 0.0


def _equality(H: Array, c: Array) -> Array:
    """Least squares with the sum held at one."""
    k = c.size
    K = np.zeros((k + 1, k + 1))
    K[:k, :k], K[k, :k], K[:k, k] = H, 1.0, 1.0
    size = float(np.abs(H).max()) or 1.0
    K[:k, :k] /= size
    right = np.append(c / size, 1.0)
    try:
        found = np.linalg.solve(K, right)
    except np.linalg.LinAlgError:
        found = np.linalg.lstsq(K, right, rcond=None)[0]
    return np.asarray(found[:k], dtype=float)
