"""A policy that an admin wants to apply, and that waits for another admin if it changes safeguards."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.queries.published import CASE, is_open_case
from workbench.domain.case.case_id import format_request
from workbench.domain.policy.comparison import PolicyChange, safeguards_changed
from workbench.domain.policy.policy import Policy
from workbench.errors import BadData, NotAllowed, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Context
from workbench.services.foundation.input_checks import check_not_far
from workbench.services.policy.reader import parse_policy
from workbench.services.site.admin_requests import AdminRequest, RequestKind, approvable, text_of


@dataclass(frozen=True, slots=True)
class WantedPolicy:
    """A policy to apply from a day on, and its request once another admin agrees."""

    text: str
    policy: Policy
    effective_on: date | None
    for_open_cases: bool
    request: AdminRequest | None = None

    @property
    def answered(self) -> dict[str, int]:
        """The part of an event's body that names the request, empty without one."""
        return {} if self.request is None else {"request": self.request.number}

    def check_day(self, today: date) -> None:
        """Refuse a day that is past or too far ahead.

        Raises:
            WrongUsage: If it is.
        """
        if self.effective_on is not None:
            if self.effective_on < today:
                raise WrongUsage(_("{day} is past; give today or a later day.").format(day=self.effective_on))
            check_not_far(self.effective_on, today)

    def follows(self, session: Session, before: int, others: Sequence[int]) -> tuple[int, ...]:
        """Return the versions that it follows: the one before it, others that it ends, and those of its open cases.

        Raises:
            NotAllowed: If its request was made on other versions, so that it would revert their changes.
        """
        of_open_cases = select(CASE.c.policy_version_id).where(is_open_case()).distinct()
        opened = session.execute(of_open_cases).scalars() if self.for_open_cases else ()
        follows = tuple(dict.fromkeys((before, *others, *sorted(opened))))
        if self.request is not None:
            made_on = self.request.values["follows"]
            newer = [number for number in follows if number not in made_on]
            if newer or made_on[0] != before:
                message = _(
                    "{request} was not made on policy {numbers}, which came into force or was planned since, or has"
                    " open cases again; reject it, and ask {login} to apply the file again."
                )
                name, numbers = format_request(self.request.number), comma_joined(map(str, newer or [before]))
                raise NotAllowed(message.format(request=name, numbers=numbers, login=self.request.requested_by))
        return follows

    def safeguards(self, session: Session, context: Context, follows: Sequence[int]) -> tuple[PolicyChange, ...]:
        """Return the safeguards that differ from the versions that it follows."""
        found: dict[str, PolicyChange] = {}
        for number in follows:
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


def requested(session: Session, context: Context, number: int) -> WantedPolicy:
    """Return the policy of a request that another admin made.

    Raises:
        NotFound: If no such request is open.
        NotAllowed: If the person who acts made it.
        BadData: If its text was changed.
    """
    request = approvable(session, context, number, RequestKind.POLICY)
    asked = request.values
    text = text_of(session, number)
    if hashlib.sha256(text.encode()).hexdigest() != asked["sha256"]:
        message = _("The text of request {request} was changed in the database; reject it, and apply the file again.")
        raise BadData(message.format(request=format_request(number)))
    policy = parse_policy(text, asked["policy"])
    return WantedPolicy(text, policy, asked["effective_on"], asked["for_open_cases"], request)
