"""Made-up outcomes with a known effect: for docs, examples, tests and rehearsals.

1. Everything is drawn from a seed and says so: no figure made here can pass for a real one.
2. The effect is known because each figure is drawn around what it would have been and the change put on top.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.calendars import DAYS_A_YEAR, PER_YEAR, after, extended
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.vocabulary import Direction, Frequency, ObservationFlag, OutcomeKind

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Process:
    """How an outcome moves by itself, without the campaign.

    Sizes are relative (0.1 is a tenth) for a level and a count, and in log-odds for a share.

    Attributes
    ----------
    kind : OutcomeKind
    frequency : Frequency
    first : date
        First day of the first period.
    periods : int
        How many periods there are, before and after the start.
    trend : float
        Change over a year.
    season : float
        Swing of the yearly cycle, from its middle to its peak.
    peak : float
        When in the year the cycle peaks: 0 in early January, 0.5 in early July.
    wobble, persistence : float
        Standard deviation of slow ups and downs, and how much of one is left a period later.
    drift : float
        Standard deviation, over a year, of a random walk: changes that do not come back.
    noise : float
        Standard deviation of what is left; a count and a share have the chance of counting besides.
    shared : float
        Share of the ups and downs that all areas have in common, 0 to 1.
    days : mapping of date to float
        Change in the period that holds the day: a bank holiday, a storm.
    """

    kind: OutcomeKind
    frequency: Frequency
    first: date
    periods: int
    trend: float = 0.0
    season: float = 0.0
    peak: float = 0.0
    wobble: float = 0.05
    persistence: float = 0.5
    drift: float = 0.0
    noise: float = 0.0
    shared: float = 0.6
    days: Mapping[date, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What the campaign did, which the analysis is meant to find.

    Attributes
    ----------
    start : date
        First day; the period that holds it is the first to change.
    size : float
        For a level and a count relative to what would have been (-0.1 is a tenth less); for a share in
        proportion points.
    build_up : int
        Periods over which it grows to its size; 0 for at once.
    end : date, optional
        Last day on air; the change lasts where it is not given.
    half_life : float
        Periods after the end in which half of it fades.
    """

    start: date
    size: float
    build_up: int = 0
    end: date | None = None
    half_life: float = 1.0


@dataclass(frozen=True, slots=True)
class Area:
    """A place with its usual size.

    Attributes
    ----------
    name : str
    usual : float
        Mean figure per period; for a share, the usual proportion.
    booked : float
        For a share, the mean denominator per period.
    gets : float
        How much of the change the area gets: 1 all of it, 0 none, between for spillover.
    """

    name: str
    usual: float
    booked: float = 0.0
    gets: float = 0.0


@dataclass(frozen=True, slots=True)
class Truth:
    """The effect that was put in, over the periods from the start, summed over areas that get all of it.

    Attributes
    ----------
    effect : float
        Mean per area and period, in the outcome's unit (a share: proportion points).
    total : float
        Sum of the effects (a share: additional people).
    rel_effect : float
        Total divided by what the total would have been.
    """

    effect: float
    total: float
    rel_effect: float


@dataclass(frozen=True, slots=True)
class Simulated:
    """A drawn outcome.

    Attributes
    ----------
    seed : int
    kind : OutcomeKind
    start : date
    treated : tuple of str
        Areas that get all of the change.
    frame : DataFrame
        Tidy: period, area, value and, for a share, denominator. A gap is NaN.
    truth : Truth
    withheld : frozenset of (date, str)
        Gaps that are withheld figures and not missing ones.
    """

    seed: int
    kind: OutcomeKind
    start: date
    treated: tuple[str, ...]
    frame: pd.DataFrame
    truth: Truth
    withheld: frozenset[tuple[date, str]] = frozenset()

    def observations(self, outcome: str | None = None, *, provisional: int = 0) -> tuple[Observation, ...]:
        """List the figures as records of a programme.

        Parameters
        ----------
        outcome : str, optional
            Name of the outcome; None where there is only one.
        provisional : int
            How many of the last periods carry the flag "provisional".
        """
        days = sorted(set(self.frame["period"]))
        late = set(days[len(days) - provisional :])
        only = self.frame["area"].nunique() == 1
        booked = self.frame.get("denominator", pd.Series(np.nan, index=self.frame.index))
        rows = zip(self.frame["period"], self.frame["area"], self.frame["value"], booked, strict=True)
        return tuple(
            Observation(
                outcome=outcome,
                period=day,
                area=None if only else area,
                value=None if math.isnan(value) else value,
                denominator=None if math.isnan(out_of) else out_of,
                flag=self._flag(day, area, value, late),
            )
            for day, area, value, out_of in rows
        )

    def _flag(self, day: date, area: str, value: float, late: set[date]) -> ObservationFlag | None:
        if math.isnan(value):
            hidden = (day, area) in self.withheld
            return ObservationFlag.SUPPRESSED if hidden else ObservationFlag.MISSING
        return ObservationFlag.PROVISIONAL if day in late else None

    def programme(
        self, title: str = "Simulated campaign", *, good_direction: Direction = Direction.DOWN
    ) -> Programme:
        """Build a Basic-tier programme with these figures, whose title says that they are simulated."""
        areas = tuple(dict.fromkeys(self.frame["area"]))
        campaign = Campaign(
            title=title,
            organisation="Simulated council",
            start=self.start,
            end=max(self.frame["period"]),
            areas=self.treated if len(areas) > 1 else (),
        )
        outcome = Outcome(
            name="Simulated outcome",
            unit="units",
            kind=self.kind,
            good_direction=good_direction,
            source=says_so(self.seed),
        )
        return Programme(
            title=f"{title} ({says_so(self.seed)})",
            campaigns=(campaign,),
            outcomes=(outcome,),
            observations=self.observations(),
        )


def says_so(seed: int) -> str:
    """Say that figures are made up, for titles and source cells."""
    return f"Simulated with evalkit.simulate, seed {seed}"


def draw(
    process: Process,
    change: Change,
    areas: tuple[Area, ...],
    *,
    seed: int,
    missing: tuple[tuple[date, str], ...] = (),
    withhold_below: int = 0,
    decimals: int = 1,
) -> Simulated:
    """Draw an outcome with a known effect.

    Parameters
    ----------
    process : Process
    change : Change
    areas : tuple of Area
        At least one that gets all of the change.
    seed : int
    missing : tuple of (date, str)
        Periods and areas whose figure was not recorded.
    withhold_below : int
        Counts from 1 to below this are withheld, as small numbers often are.
    decimals : int
        Places that a level is recorded to.

    Raises
    ------
    ValueError
        If no area gets all of the change.
    """
    treated = tuple(a.name for a in areas if a.gets == 1)
    if not treated:
        raise ValueError("no area gets all of the change: set gets=1 for at least one")
    days = _calendar(process)
    after = _progress(change, days)
    common = _moves(process, days, np.random.default_rng([seed, 0]))
    frames, without, gained, cells = [], 0.0, 0.0, 0.0
    for i, area in enumerate(areas, start=1):
        rng = np.random.default_rng([seed, i])
        own = _moves(process, days, rng)
        moves = math.sqrt(process.shared) * common + math.sqrt(1 - process.shared) * own
        path = _regular(process, days) + moves
        values, booked, untouched, touched = _figures(process, path, area, after * area.gets, rng, decimals)
        frames.append(pd.DataFrame({"period": days, "area": area.name, "value": values}))
        if process.kind is OutcomeKind.SHARE:
            frames[-1]["denominator"] = booked
        if area.gets == 1:
            on = after != 0
            without += float(untouched[on].sum())
            gained += float((touched - untouched)[on].sum())
            cells += float(booked[on].sum()) if process.kind is OutcomeKind.SHARE else int(on.sum())
    frame, withheld = _hide(pd.concat(frames, ignore_index=True), missing, withhold_below)
    truth = Truth(gained / cells, gained, gained / without)
    return Simulated(seed, process.kind, change.start, treated, frame, truth, withheld)


def _calendar(process: Process) -> list[date]:
    return list(extended((process.first,), process.frequency, process.periods - 1))


def _progress(change: Change, days: list[date]) -> Array:
    """The size of the change in each period, 0 before the start."""
    ends = [*days[1:], days[-1] + timedelta(days=1)]
    on = np.array([end > change.start for end in ends])
    since = np.cumsum(on)
    grown = np.minimum(1.0, since / (change.build_up + 1))
    if change.end is not None:
        over = np.cumsum([day > change.end for day in days])
        grown *= 0.5 ** (over / change.half_life)
    return np.asarray(np.where(on, change.size * grown, 0.0), dtype=np.float64)


def _regular(process: Process, days: list[date]) -> Array:
    """Trend, season and single days: the same in all areas."""
    years = np.array([(d - days[0]).days / DAYS_A_YEAR for d in days])
    of_year = np.array([d.timetuple().tm_yday / DAYS_A_YEAR for d in days])
    path = process.trend * years + process.season * np.cos(2 * np.pi * (of_year - process.peak))
    for day, jump in process.days.items():
        held = [i for i, d in enumerate(days) if d <= day]
        if held and day < after(days, process.frequency):
            path[held[-1]] += jump
    return np.asarray(path, dtype=np.float64)


def _moves(process: Process, days: list[date], rng: np.random.Generator) -> Array:
    """Slow ups and downs, drift and noise."""
    n, rho = len(days), process.persistence
    steps = rng.normal(size=n)
    slow = np.zeros(n)
    slow[0] = steps[0]
    for i in range(1, n):
        slow[i] = rho * slow[i - 1] + math.sqrt(1 - rho**2) * steps[i]
    walk = np.cumsum(rng.normal(size=n)) / math.sqrt(PER_YEAR[process.frequency])
    rest = rng.normal(size=n)
    return np.asarray(process.wobble * slow + process.drift * walk + process.noise * rest, dtype=np.float64)


def _figures(
    process: Process, path: Array, area: Area, change: Array, rng: np.random.Generator, decimals: int
) -> tuple[Array, Array, Array, Array]:
    """Figures as recorded, their denominators, and the means without and with the change."""
    if process.kind is OutcomeKind.SHARE:
        booked = rng.poisson(area.booked, len(path)).astype(float)
        odds = math.log(area.usual / (1 - area.usual)) + path
        chance = 1 / (1 + np.exp(-odds))
        changed = np.clip(chance + change, 0.0, 1.0)
        drawn = rng.binomial(booked.astype(int), changed).astype(float)
        return drawn, booked, booked * chance, booked * changed
    untouched = area.usual * np.exp(path)
    touched = untouched * (1 + change)
    none = np.full(len(path), np.nan)
    if process.kind is OutcomeKind.COUNT:
        return rng.poisson(touched).astype(float), none, untouched, touched
    return np.round(touched, decimals), none, untouched, touched


def _hide(
    frame: pd.DataFrame, missing: tuple[tuple[date, str], ...], below: int
) -> tuple[pd.DataFrame, frozenset[tuple[date, str]]]:
    """Blank what was not recorded and what is withheld."""
    keys = list(zip(frame["period"], frame["area"], strict=True))
    unknown = sorted(set(missing) - set(keys))
    if unknown:
        raise ValueError(f"missing names figures that are not there: {unknown}")
    small = ((frame["value"] > 0) & (frame["value"] < below)).to_numpy()
    withheld = frozenset(k for k, hit in zip(keys, small, strict=True) if hit and k not in set(missing))
    gone = small | np.array([k in set(missing) for k in keys])
    columns = [c for c in ("value", "denominator") if c in frame]
    frame.loc[gone, columns] = np.nan
    return frame, withheld
