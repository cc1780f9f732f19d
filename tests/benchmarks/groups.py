"""Coverage of the ranges of trials and surveys, measured: python -m tests.benchmarks.groups [draws].

Writes the table of docs/calibration-groups.md. Each row draws trials with a known effect and asks the method
that `compare_groups` would choose for its 95% range.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit.estimate import NotEstimable
from evalkit.groups import GroupTable
from evalkit.methods import clusters, group_catalogue

PAGE = Path(__file__).parents[2] / "docs" / "calibration-groups.md"
START, END = "<!-- measured -->\n", "<!-- end of measured -->"
Draw = Callable[[np.random.Generator], tuple[pd.DataFrame, dict[str, object], float]]


def shares(n0: int, n1: int, p0: float, p1: float) -> Draw:
    """Two arms of people."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        did = [rng.binomial(n0, p0), rng.binomial(n1, p1)]
        return pd.DataFrame({"arm": ["a", "b"], "y": did, "n": [n0, n1]}), {"n": "n"}, p1 - p0

    return draw


def places(g0: int, g1: int, size: int, spread: float, uneven: bool) -> Draw:
    """Clusters whose shares differ with a beta distribution; alike in size or not."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        g = g0 + g1
        n = np.maximum(rng.gamma(1.5, size / 1.5, g), 5).astype(int) if uneven else np.full(g, size)
        k = 1 / spread - 1
        p = rng.beta(0.3 * k, 0.7 * k, g)
        frame = pd.DataFrame({"arm": ["a"] * g0 + ["b"] * g1, "y": rng.binomial(n, p), "n": n, "c": range(g)})
        return frame, {"n": "n", "cluster": "c"}, 0.0

    return draw


def scores(n0: int, n1: int, ratio: float, skew: bool) -> Draw:
    """People with a score and what was known before; the second arm's noise is `ratio` times as large."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        arm = np.repeat([0, 1], [n0, n1])
        past = rng.normal(size=len(arm))
        noise = rng.exponential(size=len(arm)) - 1 if skew else rng.normal(size=len(arm))
        y = arm * 0.5 + 0.7 * past + noise * np.where(arm == 1, ratio, 1.0)
        frame = pd.DataFrame({"arm": np.where(arm, "b", "a"), "y": y, "x": past})
        return frame, {"outcome_kind": "level", "covariates": ["x"]}, 0.5

    return draw


def steps(sites: int, drift: float) -> Draw:
    """Sites that start one after another, each with its own level and, with `drift`, its own trend."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        s, m = np.meshgrid(range(sites), range(sites + 1), indexing="ij")
        y = rng.normal(size=(sites, 1)) + rng.normal(size=(1, sites + 1)) + (m > s)
        y = y + drift * rng.normal(size=(sites, 1)) * m + rng.normal(scale=0.5, size=s.shape)
        frame = pd.DataFrame(
            {
                "arm": np.where(m > s, "b", "a").ravel(),
                "c": s.ravel(),
                "t": m.ravel(),
                "y": y.ravel(),
                "n": 50,
            }
        )
        return frame, {"outcome_kind": "level", "n": "n", "cluster": "c", "period": "t"}, 1.0

    return draw


def twice(n: int, p0: float, kept: float) -> Draw:
    """The same people asked twice; `kept` keep their answer, the others are drawn afresh."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        first = rng.random(n) < p0
        second = np.where(rng.random(n) < kept, first, rng.random(n) < p0)
        frame = pd.DataFrame(
            {
                "arm": ["a"] * n + ["b"] * n,
                "u": [*range(n)] * 2,
                "y": np.concatenate([first, second]).astype(int),
            }
        )
        return frame, {"unit": "u"}, 0.0

    return draw


def rates(x0: float, x1: float, r0: float, r1: float) -> Draw:
    """Events in an exposure."""

    def draw(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, object], float]:
        y = [rng.poisson(x0 * r0), rng.poisson(x1 * r1)]
        frame = pd.DataFrame({"arm": ["a", "b"], "y": y, "x": [x0, x1]})
        return frame, {"outcome_kind": "count", "exposure": "x"}, r1 - r0

    return draw


CASES: tuple[tuple[str, Draw], ...] = (
    ("Shares, 500 and 500 people, 10% and 13%", shares(500, 500, 0.10, 0.13)),
    ("Shares, 40 and 60 people, 20% both", shares(40, 60, 0.2, 0.2)),
    ("Rare shares, 200 and 800 people, 1% and 2%", shares(200, 800, 0.01, 0.02)),
    ("Rare shares, 2,000 and 2,000 people, 0.3% both", shares(2000, 2000, 0.003, 0.003)),
    ("Clusters, 4 and 4 of 50, correlation .05", places(4, 4, 50, 0.05, False)),
    ("Clusters, 6 and 6, unequal sizes, correlation .05", places(6, 6, 60, 0.05, True)),
    ("Clusters, 4 and 12, unequal sizes, correlation .10", places(4, 12, 60, 0.10, True)),
    ("Clusters, 20 and 20, unequal sizes, correlation .02", places(20, 20, 60, 0.02, True)),
    ("Scores with a covariate, 20 and 20 people, noise doubled", scores(20, 20, 2.0, False)),
    ("Scores with a covariate, 15 and 60 people, skewed", scores(15, 60, 1.0, True)),
    ("Stepped wedge, 8 sites, 9 periods", steps(8, 0.0)),
    ("Stepped wedge, 12 sites, each with its own trend", steps(12, 0.15)),
    ("The same 100 people twice, 30%, seven in ten keep their answer", twice(100, 0.3, 0.7)),
    ("Rates, 8 and 12 events expected", rates(80, 80, 0.10, 0.15)),
)


def measured(draw: Draw, draws: int) -> tuple[float, float, float]:
    """Share of ranges that hold the truth, of refusals, and the median width."""
    hits, refused, widths = 0, 0, []
    for seed in range(draws):
        frame, columns, truth = draw(np.random.default_rng(seed))
        table = GroupTable.from_frame(frame, outcome="y", arm="arm", control="a", **columns)  # type: ignore[arg-type]
        found = group_catalogue.compared(table.pair(1))
        if isinstance(found, NotEstimable):
            refused += 1
            continue
        low, high = found.ends(0.95)
        hits += low <= truth <= high
        widths.append(high - low)
    return hits / max(len(widths), 1), refused / draws, float(np.median(widths))


def main(draws: int = 1000) -> None:
    """Measure every case and write the table."""
    clusters.MOST_DRAWS = 1  # the randomisation test is not part of the range
    lines = ["| Trial | Ranges that hold the truth | Refused | Median width |", "| --- | --- | --- | --- |"]
    for title, draw in CASES:
        cover, refused, width = measured(draw, draws)
        lines.append(f"| {title} | {cover:.1%} | {refused:.1%} | {width:.3g} |")
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    text = PAGE.read_text(encoding="utf-8")
    head, tail = text.split(START)[0], text.split(END)[1]
    PAGE.write_text(
        head + START + "\n" + "\n".join(lines) + "\n\n" + END + tail, encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
