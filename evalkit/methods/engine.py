"""The series engine: an outcome on a calendar, what may move it, and a t-mixture for any question about it.

1. Arrays in, frozen records out: no dates, no names of areas, no pandas, no random draws.
2. Nothing uncertain is plugged in: prior scales, error covariance and the effect's shape are integrated on
   a grid by restricted likelihood, the residual variance analytically.

Model, for period t with an observation::

    y_t = size_t intercept + x_t' b + effect_t + u_t,        b_j ~ N(0, tau_j^2 s^2)
    effect_t = delta * profile_t + z_t' d             zero before the start; mean profile 1, mean z 0
    u_t = size_t (a_t + w_t + e_t),  e_t ~ N(0, noise_t s^2),  a: AR(1),  w: random walk, each a share of s^2

`delta` is therefore the mean effect itself, flat a priori like the intercept, in every shape. `size_t` is 1
but for a series that compounds, whose errors grow with it.

References: Zellner and Tiao (1964) and Chib (1993) on regression with autocorrelated errors; Harville (1974)
on restricted likelihood; Durbin and Koopman (2012), ch. 4, on filtering regressors with the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.intp]
Seen = NDArray[np.bool_]


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
    """Grid of error covariances, one entry a node; variances in units of s^2.

    Attributes
    ----------
    rho : (C,) array
        Persistence of the autoregression.
    start : (C,) array
        Its variance in the first period.
    step : (C,) array
        Variance of its innovation.
    drift : (C,) array
        Variance of the random walk's step; the walk starts at zero, because the intercept is flat.
    noise : (C,) array
        Variance of the independent part, multiplied by each period's relative noise.
    mass : (C,) array
        Prior mass.
    """

    rho: Array
    start: Array
    step: Array
    drift: Array
    noise: Array
    mass: Array

    def some(self, nodes: Whole) -> Errors:
        """The grid of the chosen nodes."""
        return Errors(
            *(a[nodes] for a in (self.rho, self.start, self.step, self.drift, self.noise, self.mass))
        )


@dataclass(frozen=True, slots=True)
class Noise:
    """How much noise each period has.

    Attributes
    ----------
    relative : (n,) array
        Relative variance of the independent part, mean about 1; it multiplies a node's own.
    extra : (n,) array
        Variance on top, in units of s^2 and whatever the node: what an odd figure is allowed.
    size : (n,) array
        What the errors and the intercept are multiplied by, mean 1 over history.
    """

    relative: Array
    extra: Array
    size: Array

    @classmethod
    def steady(cls, relative: Array, extra: Array | None = None) -> Noise:
        """Of a series that neither grows nor shrinks."""
        return cls(relative, np.zeros(relative.size) if extra is None else extra, np.ones(relative.size))


@dataclass(frozen=True, slots=True)
class Effects:
    """Shapes the effect may take.

    Attributes
    ----------
    profiles : (H, n) array
        Zero outside the estimand's periods, mean 1 over them.
    mass : (H,) array
        Prior mass.
    departures : tuple of Term
        Departures from a profile, such as those of phases; columns of mean 0 over the estimand's periods.
    """

    profiles: Array
    mass: Array
    departures: tuple[Term, ...] = ()


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
        Terms in their order, then intercept, departures, delta.
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


def whiten(columns: Array, seen: Seen, noise: Noise, errors: Errors) -> tuple[Array, Array]:
    """Innovations of every column under every error node, scaled to unit variance.

    Parameters
    ----------
    columns : (n, m) array
    seen : (n,) boolean array
        Periods with an observation; the others are passed over.
    noise : Noise
    errors : Errors

    Returns
    -------
    (C, n seen, m) array and (C,) array of log determinants.
    """
    n, m = columns.shape
    C, rho = errors.rho.size, errors.rho
    out, i = np.empty((int(seen.sum()), C, m)), 0
    logdet = np.full(C, 2 * np.log(noise.size[seen]).sum())
    columns = columns / noise.size[:, None]
    own = noise.relative[:, None] * errors.noise + noise.extra[:, None]
    a, w = np.zeros((C, m)), np.zeros((C, m))  # autoregression and walk, with their covariance
    A, B, W, slow = errors.start.copy(), np.zeros(C), np.zeros(C), rho[:, None]
    for t in range(n):
        if seen[t]:
            to_a, to_w = A + B, B + W
            F = to_a + to_w + own[t]
            v = columns[t] - a - w
            out[i] = v / np.sqrt(F)[:, None]
            logdet += np.log(F)
            gain_a, gain_w = to_a / F, to_w / F
            a = a + gain_a[:, None] * v
            w = w + gain_w[:, None] * v
            A, B, W = A - gain_a * to_a, B - gain_a * to_w, W - gain_w * to_w
            i += 1
        a = slow * a
        A, B, W = rho * rho * A + errors.step, rho * B, W + errors.drift
    return np.ascontiguousarray(out.transpose(1, 0, 2)), logdet


def columns_of(terms: Sequence[Term], effects: Effects, noise: Noise) -> Array:
    """Columns of the terms, the intercept and the departures, (n, P - 1) array."""
    intercept = noise.size[:, None]
    return np.hstack([*(t.columns for t in terms), intercept, *(t.columns for t in effects.departures)])
