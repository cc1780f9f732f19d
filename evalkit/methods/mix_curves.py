"""What more or less of a dose would have done, and the nodes for questions asked later.

1. A multiple scales the whole dose as it was, its timing unchanged; nothing beyond twice it is drawn.
2. The cost of one more outcome is the inverse of the response at the margin, with its open side kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalkit.decomposition import Curve, Nodes
from evalkit.estimate import Interval
from evalkit.methods import mixture
from evalkit.methods.mix_model import MULTIPLES, Mixture, Model

KEPT = 60  # nodes handed on for questions asked later


def curves(model: Model, x: Mixture, campaigns: Sequence[str]) -> tuple[Curve, ...]:
    """Response curve of each campaign."""
    return tuple(_curve(model, x, model.campaigns.index(c)) for c in campaigns)


def _curve(model: Model, x: Mixture, k: int) -> Curve:
    whole = float(model.size[model.counted].sum() * model.spread)
    coef, scale = whole * x.coef[:, k], whole * np.sqrt(np.maximum(x.cov[:, k, k], 1e-300))
    factor = model.response[k][x.picks[:, k]]
    level = model.study.level
    tails = ((1 - level) / 2, (1 + level) / 2)
    point = x.weight @ (coef[:, None] * factor)
    low, high = np.zeros(len(MULTIPLES)), np.zeros(len(MULTIPLES))
    some = np.array(MULTIPLES) > 0
    centres, scales = coef[:, None] * factor[:, some], scale[:, None] * factor[:, some]
    low[some], high[some] = (mixture.bands(p, x.weight, centres, scales, x.reduced.df) for p in tails)
    dose = float(model.doses[model.counted][:, :, k].sum())
    if not _by_area(model, k):
        dose /= model.doses.shape[1]
    slope = model.margin[k][x.picks[:, k]] / dose
    at = mixture.quantiles(tails, x.weight, coef * slope, scale * slope, x.reduced.df)
    mean = float(x.weight @ (coef * slope))
    marginal = Interval(mean, min(float(at[0]), mean), max(float(at[1]), mean), level)
    return Curve(
        campaign=model.campaigns[k],
        dose=dose,
        multiples=MULTIPLES,
        total=tuple(point.tolist()),
        low=tuple(np.minimum(low, point).tolist()),
        high=tuple(np.maximum(high, point).tolist()),
        marginal=marginal,
        per_outcome=inverse(marginal),
    )


def _by_area(model: Model, k: int) -> bool:
    """Whether a campaign's doses were given area by area."""
    dose = model.doses[:, :, k]
    return dose.shape[1] == 1 or bool((np.ptp(dose, axis=1) > 0).any())


def inverse(marginal: Interval) -> Interval:
    """Dose for one more outcome, or one fewer where they fall; infinite where none is not ruled out."""
    size = marginal if marginal.point >= 0 else marginal.scaled(-1.0)
    low = 1 / size.high if size.high > 0 else np.inf
    high = 1 / size.low if size.low > 0 else np.inf
    point = 1 / size.point if size.point > 0 else np.inf
    return Interval(float(min(max(point, low), high)), float(low), float(high), marginal.level)


def nodes(model: Model, x: Mixture) -> Nodes:
    """Few nodes that stand for all."""
    kept, weight = mixture.thin(x.weight, x.coef.sum(axis=1), KEPT)
    whole = float(model.size[model.counted].sum() * model.spread)
    K = len(model.campaigns)
    response = np.stack([model.response[k][x.picks[kept, k]] for k in range(K)], axis=1)

    return Nodes(
        campaigns=model.campaigns,
        weight=tuple(weight.tolist()),
        coefficient=tuple(tuple(r) for r in (whole * x.coef[kept]).tolist()),
        scale=tuple(tuple(tuple(r) for r in m) for m in (whole**2 * x.cov[kept]).tolist()),
        multiples=MULTIPLES,
        response=tuple(tuple(tuple(r) for r in m) for m in response.tolist()),
        df=x.reduced.df,
    )
