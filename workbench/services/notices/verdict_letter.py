"""The facts of letters to applicants about results: verdicts, and appeals against them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from db.enums import RESTRICTIONS, AppealOutcome, CaseState, FailKind, Language, Measure, Verdict, WaitsFor
from workbench.services.notices.letter import Bars, Letter, LetterItem


class LetterReason(NamedTuple):
    """A reason of the verdict: its code, and its sentence in the applicant's language."""

    code: str
    sentence: str


class Correction(NamedTuple):
    """The notice of a result that a letter corrects: its number, its day and the verdict.

    `later` is a later result than the verdict: `lapsed`, or `passed` or `stands` as the answer to an appeal.
    """

    notice_no: int
    on: date
    verdict: Verdict
    fail_kind: FailKind | None = None
    waits_for: WaitsFor | None = None
    later: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLetter(Letter):
    """The facts of the letter about a verdict, which never has internal notes.

    `edited_causes` is the text that the reviewer edited, None if unedited. `items` are what the applicant must submit
    or correct, `msisdns` the numbers that the measure concerns, `answer_days` the working days within which an appeal
    is answered, `appeal_until` the last day to appeal or to object. `corrects` is the notice that this letter corrects.
    `bars` are the other bars in force, besides the measure. `lifted` are bars that the applicant was notified of and
    that no longer apply; for a measure that restores, they say which calls work again. `is_misuse` says that a reason
    is about fraud or misuse of the numbers, so that the law against telecom fraud is the basis of a bar (反诈法, art.
    32). `is_decided_alone` says that no second person checked the verdict, although the policy asks for it.
    """

    kind: Verdict
    fail_kind: FailKind | None = None
    reasons: tuple[LetterReason, ...] = ()
    edited_causes: str | None = None
    items: tuple[LetterItem, ...] = ()
    deadline_at: datetime | None = None
    measure: Measure = Measure.NONE
    msisdns: tuple[str, ...] = ()
    waits_for: WaitsFor | None = None
    next_action_on: date | None = None
    appeal_until: date | None = None
    answer_days: int = 7
    corrects: Correction | None = None
    bars: tuple[Bars, ...] = ()
    lifted: tuple[Bars, ...] = ()
    is_misuse: bool = False
    is_decided_alone: bool = False

    @property
    def template(self) -> str:
        """The name of the template."""
        return "verdict"

    @property
    def verdict(self) -> Verdict:
        """The verdict, which is the kind of its letter."""
        return self.kind

    @property
    def causes(self) -> str:
        """The causes as the reviewer edited them.

        If the reviewer deleted all of them in a fail or pending verdict, they are the sentences of the reasons.
        """
        edited = None if self.edited_causes is None else self.edited_causes.strip()
        is_default = edited is None or (not edited and self.verdict is not Verdict.PASS)
        return causes_text(self.reasons, self.language) if is_default else edited or ""

    @property
    def codes_left_out(self) -> tuple[str, ...]:
        """The codes of the reasons of a fail or pending verdict that the causes do not mention."""
        codes = () if self.verdict is Verdict.PASS else dict.fromkeys(reason.code for reason in self.reasons)
        return tuple(
            code for code in codes if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", self.causes, re.ASCII)
        )

    @property
    def restricts(self) -> bool:
        """Whether the cards are limited or suspended: the letter then needs more information (反诈法, art. 32)."""
        return self.measure in RESTRICTIONS

    @property
    def also_restored(self) -> tuple[str, ...]:
        """The numbers to restore without a known bar, so that the letter cannot say what was barred."""
        known = {number for bar in self.lifted for number in bar.msisdns}
        return tuple(number for number in self.msisdns if self.measure is Measure.RESTORE and number not in known)

    @property
    def owes_remedy(self) -> bool:
        """Whether the letter must say how and until when to appeal or to object: after any fail or restriction."""
        return self.verdict is Verdict.FAIL or self.restricts

    @property
    def is_appealable(self) -> bool:
        """Whether the case can be appealed; while the review goes on, the applicant can only object."""
        return self.fail_kind is FailKind.FINAL

    @property
    def told_due_at(self) -> datetime | None:
        """The deadline of the rectification."""
        return self.deadline_at

    @property
    def appeal_until_on(self) -> date | None:
        """The last day to appeal."""
        return self.appeal_until if self.is_appealable else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the required facts that are empty."""
        is_fail, is_pending = self.verdict is Verdict.FAIL, self.verdict is Verdict.PENDING
        required = {
            "fail_kind": is_fail,
            "reasons": is_fail or is_pending,
            "deadline_at": is_fail and self.fail_kind is FailKind.FIXABLE,
            "waits_for": is_pending,
            "next_action_on": is_pending,
            "appeal_until": self.owes_remedy,
        }
        return tuple(name for name, is_required in required.items() if is_required and not getattr(self, name))


def causes_text(reasons: Sequence[LetterReason], language: Language) -> str:
    """Return the text of the causes, which the reviewer may edit: one line for each reason, with its code."""
    lines = (
        f"{reason.sentence}（{reason.code}）" if language is Language.ZH else f"{reason.sentence} ({reason.code})"
        for reason in reasons
        if reason.sentence.strip()
    )
    return "\n".join(dict.fromkeys(lines))


class AppealLetterKind(StrEnum):
    """The kind of a letter about an appeal, and of its notice."""

    RECEIVED = "appeal-received"
    DECIDED = "appeal-decided"
    WITHDRAWN = "appeal-withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLetter(Letter):
    """The facts of a letter about an appeal.

    `is_lapse` says that the appeal is against a lapse. `due_at` is when the answer to the appeal is due; in the answer
    to an overturned one, when the review is. `outcome` and `answer` are empty before the decision. `is_decided_alone`
    says that one person reviews alone, who decides the appeal without a check. `appeal_until` is the last day of
    another appeal, and `is_later` says that it is later than the notice of the result says. `rectify_until` is set if a
    lapse was taken back, because the letter with the deadline had been sent late.
    """

    kind: AppealLetterKind
    is_lapse: bool
    bars: tuple[Bars, ...]
    received_on: date
    due_at: datetime | None = None
    outcome: AppealOutcome | None = None
    to_state: CaseState | None = None
    answer: str = ""
    appeal_until: date | None = None
    is_decided_alone: bool = False
    is_later: bool = False
    rectify_until: datetime | None = None

    @property
    def template(self) -> str:
        """The name of the template."""
        return "appeal"

    @property
    def told_due_at(self) -> datetime | None:
        """The due date of the answer, or of the review after it."""
        return self.due_at
