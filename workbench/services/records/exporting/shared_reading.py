"""Exports many applications with two processes, which read the same snapshot of the database."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import func, select

from db.queries.published import APPLICATION
from workbench.services.foundation.context import Context
from workbench.services.foundation.workers import HelperProcess, distribute, optional_helper
from workbench.services.records.exporting import applications
from workbench.services.records.exporting.request import ExportRequest
from workbench.services.records.exporting.sheets import encode_page
from workbench.services.records.exporting.source import ExportSource, KeyRange

EncodedPage = tuple[int, bytes]
"""A number of rows, and their text."""

_MANY_APPLICATIONS = 50_000
"""The number of applications from which a second process saves more time than its start takes."""


class _Reader:
    """Reads applications in one process; `source` is the snapshot that `open` opened."""

    source: ExportSource

    def __init__(self, context: Context, request: ExportRequest) -> None:
        # Both processes use the same time: without arguments, `replace` of a datetime returns that datetime each time.
        self.context = replace(context, now=context.now().replace)
        self._request = request

    def open(self, opened: ExitStack) -> None:
        """Read the present snapshot of the database until the stack is closed."""
        session = opened.enter_context(self.context.read())
        self.source = ExportSource.of(self.context, session, self._request)

    def texts(self, portion: KeyRange) -> list[EncodedPage]:
        """Return the texts of the pages of a portion."""
        pages = applications.pages_of(self.source, portion)
        return [encode_page(self._request.chosen_format, applications.COLUMNS, page) for page in pages]


def shared_texts(context: Context, request: ExportRequest) -> Iterator[EncodedPage]:
    """Yield the requested applications as encoded pages, in the order of their ids."""
    with ExitStack() as opened:
        reader = _Reader(context, request)
        helper = opened.enter_context(optional_helper(is_wanted=_are_many(context)))
        if helper is None:
            reader.open(opened)
        else:
            _open_in_both(reader, helper, opened)
        portions = reader.source.portions(APPLICATION.c.id)
        for texts in distribute(_Reader.texts, reader, portions, helper, has_begun=True):
            yield from texts


def _are_many(context: Context) -> bool:
    with context.read() as session:
        return (session.execute(select(func.max(APPLICATION.c.id))).scalar() or 0) >= _MANY_APPLICATIONS


def _open_in_both(reader: _Reader, helper: HelperProcess, opened: ExitStack) -> None:
    """Open the same snapshot in both processes, while nobody can write."""
    # The other process imports its modules and connects before the write lock is taken, so that nobody waits for that.
    helper.begin(_connect, reader)
    helper.send(None)
    helper.result()
    helper.begin(_texts, reader)
    with reader.context.write():
        helper.send(None)
        reader.open(opened)
        helper.result()


_UNTIL_THE_END = ExitStack()
"""Keeps the snapshot of the helper process open."""


def _connect(reader: _Reader, _task: None) -> None:
    with reader.context.read():
        pass


def _texts(reader: _Reader, portion: KeyRange | None) -> list[EncodedPage]:
    """Return the encoded pages of a portion; None opens the snapshot, which stays open until the process ends."""
    if portion is None:
        reader.open(_UNTIL_THE_END)
        return []
    return reader.texts(portion)
