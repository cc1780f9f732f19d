"""The template: derived from the models, complete, accessible and the same every time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries

from evalkit.campaign.fields import columns
from evalkit.campaign.versions import SCHEMA_VERSION
from evalkit.excel.headings import Kind
from evalkit.excel.locate import bare_key, key
from evalkit.excel.sheets import (
    EXAMPLE_ROW,
    HEADER_ROW,
    HELP_ROW,
    NEEDED_ROW,
    SHEETS,
    TEMPLATE_ID,
    Sheet,
    headings_of,
)
from evalkit.excel.template import write_template
from tests.workbooks import small_programme

ORDER = [
    "Start here",
    "Campaigns",
    "Objectives",
    "Audiences",
    "Inputs",
    "Activities",
    "Outputs",
    "Out-takes",
    "Outcomes",
    "Outcome data",
    "Groups",
    "Comparison",
    "Areas",
    "Covariates",
    "Events",
    "External estimates",
    "Money",
    "Channel shift",
    "Sign-off",
    "Lists",
]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """A blank template."""
    path = tmp_path_factory.mktemp("blank") / "template.xlsx"
    write_template(path)
    return load_workbook(path)


def test_sheets_stand_in_order(blank: Workbook) -> None:
    """Users find the sheets in the order of the work."""
    assert blank.sheetnames == ORDER


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_headings_help_and_marks_come_from_the_fields(blank: Workbook, sheet: Sheet) -> None:
    """Every field of a record has its column, with title, help and required word, required ones first."""
    worksheet = blank[sheet.name]
    by_title = {c.title: c for c in columns(sheet.model)}
    heads = [cell.value for cell in worksheet[HEADER_ROW]]
    assert set(by_title) <= set(heads)
    needs = [cell.value for cell in worksheet[NEEDED_ROW]][: len(heads)]
    assert needs == sorted(needs, key=lambda n: n != "Required")
    for number, title in enumerate(heads, start=1):
        if title in by_title:
            assert worksheet.cell(HELP_ROW, number).value == by_title[title].help
            assert (worksheet.cell(EXAMPLE_ROW, number).value is None) == (by_title[title].example is None)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_headings_can_be_told_apart(sheet: Sheet) -> None:
    """No two headings of a sheet read alike, even without their units."""
    keys = [key(h.title) for h in headings_of(sheet)]
    assert len(set(keys)) == len(keys)
    bare = [bare_key(h.title) for h in headings_of(sheet)]
    assert len(set(bare)) == len(bare)


def test_basic_tier_asks_for_what_the_design_lists() -> None:
    """The Basic tier asks for these columns and no others."""
    asked = {s.name: [h.title for h in s.headings if h.need == "Required"] for s in SHEETS if s.basic}
    assert asked == {
        "Campaigns": ["Campaign", "Organisation", "Start date", "End date"],
        "Inputs": ["Category", "Amount (£)"],
        "Outcomes": ["Outcome", "Unit", "Kind", "Good direction", "Source"],
        "Outcome data": ["Period", "Value"],
    }


def test_tables_are_real_and_named(blank: Workbook) -> None:
    """Each sheet has one table whose header cells are its columns, under a name of its own."""
    names = [name for ws in blank.worksheets for name in ws.tables]
    assert len(set(names)) == len(names) == len(SHEETS) + 1
    for worksheet in blank.worksheets[1:]:
        (table,) = worksheet.tables.values()
        left, top, right, _ = range_boundaries(table.ref)
        assert [c.name for c in table.tableColumns] == [
            worksheet.cell(top, n).value for n in range(left, right + 1)
        ]
        assert not worksheet.merged_cells.ranges


def test_drop_downs_point_at_visible_cells(blank: Workbook) -> None:
    """Choices come from the Lists sheet, and hold every entry of the vocabulary."""
    for sheet in SHEETS:
        rules = blank[sheet.name].data_validations.dataValidation
        for heading, rule in zip(sheet.headings, rules, strict=True):
            assert rule.prompt
            assert rule.error
            if heading.kind is not Kind.CHOICE:
                continue
            name, _, ref = rule.formula1.partition("!")
            cells = blank[name.strip("'")][ref.replace("$", "")]
            assert [row[0].value for row in cells] == list(heading.choices)
    assert blank["Lists"].sheet_state == "visible"


def test_first_sheet_is_enough_for_the_basic_tier(blank: Workbook) -> None:
    """It names the four sheets with their columns and links to them."""
    sheet = blank["Start here"]
    text = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value)
    links = [c.hyperlink.location for row in sheet.iter_rows() for c in row if c.hyperlink]
    for basic in (s for s in SHEETS if s.basic):
        assert all(h.title in text for h in basic.headings if h.need == "Required")
        assert any(basic.name in link for link in links)


def test_the_template_says_which_it_is(blank: Workbook) -> None:
    """Marker and version stand in cells, under names, and in the document's properties."""
    names = blank.defined_names
    for name, value in (("template_id", TEMPLATE_ID), ("template_version", SCHEMA_VERSION)):
        sheet, _, ref = names[name].attr_text.partition("!")
        assert blank[sheet.strip("'")][ref.replace("$", "")].value == value
    assert {"programme_title", "programme_as_of"} <= set(names)
    assert f"{TEMPLATE_ID} {SCHEMA_VERSION}" in [p.value for p in blank.custom_doc_props.props]
    assert blank.properties.title == "Evaluation template"
    assert blank.properties.language == "en-GB"


def test_words_are_large_and_plain(blank: Workbook) -> None:
    """Sans serif of twelve points or more, and input cells in the built-in input style."""
    for worksheet in blank.worksheets:
        for row in worksheet.iter_rows(max_row=20):
            for cell in row:
                if cell.value is not None:
                    assert (cell.font.name, cell.font.sz >= 12) == ("Arial", True)
    assert blank["Inputs"]["A8"].style == "Input"


def test_bytes_depend_on_nothing_but_the_content(tmp_path: Path) -> None:
    """Two runs under another hash seed, time zone and locale give one file."""
    hashes = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        out = tmp_path / f"{seed}.xlsx"
        code = (
            "from tests.workbooks import small_programme; from evalkit.excel.template import write_template;"
            f"write_template({str(out)!r}, small_programme())"
        )
        root = Path(__file__).parents[1]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(root)}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=root)
        hashes.add(hashlib.sha256(out.read_bytes()).hexdigest())
    write_template(tmp_path / "here.xlsx", small_programme())
    hashes.add(hashlib.sha256((tmp_path / "here.xlsx").read_bytes()).hexdigest())
    assert len(hashes) == 1


def test_checking_waits_for_no_statistics() -> None:
    """The reader is imported without pandas, scipy or statsmodels."""
    code = (
        "import sys, evalkit.excel.reader;"
        "sys.exit(any(m in sys.modules for m in ('pandas', 'scipy', 'statsmodels')))"
    )
    root = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
