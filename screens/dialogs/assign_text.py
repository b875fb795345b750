"""The text of the assignment dialog: the reviewers, the effect and the outcome."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, hanging, joined, plain, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.text.safe import pad_left, pad_right, safe
from workbench.i18n import _, comma_joined
from workbench.wording.amounts import count

if TYPE_CHECKING:
    from workbench.services.queue.assignment import Assignment, Candidate

_LOGIN_CELLS = 10


def cases_words(number: int) -> str:
    """Return a number of cases in words."""
    return _("1 case") if number == 1 else _("{count} cases").format(count=count(number))


def title_words(case_ids: tuple[int, ...]) -> str:
    """Return the title of the dialog."""
    if len(case_ids) == 1:
        return _("Assign {case}").format(case=format_case(case_ids[0]))
    return _("Assign {cases}").format(cases=cases_words(len(case_ids)))


def plan_lines(plan: "Assignment", width: int) -> Content:
    """Return the effect of an assignment: holds that end, and cases that cannot be assigned."""
    lines: list[Content] = []
    held = [one for one in plan.assigned if one.from_holder]
    if held:
        holders = comma_joined(sorted({one.from_holder or "" for one in held}))
        message = _("{cases} held by {who}: the hold ends and the draft is handed over.")
        lines += wrapped_lines(message.format(cases=cases_words(len(held)), who=holders), width, WARNING)
    if plan.refused:
        message = _("{cases} cannot be assigned, for example: {why}")
        message = message.format(cases=cases_words(len(plan.refused)), why=plan.refused[0].why)
        lines += wrapped_lines(message, width, ERROR)
    return Content("\n").join(lines or wrapped_lines(_("Nobody holds the selected cases."), width, MUTED))


def person_line(one: "Candidate", number: int, view: View) -> Content:
    """Return a reviewer as a line of the list: the login, the cases held and assigned, and the absence."""
    login = pad_right(safe(one.login), _LOGIN_CELLS)
    parts: list[Part] = [
        (f"{number} " if number <= 9 else "  ", MUTED),  # noqa: PLR2004 - digits choose
        (login, "" if not one.is_away else MUTED),
        (pad_left(_("{count} held").format(count=count(one.held)), 9), MUTED),
        (pad_left(_("{count} assigned").format(count=count(one.assigned)), 16), MUTED),
    ]
    if one.is_away:
        until = _("away until {day}").format(day=view.day(one.away_until)) if one.away_until else _("away")
        parts.append((f"  {view.symbols.warn} {until}", WARNING))
    return joined(*parts)


def busy_line(number: int, login: str) -> Content:
    """Return the line shown while the cases are assigned."""
    return plain(_("Assigning {cases} to {login} …").format(cases=cases_words(number), login=login), MUTED)


def outcome_words(done: "Assignment", login: str) -> str:
    """Return the outcome in one sentence."""
    if len(done.assigned) == 1:
        return _("{case} is assigned to {login}.").format(case=format_case(done.assigned[0].case_id), login=login)
    return _("{cases} go to {login}.").format(cases=cases_words(len(done.assigned)), login=login)


def refused_lines(done: "Assignment", width: int) -> list[Content]:
    """Return each case that could not be assigned, with the reason."""
    return [
        line
        for one in done.refused
        for line in hanging([(f"{pad_right(format_case(one.case_id), _LOGIN_CELLS)} ", "bold")], one.why, width)
    ]
