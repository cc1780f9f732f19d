"""What the analyst settles before the outcome is looked at: method, comparison, windows, level.

1. The defaults suit most campaigns.
2. Dates and windows are taken as people write them; what is none is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from evalkit.design import Window
from evalkit.errors import InputError

CALENDARS = ("england-and-wales", "scotland", "northern-ireland", "none")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the analyst may settle beforehand; the defaults suit most campaigns.

    Attributes
    ----------
    method, shape, calendar : str
    comparison : tuple of str or None
        None takes every other area; an empty tuple takes none.
    exclude_areas : tuple of str
    washout, exclude, events, phases : tuple of Window
    settling : int
        Periods to leave out from the start on, of each area from its own.
    covariates : tuple of str
        Kept by the panel; complete in every period.
    starts : tuple of (str, date)
        Each campaign area's own start, where they differ.
    weights : tuple of (str, float)
        What each area counts for.
    spare_weights : bool
        Whether weights that the method "auto" takes has no use for are left out with a word, not refused.
    matters : float or None
        Smallest mean effect that would matter, as a size.
    level : float
    seed : int
    """

    method: str = "auto"
    shape: str = "auto"
    calendar: str = "england-and-wales"
    comparison: tuple[str, ...] | None = None
    exclude_areas: tuple[str, ...] = ()
    washout: tuple[Window, ...] = ()
    settling: int = 0
    exclude: tuple[Window, ...] = ()
    events: tuple[Window, ...] = ()
    phases: tuple[Window, ...] = ()
    covariates: tuple[str, ...] = ()
    starts: tuple[tuple[str, date], ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    spare_weights: bool = False
    matters: float | None = None
    level: float = 0.95
    seed: int = 0


def plain_date(value: object, name: str) -> date:
    """A date from a date, timestamp, pandas Period, ISO text or whole year.

    Raises
    ------
    InputError
        If it is none of these.
    """
    value = getattr(value, "start_time", value)  # a pandas Period
    if isinstance(value, int) and not isinstance(value, bool) and 1800 <= value < 2200:
        return date(value, 1, 1)
    if isinstance(value, datetime) and value == value:  # NaT is a datetime that equals nothing
        return value.date()
    if isinstance(value, date) and value == value:
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InputError([f"{name} is not a date: {value!r}"]) from None


def windows(given: object, name: str) -> tuple[Window, ...]:
    """Windows from windows, (start, end[, reason]) tuples or single days.

    Raises
    ------
    InputError
        If an entry is none of these, or ends before it starts.
    """
    if given is None:
        return ()
    single = isinstance(given, (Window, str, date)) or (
        isinstance(given, tuple) and len(given) in (2, 3) and not isinstance(given[0], (tuple, list, Window))
    )
    entries: Iterable[object] = [given] if single else given  # type: ignore[assignment]
    if not isinstance(entries, Iterable):
        raise InputError([f"{name} must be windows, (start, end) pairs or dates, not {given!r}"])
    return tuple(_window(e, name) for e in entries)


def _window(entry: object, name: str) -> Window:
    """One window."""
    if isinstance(entry, Window):
        found = entry
    elif isinstance(entry, (tuple, list)) and len(entry) in (2, 3):
        reason = str(entry[2]) if len(entry) == 3 else ""
        found = Window(plain_date(entry[0], name), plain_date(entry[1], name), reason)
    else:
        found = Window(plain_date(entry, name), plain_date(entry, name))
    if found.end < found.start:
        raise InputError([f"{name} ends before it starts: {found.start} to {found.end}"])
    return found
