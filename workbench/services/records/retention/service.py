"""Counts what retention would erase, and erases it for an admin, a few applications at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import Session, col

from db import dialect
from db.models import SettingRow
from db.queries.published import chunks
from workbench.domain.policy.retention import RetentionKind, RetentionPolicy
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import BadConfiguration, Busy, WorkbenchError
from workbench.i18n import _
from workbench.services.case.known_people import Key
from workbench.services.foundation.context import Service
from workbench.services.foundation.input_checks import checked_reason
from workbench.services.foundation.locations import storage_errors
from workbench.services.foundation.row_values import summed
from workbench.services.intake.batches.publishing import EVENT, context_of_last_actor, try_import_lock
from workbench.services.records.retention.counting import RetentionCounts, count_retention
from workbench.services.records.retention.erasing import (
    EVIDENCE_ERASED,
    erase_application,
    erase_opt_outs,
    erase_unlinked,
)
from workbench.services.records.retention.files import CALLS_ERASED, ErasedFiles, erase_calls, erase_pending_files
from workbench.services.records.retention.sharing import SubjectSharing
from workbench.services.site import due_erasures
from workbench.services.site.admin_requests import AdminRequest, RequestKind, approvable, make_request, open_requests
from workbench.services.site.file_checks import REMNANTS_SETTING, has_remnants, kept_by_server, older_copies
from workbench.services.site.machine_clock import erasing_clock_problem
from workbench.services.site.people import needs_other_admin

APPLIED = RequestKind.ERASURE.applied
APPROVED = "retention approve"
COMPACTED = "retention compact"
"""The names of the acts in events."""

_ERASING_ACTS = (due_erasures.ERASED, EVIDENCE_ERASED, CALLS_ERASED)

_ERASED_TOGETHER = 10
_ROWS_ERASED_TOGETHER = 2_000
_COMPARED_TOGETHER = 2_000
_COMPACTED_AT_ONCE_BYTES = 100_000_000
"""A larger file, or a database on a server, is compacted only on demand, because nobody can write meanwhile."""

RetentionProgressCallback = Callable[[int, int], object]
"""A callback that gets the number of finished applications and of all applications."""


@dataclass(slots=True, kw_only=True)
class ErasureReport:
    """The result of an erasure."""

    cases: Counter[RetentionKind] = field(default_factory=Counter)
    """The number of erased cases by kind."""
    parts: Counter[RetentionKind] = field(default_factory=Counter)
    """The number of erased parts of other cases by kind."""
    files: ErasedFiles = field(default_factory=ErasedFiles)
    has_remnants: bool = False
    """Whether the database must still be compacted."""
    kept_by_server: tuple[str, ...] = ()
    copies: tuple[Path, ...] = ()
    """The copies of the database that upgrades made beside it; they still contain everything that was erased."""


def _ignore(_done: int, _all: int) -> None:
    """Ignore progress."""


class Retention(Service):
    """Counts and erases the personal values whose retention period is over."""

    def show(self) -> RetentionCounts:
        """Return the counts of what would be erased now, and of what stays, by reason."""
        with self.context.read() as session:
            rules = self._rules(session)
            return count_retention(session, self.context.store, due_erasures.retained(session, *rules), *rules)

    def needs_other_admin(self) -> bool:
        """Say whether another admin must agree before anything is erased."""
        with self.context.read() as session:
            return needs_other_admin(session)

    def apply(self, reason: str, progress: RetentionProgressCallback = _ignore) -> ErasureReport | AdminRequest:
        """Erase what is due, or if there is another admin, return the request to that admin.

        A request of this admin that is open already is returned again. After an interruption, the next run continues,
        and any start of the program erases the pending files.

        Raises:
            NotAllowed: If the person is not an admin.
            WrongUsage: If no reason is given.
            Busy: If an import or another erasure is running.
            BadConfiguration: If the clock of this machine must be wrong, or has to be confirmed.
        """
        # The reason stays when the case is gone, so it must not contain a number.
        text = mask_digits_within(checked_reason(reason, _("Erasing needs a reason.")))
        with self.context.as_admin(APPLIED), self._alone():
            self._check_clock()
            if not self.needs_other_admin():
                return self._erase_due(text, progress)
            if not (self._due() or self._due_unlinked().count):
                return self._completed(ErasureReport())
            return self._request(text)

    def approve(self, number: int, progress: RetentionProgressCallback = _ignore) -> ErasureReport:
        """Agree to a request of another admin, and erase what is due. The request stays open until that is done.

        Raises:
            NotAllowed: If the person is not an admin, or made the request.
            NotFound: If no such request is open.
            Busy: If an import or another erasure is running.
            BadConfiguration: If the clock of this machine must be wrong, or has to be confirmed.
        """
        with self.context.as_admin(APPROVED), self._alone():
            self._check_clock()
            with self.context.write() as session:
                request = approvable(session, self.context, number, RequestKind.ERASURE)
                self.context.log(session, APPROVED, body={"request": number})
            erased = self._erase_due(request.values["reason"], progress)
            self.context.log_alone(APPLIED, body={"request": number})
        return erased

    def _request(self, reason: str) -> AdminRequest:
        """Ask another admin to agree, unless an open request of this admin does so already."""
        with self.context.write() as session:
            for request in open_requests(session, self.context, RequestKind.ERASURE):
                if request.requested_by_id == self.context.actor.id:
                    return request
            return make_request(session, self.context, RequestKind.ERASURE, {"reason": reason})

    def _erase_due(self, reason: str, progress: RetentionProgressCallback) -> ErasureReport:
        erased = ErasureReport(files=erase_pending_files(self.context))
        due = self._due()
        done = 0
        for portion in chunks(due, _COMPARED_TOGETHER):
            with self.context.read() as session:
                sharing = SubjectSharing(session, portion)
            for keys in chunks(portion, _ERASED_TOGETHER):
                self._erase(keys, reason, sharing, erased)
                done += len(keys)
                progress(done, len(due))
        erased.files = summed(erased.files, erase_pending_files(self.context))
        self._erase_unlinked(reason, erased)
        path = self.context.database.path
        if not dialect.is_server(path) and path.stat().st_size <= _COMPACTED_AT_ONCE_BYTES:
            self._compact()
        return self._completed(erased)

    def _completed(self, erased: ErasureReport) -> ErasureReport:
        """Complete a report with the places that may still contain what was erased."""
        with self.context.read() as session:
            erased.has_remnants = has_remnants(session)
        erased.copies = tuple(older_copies(self.context.database.path))
        erased.kept_by_server = kept_by_server(self.context.database.path)
        return erased

    def compact(self) -> bool:
        """Remove remnants of erased rows from unused parts of the database; return whether none are left.

        Other processes cannot write meanwhile, for about a second for each 100 MB.

        Raises:
            NotAllowed: If the person is not an admin.
            Busy: If an import or an erasure is running.
        """
        with self.context.as_admin(COMPACTED), self._alone():
            return self._compact()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep imports and other erasures away from this block."""
        with try_import_lock(self.context.store) as is_mine:
            if not is_mine:
                raise Busy(_("An import or another erasure is running in this database; try again when it is done."))
            yield

    def _compact(self) -> bool:
        with self.context.read() as session:
            if not has_remnants(session):
                return True
        with storage_errors(self.context.database.path):
            is_clean = self.context.database.compact()
        if is_clean:
            with self.context.write() as session:
                session.execute(delete(SettingRow).where(col(SettingRow.name) == REMNANTS_SETTING))
        return is_clean

    def finish(self) -> None:
        """Erase the pending files of an interrupted run in the name of the person who started it.

        If that fails, `doctor` reports the pending files.
        """
        with try_import_lock(self.context.store) as is_mine, suppress(WorkbenchError):
            if is_mine:
                erase_pending_files(context_of_last_actor(self.context, EVENT.c.action.in_(_ERASING_ACTS)))

    def _check_clock(self) -> None:
        """Refuse to erase by a clock that must be wrong, or that nothing confirms."""
        with self.context.read() as session:
            if problem := erasing_clock_problem(session, self.context.now()):
                raise BadConfiguration(problem)

    def _rules(self, session: Session) -> tuple[RetentionPolicy, ZoneInfo, date]:
        """Return the retention periods, the time zone and today, from which follows what is due."""
        return self.context.policy(session).retention, self.context.zone(session), self.context.today(session)

    def _due(self) -> list[Key]:
        with self.context.read() as session:
            found = due_erasures.retained(session, *self._rules(session))
            return [one.key for one in found if one.is_due]

    def _due_unlinked(self) -> due_erasures.UnlinkedEvidence:
        with self.context.read() as session:
            return due_erasures.due_unlinked(session, *self._rules(session))

    def _erase(self, keys: list[Key], reason: str, sharing: SubjectSharing, erased: ErasureReport) -> None:
        """Erase some applications in one transaction, each only if it is still due."""
        with self.context.write() as session:
            session.merge(SettingRow(name=REMNANTS_SETTING, value="1"))
            numbers = set[str]()
            for key in keys:
                one = self._due_now(session, key)
                if one is None:
                    continue
                numbers |= erase_application(session, self.context, one, reason, sharing)
                if one.whole.is_due:
                    erased.cases.update(one.kinds)
                else:
                    erased.parts.update(one.due_parts)
            erase_opt_outs(session, numbers)

    def _erase_unlinked(self, reason: str, erased: ErasureReport) -> None:
        """Erase the due evidence of numbers and subjects that no application has; no import may run meanwhile."""
        due = self._due_unlinked()
        # The rows of calls are erased after the files, so that an interrupted run finds their numbers again.
        if due.numbers:
            erased.files.call_rows += erase_calls(self.context, due.hashes)
        for part in due.in_portions(_ROWS_ERASED_TOGETHER):
            with self.context.write() as session:
                session.merge(SettingRow(name=REMNANTS_SETTING, value="1"))
                erase_unlinked(session, self.context, part, reason)
            erased.parts[RetentionKind.EVIDENCE] += part.count

    def _due_now(self, session: Session, key: Key) -> due_erasures.Retained | None:
        one = due_erasures.retained_now(session, key, *self._rules(session))
        return one if one is not None and one.is_due else None
