"""What a file is, before anything in it is parsed.

1. Standard library only; nothing is unpacked beyond the limits, no link is followed, nothing is written.
2. Each kind of wrong file has a message of its own.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from evalkit.errors import Issue, make_issue

FILE_LIMIT = 20 * 2**20
TOTAL_LIMIT = 200 * 2**20
RATIO_LIMIT, RATIO_FROM = 100, 2**20  # small parts of repeated blanks compress far better than that
ENTRY_LIMIT = 1000
SHEET_LIMIT = 200
CELL_LIMIT = 5_000_000
HEAD = 4096
USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what spreadsheet programs compress with
# what reading an archive raises: its directory or a part is not whole; it wants a newer way of packing than
# there is; a name in it is in no alphabet, or a place in it lies before its beginning
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"

_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_OTHER_ZIPS = (
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was learnt of a file without parsing it.

    Attributes
    ----------
    issues : tuple of Issue
        Any error among them means that the file is not to be parsed.
    """

    issues: tuple[Issue, ...] = ()


def examine(path: str | Path) -> Preflight:
    """Tell what a file is, and whether it is safe to parse."""
    target = Path(path)
    if target.is_dir():
        return _refused("F20")
    if target.name.startswith("~$"):
        return _refused("F21", name=target.name[2:])
    if not target.exists():
        return _refused("F19")
    try:
        size = target.stat().st_size
        with target.open("rb") as file:
            head = file.read(HEAD)
            if size > FILE_LIMIT:
                return _refused("F14", what=f"a file of {_mb(size)}", limit=f"no more than {_mb(FILE_LIMIT)}")
            return _zip(target, size) if head.startswith(ZIP) else _not_a_zip(head, size, target)
    except OSError as error:
        return _refused("F22", reason=error.strerror or "no reason given")


def _refused(code: str, **context: Any) -> Preflight:
    return Preflight((make_issue(code, **context),))


def _mb(size: float) -> str:
    return f"{size / 2**20:,.0f} MB" if size >= 2**20 else f"{size:,} bytes"


def _not_a_zip(head: bytes, size: int, path: Path) -> Preflight:
    if not size:
        return _refused("F01")
    if head.startswith(OLE):
        return _refused("F03") if _encrypted(path) else _refused("F04")
    if head.startswith(b"%PDF"):
        return _refused("F10", what="a PDF document")
    if head.startswith(_PICTURES):
        return _refused("F10", what="a picture")
    if head.startswith(b"PK"):
        return _refused("F02", size=_mb(size))
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<":
        return _refused("F09")
    if head.startswith(b"\x09\x08"):
        return _refused("F04")
    return _refused("F08") if _texty(head) else _refused("F10", what="a file of another kind")


def _encrypted(path: Path) -> bool:
    """Whether an old-style container holds an encrypted package rather than an .xls."""
    content = path.read_bytes()
    return (
        "EncryptedPackage".encode("utf-16-le") in content or "EncryptionInfo".encode("utf-16-le") in content
    )


def _texty(head: bytes) -> bool:
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in head


def _zip(path: Path, size: int) -> Preflight:
    try:
        with zipfile.ZipFile(path) as archive:
            return _archive(archive, size)
    except BROKEN:
        return _refused("F02", size=_mb(size))


def _archive(archive: zipfile.ZipFile, size: int) -> Preflight:
    entries = archive.infolist()
    refused = _too_much(entries) or _other_kind(archive, {e.filename for e in entries})
    if refused:
        return refused
    sheets = cells = 0
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels", ".vml")):
            continue
        content = archive.read(entry)  # no more than the limits allow, and checked against its sum
        if not _plain_xml(content):
            return _refused("F16")
        if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
            sheets += 1
            cells += content.count(b"<c ") + content.count(b":c ") + content.count(b"<c>")
    if sheets > SHEET_LIMIT:
        return _refused("F14", what=f"a workbook of {sheets:,} sheets", limit=f"no more than {SHEET_LIMIT:,}")
    if cells > CELL_LIMIT:
        return _refused("F14", what=f"a workbook of {cells:,} cells", limit=f"no more than {CELL_LIMIT:,}")
    names = [e.filename for e in entries]
    noted = (("vbaProject.bin", "F12"), ("connections.xml", "F32"))
    return Preflight(tuple(make_issue(c) for end, c in noted if any(n.endswith(end) for n in names)))


def _plain_xml(content: bytes) -> bool:
    """Whether it is in an encoding that spreadsheet programs use, without a document type or entities."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
        return "<!DOCTYPE" not in text and "<!ENTITY" not in text
    head = content[:HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    encoding = _ENCODING.match(head)
    if encoding and encoding.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        return False
    return head[:1] in (b"<", b"") and b"<!DOCTYPE" not in content and b"<!ENTITY" not in content


def _too_much(entries: list[zipfile.ZipInfo]) -> Preflight | None:
    if any(e.flag_bits & 1 for e in entries):
        return _refused("F03")
    if any(e.compress_type not in USUAL for e in entries):
        return _refused("F14", what="an unusually compressed file", limit="a workbook saved by Excel")
    if len(entries) > ENTRY_LIMIT:
        return _refused(
            "F14", what=f"a workbook of {len(entries):,} parts", limit=f"no more than {ENTRY_LIMIT:,}"
        )
    total = sum(e.file_size for e in entries)
    if total > TOTAL_LIMIT:
        return _refused("F14", what=f"{_mb(total)} once unpacked", limit=f"no more than {_mb(TOTAL_LIMIT)}")
    for e in entries:
        if e.file_size > RATIO_FROM and e.file_size > RATIO_LIMIT * max(e.compress_size, 1):
            return _refused("F14", what="an unusually compressed file", limit="a workbook saved by Excel")
    if len({e.filename for e in entries}) < len(entries) or _overlap(entries):
        return _refused("F14", what="a workbook with the same part twice", limit="a workbook saved by Excel")
    return None


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries share bytes, as in a bomb that counts one part many times."""
    ordered = sorted(entries, key=lambda e: e.header_offset)
    return any(a.header_offset + a.compress_size > b.header_offset for a, b in pairwise(ordered))


def _other_kind(archive: zipfile.ZipFile, names: set[str]) -> Preflight | None:
    if "xl/workbook.bin" in names:
        return _refused("F05")
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:100]:
        return _refused("F06")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return _refused("F07")
    for part, what in _OTHER_ZIPS:
        if part in names:
            return _refused("F10", what=what)
    if "[Content_Types].xml" not in names or not any(name.endswith("workbook.xml") for name in names):
        return _refused("F10", what="a compressed folder")
    return None
