"""Difference-in-differences on area means, with the inference that the number of areas allows.

1. Each area gives one figure, its mean after the start less its mean before; areas are compared, not periods.
2. Which inference is used, why, and the smallest p-value it can give are always said.

References: Donald SG, Lang K (2007), Rev Econ Stat 89:221-233; Bertrand M, Duflo E, Mullainathan S (2004),
QJE 119:249-275; Janssen A (1997), Stat Prob Letters 36:9-21, on studentised permutation; Cameron AC, Gelbach
JB, Miller DL (2008), Rev Econ Stat 90:414-427; MacKinnon JG, Webb MD (2018), Econometrics J 21:114-135;
Hansen BE (2025), Standard errors for difference-in-difference regression.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, EventStudy, Interval, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods import resampling
from evalkit.methods.area_table import AreaTable, Mask, area_table, two_way
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.requirements import Facts, options_of, shortfall

ENOUGH = 5  # campaign areas, and comparison areas, from which on each group can show its own spread
UNEVEN = 1.5  # ratio of noise between groups from which on it is said
LARGE = 1.5  # ratio of size beyond the comparison areas from which on it is said


@dataclass(frozen=True, slots=True)
class Groups:
    """One figure an area, by group.

    Attributes
    ----------
    treated, control : arrays
    treated_weight, control_weight : arrays
        What each area counts for.
    """

    treated: Array
    control: Array
    treated_weight: Array
    control_weight: Array

    def pooled(self) -> tuple[float, float]:
        """Standard error with one variance for all areas, and degrees of freedom (Donald and Lang)."""
        df = self.treated.size + self.control.size - 2
        squares = sum(
            float(((x - np.average(x, weights=w)) ** 2).sum())
            for x, w in ((self.treated, self.treated_weight), (self.control, self.control_weight))
        )
        shares = sum(float((w**2).sum() / w.sum() ** 2) for w in (self.treated_weight, self.control_weight))
        return math.sqrt(squares / df * shares), float(df)

    def jackknife(self) -> tuple[float, float]:
        """Standard error with a variance for each group (CRV3 on area means), and degrees of freedom."""
        parts = []
        for x, w in (
            (self.treated, self.treated_weight),
            (self.control, self.control_weight),
        ):
            mean, whole = float(np.average(x, weights=w)), float(w.sum())
            without = (whole * mean - w * x) / (whole - w)
            parts.append(float(((without - mean) ** 2).sum()))
        G = self.treated.size + self.control.size
        return math.sqrt((G - 1) / G * sum(parts)), float(G - 1)


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Compare the areas' changes."""
    table = area_table(panel, design)
    refusal = _refusal(design, table)
    if refusal:
        return refusal
    untreated, cleared = _untreated(table)
    cells = table.cells & np.isfinite(untreated)
    groups, point = _groups(table, cleared, cells), answers.mean_effect(table, untreated, cells)
    chosen = options_of(design.method).get("inference") or _choice(groups)
    result = _infer(groups, point, chosen, design)
    if isinstance(result, NotEstimable):
        return result
    nothing = np.full(len(table.y), np.nan)
    tails = ((1 - design.level) / 2, (1 + design.level) / 2)
    found = answers.Effects(
        untreated=untreated,
        cells=cells,
        quantile=result.quantile,
        p_value=result.p_value,
        detectable=result.detectable,
        reach=nothing,
        running=nothing,
        event_study=None,
        terms={
            "difference": Interval(point, result.quantile(tails[0]), result.quantile(tails[1]), design.level)
        },
        notes=(result.said, *_unequal(table, cleared)),
    )
    return answers.report(panel, design, table, _with_bands(table, cleared, found, result.df, design))


def _refusal(design: Design, table: AreaTable) -> NotEstimable | None:
    """What rules the comparison out."""
    if design.starts:
        return NotEstimable(
            ("The campaign areas started at different times, and this method takes one start.",),
            ("Use the method rollout, staggered or imputation.",),
        )
    seen = np.isfinite(table.y)
    pre = int(seen[: design.n_pre, table.treated].any(axis=1).sum()) if table.treated.size else 0
    post = int((table.cells & seen).any(axis=1).sum())
    facts = Facts(pre, True, post, table.control.size, int(table.cells.any(axis=1).sum()))
    if not table.treated.size:
        return NotEstimable(
            table.notes, ("Give figures of a campaign area from before and after its start.",)
        )
    refusal = shortfall(design.method, facts)
    return replace(refusal, reasons=(*refusal.reasons, *table.notes)) if refusal else None


def _untreated(table: AreaTable) -> tuple[Array, Array]:
    """Each area's figure without the campaign, (n, G), and figures less what all periods share.

    Period effects come from the comparison areas alone, by least squares, so that a gap in one of them
    shifts no period.
    """
    control = np.isin(np.arange(table.start.size), table.control)
    period = two_way(table.y, table.clean & control, table.weight).period
    before = np.where(table.clean, table.y - period[:, None], np.nan)
    level = np.array([np.nanmean(before[: _first(table), j]) for j in range(before.shape[1])])
    return period[:, None] + level, table.y - period[:, None] - level


def _first(table: AreaTable) -> int:
    """The common start."""
    return int(table.start[table.treated[0]])


def _groups(table: AreaTable, cleared: Array, cells: Mask) -> Groups:
    """Mean change of each area."""
    after = np.arange(len(cleared)) >= _first(table)
    change = np.array([np.nanmean(c[after]) if np.isfinite(c[after]).any() else np.nan for c in cleared.T])
    treated, control = table.treated, table.control
    return Groups(change[treated], change[control], _share(table, cells), table.weight[control])


def _share(table: AreaTable, cells: Mask) -> Array:
    """Weight of each campaign area: its own, times the periods it is counted in with a figure."""
    counted = (cells & np.isfinite(table.y)).sum(axis=0)[table.treated]
    return np.asarray(table.weight[table.treated] * counted, dtype=float)


@dataclass(frozen=True, slots=True)
class Inference:
    """An inference on the difference, in words and numbers."""

    quantile: answers.Quantile
    p_value: float
    detectable: float | None
    error: float
    df: float
    said: str


def _choice(groups: Groups) -> str:
    """Donald and Lang unless both groups have enough areas to show their own spread."""
    few = min(groups.treated.size, groups.control.size)
    return "crv3" if few >= ENOUGH else "donald-lang"


def _infer(groups: Groups, point: float, chosen: str, design: Design) -> Inference | NotEstimable:
    """Carry out one inference and say why it is the one."""
    k, J = groups.treated.size, groups.control.size
    counts = f"{k} campaign and {J} comparison areas"
    if chosen in ("donald-lang", "crv3"):
        if chosen == "crv3" and min(k, J) < 2:
            return _impossible(f"CRV3 needs two areas on each side, and there are {counts}.")
        error, df = groups.pooled() if chosen == "donald-lang" else groups.jackknife()
        if error <= 0:
            return _impossible("All areas changed by exactly the same, so there is no spread to judge by.")
        said = {
            "donald-lang": f"Inference: Donald–Lang, one figure an area, t({df:.0f}), because with {counts} "
            "standard errors clustered by area are far too small.",
            "crv3": f"Inference: cluster jackknife (CRV3) with t({df:.0f}); there are {counts}, enough for "
            "each group to show its own spread.",
        }[chosen]
        floor = 1 / math.comb(k + J, k)
        said += (
            f" Its p-value has no floor; exchanging the areas could give no p-value below {floor:.2g}"
            f"{_permuted(groups, point, floor, design)}."
        )
        return Inference(
            answers.t_quantile(point, error, df),
            answers.t_p_value(point, error, df),
            answers.t_detectable(error, df),
            error,
            df,
            said,
        )
    return _exchanged(groups, point, chosen, design, counts)


def _permuted(groups: Groups, point: float, floor: float, design: Design) -> str:
    """The companion p-value by exchanging areas, where it can be small enough to tell."""
    if floor > 1 - design.level or not _alike(groups):
        return ""
    test, _ = resampling.permutation_test(groups.treated, groups.control, design.seed)
    return f", and gives {test(0.0):.3f}"


def _alike(groups: Groups) -> bool:
    """Whether all areas count the same."""
    return float(np.ptp(groups.treated_weight)) == 0 and float(np.ptp(groups.control_weight)) == 0


def _exchanged(
    groups: Groups, point: float, chosen: str, design: Design, counts: str
) -> Inference | NotEstimable:
    """Permutation or wild bootstrap, with the interval by inverting the test."""
    if not _alike(groups):
        return _impossible("Exchanging areas needs areas that count alike, and these have weights or gaps.")
    wild = chosen == "wild-bootstrap"
    if wild and min(groups.treated.size, groups.control.size) < ENOUGH:
        return _impossible(
            f"With {counts} the wild bootstrap rejects nearly never or far too often; it needs {ENOUGH} each."
        )
    make = resampling.wild_test if wild else resampling.permutation_test
    test, floor = make(groups.treated, groups.control, design.seed)
    if floor > 1 - design.level:
        return _impossible(
            f"With {counts} no p-value below {floor:.2g} is possible, so a {design.level:.0%} range has "
            "no ends."
        )
    error, df = groups.pooled()
    low, high = resampling.limits(test, point, error, 1 - design.level)
    name = "wild bootstrap with the null imposed" if wild else "studentised permutation of the areas"
    said = (
        f"Inference: {name}, on {counts}; no p-value below {floor:.2g} is possible. The range holds every "
        "effect that this test does not reject."
    )
    spread = {-1: (point - low), 1: (high - point)}
    at = float(stdtrit(df, (1 + design.level) / 2))

    def quantile(p: float) -> float:
        q = float(stdtrit(df, p))
        return point + q / at * spread[1 if q > 0 else -1]

    return Inference(quantile, test(0.0), answers.t_detectable(error, df), error, df, said)


def _impossible(reason: str) -> NotEstimable:
    return NotEstimable(
        (reason,), ("Use inference=donald-lang, which works with few areas, or add comparison areas.",)
    )


def _unequal(table: AreaTable, cleared: Array) -> list[str]:
    """What the reader must know about areas that differ: in noise, and in size."""
    first, notes = _first(table), []
    past = cleared[:first]
    if np.isfinite(past).sum(axis=0).min() >= 4:
        noise = np.nanstd(past, axis=0, ddof=1)
        ours, theirs = float(np.mean(noise[table.treated])), float(np.mean(noise[table.control]))
        if theirs > 0:
            ratio = ours / theirs
            warn = (
                "; the range takes them to be alike, so it is too narrow here"
                if ratio > UNEVEN
                else "; the range takes them to be alike, so it is wider than it need be"
                if ratio < 1 / UNEVEN
                else ""
            )
            notes.append(
                f"Before the start, campaign areas moved {ratio:.2f} times as much about the common path as "
                f"comparison areas did{warn}."
            )
    level = np.nanmean(np.where(table.clean, table.y, np.nan)[:first], axis=0)
    size = float(np.mean(level[table.treated]))
    most = float(level[table.control].max())
    if level.min() > 0 and (size > LARGE * most or size < level[table.control].min() / LARGE):
        notes.append(
            "The campaign areas' figures lie far outside those of the comparison areas before the start: the "
            "same change in per cent would not be the same change here. Use rates, or the method areas."
        )
    return notes


def _with_bands(
    table: AreaTable, cleared: Array, found: answers.Effects, df: float, design: Design
) -> answers.Effects:
    """Bands by period, running bands and the event study, each by the spread between areas."""
    first, n = _first(table), len(table.y)
    inside = np.flatnonzero(found.cells.any(axis=1))
    at = float(stdtrit(df, (1 + design.level) / 2))
    filled = np.where(np.isfinite(cleared), cleared, 0.0)
    every = _errors(table, filled)
    running = np.cumsum(filled[inside], axis=0) / np.arange(1, inside.size + 1)[:, None]
    reach, sums = np.full(n, np.nan), np.full(n, np.nan)
    reach[:] = at * every
    sums[inside] = at * _errors(table, running)
    return replace(
        found, reach=reach, running=sums, event_study=_study(table, filled, first, every, at, df, design)
    )


def _errors(table: AreaTable, rows: Array) -> Array:
    """Standard error of campaign less comparison mean for each row of figures (m, G)."""
    parts = []
    for columns in (table.treated, table.control):
        w = table.weight[columns] / table.weight[columns].sum()
        x = rows[:, columns]
        parts.append((((x - (x @ w)[:, None]) ** 2).sum(axis=1), float((w**2).sum())))
    df = table.start.size - 2
    return np.asarray(np.sqrt(sum(p[0] for p in parts) / df * sum(p[1] for p in parts)), dtype=float)


def _study(
    table: AreaTable, filled: Array, first: int, every: Array, at: float, df: float, design: Design
) -> EventStudy | None:
    """Effects by period against the mean of all periods before the start."""
    used = np.isfinite(table.y).any(axis=1)
    times = np.flatnonzero(used)
    if times.size < 3:
        return None
    w = table.weight[table.treated] / table.weight[table.treated].sum()
    v = table.weight[table.control] / table.weight[table.control].sum()
    effect = filled[:, table.treated] @ w - filled[:, table.control] @ v
    wide = float(stdtrit(df, 1 - (1 - design.level) / 2 / times.size))  # Bonferroni: few areas, no better
    return EventStudy(
        times=tuple(int(t) - first for t in times),
        areas=(table.treated.size,) * times.size,
        effect=tuple(effect[times].tolist()),
        low=tuple((effect - at * every)[times].tolist()),
        high=tuple((effect + at * every)[times].tolist()),
        band_low=tuple((effect - wide * every)[times].tolist()),
        band_high=tuple((effect + wide * every)[times].tolist()),
        base="the mean of all periods before the start",
    )
