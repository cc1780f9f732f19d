"""What the rules of a review suggest, and what it would be worth to know more.

1. The first rule that holds decides, and the table is printed with its rules.
2. A rule suggests; nothing here changes a figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from evalkit.estimate import Interval
from evalkit.pack.review_money import shown
from evalkit.pack.review_rows import Row
from evalkit.vocabulary import Claim


@dataclass(frozen=True, slots=True)
class Advice:
    """A row of the rule table: the first whose condition holds decides."""

    code: str
    action: str
    when: str
    why: str


LIKELY = 0.5
RULES = (
    Advice("R1", "Test", "No effect could be estimated, or the evidence is at level 1",
           "These figures cannot show what the campaign did."),
    Advice("R2", "Keep", "An interim look: the campaign or its effects are not over",
           "Decide when the figures are complete."),
    Advice("R3", "Stop", "The range excludes an improvement, or one as large as the one that matters",
           "What was hoped for is ruled out."),
    Advice("R4", "Stop", "The net value has a range, and all of it is below nought",
           "It costs more than it brings at every value in the range."),
    Advice("R5", "Test", "Cannot tell: the range holds both no effect and one that matters",
           "Repeat it only in a way that gives an answer."),
    Advice("R6", "Test", "Consistent with a contribution: level 2, other causes not ruled out",
           "Spend no more on it than now, and add a comparison."),
    Advice("R7", "Scale", "An improvement at level 3 or more, and all of the net value's range above "
     "nought or "
           "a probability of one half or more of being in the top third of its like",
           "The evidence is sound and it does more for its money than others."),
    Advice("R8", "Keep", "An improvement at level 3 or more, otherwise",
           "It works; nothing says that more of it is better than more of another."),
)  # fmt: skip
BY_CODE = {r.code: r for r in RULES}


def advise(row: Row) -> Advice:
    """The first rule that holds."""
    claim, net = row.finding.verdict.claim, row.net
    if claim is Claim.NOT_ESTIMATED or row.level == 1:
        return BY_CODE["R1"]
    if row.interim:
        return BY_CODE["R2"]
    if claim in (Claim.WRONG_WAY, Claim.NO_EFFECT_AS_LARGE):
        return BY_CODE["R3"]
    if net is not None and net.high < 0:
        return BY_CODE["R4"]
    if claim is Claim.CANNOT_TELL:
        return BY_CODE["R5"]
    if claim is Claim.CONSISTENT:
        return BY_CODE["R6"]
    ahead = row.rank is not None and row.rank.top_third >= LIKELY
    return BY_CODE["R7"] if ahead or (net is not None and net.low > 0) else BY_CODE["R8"]


@dataclass(frozen=True, slots=True)
class Knowing:
    """What it would be worth to know the answer before the campaign is repeated once.

    Attributes
    ----------
    net : Interval or None
        Net value of the campaign, in pounds.
    worth : float or None
        Expected value of perfect information: the most that any evaluation can be worth.
    how : str
        Where the net value comes from, or why there is none.
    """

    net: Interval | None
    worth: float | None
    how: str


def knowing(row: Row) -> Knowing:
    """Expected loss of deciding by the best estimate (Raiffa and Schlaifer 1961: unit normal loss).

    The net value is taken as normal with the spread of its interval; perfect information is worth
    s (φ(u) − u Φ(−u)) with u the size of the net value over its spread s.
    """
    figure = shown(row.finding.value, row.finding.value.npsv)
    net = figure.interval
    if net is None:
        return Knowing(None, None, f"not applicable because {figure.reason.rstrip('.')}")
    if not math.isfinite(net.width) or net.width == 0:
        return Knowing(None, None, "not applicable because the net value has a side without a limit")
    how = "net present social value of the pack"
    return Knowing(net, worth_of_knowing(net), how)


def worth_of_knowing(net: Interval) -> float:
    """Expected value of perfect information about a normal net value, of which nought is the alternative."""
    normal = NormalDist()
    spread = net.width / (2 * normal.inv_cdf(0.5 + net.level / 2))
    u = abs(net.point) / spread
    return spread * (normal.pdf(u) - u * normal.cdf(-u))
