"""What the desk says when there is no case on it: opening, broken, empty, decided."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.panels.labels import CHECK_FOR, DECIDED
from screens.shell.view import View
from screens.widgets.safe_text import FAINT, FINE, UNEASY, joined, paragraphs
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import Decided, DeskCounts, Empty, Undoable
from workbench.domain.case.vocabulary import Verdict
from workbench.errors import WorkbenchError
from workbench.i18n import _, listed
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from workbench.services.queue.lost_holds import LostHold

_LISTED = 5


def welcome(counts: DeskCounts, view: View, *, may_check: bool) -> Content:
    """Say what waits, the key that takes the next case, the ways to what else there is, and what is put aside."""
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
    """Say why nobody knows yet what waits; a case can be asked for all the same."""
    said = _("What waits could not be counted, and is counted again: {cause}").format(cause=error)
    return Content("\n").join([joined((said, "")), Content(), _key("n", _("takes the next one"))])


def _aside_lines(counts: DeskCounts, view: View) -> list[Content]:
    """Return what is put aside, with the end of each."""
    if not counts.aside:
        return []
    lines = [Content(), joined((_("Put aside"), FAINT))]
    for case_id, until in counts.aside[:_LISTED]:
        when = _("until {when}").format(when=view.instant(until))
        lines.append(joined((f"{format_case(case_id)} ", ""), (when, FAINT)))
    return lines


def _ways(counts: DeskCounts, *, may_check: bool) -> list[Content]:
    """Return the keys that lead to what waits elsewhere."""
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
    """Say which empty it is, what can be done about it, and what is put aside where that fills the desk."""
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


def decided(done: Decided, view: View) -> Content:
    """Say what was decided and show the letter; the next case is one key away."""
    lines = [_key("n", _("takes the next one")), Content()]
    if done.deadline_at is not None:
        lines += [joined((_("to be mended by {when}").format(when=view.instant(done.deadline_at)), "")), Content()]
    if done.notice:
        lines += [joined((_("The applicant reads"), FAINT)), paragraphs(done.notice)]
    return Content("\n").join(lines)


def notice_bar(last: Undoable, check_for: tuple[str, ...], view: View) -> Content:
    """Return the line after a verdict: what it was, when its notice goes out, how it is taken back."""
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


def lost(case: str, loss: "LostHold | None", view: View) -> Content:
    """Return the line that says who has the case now; what was typed is not lost with it."""
    key = ("n", "$text-accent bold")
    return joined((_how_lost(case, loss, view), UNEASY), ("; ", ""), key, (_(" takes another"), UNEASY))


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


def evidence_bar() -> Content:
    """Return the line that says that the case on the desk is not all there is any more."""
    key = ("n", "$text-accent bold")
    return joined((_("New evidence has arrived for this case; "), UNEASY), key, (_(" shows it"), UNEASY))


def _key(key: str, what: str) -> Content:
    return joined((key, "$text-accent bold"), (f" {what}", FAINT))
