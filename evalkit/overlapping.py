"""Campaigns that aim at one outcome in one place: their joint plan and its decomposition.

1. Campaigns are taken together by the dates, places and doses of their activity, never by what the outcome
   did.
2. What the template leaves open is settled by a rule, and the rule leaves a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from evalkit.allocation import allocate_budget
from evalkit.calendars import PER_YEAR, after
from evalkit.campaign.delivery import Activity
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import ExternalEstimate, Outcome
from evalkit.campaign.programme import Programme
from evalkit.decomposition import Allocation, Decomposition, Shared
from evalkit.design import Design, Window
from evalkit.doses import Doses, Line
from evalkit.errors import InputError
from evalkit.estimate import Estimate, Interval, NotEstimable, Trial
from evalkit.methods import mix
from evalkit.methods.mix_model import CampaignTest, Study
from evalkit.money.cost import full_cost
from evalkit.panel import Panel
from evalkit.planning import Plan, events_of, outcome_panel
from evalkit.vocabulary import DesignCode, Direction, DoseUnit, Handling

METHOD = "joint"
TESTS = (  # designs of an estimate from outside that the joint model is held to
    DesignCode.RANDOMISED,
    DesignCode.CLUSTER_RANDOMISED,
    DesignCode.STEPPED,
    DesignCode.ALTERNATE,
    DesignCode.DIFFERENCE,
    DesignCode.SYNTHETIC,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An outcome ready to be taken apart.

    Attributes
    ----------
    outcome : Outcome
    panel : Panel
    doses : Doses
    study : Study
    units : dict of str to str
        What each campaign's dose counts.
    notes : tuple of str
    """

    outcome: Outcome
    panel: Panel
    doses: Doses
    study: Study
    units: dict[str, str]
    notes: tuple[str, ...]


def prepared_outcomes(programme: Programme, plans: Sequence[Plan]) -> tuple[Prepared, ...]:
    """Figures, doses and plan of every outcome at which several campaigns aimed in the same place."""
    found = []
    for outcome in programme.outcomes:
        group = _together(programme, outcome, [p for p in plans if p.outcome is outcome])
        if len(group) > 1:
            found.append(_prepared(programme, outcome, group))
    return tuple(found)


def shared_outcomes(programme: Programme, plans: Sequence[Plan]) -> tuple[Shared, ...]:
    """Take apart every outcome at which more than one campaign aimed in the same place.

    Outcomes with too few figures for the joint model are left out: their campaigns are estimated singly.

    Parameters
    ----------
    programme : Programme
    plans : sequence of Plan
    """
    found = []
    for one in prepared_outcomes(programme, plans):
        parts = mix.decompose(one.panel, one.doses, one.study)
        if parts.by_period is not None:
            split = next_split(programme, one, parts)
            found.append(Shared(one.outcome.name, one.doses.campaigns, parts, one.units, one.notes, split))
    return tuple(found)


def next_split(programme: Programme, one: Prepared, parts: Decomposition) -> Allocation | NotEstimable:
    """Next year's budget shared out within the limits of the template, or why it cannot be."""
    group = [c for c in programme.campaigns if c.title in parts]
    costs = {c.title: float(full_cost(c.inputs).total) for c in group}
    limits = {c.title: (_pounds(c.next_budget_least), _pounds(c.next_budget_most)) for c in group}
    try:
        return allocate_budget(
            parts,
            spent=costs,
            budget=_pounds(programme.next_budget),
            limits=limits,
            years=_years(one),
            good="up" if one.outcome.good_direction is Direction.UP else "down",
        )
    except InputError as error:
        return NotEstimable(
            tuple(f"{text[:1].upper()}{text[1:]}." for text in error.problems),
            (
                "Change next year's budget on the first sheet of the template, or the limits on its sheet of "
                "campaigns.",
            ),
        )


def _pounds(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _years(one: Prepared) -> float:
    """From the first activity, or the first figure after it, to the end of the figures; at least one."""
    on = (one.doses.inside > 0).any(axis=(1, 2))
    periods = on.size - int(on.argmax()) if on.any() else on.size
    return max(periods / PER_YEAR[one.panel.frequency], 1.0)


def joint_plan(one: Plan, shared: Sequence[Shared]) -> tuple[Design, Estimate | NotEstimable] | None:
    """Design and estimate of a campaign that is estimated together with others; None where it is not."""
    design, title = one.design, one.campaign.title
    mine = [s for s in shared if s.outcome == one.outcome.name and title in s.campaigns]
    if not mine or isinstance(design, NotEstimable):
        return None
    estimate = mine[0].decomposition[title]
    code = estimate.design if isinstance(estimate, Estimate) else design.code
    names = ", ".join(c for c in mine[0].campaigns if c != title)
    reason = f"{names} aimed at the same outcome, so the campaigns are estimated in one joint model."
    kept = design.comparison if code is DesignCode.CONTROLLED_SERIES else ()
    joint = replace(design, method=METHOD, code=code, shape="by dose", comparison=kept, reasons=(reason,))
    return joint, estimate


def trial_of(one: Plan, shared: Sequence[Shared]) -> Trial | None:
    """What the joint model found of one campaign where there was nothing to be found."""
    every = [t for s in shared if s.outcome == one.outcome.name for t in s.decomposition.trials]
    return next((t for t in every if t.campaign == one.campaign.title), None)


def _together(programme: Programme, outcome: Outcome, plans: Sequence[Plan]) -> list[Campaign]:
    """Campaigns with figures that share an area with another one."""
    able = [p for p in plans if p.panel is not None]
    areas = {p.campaign.title: set(programme.treated_areas(p.campaign, outcome)) for p in able}
    return [
        p.campaign
        for p in able
        if any(areas[p.campaign.title] & areas[q.campaign.title] for q in able if q is not p)
    ]


def _prepared(programme: Programme, outcome: Outcome, group: Sequence[Campaign]) -> Prepared:
    """One outcome's figures, doses and plan."""
    panel = _panel(programme, outcome)
    lines, units, notes = [], {}, []
    for campaign in group:
        own, unit, said = _lines(programme, campaign, outcome, panel)
        lines += own
        units[campaign.title] = unit
        notes += said
    unused = [
        name
        for name, rows in (("Areas", programme.areas), ("Covariates", programme.covariates_of(outcome)))
        if rows
    ]
    if unused:
        notes.append(f"The joint model does not use the {' and '.join(unused)} sheets.")
    if outcome.method:
        notes.append(f"The method {outcome.method} is for one campaign at a time and is not used.")
    study = Study(
        calendar=outcome.calendar or "england-and-wales",
        exclude=_windows(programme, group, outcome, Handling.LEAVE_OUT),
        events=_windows(programme, group, outcome, Handling.MODEL),
        tests=_tests(programme, group, outcome, panel),
        tried=True,
    )
    return Prepared(outcome, panel, Doses.from_lines(lines, panel), study, units, tuple(notes))


def _panel(programme: Programme, outcome: Outcome) -> Panel:
    """The outcome's own figures, without areas that the campaigns spilled over to."""
    panel = outcome_panel(programme, outcome)
    spill = programme.spillover_areas(outcome)
    kept = [i for i, a in enumerate(panel.areas) if a not in spill]
    return replace(
        panel,
        areas=tuple(panel.areas[i] for i in kept),
        values=panel.values[:, kept],
        denominators=None if panel.denominators is None else panel.denominators[:, kept],
    )


def _lines(
    programme: Programme, campaign: Campaign, outcome: Outcome, panel: Panel
) -> tuple[list[Line], str, list[str]]:
    """A campaign's dated activity, what its dose counts, and how it came about."""
    title = campaign.title
    treated = tuple(a for a in programme.treated_areas(campaign, outcome) if a in panel.areas)
    dated = [a for a in campaign.activities if a.start is not None]
    units = {a.dose_unit for a in dated if a.dose is not None}
    if dated and len(units) == 1 and None not in units and all(a.dose is not None for a in dated):
        unit = next(iter(units))
    else:
        unit = DoseUnit.ON_OFF
    notes = []
    if not dated:
        notes.append(f"{title}: no dated activity is entered, so it counts as on from its start to its end.")
    elif unit is DoseUnit.ON_OFF and units - {DoseUnit.ON_OFF}:
        why = "are in different units" if len(units) > 1 else "are not given for every line of activity"
        notes.append(f"{title}: its doses {why}, so it counts as on or off by its dates.")
    rows = dated or [Activity(start=campaign.start, end=campaign.end)]
    lines = [
        Line(
            title,
            (a.area,) if a.area in panel.areas else treated,
            a.start or campaign.start,
            max(a.end or campaign.end, a.start or campaign.start),
            1.0 if unit is DoseUnit.ON_OFF else float(a.dose or 0),
            unit or DoseUnit.ON_OFF,
        )
        for a in rows
    ]
    return lines, (unit or DoseUnit.ON_OFF).value, notes


def _windows(
    programme: Programme, group: Sequence[Campaign], outcome: Outcome, handling: Handling
) -> tuple[Window, ...]:
    """Events of any of the campaigns, each once."""
    found = [
        Window(e.start, e.end or e.start, e.what or "")
        for campaign in group
        for e in events_of(programme, campaign, outcome)
        if e.handling is handling and e.start is not None
    ]
    return tuple(dict.fromkeys(found))


def _tests(
    programme: Programme, group: Sequence[Campaign], outcome: Outcome, panel: Panel
) -> tuple[CampaignTest, ...]:
    """Trials and area tests of these campaigns, with their dates, among the estimates made elsewhere."""
    titles = {c.title for c in group}
    last = after(panel.periods, panel.frequency)

    def within(row: ExternalEstimate) -> bool:
        return row.start is not None and row.end is not None and _inside(row.start, row.end, panel, last)

    return tuple(
        CampaignTest(
            row.campaign or programme.campaigns[0].title,
            Interval(row.total, row.low, row.high, row.level),
            row.start or panel.periods[0],
            row.end or panel.periods[-1],
            source=row.source,
        )
        for row in programme.external_estimates
        if row.design in TESTS
        and (row.campaign or programme.campaigns[0].title) in titles
        and (row.outcome or programme.outcomes[0].name) == outcome.name
        and within(row)
    )


def _inside(start: date, end: date, panel: Panel, last: date) -> bool:
    """Whether a test's days are among the figures."""
    return start <= end and end >= panel.periods[0] and start < last
