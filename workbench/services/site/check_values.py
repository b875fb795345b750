"""Verifies the hash key with a check value in the database, so that a wrong or damaged key is refused."""

from sqlalchemy import select
from sqlmodel import Session

from db.models import ApplicationRow, CardRow, ComplaintRow, CreditRecordRow, SettingRow
from db.queries.published import table_of
from workbench.errors import BadConfiguration
from workbench.i18n import _
from workbench.services.foundation.file_store import Store

_SETTING = "hash_key_check"
_SETTINGS = table_of(SettingRow)
_CHECK_VALUE = select(_SETTINGS.c.value).where(_SETTINGS.c.name == _SETTING)
_HASHED = (
    (table_of(ApplicationRow), "handler_id_no", "handler_id_hash"),
    (table_of(CardRow), "msisdn", "msisdn_hash"),
    (table_of(ComplaintRow), "msisdn", "msisdn_hash"),
    (table_of(CreditRecordRow), "subject_no", "subject_hash"),
)
"""Numbers and their hashes, by table."""


def key_check(store: Store) -> SettingRow:
    """Return the setting with the check value of a store's hash key, which does not reveal the key."""
    return SettingRow(name=_SETTING, value=store.hashed(_SETTING))


def verify_hash_key(session: Session, store: Store) -> bool:
    """Check that the hash key belongs to the database, and return whether the database has a check value.

    Without a check value, as in a database of an older version, the key must give the first and the last stored hash of
    each table.

    Raises:
        BadConfiguration: If the key is missing or wrong.
    """
    stored = session.execute(_CHECK_VALUE).scalar()
    is_right = store.hashed(_SETTING) == stored if stored else _gives_stored_hashes(session, store)
    if not is_right:
        message = _(
            "The hash key {file} is not the one that this database was made with, so numbers would not be found; "
            "put the key back from a backup."
        )
        raise BadConfiguration(message.format(file=store.key_file))
    return stored is not None


def _gives_stored_hashes(session: Session, store: Store) -> bool:
    for table, number, hashed in _HASHED:
        rows = select(table.c[number], table.c[hashed]).where(table.c[hashed] != "")
        for order in (table.c.id, table.c.id.desc()):
            row = session.execute(rows.order_by(order).limit(1)).first()
            if row is not None and store.hashed(row[0]) != row[1]:
                return False
    return True
