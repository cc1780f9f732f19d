"""From a comparison of two groups to an estimate: the interval at any level, and what goes with it.

1. Effect, total, relative effect and p-value come from one inference: where the interval excludes zero the
   p-value is below 1 less its level, and the ratio excludes one.
2. A limit that the data do not give is infinite and shown as such.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from evalkit.estimate import Distribution, Estimate, Interval
from evalkit.methods.mixture import NODES
from evalkit.vocabulary import DesignCode, OutcomeKind

Ends = Callable[[float], tuple[float, float]]  # level to the two ends
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groups compared.

    Attributes
    ----------
    point : float
        Difference from control.
    ends : callable
        The interval of the difference at any level.
    ratio : float or None
        Ratio to control less 1.
    ratio_ends : callable
    p_value : float
    error : float
        Standard error, for the smallest effect that could be seen.
    df : float
    people : float
        People, or exposure, in the arm: what turns the mean effect into a total.
    method : str
    design : DesignCode
    notes : tuple of str
    """

    point: float
    ends: Ends
    ratio: float | None
    ratio_ends: Ends
    p_value: float
    error: float
    df: float
    people: float
    method: str
    design: DesignCode
    notes: tuple[str, ...] = ()


def by_t(
    control: float, point: float, var_control: float, var_point: float, both: float, df: float
) -> tuple[Ends, float | None, Ends, float]:
    """Interval, ratio, its interval by Fieller's theorem, and p-value, from t with `df`.

    Parameters
    ----------
    control, point : float
        Mean of the control and difference from it.
    var_control, var_point, both : float
        Their variances and covariance.
    df : float
    """
    error = math.sqrt(var_point)

    def ends(level: float) -> tuple[float, float]:
        reach = float(stdtrit(df, 0.5 + level / 2)) * error
        return point - reach, point + reach

    def ratio_ends(level: float) -> tuple[float, float]:
        return _fieller(point, control, var_point, var_control, both, float(stdtrit(df, 0.5 + level / 2)))

    p = 2 * float(stdtr(df, -abs(point) / error)) if error > 0 else float(point == 0)
    return ends, point / control if control else None, ratio_ends, p


def _fieller(top: float, bottom: float, vt: float, vb: float, both: float, t: float) -> tuple[float, float]:
    """Interval of a ratio of two estimates; without limits where the bottom may be zero."""
    a = bottom**2 - t**2 * vb
    b = top * bottom - t**2 * both
    c = top**2 - t**2 * vt
    inside = b**2 - a * c
    if a <= 0 or inside < 0:
        return -math.inf, math.inf
    low, high = sorted(((b - math.sqrt(inside)) / a, (b + math.sqrt(inside)) / a))
    return low, high


def estimate(
    found: Compared, *, kind: OutcomeKind, arm: str, control: str, level: float, p_value: float,
    notes: tuple[str, ...],
) -> Estimate:  # fmt: skip
    """Put the answer in the form that every method returns.

    Parameters
    ----------
    found : Compared
    kind : OutcomeKind
    arm, control : str
    level : float
        Of the interval, after any correction for several comparisons.
    p_value : float
        Likewise corrected.
    notes : tuple of str
    """
    bound = 1.0 if kind is OutcomeKind.SHARE else math.inf
    effect = _interval(found.point, found.ends, level, -bound, bound)
    share = kind is OutcomeKind.SHARE
    low = -1.0 if kind is not OutcomeKind.LEVEL else -math.inf
    rel = None if found.ratio is None else _interval(found.ratio, found.ratio_ends, level, low, math.inf)
    seen = float(stdtrit(found.df, 0.975) + stdtrit(found.df, POWER)) * found.error
    return Estimate(
        estimand=f"Mean difference between {arm} and {control}, among the people as allocated",
        effect=effect,
        total=effect.scaled(found.people),
        rel_effect=rel,
        effect_unit="proportion" if share else "rate" if kind is OutcomeKind.COUNT else "mean",
        total_unit="people" if share else "events" if kind is OutcomeKind.COUNT else "sum",
        p_value=min(p_value, 1.0),
        distribution=_nodes(found, bound),
        design=found.design,
        method=found.method,
        n_pre=0,
        n_post=1,
        n_gaps=0,
        smallest_detectable=seen if math.isfinite(seen) and seen > 0 else None,
        path=None,
        notes=found.notes + notes,
    )


def _interval(point: float, ends: Ends, level: float, least: float, most: float) -> Interval:
    low, high = ends(level)
    point = min(max(point, least), most)  # a fall by everything may come out a rounding error larger
    return Interval(point, max(min(low, point), least), min(max(high, point), most), level)


def _nodes(found: Compared, bound: float) -> Distribution:
    """Quantiles of the total: the ends of the interval at every level."""
    below = [p for p in NODES if p < 0.5]
    pairs = [found.ends(1 - 2 * p) for p in below]
    lows = [max(min(a, found.point), -bound) for a, _ in pairs]
    highs = [min(max(b, found.point), bound) for _, b in pairs]
    p = (*below, 0.5, *(1 - q for q in reversed(below)))
    q = np.array([*lows, found.point, *reversed(highs)]) * found.people
    return Distribution(tuple(float(x) for x in p), tuple(float(x) for x in q))
