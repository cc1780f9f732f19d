"""What may be typed into the input cells of a pack is what the library takes, neither more nor less."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from pydantic import ValidationError

from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import InputLine
from evalkit.campaign.fields import Record
from evalkit.campaign.valuation import UnitValue
from evalkit.excel.pack import write_pack
from evalkit.excel.rules import inspect
from evalkit.excel.template import write_template
from tests.test_channels import shift
from tests.test_pack import office
from tests.test_value_model import COSTS, DISPOSAL, World

INPUT = "Input"  # the built-in style that marks a cell to be filled in
PENNY = Decimal("0.01")
SOUND: dict[type[Record], dict[str, Any]] = {
    InputLine: {**COSTS[0].model_dump(), "vat_amount": Decimal("0.00")},
    UnitValue: {**DISPOSAL.model_dump(), "low": None, "high": None, "drop_off_low": None,
                "drop_off_high": None, "duration_low": None, "duration_high": None},
    ChannelShift: shift().model_dump(),
}  # fmt: skip
# a row of Assumptions, or a column of Costs, and the field of a record that the library reads it as
FIELDS: dict[str, tuple[type[Record], str]] = {
    "Value of a unit": (UnitValue, "value"),
    "Drop-off": (UnitValue, "drop_off"),
    "Leakage": (UnitValue, "leakage"),
    "Displacement": (UnitValue, "displacement"),
    "Deadweight": (UnitValue, "deadweight"),
    "Cashable share": (UnitValue, "cashable"),
    "Released": (ChannelShift, "released_value"),
    "Share for this campaign": (InputLine, "share"),
    "Budget (£)": (InputLine, "budget"),
    "Optimism bias": (InputLine, "optimism_bias"),
}
Place = tuple[str, str, str, list[DataValidation]]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with costs, values of two kinds and a channel shift."""
    path = tmp_path_factory.mktemp("pack") / "pack.xlsx"
    write_pack(World().evaluation(), path)
    return path


def inputs(book: Workbook) -> Iterator[Place]:
    """Sheet, label, address and rules of every input cell."""
    for sheet in book:
        rules = sheet.data_validations.dataValidation
        for cell in (c for row in sheet.iter_rows() for c in row if c.style == INPUT):
            above = (sheet.cell(r, cell.column) for r in range(cell.row, 0, -1))
            head = next(str(c.value) for c in above if str(c.style).startswith("evalkit heading"))
            by_row = sheet.title == "Assumptions" and head != "Optimism bias"
            label = str(sheet.cell(cell.row, 1).value) if by_row else head
            yield sheet.title, label, cell.coordinate, [r for r in rules if cell.coordinate in r.cells]


def accepted(model: type[Record], field: str, value: float) -> bool:
    """Whether the library takes a value in this field, all else being sound."""
    given, kind = SOUND[model], model.model_fields[field].annotation
    exact = Decimal(repr(value)).quantize(PENNY) if "Decimal" in str(kind) else value
    try:
        model(**{**given, field: exact})
    except ValidationError:
        return False
    return True


def test_every_input_says_what_it_takes_and_refuses_the_rest(pack: Path) -> None:
    """One rule a cell, that stops; on the two sheets that hold inputs and on no other."""
    found = list(inputs(load_workbook(pack)))
    assert {sheet for sheet, *_ in found} == {"Assumptions", "Costs"}
    assert len(found) > 100
    for _, label, place, rules in found:
        (rule,) = rules
        assert (rule.showErrorMessage, rule.showInputMessage) == (True, True), place
        assert rule.errorStyle in (None, "stop")  # the default stops
        assert rule.error.startswith("This cell takes "), (label, rule.error)
        assert 20 < len(rule.prompt) <= 255  # as much as Excel shows
        assert (len(rule.error) <= 225, len(rule.errorTitle) <= 32) == (True, True)
    assert not [b.sentence for b in inspect(pack) if b.rule.code == "M19"]


def test_limits_are_those_at_which_the_library_refuses(pack: Path) -> None:
    """The record itself is asked: both ends are taken, a step beyond either is not."""
    seen = set()
    for _, label, place, (rule,) in inputs(load_workbook(pack)):
        if label not in FIELDS:
            continue
        seen.add(label)
        model, field = FIELDS[label]
        low, step = float(rule.formula1), 0.01
        high = float(rule.formula2) if rule.formula2 else 1e300
        ends = [accepted(model, field, x) for x in (low - step, low, high, high + step)]
        assert ends == [False, True, True, False], (label, place)
    assert seen == FIELDS.keys()


def test_years_grades_and_vat_have_the_limits_of_this_workbook(pack: Path) -> None:
    """Years that can be converted and have room; grades with a cut; VAT no more than its amount."""
    book = load_workbook(pack)
    by_label: dict[str, list[tuple[str, DataValidation]]] = {}
    for _, label, place, (rule,) in inputs(book):
        by_label.setdefault(label, []).append((place, rule))
    years = {int(str(c.value)) for c in book["Assumptions"]["A"] if str(c.value).isdecimal()}
    room = next(r[4].value for r in book["Assumptions"].iter_rows() if str(r[0].value).startswith("Room for"))
    for label in ("Price year begins in", "April to March year begins in"):
        for _, rule in by_label[label]:
            assert (rule.type, rule.formula1, rule.formula2) == ("whole", "2000", str(max(years)))
    (_, grade), *_ = by_label["Confidence grade"]
    assert (grade.type, grade.formula1, grade.formula2) == ("whole", "1", "6")
    for _, rule in by_label["Years beyond the observed ones"]:
        assert (rule.type, rule.formula1, rule.formula2) == ("whole", "0", str(min(60, room)))
    for place, rule in by_label["VAT that comes back (£)"]:
        assert rule.formula2 == f"G{place[1:]}"  # the amount of its line
    for place, rule in by_label["Amount (£)"]:
        if rule.formula1 != "0":
            assert rule.formula1 == f"H{place[1:]}"


def test_libreoffice_keeps_the_limits(pack: Path, tmp_path: Path) -> None:
    """Read by another program and written again, each input still has its rule with its words."""
    command = [office(), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(pack)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    again = load_workbook(tmp_path / pack.name)
    for sheet, label, place, (rule,) in inputs(load_workbook(pack)):
        kept = [r for r in again[sheet].data_validations.dataValidation if place in r.cells]
        assert [(r.type, r.error) for r in kept] == [(rule.type, rule.error)], (label, place)


def test_the_template_takes_what_the_records_take(tmp_path: Path) -> None:
    """Shares of a whole end at 100%, on-costs and uplifts at ten times: as the records say."""
    write_template(tmp_path / "blank.xlsx")
    book = load_workbook(tmp_path / "blank.xlsx")
    for name, model, wanted in (("Money", UnitValue, "Drop-off per year"),
                                ("Inputs", InputLine, "Optimism bias")):  # fmt: skip
        sheet = book[name]
        head = next(c for row in sheet.iter_rows() for c in row if c.value == wanted)
        place = f"{head.column_letter}{head.row + 4}"
        (rule,) = [r for r in sheet.data_validations.dataValidation if place in r.cells]
        field = next(n for n, info in model.model_fields.items() if info.title == wanted)
        high = float(rule.formula2)
        assert [accepted(model, field, x) for x in (high, high + 0.01)] == [True, False]
        assert f"to {high:.0%}" in rule.error
