"""The analyst's door: plain frames in, estimates out.

1. A door reads, makes a design and runs it; it decides nothing that the design does not record.
2. An argument that is not supported yet is refused by name, never ignored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

import pandas as pd

from evalkit.checks.catalogue import run_checks
from evalkit.checks.result import CheckResult
from evalkit.choices import Choices, plain_date, windows
from evalkit.design import Design
from evalkit.designing import make_design
from evalkit.errors import InputError
from evalkit.estimate import Detectable, Estimate, NotEstimable
from evalkit.methods import catalogue
from evalkit.methods.prospect import detectable
from evalkit.panel import Panel
from evalkit.vocabulary import Frequency, OutcomeKind


def estimate_contribution(
    frame: pd.DataFrame,
    *,
    treated: str | Sequence[str] | Mapping[str, object],
    start: object = None,
    end: object = None,
    until: object = None,
    outcome_kind: OutcomeKind | str = "level",
    frequency: Frequency | str | None = None,
    method: str = "auto",
    shape: str = "auto",
    comparison: Sequence[str] | str | None = None,
    exclude_areas: Sequence[str] = (),
    washout: object = None,
    exclude: Sequence[object] = (),
    phases: Sequence[object] = (),
    events: Sequence[object] = (),
    calendar: str | None = "england-and-wales",
    covariates: Sequence[str] = (),
    weights: object = None,
    matters: float | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate | NotEstimable:
    """Estimate a campaign's contribution to one outcome.

    Parameters
    ----------
    frame : DataFrame
        A row per area and period with the columns period, area, value and optionally denominator and
        covariates. An absent row and an empty cell are the same gap.
    treated : str, sequence of str, or mapping of str to date
        The campaign area or areas. A mapping gives each area's own start (a staggered roll-out).
    start : date
        First day of the campaign (not with a mapping).
    end : date, optional
        Last day on air; the effect may outlast it.
    until : date, optional
        A day in the last period that counts; by default the last period in the frame.
    outcome_kind : {"level", "count", "share"}
        A count may have an exposure as denominator; a share must have one.
    frequency : str, optional
        Inferred where not given.
    method : {"auto", "series", "controlled", "areas", "did", "rollout", "imputation", "staggered",
        "synthetic", "synthetic-did", "structural", "segmented-…"}
        "auto" chooses by the number of comparison areas and the length of history (docs/methods/areas.md).
        The segmented methods repeat published analyses and are never chosen by "auto": "segmented-ols",
        "segmented-newey-west", "segmented-gls", "segmented-arima", "segmented-poisson",
        "segmented-quasi-poisson", each with options after its name, as in
        "segmented-arima order=2,1,0 seasonal=0,1,1" (see docs/methods/segmented.md).
    shape : {"auto", "level", "ramp", "decay", "level and slope"}
        "auto" integrates over the three that follow; "level and slope" is for the segmented methods, and is
        what "auto" means there.
    comparison : str or sequence of str, optional
        Areas or series the campaign did not touch; by default every other area, an empty sequence for none.
    exclude_areas : sequence of str
        Areas to leave out of the comparison.
    washout : int or windows
        Number of periods to leave out from the start on (of each area from its own), or as `exclude`.
    exclude : windows
        (start, end) pairs or `Window`; their periods belong to neither the fit nor the answer.
    phases : windows
        Stretches of the campaign, (start, end, name), each with an effect of its own; they come back in
        `terms` by name, as the mean effect over the stretch.
    events : windows
        Known events, each with a shift of its own: (start, end, name). With a segmented method, one that
        lasts to the end of the series is a further interruption of the campaign's shape.
    calendar : {"england-and-wales", "scotland", "northern-ireland", "none"}
        Bank holidays.
    covariates : sequence of str
        Columns of `frame` that the campaign did not touch; complete in every period.
    weights : str or mapping of str to float, optional
        What each area counts for: a column of `frame` (its mean by area), such as the population, or a number
        by area. For methods that compare areas one by one.
    matters : float, optional
        Smallest mean effect per period that would matter, as a size.
    level : float
        Nominal coverage.
    seed : int
        Seed of random draws; the methods here draw none.

    Returns
    -------
    Estimate or NotEstimable

    Raises
    ------
    InputError
        Listing everything that is wrong with the frame or the arguments.
    """
    panel, design = _designed(
        frame,
        treated=treated,
        start=start,
        end=end,
        until=until,
        outcome_kind=outcome_kind,
        frequency=frequency,
        method=method,
        shape=shape,
        comparison=comparison,
        exclude_areas=exclude_areas,
        washout=washout,
        exclude=exclude,
        phases=phases,
        events=events,
        calendar=calendar,
        covariates=covariates,
        weights=weights,
        matters=matters,
        level=level,
        seed=seed,
    )
    return design if isinstance(design, NotEstimable) else catalogue.estimate(panel, design)


def check_contribution(frame: pd.DataFrame, **arguments: Any) -> tuple[CheckResult, ...]:
    """Make the checks of an estimate that the template's evaluation makes.

    Parameters
    ----------
    frame : DataFrame
    **arguments
        As for `estimate_contribution`.

    Returns
    -------
    tuple of CheckResult
        Which are made depends on the design: the method on earlier stretches, comparisons left out in turn,
        whether areas moved alike before the start and what drift would overturn the answer, a second method,
        and so on. Empty where there is no estimate.

    Raises
    ------
    InputError
        Listing everything that is wrong with the frame or the arguments.
    """
    panel, design = _designed(frame, **arguments)
    if isinstance(design, NotEstimable):
        return ()
    found = catalogue.estimate(panel, design)
    return run_checks(panel, design, found, catalogue.estimate) if isinstance(found, Estimate) else ()


def _designed(
    frame: pd.DataFrame,
    *,
    treated: str | Sequence[str] | Mapping[str, object],
    start: object = None,
    end: object = None,
    until: object = None,
    outcome_kind: OutcomeKind | str = "level",
    frequency: Frequency | str | None = None,
    method: str = "auto",
    shape: str = "auto",
    comparison: Sequence[str] | str | None = None,
    exclude_areas: Sequence[str] = (),
    washout: object = None,
    exclude: Sequence[object] = (),
    phases: Sequence[object] = (),
    events: Sequence[object] = (),
    calendar: str | None = "england-and-wales",
    covariates: Sequence[str] = (),
    weights: object = None,
    matters: float | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Panel, Design | NotEstimable]:
    """The panel and the design that the arguments ask for."""
    areas, first, starts = _treated(treated, start)
    panel = Panel.from_frame(
        frame, outcome_kind=outcome_kind, frequency=frequency, covariates=tuple(covariates)
    )
    _known(areas, panel)
    choices = Choices(
        method=method,
        shape=shape,
        calendar=calendar or "none",
        comparison=None if comparison is None else _names(comparison),
        exclude_areas=_names(exclude_areas),
        washout=() if isinstance(washout, int) else windows(washout, "washout"),
        settling=_settling(washout),
        exclude=windows(exclude, "exclude"),
        events=windows(events, "events"),
        phases=windows(phases, "phases"),
        covariates=tuple(covariates),
        starts=starts,
        weights=_weights(weights, frame, panel, areas, comparison),
        matters=matters,
        level=level,
        seed=seed,
    )
    design = make_design(
        panel,
        treated=areas,
        start=plain_date(first, "start"),
        end=None if end is None else plain_date(end, "end"),
        until=None if until is None else plain_date(until, "until"),
        choices=choices,
    )
    if isinstance(design, Design) and choices.exclude_areas:
        said = f"Left out of the comparison, as asked: {', '.join(choices.exclude_areas)}."
        design = replace(design, deviations=(said, *design.deviations))
    return panel, design


def smallest_detectable(
    frame: pd.DataFrame,
    *,
    treated: str | Sequence[str],
    start: object,
    periods: int,
    end: object = None,
    outcome_kind: OutcomeKind | str = "level",
    frequency: Frequency | str | None = None,
    shape: str = "auto",
    comparison: Sequence[str] | str | None = None,
    exclude_areas: Sequence[str] = (),
    washout: object = None,
    exclude: Sequence[object] = (),
    events: Sequence[object] = (),
    calendar: str | None = "england-and-wales",
    level: float = 0.95,
) -> Detectable | NotEstimable:
    """Work out, before spending, the smallest effect that a campaign could be seen to have.

    Parameters
    ----------
    frame : DataFrame
        As for `estimate_contribution`; figures from the start on are not looked at.
    treated : str or sequence of str
    start : date
        First day of the campaign to come.
    periods : int
        Periods with figures that there will be from the start on.
    end, outcome_kind, frequency, shape, comparison, exclude_areas, washout, exclude, events, calendar, level
        As for `estimate_contribution`. Comparison series are taken to go on as in the year before.

    Returns
    -------
    Detectable, or NotEstimable where history rules an estimate out
        Power .80; two-sided, at one less `level`.

    Raises
    ------
    InputError
        Listing everything that is wrong with the frame or the arguments.
    """
    if isinstance(periods, bool) or not isinstance(periods, int) or periods < 1:
        raise InputError([f"periods is {periods!r}: give the number of periods to come, 1 or more"])
    whole = Panel.from_frame(frame, outcome_kind=outcome_kind, frequency=frequency)
    areas, first = _names(treated), plain_date(start, "start")
    _known(areas, whole)
    if whole.index(first) < 1:
        raise InputError([f"start {first} has no history before it: the frame begins on {whole.periods[0]}"])
    panel = whole.until(max(whole.index(first), 0)).lengthened(first, periods, areas)
    choices = Choices(
        shape=shape,
        calendar=calendar or "none",
        comparison=None if comparison is None else _names(comparison),
        exclude_areas=_names(exclude_areas),
        washout=() if isinstance(washout, int) else windows(washout, "washout"),
        settling=_settling(washout),
        exclude=windows(exclude, "exclude"),
        events=windows(events, "events"),
        level=level,
    )
    alone = choices.comparison == () or set(panel.areas) <= {*areas, *choices.exclude_areas}
    design = make_design(
        panel,
        treated=areas,
        start=first,
        end=None if end is None else plain_date(end, "end"),
        choices=replace(choices, method="series" if alone else "controlled"),
    )
    return design if isinstance(design, NotEstimable) else detectable(panel, design)


def _settling(washout: object) -> int:
    """Periods to leave out from the start on, where a number is given."""
    if not isinstance(washout, int):
        return 0
    if isinstance(washout, bool) or washout < 0:
        raise InputError([f"washout is {washout!r}: give a number of periods, 0 or more, or (start, end)"])
    return washout


def _names(given: object) -> tuple[str, ...]:
    """Area names as text."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return (str(given),)
    return tuple(str(a) for a in given)


def _known(areas: Sequence[str], panel: Panel) -> None:
    """Refuse a campaign area that the frame does not have, with the nearest name."""
    problems, known = [], set(panel.areas)
    for area in areas:
        if area not in known:
            near = get_close_matches(area, panel.areas, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; the frame has {', '.join(panel.areas[:8])}"
            problems.append(f"treated names {area!r}, which is not in the column area{hint}")
    if problems:
        raise InputError(problems)


def _weights(
    given: object,
    frame: pd.DataFrame,
    panel: Panel,
    treated: tuple[str, ...],
    comparison: Sequence[str] | str | None,
) -> tuple[tuple[str, float], ...]:
    """What each area counts for, from a column or a mapping."""
    if given is None:
        return ()
    if isinstance(given, str):
        if given not in frame:
            raise InputError(
                [f"weights names {given!r}, which is not a column: {', '.join(map(str, frame))}"]
            )
        numbers = pd.to_numeric(frame[given], errors="coerce").groupby(frame["area"].astype(str)).mean()
        found = {str(area): float(value) for area, value in numbers.items()}
    elif isinstance(given, Mapping):
        found = {str(area): float(value) for area, value in given.items()}
    else:
        raise InputError(["weights must be the name of a column or a mapping of area to number"])
    needed = {*treated, *(panel.areas if comparison is None else _names(comparison))}
    bad = sorted(a for a in needed if not 0 < found.get(a, math.nan) < math.inf)
    if bad:
        raise InputError([f"weights has no number above zero for {', '.join(bad[:8])}"])
    return tuple(sorted((a, w) for a, w in found.items() if a in panel.areas))


def _treated(
    treated: str | Sequence[str] | Mapping[str, object], start: object
) -> tuple[tuple[str, ...], object, tuple[tuple[str, date], ...]]:
    """Treated areas, their (first) start, and each one's own where they differ."""
    if not isinstance(treated, Mapping):
        if start is None:
            raise InputError(["start is missing: give the first day of the campaign"])
        return _names(treated), start, ()
    if start is not None:
        raise InputError(["start is given twice: leave it out where treated maps each area to its start"])
    if not treated:
        raise InputError(["treated names no area"])
    days = {str(area): plain_date(day, f"treated[{area!r}]") for area, day in treated.items()}
    own = tuple(days.items()) if len(set(days.values())) > 1 else ()
    return tuple(days), min(days.values()), own
