"""What the desk says: without a case, after a verdict, about a lost hold, about revealed fields and a draft."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.content import Content

from screens.desk.empty_page import opening_page
from screens.panels.labels import CHECK_FOR, DECIDED, VERDICT
from screens.shell.revealed_fields import ALL_IDLE_S
from screens.shell.symbols import Symbols
from screens.shell.view import View
from screens.widgets.safe_text import FAINT, FINE, UNEASY, joined, paragraphs
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import Decided, DeskCounts, Empty, Undoable
from workbench.domain.case.lifecycle import Action, role_refusal
from workbench.domain.case.vocabulary import Verdict
from workbench.errors import WorkbenchError
from workbench.i18n import _, listed
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from screens.desk.session import DeskSession
    from workbench.services.foundation.case_access import LostHold

_LISTED = 5
_NEXT_KEY = ("n", "$text-accent bold")


def welcome(session: "DeskSession", view: View) -> Content:
    """Return the page without a case: what waits, the key for the next case, other lists, cases put aside."""
    counts = session.counts
    if counts is None:
        return opening_page()
    may_check = role_refusal(Action.APPROVE, session.services.actor) is None
    if counts.held_by_me:
        said = (
            _("You hold one case.")
            if counts.held_by_me == 1
            else _("You hold {count} cases.").format(count=count(counts.held_by_me))
        )
        what = _("brings back what you hold, or takes the next one if all of it is put aside")
    elif counts.queued:
        said = (
            _("One case is queued.")
            if counts.queued == 1
            else _("{count} cases are queued.").format(count=count(counts.queued))
        )
        what = _("takes the next one")
    else:
        said, what = _("Nothing is queued."), _("looks again")
    lines = [joined((said, "")), Content(), _key("n", what), *_ways(counts, may_check=may_check)]
    return Content("\n").join([*lines, *_aside_lines(counts, view)])


def uncounted(error: WorkbenchError) -> Content:
    """Return the page for a count that failed; the next case can be taken all the same."""
    said = _("What waits could not be counted, and is counted again: {cause}").format(cause=error)
    return Content("\n").join([joined((said, "")), Content(), _key("n", _("takes the next one"))])


def _aside_lines(counts: DeskCounts, view: View) -> list[Content]:
    """Return the cases put aside, with the time until which each is."""
    if not counts.aside:
        return []
    lines = [Content(), joined((_("Put aside"), FAINT))]
    for case_id, until in counts.aside[:_LISTED]:
        when = _("until {when}").format(when=view.instant(until))
        lines.append(joined((f"{format_case(case_id)} ", ""), (when, FAINT)))
    return lines


def _ways(counts: DeskCounts, *, may_check: bool) -> list[Content]:
    """Return the keys that go to other lists."""
    ways = [_key("g q", _("the queue"))]
    if may_check and counts.to_check:
        one, more = _("one verdict to check"), _("{count} verdicts to check")
        ways.append(_key("g c", one if counts.to_check == 1 else more.format(count=count(counts.to_check))))
    yours: list[str] = []
    if counts.assigned:
        yours.append(_("{count} assigned to you").format(count=count(counts.assigned)))
    if counts.aside:
        yours.append(_("{count} put aside").format(count=count(len(counts.aside))))
    if yours:
        ways.append(_key("g m", listed(yours)))
    return ways


def empty(found: Empty, view: View, counts: DeskCounts | None) -> Content:
    """Return the page for an empty queue: why it is empty, and what can be done."""
    lines = [joined((_why(found), ""))]
    for who, until in found.who[:_LISTED]:
        lines.append(joined((f"{who} ", ""), (_("until {when}").format(when=view.instant(until)), FAINT)))
    if len(found.who) > _LISTED:
        more = count(len(found.who) - _LISTED)
        lines.append(joined((_("and {count} more").format(count=more), FAINT)))
    lines += [Content(), joined((_way_out(found), FAINT)), _key("n", _("looks again"))]
    if found.kind == "limit" and counts is not None:
        lines += [_key("g m", _("your cases")), *_aside_lines(counts, view)]
    return Content("\n").join(lines)


def _why(found: Empty) -> str:
    number = count(found.count)
    return {
        "none": _("Nothing is queued."),
        "held": _("Nothing left for you: {count} held by others.").format(count=number),
        "skipped": _("You skipped all that is left: {count}.").format(count=number),
        "filtered": _("Your filter hides what is left: {count}.").format(count=number),
        "limit": _("You hold {limit} cases, as many as you may.").format(limit=count(found.limit)),
    }.get(found.kind, _("Nothing is queued."))


def _way_out(found: Empty) -> str:
    return {
        "none": _("New cases come with the next import."),
        "held": _("A case comes back to the queue when its hold ends or is released."),
        "skipped": _("A skipped case comes back to you when something about it changes."),
        "filtered": _("Widen the filter to see them."),
        "limit": _("Decide or release one; those put aside come back at their time."),
    }.get(found.kind, "")


def decided_page(done: Decided, view: View) -> Content:
    """Return the page after a verdict: the key for the next case, the deadline, the letter."""
    lines = [_key("n", _("takes the next one")), Content()]
    if done.deadline_at is not None:
        lines += [joined((_("to be mended by {when}").format(when=view.instant(done.deadline_at)), "")), Content()]
    if done.notice:
        lines += [joined((_("The applicant reads"), FAINT)), paragraphs(done.notice)]
    return Content("\n").join(lines)


def notice_bar(last: Undoable, check_for: tuple[str, ...], view: View) -> Content:
    """Return the line after a verdict: what it was, when its notice goes out, how to undo it."""
    case = format_case(last.case_id)
    key = ("u", "$text-accent bold")
    if last.until is None:
        why = listed(_(CHECK_FOR.get(name, name)) for name in check_for)
        said = _("{case} waits for a second person").format(case=case)
        return joined((said, ""), (f" ({why})" if why else "", FAINT), ("; ", ""), key, (_(" takes it back"), ""))
    seconds = max(0, round((last.until - view.now).total_seconds()))
    if last.act == "returned":
        said = _("{case} returned to {maker}; ").format(case=case, maker=last.maker)
        return joined((said, ""), key, (_(" takes it back within {seconds} s").format(seconds=seconds), ""))
    if last.act == "approved":
        said = _("{case} approved ({verdict} by {maker}); notice goes out in {seconds} s; ")
    else:
        said = _("{case} {verdict}; notice goes out in {seconds} s; ")
    said = said.format(case=case, verdict=_(DECIDED[last.verdict]), maker=last.maker, seconds=seconds)
    style = FINE if last.verdict is Verdict.PASS else ""
    return joined((said, style), key, (_(" takes it back"), style))


def notice_line(session: "DeskSession", view: View) -> Content | None:
    """Return the line under the header: the hold is lost, evidence has arrived, or a verdict can be undone."""
    if session.is_lost and session.case is not None:
        return lost_line(format_case(session.case.header.id), session.loss, view)
    if session.has_new_evidence:
        return joined((_("New evidence has arrived for this case; "), UNEASY), _NEXT_KEY, (_(" shows it"), UNEASY))
    last = session.undoable
    return notice_bar(last, session.check_reasons.get(last.decision_id, ()), view) if last is not None else None


def lost_line(case: str, loss: "LostHold | None", view: View) -> Content:
    """Return the line after a hold was lost: who has the case, and that the draft is kept."""
    return joined((_how_lost(case, loss, view), UNEASY), ("; ", ""), _NEXT_KEY, (_(" takes another"), UNEASY))


def _how_lost(case: str, loss: "LostHold | None", view: View) -> str:
    if loss is None:
        return _("The hold on {case} is lost; what you typed is kept").format(case=case)
    at = view.clock(loss.at)
    if loss.action == "assign":
        said = _("{case} was given to {login} by {by} at {time}; your draft is kept")
        return said.format(case=case, login=loss.to, by=loss.by, time=at)
    if loss.action == "next":
        said = _("{case} was taken over by {login} at {time}; your draft is kept")
        return said.format(case=case, login=loss.by, time=at)
    said = _("{case} is no longer yours since an act of {login} at {time}; your draft is kept")
    return said.format(case=case, login=loss.by, time=at)


def reveal_line(*, is_all: bool) -> Content:
    """Return the line that says how to hide all fields, or how to reveal some."""
    key = (".", "$text-accent bold")
    if not is_all:
        return joined((_("Choose a masked field with the arrows, or press . twice for all."), FAINT))
    return joined(
        (_("Everything is shown; "), UNEASY),
        key,
        (_(" hides it, or {seconds} s without a key").format(seconds=round(ALL_IDLE_S)), FAINT),
    )


def draft_line(body: Mapping[str, Any], symbols: Symbols, width: int) -> Content | None:
    """Return the line with what was typed and not decided; None if nothing was."""
    parts: list[str] = []
    verdict = body.get("verdict")
    if isinstance(verdict, Mapping) and verdict.get("verdict") in set(Verdict):
        parts.append(_(VERDICT[Verdict(verdict["verdict"])]))
        parts.append(listed(str(code) for code in verdict.get("reasons", ())))
    parts += [str(body.get("note", "")), str(body.get("comment", ""))]
    said = f" {symbols.dot} ".join(part for part in parts if part.strip())
    if not said:
        return None
    line = joined((_("Draft"), FAINT), (f"  {symbols.cursor}", "$text-accent"), (said, ""))
    return line.truncate(width, ellipsis=True)


def _key(key: str, what: str) -> Content:
    return joined((key, "$text-accent bold"), (f" {what}", FAINT))
