"""What each method needs and answers: a pure table.

1. Every refusal that depends on how much data there is comes from here, with what would help.
2. Nothing here looks at a figure: counts and yes-or-no facts come in.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.estimate import NotEstimable
from evalkit.vocabulary import DesignCode

WIDEST_GAP = 0.10  # share of periods a comparison series may lack
FEWEST_SEEN = 0.5  # share of the periods counted that must have a figure


@dataclass(frozen=True, slots=True)
class Requirement:
    """One method's needs.

    Attributes
    ----------
    method : str
        Name in the table of methods.
    answers : str
        The question in a reader's words.
    code : DesignCode
    min_pre, min_post : int
        Fewest periods with a figure before the start, and from start to until.
    min_comparison : int
        Fewest comparison series.
    """

    method: str
    answers: str
    code: DesignCode
    min_pre: int
    min_post: int
    min_comparison: int


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "series",
        "Did the figure move away from where its own history was taking it?",
        DesignCode.SINGLE_SERIES,
        min_pre=8,
        min_post=1,
        min_comparison=0,
    ),
    Requirement(
        "controlled",
        "Did the figure move away from where its history and comparable places were taking it?",
        DesignCode.CONTROLLED_SERIES,
        min_pre=8,
        min_post=1,
        min_comparison=1,
    ),
    Requirement(
        "structural",
        "As for the series, by maximum likelihood in a structural time series model: a second opinion.",
        DesignCode.SINGLE_SERIES,
        min_pre=24,
        min_post=1,
        min_comparison=0,
    ),
)


def requirement(method: str) -> Requirement:
    """The row of a method.

    Raises
    ------
    KeyError
        If the table has no such method.
    """
    for row in REQUIREMENTS:
        if row.method == method:
            return row
    raise KeyError(method)


@dataclass(frozen=True, slots=True)
class Facts:
    """How much there is to work with.

    Attributes
    ----------
    usable_pre : int
        Periods with a figure before the start, wash-out and excluded periods left out.
    varies : bool
        Whether the figures before the start differ from one another.
    usable_post : int or None
        The same from start to until; None while planning, when it must not be looked at.
    comparisons : int
        Comparison series left after screening.
    counted : int or None
        Periods counted from start to until, gaps included; None while planning.
    """

    usable_pre: int
    varies: bool
    usable_post: int | None
    comparisons: int
    counted: int | None = None


def shortfall(method: str, facts: Facts) -> NotEstimable | None:
    """Why the method cannot be used on what there is; None where it can."""
    row = requirement(method)
    reasons: list[str] = []
    helps: list[str] = []
    if facts.usable_pre < row.min_pre:
        reasons.append(
            f"There are {facts.usable_pre} periods with a figure before the start; "
            f"at least {row.min_pre} are needed to learn how the outcome moves by itself."
        )
        helps.append("Add earlier figures, or use a shorter period (weeks instead of months).")
    elif not facts.varies:
        reasons.append("The outcome is constant before the start, so its own variation cannot be learnt.")
        helps.append("Use a figure that is recorded more finely or over a larger area.")
    if facts.usable_post is not None and facts.usable_post < row.min_post:
        reasons.append("There is no period with a figure between the start and the end of the evaluation.")
        helps.append("Wait for the first figures after the start, or shorten the wash-out.")
    elif facts.usable_post is not None and facts.counted and facts.usable_post < FEWEST_SEEN * facts.counted:
        reasons.append(
            f"Only {facts.usable_post} of the {facts.counted} periods counted have a figure, so most of the "
            "effect would be assumed, not seen."
        )
        helps.append("Choose an earlier end, leave the empty periods out, or get their figures.")
    if facts.comparisons < row.min_comparison:
        reasons.append(
            f"The method {row.method} needs at least {row.min_comparison} usable comparison series."
        )
        helps.append("Add comparison areas with complete figures, or use the single-series method.")
    return NotEstimable(tuple(reasons), tuple(helps)) if reasons else None
