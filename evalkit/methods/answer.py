"""From a posterior to an estimate: effect, total, relative effect and path from one distribution.

1. Every interval is a quantile of the same mixture; nothing is divided by an estimate taken as known.
2. Points are means, so that periods add up to the total and the total divides into the mean effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtrit

from evalkit.estimate import Distribution, Interval, Path
from evalkit.methods import mixture
from evalkit.methods.engine import Array, Effects, Errors, Noise, Posterior, Whole
from evalkit.methods.smoother import Smooth, running_variance, smooth

PATH_NODES = 40  # nodes that stand for all in per-period bands


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit and what it was made of.

    Attributes
    ----------
    y : (n,) array
        Outcome in the effect's unit; NaN where not used in the fit.
    base : (n, P - 1) array
        Terms' columns, intercept and departures.
    n_terms : int
        Columns of `base` that belong to the terms and the intercept.
    effects : Effects
    errors : Errors
    noise : Noise
    posterior : Posterior
    inside : (n,) boolean array
        Periods of the estimand.
    weight : (n,) array
        From an effect to its contribution to the total; zero outside the estimand.
    """

    y: Array
    base: Array
    n_terms: int
    effects: Effects
    errors: Errors
    noise: Noise
    posterior: Posterior
    inside: NDArray[np.bool_]
    weight: Array


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mixture says; units as in `Estimate`."""

    effect: Interval
    total: Interval
    rel_effect: Interval
    p_value: float
    distribution: Distribution
    smallest_detectable: float


@dataclass(frozen=True, slots=True)
class _Contrast:
    """Linear functions of the coefficients and the states, node by node: centre (K,) and covariance."""

    total: Array  # (K,) mean of the total
    fall: Array  # (K,) mean of the total counterfactual
    total_var: Array
    fall_var: Array
    both: Array  # covariance of the two


def answer(fit: Fitted, level: float) -> Answer:
    """Effect, total and relative effect with their intervals.

    Parameters
    ----------
    fit : Fitted
    level : float
    """
    post = fit.posterior
    rows = _effect_rows(fit)
    tails = ((1 - level) / 2, (1 + level) / 2)
    centre, scale = _spread(
        post, np.broadcast_to(rows[post.shape][:, fit.inside].mean(axis=1), post.coef.shape)
    )
    asked = (*tails, 0.025, 0.2, 0.8, 0.975)
    low, high, q025, q20, q80, q975 = mixture.quantiles(asked, post.weight, centre, scale, post.df)
    below = mixture.probability_below(0.0, post.weight, centre, scale, post.df)
    total, total_scale = _spread(post, np.einsum("kna,n->ka", rows[post.shape], fit.weight))
    nodes = mixture.quantiles((*tails, *mixture.NODES), post.weight, total, total_scale, post.df)
    mean = float(post.weight @ total)
    whole = _ordered(mean, nodes[0], nodes[1], level)
    return Answer(
        effect=_ordered(float(post.weight @ centre), low, high, level),
        total=whole,
        rel_effect=_relative(fit, whole, tails, level),
        p_value=float(min(1.0, 2 * min(below, 1 - below))),
        distribution=Distribution(mixture.NODES, tuple(np.maximum.accumulate(nodes[2:]).tolist())),
        smallest_detectable=float((q975 - q025 + q80 - q20) / 2),
    )


def mean_effect(fit: Fitted, over: NDArray[np.bool_], level: float) -> Interval:
    """Mean effect over some of the window's periods, from the same mixture."""
    post = fit.posterior
    centre, scale = _spread(post, _effect_rows(fit)[post.shape][:, over].mean(axis=1))
    low, high = mixture.quantiles(((1 - level) / 2, (1 + level) / 2), post.weight, centre, scale, post.df)
    return _ordered(float(post.weight @ centre), low, high, level)


def _ordered(point: float, low: float, high: float, level: float) -> Interval:
    """An interval that holds its point, however few the degrees of freedom."""
    return Interval(point, min(float(low), point), max(float(high), point), level)


def _effect_rows(fit: Fitted) -> Array:
    """(H, n, P): the effect in each period as a function of the coefficients, by shape."""
    H, n = fit.effects.profiles.shape
    rows = np.zeros((H, n, fit.base.shape[1] + 1))
    rows[:, :, fit.n_terms : -1] = fit.base[:, fit.n_terms :]
    rows[:, :, -1] = fit.effects.profiles
    return rows


def _spread(post: Posterior, rows: Array) -> tuple[Array, Array]:
    """Centre and scale, node by node, of one linear function (K, P) of the coefficients."""
    centre = np.einsum("kp,kp->k", rows, post.coef)
    variance = np.einsum("kp,kpq,kq->k", rows, post.cov, rows)
    return centre, np.sqrt(np.maximum(variance, 1e-300))


# ------------------------------------------------------------------ relative effect


def _relative(fit: Fitted, total: Interval, tails: tuple[float, float], level: float) -> Interval:
    """Total effect over total counterfactual, unbounded where the counterfactual may be zero."""
    parts = _total_and_counterfactual(fit)
    post = fit.posterior
    fall = float(post.weight @ parts.fall)
    scale = np.sqrt(np.maximum(parts.fall_var, 1e-300))
    zero = mixture.probability_below(0.0, post.weight, parts.fall, scale, post.df)
    point = total.point / fall if fall else 0.0
    if zero > tails[0] or fall <= 0:
        # A counterfactual near zero: the ratio has no upper bound, and no lower one where it may be negative.
        observed = float(np.nansum(np.where(fit.inside, fit.y, 0.0)))
        floor = -1.0 if np.nanmin(fit.y) >= 0 and observed >= 0 else -np.inf
        return Interval(max(point, floor), floor, np.inf, level)
    if np.isfinite(fit.y[fit.inside]).all():  # the observed total is known, so the ratio rises with the total
        observed = total.point + fall
        return _ordered(
            point, total.low / (observed - total.low), total.high / (observed - total.high), level
        )
    low, high = (_ratio_quantile(p, parts, post) for p in tails)
    return _ordered(point, low, high, level)


def _ratio_quantile(probability: float, parts: _Contrast, post: Posterior) -> float:
    """Quantile of total / counterfactual: root of P(total - r counterfactual <= 0) = p."""

    def excess(r: float) -> float:
        centre = parts.total - r * parts.fall
        variance = parts.total_var - 2 * r * parts.both + r * r * parts.fall_var
        scale = np.sqrt(np.maximum(variance, 1e-300))
        return mixture.probability_below(0.0, post.weight, centre, scale, post.df) - probability

    middle = float(post.weight @ parts.total / (post.weight @ parts.fall))
    width = float(np.sqrt(parts.total_var.max()) / np.abs(post.weight @ parts.fall))
    low, high = middle - width, middle + width
    while excess(low) > 0:
        low -= 2 * (high - low)
    while excess(high) < 0:
        high += 2 * (high - low)
    return float(brentq(excess, low, high, xtol=1e-10))


def _total_and_counterfactual(fit: Fitted) -> _Contrast:
    """Joint mean and covariance of the total effect and the total counterfactual.

    The counterfactual total is what was observed less the effect, plus what is expected in the gaps.
    """
    post, rows = fit.posterior, _effect_rows(fit)
    seen = np.isfinite(fit.y)
    there, gap = np.where(seen, fit.weight, 0.0), np.where(seen, 0.0, fit.weight)
    total_rows = np.einsum("kna,n->ka", rows[post.shape], fit.weight)
    fall_rows = -np.einsum("kna,n->ka", rows[post.shape], there)
    fall = np.full(post.weight.size, float(np.sum(np.where(seen, there * np.nan_to_num(fit.y), 0.0))))
    extra = np.zeros(post.weight.size)
    if gap.any():
        kinds, at = np.unique(post.error, return_inverse=True)
        expected = _expected(fit, kinds)
        fall += (expected.offset @ gap)[at]
        fall_rows += np.einsum("chna,n->cha", expected.rows, gap)[at, post.shape]
        gap = gap * fit.noise.size
        own = float(gap**2 @ fit.noise.relative) * fit.errors.noise[kinds]
        carried = running_variance(gap, expected.states)[:, -1]
        extra = (carried + own)[at] * post.variance
    total, _ = _spread(post, total_rows)
    fall = fall + np.einsum("kp,kp->k", fall_rows, post.coef)
    total_var = np.einsum("kp,kpq,kq->k", total_rows, post.cov, total_rows)
    fall_var = np.einsum("kp,kpq,kq->k", fall_rows, post.cov, fall_rows) + extra
    return _Contrast(
        total, fall, total_var, fall_var, np.einsum("kp,kpq,kq->k", total_rows, post.cov, fall_rows)
    )


@dataclass(frozen=True, slots=True)
class _Expected:
    """Untreated expectation under C nodes: offset (C, n), rows (C, H, n, P) on the coefficients, states."""

    offset: Array
    rows: Array
    states: Smooth


def _expected(fit: Fitted, errors: Whole) -> _Expected:
    """What the model expects without the campaign, as a function of the coefficients."""
    grid, seen = fit.errors, np.isfinite(fit.y)
    columns = np.column_stack([fit.base, fit.effects.profiles.T, np.where(seen, fit.y, 0.0)])
    states = _outside_a_period_ahead(smooth(columns, seen, fit.noise, grid.some(errors)), fit.inside)
    n_base, H = fit.base.shape[1], fit.effects.mass.size
    untreated = fit.base.copy()
    untreated[:, fit.n_terms :] = 0.0
    rows = np.empty((errors.size, H, fit.y.size, n_base + 1))
    rows[..., :-1] = (untreated - states.state[:, :, :n_base])[:, None]
    rows[..., -1] = -states.state[:, :, n_base : n_base + H].transpose(0, 2, 1)
    return _Expected(states.state[:, :, -1], rows, states)


def _outside_a_period_ahead(states: Smooth, inside: NDArray[np.bool_]) -> Smooth:
    """Outside the window, expect each period from earlier ones: a fit that saw it would hug the figure."""
    return replace(
        states,
        state=np.where(inside[:, None], states.state, states.ahead),
        variance=np.where(inside, states.variance, states.ahead_variance),
    )


# ------------------------------------------------------------------ path


@dataclass(frozen=True, slots=True)
class _Curves:
    """Per node of the path (K, n): centres and scales of the counterfactual and of the running effect."""

    weight: Array
    level: Array
    level_scale: Array
    running: Array
    running_scale: Array
    effect: Array


def _curves(fit: Fitted) -> _Curves:
    """Counterfactual and running effect under nodes that stand for all."""
    post, rows = fit.posterior, _effect_rows(fit)
    chosen, weight = mixture.thin(post.weight, post.coef[:, -1], PATH_NODES)
    K, n = chosen.size, fit.y.size
    seen = np.isfinite(fit.y)
    there, gap = np.where(seen, fit.weight, 0.0), np.where(seen, 0.0, fit.weight)
    level, level_var = np.empty((K, n)), np.empty((K, n))
    running, running_var, effect = np.empty((K, n)), np.empty((K, n)), np.empty((K, n))
    kinds, at = np.unique(post.error[chosen], return_inverse=True)
    expected = _expected(fit, kinds)
    size = fit.noise.size
    own = fit.noise.relative * fit.errors.noise[kinds][:, None]
    carried = running_variance(there * size, expected.states)
    carried = carried + np.cumsum((there * size) ** 2 * own, axis=1)
    alone = (expected.states.variance + own) * size**2
    for k, (c, node) in enumerate(zip(at, chosen, strict=True)):
        D, E = expected.rows[c, post.shape[node]], rows[post.shape[node]]
        coef, cov, variance = post.coef[node], post.cov[node], post.variance[node]
        level[k] = expected.offset[c] + D @ coef
        level_var[k] = _quadratic(D, cov) + variance * alone[c]
        effect[k] = np.where(seen, np.nan_to_num(fit.y) - level[k], E @ coef)
        running[k] = np.cumsum(fit.weight * effect[k])
        sums = np.cumsum(gap[:, None] * E - there[:, None] * D, axis=0)
        running_var[k] = _quadratic(sums, cov) + variance * carried[c]
    return _Curves(weight, level, np.sqrt(level_var), running, np.sqrt(running_var), effect)


def _quadratic(rows: Array, cov: Array) -> Array:
    """diag(rows cov rows'), kept positive."""
    return np.asarray(np.maximum(np.einsum("np,np->n", rows @ cov, rows), 1e-300), dtype=float)


def path(
    fit: Fitted,
    *,
    periods: tuple[date, ...],
    observed: Array,
    total: Interval,
    bounds: tuple[float, float],
) -> Path:
    """The path, ending at the total.

    Parameters
    ----------
    fit : Fitted
    periods : tuple of date
    observed : (n,) array
        Outcome as recorded, in the effect's unit; NaN is a gap.
    total : Interval
    bounds : (float, float)
        Values the outcome cannot leave.

    Notes
    -----
    Effect per period is observed less counterfactual, or the model's effect in a gap. The counterfactual
    inside the window is shifted by one constant, and the running band stretched by one factor, so that both
    end exactly at the total and its interval; with a level effect both are 0 and 1 already.
    """
    post, curves = fit.posterior, _curves(fit)
    tails = ((1 - total.level) / 2, (1 + total.level) / 2)
    low, high = _level_bands(fit, curves, tails)
    middle, effect = curves.weight @ curves.level, curves.weight @ curves.effect
    last = int(np.flatnonzero(fit.inside)[-1])
    sums = np.cumsum(fit.weight * effect)
    there = fit.inside & np.isfinite(fit.y)
    shift = np.where(there, (sums[last] - total.point) / max(float(fit.weight[there].sum()), 1e-12), 0.0)
    middle, low, high = (np.clip(c + shift, *bounds) for c in (middle, low, high))
    effect = np.where(there, np.nan_to_num(fit.y) - middle, effect)
    e_low, e_high = (np.where(there, np.nan_to_num(fit.y) - c, np.nan) for c in (high, low))
    e_low, e_high = _gap_bands(fit, e_low, e_high, tails)
    running = np.cumsum(np.where(fit.inside, fit.weight * effect, 0.0))
    running += (
        np.where(fit.inside, total.point - running[last], 0.0) * np.cumsum(fit.inside) / fit.inside.sum()
    )
    ends = [
        mixture.bands(p, curves.weight, curves.running, curves.running_scale, post.df) - sums for p in tails
    ]
    below = running + ends[0] * ((total.low - total.point) / min(ends[0][last], -1e-300))
    above = running + ends[1] * ((total.high - total.point) / max(ends[1][last], 1e-300))
    inside = fit.inside
    return Path(
        periods=periods,
        observed=_cells(observed, np.isfinite(observed)),
        counterfactual=tuple(middle.tolist()),
        low=tuple(np.minimum(low, middle).tolist()),
        high=tuple(np.maximum(high, middle).tolist()),
        effect=_cells(effect, inside),
        effect_low=_cells(np.minimum(e_low, effect), inside),
        effect_high=_cells(np.maximum(e_high, effect), inside),
        cumulative=_cells(running, inside),
        cumulative_low=_cells(np.minimum(below, running), inside),
        cumulative_high=_cells(np.maximum(above, running), inside),
    )


def _within(fit: Fitted, probability: float, weight: Array, centre: Array, scale: Array) -> Array:
    """Quantiles of the window's (K, n) columns, (n,) array; zero elsewhere."""
    out = np.zeros(centre.shape[1])
    at = fit.inside
    out[at] = mixture.bands(probability, weight, centre[:, at], scale[:, at], fit.posterior.df)
    return out


def _level_bands(fit: Fitted, curves: _Curves, tails: tuple[float, float]) -> tuple[Array, Array]:
    """Band of the counterfactual: the mixture's own inside the window, the t of equal variance elsewhere."""
    middle = curves.weight @ curves.level
    variance = curves.weight @ (curves.level_scale**2 + (curves.level - middle) ** 2)
    spread = np.sqrt(variance)
    low, high = (middle + spread * stdtrit(float(fit.posterior.df), p) for p in tails)
    for band, p in ((low, tails[0]), (high, tails[1])):
        exact = _within(fit, p, curves.weight, curves.level, curves.level_scale)
        band[fit.inside] = exact[fit.inside]
    return low, high


def _gap_bands(fit: Fitted, low: Array, high: Array, tails: tuple[float, float]) -> tuple[Array, Array]:
    """Bands of the effect in the gaps of the window, from the model alone."""
    gaps = np.flatnonzero(fit.inside & ~np.isfinite(fit.y))
    if gaps.size == 0:
        return low, high
    post, rows = fit.posterior, _effect_rows(fit)[:, gaps][fit.posterior.shape]
    centre = np.einsum("kgp,kp->kg", rows, post.coef)
    scale = np.sqrt(np.maximum(np.einsum("kgp,kpq,kgq->kg", rows, post.cov, rows), 1e-300))
    low[gaps], high[gaps] = (mixture.bands(p, post.weight, centre, scale, post.df) for p in tails)
    return low, high


def _cells(values: Array, shown: NDArray[np.bool_]) -> tuple[float | None, ...]:
    """Plain floats, None where there is nothing to show."""
    return tuple(float(v) if s else None for v, s in zip(values, shown, strict=True))
