"""Elements of an XML part, one after the other, in little memory however large the part is."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

ELEMENT_BYTES = 1 << 19
"""One element, a row of a sheet for instance, is no longer than this."""

NOWHERE: frozenset[str] = frozenset()


class BadXml(ValueError):
    """A part that is no XML, declares a document type, or has an element of unreasonable size."""


def local(name: str) -> str:
    """Return a tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def elements(chunks: Iterator[bytes], depth: int, until: frozenset[str] = NOWHERE) -> Iterator[tuple[str, Element]]:
    """Yield the finished elements at a depth below the root, each after the tag of its parent.

    Args:
        chunks: The part, a little at a time; no chunk is empty.
        depth: 1 for the children of the root, 2 for their children.
        until: Children of the root at which reading stops, because nothing after them is wanted.

    Raises:
        BadXml: If the part is not well formed up to there, or would fill the memory.
    """
    tree = _Tree()
    unfinished = 0
    for chunk in chain(chunks, (b"",)):
        tree.feed(chunk)
        unfinished += len(chunk)
        parents = [tree.root] if depth == 1 else list(tree.root)
        for parent in parents:
            # The last element may be unfinished as long as more chunks follow.
            finished = list(parent[: len(parent) - bool(chunk and parent is parents[-1])])
            del parent[: len(finished)]
            tag = local(parent.tag)
            for element in finished:
                unfinished = 0
                yield tag, element
        if any(local(parent.tag) in until for parent in parents):
            return
        if unfinished > ELEMENT_BYTES:
            raise BadXml
        if depth > 1:
            del tree.root[:-1]


class _Tree:
    """A tree that grows with each chunk; the caller removes the elements that it has read."""

    def __init__(self) -> None:
        self.root = Element("")
        self._builder = TreeBuilder()
        # expat calls the builder without Python code in between: a sheet has millions of elements.
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._builder.end
        self._parser.CharacterDataHandler = self._builder.data
        # Without a document type there are no entities: none that multiply, and none from other files.
        self._parser.StartDoctypeDeclHandler = _refuse

    def feed(self, chunk: bytes) -> None:
        """Parse one more chunk; an empty one ends the part."""
        try:
            self._parser.Parse(chunk, not chunk)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # An encoding that expat does not know is a LookupError or ValueError.
            raise BadXml from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin the root; the elements below it go straight to the builder."""
        self.root = self._builder.start(tag, attributes)
        self._parser.StartElementHandler = self._builder.start


def _refuse(*_declaration: Any) -> None:
    """Refuse a document type."""
    raise BadXml
