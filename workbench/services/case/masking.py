"""Masks personal values in evidence, facts, findings and cases."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, TypeVar

from db.enums import ApplicantKind
from workbench.domain.case import records
from workbench.domain.case.appeal import AppealLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.changes import RoundChanges
from workbench.domain.case.measures import MeasureOrder
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.evidence.evidence import ApplicationFacts, CallFacts, CardFacts, ComplaintFacts, Evidence
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import MaskKind, mask
from workbench.domain.text.redaction import FREE_TEXTS, PERSONAL_FIELDS, Redaction
from workbench.wording.retention import erased_words

_mask_number = partial(mask, MaskKind.MSISDN)
_mask_name = partial(mask, MaskKind.NAME)
_mask_id_no = partial(mask, MaskKind.ID_NO)

_Line = TypeVar("_Line")

_TEXTS: Mapping[type, tuple[str, ...]] = {
    records.HistoryLine: ("text",),
    records.ChecklistLine: ("note",),
    records.VerificationLine: ("result",),
    records.ContactLine: ("text",),
    records.DecisionLine: ("note", "letter", "check_note"),
    records.ItemLine: ("text", "waive_reason"),
    AppealLine: ("grounds", "answer", "check_note"),
    MeasureOrder: ("failure",),
    ComplaintFacts: ("source", "summary"),
    CardFacts: (),
    CallFacts: (),
}
"""The fields with texts that may name people, by kind of line."""


def public_name(kind: ApplicantKind | str, name: str) -> str:
    """Return the name of an applicant, masked if the applicant is a person."""
    return mask(MaskKind.NAME, name) if kind == ApplicantKind.INDIVIDUAL else name


def shown_name(kind: ApplicantKind | str, name: str, erased_at: datetime | None, zone: tzinfo) -> str:
    """Return the name of an applicant, masked if it is a person's, or the words that say when retention erased it."""
    return public_name(kind, name) if erased_at is None else erased_words(erased_at.astimezone(zone).date())


def _masked(lines: Iterable[_Line], redaction: Redaction) -> tuple[_Line, ...]:
    """Return lines with their phone numbers and the people in their texts masked."""
    return tuple(_masked_line(line, redaction) for line in lines)


def _masked_line(line: Any, redaction: Redaction) -> Any:
    shown: dict[str, Any] = {name: redaction.mask_in(getattr(line, name)) for name in _TEXTS[type(line)]}
    if hasattr(line, "msisdn"):
        shown["msisdn"] = _mask_number(line.msisdn)
    if isinstance(line, records.DecisionLine):
        shown["items"] = _masked(line.items, redaction)
    return replace(line, **shown)


def masked_evidence(evidence: Evidence, redaction: Redaction) -> Evidence:
    """Return evidence with all personal values masked, and with its texts redacted."""
    application = evidence.application
    company = None if application.applicant_kind is ApplicantKind.INDIVIDUAL else application.applicant_name
    masked: dict[str, Any] = {name: mask(kind, getattr(application, name)) for name, kind in PERSONAL_FIELDS.items()}
    masked |= {name: redaction.mask_in(getattr(application, name)) for name in FREE_TEXTS}
    return replace(
        evidence,
        application=replace(
            application,
            **masked,
            applicant_name=public_name(application.applicant_kind, application.applicant_name),
            msisdns=tuple(_mask_number(number) for number in application.msisdns),
        ),
        cards=tuple(
            card
            if card.actual_user_name == company
            else replace(card, actual_user_name=_mask_name(card.actual_user_name))
            for card in _masked(evidence.cards, redaction)
        ),
        calls=_masked(evidence.calls, redaction),
        complaints=_masked(evidence.complaints, redaction),
        credit=tuple(
            replace(
                entry,
                subject_no=entry.subject_no if entry.subject_no == application.uscc else _mask_id_no(entry.subject_no),
                # The number of a judgment is public, but as long as an identity number.
                reference=redaction.mask_names_in(entry.reference),
            )
            for entry in evidence.credit
        ),
    )


def masked_finding(finding: Finding, redaction: Redaction) -> Finding:
    """Return a finding with its subjects masked; a subject can be a phone number, also a malformed one."""
    masked = (_mask_number(part) if part.isdecimal() else redaction.mask_in(part) for part in finding.subjects)
    return replace(finding, subject=";".join(masked))


def masked_changes(changes: RoundChanges, application: ApplicationFacts, redaction: Redaction) -> RoundChanges:
    """Return a comparison of rounds with all personal values masked; different values may then look the same."""
    masks = {**PERSONAL_FIELDS, "msisdn": MaskKind.MSISDN, "actual_user_name": MaskKind.NAME}
    masks["applicant_name"] = MaskKind.NAME
    public = _public_names(changes, application)

    def shown(field: str, value: Any) -> Any:
        if isinstance(value, Finding):
            return masked_finding(value, redaction)
        if field == "msisdns":
            return tuple(_mask_number(number) for number in value)
        if not isinstance(value, str) or value in public:
            return value
        if field in FREE_TEXTS:
            return redaction.mask_in(value)
        return mask(masks[field], value) if field in masks else value

    def subject(part: EvidencePart, text: str) -> str:
        return _mask_number(text) if part is EvidencePart.CARDS else redaction.mask_names_in(text)

    return replace(
        changes,
        changes=tuple(
            replace(
                change,
                subject=subject(change.part, change.subject),
                old=shown(change.field, change.old),
                new=shown(change.field, change.new),
            )
            for change in changes.changes
        ),
        unchanged=tuple(
            replace(entry, subject=subject(entry.part, entry.subject), value=shown(entry.field, entry.value))
            for entry in changes.unchanged
        ),
    )


def _public_names(changes: RoundChanges, application: ApplicationFacts) -> set[str]:
    """Return the names of the applicant in the two rounds that are names of companies.

    If the same name was first a person's and then a company's, or the other way round, the later round decides.
    """
    before = {change.field: change.old for change in changes.changes if change.part is EvidencePart.APPLICATION}
    kind, name = application.applicant_kind, application.applicant_name
    kind_by_name = {before.get("applicant_name", name): before.get("applicant_kind", kind), name: kind}
    return {str(name) for name, kind in kind_by_name.items() if kind != ApplicantKind.INDIVIDUAL}


def masked_casefile(casefile: CaseFile, redaction: Redaction) -> CaseFile:
    """Return a case with all personal values masked, including those inside texts.

    The draft is not masked, because only the person who typed it sees it.
    """
    facts, changes = casefile.facts, casefile.changes
    return replace(
        casefile,
        evidence=masked_evidence(casefile.evidence, redaction),
        facts=replace(facts, cards=tuple((_mask_number(number), one) for number, one in facts.cards)),
        findings=tuple(masked_finding(finding, redaction) for finding in casefile.findings),
        history=_masked(casefile.history, redaction),
        checklist=_masked(casefile.checklist, redaction),
        verifications=_masked(casefile.verifications, redaction),
        contacts=_masked(casefile.contacts, redaction),
        decisions=_masked(casefile.decisions, redaction),
        appeals=_masked(casefile.appeals, redaction),
        measures=_masked(casefile.measures, redaction),
        notice=None if casefile.notice is None else redaction.mask_in(casefile.notice),
        changes=None if changes is None else masked_changes(changes, casefile.evidence.application, redaction),
    )
