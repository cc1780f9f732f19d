"""The shapes a campaign's effect may take over time.

1. Every profile has mean 1 over the periods of the estimand, so that its size is the mean effect.
2. "auto" integrates over the shapes; a named shape is the analyst's assumption and is narrower.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalkit.methods.engine import Array, Effects, Term

# Build-up: length as a share of the window, how much of it comes at once, mass.
RAMPS = ((0.25, 0.0, 0.4), (0.5, 0.0, 0.25), (1.0, 0.0, 0.15), (1.0, 0.25, 0.1), (1.0, 0.5, 0.1))
ON_AIR, AFTER = (0.7, 0.3), (0.35, 0.15, 0.5)  # mass of level and ramp; with decay once the campaign is over
HALF_LIVES = (0.05, 0.15, 0.35, 0.8)  # after the end, as a share of the window
PHASE_SCALES = (0.5, 2.0, 8.0)  # prior standard deviations of a phase's departure, in units of the noise
VISIBLE = 0.25  # least mean over the periods seen, where the mean over all is 1


def effects(
    inside: NDArray[np.bool_], seen: NDArray[np.bool_], on_air_until: int | None, shape: str
) -> Effects:
    """Profiles with their prior mass.

    Parameters
    ----------
    inside : (n,) boolean array
        Periods of the estimand.
    seen : (n,) boolean array
        Periods with a figure.
    on_air_until : int or None
        Index of the last period on air, where that is before the last of the window.
    shape : {"auto", "level", "ramp", "decay"}
    """
    window = np.flatnonzero(inside)
    age = np.arange(inside.size) - window[0] + 1.0
    length = float(window[-1] - window[0] + 1)
    level = [np.ones(inside.size)]
    climbs = [first + (1 - first) * np.minimum(age / max(r * length, 1.0), 1.0) for r, first, _ in RAMPS]
    ramps = climbs if length > 2 else []
    decays = []
    if on_air_until is not None:
        after = np.clip(np.arange(inside.size) - on_air_until, 0, None)
        decays = [0.5 ** (after / max(h * length, 0.5)) for h in HALF_LIVES]
    families = {
        "level": ([level], [1.0]),
        "ramp": ([ramps or level], [1.0]),
        "decay": ([decays or level], [1.0]),
        "auto": ([f for f in (level, ramps, decays) if f], AFTER if decays else ON_AIR),
    }[shape]
    chosen = [np.where(inside, profile, 0.0) for family in families[0] for profile in family]
    masses = zip(*families, strict=False)
    mass = np.array([m * part for family, m in masses for part in _parts(family, ramps)])
    profiles = np.array([p / p[inside].mean() for p in chosen])
    # Flat on the mean over the periods seen: a profile that lies mostly in the gaps is not favoured for it.
    visible = profiles[:, inside & seen].mean(axis=1)
    keep = visible >= min(VISIBLE, float(visible.max()))
    profiles, mass = profiles[keep], (mass * visible)[keep]
    return Effects(profiles, mass / mass.sum())


def _parts(family: list[Array], ramps: list[Array]) -> tuple[float, ...]:
    """How a family's mass is split among its profiles: by the table of build-ups, others evenly."""
    return tuple(mass for *_, mass in RAMPS) if family is ramps else (1 / len(family),) * len(family)


def level_only(inside: NDArray[np.bool_]) -> Effects:
    """One constant effect."""
    return Effects(inside[None].astype(float), np.ones(1))


def phases(inside: NDArray[np.bool_], masks: Sequence[NDArray[np.bool_]]) -> Term:
    """Departures of phases from the mean effect: a level each, 0 on average over the window."""
    columns = np.column_stack([np.where(inside, m - (m & inside).sum() / inside.sum(), 0.0) for m in masks])
    scales = np.array([[s] * len(masks) for s in PHASE_SCALES])
    return Term("phases", columns, scales, np.full(len(scales), 1 / len(scales)), np.zeros_like(scales))
