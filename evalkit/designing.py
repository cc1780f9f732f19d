"""Making a design: what will be estimated and how, from history and comparison series only.

1. The treated outcome after the start is never read here.
2. Each choice leaves a reason; each comparison series left out leaves a deviation with its rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from evalkit.admissible import check_ability, check_arguments, told_apart
from evalkit.calendars import PER_YEAR, edges
from evalkit.choices import Choices
from evalkit.common_history import common_periods, cut_short, outweighing
from evalkit.design import Design, Window
from evalkit.errors import InputError
from evalkit.estimate import NotEstimable
from evalkit.panel import Panel
from evalkit.requirements import (
    SEGMENTS,
    WIDEST_GAP,
    WIDEST_GAP_BY_AREA,
    Facts,
    choose,
    options_of,
    requirement,
    shortfall,
)
from evalkit.unlike_areas import large_area, noisy_area
from evalkit.vocabulary import DesignCode, Frequency

BY_BREAKS = (Frequency.DAILY, Frequency.WEEKLY, Frequency.FOUR_WEEKLY, Frequency.FOUR_FOUR_FIVE)
MOST_LEFT = 20  # areas left out that are named one by one
SETTLING = "Periods left out from each area's own start on, as no effect is expected yet: {}."


def make_design(
    panel: Panel,
    *,
    treated: Sequence[str],
    start: date,
    end: date | None = None,
    until: date | None = None,
    choices: Choices | None = None,
) -> Design | NotEstimable:
    """Fix the design of one campaign and outcome.

    Parameters
    ----------
    panel : Panel
    treated : sequence of str
        Areas with the campaign, all from `start`.
    start : date
        First day of the campaign; the period that holds it is the first that counts.
    end : date, optional
        Last day on air; the last period where not given.
    until : date, optional
        A day in the last period that counts; the last period where not given.
    choices : Choices, optional

    Returns
    -------
    Design, or NotEstimable where history rules an estimate out.

    Raises
    ------
    InputError
        Where an argument has no meaning.
    """
    picked = choices or Choices()
    check_arguments(panel, treated, start, end, until, picked)
    treated, start, picked, moved = _reached(panel, treated, start, until, picked)
    picked = _settled(panel, start, picked)
    if not treated:
        return NotEstimable(moved, ("Give figures from well before the start and from after it.",))
    refusal = _outside(panel, treated, start, until)
    if refusal:
        return refusal
    first, last = panel.index(start), len(panel.periods) - 1
    last = last if until is None else panel.index(until)
    _phased(panel, picked, first, last)
    comparison, deviations = _comparison(panel, treated, picked, first)
    method, why = _chosen(picked, comparison, first, common_periods(panel, treated, first), len(treated))
    row = requirement(method)
    apart = "" if row.by_area else cut_short(panel, treated, first)
    unlike = _unlike(panel, treated, comparison, first, by_area=row.by_area)
    picked, unweighted = _weighted(picked, row.by_area)
    check_ability(row, picked)
    covariates, common = told_apart(panel, treated, comparison, row, picked.covariates)
    if row.alone and comparison and picked.comparison:
        raise InputError([f"method {row.method!r} takes no comparison series: leave comparison out"])
    comparison = () if row.alone else comparison
    design = Design(
        code=DesignCode.CONTROLLED_SERIES if comparison and not row.by_area else row.code,
        method=method,
        outcome_kind=panel.kind,
        frequency=panel.frequency,
        treated=tuple(treated),
        comparison=comparison,
        start=start,
        end=end,
        until=panel.periods[last],
        last=edges(panel.periods, panel.frequency)[last + 1] - timedelta(days=1),
        shape="level and slope" if row.shapes == SEGMENTS and picked.shape == "auto" else picked.shape,
        seasonality=_seasonality(panel, first, method, picked.calendar),
        calendar=picked.calendar,
        washout=picked.washout,
        settling=picked.settling,
        exclude=picked.exclude,
        events=picked.events,
        phases=picked.phases,
        covariates=covariates,
        starts=picked.starts,
        weights=picked.weights,
        n_pre=first,
        n_post=last + 1 - first,
        matters=picked.matters,
        level=picked.level,
        seed=picked.seed,
        reasons=(
            *_reasons(panel, start, method, comparison),
            *([why] if why else []),
            *([SETTLING.format(picked.settling)] if picked.settling else []),
        ),
        deviations=(
            *(*moved, *_unnamed(panel, treated, picked), *deviations, *unweighted, *common),
            *(said for said in (apart, *unlike) if said),
        ),
    )
    short = shortfall(method, history(panel, design))
    if short is None:
        return design
    if not apart:
        return short
    help_ = "Leave the areas without figures out, or use the method did, which compares areas one by one."
    return NotEstimable((*short.reasons, apart), (*short.what_would_help, help_))


def _unnamed(panel: Panel, treated: Sequence[str], picked: Choices) -> tuple[str, ...]:
    """Areas with figures that nobody named, where the comparison was named."""
    if picked.comparison is None:
        return ()
    named = {*treated, *picked.comparison, *picked.exclude_areas}
    left = [area for area in panel.areas if area not in named]
    if not left:
        return ()
    more = f" and {len(left) - MOST_LEFT} more" if len(left) > MOST_LEFT else ""
    said = (
        f"Left out, as neither campaign area nor comparison: {', '.join(left[:MOST_LEFT])}{more}. Where the "
        "campaign did not touch them, naming them as comparison would sharpen the answer."
    )
    return (said,)


def _unlike(
    panel: Panel, treated: Sequence[str], comparison: tuple[str, ...], n_pre: int, *, by_area: bool
) -> tuple[str, ...]:
    """Areas that are not like the rest before the start: in size, and in how much they move."""
    noisy = noisy_area(panel, (*treated, *comparison), n_pre) if comparison else None
    return (
        "" if by_area else outweighing(panel, treated, n_pre),
        large_area(panel, comparison, n_pre),
        noisy.said if noisy else "",
    )


def _weighted(picked: Choices, by_area: bool) -> tuple[Choices, tuple[str, ...]]:
    """The choices without weights that may be spared, where "auto" took a method that has no use for them."""
    if picked.method != "auto" or not picked.weights or by_area or not picked.spare_weights:
        return picked, ()
    said = (
        "What areas count for is not used: weights are for comparisons of areas one by one, which need two "
        "comparison areas, and here the campaign areas are taken together."
    )
    return replace(picked, weights=()), (said,)


def _reached(
    panel: Panel, treated: Sequence[str], start: date, until: date | None, picked: Choices
) -> tuple[tuple[str, ...], date, Choices, tuple[str, ...]]:
    """Campaign areas that start within the figures, their first start, and what became of the others."""
    if not picked.starts:
        return tuple(treated), start, picked, ()
    end = panel.index(panel.periods[-1] if until is None else until)
    where = {day: panel.index(day) for day in {day for _, day in picked.starts}}
    early = [a for a, day in picked.starts if where[day] <= 0]
    late = [a for a, day in picked.starts if where[day] > end]
    moved = []
    if early:
        moved.append(
            f"Left out, as the campaign was there before the second period of figures: {', '.join(early)}."
        )
    if late:
        moved.append(
            f"Not reached within the figures, so they serve as areas without the campaign: {', '.join(late)}."
        )
    gone = {*early, *late}
    kept = tuple((a, day) for a, day in picked.starts if a not in gone)
    days = {day for _, day in kept}
    picked = replace(
        picked,
        starts=kept if len(days) > 1 else (),
        comparison=picked.comparison if picked.comparison is None else (*picked.comparison, *late),
        exclude_areas=(*picked.exclude_areas, *early),
    )
    return tuple(a for a, _ in kept), min(days, default=start), picked, tuple(moved)


def _settled(panel: Panel, start: date, picked: Choices) -> Choices:
    """Periods to leave out from the start on as a stretch, where all areas start together."""
    if not picked.settling or picked.starts or panel.index(start) < 0:
        return picked
    ends = edges(panel.periods, panel.frequency)
    end = ends[min(panel.index(start) + picked.settling, len(panel.periods))] - timedelta(days=1)
    return replace(
        picked,
        settling=0,
        washout=(*picked.washout, Window(start, max(start, end), "wash-out at the start")),
    )


def _chosen(
    picked: Choices, comparison: tuple[str, ...], n_pre: int, common: int, treated: int
) -> tuple[str, str]:
    """The method, and the reason in a sentence where "auto" had a choice.

    Of `n_pre` periods before the start, `common` have a figure of every campaign area.
    """
    if picked.method != "auto":
        usual, _ = _chosen(replace(picked, method="auto"), comparison, n_pre, common, treated)
        same = picked.method.partition(" ")[0] == usual
        chosen = f"The analyst chose the method {picked.method}; by the table it would be {usual}."
        return picked.method, "" if same else chosen
    if picked.phases:
        return ("controlled" if comparison else "series"), ""
    several, weighted = bool(picked.starts), bool(picked.weights)
    method, why = choose(len(comparison), common, staggered=several, treated=treated, weighted=weighted)
    if method == "did" and common < n_pre and not weighted:
        why += f" (Of {n_pre}, only periods with a figure of every campaign area can be used.)"
    return method, why


def _phased(panel: Panel, picked: Choices, first: int, last: int) -> None:
    """Refuse phases that cannot be told apart.

    Raises
    ------
    InputError
    """
    problems: list[str] = []
    counted = np.zeros(len(panel.periods), dtype=int)
    for phase in picked.phases:
        inside = periods_within(panel, [phase])
        counted += inside
        if not phase.reason:
            problems.append(f"phases: {phase.start} to {phase.end} has no name: give (start, end, name)")
        if not inside[first : last + 1].any():
            problems.append(f"phases: {phase.start} to {phase.end} lies outside the periods that count")
    names = [p.reason for p in picked.phases]
    if len(set(names)) < len(names):
        problems.append("phases: two have the same name")
    if (counted > 1).any():
        problems.append(
            f"phases overlap in the period of {panel.periods[int(np.argmax(counted > 1))]}: a period belongs "
            "to one phase"
        )
    if picked.phases and picked.shape not in ("auto", "level"):
        problems.append("phases have a level each: leave shape out")
    if problems:
        raise InputError(problems)


def periods_within(panel: Panel, spans: Iterable[Window]) -> NDArray[np.bool_]:
    """Which periods overlap any of the windows, (n,) array."""
    inside = np.zeros(len(panel.periods), dtype=bool)
    for span in spans:
        inside[max(panel.index(span.start), 0) : panel.index(span.end) + 1] = True
    return inside


def history(panel: Panel, design: Design) -> Facts:
    """Facts about the figures before the start, and about nothing after it."""
    place = {area: j for j, area in enumerate(panel.areas)}
    past = panel.rates()[: design.n_pre, [place[a] for a in design.treated]]
    if requirement(design.method).by_area:  # areas are compared, so one period may do and a gap is one area's
        kept = past[~periods_within(panel, design.exclude + design.washout)[: design.n_pre]]
        return Facts(int(np.isfinite(kept).any(axis=1).sum()), True, None, len(design.comparison))
    past = past.sum(axis=1)
    kept = past[np.isfinite(past) & ~periods_within(panel, design.exclude + design.washout)[: design.n_pre]]
    return Facts(kept.size, bool(kept.size and np.ptp(kept) > 0), None, len(design.comparison))


def _outside(panel: Panel, treated: Sequence[str], start: date, until: date | None) -> NotEstimable | None:
    """Refusals that the calendar and the list of areas alone decide."""
    span = f"{panel.periods[0]} to {panel.periods[-1]}"
    known = set(panel.areas)
    absent = [a for a in treated if a not in known]
    if absent:
        return NotEstimable(
            tuple(f"The campaign area {a} is not in the data." for a in absent),
            ("Give the figures of the campaign area, or correct its name.",),
        )
    if not 0 < panel.index(start) < len(panel.periods):
        return NotEstimable(
            (f"The start, {start}, has no figures on both sides of it: the data run from {span}.",),
            ("Give figures from well before the start and from after it.",),
        )
    if until is not None and panel.index(until) >= len(panel.periods):
        return NotEstimable(
            (f"The evaluation ends on {until}, after the data do: they run from {span}.",),
            ("Wait for the figures, or choose an earlier end.",),
        )
    return None


def _comparison(
    panel: Panel, treated: Sequence[str], choices: Choices, n_pre: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Comparison series that can be used, and a deviation for each that cannot."""
    row = None if choices.method == "auto" else requirement(choices.method)
    by_area = bool(choices.starts) or (row is not None and row.by_area)
    if row and row.min_comparison == 0 and not by_area and not choices.comparison:
        return (), ()  # second opinions take comparison series only by name
    pool = panel.areas if choices.comparison is None else choices.comparison
    kept, deviations = [], []
    out, rates = {*treated, *choices.exclude_areas}, panel.rates()
    place = {area: j for j, area in enumerate(panel.areas)}
    for area in pool:
        if area in out:
            continue
        figures = rates[:, place[area]]
        gaps = float(np.mean(~np.isfinite(figures)))
        widest = WIDEST_GAP_BY_AREA if by_area else WIDEST_GAP
        if gaps > widest:
            rule = f"more than {widest:.0%} of its periods lack a figure ({gaps:.0%})"
        elif not by_area and not _varies(figures[:n_pre]):
            rule = "it never varies before the start"
        else:
            kept.append(area)
            continue
        deviations.append(f"Comparison series {area} was left out: {rule}.")
    return tuple(kept), tuple(deviations)


def _varies(past: NDArray[np.float64]) -> bool:
    """Whether figures differ from one another."""
    known = past[np.isfinite(past)]
    return bool(known.size and np.ptp(known) > 0)


def _seasonality(panel: Panel, n_pre: int, method: str, calendar: str) -> str:
    """The seasonal terms in words."""
    if requirement(method).shapes == SEGMENTS:
        options = options_of(method)
        waves = f"{options['harmonics']} annual waves" if options.get("harmonics", "0") != "0" else "none"
        return f"seasonal ARIMA ({options['seasonal']})" if "seasonal" in options else waves
    if panel.frequency is Frequency.ANNUAL:
        return "none"
    years = n_pre / PER_YEAR[panel.frequency]
    weekly = "day of the week and " if panel.frequency is Frequency.DAILY else ""
    held = "as far as the data support it" if years >= 2 else "held back by the short history"
    waves = f"{weekly}time of year, {held} ({years:.1f} years of history)"
    learnt = method in ("series", "controlled") and calendar != "none" and years >= 1
    if learnt and panel.frequency in BY_BREAKS:
        return f"{waves}, and school breaks by a rule for their usual weeks, as term dates differ by council"
    return waves


def _reasons(panel: Panel, start: date, method: str, comparison: tuple[str, ...]) -> tuple[str, ...]:
    """Why this design."""
    reasons = []
    if comparison:
        reasons.append(
            f"{len(comparison)} comparison series show what happened elsewhere: {', '.join(comparison)}."
        )
    elif requirement(method).code is DesignCode.SINGLE_SERIES:
        reasons.append(
            "There are no comparison series in use, so the outcome is set against its own history."
        )
    first = panel.periods[panel.index(start)]
    if first != start:
        reasons.append(
            f"The campaign started on {start}, within the period of {first}, which counts as its first."
        )
    return tuple(reasons)
