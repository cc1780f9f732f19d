"""The integrated regression of one series: what the single and the controlled method share.

1. Several treated areas with one start are one series: their mean, or their pooled share or rate.
2. What was left out, filled or assumed is said in a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from evalkit.design import Design
from evalkit.designing import history, periods_within
from evalkit.estimate import Estimate, Interval, NotEstimable
from evalkit.methods import answer as answers
from evalkit.methods import series_notes, terms
from evalkit.methods.engine import Array, Effects, Errors, Noise, Term, columns_of
from evalkit.methods.growth import growing, yearly
from evalkit.methods.precision import Precision, precision
from evalkit.methods.shapes import effects, level_only, phases
from evalkit.methods.weighing import evidence, fit
from evalkit.panel import Panel
from evalkit.requirements import shortfall
from evalkit.vocabulary import Frequency, OutcomeKind

Mask = NDArray[np.bool_]
ROUGH = (
    "slope",
    "season",
    "bank holidays",
    terms.BREAKS,
    "weekday",
    terms.LENGTH,
    "events",
)  # terms of a rough fit
FEWEST_EVENTS = 10.0  # a period, under which the logarithm of a count is too rough to tell its growth


@dataclass(frozen=True, slots=True)
class Outcome:
    """The treated outcome as one series.

    Attributes
    ----------
    recorded : (n,) array
        In the effect's unit; NaN is a gap.
    weight : (n,) array
        From an effect in that unit to its part of the total.
    noise : (n,) array
        Relative variance of the independent part.
    bounds : (float, float)
        Values the outcome cannot leave.
    effect_unit, total_unit : str
    notes : tuple of str
    """

    recorded: Array
    weight: Array
    noise: Array
    bounds: tuple[float, float]
    effect_unit: str
    total_unit: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spans:
    """Which periods do what; (n,) boolean arrays."""

    used: NDArray[np.bool_]  # may enter the fit
    inside: NDArray[np.bool_]  # belong to the estimand
    past: NDArray[np.bool_]  # before the start and in the fit


def pooled(panel: Panel, design: Design) -> Outcome:
    """The treated areas as one series."""
    columns = [panel.column(a) for a in design.treated]
    values = panel.values[:, columns].sum(axis=1)
    n, areas = values.size, len(columns)
    notes = []
    if areas > 1:
        notes.append(
            f"{areas} campaign areas are taken together; a gap in one of them is a gap in the whole."
        )
    if panel.denominators is None:
        low = 0.0 if panel.kind is OutcomeKind.COUNT else -np.inf
        unit = "events" if panel.kind is OutcomeKind.COUNT else "outcome units"
        per = f"{unit} per period" if areas == 1 else f"{unit} per area and period"
        return Outcome(
            values / areas, np.full(n, float(areas)), np.ones(n), (low, np.inf), per, unit, tuple(notes)
        )
    people = panel.denominators[:, columns].sum(axis=1)
    known = np.isfinite(people) & (people > 0)
    typical = float(people[known].mean()) if known.any() else 1.0
    if not known.all():
        notes.append("Periods without a denominator are given the mean denominator.")
        people = np.where(known, people, np.where(people == 0, 0.0, typical))
    size = np.where(people > 0, people, typical)
    noise = (1 / size) / np.mean(1 / size)
    share = panel.kind is OutcomeKind.SHARE
    recorded = np.where(people > 0, values / size, np.nan)
    high = 1.0 if share else np.inf
    unit = "proportion points" if share else "events per unit of exposure"
    total = "additional people" if share else "events"
    return Outcome(recorded, people, noise, (0.0, high), unit, total, tuple(notes))


def spans(panel: Panel, design: Design) -> Spans:
    """Fit and estimand periods of a design."""
    n = len(panel.periods)
    out = periods_within(panel, design.exclude + design.washout)
    first, last = design.n_pre, design.n_pre + design.n_post
    inside = np.zeros(n, dtype=bool)
    inside[first:last] = True
    inside &= ~out
    past = np.arange(n) < first
    return Spans((past | inside) & ~out, inside, past & ~out)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a design takes from a panel: the treated outcome, and which periods do what."""

    outcome: Outcome
    span: Spans
    years: Array  # middles of the periods, (n,)


def cut(panel: Panel, design: Design) -> Cut:
    """What a design takes from a panel."""
    years = terms.midyears(panel.periods, panel.frequency)
    return Cut(pooled(panel, design), spans(panel, design), years)


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that goes into a fit."""

    y: Array  # figures used, (n,); NaN elsewhere
    every: list[Term]
    shapes: Effects
    errors: Errors
    weighed: Precision
    size: Array  # of the series at each period, (n,), mean 1 over history; all 1 unless it compounds

    @property
    def noise(self) -> Noise:
        """Variances of the figures."""
        return Noise(self.weighed.relative, self.weighed.extra, self.size)


def setting(
    panel: Panel,
    design: Design,
    taken: Cut,
    extra: Sequence[Term],
    unsure: Array | None = None,
    seen: Mask | None = None,
) -> Setting:
    """Put terms, shapes and errors together, for a series that compounds where history says so.

    Parameters
    ----------
    panel : Panel
    design : Design
    taken : Cut
    extra : sequence of Term
        Terms beyond the calendar, such as comparison series, which carry any growth themselves.
    unsure : (n,) array, optional
        Variance that those terms add to a period, in units of the usual one; inf where it cannot be used.
    seen : (n,) boolean array, optional
        Periods with a figure; those of the panel where not given.
    """
    span = taken.span
    added = np.zeros(span.used.size) if unsure is None else unsure
    y = np.where(span.used & np.isfinite(added), taken.outcome.recorded, np.nan)
    shapes = _shapes(panel, design, span, np.isfinite(y) if seen is None else seen)
    extra_noise = np.where(np.isfinite(added), added, 0.0)
    steady = _sized(panel, design, taken, y, shapes, np.ones(y.size))
    chosen = replace(steady, every=[*steady.every, *extra])
    size = None if extra else _growth(panel, design, taken, y)
    if size is not None:
        compounding = _sized(panel, design, taken, y, shapes, size)
        past = np.where(span.past, y, np.nan)
        as_line, as_growth = (evidence(past, m.every, m.errors, m.noise) for m in (steady, compounding))
        chosen = compounding if as_growth > as_line else chosen
    return replace(chosen, weighed=replace(chosen.weighed, extra=chosen.weighed.extra + extra_noise))


def _shapes(panel: Panel, design: Design, span: Spans, seen: Mask) -> Effects:
    """Shapes of the effect, or a level for each phase."""
    if design.phases:
        masks = [periods_within(panel, [phase]) for phase in design.phases]
        return replace(level_only(span.inside), departures=(phases(span.inside, masks),))
    end = len(panel.periods) if design.end is None else panel.index(design.end)
    on_air = end if end < design.n_pre + design.n_post - 1 else None
    return effects(span.inside, seen, on_air, design.shape)


def _sized(panel: Panel, design: Design, taken: Cut, y: Array, shapes: Effects, size: Array) -> Setting:
    """The calendar's terms and the errors, in proportion to the size of the series at each period."""
    relative = y / size
    past = taken.span.past & np.isfinite(y)
    usual = float(relative[past].mean())
    length = _month_length(panel, usual)
    uneven = length is not None and panel.frequency is Frequency.FOUR_FOUR_FIVE
    known = length.columns[past] if length is not None and uneven else None
    share = panel.kind is OutcomeKind.SHARE
    unit = terms.natural_unit(relative[past], taken.years[past], share, known)
    removed = np.log1p(yearly(size, taken.years)) * usual
    line = terms.slope(taken.years, design.n_pre, unit, removed)
    every = [line, *calendar_terms(panel, design, taken, unit, length)]
    weighed = _weighed(panel, relative, taken.outcome, every, shapes, size)
    every = [replace(t, columns=t.columns * size[:, None]) for t in every]
    return Setting(y, every, shapes, terms.series_errors(unit, panel.frequency), weighed, size)


def _growth(panel: Panel, design: Design, taken: Cut, y: Array) -> Array | None:
    """Size of the series at each period if it compounds; None where that is not asked."""
    if panel.kind is OutcomeKind.SHARE:
        return None
    past = taken.span.past & np.isfinite(y)
    if panel.kind is OutcomeKind.COUNT:
        events = panel.values[:, [panel.column(a) for a in design.treated]].sum(axis=1)
        if events[past].mean() < FEWEST_EVENTS:
            return None
    shifts = _shifts(panel, design)
    known = np.column_stack(shifts) if shifts else np.zeros((y.size, 0))
    return growing(y, past, taken.years, known)


def estimate(
    panel: Panel,
    design: Design,
    extra: Sequence[Term] = (),
    notes: Sequence[str] = (),
    unsure: Array | None = None,
    taken: Cut | None = None,
) -> Estimate | NotEstimable:
    """Fit and report.

    Parameters
    ----------
    panel : Panel
    design : Design
    extra : sequence of Term
        Terms beyond the calendar, such as comparison series.
    notes : sequence of str
        About those terms.
    unsure : (n,) array, optional
        As for `setting`.
    taken : Cut, optional
        Made here where not given.
    """
    taken = cut(panel, design) if taken is None else taken
    outcome, span = taken.outcome, taken.span
    usable = span.used & np.isfinite(outcome.recorded) & (True if unsure is None else np.isfinite(unsure))
    facts = replace(
        history(panel, design), usable_post=int((usable & span.inside).sum()), counted=int(span.inside.sum())
    )
    refusal = shortfall(design.method, facts)
    if refusal:
        return refusal
    made = setting(panel, design, taken, extra, unsure)
    posterior = fit(made.y, made.every, made.shapes, made.errors, made.noise)
    fitted = answers.Fitted(
        y=made.y,
        base=columns_of(made.every, made.shapes, made.noise),
        n_terms=1 + sum(t.columns.shape[1] for t in made.every),
        effects=made.shapes,
        errors=made.errors,
        noise=made.noise,
        posterior=posterior,
        inside=span.inside,
        weight=np.where(span.inside, outcome.weight, 0.0),
    )
    said = [*outcome.notes, *design.deviations, *notes, *series_notes.grown(made.size, taken.years)]
    return report(
        panel,
        design,
        outcome,
        fitted,
        [
            *said,
            *series_notes.odd(panel, made.weighed),
            *series_notes.gaps(panel, design, span.used, span.inside, made.y),
        ],
    )


def _weighed(
    panel: Panel, y: Array, outcome: Outcome, terms_used: Sequence[Term], shapes: Effects, size: Array
) -> Precision:
    """How much each figure counts, by a rough fit of the plainest terms and the first shape."""
    plain = [t.columns for t in terms_used if t.name in ROUGH]
    columns = np.column_stack([*plain, shapes.profiles[0]])
    counts = panel.kind is OutcomeKind.COUNT and panel.denominators is None
    return precision(y, columns, outcome.noise / size if counts else outcome.noise, counts=counts)


def _month_length(panel: Panel, usual: float) -> Term | None:
    """The term of the months' lengths, where they have a say."""
    uneven = panel.frequency is Frequency.FOUR_FOUR_FIVE
    if uneven or (panel.kind is OutcomeKind.COUNT and panel.denominators is None):
        return terms.month_length(panel.periods, panel.frequency, panel.kind, usual)
    return None


def _shifts(panel: Panel, design: Design) -> list[Array]:
    """A column for each known event within the calendar."""
    shifts = [periods_within(panel, [window]).astype(float) for window in design.events]
    return [s for s in shifts if s.any()]


def calendar_terms(panel: Panel, design: Design, taken: Cut, unit: float, length: Term | None) -> list[Term]:
    """Seasons, holidays, month lengths, known events and covariates."""
    periods, frequency = panel.periods, panel.frequency
    found: list[Term | None] = [*terms.season(taken.years, frequency, unit, bool(design.comparison))]
    if frequency is not Frequency.ANNUAL and design.calendar != "none":
        found.append(terms.holidays_and_breaks(periods, frequency, design.calendar, design.n_pre))
    if frequency is Frequency.DAILY:
        found.append(terms.weekday(periods))
    found.append(length)
    shifts = _shifts(panel, design)
    found.append(terms.events(shifts) if shifts else None)
    columns = [panel.column(a) for a in design.treated]
    for name in design.covariates:
        values = panel.covariates[name][:, columns].mean(axis=1)
        found.append(terms.covariate(name, values, taken.span.past))
    return [t for t in found if t is not None]


def report(
    panel: Panel,
    design: Design,
    outcome: Outcome,
    fitted: answers.Fitted,
    notes: list[str],
    leaned: Mapping[str, Interval] = MappingProxyType({}),
) -> Estimate:
    """The estimate with its path and words; `leaned` are terms beside those of level and phases."""
    found = answers.answer(fitted, design.level)
    path = answers.path(
        fitted, periods=panel.periods, observed=outcome.recorded, total=found.total, bounds=outcome.bounds
    )
    touched = any(v in outcome.bounds for v in (*path.low, *path.high))
    if touched:
        notes.append("Bands that would leave the outcome's possible values are cut there.")
    counted = fitted.inside | (np.arange(fitted.y.size) < design.n_pre)
    named = {"level": found.effect} if design.shape == "level" and not leaned else dict(leaned)
    for phase in design.phases:
        counts = periods_within(panel, [phase]) & fitted.inside
        named[phase.reason] = answers.mean_effect(fitted, counts, design.level)
    return Estimate(
        estimand=estimand(panel, design, outcome),
        effect=found.effect,
        total=found.total,
        rel_effect=found.rel_effect,
        effect_unit=outcome.effect_unit,
        total_unit=outcome.total_unit,
        p_value=found.p_value,
        distribution=found.distribution,
        design=design.code,
        method=design.method,
        n_pre=design.n_pre,
        n_post=design.n_post,
        n_gaps=int((~np.isfinite(outcome.recorded) & counted).sum()),
        smallest_detectable=found.smallest_detectable,
        path=path,
        terms=named,
        notes=tuple(notes),
    )


def estimand(panel: Panel, design: Design, outcome: Outcome) -> str:
    """What the effect is the mean of."""
    first = panel.periods[design.n_pre]
    areas = ", ".join(design.treated)
    kind = "share" if panel.kind is OutcomeKind.SHARE else "outcome"
    return (
        f"Mean effect on the {kind} per {design.frequency} period from {first} to {design.until} in {areas} "
        f"({outcome.effect_unit}); the total is the sum over those periods ({outcome.total_unit})."
    )
