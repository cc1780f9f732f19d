"""What each comparison of groups needs, uses and answers: a pure table, as `requirements` is for series.

1. The table's order decides what "auto" takes; only what a table of groups has is looked at, never a figure.
2. What a table has and a comparison takes no account of can be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# what a table of groups may have that a method takes account of, or not
FEATURES: Mapping[str, str] = MappingProxyType(
    {
        "waves": "two waves",
        "steps": "clusters that start one after another",
        "pairs": "the same people twice",
        "clusters": "clusters",
        "strata": "strata",
        "weights": "weights",
        "covariates": "covariates",
    }
)


@dataclass(frozen=True, slots=True)
class GroupRequirement:
    """One comparison of groups of people.

    Attributes
    ----------
    method : str
        Name in the table of comparisons.
    answers : str
        The question in a reader's words.
    because : str
        Why a table calls for it.
    needs : frozenset of str
        What the table must have: of `FEATURES`, or "share", "count", and "spread" (persons, shares, or means
        with a standard deviation).
    uses : frozenset of str
        The `FEATURES` that it takes account of.
    """

    method: str
    answers: str
    because: str
    needs: frozenset[str]
    uses: frozenset[str]


def _row(method: str, answers: str, because: str, needs: str, uses: str) -> GroupRequirement:
    return GroupRequirement(method, answers, because, frozenset(needs.split()), frozenset(uses.split()))


GROUP_REQUIREMENTS: tuple[GroupRequirement, ...] = (
    _row(
        "changes",
        "Did the group change by more than the control did?",
        "every group has two waves",
        needs="waves",
        uses="waves clusters weights",
    ),
    _row(
        "stepped wedge",
        "Did clusters differ, once they had started, from those still to come?",
        "clusters start one after another",
        needs="steps",
        uses="steps clusters",
    ),
    _row(
        "paired",
        "Did the same people change?",
        "the same people were asked twice",
        needs="pairs",
        uses="pairs clusters weights",
    ),
    _row(
        "clusters",
        "Did groups that were drawn as a whole differ?",
        "groups were drawn as a whole, so they and not the people are the sample",
        needs="clusters",
        uses="clusters",
    ),
    _row(
        "proportions",
        "Did a larger share of one group do it?",
        "people were drawn one by one and did it or did not",
        needs="share",
        uses="",
    ),
    _row(
        "rates",
        "Did more happen in one group for the same exposure?",
        "events are counted out of an exposure",
        needs="count",
        uses="weights",
    ),
    _row(
        "means",
        "Do the groups' means differ, given strata, weights and what was known beforehand?",
        "it takes account of strata, weights, clusters and covariates",
        needs="spread",
        uses="clusters strata weights covariates",
    ),
)


def choose_groups(facts: frozenset[str]) -> GroupRequirement:
    """The comparison for a table: the first that it allows and that uses all it has, else the first allowed.

    Parameters
    ----------
    facts : frozenset of str
        As in `GroupRequirement.needs`.
    """
    allowed = [row for row in GROUP_REQUIREMENTS if row.needs <= facts]
    whole = [row for row in allowed if not unused(row, facts)]
    return next(iter((*whole, *allowed)), GROUP_REQUIREMENTS[-1])


def group_requirement(method: str) -> GroupRequirement:
    """The row of a comparison of groups.

    Raises
    ------
    KeyError
        If the table has no such comparison.
    """
    return {row.method: row for row in GROUP_REQUIREMENTS}[method]


def unused(row: GroupRequirement, facts: frozenset[str]) -> tuple[str, ...]:
    """What a table has and the comparison takes no account of, in words."""
    return tuple(words for name, words in FEATURES.items() if name in facts - row.uses)


def lacking(row: GroupRequirement, facts: frozenset[str]) -> tuple[str, ...]:
    """What the comparison needs and a table does not have, in words."""
    kinds = {"share": "a share", "count": "a count", "spread": "people, or their standard deviation"}
    return tuple({**kinds, **FEATURES}[name] for name in sorted(row.needs - facts))
