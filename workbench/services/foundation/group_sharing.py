"""A database that one group of the host shares: its folder, and whether everybody of the group can reach it."""

import contextlib
import grp
import os
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from db.access import Access
from db.models import SettingRow
from workbench.errors import CannotCreate, NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.os_identity import os_login

SETTING = "shared"
"""The setting that names the group of a shared database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The group that shares a database."""

    group: str
    group_id: int


def group_named(name: str) -> Sharing:
    """Return a group of this host by its name, or by its number.

    Raises:
        NotFound: If there is none.
    """
    try:
        return Sharing(group=name, group_id=grp.getgrnam(name).gr_gid)
    except KeyError:
        if name.isascii() and name.isdecimal():
            return Sharing(group=name, group_id=int(name))
        raise NotFound(
            _("There is no group {group} on this host; an admin makes it with `sudo groupadd {group}`.").format(
                group=name
            )
        ) from None


def group_of(session: Session) -> str | None:
    """Return the group that shares this database, None if it is one user's own."""
    row = session.get(SettingRow, SETTING)
    return row.value if row is not None else None


@contextlib.contextmanager
def given_folder(folder: Path, sharing: Sharing) -> Iterator[None]:
    """Make the folder of a shared database, or check the one that is there.

    An empty one of one's own becomes the group's.

    If what is done in it fails, one that was there is given back as it was.

    Raises:
        CannotCreate: If it cannot be the group's, with the command that mends it.
    """
    _check_reach(folder, sharing)
    was_made = not folder.exists()
    before = None if was_made else folder.stat()
    try:
        if was_made:
            folder.mkdir(mode=0o700)
        if not _is_shared(folder, sharing):
            _give(folder, sharing)
    except OSError as error:
        if was_made and folder.exists():
            folder.rmdir()
        raise CannotCreate(
            _("{folder} cannot become the folder of the group {group} ({cause}); an admin runs `{command}`.").format(
                folder=folder,
                group=sharing.group,
                cause=error.strerror or type(error).__name__,
                command=f"sudo install -d -m 2770 -g {shlex.quote(sharing.group)} {shlex.quote(str(folder))}",
            )
        ) from error
    try:
        yield
    except BaseException:
        if before is not None:
            os.chown(folder, -1, before.st_gid)
            folder.chmod(stat.S_IMODE(before.st_mode))
        raise


def _is_shared(folder: Path, sharing: Sharing) -> bool:
    status = folder.stat()
    return status.st_gid == sharing.group_id and stat.S_IMODE(status.st_mode) == Access.SHARED.folder_mode


def _give(folder: Path, sharing: Sharing) -> None:
    """Make an empty folder the group's; what lies in another one is not ours to open to a group."""
    if any(folder.iterdir()):
        raise FileExistsError(None, _("it is not empty"))
    os.chown(folder, -1, sharing.group_id)
    folder.chmod(Access.SHARED.folder_mode)


def _check_reach(folder: Path, sharing: Sharing) -> None:
    """Refuse a place that members of the group cannot get to."""
    for above in folder.absolute().parents:
        try:
            status = above.stat()
        except OSError as error:
            raise CannotCreate(
                _("There is no folder {folder}; make it first, or choose another place with --database.").format(
                    folder=above
                )
            ) from error
        if not (status.st_mode & stat.S_IXOTH or (status.st_gid == sharing.group_id and status.st_mode & stat.S_IXGRP)):
            raise CannotCreate(
                _("The group {group} cannot enter {folder}; choose a place such as /srv with --database.").format(
                    group=sharing.group, folder=above
                )
            )


def outsider(path: Path) -> NotAllowed | None:
    """Return why a shared database is closed to this user, None if that is not for want of the group."""
    try:
        status = path.parent.stat()
    except OSError:
        return None
    is_shared = stat.S_IMODE(status.st_mode) == Access.SHARED.folder_mode
    if not is_shared or os.geteuid() == status.st_uid or status.st_gid in {os.getegid(), *os.getgroups()}:
        return None
    return NotAllowed(
        _(
            "You are not in the group {group}, which shares {database}; "
            "an admin runs `sudo usermod -aG {group} {login}`, then log in again."
        ).format(group=group_name(status.st_gid), database=path, login=os_login())
    )


def group_name(group_id: int) -> str:
    """Return the name of a group, its number where it has none."""
    try:
        return grp.getgrgid(group_id).gr_name
    except KeyError:
        return str(group_id)
