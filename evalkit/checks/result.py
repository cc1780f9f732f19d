"""What a check returns: its question, its answer and one paragraph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one question about an estimate.

    Attributes
    ----------
    check : str
        Name in the table of checks.
    question : str
        As a reader would ask it.
    passed : bool or None
        None where the check could not be carried out or gives no verdict.
    statistic : float or None
        The figure behind the answer, explained in `text`.
    text : str
        One paragraph for the pack.
    scores : tuple of float
        Where the method was tried again and again: its estimates in standard errors.
    """

    check: str
    question: str
    passed: bool | None
    statistic: float | None
    text: str
    scores: tuple[float, ...] = ()
