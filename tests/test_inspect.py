"""The rules for any workbook: each is seen to be broken, and evalkit's own files break no essential one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.excel.pack import write_pack
from evalkit.excel.rules import RULES, Weight, inspect
from evalkit.excel.template import write_template
from evalkit.worked.catalogue import EXAMPLES
from tests.test_pack import cases

Found = tuple[str, str, str]


def essential(path: Path) -> list[str]:
    """Essential findings in words."""
    return [b.sentence for b in inspect(path) if b.rule.weight is Weight.ESSENTIAL]


def test_templates_meet_every_essential_rule(tmp_path: Path) -> None:
    """With a worked example; the blank one is the same without it."""
    write_template(tmp_path / "filled.xlsx", EXAMPLES["cannot-tell"].programme())
    assert essential(tmp_path / "filled.xlsx") == []


@pytest.mark.parametrize("name", ["fall", "refusal", "share"])
def test_packs_meet_every_essential_rule(name: str, tmp_path: Path) -> None:
    """Whatever the answer."""
    write_pack(cases()[name], tmp_path / "pack.xlsx")
    assert essential(tmp_path / "pack.xlsx") == []


def _font(ws: Worksheet) -> None:
    ws["A4"].font = Font(name="Arial", size=8)


def _pale(ws: Worksheet) -> None:
    ws["A4"].fill = PatternFill("solid", start_color="1B2733", end_color="1B2733")


def _put(**cells: object) -> Callable[[Worksheet], None]:
    def change(ws: Worksheet) -> None:
        for place, value in cells.items():
            ws[place] = value

    return change


FAULTS: dict[str, tuple[Callable[[Worksheet], object], str]] = {
    "A10": (lambda ws: ws.merge_cells("F30:G30"), "F30:G30"),
    "A18": (_put(A1=None), "A1"),
    "A34": (_font, "A4"),
    "A38": (_pale, "A4"),
    "A05": (_put(H30=1, I30=2, H31=3, I31=4), "H30"),
    "M07": (_put(H30="=NPV(0.035,H31:H40)"), "H30"),
    "M08": (_put(H30="=TODAY()"), "H30"),
    "M13": (_put(H30="=[1]Sheet1!A1"), "H30"),
    "M14": (_put(H30="=H31", H31="=H30"), "H30"),
    "M12": (_put(H30="=_xlfn.XLOOKUP(1,H31:H32,I31:I32)"), "H30"),
    "M38": (_put(H30="=1+1"), "H30"),
    "M03": (_put(H30="=H31*3.5"), "H30"),
    "M39": (_put(H30="#REF!"), "H30"),
}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[Found], set[Found]]:
    """What is found in a pack before and after every fault is put into it, each on a copy of a sheet."""
    path = tmp_path_factory.mktemp("spoilt") / "pack.xlsx"
    write_pack(cases()["fall"], path)
    before = found(path)
    workbook: Workbook = load_workbook(path)
    for code, (change, _) in FAULTS.items():
        change(workbook.copy_worksheet(workbook["Audit"]))
        workbook.worksheets[-1].title = code
    workbook.save(path)
    return before, found(path)


def found(path: Path) -> set[Found]:
    """Rule, sheet and cell of everything found."""
    return {(b.rule.code, b.place.sheet, b.place.cell) for b in inspect(path)}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_fault_is_found_with_its_cell(code: str, spoilt: tuple[set[Found], set[Found]]) -> None:
    """Each is put into a pack that met the rule."""
    before, after = spoilt
    cell = FAULTS[code][1]
    assert (code, "Audit", cell) not in before
    assert (code, code, cell) in after


def test_any_workbook_can_be_inspected(tmp_path: Path) -> None:
    """A plain file from elsewhere: findings in words, exit 1; a file that is no workbook: one message."""
    workbook = Workbook()
    workbook.worksheets[0]["B2"] = "loose"
    workbook.save(tmp_path / "plain.xlsx")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "plain.xlsx")])
    assert result.exit_code == 1
    assert "Sheet!A1: found no title." in result.stdout
    (tmp_path / "not.xlsx").write_text("name,value\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "not.xlsx")])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_codes_are_unique_and_every_rule_says_what_it_asks() -> None:
    """The table is complete."""
    assert len({r.code for r in RULES}) == len(RULES)
    assert [r.code for r in RULES if r.asks[-1:] != "." or r.fix.rstrip('"')[-1:] != "."] == []
