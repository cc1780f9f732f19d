"""Earlier versions of the template are read as they were meant; later ones are refused by name."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from evalkit.campaign import versions
from evalkit.campaign.fields import columns
from evalkit.campaign.programme import Programme
from evalkit.campaign.versions import ADDED, FIRST_VERSION, OWN_FIELDS, SCHEMA_VERSION, Renamed
from evalkit.excel.reader import check_files, read_template
from evalkit.excel.sheets import SHEET_OF_PART
from evalkit.excel.template import write_template
from evalkit.messages import Severity
from tests.layouts import written_in_layout_1
from tests.workbooks import full_programme, small_programme

ROOT = Path(__file__).parents[1]
FIRST_FILE = "b3465c9:examples/recycling/template.xlsx"  # the first example template there was


def without_additions(programme: Programme) -> Programme:
    """The programme with everything blank that version 1 had no place for."""
    own = {name: None for a in ADDED if a.part == OWN_FIELDS for name in a.fields}
    flat: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for added in (a for a in ADDED if a.part != OWN_FIELDS):
        sheet = SHEET_OF_PART[added.part]
        home = programme.campaigns[0] if sheet.nested else programme
        rows = getattr(home, added.part) if added.fields else ()
        fields = {name: sheet.model.model_fields[name].default for name in added.fields}
        (nested if sheet.nested else flat)[added.part] = tuple(r.model_copy(update=fields) for r in rows)
    campaign = flat.pop("campaigns", programme.campaigns)[0].model_copy(update=nested)
    return programme.model_copy(update=own | flat | {"campaigns": (campaign,)})


def test_a_template_of_version_1_is_read_and_said_to_be_one(tmp_path: Path) -> None:
    """With every part filled in, what it had is read, what came later is blank, and one note lists that."""
    programme = full_programme()
    report = check_files([written_in_layout_1(programme, tmp_path / "version-1.xlsx")])
    assert report.programme == without_additions(programme), [i.sentence for i in report.stopping]
    (note,) = [i for i in report.issues if i.code == "F33"]
    assert (note.severity, note.sheet) == (Severity.NOTE, "Start here")
    assert note.found == "template version 1, an earlier one"
    for added in ADDED:
        if not added.fields:
            assert f"the sheet {SHEET_OF_PART[added.part].name}" in note.expected
        elif added.part != OWN_FIELDS:
            titles = {c.name: c.title for c in columns(SHEET_OF_PART[added.part].model)}
            assert all(f'"{titles[name]}"' in note.expected for name in added.fields)
    assert "S14" not in {i.code for i in report.issues}


def test_a_file_that_was_made_in_version_1(tmp_path: Path) -> None:
    """The first example template of the history: figures and costs as openpyxl finds them in its cells."""
    shown = subprocess.run(["git", "show", FIRST_FILE], cwd=ROOT, check=False, capture_output=True)
    if shown.returncode:
        pytest.skip("the history of the repository is not here")
    path = tmp_path / "first.xlsx"
    path.write_bytes(shown.stdout)
    report = check_files([path])
    programme = report.programme
    assert programme is not None, [i.sentence for i in report.stopping]
    assert [i.code for i in report.issues] == ["F33"]
    book = load_workbook(io.BytesIO(shown.stdout), data_only=True)
    for sheet, part, heading, field in (
        ("Outcome data", programme.observations, "Value", "value"),
        ("Inputs", programme.campaigns[0].inputs, "Amount (£)", "amount"),
    ):
        (column,) = [c.column for c in book[sheet][7] if c.value == heading]
        cells = [book[sheet].cell(r, column).value for r in range(8, book[sheet].max_row + 1)]
        figures = [float(str(c)) for c in cells if c is not None]
        read = [float(getattr(row, field)) for row in part if getattr(row, field) is not None]
        assert len(figures) > 2
        assert read == pytest.approx(figures, abs=1e-9)
    assert read_template(written_in_layout_1(programme, tmp_path / "again.xlsx")) == programme


def test_what_a_version_added_may_be_blank() -> None:
    """Otherwise an earlier template could not be read as it was meant."""
    for added in ADDED:
        assert FIRST_VERSION < added.version <= SCHEMA_VERSION
        model = Programme if added.part == OWN_FIELDS else SHEET_OF_PART[added.part].model
        assert all(not model.model_fields[name].is_required() for name in added.fields)


def test_a_renamed_heading_and_sheet_are_known_by_their_former_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file of the version before; in one of the present version they are near misses or missing."""
    renamed = (
        Renamed(SCHEMA_VERSION, "inputs", "What was paid", "amount"),
        Renamed(SCHEMA_VERSION, "inputs", "Costs"),
        Renamed(SCHEMA_VERSION, "events", "Happened when", "start"),
    )
    monkeypatch.setattr(versions, "RENAMED", renamed)
    workbook = load_workbook(written_in_layout_1(small_programme(), tmp_path / "new.xlsx"))
    workbook["Inputs"]["B7"], workbook["Events"]["B7"] = "What was paid", "Happened when"
    workbook["Inputs"].title = "Costs"
    workbook.save(tmp_path / "old.xlsx")
    report = check_files([tmp_path / "old.xlsx"])
    assert report.programme == small_programme(), [i.sentence for i in report.stopping]
    assert {i.code for i in report.issues} == {"F33"}
    place = workbook.defined_names["template_version"].attr_text.rpartition("!")[2].replace("$", "")
    workbook["Start here"][place] = SCHEMA_VERSION
    workbook.save(tmp_path / "present.xlsx")
    assert {"S01", "S11"} <= {i.code for i in check_files([tmp_path / "present.xlsx"]).stopping}


@pytest.mark.parametrize(
    ("mark", "code", "words"),
    [
        (99, "F24", "template version 99"),
        (0, "F34", '"0" as the template version'),
        ("one", "F34", '"one" as the template version'),
        (None, "F34", "no template version"),
    ],
)
def test_other_versions_are_named(tmp_path: Path, mark: object, code: str, words: str) -> None:
    """A later one is refused with its cell; without a mark the file is read, and that is said."""
    write_template(tmp_path / "t.xlsx", small_programme())
    workbook = load_workbook(tmp_path / "t.xlsx")
    place = workbook.defined_names["template_version"].attr_text.rpartition("!")[2].replace("$", "")
    workbook["Start here"][place] = mark
    workbook.save(tmp_path / "t.xlsx")
    report = check_files([tmp_path / "t.xlsx"])
    assert [(i.code, i.sheet, i.cell, i.found) for i in report.issues] == [(code, "Start here", place, words)]
    assert report.programme == (None if code == "F24" else small_programme())


def test_without_its_first_sheet_a_template_is_read_and_that_is_said(tmp_path: Path) -> None:
    """The mark goes with the sheet; the rest is known by its words."""
    write_template(tmp_path / "t.xlsx", small_programme())
    workbook = load_workbook(tmp_path / "t.xlsx")
    del workbook["Start here"]
    workbook.save(tmp_path / "t.xlsx")
    report = check_files([tmp_path / "t.xlsx"])
    assert [i.code for i in report.issues] == ["F34"]
    assert report.programme == small_programme()


def test_a_saved_programme_of_an_earlier_version() -> None:
    """JSON of version 1 is read as one of the present version; that of a later one is refused by number."""
    before = small_programme().model_dump_json().replace('"schema_version":2', '"schema_version":1')
    assert '"schema_version":1' in before
    assert Programme.model_validate_json(before) == small_programme()
    later = before.replace('"schema_version":1', '"schema_version":9')
    with pytest.raises(ValidationError, match=r"layout version 9; this evalkit knows versions up to 2"):
        Programme.model_validate_json(later)
    assert small_programme(as_of=date(2025, 7, 1)).schema_version == SCHEMA_VERSION
