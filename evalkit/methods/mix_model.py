"""The joint model's ingredients: what is regressed on what, in which units.

1. A single area is taken in its own unit; several areas each in multiples of their usual figure, with a dose
   counted in things set against that size, so that a pound does as much in a small place as in a large one.
2. Every dose column is scaled to mean 1 over what is counted, so that its coefficient is the campaign's mean
   contribution whatever the dose's unit and shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from evalkit.design import Window
from evalkit.designing import periods_within
from evalkit.doses import Doses
from evalkit.estimate import Interval
from evalkit.methods import carryover, joint, mixture, terms
from evalkit.methods.carryover import Shape, Span
from evalkit.methods.engine import Array, Errors, Seen, Term, Whole
from evalkit.methods.joint import Grams, Reduced
from evalkit.methods.joint_grams import Cells, grams
from evalkit.panel import Panel
from evalkit.vocabulary import Frequency, OutcomeKind

MULTIPLES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
STEP = 0.05  # of the dose, for the response at the margin
EVERY_MULTIPLE = (*MULTIPLES, 1 - STEP, 1 + STEP)
EVEN_PERIODS = 20  # periods of common variance that each area's own is pulled towards
TYPICAL_NOISE = 0.1


@dataclass(frozen=True, slots=True)
class CampaignTest:
    """A trial or area test of one campaign: its total over some days and areas (none named: all of them)."""

    campaign: str
    total: Interval
    start: date
    end: date
    areas: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """What the analyst settles beforehand.

    Attributes
    ----------
    calendar : str
    exclude, events : tuple of Window
    covariates : tuple of str
    tests : tuple of CampaignTest
    level : float
    seed : int
        Of the quasi-random combinations of shapes.
    tried : bool
        Whether the model is also tried where there is nothing to be found.
    """

    calendar: str = "england-and-wales"
    exclude: tuple[Window, ...] = ()
    events: tuple[Window, ...] = ()
    covariates: tuple[str, ...] = ()
    tests: tuple[CampaignTest, ...] = ()
    level: float = 0.95
    seed: int = 0
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """Arrays of the joint model; n periods, A areas, K campaigns, J shapes, p calendar columns.

    Attributes
    ----------
    panel : Panel
    study : Study
    campaigns : tuple of str
    spans : tuple of Span
        Part of the prior that each campaign's shapes cover.
    shapes : tuple of tuple of Shape
        J of each campaign.
    dose : tuple of (lead + n, A) array
        Of each campaign, as it enters the responses.
    lead : int
        Periods before the calendar's first.
    weeks : float
        Length of a period.
    doses : (n, A, K) array
        As given, within the calendar.
    outcome : (n, A) array
        Standardised; NaN where not used.
    columns : (n, A, K * J) array
        Dose responses of mean 1 over what is counted.
    size : (n, A) array
        From a standardised figure, times `unit_size`, to its part of the total.
    centre, spread : float
        Of the standardisation.
    variance : (A,) array
    noise : (n,) array
    terms : tuple of Term
    base : (n, p) array
        The terms' columns and the intercept.
    unit : float
        The usual figure in multiples of the noise.
    counted : (n,) boolean array
        Periods that belong to the totals.
    by_period : (K, J, n) array
        Total contribution of each period at a coefficient of 1.
    response : (K, J, multiples) array
        Total at multiples of the dose over the total as it was.
    margin : (K, J) array
        Derivative of that at the dose as it was.
    notes : tuple of str
    """

    panel: Panel
    study: Study
    campaigns: tuple[str, ...]
    spans: tuple[Span, ...]
    shapes: tuple[tuple[Shape, ...], ...]
    dose: tuple[Array, ...]
    lead: int
    weeks: float
    doses: Array
    outcome: Array
    columns: Array
    size: Array
    centre: float
    spread: float
    variance: Array
    noise: Array
    terms: tuple[Term, ...]
    base: Array
    unit: float
    counted: Seen
    by_period: Array
    response: Array
    margin: Array
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mixture:
    """The retained nodes, N of them; coefficients are mean contributions, standardised.

    Attributes
    ----------
    weight : (N,) array
        Sums to 1.
    node : (N,) integer array
        Row of `reduced`.
    picks : (N, K) integer array
        Shape of each campaign.
    own : (N, K) array
        Prior precision of the coefficients.
    coef, cov : (N, K), (N, K, K) arrays
    reduced : Reduced
    errors : Errors
        One entry for each error node that `reduced` refers to: of the single series or of the areas' mean.
    by_shape : (K, J) array
        Share of all weight at each campaign's shapes.
    effective : float or None
        Effective sample size of the combinations of shapes, where they were sampled.
    """

    weight: Array
    node: Whole
    picks: Whole
    own: Array
    coef: Array
    cov: Array
    reduced: Reduced
    errors: Errors
    by_shape: Array
    effective: float | None


def prepare(panel: Panel, doses: Doses, study: Study, kept: tuple[int, ...]) -> Model:
    """Lay out the joint model of the campaigns at the positions `kept`."""
    counted: Seen = ~periods_within(panel, study.exclude)
    figures, size, scale, notes = _outcome(panel, doses)
    figures = np.where(counted[:, None], figures, np.nan)
    centre, spread = float(np.nanmean(figures)), float(np.nanstd(figures)) or 1.0
    outcome = (figures - centre) / spread
    A = outcome.shape[1]
    variance = _variance(outcome) if A > 1 else np.ones(1)
    noise = np.ones(outcome.shape[0])
    if A == 1 and panel.denominators is not None:
        noise = (1 / size[:, 0]) / np.mean(1 / size[:, 0])
    years = terms.midyears(panel.periods, panel.frequency)
    unit = _natural_unit(figures, years, panel)
    every = _terms(panel, study, years, unit, counted)
    base = np.hstack([*(t.columns for t in every), np.ones((years.size, 1))])
    empty = np.zeros((0, 0, 0))
    model = Model(
        panel=panel,
        study=study,
        campaigns=tuple(doses.campaigns[k] for k in kept),
        spans=(),
        shapes=(),
        dose=tuple(_dose(doses, k, scale) for k in kept),
        lead=doses.lead,
        weeks=carryover.weeks_in(panel.frequency),
        doses=doses.inside[:, :, list(kept)],
        outcome=outcome,
        columns=empty,
        size=size,
        centre=centre,
        spread=spread,
        variance=variance,
        noise=noise,
        terms=tuple(every),
        base=base,
        unit=unit,
        counted=counted,
        by_period=empty,
        response=empty,
        margin=empty,
        notes=(*notes, *doses.notes),
    )
    return shaped(model, (Span(),) * len(kept))


def shaped(model: Model, spans: tuple[Span, ...]) -> Model:
    """The model with the dose columns of other shapes."""
    shapes = tuple(carryover.shapes(s) for s in spans)
    n, A = model.size.shape
    K, J = len(spans), len(shapes[0])
    columns = np.empty((n, A, K * J))
    by_period, response, margin = np.empty((K, J, n)), np.empty((K, J, len(MULTIPLES))), np.empty((K, J))
    weight = np.where(model.counted[:, None], model.size, 0.0)
    for k, dose in enumerate(model.dose):
        for j, shape in enumerate(shapes[k]):
            left, half = carryover.response(dose, shape, model.weeks)
            left = left[model.lead :]
            now = carryover.bent(left, half)
            whole = float((weight * now).sum())
            columns[:, :, k * J + j] = now * (weight.sum() / whole)
            by_period[k, j] = (model.size * columns[:, :, k * J + j]).sum(axis=1)
            totals = [float((weight * carryover.bent(m * left, half)).sum()) / whole for m in EVERY_MULTIPLE]
            response[k, j], (down, up) = totals[:-2], totals[-2:]
            margin[k, j] = (up - down) / (2 * STEP)
    return replace(
        model,
        spans=spans,
        shapes=shapes,
        columns=columns,
        by_period=by_period,
        response=response,
        margin=margin,
    )


def _dose(doses: Doses, k: int, scale: Array) -> Array:
    """One campaign's dose, a quantity set against the size of its area."""
    dose = doses.dose[:, :, k]
    return dose if doses.intensity[k] or doses.everywhere[k] else dose / scale


def _outcome(panel: Panel, doses: Doses) -> tuple[Array, Array, Array, list[str]]:
    """Figures to regress, their weight in the total, each area's size for doses, and notes."""
    values, notes = panel.values, []
    n, A = values.shape
    if panel.denominators is not None:
        people = panel.denominators
        known = np.isfinite(people) & (people > 0)
        typical = np.nanmean(np.where(known, people, np.nan), axis=0)
        if not known.all():
            notes.append("Cells without a denominator are given their area's mean denominator.")
        people = np.where(known, people, typical)
        return panel.rates(), people, typical, notes
    if A == 1:
        return values, np.ones((n, 1)), np.ones(1), notes
    usual = np.nanmean(values, axis=0)
    if np.nanmin(values) < 0 or usual.min() <= 0:
        return values, np.ones((n, A)), np.ones(A), notes
    notes.append(
        f"{A} areas are modelled in multiples of their usual figure; a dose counted in pounds or sends is "
        "taken "
        "in proportion to the area's size."
    )
    return values / usual, np.tile(usual, (n, 1)), usual, notes


def _variance(outcome: Array) -> Array:
    """Relative noise of the areas about their common movement, pulled towards equality."""
    left = outcome - np.nanmean(outcome, axis=1, keepdims=True)
    left = left - np.nanmean(left, axis=0)
    seen = np.isfinite(left).sum(axis=0)
    own = np.nansum(left**2, axis=0)
    shared = own.sum() / seen.sum()
    found = (own + EVEN_PERIODS * shared) / (seen + EVEN_PERIODS)
    return np.asarray(found / np.mean(found), dtype=float)


def _natural_unit(figures: Array, years: Array, panel: Panel) -> float:
    """The usual figure in multiples of the noise that the engine's scales refer to."""
    share = panel.kind is OutcomeKind.SHARE
    if figures.shape[1] == 1:
        seen = np.isfinite(figures[:, 0])
        return terms.natural_unit(figures[seen, 0], years[seen], share)
    level = float(np.nanmean(figures))
    if level <= 0 or np.nanmin(figures) < 0:
        return 1 / TYPICAL_NOISE
    left = figures - np.nanmean(figures, axis=1, keepdims=True)
    left = left - np.nanmean(left, axis=0)
    usual = level * (1 - level) if share else level
    return float(np.clip(usual / max(float(np.nanstd(left)), 1e-12 * level), 0.1, 1e4))


def _terms(panel: Panel, study: Study, years: Array, unit: float, counted: Seen) -> list[Term]:
    """Slope, seasons, holidays, month lengths, events and covariates."""
    frequency, periods = panel.frequency, panel.periods
    found: list[Term | None] = [terms.slope(years, years.size, unit), *terms.season(years, frequency, unit)]
    if frequency is not Frequency.ANNUAL and study.calendar != "none":
        found.append(terms.bank_holidays(periods, frequency, study.calendar))
    if frequency is Frequency.DAILY:
        found.append(terms.weekday(periods))
    if frequency is Frequency.FOUR_FOUR_FIVE or panel.denominators is None:
        found.append(terms.month_length(periods, frequency, panel.kind, 0.0))  # priors here centre on nothing
    shifts = [periods_within(panel, [w]).astype(float) for w in study.events]
    shifts = [s for s in shifts if s.any() and not s.all()]
    found.append(terms.events(shifts) if shifts else None)
    for name in study.covariates:
        found.append(terms.covariate(name, panel.covariates[name].mean(axis=1), counted))
    return [t for t in found if t is not None]


@dataclass(frozen=True, slots=True)
class Weighable:
    """Products of dose columns, with the calendar's priors."""

    grams: Grams
    errors: Errors
    precision: Array
    log_mass: Array

    def reduced(self, references: Whole, own: Array, keep: int) -> Reduced:
        """The nodes that matter at the reference columns, with the calendar projected out."""
        return joint.reduce(self.grams, self.precision, self.log_mass, references, own, keep)


def weighable(model: Model, columns: Array, reference: Whole) -> Weighable:
    """Products of (n, A, m) dose columns under every error node; `reference` chooses those of a panel."""
    cells = Cells(model.outcome, columns, model.variance, model.noise)
    found, errors = grams(
        cells, model.base, terms.series_errors(model.unit, model.panel.frequency), reference
    )
    p = found.products.shape[1] - columns.shape[2] - 1
    precision, mass = joint.prior_grid(model.terms)
    flat = np.zeros((mass.size, p - precision.shape[1]))
    return Weighable(found, errors, np.hstack([precision, flat]), mass)


def interval(x: Mixture, centre: Array, scale: Array, level: float) -> Interval:
    """Mean and quantiles of one quantity with the (N,) centres and scales."""
    low, high = mixture.quantiles(((1 - level) / 2, (1 + level) / 2), x.weight, centre, scale, x.reduced.df)
    point = float(x.weight @ centre)
    return Interval(point, min(float(low), point), max(float(high), point), level)


def whole_of(model: Model) -> float:
    """From a coefficient to a campaign's total."""
    return float(model.size[model.counted].sum() * model.spread)
