"""The value sheets are a live model: what an input moves in the workbook, it moves in the library."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Distribution
from evalkit.evaluation import Evaluation, evaluation_json, read_evaluation
from evalkit.excel.pack import write_pack
from evalkit.money import discounting, reference
from evalkit.money.value import Value
from evalkit.valuing import value_of
from evalkit.vocabulary import Beneficiary, DataGrade, DesignCode, Rag
from tests import evaluations as made
from tests.test_pack import recalculated
from tests.test_value import effect

ROWS = (
    "Net present social value",
    "Benefit-cost ratio (gross)",
    "Return on investment (net)",
    "Break-even share",
)


def case(*, level: int | None = None, grade: DataGrade | None = None, **changes: object) -> Evaluation:
    """A fall valued twice over: a fiscal saving with ranges and a social value."""
    fields: dict[str, object] = {
        "description": "Disposal of a load",
        "value": Decimal("310.00"),
        "price_year": "2023-24",
        "source": "Contract",
        "low": Decimal("280.00"),
        "high": Decimal("340.00"),
        "beneficiary": Beneficiary.FISCAL,
        "agency": "County Council",
        "cashable": 0.5,
        "drop_off": 0.4,
        "drop_off_low": 0.3,
        "drop_off_high": 0.7,
        "duration_years": 2,
        "duration_low": 1,
        "duration_high": 3,
        "leakage": 0.1,
        "displacement": 0.05,
        "rag": Rag.GREEN,
    }
    time = UnitValue(
        description="Time saved",
        value=Decimal("40.00"),
        price_year="2024-25",
        source="Survey",
        beneficiary=Beneficiary.SOCIAL,
        rag=Rag.AMBER,
    )
    plain = made.programme()
    outcomes = (plain.outcomes[0].model_copy(update={"data_grade": grade}),)
    values = (UnitValue(**{**fields, **changes}), time)
    programme = plain.model_copy(update={"unit_values": values, "outcomes": outcomes})
    design = DesignCode.SINGLE_SERIES if level == 2 else DesignCode.CONTROLLED_SERIES
    estimate = effect(-142.4, 40, design)
    nodes = estimate.distribution
    few = Distribution(nodes.probabilities[2::5], nodes.quantiles[2::5])  # enough for a model that is exact
    estimate = replace(estimate, path=made.path(estimate.total), distribution=few)
    evaluation = made.evaluation(estimate, programme)
    (finding,) = evaluation.findings
    value = value_of(
        programme,
        programme.campaigns[0],
        programme.outcomes[0],
        finding.design,
        estimate,
        level=level or finding.grade.level,
    )
    return replace(evaluation, findings=(replace(finding, value=value),))


def shown(path: Path) -> dict[str, tuple[object, ...]]:
    """The rows of Value for money by their label."""
    with warnings.catch_warnings(action="ignore"):
        sheet = load_workbook(path, data_only=True, read_only=True)["Value for money"]
    return {str(r[0]): r[3:6] for r in sheet.iter_rows(values_only=True) if r[0] in ROWS}


def cell_of(sheet: Worksheet, label: str, column: int, nth: int = 1) -> str:
    """The address of a row's input."""
    found = [r[0].row for r in sheet.iter_rows() if r[0].value == label]
    return sheet.cell(found[nth - 1], column).coordinate


def moved_rate(value: float) -> Callable[[pytest.MonkeyPatch], None]:
    """The library with another standard rate for the first years."""

    def move(patch: pytest.MonkeyPatch) -> None:
        rows = reference.rows("discount_rates")
        changed = tuple(
            replace(r, value=value) if (r.series, r.item) == ("standard", "0-30") else r for r in rows
        )
        old = reference.rows

        def other(file: str) -> tuple[reference.Reference, ...]:
            return changed if file == "discount_rates" else old(file)

        patch.setattr(reference, "rows", other)

    return move


def same(path: Path, value: Value) -> None:
    """The workbook's figures are the library's."""
    figures = (value.npsv, value.bcr, value.romi, value.breakeven_share)
    rows = shown(path)
    for label, figure in zip(ROWS, figures, strict=True):
        assert figure.interval is not None
        wanted = (figure.interval.point, figure.interval.low, figure.interval.high)
        assert rows[label] == pytest.approx(wanted, rel=1e-7), label


@pytest.mark.slow
def test_changed_assumptions_move_the_workbook_as_they_move_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discount rate, unit cost, drop-off and confidence grade."""
    base = tmp_path / "base.xlsx"
    write_pack(case(), base)
    library: dict[str, Value] = {"base": case().findings[0].value}
    changes: dict[str, tuple[str, int, int, float]] = {
        "unit": ("Value of a unit", 4, 1, 330.0),
        "drop": ("Drop-off", 4, 1, 0.6),
        "grade": ("Confidence grade", 3, 1, 5),
    }
    library["unit"] = case(value=Decimal("330.00")).findings[0].value
    library["drop"] = case(drop_off=0.6).findings[0].value
    library["grade"] = case(grade=DataGrade.FIVE).findings[0].value
    paths = [base]
    for name, (label, column, nth, figure) in changes.items():
        workbook = load_workbook(base)
        sheet = workbook["Assumptions"]
        sheet[cell_of(sheet, label, column, nth)].value = figure
        workbook.save(tmp_path / f"{name}.xlsx")
        paths.append(tmp_path / f"{name}.xlsx")
    workbook = load_workbook(base)
    sheet = workbook["Assumptions"]
    rate = next(r[2] for r in sheet.iter_rows() if r[2].value == discounting.schedule()[0].rate)
    rate.value = 0.06
    workbook.save(tmp_path / "rate.xlsx")
    paths.append(tmp_path / "rate.xlsx")
    with monkeypatch.context() as patch:
        moved_rate(0.06)(patch)
        library["rate"] = case().findings[0].value
    done = recalculated(paths, tmp_path)
    for path, after in zip(paths, done, strict=True):
        same(after, library[path.stem])
    npsv = [v.npsv.interval for v in library.values()]
    assert len(set(npsv)) == len(npsv), "each change moves the result"


def test_what_the_evidence_does_not_allow_is_not_on_the_sheets(tmp_path: Path) -> None:
    """No best estimate at level 2; nothing but the break-even share at level 1."""
    path = tmp_path / "two.xlsx"
    write_pack(case(level=2), path)
    assert shown(path)["Net present social value"][0] == "range only"
    write_pack(case(level=1), path)
    assert set(shown(path)) == {"Break-even share"}
    page = load_workbook(path, data_only=True)["Summary"]
    assert not any(r[0] == "Net present value" for r in page.iter_rows(values_only=True))


def test_a_value_survives_json(tmp_path: Path) -> None:
    """What is written is read back the same, open sides and reasons included."""
    for level in (1, 2, 3):
        evaluation = case(level=level)
        path = tmp_path / "a.json"
        path.write_text(evaluation_json(evaluation), encoding="utf-8")
        assert read_evaluation(path) == evaluation
