"""The Summary: one page a finding, in the order a reader asks."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import british_date, change, money, percent, range_meaning
from evalkit.estimate import NotEstimable
from evalkit.evaluation import Finding
from evalkit.pack.charts import observed_and_expected, running_total
from evalkit.pack.costs import cost_links
from evalkit.pack.estimates import improvement
from evalkit.pack.group_sheets import group_chart, group_rows, group_words, study_of
from evalkit.pack.interim import interim_note
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    POUNDS,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Rows,
    Section,
    Table,
    Words,
    instead,
    live,
    words,
)
from evalkit.pack.value import recap, summary_rows
from evalkit.vocabulary import Claim, DesignCode, Handling, OutcomeKind, SignOffEntry
from evalkit.wording import (
    NO_COMPARISON,
    answer,
    cost_is_shared,
    cost_words,
    grade_words,
    mean_effect,
    recommend,
)

WIDTHS = (18, 60, 13, 13, 13)
MOST_LIMITS = 3  # on the page; all of them are on the Finding sheet

HANDLED = {
    Handling.MARK: "shown on the chart, not allowed for",
    Handling.MODEL: "its effect was estimated apart",
    Handling.LEAVE_OUT: "those periods were left out",
}


def summary(item: Item, others: tuple[Item, ...], name: str) -> Section:
    """One finding on one A4 page.

    Parameters
    ----------
    item : Item
    others : tuple of Item
        Findings with a page of their own, to be named here.
    name : str
        Of the sheet.
    """
    blocks: list[Block] = [Rows(tuple(_about(item))), Rows(tuple(_found(item)))]
    chart = observed_and_expected(item, rows=19) or group_chart(item, rows=group_rows(item))
    if chart:
        blocks.append(chart)
    if item.estimate:
        head = ("Figure", "In words", "Best estimate", "Low end", "High end")
        columns = tuple(Column(t, figures=i > 1) for i, t in enumerate(head))
        blocks.append(Table(f"summary.{item.n}", columns, tuple(_figures(item))))
    blocks.append(Rows(tuple(_standing(item, others))))
    return Section(
        name=name,
        title=f"Summary: {item.finding.campaign if item.n == 1 else item.title}",
        about=_headline_note(item),
        blocks=tuple(blocks),
        widths=WIDTHS,
        one_page=True,
    )


def _headline_note(item: Item) -> str:
    as_of = british_date(item.evaluation.provenance.as_of)
    kind = "an outcome beside the primary one" if item.finding.exploratory else "the outcome that decides"
    several = len(item.evaluation.findings) > 1
    title = item.evaluation.programme.title
    text = f"{item.finding.outcome}. {item.campaign.organisation}. Figures as of {as_of}."
    text = f"{title}. {text}" if title else text
    interim = interim_note(item.campaign, item.evaluation.provenance.as_of)
    text = f"{text} {interim}".strip()
    return f"{text} This is {kind}." if several else text


def _row(label: str, text: str, look: Look = Look.TEXT) -> tuple[Cell, ...]:
    return words(label, Look.LABEL), words(text, look)


def _about(item: Item) -> Iterator[tuple[Cell, ...]]:
    yield _row("What it set out to change", aim(item))
    yield _row("What it cost in full", cost_sentence(item.finding))


def aim(item: Item) -> str:
    """What the campaign set out to change, for whom, by when; as far as it was stated."""
    campaign, about = item.campaign, item.about
    goals = [o for o in campaign.objectives if o.outcome in (None, item.outcome.name) and o.statement]
    if goals:
        text = goals[0].statement or ""
    elif campaign.summary:
        text = campaign.summary
    else:
        way = "More" if item.sign > 0 else "Fewer" if about.kind is not OutcomeKind.LEVEL else "Less"
        text = (
            f"{way}: {about.outcome} ({item.outcome.unit}). No objective with a target and a date was stated."
        )
    ran = f"It ran from {british_date(campaign.start)} to {british_date(campaign.end)}."
    segments = [a.segment for a in campaign.audiences if a.segment]
    people = f" For: {', '.join(segments)}." if segments else ""
    return f"{text.rstrip('.')}.{people} {ran}"


def cost_sentence(finding: Finding) -> str:
    """Full cost in one sentence."""
    cost = finding.value.cost
    if not cost.total:
        return "No cost was entered."
    if not cost.in_kind:
        return f"{money(cost.total)}, all of it paid in cash."
    return f"{money(cost.total)}: {money(cost.cash)} paid and {money(cost.in_kind)} in kind."


def _found(item: Item) -> Iterator[tuple[Cell, ...]]:
    yield _row("The answer", item.finding.verdict.sentence, Look.ANSWER)
    refusal = item.finding.estimate
    if isinstance(refusal, NotEstimable):
        for i, help_ in enumerate(refusal.what_would_help):
            yield _row("What would help" if i == 0 else "", help_)


def _figures(item: Item) -> Iterator[tuple[Cell, ...]]:
    estimate, about = item.estimate, item.about
    if estimate is None:
        return
    better = f"Figures at the right: {item.better}; below zero is worse." if _may_be_worse(item) else ""
    if about.adds_up:
        said = f"{change(estimate.total, about.total)}. {better}".strip()
        yield words("Total effect", Look.LABEL), words(said), *improvement(item, "total", estimate.total)
    per = f" {about.per}" if about.per else ""
    factor = round(about.shown_effect)
    yield (
        words("Difference between groups" if item.finding.arm else "Each period", Look.LABEL),
        words(f"{mean_effect(estimate, about)}{per}."),
        *improvement(item, "effect", estimate.effect, factor),
    )
    if estimate.rel_effect is not None:
        yield (
            words("Relative change", Look.LABEL),
            words(
                f"{percent(estimate.rel_effect)} than {'in the control' if item.finding.arm else 'expected'}."
            ),
            *improvement(item, "relative", estimate.rel_effect),
        )
    yield (
        words("Cost in full", Look.LABEL),
        words(cost_sentence(item.finding)),
        live(f"={{costs.{item.cost}.total}}", item.finding.value.cost.total, POUNDS),
        instead("no range"),
        instead("no range"),
    )
    yield (
        words("Cost per outcome", Look.LABEL),
        words(per_outcome(item)),
        *cost_links(item),
    )
    yield from summary_rows(item)


def per_outcome(item: Item) -> str:
    """Cost per outcome in words, with the warning where one cost stands against several outcomes."""
    finding = item.finding
    said = cost_words(finding.value.cost_per_outcome, item.about, level=finding.grade.level)
    if finding.value.cost_per_outcome.interval is None:
        return said
    return f"{said} {cost_is_shared(item.evaluation.programme, finding.campaign)}".strip()


def _may_be_worse(item: Item) -> bool:
    return item.estimate is not None and item.estimate.total.scaled(item.sign).low < 0


def _standing(item: Item, others: tuple[Item, ...]) -> Iterator[tuple[Cell, ...]]:
    finding = item.finding
    yield _row("Strength of evidence", f"{grade_words(finding.grade)} {held_down(finding)}".strip())
    yield _row("What else could explain it", " ".join(other_causes(item)))
    yield _row("What was checked", checked(finding))
    said = (*other_causes(item), *(r.text for r in finding.grade.rules))
    limits = [t for t in finding.verdict.limits if t not in said]
    if limits:
        more = len(limits) - MOST_LIMITS
        rest = f" {more} more on the sheet Finding {item.n}." if more > 0 else ""
        yield _row("To bear in mind", " ".join(limits[:MOST_LIMITS]) + rest)
    yield _row("Was the plan fixed beforehand?", plan_sentence(item))
    yield _row("Value in money", recap(item))
    advice = recommend(finding.verdict.claim, level=finding.grade.level, compared=item.about.compared)
    yield _row("Recommendation", f"{advice.text} {advice.rule}", Look.ANSWER)
    stronger = " ".join(next_time(item))
    if stronger:
        yield _row("Stronger evidence next time", stronger)
    if item.estimate:
        yield _row("What a range is", range_meaning(item.estimate.total.level))
    for i, other in enumerate(others):
        short = answer(other.finding.verdict.claim, other.finding.estimate, other.about, short=True)
        yield _row("Other findings" if i == 0 else "", f"{other.title}: {short}")


def other_causes(item: Item) -> list[str]:
    """What else could have moved the figures while the effect was counted."""
    about, causes = item.about, []
    if item.estimate is not None and item.estimate.design is DesignCode.SINGLE_SERIES:
        causes.append(NO_COMPARISON)
    for e in item.evaluation.programme.events:
        last = e.end or e.start
        if not (e.what and e.start and last and about.start and about.last):
            continue
        mine = e.outcome in (None, item.outcome.name) and (
            not item.design or e.area in (None, *item.design.treated)
        )
        if mine and e.start <= about.last and last >= about.start:
            causes.append(f"{e.what}, from {british_date(e.start)} ({HANDLED[e.handling]}).")
    held = [r.text for r in item.finding.grade.rules if r.rule == "spillover" and r.met is False]
    return causes + held or ["No other event in these months was recorded."]


def held_down(finding: Finding) -> str:
    """The one or two reasons that hold the level down."""
    held = [r.text for r in finding.grade.rules if r.lowers_to is not None][:2]
    return f"Held down because: {' '.join(held)}" if held else ""


ANSWERS = {True: "Yes", False: "No", None: "Could not be settled"}


def checked(finding: Finding) -> str:
    """Each check's question with its answer, those that failed first."""
    order = (False, True, None)
    asked = sorted(finding.checks, key=lambda c: order.index(c.passed))
    said = " ".join(f"{c.question} {ANSWERS[c.passed]}." for c in asked)
    return said or "No check beyond the grading rules could be made."


def plan_sentence(item: Item) -> str:
    """Whether outcome, comparison and the effect that matters were fixed before the start."""
    fixed, start = item.campaign.plan_lock_date, item.campaign.start
    if fixed is None:
        return "Not known: nobody says when it was fixed."
    when = f"on {british_date(fixed)}, the campaign started on {british_date(start)}"
    return f"Yes: fixed {when}." if fixed <= start else f"No: fixed {when}."


def next_time(item: Item) -> Iterator[str]:
    """What would make the evidence of a next campaign stronger."""
    finding = item.finding
    planned = [
        s.statement for s in item.campaign.sign_off if s.entry is SignOffEntry.NEXT_TEST and s.statement
    ]
    yield from (p.rstrip(".") + "." for p in planned)
    if item.estimate and item.estimate.design in (DesignCode.SINGLE_SERIES, DesignCode.BEFORE_AFTER):
        yield "Hold back some areas, or start in some areas later, and record the same figures there."
    elif item.estimate and finding.grade.level < 4:
        yield "Draw by lot which areas or households get the campaign first."
    if finding.verdict.claim is Claim.CANNOT_TELL:
        yield "Run it longer, over more areas or more strongly, so that an effect that matters can be seen."
    if item.about.matters is None:
        yield "State beforehand the smallest effect that would be worth the money."
    if item.campaign.plan_lock_date is None:
        yield "Fix the plan, with its date, before the start."


def finding_sheet(item: Item, name: str) -> Section:
    """The charts of a finding and everything to bear in mind about it."""
    blocks: list[Block] = [Words(item.finding.verdict.sentence, Look.ANSWER)]
    for build in (observed_and_expected, running_total) if item.about.adds_up else (observed_and_expected,):
        chart = build(item, rows=18)
        if chart:
            blocks.append(chart)
    groups = group_chart(item, rows=group_rows(item))
    blocks += [groups] if groups else []
    blocks += [Words(t) for t in group_words(item)]
    refusal = item.finding.estimate
    if isinstance(refusal, NotEstimable):
        blocks.append(Heading("Why no estimate is given"))
        blocks += [Words(r) for r in refusal.reasons]
        blocks.append(Heading("What would help"))
        blocks += [Words(r) for r in refusal.what_would_help or ("Nothing is known that would.",)]
    blocks.append(Heading("What to bear in mind"))
    blocks += [Words(t) for t in item.finding.verdict.limits or ("No limit was recorded.",)]
    events = _events(item)
    if events:
        blocks.append(Heading("What else happened"))
        blocks += [Words(t) for t in events]
    return Section(
        name=name,
        title=f"Finding {item.n}: {item.finding.campaign}",
        about=f"{item.title}. {_shown_where(item)}",
        blocks=tuple(blocks),
        widths=(77,),
        one_page=True,
    )


def _shown_where(item: Item) -> str:
    found = study_of(item)
    if found:
        return f"The chart shows the sheet Groups {found[0]}."
    return "The charts show the table of the next sheet."


def _events(item: Item) -> list[str]:
    programme = item.evaluation.programme
    return [
        f"{british_date(e.start)}{' to ' + british_date(e.end) if e.end else ''}: {e.what}. "
        f"Expected to push the figure {e.expected_sign.value}; {HANDLED[e.handling]}."
        for e in programme.events
        if e.start and e.what and e.outcome in (None, item.outcome.name)
    ]
