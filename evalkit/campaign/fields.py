"""What every part of the campaign is made of: records, columns and their types.

1. A column's heading, help, example and tier are told here once, on the field; template, schema and
   messages all read them from it.
2. Records are frozen, strict and closed: text is tidied, nothing else is coerced.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from evalkit.vocabulary import Tier

TEXT_LIMIT = 250
LONG_TEXT_LIMIT = 2000

_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\u00ad]|_x000[dD]_")


def tidy_text(value: object) -> object:
    """Make text canonical: one kind of space and line break, nothing invisible, no outer blanks.

    Idempotent; anything but text passes through.
    """
    if not isinstance(value, str):
        return value
    if value.isascii() and value.isprintable() and "_x000" not in value:
        return value.strip()
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    while _INVISIBLE.search(text):  # removing one mark can bring the parts of another together
        text = _INVISIBLE.sub("", text)
    text = _SPACES.sub(" ", text)
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", text).strip()


Text = Annotated[str, BeforeValidator(tidy_text), StringConstraints(min_length=1, max_length=TEXT_LIMIT)]
LongText = Annotated[
    str, BeforeValidator(tidy_text), StringConstraints(min_length=1, max_length=LONG_TEXT_LIMIT)
]
AreaName = Annotated[
    str, BeforeValidator(tidy_text), StringConstraints(min_length=1, max_length=100, pattern=r"^[^;\n]+$")
]
YEAR_PATTERN = r"^20\d\d-\d\d$"
YEAR_FIRST, YEAR_LAST = 2000, 2099  # that a year of this pattern can begin in
FinancialYear = Annotated[str, BeforeValidator(tidy_text), StringConstraints(pattern=YEAR_PATTERN)]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
# a spreadsheet holds no number beyond 1e308, and sixteen figures of one just below it round up to none
Number = Annotated[float, Field(ge=-1e300, le=1e300, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=1e300, allow_inf_nan=False)]
PERCENT = "percent"  # marks numbers that people write as a percentage
Proportion = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), PERCENT]
Rate = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False), PERCENT]
Whole = Annotated[int, Field(ge=0, le=10**12)]
# Excel's calendar is wrong before March 1900, and a year beyond this is a slip of the keyboard
Day = Annotated[date, Field(ge=date(1901, 1, 1), le=date(2100, 12, 31))]


class Record(BaseModel):
    """The root of all records."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ser_json_inf_nan="strings")


@dataclass(frozen=True, slots=True)
class Column:
    """How a field appears to the person who fills it in.

    Attributes
    ----------
    name : str
        The field's name.
    title, help, example : str, str, object
        Heading, one line of help, and the value in the worked example row.
    tier : Tier or None
        From which tier it is required; None where it never is.
    adds : str
        What filling it in adds, for fields that are not asked for at the Basic tier.
    info : FieldInfo
        pydantic's own record of the field: type, constraints, default.
    options : tuple of str
        What may be entered, where that is a short list without a vocabulary of its own.
    """

    name: str
    title: str
    help: str
    example: Any
    tier: Tier | None
    adds: str
    info: FieldInfo
    options: tuple[str, ...] = ()


def column(
    title: str,
    help: str,
    *,
    tier: Tier | None = None,
    example: Any = None,
    adds: str = "",
    default: Any = None,
    blank_ok: bool = False,
    needed: bool = False,
    options: tuple[str, ...] = (),
) -> Any:
    """Declare a field with what a reader needs to know of it.

    Only fields of the Basic tier are required by the type; those of later tiers default to None and are
    asked for by `rules.missing_at_tier`.

    Parameters
    ----------
    title : str
        Column heading, with the unit in brackets.
    help : str
        One line that says what to enter.
    tier : Tier, optional
        From which tier the field is required.
    example : object
        A valid value for the worked example.
    adds : str
        What an optional field adds to the evaluation.
    default : object
        Value where nothing is entered.
    blank_ok : bool
        A blank has a meaning of its own, though the column is asked for (a gap in a series).
    needed : bool
        Required in each row of a table that is itself optional, whatever the tier.
    options : tuple of str
        What may be entered, where that is a short list without a vocabulary of its own.
    """
    extra: JsonDict = {"tier": tier.value if tier else None, "adds": adds}
    if options:
        extra["options"] = list(options)
    required = needed or (tier is Tier.BASIC and default is None and not blank_ok)
    return Field(
        default=... if required else default,
        title=title,
        description=help,
        examples=[example] if example is not None else None,
        json_schema_extra=extra,
    )


def columns(model: type[Record]) -> tuple[Column, ...]:
    """List the columns of a record in order; fields declared without `column` are left out."""
    found = []
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra
        if not isinstance(extra, dict) or "tier" not in extra:
            continue
        tier = Tier(str(extra["tier"])) if extra["tier"] else None
        example = info.examples[0] if info.examples else None
        options = extra.get("options", [])
        found.append(
            Column(
                name,
                info.title or name,
                info.description or "",
                example,
                tier,
                str(extra["adds"]),
                info,
                tuple(str(o) for o in options) if isinstance(options, list) else (),
            )
        )
    return tuple(found)


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
