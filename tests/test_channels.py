"""Channel shift: appraisals worked by hand, what is never called an effect, and the sheet as a live model."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from evalkit.campaign.as_of_rules import nothing_from_the_future
from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import InputLine
from evalkit.estimate import Distribution
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_pack
from evalkit.money import deflators
from evalkit.money.channels import ChannelSaving, channel_saving
from evalkit.saved import evaluation_json, read_evaluation
from evalkit.valuing import channel_savings, value_of
from evalkit.vocabulary import Beneficiary, Channel, CostCategory, Rag
from tests import evaluations as made
from tests.test_pack import recalculated
from tests.test_value import effect

YEAR = {
    "before_start": date(2023, 4, 1),
    "before_end": date(2024, 3, 31),
    "after_start": date(2024, 4, 1),
    "after_end": date(2025, 3, 31),
}
LINES = (
    InputLine(category=CostCategory.MEDIA, amount=Decimal("4000.00"), financial_year="2024-25"),
    InputLine(category=CostCategory.CHANGE, amount=Decimal("6000.00"), financial_year="2024-25"),
)


def shift(**changes: object) -> ChannelShift:
    """10,000 calls fewer, 12,000 visits more, 900 of them failed."""
    fields: dict[str, object] = {
        "moved_from": Channel.PHONE,
        "moved_to": Channel.WEB,
        **YEAR,
        "from_before": 50000.0,
        "from_after": 40000.0,
        "to_before": 20000.0,
        "to_after": 32000.0,
        "failed": 900.0,
        "from_cost": Decimal("4.00"),
        "to_cost": Decimal("0.50"),
        "price_year": "2024-25",
        "source": "Contact centre's unit costs",
        "rag": Rag.GREEN,
        "agency": "District Council",
        "released": "One post at the contact centre",
        "released_value": Decimal("15200.00"),
    }
    return ChannelShift(**{**fields, **changes})


def saving(row: ChannelShift) -> ChannelSaving:
    """The saving of a campaign that cost £10,000, £6,000 of it for the change."""
    return channel_saving("Sorted online", LINES, row, 2024)


def test_a_saving_worked_by_hand() -> None:
    """10,000 x (4.00 - 0.50) - 900 x 4.00 - 2,000 x 0.50 = £30,400; half of it released; £6,000 to change."""
    found = saving(shift())
    assert (found.left, found.arrived, found.moved, found.induced) == (10000, 12000, 10000, 2000)
    assert found.saving == pytest.approx(30400)
    assert found.each == pytest.approx((3.04,) * 3)
    assert found.saving - float(found.change) == pytest.approx(24400)
    assert found.cashable == pytest.approx(0.5, rel=1e-3)  # 365 days of 365.25
    assert found.breakeven == pytest.approx(10000 / 30400)
    assert found.failing == pytest.approx(
        (3.5 - 0.1) / 4
    )  # so many fail for each moved, and nothing is saved


def test_nothing_is_taken_off_twice_and_nothing_cashable_without_release() -> None:
    """Failed contacts within the later figures stay there; a blank release is none."""
    assert saving(shift(failed_counted=True)).saving == pytest.approx(34000)
    assert saving(shift(released=None, released_value=None)).cashable == 0
    assert saving(shift(released_value=Decimal("90000.00"))).cashable == 1
    fewer = saving(shift(to_after=26000.0))  # 10,000 calls fewer, but only 6,000 visits more
    assert (fewer.moved, fewer.induced, fewer.elsewhere) == (6000, 0, 4000)
    assert any("not counted as moved" in w for w in fewer.warnings)


def test_published_averages_count_low_and_other_prices_are_uprated() -> None:
    """Socitm 2012: £2.83 and £0.15 a contact; over ten years old, so 60% of the saving counts."""
    row = shift(from_cost=None, to_cost=None, price_year=None, source=None, failed=0.0, to_after=30000.0)
    found = saving(row)
    assert found.each[1] == pytest.approx((2.83 - 0.15) * 0.6)
    assert found.price_year == "2012-13"
    assert "telephone" in found.weak
    mixed = saving(shift(to_cost=None, failed=0.0, to_after=30000.0))
    web = deflators.uprated(0.15, "2012-13", "2024-25")
    assert mixed.each[1] == pytest.approx((4 - web) * 0.6)


def test_no_move_and_no_gain_are_reasons() -> None:
    """Never a saving of nought or less as if it were a figure."""
    assert "no contacts moved" in saving(shift(from_after=51000.0)).reason
    assert "costs more than it saves" in saving(shift(failed=9000.0)).reason


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"moved_to": Channel.PHONE}, "M-channel-same"),
        ({"after_end": date(2024, 9, 30)}, "M-channel-length"),
        ({"source": None}, "M-channel-own"),
        ({"moved_from": Channel.EMAIL, "from_cost": None}, "M-channel-cost"),
        ({"released": None}, "M-channel-released"),
        ({"from_low": Decimal("5.00")}, "M-interval-order"),
    ],
)
def test_a_row_refuses_what_cannot_be(changes: dict[str, object], code: str) -> None:
    """Each with its own message."""
    with pytest.raises(ValidationError) as caught:
        shift(**changes)
    assert code in {e["type"] for e in caught.value.errors()}


def case(*, linked: bool = True, **changes: object) -> Evaluation:
    """A fall of 142 loads (standing for contacts) and a channel shift, linked to it or not."""
    plain = made.programme()
    outcome = plain.outcomes[0]
    row = shift(outcome=outcome.name if linked else None, from_low=Decimal("3.50"), from_high=Decimal("4.40"),
                **changes)  # fmt: skip
    campaign = plain.campaigns[0].model_copy(
        update={"channel_shifts": (row,), "inputs": (*plain.campaigns[0].inputs, LINES[1])}
    )
    programme = plain.model_copy(update={"campaigns": (campaign,), "as_of": date(2025, 7, 1)})
    estimate = effect(-142.4, 40)
    nodes = estimate.distribution
    few = Distribution(nodes.probabilities[2::15], nodes.quantiles[2::15])  # enough for a model that is exact
    estimate = replace(estimate, path=made.path(estimate.total), distribution=few)
    evaluation = made.evaluation(estimate, programme)
    (finding,) = evaluation.findings
    value = value_of(programme, campaign, outcome, finding.design, estimate, level=3)
    return replace(evaluation, findings=(replace(finding, value=value),), channels=channel_savings(programme))


def test_the_estimate_takes_the_place_of_all_that_moved(tmp_path: Path) -> None:
    """142.4 contacts of the campaign's at £3.04, cut by 10% at level 3; cashable as far as released."""
    evaluation = case()
    value = evaluation.findings[0].value
    assert value.basis is not None
    line = value.basis.lines[0]
    assert (line.beneficiary, line.agency, line.channel) == (Beneficiary.FISCAL, "District Council", 1)
    assert value.benefit.interval is not None
    assert value.cashable.interval is not None
    each = deflators.uprated(3.04, "2024-25", f"{value.basis.base_year}-{value.basis.base_year % 100 + 1}")
    assert value.benefit.interval.point == pytest.approx(142.4 * each * 0.9, rel=1e-9)
    assert value.cashable.interval.point == pytest.approx(value.benefit.interval.point / 2, rel=1e-3)
    path = tmp_path / "a.json"
    path.write_text(evaluation_json(evaluation), encoding="utf-8")
    assert read_evaluation(path) == evaluation


def _said(path: Path) -> str:
    sheet = load_workbook(path, read_only=True)["Channel shift"]
    return " ".join(str(r[0]) for r in sheet.iter_rows(values_only=True))


def test_volumes_are_never_called_an_effect(tmp_path: Path) -> None:
    """The sheet says what was estimated, or that no saving is claimed."""
    write_pack(case(), tmp_path / "a.xlsx")
    assert "estimated in finding 1" in _said(tmp_path / "a.xlsx")
    write_pack(case(linked=False), tmp_path / "b.xlsx")
    said = _said(tmp_path / "b.xlsx")
    assert "do not show that the campaign moved them" in said
    assert "no saving is claimed for the campaign" in said


def test_cash_is_never_more_than_the_pounds_released() -> None:
    """Only 100 contacts moved, a year's £200 was released, and the estimate says 142 (up to 220) contacts.

    By its share, cash would be 142 x £3.50 x 200 / 350 x 0.9 = £256; released in 84 days were £46.
    """
    small = {"from_after": 49900.0, "to_after": 20100.0, "failed": 0.0}
    value = case(**small, released_value=Decimal("200.00")).findings[0].value
    cash = value.cashable.interval
    assert cash is not None
    assert value.benefit.interval is not None
    held = 200 * 84 / 365.25
    assert value.benefit.interval.point * 200 * 365 / 365.25 / 350 == pytest.approx(256, abs=1)
    assert (cash.point, cash.high) == pytest.approx((held, held))
    assert cash.low <= cash.point
    only_cash = next(s for s in value.scenarios if s.name == "Cash only")
    assert value.basis is not None
    assert only_cash.npsv == pytest.approx(held - value.basis.cost)


@pytest.mark.slow
def test_the_workbook_holds_cash_to_the_pounds_released(tmp_path: Path) -> None:
    """The same case in LibreOffice: 84 days of £200 a year, as best estimate and as high end."""
    small = {"from_after": 49900.0, "to_after": 20100.0, "failed": 0.0}
    write_pack(case(**small, released_value=Decimal("200.00")), tmp_path / "pack.xlsx")
    (done,) = recalculated([tmp_path / "pack.xlsx"], tmp_path)
    with warnings.catch_warnings(action="ignore"):
        sheet = load_workbook(done, data_only=True, read_only=True)["Value for money"]
        cash = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "of which cashable")
    assert (cash[3], cash[5]) == pytest.approx((200 * 84 / 365.25,) * 2)


def test_what_was_released_is_set_against_the_saving_in_its_own_prices() -> None:
    """A saving in prices of 2012-13 is brought to 2024-25 before £ released of 2024-25 are set against it."""
    row = shift(from_cost=None, to_cost=None, price_year=None, source=None, failed=0.0, to_after=30000.0,
                released_value=Decimal("9000.00"))  # fmt: skip
    found = saving(row)
    now = deflators.uprated(10000 * (2.83 - 0.15) * 0.6, "2012-13", "2024-25")
    assert found.cashable == pytest.approx(9000 * 365 / 365.25 / now)


def test_no_later_period_that_is_not_over() -> None:
    """Volumes up to a day after that of the figures are refused."""
    plain = made.programme()
    campaign = plain.campaigns[0].model_copy(update={"channel_shifts": (shift(),)})
    early = plain.model_copy(update={"campaigns": (campaign,), "as_of": date(2025, 3, 1)})
    assert [p.code for p in nothing_from_the_future(early)] == ["M-future"]
    assert not list(nothing_from_the_future(early.model_copy(update={"as_of": date(2025, 4, 1)})))
