"""Changes to single elements of an XML part; every other byte stays as it was.

1. Places are found by a parser, so that prefixes, quotes and order of attributes do not matter.
2. Changes are gathered and made in one go; a part without changes is given back as it came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import quoteattr

_START = re.compile(rb"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>", re.DOTALL)
_DECLARED = re.compile(r"^(<\?xml[^>]*?)\sencoding\s*=\s*([\"'])[^\"']*\2")
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
PASSED_OVER = "sheetData"  # the cells, which no change here is about


@dataclass(slots=True)
class Node:
    """An element where it stands.

    Attributes
    ----------
    tag : str
        As written, prefix included.
    attributes : dict of str to str
        As written, prefixes included.
    start, inside, close, end : int
        Bytes: of the element, of its content, of its end tag, and behind it; for an empty element
        `inside`, `close` and `end` are the same.
    children : list of Node
    """

    tag: str
    attributes: dict[str, str]
    start: int
    inside: int
    close: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name without prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def empty(self) -> bool:
        """Whether it is written as one tag."""
        return self.close == self.end

    def get(self, name: str) -> str:
        """An attribute by its name without prefix; empty if it is not there."""
        return next((v for k, v in self.attributes.items() if k.rpartition(":")[2] == name), "")

    def child(self, name: str) -> Node | None:
        """The first child of a name."""
        return next((node for node in self.children if node.name == name), None)

    def all(self, name: str) -> list[Node]:
        """The children of a name."""
        return [node for node in self.children if node.name == name]


class Part:
    """An XML part and the changes to it.

    Parameters
    ----------
    data : bytes

    Raises
    ------
    ValueError
        If it is not well-formed.
    """

    def __init__(self, data: bytes) -> None:
        self.data = _utf8(data)
        self._edits: list[tuple[int, int, bytes]] = []
        self._added: dict[int, tuple[Node, list[str]]] = {}
        try:
            self.root = _tree(self.data)
        except ExpatError as error:
            raise ValueError(str(error)) from error

    @property
    def prefix(self) -> str:
        """What stands before the names of its elements, colon included."""
        before, colon, _ = self.root.tag.rpartition(":")
        return before + colon

    def text(self, node: Node) -> str:
        """An element as written."""
        return self.data[node.start : node.end].decode()

    def put(self, start: int, end: int, text: str) -> None:
        """Write text in place of some bytes."""
        self._edits.append((start, end, ascii_bytes(text)))

    def replace(self, node: Node, text: str) -> None:
        """Write another element, or none, in the place of one."""
        self.put(node.start, node.end, text)

    def append(self, parent: Node, text: str) -> None:
        """Add content at the end of an element."""
        self._added.setdefault(parent.start, (parent, []))[1].append(text)

    def insert(self, parent: Node, text: str, name: str, order: Sequence[str]) -> None:
        """Add a child behind the last one that goes before it by the order of the format."""
        before = order[: order.index(name) + 1]
        last = next((node for node in reversed(parent.children) if node.name in before), None)
        if last is not None:
            self.put(last.end, last.end, text)
        elif parent.empty:
            self.append(parent, text)
        else:
            self.put(parent.inside, parent.inside, text)

    def attribute(self, node: Node, name: str, value: str) -> None:
        """Set an attribute, written without prefix."""
        tag = self.data[node.start : node.inside]
        found = re.search(rb"\s" + name.encode() + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", tag)
        if found:
            self.put(node.start + found.start(1), node.start + found.end(1), quoteattr(value))
        else:
            place = node.start + 1 + len(node.tag.encode())
            self.put(place, place, f" {name}={quoteattr(value)}")

    def content(self) -> bytes:
        """The part with its changes."""
        edits = list(self._edits)
        for node, texts in self._added.values():
            text = "".join(texts)
            if node.empty:
                edits.append((node.end - 2, node.end, ascii_bytes(f">{text}</{node.tag}>")))
            else:
                edits.append((node.close, node.close, ascii_bytes(text)))
        pieces, place = [], 0
        for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
            pieces += [self.data[place:start], new]
            place = end
        return b"".join([*pieces, self.data[place:]])


def ascii_bytes(text: str) -> bytes:
    """XML that reads the same whatever encoding the part declares."""
    return text.encode("ascii", "xmlcharrefreplace")


def _utf8(data: bytes) -> bytes:
    """The same part in UTF-8, if it is in UTF-16."""
    if not data.startswith(MARKS):
        return data
    return _DECLARED.sub(r'\1 encoding="UTF-8"', data.decode("utf-16")).encode()


def _tree(data: bytes) -> Node:
    """Elements and their places; what is inside the sheet's data is passed over."""
    parser = ParserCreate()
    top = Node("", {}, 0, 0)
    stack = [top]
    within = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal within
        if within:
            within += 1
            return
        start = parser.CurrentByteIndex
        match = _START.match(data, start)
        node = Node(tag, attributes, start, match.end() if match else start)
        stack[-1].children.append(node)
        stack.append(node)
        within = int(node.name == PASSED_OVER)

    def closed(_tag: str) -> None:
        nonlocal within
        within = max(within - 1, 0)
        if within:
            return
        node = stack.pop()
        empty = data[node.inside - 2 : node.inside] == b"/>"
        node.close = node.inside if empty else parser.CurrentByteIndex
        node.end = node.inside if empty else data.index(b">", node.close) + 1

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.Parse(data, True)
    return top.children[0]
