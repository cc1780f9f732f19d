"""Channel shift: contacts by channel before and after, what each one moved saved, and what that shows.

1. Volumes before and after are never called an effect: what was estimated is named, or that nothing was.
2. Inputs stand on Assumptions; here is every step, and the saving a contact that Value for money takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import british_date
from evalkit.campaign.bounds import Bounds
from evalkit.campaign.channels import ChannelShift
from evalkit.money import deflators
from evalkit.money import years as calendar
from evalkit.money.channels import ChannelSaving, ContactCost
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    SHARE,
    WHOLE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Takes,
    Words,
    entered,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.takes import takes, takes_year
from evalkit.vocabulary import CostCategory

ENDS = ("low", "central", "high")
YEAR, EACH = "0", "£#,##0.0000"
NONE = "not applicable"
COUNTED = Takes("Share of the saving", "How much of it counts.", Bounds(0, 1, percent=True))
Row = tuple[str, str, str, tuple[Cell, Cell, Cell]]


def channel_years(found: tuple[ChannelSaving, ...]) -> set[int]:
    """Financial years whose prices the sheet converts, by the year they begin in."""
    years = {calendar.year_of(s.after[0]) for s in found}
    return years | {calendar.start(c.price_year) for s in found for c in _costs(s)}


def _costs(s: ChannelSaving) -> tuple[ContactCost, ContactCost, ContactCost]:
    return s.cost_from, s.cost_to, s.cost_back


HEAD = (  # of the inputs on Assumptions
    Column("Assumption"),
    Column("Unit"),
    Column("Source and reliability"),
    Column("Cautious", figures=True),
    Column("Central", figures=True),
    Column("Favourable", figures=True),
)


def channel_inputs(found: tuple[ChannelSaving, ...], years: tuple[int, ...]) -> Iterator[Block]:
    """The inputs of every move from a channel to another, for the sheet Assumptions."""
    for k, s in enumerate(found, start=1):
        yield Heading(f"Channel shift {k}. {s.campaign}: {s.title}")
        rows = (*_volumes(k, s), *_prices(k, s, years), *_held(k, s))
        yield Table(f"ca.{k}", HEAD, tuple((words(a), words(u), words(w), *cells) for a, u, w, cells in rows))


def _one(name: str, value: float, form: str, what: Takes | None = None) -> tuple[Cell, Cell, Cell]:
    """An input, or what is held where nothing may be entered."""
    cell = number(value, form, name=name) if what is None else entered(value, form, what, name=name)
    return instead("none"), cell, instead("none")


def _volumes(k: int, s: ChannelSaving) -> Iterator[Row]:
    spans = [f"{british_date(a)} to {british_date(b)}" for a, b in (s.before, s.after)]
    named = zip(
        ("fb", "fa", "tb", "ta"),
        (s.moved_from, s.moved_from, s.moved_to, s.moved_to),
        ("before", "after") * 2,
        (*spans, *spans),
        s.volumes,
        strict=True,
    )
    fields = ("from_before", "from_after", "to_before", "to_after")
    for (key, channel, when, span, value), field in zip(named, fields, strict=True):
        cells = _one(f"ch.{k}.{key}", value, WHOLE, takes(ChannelShift, field))
        yield f"Contacts by {channel.value}, {when}", "contacts", span, cells
    given = s.failed_entered
    why = (
        "Not entered, so none are taken off"
        if given is None
        else "Nil: they are within the later figures already"
        if given and not s.failed
        else f"Came back by {s.fell_back.value}"
    )
    failed = _one(f"ch.{k}.failed", s.failed, WHOLE, takes(ChannelShift, "failed"))
    yield "Failed contacts taken off", "contacts", why, failed


def _prices(k: int, s: ChannelSaving, years: tuple[int, ...]) -> Iterator[Row]:
    priced = takes_year(years[0], years[-1], "Of the prices that the cost is in.")
    fields = {"f": "from_cost", "t": "to_cost", "b": "fallback_cost"}
    for key, cost, what in zip(("f", "t", "b"), _costs(s), ("left", "moved to", "come back by"), strict=True):
        of = f"Cost of a contact by {cost.channel.value} ({what})"
        why = f"{cost.source}. Reliability: {cost.rag}"
        if key == "f":
            cells = tuple(
                entered(x, PENCE, takes(ChannelShift, field), name=f"ch.{k}.cf.{e}")
                for e, x, field in zip(ENDS, s.from_ends, ("from_low", "from_cost", "from_high"), strict=True)
            )
            yield of, "£", why, (cells[0], cells[1], cells[2])
        else:
            yield of, "£", why, _one(f"ch.{k}.c{key}", cost.value, PENCE, takes(ChannelShift, fields[key]))
        year = calendar.start(cost.price_year)
        yield (
            f"Price year of that ({what}) begins in",
            "year",
            cost.price_year,
            _one(f"ch.{k}.p{key}", year, YEAR, priced),
        )


def _held(k: int, s: ChannelSaving) -> Iterator[Row]:
    why = f"Less than all, because {s.weak}" if s.weak else "All of it"
    yield "Share of the saving that counts", "share", why, _one(f"ch.{k}.counted", s.counted, SHARE, COUNTED)
    what = s.released or "Nothing was said to be released"
    yield (
        "Released",
        "£ a year",
        what,
        _one(f"ch.{k}.released", s.released_value, PENCE, takes(ChannelShift, "released_value")),
    )
    yield (
        "Later period (held)",
        "years",
        "From its dates",
        _one(f"ch.{k}.years", s.in_years, "0.000"),
    )
    year = calendar.year_of(s.after[0])
    yield (
        "Later period begins in year (held)",
        "year",
        "April to March",
        _one(f"ch.{k}.now", year, YEAR),
    )


def channel_shift(savings: tuple[ChannelSaving, ...], found: tuple[Item, ...]) -> Section:
    """Lay out every move from a channel to another."""
    blocks: list[Block] = []
    head = (
        Column("Step"),
        Column("Unit"),
        Column("How it is worked out"),
        Column("Cautious", figures=True),
        Column("Central", figures=True),
        Column("Favourable", figures=True),
    )
    for k, s in enumerate(savings, start=1):
        item = _finding(s, found)
        blocks.append(Heading(f"Channel shift {k}. {s.campaign}: {s.title}"))
        blocks += [Words(text) for text in (causal(s, item), *s.warnings)]
        if s.reason:
            blocks.append(Words(f"No saving, because {s.reason}."))
        rows = (*_moved(k, s), *_indices(k, s), *_each(k, s), *_saving(k, s, found), *_estimated(item))
        blocks.append(
            Table(f"cs.{k}", head, tuple((words(a), words(u), words(w), *cells) for a, u, w, cells in rows))
        )
    return Section(
        name="Channel shift",
        title="Channel shift",
        about="Contacts by channel before and after, and what each contact that moved saved. All figures are "
        "formulas on Assumptions and Costs. The cost of the change is within the campaign's full cost.",
        blocks=tuple(blocks),
        widths=(48, 22, 62, 16, 16, 16),
        landscape=True,
    )


def _finding(s: ChannelSaving, found: tuple[Item, ...]) -> Item | None:
    """The finding that estimates what the campaign contributed to the move."""
    same = (i for i in found if (i.finding.campaign, i.finding.outcome) == (s.campaign, s.outcome))
    return next((i for i in same if i.estimate is not None and i.about.adds_up), None)


def causal(s: ChannelSaving, item: Item | None) -> str:
    """What the volumes show, and what they do not."""
    plain = (
        "The volumes before and after show that contacts moved. They have no comparison, so they do not show "
        "that the campaign moved them."
    )
    if item is not None:
        return (
            f"{plain} What the campaign contributed is estimated in finding {item.n}, with evidence at level "
            f"{item.finding.grade.level}; Value for money takes that, and from here only the saving for each "
            "contact."
        )
    why = (
        f"What the campaign contributed to {s.outcome} could not be estimated"
        if s.outcome
        else "No outcome that counts these contacts was named"
    )
    return (
        f"{plain} {why}, so no saving is claimed for the campaign. The last rows say what it would have been "
        "if every contact moved were its doing, and which share would have to be for the cost to be met."
    )


def _three(cells: list[Cell]) -> tuple[Cell, Cell, Cell]:
    return cells[0], cells[1], cells[2]


def _middle(cell: Cell) -> tuple[Cell, Cell, Cell]:
    return instead("none"), cell, instead("none")


def _moved(k: int, s: ChannelSaving) -> Iterator[Row]:
    ch, left, arrived = f"{{ch.{k}.", s.moved_from.value, s.moved_to.value
    for title, how, formula, value, key in (
        (f"Fewer contacts by {left}", "Before less after", f"{ch}fb}}-{ch}fa}}", s.left, "left"),
        (f"More contacts by {arrived}", "After less before", f"{ch}ta}}-{ch}tb}}", s.arrived, "arrived"),
        ("Contacts that moved", "The smaller of the two, never below nil",
         f"MAX(MIN({ch}left}},{ch}arrived}}),0)", s.moved, "moved"),
        ("Contacts called forth", "Arrived without leaving the other channel",
         f"MAX({ch}arrived}}-{ch}moved}},0)", s.induced, "induced"),
        ("Left without arriving", "Not counted as a saving",
         f"MAX({ch}left}}-{ch}moved}},0)", s.elsewhere, "elsewhere"),
    ):  # fmt: skip
        yield title, "contacts", how, _middle(live(f"={formula}", value, WHOLE, name=f"ch.{k}.{key}"))


def _indices(k: int, s: ChannelSaving) -> Iterator[Row]:
    """Price indices of the years that the costs are in, and of the later period."""
    years = [calendar.start(c.price_year) for c in _costs(s)]
    named = zip(("pf", "pt", "pb"), ("cost left", "cost moved to", "cost of coming back"), years, strict=True)
    for key, what, year in (*named, ("now", "later period", calendar.year_of(s.after[0]))):
        index = f"=INDEX({{defl.index}},MATCH({{ch.{k}.{key}}},{{defl.year}},0))"
        cell = live(index, deflators.index(year), "0.000", name=f"ch.{k}.index.{key}")
        yield f"Price index, {what}", "2024 = 100", "GDP deflator on Assumptions", _middle(cell)


def _each(k: int, s: ChannelSaving) -> Iterator[Row]:
    ch = f"{{ch.{k}."
    prices = f"prices of {s.price_year}"
    cost_to, cost_back = (
        deflators.uprated(c.value, c.price_year, s.price_year) for c in (s.cost_to, s.cost_back)
    )
    for key, cost, value in (("t", s.cost_to, cost_to), ("b", s.cost_back, cost_back)):
        yield (
            f"Cost of a contact by {cost.channel.value}",
            f"£, {prices}",
            f"Of {cost.price_year}, by the GDP deflator"
            + (", for those that came back" if key == "b" else ""),
            _middle(
                live(f"={ch}c{key}}}*{ch}index.pf}}/{ch}index.p{key}}}", value, EACH, name=f"ch.{k}.r{key}")
            ),
        )
    before = [x - cost_to for x in s.from_ends]
    yield (
        "Saved by each contact before failures",
        f"£, {prices}",
        "Cost in the channel left less cost in the one moved to",
        _three([live(f"={ch}cf.{e}}}-{ch}rt}}", x, EACH, name=f"ch.{k}.gross.{e}")
                for e, x in zip(ENDS, before, strict=True)]),
    )  # fmt: skip
    burden = (s.failed * cost_back + s.induced * cost_to) / s.moved if s.moved else 0.0
    formula = f"=IF({ch}moved}}>0,({ch}failed}}*{ch}rb}}+{ch}induced}}*{ch}rt}})/{ch}moved}},0)"
    yield (
        "Less failed contacts and those called forth",
        "£ a contact moved",
        "Their cost, over the contacts that moved",
        _middle(live(formula, burden, EACH, name=f"ch.{k}.burden")),
    )
    yield (
        "Net saving for each contact moved",
        f"£, {prices}",
        "The difference, as far as it counts; never below nil",
        _three([live(f"=MAX({ch}gross.{e}}}-{ch}burden}},0)*{ch}counted}}", x, EACH, name=f"ch.{k}.net.{e}",
                     look=Look.TOTAL) for e, x in zip(ENDS, s.each, strict=True)]),
    )  # fmt: skip


def _saving(k: int, s: ChannelSaving, found: tuple[Item, ...]) -> Iterator[Row]:
    ch, c = f"{{ch.{k}.", next((i.cost for i in found if i.finding.campaign == s.campaign), 1)
    year = calendar.label(calendar.year_of(s.after[0]))
    now = deflators.uprated(s.saving, s.price_year, year)
    to, of = f"{ch}index.now}}", f"{ch}index.pf}}"
    yield (
        "Saving in the later period, if the campaign had moved every one",
        f"£, prices of {s.price_year}",
        "Contacts moved, times the net saving of each",
        _middle(live(f"={ch}moved}}*{ch}net.central}}", s.saving, POUNDS, name=f"ch.{k}.saved")),
    )
    yield (
        "The same in prices of the later period",
        f"£, prices of {year}",
        "By the GDP deflator",
        _middle(live(f"={ch}saved}}*{to}/{of}", now, POUNDS, name=f"ch.{k}.saving")),
    )
    if s.change:
        lines = f'=SUMIFS({{costs.{c}.cost}},{{costs.{c}.category}},"{CostCategory.CHANGE.value}")'
        cost = live(lines, float(s.change), POUNDS, name=f"ch.{k}.change")
        yield "Cost of the change", "£", "Lines of that category on Costs", _middle(cost)
        after = live(f"={ch}saving}}-{ch}change}}", now - float(s.change), POUNDS)
        yield "Saving less the cost of the change", "£", "The difference", _middle(after)
    cash = f"=IF({ch}saving}}>0,MIN({ch}released}}*{ch}years}}/{ch}saving}},1),0)"
    yield (
        "Cashable share of the saving",
        "share",
        "Posts or contracts released, over the saving; at most all of it",
        _middle(live(cash, s.cashable, SHARE, name=f"ch.{k}.cashable")),
    )
    yield (
        "Released in a year",
        f"£, prices of {s.price_year}",
        "By the GDP deflator; what is cashable is never more than this",
        _middle(live(f"={ch}released}}*{of}/{to}", s.released_then, POUNDS, name=f"ch.{k}.then")),
    )
    even = f'=IF(AND({{costs.{c}.total}}>0,{ch}saving}}>0),{{costs.{c}.total}}/{ch}saving}},"{NONE}")'
    share = NONE if s.breakeven is None else s.breakeven
    yield (
        "Break-even share of the contacts moved",
        "share",
        "Full cost over that saving: how much of the move must be the campaign's",
        _middle(live(even, share, SHARE, name=f"ch.{k}.even", look=Look.TOTAL)),
    )
    most = f'=IFERROR(MAX(({ch}gross.central}}-{ch}induced}}*{ch}rt}}/{ch}moved}})/{ch}rb}},0),"{NONE}")'
    yield (
        "Failed contacts at which nothing is saved",
        "for each contact moved",
        "Saved by each contact, less those called forth, over the cost of coming back",
        _middle(live(most, NONE if s.failing is None else s.failing, "0.00", name=f"ch.{k}.failing")),
    )


def _estimated(item: Item | None) -> Iterator[Row]:
    """The estimate beside the volumes: what it puts down to the campaign, or by how much they changed."""
    if item is None or item.estimate is None or not item.priced:
        return
    total, n, strong = item.estimate.total.scaled(item.sign), item.n, item.finding.grade.level >= 3
    ends = ((".low", total.low), ("", total.point), (".high", total.high))
    claimed = "Contacts that the estimate puts down to the campaign"
    yield (
        claimed if strong else "Contacts more or fewer than expected, whatever the cause",
        item.better,
        f"Finding {n}, over the period it counts: {item.about.span}",
        _three(
            [
                live(f"={{cpo.{n}.gain{e}}}", x, WHOLE) if e or strong else instead("range only")
                for e, x in ends
            ]
        ),
    )


def channel_claims(
    savings: tuple[ChannelSaving, ...],
) -> Iterator[tuple[str, str, float, float | str, str]]:
    """What the self-check compares with the library."""
    for k, s in enumerate(savings, start=1):
        for end, value in zip(ENDS, s.each, strict=True):
            title = f"Channel shift {k}: net saving for each contact moved, {end}"
            yield title, f"={{ch.{k}.net.{end}}}", value, value, EACH
        yield f"Channel shift {k}: cashable share", f"={{ch.{k}.cashable}}", s.cashable, s.cashable, SHARE
