"""What is known of areas beside their outcomes: what each counts for, and what else moved their figures."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import model_validator

from evalkit.campaign.fields import AreaName, Day, Number, Record, Text, column
from evalkit.errors import problem, raise_problems


class Area(Record):
    """What one area counts for when areas are compared."""

    area: AreaName = column("Area", "As on the Outcome data sheet.", needed=True, example="Northfield")
    population: Number = column(
        "Population",
        "How many people live there, or whatever else the area is to count for; above zero.",
        needed=True,
        example=48200.0,
        adds="Areas count by it when their changes are compared: an effect on people, with a wider range.",
    )

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if not self.population > 0:
            found = [problem("M-population", "population", value=self.population, area=self.area)]
            raise_problems("Area", found, self)
        return self


class Covariate(Record):
    """One figure of something else that moved an outcome and that the campaign could not move."""

    name: Text = column(
        "Covariate",
        "What else moved the figures and the campaign could not: rainfall, pupils on roll.",
        needed=True,
        example="Rainfall (mm)",
        adds="Clears the figures of it, so that it cannot pass for an effect.",
    )
    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank for all.", example="Contaminated loads"
    )
    period: Day = column(
        "Period", "A period of the Outcome data sheet.", needed=True, example=date(2025, 4, 7)
    )
    area: AreaName | None = column(
        "Area", "Which area; leave blank if it was the same everywhere.", example="Northfield"
    )
    value: Number = column("Value", "Its figure in that period.", needed=True, example=12.5)
