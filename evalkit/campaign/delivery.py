"""Inputs, activities, outputs and out-takes: what went in, what was done, what people met and made of it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from evalkit.campaign.fields import (
    Amount,
    Day,
    FinancialYear,
    LongText,
    Money,
    Number,
    Proportion,
    Rate,
    Record,
    Text,
    Whole,
    column,
)
from evalkit.campaign.refusals import money_in_measure, poses_as_cost
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import (
    CostCategory,
    Counting,
    DoseUnit,
    Method,
    PaymentKind,
    Peso,
    SpendKind,
    Stage,
    Tier,
    VatTreatment,
)

B, E, C = Tier.BASIC, Tier.ENHANCED, Tier.COMPREHENSIVE
PENNY = Decimal("0.01")
Hours = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class InputLine(Record):
    """One line of cost."""

    category: CostCategory = column("Category", "The kind of cost.", tier=B, example=CostCategory.MEDIA)
    amount: Money = column(
        "Amount (£)",
        "What it cost in all, in pounds; other campaigns' share is taken off by the Share column.",
        tier=B,
        example=Decimal("6400.00"),
    )
    item: Text | None = column(
        "Item", "What was bought or done.", tier=E, example="Bus-stop posters, 8 weeks"
    )
    budget: Money | None = column(
        "Budget (£)",
        "What was planned for it.",
        example=Decimal("7000.00"),
        adds="Shows plan against actual.",
    )
    financial_year: FinancialYear | None = column(
        "Financial year", "April to March, such as 2025-26.", tier=E, example="2025-26"
    )
    payment: PaymentKind = column(
        "Cash or in kind",
        "Whether money was paid; leave blank for cash.",
        example=PaymentKind.CASH,
        default=PaymentKind.CASH,
    )
    vat: VatTreatment = column(
        "VAT",
        "What VAT the amount holds; leave blank if none.",
        example=VatTreatment.NONE,
        default=VatTreatment.NONE,
    )
    vat_amount: Money | None = column(
        "VAT to be recovered (£)", "The VAT within the amount that comes back.", example=None
    )
    share: Proportion = column(
        "Share for this campaign",
        "How much of the cost belongs to this campaign, 0% to 100%; leave blank for all of it.",
        example=1.0,
        default=1.0,
    )
    split_name: Text | None = column(
        "Split cost",
        "A name for a cost that several campaigns share, the same on each campaign's line.",
        example=None,
        adds="Checks that the shares of one cost do not exceed the whole.",
    )
    hours: Hours | None = column("Hours", "Staff hours, if the amount is staff time.", example=None)
    hourly_rate: Money | None = column("Rate per hour (£)", "Pay per hour.", example=None)
    on_cost_rate: Rate | None = column(
        "On-costs (share of pay)",
        "Employer's national insurance and pension on top of the rate, such as 28%; blank if in the rate.",
        example=None,
    )
    kind: SpendKind | None = column(
        "Capital or revenue",
        "Leave blank for revenue (running cost).",
        adds="Sets what buys an asset apart from running cost.",
    )
    optimism_bias: Rate | None = column(
        "Optimism bias",
        "Uplift for a cost that is not yet certain, such as 10%; blank for what has been paid.",
        adds="Enters the appraisal, not the cost that was paid.",
    )
    supplier: Text | None = column("Supplier or team", "Who was paid.", example="Media owner")
    source: Text | None = column("Source", "Ledger code, invoice or timesheet.", example="Ledger 4471")

    @property
    def net(self) -> Decimal:
        """The amount less VAT that comes back (£), whole cost."""
        back = self.vat_amount if self.vat is VatTreatment.RECOVERABLE and self.vat_amount else Decimal(0)
        return self.amount - back

    @property
    def cost(self) -> Decimal:
        """This campaign's part of the net amount (£), to the penny."""
        return (self.net * Decimal(repr(self.share))).quantize(PENNY, ROUND_HALF_UP)

    @property
    def spend(self) -> SpendKind:
        """Capital or revenue; revenue where nothing was said."""
        return self.kind or SpendKind.REVENUE

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        found: list[Problem] = []
        if self.item and poses_as_cost(self.item):
            found.append(problem("M-ave-cost", "item", value=self.item))
        if self.vat is VatTreatment.RECOVERABLE and self.vat_amount is None:
            found.append(problem("M-vat-amount", "vat_amount"))
        if self.vat_amount is not None and self.vat_amount > self.amount:
            found.append(
                problem(
                    "M-range",
                    "vat_amount",
                    value=f"£{self.vat_amount:,.2f}",
                    expected=f"no more than the amount, £{self.amount:,.2f}",
                    help="VAT is part of the amount.",
                )
            )
        if self.hours is not None and self.hourly_rate is not None:
            pay = Decimal(repr(self.hours)) * self.hourly_rate
            pay = (pay * (1 + Decimal(repr(self.on_cost_rate or 0.0)))).quantize(PENNY, ROUND_HALF_UP)
            if abs(pay - self.amount) > 1:  # timesheets are rounded to the pound
                found.append(
                    problem(
                        "M-total",
                        "amount",
                        value=f"£{self.amount:,.2f}",
                        total=f"£{pay:,.2f}",
                        why="hours × rate × (1 + on-costs)",
                        gap=f"£{abs(pay - self.amount):,.2f}",
                    )
                )
        raise_problems("InputLine", found, self)
        return self


def ends_after_start(start: date | None, end: date | None) -> list[Problem]:
    """Check the order of two dates as far as they are given."""
    if start and end and end < start:
        return [
            problem(
                "M-date-order",
                "end",
                value=end,
                relation="on or after",
                other_title="Start date",
                other=start,
            )
        ]
    return []


class Activity(Record):
    """One thing that was done, with its dates and its dose."""

    channel: Text | None = column("Channel", "Where it ran.", tier=E, example="Bus-stop posters")
    start: Day | None = column("Start date", "First day.", tier=E, example=date(2025, 9, 1))
    end: Day | None = column("End date", "Last day.", tier=E, example=date(2025, 10, 26))
    peso: Peso | None = column(
        "Paid, earned, shared or owned", "How the channel was come by.", tier=E, example=Peso.PAID
    )
    area: Text | None = column("Area", "Where it ran, as on the Outcome data sheet.", example="Northfield")
    audience: Text | None = column("Audience", "Whom it was for.", example="Households in flats")
    message: LongText | None = column("Message", "The message or version shown.", example="Film goes in grey")
    dose: Amount | None = column(
        "Dose",
        "How much of it: pounds spent, letters sent, ratings, or 1 for on.",
        example=6400.0,
        adds="Lets overlapping campaigns be told apart.",
    )
    dose_unit: DoseUnit | None = column("Dose unit", "What the dose counts.", example=DoseUnit.SPEND)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        raise_problems("Activity", ends_after_start(self.start, self.end), self)
        return self


class Output(Record):
    """One measure of what reached people. It carries no money."""

    metric: Text | None = column("Measure", "What was counted.", tier=E, example="Households reached")
    value: Number | None = column("Value", "The figure.", tier=E, example=7350.0)
    unit: Text | None = column("Unit", "What the figure counts; never money.", tier=E, example="households")
    start: Day | None = column("Start date", "First day counted.", tier=E, example=date(2025, 9, 1))
    end: Day | None = column("End date", "Last day counted.", example=date(2025, 11, 30))
    peso: Peso | None = column(
        "Paid, earned, shared or owned", "How the channel was come by.", tier=E, example=Peso.PAID
    )
    counting: Counting | None = column(
        "Unique or gross", "Whether each person counts once.", example=Counting.UNIQUE
    )
    source: Text | None = column("Source", "Who counted it.", tier=E, example="Media owner's report")

    @model_validator(mode="after")
    def _no_money(self) -> Self:
        found = list(money_in_measure(Stage.OUTPUT, metric=self.metric, unit=self.unit))
        found += ends_after_start(self.start, self.end)
        raise_problems("Output", found, self)
        return self


class OutTake(Record):
    """One measure of what people noticed, understood or felt. It carries no money."""

    metric: Text | None = column(
        "Measure", "What was asked or counted.", tier=E, example="Know that film goes in grey"
    )
    value: Number | None = column("Value", "The figure.", tier=E, example=61.0)
    unit: Text | None = column("Unit", "What the figure counts; never money.", tier=E, example="% of adults")
    method: Method | None = column("Method", "Survey or analytics.", tier=E, example=Method.SURVEY)
    n: Whole | None = column("People asked", "Number of answers.", example=412)
    low: Number | None = column("Lower limit", "Lower end of its interval, if known.", example=56.0)
    high: Number | None = column("Upper limit", "Upper end of its interval, if known.", example=66.0)
    start: Day | None = column("Start date", "First day of fieldwork.", example=date(2025, 12, 1))
    end: Day | None = column("End date", "Last day of fieldwork.", example=date(2025, 12, 14))
    question: LongText | None = column(
        "Question", "The exact words people were asked.", example="Which bin does plastic film go in?"
    )
    source: Text | None = column("Source", "Who asked or counted.", tier=E, example="Residents' panel")

    @model_validator(mode="after")
    def _no_money(self) -> Self:
        found = list(money_in_measure(Stage.OUT_TAKE, metric=self.metric, unit=self.unit))
        found += ends_after_start(self.start, self.end)
        found += interval_in_order(self.low, self.value, self.high)
        raise_problems("OutTake", found, self)
        return self


def interval_in_order(low: float | None, value: float | None, high: float | None) -> list[Problem]:
    """Check low <= value <= high as far as they are given."""
    given = [x for x in (low, value, high) if x is not None]
    if given == sorted(given):
        return []
    return [problem("M-interval-order", "low", low=low, value=value, high=high)]
