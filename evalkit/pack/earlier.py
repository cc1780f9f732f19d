"""What an earlier review said of a campaign, for comparison from year to year."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Earlier:
    """A campaign's row in an earlier review.

    Attributes
    ----------
    review : str
        The file's name.
    campaign : str
    year : str
        Financial year it started in.
    cost : float
    each : float or str
        Cost per outcome, or the words in its place.
    level : str
    answer, action : str
    """

    review: str
    campaign: str
    year: str
    cost: float
    each: float | str
    level: str
    answer: str
    action: str
