"""Processor time of an estimate beside statsmodels SARIMAX(1, 0, 0) with a step, on the same series.

``python -m tests.benchmarks.series_speed --series 100`` prints the median over simulated series of 60 to 160
points, then the time by length.

1. Each estimate is paired with a SARIMAX fit right after it, so that a busy machine slows both.
2. SARIMAX has the step, slope and two waves as regressors (`peers.sarimax`), and the step alone ("bare").
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from tests.benchmarks.peers import sarimax
from tests.benchmarks.peers import series as columns
from tests.benchmarks.problems import STRATA, Problem, problem

LONGEST = 160


def series(step: str, n: int, after: int) -> tuple[pd.DataFrame, date]:
    """A level with a slow wave and noise, n periods, the last `after` of them after the start."""
    days = pd.date_range("2010-01-04", periods=n, freq=step).date
    value = 200 + 10 * np.sin(np.arange(n) / 8) + np.random.default_rng(n).normal(0, 8, n)
    return pd.DataFrame({"period": days, "area": "here", "value": value}), days[n - after]


def seconds(frame: pd.DataFrame, start: date) -> float:
    """Processor time of one estimate."""
    began = time.process_time()
    found = estimate_contribution(frame, treated="here", start=start)
    took = time.process_time() - began
    assert isinstance(found, Estimate)
    return took


def bare(one: Problem) -> None:
    """SARIMAX(1, 0, 0) with a constant and the step, and nothing else."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # noqa: PLC0415

    y, _, after = columns(one)
    SARIMAX(y, after.astype(float), order=(1, 0, 0), trend="c").fit(disp=False)


def ours(one: Problem) -> None:
    """The public door with nothing set."""
    estimate_contribution(one.frame, treated=one.treated, start=one.start, outcome_kind=one.kind)


def timed(run: Callable[[Problem], object], one: Problem) -> float:
    """Processor time of one fit."""
    began = time.process_time()
    run(one)
    return time.process_time() - began


def main(arguments: list[str]) -> None:
    """Print the medians and the time by length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=100)
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    pool = (problem(s, r) for r in range(10**6) for s in STRATA)
    found: list[tuple[float, float, float]] = []
    for one in pool:
        if one.frame["area"].nunique() > 1 or len(one.frame) > LONGEST:
            continue
        found.append((timed(ours, one), timed(sarimax, one), timed(bare, one)))
        if len(found) > asked.series:
            break
    medians = [
        statistics.median(column) for column in zip(*found[1:], strict=True)
    ]  # the first loads modules
    names = ("evalkit", "SARIMAX(1,0,0), step, slope and waves", "SARIMAX(1,0,0), step alone")
    for name, median in zip(names, medians, strict=True):
        sys.stdout.write(f"{name}: median {median:.3f} s of processor time over {asked.series} series\n")
    for step, n in (("D", 365), ("D", 730), ("W-MON", 260), ("W-MON", 520), ("W-MON", 1040)):
        best = min(seconds(*series(step, n, 60)) for _ in range(3))
        sys.stdout.write(f"{n} periods ({step}): {best:.3f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
