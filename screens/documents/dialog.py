"""The dialog with the documents of a case: shows them in the terminal or saves them to a folder."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog
from screens.dialogs.prompt import Prompt
from screens.documents.viewer import ImageViewer
from screens.panels.labels import claimed_defects, validity_words
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, WARNING, joined, key_hints, plain, row
from screens.widgets.static import Static
from workbench.domain.case.case_id import format_case
from workbench.domain.case.documents import EXTENSIONS, VIEWABLE_TYPES, DocumentLine
from workbench.errors import WorkbenchError
from workbench.i18n import _, comma_joined, current_language
from workbench.keys.desk import DOCUMENTS
from workbench.services.case.documents import Documents, WrittenDocument

_KILO = 1000


async def show_documents(app: App[Any], documents: Documents, case_id: int, view: View) -> bool:
    """List the documents of a case; return whether any was opened."""
    is_opened = await app.push_screen_wait(DocumentList(documents, case_id, format_case(case_id), view))
    return bool(is_opened)


class DocumentList(ListDialog[DocumentLine]):
    """Lists documents; a digit, or the arrows and Enter, opens one. The result says whether any was opened."""

    DEFAULT_CSS = "DocumentList > Vertical { width: 92; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"open({number})", show=False) for number in range(1, 10)),
        Binding(",".join(("enter", *DOCUMENTS.keys)), "open_chosen", show=False),
        Binding("w,f6", "write", show=False),
        Binding("q", "back", show=False),
    ]

    def __init__(self, documents: Documents, case_id: int, case: str, view: View) -> None:
        super().__init__(_("Documents of {case}").format(case=case), _("There are no documents yet."))
        self._documents = documents
        self._case_id = case_id
        self._case = case
        self._view = view
        self._number_to_open = 0
        self._is_busy = False

    def parts(self) -> ComposeResult:
        self._pictures = ImageViewer(self.app)
        with VerticalScroll(can_focus=False):
            yield Static(id="list", markup=False)
        yield Static(id="message", markup=False)
        keys = (("1-9 Enter", _("open")), ("↑ ↓", _("choose")), ("w", _("save all to a folder")), ("Esc", _("back")))
        yield Static(key_hints(*keys), markup=False)

    def on_mount(self) -> None:
        self.load()

    @work(exclusive=True, group="read")
    async def load(self) -> None:
        """Load the list of documents, and who opened each of them."""
        try:
            self._list = await asyncio.to_thread(self._documents.list, self._case_id)
        except WorkbenchError as error:
            self._report(str(error), ERROR)
        self.call_after_refresh(self.draw)
        number, self._number_to_open = self._number_to_open, 0
        if number:
            self.action_open(number)

    @work(exclusive=True, group="dialog")
    async def show_picture(self, line: DocumentLine) -> None:
        """Show a document, or offer to save all documents if the terminal cannot show it."""
        self._is_busy = True
        try:
            if line.media_type in VIEWABLE_TYPES and await self._pictures.can_show():
                await self._show(line)
            else:
                await self._offer_folder(is_requested=False)
        except WorkbenchError as error:
            self._report(str(error), ERROR)
        finally:
            self._is_busy = False
        self.load()

    @work(exclusive=True, group="dialog")
    async def write_all(self) -> None:
        """Ask for a folder and save every document there."""
        try:
            await self._offer_folder(is_requested=True)
        except WorkbenchError as error:
            self._report(str(error), ERROR)
        self.load()

    async def _show(self, line: DocumentLine) -> None:
        file = await asyncio.to_thread(self._documents.open, self._case_id, line.sha256)
        with file:
            self._has_acted = True
            name = line.name(current_language())
            caption = f"{self._case}  {line.number} {name}"
            turn = f"{_('← → turn the page')}   " if line.media_type == "application/pdf" else ""
            keys = turn + _("Enter, Esc or q: back to the list")
            if await self._pictures.show(file, line.media_type, caption, keys):
                self._report("", SUCCESS)
            else:
                message = _("{document} cannot be shown here. Press w to save it to a folder.")
                self._report(message.format(document=name), WARNING)

    async def _offer_folder(self, *, is_requested: bool) -> None:
        """Offer a folder and save every document there; `is_requested` is whether the user asked to save."""
        suggested = await asyncio.to_thread(self._documents.suggested_folder, self._case_id)
        title = _("Save the documents to a folder")
        hint = _("All documents are saved there, readable only by you, and this is logged. Delete them when done.")
        if not is_requested:
            hint = f"{_('This terminal cannot show images.')} {hint}"
        folder = await self.app.push_screen_wait(Prompt(title, hint, str(suggested)))
        if folder is None:
            return
        done = await asyncio.to_thread(self._documents.write, self._case_id, Path(folder))
        self._has_acted = True
        self._report(*save_outcome(done, folder))

    def action_open(self, number: int) -> None:
        if self._list is None:
            # The key was pressed before the list is loaded: open the document afterwards.
            self._number_to_open = number
        elif number <= len(self._list):
            self.action_move(number - 1 - self._cursor)
            self.action_open_chosen()

    def action_open_chosen(self) -> None:
        if not self._list or self._is_busy:
            return
        line = self._list[self._cursor]
        if line.is_stored:
            self.show_picture(line)
        else:
            message = _("The stored file of {document} is missing or altered. Ask an admin to restore it.")
            self._report(message.format(document=line.name(current_language())), ERROR)

    def action_write(self) -> None:
        if self._list and not self._is_busy:
            self.write_all()

    def _report(self, text: str, style: str) -> None:
        self.message.update(plain(text, style) if text else "")

    def entry_lines(self, entry: DocumentLine, width: int) -> list[Content]:
        """Return the lines of a document."""
        return document_lines(entry, self._view, width)


def file_size(bytes_count: int) -> str:
    """Return a file size, for example `820 B`, `82 kB` or `1.2 MB`."""
    if bytes_count < _KILO:
        return f"{bytes_count} B"
    if bytes_count < _KILO * _KILO:
        return f"{bytes_count / _KILO:.0f} kB"
    return f"{bytes_count / _KILO / _KILO:.1f} MB"


def document_lines(line: DocumentLine, view: View, width: int) -> list[Content]:
    """Return the two lines of a document: its kind and claimed state, then the file and who opened it."""
    number = f"{line.number}" if line.number < 10 else " "  # noqa: PLR2004 - the digits that open
    name = joined((f" {number} ", "$text-accent bold"), (line.name(current_language()), "bold"))
    opened = _opened(line, view)
    about = plain(f"   {_file(line, view)}", MUTED)
    return [row(name, _claims(line, view), width), row(about, opened, width)]


def _file(line: DocumentLine, view: View) -> str:
    kind = EXTENSIONS.get(line.media_type)
    facts = [_("unknown file type") if kind is None else {"jpg": "JPEG"}.get(kind, kind.upper())]
    if line.bytes_count is not None:
        facts.append(file_size(line.bytes_count))
    facts.append(_("received {when}").format(when=view.day(line.received_at.astimezone(view.zone).date())))
    return f" {view.symbols.dot} ".join(facts)


def _opened(line: DocumentLine, view: View) -> Content:
    who = comma_joined(f"{one.login} {view.instant(one.at)}" for one in (line.openings or line.copies)[:2])
    if line.openings:
        return plain(f"{_('opened by {who}').format(who=who)} ", MUTED)
    return plain(f"{_('saved to a folder by {who}').format(who=who) if who else _('not opened yet')} ", WARNING)


def _claims(line: DocumentLine, view: View) -> Content:
    """Return the declared state of a document, which the checklist confirms."""
    if not line.is_stored:
        return plain(f"{_('file missing or altered')} {view.symbols.block} ", ERROR)
    if defects := claimed_defects(line, view.today):
        return plain(f"{defects} {view.symbols.warn} ", WARNING)
    fine = [_("declared as sealed")] if line.sealed else []
    if line.valid_to is not None:
        fine.append(validity_words(line.valid_to, view))
    return plain(f"{comma_joined(fine)} ", MUTED)


def save_outcome(done: Sequence[WrittenDocument], folder: str) -> tuple[str, str]:
    """Return the outcome of saving the documents, and its style."""
    count = sum(one.state == "written" for one in done)
    message = _("{count} documents saved to {folder}.").format(count=count, folder=folder)
    problems = " ".join(one.problem for one in done if one.problem)
    return (f"{message} {problems}", ERROR) if problems else (message, SUCCESS)
