"""Questions and their answers, grids, CSV files beside a template, and files of other programs."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import Programme
from evalkit.campaign.reading import sheets_read
from evalkit.errors import make_issue
from evalkit.excel.answers import (
    COMMA,
    DATES,
    DECIMALS,
    DOSES,
    FINANCIAL_YEAR,
    LARGE,
    MONTH_FIRST,
    RIGHT,
    YEARS,
)
from evalkit.excel.reader import check_files
from evalkit.excel.report import folded, ordered
from evalkit.excel.sheets import SHEET_OF_PART, headings_of
from evalkit.excel.template import write_template
from tests.workbooks import FIRST_MONTH, MONTHS, months, small_campaign, small_outcome, small_programme

AREAS = ("Northfield", "Southfield")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template filled in with the small programme."""
    path = tmp_path_factory.mktemp("filled") / "template.xlsx"
    write_template(path, small_programme())
    return path


def changed(path: Path, out: Path, change: Callable[[Workbook], None]) -> Path:
    """A copy of a workbook with a change."""
    workbook = load_workbook(path)
    change(workbook)
    workbook.save(out)
    return out


def answer(workbook: Workbook, question: str, entry: str) -> None:
    """Write an answer into its named cell."""
    sheet, _, ref = workbook.defined_names[f"answer_{question}"].attr_text.rpartition("!")
    workbook[sheet.strip("'")][ref.replace("$", "")] = entry


def cleared(workbook: Workbook) -> Worksheet:
    """The sheet of Outcome data without anything on it."""
    sheet = workbook["Outcome data"]
    sheet.tables.clear()
    sheet.delete_rows(1, 200)
    return sheet


def figures(programme: Programme | None) -> set[tuple[date, str | None, float | None]]:
    """What was read of the figures, whatever the order."""
    assert programme is not None
    return {(o.period, o.area, o.value) for o in programme.observations}


MEANT = {(o.period, o.area, o.value) for o in small_programme().observations}


# a question: what raises it, its code, its name, the answer, and the first figure it leads to
def _month_first(workbook: Workbook) -> None:
    for row in range(8, 68):
        cell = workbook["Outcome data"].cell(row, 1)
        cell.value = f"{cell.value:%m/%d/%Y}"


def _quarters(workbook: Workbook) -> None:
    sheet = workbook["Outcome data"]
    for row in range(8, 68):
        number = (row - 8) % 30
        sheet.cell(row, 1).value = f"Q{number % 4 + 1} {2018 + number // 4}"


def _commas(workbook: Workbook) -> None:
    workbook["Inputs"]["B8"], workbook["Inputs"]["B9"] = "6.400", "1.250,50"


def _large(workbook: Workbook) -> None:
    sheet = workbook["Inputs"]
    for row, amount in ((10, 12.5), (11, 9), (12, 8)):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = "media", amount
    sheet["B8"] = 64_000


def _pence(workbook: Workbook) -> None:
    sheet = workbook["Activities"]
    for row, dose in ((8, 310_000), (9, 180_000)):
        _dosed(sheet, row, dose)


def _one_in_pence(workbook: Workbook) -> None:
    sheet = workbook["Activities"]
    for row, dose in ((8, 1500), (9, 900), (10, 2200), (11, 130_000)):
        _dosed(sheet, row, dose)


def _dosed(sheet: Worksheet, row: int, dose: float) -> None:
    heads = {str(c.value): c.column for c in sheet[7]}
    sheet.cell(row, heads["Dose"]).value = dose
    sheet.cell(row, heads["Dose unit"]).value = "pounds spent"


QUESTIONS = [
    (_month_first, "D11", DATES, MONTH_FIRST, date(2023, 1, 1), 6400),
    (_quarters, "D12", YEARS, FINANCIAL_YEAR, date(2018, 4, 1), 6400),
    (_commas, "C34", DECIMALS, COMMA, date(2023, 1, 1), 6400),
    (_large, "V07", LARGE, RIGHT, date(2023, 1, 1), 64_000),
    (_pence, "V14", DOSES, RIGHT, date(2023, 1, 1), 6400),
    (_one_in_pence, "V15", DOSES, RIGHT, date(2023, 1, 1), 6400),
]


@pytest.mark.parametrize(("raises", "code", "question", "entry", "first", "amount"), QUESTIONS)
def test_a_question_is_answered_in_its_cell(
    filled: Path,
    tmp_path: Path,
    raises: Callable[[Workbook], None],
    code: str,
    question: str,
    entry: str,
    first: date,
    amount: float,
) -> None:
    """Two meanings stop the check with one kind of question; its answer is read back and used."""
    path = changed(filled, tmp_path / "asked.xlsx", raises)
    report = check_files([path])
    codes = {i.code for i in report.stopping}
    assert codes - {"C06", "M-campaign-outside"} == {code}, [i.sentence for i in report.stopping]
    asked = next(i for i in report.stopping if i.code == code)
    assert asked.severity.value == "question"
    assert "Start here!B" in asked.fix
    assert f'"{entry}"' in asked.fix
    answered = changed(path, tmp_path / "answered.xlsx", lambda w: answer(w, question, entry))
    report = check_files([answered])
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert report.programme.observations[0].period == first
    assert float(report.programme.campaigns[0].inputs[0].amount) == amount


def test_a_question_of_an_older_template_says_where_to_write_the_answer(filled: Path, tmp_path: Path) -> None:
    """Where the named cell is not there, a new row with the question's words is as good."""

    def without(workbook: Workbook) -> None:
        _month_first(workbook)
        sheet = workbook["Start here"]
        for row in sheet.iter_rows(max_col=1):
            if row[0].value == "Dates typed as text":
                row[0].value = None

    path = changed(filled, tmp_path / "old.xlsx", without)
    asked = check_files([path]).stopping[0]
    assert '"Dates typed as text" in column A' in asked.fix

    def add(workbook: Workbook) -> None:
        workbook["Start here"]["A90"], workbook["Start here"]["B90"] = "Dates typed as text", "Month first"

    assert check_files([changed(path, tmp_path / "new.xlsx", add)]).programme == small_programme()


def _down(sheet: Worksheet, top: int, label: str, show: Callable[[date], object]) -> None:
    sheet.cell(top, 1).value = label
    for column, area in enumerate(AREAS, start=2):
        sheet.cell(top, column).value = area
    for i, day in enumerate(months(FIRST_MONTH, MONTHS), start=1):
        sheet.cell(top + i, 1).value = show(day)
        for column in (2, 3):
            sheet.cell(top + i, column).value = 12 + (i - 1) % 5


def _across(sheet: Worksheet, top: int, label: str, show: Callable[[date], object]) -> None:
    sheet.cell(top, 1).value = label
    for i, day in enumerate(months(FIRST_MONTH, MONTHS), start=2):
        sheet.cell(top, i).value = show(day)
        for row in (1, 2):
            sheet.cell(top + row, i).value = 12 + (i - 2) % 5
    for row, area in enumerate(AREAS, start=1):
        sheet.cell(top + row, 1).value = area


GRIDS = [
    ("periods down", _down, 1, "Period", lambda d: datetime(d.year, d.month, d.day)),  # noqa: DTZ001
    ("months down, a title above", _down, 4, "Month", lambda d: f"{d:%b %Y}"),
    ("ISO down", _down, 2, "Month", lambda d: d.isoformat()),
    ("periods across", _across, 1, "Area", lambda d: datetime(d.year, d.month, d.day)),  # noqa: DTZ001
    ("months across", _across, 7, "District", lambda d: f"{d:%B %Y}"),
]


@pytest.mark.parametrize(("name", "lay", "top", "label", "show"), GRIDS, ids=[g[0] for g in GRIDS])
def test_a_grid_is_read_as_one_row_for_each_figure(
    filled: Path,
    tmp_path: Path,
    name: str,
    lay: Callable[[Worksheet, int, str, Callable[[date], object]], None],
    top: int,
    label: str,
    show: Callable[[date], object],
) -> None:
    """Periods by areas, either way round, give the same figures as one row a period."""

    def change(workbook: Workbook) -> None:
        sheet = cleared(workbook)
        lay(sheet, top, label, show)
        if top > 2:
            sheet["A1"] = "Contaminated loads by month"

    report = check_files([changed(filled, tmp_path / "grid.xlsx", change)])
    assert not report.stopping, [i.sentence for i in report.stopping]
    assert figures(report.programme) == MEANT
    assert "S28" in {i.code for i in report.issues}


def test_faults_in_a_grid_keep_their_cells(filled: Path, tmp_path: Path) -> None:
    """A figure, an area and a period that cannot be read are named where they stand; totals are refused."""

    def change(workbook: Workbook) -> None:
        sheet = cleared(workbook)
        _down(sheet, 1, "Period", lambda d: datetime(d.year, d.month, d.day))  # noqa: DTZ001
        sheet["B4"], sheet["C5"], sheet["A7"] = "13 loads", "<5", "soon"
        sheet["A33"], sheet["B33"] = "Total", 99
        sheet["D1"], sheet["D2"] = "Total", 24

    report = check_files([changed(filled, tmp_path / "grid.xlsx", change)])
    assert [(i.code, i.cell) for i in report.stopping] == [
        ("S19", "D1"),
        ("C09", "B4"),
        ("D03", "A7"),
        ("S19", "A33"),
    ], [i.sentence for i in report.stopping]
    assert ("C11", "C5") in [(i.code, i.cell) for i in report.issues]


def test_a_grid_of_outcomes(tmp_path: Path) -> None:
    """Headings that are names of outcomes are outcomes and not areas."""
    names = ("Contaminated loads", "Missed bins")
    rows = tuple(
        Observation(outcome=name, period=day, value=float(12 + i % 5))
        for name in names
        for i, day in enumerate(months(FIRST_MONTH, MONTHS))
    )
    meant = small_programme(
        outcomes=tuple(small_outcome(name=name) for name in names),
        campaigns=(small_campaign(areas=()),),
        observations=rows,
        comparisons=(),
    )
    write_template(tmp_path / "long.xlsx", meant)

    def change(workbook: Workbook) -> None:
        sheet = cleared(workbook)
        _down(sheet, 1, "Month", lambda d: d.isoformat())
        sheet["B1"], sheet["C1"] = names

    report = check_files([changed(tmp_path / "long.xlsx", tmp_path / "wide.xlsx", change)])
    assert report.programme is not None, [i.sentence for i in report.stopping]
    assert set(report.programme.observations) == set(rows)


def _csv(rows: Iterable[Iterable[object]], mark: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=mark).writerows(rows)
    return buffer.getvalue()


LONG = [("Period", "Area", "Value"), *((o.period, o.area, o.value) for o in small_programme().observations)]
BRITISH = [LONG[0], *((f"{d:%d/%m/%Y}", a, v) for d, a, v in LONG[1:])]
WIDE = [("Month", *AREAS), *((f"{d:%b %Y}", v, v) for d, a, v in LONG[1:] if a == "Northfield")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("long", _csv(LONG).encode()),
        ("with a byte order mark", b"\xef\xbb\xbf" + _csv(LONG).encode()),
        ("British dates", _csv(BRITISH).encode()),
        ("a heading of their own", _csv([("Date", "Area", "Value"), *BRITISH[1:]]).encode()),
        ("semicolons", _csv(LONG, ";").encode()),
        ("tabs in UTF-16", _csv(LONG, "\t").encode("utf-16")),
        ("title lines above", ("Loads rejected\r\n\r\n" + _csv(LONG)).encode()),
        ("a grid", _csv(WIDE).encode()),
    ],
)
def test_csv_beside_the_template_gives_the_figures(
    filled: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    """Outcome data may come as CSV, long or wide, whatever mark and encoding it has."""
    template = changed(filled, tmp_path / "t.xlsx", lambda w: w["Outcome data"].delete_rows(8, 200))
    (tmp_path / "figures.csv").write_bytes(content)
    report = check_files([tmp_path / "figures.csv", template])
    assert not report.stopping, [i.sentence for i in report.stopping]
    assert figures(report.programme) == MEANT


def test_faults_of_csv_files_are_named(filled: Path, tmp_path: Path) -> None:
    """A CSV file alone, of another kind, cut off, or with a fault in a cell says so."""
    template = changed(filled, tmp_path / "t.xlsx", lambda w: w["Outcome data"].delete_rows(8, 200))
    path = tmp_path / "figures.csv"

    def codes(content: bytes, *with_them: Path) -> list[tuple[str, str, str]]:
        path.write_bytes(content)
        return [(i.code, i.sheet, i.cell) for i in check_files([path, *with_them]).stopping]

    place = "[figures.csv]Outcome data"
    assert codes(_csv(LONG).encode()) == [("F15", "", "")]
    assert codes(b"", template) == [("F01", "[figures.csv]", "")]
    assert codes(b"PK\x03\x04\x00\x00", template) == [("F17", "[figures.csv]", "")]
    assert codes(b'Period,Value\n"2023-01-01,3\n', template) == [("F17", "[figures.csv]", "")]
    spoilt = [*LONG[:5], ("2023-05-01", "Northfield", "about 5"), *LONG[6:]]
    assert codes(_csv(spoilt).encode(), template) == [("C09", place, "C6")]
    broken = [*LONG[:5], ("2023-05-01", "#N/A", 12), *LONG[6:]]
    assert codes(_csv(broken).encode(), template) == [("C13", place, "B6")]
    accents = _csv([LONG[0], *((d, "Côté", v) for d, a, v in LONG[1:] if a == "Northfield")])
    path.write_bytes(accents.encode("cp1252"))
    assert "F31" in {i.code for i in check_files([path, template]).issues}


def test_headings_down_a_column_are_named(filled: Path, tmp_path: Path) -> None:
    """A table turned on its side is one problem with the column of its headings."""

    def change(workbook: Workbook) -> None:
        sheet = workbook["Inputs"]
        sheet.tables.clear()
        headings = [c.value for c in sheet[7]]
        sheet.delete_rows(1, 40)
        for row, heading in enumerate(headings, start=2):
            sheet.cell(row, 1).value = heading
        sheet["B2"], sheet["B3"] = "media", 6400

    report = check_files([changed(filled, tmp_path / "turned.xlsx", change)])
    assert [(i.code, i.sheet, i.cell) for i in report.stopping] == [
        ("S27", "Inputs", f"A2:A{len(headings_of(SHEET_OF_PART['inputs'])) + 1}")
    ]


def test_a_short_history_is_noted(tmp_path: Path) -> None:
    """Too few figures before the start for any estimate are noted at the start date."""
    rows = tuple(o for o in small_programme().observations if o.period >= date(2024, 8, 1))
    write_template(tmp_path / "short.xlsx", small_programme(observations=rows))
    report = check_files([tmp_path / "short.xlsx"])
    assert [(i.code, i.sheet) for i in report.issues] == [("V13", "Campaigns")]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_files_saved_by_libreoffice(filled: Path, tmp_path: Path) -> None:
    """Saved as .xlsx the meaning is the same; .ods and .xls have messages of their own."""
    work = shutil.copy(filled, tmp_path / "mine.xlsx")
    for ending in ("xlsx", "ods", "xls"):
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
                *("--convert-to", ending, "--outdir", str(tmp_path / ending), str(work)),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    assert check_files([tmp_path / "xlsx" / "mine.xlsx"]).programme == small_programme()
    assert [i.code for i in check_files([tmp_path / "ods" / "mine.ods"]).issues] == ["F06"]
    assert [i.code for i in check_files([tmp_path / "xls" / "mine.xls"]).issues] == ["F04"]


def test_the_pack_can_tell_what_the_check_told(filled: Path) -> None:
    """Rows and sums worked out from the programme are those of the check, sheet by sheet."""
    report = check_files([filled])
    assert report.programme is not None
    told = {(one.sheet, one.rows, frozenset(one.totals)) for one in report.read.sheets}
    assert {(s.sheet, s.rows, frozenset(s.totals)) for s in sheets_read(report.programme)} == told


def test_thousands_of_faults_are_put_in_order_in_time() -> None:
    """The time grows with the number of issues and not with its square."""
    issues = [make_issue("C10", sheet="Outcome data", cell=f"B{n}", value="n/a") for n in range(8, 30_000)]
    began = time.perf_counter()
    assert len(folded(ordered([*issues, *issues]))) == 1
    assert time.perf_counter() - began < 10
