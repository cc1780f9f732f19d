"""The generated files under `schemas/`: JSON Schema of programme and evaluation, code lists as CSV.

Written by `evalkit schema DIR`; a test fails when they no longer agree with the models.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from evalkit import vocabulary
from evalkit.campaign.programme import Programme
from evalkit.evaluation import evaluation_adapter
from evalkit.saving import replace_file
from evalkit.vocabulary import Term

_UNBOUNDED = {"anyOf": [{"type": "number"}, {"enum": ["Infinity", "-Infinity"]}]}


def schema_files() -> dict[str, str]:
    """Every generated file: path below the folder, and its text."""
    files = {
        "programme.schema.json": _text(_named(Programme.model_json_schema(), "programme")),
        "evaluation.schema.json": _text(_evaluation_schema()),
    }
    for term in code_lists():
        files[f"codelists/{_file_name(term)}.csv"] = _code_list(term)
    return files


def code_lists() -> tuple[type[Term], ...]:
    """All code lists of the vocabulary, in the order written there."""
    found = [x for x in vars(vocabulary).values() if isinstance(x, type) and issubclass(x, Term)]
    return tuple(x for x in found if x is not Term)


def write_schema_files(folder: Path) -> tuple[Path, ...]:
    """Write the files, and return their paths."""
    written = []
    for name, text in schema_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8"))
        written.append(path)
    return tuple(written)


def _evaluation_schema() -> dict[str, Any]:
    schema = evaluation_adapter().json_schema(mode="serialization")
    for name in ("point", "low", "high"):  # a ratio may have no upper limit
        spelt = schema["$defs"]["Interval"]["properties"][name]
        schema["$defs"]["Interval"]["properties"][name] = {"title": spelt.get("title", name), **_UNBOUNDED}
    return _named(schema, "evaluation")


def _named(schema: dict[str, Any], name: str) -> dict[str, Any]:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:evalkit:{name}:1",
    }
    return {**head, **schema}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _file_name(term: type[Term]) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in term.__name__).lstrip("-")


def _code_list(term: type[Term]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["code", "meaning"])
    rows.writerows([entry.value, entry.gloss] for entry in term)
    return out.getvalue()
