"""Every shipped example runs as its README says, by both doors, with equal numbers."""

from __future__ import annotations

import importlib.util
import json
import math
import shlex
import shutil
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from evalkit import (
    Estimate,
    compare_groups,
    decompose_contributions,
    estimate_contribution,
    read_template,
)
from evalkit.cli import app
from evalkit.estimate import Interval
from evalkit.excel.pack import write_publication
from evalkit.excel.rules import Weight, inspect
from evalkit.excel.template import write_template
from evalkit.saved import read_evaluation
from evalkit.vocabulary import SignOffEntry
from evalkit.withholding.answers import rounded_interval
from evalkit.worked.catalogue import EXAMPLES

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(p.parent for p in (ROOT / "examples").glob("*/cmd.txt"))
NUMBERS = ("effect", "total", "rel_effect", "p_value", "smallest_detectable")

by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)


def _script(name: str) -> ModuleType:
    """A script that lies beside the examples."""
    spec = importlib.util.spec_from_file_location(f"examples_{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build, coverage = _script("build"), _script("coverage")


def numbers(data: Any, path: str = "") -> dict[str, Any]:
    """Flatten nested data to path and leaf."""
    if isinstance(data, dict):
        pairs = data.items()
    elif isinstance(data, (list, tuple)):
        pairs = enumerate(data)
    else:
        return {path: float(data) if data in ("Infinity", "-Infinity") else data}
    return {k: v for key, item in pairs for k, v in numbers(item, f"{path}/{key}").items()}


def assert_close(found: Any, expected: Any, *, rel: float) -> None:
    """Same shape, same words, numbers within a relative tolerance."""
    found, expected = numbers(found), numbers(expected)
    assert found.keys() == expected.keys()
    for path, wanted in expected.items():
        if isinstance(wanted, float) and not math.isinf(wanted):
            assert found[path] == pytest.approx(wanted, rel=rel, abs=1e-12), path
        else:
            assert found[path] == wanted, path


def evaluation_of(folder: Path, where: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run an example's commands in a copy of its folder and read the JSON they write."""
    shutil.copy(folder / "template.xlsx", where)
    monkeypatch.chdir(where)
    for line in (folder / "cmd.txt").read_text(encoding="utf-8").splitlines():
        name, *words = shlex.split(line)
        assert name == "evalkit"
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, f"{line}\n{result.output}"
    found: dict[str, Any] = json.loads((where / "evaluation.json").read_text(encoding="utf-8"))
    return found


def estimated_by_hand(folder: Path, finding: dict[str, Any], arguments: dict[str, Any]) -> object:
    """What the library door gives for a finding, from the folder's frames."""
    name = finding["outcome"]
    if (folder / "groups.csv").exists():
        table = pd.read_csv(folder / "groups.csv")
        return compare_groups(table[table["of"] == name], **arguments)[finding["arm"]]
    frame = pd.read_csv(folder / "frame.csv", parse_dates=["period"])
    own = frame[frame["outcome"] == name].dropna(axis="columns", how="all")
    if (folder / "doses.csv").exists():
        doses = pd.read_csv(folder / "doses.csv", parse_dates=["period"])
        return decompose_contributions(own, doses=doses, **arguments)[finding["campaign"]]
    return estimate_contribution(own, **arguments)


def test_every_worked_example_has_a_folder() -> None:
    """The catalogue and the folders name the same examples."""
    assert {f.name for f in FOLDERS} == set(EXAMPLES)
    assert len(FOLDERS) >= 4


@by_folder
def test_the_commands_give_the_expected_answer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check is clean, evaluate writes a pack that meets the rules, both doors give the expected numbers."""
    document = evaluation_of(folder, tmp_path, monkeypatch)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    findings, rel = document["findings"], 1e-9
    if document["withheld"]:  # small counts: what is saved is rounded
        findings, rel = expected["findings"], 1e-6
        for saved, whole in zip(document["findings"], expected["findings"], strict=True):
            assert saved["verdict"]["claim"] == whole["claim"]
            told = rounded_interval(Interval(**whole["estimate"]["total"]))
            assert_close(saved["estimate"]["total"], asdict(told), rel=1e-6)
    else:
        assert_close(build.essentials(document), expected, rel=1e-6)
    write_publication(read_evaluation(tmp_path / "evaluation.json"), tmp_path / "copy.xlsx")
    for name in ("template.xlsx", "pack.xlsx", "copy.xlsx"):
        found = inspect(tmp_path / name, published=name == "copy.xlsx")
        assert [b.sentence for b in found if b.rule.weight is Weight.ESSENTIAL] == []
    arguments = json.loads((folder / "arguments.json").read_text(encoding="utf-8"))
    inside = [f for f in document["findings"] if not f["source"]]  # an estimate made elsewhere has no figures
    assert {f["outcome"] for f in inside} == set(arguments)
    for finding, exact in zip(document["findings"], findings, strict=True):
        if finding["source"]:
            continue
        by_hand = estimated_by_hand(folder, finding, arguments[finding["outcome"]])
        assert isinstance(by_hand, Estimate)
        for number in NUMBERS:
            value = getattr(by_hand, number)
            if hasattr(value, "point"):
                value = {k: getattr(value, k) for k in ("point", "low", "high", "level")}
            assert_close(value, exact["estimate"][number], rel=rel)


@by_folder
def test_the_template_holds_the_worked_example(folder: Path) -> None:
    """Reading the shipped template gives the programme that it was written from."""
    assert read_template(folder / "template.xlsx") == EXAMPLES[folder.name].programme()


@by_folder
def test_the_frame_and_its_arguments_are_those_of_the_programme(folder: Path) -> None:
    """The files for the library door are up to date."""
    programme = EXAMPLES[folder.name].programme()
    tables = build.tables(programme)
    assert {p.name for p in folder.glob("*.csv")} == set(tables)
    for name, table in tables.items():
        text = table.to_csv(index=False, lineterminator="\n")
        assert (folder / name).read_text(encoding="utf-8") == text
    shipped = json.loads((folder / "arguments.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(build.arguments(programme)))


@by_folder
def test_simulated_figures_say_so_first(folder: Path) -> None:
    """Nobody can take made-up figures for real ones."""
    example = EXAMPLES[folder.name]
    heading, _, first = (folder / "README.md").read_text(encoding="utf-8").splitlines()[:3]
    programme = example.programme()
    if example.draws is None:
        assert heading.endswith("(real figures)")
        assert first.startswith("**Real figures.**")
        return
    assert heading.endswith("(simulated)")
    assert first.startswith("**Simulated with `evalkit.simulate`, seed")
    assert "simulated with evalkit.simulate, seed" in programme.heading
    assert all("Simulated with evalkit.simulate, seed" in o.source for o in programme.outcomes)


@by_folder
def test_the_readme_gives_the_answer(folder: Path) -> None:
    """The answer quoted in words is the expected one."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for finding in expected["findings"]:
        assert finding["sentence"] in text


def test_the_readme_tells_the_true_effects() -> None:
    """Figures in the texts are those that were put in."""
    told = {
        "recycling": {"Contaminated loads": "366 loads fewer, or 18.6%"},
        "channel-shift": {
            "Calls about bins": "3,888 calls fewer, or\n10.2%",
            "Requests completed online": "2,319 more requests completed online, or 4.2 points",
        },
        "cannot-tell": {"Accidental dwelling fires": "5.7 fires fewer"},
        "appointments": {"Appointments kept": "1,246 more appointments kept"},
    }
    for name, sentences in told.items():
        draws = EXAMPLES[name].draws
        assert draws is not None
        text = (ROOT / "examples" / name / "README.md").read_text(encoding="utf-8")
        for outcome, sentence in sentences.items():
            assert sentence in text
            size = abs(draws()[outcome].truth.total)
            shown = f"{size:,.1f}" if size < 100 else f"{size:,.0f}"
            assert sentence.startswith(shown)


def test_the_published_effect_of_the_seat_belt_law_is_in_the_range() -> None:
    """Harvey and Durbin (1986): a fall of 21 to 23% in drivers killed or seriously injured."""
    expected = json.loads((ROOT / "examples/seat-belts/expected.json").read_text(encoding="utf-8"))
    (finding,) = expected["findings"]
    relative = finding["estimate"]["rel_effect"]
    assert relative["high"] < 0
    assert relative["low"] < -0.23 < -0.21 < relative["high"]
    assert finding["cost_per_outcome"] is None


@pytest.mark.parametrize("name", ["donor-register", "appointment-texts", "flu-texts"])
def test_what_is_derived_says_so(name: str) -> None:
    """In the README's first lines, and in the template where its figures come from and what is assumed."""
    text = (ROOT / "examples" / name / "README.md").read_text(encoding="utf-8")
    assert "derived" in text.split("\n\n")[1]
    assert "**Derived:**" in text
    programme = EXAMPLES[name].programme()
    sources = (*programme.outcomes, *programme.external_estimates)
    assert any("derived" in row.source for row in sources)
    assert any(line.entry is SignOffEntry.ASSUMPTION for line in programme.campaigns[0].sign_off)


def test_one_example_cannot_tell() -> None:
    """The honest answer is shipped as an example and names the smallest effect that could have been seen."""
    expected = json.loads((ROOT / "examples/cannot-tell/expected.json").read_text(encoding="utf-8"))
    (finding,) = expected["findings"]
    assert finding["claim"] == "cannot tell"
    assert finding["estimate"]["smallest_detectable"] > 0
    assert finding["cost_per_outcome"]["high"] == "Infinity"


def test_templates_are_written_the_same_twice(tmp_path: Path) -> None:
    """Two runs give the same bytes."""
    for example in EXAMPLES.values():
        one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
        write_template(one, example.programme())
        write_template(two, example.programme())
        assert one.read_bytes() == two.read_bytes(), example.name


def test_the_coverage_page_is_of_this_method() -> None:
    """Run `python examples/coverage.py` again after a change to a method."""
    rows = json.loads((ROOT / "examples" / "coverage.json").read_text(encoding="utf-8"))
    assert {r["example"] for r in rows} == set(coverage.SIMULATED)
    for row in rows:
        for i, width in enumerate(row["first_widths"]):
            _, _, error, now = coverage.hits(row["example"], i + 1)[row["outcome"]]
            assert now == pytest.approx(width, rel=0.02)
            assert error == pytest.approx(row["first_errors"][i], abs=0.02 * width)


def test_the_shipped_review_is_of_the_shipped_answers() -> None:
    """Every campaign's cost, level, answer and total are those of its example; essential rules are met."""
    path = ROOT / "examples" / "review" / "review.xlsx"
    rows = list(load_workbook(path, data_only=True)["Campaigns"].iter_rows(values_only=True))
    head = next(r for r in rows if r[0] == "Campaign")
    shown = {r[0]: dict(zip(head, r, strict=True)) for r in rows[rows.index(head) + 1 :]}
    primary: dict[str, dict[str, Any]] = {}
    for folder in FOLDERS:
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        for finding in sorted(expected["findings"], key=lambda f: f["exploratory"]):
            row = ", ".join([finding["campaign"], *([finding["arm"]] if "arm" in finding else [])])
            primary.setdefault(row, finding)
    assert set(shown) == set(primary)
    for title, finding in primary.items():
        row = shown[title]
        assert row["Evidence"] == f"Level {finding['level']}"
        assert str(row["Answer"]).startswith(finding["claim"])
        assert row["Full cost (£)"] == pytest.approx(float(finding["cost"]))
        if row["Improvement, best estimate"] != "no total":
            total = finding["estimate"]["total"]["point"]
            assert abs(row["Improvement, best estimate"]) == pytest.approx(abs(total), rel=1e-6)
    assert not [b for b in inspect(path) if b.rule.weight is Weight.ESSENTIAL]
