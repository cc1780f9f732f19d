"""The template as other programs save it: imitations, put together from the parts of ours.

No file of Google Sheets, Numbers or Excel was at hand: each imitation has the habits by which files of that
program are known to differ, and LibreOffice itself is run in `test_intake.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from tests.fuzz_structure import shared_texts
from tests.parts import Parts, strict

Writer = Callable[[Parts], Parts]
CELL = re.compile(r'<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
DATED = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)(?: t="n")?><v>(4[45]\d{3})</v></c>')
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def on_sheets(parts: Parts, change: Callable[[str], str]) -> Parts:
    """Change the XML of every worksheet."""
    made = dict(parts)
    for part in (n for n in parts if n.startswith("xl/worksheets/sheet")):
        made[part] = change(made[part].decode()).encode()
    return made


def without_tables(parts: Parts) -> Parts:
    """No part of a table, nothing that refers to one."""
    made = {n: d for n, d in parts.items() if "/tables/" not in n and "worksheets/_rels" not in n}
    made = on_sheets(made, lambda x: re.sub("<tableParts.*?</tableParts>", "", x, flags=re.DOTALL))
    types = made["[Content_Types].xml"].decode()
    made["[Content_Types].xml"] = re.sub(r"<Override [^>]*?/tables/[^>]*?/>", "", types).encode()
    return made


def google(parts: Parts) -> Parts:
    """Google Sheets: every number with a decimal, a thousand styled rows, no properties of the file."""

    def change(xml: str) -> str:
        xml = re.sub(r"<dimension[^>]*/>", "", xml)
        xml = re.sub(r"<v>(-?\d+)</v>", r"<v>\1.0</v>", xml)
        last = max(int(n) for n in re.findall(r'<row r="(\d+)"', xml))
        blanks = "".join(
            f'<row r="{n}" ht="15.75" customHeight="1"><c r="A{n}" s="1"/></row>'
            for n in range(last + 1, 1001)
        )
        xml = xml.replace("</sheetData>", f"{blanks}</sheetData>")
        spaces = (
            'xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        )
        return xml.replace("<worksheet ", f"<worksheet {spaces}", 1)

    made = shared_texts(on_sheets(without_tables(parts), change))
    for name in [n for n in made if n.startswith("docProps/")]:
        del made[name]
    for part in ("_rels/.rels", "[Content_Types].xml"):
        text = made[part].decode()
        made[part] = re.sub(r"<(?:Relationship|Override) [^>]*?docProps/[^>]*?/>", "", text).encode()
    links = made["xl/_rels/workbook.xml.rels"].decode()
    made["xl/_rels/workbook.xml.rels"] = links.replace('Target="/xl/', 'Target="').encode()
    return made


def numbers(parts: Parts, *, table_names: bool = True) -> Parts:
    """Apple Numbers: a sheet for each table, its name merged above, and a sheet on the export."""

    def change(xml: str) -> str:
        moved = re.sub(r'<row r="(\d+)"', lambda m: f'<row r="{int(m[1]) + 1}"', xml)
        moved = re.sub(r'<c r="([A-Z]+)(\d+)"', lambda m: f'<c r="{m[1]}{int(m[2]) + 1}"', moved)
        moved = re.sub(
            "<dataValidations.*?</dataValidations>|<conditionalFormatting.*?</conditionalFormatting>"
            "|<hyperlinks>.*?</hyperlinks>",
            "",
            moved,
            flags=re.DOTALL,
        )
        top = '<row r="1"><c r="A1" t="inlineStr"><is><t>Table 1</t></is></c><c r="B1"/></row>'
        merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
        return moved.replace("<sheetData>", f"<sheetData>{top}", 1).replace("</sheetData>", merged, 1)

    made = without_tables(parts)
    made = on_sheets(made, change) if table_names else made
    workbook = made["xl/workbook.xml"].decode()
    workbook = re.sub(r'<sheet name="([^"]+)"', r'<sheet name="\1 - Table 1"', workbook)
    workbook = re.sub("<definedNames>.*?</definedNames>", "", workbook, flags=re.DOTALL)
    summary = '<sheet name="Export Summary" sheetId="99" r:id="rId99"/>'
    made["xl/workbook.xml"] = workbook.replace("<sheets>", f"<sheets>{summary}").encode()
    made["xl/worksheets/sheet99.xml"] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="3">'
        b'<c r="A3" t="inlineStr"><is><t>This document was exported from Numbers.</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    link = f'<Relationship Id="rId99" Type="{OFFICE}/worksheet" Target="worksheets/sheet99.xml"/>'
    link += "</Relationships>"
    links = made["xl/_rels/workbook.xml.rels"].decode()
    made["xl/_rels/workbook.xml.rels"] = links.replace("</Relationships>", link).encode()
    return shared_texts(made)


def strict_dates(parts: Parts) -> Parts:
    """Strict Open XML with dates as ISO text, as Excel saves them in that dialect."""

    def day(m: re.Match[str]) -> str:
        return f'<c r="{m[1]}"{m[2]} t="d"><v>{date(1899, 12, 30) + timedelta(days=int(m[3]))}</v></c>'

    made = on_sheets(parts, lambda xml: DATED.sub(day, xml))
    made["xl/workbook.xml"] = made["xl/workbook.xml"].replace(
        b"<workbook ", b'<workbook conformance="strict" '
    )
    strict(made)
    return made


def labelled(parts: Parts) -> Parts:
    """A label of sensitivity without encryption: a part of its own, its words in the header of each page."""
    label = (
        '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label '
        'id="{0f000000-0000-0000-0000-000000000000}" enabled="1" method="Privileged" contentBits="1"/>'
        "</clbl:labelList>"
    )
    kind = "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels"
    link = f'<Relationship Id="rId77" Type="{kind}" Target="docMetadata/LabelInfo.xml"/></Relationships>'
    made = dict(parts)
    made["docMetadata/LabelInfo.xml"] = label.encode()
    made["_rels/.rels"] = made["_rels/.rels"].replace(b"</Relationships>", link.encode())
    header = '<headerFooter><oddHeader>&amp;C&amp;"Calibri"OFFICIAL</oddHeader></headerFooter>'
    return on_sheets(made, lambda x: x.replace("<tableParts", f"{header}<tableParts"))


def excel(parts: Parts) -> Parts:
    """Excel itself: texts in one part, marks of its later versions on sheets and rows."""

    def change(xml: str) -> str:
        spaces = (
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
            'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
            'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
            'xr:uid="{00000000-0001-0000-0000-000000000000}" '
        )
        xml = xml.replace("<worksheet ", f"<worksheet {spaces}", 1)
        xml = re.sub(r'<row r="(\d+)"', r'<row r="\1" spans="1:18" x14ac:dyDescent="0.25"', xml)
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n{xml}'

    return shared_texts(on_sheets(parts, change))


def prefixed(parts: Parts) -> Parts:
    """The Open XML SDK and what is built on it: elements behind a prefix, a byte order mark."""
    names = "worksheet|sheetData|row|c|v|f|is|t|mergeCells|mergeCell|cols|col|sheetViews|sheetView|dimension"

    def change(xml: str) -> str:
        xml = re.sub(rf"<(/?)({names})(?=[\s/>])", r"<\1x:\2", xml)
        xml = xml.replace("<x:worksheet xmlns=", "<x:worksheet xmlns:x=", 1)
        main = re.search(r'xmlns:x="([^"]+)"', xml)
        assert main
        xml = xml.replace("<x:worksheet ", f'<x:worksheet xmlns="{main[1]}" ', 1)
        return f"\ufeff{xml}"

    return on_sheets(parts, change)


def bare(parts: Parts) -> Parts:
    """Small libraries: no addresses where cells follow each other, one style, no properties."""

    def change(xml: str) -> str:
        rows = []
        for number, inner in re.findall(r'<row r="(\d+)"[^>]*>(.*?)</row>', xml, re.DOTALL):
            cells, after = [], 0
            for letters, _, marks, content in CELL.findall(inner):
                column = 0
                for letter in letters:
                    column = 26 * column + ord(letter) - 64
                kind = re.search(r' t="\w+"', marks)
                where = "" if column == after + 1 else f' r="{letters}{number}"'
                after = column
                cells.append(f"<c{where}{kind[0] if kind else ''}>{content}</c>")
            rows.append(f'<row r="{number}">{"".join(cells)}</row>')
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        return f"<worksheet {space}><sheetData>{''.join(rows)}</sheetData></worksheet>"

    def day(m: re.Match[str]) -> str:
        made = date(1899, 12, 30) + timedelta(days=int(m[3]))
        return f'<c r="{m[1]}" t="inlineStr"><is><t>{made}</t></is></c>'

    made = on_sheets(without_tables(parts), lambda xml: change(DATED.sub(day, xml)))
    for name in [n for n in made if n.startswith(("docProps/", "xl/theme"))]:
        del made[name]
    made["xl/styles.xml"] = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="1">'
        b'<xf numFmtId="0"/></cellXfs></styleSheet>'
    )
    return made


WRITERS: dict[str, Writer] = {
    "Google Sheets": google,
    "Numbers": numbers,
    "Numbers without the names of tables": lambda parts: numbers(parts, table_names=False),
    "Strict Open XML with ISO dates": strict_dates,
    "a label of sensitivity": labelled,
    "Excel": excel,
    "Open XML SDK": prefixed,
}
