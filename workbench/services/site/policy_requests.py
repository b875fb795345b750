"""The policies that one admin wants to apply, and that wait for another because they change safeguards.

The text waits in the settings of the database; the event of the request has its digest.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db.models import SettingRow
from db.queries.published import CASE, is_open_case
from workbench.domain.case.case_id import format_request
from workbench.domain.policy.comparison import PolicyChange, change_kind_of, safeguards_changed
from workbench.domain.policy.policy import Policy
from workbench.errors import BadData, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import check_not_far
from workbench.services.policy.reader import parse_policy
from workbench.services.site.separation import AdminRequest, AdminRequests

APPLIED, REJECTED = "policy apply", "policy reject"
"""The events of an applied policy, and of a rejected request."""

_REQUESTS = AdminRequests(asked="policy request", settled=(APPLIED, REJECTED), list_command="reviewers requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRequest:
    """A policy that waits for another admin; `safeguards` are why it needs two."""

    number: int
    policy: str
    sha256: str
    effective_on: date | None
    for_open_cases: bool
    safeguards: tuple[PolicyChange, ...]
    requested_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WantedPolicy:
    """A policy to apply from a day on, and the number of its request once another admin approved that."""

    text: str
    policy: Policy
    effective_on: date | None
    for_open_cases: bool
    request: int | None = None

    def check_day(self, today: date) -> None:
        """Refuse a day that is past or too far ahead.

        Raises:
            WrongUsage: If it is.
        """
        if self.effective_on is not None:
            if self.effective_on < today:
                raise WrongUsage(_("{day} is past; give today or a later day.").format(day=self.effective_on))
            check_not_far(self.effective_on, today)

    def safeguards(self, session: Session, context: Context, versions: Sequence[int]) -> tuple[PolicyChange, ...]:
        """Return the safeguards that differ from the versions that it follows, of open cases too if they change."""
        of_open_cases = select(CASE.c.policy_version_id).where(is_open_case()).distinct()
        opened = session.execute(of_open_cases).scalars() if self.for_open_cases else ()
        found: dict[str, PolicyChange] = {}
        for number in dict.fromkeys((*versions, *opened)):
            for change in safeguards_changed(context.policy(session, number), self.policy):
                found.setdefault(change.key, change)
        return tuple(found.values())

    def details(self, safeguards: Sequence[PolicyChange]) -> dict[str, Any]:
        """Return the body of its event."""
        changes = {"safeguards": {change.key: [change.old, change.new] for change in safeguards}} if safeguards else {}
        day = details(effective_on=None if self.effective_on is None else self.effective_on.isoformat())
        sha256 = hashlib.sha256(self.text.encode()).hexdigest()
        body = {"version": self.policy.version, "sha256": sha256, "open_cases": self.for_open_cases}
        return {**body, **day, **changes}


def ask(session: Session, context: Context, wanted: WantedPolicy, safeguards: Sequence[PolicyChange]) -> PolicyRequest:
    """Ask another admin to agree to a policy."""
    request = _REQUESTS.make(session, context, wanted.details(safeguards))
    session.add(SettingRow(name=_setting(request.number), value=wanted.text))
    return _shown(request)


def open_requests(session: Session, context: Context) -> tuple[PolicyRequest, ...]:
    """Return the open requests, oldest first."""
    return tuple(map(_shown, _REQUESTS.open(session, context)))


def wanted_by(session: Session, context: Context, number: int) -> WantedPolicy:
    """Return the policy of a request that another admin made.

    Raises:
        NotFound: If no such request is open.
        NotAllowed: If the person who acts made it.
        BadData: If its text was changed.
    """
    request = _shown(_REQUESTS.approvable(session, context, number))
    stored = session.get(SettingRow, _setting(number))
    text = stored.value if stored is not None else ""
    if hashlib.sha256(text.encode()).hexdigest() != request.sha256:
        message = _("The text of request {request} was changed in the database; reject it, and apply the file again.")
        raise BadData(message.format(request=format_request(number)))
    policy = parse_policy(text, request.policy)
    return WantedPolicy(text, policy, request.effective_on, request.for_open_cases, number)


def reject_request(session: Session, context: Context, number: int) -> None:
    """Reject a request, or withdraw one's own.

    Raises:
        NotFound: If no such request is open.
    """
    _REQUESTS.open_one(session, context, number)
    forget_text(session, number)
    context.log(session, REJECTED, body={"request": number})


def forget_text(session: Session, number: int) -> None:
    """Remove the text of a settled request."""
    session.execute(delete(SettingRow).where(col(SettingRow.name) == _setting(number)))


def _setting(number: int) -> str:
    return f"policy-request-{number}"


def _shown(request: AdminRequest) -> PolicyRequest:
    body = request.body
    return PolicyRequest(
        number=request.number,
        policy=body["version"],
        sha256=body["sha256"],
        effective_on=date.fromisoformat(body["effective_on"]) if "effective_on" in body else None,
        for_open_cases=body["open_cases"],
        safeguards=tuple(
            PolicyChange(key, old, new, change_kind_of(key)) for key, (old, new) in body["safeguards"].items()
        ),
        requested_by=request.requested_by,
        expires_at=request.expires_at,
    )
