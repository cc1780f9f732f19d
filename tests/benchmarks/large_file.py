"""How long a check of very many figures takes, and how much memory.

``python -m tests.benchmarks.large_file --rows 200000`` writes such a template, checks it by the command line
and prints seconds and megabytes.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from evalkit.excel.addresses import letters
from evalkit.excel.template import write_template
from tests.parts import PART_OF, packed, unpacked
from tests.workbooks import small_programme

WEEKS, FIRST = 200, date(2021, 10, 4)
DAY_ZERO = date(1899, 12, 30)


def large(rows: int) -> bytes:
    """The small programme with weekly figures for very many areas."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, small_programme())
        parts = unpacked(path.read_bytes())
    part = parts[PART_OF["Outcome data"]].decode()
    day = re.search(r'<c r="A8" s="(\d+)"', part)
    assert day
    body = "".join(_rows(rows, day[1]))
    start, end = part.index('<row r="8"'), part.index("</sheetData>")
    parts[PART_OF["Outcome data"]] = (part[:start] + body + part[end:]).encode()
    return packed(parts)


def _rows(rows: int, style: str) -> Iterator[str]:
    names = ["Northfield", "Southfield", *(f"District {letters(n)}" for n in range(703, 703 + rows // WEEKS))]
    for i in range(rows):
        serial = (FIRST + timedelta(days=7 * (i % WEEKS)) - DAY_ZERO).days
        text = f'<c r="D{i + 8}" t="inlineStr"><is><t>{names[i // WEEKS]}</t></is></c>'
        blanks = "".join(f'<c r="{letter}{i + 8}" s="{style}"/>' for letter in "EFG")
        yield (
            f'<row r="{i + 8}"><c r="A{i + 8}" s="{style}"><v>{serial}</v></c>'
            f'<c r="B{i + 8}"><v>{10 + i * 7 % 23}</v></c>{text}{blanks}</row>'
        )


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        path.write_bytes(large(rows))
        began = time.perf_counter()
        run = subprocess.run([sys.executable, "-m", "evalkit", "check", str(path)], capture_output=True)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    cpu = used.ru_utime + used.ru_stime
    said = run.stdout.decode(errors="replace").splitlines()[:1]
    sys.stdout.write(f"{rows:,} rows: {seconds:.1f} s ({cpu:.1f} s of processor), {peak:.0f} MB. {said}\n")


if __name__ == "__main__":
    main()
