"""Inputs to impact: the logic chain of each campaign, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from evalkit.amounts import british_date, money
from evalkit.campaign.header import Campaign
from evalkit.campaign.programme import Programme
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
    as_entered,
    digits,
    instead,
    live,
    number,
    words,
)
from evalkit.vocabulary import Stage
from evalkit.wording import answer

HEAD = (
    Column("Stage"),
    Column("What"),
    Column("Figure", figures=True),
    Column("Unit"),
    Column("When"),
    Column("Source and notes"),
)
NOT_OUTCOMES = (
    "Outputs and out-takes are not outcomes: reach, clicks and awareness show that the campaign was met, not "
    "that anything changed. They carry no money here."
)


def inputs_to_impact(programme: Programme, found: tuple[Item, ...]) -> Section:
    """The chain from what was put in to what changed, for every campaign."""
    blocks: list[Block] = [Words(NOT_OUTCOMES, Look.LABEL)]
    for c, campaign in enumerate(programme.campaigns, start=1):
        blocks.append(Heading(campaign.title))
        blocks.append(Rows(tuple(_why(campaign))))
        mine = tuple(i for i in found if i.campaign is campaign)
        blocks.append(Table(f"chain.{c}", HEAD, tuple(_stages(c, campaign, mine, programme))))
    return Section(
        name="Inputs to impact",
        title="Inputs to impact",
        about="How the campaign was meant to work and what is known at each stage.",
        blocks=tuple(blocks),
        widths=(24, 62, 16, 30, 26, 50),
        landscape=True,
    )


def _why(campaign: Campaign) -> Iterator[tuple[Cell, ...]]:
    for objective in campaign.objectives:
        if objective.statement:
            yield words("Objective", Look.LABEL), words(objective.statement)
        if objective.mechanism:
            yield words("Why it would work", Look.LABEL), words(objective.mechanism)
    for audience in campaign.audiences:
        if audience.segment:
            barrier = f" Main barrier: {audience.barrier.value}." if audience.barrier else ""
            size = f" ({audience.size:,})" if audience.size else ""
            yield words("Audience", Look.LABEL), words(f"{audience.segment}{size}.{barrier}")
    if not campaign.objectives and not campaign.audiences:
        yield words("Objective", Look.LABEL), words("No objective or audience was stated.")


def _stages(
    c: int, campaign: Campaign, found: tuple[Item, ...], programme: Programme
) -> Iterator[tuple[Cell, ...]]:
    total = sum(line.cost for line in campaign.inputs)
    yield _row(
        Stage.INPUT,
        "Full cost",
        live(f"={{costs.{c}.total}}", total, POUNDS),
        "£",
        "all of it",
        "Costs sheet",
    )
    yield from _activities(campaign)
    for o in campaign.outputs:
        counting = f"{o.counting.value} count" if o.counting else ""
        yield _row(
            Stage.OUTPUT,
            o.metric,
            _figure(o.value),
            o.unit,
            _span(o.start, o.end),
            _joined(o.source, counting),
        )
    for t in campaign.out_takes:
        asked = f"{t.n:,} answers" if t.n is not None else ""
        limits = f"range {t.low:g} to {t.high:g}" if t.low is not None and t.high is not None else ""
        notes = _joined(t.source, t.method.value if t.method else "", asked, limits)
        yield _row(Stage.OUT_TAKE, t.metric, _figure(t.value), t.unit, _span(t.start, t.end), notes)
    for item in found:
        yield _outcome(item)
    yield from _worth(programme, found)


def _activities(campaign: Campaign) -> Iterator[tuple[Cell, ...]]:
    for a in campaign.activities:
        yield _row(
            Stage.ACTIVITY,
            _joined(a.channel, a.message, a.area, a.audience),
            _figure(a.dose),
            a.dose_unit.value if a.dose_unit else None,
            _span(a.start, a.end),
            f"{a.peso.value} channel" if a.peso else "",
        )
    for stage, given in (
        (Stage.ACTIVITY, campaign.activities),
        (Stage.OUTPUT, campaign.outputs),
        (Stage.OUT_TAKE, campaign.out_takes),
    ):
        if not given:
            yield _row(stage, f"No {stage.value} was recorded.", instead("none"), "none", "", "")


def _outcome(item: Item) -> tuple[Cell, ...]:
    short = answer(item.finding.verdict.claim, item.finding.estimate, item.about, short=True)
    source = _joined(item.outcome.source, item.outcome.service_owner)
    if item.estimate is None:
        return _row(
            Stage.OUTCOME, f"{item.finding.outcome}: {short}", instead("none"), item.outcome.unit, "", source
        )
    total = live(f"={{est.{item.n}.total.point}}", item.estimate.total.point, digits(item.estimate.total))
    unit = f"{item.outcome.unit}; a minus sign is a fall"
    return _row(Stage.OUTCOME, f"{item.finding.outcome}: {short}", total, unit, item.about.span, source)


def _worth(programme: Programme, found: tuple[Item, ...]) -> Iterator[tuple[Cell, ...]]:
    names = {i.finding.outcome for i in found}
    given = [v for v in programme.unit_values if v.outcome in names or v.outcome is None]
    for v in given:
        prices = f"prices of {v.price_year}" if v.price_year else "from the library of unit costs"
        who = _joined(v.beneficiary.value, v.agency, v.source, prices)
        yield _row(
            Stage.IMPACT,
            f"{v.description}: {money(v.value)} a unit" if v.value is not None else v.description,
            number(v.value, "£#,##0.00") if v.value is not None else instead(f"code {v.code}"),
            "£ a unit",
            "",
            who,
        )
    if not given:
        yield _row(
            Stage.IMPACT,
            "What the change is worth is not valued in this pack.",
            instead("none"),
            "none",
            "",
            "",
        )


def _row(
    stage: Stage, what: str | None, figure: Cell, unit: str | None, when: str, notes: str
) -> tuple[Cell, ...]:
    return (
        words(stage.value.capitalize(), Look.LABEL),
        words(what or "not named"),
        figure,
        words(unit or "not given"),
        words(when or "not given"),
        words(notes or "none given"),
    )


def _figure(value: float | None) -> Cell:
    return instead("not given") if value is None else number(value, as_entered(value), look=Look.INPUT)


def _joined(*parts: str | None) -> str:
    return "; ".join(p for p in parts if p)


def _span(start: date | None, end: date | None) -> str:
    return " to ".join(british_date(d) for d in (start, end) if d)
