"""Three campaigns at one service at once: sign-ups to a stop-smoking service, and what each campaign brought.

Simulated: the figures are drawn with `evalkit.simulate_several`, and activity and costs are made up.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.delivery import Activity, InputLine
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Event, Outcome
from evalkit.campaign.programme import Programme
from evalkit.simulate import Process, Simulated, says_so
from evalkit.simulate_several import Dosed, Several, draw_several
from evalkit.vocabulary import (
    CostCategory,
    Direction,
    DoseUnit,
    Frequency,
    Handling,
    OutcomeKind,
    Peso,
)

SEED = 5
SIGN_UPS = "Sign-ups to the stop-smoking service"
RADIO, TEXTS, POSTERS = "Breathe again", "Your date to quit", "Ask your pharmacist"
FIRST, WEEKS = date(2022, 7, 4), 156

Lines = tuple[tuple[date, date, float], ...]

BURSTS: Lines = (  # radio and buses, pounds
    (date(2023, 9, 4), date(2023, 10, 8), 5200.0),
    (date(2024, 1, 1), date(2024, 2, 4), 8400.0),
    (date(2024, 5, 6), date(2024, 5, 26), 3000.0),
    (date(2025, 1, 6), date(2025, 2, 9), 7600.0),
)
SENDS: Lines = (  # texts sent by practices
    (date(2023, 10, 2), date(2023, 10, 22), 6200.0),
    (date(2024, 3, 11), date(2024, 3, 24), 5400.0),
    (date(2024, 5, 20), date(2024, 6, 9), 7100.0),
    (date(2024, 10, 7), date(2024, 10, 20), 6600.0),
    (date(2025, 3, 3), date(2025, 3, 23), 6900.0),
)
WINDOWS: Lines = (  # posters in pharmacies, up or not
    (date(2024, 1, 15), date(2024, 3, 31), 1.0),
    (date(2024, 9, 30), date(2024, 12, 8), 1.0),
)


def several(seed: int = SEED) -> Several:
    """About 64 sign-ups a week; radio brings 5%, texts 4%, posters nothing."""
    process = Process(
        OutcomeKind.COUNT,
        Frequency.WEEKLY,
        first=FIRST,
        periods=WEEKS,
        trend=-0.02,
        season=0.10,
        wobble=0.05,
        persistence=0.4,
    )
    on = tuple((first, last, (last - first).days + 1.0) for first, last, _ in WINDOWS)
    campaigns = (
        Dosed(RADIO, BURSTS, share=0.05, half_life=2.0),
        Dosed(TEXTS, SENDS, share=0.04, half_life=0.5),
        Dosed(POSTERS, on, share=0.0, half_life=1.0),
    )
    return draw_several(process, 64.0, campaigns, seed=seed)


def draws(seed: int = SEED) -> dict[str, Simulated]:
    """The outcome with what all campaigns together brought."""
    return {SIGN_UPS: several(seed).simulated}


def programme(seed: int = SEED) -> Programme:
    """Build three campaigns with dated doses, one outcome, and an event that was none of theirs."""
    outcome = Outcome(
        name=SIGN_UPS,
        unit="sign-ups",
        kind=OutcomeKind.COUNT,
        good_direction=Direction.UP,
        source=says_so(seed),
    )
    event = Event(
        what="Service closed for its move",
        start=date(2024, 8, 5),
        end=date(2024, 8, 11),
        handling=Handling.MODEL,
    )
    return Programme(
        title=f"Stop smoking, three campaigns ({says_so(seed).lower()})",
        campaigns=(
            _campaign(RADIO, BURSTS, "Radio and buses", DoseUnit.SPEND, Peso.PAID, "24200.00"),
            _campaign(TEXTS, SENDS, "Texts from practices", DoseUnit.SENDS, Peso.OWNED, "2576.00"),
            _campaign(POSTERS, WINDOWS, "Posters", DoseUnit.ON_OFF, Peso.OWNED, "1900.00"),
        ),
        outcomes=(outcome,),
        observations=draws(seed)[SIGN_UPS].observations(),
        events=(event,),
    )


def _campaign(title: str, lines: Lines, channel: str, unit: DoseUnit, peso: Peso, cost: str) -> Campaign:
    """One campaign with its dated lines of activity."""
    return Campaign(
        title=title,
        organisation="Marlow Vale Council (made up)",
        start=lines[0][0],
        end=lines[-1][1],
        inputs=(InputLine(category=CostCategory.MEDIA, amount=Decimal(cost)),),
        activities=tuple(
            Activity(channel=channel, start=first, end=last, peso=peso, dose=dose, dose_unit=unit)
            for first, last, dose in lines
        ),
    )
