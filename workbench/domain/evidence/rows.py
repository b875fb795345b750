"""Rows of imported files that hold more than the facts of a panel, as immutable values."""

from dataclasses import dataclass
from datetime import date, datetime

from db.enums import Direction, DocumentKind, Quality
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, ComplaintFacts, CreditFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One SIM with the application that it belongs to."""

    agent: str
    application_no: str
    card: CardFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One document: a file next to the manifest (`path`), or a stored file (`sha256`).

    At least one of the two is set. `received_at` None means the time of the import.
    """

    agent: str
    application_no: str
    kind: DocumentKind
    path: str = ""
    sha256: str = ""
    received_at: datetime | None = None
    issued_on: date | None = None
    valid_to: date | None = None
    sealed: bool | None = None
    quality: Quality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call as seen from our number; for direction `in`, `msisdn` is the called side."""

    msisdn: str
    callee: str
    start_at: datetime
    duration_s: int
    answered: bool
    direction: Direction = Direction.OUT
    imei: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutRow:
    """A person who refuses further calls from one of our numbers, or from all of them if `msisdn` is ''."""

    callee: str
    since: datetime
    msisdn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFiling:
    """An appeal of an applicant; `received_at` None means the time of the import."""

    agent: str
    application_no: str
    grounds: str
    received_at: datetime | None = None


RowValue = ApplicationFacts | CardRow | DocumentRow | CallRow | OptOutRow | CreditFacts | ComplaintFacts | AppealFiling
"""The value of one row of an imported file."""
