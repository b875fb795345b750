"""Commands about backups: backup, restore."""

from pathlib import Path
from typing import Annotated

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import argument
from workbench.cli.framework.registration import Entry
from workbench.i18n import N_, _
from workbench.wording.amounts import count


def backup(
    context: CommandContext,
    file: Annotated[Path, argument("FILE", N_("File to write; an existing file is replaced."))],
) -> None:
    """Write a backup."""
    from workbench.services.backups import back_up

    with context.services() as services:
        files = back_up(services.context, file)
    sentence = _("Wrote and verified {file}: {count} files.").format(file=file, count=count(files))
    context.print_result({"file": str(file), "files": files}, sentence)


def restore(context: CommandContext, file: Annotated[Path, argument("FILE", N_("Backup to restore."))]) -> None:
    """Restore a backup."""
    from workbench.services.backups import restore as restore_backup

    path = context.database()
    files = restore_backup(file, path, context.shared.login, context.now)
    sentence = _("Restored and verified {file}: {count} files.").format(file=path, count=count(files))
    context.print_result({"database": str(path), "files": files}, sentence)


ENTRIES = (
    Entry("backup", backup, N_("Write the database, its store and its hash key to one file (admin).")),
    Entry("restore", restore, N_("Restore a backup where no database is (admin).")),
)
