"""The work on the first cases while the whole demo is being made."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

from sqlmodel import Session

from db.engine import Database
from db.queries.claim import holds_of
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.services.case.casefiles import CaseFiles
from workbench.services.database.opening import open_services
from workbench.services.queue.claims import Claims
from workbench.services.wiring import Services


class _WaitingDatabase(Database):
    """A database that is only read: a write waits for the whole demo, and is made there."""

    wait_for_whole: Callable[[], Database]

    @contextmanager
    def write(self, *, is_bulk: bool = False, wait_s: float | None = None) -> Iterator[Session]:
        with self.wait_for_whole().write(is_bulk=is_bulk, wait_s=wait_s) as session:
            yield session


class FirstCases(Claims):
    """The claims of a person who has opened the first cases; moves the person's services to the whole demo.

    Until then, the person can claim one of the first cases. Every other write waits, so that it is made in the whole
    demo, after its history.
    """

    def __init__(self, services: Services, made: "Future[Path]") -> None:
        super().__init__(services.context, services.casefiles)
        first = replace(services.context)
        self._first, self._made, self._services = Claims(first, CaseFiles(first)), made, services
        # A claim is made either before the move, which then repeats it, or after it.
        self._lock = Lock()
        services.context.database = self._waiting = _WaitingDatabase(first.database.path)
        self._waiting.wait_for_whole, services.claims = self._move_to_whole, self
        made.add_done_callback(lambda _made: None if made.exception() else self._move_to_whole())

    def next(self, filter_text: str = "") -> CaseFile | NoNextCase:
        """Claim the next case among the first cases; if there is none, wait for the whole demo."""
        with self._lock:
            found = self._first.next(filter_text) if self.context.database is self._waiting else None
        if isinstance(found, CaseFile):
            return found
        self._move_to_whole()
        return super().next(filter_text)

    def _move_to_whole(self) -> Database:
        """Wait for the whole demo, move to it, claim there what the person holds, and return its database.

        If the program ends meanwhile, return the database of the first cases: the next start makes the demo again.
        """
        first, context = self._first.context, self.context
        while wait((self._made,), timeout=0.2).not_done:
            if context.cache.is_closing.is_set():
                return first.database
            self._services.notify_waiting()
        with self._lock:
            if context.database is self._waiting:
                whole = open_services(self._made.result(), first.actor.login, first.now, resumes=False)
                with first.read() as session:
                    held = holds_of(session, first.actor.id, first.now()).on_desk
                for case_id in held:
                    whole.claims.next(format_case(case_id))
                moved = whole.context
                context.database, context.store, context.cache = moved.database, moved.store, moved.cache
                # What is being read there goes on with the open files; a reset by another start may remove it first.
                shutil.rmtree(first.database.path.parent, ignore_errors=True)
        return context.database
