"""From the coefficients of a segmented regression to effect, total, relative effect and path.

1. The counterfactual is the specification's own: the fitted line without the campaign's columns.
2. Additive models give intervals that are exact in the coefficients' distribution, the relative effect by
   Fieller's theorem. Models on logs give the log of "with over without" a normal or t distribution by its
   gradient, which is exact for a change of level alone; every other quantity rises with it.

References: Fieller EC (1954), JRSS B 16:175-185; Duan N (1983), JASA 78:605-610 (smearing).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from evalkit.estimate import Distribution, Interval, Path
from evalkit.methods.engine import Array
from evalkit.methods.mixture import NODES
from evalkit.methods.regression import Outcome
from evalkit.methods.segment_errors import Fit

Curve = Callable[[float], Array]


@dataclass(frozen=True, slots=True)
class Answers:
    """A fit with what it is asked.

    Attributes
    ----------
    fit : Fit
    campaign : (n, p) array
        What the campaign adds to the fitted scale, as a function of the coefficients.
    inside : (n,) boolean array
        Periods of the estimand.
    outcome : Outcome
    level : float
        Nominal coverage.
    logs : bool
        Whether the fitted scale is logarithmic.
    smear : float
        Mean of the outcome over the exponential of its fitted value; 1 for counts and additive models.
    """

    fit: Fit
    campaign: Array
    inside: NDArray[np.bool_]
    outcome: Outcome
    level: float
    logs: bool
    smear: float = 1.0

    def quantile(self, probability: float) -> float:
        """Of the standard distribution that the published inference uses."""
        if np.isinf(self.fit.df):
            return float(norm.ppf(probability))
        return float(student.ppf(probability, self.fit.df))

    @property
    def reach(self) -> float:
        """Half width of an interval in standard errors."""
        return self.quantile((1 + self.level) / 2)

    def error(self, rows: Array) -> Array:
        """Standard errors of linear functions of the coefficients, (m,) from (m, p)."""
        variance: Array = np.einsum("mp,pq,mq->m", rows, self.fit.cov, rows)
        return np.sqrt(np.maximum(variance, 0.0))

    def term(self, row: Array) -> Interval:
        """A named contrast."""
        point, reach = float(row @ self.fit.coef), self.reach * float(self.error(row[None])[0])
        return Interval(point, point - reach, point + reach, self.level)

    @property
    def without(self) -> Array:
        """Expected outcome without the campaign, (n,) array."""
        base = self.fit.offset + self.fit.untreated @ self.fit.coef
        return self.smear * np.exp(base) if self.logs else base

    def effects(self) -> Curve:
        """Effect per period at a number of standard errors from the point."""
        point, error = self.campaign @ self.fit.coef, self.error(self.campaign)
        if not self.logs:
            return lambda q: np.where(self.inside, point + q * error, 0.0)
        reached = self.without * np.exp(point)
        return lambda q: np.where(self.inside, -reached * np.expm1(-(point + q * error)), 0.0)

    def running(self, weight: Array) -> Curve:
        """Weighted sum of the effects up to each period, at a number of standard errors from the point."""
        weight = np.where(self.inside, weight, 0.0)
        if not self.logs:
            rows = np.cumsum(weight[:, None] * self.campaign, axis=0)
            point, error = rows @ self.fit.coef, self.error(rows)
            return lambda q: point + q * error
        ratio, error, reached, _ = self._ratio(weight)
        return lambda q: -reached * np.expm1(-(ratio + q * error))

    def _ratio(self, weight: Array) -> tuple[Array, Array, Array, Array]:
        """Log of the running sum with over without the campaign, its standard error, and both sums."""
        without = np.where(weight > 0, weight * np.nan_to_num(self.without), 0.0)
        reached = np.where(weight > 0, without * np.exp(self.campaign @ self.fit.coef), 0.0)
        sums = np.cumsum(reached), np.cumsum(without)
        some = sums[1] > 0
        rows = np.cumsum(reached[:, None] * (self.fit.untreated + self.campaign), axis=0)
        rows = rows / np.where(some, sums[0], 1.0)[:, None]
        rows -= (
            np.cumsum(without[:, None] * self.fit.untreated, axis=0) / np.where(some, sums[1], 1.0)[:, None]
        )
        ratio = np.log(np.where(some, sums[0], 1.0) / np.where(some, sums[1], 1.0))
        return ratio, np.where(some, self.error(rows), 0.0), *sums

    def summary(self) -> tuple[Interval, Interval, Interval]:
        """Mean effect, total and relative effect."""
        mean = self.running(np.full(self.inside.size, 1 / self.inside.sum()))
        return self._end(mean), self._end(self.running(self.outcome.weight)), self.relative()

    def _end(self, curve: Curve) -> Interval:
        """The last value of a running sum."""
        point, low, high = (float(curve(q)[-1]) for q in (0.0, -self.reach, self.reach))
        return Interval(point, low, high, self.level)

    def signal(self) -> float:
        """Mean effect in standard errors; on logs, of the log ratio."""
        weight = np.where(self.inside, 1 / self.inside.sum(), 0.0)
        if self.logs:
            ratio, error, _, _ = self._ratio(weight)
            return float(ratio[-1] / error[-1])
        row = weight @ self.campaign
        return float(row @ self.fit.coef) / float(self.error(row[None])[0])

    def p_value(self) -> float:
        """Two-sided, of no mean effect."""
        far = abs(self.signal())
        return float(2 * (norm.sf(far) if np.isinf(self.fit.df) else student.sf(far, self.fit.df)))

    def detectable(self) -> float:
        """Mean effect seen with power 0.8 at two-sided 5%."""
        weight = np.where(self.inside, 1 / self.inside.sum(), 0.0)
        reach = self.quantile(0.975) + self.quantile(0.8)
        if self.logs:
            _, error, _, without = self._ratio(weight)
            return float(reach * error[-1] * without[-1])
        return reach * float(self.error((weight @ self.campaign)[None])[0])

    def relative(self) -> Interval:
        """Total effect over the total without the campaign."""
        weight = np.where(self.inside, self.outcome.weight, 0.0)
        if self.logs:
            ratio, error, _, _ = self._ratio(weight)
            point, low, high = (
                float(np.expm1(ratio[-1] + q * error[-1])) for q in (0.0, -self.reach, self.reach)
            )
            return Interval(point, low, high, self.level)
        return self._fieller(weight)

    def _fieller(self, weight: Array) -> Interval:
        """Quantiles of the ratio of two linear functions of the coefficients."""
        there = weight > 0
        rows = np.array([weight @ self.campaign, weight[there] @ self.fit.untreated[there]])
        total, line = (float(v) for v in rows @ self.fit.coef)
        fall = line + float(weight[there] @ self.fit.offset[there])
        v, q = rows @ self.fit.cov @ rows.T, self.reach**2
        a, b, c = (
            float(x) for x in (fall**2 - q * v[1, 1], total * fall - q * v[0, 1], total**2 - q * v[0, 0])
        )
        if fall <= 0 or a <= 0:  # the denominator may be zero, so the ratio has no bounds
            point = total / fall if fall > 0 else 0.0
            floor = -1.0 if self.outcome.bounds[0] == 0.0 else -np.inf
            return Interval(max(point, floor), floor, np.inf, self.level)
        root, point = math.sqrt(max(b * b - a * c, 0.0)), total / fall
        return Interval(point, min((b - root) / a, point), max((b + root) / a, point), self.level)

    def distribution(self) -> Distribution:
        """Quantile nodes of the total."""
        curve = self.running(self.outcome.weight)
        return Distribution(NODES, tuple(float(curve(self.quantile(p))[-1]) for p in NODES))

    def path(self, periods: tuple[date, ...]) -> Path:
        """Counterfactual, effect and running total with their bands."""
        low, high = self._band()
        effect, running = (
            [_cells(curve(q), self.inside) for q in (0.0, -self.reach, self.reach)]
            for curve in (self.effects(), self.running(self.outcome.weight))
        )
        middle = np.clip(self.without, *self.outcome.bounds)
        recorded = self.outcome.recorded
        return Path(
            periods=periods,
            observed=_cells(recorded, np.isfinite(recorded)),
            counterfactual=tuple(middle.tolist()),
            low=tuple(np.minimum(low, middle).tolist()),
            high=tuple(np.maximum(high, middle).tolist()),
            effect=effect[0],
            effect_low=effect[1],
            effect_high=effect[2],
            cumulative=running[0],
            cumulative_low=running[1],
            cumulative_high=running[2],
        )

    def _band(self) -> tuple[Array, Array]:
        """Band of a single period without the campaign: the line's own uncertainty and chance."""
        base = self.fit.offset + self.fit.untreated @ self.fit.coef
        spread = self.reach * np.sqrt(self.error(self.fit.untreated) ** 2 + self.fit.noise**2)
        ends = (base - spread, base + spread)
        return tuple(  # type: ignore[return-value]
            np.clip(self.smear * np.exp(e) if self.logs else e, *self.outcome.bounds) for e in ends
        )


def _cells(values: Array, shown: NDArray[np.bool_]) -> tuple[float | None, ...]:
    """Plain floats, None where there is nothing to show."""
    return tuple(float(v) if s else None for v, s in zip(values, shown, strict=True))
