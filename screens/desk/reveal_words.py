"""What is said about revealing personal values."""

from textual.content import Content

from screens.shell.revealed_fields import ALL_IDLE_S
from screens.widgets.safe_text import FAINT, UNEASY, joined
from workbench.i18n import _


def reveal_line(*, is_all: bool) -> Content:
    """Return the quiet line: that all is revealed and how that ends, or how something is revealed."""
    key = (".", "$text-accent bold")
    if not is_all:
        return joined((_("Choose a masked field with the arrows, or press . twice for all."), FAINT))
    return joined(
        (_("Everything is shown; "), UNEASY),
        key,
        (_(" hides it, or {seconds} s without a key").format(seconds=round(ALL_IDLE_S)), FAINT),
    )
