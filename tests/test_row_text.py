"""The quick way through a worksheet and the parser agree, or the quick way stands aside."""

from __future__ import annotations

import io
import random
from xml.etree.ElementTree import ParseError

import pytest

from evalkit.excel.row_text import sheet_text
from evalkit.excel.sheet_xml import Content, DamageError, Setting, _Cells, _Names, _parsed, read_sheet
from evalkit.excel.template import write_template
from tests.parts import PART_OF, unpacked
from tests.workbooks import small_programme

SETTING = Setting(formats=["General"] * 90 + ["d mmm yyyy"] * 10, texts=["one", "two"])
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def _both(data: bytes) -> tuple[Content | str, Content | str]:
    """What the way in use and the parser alone make of a sheet; DAMAGE for damage."""
    results: list[Content | str] = []

    for read in (
        lambda: read_sheet(io.BytesIO(data), SETTING),
        lambda: _parsed(data, _Cells(SETTING, _Names())),
    ):
        try:
            results.append(read())
        except (DamageError, ParseError, ValueError, IndexError):
            results.append("damage")
    return results[0], results[1]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="95"><v>45000.5</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> £ &amp; é </t></is></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1" r="2"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1" hidden="1" ht="0"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><v/></c></row>',
        '<row r="2"/><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1" x:odd="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v><![CDATA[</row>]]></v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1" t="s"/></row>',
        '<row r="1"><v>5</v><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="400"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row> <row r="2"><c r="A2"><v>3</v></c></row>',
    ],
)
def test_both_ways_agree(rows: str) -> None:
    """Usual and unusual rows, sound and damaged."""
    quick, parser = _both(HEAD + rows.encode() + b"</sheetData></worksheet>")
    assert quick == parser


def test_both_ways_agree_on_sheets_changed_at_random(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Bytes lost, doubled and replaced: the same content, or damage by both."""
    path = tmp_path_factory.mktemp("sheet") / "template.xlsx"
    write_template(path, small_programme())
    sound = unpacked(path.read_bytes())[PART_OF["Inputs"]]
    assert sheet_text(sound) is not None
    rng = random.Random(11)
    first = sound.index(b"<sheetData>")
    differing = []
    for case in range(150):
        data = bytearray(sound)
        for _ in range(rng.randrange(1, 3)):
            place, length = rng.randrange(first, len(data)), rng.choice((1, 2, 8, 40))
            kind = rng.randrange(3)
            if kind == 0:
                data[place] = rng.choice(b'<>&/"1A \x00\xc3')
            elif kind == 1:
                del data[place : place + length]
            else:
                data[place:place] = data[place : place + length]
        quick, parser = _both(bytes(data))
        if quick != parser:
            differing.append(case)
    assert not differing
