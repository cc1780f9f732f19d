"""What areas count for, and covariates: complete where they are needed, and able to explain something."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from evalkit.campaign.area_rules import without_figures
from evalkit.campaign.areas import Covariate
from evalkit.campaign.header import Campaign
from evalkit.campaign.names import listed
from evalkit.campaign.outcomes import Outcome
from evalkit.errors import Problem, problem

if TYPE_CHECKING:
    from evalkit.campaign.programme import Programme

Rows = list[tuple[int, Covariate]]


def populations_whole(programme: Programme) -> Iterator[Problem]:
    """Where one area has a population, every area that is compared has one, and one only."""
    if not programme.areas:
        return
    known = sorted({o.area for o in programme.observations if o.area})
    first: dict[str, int] = {}
    for i, row in enumerate(programme.areas):
        if row.area not in known:
            yield without_figures(("areas", i, "area"), row.area, known, "")
        if row.area in first:
            at = ("areas", first[row.area], "area")
            yield problem(
                "M-duplicate", "areas", i, "area", value=row.area, what="area", first=f'"{row.area}"',
                first_at=at,
            )  # fmt: skip
        first.setdefault(row.area, i)
    compared = {a for campaign, outcome in programme.pairs() for a in _compared(programme, campaign, outcome)}
    missing = [a for a in known if a in compared and a not in first]
    if missing:
        yield problem("M-population-missing", "areas", 0, "population", areas=listed(missing))


def _compared(programme: Programme, campaign: Campaign, outcome: Outcome) -> set[str]:
    """Areas of an outcome that had the campaign, and those it is compared with."""
    rows = {c.area for c in programme.comparison_areas(outcome) if c.area}
    spilled = set(programme.spillover_areas(outcome))
    every = {o.area for o in programme.observations_of(outcome) if o.area}
    return {*programme.treated_areas(campaign, outcome), *((rows or every) - spilled)}


def covariates_sound(programme: Programme) -> Iterator[Problem]:
    """A covariate varies, and has one figure for each of the outcome's periods and areas."""
    names = {o.name for o in programme.outcomes}
    for outcome in programme.outcomes:
        figures = programme.observations_of(outcome)
        periods = {o.period for o in figures}
        known = sorted({o.area for o in figures if o.area})
        for rows in _by_name(programme, outcome).values():
            if not figures:
                i, row = rows[0]
                yield problem("M-covariate-alone", "covariates", i, "outcome", value=row.name)
                continue
            yield from _places(rows, periods, known)
            yield from _twice(rows)
            values = {row.value for _, row in rows}
            if len(values) == 1:
                i, row = rows[0]
                yield problem("M-covariate-flat", "covariates", i, "value", value=row.value, name=row.name)
    for campaign, outcome in programme.pairs():
        treated = programme.treated_areas(campaign, outcome)
        periods = {o.period for o in programme.observations_of(outcome)}
        for rows in _by_name(programme, outcome).values() if outcome.name in names else ():
            yield from _gaps(rows, sorted(periods), treated)


def _by_name(programme: Programme, outcome: Outcome) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for i, row in enumerate(programme.covariates):
        if row.outcome in (None, outcome.name):
            found.setdefault(row.name, []).append((i, row))
    return found


def _places(rows: Rows, periods: set[date], known: list[str]) -> Iterator[Problem]:
    """Areas that the outcome has, and periods that are its own as far as its figures reach."""
    blank = [i for i, row in rows if row.area is None]
    for i, row in rows:
        if row.area and row.area not in known:
            yield without_figures(("covariates", i, "area"), row.area, known, "")
        if min(periods) <= row.period <= max(periods) and row.period not in periods:
            yield problem("M-covariate-period", "covariates", i, "period", value=row.period, name=row.name)
    if 0 < len(blank) < len(rows):
        for i in blank:
            yield problem("M-area-blank", "covariates", i, "area")


def _twice(rows: Rows) -> Iterator[Problem]:
    seen: dict[tuple[str | None, date], int] = {}
    for i, row in rows:
        first = seen.setdefault((row.area, row.period), i)
        if first != i:
            yield problem(
                "M-duplicate-observation",
                "covariates",
                i,
                "period",
                outcome=row.name,
                area=row.area or "all areas",
                period=row.period,
                first=f"row {first + 1} of the sheet",
                first_at=("covariates", first, "period"),
            )


def _gaps(rows: Rows, periods: list[date], treated: tuple[str, ...]) -> Iterator[Problem]:
    """A campaign area needs the covariate in every period of the outcome."""
    held = {(row.area, row.period) for _, row in rows}
    everywhere = all(row.area is None for _, row in rows)
    for area in (None,) if everywhere else treated:
        missing = [day for day in periods if (area, day) not in held]
        if missing:
            i, row = rows[0]
            yield problem(
                "M-covariate-gap",
                "covariates",
                i,
                "value",
                name=row.name,
                area=area or "all areas",
                n=len(missing),
                of=len(periods),
                first=missing[0],
            )
