"""The joint model held to a trial or area test of one campaign.

1. A test is Bayes' rule on the nodes: it moves their weights and their coefficients, nothing else.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from evalkit.decomposition import Calibration
from evalkit.estimate import Interval
from evalkit.methods.engine import Array
from evalkit.methods.mix_model import CampaignTest, Mixture, Model, interval, whole_of


def held_to(model: Model, x: Mixture, test: CampaignTest) -> Mixture:
    """The mixture given a test of one campaign (normal around its point, with its interval's spread)."""
    k = model.campaigns.index(test.campaign)
    reach = _reach(model, x, test)
    spread = max(test.total.width / (2 * _z(test.total.level)), 1e-12)
    miss = test.total.point - reach * x.coef[:, k]
    variance = reach**2 * x.cov[:, k, k] + spread**2
    log = -0.5 * (np.log(variance) + miss**2 / variance)
    weight = x.weight * np.exp(log - log.max())
    gain = x.cov[:, :, k] * (reach / variance)[:, None]
    J = x.by_shape.shape[1]
    weight = weight / weight.sum()
    return replace(
        x,
        weight=weight,
        coef=x.coef + gain * miss[:, None],
        cov=x.cov - gain[:, :, None] * (reach[:, None] * x.cov[:, k])[:, None, :],
        by_shape=np.array([np.bincount(p, weight, J) for p in x.picks.T]),
    )


def _z(level: float) -> float:
    """Normal quantile of a two-sided interval."""
    return float(ndtri(0.5 + level / 2))


def _reach(model: Model, x: Mixture, test: CampaignTest) -> Array:
    """Total of a test's days and areas at a coefficient of 1, node by node."""
    panel, k = model.panel, model.campaigns.index(test.campaign)
    first, last = max(panel.index(test.start), 0), min(panel.index(test.end), len(panel.periods) - 1)
    where = [panel.column(a) for a in test.areas] or list(range(len(panel.areas)))
    J = x.by_shape.shape[1]
    columns = model.columns[first : last + 1, where, k * J : (k + 1) * J]
    size = model.size[first : last + 1, where]
    return np.asarray(np.einsum("ta,taj->j", size, columns)[x.picks[:, k]] * model.spread, dtype=float)


def calibration(model: Model, before: Mixture, after: Mixture, test: CampaignTest) -> Calibration:
    """A test beside what the model said without it."""
    k, level = model.campaigns.index(test.campaign), model.study.level

    def over_days(x: Mixture) -> Interval:
        reach = _reach(model, x, test)
        return interval(x, reach * x.coef[:, k], np.abs(reach) * np.sqrt(x.cov[:, k, k]), level)

    whole = whole_of(model)
    total = interval(before, whole * before.coef[:, k], whole * np.sqrt(before.cov[:, k, k]), level)
    return Calibration(
        test.campaign,
        test.start,
        test.end,
        test.total,
        over_days(before),
        over_days(after),
        total,
        test.source,
    )
