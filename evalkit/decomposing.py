"""The analyst's door for several campaigns on one outcome: plain frames in, a decomposition out.

1. A door reads, collects everything that is wrong, and hands on; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evalkit.choices import CALENDARS, windows
from evalkit.decomposition import Decomposition
from evalkit.doses import Doses
from evalkit.errors import InputError
from evalkit.methods import mix
from evalkit.methods.mix_model import CampaignTest, Study
from evalkit.panel import Panel
from evalkit.vocabulary import Frequency, OutcomeKind


def decompose_contributions(
    frame: pd.DataFrame,
    *,
    doses: pd.DataFrame,
    outcome_kind: OutcomeKind | str = "level",
    frequency: Frequency | str | None = None,
    exclude_areas: Sequence[str] = (),
    exclude: Sequence[object] = (),
    events: Sequence[object] = (),
    calendar: str | None = "england-and-wales",
    covariates: Sequence[str] = (),
    tests: Sequence[CampaignTest] = (),
    level: float = 0.95,
    seed: int = 0,
    checks: bool = False,
) -> Decomposition:
    """Estimate what each of several campaigns contributed to one outcome, in one joint model.

    Parameters
    ----------
    frame : DataFrame
        A row per area and period with the columns period, area, value and optionally denominator and
        covariates. An absent row and an empty cell are the same gap.
    doses : DataFrame
        A row per campaign and period with the columns period, campaign, dose (pounds, sends, ratings, or 0
        and 1) and optionally area. An absent row is no dose; a row without an area applies everywhere. The
        unit of a dose does not matter. Doses of up to a year before the first figure are taken into account.
    outcome_kind : {"level", "count", "share"}
    frequency : str, optional
        Inferred where not given.
    exclude_areas : sequence of str
        Areas to leave out.
    exclude : windows
        Their periods belong to neither the fit nor the answer.
    events : windows
        Known events, each with a shift of its own: (start, end, name).
    calendar : {"england-and-wales", "scotland", "northern-ireland", "none"}
        Bank holidays.
    covariates : sequence of str
        Columns of `frame` that no campaign touched; complete in every period.
    tests : sequence of CampaignTest
        Trials or area tests of one campaign each, to hold the model to.
    level : float
        Nominal coverage.
    seed : int
        Of the quasi-random combinations of carry-over and shape; used with more than three campaigns.
    checks : bool
        Whether the model is also tried with doses moved to other times and before the campaigns, and beside
        another method (`trials`).

    Returns
    -------
    Decomposition
        A mapping from campaign to Estimate, or to NotEstimable where its own share is not identified; what
        such campaigns contributed together is in `joint`.

    Raises
    ------
    InputError
        Listing everything that is wrong with the frames or the arguments.
    """
    if isinstance(frame, pd.DataFrame) and "area" in frame.columns and len(exclude_areas):
        frame = frame[~frame["area"].astype(str).isin([str(a) for a in exclude_areas])]
    panel = Panel.from_frame(
        frame, outcome_kind=outcome_kind, frequency=frequency, covariates=tuple(covariates)
    )
    study = Study(
        calendar=calendar or "none",
        exclude=windows(exclude, "exclude"),
        events=windows(events, "events"),
        covariates=tuple(covariates),
        tests=tuple(tests),
        level=level,
        seed=seed,
        tried=checks,
    )
    given = Doses.from_frame(doses, panel)
    _sound(study, panel, given)
    return mix.decompose(panel, given, study)


def _sound(study: Study, panel: Panel, doses: Doses) -> None:
    """Everything that is wrong with the arguments of a decomposition, at once."""
    problems = []
    if study.calendar not in CALENDARS:
        problems.append(f"calendar is {study.calendar!r}: must be one of {', '.join(CALENDARS)}")
    if not 0.5 <= study.level < 1:
        problems.append(f"level is {study.level}: must be at least 0.5 and below 1")
    for name in study.covariates:
        if not np.isfinite(panel.covariates[name]).all():
            problems.append(f"covariate {name!r} has gaps: every period needs a figure")
    for test in study.tests:
        if test.campaign not in doses.campaigns:
            problems.append(f"tests names {test.campaign!r}, which has no dose")
        strange = sorted(set(test.areas) - set(panel.areas))
        problems += [f"tests names the area {a!r}, which is not in the frame" for a in strange]
        if (
            panel.index(test.end) < 0
            or panel.index(test.start) >= len(panel.periods)
            or test.end < test.start
        ):
            problems.append(f"the test of {test.campaign!r} has no days within the figures")
    if problems:
        raise InputError(problems)
