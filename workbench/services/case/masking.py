"""Evidence, findings and facts as they may be shown: personal values masked."""

from dataclasses import replace
from typing import Any

from db.enums import ApplicantKind
from workbench.domain.case.casefile import CaseFile, DecisionLine
from workbench.domain.evidence.evidence import Evidence
from workbench.domain.facts.all_facts import Facts
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.redaction import FREE_TEXTS, PERSONAL_FIELDS, Hidden


def _mask_number(number: str) -> str:
    return mask(MaskKind.MSISDN, number)


def public_name(kind: ApplicantKind, name: str) -> str:
    """Return an applicant's name as lists show it: a company's in clear, a person's masked."""
    return mask(MaskKind.NAME, name) if kind is ApplicantKind.INDIVIDUAL else name


def masked(found: Evidence, people: Hidden) -> Evidence:
    """Return the same evidence with every personal value masked, and these people in its texts."""
    hidden: dict[str, Any] = {
        name: mask(kind, getattr(found.application, name)) for name, kind in PERSONAL_FIELDS.items()
    }
    hidden |= {name: people.within(getattr(found.application, name)) for name in FREE_TEXTS}
    application = replace(
        found.application,
        **hidden,
        applicant_name=public_name(found.application.applicant_kind, found.application.applicant_name),
        msisdns=tuple(_mask_number(number) for number in found.application.msisdns),
    )
    return replace(
        found,
        application=application,
        cards=tuple(
            replace(
                card,
                msisdn=_mask_number(card.msisdn),
                actual_user_name=card.actual_user_name
                if card.actual_user_name == found.application.applicant_name
                and found.application.applicant_kind is not ApplicantKind.INDIVIDUAL
                else mask(MaskKind.NAME, card.actual_user_name),
            )
            for card in found.cards
        ),
        calls=tuple(replace(call, msisdn=_mask_number(call.msisdn)) for call in found.calls),
        complaints=tuple(
            replace(
                complaint,
                msisdn=_mask_number(complaint.msisdn),
                source=people.within(complaint.source),
                summary=people.within(complaint.summary),
            )
            for complaint in found.complaints
        ),
        credit=tuple(
            replace(
                record,
                subject_no=record.subject_no
                if record.subject_no == found.application.uscc
                else mask(MaskKind.ID_NO, record.subject_no),
                # The number of a judgment or decree is public, and as long as that of a person.
                reference=people.names_within(record.reference),
            )
            for record in found.credit
        ),
    )


def masked_finding(finding: Finding, people: Hidden) -> Finding:
    """Return a finding with its subject masked, which may be a number, also one that is none."""
    if finding.subject.isdecimal():
        return replace(finding, subject=_mask_number(finding.subject))
    return replace(finding, subject=people.within(finding.subject))


def masked_facts(facts: Facts) -> Facts:
    """Return facts whose cards are known by masked numbers."""
    return replace(facts, cards=tuple((_mask_number(number), own) for number, own in facts.cards))


def masked_decision(line: DecisionLine, people: Hidden) -> DecisionLine:
    """Return a decision with the people in its notes, its letter and what was to be mended masked."""
    return replace(
        line,
        note=people.within(line.note),
        letter=people.within(line.letter),
        check_note=people.within(line.check_note),
        items=tuple(replace(item, text=people.within(item.text)) for item in line.items),
    )


def masked_file(casefile: CaseFile, people: Hidden) -> CaseFile:
    """Return a case as it may be shown: people masked in its facts, and in whatever was written about it.

    The draft stays as it was typed: it goes back to who types on, not to a reader.
    """
    return replace(
        casefile,
        evidence=masked(casefile.evidence, people),
        facts=masked_facts(casefile.facts),
        findings=tuple(masked_finding(finding, people) for finding in casefile.findings),
        history=tuple(replace(line, text=people.within(line.text)) for line in casefile.history),
        checklist=tuple(replace(line, note=people.within(line.note)) for line in casefile.checklist),
        verifications=tuple(replace(line, result=people.within(line.result)) for line in casefile.verifications),
        decisions=tuple(masked_decision(line, people) for line in casefile.decisions),
        notice=casefile.notice and people.within(casefile.notice),
    )
