"""The parts of a workbook file, and changes to them that no workbook library would make."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from evalkit.excel.addresses import letters
from evalkit.excel.sheets import SHEETS, START

Parts = dict[str, bytes]
PART_OF = {
    name: f"xl/worksheets/sheet{i}.xml" for i, name in enumerate((START, *(s.name for s in SHEETS)), 1)
}


def unpacked(content: bytes) -> Parts:
    """The parts of a file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def at(sheet: str, heading: str, row: int) -> str:
    """Address of a cell of the template by its heading."""
    titles = [h.title for h in next(s for s in SHEETS if s.name == sheet).headings]
    return f"{letters(titles.index(heading) + 1)}{row}"


def put(
    parts: Parts, sheet: str, address: str, value: object, number_format: str = "", formula: str = ""
) -> None:
    """Replace one cell of the template; text as in-line text, TRUE and error values as such."""
    part = PART_OF[sheet]
    pattern = re.compile(rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'.encode(), re.DOTALL)
    found = pattern.search(parts[part])
    assert found, f"{sheet}!{address}"
    style = f' s="{style_of(parts, number_format)}"' if number_format else (found.group(1) or b"").decode()
    made = f"<f>{escape(formula)}</f>" if formula else ""
    if isinstance(value, bool):
        content = f' t="b">{made}<v>{int(value)}</v>'
    elif isinstance(value, str) and value.startswith("#") and value.isupper():
        content = f' t="e">{made}<v>{value}</v>'
    elif isinstance(value, str) and formula:
        content = f' t="str">{made}<v>{escape(value)}</v>'
    elif isinstance(value, str):
        content = f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is>'
    else:
        content = f">{made}<v>{value}</v>" if value is not None else f">{made}"
    cell = f'<c r="{address}"{style}{content}</c>'.encode()
    parts[part] = parts[part][: found.start()] + cell + parts[part][found.end() :]


def style_of(parts: Parts, number_format: str, font: int = 0) -> int:
    """Number of a cell style with a number format, added to the file."""
    styles = parts["xl/styles.xml"].decode()
    code = 200 + len(re.findall('numFmtId="2', styles))
    entry = f'<numFmt numFmtId="{code}" formatCode="{escape(number_format, {chr(34): "&quot;"})}"/>'
    styles = re.sub(r"(<numFmts[^>]*>)", lambda m: m[1] + entry, styles, count=1)
    assert entry in styles
    block = re.search(r"<cellXfs[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
    assert block
    count = len(re.findall(r"<xf\b", block[1]))
    style = f'<xf numFmtId="{code}" fontId="{font}" fillId="0" borderId="0" xfId="0"/>'
    parts["xl/styles.xml"] = (styles[: block.end(1)] + style + styles[block.end(1) :]).encode()
    return count


def swap(parts: Parts, sheet: str, old: str, new: str) -> None:
    """Replace the first occurrence of some text of a sheet's XML."""
    part = PART_OF[sheet]
    assert old.encode() in parts[part], old
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)


def strict(parts: Parts) -> None:
    """Turn a file into Strict Open XML, the other dialect of the format."""
    spaces = (
        (b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"),
        (
            b"schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    for name, part in parts.items():
        for old, new in spaces:
            part = part.replace(old, new)
        parts[name] = part
