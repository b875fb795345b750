"""A desk at a database that has an application, its documents and its calls."""

from pathlib import Path
from typing import Any

from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application
from tests.services.intake.importing.test_calls import call


def filled_desk(terminal: Terminal, folder: Path) -> Desk:
    """Fill the database of a terminal, with the files of the imports in a new folder."""
    folder.mkdir()
    desk = Desk(terminal.site, folder)
    _fill(desk)
    return desk


@prepared
def _fill(desk: Desk) -> None:
    desk.applications(application())
    desk.documents()
    desk.run(ImportKind.CALLS, [call(minute) for minute in range(30)])


def read_again(terminal: Terminal, case: str) -> dict[str, Any]:
    """Return a case as one who does not hold it sees it; the first reading of a day is itself a line of its history."""
    terminal.document("a", "show", case)
    shown: dict[str, Any] = terminal.document("a", "show", case)
    return shown
