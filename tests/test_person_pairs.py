"""The same people asked twice, a row each time: the numbers of the other door, and no row leaves the file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import evalkit
from evalkit import Estimate, compare_groups
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.header import Campaign
from evalkit.campaign.outcomes import Outcome
from evalkit.campaign.programme import Programme
from evalkit.excel.pack import write_publication
from evalkit.pack.changed_records import record_changes
from evalkit.saved import evaluation_json
from evalkit.vocabulary import Direction, Evidence, OutcomeKind

CAMPAIGN = Campaign(
    title="Check the bin", organisation="Anytown", start=date(2025, 4, 1), end=date(2025, 6, 30)
)


def people(seed: int = 1, n: int = 150, share: bool = True, arms: bool = False) -> pd.DataFrame:
    """People asked before and after; a quarter more do it after, or score higher; some have one row only."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        habit, arm = rng.normal(), "letter" if arms and i % 2 else "none" if arms else "residents"
        for wave, gain in (("before", 0.0), ("after", 0.7 if arm != "none" else 0.1)):
            if wave == "after" and i % 20 == 7:
                continue
            score = habit + gain + 0.6 * rng.normal()
            rows.append(
                (f"Zz{i:03d}q", arm, wave, float(score > 0) if share else round(score, 2), f"s{i % 12}")
            )
    return pd.DataFrame(rows, columns=["person", "arm", "wave", "did", "street"])


def programme_of(frame: pd.DataFrame, share: bool, *, clusters: bool = False) -> Programme:
    """The frame as rows of the sheet Groups."""
    rows = tuple(
        GroupRow(
            arm=r.arm, control=r.arm == "none", wave=r.wave, n=1, unit=r.person,
            successes=r.did if share else None, mean=None if share else r.did,
            cluster=r.street if clusters else None,
        )
        for r in frame.itertuples()
    )  # fmt: skip
    outcome = Outcome(
        name="Sorts film", unit="people", kind=OutcomeKind.SHARE if share else OutcomeKind.LEVEL,
        good_direction=Direction.UP, source="Residents' panel", evidence=Evidence.CLAIMED,
    )  # fmt: skip
    return Programme(campaigns=(CAMPAIGN,), outcomes=(outcome,), groups=rows)


CASES: tuple[tuple[bool, bool, bool, Mapping[str, Any]], ...] = (
    (True, False, False, {"arm": "wave", "control": "before", "unit": "person"}),
    (False, False, False, {"arm": "wave", "control": "before", "unit": "person"}),
    (True, False, True, {"arm": "wave", "control": "before", "unit": "person", "cluster": "street"}),
    (True, True, False, {"arm": "arm", "control": "none", "wave": "wave", "unit": "person"}),
)


@pytest.mark.parametrize(("share", "arms", "clusters", "arguments"), CASES)
def test_both_doors_give_equal_numbers(
    share: bool, arms: bool, clusters: bool, arguments: Mapping[str, Any], tmp_path: Path
) -> None:
    """Shares, scores, streets drawn as a whole, and two groups asked twice."""
    frame = people(share=share, arms=arms)
    evalkit.write_template(tmp_path / "t.xlsx", programme_of(frame, share, clusters=clusters))
    (finding,) = evalkit.evaluate(evalkit.read_template(tmp_path / "t.xlsx")).findings
    kind = "share" if share else "level"
    (direct,) = compare_groups(frame, outcome="did", outcome_kind=kind, **arguments).values()
    assert isinstance(finding.estimate, Estimate)
    assert isinstance(direct, Estimate)
    assert replace(finding.estimate, design=direct.design) == direct
    assert finding.grade.level == 1
    if not arms:
        assert any("142 units have both figures" in note for note in finding.estimate.notes)
        assert any("8 units with only one figure are left out" in note for note in finding.estimate.notes)
    if not arms and not clusters:
        apart = {k: v for k, v in arguments.items() if k != "unit"}
        (unpaired,) = compare_groups(frame, outcome="did", outcome_kind=kind, **apart).values()
        assert isinstance(unpaired, Estimate)
        assert finding.estimate.effect.width < unpaired.effect.width


def test_no_row_of_a_person_leaves_the_file(tmp_path: Path) -> None:
    """Neither pack, copy, JSON nor a list of changes has a mark; the JSON says what is missing."""
    programme = programme_of(people(), True)
    evaluation = evalkit.evaluate(programme)
    evalkit.write_pack(evaluation, tmp_path / "pack.xlsx")
    write_publication(evaluation, tmp_path / "copy.xlsx")
    for name in ("pack.xlsx", "copy.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert not any(b"Zz0" in archive.read(part) for part in archive.namelist())
    saved = evaluation_json(evaluation)
    assert "Zz0" not in saved
    assert "the rows of 292 single people are not shown" in saved
    (tmp_path / "e.json").write_text(saved, encoding="utf-8")
    again = evalkit.read_evaluation(tmp_path / "e.json")
    assert isinstance(again.findings[0].estimate, Estimate)
    assert isinstance(evaluation.findings[0].estimate, Estimate)
    assert again.findings[0].estimate.effect == evaluation.findings[0].estimate.effect
    changed = programme.model_copy(update={"groups": programme.groups[2:]})
    assert list(record_changes(changed, programme, withheld=False)) == [
        ("Groups", "the sheet", "292 rows", "290 rows")
    ]


def faults(rows: tuple[GroupRow, ...]) -> list[tuple[str, str]]:
    """Code and text of what is wrong with some rows."""
    whole = programme_of(people(), True)
    with pytest.raises(ValidationError) as caught:
        Programme(campaigns=whole.campaigns, outcomes=whole.outcomes, groups=rows)
    return [(str(e["type"]), str(e["msg"])) for e in caught.value.errors()]


def test_faults_of_marks_are_named_without_the_mark() -> None:
    """A row too many, a row without a mark, a group with one, and marks that tell who it is."""
    rows = programme_of(people(), True).groups
    found = faults((*rows, rows[0]))
    assert [code for code, _ in found] == ["M-person-twice"]
    unmarked = rows[0].model_copy(update={"unit": None})
    found += faults((unmarked, *rows[1:]))
    assert found[-1][0] == "M-person-some"
    assert not any("Zz" in text for _, text in found)
    base: dict[str, Any] = {"arm": "a", "wave": "before", "successes": 1.0}
    with pytest.raises(ValidationError) as caught:
        GroupRow(**base, n=40, unit="P1")
    assert [e["type"] for e in caught.value.errors()] == ["M-person-size"]
    for telling in ("jo@example.org", "943 476 5919", "Jo Bloggs", "07700900123"):
        with pytest.raises(ValidationError) as caught:
            GroupRow(**base, n=1, unit=telling)
        (error,) = caught.value.errors()
        assert error["type"] == "M-person-named"
        assert telling not in str(error["msg"])
    assert GroupRow(**base, n=1, unit="P 017").unit == "P 017"
