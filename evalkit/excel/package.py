"""A workbook file as its parts, some of them changed: what is not changed goes out byte for byte.

1. Parts are found by their relationships, as the format has it, never by their names.
2. A part is parsed only if it is to be changed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from evalkit.excel.finish import STAMP
from evalkit.excel.patching import Part, ascii_bytes

TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MAIN_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Package:
    """The parts of a workbook.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.entries = {entry.filename: entry for entry in archive.infolist()}
            self.data = {name: archive.read(name) for name in self.entries}
        self._parts: dict[str, Part] = {}
        self._made: dict[str, bytes] = {}
        self._dropped: set[str] = set()
        self._declared: set[str] = set()
        self.workbook = next(part for _, kind, part in self.relations("") if kind == "officeDocument")
        root = self.part(self.workbook).root
        prefix = root.tag.rpartition(":")[0]
        self.main = root.attributes[f"xmlns:{prefix}" if prefix else "xmlns"]
        self.office = OFFICE_STRICT if self.main == MAIN_STRICT else OFFICE

    def part(self, name: str) -> Part:
        """A part that may be changed; always the same one for a name."""
        if name not in self._parts:
            self._parts[name] = Part(self.raw(name))
        return self._parts[name]

    def raw(self, name: str) -> bytes:
        """A part as it came, or as it was made."""
        return self._made[name] if name in self._made else self.data[name]

    def relations(self, source: str) -> Iterator[tuple[str, str, str]]:
        """Key, kind and part of whatever a part refers to inside the file."""
        links = links_of(source)
        if links not in self.data and links not in self._made:
            return
        for node in self.part(links).root.children:
            if node.get("TargetMode") == "External":
                continue
            target = node.get("Target")
            place = target.lstrip("/") if target.startswith("/") else posixpath.join(_folder(source), target)
            yield node.get("Id"), node.get("Type").rpartition("/")[2], posixpath.normpath(place)

    def target(self, source: str, kind: str) -> str:
        """The first part of a kind that another refers to; empty if there is none."""
        return next((part for _, k, part in self.relations(source) if k == kind), "")

    def relate(self, source: str, kind: str, part: str) -> str:
        """Refer from one part to another; the key of the reference."""
        links = links_of(source)
        if links not in self.data and links not in self._made:
            self.make(links, f'{DECLARATION}<Relationships xmlns="{RELATIONS}"></Relationships>')
        found = self.part(links)
        used, number = found.content(), 1
        while f'"rIdNote{number}"'.encode() in used:
            number += 1
        key = f"rIdNote{number}"
        text = f'<{found.prefix}Relationship Id="{key}" Type="{self.office}/{kind}" Target="/{part}"/>'
        found.append(found.root, text)
        return key

    def make(self, name: str, text: str | bytes, content_type: str = "") -> None:
        """Add a part, or write one anew."""
        self._made[name] = ascii_bytes(text) if isinstance(text, str) else text
        self._parts.pop(name, None)
        self._dropped.discard(name)
        types = self.part(TYPES)
        listed = any(node.get("PartName") == f"/{name}" for node in types.root.children)
        if content_type and not listed:
            types.append(
                types.root,
                f'<{types.prefix}Override PartName="/{name}" ContentType="{content_type}"/>',
            )

    def declare(self, ending: str, content_type: str) -> None:
        """Say what parts of an ending hold, if nothing does."""
        types = self.part(TYPES)
        known = {node.get("Extension").lower() for node in types.root.all("Default")}
        if ending not in known | self._declared:
            self._declared.add(ending)
            text = f'<{types.prefix}Default Extension="{ending}" ContentType="{content_type}"/>'
            types.put(types.root.inside, types.root.inside, text)

    def drop(self, name: str) -> None:
        """Leave a part out."""
        self._dropped.add(name)
        types = self.part(TYPES)
        for node in types.root.children:
            if node.get("PartName") == f"/{name}":
                types.replace(node, "")

    def free(self, pattern: str) -> str:
        """The first name of a pattern such as ``xl/comments{}.xml`` that is not taken."""
        taken = {name.lower() for name in (*self.data, *self._made)}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def content(self) -> bytes:
        """The whole file; parts that were not changed as they came."""
        changed = {name: part.content() for name, part in self._parts.items()}
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, entry in self.entries.items():
                if name not in self._dropped:
                    info = zipfile.ZipInfo(name, entry.date_time)
                    info.compress_type, info.create_system = entry.compress_type, entry.create_system
                    info.external_attr = entry.external_attr
                    archive.writestr(info, changed.get(name, self.raw(name)))
            for name in self._made:
                if name not in self.entries and name not in self._dropped:
                    info = zipfile.ZipInfo(name, STAMP)
                    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
                    archive.writestr(info, changed.get(name, self.raw(name)))
        return buffer.getvalue()


def links_of(source: str) -> str:
    """The part that holds what a part refers to."""
    return posixpath.join(_folder(source), "_rels", f"{posixpath.basename(source)}.rels")


def _folder(source: str) -> str:
    return posixpath.dirname(source)


def office_prefix(part: Part, office: str) -> tuple[str, str]:
    """Prefix of references in a part, and its declaration where the part has none."""
    for name, value in part.root.attributes.items():
        if value == office and name.startswith("xmlns:"):
            return name.removeprefix("xmlns:"), ""
    return "r", f' xmlns:r="{office}"'


def cleaned(text: str) -> str:
    """Text without characters that XML does not know."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
