"""The events of a case in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from db.enums import AppealOutcome, CaseState, DocumentKind, ItemResult, Verdict
from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.appeal import APPEAL_OUTCOME_WORDS
from workbench.domain.case.case_id import format_batch, format_decision, format_inquiry
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.channel import channel_words
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, Action
from workbench.domain.case.records import HistoryLine, ItemLine
from workbench.domain.facts.inquiry_lines import OUTCOME_WORDS
from workbench.i18n import N_, _, comma_joined, current_language, with_details, with_remark
from workbench.wording import amounts
from workbench.wording.calendar import deadline_move_words
from workbench.wording.case.fields import FIELD_NAMES
from workbench.wording.case.labels import (
    ANSWER_WORDS,
    DECIDED_WORDS,
    ITEM_RESULT_WORDS,
    MEASURE_WORDS,
    PROPOSED_WORDS,
    VERIFICATION_WORDS,
)
from workbench.wording.findings import document_name
from workbench.wording.letters import letter_kind_words
from workbench.wording.retention import parts_words

EventFacts = Mapping[str, Any]
"""The facts of an event, as its body has them."""

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
    "read": N_("looked at"),
    "shown-at": N_("shown as of"),
    "quality-read": N_("read for a second opinion"),
    "quality-opinion": N_("second opinion given"),
    "quality-return": N_("given back without an opinion"),
    "quality-adjudicate": N_("opinions adjudicated"),
    "quality-golden": N_("right answer recorded"),
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
    "delay-told": N_("delay letter drafted"),
    "reminded": N_("reminder drafted"),
    "policy": N_("policy changed"),
    "inquiry-reminded": N_("department reminded"),
    "inquiry-void": N_("inquiry void"),
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
    **{measure.value: words for measure, words in MEASURE_WORDS.items()},
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
_BY_TIME = frozenset({"lapse", "day-passed", "delay-told", "reminded", "inquiry-reminded", "inquiry-void"})
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
        about = _inquiry_details(entry.facts, case) if "inquiry" in entry.facts else ""
        return comma_joined(filter(None, (_("automatic"), about)))
    if entry.action in _DETAILS and (details := _DETAILS[entry.action](entry.facts, case)):
        return details
    words = _WORDS.get(entry.action, {})
    text = _(words[entry.text]) if entry.text in words else entry.text
    if not (way := entry.facts.get("way")):
        return text
    # A contact by telephone or visit verifies nothing.
    how = channel_words(way) if entry.action == Action.CONTACT else _(VERIFICATION_WORDS.get(way, way))
    return _("{what}: {details}").format(what=how, details=text)


def items_words(items: Sequence[ItemLine], *, is_answered: bool = False) -> str:
    """Return how many of the items to rectify were received, and how many were waived: `1 waived, 0 of 2 received`.

    Once the applicant has answered, items that no document can show are for the reviewer to judge.
    """
    required = [item for item in items if not item.is_waived]
    unclear = [item for item in required if is_answered and item.is_open and item.is_for_reviewer]
    parts = []
    if waived := len(items) - len(required):
        parts.append(_("{count} waived").format(count=waived))
    if counted := len(required) - len(unclear):
        parts.append(amounts.received_words(sum(item.is_satisfied for item in required), counted))
    if unclear:
        parts.append(_("{count} for the reviewer to judge").format(count=len(unclear)))
    return comma_joined(parts)


def appeal_outcome_words(outcome: AppealOutcome, to_state: CaseState | None) -> str:
    """Return the decision on an appeal, with the state after an overturned one."""
    return _(_OVERTURNED.get(to_state) or APPEAL_OUTCOME_WORDS[outcome])


def _verdict_details(facts: EventFacts, case: CaseFile) -> str:
    if facts.get("outcome"):
        to_state = CaseState(facts["to"]) if facts.get("to") else None
        outcome = appeal_outcome_words(AppealOutcome(facts["outcome"]), to_state)
    elif "verdict" not in facts:
        return action_name(facts.get("act", ""))
    else:
        is_proposal = facts.get("check_for") and not facts.get("waived")
        outcome = _((PROPOSED_WORDS if is_proposal else DECIDED_WORDS)[Verdict(facts["verdict"])])
    if facts.get("fail_kind"):
        outcome = _("{verdict}, {kind}").format(verdict=outcome, kind=_(_FAIL_KINDS[facts["fail_kind"]]))
    if facts.get("waived"):
        outcome = comma_joined((outcome, _("without a second person")))
    details = comma_joined([*_orders(facts), *(_reason_words(code, case) for code in facts.get("reasons", ()))])
    if facts.get("outcome"):
        return comma_joined(filter(None, (outcome, details)))
    return with_details(outcome, details)


def _reason_words(code: str, case: CaseFile) -> str:
    """Return the title of a reason with its code, or the code if the policy no longer has it."""
    if code not in case.policy.reasons:
        return code
    return with_remark(case.policy.reason_title(code, current_language()), code)


def _orders(facts: EventFacts) -> list[str]:
    """Return the words of the orders of an event, each with the count of its numbers; none without orders."""
    orders = (order.rstrip(")").partition(" (") for order in str(facts.get("orders") or "").split(", "))
    named = ((" ".join(_(_ORDERS.get(code, code)) for code in what.split()), count) for what, _bracket, count in orders)
    return [with_remark(*order) for order in named if order[0]]


def _reopening_details(facts: EventFacts, _case: CaseFile) -> str:
    """Return the ordered measure, the waived check with its reason, and the decision whose notice will be corrected."""
    parts, alone = _orders(facts), _("without a second person")
    if facts.get("waived"):
        parts.append(with_remark(alone, facts.get("waive_reason", "")))
    if facts.get("corrects"):
        parts.append(_("corrected letter owed for {decision}").format(decision=format_decision(facts["corrects"])))
    return comma_joined(parts)


def _arrival_details(facts: EventFacts, case: CaseFile) -> str:
    """Return the batch, file and line of an import, and the required documents that were missing then."""
    line = [_("line {number}").format(number=facts["line"])] if facts["line"] else []
    place = comma_joined([format_batch(facts["batch"]), *facts["files"], *line])
    kinds = (document_name(DocumentKind(kind), case.policy, current_language()) for kind in facts["missing"])
    missing = comma_joined(kinds)
    return _("; ").join([place, _("missing: {documents}").format(documents=missing)]) if missing else place


def _evidence_details(facts: EventFacts, _case: CaseFile) -> str:
    if "progress" not in facts:
        return ""
    received, _slash, requested = facts["progress"].partition("/")
    return with_details(_(_KINDS[facts["kind"]]), amounts.received_words(int(received), int(requested)))


def _checklist_details(facts: EventFacts, case: CaseFile) -> str:
    code, language = facts["question"], current_language()
    question = next((line.text.in_language(language) for line in case.checklist if line.question == code), code)
    return with_details(question, _(ANSWER_WORDS[facts["answer"]]))


def _letter_details(facts: EventFacts, case: CaseFile) -> str:
    kinds = (letter_kind_words(line) for line in case.notices if line.id == facts["notice"])
    return comma_joined([*kinds, *([channel_words(facts["channel"])] if facts.get("channel") else [])])


def _judgement_details(facts: EventFacts, _case: CaseFile) -> str:
    return with_details(facts["item"], _(ITEM_RESULT_WORDS[ItemResult(facts["judged"])]))


def _opened_document_details(facts: EventFacts, case: CaseFile) -> str:
    kind = facts.get("kind")
    return document_name(DocumentKind(kind), case.policy, current_language()) if kind in set(DocumentKind) else ""


def _written_documents_details(facts: EventFacts, _case: CaseFile) -> str:
    count = facts.get("count", 0)
    return _("one document") if count == 1 else _("{count} documents").format(count=count)


def _revealed_field_details(facts: EventFacts, _case: CaseFile) -> str:
    name, _colon, position = str(facts.get("field", "")).partition(":")
    words = _FIELDS.get(name) or FIELD_NAMES.get(name)
    return _(words).format(number=int(position) + 1 if position.isdecimal() else "") if words else ""


def _inquiry_details(facts: EventFacts, case: CaseFile) -> str:
    """Return the number of an inquiry with its department, and the answer if there is one."""
    names = (line.department_name for line in case.inquiries if line.id == facts["inquiry"])
    words = [format_inquiry(facts["inquiry"]), next(names, str(facts["department"]))]
    if facts.get("outcome"):
        words.append(_(OUTCOME_WORDS[facts["outcome"]]))
    return comma_joined(words)


def _attention_details(facts: EventFacts, _case: CaseFile) -> str:
    kind, rules = str(facts["kind"]), " ".join(facts.get("reasons", ()))
    return with_details(_(_KINDS.get(kind, kind)), rules or _("no block finding any more"))


_DETAILS: dict[str, Callable[[EventFacts, CaseFile], str]] = {
    "deadline-moved": lambda facts, _case: deadline_move_words(facts.get("moved_by", "")),
    **dict.fromkeys(("decide", "appeal-decide", "undo", "approve", "return"), _verdict_details),
    "checklist": _checklist_details,
    **dict.fromkeys(("inquire", "inquiry-answer", "inquiry-withdraw"), _inquiry_details),
    "notice-sent": _letter_details,
    "notice-failed": _letter_details,
    "judge": _judgement_details,
    "documents": _opened_document_details,
    "documents-written": _written_documents_details,
    "import": _arrival_details,
    "evidence": _evidence_details,
    "evidence-undone": lambda facts, _case: format_batch(facts["batch"]) if "batch" in facts else "",
    "measures done": lambda facts, _case: comma_joined(_orders(facts)),
    "reveal": _revealed_field_details,
    # The log has RFC 3339 with the policy's offset; show the day and the time only.
    "due": lambda facts, _case: facts.get("due", "")[:16].replace("T", " "),
    "attention": _attention_details,
    "reopen": _reopening_details,
    "erased": lambda facts, _case: parts_words(facts.get("parts", ())),
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "class": CLASS_WORDS,
    "priority": PRIORITY_WORDS,
    "withdraw": {"appeal": N_("the appeal")},
    **dict.fromkeys(("evidence", "evidence-late", "complete", "answer", "resubmit", "lapse-undone", "void"), _KINDS),
}
"""The words of the events whose details are one code."""
