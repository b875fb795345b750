"""The outcome of a letter, and the letters about a case in its history."""

from screens.panels.lines import EMPTY, PanelLine, heading
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, Part, hanging
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.channel import channel_words
from workbench.domain.case.records import NoticeLine
from workbench.i18n import _
from workbench.wording.letters import failure_words, has_moving_deadline, kind_words


def outcome(line: NoticeLine, view: View, *, has_time: bool = False) -> Part:
    """Return the outcome of a letter: sent (with `has_time` at what time), failed, or by when it must be sent."""
    if line.sent_at is not None:
        when = view.instant(line.sent_at) if has_time else view.day(line.sent_at.astimezone(view.zone).date())
        how = (channel_words(line.channel), line.sent_by or "")
        details = "".join(f" {view.symbols.dot} {word}" for word in how if word)
        return _("sent {when}").format(when=when) + details, MUTED
    if line.failed_at is not None:
        return f"{view.symbols.block} {failure_words(line)}", ERROR
    order = f" {view.symbols.dot} " + _("after the earlier letter") if line.after else ""
    due_by = view.day(line.due_by.astimezone(view.zone).date())
    if line.is_overdue:
        return f"{view.symbols.warn} " + _("overdue since {when}").format(when=due_by) + order, ERROR
    return _("to be sent by {when}").format(when=due_by) + order, ""


def letters_of(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return a line for each letter about a case, the newest first: written, and its outcome; none without."""
    lines = [heading(_("Letters"))] if case.notices else []
    for line in reversed(case.notices):
        words, style = outcome(line, view, has_time=True)
        written = _("written {when}").format(when=view.instant(line.created_at))
        late = _("its deadline moves on if it is sent late") if has_moving_deadline(line, case.header) else ""
        text = f" {view.symbols.dot} ".join(part for part in (kind_words(line), written, words, late) if part)
        lines += map(PanelLine, hanging([(" ", "")], text, width, style))
    return [*lines, EMPTY] if lines else []
