"""Reads XML parts of any size element by element, in little memory."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

ELEMENT_BYTES = 1 << 19
"""The most bytes of one element, for example a row of a sheet."""

NOWHERE: frozenset[str] = frozenset()


class BadXml(ValueError):
    """The part is not XML, declares a document type, or has an element that is too large."""


def local_name(name: str) -> str:
    """Return a tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def elements(chunks: Iterator[bytes], depth: int, until: frozenset[str] = NOWHERE) -> Iterator[tuple[str, Element]]:
    """Yield the complete elements at a depth below the root, each with the tag of its parent.

    Args:
        chunks: The part in chunks; none is empty.
        depth: 1 for the children of the root, 2 for their children.
        until: Children of the root at which reading stops.

    Raises:
        BadXml: If the part is not well-formed up to there, or would fill the memory.
    """
    tree = _Tree()
    unfinished = 0
    for chunk in chain(chunks, (b"",)):
        tree.feed(chunk)
        unfinished += len(chunk)
        parents = [tree.root] if depth == 1 else list(tree.root)
        for parent in parents:
            # Until the last chunk, the last element may be incomplete.
            is_growing = chunk and parent is parents[-1]
            finished = list(parent[:-1] if is_growing else parent)
            del parent[: len(finished)]
            tag = local_name(parent.tag)
            for element in finished:
                unfinished = 0
                yield tag, element
        if any(local_name(parent.tag) in until for parent in parents):
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
        # Without a document type there are no entities, which could multiply or read other files.
        self._parser.StartDoctypeDeclHandler = _refuse

    def feed(self, chunk: bytes) -> None:
        """Parse one more chunk; an empty one ends the part."""
        try:
            self._parser.Parse(chunk, not chunk)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # An unknown encoding raises a LookupError or ValueError.
            raise BadXml from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Start the root; expat then calls the builder directly."""
        self.root = self._builder.start(tag, attributes)
        self._parser.StartElementHandler = self._builder.start


def _refuse(*_declaration: Any) -> None:
    """Refuse a document type."""
    raise BadXml
