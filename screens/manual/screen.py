"""The screen with the manual, and the search in it."""

from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.widgets import MarkdownViewer

from screens.dialogs.palette import Palette
from screens.shell.base_screen import Dialog, TooSmall, run_in_worker
from screens.shell.bindings import bind
from screens.shell.footer import FooterBar
from screens.widgets.safe_text import MUTED, plain
from workbench.i18n import _
from workbench.keys import manual as keys
from workbench.keys.command import Place
from workbench.manual.chapters import chapters, search


class ChapterViewer(MarkdownViewer):
    """Shows a chapter from its start or from a heading."""

    async def go(self, location: str | PurePath, heading: str = "") -> None:
        """Go to a chapter, and in it to a heading."""
        # In a worker, which ends with the screen: the reader may close it meanwhile.
        run_in_worker(self, partial(self._show, location, heading), "chapter", is_exclusive=True)

    async def _show(self, location: str | PurePath, heading: str) -> None:
        await super().go(location)
        at = [block for _level, words, block in self.document.table_of_contents if words == heading]
        self.call_after_refresh(self.scroll_to_widget, self.query_one(f"#{at[0]}") if at else self.document, top=True)


class ManualScreen(Dialog[None]):
    """Shows a chapter and its headings; links lead to other chapters."""

    DEFAULT_CSS = "ManualScreen { background: $background; MarkdownTableOfContents { max-width: 30; } }"
    AUTO_FOCUS = "Markdown"
    PLACE: ClassVar[Place] = "manual"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.FIND, "find"),
        bind(keys.CONTENTS, "app.toggle_class('MarkdownViewer', '-show-table-of-contents')"),
        bind(keys.PREVIOUS, "previous"),
        bind(keys.LEAVE, "back"),
    ]

    viewer = getters.query_one(ChapterViewer)

    def compose(self) -> ComposeResult:
        # A link leads to a chapter, and never to a browser.
        yield ChapterViewer(open_links=False, show_table_of_contents=self.has_class("-wide"))
        yield FooterBar()
        yield TooSmall()

    def action_find(self) -> None:
        self.app.push_screen(Palette(ManualSearch, _("Find in the manual …")))

    async def action_previous(self) -> None:
        await self.viewer.back()


class ManualSearch(Provider):
    """Finds the lines of the manual with the typed words; without words, it lists the chapters."""

    async def discover(self) -> Hits:
        """Yield the chapters while nothing is typed."""
        for chapter in chapters():
            opens = partial(self.screen.query_one(ChapterViewer).go, chapter.path)
            yield DiscoveryHit(plain(chapter.title), opens, chapter.title)

    async def search(self, query: str) -> Hits:
        """Yield the lines with the typed words in the order of the manual."""
        hits = search(query)[:100]
        for number, (chapter, heading, text) in enumerate(hits):
            opens = partial(self.screen.query_one(ChapterViewer).go, chapter.path, heading)
            yield Hit(1 - number / 1000, plain(text), opens, text, f"{chapter.title} · {heading}")
        if not hits:
            yield Hit(1, plain(_("No line has these words."), MUTED), lambda: None, query)
