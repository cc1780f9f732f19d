"""The files under schemas/ agree with the models."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from evalkit.campaign.versions import ADDED, OWN_FIELDS, RENAMED
from evalkit.excel.sheets import SHEETS, START, programme_headings
from evalkit.schema_files import schema_files
from tests.layouts import LAYOUT_1

FOLDER = Path(__file__).parents[1] / "schemas"
FILES = schema_files()
GENERATED_WITH = (2, 14)  # older releases word the same schema a little differently


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_generated_file_is_up_to_date(name: str) -> None:
    """`make schemas` has been run since the models last changed."""
    version = tuple(int(x) for x in pydantic.VERSION.split(".")[:2])
    if name.endswith(".json") and version < GENERATED_WITH:
        pytest.skip(f"the JSON Schemas are generated with pydantic {GENERATED_WITH[0]}.{GENERATED_WITH[1]}")
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], f"{name}: run make schemas"


def test_nothing_else_lies_in_the_folder() -> None:
    """A code list that was removed from the vocabulary is removed from the folder."""
    there = {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file()}
    assert there == set(FILES)


def test_every_column_of_the_template_is_recorded_with_its_version() -> None:
    """Version 1 with what `campaign/versions.py` adds is the present template, sheet by sheet.

    A new column or sheet needs a row there, so that earlier templates can be told what they lack.
    """
    own = {START: (OWN_FIELDS, programme_headings())} | {s.name: (s.part, s.headings) for s in SHEETS}
    for sheet, (part, headings) in own.items():
        first = set(LAYOUT_1.get(sheet, "").split("|")) - {""}
        added = [a for a in ADDED if a.part == part]
        if any(not a.fields for a in added):
            assert not first, f"{sheet} was in version 1"
            continue
        later = {name for a in added for name in a.fields}
        former = {r.field: r.former for r in RENAMED if r.part == part}
        names = {former.get(h.name, h.title) for h in headings if h.name not in later}
        assert names == first, f"{sheet}: record it in evalkit/campaign/versions.py"
        assert later <= {h.name for h in headings}
