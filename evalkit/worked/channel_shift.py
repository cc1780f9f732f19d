"""Bin calls moved online: the Enhanced tier, two outcomes, staff time and a cost that is shared.

Simulated: the figures are drawn with `evalkit.simulate`; costs, outputs and out-takes are made up.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.header import Campaign, Objective
from evalkit.campaign.outcomes import Event, Outcome
from evalkit.campaign.programme import Programme
from evalkit.simulate import Area, Change, Process, Simulated, draw, says_so
from evalkit.vocabulary import (
    CampaignType,
    Channel,
    CommunicationRole,
    CostCategory,
    DataGrade,
    Direction,
    DoseUnit,
    ExpectedSign,
    Frequency,
    Handling,
    Method,
    OutcomeKind,
    Peso,
    Rag,
    Tier,
    VatTreatment,
)

SEED = 1
CALLS, ONLINE = "Calls about bins", "Requests completed online"
COUNCIL = "Milbourne"
START, END = date(2025, 3, 3), date(2025, 6, 29)
MADE_UP = "Made up for this example"
BANK_HOLIDAYS = (
    *(date(2023, m, d) for m, d in ((1, 2), (4, 7), (4, 10), (5, 1), (5, 8), (5, 29), (8, 28), (12, 25))),
    *(date(2024, m, d) for m, d in ((1, 1), (3, 29), (4, 1), (5, 6), (5, 27), (8, 26), (12, 25))),
    *(date(2025, m, d) for m, d in ((1, 1), (4, 18), (4, 21), (5, 5), (5, 26), (8, 25))),
)  # a changed collection day makes people ring
STRIKE = date(2025, 5, 12)
BEFORE, AFTER = (date(2024, 7, 1), date(2024, 9, 1)), (date(2025, 6, 30), date(2025, 8, 31))


def draws(seed: int = SEED) -> dict[str, Simulated]:
    """About 1,450 calls a week that were falling anyway; the campaign takes off 12% within two months."""
    first, weeks = date(2023, 1, 2), 139
    calls = Process(
        OutcomeKind.COUNT,
        Frequency.WEEKLY,
        first,
        weeks,
        trend=-0.03,
        season=0.06,
        peak=0.45,
        wobble=0.06,
        persistence=0.5,
        drift=0.03,
        days={**dict.fromkeys(BANK_HOLIDAYS, 0.12), STRIKE: 0.5},
    )
    online = Process(
        OutcomeKind.SHARE,
        Frequency.WEEKLY,
        first,
        weeks,
        trend=0.10,
        season=0.03,
        peak=0.45,
        wobble=0.08,
        persistence=0.5,
    )
    phones_replaced = ((date(2024, 6, 10), COUNCIL), (date(2024, 6, 17), COUNCIL))
    return {
        CALLS: draw(
            calls,
            Change(START, -0.12, build_up=8),
            (Area(COUNCIL, usual=1450, gets=1),),
            seed=seed,
            missing=phones_replaced,
        ),
        ONLINE: draw(
            online,
            Change(START, 0.05, build_up=8),
            (Area(COUNCIL, usual=0.46, booked=2100, gets=1),),
            seed=seed + 1,
        ),
    }


def programme(seed: int = SEED) -> Programme:
    """Build the whole programme."""
    drawn = draws(seed)
    strike = Event(
        what="Two days' strike at the depot",
        start=STRIKE,
        end=date(2025, 5, 18),
        expected_sign=ExpectedSign.UP,
        handling=Handling.MODEL,
    )
    return Programme(
        title=f"Sorted online ({says_so(seed).lower()})",
        as_of=date(2025, 9, 5),
        campaigns=(_campaign(drawn),),
        outcomes=_outcomes(seed),
        observations=drawn[CALLS].observations(CALLS, provisional=2) + drawn[ONLINE].observations(ONLINE),
        events=(strike,),
    )


def contacts(drawn: Simulated, first: date, last: date) -> float:
    """Contacts counted in the weeks that begin in a span of days."""
    frame = drawn.frame
    return float(frame.loc[(frame["period"] >= first) & (frame["period"] <= last), "value"].sum())


def _shift(drawn: dict[str, Simulated]) -> ChannelShift:
    """Nine weeks of summer against the same weeks a year before: no strike, no gap in the telephone log."""
    calls, online = drawn[CALLS], drawn[ONLINE]
    return ChannelShift(
        moved_from=Channel.PHONE,
        moved_to=Channel.WEB,
        outcome=CALLS,
        before_start=BEFORE[0],
        before_end=BEFORE[1],
        after_start=AFTER[0],
        after_end=AFTER[1],
        from_before=contacts(calls, *BEFORE),
        from_after=contacts(calls, *AFTER),
        to_before=contacts(online, *BEFORE),
        to_after=contacts(online, *AFTER),
        failed=140.0,
        failed_counted=True,
        from_cost=Decimal("3.90"),
        from_low=Decimal("3.30"),
        from_high=Decimal("4.60"),
        to_cost=Decimal("0.40"),
        price_year="2024-25",
        source=f"Contact centre's unit costs. {MADE_UP}",
        rag=Rag.AMBER,
        agency=COUNCIL + " Borough Council",
        released="Agency cover at the contact centre, one day a week",
        released_value=Decimal("6200.00"),
    )


def _campaign(drawn: dict[str, Simulated]) -> Campaign:
    return Campaign(
        title="Sorted online",
        organisation="Milbourne Borough Council (made up)",
        start=START,
        end=END,
        tier=Tier.ENHANCED,
        campaign_type=CampaignType.CHANNEL_SHIFT,
        role=CommunicationRole.OPERATIONAL,
        sector="Customer services",
        summary=(
            "Fewer calls about bins to the contact centre, by showing 61,000 households that a missed bin "
            "or a new container takes two minutes online."
        ),
        owner="Head of Communications",
        service_owner="Customer Services Manager",
        budget_total=Decimal("24500.00"),
        ledger_total=Decimal("21904.40"),
        objectives=_objectives(),
        inputs=_inputs(),
        activities=_activities(),
        outputs=_outputs(),
        out_takes=_out_takes(),
        channel_shifts=(_shift(drawn),),
    )


def _objectives() -> tuple[Objective, ...]:
    return (
        Objective(
            statement="Cut calls about bins from 1,420 to 1,280 a week by the end of August 2025.",
            outcome=CALLS,
            baseline_value=1420.0,
            baseline_date=date(2024, 9, 2),
            baseline_source=f"Telephone log, mean of September 2024 to February 2025. {MADE_UP}",
            target_value=1280.0,
            deadline=date(2025, 8, 31),
            mechanism=(
                "Most callers ask for one of four things that the online form does at once; people who know "
                "that, and find the link where they look, do not need to ring."
            ),
            effect_that_matters=75.0,
        ),
        Objective(
            statement="Have 55% of bin requests completed online by the end of August 2025.",
            outcome=ONLINE,
            baseline_value=0.49,
            baseline_date=date(2024, 9, 2),
            baseline_source=f"Request system, mean of September 2024 to February 2025. {MADE_UP}",
            target_value=0.55,
            deadline=date(2025, 8, 31),
            mechanism="The same people, counted where their request is closed.",
            effect_that_matters=0.02,
        ),
    )


def _inputs() -> tuple[InputLine, ...]:
    year = "2024-25"
    return (
        InputLine(
            category=CostCategory.MEDIA,
            amount=Decimal("9360.00"),
            item="Door-to-door leaflet, 61,000 households, with postage",
            budget=Decimal("10000.00"),
            financial_year=year,
            vat=VatTreatment.RECOVERABLE,
            vat_amount=Decimal("1560.00"),
            supplier="Distribution firm",
            source=MADE_UP,
        ),
        InputLine(
            category=CostCategory.PRODUCTION,
            amount=Decimal("3250.00"),
            item="Design and print, bin stickers",
            budget=Decimal("3500.00"),
            financial_year=year,
            supplier="Print firm",
            source=MADE_UP,
        ),
        InputLine(
            category=CostCategory.STAFF,
            amount=Decimal("8054.40"),
            item="Communications officer, web editor",
            budget=Decimal("8000.00"),
            financial_year="2025-26",
            hours=286.0,
            hourly_rate=Decimal("22.00"),
            on_cost_rate=0.28,
            supplier="Communications team",
            source=MADE_UP,
        ),
        InputLine(
            category=CostCategory.CHANGE,
            amount=Decimal("7000.00"),
            item="Rewriting of online forms for three services",
            budget=Decimal("3000.00"),
            financial_year=year,
            share=0.4,
            split_name="Online forms",
            supplier="Web agency",
            source=MADE_UP,
        ),
    )


def _activities() -> tuple[Activity, ...]:
    return (
        Activity(
            channel="Door-to-door leaflet",
            start=START,
            end=date(2025, 3, 23),
            peso=Peso.PAID,
            message="Missed bin? Two minutes online",
            dose=61000.0,
            dose_unit=DoseUnit.SENDS,
        ),
        Activity(
            channel="Stickers on bins",
            start=date(2025, 3, 10),
            end=date(2025, 4, 18),
            peso=Peso.OWNED,
            message="Link and square code on every bin",
        ),
        Activity(
            channel="Message while callers wait",
            start=START,
            end=END,
            peso=Peso.OWNED,
            dose=1.0,
            dose_unit=DoseUnit.ON_OFF,
        ),
    )


def _outputs() -> tuple[Output, ...]:
    return (
        Output(
            metric="Leaflets delivered",
            value=60140.0,
            unit="households",
            start=START,
            end=date(2025, 3, 23),
            peso=Peso.PAID,
            source=MADE_UP,
        ),
        Output(
            metric="Bins with a sticker",
            value=57800.0,
            unit="bins",
            start=date(2025, 3, 10),
            end=date(2025, 4, 18),
            peso=Peso.OWNED,
            source=MADE_UP,
        ),
    )


def _out_takes() -> tuple[OutTake, ...]:
    return (
        OutTake(
            metric="Know that a missed bin can be reported online",
            value=58.0,
            unit="% of adults",
            method=Method.SURVEY,
            n=503,
            low=53.5,
            high=62.4,
            start=date(2025, 6, 9),
            end=date(2025, 6, 22),
            question="If your bin is not collected, how can you tell the council?",
            source=MADE_UP,
        ),
        OutTake(
            metric="Visits to the missed-bin page",
            value=18210.0,
            unit="visits",
            method=Method.ANALYTICS,
            start=START,
            end=END,
            source=MADE_UP,
        ),
    )


def _outcomes(seed: int) -> tuple[Outcome, ...]:
    return (
        Outcome(
            name=CALLS,
            unit="calls",
            kind=OutcomeKind.COUNT,
            good_direction=Direction.DOWN,
            source=says_so(seed),
            service_owner="Customer Services Manager",
            primary=True,
            numerator="Calls answered whose reason was a bin, box or collection",
            frequency=Frequency.WEEKLY,
            calendar="england-and-wales",
            data_grade=DataGrade.ONE,
            provisional_periods=2,
            revision_note="The telephone system was replaced from 10 to 23 June 2024; no calls were logged.",
        ),
        Outcome(
            name=ONLINE,
            unit="requests",
            kind=OutcomeKind.SHARE,
            good_direction=Direction.UP,
            source=says_so(seed + 1),
            service_owner="Customer Services Manager",
            numerator="Bin requests closed by the online form without a call",
            denominator="Bin requests closed, however they came in",
            frequency=Frequency.WEEKLY,
            calendar="england-and-wales",
            data_grade=DataGrade.ONE,
        ),
    )
