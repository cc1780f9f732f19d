"""Coverage, interval score and speed of the joint model of several campaigns, on parameters drawn at random.

``python -m tests.benchmarks.mix --reps 100`` prints the tables of `docs/calibration-mix.md`.

1. Every problem draws its own parameters from the ranges written here; nothing is tuned to one of them.
2. The peer is statsmodels' SARIMAX(1,0,0) on doses with a fixed carry-over of one half, as tutorials do it.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.sarimax import SARIMAX

from evalkit import Estimate, decompose_contributions

MISS = 40.0  # what a 95% interval's score charges for a miss, times its distance
HEADS = (
    *("", "campaigns", "refused", "coverage", "joint coverage", "width", "score"),
    *("peer score", "peer coverage", "false alarms", "seconds"),
)
STRATA: dict[str, dict[str, object]] = {
    "two or three campaigns": {},
    "little noise": {"sd": (0.01, 0.02)},
    "persistent noise": {"phi": (0.6, 0.9)},
    "strong overlap": {"overlap": (0.9, 1.0)},
    "one and a half years": {"n": (78, 79)},
    "one dose for two": {"twin": True},
    "several areas": {"areas": (3, 12)},
}


@dataclass(frozen=True)
class Problem:
    """A drawn outcome with what each campaign brought."""

    frame: pd.DataFrame
    doses: pd.DataFrame
    truth: dict[str, float]
    scale: dict[str, float]


def draw(stratum: str, seed: int) -> Problem:
    """Weekly figures about 200 an area; the last campaign of every other problem has no effect."""
    rng = np.random.default_rng([list(STRATA).index(stratum), seed])
    given = STRATA[stratum]

    def between(name: str, low: float, high: float) -> float:
        a, b = given.get(name, (low, high))  # type: ignore[misc]
        return float(rng.uniform(a, b))

    n, areas = int(between("n", 104, 209)), int(between("areas", 1, 1.5))
    sd, phi, overlap = between("sd", 0.02, 0.08), between("phi", 0.0, 0.8), between("overlap", 0.0, 0.9)
    t, days = np.arange(n), pd.date_range("2021-01-04", periods=n, freq="7D")
    size = 200 * rng.lognormal(0, 0.6, areas) if areas > 1 else np.array([200.0])
    wave = rng.uniform(0, 0.2) * np.cos(2 * np.pi * t / 52.18 - rng.uniform(0, 6))
    common = 1 + wave + rng.uniform(-0.05, 0.1) * t / 52 + moves(rng, n, phi, sd if areas == 1 else sd / 2)
    own = np.stack([moves(rng, n, phi, sd) for _ in range(areas)], axis=1) if areas > 1 else np.zeros((n, 1))
    y = size * (common[:, None] + own)
    rows: list[tuple[object, ...]] = []
    truth, scale, begins = {}, {}, []
    last, kept, bent = np.zeros((n, areas)), 0.5, np.inf
    K = 2 if given.get("twin") else int(rng.integers(2, 4))
    for k in range(K):
        name, dose = f"c{k + 1}", np.zeros((n, areas))
        if given.get("twin") and k == 1:
            dose, keep, bend = last * 3, kept, bent
        else:
            for a in range(areas):
                for b in range(int(rng.integers(2, 7)) if areas == 1 else 3):
                    again = k > 0 and rng.random() < overlap and b < len(begins)
                    s = begins[b] + int(rng.integers(-1, 3)) if again else int(rng.integers(4, n - 10))
                    begins = [*begins, s] if k == 0 else begins
                    m = int(rng.integers(2, 9))
                    dose[max(s, 0) : s + m, a] += (
                        rng.gamma(4, 0.25, dose[max(s, 0) : s + m, a].size) * size[a]
                    )
            keep, bend = rng.uniform(0, 0.9), rng.choice([np.inf, 3.0, 1.0, 0.5])
        last, kept, bent = dose, keep, bend
        left = dose.copy()
        for i in range(1, n):
            left[i] += keep * left[i - 1]
        x = left / size
        moved = (x if np.isinf(bend) else x / (x + bend * x[x > 0].mean())) * size
        share = float(rng.uniform(0.01, 0.08))
        scale[name] = share * float(size.sum()) * n
        truth[name] = 0.0 if k == K - 1 and seed % 2 else scale[name]
        y = y + moved / moved.sum() * truth[name]
        rows += [(days[i], name, f"a{a}", dose[i, a]) for i, a in zip(*np.nonzero(dose), strict=True)]
    names = [f"a{a}" for a in range(areas)]
    frame = pd.DataFrame({"period": np.repeat(days, areas), "area": names * n, "value": y.ravel()})
    return Problem(frame, pd.DataFrame(rows, columns=["period", "campaign", "area", "dose"]), truth, scale)


def moves(rng: np.random.Generator, n: int, phi: float, sd: float) -> np.ndarray:
    """First-order autoregression with a given standard deviation."""
    steps, out = rng.normal(0, sd * np.sqrt(1 - phi**2), n), np.zeros(n)
    out[0] = rng.normal(0, sd)
    for i in range(1, n):
        out[i] = phi * out[i - 1] + steps[i]
    return out


def peer(problem: Problem) -> dict[str, tuple[float, float, float]]:
    """Total of each campaign by SARIMAX on the sum of the areas."""
    y = problem.frame.groupby("period")["value"].sum()
    t, columns = np.arange(len(y)), {}
    for name in problem.truth:
        own = problem.doses[problem.doses["campaign"] == name].groupby("period")["dose"].sum()
        left = own.reindex(y.index, fill_value=0.0).to_numpy(copy=True)
        for i in range(1, left.size):
            left[i] += 0.5 * left[i - 1]
        columns[name] = left / left.mean()
    waves = [f(2 * np.pi * k * t / 52.18) for k in (1, 2) for f in (np.cos, np.sin)]
    X = np.column_stack([*columns.values(), np.ones(t.size), t / 52, *waves])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = SARIMAX(y.to_numpy(), exog=X, order=(1, 0, 0)).fit(disp=False)
    out = {}
    for j, name in enumerate(columns):
        b, s = fit.params[j] * t.size, fit.bse[j] * t.size
        out[name] = (b, b - 1.96 * s, b + 1.96 * s)
    return out


def score(low: float, high: float, truth: float, scale: float) -> float:
    """Interval score of a 95% interval (Gneiting and Raftery 2007), in multiples of the contribution."""
    return (high - low + MISS * (max(low - truth, 0) + max(truth - high, 0))) / scale


def main(arguments: list[str]) -> None:
    """Run the strata and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=100)
    parser.add_argument("--only", nargs="*", default=list(STRATA), choices=list(STRATA))
    asked = parser.parse_args(arguments)
    sys.stdout.write("| " + " | ".join(HEADS) + " |\n|---|" + "--:|" * (len(HEADS) - 1) + "\n")
    for stratum in asked.only:
        sys.stdout.write(row(stratum, asked.reps) + "\n")
        sys.stdout.flush()


def row(stratum: str, reps: int) -> str:
    """One line of the table."""
    own, joint, alarms, refused, seconds, theirs = [], [], [], 0, [], []
    for seed in range(reps):
        problem = draw(stratum, seed)
        began = time.process_time()
        found = decompose_contributions(problem.frame, doses=problem.doses)
        seconds.append(time.process_time() - began)
        other = peer(problem)
        for names, estimate in found.joint.items():
            joint.append(estimate.total.covers(sum(problem.truth[c] for c in names)))
        for name, truth in problem.truth.items():
            one, scale = found[name], problem.scale[name]
            if not isinstance(one, Estimate):
                refused += 1
                continue
            total = one.total
            own.append((total.covers(truth), total.width / scale, score(total.low, total.high, truth, scale)))
            _, low, high = other[name]
            theirs.append((low <= truth <= high, score(low, high, truth, scale)))
            if truth == 0:
                alarms.append(not total.covers(0.0))
    if not own:
        return (
            f"| {stratum} | {refused} | {refused} | – | {np.mean(joint):.3f} |"
            + " – |" * 5
            + f" {np.median(seconds):.2f} |"
        )
    a, b = np.array(own, dtype=float).mean(axis=0), np.array(theirs, dtype=float).mean(axis=0)
    alarm = f"{np.mean(alarms):.3f}" if alarms else "–"
    return (
        f"| {stratum} | {len(own) + refused} | {refused} | {a[0]:.3f} | {np.mean(joint):.3f} | {a[1]:.2f} | "
        f"{a[2]:.2f} | {b[1]:.2f} | {b[0]:.3f} | {alarm} | {np.median(seconds):.2f} |"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
