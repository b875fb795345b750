"""The site's settings: one file on a host that tells everybody's workbench where the shared database is."""

import json
import os
import secrets
import shlex
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadConfiguration, CannotCreate
from workbench.i18n import _

APP_NAME = "workbench"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What a settings file says; None is what it does not say."""

    database: str | None = None
    shared: str | None = None

    def lines(self) -> tuple[str, ...]:
        """Return the lines of a file that says this; a JSON string is a TOML string too."""
        said = (("database", self.database), ("shared", self.shared))
        return tuple(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said if value is not None)


def default_site_file() -> Path:
    """Return where the settings of all users of this host are."""
    import platformdirs

    return Path(platformdirs.site_config_dir(APP_NAME)) / "site.toml"


def read_settings(file: Path) -> SiteSettings | None:
    """Return what a settings file says, None if there is no such file.

    Raises:
        BadConfiguration: If it cannot be read.
    """
    try:
        with file.open("rb") as handle:
            settings = tomllib.load(handle)
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            _("The settings {file} cannot be read: {cause}.").format(file=file, cause=error)
        ) from error
    database, shared = settings.get("database"), settings.get("shared")
    return SiteSettings(
        database=database if isinstance(database, str) else None,
        shared=shared if isinstance(shared, str) else None,
    )


@contextmanager
def site_file_saying(file: Path, wanted: SiteSettings) -> Iterator[Callable[[], None]]:
    """Prepare the site's settings before anything else is made; what is given puts them into their place.

    Raises:
        CannotCreate: If the file cannot be written, with the command that an admin must run, or if it names
            another database already.
        BadConfiguration: If the file that is there cannot be read.
    """
    present = read_settings(file)
    if present == wanted:
        yield _nothing
        return
    if present is not None:
        raise CannotCreate(
            _("{file} is there and does not say {lines}; mend it, or choose another file with --site.").format(
                file=file, lines=", ".join(wanted.lines())
            )
        )
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    missing = [folder for folder in file.absolute().parents if not folder.exists()]
    try:
        _prepare(draft, missing, file, wanted)
        yield lambda: _take_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
        for folder in [] if file.exists() else missing:
            if folder.exists():
                folder.rmdir()


def _prepare(draft: Path, missing: Sequence[Path], file: Path, wanted: SiteSettings) -> None:
    try:
        for folder in reversed(missing):
            folder.mkdir()
            folder.chmod(0o755)
        _write(draft, wanted)
    except OSError as error:
        raise CannotCreate(
            _(
                "{file} cannot be written ({cause}); nothing was made. An admin runs `{command}`, then you this again."
            ).format(file=file, cause=error.strerror, command=_command(file, wanted))
        ) from error


def _nothing() -> None:
    """Leave the settings as they are; they say what is wanted already."""


def _write(draft: Path, settings: SiteSettings) -> None:
    """Write a file that everybody can read: it holds no secret, only where the database is."""
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join((*settings.lines(), "")))
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())


def _take_place(draft: Path, file: Path) -> None:
    try:
        draft.replace(file)
    except OSError as error:
        raise CannotCreate(
            _("{file} cannot be written: {cause}; nothing was made.").format(file=file, cause=error.strerror)
        ) from error


def _command(file: Path, settings: SiteSettings) -> str:
    """Return what an admin types to make the file."""
    lines = " ".join(shlex.quote(line) for line in settings.lines())
    place = shlex.quote(str(file))
    folder = shlex.quote(str(file.parent))
    # Whatever the umask of the admin is: everybody on the host reads it.
    readable = f"sudo chmod 755 {folder} && sudo chmod 644 {place}"
    return f"sudo mkdir -p {folder} && printf '%s\\n' {lines} | sudo tee {place} && {readable}"
