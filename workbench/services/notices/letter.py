"""The facts of letters to applicants, which are stored with their texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from db.enums import RESTRICTIONS, ApplicantKind, FailKind, Language, Measure, Verdict
from workbench.domain.policy.policy import Policy
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.letter_facts import AppealLetterKind, ClockLetterKind, LetterFacts, LetterReason, Sender


@dataclass(frozen=True, kw_only=True)
class Letter(LetterFacts):
    """The facts of a letter, with those of its sender and recipient, and of the case when it is written.

    Attributes:
        agent: The agent of the application, empty without one.
        cause: Why the date changed, in the language of the letter; empty if nobody stated a cause. `causes` are those
            of a verdict.
        is_queue_long: Whether more applications than usual wait, see `QueueModel`. A letter about a delay gives this as
            the cause if `cause` is empty.
        awaits_others: Whether the review waits for information from third parties.
        is_with_applicant: Whether the review waits for the applicant.
        is_provisional: Whether the due date depends on a calendar that is not published yet.
        stopped_at: The past or future start of the open suspension that stops the clock, None without one. If it is
            before the due date, the letter does not promise `due_at`.
        told_on: The day of the due date in the last letter that stated one, None without such a letter.
        forecast_sentence: The sentence with the forecast, empty without a forecast.
        forecast_days: The days of the forecast, such as `2026-11-26..2026-11-30`; empty without a forecast.
        is_forecast_later: Whether the forecast has a day after the due date; the letter then does not promise that
            date.
        shows_due_date: Whether the letter shows the due date.
        suggestions: Numbered lines with what the applicant can do to make the review faster.
        saved_days: The working days that the applicant can save by doing so, 0 if the forecasts show none.
    """

    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str
    case_no: str
    application_no: str
    agent: str = ""
    supplier: Sender
    zone: str
    written_at: datetime
    cause: str = ""
    is_queue_long: bool = False
    awaits_others: bool = False
    is_with_applicant: bool = False
    is_provisional: bool = False
    stopped_at: datetime | None = None
    told_on: date | None = None
    forecast_sentence: str = ""
    forecast_days: str = ""
    is_forecast_later: bool = False
    shows_due_date: bool = True
    suggestions: str = ""
    saved_days: int = 0

    @property
    def template(self) -> str:
        """The name of the template, without its language."""
        if isinstance(self.kind, Verdict):
            return "verdict"
        if isinstance(self.kind, AppealLetterKind):
            return "appeal"
        if self.deadline:
            return "deadline"
        # A letter about the state of a case always has the last day to appeal or to object.
        return "status" if self.appeal_until else "clock"

    @property
    def verdict(self) -> str:
        """The verdict, which is the kind of its letter; only the template of verdicts uses it."""
        return self.kind

    @property
    def causes(self) -> str:
        """The causes of the verdict, as the reviewer edited them.

        If the reviewer deleted all of them in a fail or pending verdict, they are the sentences of the reasons.
        """
        edited = (self.edited_causes or "").strip()
        is_default = self.edited_causes is None or (not edited and self.kind is not Verdict.PASS)
        return causes_text(self.reasons, self.language) if is_default else edited

    @property
    def codes_left_out(self) -> tuple[str, ...]:
        """The reasons of a fail or pending verdict whose codes the causes do not mention: titles with codes."""
        codes = {} if self.kind is Verdict.PASS else {reason.code: reason.title for reason in self.reasons}
        return tuple(
            _with_code(title, code, self.language)
            for code, title in codes.items()
            if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", self.causes, re.ASCII)
        )

    @property
    def restricts(self) -> bool:
        """Whether the cards are limited or suspended: the letter then needs more information (反诈法, art. 32)."""
        return self.measure in RESTRICTIONS

    @property
    def also_restored(self) -> tuple[str, ...]:
        """The numbers to restore whose bar is not known, so that the letter cannot say what was barred."""
        known = {number for bar in self.lifted for number in bar.msisdns}
        return tuple(number for number in self.msisdns if self.measure is Measure.RESTORE and number not in known)

    @property
    def owes_remedy(self) -> bool:
        """Whether the letter must say how and until when to appeal or to object: after any fail or restriction."""
        return self.kind is Verdict.FAIL or self.restricts

    @property
    def is_appealable(self) -> bool:
        """Whether the verdict can be appealed; while the review goes on, the applicant can only object."""
        return self.fail_kind == FailKind.FINAL

    @property
    def is_stopped(self) -> bool:
        """Whether an open suspension stops the clock before the due date."""
        return self.stopped_at is not None and self.due_at is not None and self.stopped_at < self.due_at

    @property
    def stops_later(self) -> bool:
        """Whether the open suspension starts after the letter is written."""
        return self.stopped_at is not None and self.stopped_at > self.written_at

    @property
    def is_missed(self) -> bool:
        """Whether the letter cannot promise an answer by the due date, which is past or will not be kept."""
        return self.is_late or (self.due_at is not None and self.due_at <= self.written_at)

    @property
    def repeats_deadline(self) -> bool:
        """Whether the letter repeats the deadline of the applicant, which a changed policy does not move."""
        return self.kind is ClockLetterKind.POLICY and self.is_with_applicant

    @property
    def told_due_at(self) -> datetime | None:
        """The due date or deadline that this letter itself states; None if it repeats a deadline or has no due date."""
        if self.repeats_deadline or not self.shows_due_date:
            return None
        return self.due_at or self.deadline_at

    @property
    def appeal_until_on(self) -> date | None:
        """The last day to appeal against the result that the letter announces, if it states one."""
        if self.deadline is not None:
            return self.due_on if self.deadline.what == "appeal" else None
        return self.appeal_until if self.kind is ClockLetterKind.LAPSED or self.is_appealable else None

    @property
    def due_on(self) -> date | None:
        """The day of `due_at`, which in a letter about a deadline is that deadline."""
        return None if self.due_at is None else self.due_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def keeps_told_day(self) -> bool:
        """Whether the letter promises an answer by the day that an earlier letter stated, or before."""
        is_promised = not (self.is_stopped or self.is_missed)
        return is_promised and self.told_on is not None and self.due_on is not None and self.due_on <= self.told_on

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the required facts that are empty."""
        is_fail, is_pending = self.kind is Verdict.FAIL, self.kind is Verdict.PENDING
        required = {
            "fail_kind": is_fail,
            "reasons": is_fail or is_pending,
            "deadline_at": is_fail and self.fail_kind == FailKind.FIXABLE,
            "waits_for": is_pending,
            "next_action_on": is_pending,
            "appeal_until": self.owes_remedy,
        }
        return tuple(name for name, is_required in required.items() if is_required and not getattr(self, name))


def causes_text(reasons: Sequence[LetterReason], language: Language) -> str:
    """Return the text of the causes, which the reviewer may edit: the different sentences, with codes where shown."""
    lines = (
        _with_code(reason.sentence, reason.code, language) if reason.shows_code else reason.sentence
        for reason in reasons
        if reason.sentence.strip()
    )
    return "\n".join(dict.fromkeys(lines))


def _with_code(words: str, code: str, language: Language) -> str:
    return f"{words}（{code}）" if language is Language.ZH else f"{words} ({code})"


class _Applicant(NamedTuple):
    """The columns of an application that its letters depend on."""

    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str


def head_of(application: Any, policy: Policy, now: datetime) -> dict[str, Any]:
    """Return the facts of the sender and the recipient of a letter that is written now.

    `application` is a row or mapping with its columns. The supplier is that of `policy`.
    """
    to = from_row(_Applicant, application)
    sender = Sender.of(policy.supplier, to.language)
    return {**to._asdict(), "supplier": sender, "zone": policy.zone, "written_at": now}
