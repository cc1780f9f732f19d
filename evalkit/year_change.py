"""How an outcome that has been taken apart changed from one year to the next, step by step.

1. Both years have the same periods: as many as fit into a year, and only those with a figure in either.
2. The steps add up to the change exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evalkit.calendars import DAYS_A_YEAR


@dataclass(frozen=True, slots=True)
class YearChange:
    """The change between the last two whole years of figures.

    Attributes
    ----------
    previous, latest : tuple of date
        Periods with a figure in the year before, and in the latest year.
    before, after : float
        What was observed in either.
    baseline, unexplained : float
        Change of what is expected without any of the campaigns, and of what nothing explains.
    contributions : mapping of str to float
        Change of each campaign's contribution.
    """

    previous: tuple[date, ...]
    latest: tuple[date, ...]
    before: float
    after: float
    baseline: float
    contributions: Mapping[str, float]
    unexplained: float

    def year(self, period: date) -> str:
        """Which of the two years a period belongs to: "previous", "latest" or none."""
        return "latest" if period in self.latest else "previous" if period in self.previous else ""


def year_change(
    periods: Sequence[date],
    observed: Sequence[float | None],
    baseline: Sequence[float],
    contributions: Mapping[str, Sequence[float]],
) -> YearChange | None:
    """The last year's periods against as many before; None without two whole years of figures.

    Parameters
    ----------
    periods : sequence of date
    observed, baseline : sequence of float
        One entry a period; None where there is no figure.
    contributions : mapping of str to sequence of float
    """
    n = len(periods)
    days = (periods[-1] - periods[0]).days / max(n - 1, 1)
    year = max(round(DAYS_A_YEAR / max(days, 1.0)), 1)
    seen = [i for i in range(n - year, n) if i >= year and None not in (observed[i], observed[i - year])]
    last, first = seen, [i - year for i in seen]
    if n < 2 * year or not seen:
        return None

    def moved(values: Sequence[float | None]) -> float:
        return sum(values[i] or 0.0 for i in last) - sum(values[i] or 0.0 for i in first)

    steps = {name: moved(values) for name, values in contributions.items()}
    before = float(sum(observed[i] or 0.0 for i in first))
    change = moved(observed)
    own = moved(baseline)
    return YearChange(
        previous=tuple(periods[i] for i in first),
        latest=tuple(periods[i] for i in last),
        before=before,
        after=before + change,
        baseline=own,
        contributions=steps,
        unexplained=change - own - sum(steps.values()),
    )
