"""Deactivates people who left, so that they can no longer act, and returns their cases to the queue."""

from sqlalchemy import or_, select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow
from db.queries.published import CASE
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import finish_act
from workbench.services.foundation.context import Service
from workbench.services.site.people import admins, find_person

_FREED_TOGETHER = 100
_WITH_PERSON = (CaseState.INCOMPLETE, CaseState.QUEUED, CaseState.IN_REVIEW, CaseState.APPEALED)
"""The states in which a case waits for a person of the site; in other states, its holder no longer matters."""


class Deactivating(Service):
    """Deactivates and activates people for an admin."""

    def deactivate(self, login: str) -> int:
        """Deactivate a person, free the open cases that they hold or are assigned, and return how many.

        If this is interrupted, another call frees the remaining cases.

        Raises:
            NotAllowed: If the caller is not an admin, or names themselves or an admin.
            NotFound: If the login is not registered.
        """
        with self.context.as_admin("reviewers deactivate"):
            with self.context.write() as session:
                person = find_person(session, login)
                # So there is always an admin left.
                if person.id == self.context.actor.id:
                    raise NotAllowed(_("You cannot deactivate yourself; ask another admin."))
                if person.id in admins(session):
                    message = _("{login} is an admin; first run `workbench reviewers role {login} --remove admin`.")
                    raise NotAllowed(message.format(login=person.login))
                if person.is_active:
                    person.is_active = False
                    self.context.log(session, "reviewers deactivate", body={"reviewer": person.id})
                person_id = person.id or 0
            return self._free_cases(person_id)

    def activate(self, login: str) -> None:
        """Let a deactivated person work again, with the roles that they had.

        Raises:
            NotAllowed: If the caller is not an admin, or the person is active.
            NotFound: If the login is not registered.
        """
        with self.context.as_admin("reviewers activate"), self.context.write() as session:
            person = find_person(session, login)
            if person.is_active:
                raise NotAllowed(_("{login} is active.").format(login=person.login))
            person.is_active = True
            self.context.log(session, "reviewers activate", body={"reviewer": person.id})

    def _free_cases(self, person_id: int) -> int:
        freed = 0
        mine = or_(*(CASE.c[name] == person_id for name in ("held_by_id", "assignee_id", "returned_to_id")))
        waiting = CASE.c.state.in_([state.value for state in _WITH_PERSON])
        while True:
            with self.context.write() as session:
                unfreed = select(CaseRow).where(mine, waiting).order_by(CASE.c.id).limit(_FREED_TOGETHER)
                cases = session.execute(unfreed).scalars().all()
                for case in cases:
                    self._free(session, case, person_id)
            if not cases:
                return freed
            freed += len(cases)

    def _free(self, session: Session, case: CaseRow, person_id: int) -> None:
        if case.held_by_id == person_id:
            case.held_by_id = case.held_until = case.aside_until = None
            if case.state == CaseState.IN_REVIEW:
                case.state, case.is_listed = CaseState.QUEUED.value, True
        case.assignee_id = None if case.assignee_id == person_id else case.assignee_id
        case.returned_to_id = None if case.returned_to_id == person_id else case.returned_to_id
        finish_act(session, self.context, case, Action.RELEASE, {"is_deactivated": True}, moves_due_date=False)
