"""The outcome taken apart period by period, and beside what it would have been.

1. Points are mixture means, and what is left unexplained is what they leave: the parts add up exactly.
2. Slow movements that last belong to the baseline, passing ones to the unexplained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.decomposition import ByPeriod
from evalkit.estimate import Interval, Path
from evalkit.methods import mixture
from evalkit.methods.engine import Array, Noise, Seen
from evalkit.methods.mix_model import Mixture, Model
from evalkit.methods.smoother import smooth

BAND_NODES = 50  # nodes that stand for all in bands by period
LASTING = 0.9  # persistence from which an up or down belongs to the baseline and not to the unexplained
SHOWN_ERRORS = 1e-3  # weight from which an error node takes part in the smoothed baseline


@dataclass(frozen=True, slots=True)
class Parts:
    """The outcome taken apart, summed over areas, in the unit of the totals; (n,) arrays unless said.

    Attributes
    ----------
    observed : (n,) array
        NaN where any area has no figure.
    baseline : (n,) array
    contributions : (K, n) array
    divisor : (n,) array
        From a sum over areas to the effect's unit.
    """

    observed: Array
    baseline: Array
    contributions: Array
    divisor: Array


def _shares(model: Model, x: Mixture) -> Array:
    """Weighted coefficients by dose column, (K * J,) array."""
    K, J = x.by_shape.shape
    return np.concatenate([np.bincount(x.picks[:, k], x.weight * x.coef[:, k], J) for k in range(K)])


def parts_of(model: Model, x: Mixture) -> Parts:
    """Points by period: mixture means, with the slow movement of the errors in the baseline."""
    K, J = x.by_shape.shape
    share = _shares(model, x)
    effect = model.columns @ share
    cols = x.picks + np.arange(K) * J
    back = x.reduced.back[:, : model.base.shape[1]]  # without the columns of missing cells
    taken = back[x.node[:, None, None], np.arange(back.shape[1])[:, None], cols[:, None, :]]
    base = back[x.node, :, -1] - np.einsum("npk,nk->np", taken, x.coef)
    common = model.base @ (x.weight @ base)
    left = model.outcome - effect - common[:, None]
    level = np.zeros(left.shape[1]) if left.shape[1] == 1 else np.nanmean(left, axis=0)
    left = left - level
    seen = np.isfinite(left)
    precision = np.where(seen, 1 / model.variance, 0.0)
    rest = (np.where(seen, left, 0.0) * precision).sum(axis=1) / np.maximum(precision.sum(axis=1), 1e-300)
    by_error = np.bincount(x.reduced.error[x.node], x.weight, x.errors.rho.size)
    lasting = (x.errors.drift > 0) | (x.errors.rho >= LASTING)
    some = np.flatnonzero((by_error > SHOWN_ERRORS) & lasting)
    still = Noise.steady(model.noise)
    slow = np.zeros(rest.size)
    if some.size:
        state = smooth(rest[:, None], seen.any(axis=1), still, x.errors.some(some)).state[:, :, 0]
        slow = by_error[some] @ state
    size = model.size
    expected = model.centre + model.spread * (common[:, None] + level + slow[:, None])
    whole = np.isfinite(model.panel.rates()).all(axis=1) & model.counted
    values = np.where(
        whole, np.where(np.isfinite(model.panel.values), model.panel.values, 0.0).sum(axis=1), np.nan
    )
    by_campaign = np.array([share[k * J : (k + 1) * J] @ model.by_period[k] * model.spread for k in range(K)])
    people = model.panel.denominators is not None
    divisor = size.sum(axis=1) if people else np.full(size.shape[0], float(size.shape[1]))
    return Parts(values, (size * expected).sum(axis=1), by_campaign, divisor)


def _node_curves(model: Model, x: Mixture, which: list[int]) -> tuple[Array, Array, Array, Array]:
    """Few nodes: weights, responses by period, coefficients and their scale matrices."""
    centre = x.coef[:, which].sum(axis=1)
    kept, weight = mixture.thin(x.weight, centre, BAND_NODES)
    rows = np.stack([model.by_period[k][x.picks[kept, k]] for k in which], axis=1) * model.spread
    coef, cov = x.coef[kept][:, which], x.cov[kept][:, which][:, :, which]
    return weight, rows, coef, cov


def _bands(model: Model, x: Mixture, which: list[int], running: bool) -> tuple[Array, Array]:
    """Band of the contribution of each period, or of the running total."""
    weight, rows, coef, cov = _node_curves(model, x, which)
    if running:
        rows = np.cumsum(np.where(model.counted, rows, 0.0), axis=2)
    centre = np.einsum("nkt,nk->nt", rows, coef)
    scale = np.sqrt(np.maximum(np.einsum("nkt,nkl,nlt->nt", rows, cov, rows), 0.0))
    flat = scale.max(axis=0) <= 1e-12 * max(float(scale.max()), 1e-300)
    low, high = np.zeros(flat.size), np.zeros(flat.size)
    if (~flat).any():
        tails = ((1 - model.study.level) / 2, (1 + model.study.level) / 2)
        found = [mixture.bands(p, weight, centre[:, ~flat], scale[:, ~flat], x.reduced.df) for p in tails]
        low[~flat], high[~flat] = found
    return low, high


def by_period(model: Model, x: Mixture, parts: Parts) -> ByPeriod:
    """The table and the stacked chart."""
    bands = [_bands(model, x, [k], running=False) for k in range(len(model.campaigns))]
    rest = parts.observed - parts.baseline - parts.contributions.sum(axis=0)

    def named(rows: Sequence[Array]) -> dict[str, tuple[float, ...]]:
        return {c: tuple(r.tolist()) for c, r in zip(model.campaigns, rows, strict=True)}

    points = list(parts.contributions)
    return ByPeriod(
        periods=model.panel.periods,
        observed=_gappy(parts.observed),
        baseline=tuple(parts.baseline.tolist()),
        contributions=named(points),
        low=named([np.minimum(b[0], p) for b, p in zip(bands, points, strict=True)]),
        high=named([np.maximum(b[1], p) for b, p in zip(bands, points, strict=True)]),
        unexplained=_gappy(rest),
    )


def _gappy(values: Array) -> tuple[float | None, ...]:
    """Plain floats, None for a gap."""
    return tuple(float(v) if np.isfinite(v) else None for v in values)


def path_of(
    model: Model,
    x: Mixture,
    parts: Parts,
    which: list[int],
    total: Interval,
    span: Seen,
) -> Path:
    """The outcome beside what it would have been without these campaigns, the others as they were."""
    size = parts.divisor
    own = parts.contributions[which].sum(axis=0)
    low, high = _bands(model, x, which, running=False)
    low, high = np.minimum(low, own), np.maximum(high, own)
    fitted = parts.baseline + parts.contributions.sum(axis=0)
    outcome = np.where(np.isfinite(parts.observed), parts.observed, fitted)
    running = np.cumsum(np.where(model.counted, own, 0.0))
    r_low, r_high = _bands(model, x, which, running=True)
    last = int(np.flatnonzero(span)[-1])
    # the few nodes' band is stretched to end at the reported interval
    r_low = running + (r_low - running) * (total.low - total.point) / min(
        r_low[last] - running[last], -1e-300
    )
    r_high = running + (r_high - running) * (total.high - total.point) / max(
        r_high[last] - running[last], 1e-300
    )

    def cells(values: Array, where: Seen) -> tuple[float | None, ...]:
        return tuple(float(v) if s else None for v, s in zip(values, where, strict=True))

    return Path(
        periods=model.panel.periods,
        observed=cells(parts.observed / size, np.isfinite(parts.observed)),
        counterfactual=tuple(((outcome - own) / size).tolist()),
        low=tuple(((outcome - high) / size).tolist()),
        high=tuple(((outcome - low) / size).tolist()),
        effect=cells(own / size, span),
        effect_low=cells(low / size, span),
        effect_high=cells(high / size, span),
        cumulative=cells(running, span),
        cumulative_low=cells(np.minimum(r_low, running), span),
        cumulative_high=cells(np.maximum(r_high, running), span),
    )
