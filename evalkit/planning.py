"""From a programme to its designs, one for each campaign and outcome.

1. A design is made from history and comparison series; the treated outcome after the start is not looked at.
2. Whatever the template leaves open is settled here by a rule, and the rule leaves a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from evalkit.calendars import after, edges
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import ALONE, Event, Outcome
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.choices import Choices
from evalkit.design import Design, Window
from evalkit.designing import make_design
from evalkit.errors import InputError
from evalkit.estimate import NotEstimable
from evalkit.panel import Panel
from evalkit.vocabulary import Handling, ObservationFlag, OutcomeKind, Spillover

MEND = "Change the method on the sheet Outcomes, or mend the sheets Comparison, Areas and Covariates."


@dataclass(frozen=True, slots=True)
class Plan:
    """One campaign and outcome with the figures and the design for them.

    Attributes
    ----------
    campaign, outcome : Campaign, Outcome
    panel : Panel or None
        None where there are no figures by period.
    design : Design or NotEstimable
    """

    campaign: Campaign
    outcome: Outcome
    panel: Panel | None
    design: Design | NotEstimable


def plan(programme: Programme) -> tuple[Design | NotEstimable, ...]:
    """Fix the design of every campaign and outcome before the outcome is looked at.

    Parameters
    ----------
    programme : Programme

    Returns
    -------
    tuple of Design or NotEstimable
        In the order of ``programme.pairs()``.
    """
    return tuple(p.design for p in plans(programme))


def plans(programme: Programme) -> tuple[Plan, ...]:
    """Like `plan`, with the campaign, outcome and figures that each design is for."""
    return tuple(_plan(programme, campaign, outcome) for campaign, outcome in programme.pairs())


def _plan(programme: Programme, campaign: Campaign, outcome: Outcome) -> Plan:
    if not programme.observations_of(outcome):
        return Plan(campaign, outcome, None, _no_series(programme, outcome))
    series, left_out = _comparison_series(programme, outcome)
    covariates = covariate_names(programme, outcome)
    try:
        panel = outcome_panel(programme, outcome, series, covariates)
    except InputError as error:
        refusal = NotEstimable(error.problems, ("Mend the figures on the Outcome data sheet.",))
        return Plan(campaign, outcome, None, refusal)
    treated = programme.treated_areas(campaign, outcome)
    beside, reasons, out = _comparison(programme, campaign, outcome, treated, panel)
    if not campaign.areas and len(treated) > 1:
        reasons += (
            "The campaign's areas were left blank, so every area that is no comparison counts as having had "
            f"it: {', '.join(treated)}.",
        )
    starts, first, why = _starts(programme, campaign, outcome, panel)
    reasons += why
    if outcome.method in ALONE and (beside or series):
        reasons += (f"The analyst chose the method {outcome.method}, which takes no comparison.",)
        out, beside, series = (*out, *beside, *series), (), ()
    choices = Choices(
        method=outcome.method or "auto",
        comparison=beside + series,
        exclude_areas=out,
        calendar=outcome.calendar or "england-and-wales",
        starts=starts,
        settling=campaign.washout_periods or 0,
        exclude=_event_windows(programme, campaign, outcome, Handling.LEAVE_OUT)
        + _part_period(programme, panel),
        events=_event_windows(programme, campaign, outcome, Handling.MODEL),
        covariates=covariates,
        weights=_populations(programme, panel),
        spare_weights=True,
        matters=programme.matters(campaign, outcome),
    )
    try:
        design = make_design(
            panel,
            treated=treated,
            start=first,
            end=campaign.end,
            until=_until(campaign, panel),
            choices=choices,
        )
    except InputError as error:  # what no rule of the template could see, such as too many covariates
        return Plan(campaign, outcome, panel, NotEstimable(error.problems, (MEND,)))
    if isinstance(design, Design):
        design = replace(
            design,
            reasons=design.reasons + reasons,
            deviations=design.deviations + left_out,
            provisional=_provisional(programme, outcome, panel, design),
        )
    return Plan(campaign, outcome, panel, design)


def _starts(
    programme: Programme, campaign: Campaign, outcome: Outcome, panel: Panel
) -> tuple[tuple[tuple[str, date], ...], date, tuple[str, ...]]:
    """Each area's own start where they fall in different periods, the first, and how they were told."""
    own = programme.starts(campaign, outcome)
    if len({panel.index(day) for day in own.values()}) < 2:
        return (), campaign.start, ()
    said = "; ".join(f"{area} on {day}" for area, day in own.items())
    return tuple(own.items()), min(own.values()), (f"Starts by area, from the sheet Activities: {said}.",)


def _no_series(programme: Programme, outcome: Outcome) -> NotEstimable:
    if any(g.outcome in (None, outcome.name) for g in programme.groups):
        return NotEstimable(
            ("The figures are by group, not by period: the groups are compared with their control.",),
            ("Evaluate the file; there is no design by period to make beforehand.",),
        )
    return NotEstimable(
        ("There are no figures by period for this outcome.",),
        ("Add the service's figures from before and after the start to the Outcome data sheet.",),
    )


def outcome_panel(
    programme: Programme, outcome: Outcome, series: tuple[str, ...] = (), covariates: tuple[str, ...] = ()
) -> Panel:
    """Lay an outcome's figures, and any comparison series and covariates, on one calendar.

    Withheld and missing figures are gaps; a comparison series stands as an area of its own name. A covariate
    without an area has the same figure in all of them.

    Raises
    ------
    InputError
        If the dates do not make a regular calendar.
    """
    rows = _rows(programme, outcome, None)
    for name in series:
        rows += _rows(programme, programme.outcome(name), name)
    frame = pd.DataFrame(rows, columns=["period", "area", "value", "denominator"])
    if outcome.kind is not OutcomeKind.SHARE and frame["denominator"].isna().all():
        frame = frame.drop(columns="denominator")
    if covariates:
        frame = _with_covariates(programme, outcome, frame)
    return Panel.from_frame(
        frame, outcome_kind=outcome.kind, frequency=outcome.frequency, covariates=covariates
    )


def _with_covariates(programme: Programme, outcome: Outcome, frame: pd.DataFrame) -> pd.DataFrame:
    """Every area in every period, with the covariates' figures beside those of the outcome."""
    every = pd.MultiIndex.from_product([frame["period"].unique(), frame["area"].unique()])
    repeated = frame.duplicated(["period", "area"])
    if not repeated.any():  # a repeated row is for the panel to refuse
        index = every.set_names(["period", "area"])
        frame = frame.set_index(["period", "area"]).reindex(index).reset_index()
    for name in covariate_names(programme, outcome):
        figures = {
            (c.period, c.area): c.value for c in programme.covariates_of(outcome) if _label(c.name) == name
        }
        frame[name] = [
            figures.get((day, area), figures.get((day, None)))
            for day, area in zip(frame["period"], frame["area"], strict=True)
        ]
        frame[name] = frame[name].astype(float)
    return frame


def covariate_names(programme: Programme, outcome: Outcome) -> tuple[str, ...]:
    """Covariates of an outcome, by the names that a panel holds them under."""
    return tuple(dict.fromkeys(_label(c.name) for c in programme.covariates_of(outcome)))


def _label(name: str) -> str:
    """A covariate's name, apart from the panel's own columns."""
    return f"{name} (covariate)" if name in ("period", "area", "value", "denominator") else name


def _populations(programme: Programme, panel: Panel) -> tuple[tuple[str, float], ...]:
    """What each area of the panel counts for; comparison series of another name count for the mean."""
    counts = {row.area: row.population for row in programme.areas}
    if not counts:
        return ()
    usual = sum(counts.values()) / len(counts)
    return tuple(sorted((a, counts.get(a, usual)) for a in panel.areas))


def _rows(
    programme: Programme, outcome: Outcome, area: str | None
) -> list[tuple[date, str, float | None, float | None]]:
    absent = (ObservationFlag.SUPPRESSED, ObservationFlag.MISSING)
    return [
        (o.period, area or o.area or WHOLE_AREA, None if o.flag in absent else o.value, o.denominator)
        for o in programme.observations_of(outcome)
    ]


def _comparison_series(programme: Programme, outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Other outcomes named as comparison series, and why any of them cannot serve."""
    kept, left_out = [], []
    for row in programme.comparison_areas(outcome):
        if row.series is None:
            continue
        other = programme.outcome(row.series)
        if row.spillover is Spillover.LIKELY:
            left_out.append(f"{row.series} was left out: the campaign is likely to have reached it.")
        elif other.kind is not outcome.kind:
            left_out.append(f"{row.series} was left out: it is a {other.kind}, not a {outcome.kind}.")
        elif any(o.area for o in programme.observations_of(other)):
            left_out.append(f"{row.series} was left out: a comparison series has one figure a period.")
        else:
            kept.append(row.series)
    return tuple(kept), tuple(left_out)


def _comparison(
    programme: Programme, campaign: Campaign, outcome: Outcome, treated: tuple[str, ...], panel: Panel
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Comparison areas, the reasons for the choice, and areas that are none for a reason given there."""
    rows = [c for c in programme.comparison_areas(outcome) if c.area]
    spill = programme.spillover_areas(outcome)
    reasons = [f"{a} was left out: the campaign is likely to have reached it." for a in spill]
    known = set(panel.areas)
    elsewhere = {
        a
        for c in programme.campaigns
        if c is not campaign and (c, outcome) in programme.pairs()
        for a in c.areas
    }
    others = sorted(elsewhere - {*treated, *(c.area for c in rows)})
    if others:
        reasons.append(f"Areas of other campaigns are no comparison: {', '.join(others)}.")
    out = tuple(a for a in (*spill, *others) if a in known)
    if rows:
        return tuple(c.area for c in rows if c.area and c.area not in spill), tuple(reasons), out
    series = {c.series for c in programme.comparison_areas(outcome)}
    beside = tuple(a for a in panel.areas if a not in treated and a not in elsewhere and a not in series)
    if beside:
        reasons.append(
            "No comparison is named, so every area without a campaign serves: " + ", ".join(beside) + "."
        )
    return beside, tuple(reasons), out


def _until(campaign: Campaign, panel: Panel) -> date | None:
    last_day = after(panel.periods, panel.frequency) - timedelta(days=1)
    if campaign.effects_until is None or campaign.effects_until > last_day:
        return None
    return campaign.effects_until


def _part_period(programme: Programme, panel: Panel) -> tuple[Window, ...]:
    """The last period where it was not over on the date the evaluation speaks from."""
    first, day = panel.periods[-1], programme.as_of
    last = after(panel.periods, panel.frequency) - timedelta(days=1)
    if day is None or not first <= day < last:
        return ()
    return (Window(first, last, f"a part period, not over on {day}"),)


def _provisional(programme: Programme, outcome: Outcome, panel: Panel, design: Design) -> tuple[Window, ...]:
    """Periods of the fit whose figures may still be revised: the latest ones, and those flagged."""
    rows = [
        o
        for o in programme.observations_of(outcome)
        if o.value is not None and (o.area or WHOLE_AREA) in design.treated
    ]
    marked = {o.period for o in rows if o.flag is ObservationFlag.PROVISIONAL}
    if outcome.provisional_periods:
        marked |= set(sorted({o.period for o in rows})[-outcome.provisional_periods :])
    late, last = {panel.index(p) for p in marked}, panel.index(design.until)
    found: list[Window] = []
    for i in sorted(i for i in late if i <= last):
        end = edges(panel.periods, panel.frequency)[i + 1] - timedelta(days=1)
        if found and found[-1].end + timedelta(days=1) == panel.periods[i]:
            found[-1] = Window(found[-1].start, end, found[-1].reason)
        else:
            found.append(Window(panel.periods[i], end, "provisional figures"))
    return tuple(found)


def events_of(programme: Programme, campaign: Campaign, outcome: Outcome) -> tuple[Event, ...]:
    """Events that concern an outcome where the campaign ran."""
    areas = (None, *programme.treated_areas(campaign, outcome))
    return tuple(e for e in programme.events if e.outcome in (None, outcome.name) and e.area in areas)


def _event_windows(
    programme: Programme, campaign: Campaign, outcome: Outcome, handling: Handling
) -> tuple[Window, ...]:
    return tuple(
        Window(e.start, e.end or e.start, e.what or "")
        for e in events_of(programme, campaign, outcome)
        if e.handling is handling and e.start is not None
    )
