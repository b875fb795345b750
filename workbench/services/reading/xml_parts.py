"""Elements of an XML part, one after the other, in little memory however large the part is."""

from collections.abc import Iterator
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
    """Yield the finished elements so many levels below the root, each behind the tag of its parent, in their order.

    Args:
        chunks: The part, a little at a time.
        depth: 1 for the children of the root, 2 for their children.
        until: Children of the root at which reading stops, because nothing after them is wanted.

    Raises:
        BadXml: If the part is not well formed up to there, or would fill the memory.
    """
    tree = _Tree()
    unfinished = 0
    for chunk in chunks:
        tree.feed(chunk)
        unfinished += len(chunk)
        for found in tree.taken(depth):
            unfinished = 0
            yield found
        if any(local(child.tag) in until for child in tree.root):
            return
        if unfinished > ELEMENT_BYTES:
            raise BadXml
    tree.finish()
    yield from tree.taken(depth)


def root_of(chunks: Iterator[bytes]) -> Element:
    """Return the whole tree of a small part.

    Raises:
        BadXml: If the part is not well formed or not small.
    """
    tree = _Tree()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > ELEMENT_BYTES:
            raise BadXml
        tree.feed(chunk)
    tree.finish()
    return tree.root


class _Tree:
    """A tree that grows with what is fed, and from which finished elements are taken away."""

    def __init__(self) -> None:
        self.root = Element("")
        self._is_over = False
        self._builder = TreeBuilder()
        # expat tells the builder of each element without a line of Python between them: a sheet has millions.
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._builder.end
        self._parser.CharacterDataHandler = self._builder.data
        # Without a document type there are no entities: none that multiply, and none from other files.
        self._parser.StartDoctypeDeclHandler = _refuse

    def feed(self, chunk: bytes) -> None:
        """Take more of the part."""
        self._parse(chunk, is_last=False)

    def finish(self) -> None:
        """Say that there is no more."""
        self._parse(b"", is_last=True)
        self._is_over = True

    def taken(self, depth: int) -> Iterator[tuple[str, Element]]:
        """Take away what is finished at a level, with the tags of the parents."""
        if depth == 1:
            yield from self._cut(self.root, is_open=not self._is_over)
            return
        for child in list(self.root[:-1]):
            yield from self._cut(child, is_open=False)
        for child in list(self.root[-1:]):
            yield from self._cut(child, is_open=not self._is_over)
        del self.root[:-1]

    @staticmethod
    def _cut(parent: Element, *, is_open: bool) -> Iterator[tuple[str, Element]]:
        """Take away the children of an element; the last one of an open element may not be finished."""
        count = len(parent) - (1 if is_open else 0)
        if count > 0:
            finished = list(parent[:count])
            del parent[:count]
            tag = local(parent.tag)
            yield from ((tag, element) for element in finished)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin the root; the elements below it go straight to the builder."""
        self.root = self._builder.start(tag, attributes)
        self._parser.StartElementHandler = self._builder.start

    def _parse(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # An encoding that expat does not know is a LookupError or ValueError.
            raise BadXml from error


def _refuse(*_declaration: Any) -> None:
    """Refuse a document type."""
    raise BadXml
