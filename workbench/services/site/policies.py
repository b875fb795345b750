"""Reads the versions of the policy, checks policy files, and puts them into force."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import PolicyVersionRow, ReviewerRow
from workbench.domain.policy.comparison import PolicyChange, safeguards_changed
from workbench.domain.policy.policy import Policy, Supplier
from workbench.domain.policy.versions import VersionDates, VersionState, version_states, versions_replaced_by
from workbench.errors import BadData, NotFound
from workbench.i18n import _
from workbench.services.foundation.context import VERSIONS, Context, Service
from workbench.services.foundation.row_values import from_row
from workbench.services.foundation.safe_files import read_whole
from workbench.services.policy.reader import parse_policy, parse_supplier
from workbench.services.policy.supplier import is_made_up
from workbench.services.site import admin_requests
from workbench.services.site.people import needs_other_admin

_NUMBER = re.compile("[0-9]{1,18}")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version of the policy as a list shows it."""

    number: int
    name: str
    """The name of the version in its file."""
    sha256: str
    applied_at: datetime
    applied_by: str | None
    """None if an earlier version of the program applied it."""
    effective_on: date | None
    """The day on which it begins; None if it began when it was applied."""
    is_for_open_cases: bool
    settled_at: datetime | None
    """When all open cases that it applies to had been changed to it, or when it was replaced."""
    state: VersionState


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion(VersionLine):
    """One version of the policy with its text and its parsed content."""

    text: str
    policy: Policy
    safeguards: tuple[PolicyChange, ...]
    """The safeguards (values about second persons and retention) that differ from the first version."""

    @property
    def is_supplier_made_up(self) -> bool:
        """Whether the letters name a supplier that does not exist."""
        return is_made_up(self.policy.supplier)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPolicy:
    """A policy to compare, and the name under which messages show it."""

    name: str
    policy: Policy
    version: int | None = None
    """The number of the version; None for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPolicy:
    """The result of applying a policy file."""

    version: PolicyVersion
    is_changed: bool
    """False if the same policy was in force already."""
    replaced: tuple[VersionLine, ...] = ()
    """The planned versions that it cancels."""


class Policies(Service):
    """Shows the versions of the policy, and adds the next one on behalf of an admin."""

    def in_force(self) -> PolicyVersion:
        """Return the version in force."""
        with self.context.read() as session:
            return _version(session, self.context, self.context.policy_id(session))

    def version(self, number: int) -> PolicyVersion:
        """Return a version by its number.

        Raises:
            NotFound: If there is no such version.
        """
        with self.context.read() as session:
            return _version(session, self.context, number)

    def versions(self) -> tuple[VersionLine, ...]:
        """Return all versions, the newest first."""
        with self.context.read() as session:
            rows = _rows(session)
            states = _states(session, self.context, rows)
            return tuple(_line(session, self.context, row, states) for row in reversed(rows))

    def named(self, word: str) -> NamedPolicy:
        """Return the policy that a word names: the number of a version, or the path of a file.

        Raises:
            NotFound: If there is no such version or file.
            BadConfiguration: If the file is not a policy.
        """
        if _NUMBER.fullmatch(word):
            version = self.version(int(word))
            return NamedPolicy(name=str(version.number), policy=version.policy, version=version.number)
        path = Path(word)
        return NamedPolicy(name=path.name, policy=read_policy_file(path))

    def apply(
        self, path: Path, effective_on: date | None = None, *, for_open_cases: bool = False, text: str | None = None
    ) -> AppliedPolicy | admin_requests.AdminRequest:
        """Put a policy file into force from a day on, by default at once, and return its version.

        Cases keep the version with which they were opened, except for the sender of letters. With `for_open_cases`,
        `PolicyChanges.finish` changes the open cases once the version has begun. A planned version that would begin on
        that day or later is cancelled. If the file changes safeguards and there is another admin, the request to that
        admin is returned instead. `text` is what the file said when it was read, so that what was shown is applied.

        Raises:
            NotAllowed: If the person is not an admin.
            BadConfiguration: If the file is not a policy.
            WrongUsage: If the day is past or too far ahead.
            WorkbenchError: If the file cannot be read.
        """
        with self.context.as_admin(admin_requests.RequestKind.POLICY.applied):
            text = policy_text(path) if text is None else text
            policy = parse_policy(text, path.name)
            with self.context.write() as session:
                return self._apply(session, admin_requests.WantedPolicy(text, policy, effective_on, for_open_cases))

    def approve(self, number: int) -> AppliedPolicy:
        """Agree to a request of another admin, and put its policy into force.

        Raises:
            NotAllowed: If the caller is not an admin, or made the request, or other versions came meanwhile.
            NotFound: If no such request is open.
            WrongUsage: If its day is past.
            BadData: If its text was changed.
        """
        with self.context.as_admin("policy approve"), self.context.write() as session:
            applied = self._apply(session, admin_requests.requested_policy(session, self.context, number))
            admin_requests.drop_settled_texts(session, self.context)
            return cast("AppliedPolicy", applied)

    def _apply(
        self, session: Session, wanted: admin_requests.WantedPolicy
    ) -> AppliedPolicy | admin_requests.AdminRequest:
        """Write a version, or a request for it."""
        context, policy = self.context, wanted.policy
        today = context.now().astimezone(ZoneInfo(policy.zone)).date()
        wanted.check_day(today)
        rows, zone = _rows(session), context.zone(session)
        new_dates = VersionDates((rows[-1].id or 0) + 1, today, wanted.effective_on)
        states = _states(session, context, rows)
        dates = [_dates(one, zone) for one in rows if states[one.id or 0] is not VersionState.REPLACED]
        replaced = [session.get_one(PolicyVersionRow, one.number) for one in versions_replaced_by(dates, new_dates)]
        row = new_version(wanted.text, context.now(), context.actor.id)
        row.effective_on, row.is_for_open_cases = wanted.effective_on, wanted.for_open_cases
        current_number = max(one.number for one in dates if one.has_begun(new_dates.begins_on))
        current = session.get_one(PolicyVersionRow, current_number)
        is_same_file = current.sha256 == row.sha256 and all(one is current for one in replaced)
        if is_same_file and (current.is_for_open_cases or not wanted.for_open_cases):
            if wanted.request is not None:
                context.log(session, admin_requests.RequestKind.POLICY.rejected, body=wanted.request_details)
            return AppliedPolicy(version=_version(session, context, current_number), is_changed=False)
        # In the time zone of the new policy, a planned version may have begun that is not in force yet.
        in_force = [context.policy_id(session)] if new_dates.begins_on == today else []
        followed = wanted.followed_versions(session, current_number, [*(one.id or 0 for one in replaced), *in_force])
        safeguards = wanted.safeguards(session, context, followed)
        if wanted.request is None and safeguards and needs_other_admin(session):
            body = {**wanted.event_details(safeguards), "follows": followed}
            return admin_requests.make_request(session, context, admin_requests.RequestKind.POLICY, body, wanted.text)
        # If the same file is in force, its version now applies to open cases. From a later day, it is a new version.
        if is_same_file and new_dates.begins_on in {today, current.effective_on}:
            row, replaced = current, []
            row.is_for_open_cases, row.settled_at = True, None
        for one in replaced:
            one.settled_at = context.now()
        _write(session, row)
        body = {"policy": row.id, **wanted.event_details(safeguards), **wanted.request_details}
        context.log(session, admin_requests.RequestKind.POLICY.applied, body=body)
        lines = tuple(_line(session, context, one, states) for one in replaced)
        return AppliedPolicy(version=_version(session, context, row.id or 0), is_changed=True, replaced=lines)


def _write(session: Session, row: PolicyVersionRow) -> None:
    session.add(row)
    session.flush()
    # The transaction read the versions before.
    session.info.pop(VERSIONS)


def _rows(session: Session) -> Sequence[PolicyVersionRow]:
    return session.execute(select(PolicyVersionRow).order_by(col(PolicyVersionRow.id))).scalars().all()


def _states(session: Session, context: Context, rows: Sequence[PolicyVersionRow]) -> Mapping[int, VersionState]:
    zone = context.zone(session)
    return version_states([_dates(row, zone) for row in rows], context.policy_id(session))


def _dates(row: PolicyVersionRow, zone: ZoneInfo) -> VersionDates:
    return VersionDates(row.id or 0, row.applied_at.astimezone(zone).date(), row.effective_on)


def _line(session: Session, context: Context, row: PolicyVersionRow, states: Mapping[int, VersionState]) -> VersionLine:
    by = session.get(ReviewerRow, row.applied_by_id) if row.applied_by_id else None
    number, applied_by = row.id or 0, by.login if by else None
    name = context.policy(session, number).version
    return from_row(VersionLine, row, number=number, name=name, applied_by=applied_by, state=states[number])


def _version(session: Session, context: Context, number: int) -> PolicyVersion:
    """Read a version with its text and content.

    Raises:
        NotFound: If there is no such version.
    """
    row = session.get(PolicyVersionRow, number)
    if row is None:
        message = _("There is no policy {number}; `workbench policy list` lists the versions.")
        raise NotFound(message.format(number=number))
    rows = _rows(session)
    line, policy = _line(session, context, row, _states(session, context, rows)), context.policy(session, number)
    changed = safeguards_changed(context.policy(session, rows[0].id or 0), policy)
    return from_row(PolicyVersion, line, text=row.body, policy=policy, safeguards=changed)


def new_version(text: str, at: datetime, by_id: int) -> PolicyVersionRow:
    """Return the row of a new version of the policy."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return PolicyVersionRow(body=text, sha256=sha256, applied_at=at, applied_by_id=by_id)


def read_policy_file(path: Path) -> Policy:
    """Return the policy in a file.

    Raises:
        BadConfiguration: If it is not a policy; the message says where, and what must be changed.
        WorkbenchError: If the file cannot be read.
    """
    return parse_policy(policy_text(path), path.name)


def read_supplier(path: Path) -> Supplier:
    """Return the supplier in a file with the table [supplier] and nothing else.

    Raises:
        BadConfiguration: If it is something else; the message says where, and what must be changed.
        WorkbenchError: If the file cannot be read.
    """
    return parse_supplier(policy_text(path), path.name)


def policy_text(path: Path) -> str:
    """Return the text of a TOML file.

    Raises:
        WorkbenchError: If it cannot be read, is not UTF-8, or is larger than any policy.
    """
    try:
        return read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(_("{file} is not UTF-8; save it as UTF-8.").format(file=path.name)) from error
