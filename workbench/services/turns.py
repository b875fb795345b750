"""When the turn of a case comes, and why, in sentences."""

from zoneinfo import ZoneInfo

from db.models import CaseRow
from workbench.domain.casefile import CaseHeader
from workbench.domain.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS
from workbench.domain.vocabulary import CaseState
from workbench.domain.words import instant_on_screen
from workbench.i18n import _
from workbench.services.context import Context


def turn_of(context: Context, header: CaseHeader) -> list[str]:
    """Say why a case comes when it comes."""
    lines = [
        _("Order: returned to you, assigned to you, then the queue by overdue, due today, priority and due date."),
        _("Priority: {priority}; service class: {service_class}; {risk}.").format(
            priority=_(PRIORITY_WORDS[header.priority]),
            service_class=_(CLASS_WORDS[header.service_class]),
            risk=_(RISK_WORDS[header.risk]),
        ),
    ]
    if header.assignee and header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        lines.append(_("Assigned to {login}; offered to nobody else.").format(login=header.assignee))
    if header.is_breached:
        lines.append(_("Overdue: it goes before everything that is not."))
    lines.append(_due_words(context, header))
    if header.is_due_provisional:
        lines.append(_("The due date is provisional: the calendar of that year is not published yet."))
    return lines


def _due_words(context: Context, header: CaseHeader) -> str:
    """Say how the due date came about."""
    with context.read() as session:
        case = session.get_one(CaseRow, header.id)
        policy = context.policy(session, case.policy_version_id)
    if header.due_at is None or case.complete_at is None:
        return _("No due date yet: the clock starts when every required document is there.")
    zone = ZoneInfo(policy.zone)
    today = context.now().astimezone(zone).date()
    return _(
        "Complete since {start}; {days} working days are promised, the applicant's own time apart: due {due}."
    ).format(
        start=instant_on_screen(case.complete_at, today, zone),
        days=policy.class_days[header.service_class],
        due=instant_on_screen(header.due_at, today, zone),
    )
