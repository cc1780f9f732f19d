"""Trials and surveys through the public door, against independent computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from evalkit import Estimate, InputError, NotEstimable, compare_groups
from evalkit.group_requirements import GROUP_REQUIREMENTS
from evalkit.methods import group_catalogue
from evalkit.methods.clusters import randomisation
from evalkit.methods.group_fit import robust
from evalkit.methods.proportions import score


def answer(found: dict[object, Estimate | NotEstimable], arm: object) -> Estimate:
    """The estimate of an arm; a refusal fails."""
    one = found[arm]
    assert isinstance(one, Estimate), one
    return one


def people(seed: int, n: int = 120, effect: float = 0.5) -> pd.DataFrame:
    """Persons in two arms with a score and what was known before."""
    rng = np.random.default_rng(seed)
    arm = rng.permutation(np.repeat(["letter", "none"], n // 2))
    past = rng.normal(size=n)
    score = 2 + effect * (arm == "letter") + 0.9 * past + rng.normal(scale=1 + (arm == "letter"), size=n)
    return pd.DataFrame({"arm": arm, "score": score, "past": past, "street": np.arange(n) // 6})


def test_hc2_is_that_of_statsmodels_and_its_degrees_of_freedom_those_of_two_means() -> None:
    """Bell-McCaffrey for two means has a closed form (Imbens and Kolesar 2016, eq. 2.6)."""
    data = people(1, n=50)
    x = np.column_stack([np.ones(50), data["arm"] == "letter"]).astype(float)
    x = np.delete(x, range(20), axis=0)
    y = data["score"].to_numpy()[20:]
    fit = robust(y, x, np.eye(2))
    other = sm.OLS(y, x).fit(cov_type="HC2")
    assert fit.covariance == pytest.approx(np.asarray(other.cov_params()), rel=1e-9)
    n1 = x[:, 1].sum()
    n0 = len(y) - n1
    closed = (n0 + n1) ** 2 * (n0 - 1) * (n1 - 1) / (n1**2 * (n1 - 1) + n0**2 * (n0 - 1))
    assert fit.df[1] == pytest.approx(closed, rel=1e-9)


def test_cr2_of_single_rows_is_hc2() -> None:
    """The general case contains the simple one."""
    data = people(2, n=40)
    x = np.column_stack([np.ones(40), data["arm"] == "letter", data["past"]]).astype(float)
    y = data["score"].to_numpy()
    rows = robust(y, x, np.eye(3), group=np.arange(40))
    plain = robust(y, x, np.eye(3))
    assert rows.covariance == pytest.approx(plain.covariance, rel=1e-9)
    assert rows.df == pytest.approx(plain.df, rel=1e-9)


def test_means_of_groups_are_welchs_t_test() -> None:
    """Rows of groups with their standard deviations."""
    frame = pd.DataFrame({"arm": ["b", "a"], "mean": [10.2, 9.1], "sd": [3.0, 2.0], "n": [40, 25]})
    found = answer(
        compare_groups(frame, outcome="mean", arm="arm", control="a", outcome_kind="level", n="n", sd="sd"),
        "b",
    )
    _, p = stats.ttest_ind_from_stats(10.2, 3.0, 40, 9.1, 2.0, 25, equal_var=False)
    assert found.p_value == pytest.approx(p, rel=1e-9)
    assert found.effect.point == pytest.approx(1.1)


def test_covariates_sharpen_the_answer_and_do_not_move_it_far() -> None:
    """Lin's adjustment takes out what was known before."""
    data = people(3)
    plain = answer(
        compare_groups(data, outcome="score", arm="arm", control="none", outcome_kind="level"), "letter"
    )
    sharp = answer(
        compare_groups(
            data, outcome="score", arm="arm", control="none", outcome_kind="level", covariates=["past"]
        ),
        "letter",
    )
    assert sharp.effect.width < 0.95 * plain.effect.width
    assert any("Lin 2013" in n for n in sharp.notes)


def test_equal_clusters_are_the_t_test_on_their_means() -> None:
    """Donner and Klar (2000): with equal sizes nothing else is needed."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"arm": ["a"] * 6 + ["b"] * 6, "street": range(12), "n": [50] * 12})
    frame["did"] = rng.binomial(50, rng.beta(8, 12, 12))
    found = answer(compare_groups(frame, outcome="did", arm="arm", control="a", n="n", cluster="street"), "b")
    means = [frame.loc[frame["arm"] == a, "did"] / 50 for a in "ab"]
    test = stats.ttest_ind(means[1], means[0])
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-6)
    assert (found.effect.low, found.effect.high) == pytest.approx(tuple(test.confidence_interval()), rel=1e-6)
    assert any("design effect" in n for n in found.notes)


def test_persons_and_their_clusters_summed_give_one_answer() -> None:
    """Rows of persons and rows of clusters are the same data."""
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"street": np.repeat(range(10), [20, 30, 10, 25, 40, 22, 31, 12, 28, 35])})
    rows["arm"] = np.where(rows["street"] % 2, "b", "a")
    rows["did"] = rng.binomial(1, 0.3 + 0.02 * rows["street"])
    sums = rows.groupby(["street", "arm"], as_index=False).agg(did=("did", "sum"), n=("did", "size"))
    one = answer(compare_groups(rows, outcome="did", arm="arm", control="a", cluster="street"), "b")
    two = answer(compare_groups(sums, outcome="did", arm="arm", control="a", cluster="street", n="n"), "b")
    assert (one.effect, one.rel_effect, one.notes) == (two.effect, two.rel_effect, two.notes)


def test_randomisation_test_lists_every_assignment() -> None:
    """Six clusters, three with: 20 assignments, and the best of them has its mirror image: p = 2/20."""
    mean = np.array([0.0, 0.1, 0.2, 1.0, 1.1, 1.2])
    p, how = randomisation(np.array([0, 0, 0, 1, 1, 1]), np.full(6, 10.0), mean)
    assert p == pytest.approx(0.1)
    assert "all 20" in how


def test_a_stepped_wedge_allows_for_time() -> None:
    """Time moves by 1 a period; the campaign adds 2; comparing raw means would say more."""
    rng = np.random.default_rng(6)
    rows = [
        {"site": s, "month": m, "on": "yes" if m > s else "no", "n": 100,
         "y": 10 + s + m + 2 * (m > s) + rng.normal(scale=0.2), "sd": 4.0}
        for s in range(8) for m in range(9)
    ]  # fmt: skip
    found = answer(
        compare_groups(
            pd.DataFrame(rows), outcome="y", arm="on", control="no", outcome_kind="level", n="n", sd="sd",
            cluster="site", period="month",
        ),
        "yes",
    )  # fmt: skip
    assert found.method == "stepped wedge"
    assert found.effect.covers(2.0)
    assert 0.1 < found.effect.width < 1


def test_two_waves_of_two_groups_compare_their_changes() -> None:
    """Against the linear probability model's interaction."""
    frame = pd.DataFrame(
        {"arm": ["area", "area", "rest", "rest"], "wave": ["before", "after"] * 2, "n": [400, 420, 500, 510],
         "know": [120, 190, 160, 180]}
    )  # fmt: skip
    found = answer(
        compare_groups(frame, outcome="know", arm="arm", control="rest", n="n", wave="wave"), "area"
    )
    assert found.effect.point == pytest.approx((190 / 420 - 120 / 400) - (180 / 510 - 160 / 500))
    people_ = frame.loc[frame.index.repeat(frame["n"])].copy()
    people_["did"] = np.concatenate(
        [np.arange(n) < k for n, k in zip(frame["n"], frame["know"], strict=True)]
    )
    people_["did"] = people_["did"].astype(int)
    same = answer(compare_groups(people_, outcome="did", arm="arm", control="rest", wave="wave"), "area")
    assert same.effect.point == pytest.approx(found.effect.point)
    assert same.effect.low == pytest.approx(found.effect.low, abs=2e-4)


def test_rates_use_the_exposure() -> None:
    """12 in 100 and 30 in 150 person-years: .12 and .20."""
    frame = pd.DataFrame({"arm": ["a", "b"], "fires": [12, 30], "years": [100.0, 150.0]})
    found = answer(
        compare_groups(
            frame, outcome="fires", arm="arm", control="a", outcome_kind="count", exposure="years"
        ),
        "b",
    )
    assert found.effect.point == pytest.approx(0.08)
    assert found.rel_effect is not None
    assert found.rel_effect.point == pytest.approx(2 / 3)
    assert found.total.point == pytest.approx(12.0)


def test_holm_decides_which_arms_show() -> None:
    """The interval of an arm excludes zero exactly where Holm's p-value is below 5%."""
    rng = np.random.default_rng(7)
    for _ in range(8):
        did = rng.binomial(400, [0.2, 0.24, 0.26, 0.2])
        frame = pd.DataFrame({"arm": list("cxyz"), "did": did, "n": 400})
        for found in compare_groups(frame, outcome="did", arm="arm", control="c", n="n").values():
            assert isinstance(found, Estimate)
            assert found.effect.covers(0) == (found.p_value > 0.05)
            assert found.effect.level >= 0.95


def test_what_cannot_be_told_is_refused_with_its_reason() -> None:
    """One cluster an arm, no spread, too few people."""
    lone = pd.DataFrame({"arm": ["a", "b"], "street": [1, 2], "did": [4, 9], "n": [40, 40]})
    found = compare_groups(lone, outcome="did", arm="arm", control="a", n="n", cluster="street")["b"]
    assert isinstance(found, NotEstimable)
    assert "two" in found.reasons[0]
    bare = pd.DataFrame({"arm": ["a", "b"], "m": [4.0, 9.0], "n": [40, 40]})
    found = compare_groups(bare, outcome="m", arm="arm", control="a", n="n", outcome_kind="level")["b"]
    assert isinstance(found, NotEstimable)
    assert "standard deviation" in found.what_would_help[0]


def test_nobody_and_everybody_still_have_a_range() -> None:
    """No one in the control did it: the ratio is not given, the difference is."""
    frame = pd.DataFrame({"arm": ["a", "b"], "did": [0, 6], "n": [60, 60]})
    found = answer(compare_groups(frame, outcome="did", arm="arm", control="a", n="n"), "b")
    assert found.rel_effect is None
    assert found.effect.low > 0
    none = answer(compare_groups(frame.assign(did=0), outcome="did", arm="arm", control="a", n="n"), "b")
    assert none.effect.covers(0)
    assert 0.03 < none.effect.high < 0.1
    streets = pd.DataFrame(
        {
            "arm": ["a"] * 3 + ["b"] * 3,
            "y": [1, 1, 1, 0, 0, 0],
            "n": [6, 9, 12, 11, 11, 5],
            "c": list("uvwxyz"),
        }
    )
    gone = answer(compare_groups(streets, outcome="y", arm="arm", control="a", n="n", cluster="c"), "b")
    assert gone.rel_effect is not None
    assert (
        gone.rel_effect.point == -1
    )  # by rounding a little more than everything, which stopped the comparison


def test_faults_are_told_together_without_the_rows_of_persons() -> None:
    """Messages name columns and counts of cells, never a person's figures."""
    frame = pd.DataFrame({"arm": ["a", "b", None], "did": [0, "often", 7731], "n": [1, 1, 1]})
    with pytest.raises(InputError) as caught:
        compare_groups(frame, outcome="did", arm="arm", control="z")
    text = str(caught.value)
    assert "empty cells" in text
    assert "'z'" in text
    assert "not numbers" in text
    assert "7731" not in text
    assert "often" not in text
    with pytest.raises(InputError, match="does not have"):
        compare_groups(frame, outcome="gone", arm="arm", control="a")


def test_the_score_statistic_is_the_restricted_likelihoods() -> None:
    """Against shares found by searching the likelihood, with and without a closed form."""
    for (x0, x1), (n0, n1), value in (
        ((3, 0), (50, 70), -0.16),
        ((9, 30), (40, 60), 0.1),
        ((0, 6), (60, 60), 0.04),
    ):
        p0 = np.linspace(max(0, -value), min(1, 1 - value), 400_001)
        p1 = np.clip(p0 + value, 0, 1)
        with np.errstate(divide="ignore"):
            loglik = sum(stats.binom.logpmf(x, n, p) for x, n, p in ((x0, n0, p0), (x1, n1, p1)))
        best = int(np.argmax(loglik))
        a, b, people_ = p0[best], p1[best], n0 + n1
        variance = (a * (1 - a) / n0 + b * (1 - b) / n1) * people_ / (people_ - 1)
        expected = (x1 / n1 - x0 / n0 - value) / variance**0.5
        assert score([x0, x1], [n0, n1], value) == pytest.approx(expected, rel=1e-3)


def test_the_table_of_comparisons_is_the_one_that_runs() -> None:
    """Every row has a method and every method a row; the reason for the choice is beside the answer."""
    assert {row.method for row in GROUP_REQUIREMENTS} == set(group_catalogue.METHODS)
    frame = pd.DataFrame({"arm": ["a"] * 4 + ["b"] * 4, "street": range(8), "n": 40})
    frame["did"] = [10, 12, 9, 14, 15, 13, 18, 16]
    found = compare_groups(frame, outcome="did", arm="arm", control="a", n="n", cluster="street")
    assert answer(found, "b").method == "clusters"
    assert found.study.notes == (
        "Method clusters, by the table of comparisons: groups were drawn as a whole, so they and not the "
        "people are the sample.",
    )


def test_an_analyst_may_name_another_comparison() -> None:
    """What it leaves unused is said; what it lacks is a refusal; an unknown name lists the known ones."""
    frame = pd.DataFrame({"arm": ["a"] * 4 + ["b"] * 4, "street": range(8), "n": 40})
    frame["did"] = [10, 12, 9, 14, 15, 13, 18, 16]
    given = {"outcome": "did", "arm": "arm", "control": "a", "n": "n", "cluster": "street"}
    named = answer(compare_groups(frame, method="proportions", **given), "b")
    plain = answer(compare_groups(frame, outcome="did", arm="arm", control="a", n="n"), "b")
    assert (named.effect, named.method) == (plain.effect, "proportions")
    said = " ".join(named.notes)
    assert "clusters of the table are not used: the range is too narrow" in said
    assert "The analyst chose proportions; by the table's shape it would be clusters." in said
    refused = compare_groups(frame, method="rates", **given)["b"]
    assert isinstance(refused, NotEstimable)
    assert "needs a count" in refused.reasons[0]
    with pytest.raises(InputError, match="must be one of auto, changes"):
        compare_groups(frame, method="t-test", **given)


def test_streets_drawn_in_pairs_are_the_paired_t_test() -> None:
    """Strata of clusters count: pairs of equal streets, against scipy's paired test on their shares."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {"pair": np.repeat(range(9), 2), "arm": ["a", "b"] * 9, "street": range(18), "n": 60}
    )
    frame["did"] = rng.binomial(60, np.repeat(rng.uniform(0.2, 0.7, 9), 2) + 0.06 * (frame["arm"] == "b"))
    share = {a: (frame.loc[frame["arm"] == a, "did"] / 60).to_numpy() for a in "ab"}
    test = stats.ttest_rel(share["b"], share["a"])
    given = {"outcome": "did", "arm": "arm", "control": "a", "cluster": "street", "stratum": "pair"}
    found = answer(compare_groups(frame, n="n", **given), "b")
    assert found.p_value == pytest.approx(test.pvalue, rel=1e-6)
    assert (found.effect.low, found.effect.high) == pytest.approx(tuple(test.confidence_interval()), rel=1e-6)
    rows = frame.loc[frame.index.repeat(60)].reset_index(drop=True)
    rows["did"] = (rows.groupby("street").cumcount() < rows["did"]).astype(int)
    people_ = answer(compare_groups(rows.drop(columns="n"), **given), "b")
    assert (people_.effect.low, people_.p_value) == pytest.approx((found.effect.low, found.p_value), rel=1e-6)


def test_an_answer_that_rests_on_its_strata_shows_both() -> None:
    """Simpson's table: within each stratum more did it with the letter, over all fewer."""
    frame = pd.DataFrame(
        {"arm": ["none", "letter"] * 2, "place": ["town", "town", "land", "land"],
         "n": [4000, 1000, 1000, 4000], "did": [3200, 850, 200, 1000]}
    )  # fmt: skip
    found = answer(
        compare_groups(frame, outcome="did", arm="arm", control="none", n="n", stratum="place"), "letter"
    )
    assert found.effect.point == pytest.approx(0.05)
    (note,) = [n for n in found.notes if "do not agree" in n]
    assert f"{1850 / 5000 - 3400 / 5000:.4g}" in note
