"""Text reminders for clinic appointments, as a share: kept out of booked.

Simulated: the figures are drawn with `evalkit.simulate`, and the costs are made up.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.header import Campaign, Objective
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.simulate import Area, Change, Process, Simulated, draw, says_so
from evalkit.vocabulary import CostCategory, Direction, Frequency, OutcomeKind

SEED = 1
KEPT = "Appointments kept"
START = date(2025, 1, 6)
CLINICS = "Community clinics"


def draws(seed: int = SEED) -> dict[str, Simulated]:
    """About 2,400 booked a week and 89% kept; the texts add two points."""
    process = Process(
        OutcomeKind.SHARE,
        Frequency.WEEKLY,
        first=date(2023, 1, 2),
        periods=131,
        season=0.04,
        peak=0.45,
        wobble=0.05,
        persistence=0.5,
        days={date(2023, 12, 25): -0.35, date(2024, 12, 23): -0.30, date(2024, 12, 30): -0.15},
    )
    area = Area(CLINICS, usual=0.89, booked=2400, gets=1)
    return {KEPT: draw(process, Change(START, 0.02), (area,), seed=seed)}


def programme(seed: int = SEED) -> Programme:
    """Build a Basic programme that adds one optional line: the effect that would matter."""
    campaign = Campaign(
        title="See you there",
        organisation="Westmere Community Health (made up)",
        start=START,
        end=date(2025, 6, 29),
        objectives=(Objective(outcome=KEPT, effect_that_matters=0.01),),
        inputs=(
            InputLine(category=CostCategory.MEDIA, amount=Decimal("2140.00"), item="Text messages"),
            InputLine(category=CostCategory.PRODUCTION, amount=Decimal("600.00"), item="Wording and testing"),
            InputLine(category=CostCategory.STAFF, amount=Decimal("1890.00")),
        ),
    )
    outcome = Outcome(
        name=KEPT,
        unit="appointments",
        kind=OutcomeKind.SHARE,
        good_direction=Direction.UP,
        source=says_so(seed),
        denominator="Appointments booked",
    )
    return Programme(
        title=f"See you there ({says_so(seed).lower()})",
        campaigns=(campaign,),
        outcomes=(outcome,),
        observations=draws(seed)[KEPT].observations(),
    )
