"""Writing files: whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalkit.errors import OutputError
from evalkit.excel.template import write_template
from evalkit.saving import replace_file

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
