"""How long `evalkit check` takes beside the import of the three libraries that a rival would load.

``python -m tests.benchmarks.check_speed --runs 15`` prints a row for each shipped example; files named on the
command line are measured instead.

1. Each check is paired with an import run right before it, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
BASELINE = ("-c", "import pandas, openpyxl, pydantic")


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over the runs: seconds of the import, of the check, and of their ratio."""

    baseline: float
    check: float
    ratio: float


def measured(path: Path, runs: int) -> Speed:
    """Time the import and the check of one file, turn and turn about."""
    pairs = [(_seconds(BASELINE), _seconds(("-m", "evalkit", "check", str(path)))) for _ in range(runs)]
    return Speed(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(b / a for a, b in pairs),
    )


def _seconds(arguments: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    sys.stdout.write("| File | Import (s) | Check (s) | Ratio |\n| --- | ---: | ---: | ---: |\n")
    for path in options.files or sorted(EXAMPLES.glob("*/template.xlsx")):
        speed = measured(path, options.runs)
        name = f"{path.parent.name}/{path.name}"
        sys.stdout.write(f"| {name} | {speed.baseline:.2f} | {speed.check:.2f} | {speed.ratio:.2f} |\n")


if __name__ == "__main__":
    main()
