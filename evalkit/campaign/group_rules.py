"""Rows of single people on the sheet Groups: each marked, and each once in a group and wave.

1. A mark is never repeated in a message: it stands for somebody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evalkit.campaign.groups import GroupRow
from evalkit.errors import Problem, problem

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme


def people_marked_once(programme: Programme) -> Iterator[Problem]:
    """Where one row of a comparison is of a marked person all are, each once in a group and wave."""
    compared: dict[tuple[str | None, ...], list[tuple[int, GroupRow]]] = defaultdict(list)
    for i, row in enumerate(programme.groups):
        compared[row.campaign, row.outcome, row.baseline].append((i, row))
    for rows in compared.values():
        if all(row.unit is None for _, row in rows):
            continue
        first: dict[tuple[object, ...], int] = {}
        for i, row in rows:
            if row.unit is None:
                yield problem("M-person-some", "groups", i, "unit")
                continue
            key = (row.unit, row.arm, row.wave, row.period)
            if key in first:
                yield problem(
                    "M-person-twice",
                    "groups",
                    i,
                    "unit",
                    first=f"row {first[key] + 1} of the sheet",
                    first_at=("groups", first[key], "unit"),
                )
            first.setdefault(key, i)
