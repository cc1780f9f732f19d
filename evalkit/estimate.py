"""The result contract: what every method returns, and nothing that estimates.

1. Effect, total and relative effect come from one joint distribution; nothing is derived by dividing
   one by a counterfactual taken as known.
2. A refusal is a value with reasons, not an exception.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from evalkit.vocabulary import DesignCode


@dataclass(frozen=True, slots=True)
class Interval:
    """A point with its interval.

    Attributes
    ----------
    point, low, high : float
        Same unit. An unbounded side is ``-inf`` or ``inf`` and is shown as such.
    level : float
        Nominal coverage, 0.95 unless told otherwise.
    """

    point: float
    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        if math.isnan(self.point) or math.isnan(self.low) or math.isnan(self.high):
            raise ValueError("an interval holds numbers or infinities, never NaN")
        if not self.low <= self.point <= self.high:
            raise ValueError(f"low <= point <= high does not hold: {self.low}, {self.point}, {self.high}")

    def scaled(self, factor: float) -> Interval:
        """Multiply by a known factor; a negative one swaps the ends."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Interval(self.point * factor, low, high, self.level)

    def covers(self, value: float) -> bool:
        """Whether the value lies in the interval, ends included."""
        return self.low <= value <= self.high

    @property
    def width(self) -> float:
        """Length of the interval; infinite when a side is unbounded."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Distribution:
    """Quantile nodes of a quantity, for money and sensitivity.

    Attributes
    ----------
    probabilities : tuple of float
        Strictly increasing, within (0, 1).
    quantiles : tuple of float
        The quantile at each probability, in the unit of the quantity.
    """

    probabilities: tuple[float, ...]
    quantiles: tuple[float, ...]

    def untied(self) -> Distribution:
        """The same with one node for equal quantiles, at the mean of their probabilities."""
        held: dict[float, list[float]] = {}
        for p, q in zip(self.probabilities, self.quantiles, strict=True):
            held.setdefault(q, []).append(p)
        return Distribution(tuple(sum(p) / len(p) for p in held.values()), tuple(held))

    def quantile(self, probability: float) -> float:
        """Linear interpolation between nodes; the end nodes beyond them."""
        p, q = self.probabilities, self.quantiles
        if probability <= p[0]:
            return q[0]
        if probability >= p[-1]:
            return q[-1]
        i = bisect_right(p, probability)
        share = (probability - p[i - 1]) / (p[i] - p[i - 1])
        return q[i - 1] + share * (q[i] - q[i - 1])


@dataclass(frozen=True, slots=True)
class Path:
    """The outcome period by period; all tuples have one entry a period, before and after the start.

    Attributes
    ----------
    periods : tuple of date
        First day of each period, on a regular calendar.
    observed : tuple of float or None
        None where there is a gap or a withheld figure.
    counterfactual, low, high : tuple of float
        What the model expects without the campaign, with its per-period band, in the outcome's unit.
        Before the start it is expected a period ahead, from the figures before it.
    effect, effect_low, effect_high : tuple of float or None
        Effect per period; None before the start and in wash-out or excluded periods.
    cumulative, cumulative_low, cumulative_high : tuple of float or None
        Effect from the start to this period, in the unit of the total, with a band of its own.
    withheld : tuple of date
        Periods whose figure was observed and is not held here, as it would tell of few people.
    averaged : bool
        Whether what was expected is held as its mean before the start and from it, each with its range, and
        not period by period.
    """

    periods: tuple[date, ...]
    observed: tuple[float | None, ...]
    counterfactual: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    effect: tuple[float | None, ...]
    effect_low: tuple[float | None, ...]
    effect_high: tuple[float | None, ...]
    cumulative: tuple[float | None, ...]
    cumulative_low: tuple[float | None, ...]
    cumulative_high: tuple[float | None, ...]
    withheld: tuple[date, ...] = ()
    averaged: bool = False


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by time since the start; all tuples have one entry a time.

    Attributes
    ----------
    times : tuple of int
        Periods since an area's own start; negative before it. The period that all others are compared with,
        where there is one, is left out.
    areas : tuple of int
        Campaign areas behind each entry.
    effect, low, high : tuple of float
        Mean effect with its own interval, in the effect's unit. Before the start it should be near zero.
    band_low, band_high : tuple of float
        Band that holds all of them at once.
    base : str
        What the effects are measured against, in words.
    """

    times: tuple[int, ...]
    areas: tuple[int, ...]
    effect: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    band_low: tuple[float, ...]
    band_high: tuple[float, ...]
    base: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A campaign's estimated contribution to one outcome.

    Attributes
    ----------
    estimand : str
        In words: what the effect is the mean of, and over which periods and areas.
    effect : Interval
        Mean over treated area-periods from start to until, in `effect_unit`.
    total : Interval
        Sum of the effects, in `total_unit`; for a share, additional people.
    rel_effect : Interval or None
        Total effect divided by the total counterfactual, as a proportion, from the same distribution; None
        for an estimate from outside that does not give the counterfactual.
    effect_unit, total_unit : str
    p_value : float
        Two-sided, of "no effect", by the inference that made the interval.
    distribution : Distribution
        Quantile nodes of the total.
    design : DesignCode
    method : str
        Name of the method in the table of methods.
    n_pre, n_post : int
        Calendar periods before the start and from start to until, gaps included, per series.
    n_gaps : int
        Periods without a usable figure among them.
    smallest_detectable : float or None
        Smallest mean effect, in `effect_unit`, seen with power 0.8 at two-sided 5%.
    path : Path or None
    event_study : EventStudy or None
    terms : mapping of str to Interval
        A specification's named coefficients, where it has them.
    notes : tuple of str
        What the reader must know about this estimate, one sentence each.
    before_calibration : Interval or None
        The total with the method's own interval, where that was widened after trying the method on the
        organisation's own history.
    """

    estimand: str
    effect: Interval
    total: Interval
    rel_effect: Interval | None
    effect_unit: str
    total_unit: str
    p_value: float
    distribution: Distribution
    design: DesignCode
    method: str
    n_pre: int
    n_post: int
    n_gaps: int
    smallest_detectable: float | None
    path: Path | None = None
    event_study: EventStudy | None = None
    terms: Mapping[str, Interval] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    before_calibration: Interval | None = None


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect that a campaign to come could be seen to have.

    Attributes
    ----------
    effect : float
        Mean effect per treated area and period, as a size, in `effect_unit`.
    total : float
        The same over all the periods, in `total_unit`.
    rel_effect : float or None
        As a proportion of the usual figure of the last year; None where that is not positive.
    effect_unit, total_unit : str
    power : float
        Chance that an effect of this size is seen.
    level : float
        Nominal coverage of the interval that has to exclude zero.
    periods : int
    method : str
        By which it would be estimated.
    notes : tuple of str
    """

    effect: float
    total: float
    rel_effect: float | None
    effect_unit: str
    total_unit: str
    power: float
    level: float
    periods: int
    method: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """A refusal, printed like any other answer.

    Attributes
    ----------
    reasons : tuple of str
        Why no honest estimate can be had, one sentence each.
    what_would_help : tuple of str
        What data or design would allow one.
    """

    reasons: tuple[str, ...]
    what_would_help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What the joint model finds of one campaign where there is nothing to be found, and another's answer.

    Attributes
    ----------
    campaign : str
    moved : tuple of Interval
        Totals of its doses moved to other times, beside the real ones of all campaigns.
    before : Interval or None
        Total of the weeks just before its doses; None where they cannot be told from a campaign.
    second : Interval or None
        Its total by a regression with AR(1) errors and one fixed carry-over for each campaign.
    """

    campaign: str
    moved: tuple[Interval, ...]
    before: Interval | None
    second: Interval | None
