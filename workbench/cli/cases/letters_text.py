"""The columns of lists of letters to applicants."""

from collections.abc import Callable
from datetime import datetime

from workbench.domain.case.channel import channel_words
from workbench.domain.case.records import NoticeLine
from workbench.i18n import _
from workbench.wording.letters import failure_words, has_passed, letter_kind_words


def letter_columns(when: Callable[[datetime | None], str], now: datetime) -> dict[str, Callable[[NoticeLine], str]]:
    """Return the columns that say what a letter is, and whether it was sent; `when` formats an instant.

    Marks are as of `now`.
    """
    return {
        _("Kind"): letter_kind_words,
        _("Released"): lambda line: when(line.release_at) if line.is_released else _("not yet"),
        _("Due by"): lambda line: when(line.due_by) + (" !" if line.is_overdue else ""),
        _("Its deadline"): lambda line: when(line.deadline_at) + (" !" if has_passed(line, now) else ""),
        _("After"): lambda line: str(line.after or ""),
        _("Sent"): lambda line: failure_words(line) if line.failed_at else when(line.sent_at),
        _("Channel"): lambda line: channel_words(line.channel),
        _("By"): lambda line: line.sent_by or "",
        _("Subject"): lambda line: line.subject,
    }
