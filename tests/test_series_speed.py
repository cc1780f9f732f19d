"""The series engine stays quick, and its cost grows with the length of a series, no faster."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.series_speed import seconds, series

SECOND = 1.0


def best(run: Callable[[], float]) -> float:
    """The least of three, which a busy machine disturbs least."""
    return min(run() for _ in range(3))


def test_a_year_of_days_and_ten_years_of_weeks_take_under_a_second_of_processor_time() -> None:
    """The targets; measured figures are a fifth of them (docs/calibration.md)."""
    assert best(lambda: seconds(*series("D", 365, 60))) < SECOND
    assert best(lambda: seconds(*series("W-MON", 520, 60))) < SECOND


def test_cost_grows_about_in_proportion_to_length() -> None:
    """Four times the length takes at most six times as long; a cost that grew by the square would take 16."""
    short, long = (best(lambda n=n: seconds(*series("W-MON", n, 60))) for n in (300, 1200))
    assert long <= 6 * short
