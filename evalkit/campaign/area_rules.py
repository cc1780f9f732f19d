"""Areas: which had the campaign, and those that are one area under two spellings.

1. A difference in capitals or spaces is always a slip.
2. A near miss is a slip only where its figures fill the very periods that the other spelling lacks; areas
   with names alike, such as Ward 1 and Ward 11, are left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.campaign.names import hint, listed, several
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


def areas_clear(programme: Programme) -> Iterator[Problem]:
    """It is known which areas had the campaign, and no area is on both sides."""
    for outcome in programme.outcomes:
        areas = {o.area for o in programme.observations_of(outcome)}
        known = sorted(a for a in areas if a)
        beside = {c.area for c in programme.comparison_areas(outcome) if c.area}
        for i, campaign in enumerate(programme.campaigns):
            if len(areas) > 1 and not campaign.areas and not beside:
                yield problem("M-areas-unclear", "campaigns", i, "areas", areas=listed(known))
            for area in campaign.areas:
                if area in beside:
                    yield problem("M-area-both", "campaigns", i, "areas", value=area)
                elif areas and area not in areas and (campaign, outcome) in programme.pairs():
                    together = several(area, known)
                    fix = f'Put semicolons between the names: "{"; ".join(together)}".' if together else ""
                    yield without_figures(("campaigns", i, "areas"), area, known, fix)
    yield from _comparison_areas_have_data(programme)


def _comparison_areas_have_data(programme: Programme) -> Iterator[Problem]:
    areas = {o.name: {x.area for x in programme.observations_of(o) if x.area} for o in programme.outcomes}
    for i, row in enumerate(programme.comparisons):
        outcomes = [o.name for o in programme.outcomes if row.outcome in (None, o.name)]
        known = {area for name in outcomes for area in areas[name]}
        if row.area and outcomes and row.area not in known:
            fix = "Give each area a row of its own." if several(row.area, known) else ""
            yield without_figures(("comparisons", i, "area"), row.area, known, fix)


def without_figures(loc: tuple[str | int, ...], area: str, known: Collection[str], fix: str) -> Problem:
    """An area that has no figures, with those that have."""
    choices = listed(known) or "none, the Area column is empty"
    return problem(
        "M-area-no-data",
        *loc,
        value=area,
        choices=choices,
        fix=fix or f"Correct the name.{hint(area, known)}",
    )
