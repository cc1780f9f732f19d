"""Texts from surgeries that remind of the flu vaccination, autumn 2013: a finished trial as published.

Source of the figures: E. Herrett, E. Williamson, T. van Staa and others (2016), "Text messaging reminders for
influenza vaccine in primary care", BMJ Open 6:e010069: 2.62 points (-0.09 to 5.33), 51,121 patients of 76
practices with texts. Figures by practice are not printed, so nothing is estimated again: the points are
turned into people.
"""

from __future__ import annotations

from datetime import date

from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import ExternalEstimate, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff
from evalkit.vocabulary import CampaignType, DataGrade, DesignCode, Direction, OutcomeKind, SignOffEntry

PATIENTS = 51_121
POINTS, LOW, HIGH = 2.62, -0.09, 5.33
SOURCE = (
    "Herrett and others (2016), BMJ Open 6:e010069: 2.62 percentage points (-0.09 to 5.33), p = 0.058. "
    "People derived: points times the 51,121 patients of the practices with texts"
)
DERIVED = (
    "The published difference is between practices, each counted once; it is taken to hold for their "
    "patients, so that it may be multiplied by their number."
)


def programme() -> Programme:
    """Build one estimate made elsewhere: the published difference, times the patients."""
    campaign = Campaign(
        title="Text your patients: flu vaccination",
        organisation="General practices in England, TXT4FLUJAB trial",
        start=date(2013, 9, 1),
        end=date(2013, 12, 31),
        campaign_type=CampaignType.BEHAVIOUR,
        sector="Health",
        summary=(
            "More flu vaccinations of patients under 65 with a chronic condition, by asking practices to "
            "text them a reminder."
        ),
        sign_off=(SignOff(entry=SignOffEntry.ASSUMPTION, statement=DERIVED),),
    )
    outcome = Outcome(
        name="Patients vaccinated against flu",
        unit="patients",
        kind=OutcomeKind.COUNT,
        good_direction=Direction.UP,
        source="Records of general practices, as analysed by Herrett and others (2016)",
        primary=True,
        numerator="Patients aged 18 to 64 at risk who were vaccinated",
        data_grade=DataGrade.TWO,
    )
    people = [round(points / 100 * PATIENTS) for points in (POINTS, LOW, HIGH)]
    return Programme(
        title="Flu reminder texts, 2013 (points turned into people)",
        as_of=date(2016, 2, 19),
        campaigns=(campaign,),
        outcomes=(outcome,),
        external_estimates=(
            ExternalEstimate(
                total=float(people[0]),
                low=float(people[1]),
                high=float(people[2]),
                design=DesignCode.CLUSTER_RANDOMISED,
                source=SOURCE,
                start=campaign.start,
                end=campaign.end,
            ),
        ),
    )
