"""Canned texts: paragraphs for letters and notes, with fields that a case fills."""

import re
from collections.abc import Mapping

FIELDS = ("applicant", "application_no", "case", "deadline")
"""The names of fields that a canned text may contain in braces, such as {applicant}."""

_FIELD = re.compile(r"\{(\w*)\}")


def fields_in(text: str) -> tuple[str, ...]:
    """Return all names in braces in a text, in order, including unknown ones."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def fill_fields(text: str, values: Mapping[str, str]) -> str:
    """Fill in the fields of a text; a field without a value stays unchanged."""
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), text)


def shown_fields() -> str:
    """Return the fields as users write them, for messages."""
    return ", ".join(f"{{{name}}}" for name in FIELDS)
