"""Re-exports the enumerations for screens, which must not import the database.

They are defined in `db.enums`, because tables use them and the database imports no other layer.
"""

from db.enums import *  # noqa: F403 - each of them is a word of the vocabulary
