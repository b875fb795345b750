"""Composes letters about due dates as rows of the table of notices; a text for thousands of applicants only once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from db.queries.published import CASE, NOTICE
from workbench.domain.case.case_id import format_case
from workbench.domain.text.mask import DOT
from workbench.services.case.known_people import redactions_of
from workbench.services.notices.due_date_letter import CASE_NO, ClockLetter, compose_clock_letter

_PLACEHOLDERS = {
    "applicant_name": "\ue001",
    "application_no": "\ue002",
    "forecast_sentence": "\ue003",
    "suggestions": "\ue004",
    "agent": "\ue005",
    "earlier_case_no": "\ue006",
}
"""The placeholders for fields of a letter that differ between applicants, except the case number."""

NOT_SENT = {"channel": "", "failure": ""}
"""The columns of notices that are empty until they are sent."""

_ADD = insert(NOTICE).values(NOT_SENT)
_ANY_PLACEHOLDER = re.compile(f"[{CASE_NO}\ue001-\ue006]")

Notice = Mapping[str, Any]
"""A row of the table of notices."""


@dataclass(frozen=True, slots=True)
class UnnumberedNotice:
    """A notice whose case has no number yet: the row with placeholders, and the values of the placeholders."""

    template: Notice
    values: Mapping[str, str]

    def numbered(self, case_id: int) -> Notice:
        """Return the notice of a case; placeholders inside the values stay as they are."""
        values = {**self.values, CASE_NO: format_case(case_id)}
        texts = {
            name: _ANY_PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), self.template[name])
            for name in ("subject", "body")
        }
        return {**self.template, "case_id": case_id, **texts}


def add_notices(session: Session, notices: Sequence[Notice]) -> None:
    """Insert notices, with phone numbers in clear where a reviewer saw and kept them masked: the applicant reads them.

    A mask that two numbers of the application have stays.
    """
    if masked := [notice["case_id"] for notice in notices if DOT in notice["body"]]:
        found = session.execute(select(CASE.c.id, CASE.c.agent, CASE.c.application_no).where(CASE.c.id.in_(masked)))
        keys = {case_id: (agent, number) for case_id, agent, number in found}
        people = redactions_of(session, keys.values())
        bodies = {case_id: people[key].numbers_in_clear for case_id, key in keys.items()}
        notices = [{**one, "body": bodies.get(one["case_id"], str)(one["body"])} for one in notices]
    session.connection().execute(_ADD, list(notices))


def notice_of(letter: ClockLetter) -> UnnumberedNotice:
    """Return the notice with a letter."""
    placeholders: dict[str, Any] = {
        name: placeholder for name, placeholder in _PLACEHOLDERS.items() if getattr(letter, name)
    }
    values = {placeholder: getattr(letter, name) for name, placeholder in placeholders.items()}
    return UnnumberedNotice(_template_of(replace(letter, **placeholders)), values)


@lru_cache(maxsize=256)
def _template_of(letter: ClockLetter) -> Notice:
    """Return the notice with a letter in which placeholders replace the fields that differ between applicants."""
    composed = compose_clock_letter(letter)
    return {
        "decision_id": None,
        "kind": letter.kind.value,
        "language": letter.language.value,
        "subject": composed.subject,
        "body": composed.body,
        "created_at": letter.written_at,
        "release_at": letter.release_at or letter.written_at,
        # The letter repeats the deadline of the applicant, which is not a due date.
        "told_due_at": None if letter.keeps_deadline or not letter.shows_due_date else letter.due_at,
        "appeal_until_on": letter.appeal_until,
    }
