"""An evaluation saved as JSON and read back.

1. What is saved may be published: it holds no figure that tells of few people, and says what it lacks.
2. JSON in equals JSON out; infinities are written as "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from evalkit.campaign.programme import SAVED
from evalkit.errors import InputError
from evalkit.evaluation import Evaluation, evaluation_adapter
from evalkit.withholding.published import published

FIRST_FEW = 3


def evaluation_json(evaluation: Evaluation, *, since: Evaluation | None = None) -> str:
    """Write an evaluation as JSON text: stable order, UTF-8, one trailing line break.

    Parameters
    ----------
    evaluation : Evaluation
    since : Evaluation, optional
        One saved earlier: what that withheld is not given away by what this one shows.
    """
    data = document(published(evaluation, since=since))
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def document(evaluation: Evaluation) -> object:
    """An evaluation as plain mappings and lists, whole: for comparing, not for passing on."""
    return _spelt_out(evaluation_adapter().dump_python(evaluation, mode="json"))


def read_evaluation(path: str | Path) -> Evaluation:
    """Read an evaluation that `evaluate --json` wrote.

    Raises
    ------
    InputError
        If the file is not such an evaluation.
    """
    try:
        return evaluation_adapter().validate_json(Path(path).read_bytes(), context=SAVED)
    except ValueError as error:  # pydantic's errors and undecodable bytes are both ValueErrors
        name = f"{Path(path).name} is not an evaluation written by evalkit --json"
        raise InputError([f"{name}: {reason}" for reason in _reasons(error)]) from error


def _reasons(error: ValueError) -> list[str]:
    """Why a file could not be read, in words; the first few where there are many."""
    if not isinstance(error, ValidationError):
        return ["it is no text in UTF-8. Save the evaluation again."]
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return ["it is cut off or damaged. Copy it again, or save the evaluation again."]
    said = []
    for one in found[:FIRST_FEW]:
        place = ", ".join(str(x + 1) if isinstance(x, int) else str(x).replace("_", " ") for x in one["loc"])
        said.append(f"{place or 'the file'}: {one['msg'][:1].lower()}{one['msg'][1:].rstrip('.')}.")
    if len(found) > FIRST_FEW:
        said.append(f"and {len(found) - FIRST_FEW} more. Save the evaluation again with this evalkit.")
    return said


def _spelt_out(value: object) -> object:
    """Replace infinities, which JSON numbers cannot hold, by their names."""
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: _spelt_out(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelt_out(item) for item in value]
    return value
