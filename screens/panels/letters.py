"""The outcome of a letter, the letter as a page, and the letters about a case in its history."""

from collections.abc import Callable
from functools import partial

from textual.content import Content

from screens.panels.lines import EMPTY, PanelLine, heading
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, hanging, joined, wrapped_lines
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.channel import channel_words
from workbench.domain.case.records import NoticeLine
from workbench.i18n import _
from workbench.wording import letters as wording
from workbench.wording.letters import letter_kind_words


def delivery_outcome(line: NoticeLine, view: View, *, has_time: bool = False) -> Part:
    """Return the outcome of a letter: when it was sent, why it failed, or by when it must be sent.

    The day on which it was sent is shown, with `has_time` also the time.
    """
    if line.sent_at is not None:
        when = view.instant(line.sent_at) if has_time else view.day(line.sent_at.astimezone(view.zone).date())
        how = (channel_words(line.channel), line.sent_by or "")
        details = "".join(f" {view.symbols.dot} {word}" for word in how if word)
        return _("sent {when}").format(when=when) + details, MUTED
    stated = view.short_instant(line.deadline_at) if line.deadline_at else ""
    deadline = wording.stated_deadline_words(line, view.now, stated)
    if line.failed_at is not None:
        words = f" {view.symbols.dot} ".join(filter(None, (wording.failure_words(line), deadline)))
        return f"{view.symbols.block} {words}", ERROR
    after = f" {view.symbols.dot} " + _("after the earlier letter") if line.after else ""
    if deadline:
        return f"{view.symbols.warn} {deadline}{after}", ERROR if wording.has_passed(line, view.now) else WARNING
    due_by = view.day(line.due_by.astimezone(view.zone).date())
    if line.is_overdue:
        return f"{view.symbols.warn} " + _("overdue since {when}").format(when=due_by) + after, ERROR
    return _("to be sent by {when}").format(when=due_by) + after, ""


def steps_of(line: NoticeLine, view: View) -> list[Part]:
    """Return what happened to a letter: when it was released, exported and handed over, and its outcome."""
    released = _("released {when}") if line.is_released else _("is released {when}")
    steps: list[Part] = [(released.format(when=view.instant(line.release_at)), MUTED)]
    if line.exported_at is not None:
        message = _("exported {when} by {login}")
        steps.append((message.format(when=view.instant(line.exported_at), login=line.exported_by), MUTED))
    elif line.is_released and line.sent_at is None:
        steps.append((_("not exported"), MUTED))
    return [*steps, *_attempts(line), delivery_outcome(line, view, has_time=True)]


def _attempts(line: NoticeLine) -> list[Part]:
    return [(_("Handed to the gateway: {count}×").format(count=line.attempts), MUTED)] if line.attempts else []


def letters_of(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return a line for each letter about a case, newest first: when it was written, and its outcome."""
    lines = [heading(_("Letters"))] if case.notices else []
    for line in reversed(case.notices):
        words, style = delivery_outcome(line, view, has_time=True)
        written = _("written {when}").format(when=view.instant(line.created_at))
        late = _("its deadline moves on if it is sent late") if wording.has_moving_deadline(line, case.header) else ""
        text = f" {view.symbols.dot} ".join(part for part in (letter_kind_words(line), written, words, late) if part)
        lines += map(PanelLine, hanging([(" ", "")], text, width, style))
    return [*lines, EMPTY] if lines else []


def letter_page(line: NoticeLine, gloss: str, view: View) -> tuple[str, Callable[[int], list[Content]]]:
    """Return the title of a letter, and its page: the text that the applicant reads, people masked, and its gloss."""
    title = _("Letter of {case}: {kind}").format(case=format_case(line.case_id), kind=letter_kind_words(line))
    return title, partial(_page_lines, line, gloss, view)


def _page_lines(line: NoticeLine, gloss: str, view: View, width: int) -> list[Content]:
    text, style = delivery_outcome(line, view, has_time=True)
    head = [*wrapped_lines(text, width, style), *map(joined, _attempts(line)), Content()]
    text = wording.letter_for_reader(line.body, gloss, line.language)
    return [*head, *wrapped_lines(line.subject, width, "bold"), Content(), *wrapped_lines(text, width)]
