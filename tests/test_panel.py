"""The panel's door: calendars, gaps, and everything that can be wrong with a frame."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalkit.calendars import after, extended, preceding
from evalkit.errors import InputError
from evalkit.panel import Panel
from evalkit.vocabulary import Frequency


def frame(periods: Any, value: Any = 1.0, area: str = "A", **columns: Any) -> pd.DataFrame:
    """A tidy frame of one area."""
    return pd.DataFrame({"period": periods, "area": area, "value": value, **columns})


@pytest.mark.parametrize(
    ("periods", "frequency", "count"),
    [
        (pd.date_range("2024-02-27", periods=5, freq="D"), Frequency.DAILY, 5),
        (pd.date_range("2024-01-03", periods=5, freq="7D"), Frequency.WEEKLY, 5),
        (pd.date_range("2024-01-01", periods=5, freq="28D"), Frequency.FOUR_WEEKLY, 5),
        (pd.date_range("2023-11-01", periods=5, freq="MS"), Frequency.MONTHLY, 5),
        (pd.date_range("2023-10-01", periods=5, freq="QS"), Frequency.QUARTERLY, 5),
        ([f"{y}-04-01" for y in range(2015, 2020)], Frequency.ANNUAL, 5),
        (range(2015, 2020), Frequency.ANNUAL, 5),
        (pd.period_range("2023-01", periods=5, freq="M"), Frequency.MONTHLY, 5),
        ([date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 22)], Frequency.WEEKLY, 4),
    ],
)
def test_frequency_is_read_from_the_dates(periods: Any, frequency: Frequency, count: int) -> None:
    """Every usual calendar is recognised, in every form a period comes in, and holes become gaps."""
    panel = Panel.from_frame(frame(periods))
    assert (panel.frequency, len(panel.periods)) == (frequency, count)


def test_absent_row_and_empty_cell_are_the_same_gap() -> None:
    """Leaving a row out and leaving it empty give the same panel."""
    full = frame(pd.date_range("2024-01-01", periods=6, freq="MS"), [1.0, 2, np.nan, 4, 5, 6])
    empty, absent = Panel.from_frame(full), Panel.from_frame(full.dropna())
    np.testing.assert_array_equal(empty.values, absent.values)
    assert empty.periods == absent.periods


def test_irregular_dates_are_named() -> None:
    """The weeks that start on another day are named, not the others."""
    days = [*pd.date_range("2024-01-01", periods=8, freq="7D"), pd.Timestamp("2024-02-28")]
    with pytest.raises(InputError, match="2024-02-28") as caught:
        Panel.from_frame(frame(days))
    assert "2024-01-08" not in str(caught.value)


def test_everything_wrong_is_reported_at_once() -> None:
    """Duplicates, negatives and impossible shares come in one message."""
    days = pd.date_range("2024-01-01", periods=4, freq="MS")
    bad = pd.concat(
        [frame(days, [5.0, -1, 9, 3], denominator=[10, 10, 8, np.nan]), frame(days[:1], denominator=9)]
    )
    with pytest.raises(InputError) as caught:
        Panel.from_frame(bad, outcome_kind="share")
    assert len(caught.value.problems) == 4
    for part in ("same area and period", "negative", "larger than its denominator", "without a denominator"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drop": "area"}, "column 'area' is missing"),
        ({"value": ["1", "£2", "3", "4"]}, "value is not a number in 1 rows: '£2'"),
        (
            {"period": ["2024-01-01", "soon", "2024-03-01", "2024-04-01"]},
            "period is not a date in 1 rows: 'soon'",
        ),
        ({"value": [1, 2, np.inf, 3]}, "value is not a number"),
    ],
)
def test_bad_frames_say_what_is_wrong(change: dict[str, Any], message: str) -> None:
    """Each fault names its column and its cell."""
    table = frame(pd.date_range("2024-01-01", periods=4, freq="MS"))
    table = table.drop(columns=change["drop"]) if "drop" in change else table.assign(**change)
    with pytest.raises(InputError, match=re.escape(message)):
        Panel.from_frame(table)


def test_only_a_frame_is_a_frame_and_only_whole_numbers_are_counts() -> None:
    """Both are refused in words, with the way out."""
    with pytest.raises(InputError, match="give a pandas DataFrame"):
        Panel.from_frame({"period": [], "area": [], "value": []})  # type: ignore[arg-type]
    halves = frame(pd.date_range("2024-01-01", periods=4, freq="MS"), [1.0, 2.5, np.nan, 4])
    with pytest.raises(InputError, match=r"whole number: .* 2024-02-01; .* outcome_kind='level'"):
        Panel.from_frame(halves, outcome_kind="count")


def test_a_day_belongs_to_the_period_that_holds_it() -> None:
    """Days before and after the calendar are told apart from days within it."""
    panel = Panel.from_frame(frame(pd.date_range("2024-01-01", periods=3, freq="MS")))
    found = [
        panel.index(d) for d in (date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2024, 4, 1))
    ]
    assert found == [-1, 0, 1, 3]


def test_part_periods_are_refused_by_name() -> None:
    """A month that starts late is named as not whole."""
    months = ["2023-01-16", *(f"2023-{m:02d}-01" for m in range(2, 13))]
    with pytest.raises(InputError, match=r"2023-01-16 should each be the first of a month.*not whole"):
        Panel.from_frame(pd.DataFrame({"period": months, "area": "a", "value": 1.0}))


@pytest.mark.parametrize("weeks", [(4, 4, 5), (4, 5, 4), (5, 4, 4)])
def test_months_of_four_and_five_weeks_are_one_calendar(weeks: tuple[int, int, int]) -> None:
    """Gaps, a leap week and a day off the calendar are told apart, whichever month is the long one."""
    days = [date(2022, 1, 31)]
    for i in range(40):
        days.append(days[-1] + timedelta(weeks=weeks[i % 3] + int(i == 23)))  # a leap week after two years
    panel = Panel.from_frame(frame([*days[:10], *days[11:15], *days[17:]]))
    assert (panel.frequency, panel.periods) == ("4-4-5", tuple(days))
    assert after(days[:30], panel.frequency) == days[30]
    assert extended(days[:26], panel.frequency, 10) == tuple(days[:36])
    assert preceding(days[29:], panel.frequency, days[26]) == tuple(days[26:29])
    moved = [*days[:12], days[12] + timedelta(days=1), *days[13:]]
    with pytest.raises(InputError, match=rf"irregular: {moved[12]} should"):
        Panel.from_frame(frame(moved))


def test_every_four_weeks_with_one_late_start_is_no_four_four_five() -> None:
    """A four-weekly calendar that slips by a week once stays one, and the slip is named."""
    days = [date(2022, 1, 3) + timedelta(weeks=4 * i + int(i > 20)) for i in range(30)]
    with pytest.raises(InputError, match="four-weekly calendar is irregular"):
        Panel.from_frame(frame(days))
