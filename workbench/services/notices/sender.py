"""Reads stored letters, and renders unsent ones again with the supplier in force."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, select, update

from db.enums import Language, Verdict
from db.queries.chunks import chunks
from db.queries.published import APPLICATION, CASE, NOTICE, is_published
from workbench.errors import BadConfiguration
from workbench.services.foundation.context import Context
from workbench.services.notices.bulk_letters import texts_of
from workbench.services.notices.due_date_letter import ClockLetter, ClockLetterKind
from workbench.services.notices.letter import Letter, Sender, json_form
from workbench.services.notices.verdict_letter import AppealLetter, AppealLetterKind, VerdictLetter
from workbench.services.policy.supplier import advice_on_made_up, is_made_up
from workbench.services.site.log_checks.unexplained_rows import unexplained_letters

_RECIPIENT = ("applicant_kind", "applicant_name", "handler_name", "contact_phone")
_KINDS = {Verdict: VerdictLetter, ClockLetterKind: ClockLetter, AppealLetterKind: AppealLetter}
_LETTERS = {kind.value: letter for kinds, letter in _KINDS.items() for kind in kinds}


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


def stored_letter(kind: str, facts: str) -> Letter | None:
    """Return the letter with stored facts; None if they were erased or forged, or it is older than facts are."""
    try:
        return None if facts == "{}" else json_form(_LETTERS[kind]).validate_json(facts)
    except (KeyError, ValueError):
        # `audit verify` reports a forged letter.
        return None


def write_sender(context: Context) -> None:
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
        named = json_form(Sender).dump_json(sender).decode()
        names_another = func.replace(NOTICE.c.facts, named, "") == NOTICE.c.facts
        wanted = select(NOTICE.c.id, NOTICE.c.kind, NOTICE.c.facts).where(
            NOTICE.c.language == language.value, NOTICE.c.sent_at.is_(None), NOTICE.c.facts != "{}", names_another
        )
        with context.read() as session:
            ids = set(session.execute(wanted.with_only_columns(NOTICE.c.id)).scalars())
            explained = sorted(ids - unexplained_letters(session)) if ids else ()
        for portion in chunks(explained):
            with context.write() as session:
                for row in session.execute(wanted.where(NOTICE.c.id.in_(portion))).all():
                    letter = replace(json_form(_LETTERS[row.kind]).validate_json(row.facts), supplier=sender)
                    session.execute(update(NOTICE).where(NOTICE.c.id == row.id).values(texts_of(letter)))
