"""Composes the letter about a verdict from the case and the texts of the policy."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from db.enums import RESTRICTIONS, Language, Verdict
from db.models import DecisionRow
from workbench.domain.case.appeal import last_filing_day
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictRequest
from workbench.domain.case.items import documents_named
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.suspension import Suspension
from workbench.domain.text.mask import DOT
from workbench.i18n import comma_joined
from workbench.services.case.assessment import findings_of_case
from workbench.services.foundation.row_values import from_row
from workbench.services.notices.letter import LetterItem
from workbench.services.notices.verdict_letter import LetterReason, VerdictLetter, causes_text
from workbench.wording.findings import LetterDetails, reason_item, reason_letter


def _details(casefile: CaseFile, code: str, items: Sequence[ItemRequest]) -> LetterDetails:
    """Return the details for the wording of a reason, besides the findings."""
    application = casefile.evidence.application
    ends = {"id_days_left": application.handler_id_valid_to, "licence_days_left": application.licence_valid_to}
    return LetterDetails(
        dates={fact: end for fact, end in ends.items() if end is not None},
        documents=documents_named(code, items, casefile.policy, casefile.findings),
    )


def _reasons(casefile: CaseFile, codes: Sequence[str], items: Sequence[ItemRequest] = ()) -> tuple[LetterReason, ...]:
    """Return each reason with its sentence in the applicant's language."""
    findings, language = casefile.findings, casefile.header.language
    policy = casefile.policy.addressing(casefile.header.applicant_kind)
    return tuple(
        LetterReason(
            code=code,
            sentence=reason_letter(policy.reasons[code], findings, policy, language, _details(casefile, code, items)),
        )
        for code in codes
        if code in policy.reasons
    )


def causes(casefile: CaseFile, codes: Sequence[str], items: Sequence[ItemRequest] = ()) -> str:
    """Return the default text of the causes, which the reviewer may edit; the items may name documents."""
    return causes_text(_reasons(casefile, codes, items), Language(casefile.header.language))


def worded_items(
    casefile: CaseFile, items: Sequence[ItemRequest], named: Collection[str] = ()
) -> tuple[ItemRequest, ...]:
    """Return the items with their texts: the reviewer's, else the reason's, else the document's name.

    An item without any text is left out, unless the reviewer `named` its code; then it has the title of the reason. One
    that was not named is left out too if a named one has its text. The items get the documents that their texts list.
    """
    policy, language = casefile.policy.addressing(casefile.header.applicant_kind), casefile.header.language
    of_documents = {code for code, reason in policy.reasons.items() if reason.names_documents}
    names = {kind.value: words.in_language(language) for kind, words in policy.documents.names.items()}
    worded: list[ItemRequest] = []
    for item in items:
        reason, details = policy.reasons.get(item.code), _details(casefile, item.code, items)
        of_reason = "" if reason is None else reason_item(reason, casefile.findings, policy, language, details).strip()
        listed = documents_named(item.code, [item], policy)
        written = comma_joined((names[kind] for kind in listed), language=language) or item.text.strip()
        own = "" if item.code in of_documents and listed else written
        title = reason.title.in_language(language) if reason is not None and item.code in named else ""
        text = own or of_reason or names.get(item.code, "") or title
        if text:
            documents = listed if own else (details.documents if item.code in of_documents else ()) or None
            worded.append(ItemRequest(code=item.code, text=text, documents=documents))
    texts_of_named = {item.text for item in worded if item.code in named}
    return tuple(item for item in worded if item.code in named or item.text not in texts_of_named)


def with_clear_findings(session: Session, shown: CaseFile) -> CaseFile:
    """Return a masked case with the phone numbers in its findings in clear."""
    is_masked = any(DOT in finding.subject for finding in shown.findings)
    return replace(shown, findings=findings_of_case(session, shown.header.id)) if is_masked else shown


def in_clear(request: VerdictRequest, shown: CaseFile, clear: CaseFile) -> VerdictRequest:
    """Return a verdict with the numbers in clear in each sentence that the reviewer saw masked and kept as it was."""
    codes = tuple(dict.fromkeys((*request.reasons, *(item.code for item in request.items))))

    def sentences(casefile: CaseFile) -> Iterator[str]:
        yield from (reason.sentence for reason in _reasons(casefile, codes, request.items))
        yield from (item.text for item in worded_items(casefile, [ItemRequest(code=code) for code in codes]))

    pairs = [pair for pair in zip(sentences(shown), sentences(clear), strict=True) if DOT in pair[0]]

    def written(text: str) -> str:
        for masked, sentence in pairs:
            text = text.replace(masked, sentence)
        return text

    return replace(
        request,
        letter=request.letter and written(request.letter),
        items=tuple(replace(item, text=written(item.text)) for item in request.items),
    )


def verdict_letter(  # noqa: PLR0913, PLR0917 - a letter needs all of these facts
    casefile: CaseFile,
    decision: DecisionRow,
    items: Sequence[ItemRequest],
    codes: Sequence[str],
    calendar: WorkingCalendar,
    now: datetime,
    suspensions: Sequence[Suspension] = (),
    **known: Any,
) -> VerdictLetter:
    """Return the letter about a decision, with the applicant's name and numbers in clear.

    `known` are the fields of `VerdictLetter` that neither the decision nor the case file has. `measure` is that of the
    decision, or `restore` if a pass lifts an earlier bar.
    """
    policy, header = casefile.policy, casefile.header
    owes_remedy = decision.verdict == Verdict.FAIL or decision.measure in RESTRICTIONS
    today = calendar.local_day(now)
    released_at = decision.release_at or now + timedelta(seconds=policy.desk.grace_s)
    appeal_until = None
    if owes_remedy:
        appeal_until = last_filing_day(released_at, policy.appeal.file_days, calendar, suspensions)
    deadline_on = None if decision.deadline_at is None else calendar.local_day(decision.deadline_at)
    days = [day for day in (deadline_on, decision.until_on, appeal_until) if day is not None]
    return from_row(
        VerdictLetter,
        decision,
        kind=Verdict(decision.verdict),
        language=Language(header.language),
        applicant_kind=header.applicant_kind,
        application_no=header.application_no,
        agent=header.agent,
        reasons=_reasons(casefile, codes),
        edited_causes=decision.letter,
        items=tuple(LetterItem(item.text, item.deadline_at) for item in items),
        next_action_on=decision.until_on,
        appeal_until=appeal_until,
        answer_days=policy.appeal.answer_days,
        is_misuse=any(policy.reasons[code].misuse for code in codes if code in policy.reasons),
        written_at=now,
        zone=policy.zone,
        provisional_years=calendar.provisional_years(today, max(days, default=today)),
        **known,
    )
