"""The files under schemas/ agree with the models."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from evalkit.schema_files import schema_files

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
