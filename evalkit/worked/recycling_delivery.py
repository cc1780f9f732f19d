"""What the recycling example spent and did; all of it made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.vocabulary import CostCategory, Counting, DoseUnit, Method, PaymentKind, Peso, VatTreatment

START, END = date(2024, 9, 2), date(2024, 11, 24)
MADE_UP = "Made up for this example"


def inputs() -> tuple[InputLine, ...]:
    """Give a line of every category of cost."""
    lines = (
        (CostCategory.MEDIA, "6400.00", "7000.00", "Bus-stop posters, 8 weeks", "Media owner"),
        (CostCategory.PRODUCTION, "5180.00", "5200.00", "24,000 bin tags, calendars", "Print firm"),
        (CostCategory.AGENCY, "2750.00", "3000.00", "Design of tags and posters", "Design studio"),
        (CostCategory.RESEARCH, "2400.00", "2400.00", "Residents' panel, two waves", "Panel firm"),
        (CostCategory.ON_COSTS, "1656.60", "1700.00", "Employer's national insurance and pension", "Payroll"),
        (CostCategory.INDUCED, "1900.00", "2500.00", "Crews' time for handing out tags", "Waste service"),
    )
    bought = tuple(
        InputLine(
            category=category,
            amount=Decimal(amount),
            item=item,
            budget=Decimal(budget),
            financial_year="2024-25",
            supplier=supplier,
            source=MADE_UP,
        )
        for category, amount, budget, item, supplier in lines
    )
    return (*bought, _staff(), _partner(), _vehicle())


def _staff() -> InputLine:
    return InputLine(
        category=CostCategory.STAFF,
        amount=Decimal("5522.00"),
        item="Campaign manager; on-costs are on a line of their own",
        budget=Decimal("6000.00"),
        financial_year="2024-25",
        hours=251.0,
        hourly_rate=Decimal("22.00"),
        supplier="Communications team",
        source=MADE_UP,
    )


def _partner() -> InputLine:
    return InputLine(
        category=CostCategory.IN_KIND,
        amount=Decimal("850.00"),
        item="Foyer space and two stewards for the roadshow, at the usual price",
        budget=Decimal("1600.00"),
        financial_year="2024-25",
        payment=PaymentKind.IN_KIND,
        supplier="Shopping centre",
        source=MADE_UP,
    )


def _vehicle() -> InputLine:
    return InputLine(
        category=CostCategory.MEDIA,
        amount=Decimal("588.00"),
        item="Panels on two collection vehicles, shared with the food waste campaign",
        budget=Decimal("500.00"),
        financial_year="2024-25",
        vat=VatTreatment.RECOVERABLE,
        vat_amount=Decimal("98.00"),
        share=0.5,
        split_name="Vehicle panels",
        supplier="Sign maker",
        source=MADE_UP,
    )


def activities() -> tuple[Activity, ...]:
    """What was done, when and where."""
    return (
        Activity(
            channel="Bin tags",
            start=START,
            end=date(2024, 10, 13),
            peso=Peso.OWNED,
            area="Alderton",
            audience="Households in terraces",
            message="Film goes in grey",
            dose=15200.0,
            dose_unit=DoseUnit.SENDS,
        ),
        Activity(
            channel="Labels in bin stores",
            start=START,
            end=date(2024, 9, 29),
            peso=Peso.OWNED,
            area="Brockwell",
            audience="Households in flats with shared bins",
            message="Film goes in grey",
            dose=410.0,
            dose_unit=DoseUnit.SENDS,
        ),
        Activity(
            channel="Bus-stop posters",
            start=date(2024, 9, 16),
            end=date(2024, 11, 10),
            peso=Peso.PAID,
            dose=6400.0,
            dose_unit=DoseUnit.SPEND,
        ),
        Activity(
            channel="Local paper, two articles",
            start=date(2024, 9, 5),
            end=date(2024, 10, 3),
            peso=Peso.EARNED,
        ),
        Activity(
            channel="Roadshow in the shopping centre",
            start=date(2024, 9, 21),
            end=date(2024, 9, 22),
            peso=Peso.SHARED,
        ),
    )


def outputs() -> tuple[Output, ...]:
    """What reached people; none of it carries money."""
    return (
        Output(
            metric="Households with a tag or a label",
            value=22100.0,
            unit="households",
            start=START,
            end=date(2024, 10, 13),
            peso=Peso.OWNED,
            counting=Counting.UNIQUE,
            source=MADE_UP,
        ),
        Output(
            metric="Poster sites shown",
            value=34.0,
            unit="bus stops",
            start=date(2024, 9, 16),
            end=date(2024, 11, 10),
            peso=Peso.PAID,
            source=MADE_UP,
        ),
        Output(
            metric="Visitors at the roadshow",
            value=240.0,
            unit="people",
            start=date(2024, 9, 21),
            end=date(2024, 9, 22),
            peso=Peso.SHARED,
            counting=Counting.GROSS,
            source=MADE_UP,
        ),
    )


def out_takes() -> tuple[OutTake, ...]:
    """What people knew before and after."""
    question = "Which bin does plastic film go in?"
    waves = (
        (date(2024, 7, 1), date(2024, 7, 14), 38.0, 33.4, 42.8),
        (date(2024, 12, 2), date(2024, 12, 15), 61.0, 56.2, 65.6),
    )
    return tuple(
        OutTake(
            metric="Know that film goes in grey",
            value=value,
            unit="% of adults",
            method=Method.SURVEY,
            n=412,
            low=low,
            high=high,
            start=start,
            end=end,
            question=question,
            source=MADE_UP,
        )
        for start, end, value, low, high in waves
    )
