"""Applies the rules that require two people; only this module decides whether the same person did two acts."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import IdentityMode
from db.models import CaseRow, EventRow, ImportBatchRow, SubmissionRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.records import Waiver
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import mask_digits_within
from workbench.i18n import _
from workbench.services.foundation.context import Context

IMPORTER = "importer"
"""The rule of the policy that a person who imported evidence of a case may not decide or check it."""


def is_same_person(session: Session, context: Context, case_id: int, reviewer_id: int) -> bool:
    """Return whether the person who acts now is the one who acted on a case as `reviewer_id`.

    In a database that identifies people by the OS user, one OS user is one person, whatever the logins. In a database
    that identifies people by name, the name is the person.
    """
    if reviewer_id == context.actor.id:
        return True
    return context.actor.identity.startswith(f"{IdentityMode.OS}:") and shares_account(
        session, context, case_id, reviewer_id
    )


def shares_account(session: Session, context: Context, case_id: int, reviewer_id: int) -> bool:
    """Return whether the person who acted on a case as `reviewer_id` used the OS user of the person who acts now."""
    acts = select(col(EventRow.seq)).where(
        col(EventRow.case_id) == case_id,
        col(EventRow.actor_id) == reviewer_id,
        col(EventRow.identity) == context.actor.identity,
        col(EventRow.is_refused).is_(False),
    )
    return session.execute(acts.limit(1)).first() is not None


def importer_refusal(session: Session, context: Context, case_id: int, policy: Policy) -> str | None:
    """Return why this person may not decide or check a case that they imported; None if the policy allows it."""
    if not policy.separation.importer:
        return None
    opened = select(col(CaseRow.batch_id)).where(col(CaseRow.id) == case_id)
    taken = select(col(SubmissionRow.batch_id)).where(col(SubmissionRow.case_id) == case_id)
    batch = ImportBatchRow
    own = select(col(batch.id)).where(
        col(batch.id).in_(opened) | col(batch.id).in_(taken), col(batch.started_by_id) == context.actor.id
    )
    if session.execute(own.limit(1)).first() is None:
        return None
    message = _("You imported evidence of {case}; another person must decide and check it.")
    return message.format(case=format_case(case_id))


def waiver_text(waiver: Waiver | None) -> str:
    """Return the column `waived` of a decision; empty if no rule is waived."""
    return "" if waiver is None else json.dumps(asdict(waiver), ensure_ascii=False)


def waiver_details(waiver: Waiver | None) -> dict[str, Any]:
    """Return the details for an event about the two-person rules that did not apply: their names and the reason."""
    return {} if waiver is None else {"waived": list(waiver.rules), "waive_reason": mask_digits_within(waiver.reason)}
