"""The sheets of the template, as a table: which records they hold and where those stand in the programme.

1. What a column is comes from `headings`.
2. Template and reader both go by this table; a new sheet is a record model and a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from evalkit.campaign.areas import Area, Covariate
from evalkit.campaign.channels import ChannelShift
from evalkit.campaign.delivery import Activity, InputLine, Output, OutTake
from evalkit.campaign.fields import Record, columns
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Audience, Campaign, Objective
from evalkit.campaign.outcomes import Comparison, Event, ExternalEstimate, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.excel.headings import CAMPAIGN_FIELD, Heading, campaign_heading, heading_of

START, LISTS, ISSUES = "Start here", "Lists", "Issues"
TEMPLATE_ID = "evalkit programme template"
NEEDED_ROW, HELP_ROW, EXAMPLE_ROW, HEADER_ROW = 4, 5, 6, 7
FIRST_ROW = HEADER_ROW + 1


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
        "For trials and surveys: one row for each group, wave or cluster, or each time a person was asked.",
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
        "Areas",
        "tblAreas",
        Area,
        "areas",
        False,
        "What each area counts for, where they are not to count alike: one row for each area compared.",
        "The service, with the analyst",
        "An effect on people instead of on areas, with a wider range.",
        blank_rows=20,
    ),
    Sheet(
        "Covariates",
        "tblCovariates",
        Covariate,
        "covariates",
        False,
        "What else moved the figures and the campaign could not: one row for each period and area.",
        "The analyst",
        "Keeps the weather, or the number of pupils, from passing for an effect.",
        blank_rows=40,
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
        own.insert(0, campaign_heading())
    return tuple(sorted(own, key=lambda h: 0 if h.required or h.basic else 1))


@cache
def programme_headings() -> tuple[Heading, ...]:
    """The programme's own fields, filled in on the first sheet."""
    return tuple(heading_of(c) for c in columns(Programme))
