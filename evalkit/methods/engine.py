"""The series engine: an outcome on a calendar, what may move it, and a t-mixture for any question about it.

1. Arrays in, frozen records out: no dates, no names of areas, no pandas, no random draws.
2. Nothing uncertain is plugged in: prior scales, error covariance and the effect's shape are integrated on
   a grid by restricted likelihood, the residual variance analytically.

Model, for period t with an observation::

    y_t = intercept + x_t' b + effect_t + u_t,        b_j ~ N(0, tau_j^2 s^2)
    effect_t = delta * profile_t + basis_t' d         zero before the start; mean profile 1, mean basis 0
    u_t = state_t + e_t,  e_t ~ N(0, noise_t (1 - share) s^2),  state: AR(1) or random walk

`delta` is therefore the mean effect itself, flat a priori like the intercept, in every shape.

References: Zellner and Tiao (1964) and Chib (1993) on regression with autocorrelated errors; Harville (1974)
on restricted likelihood; Durbin and Koopman (2012), ch. 4, on filtering regressors with the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.mixture import thin

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

REFINED_MASS = 0.995  # share of the first shape's mass whose nodes are tried with the other shapes
KEPT_NODES = 200  # nodes that stand for the whole grid in the answers


@dataclass(frozen=True, slots=True)
class Term:
    """Columns with a Gaussian effect and the prior scales to integrate over.

    Attributes
    ----------
    name : str
    columns : (n, p) array
        One row per calendar period.
    scales : (S, p) array
        Prior standard deviations of the coefficients, in units of the noise standard deviation.
    mass : (S,) array
        Prior mass of each row of `scales`.
    centres : (S, p) array
        Prior means of the coefficients, in the outcome's unit.
    """

    name: str
    columns: Array
    scales: Array
    mass: Array
    centres: Array


@dataclass(frozen=True, slots=True)
class Errors:
    """Grid of error covariances, one entry a node.

    Attributes
    ----------
    rho : (C,) array
        Persistence of the state; 1 for a random walk.
    start : (C,) array
        Variance of the state in the first period (0 for a random walk: the intercept is flat).
    step : (C,) array
        Variance of the state's innovation.
    noise : (C,) array
        Variance of the independent part, multiplied by each period's relative noise.
    mass : (C,) array
        Prior mass.
    """

    rho: Array
    start: Array
    step: Array
    noise: Array
    mass: Array


@dataclass(frozen=True, slots=True)
class Effects:
    """Shapes the effect may take.

    Attributes
    ----------
    profiles : (H, n) array
        Zero outside the estimand's periods, mean 1 over them.
    basis : (n, B) array
        Free departures from a profile, mean 0 over the estimand's periods.
    looseness : (H, B) array
        Prior standard deviations of the departures, in units of the noise.
    mass : (H,) array
        Prior mass.
    """

    profiles: Array
    basis: Array
    looseness: Array
    mass: Array


@dataclass(frozen=True, slots=True)
class Posterior:
    """The retained nodes, K of them; coefficients in the outcome's unit.

    Attributes
    ----------
    weight : (K,) array
        Sums to 1.
    error, shape : (K,) integer arrays
        Node of the error grid and of the shapes.
    coef : (K, P) array
        Terms in their order, then intercept, basis, delta.
    cov : (K, P, P) array
        Scale matrix of the t distribution of the coefficients.
    variance : (K,) array
        Residual variance s^2 (posterior scale).
    df : int
        Degrees of freedom, shared by all nodes.
    """

    weight: Array
    error: Whole
    shape: Whole
    coef: Array
    cov: Array
    variance: Array
    df: int


def whiten(columns: Array, seen: NDArray[np.bool_], noise: Array, errors: Errors) -> tuple[Array, Array]:
    """Innovations of every column under every error node, scaled to unit variance.

    Parameters
    ----------
    columns : (n, m) array
    seen : (n,) boolean array
        Periods with an observation; the others are passed over.
    noise : (n,) array
        Relative variance of the independent part.
    errors : Errors

    Returns
    -------
    (C, n seen, m) array and (C,) array of log determinants.
    """
    n, m = columns.shape
    out = np.empty((int(seen.sum()), errors.rho.size, m))
    state, P = np.zeros((errors.rho.size, m)), errors.start.copy()
    rho, rho2, logdet, i = errors.rho[:, None], errors.rho**2, np.zeros(errors.rho.size), 0
    for t in range(n):
        if seen[t]:
            F = P + noise[t] * errors.noise
            v = columns[t] - state
            out[i] = v / np.sqrt(F)[:, None]
            logdet += np.log(F)
            gain = P / F
            state = state + gain[:, None] * v
            P = P * (1 - gain)
            i += 1
        state = rho * state
        P = rho2 * P + errors.step
    return np.ascontiguousarray(out.transpose(1, 0, 2)), logdet


def fit(y: Array, terms: Sequence[Term], effects: Effects, errors: Errors, noise: Array) -> Posterior:
    """Weigh every node of the grid and keep those that matter.

    Parameters
    ----------
    y : (n,) array
        NaN where there is no observation to use.
    terms : sequence of Term
    effects : Effects
    errors : Errors
    noise : (n,) array
        Relative variance of the independent part, mean about 1.

    Returns
    -------
    Posterior
    """
    seen = np.isfinite(y)
    centre, unit = float(np.mean(y[seen])), float(np.std(y[seen])) or 1.0
    data = np.where(seen, (y - centre) / unit, 0.0)
    base = np.hstack([*(t.columns for t in terms), np.ones((y.size, 1)), effects.basis])
    white, logdet = whiten(np.column_stack([base, effects.profiles.T, data]), seen, noise, errors)
    gram = white.transpose(0, 2, 1) @ white
    scales, centres, mass = _prior_grid(terms)
    df = int(seen.sum()) - 2
    precision = _precision(scales, effects.looseness)
    grid = _Grid(
        gram, logdet, precision, centres / unit, np.log(mass), effects, np.log(errors.mass), base.shape[1], df
    )
    return _solve(grid, _weigh(grid), unit, centre, sum(t.columns.shape[1] for t in terms))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Everything a node's weight depends on."""

    gram: Array  # (C, base + H + 1, same)
    logdet: Array  # (C,)
    precision: Array  # (H, S, P) of the priors of terms, intercept, basis and delta; 0 is flat
    centres: Array  # (S, terms' columns), in units of the standardised data
    log_mass: Array  # (S,)
    effects: Effects
    log_error: Array  # (C,)
    n_base: int
    df: int

    def block(self, c: int, h: int) -> Array:
        """Gram matrix of base columns, profile h and the data under error node c."""
        index = np.r_[np.arange(self.n_base), self.n_base + h, self.gram.shape[1] - 1]
        return np.asarray(self.gram[c][np.ix_(index, index)], dtype=float)

    def system(self, c: int, h: int, s: Whole) -> Array:
        """Information of scale rows `s`, bordered by the data less its prior mean: (S, P + 1, P + 1)."""
        block, precision, shift = self.block(c, h), self.precision[h, s], self.centres[s]
        P, p = precision.shape[1], shift.shape[1]
        M = np.repeat(block[None], s.size, axis=0)
        M[:, np.arange(P), np.arange(P)] += precision
        if shift.any():
            moved = shift @ block[:p]  # products of the prior mean with every column and the data, (S, P + 1)
            M[:, :P, P] -= moved[:, :P]
            M[:, P, :P] -= moved[:, :P]
            M[:, P, P] += np.einsum("sp,sp->s", shift, moved[:, :p]) - 2 * moved[:, P]
        return M

    def log_weight(self, c: int, h: int, s: Whole) -> tuple[Array, Array]:
        """Log of prior mass times restricted likelihood for scale rows `s`, and the estimate of delta."""
        precision, M = self.precision[h, s], self.system(c, h, s)
        P = precision.shape[1]
        M[:, P, P] += 1e-11 * self.gram[c, -1, -1]  # a perfect fit stays positive definite
        L = np.linalg.cholesky(M)
        pivots = np.log(np.diagonal(L, axis1=1, axis2=2))
        proper = np.log(np.where(precision > 0, precision, 1.0)).sum(axis=1)
        likelihood = 0.5 * proper - 0.5 * self.logdet[c] - pivots[:, :P].sum(axis=1) - self.df * pivots[:, P]
        prior = self.log_mass[s] + self.log_error[c] + np.log(self.effects.mass[h])
        return likelihood + prior, L[:, P, P - 1] / L[:, P - 1, P - 1]


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Chosen nodes and their weights."""

    error: Whole
    shape: Whole
    scale: Whole
    weight: Array


def _prior_grid(terms: Sequence[Term]) -> tuple[Array, Array, Array]:
    """All combinations of the terms' prior scales and means, each (S, p), with their mass."""
    combos = list(product(*(range(t.mass.size) for t in terms)))

    def rows(name: str) -> Array:
        parts = [[getattr(t, name)[i] for t, i in zip(terms, combo, strict=True)] for combo in combos]
        return np.vstack([np.hstack([*part, np.zeros(0)]) for part in parts])

    mass = [np.prod([t.mass[i] for t, i in zip(terms, combo, strict=True)]) for combo in combos]
    return rows("scales"), rows("centres"), np.asarray(mass, dtype=float)


def _precision(scales: Array, looseness: Array) -> Array:
    """Prior precisions (H, S, P)."""
    (S, p), (H, B) = scales.shape, looseness.shape
    out = np.zeros((H, S, p + B + 2))
    out[:, :, :p] = scales**-2.0
    out[:, :, p + 1 : -1] = looseness[:, None] ** -2.0
    return out


def _weigh(grid: _Grid) -> _Nodes:
    """First shape over the whole grid, the other shapes where nearly all of its weight lies."""
    C, S, H = grid.logdet.size, grid.log_mass.size, grid.effects.mass.size
    everything = np.arange(S)
    first = [grid.log_weight(c, 0, everything) for c in range(C)]
    logs = np.stack([log for log, _ in first])
    weight = np.exp(logs - logs.max())
    ranked = np.sort(weight, axis=None)[::-1]
    share = np.cumsum(ranked) / ranked.sum()
    alive = weight >= ranked[min(int(np.searchsorted(share, REFINED_MASS)), ranked.size - 1)]
    found: list[tuple[int, int, Whole, Array, Array]] = []
    for c in range(C):
        s = np.flatnonzero(alive[c])
        if s.size:
            found.append((c, 0, s, first[c][0][s], first[c][1][s]))
            found.extend((c, h, s, *grid.log_weight(c, h, s)) for h in range(1, H))
    error = np.concatenate([np.full(s.size, c) for c, _, s, *_ in found])
    shape = np.concatenate([np.full(s.size, h) for _, h, s, *_ in found])
    scale = np.concatenate([s for _, _, s, *_ in found])
    final = np.concatenate([log for *_, log, _ in found])
    weight = np.exp(final - final.max())
    chosen, mass = thin(weight / weight.sum(), np.concatenate([delta for *_, delta in found]), KEPT_NODES)
    return _Nodes(error[chosen], shape[chosen], scale[chosen], mass)


def _solve(grid: _Grid, nodes: _Nodes, unit: float, centre: float, intercept: int) -> Posterior:
    """Coefficients and their scale matrices at the chosen nodes, back in the outcome's unit."""
    K, P, p = nodes.weight.size, grid.n_base + 1, grid.centres.shape[1]
    coef, cov, variance = np.empty((K, P)), np.empty((K, P, P)), np.empty(K)
    for c, h in sorted(set(zip(nodes.error.tolist(), nodes.shape.tolist(), strict=True))):
        at = np.flatnonzero((nodes.error == c) & (nodes.shape == h))
        M = grid.system(c, h, nodes.scale[at])
        inverse = np.linalg.inv(M[:, :P, :P])
        coef[at] = np.einsum("kpq,kq->kp", inverse, M[:, :P, P])
        left = M[:, P, P] - np.einsum("kp,kp->k", coef[at], M[:, :P, P])
        coef[at, :p] += grid.centres[nodes.scale[at]]
        variance[at] = np.maximum(left, 1e-11 * grid.gram[c, -1, -1]) / grid.df
        cov[at] = inverse * variance[at][:, None, None]
    coef *= unit
    coef[:, intercept] += centre
    return Posterior(nodes.weight, nodes.error, nodes.shape, coef, cov * unit**2, variance * unit**2, grid.df)
