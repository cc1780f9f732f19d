"""The catalogue of bad inputs, row by row.

1. A fault gives one problem, at its sheet and cell, in plain words; nothing else is blamed.
2. What is certain is read as meant, with a note where something was understood.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evalkit.cli import app
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from evalkit.messages import Severity
from tests import (
    test_annotate,
    test_intake,
    test_preflight,
    test_reader,
    test_rules,
    test_saving,
    test_versions,
)
from tests.bad_input_cases import CASES, Case, Change
from tests.bad_input_layout import LAYOUT_CASES
from tests.parts import Parts, at, packed, put, swap, unpacked
from tests.workbooks import PYTHON_WORDS, small_programme

ALL = [*CASES, *LAYOUT_CASES]
REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "excel.md"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The parts of a template filled in with the small programme."""
    path = tmp_path_factory.mktemp("filled") / "template.xlsx"
    write_template(path, small_programme())
    return unpacked(path.read_bytes())


@pytest.mark.parametrize("case", ALL, ids=[f"{c.number} {c.name}"[:60] for c in ALL])
def test_the_catalogue(filled: Parts, tmp_path: Path, case: Case) -> None:
    """Each case has its message and place, or is read as it was meant."""
    parts = dict(filled)
    case.change(parts)
    path = tmp_path / "case.xlsx"
    path.write_bytes(packed(parts))
    report = check_files([path])
    for issue in report.issues:
        assert not PYTHON_WORDS.search(issue.sentence), issue.sentence
    said = [i.sentence for i in report.issues]
    if case.stops:
        found = [(i.code, i.sheet, i.cell) for i in report.stopping]
        assert found == [(case.code, case.sheet, case.cell)], said
        assert report.programme is None
    else:
        assert report.programme == (case.meant or small_programme()), said
        assert [i.code for i in report.issues if i.severity is Severity.NOTE] == [case.code] * bool(case.code)
    assert all(i.fix for i in report.issues)
    assert all(any(word in sentence for sentence in said) for word in case.says), said


def test_a_fault_of_our_own_is_said_without_a_traceback(
    filled: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row F00: whatever nobody foresaw is one sentence with what to do and a reference, and exit code 3."""

    def fails(*_: object) -> None:
        raise RecursionError("deep inside")

    path = tmp_path / "fine.xlsx"
    path.write_bytes(packed(filled))
    monkeypatch.setattr("evalkit.excel.reader.programme_of", fails)
    result = CliRunner().invoke(app, ["check", str(path)])
    assert result.exit_code == 3
    assert "save it as Excel Workbook (.xlsx)" in result.stderr
    assert re.search(r"reference reader \d+", result.stderr)
    assert not PYTHON_WORDS.search(result.stderr)
    monkeypatch.setenv("EVALKIT_TRACEBACK", "1")
    assert isinstance(CliRunner().invoke(app, ["check", str(path)]).exception, RecursionError)


def test_colours_and_comments_are_said_to_be_left_out(filled: Parts) -> None:
    """Row C24: what is said by a colour or a comment alone is not read, and the first sheet says so."""
    assert b"Colours and comments" in filled["xl/worksheets/sheet1.xml"]


# rows of the catalogue that need more than one changed file, and the test that holds each
ELSEWHERE = {
    "F00": test_a_fault_of_our_own_is_said_without_a_traceback,
    "F11": test_preflight.test_strict_open_xml_is_read_like_any_other,
    "F12": test_preflight.test_macros_are_noted_and_ignored,
    "F22": test_saving.test_an_open_target_is_left_alone,
    "F23": test_versions.test_a_template_of_version_1_is_read_and_said_to_be_one,
    "F24": test_versions.test_other_versions_are_named,
    "F25": test_preflight.test_other_workbooks_are_not_read_as_templates,
    "F26": test_preflight.test_other_workbooks_are_not_read_as_templates,
    "F28": test_preflight.test_connections_are_noted_and_not_followed,
    "S23": test_reader.test_an_example_left_among_the_entries_is_noted,
    "S25": test_intake.test_headings_down_a_column_are_named,
    "C22": test_annotate.test_text_in_the_list_is_never_a_formula,
    "C24": test_colours_and_comments_are_said_to_be_left_out,
    "D13": test_rules.test_strays_and_gaps_are_told_apart,
    "V10": test_intake.test_a_short_history_is_noted,
}


def _rows_of_the_reference() -> set[str]:
    """Numbers of the catalogue's rows; "D11\u201313" is three of them."""
    text = REFERENCE.read_text(encoding="utf-8").partition("## 3.")[2].partition("### 3b")[0]
    rows = set()
    for letter, first, last in re.findall(r"^\| ([FSCDV])(\d\d)(?:\u2013(\d\d))? \|", text, re.MULTILINE):
        rows |= {f"{letter}{n:02d}" for n in range(int(first), int(last or first) + 1)}
    return rows


@pytest.mark.skipif(not REFERENCE.exists(), reason="the catalogue is not part of the project")
def test_every_row_of_the_catalogue_has_a_case() -> None:
    """No row is without a test, and no case names a row that is not there."""
    rows = _rows_of_the_reference()
    assert len(rows) > 100
    tested = {c.number for c in ALL} | {f[0] for f in test_preflight.FILES} | set(ELSEWHERE)
    assert rows - tested == set()
    assert tested - rows == {"C27", "C30", "C33", "C34"} & tested  # cases beyond the catalogue


def test_there_are_more_cases_than_the_catalogue_counts() -> None:
    """Each row has at least one case, and those with several samples have several."""
    assert len(ALL) + len(test_preflight.FILES) > 200


def test_a_missing_column_is_one_problem(filled: Parts, tmp_path: Path) -> None:
    """While a column is missing, rows that only it tells apart are not called doubles of each other."""
    parts = dict(filled)
    area, value = at("Outcome data", "Area", 7), at("Outcome data", "Value", 7)
    put(parts, "Outcome data", area, None)
    put(parts, "Outcome data", value, "Loads")
    path = tmp_path / "case.xlsx"
    path.write_bytes(packed(parts))
    stopping = check_files([path]).stopping
    assert {i.code for i in stopping} == {"S11"}, [i.sentence for i in stopping]


def _text_twice(parts: Parts) -> None:
    swap(parts, "Outcome data", "<t>Northfield</t></is>", "<t>Northfield</t><t>Northfield</t></is>")


def _figure_outside(parts: Parts) -> None:
    swap(parts, "Outcome data", "<v>12</v>", "")
    swap(parts, "Outcome data", "<cols>", "<cols><v>12</v>")


@pytest.mark.parametrize("change", [_text_twice, _figure_outside])
def test_damage_that_would_be_misread_is_named(filled: Parts, tmp_path: Path, change: Change) -> None:
    """A text twice in a cell and a figure outside its cell are damage, not another reading."""
    parts = dict(filled)
    change(parts)
    path = tmp_path / "case.xlsx"
    path.write_bytes(packed(parts))
    assert [(i.code, i.sheet) for i in check_files([path]).issues] == [("F18", "Outcome data")]
