"""Arms, waves and clusters: figures by group of people instead of by period.

1. A row is a person, or a whole arm or cluster with its size; both are held the same way.
2. Whatever is wrong with a frame is collected and reported once; nothing is repaired, and no row of a person
   is ever quoted in a message.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.errors import InputError
from evalkit.vocabulary import OutcomeKind

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
NUMBERS = ("outcome", "n", "sd", "weight", "exposure", "allocated")
BEFORE = ("before", "pre", "baseline", "wave 0", "wave 1")


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One outcome, by person or by group.

    Attributes
    ----------
    kind : OutcomeKind
    arms : tuple
        Arm values as given, control first.
    arm : (N,) array
        Position of each row's arm in `arms`.
    n : (N,) array
        People in the row; 1 for a person. For a count, the exposure.
    mean : (N,) array
        Mean of the outcome in the row: the value of a person, successes out of n, events out of exposure.
    sd : (N,) array or None
        Standard deviation within the row, where the rows are groups and a mean was given.
    persons : bool
        Rows are persons.
    cluster, stratum, unit, wave, period : (N,) arrays of codes, or None
        For `wave`, 0 is the earlier.
    weight : (N,) array or None
    covariates : (N, k) array
    names : tuple of str
        Of the covariates.
    missing : tuple of int
        Rows without an outcome, by arm.
    allocated : tuple of float or None
        People allocated at first, by arm (in the later of two waves); None where nobody says.
    """

    kind: OutcomeKind
    arms: tuple[Hashable, ...]
    arm: Codes
    n: Array
    mean: Array
    sd: Array | None
    persons: bool
    cluster: Codes | None
    stratum: Codes | None
    unit: Codes | None
    wave: Codes | None
    period: Codes | None
    weight: Array | None
    covariates: Array
    names: tuple[str, ...]
    missing: tuple[int, ...]
    allocated: tuple[float | None, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        outcome: str,
        arm: str,
        control: Hashable,
        outcome_kind: OutcomeKind | str = "share",
        n: str | None = None,
        sd: str | None = None,
        cluster: str | None = None,
        stratum: str | None = None,
        unit: str | None = None,
        wave: str | None = None,
        period: str | None = None,
        weight: str | None = None,
        exposure: str | None = None,
        covariates: Sequence[str] = (),
        allocated: str | None = None,
    ) -> GroupTable:
        """Read a frame whose columns are named by the arguments.

        Raises
        ------
        InputError
            With everything that is wrong with the frame.
        """
        if str(outcome_kind) not in [str(k) for k in OutcomeKind]:
            raise InputError([f"outcome_kind is {outcome_kind!r}: must be level, count or share"])
        kind = OutcomeKind(outcome_kind)
        given = {
            "outcome": outcome, "arm": arm, "n": n, "sd": sd, "cluster": cluster, "stratum": stratum,
            "unit": unit, "wave": wave, "period": period, "weight": weight, "exposure": exposure,
            "allocated": allocated,
        }  # fmt: skip
        covariates = (covariates,) if isinstance(covariates, str) else tuple(covariates)
        wanted = [(k, v) for k, v in given.items() if v is not None] + [("covariates", c) for c in covariates]
        absent = [f"{k} names the column {v!r}, which the frame does not have" for k, v in wanted
                  if v not in frame.columns]  # fmt: skip
        if absent:
            raise InputError(absent)
        if frame.empty:
            raise InputError(["the frame has no rows"])
        problems = _structure(frame, given, control)
        figures = {k: _numbers(frame, v, k, problems) for k in NUMBERS if (v := given[k])}
        extra = [_numbers(frame, c, f"covariate {c}", problems) for c in covariates]
        if problems:
            raise InputError(problems)
        return cls._of(frame, kind, given, control, figures, extra, covariates)

    @classmethod
    def _of(
        cls,
        frame: pd.DataFrame,
        kind: OutcomeKind,
        given: dict[str, str | None],
        control: Hashable,
        figures: dict[str, Array],
        extra: list[Array],
        covariates: tuple[str, ...],
    ) -> GroupTable:
        labels = frame[given["arm"]]
        arms = (control, *sorted((a for a in labels.unique() if a != control), key=str))
        arm = np.array([arms.index(a) for a in labels], dtype=np.intp)
        keep = np.isfinite(figures["outcome"])
        missing = tuple(int(np.sum(~keep & (arm == a))) for a in range(len(arms)))
        problems: list[str] = []
        size = figures.get("n", figures.get("exposure", np.ones(len(frame))))
        if "n" in figures and "exposure" in figures:
            problems.append("n and exposure are both given: a share or mean has n, a count an exposure")
        persons = "n" not in figures and not (kind is OutcomeKind.COUNT and len(frame) <= len(arms) * 2)
        problems += _figures(kind, figures, size, keep, persons)
        for a, name in enumerate(arms):
            if not (keep & (arm == a)).any():
                problems.append(f"the arm {name!r} has no row with an outcome")
        columns = np.column_stack(extra) if extra else np.empty((len(frame), 0))
        if not np.isfinite(columns[keep]).all():
            problems.append("a covariate has empty cells: every row with an outcome needs a figure")
        weight = figures.get("weight")
        if weight is not None and not (weight[keep] > 0).all():
            problems.append("weight has cells that are empty, zero or below zero")
        if problems:
            raise InputError(problems)
        late = _waves(frame, given["wave"], np.ones(len(frame), dtype=bool))
        counted = np.ones(len(frame), dtype=bool) if late is None else late == 1
        at_first = tuple(_allocated(figures, counted & (arm == a), persons) for a in range(len(arms)))
        sums = figures["outcome"][keep]
        grouped = kind is OutcomeKind.COUNT or (kind is OutcomeKind.SHARE and not persons)
        sd = figures.get("sd")
        return cls(
            kind=kind, arms=arms, arm=arm[keep], n=size[keep], mean=sums / size[keep] if grouped else sums,
            sd=None if sd is None else sd[keep], persons=persons,
            **{k: _codes(frame, given[k], keep) for k in ("cluster", "stratum", "unit", "period")},
            wave=_waves(frame, given["wave"], keep),
            weight=None if weight is None else weight[keep],
            covariates=columns[keep], names=covariates, missing=missing, allocated=at_first,
        )  # fmt: skip

    def pair(self, arm: int) -> GroupTable:
        """The rows of one arm and of the control."""
        keep = (self.arm == arm) | (self.arm == 0)
        take: Any = lambda a: None if a is None else a[keep]  # noqa: E731
        return GroupTable(
            self.kind, (self.arms[0], self.arms[arm]), (self.arm[keep] == arm).astype(np.intp), self.n[keep],
            self.mean[keep], take(self.sd), self.persons, take(self.cluster), take(self.stratum),
            take(self.unit), take(self.wave), take(self.period), take(self.weight), self.covariates[keep],
            self.names, (self.missing[0], self.missing[arm]),
            (self.allocated[0], self.allocated[arm]) if self.allocated else (),
        )  # fmt: skip


def _allocated(figures: dict[str, Array], rows: NDArray[np.bool_], persons: bool) -> float | None:
    """People allocated to one arm: as stated, or every row of a person with an outcome or without."""
    if "allocated" in figures:
        total = float(np.sum(figures["allocated"][rows]))
        return total if np.isfinite(total) else None
    return float(np.sum(rows)) if persons else None


def _structure(frame: pd.DataFrame, given: dict[str, str | None], control: Hashable) -> list[str]:
    """Empty labels, an unknown control, a single arm."""
    problems = []
    labels = frame[given["arm"]]
    if labels.isna().any():
        problems.append(f"arm has {int(labels.isna().sum())} empty cells: give every row its group")
    arms = list(labels.dropna().unique())
    if control not in arms:
        known = ", ".join(repr(a) for a in arms[:8])
        problems.append(f"control is {control!r}, which is not in the column {given['arm']}: it has {known}")
    elif len(arms) < 2:
        problems.append("there is only the control: a comparison needs at least one other group")
    for role in ("cluster", "stratum", "unit", "wave", "period"):
        name = given[role]
        if name is not None and frame[name].isna().any():
            problems.append(f"{role} has {int(frame[name].isna().sum())} empty cells in the column {name}")
    waves = 2 if given["wave"] is None else frame[given["wave"]].nunique()
    if waves != 2:
        problems.append(f"wave has {waves} different values: compare two waves at a time, before and after")
    return problems


def _figures(
    kind: OutcomeKind, figures: dict[str, Array], size: Array, keep: NDArray[np.bool_], persons: bool
) -> list[str]:
    """Sizes, successes and spreads that cannot be."""
    problems = []
    value, sizes = figures["outcome"][keep], size[keep]
    if not (sizes > 0).all():
        problems.append("n or exposure has cells that are empty, zero or below zero")
    elif kind is OutcomeKind.SHARE:
        if (value < 0).any() or (value > sizes).any():
            what = "only 0 and 1 in rows of persons" if persons else "successes between 0 and n"
            problems.append(f"outcome is out of range for a share: expected {what}")
        elif not persons and (value != np.round(value)).any():
            problems.append("outcome holds parts of a success: give how many out of n did it, not the rate")
        elif persons and not np.isin(value, (0.0, 1.0)).all():
            problems.append("outcome must be 0 or 1 in rows of persons; for rows of groups name the column n")
    elif kind is OutcomeKind.COUNT and (value < 0).any():
        problems.append("outcome has counts below zero")
    if kind is OutcomeKind.LEVEL and "sd" in figures and not (figures["sd"][keep] >= 0).all():
        problems.append("sd has cells that are empty or below zero")
    return problems


def _numbers(frame: pd.DataFrame, column: str, role: str, problems: list[str]) -> Array:
    """A column as numbers; text that is none is a problem, an empty cell is NaN."""
    values = pd.to_numeric(frame[column], errors="coerce")
    bad = int((values.isna() & frame[column].notna()).sum())
    if bad:
        problems.append(f"{role}: {bad} cells of the column {column} are not numbers")
    if np.isinf(values).any():
        problems.append(f"{role}: the column {column} holds infinite values")
    return values.to_numpy(dtype=float, na_value=np.nan)


def _codes(frame: pd.DataFrame, column: str | None, keep: NDArray[np.bool_]) -> Codes | None:
    if column is None:
        return None
    return np.asarray(pd.factorize(frame[column][keep], sort=False)[0], dtype=np.intp)


def _waves(frame: pd.DataFrame, column: str | None, keep: NDArray[np.bool_]) -> Codes | None:
    """0 for the earlier wave: the one called before, or the first in order."""
    if column is None:
        return None
    values = sorted(frame[column].unique(), key=str)
    early = next((v for v in values if str(v).strip().casefold() in BEFORE), values[0])
    return np.asarray(frame[column][keep] != early, dtype=np.intp)
