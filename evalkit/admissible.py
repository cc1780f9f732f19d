"""What may be asked of a design: arguments that have no meaning are refused by name, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from evalkit.choices import CALENDARS, Choices
from evalkit.errors import InputError
from evalkit.panel import Panel
from evalkit.requirements import REQUIREMENTS, Requirement, misuse

AFTER = (
    "Covariates count from the start on, too ({}): what the campaign itself moved of them is taken out of "
    "its effect, so only what it could not move belongs there."
)
ALIKE = 1e-9  # of a covariate's size: differences between areas that change by less do not change


def check_arguments(
    panel: Panel, treated: Sequence[str], start: date, end: date | None, until: date | None, choices: Choices
) -> None:
    """Everything that is wrong with the arguments, at once."""
    problems = misuse(choices.method, choices.shape)
    if choices.calendar not in CALENDARS:
        problems.append(f"calendar is {choices.calendar!r}: must be one of {', '.join(CALENDARS)}")
    if not 0.5 <= choices.level < 1:
        problems.append(f"level is {choices.level}: must be at least 0.5 and below 1")
    if choices.matters is not None and not choices.matters > 0:
        problems.append(f"matters is {choices.matters}: give a size above zero, without its sign")
    if not treated:
        problems.append("treated names no area")
    if end is not None and end < start:
        problems.append(f"end {end} is before start {start}")
    if until is not None and until < start:
        problems.append(f"until {until} is before start {start}")
    if choices.shape == "decay" and end is None:
        problems.append("shape 'decay' needs end, the last day on air")
    absent = sorted({*(choices.comparison or ()), *choices.exclude_areas} - set(panel.areas))
    problems += [f"area {a!r} is not in the data" for a in absent]
    for name in choices.covariates:
        columns = [panel.areas.index(a) for a in treated if a in panel.areas]
        if name not in panel.covariates:
            problems.append(f"covariate {name!r} is not in the panel")
        elif not np.isfinite(panel.covariates[name][:, columns]).all():
            problems.append(f"covariate {name!r} has gaps in the campaign areas: every period needs a figure")
        elif np.nanmin(panel.covariates[name]) == np.nanmax(panel.covariates[name]):
            problems.append(f"covariate {name!r} is the same everywhere and always: leave it out")
    both = sorted(set(choices.comparison or ()) & set(treated))
    problems += [f"area {a!r} is both treated and comparison" for a in both]
    if problems:
        raise InputError(problems)


def check_ability(row: Requirement, picked: Choices) -> None:
    """Refuse what the method cannot take, naming those that can.

    Raises
    ------
    InputError
    """

    def takers(ability: str) -> str:
        return ", ".join(r.method for r in REQUIREMENTS if getattr(r, ability))

    problems = []
    if picked.starts and picked.washout:
        problems.append(
            "washout is one stretch for all areas, and these start at different times: give the number of "
            "periods to leave out from each area's start, as in washout=2"
        )
    if picked.starts and not row.staggered:
        problems.append(
            f"method {row.method!r} takes one start for all areas; several are for {takers('staggered')}"
        )
    if picked.phases and not row.phased:
        problems.append(f"method {row.method!r} knows no phases; they are for {takers('phased')}")
    if picked.weights and not row.by_area:
        problems.append(
            f"method {row.method!r} takes no weights, as it takes the campaign areas together and learns "
            f"from the figures how far to lean on each comparison; they are for {takers('by_area')}. With "
            "people as the denominator, areas count by their people in every method"
        )
    if problems:
        raise InputError(problems)


def told_apart(
    panel: Panel,
    treated: Sequence[str],
    comparison: Sequence[str],
    row: Requirement,
    covariates: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Covariates that a comparison of areas can use, and a word on those that it takes out already.

    Raises
    ------
    InputError
        Where there are too many for the areas.
    """
    areas = (*treated, *comparison)
    if not covariates:
        return (), ()
    if not comparison or not (row.by_area or row.method == "areas"):
        return covariates, (AFTER.format(", ".join(covariates)),)
    if len(covariates) > len(areas) - 2:
        raise InputError(
            [
                f"covariates names {len(covariates)} columns for {len(areas)} areas: a comparison of areas "
                f"can tell {max(len(areas) - 2, 0)} apart at most; leave some out, or add areas"
            ]
        )
    columns = [panel.column(a) for a in areas]
    kept, notes = [], []
    for name in covariates:
        figures = panel.covariates[name][:, columns]
        apart = figures - figures[:, :1]  # campaign areas are complete
        size = max(float(np.nanmax(np.abs(figures))), 1e-300)
        if float(np.nanmax(np.nanmax(apart, axis=0) - np.nanmin(apart, axis=0))) > ALIKE * size:
            kept.append(name)
            missing = [a for a, c in zip(areas, figures.T, strict=True) if not np.isfinite(c).all()]
            if missing:
                notes.append(
                    f"Where the covariate {name} has no figure, the area's own figure is not used, either: "
                    f"{', '.join(missing)}."
                )
            continue
        notes.append(
            f"The covariate {name} moves alike in all areas, or not at all, which comparing areas takes out "
            "already: it is not used."
        )
    return tuple(kept), (*((AFTER.format(", ".join(kept)),) if kept else ()), *notes)
