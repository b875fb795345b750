"""Finds the applications of a batch that get a case, first those whose cases do not depend on later rows."""

from array import array
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, and_, exists, false, select

from db.dialect import BulkRows
from db.enums import ImportKind
from db.queries.card_counts import applicant_column
from db.queries.published import Snapshot, chunks, current_case_id, newest_visible_rows
from workbench.services.case.evidence_reader import CALL_WINDOW, CARD, application_key
from workbench.services.case.known_people import Key
from workbench.services.intake.batches.publishing import published_call_batches
from workbench.services.intake.importing.classifying.columns import TABLES
from workbench.services.intake.importing.new_cases import NewBatch

_TOGETHER = 2_000
_APPLICATION = TABLES[ImportKind.APPLICATIONS]
_APPLICANT_COLUMNS = ("uscc", "handler_id_hash")


class Applicants:
    """The applicants of all new applications of an import, in 16 bytes for each application."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._repeated: set[int] = set()

    def add(self, applications: BulkRows) -> None:
        """Add the applicants of some applications."""
        for name in _APPLICANT_COLUMNS:
            self._hashes.extend(map(hash, filter(None, applications.column(name))))

    def find_repeated(self) -> None:
        """Find the applicants with several applications, after all have been added."""
        # Only large imports need it.
        import numpy as np

        hashes, counts = np.unique(np.frombuffer(self._hashes, dtype=np.int64), return_counts=True)
        self._repeated = set(hashes[counts > 1].tolist())
        self._hashes = array("q")

    def are_repeated(self, applications: BulkRows) -> Sequence[bool]:
        """Say for each application whether its applicant has other applications in the import."""
        columns = zip(*map(applications.column, ("applicant_kind", *_APPLICANT_COLUMNS)), strict=True)
        return [
            hash(uscc if applicant_column(kind, uscc) == "uscc" else handler_id_hash) in self._repeated
            for kind, uscc, handler_id_hash in columns
        ]


class NewApplications:
    """The applications of a batch that get a case.

    Most cases are opened as soon as their application is written. Two kinds of cases must wait for the last row. If an
    applicant has several applications in the import, a rule counts the cards of all of them. If a number has calls, its
    figures are computed after all rows are written.
    """

    def __init__(self, batch: NewBatch, applicants: Applicants | None) -> None:
        """Begin with a batch without rows; without `applicants`, all cases wait for the last row."""
        self._context = batch.context
        self._batch_id = batch.batch_id
        self._applicants = applicants
        self._waiting = array("q")
        self._last_id = 0
        is_own = _APPLICATION.c.batch_id == batch.batch_id
        # With `applicants`, nothing is updated, so no application has a case.
        has_case = current_case_id(_APPLICATION).is_not(None) if applicants is None else false()
        has_calls = _has_calls() if published_call_batches(self._context) else false()
        self._statement = select(_APPLICATION.c.id, has_case, has_calls).where(is_own).order_by(_APPLICATION.c.id)

    def ready_after(self, applications: BulkRows) -> Sequence[int]:
        """Return the ids of the applications, among those written just now, whose cases can be opened at once."""
        with self._context.read() as session:
            rows = session.execute(self._statement.where(_APPLICATION.c.id > self._last_id)).all()
        if rows:
            self._last_id = rows[-1].id
        if self._applicants is None:
            self._waiting.extend(row_id for row_id, has_case, _has_calls in rows if not has_case)
            return []
        ready: list[int] = []
        for (row_id, has_case, has_calls), is_repeated in zip(
            rows, self._applicants.are_repeated(applications), strict=True
        ):
            if not has_case:
                ids = self._waiting if has_calls or is_repeated else ready
                ids.append(row_id)
        return ready

    def waiting(self, with_new_case: set[Key]) -> Iterator[Sequence[int]]:
        """Yield the ids of the other applications and of those in `with_new_case`, in portions, after the last row."""
        yield from chunks(self._waiting, _TOGETHER)
        columns = (_APPLICATION.c.agent, _APPLICATION.c.application_no)
        for portion in chunks(sorted(with_new_case), _TOGETHER):
            with self._context.read() as session:
                snapshot = Snapshot(own_batch=self._batch_id)
                found = newest_visible_rows(session, columns, portion, application_key, snapshot)
            yield [row["id"] for row in found]


def _has_calls() -> ColumnElement[bool]:
    """Return the condition that a card of an application has calls in a published file."""
    is_card = and_(CARD.c.agent == _APPLICATION.c.agent, CARD.c.application_no == _APPLICATION.c.application_no)
    return exists().where(is_card, CARD.c.msisdn_hash != "", CALL_WINDOW.c.msisdn_hash == CARD.c.msisdn_hash)
