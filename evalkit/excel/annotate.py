"""A copy of the user's own file with every faulty cell marked and a sheet that lists what to change.

1. The user's file is never touched; what the copy could not keep is said on its first sheet.
2. Once mended, the copy is read like any other template: the Issues sheet is passed over.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.errors import Issue, OutputError
from evalkit.excel import theme
from evalkit.excel.cells import put_text
from evalkit.excel.finish import STAMP
from evalkit.excel.opening import DAMAGE
from evalkit.excel.page import cell_at, make_table, set_page, write_lines
from evalkit.excel.sheets import ISSUES
from evalkit.messages import Severity
from evalkit.saving import replace_file

# what openpyxl raises besides on workbooks that a check reads
UNREADABLE = (*DAMAGE, AttributeError, IndexError, InvalidFileException, TypeError)
AUTHOR = "evalkit"
CELLS_MARKED = 5000
LINE = 16.0
COLUMNS = (
    ("Severity", 12),
    ("Sheet", 20),
    ("Cell", 16),
    ("Heading", 24),
    ("Found", 46),
    ("Expected", 46),
    ("Fix", 56),
    ("Code", 14),
)
# parts that a copy made without Excel loses or changes
LOST = (
    ("xl/media/", "pictures"),
    ("xl/charts/", "the finer formatting of charts"),
    ("xl/ctrlProps/", "buttons and other controls"),
    ("xl/activeX/", "buttons and other controls"),
    ("xl/slicers/", "slicers"),
    ("xl/threadedComments/", "conversations in comments"),
    ("xl/vbaProject.bin", "macros"),
    ("customXml/", "labels added by other software"),
    ("xl/connections.xml", "connections to data elsewhere"),
    ("xl/queryTables/", "connections to data elsewhere"),
    ("xl/embeddings/", "embedded documents"),
    ("xl/richData/", "linked data types"),
)
# what is written inside parts and a copy loses
LOST_INSIDE = (
    ("xl/worksheets/", b"x14:dataValidation ", "drop-downs that point to another sheet in the newer way"),
    ("xl/worksheets/", b"x14:conditionalFormatting", "conditional formats of the newer kind"),
    ("xl/worksheets/", b"x14:sparkline", "sparklines"),
    ("xl/drawings/", b"<xdr:sp ", "text boxes and shapes"),
    ("xl/drawings/", b"<xdr:sp>", "text boxes and shapes"),
    ("xl/drawings/", b"<xdr:grpSp", "text boxes and shapes"),
)
_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*>.*?</f>|<f[^>]*/>)<v\s*/?>(?:</v>)?</c>', re.DOTALL
)
_TYPE = re.compile(r'\st="[^"]*"')


def annotate(path: str | Path, out: str | Path, issues: Sequence[Issue]) -> None:
    """Write a copy of a filled-in template with its faults marked.

    Parameters
    ----------
    path : str or Path
        The user's file.
    out : str or Path
        Where the copy goes.
    issues : sequence of Issue
        As found by a check of that file; cell by cell (`CheckReport.details`) marks most.

    Raises
    ------
    OutputError
        If the file cannot be opened as a workbook, or the copy not be written.
    """
    source = Path(path)
    if source.resolve() == Path(out).resolve():
        raise OutputError(f"{source.name} would be overwritten; choose another name for the marked copy.")
    try:
        workbook = load_workbook(source, rich_text=True)
        values = load_workbook(source, data_only=True)
        lost = _lost(source)
    except UNREADABLE as error:
        raise OutputError(f"{source.name} could not be opened, so its cells cannot be marked.") from error
    if ISSUES in workbook.sheetnames:
        del workbook[ISSUES]
    issues = [replace(i, sheet=i.sheet.removeprefix(f"[{source.name}]")) for i in issues]
    theme.add_styles(workbook)
    for issue in issues:
        for cell in _cells(workbook, issue):
            _mark(cell, issue)
    _list(workbook, issues, lost)
    replace_file(out, _with_results(workbook, values))


def _lost(source: Path) -> list[str]:
    """What the file holds that a copy made without Excel cannot keep."""
    with zipfile.ZipFile(source) as archive:
        names = archive.namelist()
        lost = {what for start, what in LOST if any(name.startswith(start) for name in names)}
        for start, mark, what in LOST_INSIDE:
            inside = (name for name in names if name.startswith(start) and name.endswith(".xml"))
            lost |= {what for name in inside if what not in lost and mark in archive.read(name)}
    return sorted(lost)


def _cells(workbook: Workbook, issue: Issue) -> Iterator[Cell]:
    """The cells an issue names; none if it is about a whole sheet or file."""
    name = issue.sheet
    if not issue.cell or name not in workbook.sheetnames:
        return
    worksheet = workbook[name]
    if not isinstance(worksheet, Worksheet):
        return
    marked = 0
    for ref in issue.cell.split(", "):
        left, top, right, bottom = (int(n) for n in range_boundaries(ref) if n is not None)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                cell = worksheet.cell(row, column)
                marked += 1
                if isinstance(cell, Cell) and marked <= CELLS_MARKED:
                    yield cell


def _mark(cell: Cell, issue: Issue) -> None:
    if issue.severity is not Severity.NOTE:
        cell.fill = PatternFill("solid", start_color=theme.ALERT, end_color=theme.ALERT)
    head = f"{issue.severity.value.upper()} {issue.code}"
    text = f"{head}\nFound: {issue.found}\nExpected: {issue.expected}\nFix: {issue.fix}"
    before = f"{cell.comment.text}\n\n" if cell.comment and cell.comment.text else ""
    if text in before:
        return
    comment = Comment(before + text, AUTHOR, height=160, width=360)
    cell.comment = comment


def _list(workbook: Workbook, issues: Sequence[Issue], lost: Sequence[str]) -> None:
    worksheet = workbook.create_sheet(ISSUES, 0)
    stopping = sum(i.severity is not Severity.NOTE for i in issues)
    kept = f"This copy could not keep: {', '.join(lost)}. They are still in your own file." if lost else ""
    lines = (
        (f"Issues: {stopping} to mend, {len(issues) - stopping} to note", theme.HEADING_1),
        (
            "One table: each row names a cell, what was found there, what is expected and how to fix it.",
            theme.GUIDE,
        ),
        (
            "What is to mend has a fill and a comment, a note only a comment. Mend it, save and check again.",
            theme.GUIDE,
        ),
        (kept or "This copy holds everything that was in your file.", theme.GUIDE),
        ("This sheet is not read; delete it when you are done.", theme.GUIDE),
    )
    write_lines(worksheet, lines)
    header = len(lines) + 1
    for number, (title, width) in enumerate(COLUMNS, start=1):
        worksheet.cell(header, number, title).style = theme.COLUMN_OPTIONAL
        worksheet.column_dimensions[get_column_letter(number)].width = width
    for row, issue in enumerate(issues, start=header + 1):
        _row(workbook, worksheet, row, issue)
    if issues:
        make_table(worksheet, "tblIssues", [title for title, _ in COLUMNS], header, header + len(issues))
    set_page(worksheet)
    workbook.active = 0
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is worksheet


def _row(workbook: Workbook, worksheet: Worksheet, row: int, issue: Issue) -> None:
    sheet = issue.sheet
    texts = (issue.severity.value, sheet or "the file", issue.cell, issue.heading)
    for number, text in enumerate((*texts, issue.found, issue.expected, issue.fix, issue.code), start=1):
        cell = cell_at(worksheet, row, number)
        cell.style = theme.BODY
        put_text(cell, text)
    texts_and_widths = zip((issue.found, issue.expected, issue.fix), (46, 46, 56), strict=True)
    worksheet.row_dimensions[row].height = LINE * max(-(-len(t) // (w - 6)) for t, w in texts_and_widths)
    if issue.cell and sheet in workbook.sheetnames:
        cell = cell_at(worksheet, row, 3)
        first = issue.cell.split(", ")[0]
        quoted = sheet.replace("'", "''")
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate, location=f"'{quoted}'!{first}", tooltip="Go to the cell"
        )
        cell.style = theme.LINK


def _with_results(workbook: Workbook, values: Workbook) -> bytes:
    """Save with the results that formulas had, which openpyxl leaves out."""
    buffer = io.BytesIO()
    changed = workbook.properties.modified
    workbook.save(buffer)
    results = {
        f"xl/worksheets/sheet{i}.xml": values[ws.title] if ws.title in values.sheetnames else None
        for i, ws in enumerate(workbook.worksheets, start=1)
    }
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            worksheet = results.get(name)
            if isinstance(worksheet, Worksheet):
                content = _filled(content.decode("utf-8"), worksheet).encode("utf-8")
            if name == "docProps/core.xml" and changed:
                stamp = f"{changed:%Y-%m-%dT%H:%M:%SZ}"
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp.encode(), content)
            target.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _filled(text: str, values: Worksheet) -> str:
    def fill(match: re.Match[str]) -> str:
        address, attributes, formula = match.groups()
        column, row = coordinate_to_tuple(address)[::-1]
        cell = values.cell(row, column)
        kind, value = _saved(cell.value, cell.data_type)
        if value is None:
            return match.group(0)
        bare = _TYPE.sub("", attributes)
        return f'<c r="{address}"{bare}{kind}>{formula}<v>{escape(value)}</v></c>'

    return _FORMULA.sub(fill, text)


def _saved(value: object, data_type: str) -> tuple[str, str | None]:
    """A saved result as the file format has it: type attribute and text."""
    if value is None:
        return "", None
    if data_type == "e":
        return ' t="e"', str(value)
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, (int, float)):
        return "", repr(value)
    if isinstance(value, str):
        return ' t="str"', value
    return "", repr(to_excel(value))  # type: ignore[no-untyped-call]
