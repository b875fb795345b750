"""An appeal in a list, and its grounds and earlier answer above the case."""

from datetime import timedelta

from textual.content import Content

from screens.panels.history import appealed_lines
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, hanging, joined, plain, row, wrapped_lines
from workbench.domain.case.appeal import APPEAL_OUTCOME_WORDS, AppealLine, WaitingAppeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import _
from workbench.wording.amounts import working_days_left

_WIDE = 90
"""A row of this many cells has room for the day on which the appeal was received."""


def appeal_rows(found: WaitingAppeal, view: View, width: int, login: str) -> Content:
    """Return an appealed case as two lines of the list."""
    name = joined((f"{format_case(found.case_id)}  ", "bold"), (found.applicant_name, ""))
    who: Part = (_("nobody"), WARNING)
    if found.assignee is not None:
        words = _("assigned to you") if found.assignee == login else _("assigned to {login}")
        who = (words.format(login=found.assignee), MUTED)
    about = _("lapse") if found.state_before is CaseState.LAPSED else _("final fail")
    if width >= _WIDE:
        received = view.day(found.received_at.astimezone(view.zone).date())
        about = _("{what}, received {when}").format(what=about, when=received)
    left = working_days_left(found.left_days) if found.left_days else _("due today")
    due = joined(
        (_("due {when}").format(when=view.instant(found.due_at)), ""),
        (f" {view.symbols.dot} ", MUTED),
        (f"{view.symbols.warn} {_('overdue')}", ERROR)
        if found.is_overdue
        else (left, WARNING if found.left_days <= 1 else MUTED),
    )
    return Content("\n").join([row(name, joined(who), width), row(plain(f"    {about}", MUTED), due, width)])


def appeal_lines(case: CaseFile, line: AppealLine, refusal: str, view: View, width: int) -> Content:
    """Return an appeal: the appealed result, why the actor may not decide, the grounds, an answer that came back."""
    is_lapse = line.state_before is CaseState.LAPSED
    title = _("Appeal against a lapse") if is_lapse else _("Appeal against a final fail")
    filed = _("received {when}").format(when=view.instant(line.received_at))
    lines = [row(plain(title, "bold"), plain(filed, MUTED), width)]
    lines += appealed_lines(case, line, view, width)
    if line.outcome is None:
        lines += wrapped_lines(_due_words(case, line, view), width, MUTED)
    if refusal:
        lines += hanging([], refusal, width, WARNING)
    lines += [plain(_("Grounds"), MUTED), *hanging([("  ", "")], line.grounds, width)]
    if line.outcome is not None:
        decided = _("{outcome}, by {login}").format(
            outcome=_(APPEAL_OUTCOME_WORDS[line.outcome]), login=line.decided_by or ""
        )
        lines += [plain(decided, MUTED), *hanging([("  ", "")], line.answer, width)]
    if line.check_note:
        returned = _("returned by {login}").format(login=line.checker or "")
        lines += [plain(returned, WARNING), *hanging([("  ", "")], line.check_note, width)]
    return Content("\n").join(lines)


def _due_words(case: CaseFile, line: AppealLine, view: View) -> str:
    """Return by when an appeal must be answered, and why by then."""
    days = case.policy.appeal
    cap = line.received_at.astimezone(view.zone).date() + timedelta(days=days.cap_days)
    message = _(
        "To be answered by {when}: within {days} working days, at the latest on {cap} ({cap_days} calendar days)."
    )
    return message.format(
        when=view.instant(line.due_at), days=days.answer_days, cap=view.day(cap), cap_days=days.cap_days
    )
