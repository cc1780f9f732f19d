"""Costs and cost per outcome: every line, every sum a formula."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.header import Campaign
from evalkit.money import years as calendar
from evalkit.money.cost import Cost, full_cost
from evalkit.pack.estimates import ENDS, improvement
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Value,
    Words,
    entered,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.takes import takes, takes_year
from evalkit.vocabulary import PaymentKind, VatTreatment
from evalkit.wording import cost_is_shared, cost_words

LINES = (
    Column("Category", "category"),
    Column("Item"),
    Column("Cash or in kind", "payment"),
    Column("Capital or revenue", "kind"),
    Column("Source"),
    Column("April to March year begins in", "year", figures=True),
    Column("Amount (£)", "amount", figures=True),
    Column("VAT that comes back (£)", "vat", figures=True),
    Column("Net of that VAT (£)", "net", figures=True),
    Column("Share for this campaign", "share", figures=True),
    Column("Cost to this campaign (£)", "cost", figures=True),
    Column("Budget (£)", "budget", figures=True),
    Column("Over budget, or under if negative (£)", figures=True),
)
NO_YEAR, YEAR = "no year given", "0"


def costs(campaigns: tuple[Campaign, ...], years: tuple[int, ...]) -> Section:
    """Every cost line of every campaign, with its sums; years whose prices can be converted."""
    blocks: list[Block] = []
    for c, campaign in enumerate(campaigns, start=1):
        blocks += list(_campaign(c, campaign, years))
    return Section(
        name="Costs",
        title="Costs",
        about="Every line of cost as entered, in pounds of the day. Net amounts, shares, sums and "
        "differences are formulas: change a shaded cell and everything that rests on it follows.",
        blocks=tuple(blocks),
        widths=(22, 30, 14, 12, 22, 11, 14, 13, 14, 11, 14, 14, 14),
        landscape=True,
    )


def _campaign(c: int, campaign: Campaign, years: tuple[int, ...]) -> Iterator[Block]:
    yield Heading(f"{campaign.title}: cost lines")
    if not campaign.inputs:
        yield Words("No cost lines were entered, so the full cost is nil here.")
    else:
        rows = tuple(_line(c, i, line, years) for i, line in enumerate(campaign.inputs, start=1))
        yield Table(f"costs.{c}", LINES, rows)
    head = (Column("Sum"), Column("How it is worked out"), Column("Amount (£)", figures=True))
    yield Heading(f"{campaign.title}: sums")
    yield Table(f"sums.{c}", head, tuple(_sums(c, campaign, full_cost(campaign.inputs))))
    if campaign.inputs:
        yield Heading(f"{campaign.title}: cost by category")
        yield _by_category(c, full_cost(campaign.inputs))
        yield Heading(f"{campaign.title}: cost by April to March year")
        yield _by_year(c, full_cost(campaign.inputs))


def _line(c: int, i: int, line: InputLine, years: tuple[int, ...]) -> tuple[Cell, ...]:
    def at(column: str) -> str:
        return f"{{costs.{c}.{column}.{i}}}"

    back = line.vat_amount if line.vat is VatTreatment.RECOVERABLE and line.vat_amount else Decimal(0)
    over = None if line.budget is None else line.cost - line.budget
    where = "; ".join(t for t in (line.supplier, line.source) if t)
    return (
        words(line.category.value),
        words(line.item or "not described"),
        words(line.payment.value),
        words(line.spend.value),
        words(where or "not given"),
        _year(line, years),
        entered(line.amount, PENCE, takes(InputLine, "amount", at_least=at("vat"))),
        entered(back, PENCE, takes(InputLine, "vat_amount", at_most=at("amount"))),
        live(f"={at('amount')}-{at('vat')}", line.net, PENCE),
        entered(line.share, SHARE, takes(InputLine, "share")),
        live(f"=ROUND({at('net')}*{at('share')},2)", line.cost, PENCE),
        _budget(line),
        instead("not known") if over is None else live(f"={at('cost')}-{at('budget')}", over, PENCE),
    )


def _budget(line: InputLine) -> Cell:
    if line.budget is None:
        return instead("not given")
    return entered(line.budget, PENCE, takes(InputLine, "budget"))


def _year(line: InputLine, years: tuple[int, ...]) -> Cell:
    if line.financial_year is None:
        return instead(NO_YEAR)
    what = takes_year(years[0], years[-1], "In which it was spent.")
    return entered(calendar.start(line.financial_year), YEAR, what)


def _sums(c: int, campaign: Campaign, cost: Cost) -> Iterator[tuple[Cell, ...]]:
    def total(name: str, formula: str, value: Value, look: Look = Look.FIGURE) -> Cell:
        if not campaign.inputs:
            return number(0, PENCE, name=f"costs.{c}.{name}")
        return live(formula, value, PENCE, name=f"costs.{c}.{name}", look=look)

    paid = f'=SUMIFS({{costs.{c}.cost}},{{costs.{c}.payment}},"{{kind}}")'
    yield (
        words("Full cost", Look.LABEL),
        words("All lines, cash and in kind"),
        total("total", f"=SUM({{costs.{c}.cost}})", cost.total, Look.TOTAL),
    )
    for name, kind, value, how in (
        ("cash", PaymentKind.CASH, cost.cash, "Lines paid in cash"),
        ("in_kind", PaymentKind.IN_KIND, cost.in_kind, "Lines given without charge"),
    ):
        yield (
            words(f"of which {kind.value}"),
            words(how),
            total(name, paid.replace("{kind}", kind.value), value),
        )
    for spend, amount in cost.by_kind:
        of = f'=SUMIFS({{costs.{c}.cost}},{{costs.{c}.kind}},"{spend.value}")'
        yield words(f"of which {spend.value}"), words(spend.gloss), total(spend.value, of, amount)
    if cost.budget is not None:
        yield (
            words("Budget of the lines"),
            words("The budget column"),
            total("planned", f"=SUM({{costs.{c}.budget}})", cost.budget),
        )
        yield (
            words("Over budget, or under if negative"),
            words("Full cost less budget of the lines"),
            live(f"={{costs.{c}.total}}-{{costs.{c}.planned}}", cost.total - cost.budget, PENCE),
        )
    yield from _stated(c, campaign, cost)


def _stated(c: int, campaign: Campaign, cost: Cost) -> Iterator[tuple[Cell, ...]]:
    """Totals that the organisation states, reconciled with the lines."""
    for field, name, title, other, value, against in (
        ("budget_total", "approved", "Budget approved", "total", cost.total, "full cost"),
        ("ledger_total", "ledger", "Total on the ledger", "cash", cost.cash, "cash lines"),
    ):
        stated = getattr(campaign, field)
        if stated is None:
            continue
        yield (
            words(title),
            words("As entered"),
            entered(stated, PENCE, takes(Campaign, field), name=f"costs.{c}.{name}"),
        )
        yield (
            words(f"{title} less {against}"),
            words("Nil, but for pennies, where they agree" if name == "ledger" else "What is left of it"),
            live(
                f"={{costs.{c}.{name}}}-{{costs.{c}.{other}}}",
                stated - value,
                PENCE,
                name=f"costs.{c}.{name}_gap",
            ),
        )


def _by_category(c: int, cost: Cost) -> Table:
    found = [(words(x.value), x.gloss, amount) for x, amount in cost.by_category]
    return _split(c, "category", ("Category", "What it covers"), found, cost)


def _by_year(c: int, cost: Cost) -> Table:
    found = [
        (number(calendar.start(year), YEAR) if year else instead(NO_YEAR), _days(year), amount)
        for year, amount in cost.by_year
    ]
    return _split(c, "year", ("Year begins in", "Its days"), found, cost)


def _days(year: str) -> str:
    if not year:
        return "Counted as of the year in which the effect starts"
    first = calendar.start(year)
    return f"1 April {first} to 31 March {first + 1}"


def _split(
    c: int, column: str, heads: tuple[str, str], found: list[tuple[Cell, str, Decimal]], cost: Cost
) -> Table:
    """The full cost by what one column of the lines says."""
    key = f"{column}.{c}"
    head = (
        Column(heads[0], "name"),
        Column(heads[1]),
        Column("Cost (£)", "sum", figures=True),
        Column("Share of full cost", figures=True),
    )
    rows = tuple(
        (
            name,
            words(said),
            live(f"=SUMIFS({{costs.{c}.cost}},{{costs.{c}.{column}}},{{{key}.name.{i}}})", value, PENCE),
            _share(c, f"{{{key}.sum.{i}}}", value, cost),
        )
        for i, (name, said, value) in enumerate(found, start=1)
    )
    return Table(key, head, rows)


def _share(c: int, part: str, value: Decimal, cost: Cost) -> Cell:
    whole = f"{{costs.{c}.total}}"
    share = float(value / cost.total) if cost.total else 0
    return live(f"=IF({whole}>0,{part}/{whole},0)", share, SHARE)


def cost_per_outcome(found: tuple[Item, ...]) -> Section:
    """Work out cost per outcome from the Costs and Estimates sheets, low and high included."""
    blocks: list[Block] = []
    for item in found:
        blocks.append(Heading(f"Finding {item.n}. {item.title}"))
        if item.estimate is None:
            blocks.append(
                Words("Not applicable: no effect could be estimated, so there is nothing to divide by.")
            )
            continue
        said = cost_words(item.finding.value.cost_per_outcome, item.about, level=item.finding.grade.level)
        if not item.priced:
            blocks.append(Words(said))
            continue
        head = (Column("Step"), Column("Unit"), Column("How it is worked out"), *ENDS)
        blocks.append(Table(f"cpo.{item.n}", head, tuple(_steps(item))))
        blocks.append(Words(f"In words: {said}"))
        shared = cost_is_shared(item.evaluation.programme, item.finding.campaign)
        if shared:
            blocks.append(Words(shared))
    return Section(
        name="Cost per outcome",
        title="Cost per outcome",
        about="Workings and result: full cost divided by the improvement. The low end of the cost goes with "
        "the high end of the improvement. Where no improvement is not ruled out, the cost has no upper "
        "limit, and that is said.",
        blocks=tuple(blocks),
        widths=(30, 28, 50, 14, 14, 14),
        landscape=True,
    )


def _steps(item: Item) -> Iterator[tuple[Cell, ...]]:
    estimate, n = item.estimate, item.n
    if estimate is None:
        return
    named = (f"cpo.{n}.gain", f"cpo.{n}.gain.low", f"cpo.{n}.gain.high")
    gains = improvement(item, "total", estimate.total)
    cells = [replace(g, name=name) for g, name in zip(gains, named, strict=True)]
    if not item.finding.value.cost_per_outcome.best:
        cells[0] = instead("range only")
    yield (
        words("Improvement in all"),
        words(item.better),
        words("Total effect, in the good direction"),
        *cells,
    )
    cost = item.finding.value.cost.total
    link = f"={{costs.{item.cost}.total}}"
    yield (
        words("Full cost"),
        words("£"),
        words("From the Costs sheet; it has no range"),
        live(link, cost, POUNDS, name=f"cpo.{n}.cost"),
        instead("no range"),
        instead("no range"),
    )
    possible = bool(cost > 0 and estimate.total.scaled(item.sign).high > 0)
    yield (
        words("Is there something to divide?"),
        words("yes or no"),
        words("A cost has been entered and an improvement is possible"),
        live(
            f'=IF(AND({{cpo.{n}.cost}}>0,{{cpo.{n}.gain.high}}>0),"yes","no")',
            "yes" if possible else "no",
            name=f"cpo.{n}.possible",
        ),
        instead("no range"),
        instead("no range"),
    )
    yield (
        words("Cost per outcome", Look.LABEL),
        words(f"£ for each: {item.better}"),
        words("Full cost divided by the improvement"),
        *ratios(item),
    )


def ratios(item: Item) -> tuple[Cell, Cell, Cell]:
    """Cost per outcome: best estimate, low and high, each with words where there is no number."""
    n, found = item.n, item.finding.value.cost_per_outcome.interval
    cost, possible = f"{{cpo.{n}.cost}}", f'{{cpo.{n}.possible}}="yes"'
    gain, low, high = (f"{{cpo.{n}.gain{end}}}" for end in ("", ".low", ".high"))
    form = PENCE if found is None or found.low < 100 else POUNDS
    none, endless = "not applicable", "no upper limit"

    def cell(name: str, divisor: str, value: float | None) -> Cell:
        text = f'IF({possible},IF({divisor}>0,{cost}/{divisor},"{endless}"),"{none}")'
        shown: Value = none if value is None else endless if math.isinf(value) else value
        return live(f"={text}", shown, form, name=f"cpo.{n}.{name}", look=Look.TOTAL)

    point = cell("point", gain, found.point if found else None)
    if not item.finding.value.cost_per_outcome.best:
        point = instead("range only" if found else none)
    lower = cell("low", high, found.low if found else None)
    upper = cell("high", low, found.high if found else None)
    unbounded = item.estimate is not None and not math.isfinite(item.estimate.total.width)
    if not unbounded:
        return point, lower, upper
    return point, _guarded(lower, "0"), _guarded(upper, f'"{endless}"')


def cost_links(item: Item) -> Iterator[Cell]:
    """Cost per outcome with its ends for another sheet; words where nothing is divided."""
    if not item.priced:
        yield from [instead("not applicable")] * 3
        return
    for name, cell in zip(("point", "low", "high"), ratios(item), strict=True):
        yield live(f"={{cpo.{item.n}.{name}}}", cell.value, cell.number_format) if cell.formula else cell


def _guarded(cell: Cell, fallback: str) -> Cell:
    """Give way to a value where the improvement itself has a side without a limit."""
    return live(
        f"=IFERROR({cell.formula[1:]},{fallback})",
        cell.value,
        cell.number_format,
        name=cell.name,
        look=cell.look,
    )
