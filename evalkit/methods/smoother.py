"""The persistent part of the errors, given the data: for the path, its bands and the gaps.

1. Linear in the data: every column is smoothed alike, so that a coefficient can be applied afterwards.
2. One pass forward and one back, for all error nodes at once (Rauch, Tung and Striebel 1965).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array, Errors


@dataclass(frozen=True, slots=True)
class Smooth:
    """Smoothed states.

    Attributes
    ----------
    state : (C, n, m) array
        Smoothed state of each column.
    variance : (C, n) array
        Variance of the state given the data, in units of the residual variance.
    carry : (C, n) array
        Smoother gain from each period to the next: cov(state_t, state_t+1) = carry_t variance_t+1.
    ahead : (C, n, m) array
        State expected from earlier periods only.
    ahead_variance : (C, n) array
        Its variance.
    """

    state: Array
    variance: Array
    carry: Array
    ahead: Array
    ahead_variance: Array


def smooth(columns: Array, seen: NDArray[np.bool_], noise: Array, errors: Errors) -> Smooth:
    """Smooth (n, m) columns under each of C error nodes."""
    n, m = columns.shape
    C = errors.rho.size
    state, variance, carry = np.empty((n, C, m)), np.empty((n, C)), np.zeros((n, C))
    ahead_state, ahead_var = np.empty((n, C, m)), np.empty((n, C))
    a, P, rho = np.zeros((C, m)), errors.start.copy(), errors.rho
    for t in range(n):
        ahead_state[t], ahead_var[t] = a, P
        if seen[t]:
            gain = P / (P + noise[t] * errors.noise)
            a = a + gain[:, None] * (columns[t] - a)
            P = P * (1 - gain)
        state[t], variance[t] = a, P
        a, P = rho[:, None] * a, rho**2 * P + errors.step
    for t in range(n - 2, -1, -1):
        J = variance[t] * rho / np.where(ahead_var[t + 1] > 0, ahead_var[t + 1], 1.0)
        state[t] += J[:, None] * (state[t + 1] - ahead_state[t + 1])
        variance[t] += J**2 * (variance[t + 1] - ahead_var[t + 1])
        carry[t] = J
    return Smooth(state.transpose(1, 0, 2), variance.T, carry.T, ahead_state.transpose(1, 0, 2), ahead_var.T)


def running_variance(weight: Array, variance: Array, carry: Array) -> Array:
    """Variance of the running sums of weight_t state_t.

    Parameters
    ----------
    weight : (n,) array
    variance, carry : (C, n) arrays
        From `Smooth`.

    Returns
    -------
    (C, n) array.
    """
    out = np.zeros_like(variance)
    link, total = np.zeros(variance.shape[0]), np.zeros(variance.shape[0])
    for t in range(weight.size):
        past = link * carry[:, t - 1] if t else link
        total = total + variance[:, t] * (2 * weight[t] * past + weight[t] ** 2)
        link = past + weight[t]
        out[:, t] = total
    return out
