"""Commands about the database itself: init, doctor, demo."""

from pathlib import Path
from typing import Annotated

import typer

from db.enums import IdentityMode
from workbench.cli import output
from workbench.cli.failing import Told
from workbench.cli.registering import Entry
from workbench.cli.run import Run
from workbench.cli.said import JsonFlag
from workbench.errors import ExitCode
from workbench.i18n import _, marked

_DEMO_LOGIN = "rev1"


def init(
    run: Run,
    identity: Annotated[
        IdentityMode,
        typer.Option("--identity", help=marked("Who acts: the system's user (os), or who is named with --as.")),
    ] = IdentityMode.OS,
    as_json: JsonFlag = False,
) -> None:
    """Make a new database."""
    from workbench.services import site

    path, login = run.database(), site.os_login()
    site.create_site(path, identity=identity, login=login, now=run.now)
    if as_json:
        output.document({"database": str(path), "identity": identity.value, "admin": login})
    else:
        output.narrate(
            _("The database {file} is made; {login} is its first admin, supervisor and reviewer.").format(
                file=path, login=login
            )
        )


def doctor(run: Run, as_json: JsonFlag = False) -> None:
    """Say what is well and what is not."""
    from workbench.services.doctor import examine

    report = examine(run.database())
    is_well = all(ok is not False for ok, _text in report.lines)
    if as_json:
        output.document({"ok": is_well, "lines": [{"ok": ok, "text": text} for ok, text in report.lines]})
    else:
        marks = {True: _("ok"), False: _("NOT OK"), None: _("note")}
        output.table([_("Result"), _("What")], [[marks[ok], text] for ok, text in report.lines])
    if not is_well:
        raise Told(ExitCode.CONFIG)


def demo(
    run: Run,
    reset: Annotated[bool, typer.Option("--reset", help=marked("Begin again with fresh sample data."))] = False,
) -> None:
    """Open the workbench on sample data."""
    import platformdirs

    from workbench.services import demo as sample
    from workbench.services.site import APP_NAME

    folder = Path(platformdirs.user_data_dir(APP_NAME)) / "demo"
    path = sample.prepare(folder, run.now, reset=reset)
    raise typer.Exit(run.workbench(lambda: path, _DEMO_LOGIN))


ENTRIES = (
    Entry("demo", demo, marked("Open the workbench on made-up sample data, in a database of its own.")),
    Entry("init", init, marked("Make a new database; who makes it becomes its first admin.")),
    Entry("doctor", doctor, marked("Say whether database, store and settings are as they must be.")),
)
