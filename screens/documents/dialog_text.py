"""The text of the documents dialog: the lines of each document, the question for a folder and the outcome."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from screens.dialogs.prompt import Question
from screens.panels.labels import claimed_defects, validity_words
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, WARNING, joined, key_hints, plain, row
from workbench.domain.case.documents import EXTENSIONS, DocumentLine
from workbench.i18n import _, comma_joined, current_language

if TYPE_CHECKING:
    from workbench.services.case.documents import WrittenDocument

_KILO = 1000


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
    return plain(f"{', '.join(fine)} ", MUTED)


def keys_of_picture(line: DocumentLine) -> str:
    """Return the keys that work while a document is shown."""
    turn = f"{_('← → turn the page')}   " if line.media_type == "application/pdf" else ""
    return turn + _("Enter, Esc or q: back to the list")


def folder_question(suggested: Path, *, is_requested: bool) -> Question:
    """Return the question for the folder of the documents; `is_requested` is whether the user asked to save."""
    why = "" if is_requested else f"{_('This terminal cannot show images.')} "
    return Question(
        title=_("Save the documents to a folder"),
        help=why + _("All documents are saved there, readable only by you, and this is logged. Delete them when done."),
        value=str(suggested),
    )


def save_outcome(done: "Sequence[WrittenDocument]", folder: str) -> tuple[str, str]:
    """Return the outcome of saving the documents, and its style."""
    count = sum(one.state == "written" for one in done)
    message = _("{count} documents saved to {folder}.").format(count=count, folder=folder)
    problems = " ".join(one.problem for one in done if one.problem)
    return (f"{message} {problems}", ERROR) if problems else (message, SUCCESS)


def foot_line() -> Content:
    """Return the keys of the list."""
    keys = (("1-9 Enter", _("open")), ("↑ ↓", _("choose")), ("w", _("save all to a folder")), ("Esc", _("back")))
    return key_hints(*keys)
