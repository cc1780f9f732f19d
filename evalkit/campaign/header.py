"""The campaign's own particulars, its objectives and its audiences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import model_validator

from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.fields import (
    AreaName,
    Day,
    LongText,
    Money,
    Number,
    Proportion,
    Record,
    Text,
    Whole,
    column,
)
from evalkit.campaign.valuation import SignOff
from evalkit.errors import problem, raise_problems
from evalkit.vocabulary import Barrier, CampaignType, CommunicationRole, Tier

B, E, C = Tier.BASIC, Tier.ENHANCED, Tier.COMPREHENSIVE


class Objective(Record):
    """What was to change, from what, to what, by when, and why communication would change it."""

    statement: LongText | None = column(
        "Objective",
        "One sentence: who will do what, by when.",
        tier=E,
        example="Cut contaminated recycling loads in Northfield from 14 to 11 a week by March 2026.",
    )
    outcome: Text | None = column(
        "Outcome",
        "The outcome that shows it, as named on the Outcomes sheet.",
        tier=E,
        example="Contaminated loads",
    )
    baseline_value: Number | None = column(
        "Baseline", "The figure before the campaign, in the outcome's unit.", tier=E, example=14.0
    )
    baseline_date: Day | None = column(
        "Baseline date", "The date or first day of the period it refers to.", tier=E, example=date(2025, 4, 1)
    )
    baseline_source: Text | None = column(
        "Baseline source", "Where the figure comes from.", tier=E, example="Depot weighbridge log"
    )
    target_value: Number | None = column(
        "Target", "The figure aimed at, in the outcome's unit.", tier=E, example=11.0
    )
    deadline: Day | None = column(
        "Deadline", "When the target is to be met.", tier=E, example=date(2026, 3, 31)
    )
    mechanism: LongText | None = column(
        "Why it would work",
        "How seeing the campaign would lead people to act.",
        tier=E,
        example="Most residents put film in the bin because the rules changed; the calendar shows them.",
    )
    effect_that_matters: Number | None = column(
        "Effect that matters (per period)",
        "The smallest change per period worth acting on, in the outcome's unit, without a sign.",
        tier=E,
        example=1.5,
        adds='Lets the verdict tell "no effect as large as this" from "cannot tell".',
    )
    expected_share: Proportion | None = column(
        "Share expected from the campaign",
        "How much of the change the campaign was expected to bring, 0% to 100%.",
        example=0.5,
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        found = []
        if self.baseline_date and self.deadline and self.deadline <= self.baseline_date:
            found.append(
                problem(
                    "M-date-order",
                    "deadline",
                    value=self.deadline,
                    relation="after",
                    other_title="Baseline date",
                    other=self.baseline_date,
                )
            )
        if self.effect_that_matters is not None and self.effect_that_matters <= 0:
            found.append(
                problem(
                    "M-range",
                    "effect_that_matters",
                    value=self.effect_that_matters,
                    expected="a size above zero",
                    help="Give the size of the change; the outcome says which direction is good.",
                )
            )
        raise_problems("Objective", found, self)
        return self


class Audience(Record):
    """Whom the campaign was for, and what stood in their way."""

    segment: Text | None = column("Audience", "Who they are.", tier=C, example="Households in flats")
    size: Whole | None = column("Number of people or households", "How many there are.", tier=C, example=8200)
    source: Text | None = column(
        "Source", "Where the number comes from.", tier=C, example="Council tax register, April 2025"
    )
    barrier: Barrier | None = column(
        "Main barrier", "What stops them (COM-B).", tier=C, example=Barrier.PSYCHOLOGICAL_CAPABILITY
    )
    assumption: LongText | None = column(
        "Assumption",
        "What must be true for the campaign to reach and move them.",
        example="They read the bin calendar.",
    )
    external_factors: LongText | None = column(
        "Other factors",
        "What else could move this audience in the same months.",
        example="New bins in two streets",
    )
    unintended_effects: LongText | None = column(
        "Unintended effects",
        "What could go wrong.",
        example="More material in the residual bin",
    )


class Campaign(Record):
    """One campaign, with everything that belongs to it alone."""

    title: Text = column(
        "Campaign", "A short title, used on every other sheet.", tier=B, example="Right bin, right day"
    )
    organisation: Text = column("Organisation", "Who ran it.", tier=B, example="Northfield District Council")
    start: Day = column(
        "Start date", "The first day on which the public could meet it.", tier=B, example=date(2025, 9, 1)
    )
    end: Day = column("End date", "The last day on which it ran.", tier=B, example=date(2025, 11, 30))
    tier: Tier = column(
        "Tier",
        "How much to ask for; leave blank for Basic.",
        example=Tier.BASIC,
        default=Tier.BASIC,
    )
    areas: tuple[AreaName, ...] = column(
        "Areas",
        "Where it ran, as named on the Outcome data sheet, separated by semicolons; blank for everywhere.",
        example=("Northfield",),
        default=(),
        adds="Allows a comparison with areas that did not have the campaign.",
    )
    campaign_type: CampaignType | None = column(
        "Type", "The kind of change it is for.", tier=E, example=CampaignType.BEHAVIOUR
    )
    role: CommunicationRole | None = column(
        "Role of communication", "The role it plays (GCS).", example=CommunicationRole.CHANGE
    )
    sector: Text | None = column("Sector", "The service area.", example="Waste and recycling")
    summary: LongText | None = column(
        "What it set out to change",
        "Two sentences for a reader who has never heard of it: what, for whom.",
        tier=E,
        example="Fewer contaminated recycling loads from 8,200 households in flats.",
    )
    owner: Text | None = column(
        "Campaign owner", "Post that answers for the campaign.", tier=E, example="Head of Communications"
    )
    service_owner: Text | None = column(
        "Service owner", "Post that answers for the service outcome.", tier=E, example="Head of Waste"
    )
    finance_partner: Text | None = column(
        "Finance partner", "Post that checks the money.", tier=C, example="Finance Business Partner"
    )
    plan_lock_date: Day | None = column(
        "Plan fixed on",
        "When outcome, comparison and the effect that matters were fixed.",
        tier=C,
        example=date(2025, 8, 15),
        adds="Shows that the question was not chosen after seeing the answer.",
    )
    washout_periods: Whole | None = column(
        "Periods to leave out at the start",
        "Periods after the start in which no effect is expected yet (a soft launch).",
        example=1,
    )
    effects_until: Day | None = column(
        "Count effects until",
        "The last day on which an effect is still expected; leave blank for the last figure.",
        example=date(2026, 1, 31),
    )
    budget_total: Money | None = column(
        "Budget (£)", "The whole budget approved.", example=Decimal("18000.00"), tier=E
    )
    ledger_total: Money | None = column(
        "Total on the ledger (£)",
        "What the ledger shows for this campaign; it must equal the cash lines on the Inputs sheet.",
        example=Decimal("16250.00"),
        adds="Proves that no cost is missing.",
    )
    next_budget_least: Money | None = column(
        "Next year: at least (£)",
        "The least this campaign may cost next year; leave blank for half its share of the budget.",
        example=Decimal("9000.00"),
        adds="A limit within which next year's budget is shared out among overlapping campaigns.",
    )
    next_budget_most: Money | None = column(
        "Next year: at most (£)",
        "The most this campaign may cost next year; leave blank for one and a half times its share.",
        example=Decimal("20000.00"),
        adds="A limit within which next year's budget is shared out among overlapping campaigns.",
    )

    objectives: tuple[Objective, ...] = ()
    audiences: tuple[Audience, ...] = ()
    inputs: tuple[InputLine, ...] = ()
    activities: tuple[Activity, ...] = ()
    outputs: tuple[Output, ...] = ()
    out_takes: tuple[OutTake, ...] = ()
    channel_shifts: tuple[ChannelShift, ...] = ()
    sign_off: tuple[SignOff, ...] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        found = []
        if self.end < self.start:
            found.append(
                problem(
                    "M-date-order",
                    "end",
                    value=self.end,
                    relation="on or after",
                    other_title="Start date",
                    other=self.start,
                )
            )
        if self.effects_until is not None and self.effects_until < self.start:
            found.append(
                problem(
                    "M-date-order",
                    "effects_until",
                    value=self.effects_until,
                    relation="on or after",
                    other_title="Start date",
                    other=self.start,
                )
            )
        for name, when, why in _dates_of_parts(self):
            if when < self.start:
                found.append(
                    problem(
                        "M-date-order",
                        *name,
                        value=when,
                        relation=f"on or after the campaign's start, since {why};",
                        other_title="Start date",
                        other=self.start,
                    )
                )
        raise_problems("Campaign", found, self)
        return self


def _dates_of_parts(campaign: Campaign) -> list[tuple[tuple[str | int, ...], date, str]]:
    dates: list[tuple[tuple[str | int, ...], date, str]] = [
        (("objectives", i, "deadline"), o.deadline, "the campaign cannot meet a target before it starts")
        for i, o in enumerate(campaign.objectives)
        if o.deadline
    ]
    dates += [
        (("activities", i, "start"), a.start, "the start is the first day the public could meet it")
        for i, a in enumerate(campaign.activities)
        if a.start
    ]
    return dates
