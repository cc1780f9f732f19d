"""An estimate made elsewhere enters the flow here, as an `Estimate` like any other."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy import stats

from evalkit.campaign.outcomes import ExternalEstimate, Outcome
from evalkit.estimate import Distribution, Estimate, Interval

BEYOND = (0.0001, 0.0003, 0.001, 0.0025)  # tails that a mixture with a dearer unit reaches into
PROBABILITIES = (
    *BEYOND,
    *(float(p) for p in np.round(np.linspace(0.005, 0.995, 199), 3)),
    *(round(1 - p, 4) for p in reversed(BEYOND)),
)


def external_estimate(row: ExternalEstimate, outcome: Outcome) -> Estimate:
    """Turn a stated total with its interval into an estimate.

    The distribution is normal on either side of the point, each side with the spread that its limit states
    (a split normal), so that an uneven interval stays uneven.

    Parameters
    ----------
    row : ExternalEstimate
    outcome : Outcome
        Gives the unit.
    """
    total = Interval(row.total, row.low, row.high, row.level)
    periods = row.periods or 1
    known = row.counterfactual_total
    effect = total.scaled(1 / periods)
    return Estimate(
        estimand=f"The whole change due to the campaign{_span(row.start, row.end)}, as stated by its source",
        effect=effect,
        total=total,
        rel_effect=total.scaled(1 / known) if known else None,
        effect_unit=f"{outcome.unit} a period" if row.periods else outcome.unit,
        total_unit=outcome.unit,
        p_value=implied_p(total),
        distribution=split_normal(total),
        design=row.design,
        method="external",
        n_pre=0,
        n_post=periods,
        n_gaps=0,
        smallest_detectable=implied_detectable(effect),
        notes=(f"Estimated elsewhere: {row.source}.",),
    )


def _span(start: date | None, end: date | None) -> str:
    days = [f"{d.day} {d:%b %Y}" for d in (start, end) if d]
    return f", {' to '.join(days)}" if days else ""


def implied_p(total: Interval) -> float:
    """The two-sided p-value of no change that goes with a range, as if its side were normal."""
    below, above = _spreads(total)
    side = below if total.point > 0 else above
    return float(2 * stats.norm.sf(abs(total.point) / side)) if side > 0 else float(total.point == 0)


def implied_detectable(effect: Interval) -> float:
    """The smallest effect seen with power 0.8 at two-sided 5%, by the width of a range."""
    return float((stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * sum(_spreads(effect)) / 2)


def _spreads(interval: Interval) -> tuple[float, float]:
    """The standard deviation that each limit states."""
    z = float(stats.norm.ppf(0.5 + interval.level / 2))
    return (interval.point - interval.low) / z, (interval.high - interval.point) / z


def split_normal(total: Interval) -> Distribution:
    """A distribution from a point and its range: half of the probability on either side of the point.

    Parameters
    ----------
    total : Interval
        Both ends finite.
    """
    z = stats.norm.ppf(np.asarray(PROBABILITIES))
    below, above = _spreads(total)
    nodes = total.point + np.where(z < 0, below, above) * z
    return Distribution(PROBABILITIES, tuple(float(q) for q in nodes))
