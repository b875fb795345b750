"""The command that moves a site from a file to a PostgreSQL server, or back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import argument, option
from workbench.errors import WrongUsage
from workbench.i18n import N_, _
from workbench.wording.amounts import commas


def migrate(
    context: CommandContext,
    source: Annotated[str, argument("SOURCE", N_("Database of the site: a file, or a postgresql:// URL."))],
    url: Annotated[str | None, argument("[URL]", N_("Empty database on a server, to which a file moves."))] = None,
    to: Annotated[Path | None, option("--to", N_("New file, to which the site of a server moves."), "FILE")] = None,
    dry_run: Annotated[bool, option("--dry-run", N_("Only check whether the site can be moved."))] = False,
) -> None:
    """Move a site to a PostgreSQL server, or back."""
    from db.access import FileAccess, access_of
    from db.dialect import is_server
    from workbench.services.database.moving import move_site
    from workbench.services.foundation.locations import database_named

    path = database_named(source)
    is_shared = path.exists() and access_of(path) is FileAccess.SHARED
    # All users of a shared site must find the file that stands for the database.
    target = to or (database_named(url, path.parent.absolute() if is_shared else None) if url else None)
    if target is None or (to and url) or is_server(path) == is_server(target):
        raise WrongUsage(
            _(
                "Name the file and a postgresql:// URL, or the URL and --to FILE: `workbench migrate FILE URL`,"
                " `workbench migrate URL --to FILE`."
            )
        )
    move = move_site(path, target, context.shared.login, context.now, is_dry_run=dry_run)
    counts = {"rows": commas(move.rows), "files": commas(move.files), "events": commas(move.events)}
    message = _("Moved {rows} rows, {files} files and {events} events to {target}; {source} is sealed.")
    if dry_run:
        message = _("{source} can be moved to {target}: {rows} rows, {files} files, {events} events.")
    sentences = [message.format(**counts, source=move.source, target=move.target)]
    if not dry_run:
        message = _("Open it with --database {path}, and write that into the settings that name the database.")
        sentences.append(message.format(path=move.path.absolute()))
    context.print_result({**asdict(move), "path": str(move.path.absolute()), "dry_run": dry_run}, *sentences)
