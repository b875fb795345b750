"""The text and the headings of a chapter: Textual's, but for lines of Chinese, tables, and links by the keyboard."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from rich.text import Text
from textual import widgets
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.content import Content, Span
from textual.style import Style
from textual.widgets import Markdown, Tree
from textual.widgets._markdown import MarkdownParagraph, MarkdownTable, MarkdownTableCellContents
from textual.widgets.markdown import MarkdownBlock, MarkdownTableOfContents, TableOfContentsType

from screens.widgets.safe_text import MUTED, WrappedText, plain, wrapped_content

_GAP = 2
"""The blanks between the columns of a table."""


class ChapterParagraph(MarkdownParagraph, WrappedText):
    """A paragraph or list item, wrapped as in the panels."""


class TableText(MarkdownTableCellContents, WrappedText):
    """A table with all of its text in sight; Textual would cut cells, because Chinese has no blanks.

    The content has a tab between cells.
    """

    def _lines(self, width: int) -> list[Content]:
        """Return the table wrapped to a width: the widest columns give way, one cell at a time."""
        content = self.content
        rows = (
            [row.split("\t", allow_blank=True) for row in content.split("\n")] if isinstance(content, Content) else []
        )
        widths = [max(cell.cell_length for cell in column) for column in zip(*rows, strict=True)]
        while sum(widths) + _GAP * len(widths) > max(width, 6 * len(widths)):
            widths[widths.index(max(widths))] -= 1
        lines: list[Content] = []
        for row in rows:
            cells = [wrapped_content(cell, room) for cell, room in zip(row, widths, strict=True)]
            for parts in zip_longest(*cells, fillvalue=Content()):
                padded = (
                    part.pad_right(room + _GAP - part.cell_length) for part, room in zip(parts, widths, strict=True)
                )
                lines.append(Content("").join(padded))
            lines.append(plain("─" * width, MUTED))
        return lines


class ChapterTable(MarkdownTable):
    """A table in one widget."""

    def compose(self) -> ComposeResult:
        """Yield the text, with the head in bold."""
        head, rows = self._get_headers_and_rows()
        rows = [[cell.stylize("bold") for cell in head], *rows]
        yield TableText(Content("\n").join(Content("\t").join(row) for row in rows))


class ChapterDocument(Markdown, can_focus=True):
    """A chapter, of which one link can be marked."""

    BLOCKS: dict[str, type[MarkdownBlock]] = {  # noqa: RUF012 - Textual's
        **Markdown.BLOCKS,
        "paragraph_open": ChapterParagraph,
        "table_open": ChapterTable,
    }

    _marked: tuple[int, widgets.Static, Content] | None = None
    """The place of the marked link among all, the block that it is in, and what the block shows without the mark."""

    def update(self, markdown: str) -> AwaitComplete:
        """Show a chapter, without a marked link."""
        self._marked = None
        return super().update(markdown)

    def mark_link(self, step: int) -> None:
        """Mark the next link, or with a step of -1 the one before; at first, the first one from here on."""
        links = list(self._links())
        place = next(
            (index for index, (block, *_link) in enumerate(links) if block.region.y >= self.screen.region.y), 0
        )
        if self._marked is not None:
            place, block, content = self._marked
            block.update(content)
            place = (place + step) % len(links)
        if links:
            block, content, link = links[place]
            self._marked = place, block, content
            block.update(content.stylize("reverse", link.start, link.end))
            block.scroll_visible(animate=False)

    async def follow_link(self) -> None:
        """Go where the marked link leads."""
        if self._marked is not None:
            block, _content, link = list(self._links())[self._marked[0]]
            await self.app.run_action(_meta(link)["@click"], block)

    def _links(self) -> Iterator[tuple[widgets.Static, Content, Span]]:
        """Yield the links, each with its block and what the block shows without a mark."""
        for block in self.query(widgets.Static):
            content = self._marked[2] if self._marked is not None and block is self._marked[1] else block.content
            if isinstance(content, Content):
                yield from ((block, content, span) for span in content.spans if "@click" in _meta(span))


class ChapterHeadings(MarkdownTableOfContents):
    """The headings of a chapter, without numerals."""

    def rebuild_table_of_contents(self, table_of_contents: TableOfContentsType) -> None:
        """Fill the tree, in which headings of all levels are leaves."""
        tree = self.query_one(Tree)
        tree.clear().guide_depth = 2
        tree.show_guides = False
        for level, words, block_id in table_of_contents:
            tree.root.add_leaf(Text("  " * (level - 1) + words), {"block_id": block_id})


def _meta(span: Span) -> Mapping[str, Any]:
    return span.style.meta if isinstance(span.style, Style) else {}
