"""Every row of the page of published results: found again as stored, and true to its class."""

from __future__ import annotations

import inspect
import json

import pytest

from tests.published import studies
from tests.published.studies import DATA, ROWS, STORED, Row, meets

stored = json.loads(STORED.read_text(encoding="utf-8"))
beside = pytest.mark.skipif(not DATA.exists(), reason="the studies' data are not beside the repository")


@beside
@pytest.mark.parametrize(
    ("row", "shown"), list(zip(ROWS, stored, strict=True)), ids=lambda r: getattr(r, "quantity", "")
)
def test_ours_is_as_shown_and_keeps_to_its_class(row: Row, shown: dict[str, object]) -> None:
    """Class A: the published figure within the tolerance. Class B: sign, inside, at most twice as wide.

    Where the stored figures are old: ``python -m tests.published.studies`` and ``python docs/build.py``.
    """
    kept = ("study", "method", "quantity", "published", "printed", "kind", "why")
    assert {k: shown[k] for k in kept} == {k: getattr(row, k) for k in kept}
    found = row.ours()
    near = 1e-3 * abs(found[0]) if row.kind == "A" else 0.05 * (found[2] - found[1])  # own methods develop
    now = [None if x != x else x for x in found]
    assert now == [None if x is None else pytest.approx(x, abs=near) for x in shown["ours"]]  # type: ignore[attr-defined]
    rules = meets(row, found)
    as_b = rules["sign"] and rules["inside"] and rules["width"] is not False
    if row.kind == "A":
        assert rules["same"], found
    elif row.kind == "B":
        assert as_b, (found, rules)
    else:
        assert row.why
        assert not as_b, "class B is met: say so"


@beside
def test_every_stored_study_is_here_and_at_least_half_are_class_a() -> None:
    """Folders of several campaigns are another page's."""
    code = inspect.getsource(studies)
    folders = [p.parent.name for p in DATA.glob("*/expected.json") if not p.parent.name.startswith("mmm_")]
    assert len(folders) >= 20
    assert [f for f in folders if f not in code] == []
    with_a = {r.study for r in ROWS if r.kind == "A"}
    assert {r.study for r in ROWS} == with_a
    assert sum(r.kind == "A" for r in ROWS) >= len(ROWS) / 2
