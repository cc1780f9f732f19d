"""An estimate made elsewhere enters the flow here, as an `Estimate` like any other."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy import stats

from evalkit.campaign.outcomes import ExternalEstimate, Outcome
from evalkit.estimate import Distribution, Estimate, Interval

PROBABILITIES = tuple(float(p) for p in np.round(np.linspace(0.005, 0.995, 199), 3))


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
    z = float(stats.norm.ppf(0.5 + row.level / 2))
    below, above = (row.total - row.low) / z, (row.high - row.total) / z
    total = Interval(row.total, row.low, row.high, row.level)
    periods = row.periods or 1
    known = row.counterfactual_total
    effect = total.scaled(1 / periods)
    side = below if row.total > 0 else above
    spread = (below + above) / 2
    return Estimate(
        estimand=f"The whole change due to the campaign{_span(row.start, row.end)}, as stated by its source",
        effect=effect,
        total=total,
        rel_effect=total.scaled(1 / known) if known else None,
        effect_unit=f"{outcome.unit} a period" if row.periods else outcome.unit,
        total_unit=outcome.unit,
        p_value=float(2 * stats.norm.sf(abs(row.total) / side)) if side > 0 else float(row.total == 0),
        distribution=split_normal(total),
        design=row.design,
        method="external",
        n_pre=0,
        n_post=periods,
        n_gaps=0,
        smallest_detectable=float((stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * spread / periods),
        notes=(f"Estimated elsewhere: {row.source}.",),
    )


def _span(start: date | None, end: date | None) -> str:
    days = [f"{d.day} {d:%b %Y}" for d in (start, end) if d]
    return f", {' to '.join(days)}" if days else ""


def split_normal(total: Interval) -> Distribution:
    """A distribution from a point and its range: half of the probability on either side of the point.

    Parameters
    ----------
    total : Interval
        Both ends finite.
    """
    z = stats.norm.ppf(np.asarray(PROBABILITIES))
    reach = float(stats.norm.ppf(0.5 + total.level / 2))
    below, above = (total.point - total.low) / reach, (total.high - total.point) / reach
    nodes = total.point + np.where(z < 0, below, above) * z
    return Distribution(PROBABILITIES, tuple(float(q) for q in nodes))
