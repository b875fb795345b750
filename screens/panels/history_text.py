"""The events of a case in the current language, and which decisions are in effect."""

from collections.abc import Callable, Mapping
from typing import Any

from screens.panels.labels import ANSWER, DECIDED, VERIFICATION
from workbench.domain.case.casefile import CaseFile, DecisionLine, HistoryLine
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS
from workbench.domain.case.vocabulary import DocumentKind, Verdict
from workbench.i18n import _, current, marked

_ACTS: dict[str, str] = {
    "next": marked("claimed"),
    "release": marked("released"),
    "skip": marked("skipped"),
    "aside": marked("put aside"),
    "decide": marked("decided"),
    "undo": marked("taken back"),
    "approve": marked("approved"),
    "return": marked("returned"),
    "comment": marked("comment"),
    "verify": marked("verified"),
    "checklist": marked("checklist"),
    "assign": marked("assigned"),
    "answer": marked("reply received"),
    "resubmit": marked("resubmitted"),
    "withdraw": marked("withdrawn"),
    "import": marked("received"),
    "documents": marked("document opened"),
    "documents-written": marked("saved to a folder"),
    "reveal": marked("revealed"),
    "evidence": marked("new evidence"),
    "evidence-late": marked("late evidence"),
    "complete": marked("complete"),
    "void": marked("verdict void"),
    "due": marked("due date moved"),
    "extend": marked("extended until"),
    "extend-deadline": marked("deadline extended to"),
    "class": marked("class changed to"),
    "priority": marked("priority changed to"),
    "lapse": marked("lapsed"),
    "day-passed": marked("pending date reached"),
    "delay-told": marked("delay notice drafted"),
}
_KINDS: dict[str, str] = {
    "applications": marked("application"),
    "cards": marked("cards"),
    "documents": marked("documents"),
    "calls": marked("call records"),
    "optouts": marked("opt-out records"),
    "credit": marked("credit records"),
    "complaints": marked("complaints"),
}
_FIELDS: dict[str, str] = {
    "all": marked("everything"),
    "identity": marked("all identity fields"),
    "legal_rep_name": marked("name of the legal representative"),
    "legal_rep_id_no": marked("ID number of the legal representative"),
    "handler_name": marked("name of the handler"),
    "handler_id_no": marked("ID number of the handler"),
    "contact_phone": marked("phone number"),
    "msisdn": marked("number of card {number}"),
    "actual_user_name": marked("user of card {number}"),
}
_BY_TIME = frozenset({"lapse", "day-passed", "delay-told"})
"""Events that a deadline causes; their actor is only the user whose program ran at that time."""

_IN_EFFECT = frozenset({"applied", "approved"})
_FAIL_KINDS: dict[str, str] = {"fixable": marked("can be mended"), "final": marked("final")}


def decisions_in_effect(case: CaseFile) -> tuple[DecisionLine, ...]:
    """Return the decisions that took effect: not those undone, returned, void or staged."""
    return tuple(decision for decision in case.decisions if decision.status in _IN_EFFECT)


def act_words(entry: HistoryLine) -> str:
    """Return the name of an event."""
    return _(_ACTS[entry.action]) if entry.action in _ACTS else entry.action


def detail_words(entry: HistoryLine, case: CaseFile) -> str:
    """Return the details of an event; text that a person wrote is not translated."""
    if entry.action in _BY_TIME:
        return _("automatic")
    if entry.action in _DETAILS and entry.text:
        return _DETAILS[entry.action](entry.text, case)
    words = _WORDS.get(entry.action, {})
    return _(words[entry.text]) if entry.text in words else entry.text


def _decided(text: str, _case: CaseFile) -> str:
    verdict, *rest = text.split()
    if verdict not in set(Verdict):
        return text
    outcome = _(DECIDED[Verdict(verdict)])
    if rest and rest[0] in _FAIL_KINDS:
        outcome = _("{verdict}, {kind}").format(verdict=outcome, kind=_(_FAIL_KINDS[rest.pop(0)]))
    return _("{what}: {details}").format(what=outcome, details=" ".join(rest)) if rest else outcome


def _answered(text: str, case: CaseFile) -> str:
    code, _blank, value = text.rpartition(" ")
    if value not in ANSWER:
        return text
    asked = next((line.text.in_language(current()) for line in case.checklist if line.question == code), code)
    return _("{what}: {details}").format(what=asked, details=_(ANSWER[value]))


def _verified(text: str, _case: CaseFile) -> str:
    kind, colon, result = text.partition(": ")
    if not colon or kind not in VERIFICATION:
        return text
    return _("{what}: {details}").format(what=_(VERIFICATION[kind]), details=result)


def _opened(text: str, case: CaseFile) -> str:
    names = case.policy.documents.names
    return names[DocumentKind(text)].in_language(current()) if text in names else text


def _written(text: str, _case: CaseFile) -> str:
    return _("one document") if text == "1" else _("{count} documents").format(count=text)


def _revealed(text: str, _case: CaseFile) -> str:
    name, _colon, position = text.partition(":")
    if name not in _FIELDS:
        return text
    return _(_FIELDS[name]).format(number=int(position) + 1 if position.isdecimal() else "")


def _due(text: str, _case: CaseFile) -> str:
    # The log has RFC 3339 with the policy's offset; only the day and the time are shown.
    return text[:16].replace("T", " ")


_DETAILS: dict[str, Callable[[str, CaseFile], str]] = {
    "decide": _decided,
    "undo": _decided,
    "approve": _decided,
    "return": _decided,
    "checklist": _answered,
    "verify": _verified,
    "documents": _opened,
    "documents-written": _written,
    "reveal": _revealed,
    "due": _due,
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "class": CLASS_WORDS,
    "priority": PRIORITY_WORDS,
    **dict.fromkeys(("import", "evidence", "evidence-late", "complete", "answer", "resubmit", "void"), _KINDS),
}
"""The words of the events whose details are one code."""
