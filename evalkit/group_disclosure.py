"""Which rows of the sheet Groups must not be published: one answer for trials, packs and saved evaluations.

1. Where the figure of one group is small, the rows of all groups it is compared with are withheld: with the
   difference between them, each would give the other away.
2. A row of a marked person never is.
3. Clusters are parts of their group, whose sum is published: a small one takes another with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.programme import Programme
from evalkit.disclosure import Sum, withheld
from evalkit.groups import BEFORE
from evalkit.small_counts import LEAST, tells_of_few

Compared = tuple[str, str, str]  # campaign, outcome, and measure known beforehand; empty for the outcome
Wave = tuple[Compared, str]


def withheld_sums(programme: Programme, comparisons: Iterable[tuple[str, str]] = ()) -> set[Wave]:
    """Waves of comparisons whose groups must not be published, not even with their clusters added up.

    Parameters
    ----------
    programme : Programme
    comparisons : iterable of (str, str)
        Campaign and outcome of comparisons whose figures are withheld for other reasons.
    """
    known = set(comparisons)
    found: set[Wave] = set()
    for key, places in _comparisons(programme).items():
        mine = [programme.groups[i] for i in places]
        small = waves_of_few(mine)
        one_group = len({r.arm for r in mine}) == 1  # then the waves are what is compared
        if (small and one_group) or (not key[2] and key[:2] in known):
            small = {r.wave or "" for r in mine}
        found |= {(key, wave) for wave in small}
    return found


def withheld_rows(programme: Programme, comparisons: Iterable[tuple[str, str]] = ()) -> frozenset[int]:
    """Positions of the rows that must not be published: of persons, of withheld sums, and small clusters.

    Parameters
    ----------
    programme, comparisons
        As for `withheld_sums`.
    """
    sums = withheld_sums(programme, comparisons)
    found: set[int] = set()
    for key, places in _comparisons(programme).items():
        persons = {i for i in places if programme.groups[i].unit is not None}
        gone = [i for i in places if i in persons or (key, programme.groups[i].wave or "") in sums]
        shown = [i for i in places if i not in set(gone)]
        flags = _clusters([programme.groups[i] for i in shown])
        found.update(gone, (i for i, flag in zip(shown, flags, strict=True) if flag))
    return frozenset(found)


def few_lost(programme: Programme) -> frozenset[int]:
    """Positions of the rows whose number of people allocated tells that one to four were lost.

    A row tells it beside its own people, and the rows of a group do in sum; that nobody was lost may be said.
    """
    groups: dict[tuple[Wave, str], list[int]] = defaultdict(list)
    for key, places in _comparisons(programme).items():
        for i in places:
            row = programme.groups[i]
            if row.allocated is not None:
                groups[(key, row.wave or ""), row.arm].append(i)
    found: set[int] = set()
    for places in groups.values():
        lost = {i: (programme.groups[i].allocated or 0) - programme.groups[i].n for i in places}
        few = {i for i, x in lost.items() if 0 < x < LEAST}
        found |= set(places) if 0 < sum(lost.values()) < LEAST else few
    return frozenset(found)


def _comparisons(programme: Programme) -> dict[Compared, list[int]]:
    rows: dict[Compared, list[int]] = defaultdict(list)
    for i, row in enumerate(programme.groups):
        rows[compared(programme, row)].append(i)
    return rows


def compared(programme: Programme, row: GroupRow) -> Compared:
    """Which comparison a row belongs to."""
    return (
        row.campaign or programme.campaigns[0].title,
        row.outcome or programme.outcomes[0].name,
        row.baseline or "",
    )


def waves_of_few(rows: Sequence[GroupRow]) -> set[str]:
    """Waves of one comparison in which the figure of a group, clusters added up, tells of a few people."""
    sums: dict[tuple[str, str], list[GroupRow]] = defaultdict(list)
    for row in rows:
        sums[row.wave or "", row.arm].append(row)
    return {wave for (wave, _), mine in sums.items() if tells_of_few(*_added(mine))}


def earlier_wave(rows: Sequence[GroupRow]) -> str | None:
    """The first of two waves; None where there are not two, or only one group."""
    waves = sorted({r.wave or "" for r in rows})
    if len(waves) != 2 or len({r.arm for r in rows}) < 2:
        return None
    return next((w for w in waves if w.strip().casefold() in BEFORE), waves[0])


def _added(rows: Sequence[GroupRow]) -> tuple[float, float | None]:
    """People, and how many of them did it; None for means."""
    did = None if rows[0].successes is None else float(sum(r.successes or 0 for r in rows))
    return float(sum(r.n for r in rows)), did


def _clusters(rows: Sequence[GroupRow]) -> tuple[bool, ...]:
    """Rows that must be withheld beside a published sum of their group."""
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        parts[row.arm, row.wave or ""].append(i)
    means = [r.successes is None for r in rows]
    counts = [float(r.n) if mean else float(r.successes or 0) for r, mean in zip(rows, means, strict=True)]
    rest = [
        float(r.n) if mean else (r.n - c if c <= r.n else None)
        for r, c, mean in zip(rows, counts, means, strict=True)
    ]
    sums: list[Sum] = [(None, tuple(places)) for places in parts.values()]
    return withheld(counts, sums, rest=rest)
