"""The command line as it is typed: what it prints, what it writes, how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from evalkit.cli import app
from evalkit.excel.sheets import SHEETS

resource = pytest.importorskip("resource", reason="processor times of children need a Unix system")

COMMANDS = ("template", "check", "plan", "evaluate", "review", "inspect", "schema", "demo")


def run(*words: object) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(w) for w in words])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Basic example as a filled-in template."""
    path = tmp_path_factory.mktemp("filled") / "campaign.xlsx"
    assert run("template", path, "--example", "cannot-tell").exit_code == 0
    return path


def spoilt(filled: Path, folder: Path) -> tuple[Path, str]:
    """A copy with a nonsense amount on the Inputs sheet, and that cell's address."""
    book = openpyxl.load_workbook(filled)
    sheet = book["Inputs"]
    table = next(iter(sheet.tables.values()))
    header = {str(c.value): c for c in sheet[table.ref][0]}
    column = next(c for title, c in header.items() if title.startswith("Amount"))
    cell = sheet.cell(column.row + 1, column.column)
    cell.value = "about a grand"
    path = folder / "spoilt.xlsx"
    book.save(path)
    return path, cell.coordinate


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """--help exits 0 and says what the command is for."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout) > 100


def test_evaluate_writes_pack_text_and_json(filled: Path, tmp_path: Path) -> None:
    """One command from template to pack, with the answer printed."""
    pack, document = tmp_path / "pack.xlsx", tmp_path / "evaluation.json"
    result = run("evaluate", filled, "--out", pack, "--json", document)
    assert result.exit_code == 0, result.output
    assert "Cannot tell" in result.stdout
    assert pack.stat().st_size > 10_000
    assert "Cannot tell" in pack.with_suffix(".txt").read_text(encoding="utf-8")
    assert (
        json.loads(document.read_text(encoding="utf-8"))["findings"][0]["verdict"]["claim"] == "cannot tell"
    )


def test_what_check_refuses_evaluate_refuses_and_writes_nothing(filled: Path, tmp_path: Path) -> None:
    """Both exit 1 and name the cell; no file appears."""
    path, cell = spoilt(filled, tmp_path)
    before = sorted(tmp_path.iterdir())
    checked = run("check", path)
    refused = run("evaluate", path, "--out", tmp_path / "pack.xlsx", "--json", tmp_path / "out.json")
    assert (checked.exit_code, refused.exit_code) == (1, 1)
    assert f"Inputs!{cell}" in checked.stdout
    assert f"Inputs!{cell}" in refused.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_check_json_is_for_machines(filled: Path, tmp_path: Path) -> None:
    """The issues with their parts, and what was read; exit 0 without errors, 1 with."""
    clean = run("check", filled, "--json")
    assert clean.exit_code == 0
    found = json.loads(clean.stdout)
    assert [i for i in found["issues"] if i["severity"] != "note"] == []
    assert found["read"]["series"][0]["frequency"] == "monthly"
    path, cell = spoilt(filled, tmp_path)
    dirty = run("check", path, "--json")
    (issue,) = [i for i in json.loads(dirty.stdout)["issues"] if i["severity"] == "error"]
    assert (issue["sheet"], issue["cell"]) == ("Inputs", cell)
    assert set(issue) == {"code", "severity", "sheet", "cell", "heading", "found", "expected", "fix"}
    assert dirty.exit_code == 1


def test_annotate_writes_a_marked_copy(filled: Path, tmp_path: Path) -> None:
    """The faulty cell carries a comment with the fix; the original is untouched."""
    path, cell = spoilt(filled, tmp_path)
    before = path.read_bytes()
    marked = tmp_path / "marked.xlsx"
    assert run("check", path, "--annotate", marked).exit_code == 1
    comment = openpyxl.load_workbook(marked)["Inputs"][cell].comment
    assert comment is not None
    assert "about a grand" in comment.text
    assert path.read_bytes() == before


def test_plan_says_what_is_compared_with_what(filled: Path) -> None:
    """The design in words, before the answer."""
    result = run("plan", filled)
    assert result.exit_code == 0
    assert "Design: single series." in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("template", "out.docx"),
        ("template", "out.xlsx", "--example", "nothing-like-it"),
        ("evaluate", "in.xlsx", "--out", "in.xlsx"),
        ("evaluate", "in.xlsx"),
        ("check",),
        ("no-such-command",),
    ],
)
def test_wrong_usage_exits_2_without_a_traceback(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what to change."""
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["absent.xlsx", "folder", "empty.xlsx"])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    """Missing, a folder, empty: exit 1, the name, no traceback."""
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name == "empty.xlsx":
        path.touch()
    for command in (("check", path), ("evaluate", path, "--out", tmp_path / "pack.xlsx")):
        result = run(*command)
        assert result.exit_code == 1, result.output
        assert name in result.output
        assert "Traceback" not in result.output


def test_an_output_that_cannot_be_written_is_told(filled: Path, tmp_path: Path) -> None:
    """A folder that is not there: a message, exit 1, nothing left behind."""
    result = run("evaluate", filled, "--out", tmp_path / "nowhere" / "pack.xlsx")
    assert result.exit_code == 1
    assert "pack.xlsx could not be written" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_blank_template_asks_to_be_filled_in(tmp_path: Path) -> None:
    """A template nobody filled in is refused, sheet by sheet."""
    path = tmp_path / "blank.xlsx"
    assert run("template", path).exit_code == 0
    result = run("check", path)
    assert result.exit_code == 1
    for sheet in SHEETS:
        assert (f"{sheet.name}" in result.stdout) or not sheet.basic


def test_check_is_nearly_as_quick_as_importing_its_libraries(filled: Path) -> None:
    """At most 1.5 times the processor time of importing pandas, openpyxl and pydantic; least of five each."""

    def least(*words: str) -> float:
        spent = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, *words],
                check=True,
                capture_output=True,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        return min(spent)

    baseline = least("-c", "import pandas, openpyxl, pydantic")
    assert least("-m", "evalkit", "check", str(filled)) <= 1.5 * baseline


def test_a_reader_who_has_seen_enough_is_no_fault(filled: Path) -> None:
    """A pipe that is closed at the other end (`evalkit check ... | head`) ends the command without a word."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "evalkit", "check", str(filled)],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 1
