"""The one way out for every workbook: what openpyxl leaves open is filled in, checked and written at once.

1. Every formula leaves with its value, every chart with its description, and the bytes depend on the
   content alone: no clock, no hash seed, no time zone.
2. Nothing is half-written: the file is complete and checked before it takes its place.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from evalkit.errors import OutputError
from evalkit.saving import replace_file

CellValue = float | int | str | bool | Decimal | date

EPOCH = date(1899, 12, 30)  # day 0 of Excel's calendar
STAMP = (1980, 1, 1, 0, 0, 0)  # what Excel itself writes
# Column widths are counted in this font's digits; Arial is the same width wherever the file is opened.
DEFAULT_FONT = '<font><name val="Arial" /><family val="2" /><sz val="12" /></font>'
FIRST_PARTS = ("[Content_Types].xml", "_rels/.rels")
FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v(?:\s*/>|></v>)</c>', re.DOTALL)
ANY_FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*>.*?</f>(.*?)</c>', re.DOTALL)
PICTURE = re.compile(r"<((?:\w+:)?cNvPr)\s([^>]*?)\s*/>")
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says of itself.

    Attributes
    ----------
    title : str
        As a reader would name the document, not a file name.
    organisation : str
        The author: a body, never a person.
    created : date
        Written as the date of creation and of the last change.
    subject : str
    keywords : tuple of str
    """

    title: str
    organisation: str
    created: date
    subject: str = ""
    keywords: tuple[str, ...] = ()


def finish(
    workbook: Workbook,
    path: str | Path,
    *,
    properties: Properties,
    cached: Mapping[str, Mapping[str, CellValue]] | None = None,
    alt_text: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write a workbook, whole or not at all.

    Parameters
    ----------
    workbook : Workbook
    path : str or Path
        Where it goes; a file that is there is replaced.
    properties : Properties
    cached : mapping of sheet to (mapping of cell to value), optional
        The value of every formula.
    alt_text : mapping of sheet to sequence of str, optional
        A description of each chart of a sheet, in the order they were added.

    Raises
    ------
    OutputError
        If a formula has no value or a value no formula, a number is not finite, a chart is not described,
        or the file cannot be written.
    """
    _no_endless_numbers(workbook)
    _set_properties(workbook, properties)
    parts = _saved_parts(workbook)
    sheets = {ws.title: f"xl/worksheets/sheet{i}.xml" for i, ws in enumerate(workbook.worksheets, start=1)}
    for name, part in sheets.items():
        parts[part] = _with_values(parts[part], name, (cached or {}).get(name, {}))
        for drawing in _drawings(parts, part):
            parts[drawing] = _described(parts[drawing], name, (alt_text or {}).get(name, ()))
    _settle_document(parts, properties)
    content = _zipped(parts)
    check_values(content)
    replace_file(path, content)


def check_values(content: bytes) -> None:
    """Read a workbook's bytes back and make sure that every formula carries a value.

    Raises
    ------
    OutputError
        Naming the first cells without one.
    """
    bare = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = archive.read(name).decode("utf-8")
                bare += [
                    f"{Path(name).stem}!{m[1]}"
                    for m in ANY_FORMULA.finditer(text)
                    if not re.search("<v>.+</v>", m[2], re.DOTALL)
                ]
    if bare:
        raise OutputError(f"Formulas without a value: {', '.join(bare[:8])}.")


def _no_endless_numbers(workbook: Workbook) -> None:
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, float | Decimal) and not math.isfinite(cell.value):
                    raise OutputError(f"{sheet.title}!{cell.coordinate} would hold {cell.value}.")


def _set_properties(workbook: Workbook, properties: Properties) -> None:
    held = workbook.properties
    held.title = properties.title
    held.creator = held.lastModifiedBy = properties.organisation
    held.subject = properties.subject or None
    held.keywords = ", ".join(properties.keywords) or None
    held.language = "en-GB"
    held.created = datetime(*properties.created.timetuple()[:3])  # noqa: DTZ001 - a date, not a moment


def _saved_parts(workbook: Workbook) -> dict[str, str | bytes]:
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {
            name: data.decode("utf-8") if name.endswith((".xml", ".rels", ".vml")) else data
            for name in archive.namelist()
            for data in [archive.read(name)]
        }


def _with_values(part: str | bytes, sheet: str, values: Mapping[str, CellValue]) -> str:
    used: set[str] = set()

    def fill(found: re.Match[str]) -> str:
        cell, attributes, formula = found[1], found[2], found[3]
        if cell not in values:
            raise OutputError(f"{sheet}!{cell} holds a formula without a value.")
        used.add(cell)
        kind, text = _cell_text(values[cell], f"{sheet}!{cell}")
        return f'<c r="{cell}"{attributes}{kind}><f>{formula}</f><v>{text}</v></c>'

    filled = FORMULA.sub(fill, str(part))
    left = sorted(set(values) - used)
    if left:
        raise OutputError(f"Values without a formula on {sheet}: {', '.join(left[:8])}.")
    return filled


def _cell_text(value: CellValue, place: str) -> tuple[str, str]:
    """Spell a value as a cell's type attribute and its text."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, str):
        if not value:
            raise OutputError(f"{place} would show nothing.")
        return ' t="str"', escape(value)
    if isinstance(value, date):
        return "", str((value - EPOCH).days)
    number = float(value)
    if not math.isfinite(number):
        raise OutputError(f"{place} would hold {number}.")
    return "", repr(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _drawings(parts: Mapping[str, str | bytes], sheet_part: str) -> list[str]:
    """The drawing parts of a sheet, by its relationships."""
    links = parts.get(f"xl/worksheets/_rels/{Path(sheet_part).name}.rels")
    if links is None:
        return []
    targets = [node.get("Target", "") for node in ElementTree.fromstring(links).iter(RELATIONSHIP)]
    return [t.lstrip("/") for t in targets if re.search(r"drawings/drawing\d+\.xml$", t)]


def _described(part: str | bytes, sheet: str, texts: Sequence[str]) -> str:
    pending = list(texts)

    def describe(found: re.Match[str]) -> str:
        if not pending or not pending[0].strip():
            raise OutputError(f"A chart on {sheet} has no description.")
        return f"<{found[1]} {found[2]} descr={quoteattr(pending.pop(0))} />"

    described = PICTURE.sub(describe, str(part))
    if pending:
        raise OutputError(f"{sheet} has more descriptions than charts.")
    return described


def _settle_document(parts: dict[str, str | bytes], properties: Properties) -> None:
    """Replace what openpyxl takes from the clock or names after itself."""
    core = str(parts["docProps/core.xml"])
    moment = f"{properties.created.isoformat()}T00:00:00Z"
    parts["docProps/core.xml"] = re.sub(
        r"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)", rf"\g<1>{moment}\g<3>", core
    )
    parts["docProps/app.xml"] = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Application>evalkit</Application><Company>{escape(properties.organisation)}</Company></Properties>"
    )
    styles = re.sub(r'name="Headline ([1-4])"', r'name="Heading \1"', str(parts["xl/styles.xml"]))
    parts["xl/styles.xml"] = re.sub(r"<font>.*?</font>", DEFAULT_FONT, styles, count=1, flags=re.DOTALL)


def _zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    rest = sorted(name for name in parts if name not in FIRST_PARTS)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in (*FIRST_PARTS, *rest):
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # the same whatever system writes it
            part = parts[name]
            archive.writestr(info, part.encode("utf-8") if isinstance(part, str) else part)
    return buffer.getvalue()
