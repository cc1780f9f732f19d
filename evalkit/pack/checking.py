"""Checks and grade: every rule, met or not, and the workbook's check on itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.checks.result import CheckResult
from evalkit.pack.assumptions import channels_of
from evalkit.pack.channels import channel_claims
from evalkit.pack.check_figures import figure_of
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    digits,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.value import value_claims
from evalkit.wording import grade_words

MASTER = "master"
ALL_AGREE, SOME_DIFFER = (
    "All figures agree",
    "Some figures differ: see Self-check",
)
TOLERANCE = 1e-6  # as a share: far below what anyone would notice, above rounding in the last place


def checks_and_grade(found: tuple[Item, ...]) -> Section:
    """Grade, rules and checks of every finding."""
    return Section(
        name="Checks and grade",
        title="Checks and grade",
        about="Every rule behind the evidence level, met or not, and every check of the estimate.",
        blocks=tuple(block for item in found for block in _graded(item)),
        widths=(46, 14, 22, 66),
        landscape=True,
    )


def self_check(found: tuple[Item, ...], rows_of_data: int) -> Section:
    """The identities that the workbook must keep, recomputed by formulas."""
    return Section(
        name="Self-check",
        title="Self-check of this workbook",
        about="Whether the figures in this workbook agree with one another and with the library that wrote "
        "it. The formulas work it out anew whenever a figure is changed.",
        blocks=(_master(), Table("self", SELF, tuple(_identities(found, rows_of_data)))),
        widths=(64, 18, 18, 14, 14, 14),
        landscape=True,
    )


def master_cell() -> Cell:
    """The word that says whether every figure agrees, for any sheet."""
    return live(f"={{{MASTER}}}", ALL_AGREE, look=Look.LABEL)


def _master() -> Block:
    formula = f'=IF(COUNTIFS({{self.status}},"Differs")=0,"{ALL_AGREE}","{SOME_DIFFER}")'
    head = (Column("Check of the whole workbook"), Column("Result"))
    row = (
        words("All the figures below"),
        live(formula, ALL_AGREE, name=MASTER, look=Look.LABEL),
    )
    return Table("whole", head, (row,))


def _graded(item: Item) -> Iterator[Block]:
    grade = item.finding.grade
    yield Heading(f"Finding {item.n}. {item.title}")
    yield Words(f"{grade_words(grade)} Rules: {grade.rule_set}. The design allows level {grade.cap} at most.")
    head = (Column("Rule"), Column("Met?"), Column("What it does to the level"), Column("Reason"))
    rows = tuple(
        (
            words(r.question),
            words({True: "Met", False: "Not met", None: "Not known"}[r.met]),
            words("none" if r.lowers_to is None else f"lowers it to {r.lowers_to}"),
            words(r.text),
        )
        for r in grade.rules
    )
    yield Table(f"rules.{item.n}", head, rows)
    if not item.finding.checks:
        yield Words("No further check of the estimate was made.")
        return
    asked = (
        Column("Check"),
        Column("Result"),
        Column("Figure behind it", figures=True),
        Column("What was found"),
    )
    yield Table(f"checks.{item.n}", asked, tuple(_checked(c, item) for c in item.finding.checks))


def _checked(check: CheckResult, item: Item) -> tuple[Cell, ...]:
    """A check's row; the words say what the figure is in."""
    result = words({True: "Passed", False: "Not passed", None: "No verdict"}[check.passed])
    if check.statistic is None or not math.isfinite(check.statistic):
        return words(check.question), result, instead("none"), words(check.text)
    figure = figure_of(check.check, check.statistic, item)
    text = f"{check.text} Figure: {figure.unit}."
    return words(check.question), result, number(figure.value, "0.00"), words(text)


SELF = (
    Column("What must agree"),
    Column("In this workbook", "here", figures=True),
    Column("Should be", "should", figures=True),
    Column("Difference", "difference", figures=True),
    Column("Tolerance", "tolerance", figures=True),
    Column("Result", "status"),
)


def _identities(found: tuple[Item, ...], rows_of_data: int) -> Iterator[tuple[Cell, ...]]:
    for row, (title, formula, value, should, form) in enumerate(_claims(found, rows_of_data), start=1):
        expected = float(value if isinstance(should, str) else should)
        constant = number(expected, form, look=Look.INPUT)
        here, there, gap, tolerance = (
            f"{{self.{k}.{row}}}" for k in ("here", "should", "difference", "tolerance")
        )
        yield (
            words(title),
            live(formula, value, form),
            live(should, value, form) if isinstance(should, str) else constant,
            live(f"={here}-{there}", float(value) - expected, "0.000000"),
            number(max(abs(expected) * TOLERANCE, 1e-9), "0.000000"),
            live(
                f'=IFERROR(IF(ABS({gap})<={tolerance},"Agrees","Differs"),"Differs")',
                "Agrees",
                look=Look.TEXT,
            ),
        )


_WITHIN = '=IFERROR(IF(ABS({gap})<={tolerance},"Agrees","Differs"),"Differs")'


def _claims(found: tuple[Item, ...], rows_of_data: int) -> Iterator[tuple[str, str, float, float | str, str]]:
    """Title, formula, what it comes to, what it should be (a number of the library, or a formula), format."""
    yield "Rows on the Data sheet", '=COUNTIFS({data.period},">0")', rows_of_data, rows_of_data, WHOLE
    for c in sorted({i.cost for i in found}):
        cost = next(i for i in found if i.cost == c).finding.value.cost
        title, total = next(i for i in found if i.cost == c).finding.campaign, float(cost.total)
        yield f"{title}: full cost", f"={{costs.{c}.total}}", total, total, PENCE
        yield (
            f"{title}: cash and in kind make the full cost",
            f"={{costs.{c}.cash}}+{{costs.{c}.in_kind}}",
            total,
            f"={{costs.{c}.total}}",
            PENCE,
        )
        if not cost.by_category:
            continue
        for what, parts in (
            ("categories", f"=SUM({{category.{c}.sum}})"),
            ("April to March years", f"=SUM({{year.{c}.sum}})"),
            ("capital and revenue", "=" + "+".join(f"{{costs.{c}.{k.value}}}" for k, _ in cost.by_kind)),
        ):
            yield f"{title}: {what} make the full cost", parts, total, f"={{costs.{c}.total}}", PENCE
    for item in found:
        yield from _finding_claims(item)
    yield from channel_claims(channels_of(found))


def _finding_claims(item: Item) -> Iterator[tuple[str, str, float, float | str, str]]:
    estimate, n = item.estimate, item.n
    if estimate is None:
        return
    named, form = f"Finding {n}: ", digits(estimate.total)
    each = item.finding.value.cost_per_outcome
    if item.priced:
        gain, title = estimate.total.scaled(item.sign), f"{named}improvement in all"
        if each.best:
            yield title, f"={{cpo.{n}.gain}}", gain.point, gain.point, form
        elif math.isfinite(gain.high):
            yield f"{title}, high end", f"={{cpo.{n}.gain.high}}", gain.high, gain.high, form
    interval = each.interval
    if interval is not None:
        for end in ("low", "point", "high"):
            value = getattr(interval, end)
            if math.isfinite(value) and (end != "point" or each.best):
                title = {"low": "low end", "point": "best estimate", "high": "high end"}[end]
                yield f"{named}cost per outcome, {title}", f"={{cpo.{n}.{end}}}", value, value, PENCE
    yield from value_claims(item)
    path = estimate.path
    last = [i for i, x in enumerate(path.cumulative, start=1) if x is not None] if path else []
    if path and last and path.cumulative[last[-1] - 1] is not None:
        reached = path.cumulative[last[-1] - 1] or 0.0
        if abs(reached - estimate.total.point) <= TOLERANCE * max(1.0, abs(estimate.total.point)):
            end = f"={{path.{n}.total.{last[-1]}}}"
            yield (
                f"{named}running total ends at the total effect",
                end,
                reached,
                f"={{est.{n}.total.point}}",
                form,
            )
