"""A case's documents as lists show them: what each is, what is claimed of it, who opened it."""

from dataclasses import dataclass
from datetime import date, datetime

from db.enums import DocumentKind, Quality
from workbench.domain.policy.policy import Words

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
"""The ends of file names by media type; what is none of these is `bin`."""

PICTURES = frozenset(EXTENSIONS)
"""The media types that can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Who opened a document or wrote it to a folder, and when last."""

    login: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One document of a case, numbered from 1; `is_there` says whether the store has a file of its size.

    `sealed` and `quality` are claims of who sent it. `openings` are of this case, the newest first;
    so are `written`, copies to a folder, of which nobody knows whether they were looked at.
    """

    number: int
    kind: DocumentKind
    words: Words | None
    sha256: str
    media_type: str
    bytes_count: int | None
    received_at: datetime
    issued_on: date | None
    valid_to: date | None
    sealed: bool | None
    quality: Quality | None
    is_there: bool
    openings: tuple[Opening, ...]
    written: tuple[Opening, ...] = ()

    @property
    def file_name(self) -> str:
        """A name for a copy: it tells what it is, and nothing of it comes from the applicant."""
        return f"{self.number:02}-{self.kind.value}.{EXTENSIONS.get(self.media_type, 'bin')}"

    def name(self, language: str) -> str:
        """Return what the document is called in a language, its code where the policy has no name."""
        return self.kind.value if self.words is None else self.words.in_language(language)
