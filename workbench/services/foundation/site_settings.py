"""Reads and writes settings files: those of a user, and the site file, which names the database for all users."""

import json
import secrets
import shlex
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.access import new_file
from workbench.errors import BadConfiguration, CannotCreate, NotFound, WorkbenchError
from workbench.i18n import _
from workbench.services.foundation.safe_files import missing_parents, new_parents, read_whole

APP_NAME = "workbench"
_MAX_BYTES = 1 << 20
COMMAND_MARK = "|"
"""The sign before a command that reads an anchor of the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """The values of a settings file; None for a value that the file does not have."""

    database: str | None = None
    group: str | None = None
    """The Unix group that shares the database; the file calls it `shared`."""

    def lines(self) -> tuple[str, ...]:
        """Return the settings as lines of TOML; a JSON string is a valid TOML string."""
        pairs = (("database", self.database), ("shared", self.group))
        return tuple(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in pairs if value is not None)


def default_site_file() -> Path:
    """Return the path of the site file of this host."""
    import platformdirs

    return Path(platformdirs.site_config_dir(APP_NAME)) / "site.toml"


def read_settings(file: Path) -> SiteSettings | None:
    """Return the values of a settings file, None if there is no such file.

    Raises:
        BadConfiguration: If the file cannot be read.
    """
    settings = _parsed(file)
    if settings is None:
        return None
    texts = {name: value for name, value in settings.items() if isinstance(value, str)}
    return SiteSettings(database=texts.get("database"), group=texts.get("shared"))


def read_anchor(file: Path) -> str | None:
    """Return where a settings file keeps anchors of the audit log, None if it does not say.

    It is a file, or a command after `|` that reads an anchor.

    Raises:
        BadConfiguration: If the file cannot be read, or `[audit]` has anything else.
    """
    settings = _parsed(file)
    audit = settings.get("audit") if settings else None
    if audit is None or audit == {}:
        return None
    target = audit.get("anchor") if isinstance(audit, dict) and len(audit) == 1 else None
    if isinstance(target, str) and target.isprintable() and _names_place(target):
        return target
    message = _(
        "[audit] in {file} needs anchor with the absolute path of a file, or with a command after |; it has {found}."
        " Correct the line."
    )
    raise BadConfiguration(message.format(file=file, found=json.dumps(audit, ensure_ascii=False, default=str)))


def _names_place(target: str) -> bool:
    """Say whether a text names a command, or a file by its absolute path."""
    if target.startswith(COMMAND_MARK):
        return target.removeprefix(COMMAND_MARK).strip() != ""
    # A relative path would be another file in each folder in which somebody runs a command.
    return Path(target).is_absolute()


def _parsed(file: Path) -> dict[str, Any] | None:
    """Return the tables of a settings file, None if there is no such file."""
    try:
        return tomllib.loads(read_whole(file, _MAX_BYTES).decode())
    except NotFound:
        return None
    except (WorkbenchError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = _("The settings {file} cannot be read: {cause}.")
        raise BadConfiguration(message.format(file=file, cause=str(error).rstrip("."))) from error


@contextmanager
def new_site_file(file: Path, settings: SiteSettings) -> Iterator[Callable[[], None]]:
    """Prepare the site file under a temporary name, and yield the function that moves it to its path.

    Raises:
        CannotCreate: If the file cannot be written (the message has the command for an admin), or if a file
            with other settings exists.
        BadConfiguration: If the existing file cannot be read.
    """
    existing = read_settings(file)
    if existing is not None and existing.lines() == settings.lines():
        yield lambda: None
        return
    if existing is not None:
        message = _("{file} exists and does not contain {lines}; correct it, or choose another file with --site.")
        raise CannotCreate(message.format(file=file, lines=", ".join(settings.lines())))
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with new_parents(file):
        try:
            try:
                for folder in reversed(missing_parents(file)):
                    folder.mkdir()
                    folder.chmod(0o755)
                # Everybody can read the file: it holds no secret, only the path of the database.
                with new_file(temporary, 0o644) as draft:
                    draft.write("\n".join((*settings.lines(), "")).encode())
            except OSError as error:
                message = _(
                    "{file} cannot be written ({cause}), and no database was created. "
                    "An admin runs `{command}`, then you repeat this command."
                )
                raise CannotCreate(
                    message.format(file=file, cause=error.strerror, command=_admin_command(file, settings))
                ) from error
            yield lambda: _replace(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)


def _replace(temporary: Path, file: Path) -> None:
    try:
        temporary.replace(file)
    except OSError as error:
        message = _("{file} cannot be written: {cause}; no database was created.")
        raise CannotCreate(message.format(file=file, cause=error.strerror)) from error


def _admin_command(file: Path, settings: SiteSettings) -> str:
    """Return the shell command with which an admin creates the file; everybody can read it, whatever the umask is."""
    lines = " ".join(shlex.quote(line) for line in settings.lines())
    path, folder = shlex.quote(str(file)), shlex.quote(str(file.parent))
    readable = f"sudo chmod 755 {folder} && sudo chmod 644 {path}"
    return f"sudo mkdir -p {folder} && printf '%s\\n' {lines} | sudo tee {path} && {readable}"
