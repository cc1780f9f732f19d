"""Overlapping campaigns: the joint model through its public door, and its products against dense algebra."""

from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import linalg

from evalkit import (
    CampaignTest,
    Decomposition,
    Estimate,
    InputError,
    Interval,
    NotEstimable,
    decompose_contributions,
)
from evalkit.checks.catalogue import run_joint_checks
from evalkit.estimate import Trial
from evalkit.methods.engine import Errors
from evalkit.methods.joint import prior_grid, reduce, solve, weigh
from evalkit.methods.joint_grams import COMMON, Cells, grams
from evalkit.methods.mixture import bands, quantiles, thin
from evalkit.methods.terms import series_errors, slope
from evalkit.vocabulary import Frequency
from tests.benchmarks import mix

FIRST, WEEKS = "2022-01-03", 130


@dataclass(frozen=True)
class Drawn:
    """An outcome with two or more campaigns in bursts, the second without effect if asked."""

    frame: pd.DataFrame
    doses: pd.DataFrame
    truth: dict[str, float]


def drawn(
    seed: int, sizes: tuple[float, ...] = (0.05, 0.04), *, together: float = 0.4, n: int = WEEKS
) -> Drawn:
    """Weekly figures around 200 with a season, AR(1) errors and geometric carry-over."""
    rng = np.random.default_rng(seed)
    days, t = pd.date_range(FIRST, periods=n, freq="7D"), np.arange(n)
    error = np.zeros(n)
    for i in range(1, n):
        error[i] = 0.4 * error[i - 1] + rng.normal(0, 8)
    y = 200 + 16 * np.cos(2 * np.pi * t / 52.18 + 1) + error
    rows, truth, begins = [], {}, []
    for k, size in enumerate(sizes):
        dose = np.zeros(n)
        for b in range(4):
            again = k > 0 and rng.random() < together
            s = begins[b] + int(rng.integers(-1, 2)) if again else int(rng.integers(4, n - 10))
            begins = [*begins, s] if k == 0 else begins
            dose[max(s, 0) : s + int(rng.integers(3, 8))] += rng.gamma(4, 2)
        left = np.zeros(n)
        for i in range(n):
            left[i] = dose[i] + (0.6 * left[i - 1] if i else 0)
        effect = left / left.sum() * size * 200 * n
        y, truth[f"c{k + 1}"] = y + effect, float(effect.sum())
        rows += [(days[i], f"c{k + 1}", dose[i]) for i in np.flatnonzero(dose)]
    frame = pd.DataFrame({"period": days, "area": "all", "value": y})
    return Drawn(frame, pd.DataFrame(rows, columns=["period", "campaign", "dose"]), truth)


@pytest.fixture(scope="module")
def two() -> tuple[Drawn, Decomposition]:
    """One draw and its decomposition, shared by tests that only look at it."""
    made = drawn(3)
    return made, decompose_contributions(made.frame, doses=made.doses)


def estimate(found: Decomposition, campaign: str) -> Estimate:
    """An estimate that is there."""
    one = found[campaign]
    assert isinstance(one, Estimate), one
    return one


def refusal(found: Decomposition, campaign: str) -> str:
    """The first reason of a refusal."""
    one = found[campaign]
    assert isinstance(one, NotEstimable), one
    return one.reasons[0]


# ------------------------------------------------------------------ what is reported


def test_the_parts_add_up_to_the_outcome_exactly(two: tuple[Drawn, Decomposition]) -> None:
    """Baseline, contributions and unexplained sum to the figures, period by period and in all."""
    made, found = two
    parts = found.by_period
    assert parts is not None
    total = np.array(parts.baseline) + np.array(parts.unexplained, dtype=float)
    for values in parts.contributions.values():
        total = total + np.array(values)
    np.testing.assert_allclose(total, made.frame["value"], rtol=1e-12)
    for name, values in parts.contributions.items():
        assert sum(values) == pytest.approx(estimate(found, name).total.point, rel=1e-9)
    assert found.baseline is not None
    assert found.unexplained is not None
    whole = sum(estimate(found, c).total.point for c in found)
    assert found.baseline + whole + found.unexplained == pytest.approx(made.frame["value"].sum(), rel=1e-12)
    assert found.joint[frozenset(found)].total.point == pytest.approx(whole, rel=1e-9)


def test_totals_effects_and_ratios_agree(two: tuple[Drawn, Decomposition]) -> None:
    """One distribution: interval ends, relative effect and path belong together."""
    made, found = two
    for name in found:
        one = estimate(found, name)
        span = made.frame["value"].iloc[one.n_pre :].sum()
        assert one.rel_effect is not None
        assert one.path is not None
        assert one.rel_effect.high == pytest.approx(one.total.high / (span - one.total.high))
        assert one.effect.low * one.n_post == pytest.approx(one.total.low)
        assert one.path.cumulative[-1] == pytest.approx(one.total.point)
        assert one.path.cumulative_low[-1] == pytest.approx(one.total.low)
        assert one.distribution.quantile(0.975) == pytest.approx(one.total.high)


def test_pence_and_pounds_give_the_same_answer(two: tuple[Drawn, Decomposition]) -> None:
    """Only the cost per outcome knows the dose's unit."""
    made, found = two
    pence = decompose_contributions(made.frame, doses=made.doses.assign(dose=made.doses["dose"] * 100))
    for name in found:
        assert estimate(pence, name).total.low == pytest.approx(estimate(found, name).total.low, rel=1e-6)
    assert pence.curves[0].per_outcome.point == pytest.approx(
        100 * found.curves[0].per_outcome.point, rel=1e-6
    )


def test_one_dose_in_pence_among_pounds_is_named(two: tuple[Drawn, Decomposition]) -> None:
    """A single slip of the unit bends the answer and cannot be read off it, so it is pointed at."""
    made, found = two
    slip = made.doses.assign(dose=made.doses["dose"].where(made.doses.index != 2, made.doses["dose"] * 100))
    (note,) = decompose_contributions(made.frame, doses=slip).notes
    assert note.startswith("c1: a dose more than 50 times its usual")
    assert str(slip["period"].iloc[2].date()) in note
    assert found.notes == ()


def test_curves_start_at_nothing_and_pass_through_the_total(two: tuple[Drawn, Decomposition]) -> None:
    """The response at multiple 1 is the contribution; more does no more than in proportion."""
    _, found = two
    for curve in found.curves:
        assert curve.total[0] == 0
        total = estimate(found, curve.campaign).total
        at = curve.multiples.index(1.0)
        assert (curve.total[at], curve.low[at]) == pytest.approx((total.point, total.low), rel=1e-3)
        assert curve.marginal.point <= total.point / curve.dose * (1 + 1e-9)


@pytest.mark.slow
def test_coverage_of_each_total_over_seeded_draws() -> None:
    """Few of 24 intervals miss the truth (5 or more: 1 in 170 at .95), few of 6 without effect exclude 0."""
    hits, alarms, nulls = 0, 0, 0
    for seed in range(12):
        made = drawn(100 + seed, (0.05, 0.0 if seed % 2 else 0.03))
        found = decompose_contributions(made.frame, doses=made.doses)
        for name in found:
            total = estimate(found, name).total
            hits += total.covers(made.truth[name])
            if made.truth[name] == 0:
                nulls, alarms = nulls + 1, alarms + (not total.covers(0))
    assert hits >= 20
    assert alarms <= 1
    assert nulls == 6


# ------------------------------------------------------------------ identification


def test_campaigns_with_one_dose_are_answered_together() -> None:
    """Neither gets an estimate; the sum does, and the split in halves is called a convention by its place."""
    made = drawn(5, (0.06,))
    twin = made.doses.assign(campaign="twin", dose=made.doses["dose"] * 3)
    found = decompose_contributions(made.frame, doses=pd.concat([made.doses, twin]))
    assert "cannot be told apart" in refusal(found, "c1")
    assert "cannot be told apart" in refusal(found, "twin")
    (both,) = found.together
    assert both.campaigns == ("c1", "twin")
    assert not both.separable
    assert found.joint[frozenset({"c1", "twin"})].total.covers(made.truth["c1"])
    assert both.split["c1"] == pytest.approx(both.estimate.total.point / 2, rel=0.02)
    assert sum(both.split.values()) == pytest.approx(both.estimate.total.point)
    assert found.overlap is not None
    assert found.overlap.alone == {"c1": 0, "twin": 0}


def test_a_campaign_that_never_overlaps_needs_no_other() -> None:
    """Beside a campaign at other times, the first one's answer hardly moves."""
    made = drawn(8, (0.06,))
    first = decompose_contributions(made.frame, doses=made.doses)
    on = set(made.doses["period"])
    free = [d for d in made.frame["period"] if d not in on]
    other = pd.DataFrame({"period": free[40:46], "campaign": "other", "dose": 1.0})
    found = decompose_contributions(made.frame, doses=pd.concat([made.doses, other]))
    assert found.overlap is not None
    assert found.overlap.pairs[0].both_on == 0
    alone, beside = estimate(first, "c1").total, estimate(found, "c1").total
    assert beside.point == pytest.approx(alone.point, abs=alone.width / 4)
    assert beside.width == pytest.approx(alone.width, rel=0.3)


def test_what_the_doses_rule_out_is_refused_and_the_rest_answered() -> None:
    """No dose, and the same dose throughout; a dose that varies but never stops is answered with a note."""
    made = drawn(11, (0.06,))
    days = made.frame["period"]
    rng = np.random.default_rng(0)
    more = [
        pd.DataFrame({"period": days, "campaign": "constant", "dose": 4.0}),
        pd.DataFrame({"period": days[:3], "campaign": "nothing", "dose": 0.0}),
        pd.DataFrame({"period": days, "campaign": "never off", "dose": rng.gamma(2, 1, len(days))}),
    ]
    found = decompose_contributions(made.frame, doses=pd.concat([made.doses, *more]))
    assert refusal(found, "nothing").startswith("It has no dose")
    assert "same in every period" in refusal(found, "constant")
    assert "never off" in estimate(found, "never off").notes[0]
    assert estimate(found, "c1").total.covers(made.truth["c1"])


def test_a_dose_of_nothing_is_an_absent_row(two: tuple[Drawn, Decomposition]) -> None:
    """Zeros written out for every period without a dose change no digit, nor when a campaign counts as on."""
    made, found = two
    idle = [
        pd.DataFrame({"period": sorted(set(made.frame["period"]) - set(own["period"])), "campaign": c})
        for c, own in made.doses.groupby("campaign")
    ]
    filled = decompose_contributions(made.frame, doses=pd.concat([made.doses, *idle]).fillna({"dose": 0.0}))
    assert filled.overlap == found.overlap
    assert filled.by_period == found.by_period
    for name in found:
        assert estimate(filled, name).total == estimate(found, name).total


def test_fourteen_months_are_too_few() -> None:
    """The refusal says how many periods there are and how many it takes."""
    days = pd.date_range("2024-01-01", periods=14, freq="MS")
    frame = pd.DataFrame({"period": days, "area": "all", "value": np.arange(14.0) ** 2})
    doses = pd.DataFrame({"period": days[3:8], "campaign": "c1", "dose": 1.0})
    found = decompose_contributions(frame, doses=doses)
    assert refusal(found, "c1").startswith("There are 14 periods with a figure; 1 campaign needs at least 24")
    assert found.joint == {}
    assert found.by_period is None


def test_more_than_three_campaigns_are_sampled_with_a_seed() -> None:
    """The effective size is reported, the same seed gives the same answer, another one nearly so."""
    made = drawn(21, (0.05, 0.04, 0.03, 0.05), n=80)
    first, again, other = (
        decompose_contributions(made.frame, doses=made.doses, seed=seed) for seed in (0, 0, 1)
    )
    assert first.effective_nodes is not None
    assert first.effective_nodes > 100
    assert any("effective size" in note for note in first.notes)
    for name in first:
        a, b, c = (estimate(f, name).total for f in (first, again, other))
        assert a == b
        assert c.point == pytest.approx(a.point, abs=a.width / 10)


def test_a_test_of_one_campaign_pulls_the_model_and_is_shown_beside_it() -> None:
    """A precise test narrows its campaign's range; before and after are both there."""
    made = drawn(3)
    first, last = made.frame["period"].iloc[0].date(), made.frame["period"].iloc[-1].date()
    truth = made.truth["c1"]
    result = CampaignTest("c1", Interval(truth, truth - 60, truth + 60), first, last, source="Trial report")
    plain = decompose_contributions(made.frame, doses=made.doses)
    held = decompose_contributions(made.frame, doses=made.doses, tests=[result])
    (one,) = held.calibration
    assert one.before.low == pytest.approx(one.total_before.low)
    assert one.before.point == pytest.approx(estimate(plain, "c1").total.point)
    assert estimate(held, "c1").total.width < 0.7 * estimate(plain, "c1").total.width
    assert estimate(held, "c1").total.covers(truth)


def test_doses_moved_elsewhere_bring_nothing_and_an_early_rise_shows() -> None:
    """Placebos hold zero as often as they should; a rise by a fifth in the four weeks before is found."""
    made = drawn(4, (0.07, 0.04))
    found = decompose_contributions(made.frame, doses=made.doses, checks=True)
    for trial in found.trials:
        assert len(trial.moved) >= 12
        ours = estimate(found, trial.campaign)
        assert trial.second is not None
        assert trial.second.low < ours.total.high
        assert trial.second.high > ours.total.low
        placebo, before, opinion = run_joint_checks(trial, ours, share=False)
        assert (placebo.check, placebo.passed) == ("placebo-in-time", True)
        assert before.passed is not False
        assert opinion.passed is not False
    alone = drawn(4, (0.07,))
    soon = {d - pd.Timedelta(weeks=w) for d in alone.doses["period"] for w in (1, 2, 3, 4)}
    early = alone.frame["period"].isin(soon - set(alone.doses["period"]))
    rising = alone.frame.assign(value=alone.frame["value"] + 40 * early)
    moved = decompose_contributions(rising, doses=alone.doses, checks=True)
    (trial,) = moved.trials
    assert trial.before is not None
    assert trial.before.low > 0
    before = run_joint_checks(trial, estimate(moved, "c1"), share=False)[1]
    assert before.passed is False
    assert "moved before the campaign" in before.text


def test_more_misses_than_chance_allows_fail_the_model(two: tuple[Drawn, Decomposition]) -> None:
    """Of sixteen 95% ranges three may miss zero and four may not (binomial, one in forty)."""
    _, found = two
    sound, off = Interval(0.1, -1, 1), Interval(2, 1, 3)
    for misses, passed in ((3, True), (4, False)):
        trial = Trial("c1", (sound,) * (16 - misses) + (off,) * misses, None, None)
        placebo, before, opinion = run_joint_checks(trial, estimate(found, "c1"), share=False)
        assert placebo.passed is passed
        assert placebo.statistic == (16 - misses) / 16
        assert (before.passed, opinion.passed) == (None, None)
    few = run_joint_checks(Trial("c1", (off,) * 3, None, None), estimate(found, "c1"), share=False)
    assert few[0].passed is None


# ------------------------------------------------------------------ areas


def areas_drawn(seed: int, gaps: int = 0) -> Drawn:
    """Six areas of unequal size with a common shock; one campaign area by area, one everywhere at once."""
    rng = np.random.default_rng(seed)
    n, names = 90, [f"a{i}" for i in range(6)]
    days, t = pd.date_range(FIRST, periods=n, freq="7D"), np.arange(n)
    size = np.array([60.0, 90, 120, 200, 300, 400])
    shock = np.cumsum(rng.normal(0, 0.01, n))
    y = size * (1 + 0.1 * np.cos(2 * np.pi * t / 52)[:, None] + shock[:, None] + rng.normal(0, 0.04, (n, 6)))
    local, rows = np.zeros((n, 6)), []
    for a, name in enumerate(names):
        for s in rng.integers(4, n - 8, 3):
            local[s : s + 4, a] += size[a] / 50
            rows += [(d, "local", name) for d in days[s : s + 4]]
    local = np.minimum(local, size / 50)
    everywhere = np.zeros(n)
    for s in (12, 40, 70):
        everywhere[s : s + 5] = 1.0
    left = np.zeros((n, 6))
    for i in range(n):
        left[i] = local[i] + (0.5 * left[i - 1] if i else 0)
    effect = left / left.sum() * 0.03 * size.sum() * n
    both = effect + everywhere[:, None] * size * 0.05
    frame = pd.DataFrame({"period": np.repeat(days, 6), "area": names * n, "value": (y + both).ravel()})
    frame.loc[rng.choice(len(frame), gaps, replace=False), "value"] = np.nan
    doses = pd.DataFrame(
        [(days[i], "local", names[a], local[i, a]) for i, a in zip(*np.nonzero(local), strict=True)]
        + [(days[i], "everywhere", None, 1.0) for i in np.flatnonzero(everywhere)],
        columns=["period", "campaign", "area", "dose"],
    )
    truth = {"local": float(effect.sum()), "everywhere": float((everywhere[:, None] * size * 0.05).sum())}
    return Drawn(frame, doses, truth)


def test_areas_sharpen_what_varies_between_them() -> None:
    """The same call; the local campaign is known far better than from the sum of the areas."""
    hits = 0
    for seed in (2, 3, 4):
        made = areas_drawn(seed, gaps=5)
        found = decompose_contributions(made.frame, doses=made.doses)
        hits += sum(estimate(found, c).total.covers(made.truth[c]) for c in found)
    assert hits >= 5
    assert estimate(found, "local").design.value == "controlled series"
    assert estimate(found, "everywhere").design.value == "single series"
    whole = made.frame.dropna().groupby("period", as_index=False)["value"].sum().assign(area="all")
    summed = made.doses.groupby(["period", "campaign"], as_index=False)["dose"].sum()
    pooled = decompose_contributions(whole, doses=summed)
    assert estimate(found, "local").total.width < 0.5 * estimate(pooled, "local").total.width


@pytest.mark.slow
def test_a_large_programme_takes_under_a_minute_and_two_gigabytes() -> None:
    """12 campaigns, 150 areas, 156 weeks in a process of its own: measured is a fifth."""
    command = [sys.executable, "-m", "tests.benchmarks.mix_scale", "--size", "12", "150", "156"]
    row = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("|")
    estimates, effective, seconds, megabytes = (float(row[i].replace(",", "")) for i in (4, 5, 7, 8))
    assert estimates == 12
    assert effective > 500
    assert seconds < 60  # of processor: the wall clock knows what else runs
    assert megabytes < 2000


# ------------------------------------------------------------------ against dense algebra


def one_node(errors: Errors, c: int, n: int) -> np.ndarray:
    """Covariance of one error node, written out."""
    t = np.arange(n)
    state = errors.start[c] * errors.rho[c] ** np.abs(np.subtract.outer(t, t))
    return np.asarray(state + errors.drift[c] * np.minimum.outer(t, t) + errors.noise[c] * np.eye(n))


def restricted(V: np.ndarray, X: np.ndarray, y: np.ndarray, precision: np.ndarray) -> float:
    """Log restricted likelihood with the variance integrated, up to a constant, by dense algebra."""
    W = linalg.cholesky(np.linalg.inv(V))
    A = (W @ X).T @ (W @ X) + np.diag(precision)
    b = (W @ X).T @ (W @ y)
    left = (W @ y) @ (W @ y) - b @ np.linalg.solve(A, b)
    df = y.size - int((precision == 0).sum())
    proper = 0.5 * np.log(precision[precision > 0]).sum()
    return float(
        proper - 0.5 * np.linalg.slogdet(V)[1] - 0.5 * np.linalg.slogdet(A)[1] - 0.5 * df * np.log(left)
    )


def test_weights_of_a_single_series_equal_dense_algebra() -> None:
    """Differences in log weight between combinations of columns and nodes."""
    rng = np.random.default_rng(1)
    n, errors = 40, series_errors(20.0, Frequency.WEEKLY)
    y, D = rng.normal(size=n), rng.gamma(2, 1, (n, 4))
    term = slope(np.arange(n) / 52, n, 5.0)
    base = np.column_stack([term.columns, np.ones(n)])
    cells = Cells(y[:, None], D[:, None], np.ones(1), np.ones(n))
    found, _ = grams(cells, base, errors, np.array([0, 2]))
    precision, mass = prior_grid([term])
    precision = np.column_stack([precision, np.zeros(len(mass))])
    own = np.full(2, 0.25)
    small = reduce(found, precision, mass, np.array([[0, 2]]), own, 40)
    combos = np.array([[0, 2], [1, 3], [0, 3]])
    log, total = weigh(small, combos, np.zeros(3), own)
    for node in (0, 7):
        V = one_node(errors, int(small.error[node]), n)
        fits = []
        for combo in combos:
            X = np.column_stack([base, D[:, combo]])
            options = [restricted(V, X, y, np.r_[p, own]) for p in precision]
            fits.append(options)
        table = np.array(fits)
        gaps = log[node] - log[node, 0]
        assert np.abs((table - table[0]).T - gaps).max(axis=1).min() < 1e-8
    coef, _ = solve(small, np.array([0, 0, 0]), combos, np.tile(own, (3, 1)))
    np.testing.assert_allclose(coef.sum(axis=1), total[0], rtol=1e-8)


def test_weights_of_a_panel_equal_dense_algebra() -> None:
    """Common and own errors, unequal areas and a missing cell: the rotation loses nothing."""
    rng = np.random.default_rng(4)
    n, A, errors = 14, 3, series_errors(20.0, Frequency.WEEKLY).some(np.array([0, 8, 23]))
    variance = np.array([0.5, 1.0, 1.5])
    y, D = rng.normal(size=(n, A)), rng.gamma(2, 1, (n, A, 4))
    y[5, 1] = np.nan
    base = np.column_stack([np.arange(n) - 6.5, np.ones(n)])
    found, mean_errors = grams(Cells(y, D, variance, np.ones(n)), base, errors, np.array([0, 2]))
    seen = np.isfinite(y).ravel()
    kron = np.kron(np.ones((n, 1)), np.eye(A))[:, :-1]  # areas' levels beside the intercept
    rotation = 1 / variance / (1 / variance).sum()
    logs, expected = [], []
    precision = np.array([4.0, 0.0])
    own = np.full(2, 0.25)
    for e in range(found.log.size):
        small = reduce(
            type(found)(found.products[e : e + 1], found.log[e : e + 1], found.df),
            np.r_[precision, 0.0][None],
            np.zeros(1),
            np.array([[0, 2]]),
            own,
            1,
        )
        log, _ = weigh(small, np.array([[0, 2], [1, 3]]), np.zeros(2), own)
        logs.append(log[0])
    best = -np.inf
    for o in range(3):
        Vo = one_node(errors, o, n)
        for c in range(3):
            Vc = one_node(errors, c, n)
            for ratio in COMMON:
                # own errors, the mean's variance replaced by that of the common node
                M = np.eye(A) - np.outer(np.ones(A), rotation)
                S = np.kron(Vo, M @ np.diag(variance) @ M.T) + np.kron(
                    Vc * ratio / (1 / variance).sum(), np.ones((A, A))
                )
                S = S[np.ix_(seen, seen)]
                both = []
                for combo in ([0, 2], [1, 3]):
                    X = np.column_stack([np.repeat(base, A, axis=0), kron, D.reshape(n * A, 4)[:, combo]])
                    p = np.r_[precision, np.zeros(A - 1), own]
                    prior = np.log(errors.mass[o]) + np.log(errors.mass[c])
                    both.append(restricted(S, X[seen], y.ravel()[seen], p) + prior)
                expected.append(both)
                best = max(best, max(both))
    table, given = np.array(expected), np.array(logs)
    shift = given.max() - table.max()
    for row in given:  # every retained node is one of the dense ones, at one and the same constant
        assert np.abs(table + shift - row).max(axis=1).min() < 1e-6
    assert mean_errors.rho.size == len(logs)


@pytest.mark.parametrize(("stratum", "seed"), [("little noise", 25), ("several areas", 26)])
def test_effects_that_have_died_away_raise_no_warning(stratum: str, seed: int) -> None:
    """Under some half-lives nothing at all is left of a dose in a period in which others leave much."""
    problem = mix.draw(stratum, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = decompose_contributions(problem.frame, doses=problem.doses)
    assert sum(estimate(found, c).total.covers(t) for c, t in problem.truth.items()) >= len(found) - 1


def test_components_without_width_are_points() -> None:
    """Half of the mass on a point, half normal-like with 400 degrees of freedom: quantiles by arithmetic."""
    weight, centre, scale = np.array([0.5, 0.5]), np.array([0.0, 0.0]), np.array([1e-300, 1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = quantiles((0.025, 0.975), weight, centre, scale, 400)
        (many,) = bands(0.975, weight, centre[:, None], scale[:, None], 400)
    assert high == pytest.approx(1.6487, abs=1e-3)  # t quantile at .95
    assert low == pytest.approx(-high)
    assert many == pytest.approx(high, abs=1e-3)
    kept, mass = thin(np.array([1.0, 0.0, 0.0]), np.zeros(3), 2)
    assert (kept.tolist(), mass.tolist()) == ([0], [1.0])


# ------------------------------------------------------------------ input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dose": [np.nan, 1.0]}, "give 0 for none"),
        ({"dose": [-1.0, 1.0]}, "cannot be negative"),
        ({"period": [pd.Timestamp("2022-01-03")] * 2}, "more than one dose"),
        ({"area": ["nowhere", "all"]}, "not in the frame: nowhere"),
        ({"period": ["soon", "2022-01-10"]}, "not a date in 1 rows"),
    ],
)
def test_doses_that_cannot_be_read_are_refused_by_name(change: dict[str, list[object]], message: str) -> None:
    """Nothing is repaired."""
    made = drawn(1)
    doses = pd.DataFrame(
        {"period": pd.to_datetime(["2022-01-03", "2022-01-10"]), "campaign": "c", "dose": [1.0, 2.0]}
    ).assign(**change)
    with pytest.raises(InputError, match=message):
        decompose_contributions(made.frame, doses=doses)


def test_a_test_that_belongs_to_nothing_is_refused() -> None:
    """A campaign without a dose, an area that is not there, days outside the figures: all at once."""
    made = drawn(1)
    day = made.frame["period"].iloc[0].date()
    before = CampaignTest("c1", Interval(1, 0, 2), day.replace(year=1999), day.replace(year=1999))
    strange = CampaignTest("c9", Interval(1, 0, 2), day, day, areas=("nowhere",))
    with pytest.raises(InputError) as caught:
        decompose_contributions(made.frame, doses=made.doses, tests=[before, strange])
    assert len(caught.value.problems) == 3
