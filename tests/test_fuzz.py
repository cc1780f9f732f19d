"""A share of the workbooks changed at random: see `tests/fuzz.py`, which runs any number."""

from __future__ import annotations

import pytest

from tests.fuzz import run

SHARE = 250


@pytest.mark.slow
def test_changed_workbooks_are_read_right_or_named() -> None:
    """No traceback, no hang, no figure that is not in the file, no word of a programmer."""
    counts, faults = run(seed=7, first=0, count=SHARE)
    assert faults == []
    assert sum(counts.values()) == SHARE
