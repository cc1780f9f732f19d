"""Sensitivity: scenarios, the effect of each assumption alone, and the values at which nothing is gained.

1. Every figure is a formula; what several of them rest on stands once, at the top of each finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.money import results
from evalkit.money.value import Switch
from evalkit.pack.assumptions import basis_of, valued
from evalkit.pack.items import Item
from evalkit.pack.sections import (
    PENCE,
    POUNDS,
    SHARE,
    Block,
    Cell,
    Column,
    Heading,
    Section,
    Table,
    Words,
    instead,
    live,
    words,
)
from evalkit.pack.value_range import improvement_in_all
from evalkit.vocabulary import MoneyClaim

NONE, NONE_SUCH = "none", "not applicable"


def sensitivity(found: tuple[Item, ...]) -> Section:
    """Lay out scenarios, swings and switching values of every valued finding."""
    blocks: list[Block] = []
    for item in valued(found):
        if item.finding.value.claim is MoneyClaim.BREAK_EVEN:
            continue
        blocks.append(Heading(f"Finding {item.n}. {item.title}"))
        if item.finding.value.claim is MoneyClaim.RANGE:
            blocks.append(Words("The evidence allows a range only: central figures are no best estimate."))
        blocks += list(_tables(item))
    return Section(
        name="Sensitivity",
        title="Sensitivity",
        about="How the net present value moves when the assumptions do. All figures are formulas.",
        blocks=tuple(blocks),
        widths=(52, 56, 19, 19, 19),
        landscape=True,
    )


def _tables(item: Item) -> Iterator[Block]:
    n = item.n
    used = (
        Column("What the figures below rest on"),
        Column("Unit"),
        Column("Central", figures=True),
        Column("Low end", figures=True),
        Column("High end", figures=True),
    )
    yield Table(f"sx.{n}", used, tuple(_used(item)))
    scenarios = (
        Column("Scenario"),
        Column("What is assumed"),
        Column("Net present value (£)", "npsv", figures=True),
        Column("Benefit-cost ratio (£ per £1)", figures=True),
    )
    yield Table(f"sc.{n}", scenarios, tuple(_scenarios(item)))
    swings = (
        Column("Assumption alone at its ends, widest first"),
        Column("From"),
        Column("Net present value, low (£)", "low", figures=True),
        Column("Net present value, high (£)", "high", figures=True),
        Column("Swing (£)", figures=True),
    )
    yield Table(f"sw.{n}", swings, tuple(_swings(item)))
    switches = (
        Column("Switching value: net present value is nil at"),
        Column("Unit"),
        Column("Now", "now", figures=True),
        Column("Worked out", "at", figures=True),
        Column("Switches at, if possible", figures=True),
    )
    yield Table(f"st.{n}", switches, tuple(_switches(item)))


def _used(item: Item) -> Iterator[tuple[Cell, ...]]:
    """What every formula below rests on."""
    n, basis, total = item.n, basis_of(item), improvement_in_all(item)
    worth, key = results.units(basis), f"sx.{item.n}"
    gains = (("", total.point), (".low", total.low), (".high", total.high))
    yield (
        words("Improvement in all"),
        words(item.better),
        *(live(f"={{cpo.{n}.gain{e}}}", x, "#,##0", name=f"{key}.gain{e}") for e, x in gains),
    )
    named = (("", results.CENTRAL), (".low", 0), (".high", 8))
    yield (
        words("Worth of a unit of improvement"),
        words("£, central, and with value and lasting at one end together"),
        *(live(f"={{vu.{n}.social.{c + 1}}}", worth[c], PENCE, name=f"{key}.worth{e}") for e, c in named),
    )
    none = instead("no range")
    yield (
        words("Cost, present value"),
        words("£"),
        live(f"={{vt.{n}.cost}}", basis.cost, POUNDS, name=f"{key}.cost"),
        none,
        none,
    )
    yield (
        words("Left of benefits after the cut"),
        words("share"),
        live(f"={{vt.{n}.keep}}", 1 - basis.cut, SHARE, name=f"{key}.keep"),
        none,
        none,
    )


def _scenarios(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, of = item.n, f"{{sx.{item.n}"
    gain, worth, cost = f"{of}.gain}}", f"{of}.worth}}", f"{of}.cost}}"
    formulas = {
        "Central": f"{gain}*{worth}-{cost}",
        "Cautious": f"{of}.gain.low}}*{of}.worth.low}}-{cost}",
        "Favourable": f"{of}.gain.high}}*{of}.worth.high}}-{cost}",
        "Observed years only": f"{gain}*SUM({{vs.{n}.only}})-{cost}",
        "Without the benefit cut": f"{gain}*{worth}/{of}.keep}}-{cost}",
        "Cash only": f"{{vb.{n}.cash.point}}-{cost}",
    }
    for s in item.finding.value.scenarios:
        npsv = live(f"={formulas[s.name]}", s.npsv, POUNDS)
        here = f"{{sc.{n}.npsv.{list(formulas).index(s.name) + 1}}}"
        ratio = live(
            f'=IF({{$sx.{n}.cost}}>0,({here}+{{$sx.{n}.cost}})/{{$sx.{n}.cost}},"{NONE_SUCH}")',
            NONE_SUCH if s.bcr is None else s.bcr,
            "0.00",
        )
        yield words(s.name), words(s.what), npsv, ratio


def _swings(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, of = item.n, f"{{sx.{item.n}"
    gain, worth, cost = f"{of}.gain}}", f"{of}.worth}}", f"{of}.cost}}"
    for i, s in enumerate(item.finding.value.swings, start=1):
        if s.line == 0:
            ends = [f"{of}.gain.{end}}}*{worth}-{cost}" for end in ("low", "high")]
        else:
            what, j = "v" if s.value else "k", s.line
            ends = [
                f"{gain}*({worth}+{{vs.{n}.{what}{end}.{j}}}-{{vs.{n}.c.{j}}})-{cost}"
                for end in ("low", "high")
            ]
        yield (
            words(s.name),
            words("Its low or cautious end to its high or favourable end"),
            live(f"={ends[0]}", s.low, POUNDS),
            live(f"={ends[1]}", s.high, POUNDS),
            live(f"={{sw.{n}.high.{i}}}-{{sw.{n}.low.{i}}}", s.high - s.low, POUNDS),
        )


def _switches(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, of = item.n, f"{{sx.{item.n}"
    gain, worth, cost, keep = (f"{of}.{k}}}" for k in ("gain", "worth", "cost", "keep"))
    for i, s in enumerate(item.finding.value.switches, start=1):
        unit = item.outcome.unit if s.unit == "units" else s.unit
        if s.line:
            j = s.line
            now, form = f"{{v.{n}.{j}.unit.central}}", PENCE
            at = f"{{st.{n}.now.{i}}}*(1-({gain}*{worth}-{cost})/({gain}*{{vs.{n}.c.{j}}}))"
        elif s.name.startswith("Improvement"):
            now, at, form = gain, f"{cost}/{worth}", "#,##0"
        elif s.name.startswith("Full"):
            now, at, form = cost, f"{gain}*{worth}", POUNDS
        else:
            now, at, form = f"1-{keep}", f"1-{cost}*{keep}/({gain}*{worth})", SHARE
        found = NONE if s.switch is None else s.switch
        worked = _worked(item, s)
        yield (
            words(s.name),
            words(unit),
            live(f"={now}", s.now, form),
            live(f'=IFERROR({at},"{NONE}")', worked, form),
            live(f'=IF({{st.{n}.at.{i}}}<0,"{NONE}",{{st.{n}.at.{i}}})', found, form),
        )


def _worked(item: Item, switch: Switch) -> float | str:
    """What a switching value is worked out to be, possible or not."""
    basis, gain = basis_of(item), improvement_in_all(item).point
    worth, cost = results.units(basis)[results.CENTRAL], basis.cost
    if switch.line:
        line = basis.lines[switch.line - 1]
        part = gain * results.social(line) * (1 - basis.cut) * line.worth(1, 1)
        return line.central * (1 - (gain * worth - cost) / part) if part else NONE
    if switch.name.startswith("Improvement"):
        return cost / worth if worth else NONE
    if switch.name.startswith("Full"):
        return gain * worth
    return 1 - cost * (1 - basis.cut) / (gain * worth) if gain * worth else NONE
