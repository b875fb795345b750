"""Commands about the database itself: init, doctor, demo, backup, restore."""

import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.enums import IdentityMode
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import required_text
from workbench.cli.framework.parameters import argument, option
from workbench.cli.framework.questions import passphrase_prompt
from workbench.cli.site.encryption import KeyCommand, KeyFile, key_source_named, new_key
from workbench.cli.site.supplier_questions import read_or_ask_supplier
from workbench.errors import ExitCode, NotAllowed, WrongUsage
from workbench.i18n import N_, _
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from workbench.services.database.opening import NewDatabase


def init(
    context: CommandContext,
    identity: Annotated[
        IdentityMode,
        option(
            "--identity",
            N_("How people are identified: by OS user (os) or with --as (named), which then names the first admin."),
        ),
    ] = IdentityMode.OS,
    group: Annotated[
        str | None,
        option("--shared", N_("Share the database with a group on this host, and write the site file."), "GROUP"),
    ] = None,
    solo: Annotated[
        str | None, option("--solo", N_("Reason why one person reviews alone; it is logged."), "REASON")
    ] = None,
    supplier: Annotated[
        Path | None,
        option("--supplier", N_("TOML file with [supplier], the sender of the letters. Default: asked."), "FILE"),
    ] = None,
    encrypt: Annotated[
        bool, option("--encrypt", N_("Encrypt the database and its store. Default key: a passphrase, which is asked."))
    ] = False,
    key_file: KeyFile = None,
    key_command: KeyCommand = None,
) -> None:
    """Create a database."""
    from workbench.services.database import opening
    from workbench.services.foundation.group_sharing import group_named
    from workbench.services.foundation.locations import refuse_server, shared_database_path
    from workbench.services.foundation.site_settings import default_site_file

    reason = "" if solo is None else required_text(solo, "--solo")
    path = context.database() if group is None else shared_database_path(context.shared.database).absolute()
    for is_given, name in (
        (encrypt, "--encrypt"),
        (group is not None, "--shared"),
        (identity is IdentityMode.NAMED, "--identity named"),
        (context.shared.login is not None, "--as"),
    ):
        if is_given:
            refuse_server(path, name)
    login = _first_admin(context, identity)
    sender = read_or_ask_supplier(supplier, may_ask=not context.as_json and not path.exists())
    sharing = None if group is None else group_named(group)
    site_file = None if sharing is None else context.shared.site or default_site_file()
    if not encrypt and (key_file, key_command) != (None, None):
        raise WrongUsage(_("--key-file and --key-command name the key of an encrypted database; add --encrypt."))
    group_id = sharing.group_id if sharing else None
    with new_key(key_file, key_command, path, group_id) if encrypt else nullcontext() as key:
        new = opening.NewDatabase(login=login, identity=identity, shared=sharing, solo=reason, supplier=sender, key=key)
        if sharing is None or site_file is None:
            opening.make_database(path, new, context.now)
        else:
            opening.make_shared_database(path, new, sharing, site_file, context.now)
    if context.as_json:
        created = {"database": str(path), "identity": identity.value, "admin": new.login, "shared": group}
        site = str(site_file) if site_file else None
        settings = {"site": site, "solo": solo, "supplier_made_up": new.is_supplier_made_up}
        output.document({**created, **settings, "encrypted": encrypt})
        return
    # The next commands need the options that found this database.
    words = ["--database", str(path)] * (context.shared.database is not None and sharing is None)
    words += ["--as", login] * (identity is IdentityMode.NAMED)
    _say_created(
        path,
        new,
        site_file,
        shlex.join(["workbench", *words]),
        is_os_user="--as" in words and context.shared.login is None,
    )


def _first_admin(context: CommandContext, identity: IdentityMode) -> str:
    """Return the login of the first admin: the one given with --as, else the OS user.

    Raises:
        NotAllowed: If --as is given for a database that identifies people by the OS user.
        WrongUsage: If the login cannot be one.
    """
    from workbench.services.foundation.os_identity import os_login
    from workbench.services.site.people import new_login

    if context.shared.login is None:
        return os_login()
    if identity is IdentityMode.OS:
        message = _(
            "--as names the first admin only with --identity named: otherwise the operating system's user says who"
            " works. Add --identity named, or leave --as out."
        )
        raise NotAllowed(message)
    return new_login(context.shared.login)


def _say_created(path: Path, new: "NewDatabase", site_file: Path | None, workbench: str, *, is_os_user: bool) -> None:
    from workbench.services.policy.supplier import advice_on_made_up

    message = _("Created the database {file}; {login} is its first admin, supervisor and reviewer.")
    output.narrate(message.format(file=path, login=new.login))
    if is_os_user:
        output.narrate(
            _("Your OS user became the admin; `workbench --as LOGIN init` names another when it creates one.")
        )
    if site_file is not None:
        message = _("{file} names the database: registered members of the group {group} open it with `workbench`.")
        output.narrate(message.format(file=site_file, group=new.shared.group if new.shared else ""))
    if new.solo:
        output.narrate(_("Until a second person can review, no verdict waits for a check; the notices say so."))
    if new.is_supplier_made_up:
        output.narrate(advice_on_made_up())
    message = _(
        "Next: `{workbench} reviewers add LOGIN --role reviewer` for each colleague, `{workbench} import applications"
        " FILE` (then documents and calls), and `{workbench}` to review."
    )
    output.narrate(message.format(workbench=workbench))


def doctor(
    context: CommandContext,
    deep: Annotated[bool, option("--deep", N_("Read every document, too."))] = False,
) -> None:
    """Check the database, the store and the settings."""
    from workbench.services.site.doctor import examine
    from workbench.services.site.file_checks import Health

    path, ask = context.database(), passphrase_prompt()
    lines = examine(path, context.now(), is_deep=deep, ask=ask, read_target=context.anchor_target)
    is_ok = all(result is not Health.FAULT for result, _text in lines)
    if context.as_json:
        output.document({"ok": is_ok, "lines": [{"ok": result.value, "text": text} for result, text in lines]})
    else:
        marks = {Health.OK: _("ok"), Health.FAULT: _("NOT OK"), Health.NOTE: _("note")}
        output.table([_("Result"), _("What")], [[marks[result], text] for result, text in lines])
    if not is_ok:
        raise typer.Exit(ExitCode.CONFIG)


def demo(
    context: CommandContext,
    reset: Annotated[bool, option("--reset", N_("Start again with fresh sample data."))] = False,
    prints_path: Annotated[
        bool, option("--path", N_("Only print the path of its database, for commands with --database."))
    ] = False,
) -> None:
    """Open the workbench on sample data."""
    import platformdirs

    from workbench.services.demo.preparing import FIRST_REVIEWER, NAME, DemoStart, days_if_stale, prepare
    from workbench.services.foundation.site_settings import APP_NAME

    folder = Path(platformdirs.user_data_dir(APP_NAME)) / "demo"
    days_old = None if reset else days_if_stale(folder, context.now())
    if days_old is not None:
        message = _("The sample data is {days} days old; `workbench demo --reset` creates it again.")
        output.narrate(message.format(days=days_old))
    exists = (folder / NAME).exists()
    replaces_earlier, is_made = reset and exists, reset or not exists
    if prints_path:
        output.line(str(prepare(folder, context.now, reset=reset)))
        return
    demo_start, login = DemoStart(folder, context.now, reset=reset), context.shared.login or FIRST_REVIEWER
    opening = _("Creating sample data … The first cases appear in about 10 seconds.") if is_made else ""
    exit_code = context.run_workbench(lambda: demo_start.open(login), login, opening)
    if exit_code == ExitCode.UNAVAILABLE:
        output.narrate(_("Without a terminal, `workbench demo --reset --path` replaces the sample data."))
    elif replaces_earlier and not demo_start.whole.done():
        message = _("You quit before the fresh sample data was complete, so the earlier stays; --reset starts again.")
        output.narrate(message)
    raise typer.Exit(exit_code)


def backup(
    context: CommandContext, file: Annotated[Path, argument("FILE", N_("File to write; an existing file is replaced."))]
) -> None:
    """Write a backup."""
    from workbench.services.database.backups import back_up

    with context.services() as services:
        files = back_up(services.context, file)
    sentence = _("Wrote and verified {file}: {count} files.").format(file=file, count=commas(files))
    context.print_result({"file": str(file), "files": files}, sentence)


def restore(
    context: CommandContext,
    file: Annotated[Path, argument("FILE", N_("Backup to restore."))],
    encrypt: Annotated[
        bool, option("--encrypt", N_("Encrypt all of it anew; --key-file or --key-command then name the new key."))
    ] = False,
    key_file: Annotated[
        Path | None, option("--key-file", N_("File with the key of an encrypted backup. Default: as before."), "FILE")
    ] = None,
    key_command: KeyCommand = None,
) -> None:
    """Restore a backup."""
    from workbench.services.database.backups import BackupKey
    from workbench.services.database.backups import restore as restore_backup
    from workbench.services.encryption.key_source import sharing_group
    from workbench.services.foundation.locations import refuse_server

    path = context.database()
    if encrypt:
        refuse_server(path, "--encrypt")
    group_id = sharing_group(path.parent) if path.parent.exists() else None
    with new_key(key_file, key_command, path, group_id) if encrypt else nullcontext() as fresh_key:
        source = None if encrypt else key_source_named(key_file, key_command)
        key = BackupKey(source, passphrase_prompt(), fresh_key)
        files = restore_backup(file, path, context.shared.login, context.now, key)
    sentence = _("Restored and verified {file}: {count} files.").format(file=path, count=commas(files))
    context.print_result({"database": str(path), "files": files}, sentence)
