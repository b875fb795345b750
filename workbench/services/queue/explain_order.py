"""Explains the place of a case in the queue and its due date, in sentences."""

from db.queries.claim import skills_of
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import _
from workbench.services.clock.case_clocks import ClockExplainer
from workbench.services.foundation.context import Context
from workbench.services.site.people import find_person
from workbench.services.site.presence import absences_on
from workbench.wording.amounts import instant_on_screen
from workbench.wording.case.inquiries import inquiry_sentence
from workbench.wording.clock_explanation import ClockWords


def order_words(context: Context, casefile: CaseFile) -> tuple[str, ...]:
    """Return the sentences about the place of a case in the queue, its inquiries, and its due date."""
    header = casefile.header
    lines = [
        _(
            "Order: first what is overdue or due today, then the rest; of both, what was returned to you, what is"
            " assigned to you, then the queue, by overdue, due today, priority and due date."
        ),
        _("Priority: {priority}; service class: {service_class}; {risk}.").format(
            priority=_(PRIORITY_WORDS[header.priority]),
            service_class=_(CLASS_WORDS[header.service_class]),
            risk=_(RISK_WORDS[header.risk]),
        ),
    ]
    if header.assignee and header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        lines.append(_assigned_words(context, casefile, header.assignee))
    if header.is_overdue:
        lines.append(_("Overdue: it goes before everything that is not."))
    explanation = ClockExplainer(context).explain(header.id)
    with context.read() as session:
        zone, today = context.zone(session), context.today(session)
        skills = skills_of(session, context.actor.id)
    if skills:
        message = _("Your skills: {skills}. What is outside them, everybody gets on the day it is due.")
        lines.append(message.format(skills=skills))
    lines += (inquiry_sentence(line, lambda at: instant_on_screen(at, today, zone)) for line in casefile.inquiries)
    return (*lines, *ClockWords(explanation, today, zone).lines())


def _assigned_words(context: Context, casefile: CaseFile, assignee: str) -> str:
    """Return to whom a case is assigned, and the reason if it is the person who decided the last round."""
    with context.read() as session:
        if absences_on(session, find_person(session, assignee).id or 0, context.today(session)):
            return _("Assigned to {login}, who is away; offered to everybody.").format(login=assignee)
    since = casefile.changes.since_round if casefile.changes is not None else 0
    if any(line.round == since and line.maker == assignee for line in casefile.decisions_in_effect):
        message = _("Assigned to {login}, who decided round {round}; offered to nobody else.")
        return message.format(login=assignee, round=since)
    return _("Assigned to {login}; offered to nobody else.").format(login=assignee)
