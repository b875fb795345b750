"""The database with which each walk begins."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from db.enums import Role
from tests.lifecycle.people import VERIFIES
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sites import Site

ID_NUMBERS = (
    *("110105199001010010", "110105199001020024", "110105199001030038"),
    *("110105199001040041", "110105199001050055", "110105199001060069"),
)
"""Valid ID numbers of nobody, one for each case."""

NUMBERS = range(1, len(ID_NUMBERS) + 1)


def applied(number: int, **changes: str) -> Any:
    """Return the application of a case."""
    return application(
        f"A-{number}", **PERSON, msisdns=f"1391234560{number}", **{"handler_id_no": ID_NUMBERS[number - 1], **changes}
    )


@cache
def template() -> Path:
    """Return a folder with a database of some cases, the last of which lacks a document."""
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-"))
    (folder / "files").mkdir()
    site = Site(folder / "w.db").create()
    roles = site.services("admin").roles
    roles.add("boss", (Role.SUPERVISOR, Role.VERIFIER), VERIFIES["boss"])
    roles.change("sup", (Role.VERIFIER,), (), VERIFIES["sup"])
    desk = Desk(site, folder / "files")
    desk.applications(*(applied(number) for number in NUMBERS))
    for number in NUMBERS:
        desk.documents(f"A-{number}", INDIVIDUAL_DOCUMENTS[: 2 if number == len(ID_NUMBERS) else 3])
    site.close()
    return folder
