"""Somebody with everything that is published tries to work out what is withheld, and cannot.

The attacks: subtraction (linear programming over all sums that are known), hashes, and evalkit itself, run
again on each guess. Small counts are looked for in cells, caches of charts and descriptions of pictures.
"""

from __future__ import annotations

import itertools
import json
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from scipy.optimize import linprog

import evalkit
from evalkit import Evaluation, Programme, evaluate, read_evaluation, write_charts, write_pack
from evalkit.amounts import money
from evalkit.campaign.delivery import Output
from evalkit.campaign.groups import GroupRow
from evalkit.campaign.outcomes import Comparison, Observation
from evalkit.campaign.valuation import UnitValue
from evalkit.evaluating import fingerprint
from evalkit.excel.pack import write_publication
from evalkit.pack.checking import ALL_AGREE
from evalkit.saved import evaluation_json
from evalkit.vocabulary import Beneficiary, Claim, Counting, DesignCode, ObservationFlag, OutcomeKind
from evalkit.withholding.figures import SUM_OF_AREAS, withheld_figures
from evalkit.withholding.published import published
from evalkit.worked import stop_smoking
from tests import evaluations as made

WEEKS, START = 52, 40
AREAS = ("Ash", "Beech", "Cedar", "Elm", "Fir", "Hazel")


def programme(
    values: np.ndarray[Any, Any], *, areas: tuple[str, ...] = (), treated: int = 1, of: int | None = None
) -> Programme:
    """Weekly counts, or shares out of so many; one column an area, the first ones with the campaign."""
    kind = OutcomeKind.COUNT if of is None else OutcomeKind.SHARE
    base = made.programme(kind=kind, unit="loads" if of is None else "loads kept clean", matters=None)
    columns = areas or (None,)
    rows = tuple(
        Observation(
            period=made.FIRST + timedelta(weeks=i),
            area=area,
            value=float(values[i, j]),
            denominator=None if of is None else float(of),
        )
        for j, area in enumerate(columns)
        for i in range(WEEKS)
    )
    campaign = base.campaigns[0].model_copy(update={"areas": areas[:treated]})
    beside = tuple(Comparison(area=a, why_comparable="Same rounds") for a in areas[treated:])
    return base.model_copy(update={"campaigns": (campaign,), "observations": rows, "comparisons": beside})


def lone(seed: int, small: int = 2, at: int = 20) -> Programme:
    """A series of which one figure is small."""
    values = np.maximum(np.random.default_rng(seed).poisson(12, WEEKS), 5)
    values[at] = small
    return programme(values[:, None])


def saved(evaluation: Evaluation, where: Path) -> Evaluation:
    """Written as JSON and read back."""
    path = where / "evaluation.json"
    path.write_text(evaluation_json(evaluation), encoding="utf-8")
    return read_evaluation(path)


CASES = {
    "series": lambda rng: programme(rng.poisson(9, (WEEKS, 1))),
    "small series": lambda rng: programme(rng.poisson(4, (WEEKS, 1))),
    "share": lambda rng: programme(rng.binomial(30, 0.2, (WEEKS, 1)), of=30),
    "areas": lambda rng: programme(rng.poisson(9, (WEEKS, 6)), areas=AREAS, treated=2),
    "lone area": lambda rng: programme(rng.poisson(8, (WEEKS, 4)), areas=AREAS[:4]),
}


@pytest.mark.parametrize("name", CASES)
def test_no_small_figure_can_be_worked_out_by_subtraction(name: str, tmp_path: Path) -> None:
    """Given more than is published: the true sum of every area before the start and from it.

    For each withheld small count the least and the most that all sums allow (by linear programming, counts
    not below nought) are at least one apart, so that no single whole number is left.
    """
    whole = evaluate(CASES[name](np.random.default_rng(7)))
    known = saved(whole, tmp_path)
    true = {(o.area, o.period): o for o in whole.programme.observations}
    rows = known.programme.observations
    share = any(o.denominator is not None for o in whole.programme.observations)
    unknown = [(o.area, o.period) for o in rows if o.flag is ObservationFlag.SUPPRESSED]
    small = [k for k in unknown if _few(true[k])]
    assert len(small) == sum(_few(o) for o in whole.programme.observations) > 0
    assert {k for k in unknown if known} >= set(small)
    place = {key: i for i, key in enumerate(unknown)}
    start = whole.programme.campaigns[0].start
    equations, sums = [], []

    def add(keys: list[tuple[str | None, Any]], total: float) -> None:
        row = np.zeros(len(unknown))
        for key in keys:
            if key in place:
                row[place[key]] = 1.0
            else:
                total -= float(true[key].value or 0)
        if row.any():
            equations.append(row)
            sums.append(total)

    for area in {o.area for o in rows}:
        for after in (False, True):
            keys = [k for k in true if k[0] == area and (k[1] >= start) is after]
            add(keys, sum(float(true[k].value or 0) for k in keys))
    finding = known.findings[0]
    assert finding.design is not None
    path = getattr(finding.estimate, "path", None)
    for period, seen in zip(path.periods, path.observed, strict=True) if path else ():
        keys = [(a if a in AREAS else None, period) for a in finding.design.treated]
        if seen is not None and not share:
            add(keys, sum(float(true[k].value or 0) for k in keys))
    for key in small:
        goal = np.zeros(len(unknown))
        goal[place[key]] = 1.0
        ends = [
            linprog(sign * goal, A_eq=np.array(equations), b_eq=sums, bounds=(0, None)).fun * sign
            for sign in (1, -1)
        ]
        assert ends[1] - ends[0] >= 1 - 1e-6, (key, ends)


def _few(row: Observation) -> bool:
    value, of = float(row.value or 0), row.denominator
    return value < 5 or (of is not None and of - value < 5)


def test_a_guess_cannot_be_proved_by_a_hash(tmp_path: Path) -> None:
    """Every value of both withheld figures is tried against the fingerprint in the file."""
    whole = evaluate(lone(1), sources=(evalkit.evaluation.SourceFile("a.xlsx", "0" * 64),))
    known = saved(whole, tmp_path)
    rows = list(known.programme.observations)
    hidden = [i for i, o in enumerate(rows) if o.flag is ObservationFlag.SUPPRESSED]
    assert len(hidden) == 2
    assert all("0" * 64 not in f.sha256 for f in known.provenance.files)
    hit = []
    for pair in itertools.product(range(20), repeat=2):
        for i, value in zip(hidden, pair, strict=True):
            rows[i] = whole.programme.observations[i].model_copy(update={"value": float(value)})
        tried = known.programme.model_copy(update={"observations": tuple(rows)})
        hit.append(fingerprint(tried))
    assert fingerprint(whole.programme) in hit  # the attack works on the owner's own fingerprint
    assert known.provenance.programme_sha256 not in hit


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_running_evalkit_on_each_guess_does_not_tell_which_is_right(seed: int) -> None:
    """Even knowing every other figure, the second withheld one included: all five give the same file."""
    assert len({evaluation_json(evaluate(lone(seed, small=guess))) for guess in range(5)}) == 1


def test_taking_campaigns_apart_does_not_tell_which_guess_is_right() -> None:
    """Three campaigns, a lone small figure: all that is said of contributions and checks is the same."""
    base = stop_smoking.programme()

    def file(small: int) -> str:
        rows = list(base.observations)
        rows[100] = rows[100].model_copy(update={"value": float(small)})
        return evaluation_json(evaluate(base.model_copy(update={"observations": tuple(rows)})))

    assert file(0) == file(1) == file(4)


def test_no_reason_or_limit_repeats_the_figures_of_a_check() -> None:
    """The rules of a grade quote the checks, whose figures rest on the withheld ones."""
    whole = evaluate(CASES["areas"](np.random.default_rng(7))).findings[0]
    known = published(evaluate(CASES["areas"](np.random.default_rng(7)))).findings[0]
    quoted = [c.text for c in whole.checks if any(r.text == c.text for r in whole.grade.rules)]
    assert quoted
    said = [*(r.text for r in known.grade.rules), *known.grade.reasons, *known.verdict.limits]
    assert not set(quoted) & set(said)
    assert known.grade.level == whole.grade.level


def test_small_figures_are_in_no_cell_chart_or_description(tmp_path: Path) -> None:
    """Charts of the whole pack leave them out; the publication copy and the pictures have none anywhere."""
    values = np.maximum(np.random.default_rng(3).poisson(12, WEEKS), 8)
    values[[20, 44, 47]] = (2, 3, 4)
    whole = evaluate(programme(values[:, None]))
    write_pack(whole, tmp_path / "pack.xlsx")
    drawn = _drawn(tmp_path / "pack.xlsx")
    assert min(drawn) >= 5
    assert len(drawn) >= 40
    write_publication(whole, tmp_path / "copy.xlsx")
    book = load_workbook(tmp_path / "copy.xlsx")
    for name in ("Data", "Periods 1"):
        column = [c.value for c in book[name][{"Data": "D", "Periods 1": "B"}[name]][4:]]
        assert column.count("[c]") == len(withheld_figures(whole)) >= 4
        assert min(v for v in column if isinstance(v, int | float)) >= 5
    write_charts(whole, tmp_path / "charts")
    described = " ".join(t.read_text() for t in (tmp_path / "charts").glob("*.txt"))
    assert "Figures that tell of few people are not drawn." in described
    assert "total effect so far" not in described  # its steps would be figures


def _drawn(path: Path) -> list[float]:
    """What the charts of a pack hold as observed, from their caches and from the cells they refer to."""
    found: list[float] = []
    cells = load_workbook(path, data_only=True)
    with zipfile.ZipFile(path) as file:
        charts = [file.read(n).decode() for n in file.namelist() if re.match(r"xl/charts/chart\d+\.xml", n)]
    for series in itertools.chain.from_iterable(
        re.findall(r"<(?:c:)?ser>.*?</(?:c:)?ser>", c, re.S) for c in charts
    ):
        if ">Observed<" not in series:
            continue
        values = re.search(r"<(?:c:)?val>.*?</(?:c:)?val>", series, re.S)
        assert values
        found += [float(v) for v in re.findall(r"<(?:c:)?v>([^<]+)</(?:c:)?v>", values[0])]
        sheet, area = re.search(r"<(?:c:)?f>'?([^'!]+)'?!([^<]+)<", values[0]).groups()  # type: ignore[union-attr]
        found += [c.value for row in cells[sheet][area.replace("$", "")] for c in row if c.value is not None]
    return found


def test_a_saved_evaluation_makes_packs_and_reviews_that_say_what_is_withheld(tmp_path: Path) -> None:
    """Nothing is lost on the way through the file, every figure of the new pack agrees."""
    whole = evaluate(CASES["areas"](np.random.default_rng(7)))
    known = saved(whole, tmp_path)
    assert known == published(whole)
    assert known.withheld
    assert known.findings[0].verdict.claim is whole.findings[0].verdict.claim
    assert evaluation_json(known) == evaluation_json(whole)
    write_pack(known, tmp_path / "pack.xlsx")
    book = load_workbook(tmp_path / "pack.xlsx", data_only=True)
    assert book["Self-check"]["B5"].value == ALL_AGREE
    text = " ".join(str(row[0].value) for row in book["Data"].iter_rows())  # paragraphs are broken over rows
    assert [s for s in known.withheld if s not in text] == []
    evalkit.write_review([known], tmp_path / "review.xlsx")
    assert (tmp_path / "review.xlsx").stat().st_size > 0


def test_a_sum_under_five_takes_the_answer_with_it() -> None:
    """Nothing after the start: the total effect and what was expected would tell that it was nothing."""
    values = np.maximum(np.random.default_rng(5).poisson(12, WEEKS), 8)
    values[START:] = 0
    whole = evaluate(programme(values[:, None]))
    known = published(whole)
    assert isinstance(whole.findings[0].estimate, evalkit.Estimate)
    assert isinstance(known.findings[0].estimate, evalkit.NotEstimable)
    assert "fewer than 5 in all" in known.findings[0].verdict.sentence
    assert known.findings[0].verdict.claim is not Claim.SHOWN


def test_changes_neither_list_nor_tell_what_is_withheld(tmp_path: Path) -> None:
    """Against the saved file of the same figures nothing changed; a new small figure is not named."""
    whole = evaluate(lone(2))
    known = saved(whole, tmp_path)
    write_pack(whole, tmp_path / "same.xlsx", since=known)
    rows = _changes(tmp_path / "same.xlsx")
    assert [r[0] for r in rows].count("Nothing changed.") == 5  # under every heading
    now = evaluate(lone(2, small=4))
    write_pack(now, tmp_path / "revised.xlsx", since=known)
    text = " ".join(str(c) for row in _changes(tmp_path / "revised.xlsx") for c in row)
    assert "Revised" not in text
    assert "figures are withheld in one of the two" in text


def _changes(path: Path) -> list[tuple[Any, ...]]:
    return list(load_workbook(path, data_only=True)["Changes"].iter_rows(values_only=True))


def test_a_flat_series_with_one_small_figure_is_evaluated_and_published() -> None:
    """Fifty in every week but one: the second method finds no bounds, which is a reason and no fault."""
    values = np.full((WEEKS, 1), 50.0)
    values[4] = 2.0
    known = published(evaluate(programme(values)))
    assert isinstance(known.findings[0].estimate, evalkit.Estimate)
    assert known.programme.observations[4].value is None


def test_what_was_withheld_stays_so_in_the_next_publication() -> None:
    """Else the figure beside it, shown later, would give the earlier one away."""
    first = published(evaluate(lone(2)))
    hidden = {o.period for o in first.programme.observations if o.flag is ObservationFlag.SUPPRESSED}
    second = published(evaluate(lone(2, small=9)), since=first)
    again = {o.period for o in second.programme.observations if o.flag is ObservationFlag.SUPPRESSED}
    assert again == hidden
    assert len(hidden) == 2


def test_a_whole_that_is_the_sum_of_its_areas_gives_none_away() -> None:
    """Figures of the whole area beside those of all its parts."""
    parts = np.maximum(np.random.default_rng(4).poisson(12, (WEEKS, 2)), 6)
    parts[30, 0] = 1
    base = programme(parts, areas=AREAS[:2])
    rows = tuple(
        Observation(period=made.FIRST + timedelta(weeks=i), value=float(parts[i].sum())) for i in range(WEEKS)
    )
    whole = evaluate(base)
    both = base.model_copy(update={"observations": base.observations + rows})
    hidden = withheld_figures(Evaluation(both, whole.findings, whole.provenance))
    week = made.FIRST + timedelta(weeks=30)
    areas = {a for _, a, p in hidden if p == week and a != SUM_OF_AREAS}
    assert {AREAS[0], "whole area"} <= areas


# ------------------------------------------------------------------ groups


def trial(rows: tuple[GroupRow, ...]) -> Programme:
    """One campaign, one outcome, groups only."""
    base = made.programme(kind=OutcomeKind.SHARE, unit="households", matters=None)
    return base.model_copy(update={"observations": (), "groups": rows})


def test_groups_withheld_whole_are_read_back(tmp_path: Path) -> None:
    """Three of 90 against 20 of 95: no row is left, and the file says so."""
    rows = (
        GroupRow(arm="none", control=True, n=90, successes=3.0),
        GroupRow(arm="letter", n=95, successes=20.0),
    )
    known = saved(evaluate(trial(rows)), tmp_path)
    assert known.programme.groups == ()
    assert "all rows by group are withheld" in known.withheld[0]
    write_pack(known, tmp_path / "pack.xlsx")
    book = load_workbook(tmp_path / "pack.xlsx", data_only=True)
    assert book["Self-check"]["B5"].value == ALL_AGREE


BY_LOT = DesignCode.RANDOMISED


def _waves(few: int) -> tuple[GroupRow, ...]:
    sizes = (("none", "before", few), ("none", "after", 12), ("letter", "before", 9), ("letter", "after", 20))
    return tuple(
        GroupRow(arm=a, wave=w, control=a == "none", formed=BY_LOT, n=80, successes=float(s))
        for a, w, s in sizes
    )


def _arms(few: int) -> tuple[GroupRow, ...]:
    return tuple(
        GroupRow(arm=a, control=a == "none", formed=BY_LOT, n=90, successes=float(s))
        for a, s in (("none", 30), ("letter", 90 - few), ("call", 41))
    )


def _known(few: int) -> tuple[GroupRow, ...]:
    rows = tuple(
        GroupRow(arm=a, n=80, successes=float(s), baseline="Owned a bin")
        for a, s in (("none", few), ("letter", 20))
    )
    return _arms(40)[:2] + rows


def _two(few: int) -> tuple[GroupRow, ...]:
    return (
        GroupRow(arm="none", control=True, formed=BY_LOT, n=90, successes=float(few)),
        GroupRow(arm="letter", formed=BY_LOT, n=95, successes=20.0),
    )


def _street(few: int) -> tuple[GroupRow, ...]:
    """What two clusters come to is known: twelve."""
    did = (("none", (few, 40, 12 - few, 31)), ("letter", (44, 20, 17, 29)))
    return tuple(
        GroupRow(
            arm=a, control=a == "none", formed=DesignCode.CLUSTER_RANDOMISED, n=90, successes=float(s),
            cluster=f"{a} {i}",
        )
        for a, figures in did
        for i, s in enumerate(figures)
    )  # fmt: skip


@pytest.mark.parametrize("rows", [_two, _waves, _arms, _known, _street])
def test_every_small_count_of_a_group_gives_the_same_file(rows: Any) -> None:
    """Run again on each of 0 to 4, with every other figure known: all fit, so none is told."""
    files = {evaluation_json(evaluate(trial(rows(few)))) for few in range(5)}
    assert len(files) == 1
    assert evaluation_json(evaluate(trial(rows(7)))) not in files


def test_the_answer_covers_that_of_every_small_count() -> None:
    """From the lowest end to the highest of five answers (Miettinen and Nurminen), the largest p-value."""
    found = evaluate(trial(_two(3))).findings[0].estimate
    assert isinstance(found, evalkit.Estimate)
    each = []
    for few in range(5):
        frame = pd.DataFrame({"arm": ["none", "letter"], "y": [few, 20], "n": [90, 95]})
        each.append(evalkit.compare_groups(frame, outcome="y", arm="arm", control="none", n="n")["letter"])
    assert all(isinstance(e, evalkit.Estimate) for e in each)
    assert found.effect.low == pytest.approx(min(e.effect.low for e in each))
    assert found.effect.high == pytest.approx(max(e.effect.high for e in each))
    assert found.p_value == pytest.approx(max(e.p_value for e in each))
    assert found.rel_effect is None
    assert any("covers every number" in note for note in found.notes)


def test_groups_of_fewer_than_five_people_are_not_compared() -> None:
    """Four people against ninety: the answer would tell of each of the four."""
    rows = (
        GroupRow(arm="none", control=True, n=4, mean=3.0, sd=1.0),
        GroupRow(arm="letter", n=90, mean=4.0, sd=1.0),
    )
    found = evaluate(trial(rows)).findings[0].estimate
    assert isinstance(found, evalkit.NotEstimable)
    assert "fewer than 5 people" in found.reasons[0]


def test_the_few_who_were_lost_are_not_told(tmp_path: Path) -> None:
    """Three of 93 allocated are not in the figures: no number, percentage or text of a check says so."""
    rows = tuple(
        r.model_copy(update={"allocated": r.n + gone}) for r, gone in zip(_arms(40), (3, 30, 0), strict=True)
    )
    whole = evaluate(trial(rows))
    assert whole.group_studies[0].groups[0].lost == pytest.approx(3 / 93)
    known = saved(whole, tmp_path)
    assert [g.allocated for g in known.programme.groups] == [None, 120, 90]
    assert [g.allocated for g in known.group_studies[0].groups] == [None, 90, 120]
    text = (tmp_path / "evaluation.json").read_text()
    assert "3.2%" not in text
    assert "the number first allocated to none is withheld" in text
    assert known.findings[0].estimate == whole.findings[0].estimate


def test_a_small_cluster_takes_another_with_it(tmp_path: Path) -> None:
    """The sum of the group is published, so one cluster left out would be a subtraction."""
    did = {"none": (3, 40, 12, 31), "letter": (44, 20, 17, 29)}
    rows = tuple(
        GroupRow(arm=arm, control=arm == "none", n=90, successes=float(s), cluster=f"{arm} {i}")
        for arm, figures in did.items()
        for i, s in enumerate(figures)
    )
    whole = evaluate(trial(rows))
    assert whole.group_studies[0].groups[0].number == sum(did["none"])
    known = saved(whole, tmp_path)
    shown = {g.cluster: g.successes for g in known.programme.groups}
    assert set(shown) == {"none 1", "none 3", "letter 0", "letter 1", "letter 2", "letter 3"}
    before, after = whole.findings[0].estimate, known.findings[0].estimate
    assert isinstance(before, evalkit.Estimate)
    assert isinstance(after, evalkit.Estimate)
    assert after.total.point != before.total.point  # to the last digit it would tell how 15 is shared out
    assert after.total.point == pytest.approx(before.total.point, abs=before.total.width / 3)


def test_few_who_were_asked_are_withheld(tmp_path: Path) -> None:
    """Two of three people asked is a figure of people too."""
    base = lone(2, small=9)
    asked = base.campaigns[0].out_takes[0].model_copy(update={"n": 3})
    campaign = base.campaigns[0].model_copy(update={"out_takes": (asked,)})
    known = saved(evaluate(base.model_copy(update={"campaigns": (campaign,)})), tmp_path)
    row = known.programme.campaigns[0].out_takes[0]
    assert (row.value, row.n) == (None, None)
    assert json.loads((tmp_path / "evaluation.json").read_text())["withheld"]


def test_few_who_were_reached_are_withheld_and_other_small_numbers_are_not(tmp_path: Path) -> None:
    """Three people at a stall are people; three poster sites are not."""
    base = lone(2, small=9)
    stall = Output(metric="Came to the stall", value=3.0, unit="people", counting=Counting.UNIQUE)
    sites = Output(metric="Poster sites", value=3.0, unit="sites")
    campaign = base.campaigns[0].model_copy(update={"outputs": (stall, sites)})
    known = saved(evaluate(base.model_copy(update={"campaigns": (campaign,)})), tmp_path)
    assert [o.value for o in known.programme.campaigns[0].outputs] == [None, 3.0]
    assert "Outputs, Came to the stall" in known.withheld[0]


def test_what_is_published_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every output asks for it; beside an earlier publication it is another question."""
    whole = evaluate(lone(2))
    first = published(whole)
    again = []
    monkeypatch.setattr("evalkit.withholding.published.evaluate", lambda p: again.append(p) or evaluate(p))
    assert published(whole) is first
    assert not again
    published(whole, since=first)
    assert len(again) == 1


WORTH = UnitValue(
    description="Disposal", value=Decimal("310.00"), price_year="2024-25", source="Contract",
    beneficiary=Beneficiary.FISCAL,
)  # fmt: skip


def test_pictures_of_the_value_say_no_more_than_the_rounded_answer(tmp_path: Path) -> None:
    """The exact value over the worth of a unit would be the exact effect; a withheld answer has no value."""
    values = np.maximum(np.random.default_rng(3).poisson(12, (WEEKS, 4)), 6)
    values[START:, :2] = np.maximum(values[START:, :2] - 6, 5)
    values[20, 0] = 2
    whole = evaluate(
        programme(values, areas=AREAS[:4], treated=2).model_copy(update={"unit_values": (WORTH,)})
    )
    exact, known = (e.findings[0].value.benefit.interval for e in (whole, published(whole)))
    assert exact is not None
    assert known is not None
    write_charts(whole, tmp_path / "charts")
    told = " ".join(t.read_text() for t in (tmp_path / "charts").glob("*.txt"))
    assert told.count("Bar chart of") == 2
    for end in ("low", "high"):
        assert getattr(exact, end) != getattr(known, end)
        assert money(round(getattr(known, end))) in told
        assert money(round(getattr(exact, end))) not in told
    values[START:, :2] = 0
    gone = evaluate(
        programme(values, areas=AREAS[:4], treated=2).model_copy(update={"unit_values": (WORTH,)})
    )
    assert gone.findings[0].value.benefit.interval is not None
    assert write_charts(gone, tmp_path / "gone") == ()


def test_a_trial_with_small_groups_is_valued_and_drawn_from_what_covers_them(tmp_path: Path) -> None:
    """Three of 90 against 20 of 95: 3.3% and 21.1%, a difference of 17.7 points that no picture tells."""
    rows = (
        GroupRow(arm="none", control=True, n=90, successes=3.0),
        GroupRow(arm="letter", n=95, successes=20.0),
    )
    whole = evaluate(trial(rows).model_copy(update={"unit_values": (WORTH,)}))
    assert whole.findings[0].value.basis is not None
    write_charts(whole, tmp_path / "charts")
    told = " ".join(t.read_text() for t in (tmp_path / "charts").glob("*.txt"))
    assert "letter: 18.8, range 7.5 to 30.3." in told
    assert "17.7" not in told


def test_disclosure_of_one_evaluation_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is small, outputs that ask again do not wait; beside an earlier one it is asked anew."""
    large = np.random.default_rng(3).poisson(200.0, (WEEKS, 1))
    evaluation = evaluate(programme(large))
    asked: list[bool] = []

    def counted(*arguments: Any) -> frozenset[Any]:
        asked.append(True)
        return withheld_figures(*arguments)

    monkeypatch.setattr("evalkit.withholding.published.withheld_figures", counted)
    for _ in range(3):
        assert published(evaluation) is evaluation
    assert len(asked) == 1
    other = evaluate(programme(large))
    assert published(evaluation, since=other) is evaluation
    assert published(evaluation) is evaluation
    assert len(asked) == 2
    assert published(other) is other
    assert len(asked) == 3
