"""Coverage, interval score and refusals of the joint model of several campaigns, parameters drawn at random.

``python -m tests.benchmarks.mix --reps 500 --out FITS.csv`` draws and estimates, a row a campaign; it goes on
where it left off; ``--page`` writes the table of `docs/calibration-mix.md` from it.

1. Every problem draws its own parameters from the ranges written here; nothing is tuned to one of them.
2. Seeds come in turn over all kinds of problem, so that a run that is broken off is still a fair sample.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from evalkit import Estimate, decompose_contributions
from evalkit.simulate import Process
from evalkit.simulate_several import Dosed, draw_several
from evalkit.vocabulary import Frequency, OutcomeKind

PAGE = Path(__file__).parents[2] / "docs" / "calibration-mix.md"
START, END = "<!-- measured -->\n", "<!-- end of measured -->"
MISS = 40.0  # what a 95% interval's score charges for a miss, times its distance
SURE = float(norm.ppf(0.995))
HEADS = (
    *("Problems", "Fits", "Campaigns", "Not told apart", "Coverage", "99% range of it"),
    *("Coverage of sums", "99% range of it", "Effect seen where there is none", "Median width", "Score"),
)
COLUMNS = ("stratum", "seed", "about", "refused", "truth", "scale", "low", "high", "seconds")
STRATA: dict[str, dict[str, object]] = {
    "two or three campaigns": {},
    "strong overlap": {"overlap": (0.9, 1.0)},
    "one dose for two": {"twin": True},
    "the package's own simulator": {"own": True},
    "several areas": {"areas": (3, 12)},
    "little noise": {"sd": (0.01, 0.02)},
    "persistent noise": {"phi": (0.6, 0.9)},
    "one and a half years": {"n": (78, 79)},
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
    rng = np.random.default_rng([sum(map(ord, stratum)), seed])
    given = STRATA[stratum]
    if given.get("own"):
        return own_simulator(rng, seed)

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


def own_simulator(rng: np.random.Generator, seed: int) -> Problem:
    """A level or a count of one place as `evalkit.simulate_several` draws it."""
    n = int(rng.integers(104, 209))
    process = Process(
        OutcomeKind.COUNT if rng.random() < 0.5 else OutcomeKind.LEVEL,
        Frequency.WEEKLY,
        date(2021, 1, 4),
        n,
        trend=rng.uniform(-0.05, 0.1),
        season=rng.uniform(0, 0.2),
        peak=rng.uniform(0, 1),
        wobble=rng.uniform(0.01, 0.06),
        persistence=rng.uniform(0, 0.9),
        drift=rng.uniform(0, 0.05),
        noise=rng.uniform(0, 0.03),
    )
    usual, campaigns, scale = float(np.exp(rng.uniform(np.log(40), np.log(800)))), [], {}
    K = int(rng.integers(2, 4))
    for k in range(K):
        lines = []
        for _ in range(int(rng.integers(2, 7))):
            first = process.first + timedelta(days=7 * int(rng.integers(4, n - 10)) + int(rng.integers(0, 7)))
            last = first + timedelta(days=int(rng.integers(6, 56)))
            lines.append((first, last, float(rng.gamma(4, 25) * ((last - first).days + 1) / 7)))
        share = float(rng.uniform(0.01, 0.08))
        scale[f"c{k + 1}"] = share * usual * n
        campaigns.append(
            Dosed(
                f"c{k + 1}",
                tuple(lines),
                0.0 if k == K - 1 and seed % 2 else share,
                float(np.exp(rng.uniform(np.log(0.2), np.log(5)))),
                float(rng.choice([inf, 300.0, 100.0, 50.0])),
            )
        )
    made = draw_several(process, usual, tuple(campaigns), seed=seed)
    ends = [process.first + timedelta(days=7 * i) for i in range(n + 1)]
    rows = []
    for one in campaigns:
        for i in range(n):
            dose = 0.0
            for first, last, amount in one.lines:
                inside = (min(ends[i + 1], last + timedelta(days=1)) - max(ends[i], first)).days
                dose += amount * max(inside, 0) / ((last - first).days + 1)
            rows.append((ends[i], one.name, None, dose))
    doses = pd.DataFrame([r for r in rows if r[3] > 0], columns=["period", "campaign", "area", "dose"])
    return Problem(made.simulated.frame, doses, dict(made.contributions), scale)


def rows_of(stratum: str, seed: int) -> Iterator[tuple[object, ...]]:
    """One problem estimated: a row for each campaign, and one for each sum."""
    problem = draw(stratum, seed)
    began = time.process_time()
    found = decompose_contributions(problem.frame, doses=problem.doses)
    seconds = f"{time.process_time() - began:.3f}"
    for name, truth in problem.truth.items():
        one, scale = found[name], problem.scale[name]
        if isinstance(one, Estimate):
            yield stratum, seed, name, 0, truth, scale, one.total.low, one.total.high, seconds
        else:
            yield stratum, seed, name, 1, truth, scale, "", "", seconds
    for names, estimate in found.joint.items():
        truth, scale = (sum(part[c] for c in names) for part in (problem.truth, problem.scale))
        yield (
            stratum,
            seed,
            "+".join(sorted(names)),
            0,
            truth,
            scale,
            estimate.total.low,
            estimate.total.high,
            seconds,
        )


def likely(hits: int, n: int) -> str:
    """99% range of a share (Wilson 1927)."""
    if n == 0:
        return "–"
    p, z = hits / n, SURE
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return f"{(middle - half) / (1 + z * z / n):.1%} to {(middle + half) / (1 + z * z / n):.1%}"


def line(stratum: str, fits: pd.DataFrame) -> str:
    """One line of the table."""
    fits = fits.assign(
        held=(fits["low"] <= fits["truth"]) & (fits["truth"] <= fits["high"]),
        width=(fits["high"] - fits["low"]) / fits["scale"],
        missed=np.maximum(fits["low"] - fits["truth"], 0) + np.maximum(fits["truth"] - fits["high"], 0),
    )
    fits["score"] = fits["width"] + MISS * fits["missed"] / fits["scale"]
    sums = fits[fits["about"].str.contains("+", regex=False)]
    every = fits.drop(sums.index)
    own = every[every["refused"] == 0]
    none = own[own["truth"] == 0]

    def share(part: pd.DataFrame) -> str:
        return f"{part['held'].mean():.1%}" if len(part) else "–"

    alarms = f"{1 - none['held'].mean():.1%} of {len(none)}" if len(none) else "–"
    cells = (
        *(stratum, fits["seed"].nunique(), len(every), f"{every['refused'].mean():.1%}"),
        *(share(own), likely(int(own["held"].sum()), len(own))),
        *(share(sums), likely(int(sums["held"].sum()), len(sums)), alarms),
        *((f"{own['width'].median():.2f}", f"{own['score'].mean():.2f}") if len(own) else ("–", "–")),
    )
    return f"| {' | '.join(map(str, cells))} |"


def table(path: Path) -> str:
    """The rows of a file as a table."""
    fits = pd.read_csv(path)
    lines = [f"| {' | '.join(HEADS)} |", "|---|" + "--:|" * (len(HEADS) - 1)]
    lines += [line(s, fits[fits["stratum"] == s]) for s in STRATA if (fits["stratum"] == s).any()]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Draw and estimate what the file does not hold yet, then print or write its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=500)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=list(STRATA), choices=list(STRATA))
    parser.add_argument("--page", action="store_true", help="write the table into the page")
    asked = parser.parse_args(arguments)
    if not asked.out.exists():
        asked.out.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    have = pd.read_csv(asked.out)
    done = set(zip(have["stratum"], have["seed"], strict=True))
    for seed in range(asked.reps):
        for stratum in asked.only:
            if (stratum, seed) not in done:
                rows = list(rows_of(stratum, seed))
                with asked.out.open("a", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows(rows)
    if asked.page:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(START)[0], page.split(END)[1]
        PAGE.write_text(before + START + "\n" + table(asked.out) + "\n" + END + after, encoding="utf-8")
    else:
        sys.stdout.write(table(asked.out))


if __name__ == "__main__":
    main(sys.argv[1:])
