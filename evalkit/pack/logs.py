"""Logs: versions, assumptions, data and decisions, each with who stands behind it.

1. Every assumption of an appraisal has a number, its figure from Assumptions, what it does to the net value,
   and whether anybody signed for it; where nobody did, that is said.
2. Nothing is worked out here: figures are links.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.amounts import british_date
from evalkit.campaign.header import Campaign
from evalkit.campaign.reference_values import ReferenceValue
from evalkit.campaign.valuation import SignOff
from evalkit.evaluation import Evaluation
from evalkit.money.value import ValueLine
from evalkit.pack.assumptions import YEAR, basis_of, valued
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
    Section,
    Table,
    Words,
    as_entered,
    instead,
    live,
    number,
    words,
)
from evalkit.pack.value_moves import place, said
from evalkit.pack.value_range import improvement_in_all
from evalkit.vocabulary import MoneyClaim, SignOffEntry

NOBODY = "nobody has said"
DECIDED = (
    SignOffEntry.ASSUMPTION,
    SignOffEntry.DECISION,
    SignOffEntry.WORKED,
    SignOffEntry.DID_NOT_WORK,
    SignOffEntry.NEXT_TEST,
)


def logs(evaluation: Evaluation, found: tuple[Item, ...], since: Evaluation | None) -> Section:
    """Lay out the logs that an assurer asks for."""
    blocks: list[Block] = [Heading("Versions"), _versions(evaluation, since)]
    if any(item.finding.value.basis for item in found):
        blocks += [Heading("Reference values and their vintage"), _vintages(found)]
    own = evaluation.programme.reference_values
    if own:
        blocks += [Heading("Reference values of the organisation's own"), _own(own)]
    for item in valued(found):
        blocks.append(Heading(f"Assumptions of finding {item.n}. {item.title}"))
        blocks.append(Table(f"log.{item.n}", ASSUMED, tuple(_numbered(item))))
    blocks += [Heading("Data"), _data(evaluation)]
    blocks.append(Heading("Assumptions and decisions as signed"))
    decisions = tuple(_decisions(evaluation))
    if decisions:
        head = (Column("Entry"), Column("Campaign"), Column("Statement"), Column("Who and when"))
        blocks.append(Table("log.decisions", head, decisions))
    else:
        blocks.append(Words("None was entered on the sheet Sign-off."))
    return Section(
        name="Logs",
        title="Logs of versions, assumptions, data and decisions",
        about="For assurance: what each figure rests on, what it does to the answer, who stands behind it.",
        blocks=tuple(blocks),
        widths=(20, 18, 40, 40, 24, 17, 17, 17),
        landscape=True,
    )


def _versions(evaluation: Evaluation, since: Evaluation | None) -> Table:
    head = (
        Column("Version"), Column("Date of the figures"), Column("What changed"), Column("Made with"),
        Column("Checked by"), Column("Accepted by"),
    )  # fmt: skip
    rows = []
    if since is not None:
        rows.append(_version("Earlier evaluation", since, "The one that this is compared with"))
    new = "The sheet What changed lists it" if since else "No earlier evaluation was given"
    rows.append(_version("This evaluation", evaluation, new))
    return Table("log.versions", head, tuple(rows))


def _version(title: str, evaluation: Evaluation, new: str) -> tuple[Cell, ...]:
    p, campaigns = evaluation.provenance, evaluation.programme.campaigns
    made = f"evalkit {dict(p.versions).get('evalkit', 'unknown')}; grading rules {p.rule_set}"
    return (
        words(title),
        words(british_date(p.as_of)),
        words(new),
        words(made),
        words(_signed(campaigns, SignOffEntry.ASSURED)),
        words(_signed(campaigns, SignOffEntry.APPROVED)),
    )


def _signed(campaigns: tuple[Campaign, ...], entry: SignOffEntry) -> str:
    """Who signed as what, on any of the campaigns."""
    found = [_who(s) for c in campaigns for s in c.sign_off if s.entry is entry]
    return "; ".join(dict.fromkeys(found)) or NOBODY


def _who(entry: SignOff) -> str:
    """The post and the day, as far as they are known."""
    return ", ".join(t for t in (entry.name, british_date(entry.on) if entry.on else "") if t) or "not named"


def _vintages(found: tuple[Item, ...]) -> Table:
    used = dict.fromkeys(v for item in valued(found) for v in basis_of(item).vintages)
    rows = tuple((words(file.replace("_", " ")), words(vintage)) for file, vintage in sorted(used))
    return Table("log.vintages", (Column("Reference file"), Column("Vintage")), rows)


def _own(values: tuple[ReferenceValue, ...]) -> Table:
    """What was given in place of evalkit's own values."""
    head = (
        Column("File"), Column("Series"), Column("Which one"), Column("Source"), Column("Unit"),
        Column("Vintage"), Column("Price year"), Column("Value", figures=True),
    )  # fmt: skip
    rows = tuple(
        (
            words(v.file.replace("_", " ")),
            words(v.series),
            words(v.item if v.label == v.item else f"{v.item}: {v.label}"),
            words(f"{v.source}. Reliability: {v.rag}"),
            words(v.unit),
            words(v.vintage),
            words(v.price_year or "not applicable"),
            number(v.value, as_entered(v.value)),
        )
        for v in values
    )
    return Table("log.own", head, rows)


ASSUMED = (
    Column("Number"),
    Column("Unit"),
    Column("Assumption"),
    Column("Source and reliability"),
    Column("Signed off by"),
    Column("Figure (central)", figures=True),
    Column("Lowest net value with it alone at its ends (£)", figures=True),
    Column("Highest net value with it alone at its ends (£)", figures=True),
)
Row = tuple[str, str, Cell, tuple[Cell, Cell], str]


def _numbered(item: Item) -> Iterator[tuple[Cell, ...]]:
    """Every assumption of a finding with its number."""
    signed = _signed((item.campaign,), SignOffEntry.APPROVED)
    for i, (title, unit, figure, effect, source) in enumerate(_assumed(item), start=1):
        number = f"A{item.n}.{i}"
        yield words(number), words(unit), words(title), words(source), words(signed), figure, *effect


def _effect(item: Item, line: int, *, value: bool) -> tuple[Cell, Cell]:
    """The lowest and highest net value that an assumption alone brings, as on Sensitivity."""
    swings = item.finding.value.swings
    if item.finding.value.claim is MoneyClaim.BREAK_EVEN:
        return instead("not to be stated"), instead("not to be stated")
    swing = next(s for s in swings if (s.line, s.value) == (line, value))
    low, high = (f"={{vz.{item.n}.{end}.{place(line, value=value)}}}" for end in ("low", "high"))
    return live(low, swing.low, POUNDS), live(high, swing.high, POUNDS)


ALONE = (instead("not varied alone"), instead("not varied alone"))


def _assumed(item: Item) -> Iterator[Row]:
    n, basis = item.n, basis_of(item)
    total = improvement_in_all(item).point
    gain = live(f"={{vi.{n}.gain}}", total, WHOLE) if said(item) else instead("range only")
    grade = f"Evidence at level {item.finding.grade.level}; sheet Checks and grade"
    yield ("Improvement in all", item.better, gain,
           _effect(item, 0, value=False), grade)  # fmt: skip
    yield ("Cut of benefits for confidence", "share", live(f"=1-{{vt.{n}.keep}}", basis.cut, SHARE), ALONE,
           f"Confidence grade {basis.grade}")  # fmt: skip
    yield ("Cost, present value", "£", live(f"={{vt.{n}.cost}}", basis.cost, POUNDS), ALONE,
           "Sheet Costs, with the optimism bias on Assumptions")  # fmt: skip
    yield ("A later year repeats", "share of the effect", live(f"={{a.{n}.annual}}", basis.annual, "0.000"),
           ALONE, "The observed effect over the years observed, at most all of it")  # fmt: skip
    for j, line in enumerate(basis.lines, start=1):
        yield from _of_line(item, j, line)


def _of_line(item: Item, j: int, line: ValueLine) -> Iterator[Row]:
    of = f"={{v.{item.n}.{j}."
    lasting = _effect(item, j, value=False)
    yield (f"Value {j}: {line.label}", f"£ of {line.price_year}",
           live(f"{of}unit.central}}", line.central, PENCE), _effect(item, j, value=True),
           f"{line.source}. Reliability: {line.rag}" + (f"; {line.weak}" if line.weak else ""))  # fmt: skip
    yield (f"Value {j}: years beyond the observed ones", "years",
           live(f"{of}years.central}}", line.duration[1], YEAR), lasting, "Sheet Money")  # fmt: skip
    yield (f"Value {j}: drop-off", "share a year", live(f"{of}drop.central}}", line.drop_off[1], SHARE),
           lasting, "Sheet Money; with the years above")  # fmt: skip
    for title, key, figure in (
        ("leakage", "leakage", line.leakage),
        ("displacement", "displacement", line.displacement),
        ("deadweight", "deadweight", line.deadweight),
        ("cashable share", "cashable", line.cashable),
    ):
        cell = live(f"{of}{key}}}", figure, SHARE)
        yield f"Value {j}: {title}", "share", cell, ALONE, "Sheet Money; blank counts as nil"


def _data(evaluation: Evaluation) -> Table:
    """Where the figures of each outcome come from."""
    head = (
        Column("Outcome"), Column("Unit"), Column("Source"), Column("Service owner"),
        Column("Figures as of"), Column("Data grade, 1 to 6"),
    )  # fmt: skip
    programme = evaluation.programme
    owners = "; ".join(dict.fromkeys(c.service_owner for c in programme.campaigns if c.service_owner))
    as_of = british_date(evaluation.provenance.as_of)
    rows = tuple(
        (words(o.name), words(o.unit), words(o.source or "not said"), words(owners or "not said"),
         words(as_of), words(o.data_grade.value if o.data_grade else "not graded"))
        for o in programme.outcomes
    )  # fmt: skip
    return Table("log.data", head, rows)


def _decisions(evaluation: Evaluation) -> Iterator[tuple[Cell, ...]]:
    for campaign in evaluation.programme.campaigns:
        for s in campaign.sign_off:
            if s.entry in DECIDED:
                yield (words(s.entry.value), words(campaign.title), words(s.statement or "not said"),
                       words(_who(s)))  # fmt: skip
