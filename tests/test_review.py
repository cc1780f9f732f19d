"""The budget review through its public door: what it counts, ranks, adds up and refuses."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from evalkit import Evaluation, Interval, evaluate_many, portfolio, write_review
from evalkit.campaign.delivery import InputLine
from evalkit.cli import app
from evalkit.errors import Failure, InputError
from evalkit.excel.heights import lines
from evalkit.excel.rules import Weight, inspect
from evalkit.money.value import Basis, Figure
from evalkit.pack.review_advice import advise, knowing, worth_of_knowing
from evalkit.pack.review_rows import Row, review_rows
from evalkit.pack.review_totals import counted, groups_of, total_of
from evalkit.saved import evaluation_json
from evalkit.vocabulary import CostCategory, DesignCode, MoneyClaim
from tests import evaluations as made
from tests.test_pack import formulas, recalculated


def one(
    title: str,
    total: Interval,
    *,
    cost: int = 20_000,
    organisation: str = "",
    design: DesignCode = DesignCode.CONTROLLED_SERIES,
    as_of: date = date(2025, 3, 1),
) -> Evaluation:
    """An evaluation of one campaign."""
    line = InputLine(category=CostCategory.MEDIA, amount=Decimal(cost))
    found = made.evaluation(made.estimate(total, design=design), made.programme(title=title, inputs=(line,)))
    campaign = found.programme.campaigns[0].model_copy(
        update={"organisation": organisation or f"{title} Council"}
    )
    programme = found.programme.model_copy(update={"campaigns": (campaign,)})
    provenance = dataclasses.replace(found.provenance, as_of=as_of)
    return dataclasses.replace(found, programme=programme, provenance=provenance)


def fall(point: float, half: float) -> Interval:
    """Fewer loads, with a range."""
    return Interval(-point, -point - half, -point + half)


def valued(
    found: Evaluation, net: Interval, *, cost: float, claim: MoneyClaim = MoneyClaim.POINT
) -> Evaluation:
    """The same evaluation with an appraisal."""
    (finding,) = found.findings
    basis = Basis(2024, (), 1.0, 0, 3, 0.0, cost, (), (), ())
    worth = dataclasses.replace(
        finding.value,
        claim=claim,
        npsv=Figure(net, ""),
        bcr=Figure(net.scaled(1 / cost), ""),
        cashable=Figure(net.scaled(0.5), ""),
        basis=basis,
    )
    return dataclasses.replace(found, findings=(dataclasses.replace(finding, value=worth),))


GOOD = [one("Alpha", fall(200, 30)), one("Beta", fall(100, 30)), one("Gamma", fall(40, 30))]


OTHERS = [
    one("Unsure", Interval(-20, -80, 30)),
    made.evaluation(made.REFUSAL),
    valued(one("Worth it", fall(60, 30)), Interval(1000, 400, 1600), cost=500),
    valued(one("May be", fall(70, 30)), Interval(900, -300, 1500), cost=250, claim=MoneyClaim.RANGE),
]


def by_title(evaluations: list[Evaluation]) -> dict[str, Row]:
    """Rows by the campaign's title."""
    return {r.campaign.title: r for r in review_rows(evaluations)}


def test_a_shared_change_counts_once_and_every_cost_counts() -> None:
    """Two campaigns of one organisation at one outcome at one time: the better evidenced one is counted."""
    both = [
        one("Posters", fall(200, 40), organisation="Northfield", design=DesignCode.SINGLE_SERIES),
        one("Letters", fall(180, 40), organisation="Northfield"),
        one("Elsewhere", fall(100, 30)),
    ]
    rows = by_title(both)
    assert rows["Posters"].counted_with == rows["Letters"].n
    assert rows["Letters"].counted_with is rows["Elsewhere"].counted_with is None
    ((_, _, parts),) = groups_of(tuple(rows.values()))
    total = total_of(counted(parts))
    # by hand: 180 + 100, and the root of 40² + 30²
    assert total.point == pytest.approx(280)
    assert (total.low, total.high) == pytest.approx((230, 330))
    assert (total.all_low, total.all_high) == pytest.approx((210, 350))


def test_money_is_added_once_and_every_cost_is_taken_off(tmp_path: Path) -> None:
    """By hand: 1,000 + 200 - 250 and the root of 600² + 400²; no best estimate where one is missing."""
    write_review(
        [
            valued(one("Letters", fall(180, 40), organisation="N"), Interval(1000, 400, 1600), cost=500),
            valued(
                one("Posters", fall(200, 40), organisation="N", design=DesignCode.SINGLE_SERIES),
                Interval(900, 300, 1500),
                cost=250,
                claim=MoneyClaim.RANGE,
            ),
            valued(
                one("Elsewhere", fall(90, 30)),
                Interval(210, -200, 600),
                cost=300,
                claim=MoneyClaim.RANGE,
            ),
        ],
        tmp_path / "review.xlsx",
    )
    sheet = load_workbook(tmp_path / "review.xlsx", data_only=True)["Value"]
    (found,) = [r for r in sheet.iter_rows(values_only=True) if r[0] == "2024-25"]
    spread = math.hypot(600, 400)
    assert found[1:4] == (3, 1050, "range only")
    assert found[4:8] == pytest.approx((950 - spread, 950 + spread, 400 - 200 - 250, 1600 + 600 - 250))
    assert found[8:10] == pytest.approx(((2000 - spread) / 1050, (2000 + spread) / 1050))
    assert (
        found[10] == 500 - 100
    )  # half of 1,000; the low end of the other; nothing of what is counted elsewhere


def test_the_latest_evaluation_of_a_campaign_counts() -> None:
    """An earlier one is named and left out."""
    (row,) = review_rows([one("A", fall(90, 30)), one("A", fall(100, 30), as_of=date(2025, 6, 1))])
    assert row.gain is not None
    assert row.gain.point == 100
    assert row.replaced == ("1 Mar 2025",)


def test_rules_decide_in_their_order() -> None:
    """Each rule is met by a campaign made for it."""
    rows = by_title(
        [
            *GOOD,
            one("Weak", fall(200, 30), design=DesignCode.SINGLE_SERIES),
            one("Unsure", Interval(-20, -80, 30)),
            one("Worse", Interval(90, 40, 140)),
            one("Early", fall(200, 30), as_of=date(2024, 1, 1)),
        ]
    )
    found = {title: (advise(r).code, advise(r).action) for title, r in rows.items()}
    assert found["Alpha"] == ("R7", "Scale")
    assert found["Gamma"] == ("R8", "Keep")
    assert found["Unsure"] == ("R5", "Test")
    assert found["Worse"] == ("R3", "Stop")
    assert found["Early"] == ("R2", "Keep")
    assert found["Weak"][1] == "Test"


def test_fewer_than_three_alike_are_not_ranked() -> None:
    """The reason is said."""
    rows = review_rows(GOOD[:2])
    assert {r.rank for r in rows} == {None}
    assert "fewer than 3" in rows[0].why_not


def test_what_knowing_is_worth() -> None:
    """Against the integral of max(net, 0) done by numerical sums, an independent way."""
    row = by_title(GOOD)["Gamma"]
    assert knowing(row).worth is None  # no value of a unit was given, and that is said
    assert "not applicable because" in knowing(row).how
    net = Interval(1000.0, 1000 - 1.959964 * 3000, 1000 + 1.959964 * 3000)
    steps = [(i + 0.5) / 20000 * 12 - 6 for i in range(20000)]
    density = [math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * 12 / 20000 for z in steps]
    with_knowledge = sum(d * max(net.point + 3000 * z, 0) for d, z in zip(density, steps, strict=True))
    assert worth_of_knowing(net) == pytest.approx(with_knowledge - net.point, rel=1e-3)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with a failure, a refusal and campaigns with a value."""
    path = tmp_path_factory.mktemp("review") / "review.xlsx"
    rows = [*GOOD, *OTHERS]
    write_review([*rows, Failure("broken.xlsx", ("Inputs!C5: found a word.",))], path)
    return path


def test_the_review_meets_every_essential_rule(written: Path) -> None:
    """As the packs do."""
    assert [b.sentence for b in inspect(written) if b.rule.weight is Weight.ESSENTIAL] == []


def test_what_stands_on_every_page_fits_above_the_column_that_is_repeated(written: Path) -> None:
    """Campaigns prints on two pages across; on the second, text is cut at the end of the first column."""
    sheet = load_workbook(written)["Campaigns"]
    assert sheet.print_title_cols == "$A:$A"
    width = sheet.column_dimensions["A"].width
    for cell in (sheet["A1"], sheet["A2"], sheet["A3"]):
        assert lines(str(cell.value or ""), width, float(cell.font.sz), bold=bool(cell.font.b)) == 1


def test_formulas_agree_with_what_they_are_said_to_come_to(written: Path, tmp_path: Path) -> None:
    """Emptied and worked out anew by another program."""
    (again,) = recalculated([written], tmp_path)
    before, after = load_workbook(written, data_only=True), load_workbook(again, data_only=True)
    cells = list(formulas(load_workbook(written)))
    assert len(cells) > 60
    for sheet, cell, formula in cells:
        wanted, got = before[sheet][cell].value, after[sheet][cell].value
        same = (
            got == pytest.approx(wanted, rel=1e-9, abs=1e-6) if isinstance(wanted, float) else got == wanted
        )
        assert same, f"{sheet}!{cell} {formula}: {got} instead of {wanted}"


def test_two_runs_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    """Whatever the order of the input."""
    rows = [*OTHERS[::-1], *GOOD[::-1]]
    write_review([*rows, Failure("broken.xlsx", ("Inputs!C5: found a word.",))], tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == written.read_bytes()


def test_an_earlier_review_stands_beside_this_one(written: Path, tmp_path: Path) -> None:
    """Read back from the workbook itself."""
    write_review(GOOD, tmp_path / "now.xlsx", earlier=[written])
    sheet = load_workbook(tmp_path / "now.xlsx", data_only=True)["By year"]
    rows = list(sheet.iter_rows(values_only=True))
    said = {row[0]: row for row in rows if row[1] == "review.xlsx"}
    twice = ("Level 3", "probable effect", "Scale")
    assert said["Alpha"][3:9] == tuple(x for one in twice for x in (one, one))
    assert said["Alpha"][9:13] == (20000, 20000, 100, 100)
    assert said["Unsure"][8] == "not in this review"
    assert said["Unsure"][11] == 1000
    (before,) = [row for row in rows if row[0] == "review.xlsx"]
    assert before[1] == 7


def test_files_that_fail_are_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    """By the command line; exit 1 says that something is to be mended."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for e in GOOD:
        name = e.programme.campaigns[0].title
        (folder / f"{name}.json").write_text(evaluation_json(e), encoding="utf-8")
    (folder / "broken.json").write_text('{"programme": {"campaigns": [', encoding="utf-8")
    (folder / "figures.json").write_text('[{"example": "recycling"}]', encoding="utf-8")
    result = CliRunner().invoke(app, ["review", str(folder), "--out", str(tmp_path / "r.xlsx")])
    assert result.exit_code == 1
    assert "3 of 4 files reviewed" in result.stdout
    assert "not evaluated: broken.json" in result.stdout
    assert "no saved evaluation: 1 JSON file (figures.json)." in result.stdout
    assert "Not evaluated" in load_workbook(tmp_path / "r.xlsx").sheetnames


def test_results_come_in_the_order_of_the_input(tmp_path: Path) -> None:
    """Side by side or one after another."""
    paths = []
    for e in GOOD[::-1]:
        paths.append(tmp_path / f"{e.programme.campaigns[0].title}.json")
        paths[-1].write_text(evaluation_json(e), encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        side_by_side = list(evaluate_many(paths, pool))
    assert side_by_side == list(evaluate_many(paths)) == GOOD[::-1]


@pytest.mark.slow
def test_workers_give_what_one_after_another_gives(tmp_path: Path) -> None:
    """By the command line, in processes of their own: the same bytes."""
    for e in GOOD:
        (tmp_path / f"{e.programme.campaigns[0].title}.json").write_text(evaluation_json(e), encoding="utf-8")
    for workers in ("1", "2"):
        out = tmp_path / f"by {workers}.xlsx"
        words = [
            "review",
            *map(str, sorted(tmp_path.glob("*.json"))),
            "--out",
            str(out),
            "--workers",
            workers,
        ]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "by 1.xlsx").read_bytes() == (tmp_path / "by 2.xlsx").read_bytes()


def test_a_fault_of_its_own_in_one_file_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a failure like any other, and says whose fault it is."""

    def faulty(*_: object, **__: object) -> Evaluation:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(portfolio, "evaluate", faulty)
    (found,) = evaluate_many([made.programme()])
    assert isinstance(found, Failure)
    assert "a fault of its own (ZeroDivisionError" in found.reasons[0]


def test_nothing_to_review_is_refused(tmp_path: Path) -> None:
    """No file is left."""
    with pytest.raises(InputError, match="at least one evaluation"):
        write_review([Failure("a.xlsx", ("broken",))], tmp_path / "r.xlsx")
    assert not (tmp_path / "r.xlsx").exists()
