"""An organisation's own reference values: CSV files with the ten columns of evalkit's own.

1. A file is told by its name; each fault has its file, row and column, and all of them are told at once.
2. Figures are read as in the template: £ and thousands separators are taken off, 3.5% is 0.035.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from evalkit.campaign.fields import tidy_text
from evalkit.campaign.reading import SheetRead
from evalkit.campaign.reference_values import COLUMNS, FILES, ReferenceValue, list_problems
from evalkit.errors import Issue, TemplateError, make_issue
from evalkit.excel.addresses import letters
from evalkit.excel.delimited import DELIMITERS, decoded, is_delimited
from evalkit.excel.numerals import read_number
from evalkit.excel.preflight import FILE_LIMIT

NAMES = ", ".join(f"{name}.csv" for name in FILES)
BLANK_OK = ("label", "price_year", "agency")


@dataclass(frozen=True, slots=True)
class ReferenceRead:
    """What some files hold.

    Attributes
    ----------
    values : tuple of ReferenceValue
    issues : tuple of Issue
        By file and cell.
    read : tuple of SheetRead
        Rows of each file.
    """

    values: tuple[ReferenceValue, ...] = ()
    issues: tuple[Issue, ...] = ()
    read: tuple[SheetRead, ...] = ()


def read_reference_values(path: str | Path) -> tuple[ReferenceValue, ...]:
    """Read an organisation's own reference values.

    Parameters
    ----------
    path : str or Path
        A CSV file named as one of evalkit's own, such as ``unit_costs.csv``, or a folder of them.

    Raises
    ------
    TemplateError
        With every fault: file, row, column, what was found, what is expected, how to mend it.
    """
    found = check_reference_values(path)
    if found.issues:
        raise TemplateError(found.issues)
    return found.values


def reference_paths(path: str | Path) -> tuple[Path, ...]:
    """The files that a path names: itself, or the CSV files of a folder in order of their names."""
    target = Path(path)
    if not target.is_dir():
        return (target,)
    return tuple(sorted(p for p in target.iterdir() if is_delimited(p) and not p.name.startswith(".")))


def check_reference_values(path: str | Path) -> ReferenceRead:
    """Read the files and report everything that is wrong with them."""
    paths = reference_paths(path)
    if not paths:
        issue = make_issue("F36", sheet=Path(path).name, value="a folder without a CSV file", names=NAMES)
        return ReferenceRead(issues=(issue,))
    rows: list[tuple[ReferenceValue, str, int]] = []
    issues: list[Issue] = []
    read: list[SheetRead] = []
    for file in paths:
        before = len(rows)
        issues += _one(file, rows)
        read.append(SheetRead(file.name, len(rows) - before, (), None, None))
    values = tuple(value for value, _, _ in rows)
    if not issues:  # a list is not judged while rows of it are unread
        for found in list_problems(values):
            i, field = found.loc
            _, name, line = rows[int(i)]
            issues.append(_issue(found.code, name, line, str(field), dict(found.context)))
    return ReferenceRead(values, tuple(issues), tuple(read))


def _one(file: Path, rows: list[tuple[ReferenceValue, str, int]]) -> Iterator[Issue]:
    """Take in the rows of a file; what is wrong with it, one by one."""
    if file.stem not in FILES or not is_delimited(file):
        yield _whole(file, f'a file named "{file.name}"')
        return
    try:
        if file.stat().st_size > FILE_LIMIT:
            yield _whole(file, "a very large file")
            return
        text, _ = decoded(file.read_bytes())
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except FileNotFoundError:
        yield make_issue("F19", sheet=file.name)
        return
    except OSError as error:
        yield make_issue("F22", sheet=file.name, reason=error.strerror or "no reason given")
        return
    except csv.Error:
        yield _whole(file, "a file with a quotation mark that is never closed")
        return
    heads = tuple(h.strip().casefold() for h in lines[0]) if lines else ()
    while heads and not heads[-1]:
        heads = heads[:-1]
    if heads != COLUMNS:
        value = ", ".join(heads) or "nothing"
        yield make_issue("F37", sheet=file.name, cell="A1", value=value, names=", ".join(COLUMNS))
        return
    for line, cells in enumerate(lines[1:], start=2):
        given = {name: str(tidy_text(text)) for name, text in zip(COLUMNS, cells, strict=False)}
        if any(given.values()):
            yield from _row(file, line, given, rows)


def _delimiter(text: str) -> str:
    """The mark between the headings: texts further down hold commas and semicolons of their own."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _whole(file: Path, found: str) -> Issue:
    return make_issue("F36", sheet=file.name, value=found, names=NAMES)


def _row(
    file: Path, line: int, given: Mapping[str, str], rows: list[tuple[ReferenceValue, str, int]]
) -> Iterator[Issue]:
    """Take in a row, or say everything that is wrong with it."""
    lacking = [name for name in COLUMNS if not given.get(name) and name not in BLANK_OK]
    for name in lacking:
        help = ReferenceValue.model_fields[name].description or ""
        yield _issue("V09", file.name, line, name, {"title": _title(name), "help": help})
    fields: dict[str, object] = {"file": file.stem, **{n: given.get(n, "") for n in COLUMNS}}
    numeral = read_number(given.get("value", ""))
    if "value" not in lacking and (numeral.value is None or numeral.code):
        context = {"value": given["value"], "suggestion": numeral.suggestion}
        yield _issue("C26", file.name, line, "value", context)
        lacking.append("value")
    elif numeral.value is not None:
        fields["value"] = float(numeral.value) / (100 if numeral.percent else 1)
    fields["rag"] = str(fields["rag"]).casefold()
    fields["label"] = fields["label"] or fields["item"] or "-"
    if lacking:
        fields |= {name: _stand_in(name) for name in lacking}
    try:
        value = ReferenceValue.model_validate(fields)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else "series"
            if name in lacking:
                continue
            context = dict(detail.get("ctx", {}))
            if detail["type"].startswith(("M-", "V")):
                yield _issue(detail["type"], file.name, line, name, context)
            elif detail["type"] == "string_too_long":
                most = f"no more than {context['max_length']:,} characters"
                yield _issue("M-text", file.name, line, name, {"value": given[name], "expected": most})
            else:
                help = ReferenceValue.model_fields[name].description or ""
                said = {"value": given.get(name, ""), "expected": help.rstrip("."), "fix": "Type it so."}
                yield _issue("M-type", file.name, line, name, said)
        return
    if not lacking:
        rows.append((value, file.name, line))


def _stand_in(name: str) -> object:
    """Something sound in place of what is lacking, so that the rest of the row is judged too."""
    return {"value": 0.0, "vintage": "2026-01", "rag": "green"}.get(name, "-")


def _title(name: str) -> str:
    return (ReferenceValue.model_fields[name].title or name).lower()


def _issue(code: str, file: str, line: int, name: str, context: Mapping[str, object]) -> Issue:
    cell = f"{letters(COLUMNS.index(name) + 1)}{line}" if name in COLUMNS else f"A{line}"
    return make_issue(code, sheet=file, cell=cell, heading=name, **context)
