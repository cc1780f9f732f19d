"""The wording of California's question about organ donation, July 2011: real figures of 27 states.

Source of the figures: J. B. Kessler and A. E. Roth (2014), "Don't take 'no' for an answer: an experiment with
actual organ donor registrations", NBER Working Paper 20378, as given in the package causaldata (MIT licence).
"""

from __future__ import annotations

from datetime import date

from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Comparison, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.vocabulary import CampaignType, DataGrade, Direction, Frequency, OutcomeKind

SOURCE = "State registries, as given by Kessler and Roth (2014), NBER Working Paper 20378"
CALIFORNIA, START = "California", date(2011, 7, 1)
QUARTERS = (
    date(2010, 10, 1),
    date(2011, 1, 1),
    date(2011, 4, 1),
    date(2011, 7, 1),
    date(2011, 10, 1),
    date(2012, 1, 1),
)
RATES: dict[str, tuple[float, ...]] = {
    "Alaska": (75, 77, 77, 78, 78, 79),
    "Arizona": (26.34, 20.92, 22.61, 25.03, 23.51, 25.87),
    "California": (26.66, 27.31, 27.43, 26.36, 26.07, 26.41),
    "Colorado": (66.53, 66.74, 67.36, 67.15, 66.99, 65.94),
    "Connecticut": (39.05, 38.53, 39.52, 40.31, 38.64, 39.84),
    "District of Columbia": (33.19, 28.66, 29.51, 40.24, 37.91, 36.46),
    "Florida": (37.53, 37.95, 39.47, 41.81, 40.37, 40.7),
    "Hawaii": (41.7, 41.05, 42.71, 42.94, 43.07, 41.08),
    "Louisiana": (53.72, 54.6, 56.19, 59.49, 55.1, 54.86),
    "Maryland": (46.35, 45.29, 46.79, 45.9, 49.5, 45.6),
    "Michigan": (15.63, 14.91, 19.23, 24.61, 22.94, 42.16),
    "Minnesota": (53.58, 51.73, 52.02, 52.46, 52.8, 53.98),
    "Missouri": (40.25, 39.87, 40.63, 40.89, 41.5, 41.27),
    "Montana": (64.29, 64.06, 65.78, 66.83, 66.74, 65.23),
    "Nebraska": (45.41, 43.37, 43.6, 44.05, 43.89, 45.19),
    "New Hampshire": (55.76, 55.94, 56.43, 53.34, 52.48, 52.53),
    "New Jersey": (30.37, 31.09, 30.39, 31.09, 31.27, 33.34),
    "New York": (12.49, 12.67, 13.14, 14.51, 12.77, 12.29),
    "North Carolina": (52.39, 51.9, 53.2, 53.4, 52.84, 51.26),
    "Ohio": (55.45, 55.93, 57.01, 57.01, 57.51, 56.45),
    "Pennsylvania": (45.31, 45.36, 45.53, 45.59, 45.51, 45.27),
    "South Carolina": (30.83, 26.17, 25.56, 26.41, 29.66, 22.8),
    "Tennessee": (32.68, 32.49, 33.82, 34.28, 33.85, 34),
    "Virginia": (26.45, 36.23, 34.55, 35.9, 34.43, 37.01),
    "Washington": (58.11, 58.93, 58.82, 58.46, 58.42, 59.47),
    "Wisconsin": (57.35, 57.1, 57.2, 56.88, 56.6, 58.14),
    "Wyoming": (59.31, 59.46, 59.37, 59.11, 58.54, 58.81),
}  # a row a state, a figure a quarter: % of people asked who are registered


def programme() -> Programme:
    """Build six quarters of 27 states; no cost was published and none is made up."""
    campaign = Campaign(
        title="Yes or no: the question about organ donation put as a choice",
        organisation="State of California",
        start=START,
        end=date(2012, 3, 31),
        campaign_type=CampaignType.BEHAVIOUR,
        sector="Health",
        areas=(CALIFORNIA,),
        summary=(
            "More registered organ donors, by asking people who apply for a driving licence to choose yes "
            "or no instead of to tick a box if they agree."
        ),
    )
    outcome = Outcome(
        name="Organ donor registration rate",
        unit="% of applicants registered",
        kind=OutcomeKind.LEVEL,
        good_direction=Direction.UP,
        source=SOURCE,
        primary=True,
        numerator="People registered as organ donors when they apply for a driving licence",
        denominator="People who apply for a driving licence",
        frequency=Frequency.QUARTERLY,
        data_grade=DataGrade.TWO,
        adds_up=False,
    )
    return Programme(
        title="Organ donor registration, California 2011",
        as_of=date(2012, 3, 31),
        campaigns=(campaign,),
        outcomes=(outcome,),
        observations=tuple(
            Observation(period=quarter, area=state, value=rate)
            for state, rates in RATES.items()
            for quarter, rate in zip(QUARTERS, rates, strict=True)
        ),
        comparisons=tuple(
            Comparison(area=state, why_comparable="Asked at the same office, and its question did not change")
            for state in RATES
            if state != CALIFORNIA
        ),
    )
