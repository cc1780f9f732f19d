"""Doses that are probably in another unit: pence where pounds are meant, or two units in one campaign.

1. Two meanings are asked about, never chosen between; the answer goes to a named cell of the first sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from evalkit.campaign.header import Campaign
from evalkit.campaign.programme import Programme
from evalkit.errors import Issue
from evalkit.excel.answers import DOSES, Answers
from evalkit.excel.assemble import Gathered
from evalkit.vocabulary import DoseUnit

ABOVE_COST = 20  # times the whole cost, beyond which a spend is hardly in pounds
ABOVE_USUAL, ENOUGH_DOSES = 50, 3  # times the usual dose of the campaign's other lines, of which there are


def doses_in_another_unit(gathered: Gathered, programme: Programme, answers: Answers) -> list[Issue]:
    """Ask about a campaign whose doses in pounds dwarf its cost, and about a dose that dwarfs the others."""
    if not answers.open(DOSES):
        return []
    issues = []
    for i, campaign in enumerate(programme.campaigns):
        asked = list(_against_cost(campaign)) or list(_against_usual(campaign))
        for j, code, context in asked:
            entry = gathered.places.get(("campaigns", i, "activities", j))
            if entry is not None:
                issues.append(entry.issue(code, "dose", **context, answer=answers.how(DOSES)))
    return issues


Asked = tuple[int, str, dict[str, object]]


def _against_cost(campaign: Campaign) -> Iterator[Asked]:
    """The whole spend beside the whole cost, at the first line with a dose in pounds."""
    lines = [
        (j, a.dose) for j, a in enumerate(campaign.activities) if a.dose_unit is DoseUnit.SPEND and a.dose
    ]
    spend = sum(dose for _, dose in lines)
    cost = sum(float(x.amount) for x in campaign.inputs if x.amount is not None)
    if cost > 0 and spend > ABOVE_COST * cost:
        times = f"{spend / cost:,.0f}"
        yield lines[0][0], "V14", {"value": f"£{spend:,.0f}", "times": times, "cost": f"£{cost:,.0f}"}


def _doses(campaign: Campaign, unit: DoseUnit) -> list[tuple[int, float]]:
    """Lines with a dose in one unit, and their doses."""
    return [(j, a.dose) for j, a in enumerate(campaign.activities) if a.dose_unit is unit and a.dose]


def _against_usual(campaign: Campaign) -> Iterator[Asked]:
    """Each dose beside the campaign's others in the same unit."""
    for unit in (DoseUnit.SPEND, DoseUnit.SENDS, DoseUnit.RATINGS):
        lines = _doses(campaign, unit)
        for j, dose in lines:
            others = [d for k, d in lines if k != j]
            if len(others) >= ENOUGH_DOSES and dose > ABOVE_USUAL * median(others):
                usual = f"{median(others):,.0f} {unit.value}"
                yield j, "V15", {"value": f"{dose:,.0f}", "times": ABOVE_USUAL, "usual": usual}
