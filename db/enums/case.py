"""The enumerations of cases, of the acts on them, and of people."""

from enum import StrEnum


class CaseState(StrEnum):
    """The state of a case.

    Passed, failed, lapsed and withdrawn are final. But a lapsed case returns to the queue if the whole answer turns out
    to have been received in time. It returns to rectifying if its deadline moves into the future, or if the items that
    were due turn out to have been received in time.
    """

    INCOMPLETE = "incomplete"
    QUEUED = "queued"
    IN_REVIEW = "in_review"
    AWAITING_CHECK = "awaiting_check"
    PENDING = "pending"
    RECTIFYING = "rectifying"
    PASSED = "passed"
    FAILED = "failed"
    LAPSED = "lapsed"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """The decision of a reviewer on a case."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    PENDING = "pending"


class FailKind(StrEnum):
    """The reviewer's choice whether a failed application may be rectified."""

    FIXABLE = "fixable"
    FINAL = "final"


class Severity(StrEnum):
    """The severity of a finding."""

    INFO = "info"
    WARN = "warn"
    BLOCK = "block"


class PanelKind(StrEnum):
    """The three evidence panels of a case. Documents and the stated use are on the identity panel."""

    IDENTITY = "identity"
    ACTIVITY = "activity"
    CREDIT = "credit"


class Risk(StrEnum):
    """The risk of a case: high with any block, medium with two or more warns, else low."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Priority(StrEnum):
    """The order among cases of the same urgency."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class ServiceClass(StrEnum):
    """The promised number of working days: 1, 3, 5, 7 and 10, in this order."""

    EXPEDITED = "expedited"
    STANDARD = "standard"
    COMPLEX = "complex"
    MAXIMUM = "maximum"
    EXTENDED = "extended"


class ItemResult(StrEnum):
    """The reviewer's judgement of an item that the applicant had to rectify."""

    FIXED = "fixed"
    PARTLY = "partly"
    NOT_FIXED = "not_fixed"


class Role(StrEnum):
    """The role of a person, which determines the actions that are allowed."""

    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    VERIFIER = "verifier"


class Trigger(StrEnum):
    """Why a case was opened."""

    FIRST_USE = "first_use"
    COMPLAINT = "complaint"
    SILENCE = "silence"
    EXPIRY = "expiry"
    POLICY = "policy"
    RESTORE = "restore"
    REOPENED = "reopened"


class WaitsFor(StrEnum):
    """Whom a pending case waits for."""

    APPLICANT = "applicant"
    CARRIER = "carrier"
    REGISTRY = "registry"
    DEPARTMENT = "department"


class Measure(StrEnum):
    """The measure that a decision orders for the cards."""

    NONE = "none"
    BAR_OUT = "bar-out"
    BAR_BOTH = "bar-both"
    RESTORE = "restore"


class AppealStatus(StrEnum):
    """The status of an appeal; a staged appeal is decided and waits for its check."""

    OPEN = "open"
    STAGED = "staged"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class AppealOutcome(StrEnum):
    """The answer to an appeal."""

    STANDS = "stands"
    OVERTURNED = "overturned"


class DayStatus(StrEnum):
    """Whether a day comes from a published calendar (official) or is assumed (provisional)."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"


class SuspensionNotice(StrEnum):
    """The kinds of notices that an applicant gets about a suspension.

    HELD is a record, not a letter. If a suspension ends while another one still stops the clock, no end notice is sent
    yet; the record names the other suspension, so that the end notice is sent when that one ends too.
    """

    STARTED = "started"
    ENDED = "ended"
    HELD = "held"


class ContactChannel(StrEnum):
    """How the supplier and the applicant were in contact."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    CHAT = "chat"


class VerificationKind(StrEnum):
    """How a fact was confirmed outside the workbench."""

    PHONE = "phone"
    REGISTRY = "registry"
    VISIT = "visit"
    DEPARTMENT = "department"


class InquiryStatus(StrEnum):
    """The status of an inquiry; it is void if its department left the policy before it answered."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class InquiryOutcome(StrEnum):
    """The answer of a department to an inquiry."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    CANNOT_SAY = "cannot-say"


class ChecklistValue(StrEnum):
    """A reviewer's answer to a question of the policy."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"


class IdentityMode(StrEnum):
    """How a database identifies people: by the operating system's user, or by a login that they give."""

    OS = "os"
    NAMED = "named"


RESTRICTIONS = frozenset({Measure.BAR_OUT, Measure.BAR_BOTH})
"""The measures that limit or suspend the cards."""


FINAL_STATES = frozenset({CaseState.PASSED, CaseState.FAILED, CaseState.LAPSED, CaseState.WITHDRAWN})

IN_EFFECT = ("applied", "approved")
"""The statuses of a decision that took effect and was not undone."""
