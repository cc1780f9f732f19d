"""Sentences from named rules: how an answer is said, never what it is.

1. The same answer is always said in the same words; every claim has a short and a full form.
2. Nothing is decided here: claims come from `verdict`, levels from `grade`; the table of recommendations is
   printed with its rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from evalkit.amounts import (
    Measure,
    bare_change,
    british_date,
    change,
    money,
    spread_words,
    three_figures,
)
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.design import Design
from evalkit.estimate import Estimate, Interval, NotEstimable
from evalkit.grade import LEVEL_MEANINGS, Grade
from evalkit.money.cost import CostPerOutcome
from evalkit.subject import Subject
from evalkit.vocabulary import Claim, DesignCode, Direction

_ANSWERS: dict[Claim, str] = {
    Claim.SHOWN: "Effect shown. {who} brought about {total} {span} than there would have been without it.",
    Claim.PROBABLE: (
        "Probable effect. {who} probably brought about {total} {span} than there would have been without it."
    ),
    Claim.CONSISTENT: (
        "Consistent with a contribution. {outcome}: {total} {span} than {basis} would lead one to expect "
        "without {who}. Other causes are not ruled out."
    ),
    Claim.ALONGSIDE: (
        "Moved alongside the campaign. {outcome}: {total} {span} than before would suggest, but nothing "
        "separates {who} from other causes, so no claim of cause is made."
    ),
    Claim.WRONG_WAY: (
        "Moved the wrong way. {outcome}: {total} {span} than would have been expected without {who}, and "
        "here {good} is better."
    ),
    Claim.NO_EFFECT_AS_LARGE: (
        "No effect as large as the one that matters. {outcome}: the mean change with {who} {span} was "
        "{mean}; an improvement of {matters}, stated as the one that matters, is ruled out."
    ),
    Claim.CANNOT_TELL: (
        "Cannot tell. {outcome}: with {who} {span}, the figures allow anything from {spread}.{seen}"
    ),
}
_GROUP_ANSWERS: dict[Claim, str] = {
    Claim.SHOWN: "Effect shown. {who} brought about {total} {span}, {beside}.",
    Claim.PROBABLE: "Probable effect. {who} probably brought about {total} {span}, {beside}.",
    Claim.CONSISTENT: (
        "Consistent with a contribution. {outcome}: {total} {span} with {who}, {beside}. Other causes are "
        "not ruled out."
    ),
    Claim.ALONGSIDE: (
        "Moved alongside the campaign. {outcome}: {total} {span} with {who}, {beside}, but nothing separates "
        "it from other causes, so no claim of cause is made."
    ),
    Claim.WRONG_WAY: (
        "Moved the wrong way. {outcome}: {total} {span} with {who}, {beside}, and here {good} is better."
    ),
    Claim.NO_EFFECT_AS_LARGE: (
        "No effect as large as the one that matters. {outcome}: the mean difference with {who} {span}, "
        "{beside}, was {mean}; an improvement of {matters}, stated as the one that matters, is ruled out."
    ),
    Claim.CANNOT_TELL: (
        "Cannot tell. {outcome}: with {who} {span}, {beside}, the figures allow anything from {spread}.{seen}"
    ),
}
_SHORT: dict[Claim, str] = {
    Claim.SHOWN: "Effect shown: {total}.",
    Claim.PROBABLE: "Probable effect: {total}.",
    Claim.CONSISTENT: "Consistent with a contribution: {total}.",
    Claim.ALONGSIDE: "Moved alongside the campaign, no claim made: {total}.",
    Claim.WRONG_WAY: "Moved the wrong way: {total}.",
    Claim.NO_EFFECT_AS_LARGE: "No effect as large as {matters}: {total}.",
    Claim.CANNOT_TELL: "Cannot tell: anything from {spread}.",
}


_CAVEATS: dict[int, str] = {
    1: "Nothing separates {who} from other causes, so no claim of cause is made.",
    2: "Other causes are not ruled out.",
}


def answer(
    claim: Claim,
    estimate: Estimate | NotEstimable,
    about: Subject,
    *,
    level: int | None = None,
    short: bool = False,
) -> str:
    """Say what was found, in one sentence or two.

    Parameters
    ----------
    claim : Claim
        As `verdict.decide` gave it.
    estimate : Estimate or NotEstimable
    about : Subject
    level : int, optional
        Evidence level: another cause can hide an effect as well as feign one, so a weak level is said
        beside a negative claim too.
    short : bool
        Without the campaign's name, the dates and the explanation.
    """
    if isinstance(estimate, NotEstimable):
        if short:
            return "Not estimated: the data or the design do not allow it."
        return f"Not estimated. {about.outcome}: {' '.join(estimate.reasons)}"
    whole, said = headline(estimate, about)
    full = _GROUP_ANSWERS if about.beside else _ANSWERS
    text = (_SHORT if short else full)[claim].format(
        who=f"“{about.campaign}”",
        beside=about.beside,
        outcome=about.outcome,
        total=change(whole, said),
        mean=f"{mean_effect(estimate, about)} {about.per}".strip(),
        basis=f"the history of the figures{' and the comparison' if about.compared else ''}",
        spread=f"{spread_words(whole, said)} {said.noun}".strip(),
        span=about.span if about.adds_up else f"on average {about.span}",
        good="more" if about.direction is Direction.UP else "less",
        matters=matters_words(about),
        seen=smallest_seen(estimate, about),
    )
    if not short and level in _CAVEATS and claim in (Claim.WRONG_WAY, Claim.NO_EFFECT_AS_LARGE):
        text += " " + _CAVEATS[level].format(who=f"“{about.campaign}”")
    return " ".join(text.split())


def headline(estimate: Estimate, about: Subject) -> tuple[Interval, Measure]:
    """The figure an answer is given in: the total, or the mean where a total means nothing."""
    if about.adds_up:
        return estimate.total, about.total
    return estimate.effect.scaled(about.shown_effect), about.effect


def matters_words(about: Subject) -> str:
    """The effect that matters, as a change in the good direction."""
    if about.matters is None:
        return "the one that matters"
    value = about.gain * about.matters * about.shown_effect
    said = _with_period(bare_change(value, about.effect, _own_places(value)), about)
    return f"{said} (stated as {about.matters_stated})" if about.matters_stated else said


def smallest_seen(estimate: Estimate, about: Subject) -> str:
    """A sentence on the smallest effect that could have been seen; empty where it is not known."""
    if estimate.smallest_detectable is None or not math.isfinite(estimate.smallest_detectable):
        return ""
    value = about.gain * estimate.smallest_detectable * about.shown_effect
    said = _with_period(bare_change(value, about.effect, _own_places(value)), about)
    return f" An effect would have had to be about {said} to be seen reliably (4 times out of 5)."


def _with_period(text: str, about: Subject) -> str:
    return f"{text} {about.per}".strip()


def _own_places(value: float) -> int:
    """Two significant digits."""
    return 0 if value == 0 else max(0, 1 - math.floor(math.log10(abs(value))))


def mean_effect(estimate: Estimate, about: Subject) -> str:
    """The mean effect with its range, per period."""
    return change(estimate.effect.scaled(about.shown_effect), about.effect)


def cost_words(found: CostPerOutcome, about: Subject, *, level: int) -> str:
    """Cost per outcome with its range, to three figures; an absent limit is said, never dropped.

    Parameters
    ----------
    found : CostPerOutcome
    about : Subject
    level : int
        Evidence level: below 3 the effect is not known to be the campaign's, and the ratio says so and gives
        its range alone.
    """
    if found.interval is None:
        return f"Not applicable: {found.reason}."
    counted = f"additional {about.unit}" if about.direction is Direction.UP else f"{about.unit} avoided"
    ends = found.interval
    pence = ends.low < 10  # all ends alike
    low, point, high = (money(three_figures(x), pence=pence) for x in (ends.low, ends.point, ends.high))
    if math.isinf(ends.high):
        known = level >= 3 and math.isfinite(ends.point)
        best = f"; the best estimate alone would be {point}" if known else ""
        text = f"At least {low} each, counting {counted}. There is {found.reason}{best}."
    elif level < 3:
        text = f"{low} to {high} each, counting {counted}."
    else:
        text = f"About {point} each (range {low} to {high}), counting {counted}."
    return f"If the whole change is the campaign's: {text[0].lower()}{text[1:]}" if level < 3 else text


def cost_is_shared(programme: Programme, campaign: str) -> str:
    """The warning where one campaign's whole cost is set against several outcomes; empty otherwise."""
    outcomes = [o.name for c, o in programme.pairs() if c.title == campaign]
    if len(outcomes) < 2:
        return ""
    return (
        f"The whole cost of “{campaign}” is set against each of its {len(outcomes)} outcomes, as if it had "
        "bought nothing else; their costs per outcome must not be added or compared with one another."
    )


def grade_words(grade: Grade) -> str:
    """The evidence level and what it means."""
    return f"Level {grade.level} of 5: {LEVEL_MEANINGS[grade.level]}."


def limits(
    estimate: Estimate | NotEstimable,
    grade: Grade,
    outcome: Outcome,
    design: Design | None = None,
    *,
    exploratory: bool = False,
) -> tuple[str, ...]:
    """List what a reader must bear in mind, weightiest first, each once.

    Parameters
    ----------
    estimate : Estimate or NotEstimable
    grade : Grade
    outcome : Outcome
        Says how many of the latest figures are provisional, and how recording changed.
    design : Design or None
    exploratory : bool
        The outcome is one of several and not the primary one.
    """
    return tuple(dict.fromkeys(_limits(estimate, grade, outcome, design, exploratory)))


NO_COMPARISON = "There is no comparison: anything else that changed in the same months is part of the answer."


def _limits(
    estimate: Estimate | NotEstimable,
    grade: Grade,
    outcome: Outcome,
    design: Design | None,
    exploratory: bool,
) -> Iterator[str]:
    if exploratory:
        yield "This is not the primary outcome: with several outcomes, one may move by chance."
    for rule in grade.rules:
        open_plan = rule.met is not True and rule.rule == "plan"
        if rule.lowers_to is not None or open_plan or rule.rule == "provisional":
            yield rule.text
    if isinstance(estimate, NotEstimable):
        return
    if estimate.design is DesignCode.SINGLE_SERIES:
        yield NO_COMPARISON
    yield from estimate.notes
    if design and design.provisional:
        since = british_date(design.provisional[0].start)
        yield f"The last figures, from {since} on, are provisional and may still be revised."
    elif outcome.provisional_periods:
        yield f"The last {outcome.provisional_periods} figures are provisional and may still be revised."
    if outcome.revision_note:
        yield f"Recording changed: {outcome.revision_note}"
    if design:
        yield from design.deviations
        first = (
            next((p for p in reversed(estimate.path.periods) if p <= design.start), None)
            if estimate.path
            else None
        )
        if first is not None and first != design.start:
            yield (
                f"The campaign started on {british_date(design.start)}, inside the period from "
                f"{british_date(first)}; the whole of that period counts, so the first effect may be diluted."
            )


# ------------------------------------------------------------------ what follows from it


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the rule for a claim suggests.

    Attributes
    ----------
    action, text, rule : str
    """

    action: str
    text: str
    rule: str


RECOMMENDATIONS: dict[Claim, Recommendation] = {
    Claim.SHOWN: Recommendation(
        "Keep or scale",
        "Keep or scale, if the cost per outcome is acceptable.",
        "Rule 1: effect shown, so keep or scale, subject to cost.",
    ),
    Claim.PROBABLE: Recommendation(
        "Keep or scale",
        "Keep or scale, if the cost per outcome is acceptable; confirm with a stronger design when it grows.",
        "Rule 2: probable effect, so keep or scale, subject to cost.",
    ),
    Claim.CONSISTENT: Recommendation(
        "Keep and test",
        "Keep, and test with a comparison area before spending more.",
        "Rule 3: consistent with a contribution, so keep and test with a comparison.",
    ),
    Claim.ALONGSIDE: Recommendation(
        "Test",
        "Test before repeating: these figures cannot show what the campaign did.",
        "Rule 4: moved alongside the campaign, so test before repeating.",
    ),
    Claim.WRONG_WAY: Recommendation(
        "Stop or change",
        "Stop or change, unless the service knows another cause for the change.",
        "Rule 5: moved the wrong way, so stop or change.",
    ),
    Claim.NO_EFFECT_AS_LARGE: Recommendation(
        "Stop or change",
        "Stop or change: an effect large enough to matter is ruled out.",
        "Rule 6: no effect as large as the one that matters, so stop or change.",
    ),
    Claim.CANNOT_TELL: Recommendation(
        "Test",
        "Test: repeat only in a way that can give an answer.",
        "Rule 7: cannot tell, so test.",
    ),
    Claim.NOT_ESTIMATED: Recommendation(
        "Test",
        "Test: collect what is missing before deciding on the strength of results.",
        "Rule 8: not estimated, so test.",
    ),
}
WEAK_NEGATIVE = Recommendation(
    "Test",
    "Test before deciding: nothing here separates the campaign from other causes.",
    "Rule 9: a negative answer at level 1, so test before deciding.",
)
HELD_DOWN = Recommendation(
    "Keep and test",
    "Keep, and mend what holds the evidence down before spending more.",
    "Rule 10: consistent with a contribution beside a comparison, so keep and strengthen the evidence.",
)


def recommend(claim: Claim, *, level: int, compared: bool) -> Recommendation:
    """Look up what the claim suggests, given its evidence level and whether there was a comparison."""
    if level == 1 and claim in (Claim.WRONG_WAY, Claim.NO_EFFECT_AS_LARGE):
        return WEAK_NEGATIVE
    if compared and claim is Claim.CONSISTENT:
        return HELD_DOWN
    return RECOMMENDATIONS[claim]
