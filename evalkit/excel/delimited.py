"""CSV files of Outcome data: a text file as a page of cells.

1. Only what has one meaning becomes a number or a date here: plain figures and ISO dates. Everything else
   stays text and is read like text in a workbook.
2. Standard library only; nothing larger than a workbook may be is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

from evalkit.errors import Issue, make_issue
from evalkit.excel.cells import ERROR_VALUES, Raw
from evalkit.excel.opening import Book, Page
from evalkit.excel.preflight import CELL_LIMIT, FILE_LIMIT
from evalkit.excel.sheet_xml import Content
from evalkit.excel.sheets import SHEET_OF_PART

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = ",;\t|"
LINES_TRIED = 50
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def is_delimited(path: str | Path) -> bool:
    """Whether a file is given as CSV, by its name."""
    return Path(path).suffix.lower() in SUFFIXES


def open_delimited(path: str | Path) -> tuple[Book | None, tuple[Issue, ...]]:
    """Read a CSV file as the sheet of Outcome data, or say why not."""
    target = Path(path)
    if not target.is_file():
        return None, (make_issue("F20" if target.is_dir() else "F19"),)
    try:
        if target.stat().st_size > FILE_LIMIT:
            limit = f"no more than {FILE_LIMIT // 2**20} MB"
            return None, (make_issue("F14", what="a very large text file", limit=limit),)
        content = target.read_bytes()
    except OSError as error:
        return None, (make_issue("F22", reason=error.strerror or "no reason given"),)
    if not content.strip():
        return None, (make_issue("F01"),)
    return _book(target, content)


def _book(path: Path, content: bytes) -> tuple[Book | None, tuple[Issue, ...]]:
    text, issues = decoded(content)
    if "\x00" in text or text.lstrip().startswith(("<", "PK\x03", "%PDF")):
        return None, (make_issue("F17", what="a file of another kind under the name of a CSV file"),)
    try:
        rows = _rows(text)
    except csv.Error:
        return None, (make_issue("F17", what="a CSV file with a quotation mark that is never closed"),)
    if rows is None:
        return None, (make_issue("F14", what="a very long CSV file", limit=f"{CELL_LIMIT:,} cells"),)
    page = Page(SHEET_OF_PART["observations"].name, Content(rows))
    return Book(path, (page,)), issues


def decoded(content: bytes) -> tuple[str, tuple[Issue, ...]]:
    """The text of a file, and what is to be said of its alphabet."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), (make_issue("F31"),)


def _rows(text: str) -> list[tuple[int, dict[int, Raw]]] | None:
    rows, cells = [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    for number, fields in enumerate(reader, start=1):
        row = {n: raw for n, field in enumerate(fields, start=1) if not (raw := _raw(field)).blank}
        cells += len(fields)
        if cells > CELL_LIMIT:
            return None
        if row:
            rows.append((number, row))
    return rows


def _delimiter(text: str) -> str:
    """The mark that most of the first lines hold, each as often as the others."""
    lines = [line for line in text.splitlines()[:LINES_TRIED] if line.strip()]
    best, votes = ",", 0
    for mark in DELIMITERS:
        counts = Counter(n for line in lines if (n := line.count(mark)))
        if counts and counts.most_common(1)[0][1] > votes:
            best, votes = mark, counts.most_common(1)[0][1]
    return best


def _raw(field: str) -> Raw:
    text = field.strip()
    if text.upper() in ERROR_VALUES:
        return Raw(text, error=True)
    if _PLAIN.fullmatch(text):
        return Raw(float(text) if "." in text else int(text))
    if _ISO.fullmatch(text):
        try:
            return Raw(datetime.fromisoformat(text))
        except ValueError:
            return Raw(field)
    return Raw(field)
