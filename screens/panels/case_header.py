"""The lines about a case above its panels: applicant, priority, hold and due date."""

from collections.abc import Sequence

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import (
    ACCENT,
    ERROR,
    INFO,
    MUTED,
    WARNING,
    Part,
    hanging,
    joined,
    plain,
    row,
    wrapped_lines,
)
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.lifecycle import PRIORITY_WORDS
from workbench.domain.case.running import clock_runs, is_with_applicant
from workbench.domain.case.vocabulary import CaseState, Priority
from workbench.domain.text.safe import cells, pad_right
from workbench.domain.values.provinces import province_words
from workbench.i18n import _
from workbench.keys.registry import with_keys
from workbench.wording.amounts import commas, hold_left, working_days_left
from workbench.wording.case.inquiries import inquiry_sentence
from workbench.wording.case.labels import APPLICANT_KIND_WORDS
from workbench.wording.case.story import CaseStory
from workbench.wording.findings import earlier_fail_text

_LEFT_CELLS = 24
"""The cells that the left part, such as the applicant's name, needs before the remaining time is shown."""

_MAX_NOTE_LINES = 3
"""The most lines for the note of a checker."""

_MIN_STORY_LINES, _SCREEN_LINES_PER_STORY_LINE = 2, 4
"""The least lines for past acts, and for how many lines of the screen they get one; the history panel has all."""

_KEPT_FACTS = 3
"""The kind of applicant, the industry and the number of cards, which the due date never pushes out."""

_MORE = " …"
"""Says that facts were left out, if there is room for it."""

_MIN_LEFT_CELLS = 16
"""The cells that the left part always gets."""


def case_lines(
    case: CaseFile, view: View, width: int, login: str, *, is_lost: bool = False, forecast: str = ""
) -> list[Content]:
    """Return the lines about a case for the reviewer `login`: applicant and hold, then the facts and the due date."""
    header = case.header
    name = joined((header.applicant_name, "bold"))
    parts = facts = _case_facts(header, view)
    kept = _dotted(parts[:_KEPT_FACTS], view)
    due = _due_and_forecast(header, view, forecast, kept, width, is_whole=True)
    # A part that does not fit is left out as a whole.
    while len(parts) > 1 and _dotted(parts, view).cell_length + due.cell_length >= width - 1:
        parts = parts[:-1]
    left = _dotted(parts, view)
    if len(parts) < len(facts) and left.cell_length + due.cell_length < width - len(_MORE):
        left = Content.assemble(left, joined((_MORE, MUTED)))
    hold = hold_words(case, view, login, is_lost=is_lost)
    return [row(name, hold, width), row(left, due, width)]


def narrow_lines(case: CaseFile, view: View, width: int, forecast: str = "") -> list[Content]:
    """Return the single line of a narrow window: applicant and due date."""
    owed = f" {view.symbols.dot} {_('corrected letter owed')}" if case.header.corrects_id is not None else ""
    name = joined((case.header.applicant_name, "bold"), (owed, WARNING))
    return [row(name, _due_and_forecast(case.header, view, forecast, name, width), width)]


def story_lines(case: CaseFile, view: View, width: int, height: int) -> list[Content]:
    """Return the summary of a case: what happened so far, and what comes next; a new case has neither.

    A checker's note on a returned verdict comes first, then answers of departments that contradict, then an earlier
    fail of the applicant in its cooldown. Each act has an entry; a low screen shows only the newest acts, and counts
    the others.
    """
    story = CaseStory(case, view.now, is_short=True)
    lines = wrapped_lines(story.check_note, width, WARNING)[:_MAX_NOTE_LINES] if story.check_note else []
    for inquiry in case.inquiries:
        if inquiry.is_contradicted:
            sentence = inquiry_sentence(inquiry, view.instant)
            lines += wrapped_lines(f"{view.symbols.warn} {sentence}", width, WARNING)
    if case.earlier_fail is not None:
        lines += wrapped_lines(f"{view.symbols.warn} {earlier_fail_text(case.earlier_fail)}", width, WARNING)
    if story.is_new:
        return lines
    so_far, following = _("So far"), _("Next")
    labels = (so_far, following) if story.happened else (following,)
    room = 2 + max(map(cells, labels))
    happened = _listed(so_far, story.happened, width, room, MUTED)
    max_lines = max(_MIN_STORY_LINES, height // _SCREEN_LINES_PER_STORY_LINE)
    if len(happened) > max_lines:
        # Whole acts are left out, so the lines of the newest acts are counted.
        happened = _newest(story.happened, so_far, width, room, max_lines)
    return [*lines, *happened, *_listed(following, story.next, width, room, "")]


def _newest(entries: Sequence[str], label: str, width: int, room: int, max_lines: int) -> list[Content]:
    """Return as many of the newest entries as fit in `max_lines`, at least one, below the count of the others."""
    shown = list(entries[-1:])
    for entry in reversed(entries[:-1]):
        lines = _listed(label, [entry, *shown], width, room, MUTED)
        if len(lines) >= max_lines:
            break
        shown.insert(0, entry)
    hidden = len(entries) - len(shown)
    if not hidden:
        return _listed(label, shown, width, room, MUTED)
    more = with_keys(_("+{count} earlier; press {desk.history} for the history"))
    return _listed(label, [more.format(count=commas(hidden)), *shown], width, room, MUTED)


def _listed(label: str, entries: Sequence[str], width: int, room: int, style: str) -> list[Content]:
    """Return entries below each other, with a label beside the first."""
    lines: list[Content] = []
    for entry in entries:
        beside = "" if lines else label
        lines += hanging([(pad_right(beside, room), MUTED)], entry, width, style)
    return lines


def _due_and_forecast(
    header: CaseHeader, view: View, forecast: str, left: Content, width: int, *, is_whole: bool = False
) -> Content:
    """Return the due date and the forecast, as far as they fit beside the left part.

    If they do not fit, the remaining time is left out first, unless it is over or ends today, and then the forecast. If
    `is_whole`, the left part is never cut.
    """
    due, short_due = _due(header, view), _due(header, view, with_time_left=not header.working_days_left)
    # Each text has the cells that the left part must keep; with `width`, the whole left part must fit.
    texts = [(due, _LEFT_CELLS), (short_due, width), (due, _MIN_LEFT_CELLS)]
    if forecast:
        long, short = (_with_forecast(words, forecast, view) for words in (due, short_due))
        texts = [(long, _LEFT_CELLS), (short, _MIN_LEFT_CELLS), (due, _MIN_LEFT_CELLS)]
    for right, left_cells in texts:
        if min(left.cell_length, width if is_whole else left_cells) + right.cell_length < width:
            return right
    return short_due


def _with_forecast(due: Content, forecast: str, view: View) -> Content:
    """Return the due date followed by the forecast."""
    return Content.assemble(due, joined((f" {view.symbols.dot} ", MUTED), (forecast, INFO)))


def _dotted(parts: list[str], view: View) -> Content:
    """Return dimmed parts with dots between them."""
    return joined((f" {view.symbols.dot} ".join(parts), MUTED))


def _case_facts(header: CaseHeader, view: View) -> list[str]:
    """Return the known facts of a case, the most important first."""
    cards = _("1 card") if header.card_count == 1 else _("{count} cards").format(count=commas(header.card_count))
    received = _("resubmitted {when}") if header.round > 1 else _("received {when}")
    parts = (
        _(APPLICANT_KIND_WORDS[header.applicant_kind]),
        header.industry,
        cards,
        province_words(header.province),
        received.format(when=view.instant(header.received_at)),
    )
    return [part for part in parts if part]


def hold_words(case: CaseFile, view: View, login: str, *, is_lost: bool, is_narrow: bool = False) -> Content:
    """Return the priority, whether a corrected notice is owed, why `login` gets the case first, and the hold left."""
    header = case.header
    parts: list[Content] = []
    if header.priority is not Priority.NORMAL:
        mark = view.symbols.of_priority(header.priority)
        style = {Priority.URGENT: ERROR, Priority.HIGH: WARNING}.get(header.priority, MUTED)
        words = "{mark} {priority}" if is_narrow else _("{mark} {priority} priority")
        parts.append(plain(words.format(mark=mark, priority=_(PRIORITY_WORDS[header.priority])), style))
    if header.corrects_id is not None:
        parts.append(plain(_("corrected letter owed"), WARNING))
    if why_first := _why_first(case, login):
        parts.append(plain(why_first, ACCENT))
    if is_lost:
        parts.append(plain(_("hold lost"), ERROR))
    elif header.aside_until is not None and header.aside_until > view.now:
        parts.append(plain(_("put aside until {when}").format(when=view.instant(header.aside_until)), ACCENT))
    elif header.held_until is not None:
        parts.append(plain(hold_left(header.held_until - view.now), ACCENT))
    return plain(f" {view.symbols.dot} ", MUTED).join(parts)


def _why_first(case: CaseFile, login: str) -> str:
    """Return why `next` gives this reviewer the case before more urgent ones, or does not; or an empty string."""
    if login and case.header.is_skipped:
        return _("you skipped")
    if not login or case.header.assignee != login or case.header.state not in {CaseState.QUEUED, CaseState.IN_REVIEW}:
        return ""
    newest = max(case.decisions, key=lambda decision: decision.id, default=None)
    if newest is not None and newest.status == "returned" and newest.maker == login:
        return _("returned to you")
    return _("assigned to you")


def _applicant_until(header: CaseHeader, view: View) -> str:
    """Return until when the applicant has the case, or an empty string."""
    if header.deadline_at is not None:
        return _("applicant until {when}").format(when=view.instant(header.deadline_at))
    if header.next_action_on is not None:
        return _("applicant until {when}").format(when=view.day(header.next_action_on))
    return ""


def _due(header: CaseHeader, view: View, *, with_time_left: bool = True) -> Content:
    """Return when the case is due; if it is not our turn or work is suspended, that the clock is paused instead."""
    if header.due_at is None:
        return joined((_("no due date"), MUTED))
    dot = f" {view.symbols.dot} "
    if is_with_applicant(header.state, header.waits_for):
        # Our due date will move by the time that the applicant takes, so the applicant's deadline is shown.
        until = _applicant_until(header, view)
        paused: list[Part] = [(dot, MUTED), (_("clock paused"), MUTED)] if with_time_left else []
        return joined((until or _("with the applicant"), ""), *paused)
    if not clock_runs(header.state, header.waits_for):
        was_due = _("due date was {when}").format(when=view.instant(header.due_at))
        return plain(was_due, MUTED) if header.due_at < view.now else Content()
    if header.suspended_from is not None and header.suspended_from <= view.now and not header.is_overdue:
        # The due date will move by the length of the suspension, so it is not shown.
        return joined((_("work suspended"), ""), (dot, MUTED), (_("clock paused"), MUTED))
    parts: list[Part] = [(_("due {when}").format(when=view.instant(header.due_at)), "")]
    if header.is_due_provisional:
        parts.append((f" {view.symbols.provisional} {_('provisional')}", MUTED))
    if not with_time_left:
        return joined(*parts)
    if header.is_overdue:
        parts += [(dot, MUTED), (_("overdue"), ERROR)]
    elif header.working_days_left is not None:
        left = working_days_left(header.working_days_left) if header.working_days_left else _("due today")
        parts += [(dot, MUTED), (left, WARNING if header.working_days_left <= 1 else "")]
    return joined(*parts)
