"""A mixture of t distributions: probabilities and quantiles.

1. Components share their degrees of freedom; everything is vectorised over components and questions.
2. Quantiles are roots of the mixture's own distribution function, never averages of quantiles. They are
   found on a table of the t distribution; those that are answers get a last step on the exact function.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, stdtr, stdtrit

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

# Quantile nodes of a distribution: dense in the tails, and holding the levels that readers ask for.
NODES: tuple[float, ...] = (
    *(0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.0375, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25),
    *(0.3, 0.35, 0.4, 0.45, 0.475, 0.5, 0.525, 0.55, 0.6, 0.65, 0.7),
    *(0.75, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95, 0.9625, 0.975, 0.98, 0.985, 0.99, 0.995, 0.9975, 0.999),
)

STEPS = 60
FURTHEST, CELLS = 9.0, 9000  # of the table of the t distribution, in arcsinh
NARROWEST = 1e-12  # of the widest component's scale: narrower ones count as points


def probability_below(x: float, weight: Array, centre: Array, scale: Array, df: int) -> float:
    """P(quantity <= x) under components with the (K,) centres and scales."""
    return float(weight @ stdtr(float(df), (x - centre) / _bounded(scale)))


def quantiles(probabilities: Sequence[float], weight: Array, centre: Array, scale: Array, df: int) -> Array:
    """Quantiles of one quantity, to about 1e-9 in probability.

    Parameters
    ----------
    probabilities : sequence of float
    weight, centre, scale : (K,) arrays
    df : int

    Returns
    -------
    Array with one entry a probability.
    """
    p, scale = np.asarray(probabilities, dtype=float), _bounded(scale)
    wide = [np.broadcast_to(part[:, None], (part.size, p.size)) for part in (centre, scale)]
    x = _roots(p, weight, wide[0], wide[1], df, 1e-8, _start(p, weight, centre, scale, df))
    z = (x - wide[0]) / wide[1]
    miss = weight @ stdtr(float(df), z) - p
    return np.asarray(x - miss / np.maximum(_density(weight, wide[1], z, df), 1e-300), dtype=float)


def thin(weight: Array, centre: Array, keep: int) -> tuple[Whole, Array]:
    """Few components that stand for many.

    Components heavier than a threshold keep their weight; the others, in order of their centre, are
    represented by evenly spaced ones of equal weight (Fearnhead and Clifford 2003, without the random start).

    Parameters
    ----------
    weight, centre : (K,) arrays
        Weights sum to 1.
    keep : int
        Components at most.

    Returns
    -------
    Their indices and weights.
    """
    some = np.flatnonzero(weight)
    least = np.partition(weight, weight.size - keep)[weight.size - keep] if some.size > keep else 0.0
    order = np.flatnonzero(weight >= least) if least > 0 else some
    order = order[np.argsort(-weight[order], kind="stable")][:keep]
    if some.size <= keep:
        return order, weight[order]
    rest = 1.0 - np.concatenate([[0.0], np.cumsum(weight[order])[: keep - 1]])
    heavy = int(np.argmax(weight[order] <= rest / (keep - np.arange(keep))))
    left = np.ones(weight.size, dtype=bool)
    left[order[:heavy]] = False
    light = some[left[some]]
    light = light[np.argsort(centre[light], kind="stable")]
    marks = (np.arange(keep - heavy) + 0.5) / (keep - heavy)
    share = np.cumsum(weight[light])
    picked = light[np.minimum(np.searchsorted(share / share[-1], marks), light.size - 1)]
    even = np.full(picked.size, share[-1] / picked.size)
    return np.concatenate([order[:heavy], picked]), np.concatenate([weight[order[:heavy]], even])


def bands(probability: float, weight: Array, centre: Array, scale: Array, df: int) -> Array:
    """One quantile of many quantities, to about 1e-5 in probability.

    Parameters
    ----------
    probability : float
    weight : (K,) array
    centre, scale : (K, M) arrays
    df : int

    Returns
    -------
    (M,) array.
    """
    p = np.full(centre.shape[1], probability)
    return _roots(p, weight, centre, _bounded(scale), df, 1e-5)


def _bounded(scale: Array) -> Array:
    """Scales that can be divided by: no component far narrower than the widest."""
    return np.asarray(np.maximum(scale, np.maximum(NARROWEST * scale.max(axis=0), 1e-300)), dtype=float)


@lru_cache(maxsize=64)
def _table(df: int) -> tuple[Array, Array]:
    """The t distribution at values even in arcsinh, which keeps its tails fine, and its steps."""
    found = np.asarray(stdtr(float(df), np.sinh(np.linspace(-FURTHEST, FURTHEST, CELLS + 1))), dtype=float)
    return found, np.append(np.diff(found), 0.0)


def _below(z: Array, df: int) -> Array:
    """P(t <= z), to about 1e-7."""
    table, steps = _table(df)
    at = np.arcsinh(z)
    at += FURTHEST
    at *= CELLS / (2 * FURTHEST)
    np.clip(at, 0.0, CELLS, out=at)
    cell = at.astype(np.intp)
    at -= cell
    at *= steps[cell]
    at += table[cell]
    return np.asarray(at, dtype=float)


def _density(weight: Array, scale: Array, z: Array, df: int) -> Array:
    """Density of the (K, M) mixtures, (M,) array."""
    constant = np.exp(gammaln((df + 1) / 2) - gammaln(df / 2)) / np.sqrt(df * np.pi)
    bell = np.exp(-0.5 * (df + 1) * np.log1p(z * z / df))
    return np.asarray(constant * np.einsum("k,km->m", weight, bell / scale), dtype=float)


def _start(p: Array, weight: Array, centre: Array, scale: Array, df: int) -> Array:
    """Rough quantiles of one mixture."""
    mean = weight @ centre
    spread = np.sqrt(weight @ (scale**2 + (centre - mean) ** 2))
    x = mean + spread * np.linspace(-6, 6, 25)
    return np.interp(p, weight @ _below((x - centre[:, None]) / scale[:, None], df), x)


def _roots(
    p: Array,
    weight: Array,
    centre: Array,
    scale: Array,
    df: int,
    tolerance: float,
    start: Array | None = None,
) -> Array:
    """Where the (K, M) mixtures reach the (M,) probabilities: Newton, kept inside a bracket that shrinks."""
    own = centre + scale * stdtrit(float(df), p)[None, :]
    low, high = own.min(axis=0), own.max(axis=0)
    x = weight @ own if start is None else np.clip(start, low, high)
    for _ in range(STEPS):
        z = (x[None, :] - centre) / scale
        miss = weight @ _below(z, df) - p
        if np.max(np.abs(miss)) < tolerance:
            break
        low, high = np.where(miss < 0, x, low), np.where(miss > 0, x, high)
        step = x - miss / np.maximum(_density(weight, scale, z, df), 1e-300)
        x = np.where((step >= low) & (step <= high), step, (low + high) / 2)
    return x
