"""Comments and colour on the cells of a sheet, added to whatever the sheet has, and taken away again.

1. Colour comes from a conditional format, so that no cell's own format changes; its formula says whose it is.
2. A comment of the user's keeps its words; what is added stands below them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from evalkit.excel.addresses import first_cell
from evalkit.excel.package import DECLARATION, Package, cleaned, office_prefix
from evalkit.excel.patching import Node, Part

AUTHOR = "evalkit"
SIGNATURE = 'N("evalkit mark")=0'  # always true; tells the marks of an earlier copy from the user's formats
WIDTH, LINES, CHARACTERS = 4, 4, 52  # of a comment: columns, the least rows, letters a line
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
VML_SPACES = (
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
)
SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
# children of a worksheet in the order of the format
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr"),
    *("sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate"),
    *("customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations"),
    *("hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"),
    *("customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing"),
    *("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts"),
    "extLst",
)
_BREAK = rb"(?:\r?\n|&#10;|_x000a_)"
_MESSAGE = (
    rb"(?:(?:ERROR|QUESTION|NOTE) [A-Z][\w-]*" + _BREAK + rb"Found: [^\n<]*" + _BREAK + rb"Expected: [^\n<]*"
    rb"" + _BREAK + rb"Fix: [^\n<]*" + _BREAK + rb"*)+"
)
_ADDED = re.compile(
    rb"<((?:\w+:)?)r><(?:\w+:)?t[^>]*>\s*" + _MESSAGE + rb"</\1t></\1r>|" + _BREAK + rb"*" + _MESSAGE,
    re.IGNORECASE,
)
_SHAPE = re.compile(rb"<(?:\w+:)?shape\b.*?</(?:\w+:)?shape>", re.DOTALL)
_PLACE = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)\s*<")


@dataclass(frozen=True, slots=True)
class Marks:
    """What to put on a sheet.

    Attributes
    ----------
    coloured : tuple of str
        Cells and ranges with something to mend.
    comments : mapping of str to str
        Cell to text.
    """

    coloured: tuple[str, ...]
    comments: Mapping[str, str]


def clear_marks(package: Package, sheet: str) -> None:
    """Take away what an earlier marking put on a sheet."""
    if SIGNATURE.replace('"', "").encode() in package.raw(sheet).replace(b"&quot;", b"").replace(b'"', b""):
        part = package.part(sheet)
        for node in part.root.all("conditionalFormatting"):
            rules = [r for r in node.all("cfRule") if "evalkit mark" in part.text(r)]
            if len(rules) == len(node.all("cfRule")):
                part.replace(node, "")
            else:
                for rule in rules:
                    part.replace(rule, "")
    name = package.target(sheet, "comments")
    if name:
        _clear_comments(package, sheet, name)


def _clear_comments(package: Package, sheet: str, name: str) -> None:
    part = package.part(name)
    ours = _author(part)
    gone = set()
    for node in _comments(part):
        if node.get("authorId") == str(ours):
            part.replace(node, "")
            gone.add(first_cell(node.get("ref")))
        else:
            for found in _ADDED.finditer(part.data, node.start, node.end):
                part.put(found.start(), found.end(), "")
    drawing = package.target(sheet, "vmlDrawing")
    if gone and drawing:
        kept_shapes = _SHAPE.sub(lambda m: b"" if _cell_of(m[0]) in gone else m[0], package.raw(drawing))
        package.make(drawing, kept_shapes)
    package.make(name, part.content())


def _cell_of(shape: bytes) -> tuple[int, int]:
    place = {m[1]: int(m[2]) + 1 for m in _PLACE.finditer(shape)}
    return place.get(b"Column", 0), place.get(b"Row", 0)


def _comments(part: Part) -> list[Node]:
    holder = part.root.child("commentList")
    return holder.all("comment") if holder else []


def _author(part: Part) -> int:
    """Number of our own entry among the authors of comments; -1 if there is none."""
    holder = part.root.child("authors")
    names = [part.data[n.inside : n.close].decode() for n in holder.all("author")] if holder else []
    return names.index(AUTHOR) if AUTHOR in names else -1


def put_marks(package: Package, sheet: str, marks: Marks, style: int) -> tuple[str, ...]:
    """Mark cells of a sheet; the cells whose comment could not be added, since they hold a conversation.

    Parameters
    ----------
    package : Package
    sheet : str
        Its part.
    marks : Marks
    style : int
        Number of the differential style with the colour.
    """
    if marks.coloured:
        _colour(package.part(sheet), marks.coloured, style)
    talks = {
        node.get("ref")
        for _, kind, part in package.relations(sheet)
        if kind == "threadedComment"
        for node in package.part(part).root.children
    }
    texts = {cell: text for cell, text in marks.comments.items() if cell not in talks}
    if texts:
        _comment(package, sheet, texts)
    return tuple(cell for cell in marks.comments if cell in talks)


def _colour(part: Part, cells: Sequence[str], style: int) -> None:
    rules = [r for node in part.root.all("conditionalFormatting") for r in node.all("cfRule")]
    priority = max((int(r.get("priority") or 0) for r in rules), default=0) + 1
    p = part.prefix
    text = (
        f'<{p}conditionalFormatting sqref="{" ".join(cells)}"><{p}cfRule type="expression" dxfId="{style}" '
        f'priority="{priority}"><{p}formula>{escape(SIGNATURE)}</{p}formula></{p}cfRule>'
        f"</{p}conditionalFormatting>"
    )
    part.insert(part.root, text, "conditionalFormatting", ORDER)


def _comment(package: Package, sheet: str, texts: Mapping[str, str]) -> None:
    name = package.target(sheet, "comments")
    if not name:
        name = package.free("xl/evalkitComments{}.xml")
        lists = "<authors></authors><commentList></commentList>"
        empty = f'{DECLARATION}<comments xmlns="{package.main}">{lists}</comments>'
        package.make(name, empty, COMMENTS_TYPE)
        package.relate(sheet, "comments", name)
    part = package.part(name)
    p, holder = part.prefix, part.root.child("commentList")
    authors = part.root.child("authors")
    if holder is None or authors is None:
        raise ValueError("comments without their list")
    author = _author(part)
    if author < 0:
        author = len(authors.all("author"))
        part.append(authors, f"<{p}author>{AUTHOR}</{p}author>")
    before = {node.get("ref"): node for node in _comments(part)}
    fresh = []
    for cell, text in texts.items():
        if cell in before:
            _add_below(part, before[cell], text)
        else:
            fresh.append(cell)
            body = f'<{p}text><{p}t xml:space="preserve">{_xml(text)}</{p}t></{p}text>'
            part.append(holder, f'<{p}comment ref="{cell}" authorId="{author}">{body}</{p}comment>')
    if fresh:
        _shapes(package, sheet, {cell: texts[cell] for cell in fresh})


def _xml(text: str) -> str:
    return escape(cleaned(text))


def _add_below(part: Part, comment: Node, text: str) -> None:
    """Add a text to a comment that is there; only runs, or only one plain text, may stand in it."""
    holder, p = comment.child("text"), part.prefix
    if holder is None:
        part.append(
            comment, f"<{part.prefix}text><{part.prefix}t>{_xml(text)}</{part.prefix}t></{part.prefix}text>"
        )
        return
    runs, plain, p = holder.all("r"), holder.child("t"), part.prefix
    if runs or plain is None:
        run = f'<{p}r><{p}t xml:space="preserve">\n\n{_xml(text)}</{p}t></{p}r>'
        part.insert(holder, run, "r", ("t", "r"))
    else:
        part.append(plain, f"\n\n{_xml(text)}")


def _shapes(package: Package, sheet: str, texts: Mapping[str, str]) -> None:
    """Draw the boxes of comments, without which Excel does not show them."""
    part = package.part(sheet)
    anchor = part.root.child("legacyDrawing")
    key = anchor.get("id") if anchor else ""
    name = next((target for k, _, target in package.relations(sheet) if k == key), "")
    if not name:
        name = package.free("xl/drawings/evalkitDrawing{}.vml")
        spaces = "".join(f' xmlns:{k}="{v}"' for k, v in VML_SPACES)
        package.declare("vml", VML_TYPE)
        package.make(name, f"<xml{spaces}></xml>")
        key = package.relate(sheet, "vmlDrawing", name)
        prefix, declared = office_prefix(part, package.office)
        text = f'<{part.prefix}legacyDrawing{declared} {prefix}:id="{key}"/>'
        part.insert(part.root, text, "legacyDrawing", ORDER)
    package.make(name, _drawn(package.raw(name), texts))


def _drawn(drawing: bytes, texts: Mapping[str, str]) -> bytes:
    end = drawing.rindex(b"</")
    head = (
        drawing[: drawing.index(b">", drawing.index(b"<xml")) + 1] if b"<xml" in drawing else drawing[:1000]
    )
    missing = "".join(f' xmlns:{k}="{v}"' for k, v in VML_SPACES if f"xmlns:{k}=".encode() not in head)
    used = max((int(n) for n in re.findall(rb"_x0000_s(\d+)", drawing)), default=1024)
    shapes = [] if b"_x0000_t202" in drawing else [SHAPE_TYPE.replace(" id=", f"{missing} id=", 1)]
    for number, (cell, text) in enumerate(texts.items(), start=used + 1):
        column, row = (n - 1 for n in first_cell(cell))
        rows = max(LINES, sum(-(-len(line) // CHARACTERS) or 1 for line in text.split("\n")) + 1)
        place = (
            f"{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 1 + WIDTH}, 15, {max(row - 1, 0) + rows}, 4"
        )
        shapes.append(
            f'<v:shape{missing} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
            f'width:300pt;height:{rows * 15}pt;z-index:{number};visibility:hidden" fillcolor="#ffffe1" '
            'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
            '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div '
            'style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
            f"<x:SizeWithCells/><x:Anchor>{place}</x:Anchor><x:AutoFill>False</x:AutoFill>"
            f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
        )
    return drawing[:end] + "".join(shapes).encode() + drawing[end:]
