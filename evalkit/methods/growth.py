"""Whether a series compounds: grows by so many per cent a year, and its season and noise with it.

1. Judged from history alone, by the likelihood of history with and without. The slope stays in the model,
   with its prior about no movement in all, and takes up what the rate misses.
2. Only a movement that matters is asked about, so that an ordinary series costs no more time.

A straight line through a series that grows by 15 per cent a year runs below it at both ends, and an
evaluation looks at one of the ends.
"""

from __future__ import annotations

import numpy as np

from evalkit.methods.engine import Array, Seen

MATERIAL = 0.1  # least growth or fall over the calendar, as a share
FASTEST = 0.7  # log rate a year: a doubling
LEAST_YEARS = 1.0  # of history: less cannot tell a season from growth
WAVES = 2  # taken out beside the rate


def growing(y: Array, past: Seen, years: Array, known: Array) -> Array | None:
    """Size of the series at each period under steady growth, mean 1 over history.

    Parameters
    ----------
    y : (n,) array
        Figures in the outcome's unit.
    past : (n,) boolean array
        Periods of history with a figure.
    years : (n,) array
        Their middles.
    known : (n, p) array
        Columns taken out beside the rate, such as known events.

    Returns
    -------
    (n,) array, or None where there is nothing to ask: figures that are not all positive, a short history, or
    a movement that does not matter.
    """
    figures, when = y[past], years[past]
    if figures.min() <= 0 or np.ptp(when) < LEAST_YEARS:
        return None
    angle = 2 * np.pi * when[:, None] * np.arange(1, WAVES + 1)
    X = np.column_stack([when - when.mean(), np.ones(when.size), np.cos(angle), np.sin(angle), known[past]])
    if when.size < 2 * X.shape[1]:
        return None
    rate = float(np.linalg.lstsq(X, np.log(figures), rcond=None)[0][0])
    rate = float(np.clip(rate, -FASTEST, FASTEST))
    if abs(np.expm1(rate * np.ptp(years))) < MATERIAL:
        return None
    size = np.exp(rate * (years - when.mean()))
    return np.asarray(size / size[past].mean(), dtype=float)


def yearly(size: Array, years: Array) -> float:
    """Growth a year as a share; 0 for a series that does not compound."""
    return float((size[-1] / size[0]) ** (1 / (years[-1] - years[0])) - 1) if years.size > 1 else 0.0
