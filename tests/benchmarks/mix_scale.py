"""Time and memory of the joint model on a large panel, and how they grow.

``python -m tests.benchmarks.mix_scale`` prints the table of `docs/calibration-mix.md`.

1. Every size is run in a process of its own, so that its peak memory is its own; time is that of the whole
   call, not of the start of Python.
2. The threads of the algebra are those of the environment; the table says how many that were.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from evalkit import Estimate, decompose_contributions

LARGE = (12, 150, 156)
GROWTH = ((3, 160, 156), (3, 320, 156), (3, 640, 156), (3, 640, 312), (3, 1280, 312), (3, 1280, 624))
HEADS = (
    "campaigns",
    "areas",
    "weeks",
    "estimates",
    "effective size",
    "seconds",
    "of processor",
    "peak MB",
    "MB before",
)


def panel(campaigns: int, areas: int, weeks: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas of unequal size with common and own ups and downs; half of the campaigns area by area."""
    rng = np.random.default_rng([campaigns, areas, weeks, seed])
    days, t = pd.date_range("2021-01-04", periods=weeks, freq="7D"), np.arange(weeks)
    size = 200 * rng.lognormal(0, 0.6, areas)
    common = 1 + 0.1 * np.cos(2 * np.pi * t / 52.18 + 1) + np.cumsum(rng.normal(0, 0.004, weeks))
    y = size * (common[:, None] + rng.normal(0, 0.05, (weeks, areas)))
    rows = []
    names = [f"area {a:03d}" for a in range(areas)]
    for k in range(campaigns):
        dose = np.zeros((weeks, areas))
        for a in range(areas) if k % 2 else (slice(None),):
            for start in rng.integers(2, weeks - 8, 4):
                dose[start : start + int(rng.integers(2, 8)), a] = rng.gamma(4, 0.25)
        dose = dose * size
        left = np.zeros_like(dose)
        for i in range(weeks):
            left[i] = dose[i] + (0.5 * left[i - 1] if i else 0)
        y = y + left / left.sum() * 0.02 * size.sum() * weeks
        when, where = np.nonzero(dose)
        rows.append(
            pd.DataFrame(
                {
                    "period": days[when],
                    "campaign": f"campaign {k + 1:02d}",
                    "area": np.array(names)[where],
                    "dose": dose[when, where],
                }
            )
        )
    frame = pd.DataFrame({"period": np.repeat(days, areas), "area": names * weeks, "value": y.ravel()})
    return frame, pd.concat(rows)


def once(campaigns: int, areas: int, weeks: int) -> str:
    """One row: what was estimated, the seconds it took and the peak of resident memory."""
    frame, doses = panel(campaigns, areas, weeks)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, busy = time.perf_counter(), time.process_time()
    found = decompose_contributions(frame, doses=doses)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = sum(isinstance(found[c], Estimate) for c in found)
    size = "–" if found.effective_nodes is None else f"{found.effective_nodes:,.0f}"
    cells = campaigns, areas, weeks, own, size, f"{seconds:.1f}", f"{busy:.1f}"
    return f"| {' | '.join(map(str, cells))} | {peak:,.0f} | {before:,.0f} |"


def main(arguments: list[str]) -> None:
    """Every size in a fresh process, or the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs=3, metavar=("CAMPAIGNS", "AREAS", "WEEKS"))
    asked = parser.parse_args(arguments)
    if asked.size:
        sys.stdout.write(once(*asked.size) + "\n")
        return
    sys.stdout.write(f"Threads: {os.environ.get('OMP_NUM_THREADS', 'all')}.\n\n")
    sys.stdout.write("| " + " | ".join(HEADS) + " |\n|" + "--:|" * len(HEADS) + "\n")
    cells, seconds = [], []
    for size in (LARGE, *GROWTH):
        command = [sys.executable, "-m", "tests.benchmarks.mix_scale", "--size", *map(str, size)]
        row = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
        if size in GROWTH:
            cells.append(size[1] * size[2])
            seconds.append(float(row.split("|")[7]))  # of processor: other work disturbs it less
    slope = np.polyfit(np.log(cells), np.log(seconds), 1)[0]
    sys.stdout.write(f"\nSeconds of processor grow with the {slope:.2f}th power of periods × areas.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
