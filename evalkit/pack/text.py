"""The finding in words, one page, to paste into a committee paper."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator

from evalkit.amounts import british_date, change, percent, range_meaning
from evalkit.estimate import NotEstimable
from evalkit.evaluation import Evaluation
from evalkit.pack.interim import interim_note
from evalkit.pack.items import Item, items
from evalkit.pack.summary import (
    aim,
    checked,
    cost_sentence,
    held_down,
    next_time,
    other_causes,
    per_outcome,
    plan_sentence,
)
from evalkit.pack.value import recap
from evalkit.vocabulary import MoneyClaim
from evalkit.wording import answer, grade_words, mean_effect, recommend

WIDTH = 90
MOST_LIMITS = 3


def committee_text(evaluation: Evaluation) -> str:
    """Write the findings as plain text, ready to be pasted.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    str
        Paragraphs of lines of at most 90 characters; the primary finding in full, others in a sentence.
    """
    found = items(evaluation)
    if not found:
        return f"{evaluation.programme.heading}\n\nThere is no finding.\n"
    first, *others = found
    parts = [_filled(p) for p in _paragraphs(first)]
    if others:
        parts.append(_filled("Other findings. " + " ".join(_short(i) for i in others)))
    return "\n\n".join(parts) + "\n"


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _short(item: Item) -> str:
    finding = item.finding
    return f"{item.title}: {answer(finding.verdict.claim, finding.estimate, item.about, short=True)}"


def _paragraphs(item: Item) -> Iterator[str]:
    finding, as_of = item.finding, british_date(item.evaluation.provenance.as_of)
    if item.evaluation.programme.title:
        yield item.evaluation.programme.title
    yield f"{finding.campaign}: {finding.outcome}"
    yield f"{item.campaign.organisation}. Figures as of {as_of}."
    interim = interim_note(item.campaign, item.evaluation.provenance.as_of)
    if interim:
        yield interim
    yield f"What it set out to change. {aim(item)}"
    yield f"What it cost in full. {cost_sentence(finding)}"
    yield f"The answer. {finding.verdict.sentence}"
    if isinstance(finding.estimate, NotEstimable):
        helps = " ".join(finding.estimate.what_would_help)
        if helps:
            yield f"What would help. {helps}"
    else:
        yield _figures(item)
    if item.estimate is not None:
        yield f"Value in money. {_value(item)}"
    together = _together(item)
    if together:
        yield f"Together with other campaigns. {together}"
    yield f"Strength of evidence. {grade_words(finding.grade)} {held_down(finding)}".strip()
    yield f"What else could explain it. {' '.join(other_causes(item))}"
    yield f"What was checked. {checked(finding)}"
    limits = [t for t in finding.verdict.limits if t not in other_causes(item)][:MOST_LIMITS]
    if limits:
        yield f"To bear in mind. {' '.join(limits)}"
    yield f"Was the plan fixed beforehand? {plan_sentence(item)}"
    advice = recommend(finding.verdict.claim, level=finding.grade.level, compared=item.about.compared)
    yield f"Recommendation. {advice.text} {advice.rule}"
    stronger = " ".join(next_time(item))
    if stronger:
        yield f"Stronger evidence next time. {stronger}"
    if item.estimate:
        yield f"What a range is. {range_meaning(item.estimate.total.level)}"


def _figures(item: Item) -> str:
    estimate, about = item.estimate, item.about
    if estimate is None:
        return ""
    parts = []
    if about.adds_up:
        parts.append(f"In all: {change(estimate.total, about.total)}.")
    label = "Each period" if about.per else "Mean effect"
    parts.append(f"{label}: {f'{mean_effect(estimate, about)} {about.per}'.strip()}.")
    if estimate.rel_effect is not None:
        parts.append(f"Relative change: {percent(estimate.rel_effect)} than expected.")
    parts.append(f"Cost per outcome: {per_outcome(item)}")
    return " ".join(parts)


def _value(item: Item) -> str:
    """What it was worth, as far as the evidence lets it be said, with what each pound brought."""
    value, said = item.finding.value, recap(item)
    ratio = value.bcr.interval
    if value.claim not in (MoneyClaim.POINT, MoneyClaim.RANGE) or ratio is None or math.isinf(ratio.high):
        return said
    best, low, high = (_ratio(x) for x in (ratio.point, ratio.low, ratio.high))
    best = f"{best}, " if value.bcr.best else ""
    return f"{said} Benefit for each pound of cost: {best}range {low} to {high}."


def _ratio(pounds: float) -> str:
    """Pounds for each pound, never rounded up to what pays for itself."""
    if pounds < 1 <= round(pounds, 1):
        return "just under £1"
    return f"{'−' if pounds < 0 else ''}£{abs(pounds):.2f}"


def _together(item: Item) -> str:
    """The sum of the campaigns of one joint model; empty where a campaign was estimated by itself."""
    finding = item.finding
    for shared in item.evaluation.shared:
        sums = [t for t in shared.decomposition.together if finding.campaign in t.campaigns]
        if shared.outcome == finding.outcome and sums and item.about.adds_up:
            widest = max(sums, key=lambda t: len(t.campaigns))
            names = " and ".join([", ".join(widest.campaigns[:-1]), widest.campaigns[-1]])
            total = change(widest.estimate.total, item.about.total)
            return f"{names} were estimated in one model. Together: {total}."
    return ""
