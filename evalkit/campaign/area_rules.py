"""Areas that are one area under two spellings.

1. A difference in capitals or spaces is always a slip.
2. A near miss is a slip only where its figures fill the very periods that the other spelling lacks; areas
   with names alike, such as Ward 1 and Ward 11, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.errors import Problem, problem

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme

NEAR = 0.85
FEW = 0.25  # of the other spelling's rows, beyond which a series stands on its own

Rows = list[tuple[int, date]]


def areas_spelt_one_way(programme: Programme) -> Iterator[Problem]:
    """Each area has one spelling among the figures of an outcome."""
    by_outcome: dict[str | None, dict[str, Rows]] = {}
    for i, row in enumerate(programme.observations):
        if row.area:
            by_outcome.setdefault(row.outcome, {}).setdefault(row.area, []).append((i, row.period))
    for areas in by_outcome.values():
        ranked = sorted(areas, key=lambda a: (-len(areas[a]), areas[a][0][0]))
        for n, rare in enumerate(ranked):
            usual = next((a for a in ranked[:n] if _same(a, areas[a], rare, areas[rare])), None)
            if usual is None:
                continue
            for i, _ in areas[rare]:
                yield problem("M-two-spellings", "observations", i, "area", value=rare, other=usual)


@lru_cache(maxsize=4096)
def _folded(area: str) -> str:
    return " ".join(area.casefold().split())


def _same(usual: str, usual_rows: Rows, rare: str, rare_rows: Rows) -> bool:
    if _folded(usual) == _folded(rare):
        return True
    if len(rare_rows) > FEW * len(usual_rows) or any(c.isdigit() for c in rare):
        return False
    apart = not {day for _, day in usual_rows} & {day for _, day in rare_rows}
    return apart and SequenceMatcher(None, usual.casefold(), rare.casefold()).ratio() >= NEAR


def areas_given_throughout(programme: Programme) -> Iterator[Problem]:
    """Where the figures of an outcome are by area, every figure names its area."""
    by_outcome: dict[str | None, list[tuple[int, bool]]] = {}
    for i, row in enumerate(programme.observations):
        by_outcome.setdefault(row.outcome, []).append((i, row.area is None))
    for rows in by_outcome.values():
        blank = [i for i, empty in rows if empty]
        if 0 < len(blank) < len(rows):
            for i in blank:
                yield problem("M-area-blank", "observations", i, "area")
