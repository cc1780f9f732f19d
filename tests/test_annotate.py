"""The marked copy: faults shown where they are, everything else kept, and readable once mended."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.errors import OutputError
from evalkit.excel.annotate import annotate
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from tests.parts import PART_OF, at, packed, put, strict, unpacked
from tests.workbooks import small_programme


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A template with faults in two cells, a formula and a comment of the user's."""
    path = tmp_path / "mine.xlsx"
    write_template(path, small_programme())
    workbook = load_workbook(path)
    workbook["Inputs"]["B8"], workbook["Campaigns"]["D8"] = "12k", "soon"
    workbook["Inputs"]["B8"].comment = Comment("from the agency", "Jo")
    workbook["Inputs"]["B9"].font = Font(name="Arial", bold=True)
    workbook["Outcome data"]["B8"] = "=10+2"
    workbook.save(path)
    _save_result(path, b"<f>10+2</f><v></v>", b"<f>10+2</f><v>12</v>")
    return path


def _save_result(path: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).replace(b"<v />", b"<v></v>") for name in archive.namelist()}
    assert any(old in part for part in parts.values())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(old, new))


def test_faults_are_marked_and_listed(faulty: Path, tmp_path: Path) -> None:
    """Each faulty cell has a fill and a comment with the fix, and a row on the first sheet."""
    report = check_files([faulty])
    annotate(faulty, tmp_path / "marked.xlsx", report.details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    cell = marked["Inputs"]["B8"]
    assert cell.comment is not None
    assert cell.comment.text.startswith("from the agency")
    assert "C03" in cell.comment.text
    assert "Did you mean 12,000?" in cell.comment.text
    assert _coloured(marked["Inputs"]) == {"B8"}
    assert cell.value == "12k"
    listing = marked["Issues"]
    assert marked.sheetnames[0] == "Issues"
    rows = [[c.value for c in row] for row in listing.iter_rows(min_row=7)]
    assert ["error", "Inputs", "B8", "Amount (£)"] in [row[:4] for row in rows]
    assert "holds everything" in str(listing["A4"].value)


def test_what_the_user_had_is_kept(faulty: Path, tmp_path: Path) -> None:
    """Values, formats, drop-downs, tables, formulas and their results are still there."""
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    before, after = load_workbook(faulty), load_workbook(tmp_path / "marked.xlsx")
    assert after.sheetnames[1:] == before.sheetnames
    for sheet in before.worksheets:
        twin = after[sheet.title]
        assert [[c.value for c in row] for row in twin.iter_rows()] == [
            [c.value for c in row] for row in sheet.iter_rows()
        ]
        assert list(twin.tables) == list(sheet.tables)
        assert twin.data_validations.count == sheet.data_validations.count
    assert after["Inputs"]["B9"].font.bold
    assert after["Inputs"]["B8"].number_format == "#,##0.00"
    assert load_workbook(tmp_path / "marked.xlsx", data_only=True)["Outcome data"]["B8"].value == 12


def test_a_mended_copy_is_read_cleanly(faulty: Path, tmp_path: Path) -> None:
    """Once the cells are corrected the copy is a template like any other."""
    out = tmp_path / "marked.xlsx"
    annotate(faulty, out, check_files([faulty]).details)
    assert [i.code for i in check_files([out]).stopping] == ["D03", "C03"]
    workbook = load_workbook(out)
    workbook["Inputs"]["B8"] = 6400
    workbook["Campaigns"]["D8"] = small_programme().campaigns[0].end
    workbook["Outcome data"]["B8"] = 12
    workbook.save(out)
    report = check_files([out])
    assert report.programme == small_programme()
    assert not [i for i in report.issues if i.sheet == "Issues"]


def test_marking_twice_says_things_once(faulty: Path, tmp_path: Path) -> None:
    """The copy of a copy has one list and no comment doubled."""
    first, second = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    annotate(faulty, first, check_files([faulty]).details)
    annotate(first, second, check_files([first]).details)
    workbook = load_workbook(second)
    assert workbook.sheetnames.count("Issues") == 1
    assert workbook["Inputs"]["B8"].comment.text.count("C03") == 1


def test_the_users_file_is_never_the_target(faulty: Path) -> None:
    """The copy may not replace the file it is made from, and a non-workbook cannot be marked."""
    with pytest.raises(OutputError, match="another name"):
        annotate(faulty, faulty, ())
    other = faulty.with_name("other.xlsx")
    other.write_bytes(b"not a workbook")
    with pytest.raises(OutputError, match="could not be opened"):
        annotate(other, faulty.with_name("out.xlsx"), ())


def test_text_in_the_list_is_never_a_formula(tmp_path: Path) -> None:
    """What the user typed is echoed as text, whatever it looks like."""
    path = tmp_path / "mine.xlsx"
    write_template(path, small_programme())
    workbook: Workbook = load_workbook(path)
    workbook["Inputs"]["A8"].value = "=cmd|' /C calc'!A0"
    workbook["Inputs"]["A8"].data_type = "s"
    workbook.save(path)
    annotate(path, tmp_path / "marked.xlsx", check_files([path]).details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    assert all(c.data_type != "f" for row in marked["Issues"].iter_rows() for c in row)


def _rich(faulty: Path) -> None:
    """Give the file what no workbook library keeps: pictures, newer drop-downs, a conversation, labels."""
    parts = unpacked(faulty.read_bytes())
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    newer = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1"><x14:dataValidation type="list" allowBlank="1">'
        "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    sheet = PART_OF["Campaigns"]
    parts[sheet] = parts[sheet].replace(b"</worksheet>", newer.encode())
    links = f"xl/worksheets/_rels/{sheet.rpartition('/')[2]}.rels"
    talk = (
        '<Relationship Id="rIdTalk" Target="/xl/threadedComments/threadedComment1.xml" '
        'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"/></Relationships>'
    )
    parts[links] = parts[links].replace(b"</Relationships>", talk.encode())
    parts["xl/threadedComments/threadedComment1.xml"] = (
        b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        b'<threadedComment ref="D8" id="{1}"><text>Is this right?</text></threadedComment></ThreadedComments>'
    )
    pivot = (
        f'<Relationship Id="rIdPivot" Target="/xl/pivotTables/pivotTable1.xml" Type="{office}/pivotTable"/>'
    )
    parts[links] = parts[links].replace(b"<Relationship ", f"{pivot}<Relationship ".encode(), 1)
    parts["xl/pivotTables/pivotTable1.xml"] = b"<pivotTableDefinition/>"
    parts["xl/pivotCache/pivotCacheDefinition1.xml"] = b"<pivotCacheDefinition/>"
    parts["xl/media/logo.png"] = b"not really a picture"
    parts["customXml/item1.xml"] = b"<label/>"
    book = parts["xl/workbook.xml"].decode()
    caches = '</definedNames><pivotCaches><pivotCache cacheId="1" r:id="rIdCache"/></pivotCaches>'
    book = book.replace("</definedNames>", caches)
    cache = f'<Relationship Id="rIdCache" Target="pivotCache/pivotCacheDefinition1.xml" Type="{office}/'
    ends = 'pivotCacheDefinition"/></Relationships>'
    main = "xl/_rels/workbook.xml.rels"
    parts[main] = parts[main].replace(b"</Relationships>", f"{cache}{ends}".encode())
    printed = '<definedName name="_xlnm.Print_Area" localSheetId="3">Audiences!$A$1:$C$9</definedName>'
    parts["xl/workbook.xml"] = book.replace("</definedNames>", f"{printed}</definedNames>").encode()
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace(
        "<Default", '<Default Extension="png" ContentType="image/png"/><Default', 1
    ).encode()
    assert office.encode() in parts["_rels/.rels"]
    faulty.write_bytes(packed(parts))


def _coloured(sheet: Worksheet) -> set[str]:
    """Cells with our conditional format."""
    return {
        ref
        for held in sheet.conditional_formatting
        if any("evalkit mark" in rule.formula[0] for rule in held.rules)
        for ref in str(held.sqref).split()
    }


def _loaded_without_pivots(path: Path) -> Workbook:
    """A workbook as openpyxl reads it, which takes no pivot table that is only the shell of one."""
    lost = re.compile(rb"</?pivotCache[^<>]*>|<Relationship [^<>]*ivot(?:Table|Cache)[^<>]*>")
    parts = {name: lost.sub(b"", part) for name, part in unpacked(path.read_bytes()).items()}
    return load_workbook(io.BytesIO(packed(parts)))


def test_nothing_of_the_file_is_lost(faulty: Path, tmp_path: Path) -> None:
    """Each part is there byte for byte, or with elements added; what counts sheets by place moves on."""
    _rich(faulty)
    out = tmp_path / "marked.xlsx"
    annotate(faulty, out, check_files([faulty]).details)
    before, after = unpacked(faulty.read_bytes()), unpacked(out.read_bytes())
    changed = {name for name, part in before.items() if after.get(name) != part}
    names = ("Start here", "Campaigns", "Inputs", "Outcome data")  # the open one, and those with something
    sheets = {PART_OF[name] for name in names}
    rels = {f"xl/worksheets/_rels/{s.rpartition('/')[2]}.rels" for s in sheets}
    common = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    notes = {name for name in before if "comment" in name.lower() or name.endswith(".vml")}
    assert changed <= sheets | rels | common | notes
    for name in changed:
        assert _is_within(before[name], after[name]), name
    assert b'localSheetId="4"' in after["xl/workbook.xml"]
    assert b"x14:dataValidation " in after[PART_OF["Campaigns"]]
    assert {n for n in before if "pivot" in n} <= set(after) - changed
    assert b'<pivotCache cacheId="1" r:id="rIdCache"/>' in after["xl/workbook.xml"]
    said = _loaded_without_pivots(out)["Issues"]["A4"].value
    assert said.startswith("This copy holds everything")
    assert "Without a comment of their own: Campaigns!D8." in said
    opened = [ws.title for ws in _loaded_without_pivots(out) if ws.sheet_view.tabSelected]
    assert opened == ["Issues"]


def _is_within(before: bytes, after: bytes) -> bool:
    """Whether every element of a part is in another, in the same order; counts and places may differ."""
    tag = re.compile(rb"<[^>]*>[^<]*")
    moved = re.compile(rb' (?:count|localSheetId|activeTab|firstSheet|tabSelected)="\d+"')
    tidy = [moved.sub(b"", t).replace(b"/>", b">").replace(b" >", b">") for t in tag.findall(before)]
    rest = iter([moved.sub(b"", t).replace(b"/>", b">").replace(b" >", b">") for t in tag.findall(after)])
    return all(any(t.strip() == r.strip() or (t and r.startswith(t)) for r in rest) for t in tidy)


@pytest.mark.parametrize("dialect", ["strict", "prefixed", "no styles"])
def test_other_dialects_are_marked_too(faulty: Path, tmp_path: Path, dialect: str) -> None:
    """Strict Open XML, elements with a prefix, and a workbook without styles."""
    parts = unpacked(faulty.read_bytes())
    if dialect == "strict":
        strict(parts)
    elif dialect == "prefixed":
        for name in ("xl/workbook.xml", "xl/styles.xml", *PART_OF.values()):
            parts[name] = _prefixed(parts[name])
    else:
        del parts["xl/styles.xml"]
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            parts[name] = re.sub(rb"<[^<>]*styles[^<>]*/>", b"", parts[name])
        for name in (n for n in parts if n.startswith("xl/worksheets/sheet")):
            parts[name] = re.sub(rb' s="\d+"', b"", parts[name])
        put(parts, "Campaigns", at("Campaigns", "Start date", 8), "6 Jan 2025")
    faulty.write_bytes(packed(parts))
    report = check_files([faulty])
    out = tmp_path / "marked.xlsx"
    annotate(faulty, out, report.details)
    again = check_files([out])
    assert again.details == report.details
    if dialect == "prefixed":
        assert _coloured(load_workbook(out)["Inputs"]) == {"B8"}
    assert all(
        fromstring(part) is not None for n, part in unpacked(out.read_bytes()).items() if n.endswith("l")
    )


def _prefixed(part: bytes) -> bytes:
    """The same part with a prefix before the elements of the main namespace."""
    text = re.sub(rb"<(/?)(?![\w]*:|[?!])(\w)", rb"<\1x:\2", part)
    return text.replace(b"xmlns=", b"xmlns:x=", 1)


def test_marks_go_with_their_faults(faulty: Path, tmp_path: Path) -> None:
    """A copy mended in part and marked again shows what is left; the user's own comment has its words."""
    first, second, last = (tmp_path / f"{n}.xlsx" for n in ("one", "two", "three"))
    annotate(faulty, first, check_files([faulty]).details)
    parts = unpacked(first.read_bytes())
    put(parts, "Campaigns", "D8", "30 Mar 2025")
    first.write_bytes(packed(parts))
    annotate(first, second, check_files([first]).details)
    marked = load_workbook(second)
    assert not _coloured(marked["Campaigns"])
    assert marked["Campaigns"]["D8"].comment.text.startswith("NOTE D01")
    assert marked["Inputs"]["B8"].comment.text.count("C03") == 1
    annotate(second, last, ())
    clean = load_workbook(last)
    assert clean["Campaigns"]["D8"].comment is None
    assert clean["Inputs"]["B8"].comment.text == "from the agency"
    assert not _coloured(clean["Inputs"])
    before, after = unpacked(faulty.read_bytes()), unpacked(last.read_bytes())
    assert after[PART_OF["Inputs"]] == before[PART_OF["Inputs"]]


def test_the_name_says_what_the_copy_is(faulty: Path, tmp_path: Path) -> None:
    """Excel opens no workbook with macros under another ending; the copy keeps the macros."""
    parts = unpacked(faulty.read_bytes())
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts["[Content_Types].xml"] = re.sub(
        rb"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main\+xml",
        kind,
        parts["[Content_Types].xml"],
    )
    parts["xl/vbaProject.bin"] = b"macros"
    source = faulty.with_suffix(".xlsm")
    source.write_bytes(packed(parts))
    details = check_files([source]).details
    with pytest.raises(OutputError, match=r"ends in \.xlsm, such as marked\.xlsm"):
        annotate(source, tmp_path / "marked.xlsx", details)
    annotate(source, tmp_path / "marked.xlsm", details)
    assert unpacked((tmp_path / "marked.xlsm").read_bytes())["xl/vbaProject.bin"] == b"macros"
    again = tmp_path / "again.xlsm"
    assert CliRunner().invoke(app, ["check", str(source), "--annotate", str(again)]).exit_code == 1
    assert again.read_bytes() == (tmp_path / "marked.xlsm").read_bytes()


def test_a_sheet_of_the_users_called_issues_stays(faulty: Path, tmp_path: Path) -> None:
    """Only the list of an earlier copy is replaced."""
    workbook = load_workbook(faulty)
    workbook.create_sheet("Issues")["A1"] = "Our own issues"
    workbook.save(faulty)
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    assert marked.sheetnames[0] == "Issues (2)"
    assert marked["Issues"]["A1"].value == "Our own issues"
    assert not [i for i in check_files([tmp_path / "marked.xlsx"]).issues if i.code == "S05"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_a_marked_copy(faulty: Path, tmp_path: Path) -> None:
    """Saved again there, the comments, the colour and the list are still in it."""
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(tmp_path / "marked.xlsx")),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    again = load_workbook(tmp_path / "saved" / "marked.xlsx")
    assert "Did you mean 12,000?" in again["Inputs"]["B8"].comment.text
    assert _coloured(again["Inputs"]) == {"B8"}
    assert again.sheetnames[0] == "Issues"
    assert [i.code for i in check_files([tmp_path / "saved" / "marked.xlsx"]).stopping] == ["D03", "C03"]


def test_charts_comments_and_conditional_formats_are_kept(faulty: Path, tmp_path: Path) -> None:
    """What the workbook library knows comes through: a chart, a comment, a rule of colour, a width."""
    workbook = load_workbook(faulty)
    sheet = workbook.create_sheet("My chart")
    for row in ((1, 2), (2, 3), (3, 5)):
        sheet.append(row)
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    sheet.add_chart(chart, "D2")
    sheet["A1"].comment = Comment("mine", "Jo")
    sheet.conditional_formatting.add("A1:A3", CellIsRule(operator="greaterThan", formula=["2"]))
    sheet.column_dimensions["A"].width = 33
    workbook.save(faulty)
    annotate(faulty, tmp_path / "marked.xlsx", check_files([faulty]).details)
    copy = load_workbook(tmp_path / "marked.xlsx")["My chart"]
    assert len(copy._charts) == 1
    assert copy["A1"].comment.text == "mine"
    assert len(copy.conditional_formatting) == 1
    assert copy.column_dimensions["A"].width == 33


def test_faults_of_a_csv_file_beside_it_are_listed_and_not_marked(faulty: Path, tmp_path: Path) -> None:
    """Only the workbook's own cells are marked; the list names the other file's with the file."""
    figures = tmp_path / "figures.csv"
    figures.write_text("Period,Area,Value\n2026-01-01,Northfield,about 5\n", encoding="utf-8")
    report = check_files([faulty, figures])
    annotate(faulty, tmp_path / "marked.xlsx", report.details)
    marked = load_workbook(tmp_path / "marked.xlsx")
    assert marked["Outcome data"]["C2"].comment is None
    listed = [tuple(c.value for c in row[1:3]) for row in marked["Issues"].iter_rows(min_row=7)]
    assert ("[figures.csv]Outcome data", "C2") in listed
    assert ("Inputs", "B8") in listed
