"""Comparison series that were hit by something of their own after the start.

1. The rule is fixed beforehand and looks at the comparison series only, never at the campaign's outcome.
2. Each series that is left out is said, with the rule; two are always kept.

A series is set against the steadiness-weighted mean of the others over the history. If its mean distance from
that line, after the start or in the later half of it, is more than MOVED standard errors from what it was
before, and AR(1) errors are allowed for, it moved by itself.

References: Lopez Bernal, Cummins and Gasparrini (2018), Int J Epidemiol 47:2082-93, on controls with shocks
of their own; Abadie (2021), J Econ Lit 59:391-425, on excluding donors that were.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array
from evalkit.methods.terms import steadiness

MOVED = 4.0  # standard errors
FEWEST = 3  # series, under which it cannot be told which one moved
KEPT = 2
LEAST_HISTORY = 24  # periods
MOST_PERSISTENT = 0.9


def moved_by_themselves(series: Array, past: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[int, ...]:
    """Indices of the series to leave out, the worst first.

    Parameters
    ----------
    series : (n, J) array
        Complete.
    past, after : (n,) boolean arrays
        Periods before the start, and those counted from it on.
    """
    if past.sum() < LEAST_HISTORY or after.sum() < 2:
        return ()
    level = series[past].mean(axis=0)
    spread = series[past].std(axis=0)
    relative = series / level - 1 if (series >= 0).all() and level.min() > 0 else (series - level) / spread
    left, out = list(range(series.shape[1])), []
    while len(left) >= FEWEST:
        scores = [_score(relative, j, [k for k in left if k != j], past, after) for j in left]
        worst = int(np.argmax(scores))
        if scores[worst] <= MOVED or len(left) - 1 < KEPT:
            break
        out.append(left.pop(worst))
    return tuple(out)


def _score(
    relative: Array, j: int, others: list[int], past: NDArray[np.bool_], after: NDArray[np.bool_]
) -> float:
    """Distance of one series from the others after the start, in standard errors."""
    rest = relative[:, others]
    common: Array = rest @ steadiness(rest[past])
    X = np.column_stack([np.ones(common.size), common])
    apart = relative[:, j] - X @ np.linalg.lstsq(X[past], relative[past, j], rcond=None)[0]
    before = apart[past]
    n, rho = before.size, float(np.corrcoef(before[:-1], before[1:])[0, 1])
    rho = min(max(rho + (1 + 3 * rho) / n, 0.0), MOST_PERSISTENT)  # Kendall (1954): estimates are too low
    later = np.flatnonzero(after)
    scores = []
    for window in (later, later[later.size // 2 :]):
        k = window.size
        inflated = min((1 + rho) / (1 - rho), k)
        error = float(before.std(ddof=2)) * np.sqrt(inflated / k + (1 + rho) / (1 - rho) / n)
        scores.append(abs(float(apart[window].mean())) / max(error, 1e-12))
    return float(max(scores))
