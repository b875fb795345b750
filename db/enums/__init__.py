"""The enumerations shared by tables, rules and screens."""

from db.enums.case import *  # noqa: F403 - each of them is a word of the vocabulary
from db.enums.evidence import *  # noqa: F403 - each of them is a word of the vocabulary
