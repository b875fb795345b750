"""The dialog that files an appeal: when it was received, and the grounds of the applicant."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from screens.shell.base_screen import BoxDialog
from screens.shell.bindings import bind
from screens.widgets.safe_text import ERROR, MUTED, Static, WrappedText, key_hints, plain
from screens.widgets.text_fields import MultilineField, TextLine
from screens.widgets.time_field import TimeReader, UnderstoodTime
from workbench.domain.case.appeal import AppealResult
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.keys.appeals import CONFIRM_APPEAL
from workbench.keys.registry import TEXTS

FileAppeal = Callable[[str, datetime | None], AppealResult]


class AppealForm(BoxDialog[AppealResult]):
    """Asks for the receipt and the grounds of an appeal, and files it; the typed text is kept until it is filed.

    Enter files it, even in the field for several lines.
    """

    DEFAULT_CSS = """
    AppealForm .title { color: $text-muted; margin-top: 1; }
    AppealForm TextArea { border: none; height: 6; padding: 0; background: $panel; }
    AppealForm TextArea:focus { border: none; }
    AppealForm #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(CONFIRM_APPEAL, "file"),
        Binding("enter", "file", show=False, priority=True),
    ]
    AUTO_FOCUS = "#grounds"

    grounds = getters.query_one("#grounds", MultilineField)
    received = getters.query_one("#received", Input)
    problem = getters.query_one("#problem", WrappedText)

    def __init__(self, case: str, file: FileAppeal, reader: TimeReader[datetime]) -> None:
        super().__init__(_("Appeal against {case}").format(case=case))
        self._file = file
        self._is_filing = False
        self._understood = UnderstoodTime(reader)

    def parts(self) -> ComposeResult:
        yield Static(plain(_("Grounds of the applicant"), MUTED), markup=False)
        yield MultilineField(id="grounds")
        received = _("Received, such as yesterday 16:30 or 24 Nov; a day alone means closing time")
        yield Static(plain(received, MUTED), classes="title", markup=False)
        yield TextLine(id="received")
        yield self._understood
        yield WrappedText(id="problem", markup=False)
        keys = (
            ("Enter", _("file it")),
            ("Tab", _("next field")),
            ("^j", _("new line")),
            (TEXTS.key, _(TEXTS.label)),
            ("Esc", _("back")),
        )
        yield Static(key_hints(*keys), id="foot", markup=False)

    def on_mount(self) -> None:
        self._understood.read("")

    @on(Input.Changed, "#received")
    def show_received(self, event: Input.Changed) -> None:
        """Show how the typed time of receipt is read."""
        self._understood.read(event.value)

    def action_file(self) -> None:
        is_now = not self.received.value.strip()
        received_at = None if is_now else self._understood.read(self.received.value, is_final=True)
        if not self._is_filing and (is_now or received_at is not None):
            self._send(received_at)

    @work(group="write")
    async def _send(self, received_at: datetime | None) -> None:
        """File the appeal, or show why it cannot be filed."""
        # A second Enter while the first one files would file the appeal again.
        self._is_filing = True
        try:
            self.leave(await asyncio.to_thread(self._file, self.grounds.text, received_at))
        except WorkbenchError as error:
            self.problem.update(plain(str(error), ERROR))
        finally:
            self._is_filing = False
