"""The documents of a case as lists show them."""

from dataclasses import dataclass
from datetime import datetime

from db.enums import AnswerDocument, DocumentKind
from workbench.domain.evidence.evidence import DocumentFacts
from workbench.domain.policy.policy import BilingualText

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
"""File name extensions by media type. Files of other types get `bin`."""

VIEWABLE_TYPES = frozenset(EXTENSIONS)
"""The media types that can be viewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAccess:
    """A person who opened a document or copied it to a folder, and when that person last did so."""

    login: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine(DocumentFacts):
    """One document of a case. Its `sealed` and `quality` are claims by the sender.

    Attributes:
        kind: Its kind; a document of a department has one of its own.
        number: Its number in the list, from 1.
        words: The name of its kind, None if the policy has none.
        is_stored: Whether the store has a file of its size.
        openings: Who opened it for this case, latest first.
        copies: Who copied it to a folder for this case, latest first. A copy counts as opened.
    """

    kind: DocumentKind | AnswerDocument  # type: ignore[assignment]  # rules read evidence, and lines are only shown
    number: int
    words: BilingualText | None
    is_stored: bool
    openings: tuple[DocumentAccess, ...]
    copies: tuple[DocumentAccess, ...] = ()

    @property
    def file_name(self) -> str:
        """A file name for a copy, made of the document kind and nothing that the applicant wrote."""
        return f"{self.number:02}-{self.kind.value}.{EXTENSIONS.get(self.media_type, 'bin')}"

    def name(self, language: str) -> str:
        """Return the document's name in a language, or its code if the policy has no name."""
        return self.kind.value if self.words is None else self.words.in_language(language)
