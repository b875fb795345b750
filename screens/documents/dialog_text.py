"""The text of the documents dialog: the lines of each document, the question for a folder and the outcome."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from screens.dialogs.prompt import Question
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, FINE, UNEASY, joined, key_hints, plain, row
from workbench.domain.case.documents import EXTENSIONS, DocumentLine
from workbench.domain.case.vocabulary import Quality, Severity
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.i18n import _, current, listed, marked

if TYPE_CHECKING:
    from workbench.services.case.documents import WrittenDocument

_KILO = 1000
_QUALITY = {Quality.BLURRED: marked("blurred"), Quality.INCOMPLETE: marked("incomplete")}


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
    name = joined((f" {number} ", "$text-accent bold"), (line.name(current()), "bold"))
    opened = _opened(line, view)
    about = plain(f"   {_file(line, view)}", FAINT)
    return [row(name, _claims(line, view), width), row(about, opened, width)]


def _file(line: DocumentLine, view: View) -> str:
    kind = EXTENSIONS.get(line.media_type)
    facts = [_("unknown file type") if kind is None else {"jpg": "JPEG"}.get(kind, kind.upper())]
    if line.bytes_count is not None:
        facts.append(file_size(line.bytes_count))
    facts.append(_("received {when}").format(when=view.day(line.received_at.astimezone(view.zone).date())))
    return f" {view.symbols.dot} ".join(facts)


def _opened(line: DocumentLine, view: View) -> Content:
    if not line.openings and line.written:
        who = listed(f"{one.login} {view.instant(one.at)}" for one in line.written[:2])
        return plain(f"{_('saved to a folder by {who}').format(who=who)} ", UNEASY)
    if not line.openings:
        return plain(f"{_('not opened yet')} ", UNEASY)
    who = listed(f"{opening.login} {view.instant(opening.at)}" for opening in line.openings[:2])
    return plain(f"{_('opened by {who}').format(who=who)} ", FAINT)


def _claims(line: DocumentLine, view: View) -> Content:
    """Return the claimed state of a document, which the checklist confirms."""
    if not line.is_there:
        return plain(f"{_('file missing or altered')} {view.symbols.block} ", BAD)
    wrong: list[str] = [_("no seal")] if line.sealed is False else []
    if line.quality in _QUALITY:
        wrong.append(_(_QUALITY[line.quality]))
    if line.valid_to is not None and line.valid_to < view.today:
        wrong.append(_("expired"))
    if wrong:
        return plain(f"{', '.join(wrong)} {view.symbols.of_severity(Severity.WARN)} ", UNEASY)
    fine = [_("declared as sealed")] if line.sealed else []
    if line.valid_to is not None:
        until = _("long-term") if line.valid_to == LONG_TERM else _("to {day}").format(day=view.day(line.valid_to))
        fine.append(until)
    return plain(f"{', '.join(fine)} ", FAINT)


def keys_of_picture(line: DocumentLine) -> str:
    """Return the keys that work while a document is shown."""
    turn = f"{_('← → turn the page')}   " if line.media_type == "application/pdf" else ""
    return turn + _("Enter, Esc or q: back to the list")


def folder_question(suggested: Path, *, is_asked: bool) -> Question:
    """Return the question for the folder of the documents."""
    why = "" if is_asked else f"{_('This terminal cannot show images.')} "
    return Question(
        title=_("Save the documents to a folder"),
        help=why + _("All documents are saved there, readable only by you, and this is logged. Delete them when done."),
        value=str(suggested),
    )


def written(done: "Sequence[WrittenDocument]", folder: str) -> tuple[str, str]:
    """Return the outcome of saving the documents, and its style."""
    count = sum(one.state == "written" for one in done)
    message = _("{count} documents saved to {folder}.").format(count=count, folder=folder)
    problems = " ".join(one.problem for one in done if one.problem)
    return (f"{message} {problems}", BAD) if problems else (message, FINE)


def foot() -> Content:
    """Return the keys of the list."""
    keys = (("1-9 Enter", _("open")), ("↑ ↓", _("choose")), ("w", _("save all to a folder")), ("Esc", _("back")))
    return key_hints(*keys)
