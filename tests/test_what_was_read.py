"""The table "What was read": whole and true, against sums that openpyxl's cells give by themselves."""

from __future__ import annotations

import csv
import math
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from evalkit.campaign.programme import Programme
from evalkit.campaign.reading import sheets_read
from evalkit.cli import app
from evalkit.excel.headings import Kind
from evalkit.excel.reader import check_files
from evalkit.excel.report import Read
from evalkit.excel.sheets import HEADER_ROW, SHEETS
from evalkit.excel.template import write_template
from evalkit.vocabulary import ObservationFlag
from evalkit.worked.catalogue import EXAMPLES
from tests.workbooks import full_programme, months, small_programme

SUMMED = (Kind.NUMBER, Kind.MONEY, Kind.WHOLE)


def told(workbook: Workbook) -> dict[str, tuple[int, dict[str, float], tuple[date, ...]]]:
    """Rows, sums of the columns of figures and range of dates of each sheet, cell by cell."""
    found = {}
    for sheet in SHEETS:
        rows = list(workbook[sheet.name].iter_rows(min_row=HEADER_ROW, values_only=True))
        heads, filled = rows[0], [r for r in rows[1:] if any(v is not None for v in r)]
        columns = {h: [r[heads.index(h)] for r in filled] for h in heads if h}
        sums = {
            h.title: math.fsum(float(v) for v in columns[h.title] if v is not None)
            for h in sheet.headings
            if h.kind in SUMMED and any(v is not None for v in columns[h.title])
        }
        days = sorted(v.date() for r in filled for v in r if isinstance(v, datetime))
        if filled:
            found[sheet.name] = (len(filled), sums, (days[0], days[-1]) if days else ())
    return found


def echoed(read: Read) -> dict[str, tuple[int, dict[str, float], tuple[date, ...]]]:
    """The same as the check tells it."""
    return {
        s.sheet: (s.rows, dict(s.totals), (s.first, s.last) if s.first and s.last else ())
        for s in read.sheets
    }


@pytest.mark.parametrize("name", ["full", "recycling"])
def test_every_sheet_is_told_whole(tmp_path: Path, name: str) -> None:
    """Rows, sums and dates of every sheet with entries are those of its cells, in the check and the pack."""
    programme = full_programme() if name == "full" else EXAMPLES[name].programme()
    write_template(tmp_path / "t.xlsx", programme)
    report = check_files([tmp_path / "t.xlsx"])
    meant = told(load_workbook(tmp_path / "t.xlsx", data_only=True))
    if name == "full":
        assert set(meant) == {s.name for s in SHEETS}
    got = echoed(report.read)
    assert set(got) == set(meant)
    for sheet, (rows, sums, days) in meant.items():
        assert (got[sheet][0], got[sheet][2]) == (rows, days), sheet
        assert got[sheet][1] == pytest.approx(sums, abs=1e-9), sheet
    assert report.programme is not None
    assert {s.sheet: s for s in sheets_read(report.programme)} == {s.sheet: s for s in report.read.sheets}


def test_a_grid_and_a_csv_file_are_told_like_a_table(tmp_path: Path) -> None:
    """The same figures, with gaps and one withheld, as a table, a grid and a CSV file over two files."""
    rows = list(small_programme().observations)
    rows[3] = rows[3].model_copy(update={"value": None})
    rows[40] = rows[40].model_copy(update={"value": None, "flag": ObservationFlag.SUPPRESSED})
    del rows[10]
    programme = small_programme(observations=tuple(rows))
    write_template(tmp_path / "long.xlsx", programme)
    by_area = {a: {o.period: o for o in rows if o.area == a} for a in ("Northfield", "Southfield")}
    meant = [
        (a, len(found), min(found), max(found), sum(o.value or 0.0 for o in found.values()))
        for a, found in by_area.items()
    ]

    def series(*names: str) -> list[tuple[str, int, date, date, float]]:
        read = check_files([tmp_path / n for n in names]).read
        return sorted((s.area, s.rows, s.first, s.last, s.total) for s in read.series)

    assert series("long.xlsx") == meant
    report = check_files([tmp_path / "long.xlsx"]).read
    assert [(s.area, s.gaps, s.withheld) for s in report.series] == [
        ("Northfield", 2, 0),
        ("Southfield", 0, 1),
    ]
    workbook = load_workbook(tmp_path / "long.xlsx")
    sheet = workbook["Outcome data"]
    sheet.tables.clear()
    sheet.delete_rows(1, 300)
    sheet.append(["Month", *by_area])
    shown = {o: "[c]" if o.flag else o.value for o in rows}
    days = sorted(set().union(*by_area.values()))
    for day in days:
        sheet.append([day, *(shown[f[day]] if day in f else None for f in by_area.values())])
    workbook.save(tmp_path / "wide.xlsx")
    whole = [(a, len(days), first, last, total) for a, _, first, last, total in meant]  # a blank is a row
    assert series("wide.xlsx") == whole
    wide = check_files([tmp_path / "wide.xlsx"]).read
    assert [(s.area, s.gaps, s.withheld) for s in wide.series] == [("Northfield", 2, 0), ("Southfield", 0, 1)]
    _halves(tmp_path, programme)
    assert series("first.xlsx", "second.csv") == meant


def _halves(folder: Path, programme: Programme) -> None:
    """The first area in the template, the second in a CSV file beside it."""
    rows = programme.observations
    workbook = load_workbook(folder / "long.xlsx")
    sheet = workbook["Outcome data"]
    first = sum(o.area == "Northfield" for o in rows)
    sheet.delete_rows(HEADER_ROW + 1 + first, 300)
    sheet.tables.clear()
    workbook.save(folder / "first.xlsx")
    with (folder / "second.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("Period", "Area", "Value"))
        writer.writerows((o.period, o.area, "[c]" if o.flag else o.value) for o in rows[first:])


def test_a_screenful_of_series_is_printed_and_the_rest_counted(tmp_path: Path) -> None:
    """Thirty areas fill more than a screen; all are listed on demand."""
    areas = [f"Ward {n}" for n in range(1, 31)]
    one = small_programme().observations[0]
    rows = tuple(
        one.model_copy(update={"period": day, "area": area})
        for area in areas
        for day in months(date(2024, 1, 1), 15)
    )
    campaign = small_programme().campaigns[0].model_copy(update={"areas": ("Ward 1",), "activities": ()})
    write_template(
        tmp_path / "t.xlsx", small_programme(observations=rows, campaigns=(campaign,), comparisons=())
    )
    short = CliRunner().invoke(app, ["check", str(tmp_path / "t.xlsx")]).output
    assert short.count("monthly figures") == 20
    assert "… and 10 more series: --all lists them." in short
    assert "Outcome data: 450 rows: dates from 1 Jan 2024 to 1 Mar 2025" in short
    whole = CliRunner().invoke(app, ["check", "--all", str(tmp_path / "t.xlsx")]).output
    assert whole.count("monthly figures") == 30
