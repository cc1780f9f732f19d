"""The plan of one estimate, fixed from history and comparison series only.

1. A design is made without the treated outcome after the start, and can be saved beforehand.
2. It holds decisions and their reasons; it computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from evalkit.calendars import after
from evalkit.vocabulary import DesignCode, Frequency, OutcomeKind


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, both ends included, with the reason it is set apart."""

    start: date
    end: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Design:
    """How one campaign's contribution to one outcome is to be estimated.

    Attributes
    ----------
    code : DesignCode
        Single or controlled series, or a design of its own.
    method : str
        Name of the method in the table of methods.
    outcome_kind : OutcomeKind
    frequency : Frequency
    treated : tuple of str
        Areas with the campaign.
    comparison : tuple of str
        Areas or series the campaign did not touch, used to build the counterfactual.
    start : date
        First day of the campaign; with staggered starts, of the first area.
    end : date or None
        Last day on air; None where it ran to the last period.
    until : date
        First day of the last period that counts in the estimand.
    shape : str
        "level", "ramp", "decay" or "auto".
    seasonality : str
        What seasonal terms enter, in words; "none" where history does not allow any.
    calendar : str
        Bank-holiday calendar: "england-and-wales", "scotland", "northern-ireland" or "none".
    washout, exclude : tuple of Window
        Periods in neither the fit nor the estimand.
    settling : int
        Periods from each area's own start on that are in neither, where areas start at different times.
    events : tuple of Window
        Known events with a term of their own.
    provisional : tuple of Window
        Periods of the fit whose figures may still be revised.
    phases : tuple of Window
        Stretches of the campaign with an effect of their own, each named by its reason.
    covariates : tuple of str
        Outside series, not touched by the campaign, that enter the model.
    starts : tuple of (str, date)
        Each campaign area's own start, where they differ; empty for a common start.
    weights : tuple of (str, float)
        What each area counts for, such as its population; empty where areas count alike.
    n_pre, n_post : int
        Calendar periods before the (first) start, and from start to until.
    matters : float or None
        Smallest mean effect per period that would matter, in the outcome's unit, as a size (no sign).
    level : float
        Nominal coverage.
    seed : int
        Seed of any random draw.
    reasons : tuple of str
        Why this design, one sentence each.
    deviations : tuple of str
        What was left out, or must be known of the figures, each with its rule; from history alone.
    last : date or None
        Last day of the period that begins with `until`, as its calendar has it.
    """

    code: DesignCode
    method: str
    outcome_kind: OutcomeKind
    frequency: Frequency
    treated: tuple[str, ...]
    comparison: tuple[str, ...]
    start: date
    end: date | None
    until: date
    shape: str = "auto"
    seasonality: str = "none"
    calendar: str = "england-and-wales"
    washout: tuple[Window, ...] = ()
    settling: int = 0
    exclude: tuple[Window, ...] = ()
    events: tuple[Window, ...] = ()
    provisional: tuple[Window, ...] = ()
    phases: tuple[Window, ...] = ()
    covariates: tuple[str, ...] = ()
    starts: tuple[tuple[str, date], ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    n_pre: int = 0
    n_post: int = 0
    matters: float | None = None
    level: float = 0.95
    seed: int = 0
    reasons: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    last: date | None = None

    @property
    def last_day(self) -> date:
        """Last day counted."""
        return self.last or after((self.until,), self.frequency) - timedelta(days=1)
