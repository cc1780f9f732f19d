"""What each method needs and answers: a pure table.

1. Every refusal that depends on how much data there is comes from here, with what would help.
2. Nothing here looks at a figure: counts and yes-or-no facts come in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evalkit.estimate import NotEstimable
from evalkit.vocabulary import DesignCode

WIDEST_GAP = 0.10  # share of periods a comparison series may lack
WIDEST_GAP_BY_AREA = 0.5  # the same where areas are compared one by one, each over the periods it has
FEWEST_SEEN = 0.5  # share of the periods counted that must have a figure

SHAPES = ("auto", "level", "ramp", "decay")
SEGMENTS = ("auto", "level", "level and slope")

# what may follow a method's name, as in "segmented-arima order=2,1,0": pattern, and the pattern in words
OPTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "trend": (r"linear|none", "linear or none"),
        "harmonics": (r"[0-6]", "a number of annual waves from 0 to 6"),
        "scale": (r"natural|log", "natural or log"),
        "lag": (r"\d{1,2}", "a number of periods from 0 to 99"),
        "order": (r"\d,\d,\d", "p,d,q"),
        "seasonal": (r"\d,\d,\d(,\d{1,3})?", "P,D,Q or P,D,Q,periods"),
        "inference": (
            r"donald-lang|permutation|crv3|wild-bootstrap",
            "donald-lang, permutation, crv3 or wild-bootstrap",
        ),
        "against": (r"never|not-yet", "never or not-yet"),
        "base": (r"varying|universal", "varying or universal"),
        "fit": (r"demeaned|levels|regression", "demeaned, levels or regression"),
        "by": (r"conformal|placebo|cross-fit", "conformal, placebo or cross-fit"),
        "ridge": (r"yes|no", "yes or no"),
    }
)


STRETCHES = "on earlier stretches without the campaign"
LEADS = (
    "on the last periods before the start, one by one: whether areas moved alike, what drift would have been "
    "seen, and how much drift after it would overturn the answer"
)
FOLLOWING = (
    "by how closely the mix follows before the start, and whether the comparison areas surround the campaign "
    "areas; it is made to fit there, so periods before the start are no test of it"
)


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
    shapes : tuple of str
        Shapes of effect it knows.
    options : tuple of str
        Words it takes after its name.
    alone : bool
        Whether it can take no comparison series.
    by_area : bool
        Whether areas are looked at one by one, so that a gap in one is no gap in all, and weights count.
    staggered : bool
        Whether each area may have its own start.
    phased : bool
        Whether it can tell phases of a campaign apart.
    tried : str
        How what it takes for granted is tried on the history.
    """

    method: str
    answers: str
    code: DesignCode
    min_pre: int
    min_post: int
    min_comparison: int
    shapes: tuple[str, ...] = SHAPES
    options: tuple[str, ...] = ()
    alone: bool = False
    by_area: bool = False
    staggered: bool = False
    phased: bool = False
    tried: str = STRETCHES


_SEGMENTED = {
    "segmented-ols": ("ordinary least squares", ("trend", "harmonics", "scale")),
    "segmented-newey-west": ("least squares with Newey-West errors", ("trend", "harmonics", "scale", "lag")),
    "segmented-gls": ("maximum likelihood with AR(1) errors", ("trend", "harmonics", "scale")),
    "segmented-arima": (
        "maximum likelihood with ARIMA errors",
        ("trend", "harmonics", "scale", "order", "seasonal"),
    ),
    "segmented-poisson": ("Poisson regression on counts", ("trend", "harmonics")),
    "segmented-quasi-poisson": ("quasi-Poisson regression on counts", ("trend", "harmonics")),
}

REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "series",
        "Did the figure move away from where its own history was taking it?",
        DesignCode.SINGLE_SERIES,
        min_pre=8,
        min_post=1,
        min_comparison=0,
        alone=True,
        phased=True,
    ),
    Requirement(
        "controlled",
        "Did the figure move away from where its history and comparable places were taking it?",
        DesignCode.CONTROLLED_SERIES,
        min_pre=8,
        min_post=1,
        min_comparison=1,
        phased=True,
    ),
    Requirement(
        "structural",
        "As for the series, by maximum likelihood in a structural time series model: a second opinion.",
        DesignCode.SINGLE_SERIES,
        min_pre=24,
        min_post=1,
        min_comparison=0,
        alone=True,
    ),
    *(
        Requirement(
            name,
            f"Did level or slope change at the start, by {how}? A second opinion, as in published analyses.",
            DesignCode.SINGLE_SERIES,
            min_pre=8,
            min_post=1,
            min_comparison=0,
            shapes=SEGMENTS,
            options=options,
            alone=name == "segmented-arima",
        )
        for name, (how, options) in _SEGMENTED.items()
    ),
    Requirement(
        "areas",
        "Did the campaign areas move away from where their history and many other areas were taking them?",
        DesignCode.CONTROLLED_SERIES,
        min_pre=8,
        min_post=1,
        min_comparison=3,
        tried=f"{STRETCHES}, and {LEADS}",
    ),
    Requirement(
        "did",
        "Did the campaign areas change by more than the comparison areas did?",
        DesignCode.DIFFERENCE,
        min_pre=1,
        min_post=1,
        min_comparison=2,
        shapes=("auto",),
        options=("inference",),
        by_area=True,
        tried=f"{STRETCHES}, and {LEADS}",
    ),
    Requirement(
        "synthetic",
        "Did the campaign areas move away from a mix of areas that followed them before? A second opinion.",
        DesignCode.SYNTHETIC,
        min_pre=8,
        min_post=1,
        min_comparison=2,
        shapes=("auto",),
        options=("fit", "ridge", "by"),
        by_area=True,
        tried=f"{STRETCHES}, and {FOLLOWING}",
    ),
    Requirement(
        "synthetic-did",
        "As for the synthetic control, weighing periods, too, and comparing changes. A second opinion.",
        DesignCode.SYNTHETIC,
        min_pre=4,
        min_post=1,
        min_comparison=3,
        shapes=("auto",),
        by_area=True,
        tried=f"{STRETCHES}, and {FOLLOWING}",
    ),
    Requirement(
        "rollout",
        "Did areas move away, from their own start on, from where the areas not yet reached were going?",
        DesignCode.DIFFERENCE,
        min_pre=1,
        min_post=1,
        min_comparison=0,
        shapes=("auto",),
        by_area=True,
        staggered=True,
        tried=LEADS,
    ),
    Requirement(
        "imputation",
        "As for the roll-out, by least squares on the untreated cells: a second opinion.",
        DesignCode.DIFFERENCE,
        min_pre=1,
        min_post=1,
        min_comparison=0,
        shapes=("auto",),
        by_area=True,
        staggered=True,
        tried=LEADS,
    ),
    Requirement(
        "staggered",
        "As for the roll-out, start by start and period by period (Callaway and Sant'Anna): a second "
        "opinion.",
        DesignCode.DIFFERENCE,
        min_pre=1,
        min_post=1,
        min_comparison=0,
        shapes=("auto",),
        options=("against", "base"),
        by_area=True,
        staggered=True,
        tried=LEADS,
    ),
)

# What "auto" takes, in order; how it was measured is in docs/methods/areas.md.
MANY_AREAS = 5  # comparison areas from which on they also teach how uncertain a forecast is
SHORT_HISTORY = 8  # periods before the start under which no forecast is made, only a comparison of changes


def choose(
    comparisons: int, n_pre: int, *, staggered: bool = False, treated: int = 1, weighted: bool = False
) -> tuple[str, str]:
    """The method for a design, and the reason in a sentence where there is a choice.

    Parameters
    ----------
    comparisons : int
        Comparison series left after screening.
    n_pre : int
        Periods before the (first) start.
    staggered : bool
        Whether campaign areas start at different times.
    treated : int
        Campaign areas.
    weighted : bool
        Whether areas count by weights.
    """
    if staggered:
        return "rollout", (
            f"The {treated} campaign areas start at different times: each is set against the areas that the "
            "campaign had not reached by then."
        )
    if comparisons == 0:
        return "series", ""
    if comparisons >= 2 and weighted:
        return "did", "Areas count by their weights, so the areas' changes are compared."
    if comparisons >= 2 and n_pre < SHORT_HISTORY:
        return "did", (
            f"With {n_pre} periods before the start nothing can be forecast, so the areas' changes "
            "are compared."
        )
    if comparisons < MANY_AREAS:
        return "controlled", ""
    return "areas", (
        f"With {comparisons} comparison areas, each of them is also forecast from the others, which shows "
        "how far such forecasts can be trusted."
    )


def requirement(method: str) -> Requirement:
    """The row of a method, whatever options follow its name.

    Raises
    ------
    KeyError
        If the table has no such method.
    """
    for row in REQUIREMENTS:
        if row.method == method.partition(" ")[0]:
            return row
    raise KeyError(method)


def options_of(method: str) -> dict[str, str]:
    """The options after a method's name: "segmented-arima order=2,1,0" gives {"order": "2,1,0"}."""
    return dict(word.split("=", 1) for word in method.split()[1:] if "=" in word)


def misuse(method: str, shape: str) -> list[str]:
    """What is wrong with a method's name, its options or the shape asked of it."""
    names = ("auto", *(r.method for r in REQUIREMENTS))
    name, *words = method.split(" ")
    if name not in names or (name == "auto" and words):
        return [f"method is {method!r}: must be one of {', '.join(names)}"]
    row = None if name == "auto" else requirement(name)
    problems = []
    for word in words:
        key, _, value = word.partition("=")
        if [w.partition("=")[0] for w in words].count(key) > 1:
            problems.append(f"method option {key!r} is given more than once")
        if row is None or key not in row.options:
            known = ", ".join(row.options) if row and row.options else "no options"
            problems.append(f"method {name!r} has no option {word!r}: it takes {known}")
        elif not re.fullmatch(OPTIONS[key][0], value):
            problems.append(f"method option {word!r} must be {key}= and {OPTIONS[key][1]}")
    shapes = SHAPES if row is None else row.shapes
    if shape not in shapes:
        only = "; a change of level and slope is for the segmented methods" if shape in SEGMENTS else ""
        problems.append(f"shape is {shape!r}: must be one of {', '.join(shapes)}{only}")
    return problems


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
