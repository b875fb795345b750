"""Letters about due dates as rows of the table of notices; thousands of applicants get one wording, composed once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from workbench.domain.case.case_id import format_case
from workbench.services.notices.due_date_letter import CASE_NO, ClockLetter, compose_clock_letter

_PLACEHOLDERS = {"applicant_name": "\ue001", "application_no": "\ue002", "expected": "\ue003", "asked": "\ue004"}
"""A placeholder for each field of a letter that differs between applicants: private characters that no text uses."""

_ANY_PLACEHOLDER = re.compile("[\ue001-\ue004]")

Notice = Mapping[str, Any]
"""A row of the table of notices."""


def notice_of(letter: ClockLetter) -> Notice:
    """Return the notice with a letter; it gets its case and the case number with `numbered`."""
    used: dict[str, Any] = {name: placeholder for name, placeholder in _PLACEHOLDERS.items() if getattr(letter, name)}
    values = {placeholder: getattr(letter, name) for name, placeholder in used.items()}
    template = _template_of(replace(letter, **used))
    texts = {
        name: _ANY_PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), template[name])
        for name in ("subject", "body")
    }
    return {**template, **texts}


def numbered(notice: Notice, case_id: int) -> Notice:
    """Return a notice as that of a case, with the case number in its texts."""
    number = format_case(case_id)
    return {
        **notice,
        "case_id": case_id,
        "subject": notice["subject"].replace(CASE_NO, number),
        "body": notice["body"].replace(CASE_NO, number),
    }


@lru_cache(maxsize=256)
def _template_of(letter: ClockLetter) -> Notice:
    """Return the notice with a letter that has placeholders for what differs between applicants."""
    composed = compose_clock_letter(letter)
    return {
        "decision_id": None,
        "kind": letter.kind.value,
        "language": letter.language.value,
        "subject": composed.subject,
        "body": composed.body,
        "created_at": letter.written_at,
        "release_at": letter.written_at,
    }
