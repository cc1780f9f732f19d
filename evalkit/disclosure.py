"""Which counts must not be published, so that nobody can be told from a table: the rule, and nothing else.

1. A count under 5 is withheld, and so is one that would let a withheld one be worked out from what is shown.
2. Pure functions on counts: what is done with a withheld figure is the writer's business.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.small_counts import LEAST

Sum = tuple[int, tuple[int, ...]]  # position of a total, and the positions of its parts


def withheld(
    counts: Sequence[float | None], sums: Sequence[Sum] = (), least: int = LEAST
) -> tuple[bool, ...]:
    """Say which of a list of published counts must be withheld.

    Parameters
    ----------
    counts : sequence of float or None
        Totals and parts alike; None is a figure that is not published anyway.
    sums : sequence of (int, tuple of int)
        Which counts are totals of which, by position.
    least : int
        The smallest count that may be shown; a count of none is withheld too, as it speaks for everyone.

    Returns
    -------
    tuple of bool
        Small counts (primary), and for every small one enough others that no combination of the totals
        gives it away and no total less its shown parts leaves a remainder under `least` (secondary). The
        smallest count that helps is withheld first, parts before totals.
    """
    small = [i for i, c in enumerate(counts) if c is not None and c < least]
    hidden = {i for i, c in enumerate(counts) if c is None} | set(small)
    values = [0.0 if c is None else float(c) for c in counts]
    totals = {total for total, _ in sums}
    while True:
        more = _exposing(values, sums, hidden, set(small), least)
        if not more:
            break
        hidden.add(min(more, key=lambda i: (i in totals, values[i], i)))
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


def _exposing(
    values: list[float], sums: Sequence[Sum], hidden: set[int], small: set[int], least: int
) -> set[int]:
    """Shown counts of sums that give a small one away; empty where none does."""
    given_away = _worked_out(len(values), sums, hidden) & small
    for total, parts in sums:
        members = {total, *parts}
        unseen = members & hidden
        if not unseen:
            continue
        remainder = sum(values[p] for p in parts if p in hidden)
        exposed = bool(unseen & given_away) or (
            total not in hidden and bool(unseen & small) and remainder < least
        )
        if exposed and members - hidden:
            return members - hidden
    if not given_away:
        return set()
    touched = [{total, *parts} for total, parts in sums if {total, *parts} & hidden]
    return set().union(*touched) - hidden  # the way out leads over a neighbouring sum


def _worked_out(size: int, sums: Sequence[Sum], hidden: set[int]) -> set[int]:
    """Hidden counts that the shown ones and the totals determine, by any combination of sums."""
    unknown = sorted(hidden)
    if not sums or not unknown:
        return set()
    relations = np.zeros((len(sums), size))
    for row, (total, parts) in enumerate(sums):
        relations[row, total] -= 1
        for part in parts:
            relations[row, part] += 1
    left = relations[:, unknown]
    _, scale, directions = np.linalg.svd(left)
    rank = int(np.sum(scale > 1e-9))
    free = directions[rank:]  # ways in which the hidden counts can move without changing what is shown
    fixed = np.all(np.abs(free) < 1e-9, axis=0) if len(free) else np.ones(len(unknown), dtype=bool)
    return {i for i, known in zip(unknown, fixed, strict=True) if known}
