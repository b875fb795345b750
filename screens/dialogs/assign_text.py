"""The texts of the dialog that moves cases: people with their loads, cases with their new owners, the outcome."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, fitted, hanging, joined, plain, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.text.safe import pad_left, pad_right, safe
from workbench.i18n import _, comma_joined, with_remark
from workbench.services.acts.many_cases import RefusedCase
from workbench.services.queue.assignment import Assignment, Candidate, Load
from workbench.services.queue.moving import AssignedCase
from workbench.wording.amounts import away_words, commas

_NAME_CELLS = 10
"""The cells of a login or a case number."""

_LOAD_CELLS, _DUE_CELLS = 11, 15
_LAST_NUMBER_KEY = 9


def cases_words(number: int) -> str:
    """Return a number of cases in words."""
    return _("1 case") if number == 1 else _("{count} cases").format(count=commas(number))


def title_words(words: str, case_ids: tuple[int, ...]) -> str:
    """Return the title of the dialog; `words` say which cases these are, if a rule chose them."""
    if words:
        return _("Move {cases}: {which}").format(cases=cases_words(len(case_ids)), which=words)
    if len(case_ids) == 1:
        return _("Assign {case}").format(case=format_case(case_ids[0]))
    return _("Assign {cases}").format(cases=cases_words(len(case_ids)))


def plan_lines(plan: Assignment, width: int) -> Content:
    """Return the effect of a move: holds that end, and cases that cannot move."""
    lines: list[Content] = []
    held = [moved for moved in plan.assigned if moved.from_holder and moved.from_holder != moved.to]
    if held:
        holders = comma_joined(sorted({moved.from_holder or "" for moved in held}))
        message = _("{cases} held by {who}: the hold ends and the draft is handed over.")
        lines += wrapped_lines(message.format(cases=cases_words(len(held)), who=holders), width, WARNING)
    if plan.refused:
        message = _("{cases} cannot be assigned, for example: {why}")
        message = message.format(cases=cases_words(len(plan.refused)), why=plan.refused[0].why)
        lines += wrapped_lines(message, width, ERROR)
    return Content("\n").join(lines or wrapped_lines(_("Nobody holds the selected cases."), width, MUTED))


def heading_line() -> Content:
    """Return the titles of the columns of the people."""
    titles = [(_("cases"), _LOAD_CELLS), (_("due today"), _LOAD_CELLS), (_("first due"), _DUE_CELLS)]
    return plain(pad_right("  " + _("Reviewer"), 2 + _NAME_CELLS) + "".join(pad_left(*title) for title in titles))


def spread_line() -> Content:
    """Return the choice to spread the cases."""
    return joined(("0 ", MUTED), (_("spread evenly over the reviewers who are present"), "bold"))


def person_line(candidate: Candidate, number: int, loads_after: Mapping[str, Load], view: View) -> Content:
    """Return a person as a line of the list: login, cases, how many are due today, the first due, and the absence.

    Each figure is followed by the one after the move, if they differ.
    """
    was, now = candidate.load, loads_after.get(candidate.login, Load())
    name = pad_right(fitted(safe(candidate.login), _NAME_CELLS), _NAME_CELLS)
    parts: list[Part] = [
        (f"{number} " if number <= _LAST_NUMBER_KEY else "  ", MUTED),
        (name, MUTED if candidate.is_away else ""),
        _change(commas(was.cases), commas(now.cases), _LOAD_CELLS),
        _change(commas(was.due_today), commas(now.due_today), _LOAD_CELLS),
        _change(_day(was.first_due, view), _day(now.first_due, view), _DUE_CELLS),
    ]
    if candidate.is_away:
        away = away_words(is_away=True, until=candidate.away_until, today=view.today)
        parts.append((f"  {view.symbols.warn} {away}", WARNING))
    return joined(*parts)


def _change(was: str, now: str, width: int) -> Part:
    text = was if was == now else f"{was} → {now}"
    return pad_left(text, width), MUTED if was == now else "bold"


def _day(at: datetime | None, view: View) -> str:
    return "–" if at is None else view.short_day(at.astimezone(view.zone).date())


def case_lines(plan: Assignment, view: View, width: int) -> list[Content]:
    """Return a line for each case: its owner and new owner, its due date and state; or why it does not move."""
    return [*(_case_line(moved, view) for moved in plan.assigned), *refused_lines(plan.refused, width)]


def _case_line(moved: AssignedCase, view: View) -> Content:
    """Return a case that moves, with its old and its new owner."""
    due = _("no due date") if moved.due_at is None else view.instant(moved.due_at)
    people = f"{moved.from_owner or '–'} → {moved.to}"
    return joined(
        (pad_right(format_case(moved.case_id), _NAME_CELLS + 1), "bold"),
        (pad_right(safe(people), 2 * _NAME_CELLS + 3), ""),
        (pad_right(due, 20), MUTED),
        (_(STATE_WORDS[moved.state]), MUTED),
    )


def outcome_words(assignment: Assignment) -> str:
    """Return the outcome in one sentence."""
    numbers = Counter(moved.to for moved in assignment.assigned)
    if len(assignment.assigned) == 1:
        (moved,) = assignment.assigned
        return _("{case} is assigned to {login}.").format(case=format_case(moved.case_id), login=moved.to)
    people = comma_joined(with_remark(login, commas(number)) for login, number in sorted(numbers.items()))
    if len(numbers) == 1:
        (people,) = numbers
    return _("{cases} go to {login}.").format(cases=cases_words(len(assignment.assigned)), login=people)


def refused_lines(refused: Iterable[RefusedCase], width: int) -> list[Content]:
    """Return each case for which an act was refused, with the reason."""
    return [
        line
        for case in refused
        for line in hanging([(f"{pad_right(format_case(case.case_id), _NAME_CELLS)} ", "bold")], case.why, width)
    ]
