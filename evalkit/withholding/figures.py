"""Which figures by period must not be published, and what is known of them without being shown.

1. Areas of a period are judged with their sum where that is shown, and the periods of an area together: an
   answer gives their sum away, before the campaign and from its start.
2. Only counts and shares tell of people; amounts, averages and scores do not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from evalkit.campaign.outcomes import Observation, Outcome
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.design import Design
from evalkit.disclosure import Sum, withheld
from evalkit.evaluation import Evaluation, Finding
from evalkit.small_counts import LEAST
from evalkit.vocabulary import ObservationFlag, OutcomeKind

Key = tuple[str, str, date]  # outcome, area, period
SUM_OF_AREAS = "sum of areas"


def withheld_figures(evaluation: Evaluation, also: Collection[Key] = ()) -> frozenset[Key]:
    """Outcome, area and period of every figure that must not be published.

    Parameters
    ----------
    evaluation : Evaluation
    also : collection of (str, str, date)
        Figures that an earlier publication withheld, which this one must not give away.

    Returns
    -------
    frozenset of (str, str, date)
        The area is "sum of areas" for what campaign areas come to between them.
    """
    programme = evaluation.programme
    designs = [f.design for f in evaluation.findings if f.design is not None]
    found: set[Key] = set()
    for outcome in programme.outcomes:
        if outcome.kind is OutcomeKind.LEVEL:
            continue
        own = [f.design for f in evaluation.findings if f.design and f.outcome == outcome.name]
        using = [*own, *(d for d in designs if outcome.name in (*d.comparison, *d.covariates))]
        found |= _Cells(programme, outcome, own, using).withheld(also)
    return frozenset(found)


def concealed(finding: Finding, figures: frozenset[Key]) -> frozenset[date] | None:
    """Periods whose figure is withheld of a finding by period; None where it rests on none that is."""
    design = finding.design
    if design is None:
        return None
    used = {*design.treated, *design.comparison, *design.covariates}
    own = {(a, p) for o, a, p in figures if o == finding.outcome}
    if not any(a in used for a, _ in own) and not any(o in used for o, _, _ in figures):
        return None
    shown = SUM_OF_AREAS if len(design.treated) > 1 else design.treated[0]
    return frozenset(p for a, p in own if a == shown)


def area_of(row: Observation) -> str:
    """The area of a figure; one without is of the whole area."""
    return row.area or WHOLE_AREA


@dataclass(frozen=True, slots=True)
class Stretch:
    """The figures of some areas over a stretch of time, added up.

    Attributes
    ----------
    count : float
        How many did it, or how many events.
    rest : float or None
        For a share, how many did not.
    """

    count: float
    rest: float | None

    @property
    def small(self) -> bool:
        """Whether their sum is itself too small to be given away."""
        return self.count < LEAST or (self.rest is not None and self.rest < LEAST)


def stretch(
    programme: Programme, outcome: Outcome, areas: Collection[str], first: date | None, last: date | None
) -> Stretch:
    """Add up what was observed in some areas, from a first to a last period, both included."""
    rows = [
        o
        for o in programme.observations_of(outcome)
        if o.value is not None
        and area_of(o) in areas
        and (first is None or o.period >= first)
        and (last is None or o.period <= last)
    ]
    count = sum(float(o.value or 0) for o in rows)
    share = outcome.kind is OutcomeKind.SHARE
    return Stretch(count, sum(float(o.denominator or 0) for o in rows) - count if share else None)


class _Cells:
    """The figures of one outcome as cells of a table, with the sums that are known of them."""

    def __init__(
        self, programme: Programme, outcome: Outcome, own: Sequence[Design], using: Sequence[Design]
    ) -> None:
        self.outcome, self.using = outcome, using
        self.rows = programme.observations_of(outcome)
        self.keys: list[Key] = [(outcome.name, area_of(o), o.period) for o in self.rows]
        self.counts: list[float | None] = [
            None if o.flag is ObservationFlag.SUPPRESSED else o.value for o in self.rows
        ]
        sides = [_rest(o, outcome.kind) for o in self.rows]
        self.rest = [None if c is None else s for c, s in zip(self.counts, sides, strict=True)]
        self.sums: list[Sum] = []
        self.treated = list(dict.fromkeys(frozenset(d.treated) for d in own))

    def withheld(self, also: Collection[Key]) -> set[Key]:
        """All that must not be shown of them."""
        if not self.rows:
            return set()
        at: dict[date, list[int]] = defaultdict(list)
        for i, (_, _, period) in enumerate(self.keys):
            at[period].append(i)
        several = [areas for areas in self.treated if len(areas) > 1]
        if len(several) == 1 and self.outcome.kind is OutcomeKind.COUNT:
            self._add_sums_of_areas(at, several[0])
        self._add_stretches()
        wholes, before = self._wholes(at), set(also)
        forced = {i for i, key in enumerate(self.keys) if key in before}
        while True:
            flags = withheld(self.counts, self.sums, rest=self.rest, also=forced)
            more = {i for i, parts in wholes.items() if any(flags[p] for p in parts) and not flags[i]}
            if not more:
                break
            forced |= more
        found = {key for key, flag in zip(self.keys, flags, strict=True) if flag}
        found |= {
            (self.outcome.name, area_of(o), o.period)
            for o in self.rows
            if o.flag is ObservationFlag.SUPPRESSED and o.value is not None
        }
        return found | self._sums_beside(found)

    def _add_sums_of_areas(self, at: dict[date, list[int]], areas: frozenset[str]) -> None:
        """What the campaign areas come to in each period, as a total of their figures."""
        for period, places in at.items():
            parts = tuple(i for i in places if self.keys[i][1] in areas)
            if len(parts) < 2:
                continue
            known = [c for i in parts if (c := self.counts[i]) is not None]
            self.keys.append((self.outcome.name, SUM_OF_AREAS, period))
            self.counts.append(sum(known) if len(known) == len(parts) else None)
            self.rest.append(None)
            self.sums.append((len(self.keys) - 1, parts))

    def _add_stretches(self) -> None:
        """What each area that an answer uses comes to before the start, from it, and after the end."""
        areas = {a for d in self.using for a in (*d.treated, *d.comparison)}
        marks = sorted(
            {day for d in self.using for day in (d.start, *(s for _, s in d.starts), d.until + timedelta(1))}
        )
        series = [d for d in self.using if self.outcome.name in (*d.comparison, *d.covariates)]
        stretches: dict[tuple[str, int], list[int]] = defaultdict(list)
        for i, (_, area, period) in enumerate(self.keys):
            used = area in areas or series
            if used and area != SUM_OF_AREAS and self.counts[i] is not None:
                stretches[area, bisect_right(marks, period)].append(i)
        self.sums += [(None, tuple(parts)) for parts in stretches.values()]

    def _wholes(self, at: dict[date, list[int]]) -> dict[int, list[int]]:
        """Figures of the whole area that are the sum of the areas beside them, with these."""
        found = {}
        for places in at.values():
            total = [i for i in places if self.keys[i][1] == WHOLE_AREA]
            parts = [i for i in places if self.keys[i][1] not in (WHOLE_AREA, SUM_OF_AREAS)]
            if total and parts and self.counts[total[0]] == sum(self.counts[p] or 0 for p in parts):
                found[total[0]] = parts
        return found

    def _sums_beside(self, found: set[Key]) -> set[Key]:
        """Where sums of areas are no total of a table: withheld wherever one of their parts is."""
        name = self.outcome.name
        areas = {a for several in self.treated if len(several) > 1 for a in several}
        judged = {key[2] for key in self.keys if key[1] == SUM_OF_AREAS}
        return {(name, SUM_OF_AREAS, p) for _, a, p in found if a in areas and p not in judged}


def _rest(row: Observation, kind: OutcomeKind) -> float | None:
    """How many did not, for a share."""
    if kind is not OutcomeKind.SHARE or row.value is None or row.denominator is None:
        return None
    return row.denominator - row.value
