"""The value sheets are a live model: what an input moves in the workbook, it moves in the library."""

from __future__ import annotations

import re
import warnings
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalkit.campaign.valuation import SignOff, UnitValue
from evalkit.estimate import Distribution
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_pack
from evalkit.saved import evaluation_json, read_evaluation
from evalkit.valuing import value_of
from evalkit.vocabulary import Beneficiary, DataGrade, DesignCode, Rag, SignOffEntry
from tests import evaluations as made
from tests.test_pack import formulas, recalculated
from tests.test_value import effect
from tests.test_value_model import World

PART = re.compile(r"<ser>.*?<cat>.*?<f>(.*?)</f>.*?<val>.*?<f>(.*?)</f>", re.DOTALL)
ROWS = (
    "Net present social value",
    "Benefit-cost ratio (gross)",
    "Return on investment (net)",
    "Break-even share",
)


def case(
    *,
    level: int | None = None,
    grade: DataGrade | None = None,
    total: float = -142.4,
    free: bool = False,
    **changes: object,
) -> Evaluation:
    """A fall valued twice over: a fiscal saving with ranges and a social value."""
    fields: dict[str, object] = {
        "description": "Disposal of a load",
        "value": Decimal("310.00"),
        "price_year": "2023-24",
        "source": "Contract",
        "low": Decimal("280.00"),
        "high": Decimal("340.00"),
        "beneficiary": Beneficiary.FISCAL,
        "agency": "County Council",
        "cashable": 0.5,
        "drop_off": 0.4,
        "drop_off_low": 0.3,
        "drop_off_high": 0.7,
        "duration_years": 2,
        "duration_low": 1,
        "duration_high": 3,
        "leakage": 0.1,
        "displacement": 0.05,
        "rag": Rag.GREEN,
    }
    time = UnitValue(
        description="Time saved",
        value=Decimal("40.00"),
        price_year="2024-25",
        source="Survey",
        beneficiary=Beneficiary.SOCIAL,
        rag=Rag.AMBER,
    )
    plain = made.programme(inputs=()) if free else made.programme()
    outcomes = (plain.outcomes[0].model_copy(update={"data_grade": grade}),)
    values = (UnitValue(**{**fields, **changes}), *(() if changes.get("transfer") else (time,)))
    programme = plain.model_copy(update={"unit_values": values, "outcomes": outcomes})
    design = DesignCode.SINGLE_SERIES if level == 2 else DesignCode.CONTROLLED_SERIES
    estimate = effect(total, 40, design)
    nodes = estimate.distribution
    few = Distribution(nodes.probabilities[2::5], nodes.quantiles[2::5])  # enough for a model that is exact
    estimate = replace(estimate, path=made.path(estimate.total), distribution=few)
    evaluation = made.evaluation(estimate, programme)
    (finding,) = evaluation.findings
    value = value_of(
        programme,
        programme.campaigns[0],
        programme.outcomes[0],
        finding.design,
        estimate,
        level=level or finding.grade.level,
    )
    return replace(evaluation, findings=(replace(finding, value=value),))


def shown(path: Path) -> dict[str, tuple[object, ...]]:
    """The rows of Value for money by their label."""
    with warnings.catch_warnings(action="ignore"):
        sheet = load_workbook(path, data_only=True, read_only=True)["Value for money"]
    return {str(r[0]): r[3:6] for r in sheet.iter_rows(values_only=True) if r[0] in ROWS}


def test_what_the_evidence_does_not_allow_is_not_on_the_sheets(tmp_path: Path) -> None:
    """No best estimate at level 2; nothing but the break-even share at level 1."""
    path = tmp_path / "two.xlsx"
    write_pack(case(level=2), path)
    assert shown(path)["Net present social value"][0] == "range only"
    write_pack(case(level=1), path)
    assert set(shown(path)) == {"Break-even share"}
    page = load_workbook(path, data_only=True)["Summary"]
    assert not any(r[0] == "Net present value" for r in page.iter_rows(values_only=True))


def test_a_value_survives_json(tmp_path: Path) -> None:
    """What is written is read back the same, open sides and reasons included."""
    for level in (1, 2, 3):
        evaluation = case(level=level)
        path = tmp_path / "a.json"
        path.write_text(evaluation_json(evaluation), encoding="utf-8")
        assert read_evaluation(path) == evaluation


def test_every_assumption_is_logged_with_its_figure_and_who_signed(tmp_path: Path) -> None:
    """Numbers without gaps, figures equal to the library's, the accepting post or that nobody has said."""
    evaluation = case()
    path = tmp_path / "pack.xlsx"
    write_pack(evaluation, path)
    rows = list(load_workbook(path, data_only=True)["Logs"].iter_rows(values_only=True))
    logged = {str(r[2]): r for r in rows if re.fullmatch(r"A1\.\d+", str(r[0]))}
    assert [r[0] for r in logged.values()] == [f"A1.{i}" for i in range(1, len(logged) + 1)]
    assert len(logged) == 4 + 2 * 7  # of the finding, and of each of two values
    value = evaluation.findings[0].value
    unit, drop = logged["Value 1: Disposal of a load"], logged["Value 1: drop-off"]
    assert (unit[5], drop[5]) == (310, 0.4)
    swing = next(s for s in value.swings if (s.line, s.value) == (1, True))
    assert unit[6:8] == pytest.approx((swing.low, swing.high))
    assert unit[4] == "nobody has said"
    signed = SignOff(entry=SignOffEntry.APPROVED, name="Director of Finance", on=date(2025, 2, 1))
    programme = evaluation.programme
    campaign = programme.campaigns[0].model_copy(update={"sign_off": (signed,)})
    programme = programme.model_copy(update={"campaigns": (campaign,)})
    write_pack(replace(evaluation, programme=programme), path)
    rows = list(load_workbook(path, data_only=True)["Logs"].iter_rows(values_only=True))
    versions = next(r for r in rows if r[0] == "This evaluation")
    assert versions[1] == "1 Mar 2025"
    assert versions[4:6] == ("nobody has said", "Director of Finance, 1 Feb 2025")
    assert next(r for r in rows if r[0] == "A1.1")[4] == "Director of Finance, 1 Feb 2025"


def bars(path: Path) -> dict[str, dict[str, list[float]]]:
    """Where the bars of the value charts begin, change colour and end, by title and label."""
    with warnings.catch_warnings(action="ignore"):
        workbook = load_workbook(path, data_only=True)
    found: dict[str, dict[str, list[float]]] = {}
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/charts/chart")]
        for chart in (archive.read(n).decode() for n in sorted(names)):
            if '<barDir val="bar" />' not in chart:
                continue
            assert '<overlap val="100" />' in chart
            assert chart.count("<title>") == 3, "the chart and both axes have a title"
            title = re.search(r"<a:t>(.*?)</a:t>", chart)
            assert title is not None
            held = found[title[1]] = {}
            for labels, values in PART.findall(chart):
                sheet, _, area = values.rpartition("!")
                cells = workbook[sheet.strip("'")][area.replace("$", "")]
                names_at = workbook[sheet.strip("'")][labels.rpartition("!")[2].replace("$", "")]
                for (label,), (cell,) in zip(names_at, cells, strict=True):
                    held.setdefault(label.value, []).append(cell.value)
    return {title: {k: edges(v) for k, v in held.items()} for title, held in found.items()}


def edges(parts: list[float]) -> list[float]:
    """The places at which a stacked bar begins, changes and ends: the first part is not drawn."""
    right, left, at = max(parts[0], 0.0), min(parts[0], 0.0), set()
    for part in parts[1:]:
        if part > 0:
            at |= {right, right + part}
            right += part
        elif part < 0:
            at |= {left, left + part}
            left += part
    return sorted(at)


def test_the_charts_draw_what_the_library_says(tmp_path: Path) -> None:
    """Benefit, cash, cost and net value, and every assumption at its ends: to the penny, from live cells."""
    path = tmp_path / "pack.xlsx"
    evaluation = case(value=Decimal("20.00"), low=Decimal("5.00"), high=Decimal("40.00"))
    write_pack(evaluation, path)
    value, found = evaluation.findings[0].value, bars(path)
    paying, tornado = found.values()
    assert [t.split("?")[0] for t in found] == [
        "Did it pay for itself",
        "What does the net value hang on most",
    ]
    assert value.basis is not None
    cost = value.basis.cost
    for label, figure in (("Benefit", value.benefit), ("Of which cashable", value.cashable),
                          ("Benefit less cost", value.npsv)):  # fmt: skip
        x = figure.interval
        assert x is not None
        through = [0.0] if x.low < 0 < x.high else []
        assert paying[label] == pytest.approx(sorted([x.low, x.point, x.high, *through]))
    assert paying["Cost"] == pytest.approx([0, cost])
    assert value.npsv.interval is not None
    middle = value.npsv.interval.point
    assert value.npsv.interval.low < 0 < value.npsv.interval.high, "a bar goes through nil"
    widths = []
    assert len(tornado) == sum(s.high > s.low for s in value.swings) + 1 == 4  # one more, without a range
    for (label, at), swing in zip(tornado.items(), value.swings, strict=False):
        assert (swing.line == 0) == (label == "Size of the effect")
        nil = [0.0] if swing.low < 0 < swing.high else []
        ends = sorted({swing.low, middle, swing.high, *nil}) if swing.high > swing.low else []
        assert at == pytest.approx(ends)
        widths.append(swing.high - swing.low)
    assert widths == sorted(widths, reverse=True)


def test_no_chart_shows_what_may_not_be_said(tmp_path: Path) -> None:
    """At level 2 two ends and no place between them; at level 1 no chart of the value at all."""
    path = tmp_path / "pack.xlsx"
    evaluation = case(level=2)
    write_pack(evaluation, path)
    value, found = evaluation.findings[0].value, bars(path)
    paying, tornado = found.values()
    npsv = value.npsv.interval
    assert npsv is not None
    assert paying["Benefit less cost"] == pytest.approx([npsv.low, npsv.high])
    assert all(len([x for x in at if x]) <= 2 for at in (*paying.values(), *tornado.values()))
    write_pack(case(level=1), path)
    assert bars(path) == {}


def test_no_formula_of_the_model_is_too_long_to_read(tmp_path: Path) -> None:
    """At most 160 characters, as the documents promise, with every kind of gain and a channel shift."""
    for n, evaluation in enumerate((World(level=2).evaluation(), World().evaluation())):
        path = tmp_path / f"{n}.xlsx"
        write_pack(evaluation, path)
        longest = max(formulas(load_workbook(path)), key=lambda f: len(f[2]))
        assert len(longest[2]) <= 160, longest


@pytest.mark.slow
def test_odd_cases_are_the_same_in_libreoffice(tmp_path: Path) -> None:
    """Harm with a range only, a campaign without a cost, transfers and nothing else: every cell, by name."""
    cases = {"harm": case(level=2, total=150), "free": case(free=True), "moved": case(transfer=True)}
    for name, evaluation in cases.items():
        write_pack(evaluation, tmp_path / f"{name}.xlsx")
    paths = [tmp_path / f"{name}.xlsx" for name in cases]
    compared = 0
    for path, done in zip(paths, recalculated(paths, tmp_path), strict=True):
        ours = load_workbook(path, data_only=True)
        with warnings.catch_warnings(action="ignore"):
            theirs = load_workbook(done, data_only=True)
        for sheet, cell, text in formulas(load_workbook(path)):
            a, b = ours[sheet][cell].value, theirs[sheet][cell].value
            same = a == b if isinstance(a, str) else b == pytest.approx(a, rel=1e-9, abs=1e-6)
            assert same, f"{path.stem} {sheet}!{cell} {text}: {a}, {b}"
            compared += 1
    assert compared > 5000
    moved = shown(tmp_path / "moved.xlsx")
    assert {v[0] for v in moved.values()} == {"not applicable"}
    assert {shown(tmp_path / "free.xlsx")[r][0] for r in ROWS[1:]} == {"not applicable"}
