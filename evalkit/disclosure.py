"""Which counts must not be published, so that nobody can be told from a table: the rule, and nothing else.

1. A count under 5 is withheld, and so is one that would let a withheld one be worked out from what is shown.
2. Pure functions on counts: what is done with a withheld figure is the writer's business.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.small_counts import LEAST

Sum = tuple[int | None, tuple[int, ...]]  # places of a total (None: known by itself) and of its parts
OPEN = -1  # where a count leads that is in one sum only


def withheld(
    counts: Sequence[float | None],
    sums: Sequence[Sum] = (),
    least: int = LEAST,
    *,
    rest: Sequence[float | None] | None = None,
    also: Collection[int] = (),
) -> tuple[bool, ...]:
    """Say which of a list of published counts must be withheld.

    Parameters
    ----------
    counts : sequence of float or None
        Totals and parts alike; None is a figure that is not published anyway.
    sums : sequence of (int or None, tuple of int)
        Which counts are totals of which, by position; each count is in two sums at most, as the cells of a
        table are. A total of None stands for a number that readers know and that cannot be withheld.
    least : int
        The smallest count that may be shown; a count of none is withheld too, as it speaks for everyone.
    rest : sequence of float or None, optional
        For counts out of so many: how many did not; None where nothing is left over. Few of them are
        withheld like few of the others.
    also : collection of int
        Counts that are withheld for other reasons.

    Returns
    -------
    tuple of bool
        Small counts (primary), and for every small one enough others that no combination of the totals
        gives it away and no total less its shown parts leaves a remainder under `least` (secondary). The
        smallest count that helps is withheld first, parts before totals.

    Raises
    ------
    ValueError
        If a count is in more than two sums.
    """
    table = _Table(counts, sums, least, rest)
    hidden = {i for i, c in enumerate(counts) if c is None} | table.small | set(also)
    while more := table.needed(hidden):
        hidden |= more
    return tuple(i in hidden and c is not None for i, c in enumerate(counts))


def withheld_table(counts: NDArray[np.float64], least: int = LEAST) -> NDArray[np.bool_]:
    """The same for a table whose last row and last column are its totals.

    Parameters
    ----------
    counts : (rows, columns) array
        NaN where nothing is published.

    Returns
    -------
    (rows, columns) bool array
    """
    rows, columns = counts.shape
    at = np.arange(counts.size).reshape(rows, columns)
    sums: list[Sum] = [(int(at[i, -1]), tuple(int(k) for k in at[i, :-1])) for i in range(rows)]
    sums += [(int(at[-1, j]), tuple(int(k) for k in at[:-1, j])) for j in range(columns)]
    flat = [None if np.isnan(c) else float(c) for c in counts.ravel()]
    return np.array(withheld(flat, sums, least), dtype=bool).reshape(rows, columns)


def coarse(value: float, digits: int = 2) -> float:
    """A figure to so many significant digits, so that no exact count can be worked back from it.

    Sign and order are kept: what is above zero stays above zero.
    """
    return value if value == 0 or not math.isfinite(value) else float(f"{value:.{digits - 1}e}")


class _Table:
    """Counts with the sums between them."""

    def __init__(
        self,
        counts: Sequence[float | None],
        sums: Sequence[Sum],
        least: int,
        rest: Sequence[float | None] | None,
    ) -> None:
        self.sides = [[0.0 if c is None else float(c) for c in counts]]
        if rest is not None:
            self.sides.append([math.inf if c is None else float(c) for c in rest])
        given = {i for i, c in enumerate(counts) if c is not None}
        self.small = {i for i in given if min(side[i] for side in self.sides) < least}
        self.sums, self.least = sums, least
        self.totals = {total for total, _ in sums}
        self.within: dict[int, list[int]] = defaultdict(list)
        for s, (total, parts) in enumerate(sums):
            for i in (*parts, *(() if total is None else (total,))):
                self.within[i].append(s)
        if any(len(s) > 2 for s in self.within.values()):
            raise ValueError("a count is in more than two sums")

    def needed(self, hidden: set[int]) -> set[int]:
        """One more count for every sum that gives a small one away; empty where none does."""
        given_away = self._worked_out(hidden) & self.small
        found: set[int] = set()
        for total, parts in self.sums:
            members = {*parts, *(() if total is None else (total,))}
            unseen = members & hidden
            if not unseen or unseen == members or not unseen & self.small:
                continue
            if unseen & given_away or (total not in hidden and self._few(parts, hidden)):
                found.add(min(members - hidden, key=self._rank))
        if given_away and not found:  # the way out leads over a neighbouring sum
            touched = {s for i in hidden for s in self.within.get(i, ())}
            others = {i for s in touched for i in (*self.sums[s][1], self.sums[s][0]) if i is not None}
            found = {min(others - hidden, key=self._rank)} if others - hidden else set()
        return found

    def _few(self, parts: Iterable[int], hidden: set[int]) -> bool:
        """Whether what is left of a total when its shown parts are taken off is small."""
        unseen = [p for p in parts if p in hidden]
        return any(sum(side[p] for p in unseen) < self.least for side in self.sides)

    def _rank(self, i: int) -> tuple[bool, float, int]:
        return i in self.totals, self.sides[0][i], i

    def _worked_out(self, hidden: set[int]) -> set[int]:
        """Hidden counts that the shown ones and the totals determine, by any combination of sums.

        The hidden counts are lines between their sums. One that lies on no ring can be solved for from the
        ends; the counts of a ring can all move together.
        """
        ends = {i: (s[0], s[1] if len(s) > 1 else OPEN) for i in hidden if (s := self.within.get(i))}
        return bridges(ends)


def bridges(lines: Mapping[int, tuple[int, int]]) -> set[int]:
    """Lines of a network without which it would fall apart: those on no ring (Tarjan 1974).

    Parameters
    ----------
    lines : mapping of int to (int, int)
        The two places that each line joins.
    """
    around: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, (a, b) in lines.items():
        around[a].append((line, b))
        around[b].append((line, a))
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found: set[int] = set()
    for root in around:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        path = [(root, -1, iter(around[root]))]  # place, line by which it was reached, lines left to try
        while path:
            here, came, left = path[-1]
            step = next(left, None)
            if step is None:
                path.pop()
                if path:
                    before = path[-1][0]
                    low[before] = min(low[before], low[here])
                    if low[here] > order[before]:
                        found.add(came)
                continue
            line, there = step
            if line == came:
                continue
            if there in order:
                low[here] = min(low[here], order[there])
            else:
                order[there] = low[there] = len(order)
                path.append((there, line, iter(around[there])))
    return found
