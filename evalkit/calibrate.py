"""Widening a range that has proved too narrow on the organisation's own history.

1. A range is widened only where the method's misses on stretches without a campaign exceed what chance
   allows, by a factor shrunk towards one: blind widening would punish a sound method, for windows are few.
2. Both ranges are kept, and the reason is said.

With sound ranges the squared scores of n windows have a mean of one, and n times that mean is near
chi-squared with n degrees of freedom. The factor is the root mean square to the power n / (n + SHRINK).
References: Schuemie et al (2014), Statist Med 33:209-18, on calibration by negative controls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import stats

from evalkit.checks.result import CheckResult
from evalkit.estimate import Distribution, Estimate, Interval, Path

CHANCE = 0.975  # quantile of the mean square that chance does not exceed
SHRINK = 8.0  # windows' worth of belief that the range is sound
FURTHEST = 6.0  # standard errors that one window counts for at most


def widening(scores: tuple[float, ...]) -> float:
    """Factor by which a range is to be widened; 1 where its misses are within chance.

    Parameters
    ----------
    scores : tuple of float
        Estimates of windows without a campaign, in standard errors; empty where there were too few.
    """
    n = len(scores)
    if n == 0:
        return 1.0
    square = float(np.mean(np.minimum(np.abs(scores), FURTHEST) ** 2))
    if square <= float(stats.chi2.ppf(CHANCE, n)) / n:
        return 1.0
    return float(square ** (0.5 * n / (n + SHRINK)))


def calibrate(estimate: Estimate, placebo: CheckResult | None) -> Estimate:
    """Widen an estimate's ranges where its method missed too often on the history.

    Parameters
    ----------
    estimate : Estimate
    placebo : CheckResult or None
        The check of the method on earlier stretches.

    Returns
    -------
    Estimate
        The same where there is no cause; otherwise with wider ranges about the same points, the method's own
        range of the total in `before_calibration`, and a note.
    """
    factor = widening(placebo.scores if placebo else ())
    if factor == 1.0 or placebo is None:
        return estimate
    spread = _about(estimate.total.point, factor)
    quantiles = tuple(spread(q) for q in estimate.distribution.quantiles)
    distribution = Distribution(estimate.distribution.probabilities, quantiles)
    seen = estimate.smallest_detectable
    before = len(placebo.scores)
    return replace(
        estimate,
        effect=_wider(estimate.effect, factor),
        total=_wider(estimate.total, factor),
        rel_effect=_relative(estimate.rel_effect, factor),
        p_value=_p_value(distribution, estimate.p_value),
        distribution=distribution,
        smallest_detectable=None if seen is None else seen * factor,
        path=None if estimate.path is None else _path(estimate.path, factor),
        notes=(
            *estimate.notes,
            f"The range is {factor:.2f} times as wide as the method's own, because on {before} earlier "
            "stretches without a campaign the method was further off than chance allows.",
        ),
        before_calibration=estimate.total,
    )


def _about(point: float, factor: float) -> Callable[[float], float]:
    return lambda x: point + factor * (x - point)


def _wider(interval: Interval, factor: float) -> Interval:
    spread = _about(interval.point, factor)
    return replace(interval, low=spread(interval.low), high=spread(interval.high))


def _relative(interval: Interval | None, factor: float) -> Interval | None:
    """A relative change cannot be below minus one where it was not."""
    if interval is None:
        return None
    wider = _wider(interval, factor)
    return replace(wider, low=max(wider.low, -1.0)) if interval.low >= -1 else wider


def _p_value(distribution: Distribution, before: float) -> float:
    """Two-sided, from the wider distribution; never smaller than before."""
    below = float(np.interp(0.0, distribution.quantiles, distribution.probabilities))
    return max(before, min(1.0, 2 * min(below, 1 - below)))


def _path(path: Path, factor: float) -> Path:
    """Bands wider about their middles; a band of an outcome that is never negative stays so."""
    floor = 0.0 if min(path.low) >= 0 else -np.inf

    def each(middle: tuple[float | None, ...], edge: tuple[float | None, ...]) -> tuple[float | None, ...]:
        pairs = zip(middle, edge, strict=True)
        return tuple(None if m is None or e is None else m + factor * (e - m) for m, e in pairs)

    return replace(
        path,
        low=tuple(
            max(m + factor * (e - m), floor) for m, e in zip(path.counterfactual, path.low, strict=True)
        ),
        high=tuple(m + factor * (e - m) for m, e in zip(path.counterfactual, path.high, strict=True)),
        effect_low=each(path.effect, path.effect_low),
        effect_high=each(path.effect, path.effect_high),
        cumulative_low=each(path.cumulative, path.cumulative_low),
        cumulative_high=each(path.cumulative, path.cumulative_high),
    )
