"""Made-up outcomes of several campaigns with doses, whose contributions are known.

1. The outcome without any campaign is drawn by `simulate`; what each campaign adds or takes away is put on
   top.
2. Doses carry over geometrically; a campaign whose half dose is finite does less with more of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from evalkit.calendars import DAYS, following
from evalkit.simulate import Area, Array, Change, Process, Simulated, Truth, draw
from evalkit.vocabulary import OutcomeKind

NOTHING = 1e-12  # a change too small to draw anything


@dataclass(frozen=True, slots=True)
class Dosed:
    """A campaign with dated doses.

    Attributes
    ----------
    name : str
    lines : tuple of (date, date, float)
        First day, last day and whole dose, spread evenly over the days.
    share : float
        Contribution over the whole time, as a share of what there would have been without it.
    half_life : float
        Weeks until half of an effect is left.
    half_dose : float
        Carried-over dose per period with half of the largest effect; infinite for a response in proportion.
    """

    name: str
    lines: tuple[tuple[date, date, float], ...]
    share: float
    half_life: float
    half_dose: float = math.inf


@dataclass(frozen=True, slots=True)
class Several:
    """A drawn outcome with the contributions that were put in.

    Attributes
    ----------
    simulated : Simulated
        Its truth is that of all campaigns together.
    contributions : mapping of str to float
        Expected total of each campaign, given what there would have been without it.
    """

    simulated: Simulated
    contributions: Mapping[str, float]


def draw_several(process: Process, usual: float, campaigns: tuple[Dosed, ...], *, seed: int) -> Several:
    """Draw a level or count of one place with several campaigns.

    Parameters
    ----------
    process : Process
        Weekly or another number of days.
    usual : float
        Mean figure per period without the campaigns.
    campaigns : tuple of Dosed
    seed : int

    Raises
    ------
    ValueError
        If the outcome is a share, or is not recorded every so many days.
    """
    if process.kind is OutcomeKind.SHARE or process.frequency not in DAYS:
        raise ValueError("several campaigns are drawn for a level or count recorded every so many days")
    start = min(day for c in campaigns for day, _, _ in c.lines)
    plain = draw(process, Change(start, NOTHING), (Area("whole area", usual, gets=1.0),), seed=seed)
    days = list(plain.frame["period"])
    before = plain.frame["value"].to_numpy(dtype=float)
    weeks = DAYS[process.frequency] / 7
    moves = np.array([_response(c, _by_period(c, days, following(days[-1], process.frequency)), weeks)
                      for c in campaigns])  # fmt: skip
    sizes = np.array([c.share * len(days) for c in campaigns])
    relative = moves / moves.sum(axis=1, keepdims=True) * sizes[:, None]
    gained = relative * before
    rng = np.random.default_rng([seed, 99])
    after = before + gained.sum(axis=0)
    if process.kind is OutcomeKind.COUNT:
        up = np.clip(relative.sum(axis=0), 0, None)
        down = np.clip(-relative.sum(axis=0), 0, 1)
        after = before + rng.poisson(before * up) - rng.binomial(before.astype(int), down)
    frame = plain.frame.assign(value=after)
    total = float(gained.sum())
    truth = Truth(total / len(days), total, total / float(before.sum()))
    parts = {c.name: float(g) for c, g in zip(campaigns, gained.sum(axis=1), strict=True)}
    return Several(replace(plain, frame=frame, truth=truth), parts)


def _by_period(campaign: Dosed, days: list[date], end: date) -> Array:
    """A campaign's dose in each period."""
    edges = [*days, end]
    out = np.zeros(len(days))
    for first, last, dose in campaign.lines:
        whole = (last - first).days + 1
        for i in range(len(days)):
            inside = (min(edges[i + 1], last + timedelta(days=1)) - max(edges[i], first)).days
            out[i] += dose * max(inside, 0) / whole
    return out


def _response(campaign: Dosed, dose: Array, weeks: float) -> Array:
    """The dose carried over and bent."""
    keep, left = 0.5 ** (weeks / campaign.half_life), np.zeros(dose.size)
    for i in range(dose.size):
        left[i] = dose[i] + (keep * left[i - 1] if i else 0.0)
    return left if math.isinf(campaign.half_dose) else left / (left + campaign.half_dose)
