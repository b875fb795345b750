"""The acts that one admin asks for, and that wait for another one.

A request is an event of the log, and so is the act that settles it; the log shows which requests are open. The text of
a policy waits in the settings, and the event of its request has the digest.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db.enums import Role
from db.models import EventRow, ReviewerRow, SettingRow
from workbench.domain.case.case_id import format_request
from workbench.domain.policy.comparison import PolicyChange, change_kind_of
from workbench.errors import NotAllowed, NotFound
from workbench.i18n import _
from workbench.services.foundation.context import Context, Service
from workbench.services.site.people import admins

VALID_FOR = timedelta(days=7)
"""How long a request waits for another admin."""

_TEXT = "policy-request-"


class RequestKind(StrEnum):
    """What a request is about; the events and the commands of a kind begin with its value."""

    ROLES = "reviewers"
    POLICY = "policy"
    ERASURE = "retention"

    @property
    def asked(self) -> str:
        """The event of a request."""
        return f"{self} request"

    @property
    def applied(self) -> str:
        """The event of an act that was done."""
        return "reviewers role" if self is RequestKind.ROLES else f"{self} apply"

    @property
    def rejected(self) -> str:
        """The event of a rejected request."""
        return f"{self} reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRequest:
    """An act that waits for another admin; `values` are what it would do, by their names in JSON."""

    number: int
    kind: RequestKind
    values: Mapping[str, Any]
    requested_by: str
    requested_by_id: int
    expires_at: datetime


class AdminRequests(Service):
    """Lists and rejects the requests of admins; the services that do the acts make and approve them."""

    def open(self, *kinds: RequestKind) -> tuple[AdminRequest, ...]:
        """Return the open requests of some kinds, oldest first."""
        with self.context.read() as session:
            return tuple(open_requests(session, self.context, *kinds))

    def reject(self, number: int, *kinds: RequestKind) -> AdminRequest:
        """Reject a request of some kinds, or withdraw one's own.

        Raises:
            NotAllowed: If the caller is not an admin.
            NotFound: If no such request is open.
        """
        with self.context.as_admin(kinds[0].rejected), self.context.write() as session:
            request = _open_request(session, self.context, number, *kinds)
            self.context.log(session, request.kind.rejected, body={"request": number})
            drop_texts(session, self.context)
            return request


def make_request(
    session: Session, context: Context, kind: RequestKind, body: Mapping[str, Any], policy_text: str | None = None
) -> AdminRequest:
    """Ask another admin to agree."""
    drop_texts(session, context)
    number = context.log(session, kind.asked, body=body)
    if policy_text is not None:
        session.add(SettingRow(name=f"{_TEXT}{number}", value=policy_text))
    return _open_request(session, context, number, kind)


def approvable(session: Session, context: Context, number: int, kind: RequestKind) -> AdminRequest:
    """Return an open request that another admin made.

    Raises:
        NotFound: If no such request is open.
        NotAllowed: If the person who acts made it.
    """
    request = _open_request(session, context, number, kind)
    if request.requested_by_id == context.actor.id:
        raise NotAllowed(_("You made this request; another admin must approve it."))
    return request


def open_requests(session: Session, context: Context, *kinds: RequestKind) -> Sequence[AdminRequest]:
    """Return the open requests of people who are still admins, oldest first."""
    kind_of = {kind.asked: kind for kind in kinds}
    actions = [*kind_of, *(name for kind in kinds for name in (kind.applied, kind.rejected))]
    found = select(EventRow).where(col(EventRow.action).in_(actions), ~col(EventRow.is_refused))
    waiting: dict[int, AdminRequest] = {}
    present = admins(session)
    for event in session.scalars(found.where(col(EventRow.at) > context.now() - VALID_FOR).order_by(col(EventRow.seq))):
        body, number = json.loads(event.body), event.seq or 0
        if event.action not in kind_of:
            waiting.pop(body.get("request", 0), None)
        elif event.actor_id in present:
            waiting[number] = AdminRequest(
                number=number,
                kind=kind_of[event.action],
                values=_values(session, kind_of[event.action], body),
                requested_by=event.actor_login,
                requested_by_id=event.actor_id or 0,
                expires_at=event.at + VALID_FOR,
            )
    return list(waiting.values())


def _open_request(session: Session, context: Context, number: int, *kinds: RequestKind) -> AdminRequest:
    for request in open_requests(session, context, *kinds):
        if request.number == number:
            return request
    message = _("No request {request} is open; `workbench {command}` lists those that are.")
    command = "retention show" if RequestKind.ERASURE in kinds else "reviewers requests"
    raise NotFound(message.format(request=format_request(number), command=command))


def _values(session: Session, kind: RequestKind, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request would do, from the body of its event."""
    if kind is RequestKind.ERASURE:
        return {"reason": body["reason"]}
    if kind is RequestKind.ROLES:
        changes = {name: tuple(map(Role, body.get(name, ()))) for name in ("add", "remove")}
        return {"login": session.get_one(ReviewerRow, body["reviewer"]).login, **changes}
    day, safeguards = body.get("effective_on"), body["safeguards"].items()
    return {
        "policy": body["version"],
        "sha256": body["sha256"],
        "effective_on": date.fromisoformat(day) if day else None,
        "for_open_cases": body["open_cases"],
        # Requests of earlier versions of the program do not say it, and nobody can approve them.
        "follows": tuple(body.get("follows", ())),
        "safeguards": tuple(PolicyChange(key, old, new, change_kind_of(key)) for key, (old, new) in safeguards),
    }


def text_of(session: Session, number: int) -> str:
    """Return the text of the policy of an open request."""
    stored = session.get(SettingRow, f"{_TEXT}{number}")
    return stored.value if stored is not None else ""


def drop_texts(session: Session, context: Context) -> None:
    """Remove the texts of requests that are settled, or that nobody can approve any more."""
    waiting = [f"{_TEXT}{one.number}" for one in open_requests(session, context, RequestKind.POLICY)]
    name = col(SettingRow.name)
    session.execute(delete(SettingRow).where(name.startswith(_TEXT), name.not_in(waiting)))
