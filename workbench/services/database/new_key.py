"""Replaces the key of an encrypted database."""

from workbench.errors import BadConfiguration
from workbench.i18n import _
from workbench.services.encryption.key_settings import KeySettings
from workbench.services.encryption.key_source import Key
from workbench.services.foundation.context import Context


def rekey(context: Context, key: Key) -> None:
    """Seal the secret of the database with another key; the secret stays the same, so no data are encrypted again.

    If the process is killed, either the former or the new key is valid.

    Raises:
        NotAllowed: If the person is not an admin.
        BadConfiguration: If the database is not encrypted, or has this key already.
        CannotCreate: If the key settings cannot be written; the former key stays.
    """
    folder, keys = context.store.folder, context.store.keys
    with context.as_admin("rekey"):
        former = KeySettings.read(folder)
        if former is None or keys is None:
            raise not_encrypted()
        if former.source == key.source and former.opened_with(key) is not None:
            raise BadConfiguration(_("The database has this key already; nothing was changed. Give another one."))
        # The event is written first, because an extra event is better than a missing one.
        context.log_alone("rekey", body={"from": former.source.kind.value, "to": key.source.kind.value})
        KeySettings.sealing(keys, key).write(folder)


def not_encrypted() -> BadConfiguration:
    """Return the error for a database that is not encrypted."""
    return BadConfiguration(
        _(
            "The database is not encrypted, so it has no key. To encrypt it, run `workbench backup FILE`, then "
            "`workbench restore FILE --encrypt` to another path."
        )
    )
