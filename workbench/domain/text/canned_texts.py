"""Canned texts: paragraphs for letters and notes, with fields that a case fills."""

import re
from collections.abc import Mapping

FIELDS = ("applicant", "application_no", "case", "deadline")
"""What a canned text may name in braces, such as {applicant}."""

_FIELD = re.compile(r"\{(\w*)\}")


def fields_in(text: str) -> tuple[str, ...]:
    """Return the names in braces of a text, in its order, also those that are no field."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the values of its fields; what has no value stays as it is."""
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), text)


def shown_fields() -> str:
    """Return the fields as users write them, for messages."""
    return ", ".join(f"{{{name}}}" for name in FIELDS)
