"""Registers people and changes their roles; if there are several admins, two of them must agree."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db import dialect
from db.enums import IdentityMode, Role
from db.models import ReviewerRoleRow, ReviewerRow, SettingRow
from workbench.domain.values.logins import look_alike
from workbench.errors import NotAllowed, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.context import Service
from workbench.services.foundation.group_sharing import login_warning
from workbench.services.policy.departments import find_department
from workbench.services.site import people
from workbench.services.site.admin_requests import AdminRequest, RequestKind, approvable, make_request


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOutcome:
    """The result of a change of roles."""

    request: AdminRequest | None = None
    """The request that waits for another admin; None if the change is done."""
    ends_solo: bool = False
    """Whether one person reviewed alone until this change."""
    warning: str = ""
    """Why the person cannot work here yet; empty if nothing is known."""


class Roles(Service):
    """Registers people and changes roles, for an admin."""

    def add(self, login: str, roles: tuple[Role, ...], department: str = "") -> RoleOutcome:
        """Register a person, as a reviewer if no role is given; a verifier belongs to a department.

        Raises:
            NotAllowed: If the caller is not an admin.
            WrongUsage: If the login is registered already, cannot be one, or looks like another one.
        """
        to_give = tuple(role for role in Role if role in (roles or (Role.REVIEWER,)))
        with self.context.as_admin("reviewers add"), self.context.write() as session:
            login = people.new_login(login)
            _refuse_look_alike(session, login)
            person = ReviewerRow(login=login, created_at=self.context.now())
            self._set_department(session, person, department, is_verifier=Role.VERIFIER in to_give)
            session.add(person)
            session.flush()
            needs_other = people.needs_other_admin(session)
            given = () if needs_other else to_give
            session.add_all(ReviewerRoleRow(reviewer_id=person.id or 0, role=role.value) for role in given)
            body = {"reviewer": person.id, "roles": sorted(role.value for role in given)}
            self.context.log(session, "reviewers add", body=body)
            warning = self._login_warning(session, login)
            if needs_other:
                return RoleOutcome(request=self._request(session, person, to_give, ()), warning=warning)
            return RoleOutcome(ends_solo=self._end_solo(session), warning=warning)

    def change(self, login: str, add: tuple[Role, ...], remove: tuple[Role, ...], department: str = "") -> RoleOutcome:
        """Add and remove roles of a person, or ask another admin to agree.

        Raises:
            NotAllowed: If the caller is not an admin, gives roles to themselves while nobody else could agree, or the
                last admin would lose that role.
            NotFound: If the login is not registered.
            WrongUsage: If a role is both added and removed, or nothing would change.
        """
        with self.context.as_admin(RequestKind.ROLES.applied), self.context.write() as session:
            person = people.find_person(session, login)
            _refuse_without_change(session, person, set(add), set(remove))
            self._set_department(session, person, department, is_verifier=Role.VERIFIER in add)
            _refuse_last_admin(session, person, remove)
            if people.needs_other_admin(session):
                self._refuse_without_approver(session, person, add)
                return RoleOutcome(request=self._request(session, person, add, remove))
            is_own, alone = person.id == self.context.actor.id, people.solo_reason(session)
            if is_own and add and not alone:
                raise NotAllowed(_("You cannot give yourself roles; register another admin, who can approve it."))
            self._apply(session, person, add, remove, **({"waived": ["roles"]} if is_own and add else {}))
            return RoleOutcome(ends_solo=self._end_solo(session))

    def approve(self, number: int) -> AdminRequest:
        """Agree to a request of another admin, and change the roles.

        Raises:
            NotAllowed: If the caller is not an admin, made the request, or would get roles by it.
            NotFound: If no such request is open.
        """
        with self.context.as_admin("reviewers approve"), self.context.write() as session:
            request = approvable(session, self.context, number, RequestKind.ROLES)
            person, add = people.find_person(session, request.values["login"]), request.values["add"]
            if add and person.id == self.context.actor.id:
                raise NotAllowed(_("This request gives you roles; another admin must approve it."))
            # The person who made the request is still an admin, so at least one admin is left.
            self._apply(session, person, add, request.values["remove"], request=number)
            return request

    def _login_warning(self, session: Session, login: str) -> str:
        """Say why a new person cannot work here yet, "" if nothing is known."""
        if dialect.is_server(self.context.database.path):
            message = _(
                "The server has no login {login} yet: an administrator of the server creates it with `createuser"
                " --pwprompt`; then `workbench reviewers deactivate {login}` and `activate {login}` let it in."
            )
            return "" if dialect.has_login(session.connection(), login) else message.format(login=login)
        is_os = self.context.actor.identity.startswith(f"{IdentityMode.OS}:")
        return login_warning(session, login) if is_os else ""

    def _set_department(self, session: Session, person: ReviewerRow, text: str, *, is_verifier: bool) -> None:
        """Give a new verifier a department; it counts only once the person has that role.

        Raises:
            NotFound: If the policy in force has no such department.
            WrongUsage: If a verifier gets none, or another person gets one.
        """
        if is_verifier != bool(text.strip()):
            raise WrongUsage(_("A verifier belongs to a department, and nobody else does; name it with --department."))
        if is_verifier:
            person.department, _found = find_department(self.context.policy(session), text)

    def _refuse_without_approver(self, session: Session, person: ReviewerRow, add: tuple[Role, ...]) -> None:
        """Refuse a request that nobody could approve, because neither its maker nor a person who gets roles may."""
        if add and people.admins(session) <= {self.context.actor.id, person.id} and person.id != self.context.actor.id:
            message = _(
                "Nobody could approve this: {login} is the only other admin, and nobody approves roles of their own."
                " Ask {login} to make the request."
            )
            raise NotAllowed(message.format(login=person.login))

    def _request(
        self, session: Session, person: ReviewerRow, add: tuple[Role, ...], remove: tuple[Role, ...]
    ) -> AdminRequest:
        body = details(reviewer=person.id, add=[role.value for role in add], remove=[role.value for role in remove])
        return make_request(session, self.context, RequestKind.ROLES, body)

    def _apply(
        self, session: Session, person: ReviewerRow, add: tuple[Role, ...], remove: tuple[Role, ...], **why: object
    ) -> None:
        kinds = col(ReviewerRoleRow.role).in_([role.value for role in remove])
        session.execute(delete(ReviewerRoleRow).where(col(ReviewerRoleRow.reviewer_id) == person.id, kinds))
        for role in add:
            session.merge(ReviewerRoleRow(reviewer_id=person.id or 0, role=role.value))
        changes = {"add": [role.value for role in add], "remove": [role.value for role in remove]}
        self.context.log(session, RequestKind.ROLES.applied, body={"reviewer": person.id, **changes, **why})

    def _end_solo(self, session: Session) -> bool:
        """End the waiver of two-person rules for good if there is a second reviewer; return whether it ended."""
        setting = session.get(SettingRow, people.SOLO_SETTING)
        if setting is None or people.count_workers(session) < 2:  # noqa: PLR2004 - two people
            return False
        session.delete(setting)
        self.context.log(session, "solo-ended")
        return True


def _refuse_without_change(session: Session, person: ReviewerRow, add: set[Role], remove: set[Role]) -> None:
    if add & remove:
        raise WrongUsage(_("A role cannot be both added and removed; name it once."))
    held = set(session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == person.id)))
    if add <= held and held.isdisjoint(remove):
        message = _("Nothing would change: {login} has each added role already and none of the removed ones.")
        raise WrongUsage(message.format(login=person.login))


def _refuse_last_admin(session: Session, person: ReviewerRow, remove: tuple[Role, ...]) -> None:
    if Role.ADMIN in remove and people.admins(session) == {person.id}:
        raise NotAllowed(_("{login} is the last admin; make another one first.").format(login=person.login))


def _refuse_look_alike(session: Session, login: str) -> None:
    """Refuse a login that is registered, or that looks like a registered one."""
    for other in session.exec(select(ReviewerRow.login)):
        if other == login:
            raise WrongUsage(_("{login} is registered already.").format(login=login))
        if look_alike(other, login):
            message = _(
                "{login} looks like {other}, which is registered; choose a login that cannot be confused with it."
            )
            raise WrongUsage(message.format(login=login, other=other))
