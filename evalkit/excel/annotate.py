"""A copy of the user's own file with every faulty cell marked and a sheet that lists what to change.

1. The copy is the file itself with a few elements added: what evalkit does not know is kept all the same.
2. The user's file is never touched. Once mended, the copy is read like any other template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalkit.errors import Issue, OutputError
from evalkit.excel.addresses import corners, letters
from evalkit.excel.issue_sheet import TABLE, Looks, Place, write_issue_sheet
from evalkit.excel.locate import key, sheet_key
from evalkit.excel.notes import Marks, clear_marks, put_marks
from evalkit.excel.opening import DAMAGE
from evalkit.excel.package import Package
from evalkit.excel.preflight import examine
from evalkit.excel.sheets import ISSUES, START
from evalkit.messages import Severity
from evalkit.saving import replace_file

COMMENTED = 2000  # cells of a sheet; a list is easier to work through than more
SIGNED = "_xmlsignatures/"
ENDINGS = (
    ("sheet.macroEnabled", ".xlsm", "holds macros"),
    ("template.macroEnabled", ".xltm", "is a template with macros"),
    ("spreadsheetml.template", ".xltx", "is an Excel template"),
)


def annotate(path: str | Path, out: str | Path, issues: Sequence[Issue]) -> None:
    """Write a copy of a filled-in template with its faults marked.

    Parameters
    ----------
    path : str or Path
        The user's file.
    out : str or Path
        Where the copy goes.
    issues : sequence of Issue
        As found by a check of that file; cell by cell (`CheckReport.details`) marks most.

    Raises
    ------
    OutputError
        If the file cannot be opened as a workbook, or the copy not be written.
    """
    source = Path(path)
    if source.resolve() == Path(out).resolve():
        raise OutputError(f"{source.name} would be overwritten; choose another name for the marked copy.")
    refusal = f"{source.name} could not be opened, so its cells cannot be marked."
    if any(issue.severity is Severity.ERROR for issue in examine(source).issues):
        raise OutputError(refusal)
    try:
        package = Package(source)
        _same_kind(package, source, Path(out))
        own = [replace(i, sheet=i.sheet.removeprefix(f"[{source.name}]")) for i in issues]
        content = _marked(package, own)
    except (*DAMAGE, StopIteration) as error:
        raise OutputError(refusal) from error
    replace_file(out, content)


def _same_kind(package: Package, source: Path, out: Path) -> None:
    """Hold the copy's name against what the file is, since Excel opens no file whose name says otherwise."""
    types = package.part("[Content_Types].xml").root.children
    kind = next((n.get("ContentType") for n in types if n.get("PartName") == f"/{package.workbook}"), "")
    ending, what = next(((e, w) for mark, e, w in ENDINGS if mark in kind), (".xlsx", "is a workbook"))
    if out.suffix.lower() != ending:
        raise OutputError(
            f"{source.name} {what}, so the marked copy must have a name that ends in {ending}, such as "
            f"{out.with_suffix(ending).name}."
        )


def _marked(package: Package, issues: Sequence[Issue]) -> bytes:
    titles = dict(_sheets(package))
    place = _place(package, titles)
    titles.pop(place.title, None)
    own = {key(START): title for title in titles if sheet_key(title) == key(START)}
    issues = [replace(i, sheet=own.get(key(i.sheet), i.sheet)) for i in issues]  # as Numbers names it
    looks = Looks(package)
    unsaid: list[str] = []
    for title, part in titles.items():
        clear_marks(package, part)
        marks, more = _marks([i for i in issues if i.sheet == title and i.cell])
        talks = put_marks(package, part, marks, looks.alert)
        unsaid += [f"{title}!{cell}" for cell in talks[:3]] + [
            f"more than {COMMENTED:,} cells of {title}"
        ] * more
    looks.write()
    write_issue_sheet(package, place, looks, issues, _told(package, issues, unsaid), titles)
    return package.content()


def _sheets(package: Package) -> Iterator[tuple[str, str]]:
    """Worksheets by title, and their parts."""
    kinds = {key: (kind, part) for key, kind, part in package.relations(package.workbook)}
    sheets = package.part(package.workbook).root.child("sheets")
    for node in sheets.children if sheets else ():
        kind, part = kinds.get(node.get("id"), ("", ""))
        if kind == "worksheet":
            yield node.get("name"), part


def _place(package: Package, titles: Mapping[str, str]) -> Place:
    """Where the list goes: in the place of an earlier one, but never of a sheet of the user's own."""
    for title, part in titles.items():
        if title.startswith(ISSUES):
            tables = [p for _, kind, p in package.relations(part) if kind == "table"]
            if any(f'"{TABLE}'.encode() in package.raw(table) for table in tables):
                return Place(title, part)
    book = package.part(package.workbook).root.child("sheets")
    taken = {node.get("name").casefold() for node in (book.children if book else ())}
    number = 1
    while (name := ISSUES if number == 1 else f"{ISSUES} ({number})").casefold() in taken:
        number += 1
    return Place(name)


def _marks(issues: Sequence[Issue]) -> tuple[Marks, bool]:
    """What a sheet's issues put on it, and whether some cells go without a comment."""
    coloured: dict[str, None] = {}
    comments: dict[str, str] = {}
    more = False
    for issue in issues:
        if issue.severity is not Severity.NOTE:
            coloured |= dict.fromkeys(issue.cell.split(", "))
        for cell in _cells(issue.cell):
            if len(comments) >= COMMENTED and cell not in comments:
                more = True
                break
            before = f"{comments[cell]}\n\n" if cell in comments else ""
            comments[cell] = before + _text(issue)
    return Marks(tuple(coloured), comments), more


def _cells(places: str) -> Iterator[str]:
    for area in places.split(", "):
        left, top, right, bottom = corners(area)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                yield f"{letters(column)}{row}"


def _text(issue: Issue) -> str:
    words = [" ".join(text.split()) for text in (issue.found, issue.expected, issue.fix)]
    head = f"{issue.severity.value.upper()} {issue.code}"
    return "\n".join([head, *(f"{a}: {b}" for a, b in zip(("Found", "Expected", "Fix"), words, strict=True))])


def _told(package: Package, issues: Sequence[Issue], unsaid: Sequence[str]) -> list[str]:
    """The lines above the list; among them what the copy does not hold or say."""
    stopping = sum(i.severity is not Severity.NOTE for i in issues)
    kept = "This copy holds everything that was in your file."
    if any(name.startswith(SIGNED) for name in package.data):
        kept = "This copy holds everything that was in your file, but its digital signature no longer holds."
    if unsaid:
        kept += f" Without a comment of their own: {', '.join(unsaid)}."
    return [
        f"Issues: {stopping} to mend, {len(issues) - stopping} to note",
        "One table: each row names a cell, what was found there, what is expected and how to fix it.",
        "What is to mend has a colour and a comment, a note only a comment. Mend it, save and check again.",
        kept,
        "This sheet is not read; delete it when you are done.",
    ]
