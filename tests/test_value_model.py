"""Every assumption, one at a time: the workbook moves where the library moves, and nowhere else."""

from __future__ import annotations

import csv
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from evalkit.campaign.delivery import InputLine
from evalkit.campaign.valuation import UnitValue
from evalkit.estimate import Distribution
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_book
from evalkit.money import appraisal, channels, deflators, reference
from evalkit.money import years as calendar
from evalkit.money.channels import ContactCost
from evalkit.money.unit_costs import UnitCost
from evalkit.pack.evidence import Book, evidence_pack
from evalkit.pack.layout import Sheet, letters
from evalkit.pack.sections import Look
from evalkit.valuing import channel_savings, value_of
from evalkit.vocabulary import (
    Beneficiary,
    Channel,
    CostCategory,
    DataGrade,
    DesignCode,
    DiscountSeries,
    PaymentKind,
    Rag,
    VatTreatment,
)
from tests import evaluations as made
from tests.test_channels import shift
from tests.test_pack import FORMULA, office
from tests.test_value import effect

MODEL = ("Estimates", "Summary", "Costs", "Cost per outcome", "Value for money", "Channel shift",
         "Sensitivity", "Assumptions", "Value working")  # fmt: skip
INPUTS = ("Assumptions", "Costs")
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"  # every sheet, in full
COSTS = (
    InputLine(category=CostCategory.MEDIA, amount=Decimal("6400.10"), budget=Decimal("7000.00"),
              financial_year="2023-24"),
    InputLine(category=CostCategory.PRODUCTION, amount=Decimal("1200.00"), vat=VatTreatment.RECOVERABLE,
              vat_amount=Decimal("200.00"), share=0.25, budget=Decimal("300.00"), financial_year="2023-24"),
    InputLine(category=CostCategory.CHANGE, amount=Decimal("900.00"), budget=Decimal("0.00"),
              vat=VatTreatment.RECOVERABLE, vat_amount=Decimal("0.00"), financial_year="2024-25",
              payment=PaymentKind.IN_KIND, optimism_bias=0.1),
)  # fmt: skip
DISPOSAL = UnitValue(
    description="Disposal of a load", value=Decimal("310.00"), price_year="2022-23", source="Contract",
    low=Decimal("280.00"), high=Decimal("340.00"), beneficiary=Beneficiary.FISCAL, agency="County Council",
    cashable=0.5, drop_off=0.4, drop_off_low=0.3, drop_off_high=0.7, duration_years=2, duration_low=1,
    duration_high=3, leakage=0.1, displacement=0.05, deadweight=0.2, rag=Rag.GREEN,
)  # fmt: skip
HEALTH = UnitValue(
    description="A night's sleep", value=Decimal("40.00"), low=Decimal("30.00"), high=Decimal("55.00"),
    price_year="2024-25", source="Survey", beneficiary=Beneficiary.SOCIAL, rag=Rag.AMBER, drop_off=0.02,
    drop_off_low=0.01, drop_off_high=0.03, duration_years=33, duration_low=32, duration_high=34,
    discounting=DiscountSeries.HEALTH,
)  # fmt: skip
SHIFT = {
    "outcome": "Contaminated loads", "from_low": Decimal("3.50"), "from_high": Decimal("4.40"),
    "fallback": Channel.EMAIL, "fallback_cost": Decimal("3.00"), "drop_off": 0.5, "duration_years": 1,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What the library is run on."""

    costs: tuple[InputLine, ...] = COSTS
    values: tuple[UnitValue, ...] = (DISPOSAL, HEALTH)
    shift: tuple[tuple[str, object], ...] = tuple(SHIFT.items())
    grade: DataGrade | None = None
    approved: Decimal = Decimal("9000.00")
    ledger: Decimal = Decimal("6650.10")
    level: int = 3

    def line(self, i: int, **changes: object) -> World:
        """With a cost line changed."""
        costs = [x.model_copy(update=changes) if k == i else x for k, x in enumerate(self.costs, start=1)]
        return replace(self, costs=tuple(costs))

    def value(self, j: int, **changes: object) -> World:
        """With a value of a unit changed."""
        new = [x.model_copy(update=changes) if k == j else x for k, x in enumerate(self.values, start=1)]
        return replace(self, values=tuple(new))

    def moved(self, **changes: object) -> World:
        """With the channel shift changed."""
        return replace(self, shift=tuple({**dict(self.shift), **changes}.items()))

    def book(self) -> Book:
        """The library's pack, without the sheets that no figure of the model is on."""
        book = evidence_pack(self.evaluation())
        kept = tuple(replace(s, charts=(), bars=()) for s in book.sheets if s.section.name in MODEL)
        return replace(book, sheets=kept)

    def evaluation(self) -> Evaluation:
        """A fall in an outcome that somebody else measured without a comparison."""
        plain = made.programme()
        outcome = plain.outcomes[0].model_copy(update={"data_grade": self.grade})
        campaign = plain.campaigns[0].model_copy(
            update={
                "inputs": self.costs,
                "channel_shifts": (shift(**dict(self.shift)),),
                "budget_total": self.approved,
                "ledger_total": self.ledger,
            }
        )
        programme = plain.model_copy(
            update={"campaigns": (campaign,), "outcomes": (outcome,), "unit_values": self.values,
                    "as_of": date(2025, 7, 1)}
        )  # fmt: skip
        estimate = effect(-142.4, 40, DesignCode.BEFORE_AFTER)
        nodes = estimate.distribution
        few = Distribution(nodes.probabilities[2::39], nodes.quantiles[2::39])  # enough for an exact model
        estimate = replace(estimate, distribution=few)
        evaluation = made.evaluation(estimate, programme, external=True)
        (finding,) = evaluation.findings
        value = value_of(programme, campaign, outcome, None, estimate, level=self.level)
        return replace(
            evaluation, findings=(replace(finding, value=value),), channels=channel_savings(programme)
        )


Move = Callable[[World, pytest.MonkeyPatch], World]


def published(file: str, series: str, item: str, value: float) -> Move:
    """Another reference value."""

    def move(world: World, patch: pytest.MonkeyPatch) -> World:
        old = reference.rows

        def rows(name: str) -> tuple[reference.Reference, ...]:
            found = old(name)
            if name != file:
                return found
            return tuple(
                replace(r, value=value) if (r.series, r.item) == (series, item) else r for r in found
            )

        patch.setattr(reference, "rows", rows)
        return world

    return move


def index_of(year: int, value: float) -> Move:
    """Another price index of one financial year."""

    def move(world: World, patch: pytest.MonkeyPatch) -> World:
        old = deflators.index
        patch.setattr(deflators, "index", lambda y, v=None: value if y == year else old(y, v))
        return world

    return move


def on(**changes: object) -> Callable[[World], World]:
    """A change of the world as an argument."""
    return lambda world: replace(world, **changes)


def plain(change: Callable[[World], World]) -> Move:
    """A change of what was entered."""
    return lambda world, _: change(world)


def pounds(value: float) -> Decimal:
    """Money as it is typed."""
    return Decimal(f"{value:.2f}")


def yearly_rate(series: str) -> Callable[[int, float], tuple[float, Move]]:
    """A band of the schedule of rates."""

    def at(row: int, value: float) -> tuple[float, Move]:
        band = reference.series("discount_rates", series)[row - 1]
        return value + 0.015, published("discount_rates", series, band.item, value + 0.015)

    return at


ENDS = {"low": "_low", "central": "", "high": "_high"}
CASE = r"(low|central|high)"


def of_value(j: int, key: str, case: str, value: float) -> tuple[float, Move]:
    """An input of a value of a unit: the new figure and how the library gets it."""
    fields: dict[str, tuple[float, dict[str, object]]] = {
        "leakage": (0.2, {"leakage": 0.2}),
        "displacement": (0.3, {"displacement": 0.3}),
        "deadweight": (0.35, {"deadweight": 0.35}),
        "months": (7, {"months_early": 7.0}),
        "cashable": (0.8, {"cashable": 0.8}),
        "prices": (2020, {"price_year": "2020-21"}),
    }
    if key == "unit":
        new, name = value + 7, "value" if case == "central" else case
        changes: dict[str, object] = {name: pounds(new)}
    elif key == "drop":
        # cautious is the highest drop-off; a shift has one figure for all three
        new, swapped = value + 0.005, {"low": "_high", "central": "", "high": "_low"}[case]
        changes = {f"drop_off{swapped}": new}
    elif key == "years":
        new = value + (1 if value < 30 else -1)  # the workbook has no room beyond the longest there
        changes = {f"duration{'_years' if case == 'central' else ENDS[case]}": int(new)}
    else:
        new, changes = fields[key]
    return new, plain(lambda w: w.value(j, **changes)) if j < 3 else shifted(changes)


def shifted(changes: dict[str, object]) -> Move:
    """A change of the unit value that a channel shift enters the appraisal as."""

    def move(world: World, patch: pytest.MonkeyPatch) -> World:
        old = channels.valued

        def valued(*args: object) -> tuple[UnitValue, UnitCost]:
            row, unit = old(*args)  # type: ignore[arg-type]
            kept = {"drop_off_low": row.drop_off, "drop_off_high": row.drop_off,
                    "duration_low": row.duration_years, "duration_high": row.duration_years}  # fmt: skip
            return row.model_copy(update={**kept, **changes}), unit

        patch.setattr(channels, "valued", valued)
        return world

    return move


VOLUMES = {"fb": "from_before", "fa": "from_after", "tb": "to_before", "ta": "to_after", "failed": "failed"}
PRICED = {"pf": Channel.PHONE, "pt": Channel.WEB, "pb": Channel.EMAIL}


def priced_in(channel: Channel, year: int) -> Move:
    """A cost of a contact in the prices of another year."""

    def move(world: World, patch: pytest.MonkeyPatch) -> World:
        old = channels.cost_of_contact

        def cost(row: object, which: Channel, own: Decimal | None) -> ContactCost:
            found = old(row, which, own)  # type: ignore[arg-type]
            return replace(found, price_year=calendar.label(year)) if which is channel else found

        patch.setattr(channels, "cost_of_contact", cost)
        return world

    return move


def of_channel(key: str, case: str, value: float) -> tuple[float, Move]:
    """An input of the channel shift."""
    if key in VOLUMES:
        new = value + (500 if key in ("fa", "failed") else -500)
        return new, plain(lambda w: w.moved(**{VOLUMES[key]: new}))
    if key in PRICED:
        return 2022, priced_in(PRICED[key], 2022)
    if key == "counted":
        return 0.75, lambda w, patch: (patch.setattr(channels, "share_counted", lambda _: 0.75), w)[1]
    field = {"cf": f"from_{'cost' if case == 'central' else case}", "ct": "to_cost", "cb": "fallback_cost",
             "released": "released_value"}[key]  # fmt: skip
    new = value + (0.25 if key != "released" else 1000)
    return new, plain(lambda w: w.moved(**{field: pounds(new)}))


def of_cost(i: int, title: str, value: float) -> tuple[float, Move]:
    """An input of a cost line on the sheet Costs."""
    if title.startswith("April"):
        return later_year(i, value)
    if title.startswith("Share"):
        return 0.4, plain(lambda w: w.line(i, share=0.4))
    field = {"Amount (£)": "amount", "VAT that comes back (£)": "vat_amount", "Budget (£)": "budget"}[title]
    treated = {"vat": VatTreatment.RECOVERABLE} if field == "vat_amount" else {}
    new = value + 150
    return new, plain(lambda w: w.line(i, **{field: pounds(new)}, **treated))


def later_year(i: int, value: float) -> tuple[float, Move]:
    """A cost line a year later: another stays in the base year, which is held."""
    return value + 1, plain(lambda w: w.line(i, financial_year=calendar.label(int(value) + 1)))


def a_later_year_repeats(_: float) -> tuple[float, Move]:
    """Another share of the effect that a later year repeats."""
    return 0.6, lambda w, patch: (patch.setattr(appraisal, "repeated", lambda _: 0.6), w)[1]


RULES: tuple[tuple[str, Callable[..., tuple[float, Move]]], ...] = (
    (r"rate_(standard|health)\.Rate\.(\d+)", lambda v, s, i: yearly_rate(s)(int(i), v)),
    (r"defl\.Index\.(\d+)", lambda v, i: (v * 1.07, index_of(year_of_index(i), v * 1.07))),
    (r"cuts\.Cut\.(\d)", lambda v, i: (v + 0.02 if v < 0.4 else 0.38,
                                       published("benefit_cuts", "cut", i, v + 0.02 if v < 0.4 else 0.38))),
    (r"weights\.Weight\.(\d)", lambda v, i: (v - 0.03, published("conventions", "weight",
                                             {"1": "low", "3": "high"}[i], v - 0.03))),
    (r"a\.1\.grade", lambda v: (5, plain(on(grade=DataGrade.FIVE)))),
    (r"a\.1\.annual", a_later_year_repeats),
    (r"ac_1\.Optimism bias\.(\d)", lambda v, i: (
        v + 0.2, plain(lambda w: w.line(int(i), optimism_bias=v + 0.2)))),
    (rf"v\.1\.(\d)\.(\w+)(?:\.{CASE})?", lambda v, j, k, c: of_value(int(j), k, c, v)),
    (rf"ch\.1\.(\w+)(?:\.{CASE})?", lambda v, k, c: of_channel(k, c, v)),
    (r"costs_1\.(.*)\.(\d)", lambda v, title, i: of_cost(int(i), title, v)),
    (r"costs\.1\.(approved|ledger)", lambda v, k: (v + 10, plain(on(**{k: pounds(v + 10)})))),
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """An input cell of the workbook."""

    key: str
    sheet: str
    cell: str
    value: float

    @property
    def moved(self) -> tuple[float, Move]:
        """Another figure for it, and the same for the library; an input without a rule is an error."""
        for pattern, rule in RULES:
            if found := re.fullmatch(pattern, self.key):
                return rule(self.value, *found.groups())
        raise AssertionError(f"no rule moves the input {self.key} on {self.sheet}")


def together(found: tuple[Input, ...]) -> dict[str, tuple[Input, ...]]:
    """One at a time, but for the price indices that nothing rests on."""
    used = {2022, 2023, 2024}  # of costs and values
    idle = [i for i in found if i.key.startswith("defl.") and year_of_index(i.key) not in used]
    return {i.key: (i,) for i in found if i not in idle} | {"idle indices": tuple(idle)}


def year_of_index(key: str) -> int:
    """The financial year of a row of price indices."""
    return deflators.first_published() + int(key.rpartition(".")[2]) - 1


def inputs(book: Book) -> Iterator[Input]:
    """Every input cell of the model, with the name of its cell or its table, column and row."""
    for sheet in (s for s in book.sheets if s.section.name in INPUTS):
        titles = {(p.row, p.column): str(p.cell.value) for p in sheet.cells if "heading" in p.kind}
        for p in sheet.cells:
            if p.cell.look is not Look.INPUT or isinstance(p.cell.value, str):
                continue
            name, area = next((n, a) for n, a in sheet.tables if a.top < p.row <= a.bottom)
            place = f"{name.removeprefix('table_')}.{titles[area.top, p.column]}.{p.row - area.top}"
            yield Input(p.cell.name or place, sheet.section.name, f"{letters(p.column)}{p.row}",
                        float(p.cell.value))  # type: ignore[arg-type]  # fmt: skip


IDLE = re.compile(r"rate_\w+\.Rate\.[3-6]|cuts\.Cut\.[12456]")  # bands and grades that are not reached


Key = tuple[str, str, int, int]


def keyed(sheet: str, rows: dict[int, dict[int, object]], wanted: set[tuple[int, int]]) -> dict[Key, object]:
    """Figures by sheet, label of their row, which row of that label, and column."""
    seen: Counter[str] = Counter()
    found: dict[Key, object] = {}
    for r in sorted({r for r, _ in wanted}):
        label = str(rows[r].get(1, ""))
        seen[label] += 1
        for c in sorted(c for row, c in wanted if row == r):
            found[sheet, label, seen[label], c] = rows[r].get(c, "")
    return found


def of_library(book: Book) -> dict[Key, object]:
    """What the library says of every cell that is worked out."""
    found: dict[Key, object] = {}
    for sheet in book.sheets:
        rows: dict[int, dict[int, object]] = {}
        for p in sheet.cells:
            rows.setdefault(p.row, {})[p.column] = p.cell.value
        found |= keyed(sheet.section.name, rows, worked(sheet))
    return found


def worked(sheet: Sheet) -> set[tuple[int, int]]:
    """Places of the formulas of a sheet."""
    return {(p.row, p.column) for p in sheet.cells if p.cell.formula}


def of_workbook(book: Book, folder: Path, name: str) -> dict[Key, object]:
    """What LibreOffice worked out, read from one file a sheet."""
    found: dict[Key, object] = {}
    for sheet in book.sheets:
        with (folder / f"{name}-{sheet.section.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = {r: dict(enumerate(row, start=1)) for r, row in enumerate(csv.reader(file), start=1)}
        found |= keyed(sheet.section.name, rows, worked(sheet))  # type: ignore[arg-type]
    return found


TOO_LOW = 4  # column of the halving's decision


def unlike(ours: dict[Key, object], theirs: dict[Key, object]) -> list[tuple[Key, object, object]]:
    """Cells in which library and workbook do not agree; later years may be on one side only.

    Of the last halvings, 2^-33 of the range and less, only the ends must agree: the half hangs on rounding.
    """
    assert all(re.fullmatch(r"\d{4}(-\d{2})?", k[1]) for k in ours.keys() ^ theirs.keys())
    found = [(k, ours[k], theirs[k]) for k in ours if k in theirs and not same(ours[k], theirs[k])]
    return [
        f for f in found if not (f[0][3] == TOO_LOW and re.fullmatch(r"Halved (3[3-9]|40) times", f[0][1]))
    ]


def same(ours: object, theirs: object) -> bool:
    """Equal to 1 in 10 million (the ends of ranges come from halving), or the same words."""
    if isinstance(ours, str):
        return ours == theirs
    text = str(theirs)
    try:
        shown = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        return shown == pytest.approx(float(ours), rel=1e-7, abs=1e-7)  # type: ignore[arg-type]
    except ValueError:
        return False


class Bare:
    """The parts of a workbook without cached values, so that copies with one figure changed are quick."""

    def __init__(self, book: Book, path: Path) -> None:
        write_book(book, path)
        self.order = [s.section.name for s in book.sheets]
        with zipfile.ZipFile(path) as source:
            self.parts = {name: source.read(name) for name in source.namelist()}
        for name, data in self.parts.items():
            if name.startswith("xl/worksheets/sheet"):
                self.parts[name] = FORMULA.sub(r"\1\2<v></v>", data.decode()).encode()

    def write(self, path: Path, *changes: tuple[str, str, float]) -> None:
        """Write it; a change is a sheet, a cell and its new figure."""
        parts = dict(self.parts)
        for sheet, cell, value in changes:
            name = f"xl/worksheets/sheet{self.order.index(sheet) + 1}.xml"
            text, n = re.subn(rf'(<c r="{cell}"[^>]*><v>)[^<]*(</v>)', rf"\g<1>{value!r}\g<2>",
                              parts[name].decode())  # fmt: skip
            assert n == 1, (sheet, cell, n)
            parts[name] = text.encode()
        with zipfile.ZipFile(path, "w") as target:
            for name, data in parts.items():
                target.writestr(name, data)


def convert(files: list[Path], folder: Path) -> None:
    """Let LibreOffice work them out, into a file for each sheet."""
    command = [office(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", CSV, "--outdir", str(folder / "done"), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


TURNED = ("v.1.1.unit.high", "v.1.1.unit.low", "v.1.2.drop.central", "rate_standard.Rate.1", "cuts.Cut.3",
          "costs_1.Amount (£).1")  # fmt: skip


@pytest.mark.parametrize("level", [2, 3])
def test_several_changed_at_once_turn_the_order_of_the_bars(level: int, tmp_path: Path) -> None:
    """With a best estimate and with a range only: the widest assumption comes first, as in the library."""
    base = World(level=level).book()
    cells = [i for i in inputs(base) if i.key in TURNED]
    assert len(cells) == len(TURNED)
    values = {
        i.key: 900.0 if i.key == TURNED[0] else 5.0 if i.key == TURNED[1] else i.moved[0] for i in cells
    }
    workbook = Bare(base, tmp_path / "written.xlsx")
    workbook.write(tmp_path / "turned.xlsx", *((i.sheet, i.cell, values[i.key]) for i in cells))
    with pytest.MonkeyPatch.context() as patch:
        world = World(level=level)
        for i in cells:
            world = i.moved[1](world, patch)
        world = world.value(1, low=Decimal("5.00"), high=Decimal("900.00"))
        before, after = World(level=level).evaluation(), world.evaluation()
        turned = of_library(world.book())
    lines = [[(s.line, s.value) for s in e.findings[0].value.swings] for e in (before, after)]
    assert lines[0] != lines[1]
    convert([tmp_path / "turned.xlsx"], tmp_path)
    assert not unlike(turned, of_workbook(base, tmp_path / "done", "turned"))


@pytest.mark.slow
def test_any_one_assumption_moves_what_the_library_moves(tmp_path: Path) -> None:
    """Every input of Assumptions and Costs: the whole model, cell by cell, by LibreOffice and the library.

    Price indices that nothing rests on move together, which must move nothing else.
    """
    base = World().book()
    moves = {f"i{n}": one for n, one in enumerate(together(tuple(inputs(base))).items())}
    library = {"base": of_library(base)}
    workbook, bare = Bare(base, tmp_path / "base.xlsx"), tmp_path / "bare"
    bare.mkdir()
    workbook.write(bare / "base.xlsx")
    for name, (_, cells) in moves.items():
        workbook.write(bare / f"{name}.xlsx", *((i.sheet, i.cell, i.moved[0]) for i in cells))
        with pytest.MonkeyPatch.context() as patch:
            world = World()
            for i in cells:
                world = i.moved[1](world, patch)
            library[name] = of_library(world.book())
    convert([bare / f"{name}.xlsx" for name in library], tmp_path)
    wrong = {}
    for name, ours in library.items():
        theirs = of_workbook(base, tmp_path / "done", name)
        if found := unlike(ours, theirs):
            wrong[moves[name][0] if name in moves else name] = (len(found), found[:3])
    assert not wrong
    still = {moves[k][0] for k, v in library.items() if k in moves and v == library["base"]}
    assert still <= {"idle indices", *filter(IDLE.fullmatch, (key for key, _ in moves.values()))}
