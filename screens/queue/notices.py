"""The notices that are shown instead of the rows of a list."""

from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets.safe_text import ACCENT, ERROR, MUTED, WARNING, joined, key_hints, paragraphs, plain
from workbench.domain.filter.meant import meant_terms
from workbench.domain.filter.parser import in_shown_words, parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import N_, _
from workbench.keys import queue
from workbench.keys.registry import with_keys

if TYPE_CHECKING:
    from workbench.errors import WorkbenchError

_EMPTY = {
    "queue": (N_("No cases are open."), queue.FILTER.key, N_("find closed cases: state:closed")),
    "mine": (
        N_("You hold no cases, and none are assigned to you."),
        "Esc",
        N_("go to the desk, where {desk.next} takes the next case"),
    ),
    "pending": (N_("No cases are pending."), queue.GO_QUEUE.key, N_("go to the queue")),
    "reopen": (N_("No verdict is contradicted by newer block findings."), queue.GO_QUEUE.key, N_("go to the queue")),
}
"""For each list: why it is empty, a key that helps, and what the key does."""


def failure_notice(error: "WorkbenchError") -> Content:
    """Return the notice for a list that cannot be read: the error and how to retry."""
    title = plain(_("The list cannot be loaded."), ERROR)
    return Content("\n").join([title, paragraphs(str(error)), Content(), key_hints((queue.RELOAD.key, _("try again")))])


def empty_notice(list_id: str, filter_text: str, *, is_preset: bool) -> Content:
    """Return the notice for an empty list: why it is empty and which keys help."""
    if not is_preset:
        lines = [joined((f"{_('No cases match')}  ", ""), (mask_digits_within(in_shown_words(filter_text)), ACCENT))]
        if not parse_filter(filter_text).names_state:
            lines.append(plain(_("Only open cases were searched; with state:all also the closed ones are."), WARNING))
        if suggestions := meant_terms(filter_text):
            # Words that were searched as text may have been meant as filter terms.
            lines.append(joined((f"{_('Did you mean')}  ", ""), ("  ".join(suggestions), ACCENT)))
        lines += [Content(), key_hints((queue.FILTER.key, _("change the filter; clear the line to reset it")))]
    else:
        why, key, effect = _EMPTY[list_id]
        lines = [plain(_(why)), Content()]
        if list_id == "queue":
            lines.append(plain(_("New cases come with the next import."), MUTED))
        lines.append(key_hints((key, with_keys(_(effect)))))
    return Content("\n").join([*lines, key_hints((queue.RELOAD.key, _("reload the list")))])
