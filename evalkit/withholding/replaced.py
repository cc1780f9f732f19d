"""A programme in which no small figure stands as it was: what published answers are worked out from.

1. What stands instead depends on no single small figure: on what several come to between them, or on nothing
   at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from evalkit.campaign.groups import GroupRow
from evalkit.campaign.outcomes import Observation
from evalkit.campaign.programme import Programme
from evalkit.group_disclosure import Compared, compared
from evalkit.small_counts import LEAST
from evalkit.vocabulary import ObservationFlag, OutcomeKind
from evalkit.withholding.figures import Key, area_of

SHARED = 3  # so many small figures may keep what they come to between them
MIDDLE = (LEAST - 1) // 2  # of the numbers that a small figure may be


def replaced(programme: Programme, figures: Collection[Key], starts: Sequence[date]) -> Programme:
    """The programme with other numbers for small figures.

    Parameters
    ----------
    programme : Programme
    figures : collection of (str, str, date)
        Outcome, area and period of what is withheld.
    starts : sequence of date
        Between which the small figures of an area keep their sum, where there are three or more.

    Returns
    -------
    Programme
        The same object where no withheld figure is small.
    """
    kinds = {o.name: o.kind for o in programme.outcomes}
    only = programme.outcomes[0].name
    alike: dict[tuple[str, str, int, bool], list[int]] = defaultdict(list)
    for i, row in enumerate(programme.observations):
        outcome, area = row.outcome or only, area_of(row)
        given = row.value is not None and row.flag is not ObservationFlag.SUPPRESSED
        if (outcome, area, row.period) not in figures or not given:
            continue
        share = kinds[outcome] is OutcomeKind.SHARE
        if (few := _few(row, share)) is not None:
            alike[outcome, area, sum(s <= row.period for s in starts), few].append(i)
    if not alike:
        return programme
    rows = list(programme.observations)
    for (_, _, _, rest), places in alike.items():
        counts = [_count(rows[i], rest) for i in places]
        for i, count in zip(places, _instead(counts), strict=True):
            of = rows[i].denominator
            value = count if of is None else min(count, of)
            rows[i] = rows[i].model_copy(update={"value": (of or 0.0) - value if rest else value})
    return programme.model_copy(update={"observations": tuple(rows)})


def replaced_clusters(programme: Programme, rows: Collection[int]) -> Programme:
    """The programme with other numbers for small clusters; what the withheld ones of a group come to stays.

    Parameters
    ----------
    programme : Programme
    rows : collection of int
        Positions of the withheld rows whose group is shown. Rows of fewer than five people stay as they are.

    Returns
    -------
    Programme
        The same object where there are none.
    """
    alike: dict[tuple[Compared, str, str], list[int]] = defaultdict(list)
    for i in sorted(rows):
        row = programme.groups[i]
        if row.successes is not None and row.n >= LEAST:
            alike[compared(programme, row), row.wave or "", row.arm].append(i)
    if not alike:
        return programme
    groups = list(programme.groups)
    for places in alike.values():
        for i, did in _shared_out([groups[i] for i in places]).items():
            groups[places[i]] = groups[places[i]].model_copy(update={"successes": did})
    return programme.model_copy(update={"groups": tuple(groups)})


def _shared_out(rows: Sequence[GroupRow]) -> dict[int, float]:
    """Successes by row: even among the small ones, the rest with the largest of the others."""
    did = {i: row.successes or 0.0 for i, row in enumerate(rows)}
    new = dict(did)
    for rest in (False, True):
        count = {i: rows[i].n - x if rest else x for i, x in did.items()}
        small = [i for i, x in count.items() if x < LEAST and not (rest and did[i] < LEAST)]
        for i, few in zip(small, _instead([count[i] for i in small]), strict=True):
            new[i] = rows[i].n - few if rest else few
    others = [i for i in did if new[i] == did[i] and LEAST <= did[i] <= rows[i].n - LEAST]
    over = sum(did.values()) - sum(new.values())
    for i in sorted(others or did, key=lambda i: -rows[i].n):
        taken = min(max(new[i] + over, 0.0), float(rows[i].n))
        new[i], over = taken, over - (taken - new[i])
    return new


def _few(row: Observation, share: bool) -> bool | None:
    """Whether few did not do it, rather than few did; None where neither is so."""
    if (row.value or 0.0) < LEAST:
        return False
    return True if share and (row.denominator or 0.0) - (row.value or 0.0) < LEAST else None


def _count(row: Observation, rest: bool) -> float:
    value = row.value or 0.0
    return (row.denominator or 0.0) - value if rest else value


def _instead(counts: Sequence[float]) -> list[float]:
    """As many whole numbers, as even as can be; with the same sum where there are enough of them."""
    if len(counts) < SHARED:
        return [float(MIDDLE)] * len(counts)
    each, over = divmod(round(sum(counts)), len(counts))
    return [float(each + (k < over)) for k in range(len(counts))]
