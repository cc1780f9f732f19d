"""The catalogue of messages: every problem with a filled-in template, by code.

1. Every message a user can meet about a template is worded here and nowhere else.
2. A message says what was found, what is expected and how to fix it; never a Python type or index.

Codes: F file, S sheet, C cell, D date, V value, M rule of the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evalkit.intake_messages import INTAKE


class Severity(StrEnum):
    """How much an issue holds up."""

    ERROR = "error"
    QUESTION = "question"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Message:
    """A catalogue entry; `{names}` are filled in from the place of use.

    Attributes
    ----------
    severity : Severity
    found, expected, fix : str
        Templates. `{value}` is what the cell shows.
    absence : bool
        True for rules of the kind "there is no …", which make no sense while rows fail to read.
    """

    severity: Severity
    found: str
    expected: str
    fix: str
    absence: bool = False


E_, Q_, N_ = Severity.ERROR, Severity.QUESTION, Severity.NOTE

CATALOGUE: dict[str, Message] = {
    # M: rules of the models, by part
    "M-required": Message(
        E_, "nothing", "{title}, needed from the {tier} tier", "Fill it in. {help}", absence=True
    ),
    "M-row-required": Message(
        E_, "no rows", "at least one row in {table}, needed from the {tier} tier", "Add one.", absence=True
    ),
    "M-choice": Message(E_, '"{value}"', "one of: {choices}", "Choose from the list.{hint}"),
    "M-type": Message(E_, '"{value}"', "{expected}", "{fix}"),
    "M-range": Message(E_, "{value}", "{expected}", "Correct the figure. {help}"),
    "M-reference-twice": Message(
        E_,
        'a second row for "{value}" in the series "{series}"',
        "one row for each item and vintage",
        "Remove one of the two rows, or give the newer one its own vintage.",
    ),
    "M-reference-gap": Message(
        E_,
        'the list of "{value}" without {lacking}',
        "the whole list",
        "Add the row: this list is used as a whole, so nothing of it is filled in from elsewhere.",
    ),
    "M-text": Message(E_, '"{value}"', "{expected}", "Shorten or retype the text."),
    "M-ave": Message(
        E_,
        '"{value}"',
        "a measure of what people saw or did, without money",
        "Remove it. Advertising value equivalents and their relatives (EMV, PR value, media value, cost "
        "equivalents) price the space, not the change, and are refused here (Barcelona Principles, AMEC). "
        "What you spent on media belongs on the Inputs sheet.",
    ),
    "M-ave-cost": Message(
        E_,
        '"{value}"',
        "what was paid, or what a partner gave",
        "Remove the line. An advertising value equivalent is neither paid nor given: it prices space, and is "
        "refused as a cost as it is as a benefit.",
    ),
    "M-money-unit": Message(
        E_,
        'the unit "{value}"',
        "a unit without money: {stage}s carry no money",
        "Give the number of people or items. Money spent goes on the Inputs sheet; money saved follows from "
        "an outcome on the Money sheet.",
    ),
    "M-not-an-outcome": Message(
        E_,
        '"{value}"',
        "something a service recorded that changed",
        "This is an {stage}: move it to the {home} sheet. Reach, clicks, visits, sentiment and followers "
        "show that people saw or noticed; an outcome shows that something happened because of it. If a "
        'service records it, let the name say so: "Visits to A&E", "Stop-smoking sessions attended".',
    ),
    "M-claimed-money": Message(
        E_,
        'a money value for "{value}", an outcome that people only said of themselves',
        "money only for what a service observed",
        "Remove this row; or take the figures from a service's records, and choose observed for the outcome.",
    ),
    "M-unit-value": Message(
        E_,
        'no {what} for "{value}"',
        "a value with its price year and source, or a code from the library of unit costs",
        "Fill it in, or give a code.",
    ),
    "M-unit-code": Message(
        E_,
        'both a value and the code "{value}"',
        "one of the two",
        "Leave the value blank to take the library's, or the code blank to use your own.",
    ),
    "M-channel-same": Message(
        E_,
        'contacts that move from "{value}" to "{value}"',
        "two different channels",
        "Correct one of the two; a change within a channel is no shift.",
    ),
    "M-channel-length": Message(
        E_,
        "{before} days before and {after} days after",
        "two periods of the same length",
        "Correct the dates and count the contacts of both periods again.",
    ),
    "M-channel-own": Message(
        E_,
        "a cost per contact of your own without {what}",
        "the price year and the source of the cost",
        "Fill it in, or leave the costs blank to take the published averages.",
    ),
    "M-channel-cost": Message(
        E_,
        'no cost per contact for "{value}", for which no average is published',
        "your own cost per contact",
        "Fill it in, with its price year and source.",
    ),
    "M-channel-released": Message(
        E_,
        "one of the two columns on posts or contracts released",
        "what was released and what it was worth a year, or neither",
        "Fill in both: only what is released saves cash.",
    ),
    "M-date-order": Message(
        E_, "{value}", "a date {relation} {other_title} ({other})", "Correct one of the two dates."
    ),
    "M-target-direction": Message(
        E_,
        "a target of {value} against a baseline of {baseline}",
        "a target on the good side of the baseline ({direction} is better)",
        "Correct the target, the baseline or the good direction of the outcome.",
    ),
    "M-matters-share": Message(
        E_,
        'a change of {value} in the share "{outcome}"',
        "a change between 0 and 1, such as 0.02 for two percentage points",
        "Divide it by 100, or type it with a per cent sign: 2%.",
    ),
    "M-matters-size": Message(
        E_,
        "an improvement of {value} a period",
        'no more than the largest figure of "{outcome}", {most}, which cannot fall by more than that',
        "Give the change in one period, not over the whole campaign.",
    ),
    "M-future": Message(
        E_,
        "{value}",
        "a date no later than {today}, as of which the figures are given (sheet Start here)",
        "Correct this date, or the date the figures are as of.",
    ),
    "M-area-blank": Message(
        E_,
        "a figure without an area, among figures by area",
        "an area in every row, or in none",
        "Name the area; leave out rows that sum up all areas.",
    ),
    "M-total": Message(
        E_, "{value}", "{total}, {why}", "Correct the amounts so that they agree; the difference is {gap}."
    ),
    "M-unknown-name": Message(
        E_, '"{value}"', "the {what} exactly as on the {home} sheet: {choices}", "Correct the name.{hint}"
    ),
    "M-which": Message(
        E_,
        "nothing",
        "which {what} this row belongs to, since there are several",
        "Fill in the {what}: {choices}.",
    ),
    "M-duplicate": Message(E_, '"{value}"', "each {what} once", "It repeats {first}. Remove or rename one."),
    "M-duplicate-observation": Message(
        E_,
        "a second figure for {outcome}, {area}, {period}",
        "one figure for each outcome, area and period",
        "Keep the right one and delete the other (the first is {first}).",
    ),
    "M-no-observations": Message(
        E_,
        'no data for the outcome "{value}"',
        "rows on the Outcome data sheet, or in Groups or External estimates",
        "Add the figures, before and after the campaign started.",
        absence=True,
    ),
    "M-irregular": Message(
        E_,
        "{period} for {outcome}",
        "one row a period on a regular calendar ({expected})",
        "Use the first day of each period, always the same weekday for weeks.",
    ),
    "M-two-spellings": Message(
        E_,
        'the area "{value}", which looks like "{other}"',
        "one spelling for each area",
        'Spell it "{other}" if they are the same area; if not, make the names less alike.',
    ),
    "M-count-whole": Message(
        E_,
        "{value}",
        "a whole number, because {outcome} is a count",
        "Correct the figure; or choose level as its Kind on the Outcomes sheet, if it counts nothing.",
    ),
    "M-negative": Message(
        E_, "{value}", "zero or more, because {outcome} is a {kind}", "Correct the figure."
    ),
    "M-denominator-missing": Message(
        E_,
        "no denominator beside {value}",
        "the number that {outcome} is a share of",
        "Fill in the denominator: a share is a number out of a number.",
    ),
    "M-denominator-small": Message(
        E_, "{value} out of {denominator}", "a part no larger than the whole", "Correct one of the two."
    ),
    "M-denominator-zero": Message(
        E_,
        "a denominator of {denominator}",
        "a number above zero",
        "Correct it, or leave the value blank as a gap.",
    ),
    "M-areas-unclear": Message(
        E_,
        "data for several areas ({areas}) and no word on which had the campaign",
        "the campaign's areas, or the comparison areas",
        "Fill in Areas on the Campaigns sheet, or list the comparison areas on the Comparison sheet.",
    ),
    "M-person-size": Message(
        E_,
        "a mark in Person beside {value} people",
        "one person or household in a row with a mark",
        "Put 1, or clear the mark if the row is of a group.",
    ),
    "M-person-named": Message(
        E_,
        "a mark that looks like a name, an address or somebody's number",
        "a mark that only you can trace to a person, such as P017",
        "Replace it by a mark of your own, the same in both rows; keep the list of who is who elsewhere.",
    ),
    "M-person-some": Message(
        E_,
        "no mark, where other rows of this comparison have one",
        "a mark in Person in every row of a comparison, or in none",
        "Fill in the person's mark; compare groups without marks as another outcome.",
    ),
    "M-person-twice": Message(
        E_,
        "a second row of one person in the same group and wave (the first is {first})",
        "one row of a person before, and one after",
        "Correct the wave, the group or the mark, or delete the row.",
    ),
    "M-population": Message(
        E_, '{value} for "{area}"', "a number above zero", "Correct it; an area without people is left out."
    ),
    "M-population-missing": Message(
        E_,
        "no population for {areas}",
        "a population for every area that is compared, or for none",
        "Add their rows to the Areas sheet, or empty the sheet so that areas count alike.",
    ),
    "M-covariate-alone": Message(
        E_,
        'the covariate "{value}" of an outcome without figures by period',
        "figures of the outcome on the Outcome data sheet",
        "Correct the outcome, or remove the covariate's rows.",
    ),
    "M-covariate-period": Message(
        E_,
        '{value} for "{name}"',
        "a period of the Outcome data sheet",
        "Use the first day of the outcome's periods; for a period without a row there, add one with a blank "
        "value.",
    ),
    "M-covariate-gap": Message(
        E_,
        'no "{name}" for {area} in {n} of the {of} periods, first in {first}',
        "a figure of a covariate for every period of the outcome, in every campaign area",
        "Add the figures, or remove the covariate.",
    ),
    "M-covariate-flat": Message(
        E_,
        '"{name}" with the same figure, {value}, in every row',
        "a covariate that changes",
        "Correct the figures, or remove its rows: what never changes explains nothing.",
    ),
    "M-area-both": Message(
        E_,
        '"{value}" as a campaign area and as a comparison',
        "an area on one side only",
        "Remove it from one of the two.",
    ),
    "M-area-no-data": Message(
        E_, '"{value}"', "an area with rows on the Outcome data sheet: {choices}", "{fix}"
    ),
    "M-vat-amount": Message(
        E_,
        "VAT to be recovered, without its amount",
        "the VAT within the amount",
        "Fill in the VAT, which is then taken out of the cost.",
    ),
    "M-interval-order": Message(
        E_, "{low} to {high} around {value}", "low, then the figure, then high", "Correct the order."
    ),
    "M-campaign-outside": Message(
        E_,
        "a campaign start of {start}; the figures for {outcome} run from {first} to {last}",
        "figures from before and after the start",
        "Correct the start date, or add the missing figures.",
    ),
    "M-washout": Message(
        E_,
        "{value} periods to leave out at the start",
        "fewer than the {n} {frequency} figures for {outcome} from the start on",
        "Correct the number. It counts periods of the figures, here {frequency} ones, and not days.",
    ),
    "M-means-or-successes": Message(
        E_,
        "{found}",
        "either Successes, out of the people or households, or a Mean with its Standard deviation",
        "Fill in one of the two pairs.",
    ),
    "M-second-primary": Message(
        E_, 'a second primary outcome, "{value}"', "one primary outcome", "Say yes for one outcome only."
    ),
    "M-area-or-series": Message(
        E_,
        "both or neither of a comparison area and a comparison series",
        "one of the two",
        "Fill in the comparison area or the comparison series, and leave the other blank.",
    ),
    "M-split": Message(
        E_,
        'shares of the split cost "{name}" that come to {total}',
        "shares that come to no more than 100% over all campaigns",
        "Correct the shares on each campaign's line.",
    ),
}
CATALOGUE |= {
    code: Message(Severity(level), found, expected, fix)
    for code, (level, found, expected, fix) in INTAKE.items()
}
