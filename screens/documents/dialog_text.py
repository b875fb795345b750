"""What the list of documents says of each, and what is asked and told around it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from screens.dialogs.prompt import Question
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, FINE, UNEASY, joined, plain, row
from workbench.domain.case.documents import EXTENSIONS, DocumentLine
from workbench.domain.case.vocabulary import Quality, Severity
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.i18n import _, current, listed, marked

if TYPE_CHECKING:
    from workbench.services.case.documents import WrittenDocument

_KILO = 1000
_QUALITY = {Quality.BLURRED: marked("blurred"), Quality.INCOMPLETE: marked("incomplete")}


def file_size(bytes_count: int) -> str:
    """Return a size as `820 B`, `82 kB` or `1.2 MB`."""
    if bytes_count < _KILO:
        return f"{bytes_count} B"
    if bytes_count < _KILO * _KILO:
        return f"{bytes_count / _KILO:.0f} kB"
    return f"{bytes_count / _KILO / _KILO:.1f} MB"


def document_lines(line: DocumentLine, view: View, width: int) -> list[Content]:
    """Return the two lines of a document: what it is and is claimed to be, then the file and who opened it."""
    number = f"{line.number}" if line.number < 10 else " "  # noqa: PLR2004 - the digits that open
    name = joined((f" {number} ", "$text-accent bold"), (line.name(current()), "bold"))
    opened = _opened(line, view)
    about = plain(f"   {_file(line, view)}", FAINT)
    return [row(name, _claims(line, view), width), row(about, opened, width)]


def _file(line: DocumentLine, view: View) -> str:
    kind = EXTENSIONS.get(line.media_type)
    said = [_("unknown kind of file") if kind is None else {"jpg": "JPEG"}.get(kind, kind.upper())]
    if line.bytes_count is not None:
        said.append(file_size(line.bytes_count))
    said.append(_("received {when}").format(when=view.day(line.received_at.astimezone(view.zone).date())))
    return f" {view.symbols.dot} ".join(said)


def _opened(line: DocumentLine, view: View) -> Content:
    if not line.openings and line.written:
        who = listed(f"{one.login} {view.instant(one.at)}" for one in line.written[:2])
        return plain(f"{_('written to a folder by {who}').format(who=who)} ", UNEASY)
    if not line.openings:
        return plain(f"{_('opened by nobody')} ", UNEASY)
    who = listed(f"{opening.login} {view.instant(opening.at)}" for opening in line.openings[:2])
    return plain(f"{_('opened by {who}').format(who=who)} ", FAINT)


def _claims(line: DocumentLine, view: View) -> Content:
    """Return what is claimed of a document; the checklist confirms it."""
    if not line.is_there:
        return plain(f"{_('file missing or altered')} {view.symbols.block} ", BAD)
    wrong: list[str] = [_("no seal")] if line.sealed is False else []
    if line.quality in _QUALITY:
        wrong.append(_(_QUALITY[line.quality]))
    if line.valid_to is not None and line.valid_to < view.today:
        wrong.append(_("expired"))
    if wrong:
        return plain(f"{', '.join(wrong)} {view.symbols.of_severity(Severity.WARN)} ", UNEASY)
    fine = [_("said to be sealed")] if line.sealed else []
    if line.valid_to is not None:
        until = _("long-term") if line.valid_to == LONG_TERM else _("to {day}").format(day=view.day(line.valid_to))
        fine.append(until)
    return plain(f"{', '.join(fine)} ", FAINT)


def keys_of_picture(line: DocumentLine) -> str:
    """Return the keys of a document that is shown."""
    turn = f"{_('← → turn the page')}   " if line.media_type == "application/pdf" else ""
    return turn + _("Enter, Esc or q: back to the list")


def folder_question(suggested: Path, *, is_asked: bool) -> Question:
    """Return the question for the folder of the documents."""
    why = "" if is_asked else f"{_('This terminal shows no pictures.')} "
    return Question(
        title=_("Write the documents to a folder"),
        help=why + _("All of them are written there, for you only, and that is on record; delete them when done."),
        value=str(suggested),
    )


def written(done: "Sequence[WrittenDocument]", folder: str) -> tuple[str, str]:
    """Say what was written, and what could not be; with the style of saying so."""
    count = sum(one.state == "written" for one in done)
    said = _("{count} documents are in {folder}.").format(count=count, folder=folder)
    problems = " ".join(one.problem for one in done if one.problem)
    return (f"{said} {problems}", BAD) if problems else (said, FINE)


def foot() -> Content:
    """Return the keys of the list."""
    keys = (("1-9 Enter", _("opens")), ("↑ ↓", _("choose")), ("w", _("writes all to a folder")), ("Esc", _("back")))
    return Content("   ").join(joined((key, "$text-accent bold"), (f" {word}", FAINT)) for key, word in keys)
