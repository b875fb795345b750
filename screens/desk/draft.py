"""The draft of a case: the input of a reviewer before the verdict."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any


class Draft:
    """The unfinished work on one case; only one save runs at a time."""

    def __init__(self, case_id: int, body: Mapping[str, Any], store: Callable[[int, Mapping[str, Any]], None]) -> None:
        self.case_id = case_id
        self.body: dict[str, Any] = dict(body)
        self.saved: Mapping[str, Any] = dict(body)
        self._store = store
        self._save_lock = asyncio.Lock()

    def change(self, name: str, value: Any) -> bool:
        """Change one part; return whether its value changed."""
        if self.body.get(name) == value:
            return False
        self.body[name] = value
        return True

    async def save(self) -> None:
        """Save the changes; the changes of a failed save are saved with the next one.

        Raises:
            WorkbenchError: If the database refuses it.
        """
        async with self._save_lock:
            if self.body != self.saved:
                await asyncio.to_thread(self.save_now)

    def save_now(self) -> None:
        """Save the changes at once, even while another save is running; any thread may call it.

        Raises:
            WorkbenchError: If the database refuses it.
        """
        body = dict(self.body)
        if body != self.saved:
            self._store(self.case_id, body)
            self.saved = body
