"""Contaminated recycling with comparison districts: every sheet of the Comprehensive tier filled in.

Simulated: the figures are drawn with `evalkit.simulate`; all else is made up. What was spent and done is in
`recycling_delivery`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.simulate import Area, Change, Process, Simulated, draw, says_so
from evalkit.vocabulary import (
    Barrier,
    Beneficiary,
    CampaignType,
    CommunicationRole,
    DataGrade,
    Direction,
    ExpectedSign,
    Frequency,
    Handling,
    OutcomeKind,
    Rag,
    SignOffEntry,
    Spillover,
    Tier,
)
from evalkit.worked import recycling_delivery as delivery
from evalkit.worked.recycling_delivery import END, MADE_UP, START

SEED = 1
LOADS = "Contaminated loads"
STRIKE = date(2024, 1, 15)
CHRISTMAS = (date(2021, 12, 27), date(2022, 12, 26), date(2023, 12, 25), date(2024, 12, 30))
AREAS = (
    Area("Alderton", usual=42, gets=1),
    Area("Brockwell", usual=27, gets=1),
    Area("Carsley", usual=38),
    Area("Dunmere", usual=31),
    Area("Eastvale", usual=22),
    Area("Fenby", usual=12),
    Area("Greywick", usual=33, gets=0.5),
)


def draws(seed: int = SEED) -> dict[str, Simulated]:
    """Seven districts for 178 weeks; loads fall by a fifth in two of them, and by half of that next door."""
    process = Process(
        OutcomeKind.COUNT,
        Frequency.WEEKLY,
        first=date(2021, 10, 4),
        periods=178,
        trend=0.02,
        season=0.08,
        peak=0.02,
        wobble=0.06,
        persistence=0.5,
        drift=0.03,
        shared=0.6,
        days={**dict.fromkeys(CHRISTMAS, 0.3), STRIKE: -0.6},
    )
    scales_broken = ((date(2023, 6, 12), "Brockwell"), (date(2023, 6, 19), "Brockwell"))
    return {
        LOADS: draw(
            process,
            Change(START, -0.20, build_up=4),
            AREAS,
            seed=seed,
            missing=scales_broken,
            withhold_below=5,
        )
    }


def programme(seed: int = SEED) -> Programme:
    """Build the whole programme."""
    strike = Event(
        what="Strike at the depot",
        start=STRIKE,
        end=date(2024, 1, 21),
        outcome=LOADS,
        expected_sign=ExpectedSign.DOWN,
        handling=Handling.LEAVE_OUT,
    )
    return Programme(
        title=f"Right bin, right day ({says_so(seed).lower()})",
        as_of=date(2025, 3, 7),
        campaigns=(_campaign(),),
        outcomes=(_outcome(seed),),
        observations=draws(seed)[LOADS].observations(LOADS, provisional=2),
        comparisons=_comparisons(),
        events=(strike,),
        unit_values=(_unit_value(),),
    )


def _campaign() -> Campaign:
    return Campaign(
        title="Right bin, right day",
        organisation="Alder Valley Waste Partnership (made up)",
        start=START,
        end=END,
        tier=Tier.COMPREHENSIVE,
        areas=("Alderton", "Brockwell"),
        campaign_type=CampaignType.BEHAVIOUR,
        role=CommunicationRole.CHANGE,
        sector="Waste and recycling",
        summary=(
            "Fewer recycling loads rejected at the tip because of film and food, by showing 23,400 "
            "households in flats and terraces in Alderton and Brockwell what goes where."
        ),
        owner="Head of Communications",
        service_owner="Head of Waste",
        finance_partner="Finance Business Partner, Environment",
        plan_lock_date=date(2024, 8, 12),
        budget_total=Decimal("29900.00"),
        ledger_total=Decimal("26053.60"),
        objectives=(_objective(),),
        audiences=_audiences(),
        inputs=delivery.inputs(),
        activities=delivery.activities(),
        outputs=delivery.outputs(),
        out_takes=delivery.out_takes(),
        sign_off=_sign_off(),
    )


def _objective() -> Objective:
    return Objective(
        statement="Cut contaminated loads in Alderton and Brockwell from 35 to 28 a week by February 2025.",
        outcome=LOADS,
        baseline_value=35.0,
        baseline_date=date(2024, 4, 1),
        baseline_source=f"Depot weighbridge log, mean of April to August 2024. {MADE_UP}",
        target_value=28.0,
        deadline=date(2025, 2, 28),
        mechanism=(
            "Most residents who put film in the recycling bin think that it belongs there, since the rules "
            "changed in 2022; a tag on the bin and a calendar on the fridge show it where the choice is made."
        ),
        effect_that_matters=1.7,
        expected_share=0.8,
    )


def _audiences() -> tuple[Audience, ...]:
    return (
        Audience(
            segment="Households in flats with shared bins",
            size=8200,
            source=f"Council tax register, April 2024. {MADE_UP}",
            barrier=Barrier.PHYSICAL_OPPORTUNITY,
            assumption="Managing agents let us label the bin stores.",
            external_factors="New bins in two estates in Brockwell, delivered before the baseline",
            unintended_effects="More film in the general waste bin",
        ),
        Audience(
            segment="Households in terraces",
            size=15200,
            source=f"Council tax register, April 2024. {MADE_UP}",
            barrier=Barrier.PSYCHOLOGICAL_CAPABILITY,
            assumption="They read the tag on their bin.",
        ),
    )


def _outcome(seed: int) -> Outcome:
    return Outcome(
        name=LOADS,
        unit="loads",
        kind=OutcomeKind.COUNT,
        good_direction=Direction.DOWN,
        source=says_so(seed),
        service_owner="Head of Waste",
        primary=True,
        numerator="Loads turned away at the tip because of film or food; counts under 5 are withheld",
        frequency=Frequency.WEEKLY,
        calendar="england-and-wales",
        data_grade=DataGrade.ONE,
        provisional_periods=2,
    )


def _comparisons() -> tuple[Comparison, ...]:
    reasons = {
        "Carsley": "Same contractor, sorting rules and tip; similar housing",
        "Dunmere": "Same contractor, sorting rules and tip; more terraces",
        "Eastvale": "Same contractor, sorting rules and tip; more houses with gardens",
        "Fenby": "Same contractor, sorting rules and tip; rural, small numbers",
    }
    beside = tuple(Comparison(outcome=LOADS, area=a, why_comparable=why) for a, why in reasons.items())
    next_door = Comparison(
        outcome=LOADS,
        area="Greywick",
        why_comparable="Same contractor and rules, but shares Alderton's local paper and bus routes",
        spillover=Spillover.LIKELY,
    )
    return (*beside, next_door)


def _unit_value() -> UnitValue:
    return UnitValue(
        outcome=LOADS,
        description="Disposal of a rejected load",
        value=Decimal("310.00"),
        price_year="2024-25",
        source=MADE_UP,
        low=Decimal("280.00"),
        high=Decimal("340.00"),
        beneficiary=Beneficiary.FISCAL,
        agency="Alder Valley Waste Partnership",
        cashable=1.0,
        drop_off=0.5,
        duration_years=0,
        leakage=0.0,
        displacement=0.0,
        rag=Rag.GREEN,
    )


def _sign_off() -> tuple[SignOff, ...]:
    day = date(2025, 3, 7)
    lines = (
        (
            SignOffEntry.COMMISSIONED,
            "To decide whether the tags are kept and go to the other districts.",
            "Director",
        ),
        (
            SignOffEntry.ANALYSED,
            "From the weighbridge log, by the plan of 12 August 2024.",
            "Insight Analyst",
        ),
        (SignOffEntry.ASSURED, "Figures agree with the weighbridge log.", "Performance Manager"),
        (SignOffEntry.APPROVED, "Accepted for the budget review.", "Head of Waste"),
        (SignOffEntry.ASSUMPTION, "No load was sent to another tip.", "Head of Waste"),
        (
            SignOffEntry.WORKED,
            "Tags on bins: crews could hand them out on the round.",
            "Head of Communications",
        ),
        (SignOffEntry.DID_NOT_WORK, "The roadshow reached few people in flats.", "Head of Communications"),
        (SignOffEntry.DECISION, "Test: tags without bus stops in two more districts.", "Director"),
        (SignOffEntry.NEXT_TEST, "Draw by lot which rounds get tags first.", "Insight Analyst"),
    )
    return tuple(SignOff(entry=e, statement=s, name=who, on=day) for e, s, who in lines)
