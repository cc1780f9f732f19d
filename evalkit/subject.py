"""What an answer is about: campaign, outcome, and the units in which its figures are said.

1. The effect that matters and the effect found are always in one unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from evalkit.amounts import POINTS, Measure, british_date, measure
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import WHOLE_AREA, Programme
from evalkit.design import Design
from evalkit.vocabulary import DesignCode, Direction, Frequency, OutcomeKind

PERIOD_WORDS = {
    Frequency.DAILY: "a day",
    Frequency.WEEKLY: "a week",
    Frequency.FOUR_WEEKLY: "every four weeks",
    Frequency.FOUR_FOUR_FIVE: "a month of four or five weeks",
    Frequency.MONTHLY: "a month",
    Frequency.QUARTERLY: "a quarter",
    Frequency.ANNUAL: "a year",
}


PER = (1, 1_000, 10_000, 100_000, 1_000_000)
LONGEST_BASE = 40  # characters; a longer name of the exposure is not said with every figure


@dataclass(frozen=True, slots=True)
class Subject:
    """What an answer is about.

    Attributes
    ----------
    campaign, outcome : str
    unit : str
        What one unit of the total is.
    kind : OutcomeKind
    direction : Direction
    matters : float or None
        Effect per period that matters, as a size in the unit of the estimate's effect.
    total, effect : Measure
        How the total and the mean effect are said.
    per : str
        What the mean effect is per: "a week", "a week in each area"; empty where there are no periods.
    start, last : date or None
        First and last day counted.
    compared : bool
        Whether a comparison stands beside the history.
    adds_up : bool
        Whether a sum over periods means anything.
    figure_unit : str
        What a figure of one period is in, as shown.
    shown_effect : float
        From the effect's unit to the one it is shown in: percentage points for a share, so many units of
        exposure for a rate.
    matters_stated : str
        Where the effect that matters is shown in another unit than it was stated in: as it was stated.
    beside : str
        For groups of people: what the group is set against, in words; empty for figures by period.
    """

    campaign: str
    outcome: str
    unit: str
    kind: OutcomeKind
    direction: Direction
    matters: float | None
    total: Measure
    effect: Measure
    per: str
    start: date | None
    last: date | None
    compared: bool = False
    adds_up: bool = True
    figure_unit: str = ""
    shown_effect: float = 1.0
    matters_stated: str = ""
    beside: str = ""

    @property
    def span(self) -> str:
        """The days counted, in words."""
        if self.start is None or self.last is None:
            return ""
        return f"from {british_date(self.start)} to {british_date(self.last)}"

    @property
    def gain(self) -> float:
        """1 where more is better, -1 where less is."""
        return 1.0 if self.direction is Direction.UP else -1.0


def beside_words(control: str, code: DesignCode, *, adds_up: bool) -> str:
    """What a group of people is set against: "compared with a control group of the same size (“usual”)".

    Parameters
    ----------
    control : str
        Name of the group or wave compared with.
    code : DesignCode
        How the groups came about.
    adds_up : bool
        Whether the difference is said as a total, which is of as many people as are in the group.
    """
    what = {DesignCode.BEFORE_AFTER: "the wave before", DesignCode.EXPOSED_UNEXPOSED: "a group without it"}
    size = " of the same size" if adds_up else ""
    return f"compared with {what.get(code, 'a control group')}{size} (“{control}”)"


def subject(
    programme: Programme, campaign: str, outcome: str, design: Design | None, beside: str = ""
) -> Subject:
    """Gather what the answer for a campaign and an outcome is about.

    Parameters
    ----------
    programme : Programme
    campaign, outcome : str
    design : Design or None
    beside : str
        As `beside_words` gives it, for groups of people.

    Raises
    ------
    KeyError
        If the programme has no such outcome.
    """
    what = programme.outcome(outcome)
    header = next((c for c in programme.campaigns if c.title == campaign), None)
    share = what.kind is OutcomeKind.SHARE
    per = PERIOD_WORDS[design.frequency] if design else ""
    rate = None if share else _rate(programme, what, design)
    each = " in each area" if design and len(design.treated) > 1 else ""
    stated = programme.matters(header, what) if header else None
    matters, said, unit, shown = stated, "", what.unit, 100.0 if share else 1.0
    if rate:
        shown, unit = rate.shown, f"{what.unit} per {rate.base}"
        if stated is not None:
            matters = stated / rate.exposure
            said = f"{stated:,g} {what.unit} {per}{each}".rstrip()
    return Subject(
        campaign=campaign,
        outcome=outcome,
        unit=what.unit,
        kind=what.kind,
        direction=what.good_direction,
        matters=matters,
        total=measure(what.unit, what.kind),
        effect=POINTS if share else measure(unit, what.kind),
        per=per if rate else f"{per}{each}",
        start=design.start if design else header.start if header else None,
        last=design.last_day if design else header.end if header else None,
        compared=bool(design and design.comparison),
        adds_up=what.sums,
        figure_unit="%" if share else unit if rate else f"{unit}{', mean of the areas' if each else ''}",
        shown_effect=shown,
        matters_stated=said,
        beside=beside,
    )


@dataclass(frozen=True, slots=True)
class _Rate:
    """How a count with an exposure is shown: for so many units of it (`shown`), named (`base`)."""

    shown: float
    base: str
    exposure: float


def _rate(programme: Programme, what: Outcome, design: Design | None) -> _Rate | None:
    """The round number of units of exposure that makes a usual figure at least one; None without exposure."""
    rows = [o for o in programme.observations_of(what) if o.denominator]
    mine = [o for o in rows if design is None or (o.area or WHOLE_AREA) in design.treated] or rows
    if not mine:
        return None
    people = math.fsum(o.denominator or 0.0 for o in mine)
    usual = math.fsum(o.value or 0.0 for o in mine) / people
    shown = next((n for n in PER if usual * n >= 1), PER[-1])
    of_what = what.denominator if what.denominator and len(what.denominator) <= LONGEST_BASE else ""
    whole = f"{shown:,} {of_what or 'units of exposure'}" if shown > 1 else "unit of exposure"
    return _Rate(
        float(shown), f"{whole} ({of_what})" if of_what and shown == 1 else whole, people / len(mine)
    )
