"""The worked examples by name: real ones, and ones simulated with a known effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evalkit.campaign.programme import Programme
from evalkit.simulate import Simulated
from evalkit.worked import (
    appointment_texts,
    appointments,
    channel_shift,
    donor_register,
    dwelling_fires,
    flu_texts,
    organ_donors,
    recycling,
    seat_belts,
    stop_smoking,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example.

    Attributes
    ----------
    name : str
        Also the name of its folder under `examples/`.
    shows : str
        What it is there for, in one line.
    programme : callable
        Builds the filled-in template's content; where figures are simulated, from a seed if one is given.
    draws : callable or None
        The simulated figures with the effect that was put in, by outcome, from a seed
        if one is given; None for real figures.
    """

    name: str
    shows: str
    programme: Callable[..., Programme]
    draws: Callable[..., dict[str, Simulated]] | None


EXAMPLES: dict[str, Example] = {
    e.name: e
    for e in (
        Example(
            "seat-belts",
            "Real figures: a law and its publicity, one national series by month.",
            seat_belts.programme,
            None,
        ),
        Example(
            "organ-donors",
            "Real figures: one state changed its question, 26 did not; three quarters before and after.",
            organ_donors.programme,
            None,
        ),
        Example(
            "donor-register",
            "Real counts: a line on a page, groups by rota; the groups' sizes are derived.",
            donor_register.programme,
            None,
        ),
        Example(
            "appointment-texts",
            "Real rates: two texts drawn by lot; the counts are derived from the rates.",
            appointment_texts.programme,
            None,
        ),
        Example(
            "flu-texts",
            "A finished trial as published, which did not show an effect: an estimate made elsewhere.",
            flu_texts.programme,
            None,
        ),
        Example(
            "recycling",
            "Simulated: two campaign districts against four others by week, every sheet filled in.",
            recycling.programme,
            recycling.draws,
        ),
        Example(
            "channel-shift",
            "Simulated: phone to online, two outcomes, staff time and a split cost.",
            channel_shift.programme,
            channel_shift.draws,
        ),
        Example(
            "cannot-tell",
            "Simulated: too few fires to see an effect that is there; the Basic tier.",
            dwelling_fires.programme,
            dwelling_fires.draws,
        ),
        Example(
            "appointments",
            "Simulated: a share, appointments kept out of those booked.",
            appointments.programme,
            appointments.draws,
        ),
        Example(
            "stop-smoking",
            "Simulated: three overlapping campaigns with doses, taken apart in one model.",
            stop_smoking.programme,
            stop_smoking.draws,
        ),
    )
}
