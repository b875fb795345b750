"""Lists, opens and copies the documents of a case, and logs an event for each opening and copy."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from sqlmodel import Session, col, select

from db.access import new_file
from db.enums import DocumentKind, Verdict
from db.models import CaseRow, EventRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.verdict import documents_to_open
from workbench.domain.evidence.evidence import DocumentFacts
from workbench.domain.facts.document_lines import DocumentAccess, DocumentLine
from workbench.errors import NotFound, StorageFailed
from workbench.i18n import _, comma_joined, current_language
from workbench.keys.desk import DOCUMENTS
from workbench.services.case.evidence_reader import read_evidence
from workbench.services.case.inquiries import answer_documents
from workbench.services.case.output_folder import absolute_path, new_folder, suggested_path
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.row_values import from_row
from workbench.services.foundation.site_settings import APP_NAME
from workbench.wording.findings import document_name

OPENED = Action.DOCUMENTS.value
COPIED = "documents-written"
"""The actions of events: one document was opened, or some were copied to a folder. Both count as opened.

In a terminal without pictures, a copy is the only way to read a document.
"""

FileState = Literal["written", "missing", "altered", "erased"]
_POSITION_OF_KIND = {kind: position for position, kind in enumerate(DocumentKind)}


class DocumentDamaged(StorageFailed):
    """The file of a document in the store is missing, altered or erased."""

    def __init__(self, text: str, state: FileState) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyResult:
    """The result of copying one document."""

    line: DocumentLine
    state: FileState
    problem: str = ""
    """Why the document was not copied, "" if it was."""


class Documents(Service):
    """Lists, opens and copies documents for one person."""

    def list(self, case_id: int) -> tuple[DocumentLine, ...]:
        """Return a case's documents.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            return self._lines(case_id)

    def open(self, case_id: int, sha256: str) -> BinaryIO:
        """Open a document, after checking that its file is the imported one; call `record_opening` once it is shown.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case or document.
            DocumentDamaged: If the file in the store is missing, altered or erased.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            line = next((line for line in self._lines(case_id) if line.sha256 == sha256), None)
            if line is None:
                message = _("{case} no longer has this document; open the list again.")
                raise NotFound(message.format(case=format_case(case_id)))
            return self._file_of(case_id, line)

    def record_opening(self, case_id: int, line: DocumentLine, how: Literal["shown", "viewer"]) -> None:
        """Log that this person opened a document: a page was drawn, or a viewer was started.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            # Events must hold no personal value; the digest of a file is none.
            body = {"kind": line.kind.value, "sha256": line.sha256, "how": how}
            self.context.log_alone(OPENED, case_id=case_id, body=body)

    def save(self, case_id: int, folder: Path, sha256: str = "") -> tuple[CopyResult, ...]:
        """Copy the documents of a case, or the one with a digest, into a new private folder, and log one event.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case or document.
            CannotCreate: If the folder is not empty, belongs to another user, is in the store or cannot be created.
            DocumentDamaged: If no document could be copied: each file is missing, altered or erased.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            lines = [line for line in self._lines(case_id) if sha256 in {"", line.sha256}]
            if not lines:
                raise NotFound(_("{case} has no documents.").format(case=format_case(case_id)))
            with new_folder(absolute_path(folder), self.context.own_files) as draft:
                results = self._copy_all(case_id, lines, draft)
                written = [one.line for one in results if one.state == "written"]
                if not written:
                    raise DocumentDamaged(results[0].problem, results[0].state)
                # The event is written before the folder appears, because an extra event is better than a missing one.
                body = {"count": len(written), "sha256": [line.sha256 for line in written]}
                self.context.log_alone(COPIED, case_id=case_id, body=body)
        return results

    def copy_into(self, case_id: int, folder: Path) -> tuple[CopyResult, ...]:
        """Copy the documents of a case into a folder that the caller created for them; the caller logs the act.

        Raises:
            NotAllowed: If the person may not open documents.
            NotFound: If there is no such case.
        """
        with self.context.acting(Action.DOCUMENTS, case_id):
            folder.mkdir(mode=0o700)
            return self._copy_all(case_id, self._lines(case_id), folder)

    def suggested_folder(self, case_id: int) -> Path:
        """Return the path of a new folder, below the user's downloads folder if there is one."""
        import platformdirs

        own_folder = Path(platformdirs.user_data_dir(APP_NAME)) / "documents"
        return suggested_path(f"workbench-{format_case(case_id)}", own_folder)

    def _case(self, session: Session, case_id: int) -> CaseRow:
        return visible_case(session, case_id)

    def _lines(self, case_id: int) -> tuple[DocumentLine, ...]:
        with self.context.read() as session:
            case = self._case(session, case_id)
            names = self.context.policy(session, case.policy_version_id).documents.names
            documents = read_evidence(session, case, self.context.store, self.context.today(session)).documents
            answers = answer_documents(session, self.context, case_id)
            openings = accesses_by_digest(session, case_id, OPENED)
            copies = accesses_by_digest(session, case_id, COPIED)
        ordered = sorted(documents, key=lambda one: (_POSITION_OF_KIND[one.kind], one.received_at, one.sha256))
        named = [*((one, names.get(one.kind)) for one in ordered), *answers]
        return tuple(
            from_row(
                DocumentLine,
                one,
                kind=one.kind,
                number=number,
                words=name,
                is_stored=_is_stored(self.context.store, one.sha256, one.bytes_count),
                openings=openings.get(one.sha256, ()),
                copies=copies.get(one.sha256, ()),
            )
            for number, (one, name) in enumerate(named, start=1)
        )

    def _file_of(self, case_id: int, line: DocumentLine) -> BinaryIO:
        try:
            self._refuse_erased(line)
            return _open_verified(line, self.context.store)
        except DocumentDamaged as error:
            self.context.commit_refusal(Action.DOCUMENTS.value, error, case_id)
            raise

    def _refuse_erased(self, line: DocumentLine) -> None:
        if line.erased_at is None:
            return
        with self.context.read() as session:
            day = line.erased_at.astimezone(self.context.zone(session)).date()
        message = _("The file of {document} was erased on {day} (retention).")
        name = line.name(current_language())
        raise DocumentDamaged(message.format(document=name, day=day.isoformat()), "erased")

    def _copy_all(self, case_id: int, lines: Sequence[DocumentLine], folder: Path) -> tuple[CopyResult, ...]:
        return tuple(self._copy(case_id, line, folder) for line in lines)

    def _copy(self, case_id: int, line: DocumentLine, folder: Path) -> CopyResult:
        try:
            file = self._file_of(case_id, line)
        except DocumentDamaged as error:
            return CopyResult(line=line, state=error.state, problem=str(error))
        with file, new_file(folder / line.file_name) as copy:
            shutil.copyfileobj(file, copy)
        return CopyResult(line=line, state="written")


def accesses_by_digest(session: Session, case_id: int, *actions: str) -> dict[str, tuple[DocumentAccess, ...]]:
    """Return who opened or copied each file of a case, and when they last did, by SHA-256, the newest first.

    The actions say which events count: openings, copies or both.
    """
    rows = session.exec(
        select(EventRow)
        .where(EventRow.case_id == case_id, col(EventRow.action).in_(actions), col(EventRow.is_refused).is_(False))
        .order_by(col(EventRow.seq))
    )
    last: dict[str, dict[str, DocumentAccess]] = {}
    for row in rows:
        digests = json.loads(row.body).get("sha256", "")
        for sha256 in digests if isinstance(digests, list) else [digests]:
            of_file = last.setdefault(sha256, {})
            of_file.pop(row.actor_login, None)
            of_file[row.actor_login] = DocumentAccess(login=row.actor_login, at=row.at)
    return {sha256: tuple(reversed(of_file.values())) for sha256, of_file in last.items()}


def unopened_kinds(session: Session, case_id: int, documents: Sequence[DocumentFacts]) -> tuple[DocumentKind, ...]:
    """Return the kinds of the documents that nobody has opened in this case."""
    openings = accesses_by_digest(session, case_id, OPENED, COPIED)
    kinds = {one.kind for one in documents if one.sha256 not in openings}
    return tuple(sorted(kinds, key=_POSITION_OF_KIND.__getitem__))


def opening_problem(
    session: Session, context: Context, case: CaseFile, verdict: Verdict, note: str
) -> tuple[str, bool]:
    """Return the message that this reviewer must open documents before a pass, "" if none is left to open.

    Also return whether any of them can be opened, because the store has its file.

    Each reviewer opens them, because each verdict is its maker's own. If the store has lost all the files, a note in
    the verdict is enough instead.
    """
    required = documents_to_open(case) if verdict is Verdict.PASS else ()
    accesses = accesses_by_digest(session, case.header.id, OPENED, COPIED) if required else {}
    own = {sha256 for sha256, people in accesses.items() if context.actor.login in {one.login for one in people}}
    unopened = [one for one in required if one.sha256 not in own]
    can_open = any(_is_stored(context.store, one.sha256, one.bytes_count) for one in unopened)
    if not unopened or (note.strip() and not can_open):
        return "", False
    message = _("Open before a pass: {documents}. On the desk, {key} opens or saves them.")
    if case.policy.documents.open_before_pass == "findings":  # noqa: S105 - no password
        message = _(
            "Open before a pass, as findings concern them: {documents}. On the desk, {key} opens or saves them."
        )
    if not can_open:
        message = _("Not in the store: {documents}. Restore them from a backup, or note how they were checked.")
    kinds = sorted({one.kind for one in unopened}, key=_POSITION_OF_KIND.__getitem__)
    names = comma_joined(document_name(kind, case.policy, current_language()) for kind in kinds)
    return message.format(documents=names, key=DOCUMENTS.key), can_open


def _is_stored(store: Store, sha256: str, bytes_count: int | None) -> bool:
    try:
        size = store.document_path(sha256).stat().st_size
    except OSError:
        return False
    return bytes_count is None or size == store.size_of(bytes_count)


def _open_verified(line: DocumentLine, store: Store) -> BinaryIO:
    """Open the file of a document in the store, after checking that its digest is that of the imported file."""
    name = line.name(current_language())
    try:
        file = store.open_document(line.sha256)
    except OSError as error:
        message = _("The file of {document} is not in the store ({cause}); put it back from a backup.")
        raise DocumentDamaged(message.format(document=name, cause=error.strerror), "missing") from error
    except ValueError as error:
        raise _altered(name) from error
    # A decrypted file is a buffer in memory, which `file_digest` takes too.
    if hashlib.file_digest(file, "sha256").hexdigest() != line.sha256:  # type: ignore[arg-type]
        file.close()
        raise _altered(name)
    file.seek(0)
    return file


def _altered(name: str) -> DocumentDamaged:
    message = _("The file of {document} in the store was altered and is not shown; put it back from a backup.")
    return DocumentDamaged(message.format(document=name), "altered")
