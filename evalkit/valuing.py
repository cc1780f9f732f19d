"""What a finding was worth: the questions that the appraisal answers, put together from the programme."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

from evalkit import wording
from evalkit.calendars import DAYS_A_YEAR, PER_YEAR
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import UnitValue
from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.money import channels, reference
from evalkit.money.appraisal import Question, appraise, claim_of
from evalkit.money.channels import ChannelSaving, channel_saving
from evalkit.money.cost import CostPerOutcome, cost_per_outcome, full_cost
from evalkit.money.results import refused
from evalkit.money.unit_costs import UnitCost
from evalkit.money.value import Value
from evalkit.money.years import year_of
from evalkit.vocabulary import Direction, MoneyClaim


def channel_savings(programme: Programme) -> tuple[ChannelSaving, ...]:
    """What every move from a channel to another saved, in the order of campaigns and rows."""
    year = year_of(programme.today)
    with reference.using(programme.reference_values):
        return tuple(
            channel_saving(c.title, c.inputs, row, year)
            for c in programme.campaigns
            for row in c.channel_shifts
        )


NO_SUM = "figures of this kind do not add up over periods, so there is no number of outcomes to buy"


def value_of(
    programme: Programme,
    campaign: Campaign,
    outcome: Outcome,
    design: Design | None,
    estimate: Estimate | NotEstimable,
    *,
    level: int,
    undivided: str = "",
) -> Value:
    """Cost, cost per outcome and value of one finding.

    Parameters
    ----------
    programme, campaign, outcome, design, estimate
    level : int
        Of evidence, 1 to 5.
    undivided : str
        Why the campaign's cost must not be set against this finding's effect; empty where it may.
    """
    cost = full_cost(campaign.inputs)
    if undivided and not isinstance(estimate, NotEstimable) and outcome.sums:
        return refused(
            Value(cost, CostPerOutcome(None, undivided, outcome.unit, divided=False)), undivided, ()
        )
    if isinstance(estimate, NotEstimable) or not outcome.sums:
        reason = "no effect could be estimated" if isinstance(estimate, NotEstimable) else NO_SUM
        return refused(Value(cost, CostPerOutcome(None, reason, outcome.unit)), reason, ())
    best = claim_of(level) is MoneyClaim.POINT
    each = replace(cost_per_outcome(cost, estimate, outcome.good_direction), best=best)
    only = len(programme.outcomes) == 1
    rows = [
        row for row in programme.unit_values if row.outcome == outcome.name or (only and row.outcome is None)
    ]
    shared = wording.cost_is_shared(programme, campaign.title)
    asked = Question(
        estimate=estimate,
        sign=1 if outcome.good_direction is Direction.UP else -1,
        level=level,
        inputs=campaign.inputs,
        unit_values=rows,
        counted=_counted(programme, campaign, outcome, design),
        as_of=programme.today,
        data_grade=outcome.data_grade,
        external=design is None,
        shared=shared,
        channels=_channels(programme, campaign, outcome),
    )
    with reference.using(programme.reference_values):
        return appraise(cost, each, asked)


def _channels(
    programme: Programme, campaign: Campaign, outcome: Outcome
) -> tuple[tuple[int, UnitValue, UnitCost], ...]:
    """The savings that the outcome counts, as values of its unit."""
    rows = [row for c in programme.campaigns for row in c.channel_shifts]
    both = enumerate(zip(channel_savings(programme), rows, strict=True), start=1)
    with reference.using(programme.reference_values):
        return tuple(
            (number, *channels.valued(saving, row))
            for number, (saving, row) in both
            if (saving.campaign, saving.outcome) == (campaign.title, outcome.name) and not saving.reason
        )


def _counted(
    programme: Programme, campaign: Campaign, outcome: Outcome, design: Design | None
) -> tuple[date, date]:
    """First and last day over which the effect was counted."""
    if design is not None:
        period = timedelta(days=max(math.floor(DAYS_A_YEAR / PER_YEAR[design.frequency]) - 1, 0))
        return design.start, max(design.start, design.until + period)
    rows = [
        e
        for e in programme.external_estimates
        if e.campaign in (None, campaign.title) and e.outcome in (None, outcome.name)
    ]
    first = min([e.start for e in rows if e.start], default=campaign.start)
    last = max([e.end for e in rows if e.end], default=campaign.end)
    return first, max(first, last)
