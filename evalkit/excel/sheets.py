"""The sheets of the template, as a table: which records they hold and where those stand in the programme.

1. Headings, help, examples, choices and required marks come from the field definitions; none is typed here.
2. Template and reader both go by this table; a new sheet is a record model and a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.fields import LONG_TEXT_LIMIT, PERCENT, YEAR_PATTERN, Column, Record, columns
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.vocabulary import Term, Tier

START, LISTS, ISSUES = "Start here", "Lists", "Issues"
TEMPLATE_ID = "evalkit programme template"
NEEDED_ROW, HELP_ROW, EXAMPLE_ROW, HEADER_ROW = 4, 5, 6, 7
FIRST_ROW = HEADER_ROW + 1
CAMPAIGN_FIELD = "campaign"
LIST_SEPARATOR = ";"
YES, NO = "Yes", "No"


class Kind(Enum):
    """What a column holds, as a spreadsheet sees it."""

    TEXT = "text"
    LONG_TEXT = "long text"
    LIST = "list"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole number"
    MONEY = "money"
    PERCENT = "percentage"
    YES_NO = "yes or no"
    CHOICE = "choice"
    YEAR = "financial year"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet.

    Attributes
    ----------
    name : str
        The record's field; `CAMPAIGN_FIELD` for the campaign of a part nested in one.
    title, help, example, adds : as in `Column`
    kind : Kind
    tier : Tier or None
    required : bool
        Whether each row must fill it in, whatever the tier.
    basic : bool
        Whether it is among what the Basic tier asks for.
    choices : tuple of str
    term : type of Term or None
        The vocabulary of the choices, if they have one.
    nested : bool
        True only for the campaign of a nested part.
    """

    name: str
    title: str
    help: str
    example: Any
    adds: str
    kind: Kind
    tier: Tier | None
    required: bool
    basic: bool
    choices: tuple[str, ...] = ()
    term: type[Term] | None = None
    nested: bool = False

    @property
    def need(self) -> str:
        """The word above the heading."""
        if self.required or self.basic:
            return "Required"
        if self.tier is not None:
            return f"Required from {self.tier.value}"
        return "Required if several campaigns" if self.nested else "Optional"

    @property
    def list_name(self) -> str:
        """Name of the block on the Lists sheet that holds the choices."""
        if self.kind is Kind.YES_NO:
            return "Yes or no"
        return self.title if self.term is None else _words(self.term.__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the template.

    Attributes
    ----------
    name, table : str
        Sheet name, and name of the Excel table on it.
    model : type of Record
    part : str
        The programme's field that holds the records, or the campaign's if `nested`.
    nested : bool
    purpose, filled_in_by, adds : str
        For the guidance: what belongs here, whose it usually is, what it adds.
    blank_rows : int
        Input rows offered.
    basic : bool
        Whether the Basic tier needs it.
    """

    name: str
    table: str
    model: type[Record]
    part: str
    nested: bool
    purpose: str
    filled_in_by: str
    adds: str = ""
    blank_rows: int = 8
    basic: bool = False

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Columns in the order of the sheet: what is required first."""
        return headings_of(self)


SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "Campaigns",
        "tblCampaigns",
        Campaign,
        "campaigns",
        False,
        "One row for each campaign.",
        "Communications",
        blank_rows=4,
        basic=True,
    ),
    Sheet(
        "Objectives",
        "tblObjectives",
        Objective,
        "objectives",
        True,
        "What was to change, from what to what, by when: one row for each objective.",
        "Communications, with the service",
        "A target to judge the result by, and the effect that would have mattered.",
    ),
    Sheet(
        "Audiences",
        "tblAudiences",
        Audience,
        "audiences",
        True,
        "Whom the campaign was for, and what stood in their way: one row for each audience.",
        "Communications",
        "Who the change was meant to come from.",
    ),
    Sheet(
        "Inputs",
        "tblInputs",
        InputLine,
        "inputs",
        True,
        "What it cost: one row for each cost, staff time and gifts in kind included.",
        "Communications, with finance",
        "The full cost, and the cost of each unit of the outcome.",
        blank_rows=20,
        basic=True,
    ),
    Sheet(
        "Activities",
        "tblActivities",
        Activity,
        "activities",
        True,
        "What was done: one row for each activity, with its dates.",
        "Communications",
        "When the campaign was strongest; tells overlapping campaigns apart.",
    ),
    Sheet(
        "Outputs",
        "tblOutputs",
        Output,
        "outputs",
        True,
        "What reached people: one row for each measure, without money.",
        "Communications",
        "The first link between what was spent and what changed.",
    ),
    Sheet(
        "Out-takes",
        "tblOutTakes",
        OutTake,
        "out_takes",
        True,
        "What people noticed, understood or felt: one row for each measure, without money.",
        "Communications",
        "The second link: whether people took it in.",
    ),
    Sheet(
        "Outcomes",
        "tblOutcomes",
        Outcome,
        "outcomes",
        False,
        "What a service recorded that should have changed: one row for each outcome.",
        "The service",
        blank_rows=5,
        basic=True,
    ),
    Sheet(
        "Outcome data",
        "tblOutcomeData",
        Observation,
        "observations",
        False,
        "The service's figures, before and after the start: one row for each period.",
        "The service",
        blank_rows=120,
        basic=True,
    ),
    Sheet(
        "Groups",
        "tblGroups",
        GroupRow,
        "groups",
        False,
        "For trials and surveys: one row for each group, wave or cluster.",
        "The analyst",
        "Letters, texts and web tests sent to groups drawn by lot; survey waves.",
        blank_rows=20,
    ),
    Sheet(
        "Comparison",
        "tblComparison",
        Comparison,
        "comparisons",
        False,
        "Areas or series that the campaign did not touch: one row for each.",
        "The service, with the analyst",
        "The strongest single improvement: shows what would have happened anyway.",
    ),
    Sheet(
        "Events",
        "tblEvents",
        Event,
        "events",
        False,
        "What else happened that could have moved the figures: one row for each event.",
        "The service",
        "Other explanations, named and weighed.",
    ),
    Sheet(
        "External estimates",
        "tblExternalEstimates",
        ExternalEstimate,
        "external_estimates",
        False,
        "Estimates made elsewhere, such as a finished trial: one row for each.",
        "The analyst",
        "Uses an estimate that somebody else has made.",
    ),
    Sheet(
        "Money",
        "tblMoney",
        UnitValue,
        "unit_values",
        False,
        "What one unit of an outcome is worth: one row for each value.",
        "Finance",
        "The value of the change beside its cost.",
    ),
    Sheet(
        "Channel shift",
        "tblChannelShift",
        ChannelShift,
        "channel_shifts",
        True,
        "Contacts by channel before and after: one row for each move from a channel to another.",
        "The service, with finance",
        "What it saves when people use a cheaper channel, less those who come back.",
    ),
    Sheet(
        "Sign-off",
        "tblSignOff",
        SignOff,
        "sign_off",
        True,
        "Who asked for, made and checked the evaluation, and what was learnt: one row for each line.",
        "Communications",
        "Assurance and learning.",
    ),
)
SHEET_OF_PART = {sheet.part: sheet for sheet in SHEETS}

# columns whose entries are names given on another sheet
NAME_SHEETS = {CAMPAIGN_FIELD: "Campaigns", "outcome": "Outcomes", "series": "Outcomes"}


@cache
def headings_of(sheet: Sheet) -> tuple[Heading, ...]:
    """Columns of a sheet: what is required first, then the campaign, then the rest."""
    own = [heading_of(c) for c in columns(sheet.model)]
    if sheet.nested:
        own.insert(0, _campaign_heading())
    return tuple(sorted(own, key=lambda h: 0 if h.required or h.basic else 1))


@cache
def programme_headings() -> tuple[Heading, ...]:
    """The programme's own fields, filled in on the first sheet."""
    return tuple(heading_of(c) for c in columns(Programme))


def heading_of(c: Column) -> Heading:
    """A column of a model as a column of a sheet."""
    base, metadata = unwrapped(c.info)
    kind, term = _kind(base, metadata), None
    choices = c.options
    if isinstance(base, type) and issubclass(base, Term):
        term, choices = base, tuple(m.value for m in base)
    if c.options:
        kind = Kind.CHOICE
    return Heading(
        name=c.name,
        title=c.title,
        help=c.help,
        example=c.example,
        adds=c.adds,
        kind=kind,
        tier=c.tier,
        required=c.info.is_required(),
        basic=c.tier is Tier.BASIC,
        choices=choices,
        term=term,
    )


def _campaign_heading() -> Heading:
    title = next(c for c in columns(Campaign) if c.name == "title")
    return Heading(
        name=CAMPAIGN_FIELD,
        title=title.title,
        help="Which campaign, as on the Campaigns sheet; leave blank if there is only one.",
        example=title.example,
        adds="",
        kind=Kind.TEXT,
        tier=None,
        required=False,
        basic=False,
        nested=True,
    )


def unwrapped(info: FieldInfo) -> tuple[Any, tuple[Any, ...]]:
    """A field's plain type and its constraints, however they are nested."""
    base, metadata = info.annotation, list(info.metadata)
    while True:
        if get_origin(base) is Annotated:
            base, *more = get_args(base)
            metadata += more
        elif get_origin(base) in (Union, UnionType):
            base = next(a for a in get_args(base) if a is not type(None))
        else:
            return base, tuple(metadata)


_PLAIN = {
    "date": Kind.DATE,
    "float": Kind.NUMBER,
    "int": Kind.WHOLE,
    "Decimal": Kind.MONEY,
    "bool": Kind.YES_NO,
}


def _kind(base: Any, metadata: tuple[Any, ...]) -> Kind:
    if get_origin(base) is tuple:
        return Kind.LIST
    if issubclass(base, Enum):
        return Kind.CHOICE
    if PERCENT in metadata:
        return Kind.PERCENT
    if any(getattr(m, "pattern", None) == YEAR_PATTERN for m in metadata):
        return Kind.YEAR
    if any(getattr(m, "max_length", None) == LONG_TEXT_LIMIT for m in metadata):
        return Kind.LONG_TEXT
    return _PLAIN.get(base.__name__, Kind.TEXT)


def _words(name: str) -> str:
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]
