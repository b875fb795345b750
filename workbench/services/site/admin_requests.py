"""Requests of one admin that another admin approves or rejects.

A request is an event of the log, and so is its approval or rejection. The log therefore shows which requests are open.
The text of a requested policy waits in a setting, and the event has the digest of the text.
"""

import hashlib
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
from db.queries.published import CASE, is_open_case
from workbench.domain.case.case_id import format_request
from workbench.domain.policy.comparison import PolicyChange, change_kind_of, safeguards_changed
from workbench.domain.policy.policy import Policy
from workbench.errors import BadData, NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context, Service
from workbench.services.foundation.input_checks import check_not_far
from workbench.services.policy.reader import parse_policy
from workbench.services.site.people import admins

VALID_FOR = timedelta(days=7)
"""How long a request waits for another admin."""

_TEXT_SETTING = "policy-request-"
"""The name of the setting with the text of a requested policy; the number of the request follows."""


class RequestKind(StrEnum):
    """The kinds of requests. The names of the events and commands of a kind begin with its value."""

    ROLES = "reviewers"
    POLICY = "policy"
    ERASURE = "retention"

    @property
    def asked(self) -> str:
        """The name of the event that makes a request."""
        return f"{self} request"

    @property
    def applied(self) -> str:
        """The name of the event of the act itself, with or without a request."""
        return "reviewers role" if self is RequestKind.ROLES else f"{self} apply"

    @property
    def rejected(self) -> str:
        """The name of the event that rejects a request."""
        return f"{self} reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminRequest:
    """An open request for an act, which waits for another admin."""

    number: int
    kind: RequestKind
    values: Mapping[str, Any]
    """What the act would do; the keys are those of the JSON output."""
    requested_by: str
    requested_by_id: int
    expires_at: datetime


class AdminRequests(Service):
    """Lists and rejects the requests of admins; other services make and approve them."""

    def open(self, *kinds: RequestKind) -> tuple[AdminRequest, ...]:
        """Return the open requests of some kinds, oldest first."""
        with self.context.read() as session:
            return tuple(open_requests(session, self.context, *kinds))

    def find(self, number: int, *kinds: RequestKind) -> AdminRequest:
        """Return an open request of one of the kinds.

        Raises:
            NotFound: If no such request is open.
        """
        with self.context.read() as session:
            return _open_request(session, self.context, number, *kinds)

    def reject(self, number: int, *kinds: RequestKind) -> AdminRequest:
        """Reject an open request of one of the kinds; the admin who made a request withdraws it in this way.

        Raises:
            NotAllowed: If the caller is not an admin.
            NotFound: If no such request is open.
        """
        # The kind of the request is not known yet; a refusal is logged under the first one.
        with self.context.as_admin(kinds[0].rejected), self.context.write() as session:
            request = _open_request(session, self.context, number, *kinds)
            self.context.log(session, request.kind.rejected, body={"request": number})
            drop_settled_texts(session, self.context)
            return request


def make_request(
    session: Session, context: Context, kind: RequestKind, body: Mapping[str, Any], policy_text: str | None = None
) -> AdminRequest:
    """Log a request, keep the text of a requested policy, and return the request."""
    drop_settled_texts(session, context)
    number = context.log(session, kind.asked, body=body)
    if policy_text is not None:
        session.add(SettingRow(name=f"{_TEXT_SETTING}{number}", value=policy_text))
    return _open_request(session, context, number, kind)


def approvable(session: Session, context: Context, number: int, kind: RequestKind) -> AdminRequest:
    """Return an open request that another admin made.

    Raises:
        NotFound: If no such request is open.
        NotAllowed: If the caller made the request.
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
                values=_wanted_values(session, kind_of[event.action], body),
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


def _wanted_values(session: Session, kind: RequestKind, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a request from the body of its event."""
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
        # Requests of earlier versions of the program lack it, so nobody can approve them.
        "follows": tuple(body.get("follows", ())),
        "safeguards": tuple(PolicyChange(key, old, new, change_kind_of(key)) for key, (old, new) in safeguards),
    }


def drop_settled_texts(session: Session, context: Context) -> None:
    """Remove the policy texts of requests that are not open any more."""
    waiting = [f"{_TEXT_SETTING}{one.number}" for one in open_requests(session, context, RequestKind.POLICY)]
    name = col(SettingRow.name)
    session.execute(delete(SettingRow).where(name.startswith(_TEXT_SETTING), name.not_in(waiting)))


@dataclass(frozen=True, slots=True)
class WantedPolicy:
    """A policy that an admin applies, or whose request another admin approves."""

    text: str
    policy: Policy
    effective_on: date | None
    """The first day of the policy; None means at once."""
    for_open_cases: bool
    request: AdminRequest | None = None
    """The approved request; None if no request was needed."""

    @property
    def request_details(self) -> dict[str, int]:
        """The details of an event that name the request; empty without a request."""
        return {} if self.request is None else {"request": self.request.number}

    def check_day(self, today: date) -> None:
        """Check the first day of the policy.

        Raises:
            WrongUsage: If the day is past or too far ahead.
        """
        if self.effective_on is not None:
            if self.effective_on < today:
                raise WrongUsage(_("{day} is past; give today or a later day.").format(day=self.effective_on))
            check_not_far(self.effective_on, today)

    def followed_versions(self, session: Session, before: int, others: Sequence[int]) -> tuple[int, ...]:
        """Return the versions that the policy replaces, without repetition.

        First comes `before`, the version in force on the first day of the policy. Then come `others`, which the policy
        ends, and the versions of the open cases that change to it.

        Raises:
            NotAllowed: If the request does not know one of these versions, so that the policy would revert its changes.
        """
        of_open_cases = select(CASE.c.policy_version_id).where(is_open_case()).distinct()
        versions_of_open_cases = session.execute(of_open_cases).scalars() if self.for_open_cases else ()
        followed = tuple(dict.fromkeys((before, *others, *sorted(versions_of_open_cases))))
        if self.request is not None:
            # What this method returned when the request was made.
            made_on = self.request.values["follows"]
            newer = [number for number in followed if number not in made_on]
            if newer or made_on[0] != before:
                message = _(
                    "{request} was not made on policy {numbers}, which came into force or was planned since, or has"
                    " open cases again; reject it, and ask {login} to apply the file again."
                )
                name, numbers = format_request(self.request.number), comma_joined(map(str, newer or [before]))
                raise NotAllowed(message.format(request=name, numbers=numbers, login=self.request.requested_by))
        return followed

    def safeguards(self, session: Session, context: Context, followed: Sequence[int]) -> tuple[PolicyChange, ...]:
        """Return the safeguards in which the policy differs from the versions that it replaces."""
        found: dict[str, PolicyChange] = {}
        for number in followed:
            for change in safeguards_changed(context.policy(session, number), self.policy):
                found.setdefault(change.key, change)
        return tuple(found.values())

    def event_details(self, safeguards: Sequence[PolicyChange]) -> dict[str, Any]:
        """Return the details of the event about the policy or its request."""
        changes = {"safeguards": {change.key: [change.old, change.new] for change in safeguards}} if safeguards else {}
        day = details(effective_on=None if self.effective_on is None else self.effective_on.isoformat())
        sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        body = {"version": self.policy.version, "sha256": sha256, "open_cases": self.for_open_cases}
        return {**body, **day, **changes}


def requested_policy(session: Session, context: Context, number: int) -> WantedPolicy:
    """Return the policy of a request that another admin made.

    Raises:
        NotFound: If no such request is open.
        NotAllowed: If the caller made the request.
        BadData: If the text of the policy was changed in the database.
    """
    request = approvable(session, context, number, RequestKind.POLICY)
    asked, stored = request.values, session.get(SettingRow, f"{_TEXT_SETTING}{number}")
    text = stored.value if stored is not None else ""
    if hashlib.sha256(text.encode()).hexdigest() != asked["sha256"]:
        message = _("The text of request {request} was changed in the database; reject it, and apply the file again.")
        raise BadData(message.format(request=format_request(number)))
    policy = parse_policy(text, asked["policy"])
    return WantedPolicy(text, policy, asked["effective_on"], asked["for_open_cases"], request)
