"""The kinds of letters to applicants, and the facts that acts state in them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from db.enums import FailKind, Language, Measure, Verdict, WaitsFor
from workbench.domain.policy.policy import BilingualText, Supplier


class ClockLetterKind(StrEnum):
    """The kind of a letter about a date or state, and of its notice."""

    RECEIPT = "receipt"
    RE_REVIEW = "re-review"
    DELAY = "delay"
    RESUMED = "resumed"
    DEADLINE = "deadline"
    INCOMPLETE = "incomplete"
    STILL_INCOMPLETE = "still-incomplete"
    DEADLINE_NEAR = "deadline-near"
    LAPSED = "lapsed"
    LAPSE_UNDONE = "lapse-undone"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REOPENED = "reopened"
    POLICY = "policy"
    DEADLINE_MOVED = "deadline-moved"


class AppealLetterKind(StrEnum):
    """The kind of a letter about an appeal, and of its notice."""

    RECEIVED = "appeal-received"
    DECIDED = "appeal-decided"
    WITHDRAWN = "appeal-withdrawn"


class Bar(NamedTuple):
    """A bar on some numbers, as letters name it."""

    measure: Measure
    msisdns: tuple[str, ...]
    """The numbers, empty if none is known."""
    is_carried_out: bool = True
    """Whether the carrier may have carried it out, so that lifting it restores the numbers."""


class LetterItem(NamedTuple):
    """What an applicant must submit or rectify, and by when if this item has a deadline of its own."""

    text: str
    deadline_at: datetime | None = None


class LetterReason(NamedTuple):
    """A reason of the verdict: its code, and its sentence and title in the applicant's language.

    `shows_code` is false for a reason of passes only: its code means nothing to an applicant.
    """

    code: str
    sentence: str
    title: str = ""
    shows_code: bool = True


class Correction(NamedTuple):
    """The notice of a result that a letter corrects: its number, its day and the verdict."""

    notice_no: int
    on: date
    verdict: Verdict
    fail_kind: FailKind | None = None
    waits_for: WaitsFor | None = None
    later: str = ""
    """The result after the verdict: `lapsed`, or the answer to an appeal, `passed` or `stands`; empty without one."""


class DeadlineFacts(NamedTuple):
    """The contents of a letter about a deadline that a suspension or a day off moves.

    Attributes:
        what: What the applicant has to do: rectify, answer or appeal.
        from_at: The start of the suspension, None without one.
        to_at: The end of the suspension, None for an unknown end.
        former_at: The deadline before the move.
        is_moved: Whether the deadline differs from the first one that the applicant was told.
    """

    what: str
    from_at: datetime | None = None
    to_at: datetime | None = None
    former_at: datetime | None = None
    is_moved: bool = True


class Sender(NamedTuple):
    """The supplier as a letter names it, in the language of the letter."""

    name: str
    phone: str
    hours: str
    address: str
    appeal: str
    complaint: str

    @classmethod
    def of(cls, supplier: Supplier, language: Language) -> "Sender":
        """Return a supplier in a language."""
        return cls(**supplier.in_language(language))


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """The facts that an act states in a letter, in addition to what the case shows.

    Attributes:
        release_at: When the letter is released, None for at once.
        provisional_years: The years with an unpublished calendar that a date in the letter depends on.
        due_at: The due date of the case, the appeal or the review after it; or the deadline of the applicant.
        deadline_at: The deadline of the applicant, None without one.
        cause: The reason, as the applicant reads it.
        item: The item whose own deadline is extended; empty for the common deadline.
        items: What the applicant must or had to submit or rectify.
        asked: What the applicant still has to rectify, in a letter that repeats or extends the deadline.
        asked_until: The last day to submit `items` (for EXPIRED), or what other rules require (for POLICY).
        waived: What is no longer needed.
        bars: The bars in force besides the measure; None in letters that are not about a result or state.
        lifted: Bars that the applicant was notified of and that no longer apply; for a measure that restores, they say
            which calls work again.
        appeal_until: The last day to appeal or to object; in a letter about an appeal, the last day of another one.
        answer_days: The working days within which an appeal is answered.
        corrects: The notice that the letter corrects or takes back: a result, or the number and the time of a lapse.
        is_decided_alone: Whether no second person checked the decision, although the policy asks for it.
        is_late: Whether the due date will not be kept.
        is_called_off: Whether an announced suspension does not happen.
        is_appeal: Whether the date is the due date of the answer to an appeal.
        is_deadline_moved: Whether the deadline moved because its letter was sent late (for LAPSE_UNDONE).
        deadline: What a letter about a moved deadline also says; None in the other letters.
        earlier_case_no: The passed case whose result is reviewed again because of other rules.
        was_passed: Whether the review had been passed (for REOPENED).
        was_asked: Whether an earlier notice of the review named reasons or asked for something (for a pass).
        fail_kind: The code of the kind of a fail, empty for other verdicts.
        reasons: The reasons of a verdict.
        edited_causes: The text of the causes that the reviewer edited, None if unedited.
        measure: The measure that a verdict orders.
        msisdns: The numbers that the measure concerns.
        waits_for: The code of whom a pending case waits for, empty for other verdicts.
        next_action_on: The last day of that wait.
        is_misuse: Whether a reason is about fraud or misuse of the numbers, so that the law against telecom fraud is
            the basis of a bar (反诈法, art. 32).
        is_lapse: Whether an appeal is against a lapse.
        received_on: The day on which an appeal was received.
        outcome: The code of the decision on an appeal, empty before it.
        to_state: The state after an overturned appeal, empty without one.
        answer: The answer to an appeal, empty before the decision.
        is_later: Whether `appeal_until` is later than the notice of the result says.
        rectify_until: The deadline after a lapse that was taken back, because the letter with it had been sent late.
    """

    kind: Verdict | ClockLetterKind | AppealLetterKind
    release_at: datetime | None = None
    provisional_years: tuple[int, ...] = ()
    due_at: datetime | None = None
    deadline_at: datetime | None = None
    cause: str | BilingualText = ""
    item: str = ""
    items: tuple[LetterItem, ...] = ()
    asked: tuple[LetterItem, ...] = ()
    asked_until: date | None = None
    waived: tuple[str, ...] = ()
    bars: tuple[Bar, ...] | None = None
    lifted: tuple[Bar, ...] = ()
    appeal_until: date | None = None
    answer_days: int = 7
    corrects: Correction | tuple[int, datetime] | None = None
    is_decided_alone: bool = False
    is_late: bool = False
    is_called_off: bool = False
    is_appeal: bool = False
    is_deadline_moved: bool = False
    deadline: DeadlineFacts | None = None
    earlier_case_no: str = ""
    was_passed: bool = False
    was_asked: bool = False
    fail_kind: str = ""
    reasons: tuple[LetterReason, ...] = ()
    edited_causes: str | None = None
    measure: Measure = Measure.NONE
    msisdns: tuple[str, ...] = ()
    waits_for: str = ""
    next_action_on: date | None = None
    is_misuse: bool = False
    is_lapse: bool = False
    received_on: date | None = None
    outcome: str = ""
    to_state: str = ""
    answer: str = ""
    is_later: bool = False
    rectify_until: datetime | None = None
