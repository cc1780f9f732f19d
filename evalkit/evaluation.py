"""What an evaluation holds: one finding per campaign and outcome, with where it came from.

1. Everything a pack shows is here or is computed from it; nothing is estimated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import TypeAdapter

from evalkit.campaign.programme import Programme
from evalkit.checks.result import CheckResult
from evalkit.decomposition import Shared
from evalkit.design import Design
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


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Evaluation:
    """The findings of one programme, with the programme itself and where it all came from.

    Attributes
    ----------
    programme : Programme
    findings : tuple of Finding
    provenance : Provenance
    shared : tuple of Shared
        Outcomes at which several campaigns aimed, taken apart.
    group_studies : tuple of GroupStudy
        Who the groups were, where groups were compared.
    channels : tuple of ChannelSaving
        What moves from a channel to another saved.
    withheld : tuple of str
        What is not held here because it would tell of few people, one sentence each; empty for an evaluation
        that holds everything.
    """

    programme: Programme
    findings: tuple[Finding, ...]
    provenance: Provenance
    shared: tuple[Shared, ...] = ()
    group_studies: tuple[GroupStudy, ...] = ()
    channels: tuple[ChannelSaving, ...] = ()
    withheld: tuple[str, ...] = ()


@cache
def evaluation_adapter() -> TypeAdapter[Evaluation]:
    """Build the reader and writer of an evaluation's JSON once."""
    return TypeAdapter(Evaluation)
