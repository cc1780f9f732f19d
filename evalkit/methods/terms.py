"""The terms of a series regression: what else moves an outcome.

1. Every term is a set of columns on the panel's calendar with prior scales in units of the noise; the engine
   integrates over the scales, so a term that explains nothing shrinks to nothing.
2. Scales are round figures chosen for what the columns mean, never for a data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from evalkit.calendars import DAYS_A_YEAR, PER_YEAR, edges
from evalkit.designing import BY_BREAKS
from evalkit.methods.engine import Array, Errors, Term
from evalkit.methods.school_breaks import break_shares
from evalkit.vocabulary import Frequency, OutcomeKind

SUBDIVISION = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
LENGTH = "days in the month"
BREAKS = "bank holidays and school breaks"
HARMONICS = {
    Frequency.DAILY: 4,
    Frequency.WEEKLY: 4,
    Frequency.FOUR_WEEKLY: 4,
    Frequency.FOUR_FOUR_FIVE: 5,
    Frequency.MONTHLY: 5,
    Frequency.QUARTERLY: 2,
    Frequency.ANNUAL: 0,
}
# Prior standard deviations as shares of the usual figure. A wave's height is about twice its entry.
SLOPES, SLOPE_MASS = (0.02, 0.05, 0.15, 0.5), (0.3, 0.35, 0.2, 0.15)  # a year
WAVES, WAVE_MASS = (0.004, 0.02, 0.07, 0.25), (0.1, 0.25, 0.4, 0.25)  # the first: no season to speak of
FINER_WAVES = (0.003, 0.015, 0.06)
TYPICAL_NOISE = 0.1  # of the usual figure
UNIT_BOUNDS = (0.1, 1e4)
# Beside comparison series, which carry a season themselves, what is left of it is mostly small. Not so a
# trend: noisy comparisons carry a part of it only, and two per cent a year unseen are several in the answer.
WAVE_LEFT, FINER_LEFT = (0.3, 0.25, 0.3, 0.15), (0.5, 0.3, 0.2)
NEAR = 0.7  # mass of a common percentage movement
# Months of four and five weeks: no say; in step with length; nearly so; anything.
LENGTH_MASS = {OutcomeKind.COUNT: (0.05, 0.5, 0.35, 0.1), OutcomeKind.LEVEL: (0.35, 0.3, 0.2, 0.15)}
PERSISTENCE = (0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97)
PERSISTENCE_MASS = (0.10, 0.11, 0.13, 0.15, 0.16, 0.17, 0.18)
COARSE = (0.4, 0.75, 0.92)  # persistence beside a drift
INDEPENDENT = 0.4  # mass of no persistence
DRIFTS, DRIFT_MASS = (0.0, 0.03, 0.07, 0.15), (0.5, 0.17, 0.2, 0.13)  # a year, as shares of the usual figure
SWAMPING, SWAMPING_MASS = (0.06, 0.2, 0.6), 0.05  # steps as shares of all variance


def natural_unit(past: Array, years: Array, share: bool, known: Array | None = None) -> float:
    """The usual figure in multiples of the noise: what turns "per cent a year" into the engine's scales.

    Trends and seasons of public services are known in per cent of the usual figure (for a share: of the
    odds), and the engine's scales are multiples of the noise. The ratio is taken from the history alone, with
    a straight line and one wave removed; the prior scales are wide enough for it to matter little. An outcome
    that is not positive has no usual figure: there the noise counts as a tenth of one.

    Parameters
    ----------
    past : (m,) array
        Figures before the start.
    years : (m,) array
        Their times.
    share : bool
        Whether figures are proportions.
    known : (m, p) array, optional
        Columns to be removed as well, such as the length of months.
    """
    level = float(past.mean())
    if level <= 0 or past.min() < 0:
        return 1 / TYPICAL_NOISE
    angle = 2 * np.pi * years
    waves = [np.cos(angle), np.sin(angle)] if np.ptp(years) >= 1 and past.size >= 12 else []
    X = np.column_stack([np.ones(past.size), years, *waves, *(() if known is None else known.T)])
    left = past - X @ np.linalg.lstsq(X, past, rcond=None)[0]
    noise = float(np.sqrt(left @ left / (past.size - X.shape[1])))
    usual = level * (1 - level) if share else level
    return float(np.clip(usual / max(noise, 1e-12 * level), *UNIT_BOUNDS))


def slope(years: Array, n_pre: int, unit: float, removed: float = 0.0) -> Term:
    """A straight line: 2 to 5 per cent a year is normal, 15 happens, 50 is a service set up or closed.

    Parameters
    ----------
    years : (n,) array
    n_pre : int
    unit : float
        The usual figure in multiples of the noise.
    removed : float
        Movement a year, in the outcome's unit, that the line is laid on top of. The prior stays about no
        movement in all, so that a rate read off the figures is not believed for having been read.
    """
    column = years - years[:n_pre].mean()
    even = _even("slope", column[:, None], [[s * unit] for s in SLOPES], SLOPE_MASS)
    return replace(even, centres=np.full((len(SLOPES), 1), -removed))


def season(years: Array, frequency: Frequency, unit: float, compared: bool = False) -> list[Term]:
    """Waves through the year: the first on its own; of the others the k-th shrinks as 2 / k.

    The first has scales of its own, because a plain swing between summer and winter is common and says
    nothing of the finer waves.
    """
    K = HARMONICS[frequency]
    if K == 0:
        return []
    k = np.arange(1, K + 1)
    angle = 2 * np.pi * years[:, None] * k
    cos, sin = np.sqrt(2) * np.cos(angle), np.sqrt(2) * np.sin(angle)
    first = _even(
        "season",
        np.column_stack([cos[:, 0], sin[:, 0]]),
        [[s * unit] * 2 for s in WAVES],
        WAVE_LEFT if compared else WAVE_MASS,
    )
    decay = np.tile(2.0 / k[1:], 2)
    finer = np.hstack([cos[:, 1:], sin[:, 1:]])
    scales = [list(s * unit * decay) for s in FINER_WAVES]
    return [first, _even("finer season", finer, scales, FINER_LEFT if compared else None)]


def weekday(periods: Sequence[date]) -> Term:
    """Day of the week, as seven exchangeable departures."""
    columns = np.array([[float(d.weekday() == j) for j in range(7)] for d in periods]) - 1 / 7
    return _even("weekday", columns, [[s] * 7 for s in (0.1, 0.7, 2.0, 6.0)])


def bank_holidays(periods: Sequence[date], frequency: Frequency, calendar: str) -> Term | None:
    """Bank holidays in each period; None where every period has the same number."""
    count = holiday_counts(tuple(periods), frequency, calendar)
    if np.ptp(count) == 0:
        return None
    return _even("bank holidays", (count - count.mean())[:, None], [[0.1], [0.7], [4.0]])


def holidays_and_breaks(
    periods: Sequence[date], frequency: Frequency, calendar: str, n_pre: int
) -> Term | None:
    """Bank holidays and, beside them in the same term, school breaks.

    Breaks stand apart from the waves through the year only where a period is shorter than a month, and can be
    learnt only from a history that has seen each once; elsewhere there are bank holidays alone. One term for
    both keeps the grid small, and a service that follows one calendar often follows the other.
    """
    alone = bank_holidays(periods, frequency, calendar)
    share = break_shares(tuple(periods), frequency, calendar)
    if frequency not in BY_BREAKS or n_pre < PER_YEAR[frequency] or np.ptp(share) == 0:
        return alone
    count = holiday_counts(tuple(periods), frequency, calendar)
    columns = np.column_stack([count - count.mean(), share - share.mean()])
    return _even(BREAKS, columns, [[0.1, 0.1], [0.7, 0.3], [0.7, 1.5], [4.0, 1.5]])


def month_length(
    periods: Sequence[date], frequency: Frequency, kind: OutcomeKind, usual: float
) -> Term | None:
    """Days in the month; None where it has no say: a share, and months that are nearly alike.

    A calendar month's length matters to counts only. In a 4-4-5 calendar a month may be a quarter longer than
    the one before: a count goes with its length, and a level does where it is a total and not where it is
    an average, which the figures tell.

    Parameters
    ----------
    periods : sequence of date
    frequency : Frequency
    kind : OutcomeKind
    usual : float
        The usual figure before the start.
    """
    days = np.diff([d.toordinal() for d in edges(periods, frequency)]).astype(float)
    if frequency is Frequency.MONTHLY and kind is OutcomeKind.COUNT:
        return _even(LENGTH, (days - 30.44)[:, None], [[0.05], [0.4]])
    if frequency is not Frequency.FOUR_FOUR_FIVE or kind is OutcomeKind.SHARE:
        return None
    longer = (days / days.mean() - 1)[:, None]
    scales = np.array([[0.3], [0.3], [3.0], [30.0]])
    centres = np.array([[0.0], [usual], [usual], [0.0]])
    mass = np.array(LENGTH_MASS[kind])
    return Term(LENGTH, longer, scales, mass, centres)


def events(columns: Sequence[Array]) -> Term:
    """Known events: a shift each while it lasted, of unknown size."""
    J = len(columns)
    return _even("events", np.column_stack(columns), [[2.0] * J, [10.0] * J])


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
    relative = series / past.mean(axis=0) - 1 if alike else z
    mean = relative @ steadiness(relative[fitted])
    spread = float(mean[fitted].std()) or 1.0
    J = z.shape[1]
    free = [(0.03, 0.1), (0.3, 0.3), (0.3, 1.5), (1.0, 3.0)]
    near = [(0.03, 0.1), (0.03, 0.5), (0.3, 0.5), (0.3, 1.5)] if alike else []
    scales = np.array([[own] * J + [shared] for own, shared in (*free, *near)])
    centres = np.zeros_like(scales)
    centres[len(free) :, J] = level * spread
    mass = [*np.full(len(free), (1 - NEAR) / len(free)), *np.full(len(near), NEAR / max(len(near), 1))]
    mass = [m / sum(mass) for m in mass]
    return Term("comparison", np.column_stack([z, mean / spread]), scales, np.array(mass), centres)


def steadiness(past: Array) -> Array:
    """Weights of comparison series in their mean, (J,): one over the variance from period to period.

    A small area's figures are mostly noise; with equal weights it would blur the movement that all share.
    """
    noise = np.nanvar(np.diff(past, axis=0), axis=0)
    weight = 1 / np.maximum(noise, 1e-9 * noise.max() or 1.0)
    return np.asarray(weight / weight.sum(), dtype=float)


def covariate(name: str, values: Array, fitted: NDArray[np.bool_]) -> Term:
    """An outside series the campaign cannot have touched."""
    z = (values - values[fitted].mean()) / (values[fitted].std() or 1.0)
    return _even(name, z[:, None], [[0.1], [0.5], [1.5]])


def series_errors(unit: float, frequency: Frequency) -> Errors:
    """Errors of one series: independent or AR(1) with independent noise, each with and without drift.

    A drift is a random walk whose steps add up, over a year, to so many per cent of the usual figure: like
    slopes, drifts are known beforehand on that scale, and one of 3 per cent that nobody sees is an error of
    about 2 in the answer half a year on. A small part of the mass is for walks that swamp the noise, which
    the unit, taken from figures that wander, would understate. Within AR(1), persistence near one has more
    mass than persistence near zero: a flat prior under-covers there (Zellner and Tiao 1964).

    Parameters
    ----------
    unit : float
        The usual figure in multiples of the noise (`natural_unit`).
    frequency : Frequency
    """
    rows = [(0.0, 0.0, 0.0, s, 1 - s, SWAMPING_MASS / len(SWAMPING)) for s in SWAMPING]
    for yearly, mass in zip(DRIFTS, DRIFT_MASS, strict=True):
        step = (yearly * unit) ** 2 / PER_YEAR[frequency]
        fine = yearly == 0
        r_mass = zip(PERSISTENCE, PERSISTENCE_MASS, strict=True) if fine else ((r, 1 / 3) for r in COARSE)
        waves = (0.3, 0.6, 1.0) if fine else (0.45, 0.9)
        part = (1 - SWAMPING_MASS) * mass
        rows.append((0.0, 0.0, 0.0, step, 1.0, INDEPENDENT * part))
        rows += [
            (r, w, w * (1 - r * r), step, 1 - w, (1 - INDEPENDENT) * part * m / len(waves))
            for r, m in r_mass
            for w in waves
        ]
    rho, start, innovation, drift, noise, share = np.array(rows).T
    return Errors(rho, start, innovation, drift, noise, share / share.sum())


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
    days = edges(periods, frequency)
    years = range(days[0].year, days[-1].year + 1)
    found = holidays.country_holidays("GB", subdiv=SUBDIVISION[calendar], years=years)
    known = np.array(sorted(found), dtype="datetime64[D]")
    return np.diff(np.searchsorted(known, np.array(days, dtype="datetime64[D]"))).astype(float)


def midyears(periods: Sequence[date], frequency: Frequency) -> Array:
    """Middle of each period, in years since 2000."""
    origin = date(2000, 1, 1)
    days = np.array([(p - origin) / timedelta(days=1) for p in edges(periods, frequency)])
    return np.asarray((days[:-1] + days[1:]) / 2 / DAYS_A_YEAR, dtype=float)


def _even(
    name: str, columns: Array, scales: Sequence[Sequence[float]], mass: Sequence[float] | None = None
) -> Term:
    """A term centred on nothing; its scales have equal prior mass where none is given."""
    table = np.array(scales)
    weight = np.full(len(scales), 1 / len(scales)) if mass is None else np.array(mass)
    return Term(name, columns, table, weight, np.zeros_like(table))
