"""Changes to what a workbook's cells refer to: texts, styles, tables, names, links between parts, calendars.

Each is one kind of `tests/fuzz.py`, which judges what becomes of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.parts import PART_OF, Parts

LIKELY = (PART_OF["Outcome data"], PART_OF["Inputs"], PART_OF["Campaigns"], PART_OF["Outcomes"])
TEXTS, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
CELL = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)


def shared_texts(parts: Parts) -> Parts:
    """The same workbook with its texts in one part, as Excel saves them."""
    texts: dict[str, int] = {}
    made = dict(parts)
    pattern = re.compile(r't="inlineStr"><is><t([^>]*)>(.*?)</t></is>', re.DOTALL)
    for name in PART_OF.values():
        made[name] = pattern.sub(
            lambda m: f't="s"><v>{texts.setdefault(m[2], len(texts))}</v>', made[name].decode()
        ).encode()
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
    made["xl/sharedStrings.xml"] = f'<sst xmlns="{space}">{items}</sst>'.encode()
    link = (
        '<Relationship Id="rIdTexts" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    links = made["xl/_rels/workbook.xml.rels"].decode()
    made["xl/_rels/workbook.xml.rels"] = links.replace("</Relationships>", link).encode()
    kind = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = made["[Content_Types].xml"].decode()
    made["[Content_Types].xml"] = types.replace("</Types>", kind).encode()
    return made


def _blocks(text: str, name: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"<{name}(?: [^>]*?)?(?:/>|>.*?</{name}>)", text, re.DOTALL))


def _one_of(rng: random.Random, text: str, blocks: list[re.Match[str]]) -> str:
    """Lose, double, move or empty one block among its like."""
    if not blocks:
        return text
    one, other = rng.choice(blocks), rng.choice(blocks)
    kind = rng.randrange(4)
    if kind == 0:
        return text[: one.start()] + text[one.end() :]
    if kind == 1:
        return text[: one.end()] + one[0] + text[one.end() :]
    if kind == 2:  # two in the place of each other
        first, second = sorted((one, other), key=lambda m: m.start())
        if first.end() > second.start():
            return text
        between = text[first.end() : second.start()]
        return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]
    return text[: one.start()] + re.sub(">[^<]*<", "><", one[0]) + text[one.end() :]


def _texts(rng: random.Random, parts: Parts) -> None:
    """Shared texts: lost, doubled, exchanged, emptied, or another number in a cell."""
    if TEXTS in parts and rng.random() < 0.6:
        text = parts[TEXTS].decode()
        parts[TEXTS] = _one_of(rng, text, _blocks(text, "si")).encode()
        return
    part = rng.choice(LIKELY)
    new = str(rng.choice((0, 1, 5, 99_999, -1, 2.5, "")))
    parts[part] = _substituted(rng, parts[part].decode(), r'(t="s"><v>)\d+', rf"\g<1>{new}").encode()


def _substituted(rng: random.Random, text: str, pattern: str, new: str) -> str:
    """One occurrence of a pattern replaced."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    one = rng.choice(found)
    return text[: one.start()] + one.expand(new) + text[one.end() :]


def _styles(rng: random.Random, parts: Parts) -> None:
    """Cell styles: other number formats, lost and doubled styles and formats, another style in a cell."""
    text = parts[STYLES].decode()
    kind = rng.randrange(4)
    if kind == 0:
        code = rng.choice((0, 1, 2, 9, 14, 17, 22, 46, 49, 164, 165, 999))
        text = _substituted(rng, text, r'numFmtId="\d+"', f'numFmtId="{code}"')
    elif kind == 1:
        code = rng.choice(("0", "d mmm yyyy", "0.0,", "mmm-yy", "[h]:mm", "0%", ";;;", "General", "@"))
        text = _substituted(rng, text, r'formatCode="[^"]*"', f'formatCode="{code}"')
    elif kind == 2:
        text = _one_of(rng, text, _blocks(text, rng.choice(("xf", "numFmt", "font", "cellXfs", "numFmts"))))
    else:
        part, style = rng.choice(LIKELY), rng.randrange(-1, 40)
        parts[part] = _substituted(rng, parts[part].decode(), r'( s=")\d+', rf"\g<1>{style}").encode()
    parts[STYLES] = text.encode()


def _tables(rng: random.Random, parts: Parts) -> None:
    """Tables: other corners, a row of totals, lost columns, a name twice."""
    tables = sorted(n for n in parts if "/tables/" in n)
    if not tables:
        return
    part = rng.choice(tables)
    text = parts[part].decode()
    kind = rng.randrange(4)
    if kind == 0:
        ref = rng.choice(("A7:R9", "A1:B2", "A8:R27", "A7", "R27:A7", "A7:XFD1048576", "7:9", "", "A7:ZZZ9"))
        text = re.sub(r' ref="[^"]*"', f' ref="{ref}"', text, count=1)
    elif kind == 1:
        text = text.replace("<table ", f'<table totalsRowCount="{rng.choice((0, 1, 2, "x"))}" ', 1)
    elif kind == 2:
        text = _one_of(rng, text, _blocks(text, "tableColumn"))
    else:
        text = re.sub(r'(name|displayName)="[^"]*"', r'\1="tblOutcomes"', text, count=2)
    parts[part] = text.encode()


def _names(rng: random.Random, parts: Parts) -> None:
    """Defined names: lost, doubled, exchanged, pointing elsewhere or nowhere."""
    text = parts[BOOK].decode()
    if rng.random() < 0.5:
        text = _one_of(rng, text, _blocks(text, "definedName"))
    else:
        target = rng.choice(("#REF!", "Inputs!$B$8", "'No such'!$A$1", "1+1", "", "$A:$A"))
        text = _substituted(rng, text, "(<definedName[^>]*>)[^<]*", rf"\g<1>{target}")
    parts[BOOK] = text.encode()


def _relations(rng: random.Random, parts: Parts) -> None:
    """Links between parts: lost, doubled, exchanged, to another kind of part, out of the file."""
    part = rng.choice(sorted(n for n in parts if n.endswith(".rels")))
    text = parts[part].decode()
    kind = rng.randrange(3)
    if kind == 0:
        text = _one_of(rng, text, _blocks(text, "Relationship"))
    elif kind == 1:
        target = rng.choice(
            ("../../../etc/passwd", "/xl/workbook.xml", "http://example.org/x", "", "worksheets/sheet5.xml")
        )
        text = _substituted(rng, text, 'Target="[^"]*"', f'Target="{target}"')
    else:
        extra = rng.choice(('TargetMode="External" ', 'TargetMode="Internal" '))
        text = _substituted(rng, text, "<Relationship ", f"<Relationship {extra}")
    parts[part] = text.encode()


def _merges(rng: random.Random, parts: Parts) -> None:
    """Merged cells, wherever they lie."""
    part = rng.choice(LIKELY)
    column, row = rng.choice("ABCDEZ"), rng.randrange(1, 40)
    ref = rng.choice(
        (f"{column}{row}:{column}{row + 2}", f"A{row}:{column}{row}", f"{column}{row}", "A1:XFD1", "x")
    )
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    parts[part] = parts[part].replace(b"</sheetData>", merged.encode(), 1)


def _calendar(rng: random.Random, parts: Parts) -> None:
    """The calendar that days are counted in."""
    flag = rng.choice(("1", "true", "0", "false", "yes", ""))
    parts[BOOK] = re.sub(rb"<workbookPr[^>]*/>", f'<workbookPr date1904="{flag}"/>'.encode(), parts[BOOK])


def _kinds(rng: random.Random, parts: Parts) -> None:
    """The kind of a cell changed, its content kept."""
    part = rng.choice(LIKELY)
    text = parts[part].decode()
    cells = [m for m in CELL.finditer(text) if "<v>" in m[0] or "<t" in m[0]]
    one = rng.choice(cells)
    kind = rng.choice(("n", "s", "str", "inlineStr", "b", "e", "d", "z", ""))
    bare = re.sub(r' t="[^"]*"', "", one[0], count=1)
    parts[part] = (
        text[: one.start()] + bare.replace("<c ", f'<c t="{kind}" ', 1) + text[one.end() :]
    ).encode()


STRUCTURAL: tuple[Callable[[random.Random, Parts], None], ...] = (
    *(_texts, _styles, _tables, _names),
    *(_relations, _merges, _calendar, _kinds),
)
