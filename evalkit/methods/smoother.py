"""The persistent part of the errors, given the data: for the path, its bands and the gaps.

1. Linear in the data: every column is smoothed alike, so that a coefficient can be applied afterwards.
2. One pass forward and one back, for all error nodes at once (Rauch, Tung and Striebel 1965).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.methods.engine import Array, Errors, Noise, Seen

NEGLIGIBLE = 1e-12  # added to a variance that may be zero before it is divided by


@dataclass(frozen=True, slots=True)
class Smooth:
    """Smoothed states: autoregression and walk, and their sum.

    Attributes
    ----------
    state : (C, n, m) array
        Smoothed sum of each column, times the period's size; the others are before that.
    variance : (C, n) array
        Variance of the sum given the data, in units of the residual variance.
    spread : (C, n, 2, 2) array
        Covariance of the two parts given the data.
    carry : (C, n, 2, 2) array
        Smoother gain from each period to the next: cov(x_t, x_t+1) = carry_t spread_t+1.
    ahead : (C, n, m) array
        Sum expected from earlier periods only.
    ahead_variance : (C, n) array
        Its variance.
    """

    state: Array
    variance: Array
    spread: Array
    carry: Array
    ahead: Array
    ahead_variance: Array


def smooth(columns: Array, seen: Seen, noise: Noise, errors: Errors) -> Smooth:
    """Smooth (n, m) columns under each of C error nodes."""
    n, m = columns.shape
    C = errors.rho.size
    own = noise.relative[:, None] * errors.noise + noise.extra[:, None]
    columns, size = columns / noise.size[:, None], noise.size[:, None]
    x, P = np.empty((n, C, 2, m)), np.empty((n, C, 2, 2))
    ahead, ahead_P = np.empty((n, C, 2, m)), np.empty((n, C, 2, 2))
    fade = np.stack([errors.rho, np.ones(C)], axis=1)  # diagonal of the transition
    step = np.stack([errors.step, errors.drift], axis=1)
    now, spread = np.zeros((C, 2, m)), np.zeros((C, 2, 2))
    spread[:, 0, 0] = errors.start
    both = np.arange(2)
    for t in range(n):
        ahead[t], ahead_P[t] = now, spread
        if seen[t]:
            to = spread.sum(axis=2)
            gain = to / (to.sum(axis=1) + own[t])[:, None]
            now = now + gain[:, :, None] * (columns[t] - now.sum(axis=1))[:, None]
            spread = spread - gain[:, :, None] * to[:, None]
        x[t], P[t] = now, spread
        now = fade[:, :, None] * now
        spread = fade[:, :, None] * spread * fade[:, None]
        spread[:, both, both] += step
    carry = np.zeros((n, C, 2, 2))
    carry[:-1] = P[:-1] * fade[:, None] @ np.linalg.inv(ahead_P[1:] + NEGLIGIBLE * np.eye(2))
    for t in range(n - 2, -1, -1):
        J = carry[t]
        x[t] += J @ (x[t + 1] - ahead[t + 1])
        P[t] += J @ (P[t + 1] - ahead_P[t + 1]) @ J.transpose(0, 2, 1)
    return Smooth(
        state=x.sum(axis=2).transpose(1, 0, 2) * size,
        variance=P.sum(axis=(2, 3)).T,
        spread=P.transpose(1, 0, 2, 3),
        carry=carry.transpose(1, 0, 2, 3),
        ahead=ahead.sum(axis=2).transpose(1, 0, 2) * size,
        ahead_variance=ahead_P.sum(axis=(2, 3)).T,
    )


def running_variance(weight: Array, states: Smooth) -> Array:
    """Variance of the running sums of weight_t state_t.

    Parameters
    ----------
    weight : (n,) array
    states : Smooth

    Returns
    -------
    (C, n) array.
    """
    C, n = states.variance.shape
    out, link, total = np.zeros((C, n)), np.zeros((C, 1, 2)), np.zeros(C)
    for t in range(n):
        past = link @ states.carry[:, t - 1] if t else link
        total = total + 2 * weight[t] * (past @ states.spread[:, t]).sum(axis=(1, 2))
        total = total + weight[t] ** 2 * states.variance[:, t]
        link = past + weight[t]
        out[:, t] = total
    return out
