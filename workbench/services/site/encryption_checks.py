"""Checks of an encrypted database: its key, and whether all that is encrypted can be decrypted."""

from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from db import dialect
from db.engine import Database
from db.queries.published import call_file_checks
from workbench.errors import WorkbenchError
from workbench.i18n import _
from workbench.services.files.calls.store import CallStore
from workbench.services.foundation.file_store import Store
from workbench.services.site.file_checks import CheckLine, Health


def check_key_source(store: Store) -> Iterator[CheckLine]:
    """Report whether the database is encrypted, and the source of its key."""
    from workbench.services.encryption.key_settings import KeySettings
    from workbench.services.encryption.key_source import KeyKind

    settings = KeySettings.read(store.folder)
    if settings is None:
        yield Health.NOTE, _("The database and its store are not encrypted.")
        return
    message = _("The database and its store are encrypted; their key is {source}.")
    yield Health.OK, message.format(source=settings.source)
    if settings.source.kind is KeyKind.FILE and Path(settings.source.where).is_relative_to(store.folder.parent):
        message = _(
            "The key file {file} is in a folder of the database, so a copy of the folder has both; keep it elsewhere."
        )
        yield Health.NOTE, message.format(file=settings.source.where)


def check_pages(database: Database) -> CheckLine | None:
    """Decrypt every page of a database, and report changed pages; None if the database is not encrypted."""
    if database.key is None:
        return None
    if faults := dialect.encryption_faults(database.path, database.key):
        # Another process may have been writing a page, so the check is repeated under the write lock.
        with dialect.write_lock(database.path):
            faults = dialect.encryption_faults(database.path, database.key)
    if faults:
        message = _("Pages of the database that were changed: {count}; restore a backup.")
        return Health.FAULT, message.format(count=faults)
    return Health.OK, _("Every page of the database can be decrypted.")


def check_decryption(session: Session, store: Store) -> Iterator[CheckLine]:
    """Decrypt every call file of an encrypted store, and report the damaged ones."""
    if store.keys is None:
        return
    checks = call_file_checks(session)
    calls = CallStore(store.calls, store.hash_key, checks, store.keys)
    damaged = 0
    for batch_id in checks:
        try:
            calls.read_all(batch_id)
        except WorkbenchError as error:
            damaged += 1
            yield Health.FAULT, str(error)
    if not damaged:
        yield Health.OK, _("Call files that can be decrypted: {count}.").format(count=len(checks))
