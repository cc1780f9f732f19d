"""What a unit of an outcome is worth, and who stands behind the evaluation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import model_validator

from evalkit.campaign.fields import (
    Day,
    FinancialYear,
    LongText,
    Money,
    Proportion,
    Record,
    Text,
    Whole,
    column,
)
from evalkit.campaign.refusals import prices_space
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import Beneficiary, Rag, SignOffEntry


class UnitValue(Record):
    """The money value of one unit of an observed outcome."""

    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank if there is only one.", example="Contaminated loads"
    )
    description: Text = column(
        "What the value is of", "In a few words.", needed=True, example="Disposal of a rejected load"
    )
    value: Money = column(
        "Value per unit (£)", "Pounds for one unit of the outcome.", needed=True, example=Decimal("310.00")
    )
    price_year: FinancialYear = column(
        "Price year", "The financial year of the prices, such as 2024-25.", needed=True, example="2024-25"
    )
    source: Text = column(
        "Source", "Where the value comes from.", needed=True, example="Disposal contract, schedule 3"
    )
    low: Money | None = column("Low (£)", "Lower plausible value.", example=None)
    high: Money | None = column("High (£)", "Higher plausible value.", example=None)
    beneficiary: Beneficiary = column(
        "Beneficiary", "Whose gain it is.", needed=True, example=Beneficiary.FISCAL
    )
    agency: Text | None = column("Who saves", "The body whose budget gains.", example="County Council")
    cashable: Proportion | None = column(
        "Cashable share", "How much of it releases money, 0% to 100%.", example=1.0
    )
    drop_off: Proportion | None = column(
        "Drop-off per year", "How much of the effect fades each year.", example=0.5
    )
    duration_years: Whole | None = column(
        "Years it lasts", "Whole years beyond the observed ones.", example=0
    )
    leakage: Proportion | None = column(
        "Leakage", "Share of the gain that falls outside the area or group.", example=0.0
    )
    displacement: Proportion | None = column("Displacement", "Share of the gain lost elsewhere.", example=0.0)
    rag: Rag | None = column("Reliability", "Green, amber or red.", example=Rag.GREEN)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        found: list[Problem] = []
        if prices_space(self.description):
            found.append(problem("M-ave", "description", value=self.description))
        given = [x for x in (self.low, self.value, self.high) if x is not None]
        if given != sorted(given):
            found.append(problem("M-interval-order", "low", low=self.low, value=self.value, high=self.high))
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
