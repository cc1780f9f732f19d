"""The evidence pack: live, traceable, the same every time, and honest where there is no number."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.formula import Tokenizer

from evalkit.estimate import Interval
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_pack
from evalkit.money.cost import cost_per_outcome, full_cost
from evalkit.pack.text import committee_text
from evalkit.vocabulary import DesignCode, Direction, OutcomeKind
from tests import evaluations as made

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "SUM(", "SUMPRODUCT(", "SUMIFS(", "COUNTIFS(", "IF(", "AND(", "ABS(", "MAX(", "MIN(", "ROUND(", "INDEX(",
    "MATCH(", "IFERROR(",
}  # fmt: skip
FORMULA = re.compile(r"(<c r=\"[A-Z]+\d+\"[^>]*?)(?: t=\"\w+\")?(><f>.*?</f>)<v>.*?</v>", re.DOTALL)


def cases() -> dict[str, Evaluation]:
    """One evaluation for each way a pack can come out."""
    unbounded = Interval(-50.0, float("-inf"), -10.0)
    return {
        "fall": made.evaluation(made.estimate(made.FALL)),
        "no-gap": made.evaluation(made.estimate(made.FALL, gap=False)),
        "unsure": made.evaluation(made.estimate(made.UNSURE, design=DesignCode.SINGLE_SERIES)),
        "wrong-way": made.evaluation(made.estimate(made.RISE)),
        "rise": made.evaluation(made.estimate(made.RISE), made.programme(direction=Direction.UP)),
        "share": made.evaluation(
            made.estimate(made.RISE),
            made.programme(
                direction=Direction.UP, kind=OutcomeKind.SHARE, unit="loads kept clean", matters=0.02
            ),
        ),
        "no-cost": made.evaluation(made.estimate(made.FALL), made.programme(inputs=())),
        "unbounded": made.evaluation(made.estimate(unbounded, with_path=False)),
        "refusal": made.evaluation(made.REFUSAL),
        "outside": made.evaluation(
            made.estimate(made.FALL, design=DesignCode.RANDOMISED, with_path=False), external=True
        ),
    }


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every case written once."""
    folder = tmp_path_factory.mktemp("packs")
    for name, evaluation in cases().items():
        write_pack(evaluation, folder / f"{name}.xlsx")
    return {name: folder / f"{name}.xlsx" for name in cases()}


def formulas(workbook: Workbook) -> Iterator[tuple[str, str, str]]:
    """Sheet, cell and text of every formula."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, str(cell.value)


def office() -> str:
    """The path of LibreOffice; a test that needs it is skipped without, unless it is required."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("EVALKIT_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail("LibreOffice is required and not installed")
        pytest.skip("LibreOffice is not installed")
    return found


def recalculated(paths: list[Path], folder: Path) -> list[Path]:
    """Empty every cached value and let LibreOffice work it out anew."""
    bare = folder / "bare"
    bare.mkdir()
    for path in paths:
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare / path.name, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name.startswith("xl/worksheets/sheet"):
                    data = FORMULA.sub(r"\1\2<v></v>", data.decode()).encode()
                target.writestr(name, data)
    command = [office(), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "done")]
    subprocess.run(
        [*command, *(str(bare / p.name) for p in paths)], check=True, capture_output=True, timeout=300
    )
    return [folder / "done" / p.name for p in paths]


def test_every_cached_value_is_what_libreoffice_works_out(packs: dict[str, Path], tmp_path: Path) -> None:
    """Every cached value is what LibreOffice works out."""
    compared = 0
    for path, done in zip(packs.values(), recalculated(list(packs.values()), tmp_path), strict=True):
        ours = load_workbook(path, data_only=True)
        with warnings.catch_warnings(action="ignore"):  # openpyxl cannot read the charts LibreOffice writes
            theirs = load_workbook(done, data_only=True)
        for sheet, cell, text in formulas(load_workbook(path)):
            shown, worked_out = ours[sheet][cell].value, theirs[sheet][cell].value
            place = f"{path.stem} {sheet}!{cell} {text}"
            if isinstance(shown, str):
                assert worked_out == shown, place
            else:
                assert worked_out == pytest.approx(shown, rel=1e-9, abs=1e-9), place
            compared += 1
    assert compared > 500


def test_a_changed_cost_moves_the_cost_per_outcome_as_the_library_does(tmp_path: Path) -> None:
    """A changed cost moves the cost per outcome as the library does."""
    path = tmp_path / "a.xlsx"
    evaluation = cases()["fall"]
    write_pack(evaluation, path)
    workbook = load_workbook(path)
    sheet = workbook["Costs"]
    amount = next(c for row in sheet.iter_rows() for c in row if c.value == 6400.1)
    amount.value = 9400.1
    changed = tmp_path / "changed.xlsx"
    workbook.save(changed)
    lines = list(evaluation.programme.campaigns[0].inputs)
    lines[0] = lines[0].model_copy(update={"amount": Decimal("9400.10")})
    estimate = evaluation.findings[0].estimate
    wanted = cost_per_outcome(full_cost(lines), estimate, Direction.DOWN).interval  # type: ignore[arg-type]
    assert wanted is not None
    (done,) = recalculated([changed], tmp_path)
    figures = load_workbook(done, data_only=True)["Cost per outcome"]
    row = next(
        r for r in figures.iter_rows(values_only=True) if r[0] == "Cost per outcome" and r[3] is not None
    )
    assert row[3:6] == pytest.approx((wanted.point, wanted.low, wanted.high), rel=1e-9)


def test_packs_are_identical_bytes_whatever_the_hash_seed_and_time_zone(tmp_path: Path) -> None:
    """Packs are identical bytes whatever the hash seed and time zone."""
    script = (
        "from tests.test_pack import cases\nfrom evalkit.excel.pack import write_pack\nimport sys\n"
        "write_pack(cases()['fall'], sys.argv[1])"
    )
    written = []
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/New_York")):
        path = tmp_path / f"{seed}.xlsx"
        settings = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, env=settings, cwd=ROOT)
        written.append(path.read_bytes())
    assert written[0] == written[1]


REFERENCE = re.compile(r"(?:'([^']+)'!|\b([A-Za-z]+)!)?\$?([A-Z]{1,2})\$?(\d+)(?::\$?([A-Z]{1,2})\$?(\d+))?")


def precedents(workbook: Workbook, sheet: str, cell: str) -> Iterator[tuple[str, str]]:
    """Every constant cell that a formula rests on, followed to the end."""
    content = workbook[sheet][cell]
    if content.data_type != "f":
        yield sheet, cell
        return
    text = re.sub(r'"[^"]*"', "", str(content.value))
    for quoted, plain, left, top, right, bottom in REFERENCE.findall(text):
        where = quoted or plain or sheet
        block = workbook[where][f"{left}{top}:{right or left}{bottom or top}"]
        for row in block:
            for found in row:
                yield from precedents(workbook, where, found.coordinate)


@pytest.mark.parametrize("name", ["fall", "unsure", "share", "no-cost", "wrong-way", "outside"])
def test_every_headline_rests_on_estimates_and_costs(packs: dict[str, Path], name: str) -> None:
    """Every headline rests on estimates and costs."""
    workbook = load_workbook(packs[name])
    sheet = workbook["Summary"]
    live = [c.coordinate for row in sheet.iter_rows(min_col=3) for c in row if c.data_type == "f"]
    assert len(live) >= 13
    for cell in live:
        sources = {where for where, _ in precedents(workbook, "Summary", cell)}
        assert sources
        assert sources <= {"Estimates", "Costs"}, cell
    held = [
        c for row in sheet.iter_rows(min_col=3) for c in row if c.data_type == "n" and c.value is not None
    ]
    assert not held, "the Summary holds no number of its own"


def test_only_plain_functions_are_used(packs: dict[str, Path]) -> None:
    """Only plain functions are used."""
    for path in packs.values():
        for sheet, cell, text in formulas(load_workbook(path)):
            for token in Tokenizer(text).items:
                if token.type == "FUNC" and token.subtype == "OPEN":
                    assert token.value in ALLOWED, f"{path.stem} {sheet}!{cell}"
            assert len(text) <= 120
            assert "#REF" not in text


def test_text_from_a_template_never_becomes_a_formula(tmp_path: Path) -> None:
    """Text from a template never becomes a formula."""
    hostile = '=HYPERLINK("http://example.org","x")'
    described = made.programme(title=hostile, unit="+loads", note="@SUM(1+1)")
    path = tmp_path / "a.xlsx"
    write_pack(made.evaluation(made.estimate(made.FALL), described), path)
    workbook = load_workbook(path)
    for _, _, text in formulas(workbook):
        assert "HYPERLINK" not in text
        assert "example" not in text
    echoed = [
        c
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for c in row
        if isinstance(c.value, str) and c.value[:1] in "=+@" and c.data_type != "f"
    ]
    assert any(c.value == "+loads" for c in echoed)
    assert any(c.value == "@SUM(1+1)" for c in echoed)
    assert all(c.quotePrefix for c in echoed)


def test_sheets_are_set_up_for_readers(packs: dict[str, Path]) -> None:
    """Sheets are set up for readers."""
    for path in packs.values():
        workbook = load_workbook(path)
        assert workbook.sheetnames[:3] == ["Cover", "Contents", "Summary"]
        assert workbook.active is workbook["Cover"]
        assert workbook.properties.title.startswith("Evidence pack")
        listed = {r[0] for r in workbook["Contents"].iter_rows(min_row=5, values_only=True)}
        for sheet in workbook.worksheets:
            assert sheet["A1"].style == "Heading 1"
            assert isinstance(sheet["A2"].value, str)
            assert not sheet.merged_cells.ranges
            assert not sheet.freeze_panes
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.paperSize) == (1, 9)
            assert sheet.title in listed or sheet.title in ("Cover", "Contents")
        assert workbook["Summary"].page_setup.orientation == "portrait"
        assert workbook["Summary"].page_setup.fitToHeight == 1


def test_charts_are_described_titled_and_show_the_numbers_of_a_table(packs: dict[str, Path]) -> None:
    """Charts are described titled and show the numbers of a table."""
    with zipfile.ZipFile(packs["fall"]) as archive:
        drawings = [
            archive.read(n).decode()
            for n in archive.namelist()
            if "drawings/drawing" in n and "_rels" not in n
        ]
        charts = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/charts/chart")]
    spoken = [t for d in drawings for t in re.findall(r"descr=[\"']([^\"']+)", d)]
    assert len(spoken) == len(charts) == 3
    assert all(len(t) > 80 for t in spoken)
    for chart in charts:
        assert "'Periods 1'!" in chart
        assert "numLit" not in chart
        assert chart.count("<title>") == 3, "the chart and both axes have a title"


def test_a_refusal_is_a_pack_like_any_other(packs: dict[str, Path]) -> None:
    """A refusal is a pack like any other."""
    workbook = load_workbook(packs["refusal"], data_only=True)
    page = " ".join(str(c) for row in workbook["Summary"].iter_rows(values_only=True) for c in row if c)
    assert "Not estimated" in page
    assert "at least 8 are needed" in page
    assert "Add earlier figures." in page
    assert "Rule 8" in page
    assert {"Estimates", "Costs", "Checks and grade", "Method", "Data", "Audit"} <= set(workbook.sheetnames)


@pytest.mark.parametrize(("name", "high"), [("unsure", "no upper limit"), ("wrong-way", "not applicable")])
def test_a_cost_without_a_limit_is_said_in_words(packs: dict[str, Path], name: str, high: str) -> None:
    """A cost without a limit is said in words."""
    sheet = load_workbook(packs[name], data_only=True)["Summary"]
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "Cost per outcome")
    assert row[4] == high


def test_the_workbook_finds_itself_in_agreement(packs: dict[str, Path]) -> None:
    """The workbook finds itself in agreement."""
    for path in packs.values():
        sheet = load_workbook(path, data_only=True)["Cover"]
        row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "Do the figures agree?")
        assert row[1] == "All figures agree"


def test_the_committee_text_is_a_page_that_says_what_the_summary_says() -> None:
    """The committee text is a page that says what the summary says."""
    for evaluation in cases().values():
        text = committee_text(evaluation)
        joined = " ".join(text.split())
        assert evaluation.findings[0].verdict.sentence in joined
        assert "Recommendation." in text
        assert max(map(len, text.splitlines())) <= 90
        assert len(text.splitlines()) <= 66
