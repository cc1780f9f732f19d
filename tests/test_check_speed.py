"""A check stays quick: it loads little, and takes no longer than importing what a rival would load."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.check_speed import EXAMPLES, measured

LARGEST = EXAMPLES / "recycling" / "template.xlsx"
LIMIT = 1.5
HEAVY = ("numpy", "pandas", "scipy", "statsmodels", "openpyxl")


def test_a_check_loads_neither_statistics_nor_the_workbook_library() -> None:
    """What only an evaluation needs is not loaded to list what is wrong with a template."""
    program = (
        "import sys\n"
        "from evalkit.excel.reader import check_files\n"
        f"assert check_files([{str(LARGEST)!r}]).programme\n"
        f"sys.stdout.write(' '.join(set({HEAVY!r}) & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout == ""


def test_the_largest_example_is_checked_in_time() -> None:
    """The limit of the documented measurement holds; `python -m tests.benchmarks.check_speed` gives all."""
    assert measured(LARGEST, runs=3).ratio <= LIMIT
