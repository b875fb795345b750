"""The identity panel: applicant, people, cards, documents, checklist and verifications."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from textual.content import Content

from screens.panels.document_words import declared_defects, validity_words
from screens.panels.lines import (
    EMPTY,
    PanelLine,
    changed_mark,
    fact_layout,
    finding_lines,
    heading,
    labelled,
    mark_of,
    prose,
)
from screens.shell.view import View
from screens.widgets.safe_text import (
    ERROR,
    MUTED,
    SUCCESS,
    WARNING,
    hanging,
    joined,
    plain,
    row,
    wrapped,
    wrapped_content,
)
from workbench.domain.case.case_id import format_inquiry
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.vocabulary import ApplicantKind, PanelKind, VerificationKind
from workbench.domain.evidence.evidence import CardFacts
from workbench.domain.facts.documents import missing_documents, newest_files
from workbench.domain.facts.identity import HANDLER, LEGAL_REP
from workbench.domain.text.safe import cells
from workbench.i18n import N_, _, current_language
from workbench.wording.amounts import capital_words, commas
from workbench.wording.case.inquiries import status_words
from workbench.wording.case.labels import ANSWER_WORDS, ID_NUMBER_WORDS, VERIFICATION_WORDS
from workbench.wording.findings import document_name

_USCC_RULES = ("ID-USCC", "ID-USCC-KIND")
_LICENCE_RULES = ("ID-LICENCE-EXPIRED", "ID-LICENCE-EXPIRING")
_ID_DATES = ("handler_id_issued_on", "handler_id_valid_to")
_WRAPS_QUESTIONS_FROM = 44
"""From this width on, the whole questions of the checklist are shown."""

_USER_BLANK_CELLS = 4
"""The blanks around the user of a card."""


def identity_lines(case: CaseFile, view: View, width: int, *, shows_papers: bool = True) -> list[PanelLine]:
    """Return the lines of the identity panel; without papers, the documents and the use are in another panel."""
    groups = (
        _applicant(case, view, width),
        _people(case, view, width),
        _cards(case, view, width),
        *(_papers(case, view, width) if shows_papers else ()),
        _checklist(case, view, width),
        _verifications(case, view, width),
        _inquiries(case, view, width),
    )
    return [*finding_lines(case, PanelKind.IDENTITY, width, view.symbols), *_after_blanks(groups)]


def paper_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the documents and the use of a case, for the end of a panel."""
    return _after_blanks(_papers(case, view, width))


def _papers(case: CaseFile, view: View, width: int) -> tuple[list[PanelLine], ...]:
    """Return what the applicant handed in: the documents, and the texts about the use."""
    return _documents(case, view, width), _use(case, view, width)


def _after_blanks(groups: Iterable[list[PanelLine]]) -> list[PanelLine]:
    """Return the lines of the groups, each group after a blank line."""
    return [line for group in groups if group for line in (EMPTY, *group)]


def _mark(case: CaseFile, value: object, rules: tuple[str, ...], view: View, *fields: str) -> Content:
    """Return the marks of a checked fact and of its changes; an unknown value that no rule reports is not marked."""
    is_reported = any(finding.rule in rules for finding in case.findings)
    mark = mark_of(case, rules, view.symbols) if is_reported or value else Content()
    return Content.assemble(mark, changed_mark(case, EvidencePart.APPLICATION, view.symbols, *fields))


def _validity(valid_to: date | None, view: View) -> str:
    return _("unknown") if valid_to is None else validity_words(valid_to, view)


def _applicant(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the facts of the company; an individual has none."""
    application = case.evidence.application
    if application.applicant_kind is ApplicantKind.INDIVIDUAL:
        return []
    facts = fact_layout((_("USCC"), _("licence"), _("capital"), _("scope")), width)
    uscc, valid_to, capital = application.uscc, application.licence_valid_to, application.registered_capital_fen
    uscc_mark = _mark(case, uscc, _USCC_RULES, view, "uscc")
    licence_mark = _mark(case, valid_to, _LICENCE_RULES, view, "licence_valid_to")
    capital_mark = _mark(case, capital, ("ID-CAPITAL",), view, "registered_capital_fen")
    return [
        _named_heading(_("Applicant"), case.header.applicant_name, width),
        facts.fact(_("USCC"), uscc or _("unknown"), uscc_mark),
        facts.fact(_("licence"), _validity(valid_to, view), licence_mark),
        facts.fact(_("capital"), _("unknown") if capital is None else capital_words(capital), capital_mark),
        *_prose(case, view, width, _("scope"), "business_scope"),
    ]


def _named_heading(text: str, name: str, width: int) -> PanelLine:
    """Return a heading with a name beside it, which is the value of the line."""
    named = joined((f"{text}  ", f"{MUTED} bold"), (name, ""))
    return PanelLine(row(named, Content(), width), "", text, name)


def _prose(case: CaseFile, view: View, width: int, label: str, field: str) -> list[PanelLine]:
    """Return a text of the application under its label, which is marked if the text changed."""
    changed = changed_mark(case, EvidencePart.APPLICATION, view.symbols, field).plain
    return prose(f"{label}{changed}", view.shown(field, getattr(case.evidence.application, field)), width)


def _people(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the handler, and the legal representative if there is one."""
    application = case.evidence.application
    handler_number_label, legal_number_label = (
        _(ID_NUMBER_WORDS.get(case.facts.case.get(name), N_("ID number")))
        for name in ("handler_id_type", "legal_rep_id_type")
    )
    # Only a resident ID card has no words of its own.
    document_label = _("ID document") if case.facts.case.get("handler_id_type") in ID_NUMBER_WORDS else _("ID card")
    name_label, phone_label = _("name"), _("phone")
    facts = fact_layout((name_label, handler_number_label, document_label, phone_label, legal_number_label), width)

    def personal_fact(label: str, field: str, mark: Content | None) -> list[PanelLine]:
        value = view.shown(field, getattr(application, field))
        marks = Content.assemble(mark or "", changed_mark(case, EvidencePart.APPLICATION, view.symbols, field))
        return [facts.fact(label, value, marks, field=field)] if value else []

    lines = [heading(_("Handler")), *personal_fact(name_label, "handler_name", None)]
    number_rules = ("ID-RIC", "ID-RIC-AGE", "ID-REGION")
    lines += personal_fact(
        handler_number_label, "handler_id_no", mark_of(case, number_rules, view.symbols, subject=HANDLER)
    )
    valid_to = application.handler_id_valid_to
    rules = ("ID-RIC-EXPIRED", "ID-RIC-EXPIRING", "ID-RIC-VALIDITY")
    lines.append(facts.fact(document_label, _validity(valid_to, view), _mark(case, valid_to, rules, view, *_ID_DATES)))
    lines += personal_fact(phone_label, "contact_phone", None)
    legal = personal_fact(name_label, "legal_rep_name", None)
    legal += personal_fact(
        legal_number_label, "legal_rep_id_no", mark_of(case, number_rules, view.symbols, subject=LEGAL_REP)
    )
    if legal:
        lines += [EMPTY, heading(_("Legal representative")), *legal]
    return lines


def _cards(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    lines = [heading(_("Cards · {count}").format(count=commas(len(case.evidence.cards))))]
    for index, card in enumerate(case.evidence.cards):
        number = view.shown(f"msisdn:{index}", card.msisdn)
        mark = Content.assemble(
            mark_of(case, None, view.symbols, subject=card.msisdn),
            changed_mark(case, EvidencePart.CARDS, view.symbols, card.msisdn),
        )
        beside, below = f" {number}", _card_facts(card, view)
        while below and cells(f"{beside}  {below[0]}") + mark.cell_length < width:
            beside = f"{beside}  {below.pop(0)}"
        lines.append(PanelLine(row(plain(beside), mark, width), f"msisdn:{index}", _("number"), number))
        user = view.shown(f"actual_user_name:{index}", card.actual_user_name)
        used_by = [_("used by")] if user else []
        if below and cells("  ".join([*below, *used_by])) + cells(user) + _USER_BLANK_CELLS > width:
            lines += map(PanelLine, hanging([("   ", "")], "  ".join(below), width, MUTED))
            below = []
        if below or user:
            named = joined((f"   {'  '.join([*below, *used_by])} ", MUTED), (user, ""))
            lines.append(PanelLine(named, f"actual_user_name:{index}" if user else "", _("used by"), user))
    return lines


def _card_facts(card: CardFacts, view: View) -> list[str]:
    """Return the facts of a card besides its number."""
    quota, activated = card.daily_quota_calls, card.activated_on
    words = (
        _("{count}/day").format(count=commas(quota)) if quota is not None else "",
        card.brand,
        _("since {day}").format(day=view.day(activated)) if activated is not None else "",
    )
    return [word for word in words if word]


def _documents(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    name_of = partial(document_name, policy=case.policy, language=current_language())
    asked = {document.kind: document.until for document in case.asked_documents}
    lines = [heading(_("Documents · {count}").format(count=commas(len(case.evidence.documents))))]
    for kind in missing_documents(case.evidence, case.policy):
        missing = row(plain(f" {name_of(kind)}"), plain(_("missing"), ERROR), width)
        lines += labelled(_("missing"), name_of(kind), missing)
        if kind in asked:
            until = _("asked for until {day}").format(day=view.day(asked[kind]))
            lines.append(PanelLine(plain(f"   {until}", MUTED)))
    newest = set(newest_files(case.evidence.documents))
    for document in case.evidence.documents:
        defects = declared_defects(document, view.today)
        mark = f"{defects} {view.symbols.warn}" if defects else view.symbols.fine
        # Only the newest file of a kind can be marked as changed.
        names = (document.kind.value,) if document in newest else ()
        changed = changed_mark(case, EvidencePart.DOCUMENTS, view.symbols, *names)
        state = Content.assemble(plain(mark, WARNING if defects else SUCCESS), changed)
        name = name_of(document.kind)
        lines += labelled(_("document"), name, row(plain(f" {name}"), state, width))
    return lines


def _use(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    lines = [
        *_prose(case, view, width, _("stated use"), "stated_use"),
        *_prose(case, view, width, _("call script"), "call_script"),
        *_prose(case, view, width, _("source of consent"), "consent_source"),
    ]
    return [heading(_("Use")), *lines] if lines else []


def _checklist(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    lines = [heading(_("Checklist"))] if case.checklist else []
    for line in case.checklist:
        answer = _(ANSWER_WORDS[line.answer]) if line.answer in ANSWER_WORDS else _("unanswered")
        style = MUTED if line.answer is None else ""
        question = line.text.in_language(current_language())
        # In a narrow panel, only the beginning: whole questions would push other evidence below the fold.
        has_room = view.is_whole or width >= _WRAPS_QUESTIONS_FROM
        first, *rest = wrapped(question, width - cells(answer) - 3) if has_room else (question,)
        below = [plain(f" {part}", style) for part in rest]
        lines += labelled(question, answer, row(plain(f" {first}", style), plain(answer, style), width), *below)
        lines += labelled("", line.note, plain(f"   {line.note}", MUTED)) if line.note else []
    return lines


def _verifications(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    # The answer of a department begins with the number of its inquiry; it is shown below, with the question.
    numbers, department = tuple(f"{format_inquiry(line.id)} · " for line in case.inquiries), VerificationKind.DEPARTMENT
    others = [line for line in case.verifications if line.kind != department or not line.result.startswith(numbers)]
    lines = [heading(_("External verification"))] if others else []
    for line in others:
        how = _(VERIFICATION_WORDS[line.kind]) if line.kind in VERIFICATION_WORDS else line.kind
        about = joined((f" {how} ", MUTED), (line.result, ""), (f"  {line.by} {view.instant(line.at)}", MUTED))
        lines += labelled(how, line.result, *wrapped_content(about, width))
    return lines


def _inquiries(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    lines = [heading(_("Inquiries"))] if case.inquiries else []
    for line in case.inquiries:
        mark = (f"{view.symbols.warn} ", WARNING) if line.is_contradicted else ("", "")
        style = WARNING if line.is_contradicted or line.is_open else MUTED
        about = joined((" ", ""), mark, (f"{line.department_name}  ", MUTED), (line.question, ""))
        lines += labelled(line.department_name, line.question, *wrapped_content(about, width))
        when = view.instant(line.ended_at or line.due_at)
        status = "  ".join(part for part in (status_words(line), line.note, line.ended_by, when) if part)
        lines += map(PanelLine, hanging([("   ", "")], status, width, style))
    return lines
