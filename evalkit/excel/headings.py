"""One column of a sheet as a spreadsheet sees it, made from the definition of a field.

1. Heading, help, example, choices and required marks come from the field; none is typed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, get_origin

from evalkit.campaign.bounds import Bounds, bounds_of
from evalkit.campaign.fields import LONG_TEXT_LIMIT, PERCENT, YEAR_PATTERN, Column, columns, unwrapped
from evalkit.campaign.header import Campaign
from evalkit.vocabulary import Term, Tier

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


NUMBERS = (Kind.NUMBER, Kind.WHOLE, Kind.MONEY, Kind.PERCENT)


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
    bounds : Bounds or None
        The limits of a column of numbers.
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
    bounds: Bounds | None = None

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
        bounds=bounds_of(c.info) if kind in NUMBERS else None,
    )


def campaign_heading() -> Heading:
    """The column of a part nested in a campaign that says which campaign it belongs to."""
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
