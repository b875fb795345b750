"""Sharing a database with a Unix group: the group, the folder of the database, and its permissions."""

import contextlib
import grp
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from db.access import FileAccess
from db.models import SettingRow
from workbench.errors import CannotCreate, NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.os_identity import os_login

SHARED_SETTING = "shared"
"""The setting that names the group of a shared database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A Unix group that shares a database."""

    group: str
    group_id: int


def group_named(name: str) -> Sharing:
    """Return a group of this host by its name or number.

    Raises:
        NotFound: If there is no such group.
    """
    try:
        return Sharing(group=name, group_id=grp.getgrnam(name).gr_gid)
    except KeyError:
        if name.isascii() and name.isdecimal():
            return Sharing(group=name, group_id=int(name))
        message = _("There is no group {group} on this host; an admin creates it with `sudo groupadd {group}`.")
        raise NotFound(message.format(group=name)) from None


def group_of(session: Session) -> str | None:
    """Return the name of the group that shares this database, None if it belongs to one user."""
    row = session.get(SettingRow, SHARED_SETTING)
    return row.value if row is not None else None


def login_warning(session: Session, login: str) -> str:
    """Return why the operating system would not let a person open this database under a login; "" if it would."""
    try:
        user = pwd.getpwnam(login)
    except (KeyError, ValueError):
        message = _("This host has no user {login}; the person can work here once it has one.")
        return message.format(login=login)
    group = group_of(session)
    with contextlib.suppress(KeyError):
        if group is not None and login not in grp.getgrnam(group).gr_mem and user.pw_gid != grp.getgrnam(group).gr_gid:
            message = _("{login} is not in the group {group}; an admin runs `sudo usermod -aG {group} {login}`.")
            return message.format(login=login, group=group)
    return ""


@contextlib.contextmanager
def group_folder(folder: Path, sharing: Sharing) -> Iterator[None]:
    """Create the folder of a shared database, or give the group an empty folder that exists.

    If the block fails, an existing folder gets its former group and mode back.

    Raises:
        CannotCreate: If the group cannot get the folder; the message has the command that an admin runs.
    """
    _check_reach(folder, sharing)
    is_new = not folder.exists()
    before = None if is_new else folder.stat()
    try:
        if is_new:
            folder.mkdir(mode=0o700)
        status = folder.stat()
        if status.st_gid != sharing.group_id or stat.S_IMODE(status.st_mode) != FileAccess.SHARED.folder_mode:
            if any(folder.iterdir()):
                # Its files may be private to their owner.
                raise FileExistsError(None, _("it is not empty"))
            os.chown(folder, -1, sharing.group_id)
            folder.chmod(FileAccess.SHARED.folder_mode)
    except OSError as error:
        if is_new and folder.exists():
            folder.rmdir()
        message = _("{folder} cannot become the folder of the group {group} ({cause}); an admin runs `{command}`.")
        cause = error.strerror or type(error).__name__
        command = f"sudo install -d -m 2770 -g {shlex.quote(sharing.group)} {shlex.quote(str(folder))}"
        values = {"folder": folder, "group": sharing.group, "cause": cause, "command": command}
        raise CannotCreate(message.format(**values)) from error
    try:
        yield
    except BaseException:
        if before is not None:
            os.chown(folder, -1, before.st_gid)
            folder.chmod(stat.S_IMODE(before.st_mode))
        raise


def _check_reach(folder: Path, sharing: Sharing) -> None:
    """Check that members of the group can enter all parent folders of a folder."""
    for above in folder.absolute().parents:
        try:
            status = above.stat()
        except OSError as error:
            message = _("There is no folder {folder}; create it first, or choose another place with --database.")
            raise CannotCreate(message.format(folder=above)) from error
        is_open_to_group = status.st_gid == sharing.group_id and status.st_mode & stat.S_IXGRP
        if not is_open_to_group and not status.st_mode & stat.S_IXOTH:
            message = _("The group {group} cannot enter {folder}; choose a place such as /srv with --database.")
            raise CannotCreate(message.format(group=sharing.group, folder=above))


def not_in_group(path: Path) -> NotAllowed | None:
    """Return the error for a user who is not in the group of a shared database, None for any other user."""
    try:
        status = path.parent.stat()
    except OSError:
        return None
    is_shared = stat.S_IMODE(status.st_mode) == FileAccess.SHARED.folder_mode
    if not is_shared or os.geteuid() == status.st_uid or status.st_gid in {os.getegid(), *os.getgroups()}:
        return None
    message = _(
        "You are not in the group {group}, which shares {database}; "
        "an admin runs `sudo usermod -aG {group} {login}`, then log in again."
    )
    return NotAllowed(message.format(group=group_name(status.st_gid), database=path, login=os_login()))


def group_name(group_id: int) -> str:
    """Return the name of a group, or its number if it has no name."""
    try:
        return grp.getgrgid(group_id).gr_name
    except KeyError:
        return str(group_id)
