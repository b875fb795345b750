"""The texts of an appeal: its row in the list, and its panel with the grounds and an earlier answer."""

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
"""From this width on, a row shows the day on which the appeal was received."""


def appeal_rows(waiting: WaitingAppeal, view: View, width: int, login: str) -> Content:
    """Return an appealed case as two lines of the list."""
    name = joined((f"{format_case(waiting.case_id)}  ", "bold"), (waiting.applicant_name, ""))
    who: Part = (_("nobody"), WARNING)
    if waiting.assignee is not None:
        words = _("assigned to you") if waiting.assignee == login else _("assigned to {login}")
        who = (words.format(login=waiting.assignee), MUTED)
    about = _("lapse") if waiting.state_before is CaseState.LAPSED else _("final fail")
    if width >= _WIDE:
        received = view.day(waiting.received_at.astimezone(view.zone).date())
        about = _("{what}, received {when}").format(what=about, when=received)
    left = working_days_left(waiting.left_days) if waiting.left_days else _("due today")
    due = joined(
        (_("due {when}").format(when=view.instant(waiting.due_at)), ""),
        (f" {view.symbols.dot} ", MUTED),
        (f"{view.symbols.warn} {_('overdue')}", ERROR)
        if waiting.is_overdue
        else (left, WARNING if waiting.left_days <= 1 else MUTED),
    )
    return Content("\n").join([row(name, joined(who), width), row(plain(f"    {about}", MUTED), due, width)])


def appeal_lines(case: CaseFile, line: AppealLine, refusal: str, view: View, width: int) -> Content:
    """Return the panel of an appeal: the result, why the actor may not decide, the grounds, a returned answer."""
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
    """Return the due date of an appeal and the reason for it."""
    days = case.policy.appeal
    cap = line.received_at.astimezone(view.zone).date() + timedelta(days=days.cap_days)
    message = _(
        "To be answered by {when}: within {days} working days, at the latest on {cap} ({cap_days} calendar days)."
    )
    return message.format(
        when=view.instant(line.due_at), days=days.answer_days, cap=view.day(cap), cap_days=days.cap_days
    )
