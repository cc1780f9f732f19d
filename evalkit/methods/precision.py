"""How much each figure counts: the variance of counts, and figures that are odd.

1. A figure is never deleted: an odd one is given a variance of its own, so that it counts for less.
2. The rule is stated and fixed: further than ODD robust standard deviations from both a rough fit and its
   neighbours. A level shift, a season or a trend is not odd; a single spike is.

References: Rousseeuw and Croux (1993) on the median absolute deviation; Anscombe (1948) on the square root
of counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalkit.methods.engine import Array

ODD = 4.0  # robust standard deviations
NEIGHBOURS = 3  # on each side
ROUNDS = 3  # rough fits, each without the figures found odd so far
NORMAL = 1.4826  # from a median absolute deviation to a standard deviation
FEWEST = 20  # figures, under which no spread can be told from a spike
LOWEST = 0.2  # of the mean: the least expected count, so that no figure is taken as certain


@dataclass(frozen=True, slots=True)
class Precision:
    """Relative variances of the figures.

    Attributes
    ----------
    relative : (n,) array
        Variance of the independent part, mean about 1.
    extra : (n,) array
        Variance on top, in units of the usual one; zero where a figure is not odd.
    odd : tuple of int
        Indices of the odd figures.
    """

    relative: Array
    extra: Array
    odd: tuple[int, ...]


def precision(y: Array, columns: Array, relative: Array, *, counts: bool) -> Precision:
    """Weigh the figures by a rough fit.

    Parameters
    ----------
    y : (n,) array
        NaN where there is no figure to use.
    columns : (n, p) array
        What a rough fit may use: trend, waves, holidays, the effect's window.
    relative : (n,) array
        Relative variance known beforehand, such as one over the denominator.
    counts : bool
        Whether the variance follows the mean, as that of counts does.
    """
    seen = np.isfinite(y)
    if seen.sum() < max(FEWEST, 2 * columns.shape[1]):
        return Precision(relative, np.zeros(y.size), ())
    figures = np.sqrt(np.maximum(y, 0.0) + 0.375) if counts else y
    X = np.column_stack([np.ones(y.size), columns])
    score, odd = np.zeros(y.size), np.zeros(y.size, dtype=bool)
    for _ in range(ROUNDS):
        used = seen & ~odd
        left = np.where(seen, (figures - X @ _fit(X[used], figures[used])) / np.sqrt(relative), np.nan)
        apart = left - _neighbours(np.where(used, left, np.nan))
        score = np.minimum(np.abs(left) / _spread(left), np.abs(apart) / _spread(apart))
        found = np.isfinite(score) & (score > ODD)
        if (found == odd).all():
            break
        odd = found
    extra = np.where(odd, np.nan_to_num(score) ** 2, 0.0)
    if counts:
        used = seen & ~odd
        mean = float(np.mean(y[used]))
        expected = np.maximum(X @ _fit(X[used], y[used]), LOWEST * mean)
        relative = relative * expected / expected[used].mean() if mean > 0 else relative
    return Precision(relative, extra, tuple(np.flatnonzero(odd).tolist()))


def _fit(X: Array, y: Array) -> Array:
    """Least squares."""
    return np.asarray(np.linalg.lstsq(X, y, rcond=None)[0], dtype=float)


def _neighbours(values: Array) -> Array:
    """Median of the nearest usable values on either side; 0 where there is none."""
    padded = np.concatenate([np.full(NEIGHBOURS, np.nan), values, np.full(NEIGHBOURS, np.nan)])
    beside = [k for k in range(2 * NEIGHBOURS + 1) if k != NEIGHBOURS]
    around = np.stack([padded[k : k + values.size] for k in beside])
    around = np.where(np.isfinite(around).any(axis=0), around, 0.0)
    return np.asarray(np.nanmedian(around, axis=0), dtype=float)


def _spread(values: Array) -> float:
    """Robust standard deviation."""
    known = values[np.isfinite(values)]
    found = NORMAL * float(np.median(np.abs(known - np.median(known))))
    return found or float(known.std()) or 1.0
