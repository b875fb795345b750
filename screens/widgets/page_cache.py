"""A cache of the pages of a filtered list, limited to the pages used last."""

import asyncio
from collections import OrderedDict

from screens.service_protocols import QueueService
from workbench.domain.case.casefile import CaseRowView

PAGE = 100
"""Rows of a page."""

KEPT = 12
"""Pages that are kept, so that a long list takes no more memory than a short one."""

_FAR = 1000
"""From this row on the list is counted before a page is read, so that its second half can be read from the end."""


class PageCache:
    """The pages of one load of a list; each load has its own object, so that a late answer cannot reach the next."""

    def __init__(self, rows: QueueService, filter_text: str) -> None:
        self.filter_text = filter_text
        self.count: int | None = None
        self._rows = rows
        self._pages: OrderedDict[int, tuple[CaseRowView, ...]] = OrderedDict()
        self._known = 0
        self._is_whole = False

    @property
    def length(self) -> int:
        """The number of rows; before they are counted, one page more than was read unless the end was reached."""
        if self.count is not None:
            return self.count
        return self._known if self._is_whole else self._known + PAGE

    def row(self, index: int) -> CaseRowView | None:
        """Return a row, None if it is not read yet."""
        page = self._pages.get(index // PAGE)
        at = index % PAGE
        return page[at] if page is not None and at < len(page) else None

    def missing(self, first: int, last: int) -> int | None:
        """Return the number of the first unread page between two rows."""
        last = min(last, self.length - 1)
        return next((at for at in range(first // PAGE, last // PAGE + 1) if at not in self._pages), None)

    async def begin(self, case_id: int | None, index: int) -> int:
        """Read the page of a case, otherwise that of a row, and return the row for the cursor.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        place = None
        if case_id is not None:
            place = await asyncio.to_thread(self._rows.place_of, self.filter_text, case_id)
        at = index if place is None else place
        if at >= _FAR:
            await self.count_all()
        if self.count is not None:
            at = min(at, max(0, self.count - 1))
        await self.read(at // PAGE)
        if self.row(at) is None and at >= PAGE:
            # The list became shorter.
            await self.count_all()
            at = max(0, self.length - 1)
            await self.read(at // PAGE)
        return min(at, max(0, self.length - 1))

    async def read(self, number: int) -> tuple[CaseRowView, ...]:
        """Read a page.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        found = await self.fetch(number)
        self.put(number, found)
        return found

    async def fetch(self, number: int) -> tuple[CaseRowView, ...]:
        """Read a page without replacing the cached one.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        return await asyncio.to_thread(
            self._rows.page, self.filter_text, start=number * PAGE, limit=PAGE, total=self.count
        )

    def put(self, number: int, found: tuple[CaseRowView, ...]) -> None:
        """Cache a page and drop the one that was used least recently."""
        self._pages[number] = found
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        if found or number == 0:
            self._known = max(self._known, number * PAGE + len(found))
        if len(found) < PAGE:
            self._is_whole = True
            self._known = min(self._known, number * PAGE + len(found)) if found else min(self._known, number * PAGE)

    async def count_all(self) -> None:
        """Count the rows.

        Raises:
            WorkbenchError: If they cannot be counted.
        """
        self.count = await asyncio.to_thread(self._rows.count, self.filter_text)

    def touch(self, first: int, last: int) -> None:
        """Mark the pages of these rows as used, so that they are kept."""
        for number in range(first // PAGE, last // PAGE + 1):
            if number in self._pages:
                self._pages.move_to_end(number)
