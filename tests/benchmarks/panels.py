"""Areas compared on made-up panels, measured: python -m tests.benchmarks.panels [draws].

Writes its table into docs/calibration-groups.md. `python -m tests.benchmarks.panels large` prints seconds and
memory of 5,000 areas by 60 months, with and without gaps. Beside evalkit's own choice stand the synthetic
difference-in-differences and the imputation of diff-diff, where that package is installed.

A panel has area levels, a path that all areas share, factors that they follow to different degrees, and noise
that carries over. With odd seeds there is no effect.
"""

from __future__ import annotations

import resource
import sys
import time
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate

PAGE = Path(__file__).parents[2] / "docs" / "calibration-groups.md"
START, END = "<!-- panels measured -->\n", "<!-- end of panels measured -->"
Array = NDArray[np.float64]
Answer = tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Family:
    """Panels of one kind; `starts` makes a roll-out, `chosen` places the campaign by a factor."""

    title: str
    areas: int
    before: int
    after: int
    treated: int
    effect: float
    carry: float = 0.4
    factors: int = 2
    factor: float = 1.0
    noise: float = 0.6
    chosen: float = 0.0
    starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Values by period and area, each area's first period with the campaign (-1: never), and the truth."""

    values: Array
    start: NDArray[np.intp]
    truth: float
    scale: float
    dates: pd.DatetimeIndex = field(compare=False)


FAMILIES = (
    Family("1 of 7 areas, 30 months before", 7, 30, 9, 1, 1.4),
    Family("2 of 16 areas, 48 before", 16, 48, 12, 2, 1.0, carry=0.2, factors=3),
    Family("5 of 28 areas, 24 before, carry-over .7", 28, 24, 12, 5, 0.9, carry=0.7),
    Family("1 of 15 areas, placed by a factor, 60 before", 15, 60, 12, 1, 1.2, factors=3, chosen=1.0),
    Family("4 of 34 areas, placed by a factor, 42 before", 34, 42, 10, 4, 0.8, factors=4, chosen=1.0),
    Family("roll-out, 24 areas, 4 starts, 6 never", 24, 18, 36, 18, 1.2, factor=0.0, starts=(0, 6, 12, 18)),
    Family("roll-out, 14 areas, 3 starts", 14, 15, 30, 11, 1.8, carry=0.7, factor=0.0, starts=(0, 8, 16)),
)  # fmt: skip


def carried(rng: np.random.Generator, n: int, m: int, rho: float) -> Array:
    """Columns of errors with standard deviation 1 that carry over."""
    e = rng.normal(size=(n + 50, m)) * np.sqrt(1 - rho**2)
    for t in range(1, n + 50):
        e[t] += rho * e[t - 1]
    return np.asarray(e[50:], dtype=float)


def draw(family: Family, seed: int) -> Panel:
    """One panel; with a roll-out the effect grows and differs by area."""
    rng = np.random.default_rng([zlib.crc32(family.title.encode()), seed])
    n, G = family.before + family.after, family.areas
    load = rng.normal(size=(family.factors, G))
    y = 30 + rng.normal(scale=2, size=G) + carried(rng, n, 1, 0.8)
    y = y + family.factor * carried(rng, n, family.factors, 0.9) @ load / np.sqrt(family.factors)
    y = y + family.noise * carried(rng, n, G, family.carry)
    odds = np.exp(family.chosen * load[0])
    treated = rng.choice(G, family.treated, replace=False, p=odds / odds.sum())
    start = np.full(G, -1)
    lags = family.starts or (0,)
    start[treated] = [family.before + lags[k % len(lags)] for k in range(family.treated)]
    since = np.arange(n)[:, None] - start[None, :]
    on = (start >= 0) & (since >= 0)
    full = family.effect * (1 + 0.3 * rng.normal(size=G)) if family.starts else np.full(G, family.effect)
    shape = 1 - np.exp(-(np.maximum(since, 0) + 1) / 5) if family.starts else 1.0
    size = np.where(on, full * shape, 0.0)
    sign = 0.0 if seed % 2 else float(rng.choice([-1.0, 1.0]))
    dates = pd.date_range("2017-01-01", periods=n, freq="MS")
    return Panel(y + sign * size, start, sign * float(size[on].mean()), float(size[on].mean()), dates)


def long(panel: Panel) -> pd.DataFrame:
    """A row per area and period."""
    n, G = panel.values.shape
    names = [f"area {k:04d}" for k in range(G)]
    return pd.DataFrame(
        {
            "period": np.tile(panel.dates, G),
            "area": np.repeat(names, n),
            "value": panel.values.T.ravel(),
            "t": np.tile(np.arange(n), G),
            "first": np.repeat(panel.start, n),
        }
    )


def evalkit(panel: Panel) -> Answer:
    """Estimate through the public door with nothing set; None where it refuses."""
    frame = long(panel)
    begun = {
        a: panel.dates[s] for a, s in zip(sorted(set(frame["area"])), panel.start, strict=True) if s >= 0
    }
    common = len(set(begun.values())) == 1
    given = {"treated": list(begun), "start": next(iter(begun.values()))} if common else {"treated": begun}
    found = estimate_contribution(frame.drop(columns=["t", "first"]), outcome_kind="level", **given)  # type: ignore[arg-type]
    if not isinstance(found, Estimate):
        return None
    return found.effect.point, found.effect.low, found.effect.high


def peer(panel: Panel) -> Answer:
    """What diff-diff has for the panel, with its own interval."""
    import diff_diff  # noqa: PLC0415

    frame = long(panel)
    if len({s for s in panel.start if s >= 0}) > 1:
        frame["first"] = frame["first"].clip(lower=0)
        found = diff_diff.ImputationDiD().fit(
            frame, outcome="value", unit="area", time="t", first_treat="first"
        )
        return float(found.overall_att), *map(float, found.overall_conf_int)  # type: ignore[return-value]
    frame["ever"] = (frame["first"] >= 0).astype(int)
    n, first = len(panel.values), int(panel.start.max())
    found = diff_diff.SyntheticDiD(variance_method="placebo", n_bootstrap=100, seed=1).fit(
        frame, outcome="value", treatment="ever", unit="area", time="t", post_periods=list(range(first, n))
    )
    return float(found.att), *map(float, found.conf_int)  # type: ignore[return-value]


def measured(family: Family, method: Callable[[Panel], Answer], draws: int) -> list[float]:
    """Coverage, false alarms, mean width and interval score in effects, median seconds of processor."""
    rows, seconds = [], []
    for seed in range(draws):
        panel, begun = draw(family, seed), time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = method(panel)
        seconds.append(time.process_time() - begun)
        if found is None:
            continue
        _, low, high = found
        missed = max(low - panel.truth, 0.0) + max(panel.truth - high, 0.0)
        alarm = float(low > 0 or high < 0) if seed % 2 else np.nan
        rows.append(
            (missed == 0, alarm, (high - low) / panel.scale, (high - low + 40 * missed) / panel.scale)
        )
    return [*np.nanmean(np.array(rows, dtype=float), axis=0).tolist(), float(np.median(seconds))]


def tables(draws: int) -> None:
    """Measure every family and write the table."""
    methods = {"evalkit": evalkit} | ({"diff-diff": peer} if find_spec("diff_diff") else {})
    lines = [
        "| Panels | | Ranges that hold the truth | False alarms | Width | Score | Seconds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for family in FAMILIES:
        for name, method in methods.items():
            method(draw(family, 0))
            cover, alarms, width, score, seconds = measured(family, method, draws)
            lines.append(
                f"| {family.title} | {name} | {cover:.1%} | {alarms:.1%} | {width:.2f} | {score:.2f} | "
                f"{seconds:.3f} |"
            )
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    text = PAGE.read_text(encoding="utf-8")
    head, tail = text.split(START)[0], text.split(END)[1]
    PAGE.write_text(
        head + START + "\n" + "\n".join(lines) + "\n\n" + END + tail, encoding="utf-8", newline="\n"
    )


def large() -> None:
    """Seconds and peak memory of one large roll-out, with and without gaps."""
    family = Family("large", 5000, 20, 40, 3750, 1.2, factor=0.0, starts=(0, 6, 12, 18, 24))
    for gaps in (0.0, 0.02):
        panel = draw(family, 0)
        hidden = np.random.default_rng(1).random(panel.values.shape) < gaps
        panel = Panel(
            np.where(hidden, np.nan, panel.values), panel.start, panel.truth, panel.scale, panel.dates
        )
        begun = time.process_time()
        evalkit(panel)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(
            f"gaps {gaps:.0%}: {time.process_time() - begun:.1f} s of processor, {peak:.0f} MB at most\n"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["large"]:
        large()
    else:
        tables(*(int(a) for a in sys.argv[1:] or ["160"]))
