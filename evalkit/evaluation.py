"""What an evaluation holds, and its JSON: one finding per campaign and outcome, with where it came from.

1. Everything a pack shows is here or is computed from it; nothing is estimated here.
2. JSON in equals JSON out; infinities are written as "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from evalkit.campaign.groups import publishable
from evalkit.campaign.programme import Programme
from evalkit.checks.result import CheckResult
from evalkit.decomposition import Shared
from evalkit.design import Design
from evalkit.errors import InputError
from evalkit.estimate import Estimate, NotEstimable
from evalkit.grade import Grade
from evalkit.group_study import GroupStudy
from evalkit.money.channels import ChannelSaving
from evalkit.money.value import Value
from evalkit.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """What one campaign contributed to one outcome.

    Attributes
    ----------
    campaign, outcome : str
        As named in the programme.
    design : Design or None
        None for an estimate from outside, and where no design was possible.
    estimate : Estimate or NotEstimable
    checks : tuple of CheckResult
    grade : Grade
    verdict : Verdict
    value : Value
    exploratory : bool
        One of several outcomes and not the primary one.
    source : str
        Who made an estimate from outside; empty otherwise.
    arm : str
        For a comparison of groups: the group compared with the control.
    """

    campaign: str
    outcome: str
    design: Design | None
    estimate: Estimate | NotEstimable
    checks: tuple[CheckResult, ...]
    grade: Grade
    verdict: Verdict
    value: Value
    exploratory: bool = False
    source: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file the evaluation was made from: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an evaluation came from.

    Attributes
    ----------
    as_of : date
        The date the evaluation speaks from.
    programme_sha256 : str
        Hash of the programme's canonical JSON.
    files : tuple of SourceFile
    versions : tuple of (str, str)
        evalkit and the libraries that compute.
    rule_set : str
        Version of the grading rules.
    schema_version : int
    seed : int
    """

    as_of: date
    programme_sha256: str
    files: tuple[SourceFile, ...]
    versions: tuple[tuple[str, str], ...]
    rule_set: str
    schema_version: int
    seed: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The findings of one programme, with the programme itself and where it all came from."""

    programme: Programme
    findings: tuple[Finding, ...]
    provenance: Provenance
    shared: tuple[Shared, ...] = ()  # outcomes at which several campaigns aimed, taken apart
    group_studies: tuple[GroupStudy, ...] = ()  # who the groups were, where groups were compared
    channels: tuple[ChannelSaving, ...] = ()  # what moves from a channel to another saved


@cache
def evaluation_adapter() -> TypeAdapter[Evaluation]:
    """Build the reader and writer of an evaluation's JSON once."""
    return TypeAdapter(Evaluation)


def _spelt_out(value: object) -> object:
    """Replace infinities, which JSON numbers cannot hold, by their names."""
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _spelt_out(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelt_out(item) for item in value]
    return value


def evaluation_json(evaluation: Evaluation) -> str:
    """Write an evaluation as JSON text: stable order, UTF-8, one trailing line break."""
    data = _spelt_out(evaluation_adapter().dump_python(evaluation, mode="json"))
    data["programme"]["groups"] = [  # type: ignore[index]
        row.model_dump(mode="json") for row in publishable(evaluation.programme.groups)
    ]
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_evaluation(path: str | Path) -> Evaluation:
    """Read an evaluation that `evaluate --json` wrote.

    Raises
    ------
    InputError
        If the file is not such an evaluation.
    """
    try:
        return evaluation_adapter().validate_json(Path(path).read_bytes())
    except ValueError as error:  # pydantic's errors and undecodable bytes are both ValueErrors
        reason = str(error).splitlines()[0]
        raise InputError(
            [f"{Path(path).name} is not an evaluation written by evalkit --json: {reason}"]
        ) from error
