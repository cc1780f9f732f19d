"""Service outcomes, their figures, what they are compared with and what else happened."""

from __future__ import annotations

import re
from datetime import date
from typing import Self

from pydantic import model_validator

from evalkit.campaign.delivery import ends_after_start, interval_in_order
from evalkit.campaign.fields import (
    Amount,
    AreaName,
    Day,
    LongText,
    Number,
    Proportion,
    Record,
    Text,
    Whole,
    column,
)
from evalkit.campaign.known_events import known_events
from evalkit.campaign.refusals import misplaced, prices_space
from evalkit.errors import Problem, problem, raise_problems
from evalkit.vocabulary import (
    DataGrade,
    DesignCode,
    Direction,
    Evidence,
    ExpectedSign,
    Frequency,
    Handling,
    ObservationFlag,
    OutcomeKind,
    Spillover,
    Tier,
)

B, E, C = Tier.BASIC, Tier.ENHANCED, Tier.COMPREHENSIVE
METHODS = (
    *("series", "controlled", "areas", "did", "synthetic", "synthetic-did", "rollout", "imputation"),
    *("staggered", "structural"),
)
ALONE = ("series", "structural")  # methods that take no comparison
CALENDARS = ("england-and-wales", "scotland", "northern-ireland", "none")
_SPAN = r"(?:day|week|month|quarter|year|annum)"
AVERAGED = re.compile(  # "tonnes a week" can be added up, "crashes per 1,000 miles" and "µg/m3" cannot
    r"^%|°|\b(?:per cent|percent|average|mean|median|index|score|rating|rate|proportion|"
    rf"concentration|temperature|ppm|ppb|waiting times?|response times?)\b|\bper (?!{_SPAN}\b)\w",
    re.IGNORECASE,
)
_RATIO = re.compile(rf"\w/(?!{_SPAN}\b)\w", re.IGNORECASE)


class Outcome(Record):
    """One thing that a service records and the campaign meant to change."""

    name: Text = column(
        "Outcome", "A short name, used on every other sheet.", tier=B, example="Contaminated loads"
    )
    unit: Text = column("Unit", "What one unit of the figure is.", tier=B, example="loads")
    kind: OutcomeKind = column(
        "Kind",
        "level (an amount), count (a number of events) or share (a number out of a number).",
        tier=B,
        example=OutcomeKind.COUNT,
    )
    good_direction: Direction = column(
        "Good direction", "Which way is better.", tier=B, example=Direction.DOWN
    )
    source: Text = column(
        "Source",
        "The service's own record that the figures come from.",
        tier=B,
        example="Depot weighbridge log",
    )
    service_owner: Text | None = column(
        "Service owner", "Post that answers for the service and its figures.", tier=E, example="Head of Waste"
    )
    primary: bool = column(
        "Primary outcome",
        "Yes for the one outcome that decides; leave blank for no.",
        example=True,
        default=False,
    )
    evidence: Evidence = column(
        "Observed or claimed",
        "Whether records show it or people said so; leave blank for observed.",
        example=Evidence.OBSERVED,
        default=Evidence.OBSERVED,
    )
    numerator: Text | None = column(
        "What is counted",
        "What the value counts, and what it leaves out.",
        tier=E,
        example="Loads rejected at tip",
    )
    denominator: Text | None = column(
        "Out of what",
        "For a share: what the denominator counts. For a count: the exposure, if there is one.",
        example=None,
    )
    frequency: Frequency | None = column(
        "How often",
        "How often it is recorded; leave blank to read it from the dates.",
        example=Frequency.WEEKLY,
    )
    calendar: Text | None = column(
        "Bank holidays",
        "england-and-wales, scotland, northern-ireland or none; leave blank for England and Wales.",
        example="england-and-wales",
        options=CALENDARS,
    )
    data_grade: DataGrade | None = column(
        "Data grade", "1 (own complete records) to 6 (expert judgement).", tier=E, example=DataGrade.ONE
    )
    provisional_periods: Whole | None = column(
        "Provisional periods", "How many of the latest figures may still be revised.", example=2
    )
    adds_up: bool | None = column(
        "Adds up",
        "Yes if figures of several periods can be added (calls, tonnes), no for averages and scores; "
        "leave blank to go by the unit.",
        example=True,
        adds="Keeps a total and a cost per outcome from being worked out where they would mean nothing.",
    )
    method: Text | None = column(
        "Method of estimation",
        "For analysts: one of the methods for figures by period; leave blank to have it chosen by the table.",
        example=None,
        options=METHODS,
        adds="Overrides the choice, and the pack says what it would have been.",
    )
    revision_note: LongText | None = column(
        "Changes in recording", "What changed in how it is recorded, and when.", example=None
    )

    @property
    def sums(self) -> bool:
        """Whether a total over periods means anything: averages, percentages and scores do not add up."""
        if self.adds_up is not None:
            return self.adds_up
        if self.kind is not OutcomeKind.LEVEL:
            return not self.unit.startswith("%")
        return not (_RATIO.search(self.unit) or any(AVERAGED.search(t) for t in (self.unit, self.name)))

    @model_validator(mode="after")
    def _service_outcome(self) -> Self:
        found: list[Problem] = []
        for name, text in (("name", self.name), ("unit", self.unit), ("numerator", self.numerator)):
            if not text:
                continue
            elsewhere = misplaced(text, unit=name == "unit")
            if prices_space(text):
                found.append(problem("M-ave", name, value=text))
            elif elsewhere:
                found.append(
                    problem(
                        "M-not-an-outcome",
                        name,
                        value=text,
                        stage=elsewhere.stage.value,
                        home=elsewhere.sheet,
                    )
                )
        if self.calendar is not None and self.calendar not in CALENDARS:
            found.append(
                problem("M-choice", "calendar", value=self.calendar, choices=", ".join(CALENDARS), hint="")
            )
        if self.method is not None and self.method not in METHODS:
            found.append(
                problem("M-choice", "method", value=self.method, choices=", ".join(METHODS), hint="")
            )
        raise_problems("Outcome", found, self)
        return self


class Observation(Record):
    """One figure: an outcome in a period and an area."""

    outcome: Text | None = column(
        "Outcome",
        "As named on the Outcomes sheet; leave blank if there is only one.",
        example="Contaminated loads",
    )
    period: Day = column("Period", "The first day of the period.", tier=B, example=date(2025, 4, 7))
    area: AreaName | None = column(
        "Area",
        "Which area; leave blank if the figures are for the whole area.",
        example="Northfield",
        adds="Allows a comparison with areas that did not have the campaign.",
    )
    value: Number | None = column(
        "Value",
        "The figure; leave blank for a gap, never 0 unless it was 0.",
        tier=B,
        example=13.0,
        blank_ok=True,
    )
    denominator: Amount | None = column(
        "Denominator", "For a share: out of how many. For a count: the exposure.", example=None
    )
    flag: ObservationFlag | None = column(
        "Flag", "Why a figure is absent, or that it may be revised.", example=None
    )
    note: LongText | None = column("Note", "Anything a reader should know about this figure.", example=None)


class Comparison(Record):
    """An area or series that the campaign did not touch."""

    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank for all.", example="Contaminated loads"
    )
    area: AreaName | None = column(
        "Comparison area",
        "An area on the Outcome data sheet that did not have the campaign.",
        example="Southfield",
    )
    series: Text | None = column(
        "Comparison series",
        "Or another outcome of the Outcomes sheet that the campaign could not have moved.",
        example=None,
    )
    why_comparable: LongText | None = column(
        "Why it is comparable",
        "Same service, same recording, similar residents.",
        tier=E,
        example="Same contractor and rounds, similar housing",
        adds="Without a reason the evidence grade is held down.",
    )
    spillover: Spillover = column(
        "Spillover",
        "Whether the campaign could have reached it; leave blank for none expected.",
        example=Spillover.NONE,
        default=Spillover.NONE,
    )

    @model_validator(mode="after")
    def _area_or_series(self) -> Self:
        if (self.area is None) == (self.series is None):
            missing = problem("M-area-or-series", "area")
            raise_problems("Comparison", [missing], self)
        return self


class Event(Record):
    """Something else that happened and could have moved an outcome."""

    what: Text = column(
        "What happened",
        "In a few words. For a change in how the figure is recorded, give the day of the change and the last "
        "day of the figures, and estimate its effect.",
        needed=True,
        example="Strike at the depot",
    )
    start: Day = column("Start date", "First day.", needed=True, example=date(2025, 10, 6))
    end: Day | None = column("End date", "Last day; leave blank for one day.", example=date(2025, 10, 12))
    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank for all.", example="Contaminated loads"
    )
    area: AreaName | None = column("Area", "Where; leave blank for everywhere.", example=None)
    expected_sign: ExpectedSign = column(
        "Expected to push the figure",
        "Up, down or not known; leave blank for not known.",
        example=ExpectedSign.DOWN,
        default=ExpectedSign.UNKNOWN,
    )
    handling: Handling = column(
        "What to do with it",
        "Mark it, estimate its effect, or leave the periods out; leave blank to mark it. "
        + "".join(f"Ready to copy: {event.told()}." for event in known_events()),
        example=Handling.MARK,
        default=Handling.MARK,
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        raise_problems("Event", ends_after_start(self.start, self.end), self)
        return self


class ExternalEstimate(Record):
    """An estimate made elsewhere: an agency's econometrics, a finished trial."""

    campaign: Text | None = column(
        "Campaign", "Which campaign; leave blank if there is only one.", example="Right bin, right day"
    )
    outcome: Text | None = column(
        "Outcome", "Which outcome; leave blank if there is only one.", example="Contaminated loads"
    )
    total: Number = column(
        "Total effect",
        "The whole change due to the campaign, in the outcome's unit.",
        needed=True,
        example=-42.0,
    )
    low: Number = column("Lower limit", "Lower end of its interval.", needed=True, example=-70.0)
    high: Number = column("Upper limit", "Upper end of its interval.", needed=True, example=-14.0)
    level: Proportion = column(
        "Level of the interval", "Such as 95%; leave blank for 95%.", example=0.95, default=0.95
    )
    design: DesignCode = column(
        "Design", "How the effect was isolated.", needed=True, example=DesignCode.RANDOMISED
    )
    source: Text = column(
        "Source", "Who estimated it, and where it is written up.", needed=True, example="Trial report"
    )
    start: Day | None = column("Start date", "First day the estimate refers to.", example=date(2025, 9, 1))
    end: Day | None = column("End date", "Last day the estimate refers to.", example=date(2025, 11, 30))
    periods: Whole | None = column(
        "Periods", "Number of periods in the total; leave blank for one.", example=13
    )
    counterfactual_total: Number | None = column(
        "Total without the campaign", "What would have happened, for the relative effect.", example=180.0
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        raise_problems("ExternalEstimate", interval_in_order(self.low, self.total, self.high), self)
        return self
