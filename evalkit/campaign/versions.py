"""Versions of the template's layout: what each added or renamed, so that earlier templates stay readable.

1. A released version never changes: a new column, sheet or heading is a row here under a new number.
2. What a version added may be blank, so that a template without it means what it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FIRST_VERSION = 1
SCHEMA_VERSION: Literal[2] = 2
OWN_FIELDS = "programme"  # in place of a part: the programme's own fields, on the first sheet


@dataclass(frozen=True, slots=True)
class Added:
    """What a version added to one part of the programme.

    Attributes
    ----------
    version : int
    part : str
        As in the programme or its campaigns, or `OWN_FIELDS`.
    fields : tuple of str
        Names of the fields; empty where the whole part, and with it its sheet, is new.
    """

    version: int
    part: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renamed:
    """A heading, or a sheet, that a version gave another name.

    Attributes
    ----------
    version : int
    part : str
    former : str
        The heading before that version.
    field : str
        Name of the field; empty where the sheet itself was renamed.
    """

    version: int
    part: str
    former: str
    field: str = ""


ADDED: tuple[Added, ...] = (
    Added(2, OWN_FIELDS, ("next_budget",)),
    Added(2, "campaigns", ("next_budget_least", "next_budget_most")),
    Added(2, "inputs", ("kind", "optimism_bias")),
    Added(2, "outcomes", ("adds_up", "method")),
    Added(2, "groups", ("formed", "baseline", "unit")),
    Added(
        2,
        "unit_values",
        (
            *("code", "transfer", "drop_off_low", "drop_off_high", "duration_low", "duration_high"),
            *("deadweight", "months_early", "discounting"),
        ),
    ),
    Added(2, "channel_shifts"),
    Added(2, "areas"),
    Added(2, "covariates"),
)
RENAMED: tuple[Renamed, ...] = ()


def added_since(version: int) -> tuple[Added, ...]:
    """What versions later than this one added."""
    return tuple(a for a in ADDED if a.version > version)


def former_names(version: int) -> dict[tuple[str, str], str]:
    """How this version spelt what later ones renamed: part and field (empty for the sheet), to the name.

    A name that changed more than once is the one that this version had.
    """
    later = sorted((r for r in RENAMED if r.version > version), key=lambda r: r.version, reverse=True)
    return {(r.part, r.field): r.former for r in later}


def present_version(value: object) -> object:
    """Number of the present layout for a record of an earlier one, which is one of the present with blanks.

    Raises
    ------
    ValueError
        If the record is of a later version than is known here.
    """
    if type(value) is not int or FIRST_VERSION <= value <= SCHEMA_VERSION:
        return SCHEMA_VERSION if type(value) is int else value
    raise ValueError(f"layout version {value}; this evalkit knows versions up to {SCHEMA_VERSION}")
