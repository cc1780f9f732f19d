"""Campaigns with a known effect, drawn at random from stated ranges with evalkit's own simulator.

1. Ranges say what public-sector series do; nothing here was chosen after seeing a method's results.
2. Odd replications have no effect; everything else about them is drawn alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from evalkit.calendars import following
from evalkit.simulate import Area, Change, Process, draw
from evalkit.vocabulary import Frequency, OutcomeKind

HOLIDAYS = ((1, 1), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26))
SPANS = ("season", "wobble", "persistence", "drift", "noise")
PER_YEAR = {Frequency.DAILY: 365, Frequency.WEEKLY: 52, Frequency.MONTHLY: 12}


@dataclass(frozen=True)
class Problem:
    """One campaign as the analyst has it, and what a method should find.

    Attributes
    ----------
    frame : DataFrame
        Tidy, as `evalkit.estimate_contribution` takes it.
    kind, frequency : str
    start : date
    treated : str
    end : date or None
        Last day on air, where the effect fades after it.
    truth : float
        Mean effect per period from the start, in the outcome's unit.
    unit : float
        What errors and widths are divided by: a tenth of the usual figure.
    null : bool
    """

    frame: pd.DataFrame
    kind: str
    frequency: Frequency
    start: date
    treated: str
    end: date | None
    truth: float
    unit: float
    null: bool


@dataclass(frozen=True)
class Stratum:
    """Ranges from which a problem is drawn; a pair is the ends of a uniform distribution.

    Attributes
    ----------
    kind, frequency
    usual : pair of float
        Usual figure (log-uniform); for a share the usual proportion (uniform).
    years : pair of float
        History before the start.
    after : pair of int
        Periods from the start on.
    trend, season, wobble, persistence, drift, noise : pair of float
        As in `evalkit.simulate.Process`. The trend's sign is random where the pair is positive.
    holiday : pair of float
        Fall in a period with a bank holiday.
    missing, odd : float
        Share of periods without a figure, and with a figure off by 30 to 60 per cent.
    comparisons : int
    pulse : bool
        Whether the campaign is on air for a fifth to half of the window, its effect fading afterwards.
    """

    kind: OutcomeKind = OutcomeKind.LEVEL
    frequency: Frequency = Frequency.WEEKLY
    usual: tuple[float, float] = (80.0, 800.0)
    years: tuple[float, float] = (1.5, 3.0)
    after: tuple[int, int] = (8, 30)
    trend: tuple[float, float] = (-0.05, 0.05)
    season: tuple[float, float] = (0.0, 0.2)
    wobble: tuple[float, float] = (0.02, 0.10)
    persistence: tuple[float, float] = (0.0, 0.9)
    drift: tuple[float, float] = (0.0, 0.0)
    noise: tuple[float, float] = (0.0, 0.06)
    holiday: tuple[float, float] = (0.0, 0.08)
    missing: float = 0.0
    odd: float = 0.0
    comparisons: int = 0
    pulse: bool = False


COUNT, SHARE = OutcomeKind.COUNT, OutcomeKind.SHARE
DAILY, MONTHLY = Frequency.DAILY, Frequency.MONTHLY
WEEKLY_LEVEL = Stratum()
STRATA: dict[str, Stratum] = {
    "weekly level": WEEKLY_LEVEL,
    "weekly count": Stratum(kind=COUNT, usual=(15, 500)),
    "weekly small count": Stratum(kind=COUNT, usual=(1, 8)),
    "weekly share": Stratum(kind=SHARE, usual=(0.1, 0.9)),
    "monthly count": Stratum(kind=COUNT, usual=(30, 2000), frequency=MONTHLY, years=(3, 5), after=(5, 14)),
    "monthly share": Stratum(kind=SHARE, usual=(0.1, 0.9), frequency=MONTHLY, years=(3, 5), after=(5, 14)),
    "daily count": Stratum(
        kind=COUNT, usual=(15, 300), frequency=DAILY, years=(0.6, 1.2), after=(21, 70), holiday=(0.0, 0.4)
    ),
    "high persistence": replace(WEEKLY_LEVEL, persistence=(0.7, 0.9)),
    "drift": replace(WEEKLY_LEVEL, drift=(0.03, 0.12)),
    "gaps and odd figures": replace(WEEKLY_LEVEL, kind=COUNT, usual=(30, 500), missing=0.06, odd=0.02),
    "trend 3 to 5% a year": replace(WEEKLY_LEVEL, trend=(0.03, 0.05)),
    "season 10 to 20%": replace(WEEKLY_LEVEL, season=(0.10, 0.20)),
    "three comparisons": replace(WEEKLY_LEVEL, drift=(0.0, 0.10), comparisons=3),
    "decaying pulse": replace(WEEKLY_LEVEL, kind=COUNT, usual=(30, 500), after=(14, 30), pulse=True),
    "growth 10 to 20% a year": replace(WEEKLY_LEVEL, trend=(0.10, 0.20), season=(0.20, 0.40)),
    "monthly growth": Stratum(
        kind=COUNT,
        usual=(30, 2000),
        frequency=MONTHLY,
        years=(3, 5),
        after=(5, 14),
        trend=(0.10, 0.20),
        season=(0.20, 0.40),
    ),
    "1.5 years, strong season": replace(WEEKLY_LEVEL, years=(1.4, 1.6), season=(0.10, 0.20)),
}


def problem(name: str, replication: int) -> Problem:
    """Draw one problem of a stratum; the same name and replication give the same problem."""
    s = STRATA[name]
    rng = np.random.default_rng([list(STRATA).index(name), replication])
    span = {f: float(rng.uniform(*getattr(s, f))) for f in SPANS}
    trend = float(rng.uniform(*s.trend) * (rng.choice([-1, 1]) if s.trend[0] > 0 else 1))
    after = int(rng.integers(s.after[0], s.after[1] + 1))
    before = round(rng.uniform(*s.years) * PER_YEAR[s.frequency])
    first = _first(s.frequency, int(rng.integers(0, 365)))
    process = Process(
        s.kind, s.frequency, first, before + after, trend=trend, peak=float(rng.uniform()), shared=0.6, **span
    )
    days = _calendar(process)
    chances = rng.random((2, len(days)))
    dip = float(rng.uniform(*s.holiday))
    jumps = dict.fromkeys(_bank_holidays(days), -dip)
    for day, u in zip(days, chances[0], strict=True):
        if u < s.odd:
            jumps[day] = float(np.log(1 + rng.choice([-1, 1]) * rng.uniform(0.3, 0.6)))
    share = s.kind is SHARE
    usual = float(rng.uniform(*s.usual) if share else np.exp(rng.uniform(*np.log(s.usual))))
    size = float(rng.uniform(0.05, 0.20) * rng.choice([-1, 1]) * (0.3 if share else 1.0))
    null = bool(replication % 2)
    build_up = int(rng.choice([0, 0, after // 4, after // 2]))
    areas = (Area("here", usual, booked=600.0, gets=1.0),)
    areas += tuple(
        Area(f"there {j}", usual * (1.0 if share else float(rng.uniform(0.5, 2))), booked=600.0)
        for j in range(1, s.comparisons + 1)
    )
    gone = tuple(
        (d, "here")
        for i, (d, u) in enumerate(zip(days, chances[1], strict=True))
        if u < s.missing and i not in (0, before - 1, before, len(days) - 1)
    )
    end, half_life = None, 1.0
    if s.pulse:
        build_up, half_life = 0, float(rng.uniform(1, 5))
        end = days[before + round(after * rng.uniform(0.2, 0.5))] - timedelta(days=1)
        size *= 2
    change = Change(days[before], 1e-12 if null else size, build_up, end, half_life)  # a truth must exist
    drawn = draw(replace(process, days=jumps), change, areas, seed=replication, missing=gone, decimals=3)
    unit = 0.1 * usual * ((1 - usual) if share else 1.0)
    return Problem(
        drawn.frame, str(s.kind), s.frequency, days[before], "here", end, drawn.truth.effect, unit, null
    )


def _first(frequency: Frequency, shift: int) -> date:
    if frequency is MONTHLY:
        return date(2016, 1 + shift % 12, 1)
    day = date(2016, 1, 4) + timedelta(days=shift)
    return day if frequency is DAILY else day - timedelta(days=day.weekday())


def _calendar(process: Process) -> list[date]:
    days = [process.first]
    while len(days) < process.periods:
        days.append(following(days[-1], process.frequency))
    return days


def _bank_holidays(days: list[date]) -> list[date]:
    years = range(days[0].year, days[-1].year + 1)
    found = [date(y, m, d) for y in years for m, d in HOLIDAYS]
    return [d for d in found if days[0] <= d <= days[-1]]
