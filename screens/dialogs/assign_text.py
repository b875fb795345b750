"""The text of the assignment dialog: the reviewers, the effect and the outcome."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, UNEASY, Part, joined, plain, wrapped
from workbench.domain.case.case_id import format_case
from workbench.domain.text.safe import cells, pad_left, pad_right, safe
from workbench.i18n import _, listed
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
    held = [one for one in plan.given if one.from_holder]
    if held:
        holders = listed(sorted({one.from_holder or "" for one in held}))
        message = _("{cases} held by {who}: the hold ends and the draft is handed over.").format(
            cases=cases_words(len(held)), who=holders
        )
        lines += [plain(part, UNEASY) for part in wrapped(message, width)]
    if plan.refused:
        message = _("{cases} cannot be assigned, for example: {why}").format(
            cases=cases_words(len(plan.refused)), why=plan.refused[0].why
        )
        lines += [plain(part, BAD) for part in wrapped(message, width)]
    if not lines:
        lines = [plain(part, FAINT) for part in wrapped(_("Nobody holds the selected cases."), width)]
    return Content("\n").join(lines)


def person_line(one: "Candidate", number: int, view: View) -> Content:
    """Return a reviewer as a line of the list: cases held and assigned, and the absence."""
    login = pad_right(safe(one.login), _LOGIN_CELLS)
    parts: list[Part] = [
        (f"{number} " if number <= 9 else "  ", FAINT),  # noqa: PLR2004 - digits choose
        (login, "" if not one.is_away else FAINT),
        (pad_left(_("{count} held").format(count=count(one.held)), 9), FAINT),
        (pad_left(_("{count} assigned").format(count=count(one.assigned)), 16), FAINT),
    ]
    if one.is_away:
        until = _("away until {day}").format(day=view.day(one.away_until)) if one.away_until else _("away")
        parts.append((f"  {view.symbols.warn} {until}", UNEASY))
    return joined(*parts)


def busy_line(number: int, login: str) -> Content:
    """Return the line shown while the cases are assigned."""
    return plain(_("Assigning {cases} to {login} …").format(cases=cases_words(number), login=login), FAINT)


def done_words(done: "Assignment", login: str) -> str:
    """Return the outcome in one sentence."""
    if len(done.given) == 1:
        message = _("{case} is assigned to {login}.").format(case=format_case(done.given[0].case_id), login=login)
    else:
        message = _("{cases} go to {login}.").format(cases=cases_words(len(done.given)), login=login)
    return message


def refused_lines(done: "Assignment", width: int) -> list[Content]:
    """Return each case that could not be assigned, with the reason."""
    lines: list[Content] = []
    for one in done.refused:
        name = pad_right(format_case(one.case_id), _LOGIN_CELLS)
        first, *rest = wrapped(one.why, width - cells(name) - 1)
        lines.append(joined((f"{name} ", "bold"), (first, "")))
        lines += [joined((" " * (cells(name) + 1), ""), (part, "")) for part in rest]
    return lines
