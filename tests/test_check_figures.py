"""The figure behind a check never stands without its unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.checks import attrition, balance, second_opinion
from evalkit.checks.catalogue import CHECKS, JOINT
from evalkit.checks.result import CheckResult
from evalkit.estimate import Interval
from evalkit.pack.check_figures import IN
from evalkit.pack.checking import checks_and_grade
from evalkit.pack.items import items
from evalkit.pack.sections import Table
from evalkit.vocabulary import OutcomeKind
from tests.evaluations import estimate, evaluation, programme


def test_every_check_says_what_its_figure_is_in() -> None:
    """A new check needs a row in the table of units."""
    assert set(IN) == {c.name for c in CHECKS} | {name for name, _, _ in JOINT} | {
        attrition.NAME,
        balance.NAME,
    }


@pytest.mark.parametrize(
    ("kind", "shown", "unit"),
    [
        (OutcomeKind.COUNT, -6.25, "loads a week"),
        (OutcomeKind.SHARE, -625.0, "percentage points a week"),
    ],
)
def test_a_second_opinion_has_its_unit(kind: OutcomeKind, shown: float, unit: str) -> None:
    """In the outcome's unit, a share's in percentage points as in the words beside it."""
    told = evaluation(estimate(Interval(-60.0, -90.0, -30.0)))
    check = CheckResult(second_opinion.NAME, second_opinion.QUESTION, True, -6.25, "It agrees.")
    (item,) = items(replace(told, findings=(replace(told.findings[0], checks=(check,)),)))
    item = replace(item, about=replace(item.about, kind=kind))
    table = next(
        b for b in checks_and_grade((item,)).blocks if isinstance(b, Table) and b.key.startswith("checks.")
    )
    cells = [cell.value for cell in table.rows[0]]
    assert cells[2] == pytest.approx(shown, abs=1e-12)
    assert str(cells[3]).startswith(f"It agrees. Figure: {unit}")
    assert programme().outcomes[0].unit == "loads"
