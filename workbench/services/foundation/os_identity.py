"""The login of the user, according to the operating system."""

import os
import pwd
from pathlib import Path

from sqlalchemy import Connection

from db import dialect
from workbench.errors import NotAllowed
from workbench.i18n import _


def os_login() -> str:
    """Return the login of the operating system's user; under sudo, of the user who called sudo.

    Raises:
        NotAllowed: If sudo and the kernel name different users.
    """
    uid = os_uid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def login_and_identity(connection: Connection) -> tuple[str, str]:
    """Return the login of who works with a database, and how it was found.

    On a server, it is the login of the server, such as `db:zhao`; otherwise that of the operating system, as `os:1000`.

    Raises:
        NotAllowed: If sudo and the kernel name different users.
    """
    if login := dialect.session_login(connection):
        return login, f"db:{login}"
    return os_login(), f"os:{os_uid()}"


def os_uid() -> int:
    """Return the number of the operating system's user; under sudo, of the user who called sudo.

    Raises:
        NotAllowed: If sudo and the kernel name different users.
    """
    uid = os.getuid()
    sudo_uid = os.environ.get("SUDO_UID", "")
    if uid == 0 and sudo_uid.isdecimal():
        kernel = _kernel_login_uid()
        if kernel is not None and kernel != int(sudo_uid):
            raise NotAllowed(_("sudo and the kernel disagree about who you are; log in again."))
        uid = int(sudo_uid)
    return uid


def _kernel_login_uid() -> int | None:
    """Return the uid that the kernel recorded at login, None if it recorded none."""
    try:
        uid = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == 2**32 - 1 else uid
