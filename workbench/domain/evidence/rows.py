"""The rows of imported files that are more than the facts of a panel, as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime

from db.enums import Direction, DocumentKind, Quality
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, ComplaintFacts, CreditFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One SIM, and the application that it belongs to."""

    agent: str
    application_no: str
    card: CardFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One document: a file beside the manifest (`path`), or one that the store has already (`sha256`).

    At least one of the two is there. `received_at` None means the time of the import.
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
    """One call seen from our number: for direction `in` the msisdn is the side that was called."""

    msisdn: str
    callee: str
    start_at: datetime
    duration_s: int
    answered: bool
    direction: Direction = Direction.OUT
    imei: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutRow:
    """A person who wants no more calls, from one of our numbers or ('') from all."""

    callee: str
    since: datetime
    msisdn: str = ""


RowValue = ApplicationFacts | CardRow | DocumentRow | CallRow | OptOutRow | CreditFacts | ComplaintFacts
"""What one record of an imported file becomes."""
