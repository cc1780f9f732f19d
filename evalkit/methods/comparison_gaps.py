"""Gaps of comparison series: what stands in for a missing figure, and how unsure it is.

1. A stand-in is what the other comparison series did, and the period it belongs to counts for less by as much
   as such stand-ins miss the figures that are known.
2. A period in which no comparison series has a figure is a gap of the whole comparison: it is not used.

Reference: Little and Rubin (2019), Statistical Analysis with Missing Data, ch. 4, on conditional means and
the variance they leave out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array
from evalkit.methods.terms import steadiness


@dataclass(frozen=True, slots=True)
class Completed:
    """Comparison series without gaps.

    Attributes
    ----------
    series : (n, J) array
    unsure : (n,) array
        Variance that stand-ins add to a period, in units of the variance about the comparison; inf where no
        comparison series has a figure.
    gaps : tuple of int
        Stand-ins in each series.
    """

    series: Array
    unsure: Array
    gaps: tuple[int, ...]

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Periods without any comparison figure."""
        return np.isinf(self.unsure)


def completed(figures: Array, fitted: NDArray[np.bool_], outcome: Array) -> Completed:
    """Stand-ins for gaps.

    Parameters
    ----------
    figures : (n, J) array
        Comparison series; NaN is a gap.
    fitted : (n,) boolean array
        Periods before the start and in the fit: what levels, weights and misses are taken from.
    outcome : (n,) array
        The campaign's outcome; only fitted periods are used.
    """
    seen = np.isfinite(figures)
    gaps = tuple((~seen).sum(axis=0).tolist())
    if seen.all():
        return Completed(figures, np.zeros(len(figures)), gaps)
    level, size = _levels(figures, fitted)
    moved = (figures - level) / size
    weight = _weights(moved[fitted])
    filled, miss = moved.copy(), np.zeros(moved.shape[1])
    for j in np.flatnonzero(gaps):
        stand_in, miss[j] = _by_others(moved, weight, int(j), fitted)
        filled[:, j] = np.where(seen[:, j], moved[:, j], stand_in)
    blank = ~seen.any(axis=1)
    follows, left = _dependence(filled @ weight, outcome, fitted & ~blank)
    unsure = (~seen * (follows * weight) ** 2 * miss).sum(axis=1) / left
    return Completed(filled * size + level, np.where(blank, np.inf, unsure), gaps)


def _levels(figures: Array, fitted: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Mean of each series, and the unit of its movement: the mean itself where all figures are positive."""
    past = figures[fitted]
    level = np.nanmean(past, axis=0)
    if np.nanmin(past) >= 0 and level.min() > 0:
        return level, level
    spread = np.nanstd(past, axis=0)
    return level, np.where(spread > 0, spread, 1.0)


def _weights(past: Array) -> Array:
    """By steadiness; alike where a series has too few figures side by side to tell its own."""
    if np.isfinite(np.diff(past, axis=0)).sum(axis=0).min() < 2:
        return np.full(past.shape[1], 1 / past.shape[1])
    return steadiness(past)


def _by_others(moved: Array, weight: Array, j: int, fitted: NDArray[np.bool_]) -> tuple[Array, float]:
    """What the others' mean movement says of one series, and its mean squared miss where that is known."""
    known = np.isfinite(moved[:, j])
    w = np.where(np.isfinite(moved), weight, 0.0)
    w[:, j] = 0.0
    total = w.sum(axis=1)
    common = np.full(len(moved), np.nan)
    np.divide((w * np.nan_to_num(moved)).sum(axis=1), total, out=common, where=total > 0)
    both = fitted & known & np.isfinite(common)
    if both.sum() < 3:  # nothing to learn from: a line between neighbours, for the drawing alone
        return np.interp(np.arange(len(moved)), np.flatnonzero(known), moved[known, j]), 0.0
    common += float(moved[both, j].mean() - common[both].mean())  # its own level, whichever periods it has
    miss = float(np.mean((moved[both, j] - common[both]) ** 2))
    at = np.flatnonzero(np.isfinite(common))
    return np.interp(np.arange(len(moved)), at, common[at]), miss


def _dependence(mean: Array, outcome: Array, used: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope of the outcome on the comparison's mean movement, and the variance left."""
    used = used & np.isfinite(outcome)
    X = np.column_stack([np.ones(int(used.sum())), mean[used]])
    coef = np.linalg.lstsq(X, outcome[used], rcond=None)[0]
    left = outcome[used] - X @ coef
    floor = 1e-9 * float(np.var(outcome[used])) or 1.0
    return float(coef[1]), max(float(left @ left) / max(left.size - 2, 1), floor)
