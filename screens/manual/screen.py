"""The screen with the manual, and the search in it."""

from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Hit, Hits, Provider
from textual.widgets import MarkdownViewer, Tree

from screens.dialogs.palette import Palette
from screens.manual.document import ChapterDocument, ChapterHeadings
from screens.shell.base_screen import Dialog, TooSmall, run_in_worker
from screens.shell.bindings import bind
from screens.shell.footer import FooterBar
from screens.widgets.safe_text import MUTED, plain
from workbench.i18n import _
from workbench.keys import manual as keys
from workbench.keys.command import Place
from workbench.manual.chapters import search


class ChapterViewer(MarkdownViewer):
    """Shows a chapter from its start or from a heading."""

    def compose(self) -> ComposeResult:
        # A link leads to a chapter, and never to a browser.
        yield (document := ChapterDocument(open_links=False))
        yield ChapterHeadings(document)

    async def go(self, location: str | PurePath, heading: str = "") -> None:
        """Go to a chapter, and in it to a heading."""
        # In a worker, which ends with the screen: the reader may close it meanwhile.
        run_in_worker(self, partial(self._show, location, heading), "chapter", is_exclusive=True)

    async def _show(self, location: str | PurePath, heading: str) -> None:
        """Show a chapter, and scroll to a heading of it."""
        # The first lines are shown before all others are laid out, which takes five times as long.
        sections = (self.navigator.location.parent / location).read_text(encoding="utf-8").split("\n## ")
        start = "\n## ".join(sections[:3])
        await self.document.update(start)
        await self.screen.wait_for_refresh()
        await super().go(location)
        targets = [block for _level, words, block in self.document.table_of_contents if words == heading]
        target = self.query_one(f"#{targets[0]}") if targets else self.document
        self.call_after_refresh(self.scroll_to_widget, target, top=True)

    def on_markdown_table_of_contents_selected(self) -> None:
        """Give the keys back to the text once a heading was chosen."""
        self.document.focus()


class ManualScreen(Dialog[None]):
    """Shows a chapter and its headings; links lead to other chapters."""

    DEFAULT_CSS = """
    ManualScreen {
        background: $background; MarkdownTableOfContents { width: 38; max-width: 40%; }
        Tree { width: 1fr; overflow-x: hidden; } MarkdownFence > Label { width: 1fr; }
    }
    """
    AUTO_FOCUS = "Markdown"
    PLACE: ClassVar[Place] = "manual"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.FIND, "find"),
        bind(keys.LINK, "link(1)"),
        bind(keys.LINK_BACK, "link(-1)"),
        bind(keys.FOLLOW, "follow"),
        bind(keys.CONTENTS, "contents"),
        bind(keys.PREVIOUS, "previous"),
        bind(keys.LEAVE, "back"),
    ]

    def compose(self) -> ComposeResult:
        yield ChapterViewer(show_table_of_contents=self.has_class("-wide"))
        yield FooterBar()
        yield TooSmall()

    def action_find(self) -> None:
        self.app.push_screen(Palette(ManualSearch, _("Find in the manual …")))

    def action_link(self, step: int) -> None:
        self.query_one(ChapterDocument).focus().mark_link(step)

    async def action_follow(self) -> None:
        await self.query_one(ChapterDocument).follow_link()

    def action_contents(self) -> None:
        """Go to the headings, or hide them and go back to the text."""
        viewer, headings = self.query_one(ChapterViewer), self.query_one(Tree)
        viewer.show_table_of_contents = not headings.has_focus
        (headings if viewer.show_table_of_contents else viewer.document).focus()

    def action_previous(self) -> None:
        self.query_one(ChapterViewer).scroll_home(animate=False)
        run_in_worker(self, self.query_one(ChapterViewer).back, "chapter", is_exclusive=True)


class ManualSearch(Provider):
    """Finds the lines of the manual with the typed words; without words, it lists the chapters."""

    async def discover(self) -> Hits:
        """Yield the chapters while nothing is typed."""
        async for chapter in self.search(""):
            yield chapter

    async def search(self, query: str) -> Hits:
        """Yield the lines with the typed words in the order of the manual."""
        hits = search(query)[:100]
        for number, (chapter, heading, text) in enumerate(hits):
            show, line = partial(self.screen.query_one(ChapterViewer).go, chapter.path, heading), text or chapter.title
            yield Hit(1 - number / 1000, plain(line), show, line, f"{chapter.title} · {heading}" if text else None)
        if not hits:
            yield Hit(1, plain(_("No line has these words."), MUTED), lambda: None, query)
