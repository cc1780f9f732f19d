"""Value for money and Sensitivity: what it was worth, what that rests on, and what would change it.

1. Net present value first, then the gross ratio, then the net return.
2. No best estimate where the evidence allows a range only, nothing but the break-even share where it allows
   no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.amounts import money
from evalkit.estimate import Interval
from evalkit.money import results
from evalkit.money import years as calendar
from evalkit.money.value import Figure
from evalkit.pack.assumptions import basis_of, valued
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    POUNDS,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Look,
    Section,
    Table,
    Words,
    instead,
    live,
    words,
)
from evalkit.pack.value_working import gain, kinds, reached
from evalkit.vocabulary import MoneyClaim

ENDS = (
    Column("Best estimate", figures=True),
    Column("Low end", figures=True),
    Column("High end", figures=True),
)
RATIO, YEARS = "0.00", "0"
NONE, ENDLESS = "not applicable", "no upper limit"


def value_for_money(found: tuple[Item, ...]) -> Section:
    """Lay out the value of every finding; those without one say why."""
    blocks: list[Block] = []
    for item in found:
        blocks.append(Heading(f"Finding {item.n}. {item.title}"))
        blocks += list(_one(item))
    return Section(
        name="Value for money",
        title="Value for money",
        about="What the change was worth and whether it paid for itself, from the sheet Assumptions. Ranges "
        "carry the whole distribution of the effect, of the values of a unit and of how long it lasts.",
        blocks=tuple(blocks),
        widths=(38, 24, 58, 19, 19, 19),
        landscape=True,
    )


def _one(item: Item) -> Iterator[Block]:
    value = item.finding.value
    if value.basis is None:
        yield Words(f"Not applicable, because {value.npsv.reason.rstrip('.')}.")
        return
    year = calendar.label(basis_of(item).base_year)
    yield Words(
        f"What may be said: {value.claim.value}. {value.claim.gloss} Pounds of {year}, discounted to it."
    )
    head = (Column("Figure"), Column("Unit"), Column("How it is worked out"), *ENDS)
    yield Table(f"vfm.{item.n}", head, tuple(_steps(item)))
    for warning in value.warnings:
        yield Words(warning)


def _steps(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, value, claim = item.n, item.finding.value, item.finding.value.claim
    total = item.estimate.total.scaled(item.sign) if item.estimate else None
    if total is None:
        return
    ends = (("", total.point), (".low", total.low), (".high", total.high))
    gains = tuple(live(f"={{cpo.{n}.gain{e}}}", x, "#,##0") for e, x in ends)
    yield words("Improvement in all"), words(item.better), words("From Cost per outcome"), *gains
    cost = live(f"={{vt.{n}.cost}}", basis_of(item).cost, POUNDS, name=f"vfm.{n}.cost")
    none = instead("no range")
    yield (
        words("Cost, present value"),
        words("£"),
        words("Real, discounted, with optimism bias"),
        cost,
        none,
        none,
    )
    if claim is not MoneyClaim.BREAK_EVEN:
        yield from _worth(item)
    share = tuple(_share(item, end) for end in ("point", "low", "high"))
    how = "Cost over benefit: how much of the change must be the campaign's for it to pay back"
    yield words("Break-even share", Look.LABEL), words("share of the change"), words(how), *share
    if claim is MoneyClaim.BREAK_EVEN:
        return
    likely = value.probability_positive or 0.0
    chance = live(f"=1-SUMPRODUCT({{vu.{n}.w}},{{vn.{n}.miss}})", likely, SHARE, name=f"vfm.{n}.chance")
    what = "Share of cases in which benefit exceeds cost"
    yield words("Probability of a net gain"), words("share of cases"), words(what), chance, none, none
    yield from _payback(item)


def _benefit(item: Item, kind: str, end: str, *, shown: bool) -> Cell:
    """Present value of a kind of benefit at one end, live."""
    n, name = item.n, f"vfm.{item.n}.{kind}.{end}"
    found = next(k for k in kinds(basis_of(item)) if k.key == kind)
    figure = results.present(basis_of(item), gain(item), _total(item), found.weigh).interval
    point = f"{{cpo.{n}.gain}}*{{vu.{n}.{kind}.{results.CENTRAL + 1}}}"
    values = (0.0, 0.0, 0.0) if figure is None else (figure.point, figure.low, figure.high)
    by_end = dict(zip(("point", "low", "high"), values, strict=True))
    if end == "point":
        if not shown:
            return instead("range only")
        return live(f"={point}", by_end[end], POUNDS, name=name)
    pick = "MIN" if end == "low" else "MAX"
    return live(f"={pick}({reached(n, kind, end)},{point})", by_end[end], POUNDS, name=name)


def _total(item: Item) -> Interval:
    if item.estimate is None:
        raise ValueError(f"finding {item.n} has no estimate")
    return item.estimate.total.scaled(item.sign)


def _worth(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, value = item.n, item.finding.value
    shown = value.claim is MoneyClaim.POINT
    for kind in kinds(basis_of(item)):
        how = {
            "social": "Improvement, times what a unit is worth after the cut; transfers left out",
            "cash": "What releases money, transfers included",
        }.get(kind.key, "Present value, transfers included where they are fiscal")
        cells = (_benefit(item, kind.key, end, shown=shown) for end in ("point", "low", "high"))
        title = "Benefit, present value" if kind.key == "social" else f"of which {kind.title.lower()}"
        yield words(title), words("£"), words(how), *cells
    cost = f"{{vfm.{n}.cost}}"
    for title, unit, how, figure, formula, form, key in (
        ("Net present social value", "£", "Benefit less cost", value.npsv, "{b}-{c}", POUNDS, "npsv"),
        ("Benefit-cost ratio (gross)", "£ per £1", "Benefit over cost", value.bcr, "{b}/{c}", RATIO, "bcr"),
        ("Return on investment (net)", "£ per £1", "Net value over cost", value.romi, "({b}-{c})/{c}",
         RATIO, "romi"),
    ):  # fmt: skip
        figures = tuple(
            _figure(
                figure,
                end,
                formula.replace("{b}", f"{{vfm.{n}.social.{end}}}").replace("{c}", cost),
                form,
                f"vfm.{n}.{key}.{end}",
                shown=shown or end != "point",
                guard="" if key == "npsv" else f"AND({cost}>0,{{vfm.{n}.social.high}}>0)",
            )
            for end in ("point", "low", "high")
        )
        yield words(title, Look.LABEL), words(unit), words(how), *figures


def _figure(figure: Figure, end: str, formula: str, form: str, name: str, *, shown: bool, guard: str) -> Cell:
    if not shown:
        return instead("range only")
    value = NONE if figure.interval is None else getattr(figure.interval, end)
    text = f'=IF({guard},{formula},"{NONE}")' if guard else f"={formula}"
    return live(text, value, form, name=name, look=Look.TOTAL)


def _share(item: Item, end: str) -> Cell:
    """Cost over benefit; its low end goes with the high end of the benefit."""
    n, cost = item.n, f"{{vfm.{item.n}.cost}}"
    found = item.finding.value.breakeven_share.interval
    central = f"{{cpo.{n}.gain}}*{{vu.{n}.social.{results.CENTRAL + 1}}}"
    benefit = {"point": central, "low": _high(n), "high": _low(n)}[end]
    shown = NONE if found is None else getattr(found, end)
    value = ENDLESS if isinstance(shown, float) and math.isinf(shown) else shown
    inner = f'IF({benefit}>0,{cost}/({benefit}),"{ENDLESS}")'
    text = f'=IF(AND({cost}>0,{_high(n)}>0),{inner},"{NONE}")'
    return live(text, value, SHARE, name=f"vfm.{n}.even.{end}", look=Look.TOTAL)


def _low(n: int) -> str:
    return reached(n, "social", "low")


def _high(n: int) -> str:
    return reached(n, "social", "high")


def _payback(item: Item) -> Iterator[tuple[Cell, ...]]:
    found = item.finding.value.payback_years
    if found.interval is None:
        cells = [instead(NONE)] * 3
    else:
        named = (found.interval.point, found.interval.low, found.interval.high)
        cells = [instead("not within the years" if math.isinf(x) else f"{x:.0f}") for x in named]
        if item.finding.value.claim is MoneyClaim.RANGE:
            cells[0] = instead("range only")
    yield (
        words("Payback (held)"),
        words("years"),
        words("Financial years until the cost is met; not live"),
        *cells,
    )


def sensitivity(found: tuple[Item, ...]) -> Section:
    """Lay out scenarios, swings and switching values of every valued finding."""
    blocks: list[Block] = []
    for item in valued(found):
        if item.finding.value.claim is MoneyClaim.BREAK_EVEN:
            continue
        n = item.n
        blocks.append(Heading(f"Finding {n}. {item.title}"))
        if item.finding.value.claim is MoneyClaim.RANGE:
            blocks.append(Words("The evidence allows a range only: central figures are no best estimate."))
        head = (Column("Scenario"), Column("What is assumed"), Column("Net present value (£)", figures=True))
        blocks.append(Table(f"sc.{n}", head, tuple(_scenarios(item))))
        swings = (
            Column("Assumption alone at its ends, widest first"),
            Column("From"),
            Column("Net present value, low (£)", "low", figures=True),
            Column("Net present value, high (£)", "high", figures=True),
            Column("Swing (£)", figures=True),
        )
        blocks.append(Table(f"sw.{n}", swings, tuple(_swings(item))))
        switches = (
            Column("Switching value: net present value is nil at"),
            Column("Unit"),
            Column("Now", figures=True),
            Column("Switches at", figures=True),
        )
        blocks.append(Table(f"st.{n}", switches, tuple(_switches(item))))
    return Section(
        name="Sensitivity",
        title="Sensitivity",
        about="How the net present value moves when the assumptions do. All figures are formulas.",
        blocks=tuple(blocks),
        widths=(52, 54, 18, 18, 18),
        landscape=True,
    )


def _net(n: int, effect: str, case: int) -> str:
    return f"{{cpo.{n}.gain{effect}}}*{{vu.{n}.social.{case + 1}}}-{{vt.{n}.cost}}"


def _scenarios(item: Item) -> Iterator[tuple[Cell, ...]]:
    n = item.n
    m, cost = results.CENTRAL, f"{{vt.{n}.cost}}"
    only = f"SUMPRODUCT({{vx.{n}.only}},{{vf.{n}.social}})"
    formulas = {
        "Central": _net(n, "", m),
        "Cautious": _net(n, ".low", 0),
        "Favourable": _net(n, ".high", 8),
        "Observed years only": f"{{cpo.{n}.gain}}*{{vt.{n}.keep}}*{only}-{cost}",
        "Without the benefit cut": f"{{cpo.{n}.gain}}*{{vu.{n}.social.{m + 1}}}/{{vt.{n}.keep}}-{cost}",
        "Cash only": f"{{cpo.{n}.gain}}*{{vu.{n}.cash.{m + 1}}}-{cost}",
    }
    for s in item.finding.value.scenarios:
        cell = live(f"={formulas[s.name]}", s.npsv, POUNDS, name=f"sc.{n}.{s.name}")
        yield words(s.name), words(s.what), cell


def _swings(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, m = item.n, results.CENTRAL
    for i, s in enumerate(item.finding.value.swings, start=1):
        if s.line == 0:
            ends = [_net(n, ".low", m), _net(n, ".high", m)]
        else:
            j, pair = s.line, (1, 7) if s.value else (3, 5)
            share = f"{{vf.{n}.social.{j}}}*{{cpo.{n}.gain}}*{{vt.{n}.keep}}"
            ends = [f"{_net(n, '', m)}+{share}*({{vx.{n}.c{c}.{j}}}-{{vx.{n}.c4.{j}}})" for c in pair]
        yield (
            words(s.name),
            words("Its low or cautious end to its high or favourable end"),
            live(f"={ends[0]}", s.low, POUNDS),
            live(f"={ends[1]}", s.high, POUNDS),
            live(f"={{sw.{n}.high.{i}}}-{{sw.{n}.low.{i}}}", s.high - s.low, POUNDS),
        )


def _switches(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, worth = item.n, f"{{vu.{item.n}.social.{results.CENTRAL + 1}}}"
    cost, effect = f"{{vt.{n}.cost}}", f"{{cpo.{n}.gain}}"
    for s in item.finding.value.switches:
        unit = item.outcome.unit if s.unit == "units" else s.unit
        if s.line:
            j = s.line
            per = (
                f"{{vf.{n}.social.{j}}}*{effect}*{{vt.{n}.keep}}*{{vx.{n}.c4.{j}}}/{{v.{n}.{j}.unit.central}}"
            )
            now, top = f"{{v.{n}.{j}.unit.central}}", f"{effect}*{worth}-{cost}"
            at, form = f"{now}-({top})/({per})", "£#,##0.00"
        elif s.name.startswith("Improvement"):
            now, at, form = effect, f"{cost}/{worth}", "#,##0"
        elif s.name.startswith("Full"):
            now, at, form = cost, f"{effect}*{worth}", POUNDS
        else:
            now, form = f"1-{{vt.{n}.keep}}", SHARE
            at = f"1-{cost}*{{vt.{n}.keep}}/({effect}*{worth})"
        shown = "none" if s.switch is None else s.switch
        cell = live(f'=IFERROR(IF({at}<0,"none",{at}),"none")', shown, form)
        yield words(s.name), words(unit), live(f"={now}", s.now, form), cell


def recap(item: Item) -> str:
    """The value in one sentence, for the Summary."""
    value = item.finding.value
    if value.basis is None:
        return f"Not worked out, because {value.npsv.reason.rstrip('.')}."
    even, npsv = value.breakeven_share.interval, value.npsv.interval
    said = f"What may be said: {value.claim.value}."
    if npsv is not None:
        low, high = money(round(npsv.low, -2)), money(round(npsv.high, -2))
        said += f" Net present value from {low} to {high}."
    if value.probability_positive is not None:
        said += f" A net gain in {value.probability_positive:.0%} of cases."
    if even is not None and math.isfinite(even.point):
        said += f" It pays for itself if {even.point:.0%} of the change is the campaign's."
    cash = value.cashable.interval
    if cash is None and value.claim is not MoneyClaim.BREAK_EVEN:
        said += " None of it releases cash."
    agencies = [a for a, _ in value.by_agency]
    if agencies:
        said += f" Saves: {', '.join(agencies)}."
    return said


def summary_rows(item: Item) -> Iterator[tuple[Cell, ...]]:
    """Net present value and ratio for the Summary, live from Value for money; none where none may be said."""
    value = item.finding.value
    if value.basis is None or value.npsv.interval is None:
        return
    shown = value.claim is MoneyClaim.POINT
    for title, said, key, figure, form in (
        ("Net present value", "Benefit less cost, real and discounted.", "npsv", value.npsv, POUNDS),
        ("Benefit-cost ratio", "Pounds of benefit for each pound of cost, gross.", "bcr", value.bcr, RATIO),
    ):
        cells = []
        for end in ("point", "low", "high"):
            if end == "point" and not shown:
                cells.append(instead("range only"))
                continue
            number = NONE if figure.interval is None else getattr(figure.interval, end)
            cells.append(live(f"={{vfm.{item.n}.{key}.{end}}}", number, form))
        yield words(title, Look.LABEL), words(said), *cells


def value_claims(item: Item) -> Iterator[tuple[str, str, float, float | str, str]]:
    """What the self-check compares with the library: title, formula, value, value expected, format."""
    value = item.finding.value
    if value.basis is None or value.npsv.interval is None:
        return
    for end, title in (("low", "low end"), ("point", "best estimate"), ("high", "high end")):
        if end == "point" and value.claim is not MoneyClaim.POINT:
            continue
        npsv = getattr(value.npsv.interval, end)
        name = f"Finding {item.n}: net present value, {title}"
        yield name, f"={{vfm.{item.n}.npsv.{end}}}", npsv, npsv, POUNDS
    cost = value.basis.cost
    yield f"Finding {item.n}: present value of the cost", f"={{vt.{item.n}.cost}}", cost, cost, POUNDS
    weights = f"=SUM({{vu.{item.n}.w}})"
    yield f"Finding {item.n}: weights of the cases come to 1", weights, 1.0, 1.0, RATIO
