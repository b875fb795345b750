"""Computes the effect of a verdict, for its preview and for its record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from db.enums import FailKind, Verdict, WaitsFor
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictRequest
from workbench.domain.case.items import (
    asks_for_items,
    items_for,
    left_out_words,
    rectify_days,
    rectify_hours,
    vague_words,
)
from workbench.domain.case.measures import is_barred
from workbench.domain.case.records import Waiver
from workbench.domain.case.verdict import check_reasons_for, pending_waits_for, round_problem, verdict_problems
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.due import due_at, moved_deadline, natural_deadline, open_day_from, short_deadline_problem
from workbench.domain.clock.suspension import Suspension
from workbench.domain.text.canned_texts import fields_in, fill_fields
from workbench.i18n import _, current_language
from workbench.services.foundation.input_checks import far_day_problem
from workbench.services.notices import result_letters
from workbench.wording.case.canned_fields import field_values
from workbench.wording.what_would_help import asked_words


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPlan:
    """The effect of a verdict."""

    request: VerdictRequest
    """The request, with all defaults filled in."""
    letter: str
    translation: str
    items: tuple[ItemRequest, ...]
    deadline_at: datetime | None
    check_for: tuple[str, ...]
    problems: tuple[str, ...]
    is_date_provisional: bool
    warnings: tuple[str, ...]
    """Sentences about vague or left-out items, and about what the applicant still has time to send."""
    waiver: Waiver | None = None
    """The two-person rules that do not apply because one person reviews alone."""
    to_open: str = ""
    """The problem that the documents are left to open; "" if they are open or cannot be opened."""

    @property
    def is_staged(self) -> bool:
        """Whether the verdict waits for a check."""
        return bool(self.check_for) and self.waiver is None


def plan_verdict(
    request: VerdictRequest,
    casefile: CaseFile,
    calendar: WorkingCalendar,
    now: datetime,
    applicant: str = "",
    suspensions: Sequence[Suspension] = (),
) -> VerdictPlan:
    """Compute the effect of a verdict; nothing is written.

    `suspensions` are the suspensions that concern the applicant. If the end of a suspension is known, deadlines leave
    out its time. A given day that is off or suspended becomes the next working day (Civil Code, art. 203). `applicant`
    is the name for the fields of canned texts, by default the name in the case file, which may be masked.
    """
    dates, policy, today = _Dates(casefile, calendar, now, suspensions), casefile.policy, calendar.local_day(now)
    request, deadline_at = dates.filled_in(request)
    request, field_problem = _with_fields(request, casefile, deadline_at or request.until, applicant)
    items: tuple[ItemRequest, ...] = ()
    wanted = items_for(request, policy, casefile.findings) if asks_for_items(request) else ()
    if wanted:
        items = result_letters.worded_items(casefile, wanted, {item.code for item in request.items})
    if deadline_at is not None:
        items = tuple(dates.with_own_deadline(item, deadline_at) for item in items)
    letter = request.letter
    if letter is None:
        letter = result_letters.causes(casefile, request.reasons, request.items)
    more_problems = (
        field_problem,
        dates.problem(request, deadline_at),
        round_problem(request, policy, casefile.header.round),
    )
    is_pending = request.verdict is Verdict.PENDING
    still_due = [] if is_pending else [one for one in casefile.asked_documents if one.until >= today]
    date_in_letter = request.until if deadline_at is None else calendar.local_day(deadline_at)
    is_card_barred = is_barred(casefile.measures)
    return VerdictPlan(
        request=request,
        letter=letter,
        translation=translation_of(request, casefile, wanted),
        items=items,
        deadline_at=deadline_at,
        check_for=check_reasons_for(request, policy, casefile.findings, casefile.header.risk, is_barred=is_card_barred),
        problems=(*verdict_problems(request, casefile), *filter(None, more_problems)),
        is_date_provisional=date_in_letter is not None and calendar.depends_on_provisional(today, date_in_letter),
        warnings=(
            *asked_words(still_due, policy, today),
            *vague_words(request, policy, casefile.findings),
            *left_out_words(request, policy, casefile.findings),
        ),
    )


def translation_of(request: VerdictRequest, casefile: CaseFile, wanted: Sequence[ItemRequest]) -> str:
    """Return the causes and items of the letter in the language in use; "" if the letter is in it."""
    if casefile.header.language == current_language():
        return ""
    shown = replace(casefile, header=replace(casefile.header, language=current_language()))
    items = result_letters.worded_items(shown, wanted, {item.code for item in request.items})
    causes = [] if request.letter else [result_letters.causes(shown, request.reasons, request.items)]
    return "\n".join([*filter(None, causes), *(f"- {item.text}" for item in items)])


def _with_fields(
    request: VerdictRequest, casefile: CaseFile, deadline: date | datetime | None, applicant: str
) -> tuple[VerdictRequest, str | None]:
    """Return a request with the fields of canned texts filled in, and the problem with them, None if there is none.

    The fields are filled in here, not when a text is inserted, because the deadline may change until the verdict is
    recorded.
    """
    texts = (request.letter or "", request.note, *(item.text for item in request.items))
    if not any("{" in text for text in texts):
        return request, None
    name = applicant or casefile.header.applicant_name
    fill = partial(fill_fields, values=field_values(casefile, name, deadline, casefile.header.language))
    fill_note = partial(fill_fields, values=field_values(casefile, name, deadline, current_language()))
    problem = None
    if deadline is None and any("deadline" in fields_in(text) for text in texts):
        problem = _("The text names {{deadline}}, but this verdict sets none; remove it from the text.").format()
    request = replace(
        request,
        letter=None if request.letter is None else fill(request.letter),
        note=fill_note(request.note),
        items=tuple(replace(item, text=fill(item.text)) for item in request.items),
    )
    return request, problem


@dataclass(frozen=True, slots=True)
class _Dates:
    """The dates of a verdict on a case; deadlines leave out the time of the known suspensions."""

    casefile: CaseFile
    calendar: WorkingCalendar
    now: datetime
    suspensions: Sequence[Suspension]

    @property
    def released_at(self) -> datetime:
        """The release of the letter, from which deadlines count: the end of the undo time."""
        return self.now + timedelta(seconds=self.casefile.policy.desk.grace_s)

    def moved(self, at: datetime) -> datetime:
        """Return a deadline moved by the suspensions; without suspensions, it stays, even if it is on a day off."""
        return moved_deadline(at, self.released_at, self.suspensions, self.calendar) if self.suspensions else at

    def due(self, days: int) -> datetime:
        """Return the deadline some working days after the release."""
        return due_at(self.released_at, days, self.calendar)

    def filled_in(self, request: VerdictRequest) -> tuple[VerdictRequest, datetime | None]:
        """Return a request with defaults for the kind of fail, the party it waits for and the date, and the deadline.

        Only a fixable fail has a deadline.
        """
        is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
        is_pending, policy = request.verdict is Verdict.PENDING, self.casefile.policy
        if is_pending:
            request = replace(request, waits_for=request.waits_for or pending_waits_for(request.reasons, policy))
        is_asked = is_fixable or request.waits_for is WaitsFor.APPLICANT
        if request.until is not None and request.until >= self.calendar.local_day(self.now) and is_asked:
            request = replace(request, until=open_day_from(request.until, self.suspensions, self.calendar))
        if is_pending and request.until is None:
            until = self.due(policy.pending.days_for(request.waits_for or WaitsFor.APPLICANT))
            # Suspensions concern only the applicant.
            until = self.moved(until) if request.waits_for is WaitsFor.APPLICANT else until
            request = replace(request, until=self.calendar.local_day(until))
        if not is_fixable:
            return request, None
        request = replace(request, fail_kind=FailKind.FIXABLE)
        return request, self._deadline(request)

    def _deadline(self, request: VerdictRequest) -> datetime:
        """Return the deadline of a fixable fail: the given day, or else the latest deadline of the items."""
        if request.until is not None:
            return self.calendar.closing(request.until)
        items = items_for(request, self.casefile.policy, self.casefile.findings)
        if (days := rectify_days(items, self.casefile.policy)) is not None:
            return self.moved(self.due(days))
        return self.moved(max(filter(None, map(self._own_deadline, items))))

    def _own_deadline(self, item: ItemRequest) -> datetime | None:
        """Return the deadline of an item in natural hours, counted from the release; None for other items."""
        policy = self.casefile.policy
        if (hours := rectify_hours(item, policy)) is None:
            return None
        ends_on_days_off = policy.rectify.hours_end_on_days_off
        return natural_deadline(self.released_at, hours, self.calendar, ends_on_days_off=ends_on_days_off)

    def with_own_deadline(self, item: ItemRequest, deadline_at: datetime) -> ItemRequest:
        """Return an item with its own deadline, if it ends before that of the letter."""
        natural = self._own_deadline(item)
        at = None if natural is None else self.moved(natural)
        return replace(item, deadline_at=at if at is not None and at < deadline_at else None)

    def problem(self, request: VerdictRequest, deadline_at: datetime | None) -> str | None:
        """Return the problem with the dates of a verdict, None if there is none."""
        policy, today = self.casefile.policy, self.calendar.local_day(self.now)
        cap = self.moved(self.due(policy.rectify.cap_days))
        if deadline_at is not None and deadline_at > cap:
            day = cap.date().isoformat()
            return _("The deadline is too far; the policy allows at most until {day}.").format(day=day)
        if request.verdict is Verdict.PENDING and request.until is not None:
            if request.until < today:
                return _("The next-action date has passed already; choose today or a later day.")
            if problem := far_day_problem(request.until, today):
                return problem
            if request.waits_for is WaitsFor.APPLICANT:
                deadline_at = self.calendar.closing(request.until)
        items = items_for(request, policy, self.casefile.findings)
        is_in_hours = request.until is None and rectify_days(items, policy) is None
        return (
            None if deadline_at is None or is_in_hours else short_deadline_problem(deadline_at, self.now, self.calendar)
        )
