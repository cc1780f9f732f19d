"""The terms of a series regression: what else moves an outcome.

1. Every term is a set of columns on the panel's calendar with prior scales in units of the noise; the engine
   integrates over the scales, so a term that explains nothing shrinks to nothing.
2. Scales are round figures chosen for what the columns mean, never for a data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array, Errors, Term
from evalkit.panel import following
from evalkit.vocabulary import Frequency

SUBDIVISION = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
YEAR = 365.25
HARMONICS = {
    Frequency.DAILY: 4,
    Frequency.WEEKLY: 4,
    Frequency.FOUR_WEEKLY: 4,
    Frequency.MONTHLY: 5,
    Frequency.QUARTERLY: 2,
    Frequency.ANNUAL: 0,
}


def slope(n: int, n_pre: int) -> Term:
    """A straight line, in standard deviations of time before the start."""
    t = np.arange(n, dtype=float)
    column = (t - t[:n_pre].mean()) / t[:n_pre].std()
    return _even("slope", column[:, None], [[0.05], [0.3], [1.0], [3.0]])


def season(periods: Sequence[date], frequency: Frequency) -> Term:
    """Waves through the year; the k-th is expected to be k times smaller than the first."""
    K = HARMONICS[frequency]
    middle = _midpoints(periods, frequency)
    k = np.arange(1, K + 1)
    angle = 2 * np.pi * middle[:, None] * k / YEAR
    columns = np.sqrt(2) * np.hstack([np.cos(angle), np.sin(angle)])
    decay = np.tile(1.0 / k, 2)
    return _even("season", columns, [list(s * decay) for s in (0.05, 0.4, 1.2, 3.5)])


def weekday(periods: Sequence[date]) -> Term:
    """Day of the week, as seven exchangeable departures."""
    columns = np.array([[float(d.weekday() == j) for j in range(7)] for d in periods]) - 1 / 7
    return _even("weekday", columns, [[s] * 7 for s in (0.1, 0.7, 2.0, 6.0)])


def bank_holidays(periods: Sequence[date], frequency: Frequency, calendar: str) -> Term | None:
    """Bank holidays in each period; None where every period has the same number."""
    count = holiday_counts(tuple(periods), frequency, calendar)
    if np.ptp(count) == 0:
        return None
    return _even("bank holidays", (count - count.mean())[:, None], [[0.1], [0.5], [1.5]])


def month_length(periods: Sequence[date], frequency: Frequency) -> Term | None:
    """Days in the month, for counts and totals; None for other calendars."""
    if frequency is not Frequency.MONTHLY:
        return None
    days = np.array([(following(p, frequency) - p).days for p in periods], dtype=float)
    return _even("days in the month", (days - 30.44)[:, None], [[0.05], [0.4]])


def event(name: str, inside: Array) -> Term:
    """A known event: a shift while it lasted, of unknown size."""
    return _even(name, inside[:, None], [[1.0], [4.0]])


def comparison(series: Array, fitted: NDArray[np.bool_], outcome: Array) -> Term:
    """Comparison series and their mean movement.

    The mean may have any coefficient; where all figures are positive, one prior holds it near the coefficient
    at which the outcome moves by the same percentage as the comparison does on average.

    Parameters
    ----------
    series : (n, J) array
        Complete.
    fitted : (n,) boolean array
        Periods that set the scale: before the start and in the fit.
    outcome : (n,) array
        The treated outcome; only its mean over the fitted periods is used.
    """
    past = series[fitted]
    z = (series - past.mean(axis=0)) / past.std(axis=0)
    level = float(np.nanmean(outcome[fitted]))
    alike = bool(level > 0 and past.min() >= 0 and past.mean(axis=0).min() > 0)
    mean = (series / past.mean(axis=0)).mean(axis=1) - 1 if alike else z.mean(axis=1)
    spread = float(mean[fitted].std()) or 1.0
    J = z.shape[1]
    free = [(0.03, 0.1), (0.3, 0.3), (0.3, 1.5), (1.0, 3.0), (3.0, 3.0)]
    near = [(0.03, 0.1), (0.03, 0.5), (0.3, 0.5), (0.3, 1.5), (1.0, 1.5)] if alike else []
    scales = np.array([[own] * J + [shared] for own, shared in (*free, *near)])
    centres = np.zeros_like(scales)
    centres[len(free) :, J] = level * spread
    mass = [*np.full(len(free), 0.5 / len(free)), *np.full(len(near), 0.5 / max(len(near), 1))]
    return Term("comparison", np.column_stack([z, mean / spread]), scales, np.array(mass), centres)


def covariate(name: str, values: Array, fitted: NDArray[np.bool_]) -> Term:
    """An outside series the campaign cannot have touched."""
    z = (values - values[fitted].mean()) / (values[fitted].std() or 1.0)
    return _even(name, z[:, None], [[0.1], [0.5], [1.5]])


def error_grid() -> Errors:
    """Independent errors, AR(1) with and without noise, and random walk with noise; prior .30, .55, .15."""
    rows = [(0.0, 0.0, 0.0, 1.0, 0.30)]
    persistence, shares = (0.2, 0.4, 0.6, 0.75, 0.87, 0.96), (0.3, 0.6, 1.0)
    rows += [(r, w, w * (1 - r * r), 1 - w, 0.55 / 18) for r in persistence for w in shares]
    steps = (0.001, 0.004, 0.016, 0.06, 0.2, 0.6)
    rows += [(1.0, 0.0, s, 1 - s, 0.15 / 6) for s in steps]
    return Errors(*(np.array(c) for c in zip(*rows, strict=True)))


@lru_cache(maxsize=64)
def holiday_counts(periods: tuple[date, ...], frequency: Frequency, calendar: str) -> Array:
    """Number of bank holidays in each period, (n,) array.

    Parameters
    ----------
    periods : tuple of date
    frequency : Frequency
    calendar : str
        "england-and-wales", "scotland", "northern-ireland" or "none".
    """
    if calendar == "none":
        return np.zeros(len(periods))
    end = following(periods[-1], frequency)
    years = range(periods[0].year, end.year + 1)
    days = holidays.country_holidays("GB", subdiv=SUBDIVISION[calendar], years=years)
    known = np.array(sorted(days), dtype="datetime64[D]")
    edges = np.searchsorted(known, np.array([*periods, end], dtype="datetime64[D]"))
    return np.diff(edges).astype(float)


def _midpoints(periods: Sequence[date], frequency: Frequency) -> Array:
    """Middle of each period in days since 2000."""
    origin = date(2000, 1, 1)
    starts = np.array([(p - origin) / timedelta(days=1) for p in periods])
    last = (following(periods[-1], frequency) - origin) / timedelta(days=1)
    return np.asarray((starts + np.append(starts[1:], last)) / 2, dtype=float)


def _even(name: str, columns: Array, scales: Sequence[Sequence[float]]) -> Term:
    """A term whose scales have equal prior mass."""
    table = np.array(scales)
    return Term(name, columns, table, np.full(len(scales), 1 / len(scales)), np.zeros_like(table))
