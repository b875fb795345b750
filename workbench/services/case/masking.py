"""Masks personal values in evidence, facts, findings and cases."""

from dataclasses import replace
from functools import partial
from typing import Any

from db.enums import ApplicantKind
from workbench.domain.case.casefile import CaseFile
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.redaction import FREE_TEXTS, PERSONAL_FIELDS, Hidden

_mask_number = partial(mask, MaskKind.MSISDN)


def public_name(kind: ApplicantKind, name: str) -> str:
    """Return the name of an applicant: of a company in clear, of a person masked."""
    return mask(MaskKind.NAME, name) if kind is ApplicantKind.INDIVIDUAL else name


def masked(found: Evidence, people: Hidden) -> Evidence:
    """Return evidence with all personal values masked, and with these people masked inside its texts."""
    own = found.application
    is_person = own.applicant_kind is ApplicantKind.INDIVIDUAL
    hidden: dict[str, Any] = {name: mask(kind, getattr(own, name)) for name, kind in PERSONAL_FIELDS.items()}
    hidden |= {name: people.masked_in(getattr(own, name)) for name in FREE_TEXTS}
    return replace(
        found,
        application=replace(
            own,
            **hidden,
            applicant_name=public_name(own.applicant_kind, own.applicant_name),
            msisdns=tuple(_mask_number(number) for number in own.msisdns),
        ),
        cards=tuple(
            replace(
                card,
                msisdn=_mask_number(card.msisdn),
                actual_user_name=card.actual_user_name
                if card.actual_user_name == own.applicant_name and not is_person
                else mask(MaskKind.NAME, card.actual_user_name),
            )
            for card in found.cards
        ),
        calls=tuple(replace(call, msisdn=_mask_number(call.msisdn)) for call in found.calls),
        complaints=tuple(
            replace(
                complaint,
                msisdn=_mask_number(complaint.msisdn),
                source=people.masked_in(complaint.source),
                summary=people.masked_in(complaint.summary),
            )
            for complaint in found.complaints
        ),
        credit=tuple(
            replace(
                record,
                subject_no=record.subject_no
                if record.subject_no == own.uscc
                else mask(MaskKind.ID_NO, record.subject_no),
                # The numbers of judgments are public, but as long as identity numbers.
                reference=people.names_masked_in(record.reference),
            )
            for record in found.credit
        ),
    )


def masked_finding(finding: Finding, people: Hidden) -> Finding:
    """Return a finding with its subject masked; the subject can be a phone number, even a malformed one."""
    if finding.subject.isdecimal():
        return replace(finding, subject=_mask_number(finding.subject))
    return replace(finding, subject=people.masked_in(finding.subject))


def masked_casefile(casefile: CaseFile, people: Hidden) -> CaseFile:
    """Return a case with all personal values masked, also inside texts.

    The draft stays in clear: only the person who typed it gets it back.
    """
    facts = casefile.facts
    return replace(
        casefile,
        evidence=masked(casefile.evidence, people),
        facts=replace(facts, cards=tuple((_mask_number(number), own) for number, own in facts.cards)),
        findings=tuple(masked_finding(finding, people) for finding in casefile.findings),
        history=tuple(replace(line, text=people.masked_in(line.text)) for line in casefile.history),
        checklist=tuple(replace(line, note=people.masked_in(line.note)) for line in casefile.checklist),
        verifications=tuple(replace(line, result=people.masked_in(line.result)) for line in casefile.verifications),
        decisions=tuple(
            replace(
                line,
                note=people.masked_in(line.note),
                letter=people.masked_in(line.letter),
                check_note=people.masked_in(line.check_note),
                items=tuple(replace(item, text=people.masked_in(item.text)) for item in line.items),
            )
            for line in casefile.decisions
        ),
        notice=casefile.notice and people.masked_in(casefile.notice),
    )
