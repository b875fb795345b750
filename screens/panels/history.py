"""The history panel: the events of a case, newest first, and the items that the last round required."""

from collections.abc import Callable, Mapping
from typing import Any

from screens.panels.labels import ANSWER, DECIDED, VERIFICATION
from screens.panels.lines import EMPTY, PanelLine, heading, prose
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, hanging, joined, plain
from workbench.domain.case.appeal import OUTCOME_WORDS, STATUS_WORDS, AppealLine
from workbench.domain.case.casefile import CaseFile, DecisionLine, HistoryLine
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, STATE_WORDS
from workbench.domain.case.vocabulary import AppealOutcome, AppealStatus, CaseState, DocumentKind, Verdict
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import N_, _, comma_joined, current_language
from workbench.wording import amounts
from workbench.wording.findings import document_name

_ACTS: dict[str, str] = {
    "next": N_("claimed"),
    "release": N_("released"),
    "skip": N_("skipped"),
    "aside": N_("put aside"),
    "decide": N_("decided"),
    "undo": N_("taken back"),
    "approve": N_("approved"),
    "return": N_("returned"),
    "comment": N_("comment"),
    "verify": N_("verified"),
    "checklist": N_("checklist"),
    "assign": N_("assigned"),
    "answer": N_("reply received"),
    "resubmit": N_("resubmitted"),
    "withdraw": N_("withdrawn"),
    "appeal": N_("appeal filed"),
    "appeal-decide": N_("decided the appeal"),
    "import": N_("received"),
    "documents": N_("document opened"),
    "documents-written": N_("saved to a folder"),
    "reveal": N_("revealed"),
    "evidence": N_("new evidence"),
    "evidence-late": N_("late evidence"),
    "evidence-undone": N_("evidence withdrawn"),
    "attention": N_("open again?"),
    "complete": N_("complete"),
    "void": N_("verdict void"),
    "due": N_("due date moved"),
    "extend": N_("extended until"),
    "extend-deadline": N_("deadline extended to"),
    "class": N_("class changed to"),
    "priority": N_("priority changed to"),
    "lapse": N_("lapsed"),
    "day-passed": N_("pending date reached"),
    "delay-told": N_("delay notice drafted"),
    "reminded": N_("reminder drafted"),
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

_IN_EFFECT = frozenset({"applied", "approved"})
_FAIL_KINDS: dict[str, str] = {"fixable": N_("can be rectified"), "final": N_("final")}


def decisions_in_effect(case: CaseFile) -> tuple[DecisionLine, ...]:
    """Return the decisions that took effect: not those undone, returned, void or staged."""
    return tuple(decision for decision in case.decisions if decision.status in _IN_EFFECT)


def act_name(action: str) -> str:
    """Return the name of an action, as the history shows it."""
    return _(_ACTS[action]) if action in _ACTS else action


def act_words(entry: HistoryLine) -> str:
    """Return the name of an event."""
    return act_name(entry.action)


def detail_words(entry: HistoryLine, case: CaseFile) -> str:
    """Return the details of an event; text that a person wrote is not translated."""
    if entry.action in _BY_TIME:
        return _("automatic")
    if entry.action in _DETAILS and entry.text:
        return _DETAILS[entry.action](entry.text, case)
    kind, _blank, progress = entry.text.partition(" ")
    if entry.action == "evidence" and kind in _KINDS and "/" in progress:
        received, _slash, asked = progress.partition("/")
        return _("{what}: {details}").format(what=_(_KINDS[kind]), details=amounts.received(int(received), int(asked)))
    words = _WORDS.get(entry.action, {})
    return _(words[entry.text]) if entry.text in words else entry.text


def _decided(text: str, _case: CaseFile) -> str:
    verdict, *rest = text.split()
    if verdict in set(AppealOutcome):
        words = [OUTCOME_WORDS[AppealOutcome(verdict)], *(STATE_WORDS[CaseState(state)] for state in rest)]
        return comma_joined(_(word) for word in words)
    if verdict not in set(Verdict):
        return _(_ACTS.get(text, text))
    outcome = _(DECIDED[Verdict(verdict)])
    if rest and rest[0] in _FAIL_KINDS:
        outcome = _("{verdict}, {kind}").format(verdict=outcome, kind=_(_FAIL_KINDS[rest.pop(0)]))
    return _("{what}: {details}").format(what=outcome, details=" ".join(rest)) if rest else outcome


def _answered(text: str, case: CaseFile) -> str:
    code, _blank, value = text.rpartition(" ")
    if value not in ANSWER:
        return text
    asked = next((line.text.in_language(current_language()) for line in case.checklist if line.question == code), code)
    return _("{what}: {details}").format(what=asked, details=_(ANSWER[value]))


def _verified(text: str, _case: CaseFile) -> str:
    kind, colon, result = text.partition(": ")
    if not colon or kind not in VERIFICATION:
        return text
    return _("{what}: {details}").format(what=_(VERIFICATION[kind]), details=result)


def _opened(text: str, case: CaseFile) -> str:
    return document_name(DocumentKind(text), case.policy, current_language()) if text in set(DocumentKind) else text


def _written(text: str, _case: CaseFile) -> str:
    return _("one document") if text == "1" else _("{count} documents").format(count=text)


def _revealed(text: str, _case: CaseFile) -> str:
    name, _colon, position = text.partition(":")
    if name not in _FIELDS:
        return text
    return _(_FIELDS[name]).format(number=int(position) + 1 if position.isdecimal() else "")


def _attention(text: str, _case: CaseFile) -> str:
    kind, _blank, rules = text.partition(" ")
    kind = _(_KINDS[kind]) if kind in _KINDS else kind
    return _("{what}: {details}").format(what=kind, details=rules or _("no block finding any more"))


_DETAILS: dict[str, Callable[[str, CaseFile], str]] = {
    "decide": _decided,
    "appeal-decide": _decided,
    "undo": _decided,
    "approve": _decided,
    "return": _decided,
    "checklist": _answered,
    "verify": _verified,
    "documents": _opened,
    "documents-written": _written,
    "reveal": _revealed,
    # The log has RFC 3339 with the policy's offset; show the day and the time only.
    "due": lambda text, _case: text[:16].replace("T", " "),
    "attention": _attention,
}
_WORDS: dict[str, Mapping[Any, str]] = {
    "class": CLASS_WORDS,
    "priority": PRIORITY_WORDS,
    "withdraw": {"appeal": N_("the appeal")},
    **dict.fromkeys(("import", "evidence", "evidence-late", "complete", "answer", "resubmit", "void"), _KINDS),
}
"""The words of the events whose details are one code."""


def history_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the history panel."""
    latest = next((decision for decision in reversed(decisions_in_effect(case)) if decision.items), None)
    lines = _required_items(latest, view) if latest is not None else []
    for appeal in case.appeals:
        lines += _appeal(appeal, view, width)
    rows = [
        (f" {view.instant(entry.at)}", act_words(entry), entry.who, detail_words(entry, case)) for entry in case.history
    ]
    # Each column is one cell wider than its longest text; a Chinese date has up to 20 cells, a name any number.
    room = [max((cells(row[at]) for row in rows), default=0) + 1 for at in range(3)]
    indent = sum(room)
    for when, act, who, text in rows:
        label = [(pad_right(when, room[0]), MUTED), (pad_right(act, room[1]), ""), (pad_right(who, room[2]), MUTED)]
        lines += map(PanelLine, hanging(label, text, max(width, indent + 10)))
    return lines


def _appeal(appeal: AppealLine, view: View, width: int) -> list[PanelLine]:
    """Return the grounds of an appeal and what was decided, with the reason; nothing for an undone one."""
    if appeal.status is AppealStatus.UNDONE:
        return []
    title = _("Appeal ({status})").format(status=_(STATUS_WORDS[appeal.status]))
    received = _("received {when}").format(when=view.instant(appeal.received_at))
    lines = [heading(f"{title} {view.symbols.dot} {received}"), *prose(_("Grounds"), appeal.grounds, width)]
    if appeal.outcome is not None:
        lines += prose(_(OUTCOME_WORDS[appeal.outcome]), appeal.answer, width)
    return [*lines, EMPTY]


def _required_items(decision: DecisionLine, view: View) -> list[PanelLine]:
    came = sum(item.is_satisfied or item.is_waived for item in decision.items)
    title = _("Required in round {round}").format(round=decision.round)
    lines = [heading(f"{title} {view.symbols.dot} {amounts.received(came, len(decision.items))}")]
    for item in decision.items:
        done = item.is_satisfied or item.is_waived
        mark = (view.symbols.fine, SUCCESS) if done else (view.symbols.block, ERROR)
        lines.append(PanelLine(joined((" ", ""), mark, (f" {item.text or item.code}", ""))))
    if decision.deadline_at is not None:
        lines.append(PanelLine(plain(" " + _("all by {when}").format(when=view.instant(decision.deadline_at)), MUTED)))
    return [*lines, EMPTY]
