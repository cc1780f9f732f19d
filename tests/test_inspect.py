"""The rules for any workbook: each is seen broken and mended; evalkit's own files break no essential one."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.excel.pack import write_pack, write_publication
from evalkit.excel.review import write_review
from evalkit.excel.rules import BY_EYE, RULES, Weight, inspect
from evalkit.excel.shown import decimals, shown
from evalkit.excel.template import write_template
from evalkit.worked.catalogue import EXAMPLES
from tests import sound_workbook
from tests.test_pack import cases
from tests.test_value_model import World

Change = Callable[[Workbook], object]


def essential(path: Path) -> list[str]:
    """Essential findings in words."""
    return [b.sentence for b in inspect(path) if b.rule.weight is Weight.ESSENTIAL]


def test_templates_meet_every_essential_rule(tmp_path: Path) -> None:
    """With a worked example; the blank one is the same without it."""
    write_template(tmp_path / "filled.xlsx", EXAMPLES["cannot-tell"].programme())
    write_template(tmp_path / "blank.xlsx")
    assert essential(tmp_path / "filled.xlsx") == []
    assert essential(tmp_path / "blank.xlsx") == []


@pytest.mark.parametrize("name", sorted(cases()))
def test_packs_and_publication_copies_meet_every_essential_rule(name: str, tmp_path: Path) -> None:
    """Whatever the answer; a copy to be published by the rules for publishing too."""
    write_pack(cases()[name], tmp_path / "pack.xlsx")
    write_publication(cases()[name], tmp_path / "copy.xlsx")
    assert essential(tmp_path / "pack.xlsx") == []
    published = inspect(tmp_path / "copy.xlsx", published=True)
    assert [b.sentence for b in published if b.rule.weight is Weight.ESSENTIAL] == []


def test_a_review_meets_every_essential_rule(tmp_path: Path) -> None:
    """Of every kind of answer at once."""
    write_review(cases().values(), tmp_path / "review.xlsx")
    assert essential(tmp_path / "review.xlsx") == []


def test_what_the_files_do_otherwise_is_what_the_docs_say(tmp_path: Path) -> None:
    """No desirable rule is left unmet without a reason given in docs/review.md."""
    write_template(tmp_path / "template.xlsx", EXAMPLES["cannot-tell"].programme())
    write_pack(World().evaluation(), tmp_path / "valued.xlsx")
    write_pack(cases()["fall"], tmp_path / "pack.xlsx")
    write_review(cases().values(), tmp_path / "review.xlsx")
    broken = {b.rule.code for file in tmp_path.glob("*.xlsx") for b in inspect(file)}
    docs = (Path(__file__).parents[1] / "docs" / "review.md").read_text(encoding="utf-8")
    reasons = docs.split("What evalkit's own files do otherwise")[1].split("<!--")[0]
    assert broken - set(re.findall(r"\b[AM]\d\d\b", reasons)) == set()


def _put(sheet: str, **cells: object) -> Change:
    def change(workbook: Workbook) -> None:
        for place, value in cells.items():
            workbook[sheet][place] = value

    return change


def _set(sheet: str, cell: str, **looks: object) -> Change:
    def change(workbook: Workbook) -> None:
        for name, value in looks.items():
            setattr(workbook[sheet][cell], name, value)

    return change


def _property(**held: str | None) -> Change:
    return lambda workbook: [setattr(workbook.properties, k, v) for k, v in held.items()]


def _rename(sheet: str, name: str) -> Change:
    return lambda workbook: setattr(workbook[sheet], "title", name)


def _link(cell: str, text: str) -> Change:
    def change(workbook: Workbook) -> None:
        workbook["Contents"][cell] = text

    return change


def _table(sheet: str, reference: str, name: str = "more") -> Change:
    def change(workbook: Workbook) -> None:
        ws = workbook[sheet]
        for i, cell in enumerate(ws[reference][0]):
            cell.value = f"Heading {'AB'[i]}"
        ws.add_table(Table(displayName=name, name=name, ref=reference))

    return change


def _style(workbook: Workbook) -> None:
    info = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    workbook["Working"].tables["working"].tableStyleInfo = info


def _filter(workbook: Workbook) -> None:
    workbook["Working"].auto_filter.ref = "A4:E7"


def _hide(workbook: Workbook) -> None:
    workbook["Working"].row_dimensions[6].hidden = True


def _heading(workbook: Workbook) -> None:
    lined = NamedStyle("Heading 3", font=Font("Arial", 14), border=Border(bottom=Side("thin")), builtinId=18)
    workbook.add_named_style(lined)
    workbook["Notes"]["A2"].style = "Heading 3"


def _coloured(workbook: Workbook) -> None:
    rule = CellIsRule(operator="equal", formula=['"x"'], fill=PatternFill("solid", end_color="FFC7CE"))
    workbook["Working"]["E6"] = None
    workbook["Working"].conditional_formatting.add("A4:E7", rule)


def _blank_row(workbook: Workbook) -> None:
    workbook["Contents"].tables["contents"].ref = "A4:B14"


def _long_list(workbook: Workbook) -> None:
    workbook["Assumptions"].add_data_validation(
        DataValidation("list", formula1=f'"{"a," * 140}"', sqref="H20")
    )


def _password(workbook: Workbook) -> None:
    workbook["Working"].protection.set_password("secret")
    workbook["Working"].protection.enable()


def _reopened(workbook: Workbook) -> None:
    workbook.active = 3


def _chained(workbook: Workbook) -> None:
    workbook["Sensitivity"]["C5"] = "=Working!C5"
    workbook["Sensitivity"]["C6"] = "=C5"


def _six_decimals(workbook: Workbook) -> None:
    for place, form in (("C5", "#,##0"), ("C6", "0.000000")):
        workbook["Sensitivity"][place] = 3.5
        workbook["Sensitivity"][place].number_format = form
    workbook["Sensitivity"]["B4"] = "Note"


def _without_units(workbook: Workbook) -> None:
    _put("Sensitivity", B4="Why", C4="Net value", C5=5, C6=6)(workbook)
    workbook["Sensitivity"]["C5"].number_format = workbook["Sensitivity"]["C6"].number_format = "0"


def _copied_otherwise(workbook: Workbook) -> None:
    ws = workbook["Audit"]
    for row in range(6, 12):
        ws[f"D{row}"] = f"=Assumptions!$C$5*{'C' if row != 9 else '$C'}{row}"
    ws.tables["versions"].ref = "A4:D11"


def _misspelt(workbook: Workbook) -> None:
    workbook["Working"]["A4"], workbook["Sensitivity"]["A4"] = "Quantity counted", "Quantety counted"


def _many(sheet: str, column: str) -> Change:
    return _put(sheet, **{f"{column}{row}": f"={column}{row + 20}+1" for row in range(30, 42)})


# rule: how the sound workbook is spoilt, and where that is found
FAULTS: dict[str, tuple[Change, str, str]] = {
    "A01": (_property(title="pack_final.xlsx"), "", ""),
    "A02": (_property(language=None), "", ""),
    "A03": (_property(creator="openpyxl"), "", ""),
    "A04": (_property(keywords=None), "", ""),
    "A05": (_put("Notes", D8=1, E8=2, D9=3, E9=4), "Notes", "D8"),
    "A06": (_put("Working", D4="Central"), "Working", "D4"),
    "A07": (lambda w: _table("Chart", "A30:B32", "Table1")(w), "Chart", "A30"),
    "A08": (_filter, "Working", ""),
    "A09": (_style, "Working", "A4"),
    "A10": (lambda w: w["Notes"].merge_cells("D8:E8"), "Notes", "D8:E8"),
    "A11": (_blank_row, "Contents", "A14"),
    "A12": (_put("Notes", B5=None), "Notes", "B5"),
    "A13": (_put("Contents", B6="-"), "Contents", "B6"),
    "A14": (_hide, "Working", "A6"),
    "A15": (lambda w: setattr(w["Working"], "freeze_panes", "B5"), "Working", "B5"),
    "A16": (
        lambda w: (_put("Working", A5="word " * 12)(w), _set("Working", "A5", alignment=Alignment())(w)),
        "Working",
        "A5",
    ),
    "A17": (_put("Assumptions", C5=1234567890123), "Assumptions", "C5"),
    "A18": (_put("Notes", A1="Checks"), "Notes", "A1"),
    "A19": (_set("Notes", "A1", style="evalkit body"), "Notes", "A1"),
    "A20": (_heading, "Notes", "A2"),
    "A21": (_put("Notes", A2="Notes follow."), "Notes", "A2"),
    "A22": (_put("Working", G6="Read this"), "Working", "G6"),
    "A23": (_table("Chart", "B30:C32"), "Chart", "B30"),
    "A24": (_put("Notes", A9="Read this too"), "Notes", "A9"),
    "A25": (_table("Notes", "A20:B22"), "Notes", ""),
    "A26": (_rename("Notes", "Sheet9"), "Sheet9", ""),
    "A27": (lambda w: w.create_sheet("Nothing"), "Nothing", ""),
    "A28": (lambda w: w.move_sheet("Assumptions", -2), "Assumptions", ""),
    "A29": (lambda w: setattr(w["Contents"]["A8"], "hyperlink", None), "Working", ""),
    "A30": (_link("A8", "click here"), "Contents", "A8"),
    "A31": (_put("Checks", A1="Checks [note 7]"), "Checks", "A1"),
    "A32": (_put("Contents", B6="Inputs [note 1]"), "Contents", "B6"),
    "A33": (lambda w: w["Notes"].tables.clear(), "Notes", ""),
    "A34": (_set("Notes", "A4", font=Font("Arial", 8)), "Notes", "A4"),
    "A35": (_set("Notes", "A4", font=Font("Times New Roman", 12)), "Notes", "A4"),
    "A36": (_set("Notes", "A4", font=Font("Arial", 12, italic=True)), "Notes", "A4"),
    "A38": (_set("Notes", "A4", font=Font("Arial", 12, color="BBBBBB")), "Notes", "A4"),
    "A39": (_set("Notes", "A4", fill=PatternFill("solid", start_color="FFFF00")), "Notes", "A4"),
    "A40": (_coloured, "Working", "E6"),
    "A41": (lambda w: setattr(w["Notes"].oddHeader.center, "text", "Secret"), "Notes", ""),
    "A45": (_put("Assumptions", C5="1,200"), "Assumptions", "C5"),
    "A46": (_put("Audit", B4="Date, Q1 2025"), "Audit", "B4"),
    "A47": (_without_units, "Sensitivity", "C4"),
    "A48": (_put("Assumptions", F5="900 - 1,500"), "Assumptions", "F5"),
    "A49": (_put("Assumptions", A5="Leeds E08000035"), "Assumptions", "A5"),
    "A50": (_misspelt, "Sensitivity", "A4"),
    "A51": (_reopened, "Working", ""),
    "A52": (lambda w: setattr(w["Notes"].sheet_view, "zoomScale", 60), "Notes", ""),
    "M01": (_put("Cover", B6=None), "Cover", "A6"),
    "M02": (_put("Assumptions", C5="=1200"), "Assumptions", "C5"),
    "M03": (_put("Working", C5="=Assumptions!C5*3.5"), "Working", "C5"),
    "M04": (_put("Working", C5="=" + "+".join(["Assumptions!$C$5"] * 20)), "Working", "C5"),
    "M05": (_put("Working", C5="=IF(Assumptions!C5>0,IF(Assumptions!C6>0,1,0),0)"), "Working", "C5"),
    "M06": (_put("Working", C5="=VLOOKUP(Assumptions!C5,Assumptions!C5:D7,2)"), "Working", "C5"),
    "M07": (_put("Working", C5="=NPV(Assumptions!C6,Assumptions!C5:E5)"), "Working", "C5"),
    "M08": (_put("Working", C5="=TODAY()"), "Working", "C5"),
    "M09": (_put("Working", C7="=IFERROR(C5/Assumptions!C7,0)"), "Working", "C7"),
    "M10": (_copied_otherwise, "Audit", "D9"),
    "M11": (_put("Sensitivity", C5="=Assumptions!$C$5*Assumptions!C6"), "Sensitivity", "C5"),
    "M12": (_put("Working", C5="=_xlfn.XLOOKUP(1,Assumptions!C5:C7,Assumptions!D5:D7)"), "Working", "C5"),
    "M13": (_put("Working", C5="=[1]Sheet1!A1"), "Working", "C5"),
    "M14": (_put("Working", C5="=C6", C6="=C5"), "Working", "C6"),
    "M15": (_put("Working", C5="=C6*Assumptions!C5"), "Working", "C5"),
    "M16": (_chained, "Sensitivity", "C6"),
    "M17": (_put("Working", B6=None), "Working", "B6"),
    "M18": (_put("Assumptions", C5="=1200"), "Assumptions", "C5"),
    "M19": (lambda w: w["Assumptions"].data_validations.dataValidation.clear(), "Assumptions", "C5"),
    "M20": (_put("Assumptions", F4="Comment"), "Assumptions", "A4"),
    "M21": (lambda w: (_put("Assumptions", F4="Reason")(w), _put("Cover", A11="Log")(w)), "", ""),
    "M22": (_put("Assumptions", F6=None), "Assumptions", "F6"),
    "M23": (_put("Checks", E4="Margin (£)"), "Checks", "A4"),
    "M24": (_put("Cover", B16="not said"), "Cover", ""),
    "M26": (_put("Audit", C4="Who read it"), "", ""),
    "M27": (_put("Audit", A2="One table."), "", ""),
    "M28": (_password, "Working", ""),
    "M30": (_set("Working", "C5", number_format=";;;"), "Working", "C5"),
    "M31": (_put("Working", C5="=ROUND(Assumptions!C5*Assumptions!C6,0)"), "Working", "C5"),
    "M32": (_put("Cover", A9="Money", B9="In real money"), "", ""),
    "M33": (lambda w: (_rename("Sensitivity", "Cases")(w), _put("Cases", A1="Cases", A4="Case")(w)), "", ""),
    "M34": (_put("Cover", A14="Remarks"), "", ""),
    "M35": (
        lambda w: w.defined_names.update({"Rate": DefinedName("Rate", attr_text="#REF!$A$1")}),
        "",
        "",
    ),
    "M36": (lambda w: setattr(w["Notes"].sheet_properties.pageSetUpPr, "fitToPage", False), "Notes", ""),
    "M37": (_long_list, "Assumptions", "H20"),
    "M38": (_put("Notes", A8="=1+1"), "Notes", "A8"),
    "M39": (_put("Notes", A8="#REF!"), "Notes", "A8"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sound workbook, with a copy in an open format beside it."""
    path = tmp_path_factory.mktemp("sound") / "bin-campaign.xlsx"
    sound_workbook.write(path)
    path.with_suffix(".ods").write_bytes(b"")
    return path


def found(path: Path, *, published: bool = False) -> set[tuple[str, str, str]]:
    """Rule, sheet and cell of everything found."""
    return {(b.rule.code, b.place.sheet, b.place.cell) for b in inspect(path, published=published)}


def test_the_sound_workbook_meets_every_rule(sound: Path) -> None:
    """It is the mended twin of every spoilt one; only its formulas forbid publishing it."""
    assert [b.sentence for b in inspect(sound)] == []
    assert found(sound, published=True) == {("A44", "Cover", "B16")}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_fault_is_found_with_its_cell(code: str, sound: Path, tmp_path: Path) -> None:
    """Put into the sound workbook, it is named at its place, in words, with what to do."""
    change, sheet, cell = FAULTS[code]
    workbook = load_workbook(sound)
    change(workbook)
    workbook.save(tmp_path / "spoilt.xlsx")
    breaches = [b for b in inspect(tmp_path / "spoilt.xlsx") if b.rule.code == code]
    assert (sheet, cell) in {(b.place.sheet, b.place.cell) for b in breaches}
    assert not [b for b in breaches if "cannot read" in b.sentence]


def with_parts(source: Path, target: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> None:
    """A copy of a workbook, some of its parts changed and some put in."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name.replace("__", "/").replace("_dot_", "."), content)


def test_what_only_the_parts_show_is_found(sound: Path, tmp_path: Path) -> None:
    """A chart without a description (A42), a text box (A41), a link to another file (M13), macros (A43)."""

    def spoil(name: str, content: bytes) -> bytes:
        text = content.decode("utf-8") if name.endswith((".xml", ".rels")) else ""
        if name == "xl/drawings/drawing1.xml":
            text = re.sub(r' descr="[^"]*"', "", text)
            return text.replace("</wsDr>", "<sp></sp></wsDr>").encode()
        if name == "[Content_Types].xml":
            macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
            plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            return text.replace(plain, macro).encode()
        return content

    spoilt = tmp_path / "spoilt.xlsm"
    with_parts(
        sound,
        spoilt,
        spoil,
        xl__vbaProject_dot_bin=b"\xd0\xcf",
        xl__externalLinks__externalLink9_dot_xml=b"<a/>",
    )
    assert {("A41", "Chart", ""), ("A42", "Chart", ""), ("A43", "", ""), ("M13", "", "")} <= found(spoilt)


def test_rules_for_publishing_are_asked_on_request(sound: Path, tmp_path: Path) -> None:
    """Values only (A44), a plain file name (A53), an open format beside it (A54)."""
    spoilt = tmp_path / "Bin campaign_FINAL v2.xlsx"
    spoilt.write_bytes(sound.read_bytes())
    assert found(spoilt) == set()
    assert {("A44", "Cover", "B16"), ("A53", "", ""), ("A54", "", "")} == found(spoilt, published=True)
    result = CliRunner().invoke(app, ["inspect", str(spoilt), "--publication"])
    assert result.exit_code == 1
    assert "A54" in result.stdout


def test_every_rule_is_seen_broken() -> None:
    """None is left out; codes are unique; each says what it asks and what to do."""
    by_parts, published = {"A42", "A43"}, {"A44", "A53", "A54"}
    assert {r.code for r in RULES} == set(FAULTS) | by_parts | published
    assert len({r.code for r in RULES}) == len(RULES)
    assert {r.code for r in RULES if r.published} == published
    assert [r.code for r in RULES if r.asks[-1:] != "." or r.fix.rstrip('"')[-1:] != "."] == []


def test_any_workbook_can_be_inspected(tmp_path: Path) -> None:
    """A plain file from elsewhere: findings in words, exit 1; a file that is no workbook: one message."""
    workbook = Workbook()
    workbook.worksheets[0]["B2"] = "loose"
    workbook.save(tmp_path / "plain.xlsx")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "plain.xlsx")])
    assert result.exit_code == 1
    assert "Sheet!A1: found no title." in result.stdout
    assert all(one in result.stdout for one in BY_EYE)
    (tmp_path / "not.xlsx").write_text("name,value\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "not.xlsx")])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_findings_of_a_kind_are_told_once_unless_all_are_asked_for(sound: Path, tmp_path: Path) -> None:
    """Twelve cells with a number inside the formula: one line with how many more, or twelve."""
    workbook = load_workbook(sound)
    for row in range(30, 42):
        workbook["Notes"][f"A{row}"] = f"=Assumptions!$C$5*{row}.5"
    workbook.save(tmp_path / "spoilt.xlsx")
    short = CliRunner().invoke(app, ["inspect", str(tmp_path / "spoilt.xlsx")]).stdout
    every = CliRunner().invoke(app, ["inspect", str(tmp_path / "spoilt.xlsx"), "--all"]).stdout
    assert short.count("[M38]") == 5  # sheets with formulas, whose values openpyxl does not keep
    assert every.count("[M03]") == 12


def test_workbooks_as_people_make_them_are_inspected_without_a_fault(tmp_path: Path) -> None:
    """Merged titles, pasted pictures, comments, whole columns, broken formulas, a stray cell at the end."""
    workbook = Workbook()
    ws = workbook.worksheets[0]
    ws["A1"] = "Campaign performance 2024/25 FINAL"
    ws.merge_cells("A1:F1")
    ws.append(["Month", "Calls", None, "Spend", "£ per call", "RAG"])
    for i in range(12):
        ws.append([date(2024, 4 + i % 9, 1), str(1200 + i), None, 950.5 + i, f"=D{i + 3}/B{i + 3}", None])
    ws["E20"] = "=SUM(E3:E14"
    ws["E21"], ws["E22"] = "=SUM(D:D)", "=VLOOKUP(A3,Lookup!A:B,2,FALSE)"
    ws["E23"] = "='[Old plan.xlsx]Sheet 1'!$A$1"
    ws["E3"].comment = Comment("ask Dave", "Dave")
    ws["XFD1048576"] = "x"
    ws.freeze_panes = "B3"
    ws.conditional_formatting.add(
        "F1:F1048576", CellIsRule(operator="equal", formula=['"R"'], fill=PatternFill("solid"))
    )
    workbook.create_sheet("Lookup").sheet_state = "hidden"
    workbook.create_chartsheet("Dashboard").add_chart(LineChart())
    workbook.defined_names["old"] = DefinedName("old", attr_text="Lookup!#REF!")
    path = tmp_path / "Campaign performance FINAL (2).xlsx"
    workbook.save(path)
    breaches = inspect(path, published=True)
    assert not [b for b in breaches if "cannot read" in b.sentence]
    assert {"A05", "A10", "A14", "A15", "A18", "A19", "A27", "A53", "M13", "M35", "M38"} <= {
        b.rule.code for b in breaches
    }


def test_a_large_sheet_is_inspected_in_reasonable_time(tmp_path: Path) -> None:
    """A multiple of what openpyxl needs to read it, formulas that lean on all rows above them included."""
    workbook = Workbook(write_only=True)
    ws = workbook.create_sheet("Data")
    ws.append([f"Figure {i}" for i in range(10)])
    for r in range(2, 2_002):
        ws.append([r * 1.5] * 6 + ["word", f"=A{r}+B{r}", f"=H{r}*C{r}", f"=SUM(A$2:A{r})"])
    workbook.save(tmp_path / "large.xlsx")
    start = time.process_time()
    load_workbook(tmp_path / "large.xlsx")
    once = time.process_time() - start
    inspect(tmp_path / "large.xlsx")
    assert time.process_time() - start - once < 12 * once


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234, "£#,##0_);(£#,##0)", "(£1,234)"),
        (0.256, "0.0%", "25.6%"),
        (1234.5, "General", "1234"),
        (123456789012, "General", "1.23457E+11"),
        (0, '0;-0;"none"', "none"),
        (12345678, '0.0,,"m"', "12.3m"),
        (date(2025, 9, 30), "d mmm yyyy", "dd Sep 2000"),
        ("1,234", "0", ""),
    ],
)
def test_the_length_of_a_figure_follows_its_format(value: object, form: str, text: str) -> None:
    """As Excel shows it: thousands, brackets, per cent, powers of ten, scaling; a date at its longest."""
    assert shown(value, form) == text


def test_decimal_places_of_a_format() -> None:
    """None where the figure decides."""
    assert [decimals(f) for f in ("General", "0", "#,##0.00_)", "0.0##", '"e.g. "0.0')] == [
        None,
        0,
        2,
        None,
        1,
    ]
