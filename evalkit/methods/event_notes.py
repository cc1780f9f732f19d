"""What became of each known event and of each stretch left out, by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalkit.design import Design, Window
from evalkit.designing import periods_within
from evalkit.panel import Panel

Mask = NDArray[np.bool_]
WITH_TERMS = ("series", "controlled", "areas", "structural")


def models_events(method: str) -> bool:
    """Whether a method has terms for known events; the others leave their periods out and say so."""
    return method in WITH_TERMS or method.startswith("segmented")


def event_notes(panel: Panel, design: Design) -> tuple[str, ...]:
    """One sentence for each event and each exclusion of a design.

    Parameters
    ----------
    panel : Panel
    design : Design
    """
    inside = np.zeros(len(panel.periods), dtype=bool)
    inside[design.n_pre : design.n_pre + design.n_post] = True
    out = periods_within(panel, design.exclude + design.washout)
    used, inside = (np.arange(inside.size) < design.n_pre + design.n_post) & ~out, inside & ~out
    modelled = design.events if models_events(design.method) else ()
    notes = [_modelled(panel, w, used, inside) for w in modelled]
    return (*notes, *(_left_out(panel, w) for w in design.exclude))


def _modelled(panel: Panel, window: Window, used: Mask, inside: Mask) -> str:
    """Whether an event with a term of its own can be told from the campaign."""
    during = periods_within(panel, [window]) & used
    name = _named(window)
    if not during.any():
        return f"{name} lies in none of the periods used and changes nothing."
    if not during[used & ~inside].any() and during[inside].all():
        return (
            f"{name} lasted through every period counted and none before, so what it did cannot be told from "
            "what the campaign did."
        )
    n = int(during.sum())
    return (
        f"{name} was given a term of its own ({n} {'period' if n == 1 else 'periods'}): what it did was "
        "estimated and is no part of the answer."
    )


def _left_out(panel: Panel, window: Window) -> str:
    """How many periods an exclusion takes away."""
    n = int(periods_within(panel, [window]).sum())
    if n == 0:
        return f"{_named(window)} lies outside the figures and changes nothing."
    periods = "its one period belongs" if n == 1 else f"its {n} periods belong"
    return f"{_named(window)} was left out: {periods} to neither the fit nor the answer."


def _named(window: Window) -> str:
    """Reason and days."""
    days = str(window.start) if window.start == window.end else f"{window.start} to {window.end}"
    if not window.reason:
        return f"The stretch {days}"
    return f"{window.reason[0].upper()}{window.reason[1:]} ({days})"
