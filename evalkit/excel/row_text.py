"""Rows and cells cut out of a worksheet's text, where it is written as spreadsheet programs write it.

1. Quicker than a parser, and no judge of anything: what is not of the usual form is left to the parser.
2. A form is usual only if every character is accounted for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

START, END = "<sheetData>", "</sheetData>"
_TEXT = "[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_ATTRIBUTE = re.compile('\\s([\\w:]+)="([^"<&\x00-\x1f]*)"')
_ROW = re.compile('<row((?: [\\w:]+="[^"<&\x00-\x1f]*")*) ?(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(
    '<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="(n|s|b|str|inlineStr)")? ?'
    f'(?:/>|>(?:<v>({_TEXT})</v>|<v ?/>|<is><t(?: xml:space="preserve")?>({_TEXT})</t></is>)?</c>)'
)
_ROOT = re.compile(
    r'(?:<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?(?: standalone="(?:yes|no)")? ?\?>)?\s*'
    r'(<worksheet(?:\s+[\w:]+="[^"<&]*")+\s*>)'
)
GROUPS = _CELL.groups + 1
Cell = tuple[str, str, str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class SheetText:
    """A worksheet in two: its rows, and everything else.

    Attributes
    ----------
    text : str
    start, end : int
        Where the rows are.
    root : str
        The first tag.
    prefixes : frozenset of str
        Declared there.
    """

    text: str
    start: int
    end: int
    root: str
    prefixes: frozenset[str]

    @property
    def around(self) -> bytes:
        """The sheet without its rows."""
        return (self.text[: self.start] + self.text[self.end :]).encode()

    def rows(self) -> Iterator[tuple[dict[str, str], str, str]]:
        """Attributes, inner text and whole text of each row.

        Raises
        ------
        ValueError
            At what is not of the usual form.
        """
        place = self.start
        for found in _ROW.finditer(self.text, self.start, self.end):
            if found.start() != place:
                break
            given = _ATTRIBUTE.findall(found[1])
            attributes = dict(given)
            unusual = any(":" in n and n.partition(":")[0] not in self.prefixes for n in attributes)
            if len(attributes) < len(given) or unusual or "xmlns" in attributes:
                break
            place = found.end()
            yield attributes, found[2] or "", found[0]
        if place != self.end:
            raise ValueError("rows of another form")


def sheet_text(data: bytes) -> SheetText | None:
    """Cut a worksheet in two; None where it is not of the usual form."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    root = _ROOT.match(text)
    start, end = text.find(START), text.rfind(END)
    if root is None or not 0 < root.end() <= start < end or text.count("<sheetData") != 1:
        return None
    if "<!" in text[:start] or "<!" in text[end:]:
        return None
    names = [name for name, _ in _ATTRIBUTE.findall(root[1])]
    prefixes = frozenset(n.partition(":")[2] for n in names if n.startswith("xmlns:"))
    return SheetText(text, start + len(START), end, root[1], prefixes)


def cells_of(inner: str) -> list[Cell] | None:
    """Cells of a row: letters, row, style, type, saved value, text; None where one has another form."""
    pieces = _CELL.split(inner)
    if any(pieces[::GROUPS]):
        return None
    return list(zip(*(pieces[i::GROUPS] for i in range(1, GROUPS)), strict=True))
