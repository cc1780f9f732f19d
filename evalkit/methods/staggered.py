"""Callaway and Sant'Anna: effects by start and period, each from its own two-by-two comparison.

1. As published: against areas never reached, or not reached yet; a varying or a universal base period; no
   covariates. The mean over area-periods is what the authors call the simple aggregate.
2. A start with one area has effects but no standard errors of its own, and is named.

Options: against=never (where there are such areas) or not-yet, base=varying or universal.

References: Callaway B, Sant'Anna PHC (2021), J Econometrics 225:200-230; Sun L, Abraham S (2021), J
Econometrics 225:175-199.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from evalkit.design import Design
from evalkit.estimate import Estimate, Interval, NotEstimable
from evalkit.methods import area_answers as answers
from evalkit.methods import starts
from evalkit.methods.area_table import AreaTable, Mask, area_table
from evalkit.methods.engine import Array
from evalkit.panel import Panel
from evalkit.requirements import options_of

SHOWN = 60  # effects by start and period held as terms


@dataclass(frozen=True, slots=True)
class Cell:
    """One start in one period.

    Attributes
    ----------
    start, period : int
    effect : float
    areas : int
        Campaign areas behind it.
    weight : float
        What they count for in all.
    """

    start: int
    period: int
    effect: float
    areas: int
    weight: float


@dataclass(frozen=True, slots=True)
class GroupTime:
    """All cells with each area's part in their errors.

    Attributes
    ----------
    cells : tuple of Cell
    influence : (G, K) array
        Area by cell; squares sum to the variance.
    untreated : (n, G) array
        Figure expected without the campaign.
    """

    cells: tuple[Cell, ...]
    influence: Array
    untreated: Array


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Estimate every start and period, and their aggregates."""
    table = area_table(panel, design)
    options = options_of(design.method)
    against = options.get("against", "never" if table.control.size else "not-yet")
    found = group_time(table, against, options.get("base", "varying") == "universal")
    cells = np.asarray(table.cells & np.isfinite(found.untreated))
    refused = starts.refusal(design, table, cells)
    if refused:
        return refused
    return _report(panel, design, table, found, cells, against)


def group_time(table: AreaTable, against: str, universal: bool) -> GroupTime:
    """Effects by start and period.

    Parameters
    ----------
    table : AreaTable
    against : {"never", "not-yet"}
    universal : bool
        Whether periods before the start are compared with the last one before it, too.
    """
    n, G = table.y.shape
    cells: list[Cell] = []
    influence: list[Array] = []
    untreated = np.full((n, G), np.nan)
    used = np.flatnonzero(np.isfinite(table.y).any(axis=1))
    for start in np.unique(table.start[table.treated]).tolist():
        group = table.start == start
        before = used[used < start]
        for t in used.tolist():
            earlier = used[used < t]
            base = before[-1:] if t >= start or universal else earlier[-1:]
            if not base.size or base[0] == t:
                continue
            b = int(base[0])
            rest = table.start == n if against == "never" else table.start > max(t, b, start)
            found = _two_by_two(table, group, rest & ~group, t, b)
            if found is None:
                continue
            effect, psi, change, members = found
            cells.append(Cell(start, t, effect, int(members.sum()), float(table.weight[members].sum())))
            influence.append(psi)
            if t >= start:
                untreated[t, members] = table.y[b, members] + change
    return GroupTime(tuple(cells), np.array(influence).T.reshape(G, len(cells)), untreated)


def _two_by_two(
    table: AreaTable, group: Mask, rest: Mask, t: int, b: int
) -> tuple[float, Array, float, Mask] | None:
    """Difference of mean changes, each area's part in its error, the comparison's change, the areas used."""
    change = table.y[t] - table.y[b]
    known = np.isfinite(change)
    ours, theirs = np.asarray(group & known), np.asarray(rest & known)
    if not ours.any() or not theirs.any():
        return None
    psi, means = np.zeros(change.size), []
    for sign, who in ((1.0, ours), (-1.0, theirs)):
        w = table.weight[who] / table.weight[who].sum()
        mean = float(w @ change[who])
        psi[who] = sign * w * (change[who] - mean)
        means.append(mean)
    return means[0] - means[1], psi, means[1], ours


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A weighted mean of cells, with the error of the weights."""

    effect: float
    influence: Array

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.sqrt(self.influence @ self.influence))


def aggregate(table: AreaTable, found: GroupTime, chosen: list[int]) -> Aggregate:
    """Mean of the chosen cells, each counting as much as its areas do."""
    return aggregates(table, found, [chosen])[0]


def aggregates(table: AreaTable, found: GroupTime, sets: Sequence[list[int]]) -> list[Aggregate]:
    """The same for several sets of cells at once."""
    if not sets:
        return []
    weight, effect = (np.array([getattr(c, k) for c in found.cells]) for k in ("weight", "effect"))
    begun, code = np.unique([c.start for c in found.cells], return_inverse=True)
    held = np.zeros((len(found.cells), len(sets)))
    for j, chosen in enumerate(sets):
        held[chosen, j] = 1.0
    total = weight @ held
    means = (weight * effect) @ held / total
    psi = found.influence @ (weight[:, None] * held / total)
    # areas are a sample of starts: how many have each start is chance, too
    of_start = (begun[:, None] == begun[code]).astype(float)
    off = of_start @ (held * (effect[:, None] - means))
    psi += table.weight[:, None] * ((table.start[:, None] == begun).astype(float) @ off) / total
    return [Aggregate(float(m), psi[:, j]) for j, m in enumerate(means)]


def averaged(parts: list[Aggregate]) -> Aggregate:
    """Plain mean of aggregates."""
    return Aggregate(
        float(np.mean([p.effect for p in parts])), np.asarray(np.mean([p.influence for p in parts], axis=0))
    )


@dataclass(frozen=True, slots=True)
class _Means:
    """The aggregates of a table, each with its error."""

    table: AreaTable
    found: GroupTime
    at: float
    level: float

    def shown(self, part: Aggregate) -> Interval:
        """With its interval."""
        reach = self.at * part.error
        return Interval(part.effect, part.effect - reach, part.effect + reach, self.level)

    def by(self, key: Callable[[Cell], int], *, before: bool = False) -> dict[int, Aggregate]:
        """Means by start, period or time since the start."""
        groups: dict[int, list[int]] = {}
        for k, c in enumerate(self.found.cells):
            if c.period >= c.start or before:
                groups.setdefault(key(c), []).append(k)
        keys = sorted(groups)
        return dict(zip(keys, aggregates(self.table, self.found, [groups[v] for v in keys]), strict=True))

    def upto(self) -> dict[int, Aggregate]:
        """Mean over all cells up to each period that has any."""
        counted = [(c.period, k) for k, c in enumerate(self.found.cells) if c.start <= c.period]
        sets = {t: [k for at, k in counted if at <= t] for t in range(len(self.table.y))}
        some = [t for t, chosen in sets.items() if chosen]
        return dict(zip(some, aggregates(self.table, self.found, [sets[t] for t in some]), strict=True))

    def reach(self, part: Aggregate | None) -> float:
        """Half width; NaN of nothing."""
        return np.nan if part is None else self.at * part.error


def _report(
    panel: Panel, design: Design, table: AreaTable, found: GroupTime, cells: Mask, against: str
) -> Estimate:
    df = float(table.start.size - 1)
    means = _Means(table, found, float(stdtrit(df, (1 + design.level) / 2)), design.level)
    everything = [k for k, c in enumerate(found.cells) if c.period >= c.start]
    overall, periods = aggregate(table, found, everything), means.by(lambda c: c.period)
    events = means.by(lambda c: c.period - c.start, before=True)
    upto = means.upto()
    psi = np.column_stack([a.influence for a in events.values()])
    behind = dict.fromkeys(events, 0)
    for c in found.cells:
        behind[c.period - c.start] += c.areas
    result = answers.Effects(
        untreated=found.untreated,
        cells=cells,
        quantile=answers.t_quantile(overall.effect, overall.error, df),
        p_value=answers.t_p_value(overall.effect, overall.error, df),
        detectable=answers.t_detectable(overall.error, df),
        reach=np.array([means.reach(periods.get(t)) for t in range(len(table.y))]),
        running=np.array([means.reach(upto.get(t)) for t in range(len(table.y))]),
        event_study=starts.event_study(
            list(events),
            list(behind.values()),
            np.array([a.effect for a in events.values()]),
            psi.T @ psi,
            df,
            design,
            "the last period before the start; before it, the period before",
        ),
        terms=_terms(panel, means, overall, events),
        notes=(*starts.unidentified(panel, table, cells), *_notes(panel, table, df, against)),
    )
    return answers.report(panel, design, table, result)


def _terms(
    panel: Panel, means: _Means, overall: Aggregate, events: dict[int, Aggregate]
) -> dict[str, Interval]:
    """The four kinds of mean, each start, each period, and each cell where they are few."""
    table, found = means.table, means.found
    groups, periods = means.by(lambda c: c.start), means.by(lambda c: c.period)
    lone = {int(s) for s in table.start[table.treated] if (table.start == s).sum() == 1}

    def of_start(start: int, part: Aggregate) -> Interval:
        return Interval(part.effect, -np.inf, np.inf, means.level) if start in lone else means.shown(part)

    terms = {
        "mean over area-periods": means.shown(overall),
        "mean over times since the start": means.shown(averaged([a for e, a in events.items() if e >= 0])),
        "mean over starts": means.shown(_weighted(table, groups)),
        "mean over periods": means.shown(averaged(list(periods.values()))),
    }
    for start, part in groups.items():
        terms[f"areas that started {panel.periods[start]}"] = of_start(start, part)
    for t, part in periods.items():
        terms[f"period {panel.periods[t]}"] = means.shown(part)
    if len(found.cells) <= SHOWN:
        for k, c in enumerate(found.cells):
            name = f"started {panel.periods[c.start]}, in {panel.periods[c.period]}"
            terms[name] = of_start(c.start, Aggregate(c.effect, found.influence[:, k]))
    return terms


def _weighted(table: AreaTable, groups: dict[int, Aggregate]) -> Aggregate:
    """Mean over starts, each counting as much as its areas do."""
    size = {s: float(table.weight[table.start == s].sum()) for s in groups}
    whole = sum(size.values())
    mean = sum(size[s] * g.effect for s, g in groups.items()) / whole
    psi = np.sum([size[s] / whole * g.influence for s, g in groups.items()], axis=0)
    for s, g in groups.items():
        psi = psi + np.where(table.start == s, table.weight, 0.0) * (g.effect - mean) / whole
    return Aggregate(float(mean), np.asarray(psi))


def _notes(panel: Panel, table: AreaTable, df: float, against: str) -> list[str]:
    """What a reader must know."""
    whom = "areas never reached" if against == "never" else "areas not reached by then"
    said = [
        f"Callaway and Sant'Anna against {whom}, standard errors from each area's influence with "
        f"t({df:.0f}): {table.treated.size} campaign areas, {table.control.size} without the campaign."
    ]
    lone = starts.lone_starts(table, panel)
    if lone:
        said.append(
            "Starts with a single area, whose own effects have no range: " + ", ".join(lone) + ". In the "
            "means they count without an error of their own, so those ranges are too narrow."
        )
    few = min(table.treated.size, table.control.size or table.treated.size)
    if few < 10:
        said.append("With so few areas these ranges are too narrow; the method rollout is meant for them.")
    return said
