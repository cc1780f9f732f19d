"""School breaks: the rule against published term dates, and a series that follows them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from evalkit.methods.school_breaks import break_shares, table
from evalkit.vocabulary import Frequency

# first and last weekday of each break as published for schools of the area
PUBLISHED = {
    # London Borough of Waltham Forest, school and college term dates 2022 to 2024
    ("england-and-wales", "Waltham Forest"): (
        ("2022-10-24", "2022-10-28"), ("2022-12-19", "2023-01-02"), ("2023-02-13", "2023-02-17"),
        ("2023-04-03", "2023-04-14"), ("2023-05-29", "2023-06-02"), ("2023-07-24", "2023-09-01"),
        ("2023-10-23", "2023-10-27"), ("2023-12-22", "2024-01-05"), ("2024-02-12", "2024-02-16"),
        ("2024-03-29", "2024-04-12"), ("2024-05-28", "2024-05-31"),
    ),
    # City of Edinburgh Council, 2018/19, as printed in the Edinburgh Evening News, June 2018
    ("scotland", "Edinburgh"): (
        ("2018-10-15", "2018-10-22"), ("2018-12-24", "2019-01-08"), ("2019-02-11", "2019-02-15"),
        ("2019-04-08", "2019-04-22"),
    ),
    # St MacNissi's Primary School, Larne, holiday lists 2023/24 and 2024/25
    ("northern-ireland", "Larne"): (
        ("2023-10-30", "2023-11-03"), ("2023-12-22", "2024-01-03"), ("2024-02-12", "2024-02-16"),
        ("2024-03-29", "2024-04-05"), ("2024-07-01", "2024-08-28"), ("2024-10-28", "2024-11-01"),
        ("2024-12-23", "2025-01-03"), ("2025-02-10", "2025-02-14"), ("2025-04-18", "2025-04-25"),
    ),
}  # fmt: skip
SPAN = {"Waltham Forest": ("2022-10-03", "2024-06-14"), "Edinburgh": ("2018-09-24", "2019-05-03"),
        "Larne": ("2023-09-04", "2025-05-16")}  # fmt: skip


@pytest.mark.parametrize("place", list(PUBLISHED))
def test_the_rule_is_right_on_most_days(place: tuple[str, str]) -> None:
    """At least 94 of 100 weekdays are put on the right side, and 80 of 100 break days are found."""
    calendar, name = place
    days = pd.date_range(*SPAN[name], freq="D")
    shut = np.zeros(len(days), dtype=bool)
    for first, last in PUBLISHED[place]:
        shut |= (days >= first) & (days <= last)
    rule = break_shares(tuple(d.date() for d in days), Frequency.DAILY, calendar) > 0
    week = days.day_of_week < 5
    assert (rule == shut)[week].mean() >= 0.94
    assert rule[week & shut].mean() >= 0.80


def test_every_rule_has_a_source_and_falls_in_every_year() -> None:
    """No break is without its source, and none is lost in any year."""
    assert {b.calendar for b in table()} == {"england-and-wales", "scotland", "northern-ireland"}
    for row in table():
        assert row.source
        assert row.vintage
        assert all(row.starts(year).year == year for year in range(1990, 2041))


def weekly(fall: float, seed: int, after: int = 16) -> tuple[pd.DataFrame, date]:
    """Three years of weekly figures that are lower by `fall` when schools are shut; no effect."""
    rng = np.random.default_rng(seed)
    weeks = [date(2021, 1, 4) + timedelta(weeks=i) for i in range(156 + after)]
    share = break_shares(tuple(weeks), Frequency.WEEKLY, "england-and-wales")
    value = 200 * (1 - fall * share) + rng.normal(0, 8, len(weeks))
    return pd.DataFrame({"period": weeks, "area": "here", "value": value}), weeks[156]


def test_a_service_that_follows_school_breaks_is_told_more_exactly() -> None:
    """With a fall of a third in breaks the interval is at least a tenth narrower, and holds the truth."""
    ratios = []
    for seed in range(4):
        frame, start = weekly(0.33, seed)
        with_rule, without = (
            estimate_contribution(frame, treated="here", start=start, calendar=c)
            for c in ("england-and-wales", "none")
        )
        assert isinstance(with_rule, Estimate)
        assert isinstance(without, Estimate)
        assert with_rule.effect.covers(0.0)
        ratios.append(with_rule.effect.width / without.effect.width)
    assert np.mean(ratios) < 0.9


def test_the_structural_second_opinion_follows_the_year_of_weekly_figures() -> None:
    """A swing of 12% through the year is told from an effect; without waves the range is five times wider."""
    rng = np.random.default_rng(3)
    weeks = [date(2021, 1, 4) + timedelta(weeks=i) for i in range(130)]
    value = 200 * (1 + 0.12 * np.cos(2 * np.pi * np.arange(130) / 52.18)) + rng.normal(0, 8, 130)
    frame = pd.DataFrame({"period": weeks, "area": "here", "value": value})
    found = estimate_contribution(frame, treated="here", start=weeks[110], method="structural")
    assert isinstance(found, Estimate)
    assert found.effect.covers(0.0)
    assert found.effect.width < 20
