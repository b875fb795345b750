"""The rows of one filter as far as they are read: a few pages, the oldest forgotten."""

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.service_protocols import QueueService
    from workbench.domain.case.casefile import CaseRowView

PAGE = 100
"""Rows that are read at one go."""

KEPT = 12
"""Pages that are remembered; the list takes the same memory however long it is."""

_FAR = 1000
"""From here on a page is read with the count known, which lets the second half be read from its end."""


class RowPages:
    """One reading of a list; another reading is another object, so that late answers reach nobody."""

    def __init__(self, rows: "QueueService", filter_text: str) -> None:
        self.filter_text = filter_text
        self.count: int | None = None
        self._rows = rows
        self._pages: OrderedDict[int, tuple[CaseRowView, ...]] = OrderedDict()
        self._known = 0
        self._is_whole = False

    @property
    def length(self) -> int:
        """How many rows there are, as far as that is known: a page more than was read while it may go on."""
        if self.count is not None:
            return self.count
        return self._known if self._is_whole else self._known + PAGE

    @property
    def is_counted(self) -> bool:
        """Whether the length is the true one."""
        return self.count is not None or self._is_whole

    def row(self, index: int) -> "CaseRowView | None":
        """Return a row, None if it is not read yet."""
        page = self._pages.get(index // PAGE)
        at = index % PAGE
        return page[at] if page is not None and at < len(page) else None

    def missing(self, first: int, last: int) -> int | None:
        """Return the first page between two rows that is not read yet."""
        last = min(last, self.length - 1)
        return next((at for at in range(first // PAGE, last // PAGE + 1) if at not in self._pages), None)

    async def begin(self, case_id: int | None, index: int) -> int:
        """Read the page of a case, else that of a row, and return the row to stand on.

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
            # The list has become shorter than that.
            await self.count_all()
            at = max(0, self.length - 1)
            await self.read(at // PAGE)
        return min(at, max(0, self.length - 1))

    async def read(self, number: int) -> "tuple[CaseRowView, ...]":
        """Read a page.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        found = await self.fetch(number)
        self.put(number, found)
        return found

    async def fetch(self, number: int) -> "tuple[CaseRowView, ...]":
        """Return a page as it is now, and keep what is shown.

        Raises:
            WorkbenchError: If it cannot be read.
        """
        return await asyncio.to_thread(
            self._rows.page, self.filter_text, start=number * PAGE, limit=PAGE, total=self.count
        )

    def put(self, number: int, found: "tuple[CaseRowView, ...]") -> None:
        """Remember a page, and forget the one that was not asked for longest."""
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
        """Take note that these rows are looked at, so that their pages stay."""
        for number in range(first // PAGE, last // PAGE + 1):
            if number in self._pages:
                self._pages.move_to_end(number)
