"""What withheld counts of groups may be: the rows of a comparison with every number that each may stand for.

1. The rows made depend on the counts that are shown and on which are withheld, never on a withheld count.
2. How a withheld sum lies over the rows of its group is not known either: evenly, or all in the largest or
   the smallest.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from evalkit.campaign.groups import GroupRow
from evalkit.small_counts import LEAST, tells_of_few

MOST = 64  # so many ways are tried; where there are more, the ends of each count only
Group = tuple[str, str]  # wave and arm
Option = dict[int, float]  # successes by position of the row


def few_people(rows: Sequence[GroupRow]) -> frozenset[Group]:
    """Groups, by wave and arm, of fewer than five people in all."""
    return frozenset(
        group for group, places in _groups(rows).items() if sum(rows[i].n for i in places) < LEAST
    )


def stand_ins(rows: Sequence[GroupRow]) -> tuple[tuple[GroupRow, ...], ...]:
    """Rows of one comparison as they may be, where counts of its groups are too small to be shown.

    Parameters
    ----------
    rows : sequence of GroupRow
        All with successes, or all with means.

    Returns
    -------
    tuple of tuple of GroupRow
        Empty where no count of a group is small.
    """
    options = [
        found for places in _groups(rows).values() if (found := _options(rows, places)) and found != [{}]
    ]
    if not options:
        return ()
    ways = 1
    for found in options:
        ways *= len(found)
    if ways > MOST:
        options = [[found[0], found[-1]] for found in options]
    return tuple(_with(rows, chosen) for chosen in itertools.product(*options))


def _groups(rows: Sequence[GroupRow]) -> dict[Group, list[int]]:
    found: dict[Group, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        found[row.wave or "", row.arm].append(i)
    return found


def _options(rows: Sequence[GroupRow], places: Sequence[int]) -> list[Option]:
    """What the rows of one group may hold; empty where its count may be shown."""
    if any(rows[i].successes is None for i in places):
        return []
    n = float(sum(rows[i].n for i in places))
    did = float(sum(rows[i].successes or 0 for i in places))
    if not tells_of_few(n, did):
        return []
    most = min(LEAST - 1, int(n))
    rest = did >= LEAST
    found: list[Option] = []
    for few in range(most + 1) if len(places) == 1 else sorted({0, most // 2, most}):
        for spread in _spread(rows, places, few):
            if spread not in found:
                found.append(spread)
    return [{i: rows[i].n - x for i, x in one.items()} for one in found] if rest else found


def _spread(rows: Sequence[GroupRow], places: Sequence[int], few: int) -> Iterator[Option]:
    """So few over the rows of a group: all in the smallest, evenly, all in the largest."""
    n = sum(rows[i].n for i in places)
    by_size = sorted(places, key=lambda i: (rows[i].n, i))
    yield _filled(rows, by_size, few)
    yield {i: few * rows[i].n / n if n else 0.0 for i in places}
    yield _filled(rows, by_size[::-1], few)


def _filled(rows: Sequence[GroupRow], places: Sequence[int], few: int) -> Option:
    left, found = float(few), {}
    for i in places:
        found[i] = min(left, float(rows[i].n))
        left -= found[i]
    return found


def _with(rows: Sequence[GroupRow], chosen: Sequence[Option]) -> tuple[GroupRow, ...]:
    new = {i: x for option in chosen for i, x in option.items()}
    return tuple(
        row.model_copy(update={"successes": new[i]}) if i in new else row for i, row in enumerate(rows)
    )
