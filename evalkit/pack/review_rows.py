"""Campaigns of a review as rows: one each, only like counted with like, and no change counted twice.

1. A campaign's row is its primary finding; a later evaluation of the same campaign replaces an earlier one.
2. Campaigns that aimed at the same outcome of the same people at the same time share one change; the one
   with the best evidence is counted, and the review names the others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import NormalDist

from evalkit.amounts import british_date
from evalkit.campaign.header import Campaign
from evalkit.campaign.programme import WHOLE_AREA
from evalkit.estimate import Estimate, Interval
from evalkit.evaluation import Evaluation, Finding
from evalkit.pack.interim import is_interim
from evalkit.pack.items import Item, items
from evalkit.pack.review_money import shown
from evalkit.ranking import LEAST, Ranked, ranked
from evalkit.vocabulary import Claim

APRIL = 4


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
    def group(self) -> str:
        """What is counted: only rows with the same are like."""
        return self.item.better

    @property
    def year(self) -> str:
        """Financial year, April to March, in which the campaign started."""
        start = self.campaign.start
        first = start.year if start.month >= APRIL else start.year - 1
        return f"{first}-{(first + 1) % 100:02d}"

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
    return tuple(_ranked(rows))


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
    """Give every row but the best of each shared change the number of the row that holds it."""
    leader: dict[int, int] = {}
    best_first = sorted(rows, key=lambda r: (-r.level, _relative_width(r), r.n))
    counted: list[Row] = []
    for row in best_first:
        other = next((c for c in counted if _same_change(c, row)), None)
        if row.gain is None:
            continue
        if other is None:
            counted.append(row)
        else:
            leader[row.n] = other.n
    return [replace(r, counted_with=leader.get(r.n)) for r in rows]


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


def groups_of(rows: Sequence[Row]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Rows with a total by what they count, the largest spend first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.gain is not None:
            found[row.group].append(row)
    return tuple(
        (g, tuple(like))
        for g, like in sorted(found.items(), key=lambda p: (-sum(r.cost for r in p[1]), p[0]))
    )


@dataclass(frozen=True, slots=True)
class Total:
    """What a group of like campaigns changed in all.

    Attributes
    ----------
    point : float
    low, high : float
        If the errors of the campaigns are independent: distances to the ends added in quadrature (Zou and
        Donner 2008, *Statistics in Medicine* 27).
    all_low, all_high : float
        If every estimate errs the same way: the ends added up.
    """

    point: float
    low: float
    high: float
    all_low: float
    all_high: float


def total_of(like: Sequence[Row]) -> Total:
    """Add up the rows that are counted."""
    gains = [r.gain for r in like if r.gain is not None and r.counted_with is None]
    point = sum(g.point for g in gains)
    below = math.sqrt(sum((g.point - g.low) ** 2 for g in gains))
    above = math.sqrt(sum((g.high - g.point) ** 2 for g in gains))
    return Total(point, point - below, point + above, sum(g.low for g in gains), sum(g.high for g in gains))


# ------------------------------------------------------------------ what follows


@dataclass(frozen=True, slots=True)
class Advice:
    """A row of the rule table: the first whose condition holds decides."""

    code: str
    action: str
    when: str
    why: str


LIKELY = 0.5
RULES = (
    Advice("R1", "Test", "No effect could be estimated, or the evidence is at level 1",
           "These figures cannot show what the campaign did."),
    Advice("R2", "Keep", "An interim look: the campaign or its effects are not over",
           "Decide when the figures are complete."),
    Advice("R3", "Stop", "The range excludes an improvement, or one as large as the one that matters",
           "What was hoped for is ruled out."),
    Advice("R4", "Stop", "The net value has a range, and all of it is below nought",
           "It costs more than it brings at every value in the range."),
    Advice("R5", "Test", "Cannot tell: the range holds both no effect and one that matters",
           "Repeat it only in a way that gives an answer."),
    Advice("R6", "Test", "Consistent with a contribution: level 2, other causes not ruled out",
           "Spend no more on it than now, and add a comparison."),
    Advice("R7", "Scale", "An improvement at level 3 or more, and all of the net value's range above "
     "nought or "
           "a probability of one half or more of being in the top third of its like",
           "The evidence is sound and it does more for its money than others."),
    Advice("R8", "Keep", "An improvement at level 3 or more, otherwise",
           "It works; nothing says that more of it is better than more of another."),
)  # fmt: skip
BY_CODE = {r.code: r for r in RULES}


def advise(row: Row) -> Advice:
    """The first rule that holds."""
    claim, net = row.finding.verdict.claim, row.net
    if claim is Claim.NOT_ESTIMATED or row.level == 1:
        return BY_CODE["R1"]
    if row.interim:
        return BY_CODE["R2"]
    if claim in (Claim.WRONG_WAY, Claim.NO_EFFECT_AS_LARGE):
        return BY_CODE["R3"]
    if net is not None and net.high < 0:
        return BY_CODE["R4"]
    if claim is Claim.CANNOT_TELL:
        return BY_CODE["R5"]
    if claim is Claim.CONSISTENT:
        return BY_CODE["R6"]
    ahead = row.rank is not None and row.rank.top_third >= LIKELY
    return BY_CODE["R7"] if ahead or (net is not None and net.low > 0) else BY_CODE["R8"]


@dataclass(frozen=True, slots=True)
class Knowing:
    """What it would be worth to know the answer before the campaign is repeated once.

    Attributes
    ----------
    net : Interval or None
        Net value of the campaign, in pounds.
    worth : float or None
        Expected value of perfect information: the most that any evaluation can be worth.
    how : str
        Where the net value comes from, or why there is none.
    """

    net: Interval | None
    worth: float | None
    how: str


def knowing(row: Row) -> Knowing:
    """Expected loss of deciding by the best estimate (Raiffa and Schlaifer 1961: unit normal loss).

    The net value is taken as normal with the spread of its interval; perfect information is worth
    s (φ(u) − u Φ(−u)) with u the size of the net value over its spread s.
    """
    figure = shown(row.finding.value, row.finding.value.npsv)
    net = figure.interval
    if net is None:
        return Knowing(None, None, f"not applicable because {figure.reason.rstrip('.')}")
    if not math.isfinite(net.width) or net.width == 0:
        return Knowing(None, None, "not applicable because the net value has a side without a limit")
    how = "net present social value of the pack"
    return Knowing(net, worth_of_knowing(net), how)


def worth_of_knowing(net: Interval) -> float:
    """Expected value of perfect information about a normal net value, of which nought is the alternative."""
    normal = NormalDist()
    spread = net.width / (2 * normal.inv_cdf(0.5 + net.level / 2))
    u = abs(net.point) / spread
    return spread * (normal.pdf(u) - u * normal.cdf(-u))
