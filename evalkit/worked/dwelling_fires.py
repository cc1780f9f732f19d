"""A fire-safety campaign in one district, with few fires to learn from: the Basic tier and nothing more.

Simulated: the figures are drawn with `evalkit.simulate`, and the costs are made up.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.simulate import Area, Change, Process, Simulated, draw, says_so
from evalkit.vocabulary import CostCategory, Direction, Frequency, OutcomeKind

SEED = 1
FIRES = "Accidental dwelling fires"
START = date(2024, 10, 1)
DISTRICT = "Harbury"


def draws(seed: int = SEED) -> dict[str, Simulated]:
    """About seven fires a month for over six years; the campaign prevents one in ten."""
    process = Process(
        OutcomeKind.COUNT,
        Frequency.MONTHLY,
        first=date(2018, 4, 1),
        periods=87,
        trend=-0.02,
        season=0.15,
        wobble=0.05,
        persistence=0.3,
    )
    unrecorded = ((date(2021, 5, 1), DISTRICT),)
    area = Area(DISTRICT, usual=7.0, gets=1)
    return {FIRES: draw(process, Change(START, -0.10), (area,), seed=seed, missing=unrecorded)}


def programme(seed: int = SEED) -> Programme:
    """Build the least that gives an answer: dates, cost lines, one outcome and its figures."""
    campaign = Campaign(
        title="Out and safe",
        organisation="Harbury and Vale Fire Authority (made up)",
        start=START,
        end=date(2024, 12, 31),
        inputs=(
            InputLine(category=CostCategory.MEDIA, amount=Decimal("3200.00")),
            InputLine(category=CostCategory.PRODUCTION, amount=Decimal("1150.00")),
            InputLine(category=CostCategory.STAFF, amount=Decimal("2080.00")),
        ),
    )
    outcome = Outcome(
        name=FIRES,
        unit="fires",
        kind=OutcomeKind.COUNT,
        good_direction=Direction.DOWN,
        source=says_so(seed),
    )
    return Programme(
        title=f"Out and safe ({says_so(seed).lower()})",
        campaigns=(campaign,),
        outcomes=(outcome,),
        observations=draws(seed)[FIRES].observations(provisional=1),
    )
