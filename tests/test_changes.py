"""A pack since an earlier one: every revised figure, changed assumption and changed answer is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from evalkit.campaign.programme import Programme
from evalkit.cli import app
from evalkit.excel.pack import write_pack
from evalkit.excel.template import write_template
from evalkit.pack.changed_records import record_changes
from evalkit.vocabulary import CostCategory, DesignCode
from evalkit.worked.catalogue import EXAMPLES
from tests import evaluations as made

Row = tuple[Any, ...]


def run(*words: object) -> str:
    """Run a command that must go well."""
    result = CliRunner().invoke(app, [str(w) for w in words])
    assert result.exit_code == 0, result.output
    return result.output


def programme() -> Programme:
    """One monthly series, with a unit value; its figures large enough not to be withheld."""
    worth = EXAMPLES["recycling"].programme().unit_values[0]
    base = EXAMPLES["cannot-tell"].programme()
    value = worth.model_copy(
        update={"outcome": base.outcomes[0].name, "description": "Turning out an engine"}
    )
    rows = [o.model_copy(update={"value": 10 * (o.value or 1)}) for o in base.observations]
    return base.model_copy(update={"unit_values": (value,), "observations": tuple(rows)})


def later(before: Programme) -> Programme:
    """A month later: dearer engines that fade faster, a revised month, a new month, an item named."""
    value, rows = before.unit_values[0], list(before.observations)
    assert value.value is not None
    dearer = {"value": value.value + Decimal(5), "drop_off": 0.6}
    held = rows[3].value
    assert held is not None
    rows[3] = rows[3].model_copy(update={"value": held + 2})
    rows.append(rows[-1].model_copy(update={"period": date(2025, 7, 1)}))
    campaign = before.campaigns[0]
    inputs = (*campaign.inputs[:-1], campaign.inputs[-1].model_copy(update={"item": "Second edition"}))
    return before.model_copy(
        update={
            "unit_values": (value.model_copy(update=dearer),),
            "observations": tuple(rows),
            "campaigns": (campaign.model_copy(update={"inputs": inputs}),),
        }
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The rows of the sheet Changes, by the command line."""
    folder = tmp_path_factory.mktemp("changes")
    write_template(folder / "before.xlsx", programme())
    write_template(folder / "now.xlsx", later(programme()))
    run("evaluate", folder / "before.xlsx", "--out", folder / "first.xlsx", "--json", folder / "first.json")
    run(
        *("evaluate", folder / "now.xlsx", "--out", folder / "second.xlsx", "--since", folder / "first.json"),
        *("--json", folder / "second.json"),
    )
    book = load_workbook(folder / "second.xlsx", data_only=True)
    return [row[:4] for row in book["Changes"].iter_rows(values_only=True)]


def test_everything_that_differs_is_named(changed: list[Row]) -> None:
    """Changed cells with what stood there, the value as used, revised before appended; nothing else."""
    engine = "Accidental dwelling fires: Turning out an engine"
    assert [r for r in changed if str(r[0]).startswith(("Money: ", "Inputs: "))] == [
        ("Inputs: Item", "Out and safe: staff time: Second edition", "none", "Second edition"),
        ("Money: Value per unit (£)", engine, "310.00", "315.00"),
        ("Money: Drop-off per year", engine, "0.5", "0.6"),
    ]
    used = {r[0]: r[2:] for r in changed if str(r[0]).endswith(", as used")}
    assert used["Value of a unit (£), as used"] == ("310", "315")
    figures = [r for r in changed if r[0] in ("Revised", "Taken out", "Added", "Appended")]
    assert figures == [
        ("Revised", "Accidental dwelling fires, whole area, 1 Jul 2018", "30", "32"),
        ("Appended", "Accidental dwelling fires, whole area, 1 Jul 2025", "absent", "30"),
    ]
    assert "Figures: 1 revised, 1 appended." in " ".join(str(r[0]) for r in changed[:5])


def test_another_method_grade_and_answer_are_named(tmp_path: Path) -> None:
    """A comparison that is no longer there: another design, a lower level, another claim, an interim look."""
    before = made.evaluation(made.estimate(made.FALL))
    before = replace(before, provenance=replace(before.provenance, as_of=made.START))
    now = made.evaluation(made.estimate(made.UNSURE, design=DesignCode.SINGLE_SERIES))
    write_pack(now, tmp_path / "pack.xlsx", since=before)
    rows = [r[:4] for r in load_workbook(tmp_path / "pack.xlsx")["Changes"].iter_rows(values_only=True)]
    held = {r[0]: r[2:] for r in rows if r[1] is not None}
    assert held["Method"] == ("controlled series, controlled", "single series, series")
    assert held["Evidence level"] == ("3", "1")
    assert held["Answer"] == ("probable effect", "cannot tell")
    assert held["Look"] == ("interim", "final")


def test_rows_put_in_and_taken_out_are_told_apart_from_changed_ones() -> None:
    """A cost line that is new, one that is gone, and one whose amount changed."""
    old = made.programme()
    first, second, third = old.campaigns[0].inputs
    dearer = second.model_copy(update={"amount": second.amount + 1})
    new = third.model_copy(update={"category": CostCategory.STAFF, "amount": Decimal(99), "item": "Desk"})
    campaign = old.campaigns[0].model_copy(update={"inputs": (first, dearer, third, new)})
    now = old.model_copy(update={"campaigns": (campaign,)})
    there = list(record_changes(now, old, withheld=False))
    assert [(r[0], r[2], r[3]) for r in there] == [
        ("Inputs: Amount (£)", "1,200.00", "1,201.00"),
        ("Inputs", "none", "there"),
    ]
    back = list(record_changes(old, now, withheld=False))
    assert [(r[0], r[2], r[3]) for r in back][1] == ("Inputs", "there", "none")
