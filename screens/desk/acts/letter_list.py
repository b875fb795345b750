"""The list of the letters of a case: when each was released, exported and sent, and its text."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from screens.desk.case_screen import CaseScreen
from screens.desk.outcomes import CaseRef
from screens.dialogs.list_dialog import ListDialog
from screens.dialogs.text_sheet import TextSheet
from screens.panels.letters import letter_page, steps_of
from screens.shell.base_screen import attempt, in_thread
from screens.shell.view import View
from screens.widgets.safe_text import flowing, joined
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import NoticeLine
from workbench.i18n import _
from workbench.keys.desk import LETTERS
from workbench.wording.letters import letter_kind_words

_INDENT = 2


async def show_letters(screen: CaseScreen, case: CaseFile) -> None:
    """List the letters of the case, the newest first."""
    ref = CaseRef.of(case)
    lines = await attempt(screen, in_thread(screen.session.services.notices.list, ref.id))
    if lines is not None:
        gloss_of = screen.session.services.notices.gloss
        await screen.app.push_screen_wait(LetterList(ref.name, tuple(reversed(lines)), gloss_of, screen.view()))


class LetterList(ListDialog[NoticeLine, None]):
    """Lists letters; Enter shows the one under the cursor as the applicant reads it."""

    DEFAULT_CSS = """
    LetterList > Vertical { width: 96; }
    LetterList #foot { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", show=False),
        Binding(",".join(("q", *LETTERS.keys)), "back", show=False),
    ]

    def __init__(self, case: str, lines: Sequence[NoticeLine], gloss_of: Callable[[int], str], view: View) -> None:
        empty = _("{case} has no letters.").format(case=case)
        super().__init__(_("Letters of {case}").format(case=case), empty, ("Enter", _("read")))
        self._list = lines
        self._gloss_of = gloss_of
        self._view = view

    def entry_lines(self, entry: NoticeLine, width: int) -> list[Content]:
        """Return a letter: its kind and subject, then what happened to it."""
        view = self._view
        written = _("written {when}").format(when=view.instant(entry.created_at))
        head = joined((letter_kind_words(entry), "bold"), (f" {view.symbols.dot} {written}", ""))
        steps = flowing([joined(step) for step in steps_of(entry, view)], width - _INDENT)
        return [head, *(Content.assemble(" " * _INDENT, line) for line in steps)]

    @work(group="read", exclusive=True)
    async def action_read(self) -> None:
        if (line := self.current) is None:
            return
        gloss = await attempt(self, in_thread(self._gloss_of, line.id))
        if gloss is not None:
            self.app.push_screen(TextSheet(*letter_page(line, gloss, self._view)))
