"""The orchestrator of many programmes: each is evaluated or fails by itself, and the rest goes on.

1. Results come in the order of the input, whatever works on them.
2. A failure is a value with its reasons; no file stops another.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from evalkit.campaign.programme import Programme
from evalkit.errors import EvalkitError, Failure, InputError, TemplateError
from evalkit.evaluating import evaluate, source_files
from evalkit.evaluation import Evaluation, read_evaluation
from evalkit.excel.reader import read_template
from evalkit.messages import Severity

KINDS = (".xlsx", ".json")
OWN_NAMES = ("expected.json", "arguments.json")


def evaluate_many(
    paths_or_programmes: Iterable[str | Path | Programme], executor: Executor | None = None
) -> Iterator[Evaluation | Failure]:
    """Evaluate many programmes, one after another or side by side.

    Parameters
    ----------
    paths_or_programmes : iterable of str, Path or Programme
        Filled-in templates (.xlsx), saved evaluations (.json) and programmes, in any mixture.
    executor : concurrent.futures.Executor, optional
        Works on several at once, such as a ``ProcessPoolExecutor`` or a cluster's client executor.

    Yields
    ------
    Evaluation or Failure
        In the order given. What cannot be read is a failure with its reasons.
    """
    wanted = list(paths_or_programmes)
    yield from executor.map(evaluate_one, wanted) if executor else map(evaluate_one, wanted)


def evaluate_one(item: str | Path | Programme) -> Evaluation | Failure:
    """Evaluate a template or a programme, or read a saved evaluation."""
    if isinstance(item, Programme):
        return evaluate(item)
    path = Path(item)
    try:
        if path.suffix.lower() == ".json":
            return read_evaluation(path)
        return evaluate(read_template(path), sources=source_files([path]))
    except TemplateError as error:
        stopping = [i.sentence for i in error.issues if i.severity is not Severity.NOTE]
        return Failure(path.name, tuple(stopping))
    except InputError as error:
        return Failure(path.name, tuple(error.problems))
    except (EvalkitError, OSError) as error:
        return Failure(path.name, (str(error),))


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Templates and saved evaluations among files and folders, in order of their names.

    In a folder and those below it, packs and other workbooks that are no templates are passed over by their
    sheets, and a template is passed over where its own saved evaluation lies beside it.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            p for p in path.rglob("*") if p.suffix.lower() in KINDS and not p.name.startswith((".", "~$"))
        )
        saved = {p.parent for p in inside if p.name == "evaluation.json"}
        for one in inside:
            beside = one.suffix.lower() == ".xlsx" and one.parent in saved and one.name == "template.xlsx"
            if not beside and one.name not in OWN_NAMES and not _made_by_us(one):
                found.append(one)
    return found


def _made_by_us(path: Path) -> bool:
    """Whether a workbook is a pack, a review or a publication copy, by the title it carries."""
    if path.suffix.lower() != ".xlsx":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            core = archive.read("docProps/core.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return re.search(r"<dc:title>(Evidence pack|Budget review|Evaluation results)", core) is not None
