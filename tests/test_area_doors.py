"""Comparisons of areas through the template and through plain frames: equal numbers, the same refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from evalkit import Estimate, check_contribution, estimate_contribution, read_template
from evalkit.campaign.areas import Area, Covariate
from evalkit.campaign.delivery import Activity
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.outcomes import ALONE, METHODS, Comparison, Observation, Outcome
from evalkit.campaign.programme import Programme
from evalkit.errors import InputError
from evalkit.evaluating import evaluate
from evalkit.evaluation import Finding
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from evalkit.pack.method import ACCOUNTS
from evalkit.requirements import REQUIREMENTS
from evalkit.vocabulary import Direction, OutcomeKind
from evalkit.withholding.published import published
from tests.test_areas import MONTHS, START, panel
from tests.workbooks import small_campaign

TREATED = ["area 00", "area 01"]
NUMBERS = ("effect", "total", "rel_effect", "p_value", "smallest_detectable", "event_study")


def frame_of(seed: int, areas: int = 8) -> pd.DataFrame:
    """Two campaign areas with an effect of 3; areas have populations, and rain moves their figures."""
    frame = panel(seed, areas, 3.0, treated=2)
    rng = np.random.default_rng(seed)
    frame["rain"] = np.round(rng.normal(60, 20, len(frame)), 1)
    frame["value"] = np.round(frame["value"] + 0.2 * frame["rain"], 3)
    return frame.assign(population=20_000.0 + 7_000 * frame["area"].str[-2:].astype(int))


def populations(frame: pd.DataFrame) -> tuple[Area, ...]:
    """The rows of the sheet Areas."""
    sizes = frame.groupby("area")["population"].first()
    return tuple(Area(area=area, population=size) for area, size in sizes.items())


def rain(frame: pd.DataFrame) -> tuple[Covariate, ...]:
    """The rows of the sheet Covariates."""
    rows = frame.itertuples()
    return tuple(Covariate(name="rain", period=r.period.date(), area=r.area, value=r.rain) for r in rows)


def programme_of(frame: pd.DataFrame, **parts: Any) -> Programme:
    """The frame as somebody would enter it in the template."""
    campaign = small_campaign(
        start=date.fromisoformat(START),
        end=date(2018, 12, 31),
        areas=tuple(TREATED),
        activities=(),
        objectives=(),
    )
    outcome = Outcome(
        name="Calls", unit="calls", kind=OutcomeKind.LEVEL, good_direction=Direction.UP, source="log"
    )
    rows = tuple(Observation(period=r.period.date(), area=r.area, value=r.value) for r in frame.itertuples())
    whole: dict[str, Any] = {"campaigns": (campaign,), "outcomes": (outcome,), "observations": rows}
    return Programme(**(whole | parts))


def by_template(programme: Programme, path: Path) -> Finding:
    """The finding of a programme that was written to a workbook and read back."""
    write_template(path, programme)
    again = read_template(path)
    assert again == programme
    return evaluate(again).findings[0]


@pytest.mark.parametrize(
    ("parts", "arguments"),
    [
        (("areas",), {"weights": "population"}),
        (("covariates",), {"covariates": ["rain"]}),
        (("areas", "covariates"), {"weights": "population", "covariates": ["rain"]}),
    ],
)
def test_both_doors_give_equal_numbers(
    parts: tuple[str, ...], arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    """Populations and covariates on their sheets are what the columns of a frame are."""
    frame = frame_of(1)
    rows = {"areas": populations(frame), "covariates": rain(frame)}
    found = by_template(programme_of(frame, **{p: rows[p] for p in parts}), tmp_path / "t.xlsx")
    by_frame = estimate_contribution(frame, treated=TREATED, start=START, end="2018-12-31", **arguments)
    assert isinstance(found.estimate, Estimate)
    assert isinstance(by_frame, Estimate)
    assert found.estimate.method == by_frame.method == ("did" if "areas" in parts else "areas")
    for name in NUMBERS:
        assert getattr(found.estimate, name) == getattr(by_frame, name), name
    bare = estimate_contribution(frame, treated=TREATED, start=START, end="2018-12-31")
    assert isinstance(bare, Estimate)
    assert bare.effect != by_frame.effect
    assert found.checks == check_contribution(
        frame, treated=TREATED, start=START, end="2018-12-31", **arguments
    )
    checked = {c.check: c for c in found.checks}
    assert ("covariates" in checked) == ("covariates" in parts)
    if "covariates" in parts:
        assert checked["covariates"].passed is not False
        assert any("what the campaign itself moved" in note for note in by_frame.notes)


def test_both_doors_give_equal_numbers_where_areas_start_at_different_times() -> None:
    """Starts by activity, populations and covariates are what mapping and columns are."""
    days = ("2017-01-01", "2017-07-01", "2018-03-01")
    treated = {f"area {j:02d}": days[j % 3] for j in range(6)}
    frame = frame_of(9, areas=11)
    campaign = small_campaign(
        start=date(2017, 1, 1),
        end=date(2018, 12, 31),
        areas=tuple(treated),
        activities=tuple(Activity(area=a, start=date.fromisoformat(day)) for a, day in treated.items()),
        objectives=(),
    )
    programme = programme_of(frame, campaigns=(campaign,), areas=populations(frame), covariates=rain(frame))
    found = evaluate(programme).findings[0]
    by_frame = estimate_contribution(
        frame, treated=treated, end="2018-12-31", weights="population", covariates=["rain"]
    )
    assert isinstance(found.estimate, Estimate)
    assert isinstance(by_frame, Estimate)
    assert found.estimate.method == "rollout"
    for name in NUMBERS:
        assert getattr(found.estimate, name) == getattr(by_frame, name), name


def test_a_covariate_that_counts_a_few_people_is_not_published() -> None:
    """Whole numbers, some under five: its rows are in no JSON, and that is said; the answer stands."""
    frame = frame_of(10)
    few = tuple(c.model_copy(update={"value": float(i % 9)}) for i, c in enumerate(rain(frame)))
    evaluation = evaluate(programme_of(frame, covariates=few))
    safe = published(evaluation)
    assert safe.programme.covariates == ()
    assert any(said.startswith("Covariate rain: withheld") for said in safe.withheld)
    assert isinstance(safe.findings[0].estimate, Estimate)
    wet = evaluate(programme_of(frame, covariates=rain(frame)))
    assert published(wet) is wet


def test_a_covariate_that_the_campaign_moved_is_told(tmp_path: Path) -> None:
    """Rain that the campaign raises by 60 passes for no effect; the answer without it stands beside."""
    frame = frame_of(2)
    frame.loc[frame["area"].isin(TREATED) & (frame["period"] >= START), "rain"] += 60.0
    found = by_template(programme_of(frame, covariates=rain(frame)), tmp_path / "t.xlsx")
    check = next(c for c in found.checks if c.check == "covariates")
    assert check.passed is False
    assert "rain moved where the campaign was" in check.text
    bare = estimate_contribution(frame, treated=TREATED, start=START, end="2018-12-31")
    assert isinstance(bare, Estimate)
    assert check.statistic == bare.effect.point


def test_populations_that_cannot_be_used_are_said() -> None:
    """With one comparison area the campaign areas are taken together, whatever the areas count for."""
    frame = frame_of(3, areas=3)
    with_sizes = evaluate(programme_of(frame, areas=populations(frame))).findings[0]
    without = evaluate(programme_of(frame)).findings[0]
    assert isinstance(with_sizes.estimate, Estimate)
    assert isinstance(without.estimate, Estimate)
    assert with_sizes.estimate.effect == without.estimate.effect
    assert any("weights are for comparisons of areas one by one" in n for n in with_sizes.estimate.notes)
    with pytest.raises(InputError, match=r"takes no weights, as it takes the campaign areas together"):
        estimate_contribution(frame, treated=TREATED, start=START, weights="population")
    with pytest.raises(InputError, match=r"they are for did, synthetic"):
        estimate_contribution(frame_of(3), treated=TREATED, start=START, weights="population", method="areas")


def test_unnamed_areas_are_left_out_by_name_through_the_template() -> None:
    """An area with figures that is neither campaign area nor comparison."""
    frame = frame_of(4)
    rows = tuple(Comparison(area=f"area {j:02d}", why_comparable="alike") for j in range(2, 7))
    found = evaluate(programme_of(frame, comparisons=rows)).findings[0]
    by_frame = estimate_contribution(
        frame, treated=TREATED, start=START, end="2018-12-31", comparison=[r.area for r in rows if r.area]
    )
    assert isinstance(found.estimate, Estimate)
    assert isinstance(by_frame, Estimate)
    assert found.estimate.effect == by_frame.effect
    said = [n for n in found.estimate.notes if n.startswith("Left out, as neither")]
    assert len(said) == 1
    assert "comparison: area 07." in said[0]
    assert said[0] in by_frame.notes


@pytest.mark.parametrize("method", METHODS)
def test_the_analyst_can_override_the_method_through_the_template(method: str, tmp_path: Path) -> None:
    """Every method on offer gives the numbers of the other door, and is said to be chosen."""
    frame = frame_of(8, areas=9)
    outcome = programme_of(frame).outcomes[0].model_copy(update={"method": method})
    found = by_template(programme_of(frame, outcomes=(outcome,)), tmp_path / "t.xlsx")
    more = {"comparison": []} if method in ALONE else {}
    by_frame = estimate_contribution(
        frame, treated=TREATED, start=START, end="2018-12-31", method=method, **more
    )
    assert isinstance(found.estimate, Estimate)
    assert isinstance(by_frame, Estimate)
    assert found.estimate.method == method
    for name in NUMBERS:
        assert getattr(found.estimate, name) == getattr(by_frame, name), name
    assert found.design is not None
    said = [r for r in found.design.reasons if r.startswith("The analyst chose the method")]
    assert bool(said) == (method != "areas")
    assert method in ACCOUNTS


def test_the_template_offers_every_method_for_figures_by_period() -> None:
    """But for those that only repeat published analyses; another name is refused with the list."""
    assert {r.method for r in REQUIREMENTS if not r.method.startswith("segmented")} == set(METHODS)
    assert {r.method for r in REQUIREMENTS if r.alone and r.method in METHODS} == set(ALONE)
    whole = programme_of(frame_of(8)).outcomes[0]
    with pytest.raises(ValidationError, match="one of: series, controlled, areas"):
        Outcome.model_validate(whole.model_dump() | {"method": "magic"})


def faults(programme: Programme, **parts: Any) -> set[str]:
    """Codes of what is wrong with a programme."""
    with pytest.raises(ValidationError) as caught:
        Programme.model_validate(programme.model_copy(update=parts).__dict__)
    return {str(e["type"]) for e in caught.value.errors()}


def test_what_is_wrong_with_populations_and_covariates_is_named() -> None:
    """Each fault of the two sheets has a message of its own."""
    frame = frame_of(5)
    programme, sizes, wet = programme_of(frame), populations(frame), rain(frame)
    assert faults(programme, areas=sizes[:-1]) == {"M-population-missing"}
    assert faults(programme, areas=(*sizes, sizes[0])) == {"M-duplicate"}
    stray = Area(area="area 99", population=1.0)
    assert faults(programme, areas=(*sizes, stray)) == {"M-area-no-data"}
    trial = programme.outcomes[0].model_copy(update={"name": "Letters"})
    two = tuple(o.model_copy(update={"outcome": "Calls"}) for o in programme.observations)
    alone = tuple(c.model_copy(update={"outcome": "Letters"}) for c in wet)
    groups = tuple(
        GroupRow(outcome="Letters", arm=arm, control=arm == "none", n=100, mean=5.0, sd=1.0)
        for arm in ("none", "letter")
    )
    both = {"outcomes": (*programme.outcomes, trial), "observations": two, "groups": groups}
    assert faults(programme, covariates=alone, **both) == {"M-covariate-alone"}
    assert faults(programme, covariates=wet[1:]) == {"M-covariate-gap"}
    assert faults(programme, covariates=(*wet, wet[0])) == {"M-duplicate-observation"}
    dry = tuple(c.model_copy(update={"value": 1.0}) for c in wet)
    assert faults(programme, covariates=dry) == {"M-covariate-flat"}
    moved = wet[3].model_copy(update={"period": date(2016, 4, 9)})
    assert faults(programme, covariates=(*wet, moved)) == {"M-covariate-period"}
    away = wet[3].model_copy(update={"area": "Northfeild"})
    assert faults(programme, covariates=(*wet, away)) == {"M-area-no-data"}
    whole = wet[3].model_copy(update={"area": None, "period": date(2016, 4, 1)})
    assert faults(programme, covariates=(*wet, whole)) == {"M-area-blank"}
    assert faults(programme, covariates=(*wet, wet[3].model_copy(update={"outcome": "Cals"}))) == {
        "M-unknown-name"
    }


@pytest.mark.parametrize("wrong", [0, -5])
def test_a_population_that_is_none_is_named_by_its_cell(wrong: int, tmp_path: Path) -> None:
    """Zero and below are refused in their cell."""
    frame = frame_of(7)
    write_template(tmp_path / "t.xlsx", programme_of(frame, areas=populations(frame)))
    workbook = load_workbook(tmp_path / "t.xlsx")
    assert workbook["Areas"]["B7"].value == "Population"
    workbook["Areas"]["B8"] = wrong
    workbook.save(tmp_path / "t.xlsx")
    stopping = check_files([tmp_path / "t.xlsx"]).stopping
    assert ("M-population", "Areas", "B8") in [(i.code, i.sheet, i.cell) for i in stopping]


def test_more_covariates_than_areas_can_tell_apart_are_refused() -> None:
    """Seven for eight areas; and one that moves alike everywhere is left out by name."""
    frame = frame_of(6)
    rng = np.random.default_rng(1)
    names = [f"x{k}" for k in range(7)]
    for name in names:
        frame[name] = rng.normal(size=len(frame))
    with pytest.raises(InputError, match="7 columns for 8 areas: a comparison of areas can tell 6 apart"):
        estimate_contribution(frame, treated=TREATED, start=START, covariates=names)
    shared = dict(zip(MONTHS, rng.normal(size=MONTHS.size), strict=True))
    frame["mood"] = frame["period"].map(shared) + frame["area"].str[-2:].astype(int)
    found = estimate_contribution(frame, treated=TREATED, start=START, covariates=["mood"])
    bare = estimate_contribution(frame, treated=TREATED, start=START)
    assert isinstance(found, Estimate)
    assert isinstance(bare, Estimate)
    assert found.effect == bare.effect
    assert any("The covariate mood moves alike in all areas" in note for note in found.notes)
    frame["flat"] = 1.0
    with pytest.raises(InputError, match="covariate 'flat' is the same everywhere and always"):
        estimate_contribution(frame, treated=TREATED, start=START, covariates=["flat"])
