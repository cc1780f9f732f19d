"""The table of methods, and the one function that runs a design.

1. A method is a file with `estimate(panel, design)` and a row here; it is imported when first used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType

from evalkit.design import Design
from evalkit.estimate import Estimate, NotEstimable
from evalkit.methods.event_notes import event_notes
from evalkit.panel import Panel

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "series": "evalkit.methods.series",
        "controlled": "evalkit.methods.controlled",
        "areas": "evalkit.methods.areas",
        "did": "evalkit.methods.did",
        "rollout": "evalkit.methods.rollout",
        "imputation": "evalkit.methods.imputation",
        "staggered": "evalkit.methods.staggered",
        "synthetic": "evalkit.methods.synthetic",
        "synthetic-did": "evalkit.methods.synthetic_did",
        "structural": "evalkit.methods.structural",
        "segmented-ols": "evalkit.methods.segmented",
        "segmented-newey-west": "evalkit.methods.segmented",
        "segmented-gls": "evalkit.methods.segmented",
        "segmented-arima": "evalkit.methods.segmented",
        "segmented-poisson": "evalkit.methods.segmented",
        "segmented-quasi-poisson": "evalkit.methods.segmented",
    }
)


def estimate(panel: Panel, design: Design) -> Estimate | NotEstimable:
    """Carry out a design.

    Parameters
    ----------
    panel : Panel
    design : Design

    Returns
    -------
    Estimate, or NotEstimable with its reasons.

    Raises
    ------
    KeyError
        If the design names a method that is not in the table.
    """
    name = design.method.partition(" ")[0]  # options may follow
    run: Callable[[Panel, Design], Estimate | NotEstimable] = import_module(METHODS[name]).estimate
    found = run(panel, design)
    if isinstance(found, NotEstimable) or not (design.events or design.exclude):
        return found
    return replace(found, notes=(*found.notes, *event_notes(panel, design)))
