"""Copies a field of a case: the one under the cursor, or one that is chosen from the facts of the panel."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content

from screens.desk.case_screen import CaseScreen
from screens.desk.outcomes import CaseRef
from screens.dialogs.list_dialog import ListDialog
from screens.panels.lines import PanelLine
from screens.panels.panel import Panel
from screens.widgets.safe_text import MUTED, fitted, joined
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _

_GAP = 2


async def field_to_copy(app: App[None], panel: Panel) -> str | None:
    """Return the field to copy from a panel. If the screen can reveal a masked field, it is revealed, which is logged.

    Without a value under the cursor, the person chooses a fact of the header or the panel. Return "" if the person
    goes back or the value cannot be revealed, None if no case is shown.
    """
    screen, case = app.screen, panel.case
    if case is None:
        return None
    chosen = panel.selected
    if chosen is None:
        chosen = await app.push_screen_wait(FactList([*_header_facts(case), *panel.facts]))
    if chosen is None or not chosen.field or not isinstance(screen, CaseScreen):
        return chosen.value if chosen is not None else ""
    if chosen.field not in screen.revealed.values():
        await screen.carry_out(partial(screen.session.reveal, CaseRef.of(case), chosen.field, single=True))
    return screen.revealed.values().get(chosen.field, "")


def _header_facts(case: CaseFile) -> list[PanelLine]:
    """Return the facts of the header: the case, its application, and the applicant as shown."""
    header = case.header
    facts = {
        _("case"): format_case(header.id),
        _("application"): header.application_no,
        _("applicant"): header.applicant_name,
    }
    return [PanelLine(Content(), label=label, value=value) for label, value in facts.items() if value]


class FactList(ListDialog[PanelLine, PanelLine]):
    """Lists facts; the result is the one on which Enter was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
    ]

    def __init__(self, facts: Sequence[PanelLine]) -> None:
        super().__init__(_("Copy which field?"), "", ("Enter", _("copy")))
        self._list = facts
        self._label_cells = max(cells(line.label) for line in facts) + _GAP

    def entry_lines(self, entry: PanelLine, width: int) -> list[Content]:
        value = fitted(entry.value, width - self._label_cells)
        return [joined((pad_right(entry.label, self._label_cells), MUTED), (value, ""))]

    def action_choose(self) -> None:
        self.leave(self.current)
