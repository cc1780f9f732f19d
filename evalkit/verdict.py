"""What may be claimed: one table, used everywhere.

| The interval of the effect | Claim |
|---|---|
| excludes zero on the good side, level 4 or 5 | effect shown |
| … level 3 | probable effect |
| … level 2 | consistent with a contribution |
| … level 1 | moved alongside the campaign (no claim) |
| excludes zero on the bad side | moved the wrong way |
| includes zero, excludes the effect that matters | no effect as large as that |
| includes both | cannot tell |
"""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.estimate import Estimate, NotEstimable
from evalkit.vocabulary import Claim, Direction

CLAIM_BY_LEVEL = {
    5: Claim.SHOWN,
    4: Claim.SHOWN,
    3: Claim.PROBABLE,
    2: Claim.CONSISTENT,
    1: Claim.ALONGSIDE,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The claim and its words.

    Attributes
    ----------
    claim : Claim
    sentence : str
        The answer in one sentence.
    limits : tuple of str
        What the reader must bear in mind, one sentence each.
    """

    claim: Claim
    sentence: str
    limits: tuple[str, ...]


def decide(
    estimate: Estimate | NotEstimable, *, level: int, direction: Direction, matters: float | None
) -> Claim:
    """Look up what may be claimed.

    Parameters
    ----------
    estimate : Estimate or NotEstimable
    level : int
        Evidence level, 1 to 5.
    direction : Direction
        Which way is good.
    matters : float or None
        Size of the mean effect per period that matters, without a sign.
    """
    if isinstance(estimate, NotEstimable):
        return Claim.NOT_ESTIMATED
    gain = estimate.effect.scaled(1.0 if direction is Direction.UP else -1.0)
    if gain.low > 0:
        return CLAIM_BY_LEVEL[level]
    if gain.high < 0:
        return Claim.WRONG_WAY
    if matters is not None and gain.high < matters:
        return Claim.NO_EFFECT_AS_LARGE
    return Claim.CANNOT_TELL
