"""An organisation's own reference values: read or refused by cell, used in place of evalkit's, on record."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from evalkit import evaluate, evaluate_many, read_evaluation, read_reference_values, read_template
from evalkit.campaign.reference_values import COLUMNS, FILES
from evalkit.campaign.valuation import UnitValue
from evalkit.cli import app
from evalkit.errors import TemplateError
from evalkit.evaluating import fingerprint
from evalkit.evaluation import Evaluation
from evalkit.excel.pack import write_pack
from evalkit.excel.reference_files import check_reference_values
from evalkit.excel.template import write_template
from evalkit.money import deflators, discounting, reference
from evalkit.money.unit_costs import UnitCost, unit_cost
from evalkit.pack.changes import changes
from evalkit.saved import evaluation_json
from evalkit.vocabulary import Beneficiary, DiscountSeries
from evalkit.withholding.published import published
from evalkit.worked.catalogue import EXAMPLES
from tests.test_pack import recalculated
from tests.test_value import asked, row

HEAD = ",".join(COLUMNS)
END = "2026-09,green,,Finance handbook"
VISIT = f"fiscal,OUR1,Visit by a warden,80.00,per visit,2024-25,{END}"
GRADES = [f"cut,{g},Grade {g},{(g - 1) / 10},share,,{END}" for g in range(1, 7)]
LEVELS = [f"grade of level,{n},Level {n},{6 - n},grade,,{END}" for n in range(1, 6)]
FLAT = [f"financial year,{y}-{(y + 1) % 100:02d},Index,{100 + y - 2000},2000 = 100,,{END}"
        for y in range(2000, 2027)]  # fmt: skip
TENTH = f"standard,0-200,Every year,10%,a year,,{END}"


def folder(path: Path, **files: list[str]) -> Path:
    """A folder of reference values; without any named, a whole set of four."""
    files = files or {"unit_costs": [VISIT], "discount_rates": [TENTH], "gdp_deflators": FLAT,
                      "benefit_cuts": [*GRADES, *LEVELS]}  # fmt: skip
    path.mkdir(exist_ok=True)
    for name, rows in files.items():
        (path / f"{name}.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8-sig")
    return path


def test_own_values_take_the_place_of_the_published_ones(tmp_path: Path) -> None:
    """An appraisal by hand with a rate of 10%, an index of a point a year and a cut of a tenth at grade 2.

    100 × £200 × 0.9 × (1 + 0.5 / 1.1 × 1) in prices of the year: the benefit follows the effect in real
    terms; the value of 2024-25 is that of the base year.
    """
    own = read_reference_values(folder(tmp_path / "own"))
    plain = asked(row(drop_off=0.5, duration_years=1)).npsv.interval
    with reference.using(own):
        assert discounting.rate(discounting.schedule(DiscountSeries.STANDARD), 40) == 0.1
        assert discounting.rate(discounting.schedule(DiscountSeries.HEALTH), 5) == 0.015  # not given
        assert deflators.index(2010) == 110.0
        assert deflators.index(2028) == pytest.approx(126 * 1.02**2)
        found = asked(row(drop_off=0.5, duration_years=1))
        own_code = UnitValue(description="Visit", code="OUR1", beneficiary=Beneficiary.FISCAL)
        visit = unit_cost(own_code, 2025)
        assert isinstance(visit, UnitCost)
        assert (visit.central, visit.source) == (80.0, "Finance handbook (the organisation's own value)")
        older = asked(row(price_year="2019-20")).npsv.interval
    assert found.npsv.interval is not None
    assert found.npsv.interval.point == pytest.approx(100 * 200 * 0.9 * (1 + 0.5 / 1.1) - 10000, rel=1e-9)
    assert older is not None
    assert older.point == pytest.approx(100 * 200 * 124 / 119 * 0.9 - 10000, rel=1e-9)
    assert asked(row(drop_off=0.5, duration_years=1)).npsv.interval == plain  # nothing stays behind
    assert isinstance(unit_cost(own_code, 2025), str)
    assert found.basis is not None
    assert dict(found.basis.vintages)["discount_rates"] == "2026-09, the organisation's own"


BAD = {
    "a file of another name": ({"prices": [VISIT]}, "F36", ""),
    "an unknown series": ({"unit_costs": [VISIT.replace("fiscal", "public")]}, "M-choice", "A2"),
    "no number": ({"unit_costs": [VISIT.replace("80.00", "eighty")]}, "C26", "D2"),
    "below nil": ({"unit_costs": [VISIT.replace("80.00", "-80")]}, "M-range", "D2"),
    "a rate as a whole number": ({"discount_rates": [TENTH.replace("10%", "3.5")]}, "M-range", "D2"),
    "no source": ({"unit_costs": [VISIT.replace("Finance handbook", "")]}, "V09", "J2"),
    "no price year": ({"unit_costs": [VISIT.replace("2024-25", "")]}, "V09", "F2"),
    "a price year of no amount": ({"discount_rates": [TENTH.replace(",,2026-09", ",2024-25,2026-09")]},
                                  "M-type", "F2"),
    "a vintage in words": ({"unit_costs": [VISIT.replace("2026-09", "Autumn 2026")]}, "M-type", "G2"),
    "a colour of its own": ({"unit_costs": [VISIT.replace("green", "blue")]}, "M-type", "H2"),
    "a row twice": ({"unit_costs": [VISIT, VISIT]}, "M-reference-twice", "B3"),
    "bands with a gap": ({"discount_rates": [TENTH.replace("0-200", b) for b in ("0-30", "40-99")]},
                         "M-reference-gap", "A2"),
    "a grade left out": ({"benefit_cuts": GRADES[:-1]}, "M-reference-gap", "A2"),
    "a year left out": ({"gdp_deflators": [*FLAT[:5], *FLAT[6:]]}, "M-reference-gap", "A2"),
    "an index that begins too late": ({"gdp_deflators": FLAT[5:]}, "M-reference-gap", "A2"),
    "one end of an uplift": ({"optimism_bias": [f"upper,roads,Roads,0.4,share of cost,,{END}"]},
                             "M-reference-gap", "B2"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_fault_has_its_file_cell_and_cure(what: str, tmp_path: Path) -> None:
    """Every kind of fault, in a file otherwise sound."""
    files, code, cell = BAD[what]
    with pytest.raises(TemplateError) as refused:
        read_reference_values(folder(tmp_path / "own", **files))
    issues = refused.value.issues
    assert [(i.code, i.cell) for i in issues] == [(code, cell)]
    assert issues[0].sheet == f"{next(iter(files))}.csv"
    for part in (issues[0].found, issues[0].expected, issues[0].fix):
        assert part
        assert "{" not in part


def test_files_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    """No such file, an empty folder, other headings; several faults at once, each with its cell."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "unit_costs.csv").write_text("code,value\nX,1\n", encoding="utf-8")
    for path, code in (("empty", "F36"), ("gdp_deflators.csv", "F19"), ("unit_costs.csv", "F37")):
        with pytest.raises(TemplateError) as refused:
            read_reference_values(tmp_path / path)
        assert [i.code for i in refused.value.issues] == [code]
    two = [VISIT.replace("80.00", "x").replace("green", "blue"), VISIT.replace("2026-09", "")]
    with pytest.raises(TemplateError) as refused:
        read_reference_values(folder(tmp_path / "own", unit_costs=two))
    assert {(i.code, i.cell) for i in refused.value.issues} == {
        ("C26", "D2"), ("M-type", "H2"), ("V09", "G3"),
    }  # fmt: skip


def test_the_files_of_evalkit_itself_are_in_the_format() -> None:
    """Taken as somebody's own, but for the costs of a contact, whose series name a study each.

    The index by financial year is there for a golden value and begins in 2002: too late to be used alone.
    """
    home = Path(reference.__file__).parent / "reference"
    for name in FILES:
        if name == "channel_costs":
            continue
        found = check_reference_values(home / f"{name}.csv")
        assert [i.code for i in found.issues] == ["M-reference-gap"] * (name == "gdp_deflators")
        assert len(found.values) == len(reference.rows(name))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Evaluation]:
    """The recycling example evaluated from the command line, with a folder of one's own values."""
    home = tmp_path_factory.mktemp("run")
    write_template(home / "template.xlsx", EXAMPLES["recycling"].programme())
    own = folder(home / "own")
    result = CliRunner().invoke(
        app,
        ["evaluate", str(home / "template.xlsx"), "--out", str(home / "pack.xlsx"), "--json",
         str(home / "evaluation.json"), "--reference", str(own)],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return home, read_evaluation(home / "evaluation.json")


def test_a_run_keeps_what_it_was_given(run: tuple[Path, Evaluation]) -> None:
    """In the JSON with files and fingerprint; read back, it gives the same pack without the folder."""
    home, saved = run
    assert len(saved.programme.reference_values) == 1 + 1 + len(FLAT) + 11
    names = {f.name for f in saved.provenance.files}
    assert names == {"template.xlsx", "unit_costs.csv", "discount_rates.csv", "gdp_deflators.csv",
                     "benefit_cuts.csv"}  # fmt: skip
    given = json.loads((home / "evaluation.json").read_text(encoding="utf-8"))
    assert given["provenance"]["programme_sha256"] == fingerprint(saved.programme)
    write_pack(saved, home / "again.xlsx")
    write_pack(published(evaluate(read_template(home / "template.xlsx", reference=home / "own"))),
               home / "same.xlsx")  # fmt: skip
    first, again, same = (
        load_workbook(home / n, data_only=True) for n in ("pack.xlsx", "again.xlsx", "same.xlsx")
    )
    for sheet in ("Value for money", "Assumptions", "Value working", "Logs"):
        cells = [[c.value for row in book[sheet].iter_rows() for c in row] for book in (same, again)]
        assert cells[0] == cells[1]
    rate = next(r for r in first["Assumptions"].iter_rows() if "Finance handbook" in str(r[2].value))
    assert [c.value for c in rate[2:6]] == [
        "Finance handbook (the organisation's own value)", "2026-09", "Input", 0.1,
    ]  # fmt: skip
    log = [[c.value for c in row] for row in first["Logs"].iter_rows()]
    assert any(r[0] == "unit costs" and "OUR1" in str(r[2]) and r[7] == 80 for r in log)
    digest = hashlib.sha256((home / "own" / "unit_costs.csv").read_bytes()).hexdigest()
    audited = [c.value for row in first["Audit"].iter_rows() for c in row]
    assert f"SHA-256 {digest}" in audited


def test_the_workbook_works_with_them_as_the_library_does(
    run: tuple[Path, Evaluation], tmp_path: Path
) -> None:
    """LibreOffice works every formula out anew: the numbers are those written into the pack."""
    home, _ = run
    (again,) = recalculated([home / "pack.xlsx"], tmp_path)
    cached, anew = (load_workbook(path, data_only=True) for path in (home / "pack.xlsx", again))
    compared = 0
    for sheet in ("Value for money", "Value working", "Sensitivity", "Self-check"):
        for cells in cached[sheet].iter_rows():
            for cell in (c for c in cells if c.value is not None):
                other = anew[sheet][cell.coordinate].value
                exact = not isinstance(cell.value, int | float)
                assert other == (cell.value if exact else pytest.approx(cell.value, rel=1e-9, abs=1e-6)), cell
                compared += not exact
    assert compared > 200


def test_values_differ_and_the_next_pack_says_why(run: tuple[Path, Evaluation]) -> None:
    """Beside a run without the folder: another net value, another fingerprint, each row a change."""
    home, own = run
    plain = evaluate(read_template(home / "template.xlsx"))
    assert "reference_values" in json.loads(evaluation_json(plain))["programme"]
    nets = [e.findings[0].value.npsv.interval for e in (own, plain)]
    assert nets[0] is not None
    assert nets[1] is not None
    assert nets[0].point != pytest.approx(nets[1].point, rel=1e-3)
    assert fingerprint(own.programme) != fingerprint(plain.programme)
    said = str(changes(own, plain))
    assert "Reference values" in said
    assert "OUR1" in said


def test_a_plain_programme_has_the_fingerprint_that_it_always_had() -> None:
    """So that evaluations saved before can still be told to be of the same input."""
    programme = EXAMPLES["recycling"].programme()
    data = json.loads(programme.model_dump_json())
    assert data.pop("reference_values") == []
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    assert fingerprint(programme) == hashlib.sha256(text.encode()).hexdigest()


def test_check_and_review_take_them_too(run: tuple[Path, Evaluation], tmp_path: Path) -> None:
    """A check tells what was read of them or what is wrong; a review refuses bad ones before it starts."""
    home, own = run
    template = str(home / "template.xlsx")
    told = CliRunner().invoke(app, ["check", template, "--reference", str(home / "own")])
    assert told.exit_code == 0, told.output
    assert "unit_costs.csv: 1 row" in told.output
    bad = folder(tmp_path / "bad", unit_costs=[VISIT.replace("80.00", "eighty")])
    told = CliRunner().invoke(app, ["check", template, "--reference", str(bad)])
    assert told.exit_code == 1
    assert "unit_costs.csv!D2" in told.output
    args = ["review", template, "--out", str(tmp_path / "review.xlsx"), "--reference", str(bad)]
    told = CliRunner().invoke(app, args)
    assert told.exit_code == 1
    assert "unit_costs.csv!D2" in told.output
    assert not (tmp_path / "review.xlsx").exists()
    (again,) = evaluate_many([template], reference=home / "own")
    assert isinstance(again, Evaluation)
    assert published(again).findings[0].value.npsv == own.findings[0].value.npsv
