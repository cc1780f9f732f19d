"""Other languages and alphabets of the computer: the same words, the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalkit.excel.template import write_template
from tests.workbooks import small_campaign, small_outcome, small_programme

# a comma before decimals; an i without a dot; no language at all
LOCALES = ("tr_TR.UTF-8", "de_DE.UTF-8", "C")


def _run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python in a folder, in a process of its own."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        capture_output=True,
        check=False,
    )


def _installed(name: str) -> bool:
    """Whether the system knows a locale."""
    test = f"import locale; locale.setlocale(locale.LC_ALL, {name!r})"
    return subprocess.run([sys.executable, "-c", test], capture_output=True, check=False).returncode == 0


COMMANDS = """
import sys
from evalkit.cli import app
for words in (
    ["check", "filled.xlsx"],
    ["evaluate", "filled.xlsx", "--out", "pack.xlsx", "--json", "e.json", "--publication", "copy.xlsx"],
    ["template", "blank.xlsx"],
):
    app(words, standalone_mode=False)
"""


def _outputs(folder: Path, language: str) -> dict[str, bytes]:
    """Everything that check, evaluate and template print and write."""
    folder.mkdir()
    write_template(folder / "filled.xlsx", small_programme())
    done = _run(folder, "-c", COMMANDS, LC_ALL=language, LANG=language)
    assert done.returncode == 0, done.stderr
    return {"said": done.stdout, **{p.name: p.read_bytes() for p in folder.iterdir()}}


@pytest.mark.slow
def test_every_locale_gives_the_same_bytes(tmp_path: Path) -> None:
    """No number, date or capital letter depends on the language of the computer."""
    here = [name for name in LOCALES if _installed(name)]
    if len(here) < 2:
        pytest.skip("no other locale is installed")
    first, *others = (_outputs(tmp_path / name, name) for name in here)
    assert set(first) == {"said", "filled.xlsx", "pack.xlsx", "pack.txt", "e.json", "copy.xlsx", "blank.xlsx"}
    assert all(other == first for other in others)


@pytest.mark.parametrize("alphabet", ["latin-1", "cp1252"])
def test_a_terminal_without_the_letters_is_no_obstacle(tmp_path: Path, alphabet: str) -> None:
    """What it cannot show is a question mark; what programs read is spelt in full."""
    name = "\u0126al \u2265 3"
    path = tmp_path / f"{name}.xlsx"
    write_template(
        path,
        small_programme(outcomes=(small_outcome(name=name),), campaigns=(small_campaign(objectives=()),)),
    )
    check = ("-m", "evalkit.cli", "check")
    plain = _run(tmp_path, *check, path.name, PYTHONIOENCODING=alphabet)
    assert plain.returncode == 0, plain.stderr
    assert b"?al ? 3" in plain.stdout
    told = _run(tmp_path, *check, path.name, "--json", PYTHONIOENCODING=alphabet)
    assert json.loads(told.stdout)["read"]["series"][0]["outcome"] == name
