"""The publication copy and re-runs: values only, small counts withheld, changes named."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalkit import Evaluation
from evalkit.excel.pack import write_pack, write_publication
from evalkit.excel.rules import Weight, inspect
from evalkit.pack.text import committee_text
from evalkit.saved import evaluation_json
from evalkit.vocabulary import OutcomeKind
from evalkit.withholding.figures import SUM_OF_AREAS, withheld_figures
from tests import evaluations as made
from tests.test_value_pack import case


def with_values(found: Evaluation, values: dict[int, float]) -> Evaluation:
    """Some figures replaced, by position."""
    rows = tuple(
        o.model_copy(update={"value": values.get(i, o.value)})
        for i, o in enumerate(found.programme.observations)
    )
    programme = found.programme.model_copy(update={"observations": rows})
    return dataclasses.replace(found, programme=programme)


def test_the_copy_holds_values_only_and_meets_every_rule(tmp_path: Path) -> None:
    """Essential and desirable alike, but for the one about checks that formulas would need."""
    write_publication(made.evaluation(made.estimate(made.FALL)), tmp_path / "copy.xlsx")
    assert [b.sentence for b in inspect(tmp_path / "copy.xlsx")] == []
    workbook = load_workbook(tmp_path / "copy.xlsx")
    for sheet in workbook.worksheets:
        assert len(sheet.tables) <= 1
        assert not sheet._charts
        assert not any(c.data_type == "f" for row in sheet.iter_rows() for c in row)


def test_a_refusal_can_be_published_too(tmp_path: Path) -> None:
    """The reasons stand on the cover."""
    write_publication(made.evaluation(made.REFUSAL), tmp_path / "copy.xlsx")
    assert not [b for b in inspect(tmp_path / "copy.xlsx") if b.rule.weight is Weight.ESSENTIAL]
    text = " ".join(
        str(r[0]) for r in load_workbook(tmp_path / "copy.xlsx")["Cover"].iter_rows(values_only=True)
    )
    assert "at least 8 are needed" in text


def test_small_counts_are_nowhere_in_the_copy(tmp_path: Path) -> None:
    """A 3 among fifties: its cell says so in shorthand, with the key above the table."""
    found = with_values(made.evaluation(made.estimate(made.FALL)), {4: 3.0})
    write_publication(found, tmp_path / "copy.xlsx")
    sheet = load_workbook(tmp_path / "copy.xlsx")["Data"]
    assert "[c] means withheld" in str(sheet["A2"].value)
    values = [row[3] for row in sheet.iter_rows(values_only=True) if row[0] == "Contaminated loads"]
    assert values[4] == "[c]"
    assert 3.0 not in values
    period = found.programme.observations[4].period
    assert ("Contaminated loads", "whole area", period) in withheld_figures(found)


def test_a_share_of_all_but_a_few_is_withheld() -> None:
    """98 of 100 says as much as 2 of 100; what all periods before the start come to would give one away."""
    share = made.evaluation(
        made.estimate(made.RISE),
        made.programme(kind=OutcomeKind.SHARE, unit="loads kept clean", matters=0.02),
    )
    found = with_values(share, {4: 98.0, 5: 50.0})
    hidden = withheld_figures(found)
    periods = [o.period for o in found.programme.observations]
    assert {p for _, area, p in hidden if area != SUM_OF_AREAS} == {periods[0], periods[4]}


def test_what_changed_is_listed(tmp_path: Path) -> None:
    """A revised figure, another answer, another date."""
    before = made.evaluation(made.estimate(made.FALL))
    now = with_values(made.evaluation(made.estimate(made.UNSURE)), {4: 47.0})
    now = dataclasses.replace(now, provenance=dataclasses.replace(now.provenance, as_of=date(2025, 4, 1)))
    write_pack(now, tmp_path / "pack.xlsx", since=before)
    rows = [r[:4] for r in load_workbook(tmp_path / "pack.xlsx")["Changes"].iter_rows(values_only=True)]
    answers = {r[0]: r for r in rows}
    assert answers["Answer"][3] == "cannot tell"
    assert answers["Revised"][2:] == ("50", "47")
    assert answers["Figures as of"][2:] == ("1 Mar 2025", "1 Apr 2025")
    assert not [b for b in inspect(tmp_path / "pack.xlsx") if b.rule.weight is Weight.ESSENTIAL]


def test_nothing_changed_is_said_too(tmp_path: Path) -> None:
    """The same evaluation twice."""
    found = made.evaluation(made.estimate(made.FALL))
    write_pack(found, tmp_path / "pack.xlsx", since=found)
    sheet = load_workbook(tmp_path / "pack.xlsx")["Changes"]
    assert [r[0] for r in sheet.iter_rows(values_only=True)].count("Nothing changed.") == 5


@pytest.mark.parametrize(("as_of", "interim"), [(date(2024, 1, 1), True), (date(2025, 3, 1), False)])
def test_an_interim_look_says_so(as_of: date, interim: bool, tmp_path: Path) -> None:
    """On the Cover, the Summary and in the text; a finished campaign is not called interim."""
    found = made.evaluation(made.estimate(made.FALL))
    found = dataclasses.replace(found, provenance=dataclasses.replace(found.provenance, as_of=as_of))
    write_pack(found, tmp_path / "pack.xlsx")
    workbook = load_workbook(tmp_path / "pack.xlsx")
    for name in ("Cover", "Summary"):
        text = " ".join(str(c) for row in workbook[name].iter_rows(values_only=True) for c in row)
        assert ("Interim look" in text) is interim
    assert ("Interim look" in committee_text(found)) is interim
    assert evaluation_json(found)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_copy_says_the_value_as_far_as_it_may_be_said(level: int, tmp_path: Path) -> None:
    """Point and range, range only, or the break-even share; every rule is met."""
    evaluation = case(level=level)
    write_publication(evaluation, tmp_path / "copy.xlsx")
    assert [b.sentence for b in inspect(tmp_path / "copy.xlsx")] == []
    *_, head, row = load_workbook(tmp_path / "copy.xlsx")["Value"].iter_rows(values_only=True)
    shown = dict(zip(head, row, strict=True))
    value = evaluation.findings[0].value
    ends = ("best estimate", "lower end", "upper end")
    npsv = [shown[f"Net present social value (£), {e}"] for e in ends]
    share = [shown[f"Break-even share of the change (%), {e}"] for e in ends]
    even = value.breakeven_share.interval
    assert even is not None
    assert share[1:] == pytest.approx([100 * even.low, 100 * even.high])
    assert share[0] == (pytest.approx(100 * even.point) if level == 3 else "range only")
    if level == 1:
        assert npsv == ["[x]"] * 3
        return
    assert value.npsv.interval is not None
    assert npsv[1:] == pytest.approx([value.npsv.interval.low, value.npsv.interval.high])
    assert npsv[0] == (pytest.approx(value.npsv.interval.point) if level == 3 else "range only")
