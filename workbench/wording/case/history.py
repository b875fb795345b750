"""The events of a case in words."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from db.enums import AppealOutcome, CaseState, DocumentKind, ItemResult, Verdict
from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.appeal import APPEAL_OUTCOME_WORDS
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.channel import channel_words
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS
from workbench.domain.case.records import HistoryLine, ItemLine
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.wording import amounts
from workbench.wording.calendar import deadline_move_words
from workbench.wording.case.labels import ANSWER, DECIDED, ITEM_RESULT, MEASURE, VERIFICATION
from workbench.wording.findings import document_name
from workbench.wording.letters import letter_kind_words
from workbench.wording.retention import parts_words

_EVENTS: dict[str, str] = {
    **{action.value: words.past or words.label for action, words in ACT_WORDS.items()},
    "check-note": N_("checker's note"),
    "verdict-note": N_("note, internal"),
    "verdict-letter": N_("letter text"),
    "notice-sent": N_("letter sent"),
    "notice-failed": N_("letter failed"),
    "sent-late": N_("letter late, deadline"),
    "import": N_("received"),
    "documents-written": N_("saved to a folder"),
    "shown-at": N_("shown as of"),
    "evidence": N_("new evidence"),
    "evidence-late": N_("late evidence"),
    "evidence-undone": N_("evidence withdrawn"),
    "attention": N_("open again?"),
    "complete": N_("complete"),
    "void": N_("verdict void"),
    "due": N_("due date moved"),
    "deadline-moved": N_("deadline"),
    "extend-deadline": N_("deadline extended to"),
    "lapse": N_("lapsed"),
    "lapse-undone": N_("lapse taken back"),
    "day-passed": N_("pending date reached"),
    "delay-told": N_("delay notice drafted"),
    "reminded": N_("reminder drafted"),
    "policy": N_("policy changed"),
    "measures done": N_("measure reported"),
    "campaign": N_("re-review"),
    "erased": N_("erased (retention)"),
}
_KINDS: dict[str, str] = {
    "applications": N_("application"),
    "cards": N_("cards"),
    "documents": N_("documents"),
    "calls": N_("call records"),
    "optouts": N_("opt-out records"),
    "credit": N_("credit records"),
    "complaints": N_("complaints"),
}
_ORDERS: dict[str, str] = {
    **{measure.value: words for measure, words in MEASURE.items()},
    "done": N_("carried out"),
    "failed": N_("not carried out"),
    "cancelled": N_("cancelled"),
}
_FIELDS: dict[str, str] = {
    "all": N_("everything"),
    "identity": N_("all identity fields"),
    "legal_rep_name": N_("name of the legal representative"),
    "legal_rep_id_no": N_("ID number of the legal representative"),
    "handler_name": N_("name of the handler"),
    "handler_id_no": N_("ID number of the handler"),
    "contact_phone": N_("phone number"),
    "msisdn": N_("number of card {number}"),
    "actual_user_name": N_("user of card {number}"),
}
_BY_TIME = frozenset({"lapse", "day-passed", "delay-told", "reminded"})
"""Events that a deadline causes. Their actor is only the user whose program ran at that time."""

_OVERTURNED: dict[CaseState | None, str] = {
    CaseState.PASSED: N_("overturned, passed"),
    CaseState.QUEUED: N_("overturned, queued"),
}

_FAIL_KINDS: dict[str, str] = {"fixable": N_("can be rectified"), "final": N_("final")}


def action_name(action: str) -> str:
    """Return the name of an action, as the history shows it."""
    return _(_EVENTS[action]) if action in _EVENTS else action


def event_words(entry: HistoryLine) -> str:
    """Return the name of an event."""
    return action_name(entry.action)


def detail_words(entry: HistoryLine, case: CaseFile) -> str:
    """Return the details of an event; text that a person wrote is not translated."""
    if entry.action in _BY_TIME:
        return _("automatic")
    if entry.action in _DETAILS and entry.text:
        return _DETAILS[entry.action](entry.text, case)
    kind, _blank, progress = entry.text.partition(" ")
    if entry.action == "evidence" and kind in _KINDS and "/" in progress:
        received, _slash, requested = progress.partition("/")
        return _("{what}: {details}").format(
            what=_(_KINDS[kind]), details=amounts.received_words(int(received), int(requested))
        )
    words = _WORDS.get(entry.action, {})
    return _(words[entry.text]) if entry.text in words else entry.text


def items_words(items: Sequence[ItemLine], *, is_answered: bool = False) -> str:
    """Return how many of the items to rectify were received, and how many were waived: `1 waived, 0 of 2 received`.

    Once the applicant has answered, items that no document can show are for the reviewer to judge.
    """
    left = [item for item in items if not item.is_waived]
    unclear = [item for item in left if is_answered and item.is_open and item.is_for_reviewer]
    parts = []
    if waived := len(items) - len(left):
        parts.append(_("{count} waived").format(count=waived))
    if shown := len(left) - len(unclear):
        parts.append(amounts.received_words(sum(item.is_satisfied for item in left), shown))
    if unclear:
        parts.append(_("{count} for the reviewer to judge").format(count=len(unclear)))
    return comma_joined(parts)


def appeal_outcome_words(outcome: AppealOutcome, to_state: CaseState | None) -> str:
    """Return the decision on an appeal, with the state after an overturned one."""
    return _(_OVERTURNED.get(to_state) or APPEAL_OUTCOME_WORDS[outcome])


def _verdict_details(text: str, case: CaseFile) -> str:
    verdict, *rest = text.split()
    if verdict in set(AppealOutcome):
        to_state = CaseState(rest.pop(0)) if rest and rest[0] in set(CaseState) else None
        words = appeal_outcome_words(AppealOutcome(verdict), to_state)
        return comma_joined([words, *([_measure_details(" ".join(rest), case)] if rest else [])])
    if verdict not in set(Verdict):
        return _(_EVENTS.get(text, text))
    outcome = _(DECIDED[Verdict(verdict)])
    if rest and rest[0] in _FAIL_KINDS:
        outcome = _("{verdict}, {kind}").format(verdict=outcome, kind=_(_FAIL_KINDS[rest.pop(0)]))
    if rest and rest[0] == "waived":
        rest.pop(0)
        outcome = comma_joined((outcome, _("without a second person")))
    return _("{what}: {details}").format(what=outcome, details=_measure_and_reasons(rest, case)) if rest else outcome


def _measure_and_reasons(codes: list[str], case: CaseFile) -> str:
    """Return the measure with the count of its numbers, and the reasons with their codes, in words."""
    reasons, language = case.policy.reasons, current_language()
    words = {
        code: _("{what} ({by})").format(what=reasons[code].title.in_language(language), by=code)
        for code in codes
        if code in reasons
    }
    joined_words = comma_joined(words.get(code) or _(_ORDERS.get(code, code)) for code in codes)
    # The count of its numbers follows the measure.
    return re.sub(r"(?:, |、)(?=\(\d+\))", " ", joined_words)


def _measure_details(text: str, _case: CaseFile) -> str:
    return " ".join(_(_ORDERS.get(code, code)) for code in text.split(" "))


def _reopening_details(text: str, case: CaseFile) -> str:
    """Return the ordered measure, the waived check with its reason, and the decision whose notice will be corrected."""
    words = text.split(" ")
    decision = next((word for word in words if word.startswith("D-")), "")
    ordered, waived, reason = " ".join(word for word in words if word != decision).partition("waived")
    alone = _("without a second person")
    parts = [_measure_details(ordered.strip(), case)] if ordered.strip() else []
    if waived:
        parts.append(_("{what} ({by})").format(what=alone, by=reason.strip()) if reason.strip() else alone)
    if decision:
        parts.append(_("corrected notice owed for {decision}").format(decision=decision))
    return comma_joined(parts)


def _checklist_details(text: str, case: CaseFile) -> str:
    code, _blank, value = text.rpartition(" ")
    if value not in ANSWER:
        return text
    question = next(
        (line.text.in_language(current_language()) for line in case.checklist if line.question == code), code
    )
    return _("{what}: {details}").format(what=question, details=_(ANSWER[value]))


def _verification_details(text: str, _case: CaseFile) -> str:
    kind, colon, result = text.partition(": ")
    if not colon or kind not in VERIFICATION:
        return text
    return _("{what}: {details}").format(what=_(VERIFICATION[kind]), details=result)


def _contact_details(text: str, _case: CaseFile) -> str:
    channel, colon, what = text.partition(": ")
    return _("{what}: {details}").format(what=channel_words(channel), details=what) if colon else text


def _letter_details(text: str, case: CaseFile) -> str:
    channel, _blank, number = text.rpartition(" ")
    kinds = (letter_kind_words(line) for line in case.notices if str(line.id) == number)
    return comma_joined([*kinds, *([channel_words(channel)] if channel else [])])


def _judgement_details(text: str, _case: CaseFile) -> str:
    code, _blank, result = text.rpartition(" ")
    if result not in set(ItemResult):
        return text
    return _("{what}: {details}").format(what=code, details=_(ITEM_RESULT[ItemResult(result)]))


def _opened_document_details(text: str, case: CaseFile) -> str:
    return document_name(DocumentKind(text), case.policy, current_language()) if text in set(DocumentKind) else text


def _written_documents_details(text: str, _case: CaseFile) -> str:
    return _("one document") if text == "1" else _("{count} documents").format(count=text)


def _revealed_field_details(text: str, _case: CaseFile) -> str:
    name, _colon, position = text.partition(":")
    if name not in _FIELDS:
        return text
    return _(_FIELDS[name]).format(number=int(position) + 1 if position.isdecimal() else "")


def _attention_details(text: str, _case: CaseFile) -> str:
    kind, _blank, rules = text.partition(" ")
    kind = _(_KINDS[kind]) if kind in _KINDS else kind
    return _("{what}: {details}").format(what=kind, details=rules or _("no block finding any more"))


_DETAILS: dict[str, Callable[[str, CaseFile], str]] = {
    "deadline-moved": lambda text, _case: deadline_move_words(text),
    "decide": _verdict_details,
    "appeal-decide": _verdict_details,
    "undo": _verdict_details,
    "approve": _verdict_details,
    "return": _verdict_details,
    "checklist": _checklist_details,
    "verify": _verification_details,
    "contact": _contact_details,
    "notice-sent": _letter_details,
    "notice-failed": _letter_details,
    "judge": _judgement_details,
    "documents": _opened_document_details,
    "documents-written": _written_documents_details,
    "measures done": _measure_details,
    "reveal": _revealed_field_details,
    # The log has RFC 3339 with the policy's offset; show the day and the time only.
    "due": lambda text, _case: text[:16].replace("T", " "),
    "attention": _attention_details,
    "reopen": _reopening_details,
    "erased": lambda text, _case: parts_words(text.split()),
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "class": CLASS_WORDS,
    "priority": PRIORITY_WORDS,
    "withdraw": {"appeal": N_("the appeal")},
    **dict.fromkeys(
        ("import", "evidence", "evidence-late", "complete", "answer", "resubmit", "lapse-undone", "void"), _KINDS
    ),
}
"""The words of the events whose details are one code."""
