"""Computes the effect of a verdict, for its preview and for its record."""

from collections.abc import Callable, Sequence
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
from workbench.domain.policy.policy import Policy
from workbench.domain.text.canned_texts import fields_in, fill_fields
from workbench.i18n import _, current_language
from workbench.services.foundation.input_checks import far_day_problem
from workbench.services.notices import result_letters
from workbench.wording.case.canned_fields import field_values
from workbench.wording.what_would_help import asked_words

Moved = Callable[[datetime], datetime]
"""A function that leaves the time of known suspensions out of a deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPlan:
    """The effect of a verdict; in `request`, all defaults are filled in.

    `waiver` has the two-person rules that do not apply because one person reviews alone. `warnings` name what the
    applicant still has time to send.
    """

    request: VerdictRequest
    letter: str
    items: tuple[ItemRequest, ...]
    deadline_at: datetime | None
    check_for: tuple[str, ...]
    problems: tuple[str, ...]
    is_date_provisional: bool
    warnings: tuple[str, ...]
    waiver: Waiver | None = None

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

    `suspensions` are those that concern the applicant; deadlines leave out the time of those whose end is known. A
    given day that is off or suspended becomes the next working day (Civil Code, art. 203). `applicant` is the name for
    the fields of canned texts, by default the one in the case file, which may be masked.
    """
    policy, today = casefile.policy, calendar.local_day(now)
    # Deadlines count from the release of the letter, when the undo time ends.
    released_at = now + timedelta(seconds=policy.desk.grace_s)
    is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
    is_pending = request.verdict is Verdict.PENDING

    def moved(at: datetime) -> datetime:
        # Without a suspension, only the policy says whether hours may end on a day off.
        return moved_deadline(at, released_at, suspensions, calendar) if suspensions else at

    items: tuple[ItemRequest, ...] = ()
    deadline_at = None
    if is_pending:
        request = replace(request, waits_for=request.waits_for or pending_waits_for(request.reasons, policy))
    is_applicant_asked = is_fixable or request.waits_for is WaitsFor.APPLICANT
    if request.until is not None and request.until >= today and is_applicant_asked:
        request = replace(request, until=open_day_from(request.until, suspensions, calendar))
    if is_fixable:
        request = replace(request, fail_kind=FailKind.FIXABLE)
        deadline_at = _deadline(request, casefile, calendar, released_at, moved)
    if is_pending and request.until is None:
        request = replace(request, until=_pending_until(request, policy, calendar, released_at, moved))
    request, field_problem = _with_fields(request, casefile, deadline_at or request.until, applicant)
    if asks_for_items(request):
        items = result_letters.worded_items(
            casefile, items_for(request, policy, casefile.findings), {item.code for item in request.items}
        )
    if deadline_at is not None:
        own = [at and moved(at) for at in (_own_deadline(item, policy, calendar, released_at) for item in items)]
        items = tuple(
            replace(item, deadline_at=at if at is not None and at < deadline_at else None)
            for item, at in zip(items, own, strict=True)
        )
    letter = request.letter
    if letter is None:
        letter = result_letters.causes(casefile, request.reasons, request.items)
    more_problems = (
        field_problem,
        _date_problem(request, deadline_at, casefile, calendar, now, moved),
        round_problem(request, policy, casefile.header.round),
    )
    still_due = [] if is_pending else [one for one in casefile.asked_documents if one.until >= today]
    date_in_letter = request.until if deadline_at is None else calendar.local_day(deadline_at)
    return VerdictPlan(
        request=request,
        letter=letter,
        items=items,
        deadline_at=deadline_at,
        check_for=check_reasons_for(
            request, policy, casefile.findings, casefile.header.risk, is_barred=is_barred(casefile.measures)
        ),
        problems=(*verdict_problems(request, casefile), *filter(None, more_problems)),
        is_date_provisional=date_in_letter is not None and calendar.depends_on_provisional(today, date_in_letter),
        warnings=(
            *asked_words(still_due, policy, today),
            *vague_words(request, policy, casefile.findings),
            *left_out_words(request, policy, casefile.findings),
        ),
    )


def _with_fields(
    request: VerdictRequest, casefile: CaseFile, deadline: date | datetime | None, applicant: str
) -> tuple[VerdictRequest, str | None]:
    """Return a request with the fields of canned texts filled in, and the problem with them, None if there is none.

    They are filled in here, not when the text is inserted, because the date may change until the verdict is recorded.
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


def _pending_until(
    request: VerdictRequest, policy: Policy, calendar: WorkingCalendar, released_at: datetime, moved: Moved
) -> date:
    """Return the default day until which a pending case waits; suspensions concern only the applicant."""
    until = due_at(released_at, policy.pending.days_for(request.waits_for or WaitsFor.APPLICANT), calendar)
    return calendar.local_day(moved(until) if request.waits_for is WaitsFor.APPLICANT else until)


def _deadline(
    request: VerdictRequest, casefile: CaseFile, calendar: WorkingCalendar, released_at: datetime, moved: Moved
) -> datetime:
    """Return the deadline of a fixable fail: the given day, or else the latest deadline of the items."""
    if request.until is not None:
        return calendar.closing(request.until)
    policy = casefile.policy
    items = items_for(request, policy, casefile.findings)
    days = rectify_days(items, policy)
    if days is not None:
        return moved(due_at(released_at, days, calendar))
    return moved(max(filter(None, (_own_deadline(item, policy, calendar, released_at) for item in items))))


def _own_deadline(
    item: ItemRequest, policy: Policy, calendar: WorkingCalendar, released_at: datetime
) -> datetime | None:
    """Return the deadline of an item in natural hours, counted from the release of the notice; None for other items."""
    hours = rectify_hours(item, policy)
    if hours is None:
        return None
    return natural_deadline(released_at, hours, calendar, ends_on_days_off=policy.rectify.hours_end_on_days_off)


def _date_problem(
    request: VerdictRequest,
    deadline_at: datetime | None,
    casefile: CaseFile,
    calendar: WorkingCalendar,
    now: datetime,
    moved: Moved,
) -> str | None:
    """Return the problem with the dates of a verdict, None if there is none."""
    policy = casefile.policy
    cap = moved(due_at(now + timedelta(seconds=policy.desk.grace_s), policy.rectify.cap_days, calendar))
    if deadline_at is not None and deadline_at > cap:
        return _("The deadline is too far; the policy allows at most until {day}.").format(day=cap.date().isoformat())
    if request.verdict is Verdict.PENDING and request.until is not None:
        if request.until < calendar.local_day(now):
            return _("The next-action date has passed already; choose today or a later day.")
        if problem := far_day_problem(request.until, calendar.local_day(now)):
            return problem
        if request.waits_for is WaitsFor.APPLICANT:
            deadline_at = calendar.closing(request.until)
    is_in_hours = request.until is None and rectify_days(items_for(request, policy, casefile.findings), policy) is None
    return None if deadline_at is None or is_in_hours else short_deadline_problem(deadline_at, now, calendar)
