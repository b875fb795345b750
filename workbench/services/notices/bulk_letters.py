"""Writes letters as rows of the table of notices; a text for thousands of applicants is composed only once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, insert, select, update
from sqlmodel import Session

from db.enums import Language
from db.models import CaseRow, DecisionRow
from db.queries.published import APPLICATION, CASE, NOTICE, chunks, is_published
from workbench.domain.case.case_id import format_case
from workbench.domain.text.mask import DOT
from workbench.errors import BadConfiguration
from workbench.services.case.known_people import redactions_of
from workbench.services.foundation.context import Context
from workbench.services.notices.letter import Letter
from workbench.services.notices.letter_facts import LetterFacts, Sender
from workbench.services.notices.rendering import render
from workbench.services.policy.supplier import advice_on_made_up, is_made_up
from workbench.services.site.log_checks.unexplained_rows import unexplained_letters

if TYPE_CHECKING:
    from pydantic import TypeAdapter

CASE_NO = "\ue000"
"""A placeholder for the number of a case that is not stored yet: a private character that no text uses."""

_PLACEHOLDERS = {
    "applicant_name": "\ue001",
    "application_no": "\ue002",
    "forecast_sentence": "\ue003",
    "suggestions": "\ue004",
    "agent": "\ue005",
    "earlier_case_no": "\ue006",
    "forecast_days": "\ue007",
}
"""The placeholders for facts of a letter that differ between applicants, except the case number."""

NOT_SENT = {"channel": "", "failure": ""}
"""The columns of notices that are empty until they are sent."""

_ADD = insert(NOTICE).values(NOT_SENT).inline()  # Nobody reads the new number.
_in_json = json.JSONEncoder(ensure_ascii=False).encode
_ANY_PLACEHOLDER = re.compile(f"[{CASE_NO}\ue001-\ue007]")

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
        within_json = {name: _in_json(value)[1:-1] for name, value in values.items()}
        texts = {name: _filled(self.template[name], values) for name in ("subject", "body")}
        facts = _filled(self.template["facts"], within_json)
        return {**self.template, "case_id": case_id, **texts, "facts": facts}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _ANY_PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), text)


def add_notices(session: Session, notices: Sequence[Notice]) -> None:
    """Insert notices, with phone numbers in clear where a reviewer saw and kept them masked: the applicant reads them.

    A masked number that can stand for two numbers of the application stays masked.
    """
    if masked := [notice["case_id"] for notice in notices if DOT in notice["body"]]:
        found = session.execute(select(CASE.c.id, CASE.c.agent, CASE.c.application_no).where(CASE.c.id.in_(masked)))
        keys = {case_id: (agent, number) for case_id, agent, number in found}
        people = redactions_of(session, keys.values())
        in_clear = {case_id: people[key].numbers_in_clear for case_id, key in keys.items()}
        unmask = [in_clear.get(notice["case_id"], str) for notice in notices]
        pairs = zip(notices, unmask, strict=True)
        notices = [{**one, "body": clear(one["body"]), "facts": clear(one["facts"])} for one, clear in pairs]
    session.connection().execute(_ADD, list(notices))


def add_notice(session: Session, letter: Letter, case: CaseRow, decision: DecisionRow | None = None) -> str:
    """Write the notice with a letter, and return its text."""
    notice = _notice(letter)
    add_notices(session, [{**notice, "case_id": case.id, "decision_id": None if decision is None else decision.id}])
    return str(notice["body"])


def notice_of(case_facts: Mapping[str, Any], stated: LetterFacts) -> UnnumberedNotice:
    """Return the notice with a letter.

    Args:
        case_facts: The facts of the letter that the case and the applicant give.
        stated: The facts that an act states.
    """
    own = {"earlier_case_no": stated.earlier_case_no, **case_facts}
    placeholders = {name: placeholder for name, placeholder in _PLACEHOLDERS.items() if own.get(name)}
    values = {placeholder: own[name] for name, placeholder in placeholders.items()}
    return UnnumberedNotice(_template_of(Letter(**vars(stated) | own | placeholders, case_no=CASE_NO)), values)


def texts_of(letter: Letter) -> Notice:
    """Return the columns that are rendered from the facts of a letter, and the facts."""
    text = render(letter)
    return {"subject": text.subject, "body": text.body, "facts": facts_of(letter)}


def facts_of(letter: Letter) -> str:
    """Return the facts of a letter as JSON, without those that have their usual values."""
    return json_adapter(Letter).dump_json(letter, exclude_defaults=True).decode()


@cache
def json_adapter(kind: Any) -> "TypeAdapter[Any]":
    """Return the adapter that converts facts of a type to JSON and back."""
    # Imported on first use, for a faster start.
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _notice(letter: Letter) -> Notice:
    return {
        **texts_of(letter),
        "decision_id": None,
        "kind": letter.kind.value,
        "language": letter.language.value,
        "created_at": letter.written_at,
        "release_at": letter.release_at or letter.written_at,
        "told_due_at": letter.told_due_at,
        "appeal_until_on": letter.appeal_until_on,
    }


_template_of = lru_cache(maxsize=256)(_notice)
"""Returns the notice with a letter in which placeholders replace the facts that differ between applicants."""


_RECIPIENT = ("applicant_kind", "applicant_name", "handler_name", "contact_phone")


def select_letters() -> Select[Any]:
    """Return the statement that reads notices with their applicants, not the cancelled ones."""
    return (
        select(
            NOTICE, CASE.c.agent, CASE.c.application_no, CASE.c.erased_at, *(APPLICATION.c[name] for name in _RECIPIENT)
        )
        .join(CASE, CASE.c.id == NOTICE.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .where(is_published(CASE.c.batch_id), NOTICE.c.cancelled_at.is_(None))
    )


def stored_letter(facts: str) -> Letter | None:
    """Return the letter with stored facts; None if they were erased or forged, or an early version stored none."""
    try:
        letter: Letter = json_adapter(Letter).validate_json(facts)
    except ValueError:
        # `audit verify` reports a forged letter.
        return None
    return letter


def update_letter_senders(context: Context) -> None:
    """Render unsent letters that name an earlier supplier again, with the supplier in force.

    Letters that no event of the log explains stay as they are.

    Raises:
        BadConfiguration: If the made-up supplier is in force.
    """
    with context.read() as session:
        supplier = context.policy(session).supplier
    if is_made_up(supplier):
        raise BadConfiguration(advice_on_made_up())
    for language in Language:
        sender = Sender.of(supplier, language)
        sender_json = json_adapter(Sender).dump_json(sender).decode()
        names_another = func.replace(NOTICE.c.facts, sender_json, "") == NOTICE.c.facts
        outdated = select(NOTICE.c.id, NOTICE.c.facts).where(
            NOTICE.c.language == language.value, NOTICE.c.sent_at.is_(None), NOTICE.c.facts != "{}", names_another
        )
        with context.read() as session:
            ids = set(session.execute(outdated.with_only_columns(NOTICE.c.id)).scalars())
            explained = sorted(ids - unexplained_letters(session)) if ids else ()
        for portion in chunks(explained):
            with context.write() as session:
                for row in session.execute(outdated.where(NOTICE.c.id.in_(portion))).all():
                    letter = replace(json_adapter(Letter).validate_json(row.facts), supplier=sender)
                    session.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(texts_of(letter)))
