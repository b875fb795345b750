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


def appeal_rows(appeal: WaitingAppeal, view: View, width: int, login: str) -> Content:
    """Return an appealed case as two lines of the list."""
    name = joined((f"{format_case(appeal.case_id)}  ", "bold"), (appeal.applicant_name, ""))
    assignee: Part = (_("nobody"), WARNING)
    if appeal.assignee is not None:
        words = _("assigned to you") if appeal.assignee == login else _("assigned to {login}")
        assignee = (words.format(login=appeal.assignee), MUTED)
    result = _("lapse") if appeal.state_before is CaseState.LAPSED else _("final fail")
    if width >= _WIDE:
        received = view.day(appeal.received_at.astimezone(view.zone).date())
        result = _("{what}, received {when}").format(what=result, when=received)
    left_words = working_days_left(appeal.left_days) if appeal.left_days else _("due today")
    left: Part = (left_words, WARNING if appeal.left_days <= 1 else MUTED)
    if appeal.is_overdue:
        left = (f"{view.symbols.warn} {_('overdue')}", ERROR)
    due_at = _("due {when}").format(when=view.instant(appeal.due_at))
    due = joined((due_at, ""), (f" {view.symbols.dot} ", MUTED), left)
    return Content("\n").join([row(name, joined(assignee), width), row(plain(f"    {result}", MUTED), due, width)])


def appeal_lines(case: CaseFile, appeal: AppealLine, refusal: str, view: View, width: int) -> Content:
    """Return the panel of an appeal: the result, why the actor may not decide, the grounds, a returned answer."""
    is_lapse = appeal.state_before is CaseState.LAPSED
    title = _("Appeal against a lapse") if is_lapse else _("Appeal against a final fail")
    received = _("received {when}").format(when=view.instant(appeal.received_at))
    lines = [row(plain(title, "bold"), plain(received, MUTED), width)]
    lines += appealed_lines(case, appeal, view, width)
    if appeal.outcome is None:
        lines += wrapped_lines(_due_words(case, appeal, view), width, MUTED)
    if refusal:
        lines += hanging([], refusal, width, WARNING)
    lines += [plain(_("Grounds"), MUTED), *hanging([("  ", "")], appeal.grounds, width)]
    if appeal.outcome is not None:
        outcome = _(APPEAL_OUTCOME_WORDS[appeal.outcome])
        decided = _("{outcome}, by {login}").format(outcome=outcome, login=appeal.decided_by or "")
        lines += [plain(decided, MUTED), *hanging([("  ", "")], appeal.answer, width)]
    if appeal.check_note:
        returned = _("returned by {login}").format(login=appeal.checker or "")
        lines += [plain(returned, WARNING), *hanging([("  ", "")], appeal.check_note, width)]
    return Content("\n").join(lines)


def _due_words(case: CaseFile, appeal: AppealLine, view: View) -> str:
    """Return the due date of an appeal and the reason for it."""
    days = case.policy.appeal
    cap = appeal.received_at.astimezone(view.zone).date() + timedelta(days=days.cap_days)
    message = _(
        "To be answered by {when}: within {days} working days, at the latest on {cap} ({cap_days} calendar days)."
    )
    return message.format(
        when=view.instant(appeal.due_at), days=days.answer_days, cap=view.day(cap), cap_days=days.cap_days
    )
