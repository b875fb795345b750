"""The columns of lists of letters to applicants."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from workbench.domain.case.channel import channel_words
from workbench.domain.case.records import NoticeLine
from workbench.i18n import _
from workbench.wording.amounts import minute
from workbench.wording.letters import failure_words, kind_words


def letter_columns(zone: ZoneInfo) -> dict[str, Callable[[NoticeLine], str]]:
    """Return the columns that say what a letter is, and whether it was sent."""
    return {
        _("Kind"): kind_words,
        _("Released"): lambda line: minute(line.release_at, zone) if line.is_released else _("not yet"),
        _("Due by"): lambda line: minute(line.due_by, zone) + (" !" if line.is_overdue else ""),
        _("After"): lambda line: str(line.after or ""),
        _("Sent"): lambda line: failure_words(line) if line.failed_at else minute(line.sent_at, zone),
        _("Channel"): lambda line: channel_words(line.channel),
        _("By"): lambda line: line.sent_by or "",
        _("Subject"): lambda line: line.subject,
    }
