"""The orchestrator of many programmes: each is evaluated or fails by itself, and the rest goes on.

1. Results come in the order of the input, whatever works on them.
2. A failure is a value with its reasons; no file stops another.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evalkit.campaign.programme import Programme
from evalkit.errors import EvalkitError, Failure, InputError, TemplateError
from evalkit.evaluating import evaluate, source_files
from evalkit.evaluation import Evaluation
from evalkit.excel.reader import read_template
from evalkit.excel.reference_files import reference_paths
from evalkit.messages import Severity
from evalkit.saved import read_evaluation

KINDS = (".xlsx", ".json")
SAVED_BEGINS = re.compile(rb"\s*\{\s*\"programme\"\s*:")


def evaluate_many(
    paths_or_programmes: Iterable[str | Path | Programme],
    executor: Executor | None = None,
    *,
    reference: str | Path | None = None,
) -> Iterator[Evaluation | Failure]:
    """Evaluate many programmes, one after another or side by side.

    Parameters
    ----------
    paths_or_programmes : iterable of str, Path or Programme
        Filled-in templates (.xlsx), saved evaluations (.json) and programmes, in any mixture.
    executor : concurrent.futures.Executor, optional
        Works on several at once, such as a ``ProcessPoolExecutor`` or a cluster's client executor.
    reference : str or Path, optional
        The organisation's own reference values, for the templates; what was saved or given as a programme
        keeps its own.

    Yields
    ------
    Evaluation or Failure
        In the order given. What cannot be read is a failure with its reasons.
    """
    wanted = list(paths_or_programmes)
    one = partial(evaluate_one, reference=reference)
    yield from executor.map(one, wanted) if executor else map(one, wanted)


def evaluate_one(
    item: str | Path | Programme, *, reference: str | Path | None = None
) -> Evaluation | Failure:
    """Evaluate a template or a programme, or read a saved evaluation."""
    name = (item.title or item.heading) if isinstance(item, Programme) else Path(item).name
    try:
        return _evaluated(item, reference)
    except TemplateError as error:
        stopping = [i.sentence for i in error.issues if i.severity is not Severity.NOTE]
        return Failure(name, tuple(stopping))
    except InputError as error:
        return Failure(name, tuple(error.problems))
    except (EvalkitError, OSError) as error:
        return Failure(name, (str(error),))
    except Exception as error:  # noqa: BLE001  a fault of evalkit's own in one file must not stop the rest
        kind = type(error).__name__
        return Failure(name, (f"evalkit stopped by a fault of its own ({kind}: {error}). Please report it.",))


def _evaluated(item: str | Path | Programme, reference: str | Path | None) -> Evaluation:
    if isinstance(item, Programme):
        return evaluate(item)
    path = Path(item)
    if path.suffix.lower() == ".json":
        return read_evaluation(path)
    beside = reference_paths(reference) if reference is not None else ()
    return evaluate(read_template(path, reference=reference), sources=source_files([path, *beside]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What files and folders hold.

    Attributes
    ----------
    files : tuple of Path
        Templates and saved evaluations, to be reviewed.
    passed_over : tuple of Path
        Other JSON files of the folders: they are no evaluations, and nothing is wrong with them.
    """

    files: tuple[Path, ...]
    passed_over: tuple[Path, ...]


def files_in(paths: Iterable[Path]) -> Wanted:
    """Templates and saved evaluations among files and folders, in order of their names.

    In a folder and those below it, packs, reviews and JSON files of another kind are passed over by what they
    hold, and a template is passed over where its own saved evaluation lies beside it. A file that is named
    itself is always taken.
    """
    found: list[Path] = []
    others: list[Path] = []
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
            if one.suffix.lower() == ".json" and not _begins_as_saved(one):
                others.append(one)
            elif not beside and not _made_by_us(one):
                found.append(one)
    return Wanted(tuple(found), tuple(others))


def _begins_as_saved(path: Path) -> bool:
    """Whether a JSON file begins as a saved evaluation does; one that cannot be opened is not ruled out."""
    try:
        with path.open("rb") as file:
            return SAVED_BEGINS.match(file.read(200)) is not None
    except OSError:
        return True


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
