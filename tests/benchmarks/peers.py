"""Methods a user could install instead, each as its own documentation does it.

Each takes a problem and gives (point, low, high) for the mean effect per period, at a nominal 95%. The peers
see the treated series alone, with a gap left out or passed on as the package allows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from inspect import signature

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.contribution import estimate_contribution
from evalkit.estimate import Estimate
from evalkit.vocabulary import Frequency
from tests.benchmarks.problems import Problem

Array = NDArray[np.float64]
Answer = tuple[float, float, float] | None
NORMAL = 1.959964


def evalkit(problem: Problem) -> Answer:
    """Estimate through the public door with nothing set; None where it refuses."""
    found = estimate_contribution(
        problem.frame,
        treated=problem.treated,
        start=problem.start,
        end=problem.end,
        outcome_kind=problem.kind,
    )
    if not isinstance(found, Estimate):
        return None
    return found.effect.point, found.effect.low, found.effect.high


def series(problem: Problem) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Treated outcome (a share as a proportion), columns for slope and waves, and the periods that count."""
    own = problem.frame[problem.frame["area"] == problem.treated]
    y = own["value"].to_numpy(dtype=float)
    if "denominator" in own:
        y = y / own["denominator"].to_numpy(dtype=float)
    t = np.arange(y.size)
    angle = 2 * np.pi * pd.to_datetime(own["period"]).dt.dayofyear.to_numpy() / 365.25
    columns = [t / y.size, *(f(k * angle) for k in (1, 2) for f in (np.cos, np.sin))]
    if problem.frequency is Frequency.DAILY:
        day = pd.to_datetime(own["period"]).dt.weekday.to_numpy()
        columns += [(day == j).astype(float) for j in range(6)]
    return y, np.column_stack(columns), (own["period"] >= problem.start).to_numpy()


def sarimax(problem: Problem) -> Answer:
    """Fit statsmodels SARIMAX(1, 0, 0) with slope, two waves and a step, by maximum likelihood."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # noqa: PLC0415

    y, X, after = series(problem)
    X = np.column_stack([np.ones(y.size), X, after])
    found = SARIMAX(y, X, order=(1, 0, 0)).fit(disp=False)
    point, error = found.params[X.shape[1] - 1], found.bse[X.shape[1] - 1]
    return float(point), float(point - NORMAL * error), float(point + NORMAL * error)


def unobserved(problem: Problem) -> Answer:
    """Forecast with statsmodels UnobservedComponents from history: local level, slope and waves.

    The band of the mean comes from simulating whole futures, as the periods' errors hang together.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # noqa: PLC0415

    y, X, after = series(problem)
    model = UnobservedComponents(y[~after], level="llevel", exog=X[~after])
    found = model.fit(disp=False)
    chance = "rng" if "rng" in signature(found.simulate).parameters else "random_state"  # by version
    futures = found.simulate(
        int(after.sum()),
        anchor="end",
        repetitions=400,
        exog=X[after],
        **{chance: np.random.default_rng(0)},
    ).reshape(int(after.sum()), -1)
    seen = np.isfinite(y[after])
    ahead = y[after][seen].mean() - futures[seen].mean(axis=0)
    return float(ahead.mean()), float(np.quantile(ahead, 0.025)), float(np.quantile(ahead, 0.975))


def newey_west(problem: Problem) -> Answer:
    """Fit ordinary least squares with slope, two waves and a step; Newey-West errors."""
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415

    y, X, after = series(problem)
    X, seen = np.column_stack([np.ones(y.size), X, after]), np.isfinite(y)
    lags = int(4 * (seen.sum() / 100) ** (2 / 9)) + 1
    found = OLS(y[seen], X[seen]).fit(cov_type="HAC", cov_kwds={"maxlags": lags}, use_t=True)
    low, high = found.conf_int()[-1]
    return float(found.params[-1]), float(low), float(high)


def causalimpact(problem: Problem) -> Answer:
    """Run pycausalimpact with its defaults; gaps bridged as it takes none."""
    from causalimpact import CausalImpact  # noqa: PLC0415

    y, X, after = series(problem)
    frame = pd.DataFrame(np.column_stack([y, X])).interpolate(limit_direction="both")
    first = int(after.argmax())
    found = CausalImpact(frame, [0, first - 1], [first, y.size - 1]).summary_data["average"]
    return tuple(float(found[k]) for k in ("abs_effect", "abs_effect_lower", "abs_effect_upper"))  # type: ignore[return-value]


CONTESTANTS: dict[str, tuple[Callable[[Problem], Answer], str]] = {
    "evalkit": (evalkit, "evalkit"),
    "SARIMAX(1,0,0) + step": (sarimax, "statsmodels"),
    "UnobservedComponents": (unobserved, "statsmodels"),
    "OLS + Newey-West": (newey_west, "statsmodels"),
    "pycausalimpact": (causalimpact, "causalimpact"),
}


def available() -> list[str]:
    """Names of the contestants whose package is installed."""
    return [name for name, (_, package) in CONTESTANTS.items() if find_spec(package)]


def answer(name: str, problem: Problem) -> Answer:
    """One answer, with the packages' warnings kept quiet; None for a refusal or a fit that fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return CONTESTANTS[name][0](problem)
        except (ValueError, np.linalg.LinAlgError):
            return None
