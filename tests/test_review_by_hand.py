"""A review of a dozen campaigns worked out again from its own cells, by other ways than the library's."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from evalkit import Evaluation, Interval, write_review
from evalkit.pack.review_advice import RULES
from evalkit.vocabulary import Claim, DesignCode, MoneyClaim
from tests.test_review import fall, one, valued

Rows = list[dict[str, Any]]
LOTS = DesignCode.RANDOMISED
SHARING = "it shares one change with"


def campaigns() -> list[Evaluation]:
    """Big and small, precise and noisy, of all kinds of evidence; two share a change."""
    return [
        one("Alder", fall(240, 40), cost=24_000, design=LOTS),
        one("Birch", fall(60, 55), cost=3_000),
        one("Cedar", fall(90, 30), cost=15_000),
        valued(one("Damson", fall(150, 60), cost=12_000, design=LOTS), Interval(9000, 2000, 16000),
               cost=12e3),
        one("Elder", fall(30, 20), cost=9_000),
        valued(one("Fir", fall(200, 90), cost=60_000), Interval(-20000, -38000, -2000), cost=60e3),
        one("Gorse", fall(70, 10), cost=8_000, design=DesignCode.BEFORE_AFTER),
        valued(one("Hazel", fall(40, 70), cost=5_000), Interval(500, -6000, 7000), cost=5e3),
        one("Ivy letters", fall(110, 30), cost=7_000, organisation="Northfield"),
        one("Ivy posters", fall(150, 60), cost=4_000, organisation="Northfield"),
        one("Juniper", Interval(60, 20, 100), cost=6_000),
        valued(one("Larch", fall(80, 50), cost=4_000, design=LOTS), Interval(3000, 100, 5900), cost=4e3,
               claim=MoneyClaim.RANGE),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The review as a reader has it."""
    path: Path = tmp_path_factory.mktemp("review") / "review.xlsx"
    write_review(campaigns(), path)
    return load_workbook(path, data_only=True)


def table(book: Any, sheet: str, first: str) -> Rows:
    """The rows of the table on a sheet whose first heading is this one."""
    cells = [[c.value for c in row] for row in book[sheet].iter_rows()]
    start = next(i for i, row in enumerate(cells) if row[0] == first)
    found = []
    for row in cells[start + 1 :]:
        if row[0] is None:
            break
        found.append(dict(zip(cells[start], row, strict=True)))
    return found


def test_a_place_in_the_top_third_by_brute_force(book: Any) -> None:
    """By a Gibbs sampler of the same model, written anew: 60,000 sweeps over true values, mean and spread.

    Its own error and that of the 20,000 draws are together below a percentage point and a half.
    """
    rows = table(book, "Ranking", "Campaign and evidence")
    names = [str(r["Campaign and evidence"]).rsplit(",", 1)[0] for r in rows]
    assert sorted(names) == ["Alder", "Birch", "Cedar", "Damson", "Elder", "Fir", "Hazel", "Juniper", "Larch"]
    by_name = {r["Campaign"]: r for r in table(book, "Campaigns", "Campaign")}
    low, best, high = ("Improvement, low end", "Improvement, best estimate", "Improvement, high end")
    each = [[1000 * by_name[n][k] / by_name[n]["Full cost (£)"] for k in (low, best, high)] for n in names]
    y = np.array([e[1] for e in each])
    s = np.array([(e[2] - e[0]) / (2 * 1.959964) for e in each])
    chance, mean = gibbs(y, s)
    assert [r["Probability of being in the top third"] for r in rows] == pytest.approx(chance, abs=0.015)
    assert [r["After shrinkage"] for r in rows] == pytest.approx(mean, abs=0.05 * float(np.ptp(y)))
    assert [r["As measured, for each £1,000"] for r in rows] == pytest.approx(y.tolist())


def gibbs(y: Any, s: Any, sweeps: int = 60_000) -> tuple[list[float], list[float]]:
    """Chance of a place in the top third, and means: normal model, half-Cauchy spread of the median error."""
    rng = np.random.default_rng(11)
    n, scale, third = len(y), float(np.median(s)), round(len(y) / 3)
    theta, tau, hits, total = y.copy(), scale, np.zeros(len(y)), np.zeros(len(y))
    steps, tries = rng.standard_normal(sweeps) * 1.2, np.log(rng.random(sweeps))

    def fit(t: float, around: float) -> float:
        """Log of the density of the spread on its own log scale, given true values and their mean."""
        spread = float(((theta - around) ** 2).sum())
        return -n * math.log(t) - spread / (2 * t * t) - math.log1p((t / scale) ** 2) + math.log(t)

    for i in range(sweeps):
        mean = rng.normal(theta.mean(), tau / math.sqrt(n))
        pull = 1 / (1 / s**2 + 1 / tau**2)
        theta = rng.normal(pull * (y / s**2 + mean / tau**2), np.sqrt(pull))
        other = tau * math.exp(steps[i])
        if tries[i] < fit(other, mean) - fit(tau, mean):
            tau = other
        hits[np.argsort(-theta)[:third]] += 1
        total += theta
    return (hits / sweeps).tolist(), (total / sweeps).tolist()


def test_who_is_not_ranked_and_why(book: Any) -> None:
    """What shares a change, or has nothing to tell it from other causes, stands apart."""
    left = {r["Campaign"]: r["Why it is not ranked"] for r in table(book, "Ranking", "Campaign")}
    assert left["Ivy letters"] == f"{SHARING} Ivy posters; how much is its own is not known"
    assert left["Ivy posters"] == f"{SHARING} Ivy letters; how much is its own is not known"
    assert "level 1" in left["Gorse"]
    assert len(left) == 3


def test_shares_of_spend_come_to_the_whole(book: Any) -> None:
    """By level and by recommendation, each added up from the rows of Campaigns."""
    spent: dict[str, float] = defaultdict(float)
    for row in table(book, "Campaigns", "Campaign"):
        spent[row["Evidence"]] += row["Full cost (£)"]
        spent[row["Recommendation"]] += row["Full cost (£)"]
    cells = [[c.value for c in row] for row in book["At a glance"].iter_rows()]
    shares = {row[0]: (row[3], row[4]) for row in cells if isinstance(row[4], float | int)}
    levels = [f"Level {n}" for n in range(1, 6)]
    actions = ["Scale", "Keep", "Test", "Stop"]
    assert shares.keys() == {*levels, *actions}
    for group in (levels, actions):
        assert math.fsum(shares[g][1] for g in group) == pytest.approx(1)
        assert [shares[g][0] for g in group] == [spent[g] for g in group]


def test_the_printed_rules_are_the_ones_that_decide(book: Any) -> None:
    """Each campaign's rule found again from the words and figures on the page, in the printed order."""
    printed = [(r["Rule"], r["Recommendation"]) for r in table(book, "Recommendations", "Rule")]
    assert printed == [(r.code, r.action) for r in RULES]
    action = dict(printed)
    chance = {
        str(r["Campaign and evidence"]).rsplit(",", 1)[0]: r["Probability of being in the top third"]
        for r in table(book, "Ranking", "Campaign and evidence")
    }
    met = set()
    for row in table(book, "Campaigns", "Campaign"):
        low, high = row["Net value, NPSV (£), low end"], row["Net value, NPSV (£), high end"]
        has_net = isinstance(low, float | int)
        improved = row["Answer"] in (Claim.SHOWN.value, Claim.PROBABLE.value)
        holds = {
            "R1": row["Evidence"] == "Level 1" or row["Answer"] == Claim.NOT_ESTIMATED.value,
            "R2": row["Answer"].endswith("interim"),
            "R3": row["Answer"] in (Claim.WRONG_WAY.value, Claim.NO_EFFECT_AS_LARGE.value),
            "R4": has_net and high < 0,
            "R5": row["Answer"] == Claim.CANNOT_TELL.value,
            "R6": row["Answer"] == Claim.CONSISTENT.value,
            "R7": improved and ((has_net and low > 0) or chance.get(row["Campaign"], 0) >= 0.5),
            "R8": improved,
        }
        first = next(code for code, _ in printed if holds[code])
        assert (row["Rule"], row["Recommendation"]) == (first, action[first]), row["Campaign"]
        met.add(first)
    assert met == {"R1", "R3", "R4", "R5", "R7", "R8"}


def test_a_shared_change_is_in_the_total_once(book: Any) -> None:
    """The sum over Campaigns less the posters, whose change the letters hold; the costs of all."""
    rows = {r["Campaign"]: r for r in table(book, "Campaigns", "Campaign")}
    (total,) = table(book, "Totals", "Counted in")
    best = {n: r["Improvement, best estimate"] for n, r in rows.items() if n != "Ivy posters"}
    assert total["Improvement in all, best estimate"] == pytest.approx(sum(best.values()))
    below = math.hypot(*(best[n] - rows[n]["Improvement, low end"] for n in best))
    assert total["Low end, errors independent"] == pytest.approx(sum(best.values()) - below)
    assert total["Full cost (£)"] == sum(r["Full cost (£)"] for r in rows.values())
    assert (total["Campaigns"], total["Changes counted"]) == (12, 11)


def test_bars_of_net_value_say_no_more_than_may_be_said(book: Any) -> None:
    """From low to high end in parts; a range without a best estimate has one colour and no meeting point."""
    bars = table(book, "Workings", "Campaign and evidence")
    each = {r["Campaign"]: r for r in table(book, "Value", "Campaign")}
    lows = [r["Net value (£), low end"] for r in each.values()]
    assert lows == sorted(lows, reverse=True)
    assert each["Larch"]["Net value (£), best estimate"] == "range only"
    for bar in bars:
        name = str(bar["Campaign and evidence"]).rsplit(",", 1)[0]
        two = [v for k, v in bar.items() if k.startswith(("Low part", "High part"))]
        whole = [v for k, v in bar.items() if k.startswith("Range")]
        used, unused = (whole, two) if name == "Larch" else (two, whole)
        assert not any(unused)
        length = each[name]["Net value (£), high end"] - each[name]["Net value (£), low end"]
        assert math.fsum(abs(v) for v in used) == pytest.approx(length)


def test_what_a_better_evaluation_is_worth(book: Any) -> None:
    """The loss from deciding by the best estimate, by 400,000 random values of the net value.

    Gain of knowing = mean of max(net, 0) less max(mean of net, 0), with the spread of the printed range.
    """
    rng = np.random.default_rng(5)
    costs = {r["Campaign"]: r["Full cost (£)"] for r in table(book, "Campaigns", "Campaign")}
    seen = 0
    for row in table(book, "Better evidence", "Campaign"):
        worth = row["Most that knowing is worth (£)"]
        if not isinstance(worth, float | int):
            continue
        low, high = row["Net value (£), low end"], row["Net value (£), high end"]
        best = row["Net value (£), best estimate"]
        middle = (low + high) / 2 if best == "range only" else best
        net = rng.normal(middle, (high - low) / (2 * 1.959964), 400_000)
        gain = np.maximum(net, 0).mean() - max(middle, 0.0)
        assert worth == pytest.approx(gain, abs=0.012 * (high - low))
        price = 0.1 * costs[row["Campaign"]]
        assert row["A full evaluation would cost (£)"] == pytest.approx(price)
        assert row["Worth its cost?"] == ("Could be" if worth > price else "No")
        seen += 1
    assert seen == 4
