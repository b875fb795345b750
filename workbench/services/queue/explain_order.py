"""When the turn of a case comes and when it is due, and why, in sentences."""

from workbench.domain.case.casefile import CaseHeader
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import _
from workbench.services.clock.case_clocks import Watching
from workbench.services.foundation.context import Context


def turn_of(context: Context, header: CaseHeader) -> list[str]:
    """Say why a case comes when it comes, then how its due date came about."""
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
    lines += Watching(context).words(header.id)
    return lines
