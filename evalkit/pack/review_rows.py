"""Campaigns of a review as rows: one each, only like counted with like, and no change counted twice.

1. A campaign's row is its primary finding; a later evaluation of the same campaign replaces an earlier one.
2. Campaigns that aimed at the same outcome of the same people at the same time share one change; the one
   with the best evidence is counted, and the review names the others. Campaigns of one joint model each have
   a part of their own, and are counted together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import NormalDist

from evalkit.amounts import british_date
from evalkit.campaign.header import Campaign
from evalkit.campaign.programme import WHOLE_AREA
from evalkit.decomposition import Shared
from evalkit.estimate import Estimate, Interval
from evalkit.evaluation import Evaluation, Finding
from evalkit.money import years as calendar
from evalkit.pack.interim import is_interim
from evalkit.pack.items import Item, items
from evalkit.pack.review_money import shown
from evalkit.ranking import LEAST, Ranked, ranked

LEAST_LEVEL = 2  # of evidence, for a place among others


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of a review.

    Attributes
    ----------
    n : int
        Its number in the review, from 1.
    item : Item
        Its primary finding with its surroundings.
    gain : Interval or None
        Total effect in the good direction; None where there is none that adds up.
    why_not : str
        Why it is not ranked; empty if it is.
    counted_with : int or None
        The row whose total already holds this one's change.
    rank : Ranked or None
        Improvement for each £1,000 of cost among its like, after shrinkage.
    replaced : tuple of str
        Earlier evaluations of the same campaign, left out.
    """

    n: int
    item: Item
    gain: Interval | None
    why_not: str
    counted_with: int | None = None
    rank: Ranked | None = None
    replaced: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding:
        """The finding behind the row."""
        return self.item.finding

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.item.campaign

    @property
    def cost(self) -> float:
        """Full cost in pounds."""
        return float(self.finding.value.cost.total)

    @property
    def level(self) -> int:
        """Evidence level."""
        return self.finding.grade.level

    @property
    def title(self) -> str:
        """The campaign; with the group it was given to, where several were compared."""
        return f"{self.campaign.title}, {self.finding.arm}" if self.finding.arm else self.campaign.title

    @property
    def shared(self) -> Shared | None:
        """The joint model that its estimate comes from; None where it was estimated by itself."""
        for one in self.item.evaluation.shared:
            if one.outcome == self.finding.outcome and self.finding.campaign in one.campaigns:
                return one
        return None

    @property
    def group(self) -> str:
        """What is counted: only rows with the same are like."""
        return self.item.better

    @property
    def year(self) -> str:
        """Financial year, April to March, in which the campaign started."""
        return calendar.label(calendar.year_of(self.campaign.start))

    @property
    def interim(self) -> bool:
        """Whether the evaluation speaks from before the campaign's effects were over."""
        return is_interim(self.campaign, self.item.evaluation.provenance.as_of)

    @property
    def net(self) -> Interval | None:
        """Net present social value, where the evidence lets it be said."""
        return shown(self.finding.value, self.finding.value.npsv).interval

    @property
    def per_thousand(self) -> Interval | None:
        """Improvement for each £1,000 of full cost."""
        return self.gain.scaled(1000 / self.cost) if self.gain and self.cost > 0 else None

    @property
    def aim(self) -> str:
        """Its objective, as stated."""
        said = [o.statement for o in self.campaign.objectives if o.statement]
        return said[0] if said else self.campaign.summary or "not stated"


def review_rows(evaluations: Iterable[Evaluation]) -> tuple[Row, ...]:
    """Make one row of every campaign, mark shared changes and rank like with like.

    Parameters
    ----------
    evaluations : iterable of Evaluation
    """
    kept = _latest(_primary(evaluations))
    rows = [replace(_row(i, item), replaced=replaced) for i, (item, replaced) in enumerate(kept, start=1)]
    rows = _counted_once(rows)
    return tuple(_ranked(_alone(rows)))


def _primary(evaluations: Iterable[Evaluation]) -> list[Item]:
    found = []
    for evaluation in evaluations:
        seen: set[str] = set()
        for item in items(evaluation):
            if item.finding.campaign not in seen:
                seen.add(item.finding.campaign)
                found.append(item)
    return found


def _latest(found: list[Item]) -> list[tuple[Item, tuple[str, ...]]]:
    """Of several evaluations of one campaign, the latest; with the dates of the others."""
    by_name: dict[tuple[str, str, date], list[Item]] = defaultdict(list)
    for item in found:
        key = (item.campaign.organisation.casefold(), item.campaign.title.casefold(), item.campaign.start)
        by_name[key].append(item)
    kept = []
    for same in by_name.values():
        *earlier, last = sorted(same, key=lambda i: i.evaluation.provenance.as_of)
        kept.append((last, tuple(british_date(i.evaluation.provenance.as_of) for i in earlier)))
    return sorted(kept, key=lambda k: (k[0].campaign.title.casefold(), k[0].campaign.start))


def _row(n: int, item: Item) -> Row:
    estimate = item.finding.estimate
    if not isinstance(estimate, Estimate):
        return Row(n, item, None, "no effect could be estimated")
    if not item.about.adds_up:
        return Row(n, item, None, "an average has no total")
    gain = estimate.total.scaled(item.sign)
    if not math.isfinite(gain.width):
        return Row(n, item, gain, "its range has a side without a limit")
    if item.finding.value.cost.total <= 0:
        return Row(n, item, gain, "no cost has been entered")
    return Row(n, item, gain, "" if gain.width > 0 else "its range has no width")


def _counted_once(rows: list[Row]) -> list[Row]:
    """Give every row but the best of each shared change the number of the row that holds it.

    The campaigns of one joint model stand or fall together: each estimate is a part of one change.
    """
    leader: dict[int, int] = {}
    counted: list[Row] = []
    for unit in sorted(_units(rows), key=lambda u: min(map(_best_first, u))):
        other = next((c for c in counted for r in unit if _same_change(c, r)), None)
        if other is None:
            counted += unit
        else:
            leader |= {r.n: other.n for r in unit}
    return [replace(r, counted_with=leader.get(r.n)) for r in rows]


def _alone(rows: list[Row]) -> list[Row]:
    """Say why a row is not ranked whose change is not its own, or not told apart from what else happened."""
    titles = {r.n: r.title for r in rows}
    holders = {r.counted_with: r.title for r in rows if r.counted_with is not None}
    found = []
    for row in rows:
        other = holders.get(row.n) if row.counted_with is None else titles[row.counted_with]
        why = ""
        if row.level < LEAST_LEVEL:
            why = "evidence at level 1: nothing tells its part from other causes"
        elif other:
            why = f"it shares one change with {other}; how much is its own is not known"
        found.append(replace(row, why_not=row.why_not or why))
    return found


def _units(rows: list[Row]) -> list[list[Row]]:
    """Rows with something to count, those of one joint model together."""
    units: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.gain is not None or row.shared is not None:
            units[id(row.shared) if row.shared else -row.n].append(row)
    return list(units.values())


def _best_first(row: Row) -> tuple[int, float, int]:
    return -row.level, _relative_width(row), row.n


def _relative_width(row: Row) -> float:
    if row.gain is None or row.gain.point == 0:
        return math.inf
    return row.gain.width / abs(row.gain.point)


def _same_change(a: Row, b: Row) -> bool:
    same_outcome = a.item.outcome.name.casefold() == b.item.outcome.name.casefold() and a.group == b.group
    return same_outcome and _overlap_in_time(a, b) and bool(_people(a) & _people(b))


def _overlap_in_time(a: Row, b: Row) -> bool:
    (start, end), (begin, until) = _window(a), _window(b)
    return start <= until and begin <= end


def _window(row: Row) -> tuple[date, date]:
    design = row.finding.design
    if design is not None:
        return design.start, design.until
    return row.campaign.start, row.campaign.effects_until or row.campaign.end


def _people(row: Row) -> set[str]:
    """Areas counted; a series without areas is its organisation's whole area."""
    design = row.finding.design
    areas = set(design.treated if design else row.campaign.areas) or {WHOLE_AREA}
    return {f"{row.campaign.organisation.casefold()}: {a}" if a == WHOLE_AREA else a for a in areas}


def _ranked(rows: list[Row]) -> list[Row]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.why_not:
            groups[row.group].append(row)
    placed: dict[int, Ranked] = {}
    alone: set[int] = set()
    for like in groups.values():
        if len(like) < LEAST:
            alone |= {r.n for r in like}
            continue
        values, errors = zip(*(_with_error(r) for r in like), strict=True)
        placed |= {r.n: place for r, place in zip(like, ranked(values, errors), strict=True)}
    reason = f"fewer than {LEAST} campaigns count the same thing"
    return [replace(r, rank=placed.get(r.n), why_not=reason if r.n in alone else r.why_not) for r in rows]


def _with_error(row: Row) -> tuple[float, float]:
    """Point and standard error that the interval implies."""
    each = row.per_thousand
    if each is None:
        raise ValueError("only rows with a cost and an effect are ranked")
    return each.point, each.width / (2 * NormalDist().inv_cdf(0.5 + each.level / 2))
