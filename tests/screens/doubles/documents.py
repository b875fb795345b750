"""The document service in memory."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from db.enums import DocumentKind
from tests.screens.cases import policy
from workbench.domain.facts.document_lines import DocumentAccess, DocumentLine
from workbench.errors import CannotCreate
from workbench.services.case.documents import CopyResult, DocumentDamaged, Documents

if TYPE_CHECKING:
    from tests.screens.doubles.services import MemoryServices

PNG = b"\x89PNG\r\n\x1a\n made up"


class MemoryDocuments(Documents):
    """Lists, opens and writes documents; all count as opened until a test sets `openings`."""

    def __init__(self, services: "MemoryServices") -> None:
        self.services = services
        self.openings: dict[int, tuple[DocumentAccess, ...]] | None = None
        self.writings: dict[int, tuple[DocumentAccess, ...]] = {}
        self.lost: set[int] = set()
        self.altered: set[int] = set()
        self.media_type = "image/png"
        self.folder = Path("/nowhere/workbench-C-000123")

    def list(self, case_id: int) -> tuple[DocumentLine, ...]:
        """Return the documents in the evidence of the case."""
        found = self.services.files[case_id].evidence.documents
        return tuple(
            DocumentLine(
                number=number,
                kind=one.kind,
                words=policy().documents.names.get(one.kind),
                sha256=f"{number:064}",
                media_type=self.media_type,
                bytes_count=81_920,
                received_at=one.received_at,
                issued_on=one.issued_on,
                valid_to=one.valid_to,
                sealed=one.sealed,
                quality=one.quality,
                is_stored=number not in self.lost,
                openings=() if self.openings is None else self.openings.get(number, ()),
                copies=self.writings.get(number, ()),
            )
            for number, one in enumerate(found, start=1)
        )

    def open(self, case_id: int, sha256: str) -> BinaryIO:  # noqa: ARG002 - the signature of the service
        """Open a document, and fail if it is marked as altered."""
        number = int(sha256)
        if number in self.altered:
            raise DocumentDamaged(f"The file of document {number} in the store was altered.", "altered")
        return io.BytesIO(PNG)

    def record_opening(self, case_id: int, line: DocumentLine, how: Literal["shown", "viewer"]) -> None:
        """Record that a document was seen."""
        self._open(case_id, line.number, how)

    def save(self, case_id: int, folder: Path, sha256: str = "") -> tuple[CopyResult, ...]:
        """Record that documents were copied, and fail if the folder is named full."""
        if folder.name == "full":
            raise CannotCreate(f"{folder} is not empty.")
        self.services.log.append(("write documents", case_id, str(folder)))
        lines = tuple(line for line in self.list(case_id) if sha256 in {"", line.sha256})
        by = DocumentAccess(login=self.services.actor.login, at=self.services.clocks.now())
        self.writings = {line.number: (by,) for line in lines}
        return tuple(CopyResult(line=line, state="written") for line in lines)

    def suggested_folder(self, case_id: int) -> Path:  # noqa: ARG002 - the signature of the service
        """Return a folder that does not exist."""
        return self.folder

    def unopened(self, case_id: int) -> tuple[DocumentKind, ...]:
        """Return the kinds of unopened documents; none before a test sets `openings`."""
        if self.openings is None:
            return ()
        return tuple(DocumentKind(line.kind) for line in self.list(case_id) if not line.openings)

    def _open(self, case_id: int, number: int, how: str) -> None:
        self.services.log.append(("open", case_id, number, how))
        opening = DocumentAccess(login=self.services.actor.login, at=self.services.clocks.now())
        self.openings = {**(self.openings or {}), number: (opening,)}
