"""What of an effect is additional, and how long it lasts.

1. Deadweight is taken off once: where a comparison or a forecast already stands for what would have happened
   anyway, a deadweight that was entered is left alone, and that is said.
2. Nothing lasts beyond the observed periods unless both the years and the drop-off were given.
3. A later year repeats at most one observed year: a short campaign's effect is not blown up to a year's.
"""

from __future__ import annotations

from evalkit.campaign.valuation import UnitValue
from evalkit.money.value import Years
from evalkit.vocabulary import DesignCode

WITHOUT_COUNTERFACTUAL = (DesignCode.BEFORE_AFTER, DesignCode.CLAIMED, DesignCode.EXPOSED_UNEXPOSED)


def deadweight(row: UnitValue, *, external: bool, design: DesignCode) -> tuple[float, str]:
    """The share to take off, and what is to be said of it."""
    given = row.deadweight or 0.0
    if not given:
        return 0.0, ""
    if external and design in WITHOUT_COUNTERFACTUAL:
        return given, ""
    return 0.0, (
        f"The deadweight of {given:.0%} entered for {row.description} is not taken off: the estimate "
        "already leaves out what would have happened anyway."
    )


def lasting(
    row: UnitValue,
) -> tuple[tuple[float, float, float], tuple[int, int, int], str]:
    """Drop-off and years beyond the observed ones: cautious, central, favourable; and what is to be said."""
    n = row.duration_years or 0
    longest = max(n, row.duration_high or 0)
    if longest and row.drop_off is None:
        return (
            (0.0, 0.0, 0.0),
            (0, 0, 0),
            f"Years beyond the observed ones are left out for {row.description}: no drop-off was given.",
        )
    d = row.drop_off or 0.0
    fades = (
        d if row.drop_off_high is None else row.drop_off_high,
        d,
        d if row.drop_off_low is None else row.drop_off_low,
    )
    spans = (
        n if row.duration_low is None else row.duration_low,
        n,
        n if row.duration_high is None else row.duration_high,
    )
    return fades, spans, ""


def profile(observed: dict[int, float], annual: float, drop_off: float, duration: int) -> dict[int, float]:
    """Effect by year from the base year, as a share of the observed total.

    Parameters
    ----------
    observed : dict of int to float
        Share of the observed effect in each year.
    annual : float
        What a later year repeats before drop-off.
    drop_off, duration : float, int
        Share that fades a year, whole years after the last observed one.
    """
    found = dict(observed)
    last = max(observed)
    for k in range(1, duration + 1):
        found[last + k] = annual * (1 - drop_off) ** k
    return found


def years(
    observed: dict[int, float],
    annual: float,
    factors: tuple[float, ...],
    drop_off: tuple[float, float, float],
    duration: tuple[int, int, int],
) -> Years:
    """Discounted years of effect: cautious, central, favourable."""
    low, central, high = (
        sum(share * factors[t] for t, share in profile(observed, annual, drop_off[i], duration[i]).items())
        for i in range(3)
    )
    return Years(low, central, high)
