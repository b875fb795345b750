"""The canned texts of a user: the table `texts` of the settings."""

from workbench.domain.text.canned_texts import FIELDS, fields_in, shown_fields
from workbench.i18n import _
from workbench.settings.table import SettingsTable, leaf_values

_MAX_CHARACTERS = 5_000


def read_texts(table: object) -> SettingsTable[str]:
    """Return the texts by name, without those that have an unknown field."""
    texts = SettingsTable[str]()
    if not isinstance(table, dict):
        texts.refuse((), _('texts must be a table: the line [texts], and below it lines such as call = "I called …".'))
        return texts
    for path, value in leaf_values(table):
        name = ".".join(path)
        if not _is_text(value):
            message = _(
                "texts.{name} must be a text in quotes, of at most {limit} characters. The text is not offered."
            )
            texts.refuse(path, message.format(name=name, limit=_MAX_CHARACTERS))
        elif unknown_fields := [field for field in fields_in(value) if field not in FIELDS]:
            message = _(
                "texts.{name} has an unknown field {{{field}}}; the fields are {fields}. The text is not offered."
            )
            texts.refuse(path, message.format(name=name, field=unknown_fields[0], fields=shown_fields()))
        else:
            texts.keep(name, value, path)
    return texts


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _MAX_CHARACTERS
