"""What a missed hospital appointment costs, said in the text that reminds of it, 2013-14: real figures.

Source of the figures: M. Hallsworth, D. Berry, M. Sanders and others (2015), "Stating appointment costs in
SMS reminders reduces missed hospital appointments", PLoS ONE 10:e0137306, trial one: 11.1% and 8.4% missed,
10,111 appointments in four groups by lot. Counts by group are derived here: quarters, times the rates.
"""

from __future__ import annotations

from datetime import date

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff
from evalkit.vocabulary import CampaignType, DataGrade, DesignCode, Direction, OutcomeKind, SignOffEntry

APPOINTMENTS, GROUPS = 10_111, 4
RATES = {"usual text": 0.111, "text with the cost": 0.084}
SOURCE = (
    "Hallsworth and others (2015), PLoS ONE 10:e0137306, trial one. Rates as printed; counts by group "
    "derived from them and a quarter of 10,111 appointments"
)
DERIVED = (
    "Each of the four groups is taken to have had a quarter of the appointments, and the missed ones are "
    "that times the printed rates, which are rounded."
)


def programme() -> Programme:
    """Build the two of the four groups whose rates the abstract prints; the texts cost the same."""
    size = APPOINTMENTS // GROUPS
    campaign = Campaign(
        title="Your appointment: what it costs to miss it",
        organisation="Barts Health NHS Trust",
        start=date(2013, 11, 1),
        end=date(2014, 1, 31),
        campaign_type=CampaignType.BEHAVIOUR,
        sector="Health",
        summary=(
            "Fewer missed hospital appointments, by telling outpatients, in the text that reminds them, what "
            "an appointment costs when nobody comes."
        ),
        sign_off=(SignOff(entry=SignOffEntry.ASSUMPTION, statement=DERIVED),),
    )
    outcome = Outcome(
        name="Appointments missed",
        unit="missed appointments",
        kind=OutcomeKind.SHARE,
        good_direction=Direction.DOWN,
        source=SOURCE,
        primary=True,
        numerator="Appointments to which the patient did not come and which were not cancelled",
        denominator="Appointments for which a reminder was sent",
        data_grade=DataGrade.TWO,
    )
    return Programme(
        title="Reminder texts for appointments, 2013-14 (counts derived from rates)",
        as_of=date(2015, 9, 14),
        campaigns=(campaign,),
        outcomes=(outcome,),
        groups=tuple(
            GroupRow(
                arm=arm,
                control=arm == "usual text",
                formed=DesignCode.RANDOMISED,
                n=size,
                successes=float(round(rate * size)),
            )
            for arm, rate in RATES.items()
        ),
    )
