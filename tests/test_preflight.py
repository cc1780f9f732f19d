"""Wrong files: each kind is told apart before anything is parsed, with a message of its own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from evalkit.excel import preflight
from evalkit.excel.reader import check_files
from evalkit.excel.template import write_template
from tests.parts import strict
from tests.workbooks import PYTHON_WORDS, small_programme

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A template filled in with the small programme."""
    path = tmp_path_factory.mktemp("filled") / "template.xlsx"
    write_template(path, small_programme())
    return path.read_bytes()


def repacked(content: bytes, change: Change) -> bytes:
    """The same workbook with some of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _doctype(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet2.xml"
    parts[name] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + parts[name].partition(b"?>")[2]


def _late_doctype(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet2.xml"
    comment = b"<!--" + b"x" * 9000 + b"-->"
    parts[name] = comment + b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]


def _wide_doctype(parts: dict[str, bytes]) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    parts["xl/worksheets/sheet2.xml"] = text.encode("utf-16")


def _odd_encoding(parts: dict[str, bytes]) -> None:
    text = '<?xml version="1.0" encoding="cp037"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    parts["xl/worksheets/sheet2.xml"] = text.encode("cp037")


def _many_sheets(parts: dict[str, bytes]) -> None:
    parts.update({f"xl/worksheets/sheet{i}.xml": b"<worksheet/>" for i in range(100, 400)})


def _locked_entry(good: bytes) -> bytes:
    """The same archive, its first part marked as encrypted in the directory."""
    place = good.rindex(b"PK\x01\x02", 0, good.index(b"PK\x01\x02") + 4)
    return good[: place + 8] + b"\x01\x00" + good[place + 10 :]


def _wrong_size(good: bytes) -> bytes:
    """The directory states another size for the first part than it has."""
    place = good.index(b"PK\x01\x02")
    return good[: place + 24] + (99).to_bytes(4, "little") + good[place + 28 :]


def _packed_otherwise(good: bytes) -> bytes:
    """The same parts in a compression that no spreadsheet program uses."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name))
    return buffer.getvalue()


def _endless(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet5.xml"
    parts[name] = parts[name].replace(b"<v>6400</v>", b"<v>1e999</v>")


def _shared_bytes(good: bytes) -> bytes:
    """Two entries of the directory that point to the same bytes."""
    first = good.index(b"PK\x01\x02")
    second = good.index(b"PK\x01\x02", first + 4)
    return good[: second + 42] + good[first + 42 : first + 46] + good[second + 46 :]


def _twin_sheets(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'r:id="rId3"', b'r:id="rId2"')


def _lost_text(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet5.xml"
    row = b'<row r="98"><c r="A98" t="s"><v>7</v></c></row>'
    parts[name] = parts[name].replace(b"</sheetData>", row + b"</sheetData>")


def _bomb(parts: dict[str, bytes]) -> None:
    parts["xl/media/blank.xml"] = b" " * (4 * 2**20)


def _many(parts: dict[str, bytes]) -> None:
    parts.update({f"xl/extra/{i}.xml": b"<a/>" for i in range(1100)})


def _no_styles(parts: dict[str, bytes]) -> None:
    del parts["xl/styles.xml"]


def _broken_xml(parts: dict[str, bytes]) -> None:
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:500]


def _bad_number(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet5.xml"
    parts[name] = parts[name].replace(b"<v>6400</v>", b"<v>64zz</v>")


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600


# row of the catalogue, name of the file, its bytes (from those of a good one), code
FILES: list[tuple[str, str, Callable[[bytes], bytes], str]] = [
    ("F01", "empty.xlsx", lambda _: b"", "F01"),
    ("F02", "cut-off.xlsx", lambda good: good[: len(good) // 2], "F02"),
    ("F02", "scrap.xlsx", lambda _: b"PK\x03\x04" + b"junk" * 50, "F02"),
    ("F03", "password.xlsx", lambda _: _ole("EncryptedPackage"), "F03"),
    ("F04", "old.xls", lambda _: _ole("Workbook"), "F04"),
    ("F04", "older.xls", lambda _: b"\x09\x08\x10\x00" + b"\0" * 50, "F04"),
    (
        "F05",
        "binary.xlsb",
        lambda _: _zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"}),
        "F05",
    ),
    (
        "F06",
        "open.ods",
        lambda _: _zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "F06",
    ),
    ("F07", "mac.numbers", lambda _: _zipped({"Index/Document.iwa": b"x"}), "F07"),
    ("F08", "rows.xlsx", lambda _: b"Period,Value\n1/4/2025,3\n", "F08"),
    ("F08", "rows16.xlsx", lambda _: "Period;Value\n".encode("utf-16"), "F08"),
    ("F09", "export.xls", lambda _: b"\xef\xbb\xbf <html><table></table></html>", "F09"),
    ("F10", "report.xlsx", lambda _: b"%PDF-1.7 ...", "F10"),
    ("F10", "picture.xlsx", lambda _: b"\x89PNG\r\n\x1a\n" + b"\0" * 9, "F10"),
    (
        "F10",
        "letter.xlsx",
        lambda _: _zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        "F10",
    ),
    ("F10", "folder.xlsx", lambda _: _zipped({"a.txt": b"x"}), "F10"),
    ("F10", "noise.xlsx", lambda _: bytes(range(256)) * 4, "F10"),
    ("F14", "bomb.xlsx", lambda good: repacked(good, _bomb), "F14"),
    ("F14", "many.xlsx", lambda good: repacked(good, _many), "F14"),
    ("F14", "sheets.xlsx", lambda good: repacked(good, _many_sheets), "F14"),
    ("F13", "locked-part.xlsx", _locked_entry, "F03"),
    ("F15", "wrong-size.xlsx", _wrong_size, "F02"),
    ("F14", "lzma.xlsx", _packed_otherwise, "F14"),
    ("F20", "endless.xlsx", lambda good: repacked(good, _endless), "F18"),
    ("F15", "overlap.xlsx", _shared_bytes, "F14"),
    ("F20", "twins.xlsx", lambda good: repacked(good, _twin_sheets), "F18"),
    ("F19", "lost-text.xlsx", lambda good: repacked(good, _lost_text), "F18"),
    ("F17", "late-doctype.xlsx", lambda good: repacked(good, _late_doctype), "F16"),
    ("F17", "wide-doctype.xlsx", lambda good: repacked(good, _wide_doctype), "F16"),
    ("F17", "odd-encoding.xlsx", lambda good: repacked(good, _odd_encoding), "F16"),
    ("F16", "doctype.xlsx", lambda good: repacked(good, _doctype), "F16"),
    ("F18", "no-styles.xlsx", lambda good: repacked(good, _no_styles), "F18"),
    ("F18", "broken.xlsx", lambda good: repacked(good, _broken_xml), "F18"),
    ("F20", "bad-number.xlsx", lambda good: repacked(good, _bad_number), "C09"),
    ("F21", "~$mine.xlsx", lambda _: b"x", "F21"),
]


@pytest.mark.parametrize(("number", "name", "make", "code"), FILES, ids=[f"{f[0]} {f[1]}" for f in FILES])
def test_a_wrong_file_is_told_apart(
    filled: bytes, tmp_path: Path, number: str, name: str, make: Callable[[bytes], bytes], code: str
) -> None:
    """One issue, of the right kind, in plain words, and no programme."""
    path = tmp_path / name
    path.write_bytes(make(filled))
    report = check_files([path])
    assert [i.code for i in report.issues] == [code], [i.sentence for i in report.issues]
    assert report.programme is None
    assert not PYTHON_WORDS.search(report.issues[0].sentence)


def test_missing_paths_and_folders_have_their_own_messages(tmp_path: Path) -> None:
    """A path that is not there and a folder are not called damaged files."""
    assert [i.code for i in check_files([tmp_path / "none.xlsx"]).issues] == ["F19"]
    assert [i.code for i in check_files([tmp_path]).issues] == ["F20"]


def test_files_too_large_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size limits hold before anything is unpacked."""
    path = tmp_path / "large.xlsx"
    path.write_bytes(_zipped({"[Content_Types].xml": b"<a/>" * 50}))
    monkeypatch.setattr(preflight, "FILE_LIMIT", 10)
    assert [i.code for i in preflight.examine(path).issues] == ["F14"]
    monkeypatch.setattr(preflight, "FILE_LIMIT", 10**6)
    monkeypatch.setattr(preflight, "TOTAL_LIMIT", 10)
    assert [i.code for i in preflight.examine(path).issues] == ["F14"]


def test_a_file_that_may_not_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal by the operating system is a message, not a traceback."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"PK")
    monkeypatch.setattr(Path, "open", refuse)
    assert [i.code for i in preflight.examine(path).issues] == ["F22"]


def _save(workbook: Workbook, path: Path) -> Path:
    workbook.save(path)
    return path


def test_other_workbooks_are_not_read_as_templates(filled: bytes, tmp_path: Path) -> None:
    """A workbook of other sheets, and a pack, are told apart from a template."""
    other = Workbook()
    other.create_sheet("Budget")
    assert [i.code for i in check_files([_save(other, tmp_path / "other.xlsx")]).issues] == ["F25"]
    pack = Workbook()
    for name in ("Cover", "Contents", "Summary", "Assumptions", "Audit"):
        pack.create_sheet(name)
    assert [i.code for i in check_files([_save(pack, tmp_path / "pack.xlsx")]).issues] == ["F26"]


def test_connections_are_noted_and_not_followed(filled: bytes, tmp_path: Path) -> None:
    """Saved values are read; nothing is fetched."""
    path = tmp_path / "linked.xlsx"
    path.write_bytes(repacked(filled, lambda parts: parts.update({"xl/connections.xml": b"<connections/>"})))
    report = check_files([path])
    assert [i.code for i in report.issues] == ["F32"]
    assert report.programme == small_programme()


def test_damage_names_its_cell(filled: bytes, tmp_path: Path) -> None:
    """Where a damaged file shows where, the message says so."""
    path = tmp_path / "lost.xlsx"
    path.write_bytes(repacked(filled, _lost_text))
    assert [(i.code, i.sheet, i.cell) for i in check_files([path]).issues] == [("F18", "Inputs", "A98")]


def test_too_many_cells_are_refused_unread(
    filled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells are counted before any is parsed."""
    path = tmp_path / "many.xlsx"
    path.write_bytes(filled)
    monkeypatch.setattr(preflight, "CELL_LIMIT", 100)
    assert [i.code for i in preflight.examine(path).issues] == ["F14"]


def test_macros_are_noted_and_ignored(filled: bytes, tmp_path: Path) -> None:
    """A workbook with macros is read; the macros are not."""
    path = tmp_path / "macros.xlsm"
    path.write_bytes(repacked(filled, lambda parts: parts.update({"xl/vbaProject.bin": b"x"})))
    report = check_files([path])
    assert [i.code for i in report.issues] == ["F12"]
    assert report.programme == small_programme()


def test_several_files_merge_and_issues_name_theirs(filled: bytes, tmp_path: Path) -> None:
    """Rows of several files come together; every issue says which file it is about."""
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    first.write_bytes(filled)
    workbook = load_workbook(io.BytesIO(filled))
    for sheet in (
        "Campaigns",
        "Objectives",
        "Activities",
        "Outputs",
        "Out-takes",
        "Outcomes",
        "Comparison",
        "Events",
    ):
        workbook[sheet].delete_rows(8, 20)
    workbook["Outcome data"].delete_rows(8, 200)
    workbook["Inputs"].delete_rows(9)
    _save(workbook, second)
    report = check_files([first, second])
    assert report.programme is not None
    assert len(report.programme.campaigns[0].inputs) == 3
    workbook["Inputs"]["B8"] = "12k"
    report = check_files([first, _save(workbook, second)])
    assert [i.sheet for i in report.stopping] == ["[b.xlsx]Inputs"]


def test_strict_open_xml_is_read_like_any_other(filled: bytes, tmp_path: Path) -> None:
    """The other dialect of the file format holds the same figures."""
    path = tmp_path / "strict.xlsx"
    path.write_bytes(repacked(filled, strict))
    report = check_files([path])
    assert not report.issues
    assert report.programme == small_programme()
