"""Writing files: whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import evalkit
import tests.evaluations as made
from evalkit.cli import app
from evalkit.errors import Issue, OutputError
from evalkit.evaluation import Evaluation
from evalkit.excel.annotate import annotate
from evalkit.excel.pack import write_pack, write_publication
from evalkit.excel.reader import check_files
from evalkit.excel.review import write_review
from evalkit.excel.template import write_template
from evalkit.saved import evaluation_json
from evalkit.saving import replace_file
from tests.workbooks import small_programme

WRITER = """
import sys
from evalkit.saving import replace_file
a, b = (letter * 3_000_000 for letter in (b"a", b"b"))
sys.stdout.write("ready")
sys.stdout.flush()
while True:
    replace_file(sys.argv[1], a)
    replace_file(sys.argv[1], b)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no signal that cannot be caught")
@pytest.mark.parametrize("moment", [0.0, 0.003, 0.011, 0.02, 0.05, 0.11])
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path, moment: float) -> None:
    """Killed at any moment, the old file or the whole new one is there."""
    target = tmp_path / "pack.xlsx"
    target.write_bytes(b"old")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.read(5)
        time.sleep(moment)
        writer.send_signal(signal.SIGKILL)
    assert target.read_bytes() in (b"old", b"a" * 3_000_000, b"b" * 3_000_000)


def test_what_is_left_of_a_killed_writer_is_no_hindrance(tmp_path: Path) -> None:
    """A half-written file beside the target, even of the same number, does not stop the next one."""
    target = tmp_path / "pack.xlsx"
    (tmp_path / f".pack.xlsx.{os.getpid()}.part").write_bytes(b"half")
    replace_file(target, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["pack.xlsx"]
    assert target.read_bytes() == b"new"


def test_an_old_half_written_file_is_cleared_away(tmp_path: Path) -> None:
    """What another run is writing just now stays; what one left an hour ago goes."""
    fresh, stale, other = (tmp_path / n for n in (".pack.xlsx.1.part", ".pack.xlsx.2.part", ".b.xlsx.2.part"))
    for path in (fresh, stale, other):
        path.write_bytes(b"half")
    for path in (stale, other):
        os.utime(path, (1.7e9, 1.7e9))
    replace_file(tmp_path / "pack.xlsx", b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".b.xlsx.2.part", ".pack.xlsx.1.part", "pack.xlsx"]


def test_who_may_change_a_file_stays(tmp_path: Path) -> None:
    """A file that a whole team may change is still theirs once replaced."""
    target = tmp_path / "pack.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o664)
    replace_file(target, b"new")
    assert target.stat().st_mode & 0o777 == 0o664


def _writers(folder: Path, faulty: Path, issues: Sequence[Issue]) -> dict[str, Callable[[bool], object]]:
    """Every kind of file that is written, each with two contents in turn."""
    falls, rises = made.evaluation(made.estimate(made.FALL)), made.evaluation(made.estimate(made.RISE))
    programmes = (None, small_programme())

    def one(which: bool) -> Evaluation:
        return falls if which else rises

    return {
        "pack.xlsx": lambda which: write_pack(one(which), folder / "pack.xlsx"),
        "publication.xlsx": lambda which: write_publication(one(which), folder / "publication.xlsx"),
        "review.xlsx": lambda which: write_review([one(which)], folder / "review.xlsx"),
        "template.xlsx": lambda which: write_template(folder / "template.xlsx", programmes[which]),
        "marked.xlsx": lambda which: annotate(faulty, folder / "marked.xlsx", issues[: 1 + which]),
        "evaluation.json": lambda which: replace_file(
            folder / "evaluation.json", evaluation_json(one(which)).encode()
        ),
    }


@pytest.fixture
def faulty(tmp_path: Path) -> tuple[Path, tuple[Issue, ...]]:
    """A template with two faults, and what is said about them."""
    path = tmp_path / "faulty.xlsx"
    write_template(path, small_programme())
    workbook = load_workbook(path)
    workbook["Inputs"]["A8"], workbook["Inputs"]["B9"] = "Medai", "12k"
    workbook.save(path)
    return path, check_files([path]).details


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a running program")
def test_killed_at_any_moment_every_writer_leaves_a_whole_file(
    tmp_path: Path, faulty: tuple[Path, tuple[Issue, ...]]
) -> None:
    """Old or new, whole, for each kind of file; what is left beside it does not hinder the next run."""
    rng = random.Random(12)
    whole: dict[str, set[bytes]] = {}
    for which in (True, False):
        folder = tmp_path / f"{which}"
        folder.mkdir()
        for name, write in _writers(folder, *faulty).items():
            write(which)
            whole.setdefault(name, {b"old"}).add((folder / name).read_bytes())
    folder = tmp_path / "killed"
    folder.mkdir()
    writers = _writers(folder, *faulty)
    reached = set()
    for name, write in writers.items():
        for step in (*STEPS, rng.uniform(0, 0.3), rng.uniform(0, 0.3)):
            (folder / name).write_bytes(b"old")
            _killed(write, step)
            content = (folder / name).read_bytes()
            assert content in whole[name], (name, step)
            reached.add((step, content == b"old"))
        write(True)
        assert (folder / name).read_bytes() in whole[name] - {b"old"}
    assert {("open", True), ("fsync", True), ("replace", False)} <= reached


STEPS = ("open", "fsync", "replace")


def _killed(write: Callable[[bool], object], moment: str | float) -> None:
    """Run a writer in a copy of this program, killed when a file is opened, complete, or in place."""
    child = os.fork()
    if child == 0:
        try:
            if isinstance(moment, str):
                _kill_itself(moment)
            for n in range(100):
                write(n % 2 == 0)
        finally:
            os._exit(3)
    if isinstance(moment, float):
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer came to an end before it was killed"


def _kill_itself(moment: str) -> None:
    """Have this process killed at a step of writing a file."""
    place, name = (Path, moment) if moment in ("open", "replace") else (os, moment)
    step = getattr(place, name)

    def then_die(*args: object, **options: object) -> object:
        if moment == "open" and "wb" not in args:
            return step(*args, **options)
        done = step(*args, **options)
        if moment == "open":
            done.write(b"half")
            done.flush()
        os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(place, name, then_die)


def test_a_pack_that_could_not_be_written_is_not_worked_out(tmp_path: Path) -> None:
    """The command looks at its targets before it estimates anything, and says what to do."""
    filled, out = tmp_path / "filled.xlsx", tmp_path / "pack.xlsx"
    write_template(filled, small_programme())
    (tmp_path / "~$pack.xlsx").write_bytes(b"")
    out.write_bytes(b"old")
    result = CliRunner().invoke(app, ["evaluate", str(filled), "--out", str(out)])
    assert result.exit_code == 1
    assert "pack-2.xlsx" in result.stderr
    missing = CliRunner().invoke(
        app, ["evaluate", str(filled), "--out", str(tmp_path / "none" / "pack.xlsx")]
    )
    assert "there is no folder none" in missing.stderr
    assert out.read_bytes() == b"old"


def test_only_one_module_writes() -> None:
    """Nothing else opens a file for writing or moves one, so that nothing is ever written half."""
    ways = (
        r"\.write_(bytes|text)\(",
        r"open\([^)]*[\"'][wax]",
        r"\.to_(csv|excel)\(",
        r"shutil\.(copy|move)",
    )
    wanted = re.compile("|".join(ways))
    for path in Path(evalkit.__file__).parent.rglob("*.py"):
        if path.name != "saving.py":
            assert not wanted.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("lock", ["~$pack.xlsx", ".~lock.pack.xlsx#"])
def test_an_open_target_is_left_alone(tmp_path: Path, lock: str) -> None:
    """Where Excel or LibreOffice has the target open, it stays as it is and another name is offered."""
    target = tmp_path / "pack.xlsx"
    target.write_bytes(b"old")
    (tmp_path / "pack-2.xlsx").write_bytes(b"another")
    (tmp_path / lock).write_bytes(b"")
    with pytest.raises(OutputError, match=r"open in another program.*pack-3\.xlsx"):
        write_template(target)
    assert target.read_bytes() == b"old"


def test_a_read_only_target_is_left_alone(tmp_path: Path) -> None:
    """A file that may not be changed is not replaced behind its owner's back."""
    target = tmp_path / "pack.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(OutputError, match=r"read-only.*pack-2\.xlsx"):
        replace_file(target, b"new")
    assert target.read_bytes() == b"old"


def test_a_folder_is_not_a_target(tmp_path: Path) -> None:
    """A folder of that name is said to be one."""
    (tmp_path / "pack.xlsx").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        replace_file(tmp_path / "pack.xlsx", b"new")
