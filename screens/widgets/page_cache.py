"""A cache of the pages of a filtered list, limited to the most recently used pages."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial

from workbench.domain.filter.case_row import CaseRowView
from workbench.domain.filter.ordering import DEFAULT_LAYOUT, LATE, ListLayout
from workbench.services.queue.listing import Queue

PAGE_ROWS = 100
"""Rows of a page."""

MAX_PAGES = 12
"""Pages that are kept, so that a long list takes no more memory than a short one."""

_COUNT_FIRST_FROM = 1000
"""From this row on, the list is counted before a page is read. A page in its second half is read from the end."""


class PageCache:
    """The pages of one load of a list. Each load has its own cache, so that a late answer cannot reach another load."""

    def __init__(self, queue: Queue, filter_text: str, layout: ListLayout = DEFAULT_LAYOUT) -> None:
        self.filter_text = filter_text
        self.layout = layout
        self.count: int | None = None
        """The number of rows, None until they are counted."""
        self._queue = queue
        self._pages: OrderedDict[int, tuple[CaseRowView, ...]] = OrderedDict()
        self._known_count = 0
        """The rows that exist for sure, judging by the pages that were read."""
        self._is_end_known = False
        """Whether a page with the last row was read."""

    @property
    def length(self) -> int:
        """The number of rows; until they are counted, the rows read so far, plus a page if the end is unknown."""
        if self.count is not None:
            return self.count
        return self._known_count if self._is_end_known else self._known_count + PAGE_ROWS

    def row(self, index: int) -> CaseRowView | None:
        """Return a row, None if it has not been read yet."""
        page = self._pages.get(index // PAGE_ROWS)
        position = index % PAGE_ROWS
        return page[position] if page is not None and position < len(page) else None

    def _id(self, index: int) -> int | None:
        """Return the case of a row, None if the row has not been read yet."""
        row = self.row(index)
        return row.id if row is not None else None

    def missing(self, first: int, last: int) -> int | None:
        """Return the number of the first unread page between two rows."""
        last = min(last, self.length - 1)
        numbers = range(first // PAGE_ROWS, last // PAGE_ROWS + 1)
        return next((number for number in numbers if number not in self._pages), None)

    async def open_at(self, case_id: int | None, index: int) -> int:
        """Read the page with a case, and return the row of the case; use the row `index` if the list lacks the case.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        row_of_case = None
        if case_id is not None:
            row_of_case = await asyncio.to_thread(self._queue.place_of, self.filter_text, case_id, self.layout.order)
        at = index if row_of_case is None else row_of_case
        if at >= _COUNT_FIRST_FROM:
            await self.count_all()
        if self.count is not None:
            at = min(at, max(0, self.count - 1))
        await self.read(at // PAGE_ROWS)
        if self.row(at) is None and at >= PAGE_ROWS:
            # The list became shorter.
            await self.count_all()
            at = max(0, self.length - 1)
            await self.read(at // PAGE_ROWS)
        if case_id is not None and row_of_case is None:
            # Counting the rows before the case can be slow, but the case is often still near.
            at = next((near for near in range(at - PAGE_ROWS, at + PAGE_ROWS) if self._id(near) == case_id), at)
        return min(at, max(0, self.length - 1))

    async def read(self, number: int) -> None:
        """Read a page and cache it.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        self.put(number, await self.fetch(number))

    async def fetch(self, number: int) -> tuple[CaseRowView, ...]:
        """Read a page without caching it.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        order, with_late = self.layout.order, LATE in self.layout.columns
        start = number * PAGE_ROWS
        page = partial(
            self._queue.page, order=order, start=start, limit=PAGE_ROWS, total=self.count, with_late=with_late
        )
        return await asyncio.to_thread(page, self.filter_text)

    def put(self, number: int, rows: tuple[CaseRowView, ...]) -> None:
        """Cache a page, and drop the least recently used page if there are too many."""
        self._pages[number] = rows
        self._pages.move_to_end(number)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)
        if rows or number == 0:
            self._known_count = max(self._known_count, number * PAGE_ROWS + len(rows))
        if len(rows) < PAGE_ROWS:
            self._is_end_known = True
            self._known_count = min(self._known_count, number * PAGE_ROWS + len(rows))

    def replace(self, pages: Mapping[int, tuple[CaseRowView, ...]]) -> None:
        """Cache only these pages; the others may have changed too, and are read when they are shown."""
        self._pages.clear()
        for number, rows in pages.items():
            self.put(number, rows)

    def has_same_order(self, number: int, fresh: tuple[CaseRowView, ...]) -> bool:
        """Return whether a page has the same cases in the same order as the cached one."""
        return [self._id(number * PAGE_ROWS + at) for at in range(len(fresh))] == [row.id for row in fresh]

    async def count_all(self) -> None:
        """Count the rows.

        Raises:
            WorkbenchError: If they cannot be counted.
        """
        self.count = await asyncio.to_thread(self._queue.count, self.filter_text)

    def mark_used(self, first: int, last: int) -> None:
        """Mark the pages of these rows as used, so that they are kept."""
        for number in range(first // PAGE_ROWS, last // PAGE_ROWS + 1):
            if number in self._pages:
                self._pages.move_to_end(number)
