"""A line on the page that asks drivers to join the organ donor register, June 2013: real figures.

Source of the figures: A. Sallis, H. Harper and M. Sanders (2018), "Effect of persuasive messages on National
Health Service organ donor registrations", Trials 19:513: 3,085 and 4,256 sign-ups, 1,085,322 people in eight
groups by rota. The people of each group are not in the abstract; they are derived here as equal eighths.
"""

from __future__ import annotations

from datetime import date

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff
from evalkit.vocabulary import CampaignType, DataGrade, DesignCode, Direction, OutcomeKind, SignOffEntry

PEOPLE, GROUPS = 1_085_322, 8
SIGNED_UP = {"prompt alone": 3085, "prompt and reciprocity line": 4256}
SOURCE = (
    "Sallis, Harper and Sanders (2018), Trials 19:513. Sign-ups as printed; people by group derived as an "
    "eighth of 1,085,322"
)
DERIVED = (
    "Each of the eight groups is taken to have had an eighth of the people: the rota gave them turns, and "
    "the published odds ratio, 1.38, is met within 0.02."
)


def programme() -> Programme:
    """Build the two of the eight groups whose sign-ups the abstract prints."""
    campaign = Campaign(
        title="A line on giving and taking: the organ donor register",
        organisation="Government Digital Service, NHS Blood and Transplant, DVLA",
        start=date(2013, 6, 1),
        end=date(2013, 6, 30),
        campaign_type=CampaignType.BEHAVIOUR,
        sector="Health",
        summary=(
            "More people on the organ donor register, by a line about giving and taking on the page that "
            "drivers see after they have paid their road tax online."
        ),
        sign_off=(SignOff(entry=SignOffEntry.ASSUMPTION, statement=DERIVED),),
    )
    outcome = Outcome(
        name="Joined the organ donor register",
        unit="registrations",
        kind=OutcomeKind.SHARE,
        good_direction=Direction.UP,
        source=SOURCE,
        primary=True,
        numerator="Registration forms completed online from the page",
        denominator="People shown the page",
        data_grade=DataGrade.TWO,
    )
    return Programme(
        title="Organ donor register, a line on a page, 2013 (group sizes derived)",
        as_of=date(2018, 9, 21),
        campaigns=(campaign,),
        outcomes=(outcome,),
        groups=tuple(
            GroupRow(
                arm=arm,
                control=arm == "prompt alone",
                formed=DesignCode.ALTERNATE,
                n=PEOPLE // GROUPS,
                successes=float(joined),
            )
            for arm, joined in SIGNED_UP.items()
        ),
    )
