"""A structural time series model by maximum likelihood: the second opinion.

1. The specification is the published one: local level, seasonal, covariates and a step at the start.
2. Its intervals take the fitted variances as known, so they are narrower than the integrated ones.

References: Harvey and Durbin (1986), JRSS A 149:187-227; Durbin and Koopman (2012), section 8.2.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

from evalkit.calendars import PER_YEAR
from evalkit.design import Design
from evalkit.designing import history, periods_within
from evalkit.estimate import Distribution, Estimate, Interval, NotEstimable, Path
from evalkit.methods import regression
from evalkit.methods.engine import Array
from evalkit.methods.mixture import NODES
from evalkit.methods.terms import holiday_counts, midyears
from evalkit.panel import Panel
from evalkit.requirements import shortfall
from evalkit.vocabulary import Frequency

SEASONS = {
    Frequency.DAILY: 7,
    Frequency.FOUR_WEEKLY: 13,
    Frequency.FOUR_FOUR_FIVE: 12,
    Frequency.MONTHLY: 12,
    Frequency.QUARTERLY: 4,
}
SHAPES = ("auto", "level")
WAVES = 2  # through the year, where the seasonal cycle does not reach round it
WIDEST = 10.0  # standard error of a step in logs; a range of twenty thousandfold either way says nothing
WAVE_HISTORY = 1.5  # years before the start that they need


@dataclass(frozen=True, slots=True)
class StepFit:
    """The fitted step.

    Attributes
    ----------
    step, error : float
        Coefficient of the step and its standard error, on the fitted scale.
    level : (n,) array
        Fitted value without the step, on the fitted scale.
    noise : float
        Standard deviation of one period's chance variation about it.
    """

    step: float
    error: float
    level: Array
    noise: float


def fit_step(y: Array, step: Array, covariates: Array, season: int | None) -> StepFit:
    """Local level, seasonal dummies, covariates and a step, by maximum likelihood.

    Parameters
    ----------
    y : (n,) array
        NaN where there is no figure.
    step : (n,) array
        1 in the periods of the estimand.
    covariates : (n, p) array
    season : int or None
        Periods in the seasonal cycle.

    Returns
    -------
    StepFit
    """
    exog = np.column_stack([step, covariates])
    model = UnobservedComponents(
        y, level="llevel", seasonal=season, stochastic_seasonal=False, exog=exog, mle_regression=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = model.fit(disp=False, maxiter=500)
    at = list(found.param_names).index("beta.x1")
    smooth = np.asarray(found.smoothed_state)
    level = np.asarray(model.ssm["design"]).ravel() @ smooth  # the exogenous part stands outside the states
    level = level + covariates @ np.asarray(found.params)[at + 1 :]
    noise = float(np.sqrt(np.asarray(found.params)[0]))
    return StepFit(float(found.params[at]), float(np.asarray(found.bse)[at]), level, noise)


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Fit on logs where every figure is positive, else as recorded; report the step and its worth."""
    outcome, span = regression.pooled(panel, design), regression.spans(panel, design)
    y = np.where(span.used, outcome.recorded, np.nan)
    seen = np.isfinite(y)
    usable, counted = int((seen & span.inside).sum()), int(span.inside.sum())
    refusal = shortfall(design.method, replace(history(panel, design), usable_post=usable, counted=counted))
    if refusal:
        return refusal
    if design.shape not in SHAPES:
        reason = f"The structural method fits a lasting change of level, not the shape {design.shape}."
        return NotEstimable((reason,), ("Use the method series, which has that shape.",))
    logs = bool(np.all(y[seen] > 0))
    columns = [panel.column(a) for a in design.treated]
    covariates = [panel.covariates[c][:, columns].mean(axis=1) for c in design.covariates]
    covariates += [periods_within(panel, [w]).astype(float) for w in design.events]
    calendar = _calendar(panel, design)
    covariates += calendar
    table = np.column_stack(covariates) if covariates else np.zeros((y.size, 0))
    step = span.inside.astype(float)
    fitted = fit_step(
        np.log(np.where(seen, y, np.nan)) if logs else y, step, table, SEASONS.get(panel.frequency)
    )
    if not math.isfinite(fitted.error) or (logs and fitted.error > WIDEST):
        reason = "The figures hardly vary but for a few, so the fit finds no bounds for the step."
        return NotEstimable((reason,), ("Use the method series.",))
    return _Report(panel, design, outcome, fitted, logs, span.inside, y, bool(calendar)).estimate()


def _calendar(panel: Panel, design: Design) -> list[Array]:
    """Waves through the year and bank holidays, for weekly and daily figures with history enough.

    Their year is no whole number of periods, or too many for a dummy each.
    """
    frequency = panel.frequency
    if frequency not in (Frequency.DAILY, Frequency.WEEKLY):
        return []
    if design.n_pre < WAVE_HISTORY * PER_YEAR[frequency]:
        return []
    angle = 2 * np.pi * midyears(panel.periods, frequency)
    columns = [wave(k * angle) for k in range(1, WAVES + 1) for wave in (np.cos, np.sin)]
    count = holiday_counts(panel.periods, frequency, design.calendar)
    return [*columns, count - count.mean()] if np.ptp(count) > 0 else columns


@dataclass(frozen=True, slots=True)
class _Report:
    """What the report needs."""

    panel: Panel
    design: Design
    outcome: regression.Outcome
    fit: StepFit
    logs: bool
    inside: regression.Mask
    y: Array
    calendar: bool

    def effects(self, step: float) -> Array:
        """Effect per period, (n,) array, were the step this large."""
        if not self.logs:
            return np.where(self.inside, step, 0.0)
        expected = np.exp(self.fit.level)
        untreated = np.where(np.isfinite(self.y), np.nan_to_num(self.y) * math.exp(-step), expected)
        return np.where(self.inside, untreated * math.expm1(step), 0.0)

    def at(self, probability: float) -> tuple[float, float, float]:
        """Mean effect, total and relative effect at one quantile of the step; each rises with the step."""
        step = self.fit.step + self.fit.error * float(ndtri(probability))
        effect = self.effects(step)
        total = float(effect @ self.outcome.weight)
        expected = np.where(
            np.isfinite(self.y), np.nan_to_num(self.y) - effect, self.untreated(self.fit.level)
        )
        fall = float(np.where(self.inside, expected, 0.0) @ self.outcome.weight)
        return float(effect[self.inside].mean()), total, total / fall if fall > 0 else math.inf

    def untreated(self, level: Array) -> Array:
        """From the fitted scale to the outcome's."""
        return np.exp(level) if self.logs else level

    def estimate(self) -> Estimate:
        """The estimate in full."""
        tails = ((1 - self.design.level) / 2, (1 + self.design.level) / 2)
        low, middle, high = (self.at(p) for p in (tails[0], 0.5, tails[1]))
        effect, total, rel = (
            Interval(m, a, b, self.design.level) for m, a, b in zip(middle, low, high, strict=True)
        )
        z = abs(self.fit.step) / self.fit.error
        below = float(ndtr(-z))
        reach = self.fit.error * float(ndtri(tails[1]))
        step = Interval(self.fit.step, self.fit.step - reach, self.fit.step + reach, self.design.level)
        scale = " on the log scale" if self.logs else ""
        without = ", and bank holidays have no term"
        notes = [
            *self.outcome.notes,
            f"A step{scale} in a local level model by maximum likelihood: its variances are taken as known, "
            f"so the interval is narrower than the integrated one{'' if self.calendar else without}.",
        ]
        counted = self.inside | (np.arange(self.y.size) < self.design.n_pre)
        per_step = abs(self.at(0.5 + 1e-6)[0] - self.at(0.5)[0]) / (self.fit.error * float(ndtri(0.5 + 1e-6)))
        return Estimate(
            estimand=regression.estimand(self.panel, self.design, self.outcome),
            effect=effect,
            total=total,
            rel_effect=rel,
            effect_unit=self.outcome.effect_unit,
            total_unit=self.outcome.total_unit,
            p_value=2 * below,
            distribution=Distribution(NODES, tuple(self.at(p)[1] for p in NODES)),
            design=self.design.code,
            method=self.design.method,
            n_pre=self.design.n_pre,
            n_post=self.design.n_post,
            n_gaps=int((~np.isfinite(self.outcome.recorded) & counted).sum()),
            smallest_detectable=float((ndtri(0.975) + ndtri(0.8)) * self.fit.error * per_step),
            path=self.path(tails),
            terms={"level": step},
            notes=tuple(notes),
        )

    def path(self, tails: tuple[float, float]) -> Path:
        """Fit before the start; observed less effect after it, with the band of the step."""
        seen, fitted = np.isfinite(self.y), self.untreated(self.fit.level)
        reach = self.fit.noise * float(ndtri(tails[1]))
        effect, least, most = (
            self.effects(self.fit.step + self.fit.error * float(ndtri(p))) for p in (0.5, *tails)
        )
        there = self.inside & seen
        middle = np.where(there, np.nan_to_num(self.y) - effect, fitted)
        low = np.where(there, np.nan_to_num(self.y) - most, self.untreated(self.fit.level - reach))
        high = np.where(there, np.nan_to_num(self.y) - least, self.untreated(self.fit.level + reach))
        sums = [np.cumsum(e * self.outcome.weight) for e in (effect, least, most)]

        def cells(values: Array, shown: regression.Mask = self.inside) -> tuple[float | None, ...]:
            return tuple(float(v) if s else None for v, s in zip(values, shown, strict=True))

        return Path(
            periods=self.panel.periods,
            observed=cells(self.outcome.recorded, np.isfinite(self.outcome.recorded)),
            counterfactual=tuple(middle.tolist()),
            low=tuple(low.tolist()),
            high=tuple(high.tolist()),
            effect=cells(effect),
            effect_low=cells(least),
            effect_high=cells(most),
            cumulative=cells(sums[0]),
            cumulative_low=cells(sums[1]),
            cumulative_high=cells(sums[2]),
        )
