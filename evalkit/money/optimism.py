"""Optimism bias: the published ranges by kind of project, and where a cost line should say more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evalkit.campaign.delivery import InputLine
from evalkit.money import reference
from evalkit.vocabulary import SpendKind


@dataclass(frozen=True, slots=True)
class Uplift:
    """The published uplift of one kind of project, as shares of cost: when well planned, and early on."""

    kind: str
    lower: float
    upper: float
    vintage: str
    source: str


def published() -> tuple[Uplift, ...]:
    """The ranges in the order of the reference file."""
    lower = {r.item: r.value for r in reference.series("optimism_bias", "lower")}
    return tuple(
        Uplift(r.label, lower[r.item], r.value, r.vintage, r.source)
        for r in reference.series("optimism_bias", "upper")
    )


def concerned(inputs: Iterable[InputLine]) -> bool:
    """Whether any line buys an asset or carries an uplift."""
    return any(x.spend is SpendKind.CAPITAL or x.optimism_bias for x in inputs)


def remarks(inputs: Iterable[InputLine]) -> tuple[str, ...]:
    """What a reader must know of the uplifts: assets without one, and one beyond every published range."""
    lines = [(i, x) for i, x in enumerate(inputs, start=1) if x.cost]
    bare = [str(i) for i, x in lines if x.spend is SpendKind.CAPITAL and x.optimism_bias is None]
    most = max(u.upper for u in published())
    beyond = [str(i) for i, x in lines if (x.optimism_bias or 0) > most]
    said = []
    if bare:
        said.append(
            f"Capital without optimism bias (cost line {', '.join(bare)}): right for what has been paid; for "
            "what is still to come, Assumptions lists the published ranges by kind of project."
        )
    if beyond:
        said.append(
            f"Optimism bias beyond every published range, {most:.0%} (cost line {', '.join(beyond)}): check "
            "that a share was meant."
        )
    return tuple(said)
