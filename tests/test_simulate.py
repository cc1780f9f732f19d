"""Simulated figures are seeded, say so, and hold the effect that was put in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from evalkit.panel import Panel
from evalkit.simulate import Area, Change, Process, draw, says_so
from evalkit.vocabulary import Frequency, ObservationFlag, OutcomeKind, Tier
from evalkit.worked.catalogue import EXAMPLES

WEEKS = Process(OutcomeKind.COUNT, Frequency.WEEKLY, first=date(2023, 1, 2), periods=120, season=0.1)
CHANGE = Change(date(2025, 1, 6), -0.25)
TWO = (Area("Here", usual=200, gets=1), Area("There", usual=80))
KINDS = {
    OutcomeKind.LEVEL: (replace(WEEKS, kind=OutcomeKind.LEVEL, noise=0.02), Area("Here", 200, gets=1)),
    OutcomeKind.COUNT: (WEEKS, Area("Here", 200, gets=1)),
    OutcomeKind.SHARE: (replace(WEEKS, kind=OutcomeKind.SHARE), Area("Here", 0.6, booked=900, gets=1)),
}


def test_the_same_seed_gives_the_same_figures() -> None:
    """A draw can be repeated, and another seed is another draw."""
    one, two, other = (draw(WEEKS, CHANGE, TWO, seed=s) for s in (5, 5, 6))
    assert one.frame.equals(two.frame)
    assert not one.frame.equals(other.frame)


def test_an_area_keeps_its_figures_when_another_is_added() -> None:
    """Each area has a stream of its own."""
    alone = draw(WEEKS, CHANGE, TWO[:1], seed=1).frame["value"]
    beside = draw(WEEKS, CHANGE, TWO, seed=1).frame.query("area == 'Here'")["value"]
    assert list(alone) == list(beside)


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_the_truth_is_what_the_campaign_adds(kind: OutcomeKind) -> None:
    """Over many draws, figures with the change less figures without it average the effect stated."""
    process, area = KINDS[kind]
    size = 0.05 if kind is OutcomeKind.SHARE else -0.25
    gained, told = [], []
    for seed in range(40):
        with_it = draw(process, Change(CHANGE.start, size), (area,), seed=seed)
        without = draw(process, Change(CHANGE.start, 1e-12), (area,), seed=seed)
        gained.append(float((with_it.frame["value"] - without.frame["value"]).sum()))
        told.append(with_it.truth.total)
    error = np.std(gained) / np.sqrt(len(gained))
    assert abs(np.mean(gained) - np.mean(told)) < 4 * error + 1.0


def test_the_effect_of_a_level_and_a_count_is_relative_and_of_a_share_in_points() -> None:
    """The size means what it says."""
    assert draw(WEEKS, CHANGE, TWO, seed=1).truth.rel_effect == pytest.approx(-0.25)
    process, area = KINDS[OutcomeKind.SHARE]
    assert draw(process, Change(CHANGE.start, 0.05), (area,), seed=1).truth.effect == pytest.approx(0.05)


def test_a_change_builds_up() -> None:
    """The mean effect of a change that grows is smaller than its size."""
    at_once = draw(WEEKS, CHANGE, TWO, seed=1).truth.rel_effect
    slowly = draw(WEEKS, replace(CHANGE, build_up=9), TWO, seed=1).truth.rel_effect
    assert at_once < slowly < 0


def test_nothing_changes_before_the_start() -> None:
    """The period that holds the start is the first to differ."""
    start = date(2025, 1, 8)  # a Wednesday: its week starts on the 6th
    frames = [draw(WEEKS, Change(start, size), TWO[:1], seed=3).frame for size in (-0.9, 0.9)]
    differ = frames[0]["period"][frames[0]["value"] != frames[1]["value"]]
    assert min(differ) == date(2025, 1, 6)


def test_gaps_are_missing_or_withheld() -> None:
    """A figure not recorded and one withheld are both blank, with different flags."""
    gone = (date(2023, 1, 9), "Here")
    areas = (*TWO, Area("Hamlet", usual=3))
    made = draw(WEEKS, CHANGE, areas, seed=2, missing=(gone,), withhold_below=3)
    rows = made.observations("Calls", provisional=1)
    flags = {(o.period, o.area): o.flag for o in rows}
    assert flags[gone] is ObservationFlag.MISSING
    hidden = [o for o in rows if o.flag is ObservationFlag.SUPPRESSED]
    assert hidden
    assert all(o.area == "Hamlet" and o.value is None for o in hidden)
    last = max(o.period for o in rows)
    assert last == WEEKS.first + timedelta(weeks=119)
    late = [o for o in rows if o.flag is ObservationFlag.PROVISIONAL]
    assert late
    assert all(o.period == last and o.value is not None for o in late)


def test_a_gap_that_is_not_there_is_refused() -> None:
    """A mistyped gap does not pass unnoticed."""
    with pytest.raises(ValueError, match="not there"):
        draw(WEEKS, CHANGE, TWO, seed=1, missing=((date(2023, 1, 3), "Here"),))


def test_somebody_must_get_the_campaign() -> None:
    """Without a treated area there is no effect to know."""
    with pytest.raises(ValueError, match="gets=1"):
        draw(WEEKS, CHANGE, (Area("There", usual=80),), seed=1)


@pytest.mark.parametrize("kind", list(OutcomeKind))
@pytest.mark.parametrize("frequency", [Frequency.WEEKLY, Frequency.MONTHLY, Frequency.QUARTERLY])
def test_draws_are_valid_panels_and_programmes(kind: OutcomeKind, frequency: Frequency) -> None:
    """A draw goes in by both doors as it is, and its programme says what it is."""
    process, area = KINDS[kind]
    process = replace(process, frequency=frequency, first=date(2018, 1, 1), periods=40)
    made = draw(process, Change(following(process, 30), 0.05), (area,), seed=7)
    panel = Panel.from_frame(made.frame, outcome_kind=kind)
    assert panel.frequency is frequency
    programme = made.programme("Trial run")
    assert programme.tier is Tier.BASIC
    assert says_so(7) in programme.heading
    assert len(programme.observations) == 40


def following(process: Process, n: int) -> date:
    """First day of the n-th period of a process, counted from 0."""
    days = sorted(
        set(draw(process, Change(process.first, 0.01), (Area("x", 0.5, 9, 1),), seed=0).frame["period"])
    )
    return days[n]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_worked_examples_are_repeatable(name: str) -> None:
    """The same programme each time."""
    assert EXAMPLES[name].programme() == EXAMPLES[name].programme()
