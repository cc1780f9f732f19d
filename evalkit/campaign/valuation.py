"""What a unit of an outcome is worth, and who stands behind the evaluation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from evalkit.campaign.fields import (
    Day,
    FinancialYear,
    LongText,
    Money,
    Proportion,
    Record,
    Text,
    column,
)
from evalkit.campaign.refusals import prices_space
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import Beneficiary, DiscountSeries, Rag, SignOffEntry

Years = Annotated[int, Field(ge=0, le=60)]
Months = Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)]


class UnitValue(Record):
    """The money value of one unit of an observed outcome."""

    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank if there is only one.", example="Contaminated loads"
    )
    description: Text = column(
        "What the value is of", "In a few words.", needed=True, example="Disposal of a rejected load"
    )
    code: Text | None = column(
        "Unit cost code",
        "From the library of unit costs, such as HE3.0, or LFT for landfill tax of the price year; then "
        "leave value and source blank.",
        adds="Takes a published value with its source, price year and reliability.",
    )
    value: Money | None = column(
        "Value per unit (£)",
        "Pounds for one unit of the outcome; leave blank where a code is given.",
        example=Decimal("310.00"),
    )
    price_year: FinancialYear | None = column(
        "Price year", "The financial year of the prices, such as 2024-25.", example="2024-25"
    )
    source: Text | None = column(
        "Source", "Where the value comes from.", example="Disposal contract, schedule 3"
    )
    low: Money | None = column("Low (£)", "Lower plausible value.", example=None)
    high: Money | None = column("High (£)", "Higher plausible value.", example=None)
    beneficiary: Beneficiary = column(
        "Beneficiary", "Whose gain it is.", needed=True, example=Beneficiary.FISCAL
    )
    agency: Text | None = column("Who saves", "The body whose budget gains.", example="County Council")
    cashable: Proportion | None = column(
        "Cashable share", "How much of it releases money, 0% to 100%; blank counts as none.", example=1.0
    )
    transfer: bool | None = column(
        "Transfer",
        "Yes where one side's gain is another's loss (a tax, benefit, fee or fine).",
        adds="Keeps it out of social value and in the public budget.",
    )
    drop_off: Proportion | None = column(
        "Drop-off per year", "How much of the effect fades each year.", example=0.5
    )
    drop_off_low: Proportion | None = column("Lowest drop-off", "Lower plausible drop-off.")
    drop_off_high: Proportion | None = column("Highest drop-off", "Higher plausible drop-off.")
    duration_years: Years | None = column(
        "Years it lasts", "Whole years beyond the observed ones, at most 60.", example=0
    )
    duration_low: Years | None = column("Fewest years", "Fewest plausible years beyond the observed ones.")
    duration_high: Years | None = column("Most years", "Most plausible years beyond the observed ones.")
    leakage: Proportion | None = column(
        "Leakage", "Share of the gain that falls outside the area or group.", example=0.0
    )
    displacement: Proportion | None = column("Displacement", "Share of the gain lost elsewhere.", example=0.0)
    deadweight: Proportion | None = column(
        "Deadweight",
        "Share that would have happened anyway; only for an estimate made elsewhere without a comparison.",
        adds="Is not taken off where a comparison has already taken it off.",
    )
    months_early: Months | None = column(
        "Months brought forward",
        "For payments that came sooner and would have come anyway: how many months sooner.",
        adds="Counts only what the earlier date is worth.",
    )
    discounting: DiscountSeries | None = column(
        "Discounting", "Leave blank for standard; health only for effects on health and life.", example=None
    )
    rag: Rag | None = column("Reliability", "Green, amber or red.", example=Rag.GREEN)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        found: list[Problem] = []
        if prices_space(self.description):
            found.append(problem("M-ave", "description", value=self.description))
        for field, (low, value, high) in {
            "low": (self.low, self.value, self.high),
            "drop_off_low": (self.drop_off_low, self.drop_off, self.drop_off_high),
            "duration_low": (self.duration_low, self.duration_years, self.duration_high),
        }.items():
            given = [x for x in (low, value, high) if x is not None]
            if given != sorted(given):
                found.append(problem("M-interval-order", field, low=low, value=value, high=high))
        if self.code is None:
            wanted = (("value", "a value"), ("price_year", "a price year"), ("source", "a source"))
            for field, what in wanted:
                if getattr(self, field) is None:
                    found.append(problem("M-unit-value", field, value=self.description, what=what))
        elif self.value is not None:
            found.append(problem("M-unit-code", "code", value=self.code))
        raise_problems("UnitValue", found, self)
        return self


class SignOff(Record):
    """A line of the sign-off and learning log."""

    entry: SignOffEntry = column(
        "Entry", "What kind of line this is.", needed=True, example=SignOffEntry.ASSURED
    )
    statement: LongText | None = column(
        "Statement", "What was found, decided or learnt.", example="Figures agree with the weighbridge log."
    )
    name: Text | None = column("Post", "The post that says so.", example="Performance Manager")
    on: Day | None = column("Date", "When.", example=date(2026, 1, 20))
