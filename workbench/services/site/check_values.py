"""Verifies the hash key of a store with a check value in the database, so that a wrong or damaged key is refused."""

from sqlalchemy import select
from sqlmodel import Session

from db.models import SettingRow
from db.queries.published import table_of
from workbench.errors import BadConfiguration
from workbench.i18n import _
from workbench.services.foundation.file_store import Store

_CHECK_SETTING = "hash_key_check"
"""The name of the setting with the check value: the keyed hash of this name."""

_SETTINGS = table_of(SettingRow)
_CHECK_VALUE = select(_SETTINGS.c.value).where(_SETTINGS.c.name == _CHECK_SETTING)


def hash_key_setting(store: Store) -> SettingRow:
    """Return the setting with the check value of a store's hash key. The check value does not reveal the key."""
    return SettingRow(name=_CHECK_SETTING, value=store.hashed(_CHECK_SETTING))


def verify_hash_key(session: Session, store: Store) -> None:
    """Check that the hash key belongs to the database.

    Raises:
        BadConfiguration: If the key is missing or wrong.
    """
    if store.hashed(_CHECK_SETTING) != session.execute(_CHECK_VALUE).scalar():
        message = _(
            "The hash key {file} is not the one that this database was made with, so numbers would not be found; "
            "put the key back from a backup."
        )
        raise BadConfiguration(message.format(file=store.hash_key_file))
