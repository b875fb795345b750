"""Applies the rules that require two people; only this module decides whether the same person did two acts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.enums import IdentityMode
from db.models import CaseRow, EventRow, ImportBatchRow, SubmissionRow
from workbench.domain.case.case_id import format_case, format_request
from workbench.domain.case.records import Waiver
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.site.people import admins

IMPORTER = "importer"
"""The rule of the policy that a person who imported evidence of a case may not decide or check it."""


VALID_FOR = timedelta(days=7)
"""How long a request waits for another admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRequest:
    """An act that one admin asked for, and that waits for another; `body` has its details."""

    number: int
    body: Mapping[str, Any]
    requested_by: str
    requested_by_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRequests:
    """The requests for one kind of act that two admins must agree on.

    A request is an event of the log, `asked`, and so is the act that settles it; the log shows which requests are open.
    `list_command` is the command that lists them.
    """

    asked: str
    settled: tuple[str, ...]
    list_command: str

    def make(self, session: Session, context: Context, body: Mapping[str, Any]) -> AdminRequest:
        """Ask another admin to agree."""
        number = context.log(session, self.asked, body=body)
        return AdminRequest(
            number=number,
            body=body,
            requested_by=context.actor.login,
            requested_by_id=context.actor.id,
            expires_at=context.now() + VALID_FOR,
        )

    def open(self, session: Session, context: Context) -> list[AdminRequest]:
        """Return the open requests of people who are still admins, oldest first."""
        found = (
            select(EventRow)
            .where(col(EventRow.action).in_((self.asked, *self.settled)))
            .where(col(EventRow.at) > context.now() - VALID_FOR, ~col(EventRow.is_refused))
            .order_by(col(EventRow.seq))
        )
        waiting: dict[int, AdminRequest] = {}
        for event in session.execute(found).scalars():
            body = json.loads(event.body)
            if event.action != self.asked:
                waiting.pop(body.get("request", 0), None)
                continue
            waiting[event.seq or 0] = AdminRequest(
                number=event.seq or 0,
                body=body,
                requested_by=event.actor_login,
                requested_by_id=event.actor_id or 0,
                expires_at=event.at + VALID_FOR,
            )
        present = admins(session)
        return [request for request in waiting.values() if request.requested_by_id in present]

    def open_one(self, session: Session, context: Context, number: int) -> AdminRequest:
        """Return an open request.

        Raises:
            NotFound: If no such request is open.
        """
        for request in self.open(session, context):
            if request.number == number:
                return request
        message = _("No request {request} is open; `workbench {command}` lists those that are.")
        raise NotFound(message.format(request=format_request(number), command=self.list_command))

    def approvable(self, session: Session, context: Context, number: int) -> AdminRequest:
        """Return an open request that another admin made.

        Raises:
            NotFound: If no such request is open.
            NotAllowed: If the person who acts made it.
        """
        request = self.open_one(session, context, number)
        if request.requested_by_id == context.actor.id:
            raise NotAllowed(_("You made this request; another admin must approve it."))
        return request


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
