"""Coverage, interval score and speed of the series engine beside installable peers.

``python -m tests.benchmarks.calibration --reps 400 --jobs 2`` prints the tables of `docs/calibration.md`.

1. Everything is drawn by `evalkit.simulate` from the ranges in `problems.py`; the same command gives the same
   tables but for the seconds.
2. A peer that is not installed is left out; a refusal or a failed fit is counted ("none") and takes no part
   in the coverage.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from tests.benchmarks.peers import answer, available
from tests.benchmarks.problems import STRATA, problem

MISS = 40.0  # the interval score of a 95% interval charges a miss 2 / 0.05 times its distance
HEADS = ("", "n", "none", "coverage", "bias", "width", "score", "false alarms", "seconds")


def say(line: str) -> None:
    """Write a line at once, so that a long run can be watched."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def scores(job: tuple[str, int, list[str]]) -> list[tuple[float, ...]]:
    """One problem by every contestant: covered, error, width, score, alarm (NaN unless null), seconds."""
    stratum, replication, names = job
    one = problem(stratum, replication)
    rows = []
    for name in names:
        began = time.perf_counter()
        found = answer(name, one)
        took = time.perf_counter() - began
        if found is None or not np.isfinite(found).all():
            rows.append((np.nan,) * 5 + (took,))
            continue
        point, low, high = found
        miss = max(low - one.truth, 0.0) + max(one.truth - high, 0.0)
        alarm = float(not low <= 0 <= high) if one.null else np.nan
        parts = (point - one.truth, high - low, high - low + MISS * miss)
        rows.append((float(miss == 0), *(p / one.unit for p in parts), alarm, took))
    return rows


def table(title: str, names: list[str], found: np.ndarray) -> dict[str, float]:
    """Print one stratum, found being (replications, contestants, 6); the mean scores come back."""
    say(f"\n### {title}\n")
    say("| " + " | ".join(HEADS) + " |")
    say("|---|" + "--:|" * (len(HEADS) - 1))
    for j, name in enumerate(names):
        rows = found[:, j]
        given = rows[np.isfinite(rows[:, 0])]
        if not len(given):
            continue
        covered, bias, width, score = given[:, :4].mean(axis=0)
        alarm = np.nanmean(given[:, 4])
        say(
            f"| {name} | {len(rows)} | {len(rows) - len(given)} | {covered:.3f} | {bias:+.2f} | {width:.2f} "
            f"| {score:.2f} | {alarm:.3f} | {np.median(rows[:, 5]):.3f} |",
        )
    both = found[np.isfinite(found[:, :, 3]).all(axis=1)]  # scores are compared on the same problems
    return dict(zip(names, both[:, :, 3].mean(axis=0), strict=True))


def main(arguments: list[str]) -> None:
    """Run the strata asked for and print a table each, then the score ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=list(STRATA), choices=list(STRATA))
    parser.add_argument("--without", nargs="*", default=[], help="contestants to leave out")
    asked = parser.parse_args(arguments)
    names = [n for n in available() if n not in asked.without]
    ratios: dict[str, list[float]] = {n: [] for n in names}
    with ProcessPoolExecutor(asked.jobs) as pool:
        for stratum in asked.only:
            jobs = [(stratum, r, names) for r in range(asked.reps)]
            found = np.array(list(pool.map(scores, jobs, chunksize=4)))
            means = table(stratum, names, found)
            for name, score in means.items():
                ratios[name].append(np.log(means["evalkit"] / score))
    error = np.sqrt(0.95 * 0.05 / asked.reps)
    say(f"\n{asked.reps} replications a table: binomial standard error {error:.3f} at a coverage of .95.\n")
    for name in names[1:]:
        say(f"Interval score of evalkit over {name}, geometric mean: {np.exp(np.mean(ratios[name])):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
