"""Reference values: entered as published, named by code, checked for age and kind."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue
from evalkit.money import deflators, discounting, optimism, reference
from evalkit.money.unit_costs import UnitCost, library, overlapping, unit_cost
from evalkit.vocabulary import Beneficiary, CostCategory, DiscountSeries, SpendKind
from tests.test_value import asked

SHARED = Path(__file__).parents[2] / "shared" / "data" / "money"
FIELDS = {"fiscal": 9, "economic": 12, "social": 15}  # column of each value in the flat database
needs_source = pytest.mark.skipif(not SHARED.exists(), reason="the database to check against is not here")


def found(code: str, beneficiary: Beneficiary = Beneficiary.SOCIAL, **changes: object) -> UnitCost:
    """The value that a code stands for, in an evaluation of 2025-26."""
    row = UnitValue(**{"description": "x", "code": code, "beneficiary": beneficiary, **changes})
    value = unit_cost(row, 2025)
    assert isinstance(value, UnitCost), value
    return value


@needs_source
def test_the_whole_unit_cost_database_is_entered_as_published() -> None:
    """Every positive value of v1.4, with its price year and reliability, and no other under its source."""
    ours = {
        (r.series, r.item): (r.value, r.price_year, r.rag)
        for r in reference.rows("unit_costs")
        if r.source.startswith("Unit Cost Database v1.4")
    }
    marks = {"G": "green", "A": "amber", "R": "red"}
    published = {}
    with (SHARED / "unit_cost_database_v1.4.csv").open(encoding="utf-8") as file:
        for line in csv.reader(file):
            if re.match(r"[A-Z&]+\d", line[4].strip()):
                for series, at in FIELDS.items():
                    if re.fullmatch(r"[\d.,]+", line[at].strip()) and float(line[at].replace(",", "")) > 0:
                        value = round(float(line[at].replace(",", "")), 2)
                        year = line[at + 1].replace("/", "-")
                        published[series, line[4].strip()] = (value, year, marks[line[19].strip()])
    assert len(published) == 778
    assert ours == {k: (pytest.approx(v[0], abs=0.006), *v[1:]) for k, v in published.items()}


@needs_source
def test_rates_and_deflators_are_those_collected_by_others() -> None:
    """The schedules and the calendar deflators of the collection by greenbook."""
    with (SHARED / "stpr_schedule.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for series in DiscountSeries:
                bands = discounting.schedule(series)
                assert discounting.rate(bands, int(row["year_from"])) == float(row[series.value])
    with (SHARED / "gdp_deflator.csv").open(encoding="utf-8") as file:
        theirs = {row["year"]: float(row["value"]) for row in csv.DictReader(file)}
    ours = {r.item: r.value for r in reference.series("gdp_deflators", deflators.CALENDAR)}
    assert ours == pytest.approx(theirs)
    with (SHARED / "optimism_bias.csv").open(encoding="utf-8") as file:
        upper = {row["category"].replace("_", " "): float(row["capex_upper"]) for row in csv.DictReader(file)}
    mine = {u.kind.lower().replace("-", " "): u.upper for u in optimism.published()}
    both = mine.keys() & upper.keys()
    assert len(both) >= 4
    assert {k: mine[k] for k in both} == {k: upper[k] for k in both}


def test_landfill_tax_is_that_of_its_year_and_a_transfer() -> None:
    """£126.15 a tonne in 2025-26 and £103.70 in 2024-25 (HM Revenue and Customs); no social value."""
    assert found("LFT", Beneficiary.FISCAL).central == 126.15
    assert found("LFT", Beneficiary.FISCAL, price_year="2024-25").central == 103.70
    row = UnitValue(description="x", code="LFT", beneficiary=Beneficiary.FISCAL, price_year="2031-32")
    assert "only of 2010-11 to 2026-27" in str(unit_cost(row, 2025))
    tax = UnitValue(description="Tonne not landfilled", code="LFT", beneficiary=Beneficiary.FISCAL,
                    price_year="2024-25")  # fmt: skip
    value = asked(tax)
    assert value.transfers.interval is not None
    assert value.transfers.interval.point == pytest.approx(100 * 103.70 * 0.95)  # 100 tonnes, cut of grade 2
    assert value.benefit.interval is None
    assert any("is a transfer" in w for w in value.warnings)


def test_health_life_and_wellbeing_have_values_with_their_own_schedule() -> None:
    """QALY £70,000, WELLBY £13,000 (10,000 to 16,000), a fatality £2,474,341 (DHSC, HM Treasury, DfT)."""
    assert (found("QALY").central, found("QALY").discounting) == (70000, DiscountSeries.HEALTH)
    assert "recalled" in found("QALY").source
    wellby = found("WELLBY")
    assert (wellby.low, wellby.central, wellby.high) == (10000, 13000, 16000)
    assert wellby.discounting is DiscountSeries.STANDARD
    assert any("6 years old" in said for said in wellby.remarks)
    assert found("VPF").central == 2474341
    assert found("WELLBY", low=Decimal("9000.00")).low == 9000


def test_a_part_is_not_added_to_its_whole() -> None:
    """HO2.0.1 is within HO2.0, HO2.01 would not be; both together are pointed out."""
    assert overlapping(["HO2.0", "HO2.0.1", "HO1.0", "CR1.0"]) == (("HO2.0", "HO2.0.1"),)
    both = [UnitValue(description="x", code=c, beneficiary=Beneficiary.FISCAL) for c in ("HO2.0", "HO2.0.1")]
    assert any("must not be added" in w for w in asked(*both).warnings)


def test_capital_without_an_uplift_is_pointed_out() -> None:
    """Right for what has been paid; else the published ranges are offered."""
    line = InputLine(category=CostCategory.PRODUCTION, amount=Decimal("100.00"), kind=SpendKind.CAPITAL)
    assert "cost line 1" in optimism.remarks([line])[0]
    sure = line.model_copy(update={"optimism_bias": 0.1})
    assert not optimism.remarks([sure])
    assert (
        "check that a share was meant"
        in optimism.remarks([line.model_copy(update={"optimism_bias": 24.0})])[0]
    )


def test_every_code_of_the_library_can_be_used() -> None:
    """No code is without a number, a unit and a source; each enters an appraisal or says why it cannot."""
    for row in library():
        if " " not in row.series:
            value = found(row.item, Beneficiary(row.series), price_year=row.price_year)
            assert value.source
            assert value.low <= value.central <= value.high
