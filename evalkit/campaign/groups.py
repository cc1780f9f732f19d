"""Arms and waves: figures for groups of people instead of periods."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import model_validator

from evalkit.campaign.fields import Amount, Day, Number, Record, Text, Whole, column
from evalkit.errors import problem, raise_problems
from evalkit.vocabulary import DesignCode

MOST_DIGITS = 9  # digits of a mark; NHS and telephone numbers have as many or more


def _tells_who(mark: str) -> bool:
    """Whether a mark looks like an address, a telephone or service number, or a name of several words."""
    words = mark.split()
    digits = sum(c.isdigit() for c in mark)
    return "@" in mark or digits >= MOST_DIGITS or (len(words) > 1 and all(w.isalpha() for w in words))


class GroupRow(Record):
    """One arm, wave or cluster of a trial or survey."""

    campaign: Text | None = column(
        "Campaign", "Which campaign; leave blank if there is only one.", example="Right bin, right day"
    )
    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank if there is only one.", example="Contaminated loads"
    )
    arm: Text = column("Arm", "The group: control, letter A, letter B.", needed=True, example="letter A")
    control: bool = column(
        "Control", "Yes for the group without the campaign; leave blank for no.", example=False, default=False
    )
    formed: DesignCode | None = column(
        "How the groups came about",
        "By lot, by rota, by who recalled it, before and after; leave blank if nobody decided.",
        example=DesignCode.RANDOMISED,
        adds="Lets groups drawn by lot count as the strongest evidence; blank counts as the weakest.",
    )
    wave: Text | None = column("Wave", "Before, after, or the survey wave.", example="after")
    period: Day | None = column("Period", "First day of the period or fieldwork.", example=date(2025, 12, 1))
    n: Whole = column("People or households", "How many are in the group.", needed=True, example=1040)
    successes: Amount | None = column("Successes", "How many of them did it.", example=312.0)
    mean: Number | None = column("Mean", "Or the mean of the measure.", example=None)
    sd: Amount | None = column("Standard deviation", "And its standard deviation.", example=None)
    cluster: Text | None = column(
        "Cluster", "Street, practice or school, if drawn as a whole.", example="Elm Road"
    )
    stratum: Text | None = column("Stratum", "Stratum of the sample, if any.", example=None)
    weight: Amount | None = column("Weight", "Survey weight of the row, if any.", example=None)
    allocated: Whole | None = column(
        "Allocated", "How many were allocated at first, for attrition.", example=1100
    )
    baseline: Text | None = column(
        "Known beforehand",
        "For a row on what was known of the group before: the measure, such as age. Blank for the outcome.",
        example=None,
        adds="Shows whether the groups were alike before the campaign.",
    )
    unit: Text | None = column(
        "Person",
        "For people asked twice, a row each time: a mark of your own, such as P017, the same both times and "
        "never a name. Leave blank for rows of groups.",
        example=None,
        adds="Compares people with themselves, which narrows the range; no row of a person leaves the file.",
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        found = []
        binary, continuous = self.successes is not None, self.mean is not None
        if binary == continuous:
            shown = "both" if binary else "neither successes nor a mean"
            found.append(problem("M-means-or-successes", "successes", found=shown))
        if self.successes is not None and self.successes > self.n:
            found.append(
                problem("M-denominator-small", "successes", value=self.successes, denominator=self.n)
            )
        if self.unit is not None and self.n != 1:
            found.append(problem("M-person-size", "n", value=self.n))
        if self.unit is not None and _tells_who(self.unit):
            found.append(problem("M-person-named", "unit"))
        raise_problems("GroupRow", found, self)
        return self
