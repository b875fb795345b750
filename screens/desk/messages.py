"""The texts of the desk: its page without a case, and its lines about undo, lost holds, revealed fields and draft."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from screens.desk.page import opening_page
from screens.shell.revealed_fields import ALL_IDLE_S
from screens.shell.view import Symbols, View
from screens.widgets.safe_text import MUTED, SUCCESS, WARNING, fitted, joined, key_hints, paragraphs, plain
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import DecisionResult, NoNextCase
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.case.records import ChangesSinceSeen, DeskCounts, UndoableAct
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import N_, _, comma_joined
from workbench.keys.appeals import GO_APPEALS
from workbench.keys.board import GO_BOARD
from workbench.keys.desk import END_SCOPE, FIND, NEXT, REVEAL, UNDO
from workbench.keys.letters import GO_LETTERS
from workbench.keys.queue import GO_MINE, GO_QUEUE, GO_REOPEN
from workbench.keys.registry import GO_CHECKS, with_keys
from workbench.wording.amounts import assigned_words, commas, decided_today_words, number_words, queued_words
from workbench.wording.case.history import action_name
from workbench.wording.case.labels import DECIDED_WORDS, PROPOSED_WORDS, VERDICT_TITLES, check_cause_words
from workbench.wording.letters import letter_for_reader, overdue_letters_words

if TYPE_CHECKING:
    from screens.desk.session import DeskSession
    from workbench.services.foundation.case_access import LostHold

_MAX_LISTED, _MIN_SCOPE_CELLS = 5, 12
"""The most cases or people that are listed, and the least width of the scope in the header."""

_EMPTY = {
    "none": (N_("Nothing is queued."), N_("New cases come with the next import.")),
    "held": (
        N_("Nothing left for you: {count} held by others."),
        N_("A case comes back to the queue when its hold ends or is released."),
    ),
    "assigned": (N_("Nothing left for you."), N_("What is assigned to others comes to you only if it is moved.")),
    "skipped": (
        N_("You skipped all that is left: {count}."),
        N_("A skipped case comes back to you when something about it changes."),
    ),
    "filtered": (
        N_("Outside your filter or skills: {count}."),
        N_("Widen the filter to see them; what is outside your skills comes on the day it is due."),
    ),
    "limit": (
        N_("You have put aside {limit} cases, as many as you may."),
        N_("Decide or release one; those put aside come back at their time."),
    ),
}
"""For each kind of `NoNextCase`: why there is no case, and what the reviewer can do."""

_NEXT_KEY = (NEXT.key, "$text-accent bold")


def overview(session: "DeskSession", view: View) -> Content:
    """Return the overview: the number of waiting cases, the keys for the next case and other lists, cases put aside."""
    counts = session.counts
    if counts is None:
        return opening_page()
    actor = session.services.actor
    may_check, may_take = (role_refusal(action, actor) is None for action in (Action.APPROVE, Action.NEXT))
    if held := counts.held_by_me - len(counts.aside(view.now)):
        sentences = [number_words(held, _("You hold one case."), _("You hold {count} cases."))]
        what = _("brings back what you hold")
    else:
        sentences = queued_words(counts.claimable if may_take else counts.queued, counts.queued)
        what = _("takes the next one") if counts.claimable else _("looks again")
    takes = [key_hints((NEXT.key, what))] if may_take else []
    lines = [
        *map(plain, sentences),
        Content(),
        *takes,
        *_scope_hint(session),
        *_other_lists(counts, view, may_check=may_check),
    ]
    if decided := decided_today_words(counts):
        lines += [Content(), plain(decided, MUTED)]
    return Content("\n").join([*lines, *_aside_lines(counts, view)])


def scope_words(scope: str, width: int) -> str:
    """Return the scope of the desk for the header, cut to a sixth of the width."""
    return fitted(mask_digits_within(scope), max(_MIN_SCOPE_CELLS, width // 6)).rstrip()


def _scope_hint(session: "DeskSession") -> list[Content]:
    """Return the line with the key that ends the scope of the desk; empty without a scope."""
    if not session.scope:
        return []
    message = _("ends the scope {filter}").format(filter=mask_digits_within(session.scope))
    return [key_hints((END_SCOPE.shown_keys, message))]


def _aside_lines(counts: DeskCounts, view: View) -> list[Content]:
    """Return the cases put aside, each with the time until which it is put aside."""
    aside = counts.aside(view.now)
    if not aside:
        return []
    lines = [Content(), joined((_("Put aside"), MUTED))]
    for case_id, until in aside[:_MAX_LISTED]:
        when = _("until {when}").format(when=view.instant(until))
        lines.append(joined((f"{format_case(case_id)} ", ""), (when, MUTED)))
    return lines


def _other_lists(counts: DeskCounts, view: View, *, may_check: bool) -> list[Content]:
    """Return the keys of other lists that have cases for this person."""
    hints = [key_hints((GO_QUEUE.key, _("the queue"))), key_hints((FIND.key, _("finds a case")))]
    if may_check and counts.to_check:
        message = number_words(counts.to_check, _("one verdict to check"), _("{count} verdicts to check"))
        hints.append(key_hints((GO_CHECKS.key, message)))
    if counts.appeals:
        message = number_words(counts.appeals, _("one appeal to decide"), _("{count} appeals to decide"))
        hints.append(key_hints((GO_APPEALS.key, message)))
    if counts.to_reopen:
        message = number_words(counts.to_reopen, _("one case to open again"), _("{count} cases to open again"))
        hints.append(key_hints((GO_REOPEN.key, message)))
    if counts.letters_overdue:
        hints.append(key_hints((GO_LETTERS.key, overdue_letters_words(counts.letters_overdue))))
    own_cases: list[str] = []
    if counts.assigned:
        own_cases.append(_("{count} assigned to you").format(count=commas(counts.assigned)))
    if aside := counts.aside(view.now):
        own_cases.append(_("{count} put aside").format(count=commas(len(aside))))
    if own_cases:
        hints.append(key_hints((GO_MINE.key, comma_joined(own_cases))))
    return hints


def empty_queue_page(answer: NoNextCase, session: "DeskSession", view: View) -> Content:
    """Return the page for an empty queue: why it is empty, and what can be done."""
    why, advice = _EMPTY.get(answer.kind, _EMPTY["none"])
    lines = [plain(_(why).format(count=commas(answer.count), limit=commas(answer.limit)))]
    for who, until in answer.who[:_MAX_LISTED]:
        lines.append(joined((f"{who} ", ""), (_("until {when}").format(when=view.instant(until)), MUTED)))
    if len(answer.who) > _MAX_LISTED:
        rest = commas(len(answer.who) - _MAX_LISTED)
        lines.append(plain(_("and {count} more").format(count=rest), MUTED))
    lines += map(plain, assigned_words(answer.assigned))
    lines += [Content(), plain(_(advice), MUTED), key_hints((NEXT.key, _("looks again")))]
    if any(is_away for _login, _cases, is_away in answer.assigned):
        lines.append(key_hints((GO_BOARD.key, _("moves the cases of absent people (supervisor)"))))
    lines += _scope_hint(session)
    if answer.kind == "limit" and (counts := session.counts) is not None:
        lines += [key_hints((GO_MINE.key, _("your cases"))), *_aside_lines(counts, view)]
    return Content("\n").join(lines)


def decided_page(decision: DecisionResult, view: View) -> Content:
    """Return the page after a verdict: the key for the next case, the deadline, the letter."""
    lines = [key_hints((NEXT.key, _("takes the next one"))), Content()]
    if decision.deadline_at is not None:
        deadline = _("to be rectified by {when}").format(when=view.instant(decision.deadline_at))
        lines += [plain(deadline), Content()]
    if decision.notice:
        lines += [joined((_("The applicant reads"), MUTED)), paragraphs(letter_for_reader(decision.notice, "", ""))]
    return Content("\n").join(lines)


def act_words(act: UndoableAct) -> str:
    """Return what an act did."""
    if act.act == "returned":
        return _("returned to {maker}").format(maker=act.maker)
    if act.verdict is not None and act.act == "approved":
        return _("{verdict} by {maker}, approved").format(verdict=_(DECIDED_WORDS[act.verdict]), maker=act.maker)
    if act.verdict is not None:
        return _((PROPOSED_WORDS if act.until is None else DECIDED_WORDS)[act.verdict])
    return _("deadline extended") if act.act == "extend-deadline" else action_name(act.act)


def undo_line(undoable: UndoableAct, check_for: tuple[str, ...], view: View) -> Content:
    """Return the line after an act: the verdict or the act, when its notice goes out, how to undo it."""
    number = len(undoable.together)
    case = _("{count} cases").format(count=commas(number)) if number else format_case(undoable.case_id)
    key = (UNDO.key, "$text-accent bold")
    if undoable.until is None:
        why = check_cause_words(check_for)
        message = _("{case} waits for a second person").format(case=case)
        reason = _(" · check: {why}").format(why=why) if why else ""
        return joined((message, ""), (_("; "), ""), key, (_(" takes it back"), ""), (reason, MUTED))
    seconds = max(0, round((undoable.until - view.now).total_seconds()))
    if undoable.verdict is None or undoable.act == "returned":
        message = _("{case}: {what}; ").format(case=case, what=act_words(undoable))
        if undoable.verdict is not None:
            message = _("{case} returned to {maker}; ").format(case=case, maker=undoable.maker)
        return joined((message, ""), key, (_(" takes it back within {seconds} s").format(seconds=seconds), ""))
    if undoable.act == "approved":
        message = _("{case} approved ({verdict} by {maker}); letter is released in {seconds} s; ")
    else:
        message = _("{case} {verdict}; letter is released in {seconds} s; ")
    message = message.format(
        case=case, verdict=_(DECIDED_WORDS[undoable.verdict]), maker=undoable.maker, seconds=seconds
    )
    style = SUCCESS if undoable.verdict is Verdict.PASS else ""
    return joined((message, style), key, (_(" takes it back"), style))


def desk_message(session: "DeskSession", view: View) -> Content | None:
    """Return the message line of the desk: the first of these that applies, or None.

    * The hold on the case is lost.
    * New evidence has arrived, or the policy of the case has changed.
    * A case is back from being put aside, and no act can be undone for some seconds only.
    * An act can be undone; one that waits for its checker is shown for a minute.
    """
    if session.is_lost and session.case is not None:
        return lost_line(format_case(session.case.header.id), session.loss, view)
    if session.news:
        return news_line(session.news)
    undoable, back = session.undoable, _back_from_aside(session, view)
    if back and (undoable is None or undoable.until is None):
        return back_line(back, view, has_case=session.case is not None)
    if undoable is None or not undoable.is_recent(view.now):
        return None
    line = undo_line(undoable, session.check_reasons.get(undoable.decision_id, ()), view)
    is_of_another = session.case is not None and session.case.header.id != undoable.case_id
    return Content.assemble(joined((_("Another case: "), MUTED)), line) if is_of_another else line


def _back_from_aside(session: "DeskSession", view: View) -> list[int]:
    """Return the cases whose time aside is over, except the one on the desk."""
    back = session.counts.back(view.now) if session.counts is not None else ()
    return [case_id for case_id in back if session.case is None or session.case.header.id != case_id]


def back_line(back: Sequence[int], view: View, *, has_case: bool) -> Content:
    """Return the line about the cases whose time aside is over, with the one that `n` brings next."""
    more = f" +{len(back) - 1}" if len(back) > 1 else ""
    message = _("{case} is yours and waits; ").format(case=format_case(back[0]) + more)
    then = _(" gives it after this case") if has_case else _(" gives it")
    return joined((f"{view.symbols.mine} ", MUTED), (message, MUTED), _NEXT_KEY, (then, MUTED))


def news_line(news: ChangesSinceSeen) -> Content:
    """Return the line about changes in the case on the desk; a change of policy is described."""
    message = _("New evidence has arrived for this case; ")
    if news.policy and news.has_evidence:
        message = _("New evidence has arrived, and the policy of this case has changed; ")
    elif news.policy:
        message = _("The policy of this case has changed; ")
    change = f": {news.policy}" if news.policy else ""
    return joined((message, WARNING), _NEXT_KEY, (_(" shows it"), WARNING), (change, WARNING))


def lost_line(case: str, loss: "LostHold | None", view: View) -> Content:
    """Return the line after a hold was lost: who has the case, and that the draft is kept."""
    is_back = loss is not None and loss.action == "undo" and loss.to
    then = _(" shows it") if is_back else _(" takes another")
    return joined((_loss_words(case, loss, view), WARNING), (_("; "), ""), _NEXT_KEY, (then, WARNING))


def _loss_words(case: str, loss: "LostHold | None", view: View) -> str:
    if loss is None:
        return _("The hold on {case} is lost; what you typed is kept").format(case=case)
    at = view.time_of_day(loss.at)
    if loss.action == "assign":
        message = _("{case} was given to {login} by {by} at {time}; your draft is kept")
        return message.format(case=case, login=loss.to, by=loss.by, time=at)
    if loss.action == "undo" and loss.to:
        message = _("{login} took the case away and gave it back at {time}; {case} is yours again with your draft")
        return message.format(case=case, login=loss.by, time=at)
    message = _("{case} is no longer yours since an act of {login} at {time}; your draft is kept")
    if loss.action in {"next", "take"}:
        message = _("{case} was taken over by {login} at {time}; your draft is kept")
    return message.format(case=case, login=loss.by, time=at)


def reveal_line(*, is_all: bool) -> Content:
    """Return the line that says how to hide all fields, or how to reveal some."""
    key = (REVEAL.key, "$text-accent bold")
    if not is_all:
        hint = _("Choose a masked field with {desk.masked_down}, or press {desk.reveal} twice for all.")
        return plain(with_keys(hint), MUTED)
    return joined(
        (_("Everything is shown; "), WARNING),
        key,
        (_(" hides it, or {seconds} s without a key").format(seconds=round(ALL_IDLE_S)), MUTED),
    )


def draft_line(body: Mapping[str, Any], symbols: Symbols, width: int) -> Content | None:
    """Return the line with the draft: what was typed without a verdict; None if the draft is empty."""
    parts: list[str] = []
    form = body.get("verdict")
    if isinstance(form, Mapping) and form.get("verdict") in set(Verdict):
        parts.append(_(VERDICT_TITLES[Verdict(form["verdict"])]))
        parts.append(comma_joined(str(code) for code in form.get("reasons", ())))
    parts += [" / ".join(str(body.get(name, "")).splitlines()) for name in ("note", "comment")]
    message = f" {symbols.dot} ".join(part for part in parts if part.strip())
    if not message:
        return None
    line = joined((_("Draft"), MUTED), (f"  {symbols.cursor}", "$text-accent"), (message, ""))
    return line.truncate(width, ellipsis=True)
