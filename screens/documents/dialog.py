"""The dialog with the documents of a case: draws one, opens it in the user's viewer, or saves it to a folder."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from screens.dialogs.list_dialog import ListDialog, list_key_hints
from screens.dialogs.prompt import Prompt
from screens.documents import BESIDE_WIDTH, ViewerWords
from screens.documents.system_viewer import system_viewer
from screens.documents.viewer import ImageViewer
from screens.panels.document_words import declared_defects, validity_words
from screens.panels.identity import identity_lines
from screens.shell.protocols import HasViewer
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, WARNING, Static, joined, plain, row
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.facts.document_lines import EXTENSIONS, VIEWABLE_TYPES, DocumentLine
from workbench.errors import WorkbenchError
from workbench.i18n import _, comma_joined, current_language, ngettext
from workbench.keys.desk import DOCUMENTS
from workbench.services.case.documents import CopyResult, Documents
from workbench.wording.retention import erased_words

_KILO = 1000


async def show_documents(app: App[Any], documents: Documents, case: CaseFile, view: View) -> bool:
    """List the documents of a case; return whether any was opened or saved."""
    viewer_command = app.viewer_command if isinstance(app, HasViewer) else ""
    dialog = DocumentList(documents, case, viewer_command, view)
    await app.push_screen_wait(dialog)
    return dialog.has_opened


class DocumentList(ListDialog[DocumentLine, None]):
    """Lists documents; a digit, or the arrows and Enter, opens one. `has_opened` says whether any was opened or saved.

    Args:
        documents: The service that reads and saves documents.
        case: The case of the documents.
        viewer_command: The command that starts the user's viewer, "" if the user chose none.
        view: How times are shown.
    """

    DEFAULT_CSS = "DocumentList > Vertical { width: 92; }"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"open({number})", show=False) for number in range(1, 10)),
        Binding(",".join(("enter", *DOCUMENTS.keys)), "act('open')", show=False),
        Binding("v,f5", "act('view')", show=False),
        Binding("w,f6", "act('save')", show=False),
        Binding("a,f7", "write_all", show=False),
        Binding("q", "back", show=False),
    ]

    def __init__(self, documents: Documents, case: CaseFile, viewer_command: str, view: View) -> None:
        name = format_case(case.header.id)
        super().__init__(_("Documents of {case}").format(case=name), _("There are no documents yet."))
        self._documents = documents
        self._case = case
        self._case_id = case.header.id
        self._viewer_command = viewer_command
        self._view = view
        self._number_to_open = 0
        self._is_busy = False
        self.has_opened = False

    def parts(self) -> ComposeResult:
        self._pictures = ImageViewer(self.app)
        with VerticalScroll(can_focus=False):
            yield Static(id="list", markup=False)
        yield Static(id="message", markup=False)
        keys = (("1-9 Enter", _("open")), ("v", _("viewer")), ("w", _("save")), ("a", _("save all")))
        yield Static(list_key_hints(*keys), markup=False)

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
    async def carry_out(self, act: Callable[[], Awaitable[None]]) -> None:
        """Carry out an act on a document, show what went wrong, and load the list again."""
        self._is_busy = True
        try:
            await act()
        except WorkbenchError as error:
            self._report(str(error), ERROR)
        finally:
            self._is_busy = False
        self.load()

    async def _open(self, line: DocumentLine) -> None:
        """Draw a document; if the terminal cannot, start the viewer; without a viewer, offer to save the document."""
        if line.media_type in VIEWABLE_TYPES and await self._pictures.can_show():
            await self._show_pages(line)
        elif self._viewer_command:
            await self._open_in_viewer(line)
        else:
            await self._save(line, _("This terminal cannot show documents."))

    async def _show_pages(self, line: DocumentLine) -> None:
        name = line.name(current_language())
        turn = f"{_('← → turn the page')}   " if line.media_type == "application/pdf" else ""
        ways_out = _("Press v in the list to open it in your viewer, or w to save it to a folder.")
        words = ViewerWords(
            caption=plain(f"{format_case(self._case_id)}  {line.number} {name}").plain,
            keys=plain(turn + _("Enter, Esc or q: back to the list")).plain,
            blank=plain(f"{_('This page is blank.')} {ways_out}").plain,
            beside="\n".join(line.content.plain for line in identity_lines(self._case, self._view, BESIDE_WIDTH)),
        )
        with await asyncio.to_thread(self._documents.open, self._case_id, line.sha256) as file:
            shown = await self._pictures.show(file, line.media_type, words, partial(self._record, line, "shown"))
        if shown == "pages":
            self._report("", SUCCESS)
            return
        problem = _("{document} is blank here.") if shown == "blank" else _("{document} cannot be shown here.")
        self._report(f"{problem.format(document=name)} {ways_out}", ERROR)

    async def _open_in_viewer(self, line: DocumentLine) -> None:
        """Open a document in the user's viewer."""
        if not self._viewer_command:
            message = _('No viewer is set: write viewer = "xdg-open", for example, in the file that {command} names.')
            self._report(message.format(command="workbench settings"), WARNING)
            return
        viewer = system_viewer(self._viewer_command)
        with await asyncio.to_thread(self._documents.open, self._case_id, line.sha256) as file:
            await asyncio.to_thread(viewer.open, file, line.file_name)
        await self._record(line, "viewer")
        message = _("{document} is open in your viewer; its copy is deleted when you quit.")
        self._report(message.format(document=line.name(current_language())), SUCCESS)

    async def _record(self, line: DocumentLine, how: Literal["shown", "viewer"]) -> None:
        await asyncio.to_thread(self._documents.record_opening, self._case_id, line, how)
        self.has_opened = True

    async def _save(self, line: DocumentLine | None, why: str = "") -> None:
        """Ask for a folder, and save one document or all there; `why` says why the document is not shown instead."""
        suggested = await asyncio.to_thread(self._documents.suggested_folder, self._case_id)
        title = _("Save the documents to a folder")
        hint = _("All documents are saved there, readable only by you, and this is logged. Delete them when done.")
        if line is not None:
            title = _("Save {document} to a folder").format(document=line.name(current_language()))
            hint = _("It is saved there, readable only by you, and this is logged. Delete it when done.")
        hint = _("{first} {second}").format(first=why, second=hint) if why else hint
        folder = await self.app.push_screen_wait(Prompt(title, hint, str(suggested), is_prose=False))
        if folder is None:
            return
        digest = "" if line is None else line.sha256
        written = await asyncio.to_thread(self._documents.save, self._case_id, Path(folder), digest)
        self.has_opened = True
        self._report(*save_outcome(written, folder))

    def action_open(self, number: int) -> None:
        if self._list is None:
            # The key was pressed before the list is loaded: open the document afterwards.
            self._number_to_open = number
        elif number <= len(self._list):
            self.action_move(number - 1 - self._cursor)
            self.action_act("open")

    def action_write_all(self) -> None:
        if self._list and not self._is_busy:
            self.carry_out(partial(self._save, None))

    def action_act(self, name: str) -> None:
        """Carry out an act on the document under the cursor."""
        line = self.current
        if line is None or self._is_busy:
            return
        if line.is_stored:
            act = {"open": self._open, "view": self._open_in_viewer, "save": self._save}[name]
            self.carry_out(partial(act, line))
        else:
            message = _("The stored file of {document} is missing or altered. Ask an admin to restore it.")
            if line.erased_at is not None:
                message = _("The file of {document} was erased (retention); nobody can open it any more.")
            self._report(message.format(document=line.name(current_language())), ERROR)

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
    return [row(name, _declared_state(line, view), width), row(about, opened, width)]


def _file(line: DocumentLine, view: View) -> str:
    """Return the format and the size of the file, and when it was received."""
    extension = EXTENSIONS.get(line.media_type, "")
    format_name = "JPEG" if extension == "jpg" else extension.upper()
    facts = [format_name or _("unknown file type")]
    if line.bytes_count is not None:
        facts.append(file_size(line.bytes_count))
    facts.append(_("received {when}").format(when=view.day(line.received_at.astimezone(view.zone).date())))
    return f" {view.symbols.dot} ".join(facts)


def _opened(line: DocumentLine, view: View) -> Content:
    """Return who opened a document last; if nobody did, who saved it to a folder."""
    uses = (line.openings or line.copies)[:2]
    who = comma_joined(f"{use.login} {view.instant(use.at)}" for use in uses)
    if not uses:
        return plain(f"{_('not opened yet')} ", WARNING)
    message = _("opened by {who}") if line.openings else _("saved to a folder by {who}")
    return plain(f"{message.format(who=who)} ", MUTED)


def _declared_state(line: DocumentLine, view: View) -> Content:
    """Return the declared state of a document, which the checklist confirms."""
    if line.erased_at is not None:
        return plain(f"{erased_words(line.erased_at.astimezone(view.zone).date())} ", MUTED)
    if not line.is_stored:
        return plain(f"{_('file missing or altered')} {view.symbols.block} ", ERROR)
    if defects := declared_defects(line, view.today):
        return plain(f"{defects} {view.symbols.warn} ", WARNING)
    fine = [_("declared as sealed")] if line.sealed else []
    if line.valid_to is not None:
        fine.append(validity_words(line.valid_to, view))
    return plain(f"{comma_joined(fine)} ", MUTED)


def save_outcome(copies: Sequence[CopyResult], folder: str) -> tuple[str, str]:
    """Return the outcome of saving the documents, and its style."""
    names = [copy.line.file_name for copy in copies if copy.state == "written"]
    count, folder = len(names), f"{folder}/{names[0]}" if len(names) == 1 else folder
    message = ngettext("{count} document saved to {folder}.", "{count} documents saved to {folder}.", count)
    message = message.format(count=count, folder=folder)
    problems = " ".join(copy.problem for copy in copies if copy.problem)
    return (f"{message} {problems}", ERROR) if problems else (message, SUCCESS)
