"""Value for money: what it was worth, what that rests on, and when it has paid for itself.

1. Net present value first, then the gross ratio, then the net return.
2. No best estimate where the evidence allows a range only, nothing but the break-even share where it allows
   no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from evalkit.amounts import in_draws, money
from evalkit.estimate import Interval
from evalkit.money import years as calendar
from evalkit.money.value import Figure
from evalkit.pack.assumptions import basis_of
from evalkit.pack.costs import cost_links
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
from evalkit.pack.value_charts import paying_chart
from evalkit.pack.value_moves import said
from evalkit.pack.value_range import Kind, improvement_in_all, kinds, present_value
from evalkit.vocabulary import Beneficiary, MoneyClaim

ENDS = (
    Column("Best estimate", figures=True),
    Column("Low end", figures=True),
    Column("High end", figures=True),
)
RATIO, YEARS = "0.00", "0"
NONE, ENDLESS, NEVER = "not applicable", "no upper limit", "not within the years"
PLACES = ("point", "low", "high")
UNSAID = "range only"
COST_EACH = "From Cost per outcome: full cost over the improvement, not discounted"


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
    chart = paying_chart(item)
    if chart:
        yield chart
    for warning in value.warnings:
        yield Words(warning)


def _steps(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, value, claim = item.n, item.finding.value, item.finding.value.claim
    total = improvement_in_all(item)
    ends = (("", total.point), (".low", total.low), (".high", total.high))
    gains = [live(f"={{vi.{n}.gain{e}}}", x, "#,##0") for e, x in ends]
    if not said(item):
        gains[0] = instead(UNSAID)
    yield (
        words("Improvement in all"),
        words(item.better),
        words("From Estimates, in the good direction"),
        *gains,
    )
    cost = live(f"={{vt.{n}.cost}}", basis_of(item).cost, POUNDS, name=f"vfm.{n}.cost")
    none = instead("no range")
    how = "Real, discounted, with optimism bias"
    yield words("Cost, present value"), words("£"), words(how), cost, none, none
    possible = _possible(item)
    test = f'=IF(AND({{vfm.{n}.cost}}>0,{{vb.{n}.social.high}}>0),"yes","no")'
    yield (
        words("Is there something to compare?"),
        words("yes or no"),
        words("A cost has been entered and a benefit is possible"),
        live(test, "yes" if possible else "no", name=f"vfm.{n}.possible"),
        none,
        none,
    )
    if claim is not MoneyClaim.BREAK_EVEN:
        yield from _worth(item)
        yield words("Cost per outcome"), words("£, pounds of the day"), words(COST_EACH), *cost_links(item)
        what = "Financial years from the first one until central values come to the cost"
        paid = (_paid(item, end) for end in PLACES)
        yield words("Payback period"), words("years"), words(what), *paid
    share = tuple(_share(item, end) for end in PLACES)
    how = "Cost over benefit: how much of the change must be the campaign's for it to pay back"
    yield words("Break-even share", Look.LABEL), words("share of the change"), words(how), *share
    if claim is MoneyClaim.BREAK_EVEN:
        return
    likely = NONE if value.probability_positive is None else value.probability_positive
    share_of = f"1-{{vg.{n}.p.1}}-SUMPRODUCT({{vu.{n}.w}},{{vn.{n}.miss}})"
    chance = live(f'=IF({_worth_something(n)},{share_of},"{NONE}")', likely, SHARE, name=f"vfm.{n}.chance")
    what = "Share of cases in which benefit exceeds cost"
    yield words("Probability of a net gain"), words("share of cases"), words(what), chance, none, none


def _worth_something(n: int) -> str:
    """Whether a unit has any social value: with transfers alone there is nothing to set against the cost."""
    return f"MAX({{vu.{n}.social}})>0"


def _possible(item: Item) -> bool:
    return item.finding.value.breakeven_share.interval is not None


def _worth(item: Item) -> Iterator[tuple[Cell, ...]]:
    n, value = item.n, item.finding.value
    shown = said(item)
    moved = any(x.transfer for x in basis_of(item).lines)
    for kind in kinds(basis_of(item)):
        cells = (_benefit(item, kind, end, shown=shown) for end in PLACES)
        yield words(_kind_title(kind, moved=moved)), words("£"), words(_kind_how(kind, moved=moved)), *cells
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
                formula.replace("{b}", f"{{vb.{n}.social.{end}}}").replace("{c}", cost),
                form,
                f"vfm.{n}.{key}.{end}",
                shown=shown or end != "point",
                guard=_worth_something(n) if key == "npsv" else f'{{vfm.{n}.possible}}="yes"',
            )
            for end in PLACES
        )
        yield words(title, Look.LABEL), words(unit), words(how), *figures


def _kind_title(kind: Kind, *, moved: bool) -> str:
    """Parts are parts of the benefit, unless transfers are among them: those are in no social value."""
    if kind.key == "social":
        return "Benefit, present value"
    return kind.title if moved else f"of which {kind.title[:1].lower()}{kind.title[1:]}"


def _kind_how(kind: Kind, *, moved: bool) -> str:
    beside = ", transfers included" if moved else ""
    if kind.key == "social":
        return "Improvement, times what a unit is worth after the cut" + (
            "; transfers left out" if moved else ""
        )
    if kind.key == "moved":
        return "One side's gain is another's loss: in no benefit, ratio or net value"
    if kind.key == "cash":
        return f"What releases money{beside}"
    fiscal = kind.key == Beneficiary.FISCAL.value[:3] or kind.key.startswith("body")
    return f"Present value{beside if fiscal else ''}"


def _benefit(item: Item, kind: Kind, end: str, *, shown: bool) -> Cell:
    """Present value of a kind of benefit at one end, from Value working."""
    if end == "point" and not shown:
        return instead(UNSAID)
    found = present_value(item, kind)
    value = 0.0 if found is None else getattr(found, end)
    return live(f"={{vb.{item.n}.{kind.key}.{end}}}", value, POUNDS, name=f"vfm.{item.n}.{kind.key}.{end}")


def _figure(figure: Figure, end: str, formula: str, form: str, name: str, *, shown: bool, guard: str) -> Cell:
    if not shown:
        return instead(UNSAID)
    value = NONE if figure.interval is None else getattr(figure.interval, end)
    return live(f'=IF({guard},{formula},"{NONE}")', value, form, name=name, look=Look.TOTAL)


def _share(item: Item, end: str) -> Cell:
    """Cost over benefit; its low end goes with the high end of the benefit."""
    if end == "point" and not said(item):
        return instead(UNSAID)
    n, cost = item.n, f"{{vfm.{item.n}.cost}}"
    found = item.finding.value.breakeven_share.interval
    other = {"point": "point", "low": "high", "high": "low"}[end]
    benefit = f"{{vb.{n}.social.{other}}}"
    shown = NONE if found is None else getattr(found, end)
    value = ENDLESS if isinstance(shown, float) and math.isinf(shown) else shown
    inner = f'IF({benefit}>0,{cost}/{benefit},"{ENDLESS}")'
    text = f'=IF({{vfm.{n}.possible}}="yes",{inner},"{NONE}")'
    return live(text, value, SHARE, name=f"vfm.{n}.even.{end}", look=Look.TOTAL)


def _paid(item: Item, end: str) -> Cell:
    """Years until the cost is met; the low end goes with the high end of the effect."""
    n, found = item.n, item.finding.value.payback_years.interval
    if end == "point" and not said(item):
        return instead(UNSAID)
    after = math.inf if found is None else getattr(found, end)
    value = NONE if not _possible(item) else NEVER if math.isinf(after) else after
    unpaid = f"{{vk.{n}.{end}}}"
    inner = f'IF({unpaid}<ROWS({{vr.{n}.sum}}),{unpaid}+1,"{NEVER}")'
    text = f'=IF({{vfm.{n}.possible}}="yes",{inner},"{NONE}")'
    return live(text, value, YEARS, name=f"vfm.{n}.paid.{end}")


def recap(item: Item) -> str:
    """The value in one sentence, for the Summary."""
    value = item.finding.value
    if value.basis is None:
        return f"Not worked out, because {value.npsv.reason.rstrip('.')}."
    even, npsv = value.breakeven_share.interval, value.npsv.interval
    told = f"What may be said: {value.claim.value}."
    if npsv is not None:
        best, low, high = (_in_hundreds(x) for x in (npsv.point, npsv.low, npsv.high))
        whole = (
            f"{best} (range {low} to {high})" if value.claim is MoneyClaim.POINT else f"from {low} to {high}"
        )
        told += f" Net present value {whole}."
    if value.probability_positive is not None:
        told += f" A net gain in {in_draws(value.probability_positive, 'less than', 'more than')} of cases."
    if even is not None:
        told += f" {breakeven_words(even, best=value.breakeven_share.best)}"
    cash = value.cashable.interval
    if cash is None and value.claim is not MoneyClaim.BREAK_EVEN:
        told += " None of it releases cash."
    agencies = [a for a, _ in value.by_agency]
    if agencies:
        told += f" {'Saves' if said(item) else 'Any saving would be of'}: {', '.join(agencies)}."
    return told


def _in_hundreds(pounds: float) -> str:
    """To the nearest £100, but never a gain or loss turned into nil."""
    return money(round(pounds, -2) or round(pounds))


def breakeven_words(share: Interval, *, best: bool) -> str:
    """How much of the change would have to be the campaign's; more than all of it is said to be that."""
    low, high = (f"{x:.0%}" for x in (share.low, share.high))
    if (share.point if best else share.low) > 1:
        return "It would not pay for itself even if all of the change were the campaign's."
    if best:
        most = f"to {high}" if share.high <= 1 else "to more than all of it"
        return (
            f"It pays for itself if {share.point:.0%} of the change is the campaign's (range {low} {most})."
        )
    if share.high <= 1:
        return f"It pays for itself if {low} to {high} of the change is the campaign's."
    return (
        f"It pays for itself if at least {low} of the change is the campaign's; at the low end of the "
        "change, not even if all of it is."
    )


def summary_rows(item: Item) -> Iterator[tuple[Cell, ...]]:
    """Net present value and ratio for the Summary, live from Value for money; none where none may be said."""
    value = item.finding.value
    if value.basis is None or value.npsv.interval is None:
        return
    shown = said(item)
    for title, told, key, figure, form in (
        ("Net present value", "Benefit less cost, real and discounted.", "npsv", value.npsv, POUNDS),
        ("Benefit-cost ratio", "Pounds of benefit for each pound of cost, gross.", "bcr", value.bcr, RATIO),
    ):
        cells = []
        for end in ("point", "low", "high"):
            if end == "point" and not shown:
                cells.append(instead(UNSAID))
                continue
            number = NONE if figure.interval is None else getattr(figure.interval, end)
            cells.append(live(f"={{vfm.{item.n}.{key}.{end}}}", number, form))
        yield words(title, Look.LABEL), words(told), *cells


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
    for j in range(1, len(value.basis.lines) + 1):
        of = f"{{v.{item.n}.{j}.years."
        name = f"Finding {item.n}, value {j}: years entered for which there is no room"
        yield name, f"=MAX(MAX({of}low}}:{of}high}})-{{a.{item.n}.room}},0)", 0.0, 0.0, YEARS
