"""Explains the place of a case in the queue and its due date, in sentences."""

from db.enums import Priority, ServiceClass
from db.queries.claim import skills_of
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS, Action
from workbench.domain.case.vocabulary import CaseState, Severity
from workbench.domain.clock.explanation import StepKind
from workbench.i18n import _, comma_joined
from workbench.services.clock.case_clocks import ClockExplainer
from workbench.services.foundation.context import Context
from workbench.services.queue.listing import Queue
from workbench.services.site.people import find_person
from workbench.services.site.presence import absences_on
from workbench.wording.amounts import commas, instant_on_screen
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
        _("Priority: {priority}, because {reason}; the findings give {risk}.").format(
            priority=_(PRIORITY_WORDS[header.priority]), reason=_priority_reason(casefile), risk=_risk_words(casefile)
        ),
    ]
    if header.is_skipped:
        lines.append(_("You skipped it: you get it again only when something about it changes."))
    elif (place := Queue(context).place_of("state:queued", header.id)) is not None:
        lines.append(_("It is number {place} of the queued cases.").format(place=commas(place + 1)))
    if header.assignee and header.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        lines.append(_assigned_words(context, casefile, header.assignee))
    if header.is_overdue and not header.is_skipped:
        lines.append(_("Overdue: it goes before everything that is not."))
    explanation = ClockExplainer(context).explain(header.id)
    lines.append(_class_words(casefile, is_set=any(step.what is StepKind.CLASS for step in explanation.steps)))
    with context.read() as session:
        zone, today = context.zone(session), context.today(session)
        skills = skills_of(session, context.actor.id)
    if skills:
        message = _("Your skills: {skills}. What is outside them, everybody gets on the day it is due.")
        lines.append(message.format(skills=skills))
    lines += (inquiry_sentence(line, lambda at: instant_on_screen(at, today, zone)) for line in casefile.inquiries)
    return (*lines, *ClockWords(explanation, today, zone).lines())


def _risk_words(casefile: CaseFile) -> str:
    """Return the risk of a case, with the findings that give it."""
    rules = dict.fromkeys(one.rule for one in casefile.findings if one.severity is not Severity.INFO)
    message = _("{risk} ({rules})") if rules else "{risk}"
    return message.format(risk=_(RISK_WORDS[casefile.header.risk]), rules=comma_joined(rules))


def _priority_reason(casefile: CaseFile) -> str:
    """Return why a case has its priority: who or what raised it if neither its facts nor its findings give it."""
    header, rules = casefile.header, casefile.policy.priority
    if rules.risk.get(header.risk) is header.priority:
        return _("of its risk")
    if header.priority is Priority.HIGH and header.card_count >= rules.high_from_cards:
        return _("the case has {count} or more cards").format(count=rules.high_from_cards)
    is_usual = rules.kind.get(header.applicant_kind, Priority.NORMAL) is header.priority
    if is_usual:
        return _("it is the usual one of such applicants")
    acts = (line for line in casefile.history if line.action == Action.PRIORITY and line.text == header.priority)
    if (act := next(acts, None)) is not None:
        return _("{login} set it by hand").format(login=act.who)
    return _("earlier findings gave it, and it never falls by itself")


def _class_words(casefile: CaseFile, *, is_set: bool) -> str:
    """Return the service class, which gives the working days, and why the case has it."""
    header, classes = casefile.header, casefile.policy.classes
    if is_set:
        reason = _("it was changed by hand")
    elif casefile.evidence.application.service_class is not None:
        reason = _("it was promised to the applicant")
    elif header.service_class is ServiceClass.COMPLEX and header.card_count >= classes.complex_from_cards:
        reason = _("the case has {count} or more cards").format(count=classes.complex_from_cards)
    elif classes.risk.get(header.risk) is header.service_class:
        reason = _("of its {risk}").format(risk=_risk_words(casefile))
    else:
        reason = _("it is the usual class of such applications")
    message = _("Service class, which gives the working days: {service_class}, because {reason}.")
    return message.format(service_class=_(CLASS_WORDS[header.service_class]), reason=reason)


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
