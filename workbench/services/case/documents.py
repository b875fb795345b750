"""Documents to look at: listed, opened and written out, each act on record."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session, select

from db.enums import DocumentKind
from db.models import EventRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.documents import DocumentLine, Opening
from workbench.domain.case.lifecycle import Action
from workbench.domain.evidence.evidence import DocumentFacts
from workbench.domain.policy.policy import Policy
from workbench.errors import NotFound, StorageFailed
from workbench.i18n import _, current
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.case.output_folder import NewFolder, new_folder, place_of
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.site_settings import APP_NAME

OPENED = Action.DOCUMENTS.value
WRITTEN = "documents-written"
"""The events of a case about its documents: each that was opened, and all that were written to a folder at once."""

_KINDS = {kind: position for position, kind in enumerate(DocumentKind)}


class DocumentDamaged(StorageFailed):
    """The file of a document is not in the store as it was imported; `state` is missing or altered."""

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDocument:
    """What came of one document: `state` is written, missing or altered; `problem` says the latter in words."""

    line: DocumentLine
    state: str
    problem: str = ""


class Documents:
    """The documents of cases, for who may see them."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self, case_id: int) -> tuple[DocumentLine, ...]:
        """Return a case's documents.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            return self._lines(case_id)

    def open(self, case_id: int, sha256: str) -> BinaryIO:
        """Open a document to look at it, and put that on record; the file is what was imported, byte for byte.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If the case has no such document.
            DocumentDamaged: If the store has not got it as it was imported.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            line = next((line for line in self._lines(case_id) if line.sha256 == sha256), None)
            if line is None:
                raise NotFound(_("{case} has no such document any more.").format(case=format_case(case_id)))
            file = self._file_of(case_id, line)
            try:
                self._log_opening(case_id, line)
            except BaseException:
                file.close()
                raise
            return file

    def write(self, case_id: int, folder: Path) -> tuple[WrittenDocument, ...]:
        """Write a case's documents into a new folder for this user only, and put that on record.

        Nobody has opened them by that: it is an act of its own.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case, or it has no documents.
            CannotCreate: If the folder is not empty, not this user's, or cannot be made.
            DocumentDamaged: If the store has not got one of them as it was imported.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            lines = self._lines(case_id)
            if not lines:
                raise NotFound(_("{case} has no documents.").format(case=format_case(case_id)))
            with new_folder(place_of(folder)) as made:
                done = tuple(self._copied(case_id, line, made) for line in lines)
                written = [one.line for one in done if one.state == "written"]
                if not written:
                    raise DocumentDamaged(done[0].problem, done[0].state)
                # On record before anybody can look: a record too many is better than one too few.
                self._log_writing(case_id, written)
                made.take_place()
        return done

    def suggested_folder(self, case_id: int) -> Path:
        """Return a folder of this user that is not there yet, among the downloads if there are any."""
        import platformdirs

        downloads = Path(platformdirs.user_downloads_dir())
        above = downloads if downloads.is_dir() else Path(platformdirs.user_data_dir(APP_NAME)) / "documents"
        first = above / f"workbench-{format_case(case_id)}"
        more = (first.with_name(f"{first.name}-{number}") for number in range(2, 1000))
        return next((folder for folder in (first, *more) if not folder.exists()), first)

    def _lines(self, case_id: int) -> tuple[DocumentLine, ...]:
        context = self.context
        with context.read() as session:
            case = visible_case(session, case_id)
            policy = context.policy(session, case.policy_version_id)
            found = read_evidence(session, case, context.store).documents
            acts = {how: acts_of(session, case_id, how) for how in (OPENED, WRITTEN)}
        ordered = sorted(found, key=lambda one: (_KINDS[one.kind], one.received_at, one.sha256))
        return tuple(
            replace(
                _line(number, one, policy, context.store),
                openings=acts[OPENED].get(one.sha256, ()),
                written=acts[WRITTEN].get(one.sha256, ()),
            )
            for number, one in enumerate(ordered, start=1)
        )

    def _file_of(self, case_id: int, line: DocumentLine) -> BinaryIO:
        try:
            return _verified(line, self.context.store)
        except DocumentDamaged as error:
            self.context.refused(Action.DOCUMENTS.value, error, case_id)
            raise

    def _copied(self, case_id: int, line: DocumentLine, made: NewFolder) -> WrittenDocument:
        try:
            file = self._file_of(case_id, line)
        except DocumentDamaged as error:
            return WrittenDocument(line=line, state=error.state, problem=str(error))
        with file, os.fdopen(made.file(line.file_name), "wb") as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
        return WrittenDocument(line=line, state="written")

    def _log_opening(self, case_id: int, line: DocumentLine) -> None:
        """Write the event of a document opened; the digest of a file is no value of a person."""
        with self.context.write() as session:
            body = {"kind": line.kind.value, "sha256": line.sha256, "how": "shown"}
            self.context.log(session, OPENED, case_id=case_id, body=body)

    def _log_writing(self, case_id: int, lines: Sequence[DocumentLine]) -> None:
        """Write the one event of documents written to a folder together."""
        with self.context.write() as session:
            body = {"count": len(lines), "sha256": [line.sha256 for line in lines]}
            self.context.log(session, WRITTEN, case_id=case_id, body=body)


def acts_of(session: Session, case_id: int, action: str) -> dict[str, tuple[Opening, ...]]:
    """Return who did an act to which file of a case, by SHA-256; of each person the last time, the newest first."""
    rows = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, EventRow.action == action)
        .where(EventRow.is_refused == False)  # noqa: E712 - SQL
        .order_by(EventRow.seq)  # type: ignore[arg-type]  # columns at class level
    )
    last: dict[str, dict[str, Opening]] = {}
    for row in rows:
        digests = json.loads(row.body).get("sha256", "")
        for sha256 in digests if isinstance(digests, list) else [digests]:
            of_file = last.setdefault(sha256, {})
            of_file.pop(row.actor_login, None)
            of_file[row.actor_login] = Opening(login=row.actor_login, at=row.at)
    return {sha256: tuple(reversed(of_file.values())) for sha256, of_file in last.items()}


def unopened_of(session: Session, case_id: int, documents: Sequence[DocumentFacts]) -> tuple[DocumentKind, ...]:
    """Return the kinds of the documents under review that nobody has opened in this case."""
    openings = acts_of(session, case_id, OPENED)
    kinds = {one.kind for one in documents if one.sha256 not in openings}
    return tuple(sorted(kinds, key=_KINDS.__getitem__))


def _line(number: int, found: DocumentFacts, policy: Policy, store: Store) -> DocumentLine:
    return DocumentLine(
        number=number,
        kind=found.kind,
        words=policy.documents.names.get(found.kind),
        sha256=found.sha256,
        media_type=found.media_type,
        bytes_count=found.bytes_count,
        received_at=found.received_at,
        issued_on=found.issued_on,
        valid_to=found.valid_to,
        sealed=found.sealed,
        quality=found.quality,
        is_there=_is_there(store.document_path(found.sha256), found.bytes_count),
        openings=(),
    )


def _is_there(path: Path, bytes_count: int | None) -> bool:
    try:
        size = path.stat().st_size
    except OSError:
        return False
    return bytes_count is None or size == bytes_count


def _verified(line: DocumentLine, store: Store) -> BinaryIO:
    """Open a document's file in the store after reading it whole: what was opened is what was imported."""
    name = line.name(current())
    try:
        handle = os.open(store.document_path(line.sha256), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise DocumentDamaged(
            _("The file of {document} is not in the store ({cause}); put it back from a backup.").format(
                document=name, cause=error.strerror
            ),
            "missing",
        ) from error
    file = os.fdopen(handle, "rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != line.sha256:
        file.close()
        raise DocumentDamaged(
            _("The file of {document} in the store was altered and is not shown; put it back from a backup.").format(
                document=name
            ),
            "altered",
        )
    file.seek(0)
    return file
