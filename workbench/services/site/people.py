"""Who works here, in which roles, who is away, and whether one person reviews alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.enums import Role
from db.models import AbsenceRow, ReviewerRoleRow, ReviewerRow, SettingRow
from workbench.domain.case.lifecycle import WORKERS
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.context import Context

SOLO_SETTING = "solo"
"""The setting that says why one person works alone."""

_LOGIN_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person as the list shows one; `away_until` is None for an open end."""

    login: str
    roles: tuple[Role, ...]
    max_held: int
    is_away: bool
    away_until: date | None


class People:
    """The people of this database; admins change them, everybody may look."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self) -> tuple[PersonLine, ...]:
        """Return everybody, by login."""
        with self.context.read() as session:
            today, limit = self.context.today(session), self.context.policy(session).desk.max_held
            people = session.exec(select(ReviewerRow).order_by(ReviewerRow.login)).all()
            return tuple(self._line(session, person, today, limit) for person in people)

    def _line(self, session: Session, person: ReviewerRow, today: date, limit: int) -> PersonLine:
        roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == person.id)).all()
        absence = _absence(session, person.id or 0, today)
        return PersonLine(
            login=person.login,
            roles=tuple(role for role in Role if role in roles),
            max_held=limit if person.max_held is None else person.max_held,
            is_away=absence is not None,
            away_until=absence.to_on if absence else None,
        )

    def add(self, login: str, roles: tuple[Role, ...]) -> None:
        """Register a person, as a reviewer if no role is named.

        Raises:
            NotAllowed: If who asks is no admin.
            WrongUsage: If the login is there already, empty or too long.
        """
        roles = roles or (Role.REVIEWER,)
        self._admin_only("reviewers add")
        with self.context.write() as session:
            if not login.strip() or len(login) > _LOGIN_LENGTH or not login.isprintable():
                raise WrongUsage(_("A login has 1 to 64 visible characters."))
            if session.exec(select(ReviewerRow).where(ReviewerRow.login == login)).first() is not None:
                raise WrongUsage(_("{login} is registered already.").format(login=login))
            person = ReviewerRow(login=login, created_at=self.context.now())
            session.add(person)
            session.flush()
            session.add_all(ReviewerRoleRow(reviewer_id=person.id or 0, role=role.value) for role in set(roles))
            self._log(session, "reviewers add", person, roles=sorted(role.value for role in set(roles)))

    def role(self, login: str, add: tuple[Role, ...], remove: tuple[Role, ...]) -> None:
        """Give roles and take roles away.

        Raises:
            NotAllowed: If who asks is no admin, it would take away the last admin, or two admins are there: a change of
                roles then needs the second one.
            NotFound: If there is no such login.
        """
        self._admin_only("reviewers role")
        try:
            self._change_roles(login, add, remove)
        except NotAllowed as error:
            self.context.refused("reviewers role", error)
            raise

    def _change_roles(self, login: str, add: tuple[Role, ...], remove: tuple[Role, ...]) -> None:
        with self.context.write() as session:
            person = find_person(session, login)
            admins = set(
                session.exec(select(ReviewerRoleRow.reviewer_id).where(ReviewerRoleRow.role == Role.ADMIN.value))
            )
            if len(admins) > 1 and person.id == self.context.actor.id:
                raise NotAllowed(_("Another admin must change your own roles, since there is one."))
            if Role.ADMIN in remove and admins == {person.id}:
                raise NotAllowed(_("{login} is the last admin; make another one first.").format(login=login))
            for role in remove:
                row = session.get(ReviewerRoleRow, (person.id, role.value))
                if row is not None:
                    session.delete(row)
            session.flush()
            for role in add:
                session.merge(ReviewerRoleRow(reviewer_id=person.id or 0, role=role.value))
            self._log(
                session,
                "reviewers role",
                person,
                add=[role.value for role in add],
                remove=[role.value for role in remove],
            )

    def away(self, login: str, from_on: date, to_on: date | None, reason: str = "") -> None:
        """Note that a person is away; cases assigned to that person are then offered to all.

        Raises:
            NotAllowed: If who asks is no admin.
            NotFound: If there is no such login.
            WrongUsage: If the days are the wrong way round.
        """
        self._admin_only("reviewers away")
        if to_on is not None and to_on < from_on:
            raise WrongUsage(_("The last day is before the first."))
        with self.context.write() as session:
            person = find_person(session, login)
            session.add(AbsenceRow(reviewer_id=person.id or 0, from_on=from_on, to_on=to_on, reason=reason))
            self._log(
                session,
                "reviewers away",
                person,
                days=[from_on.isoformat(), to_on.isoformat() if to_on else ""],
            )

    def back(self, login: str) -> None:
        """End a person's absence.

        Raises:
            NotAllowed: If who asks is no admin.
            NotFound: If there is no such login, or the person is not away.
        """
        self._admin_only("reviewers back")
        with self.context.write() as session:
            person, today = find_person(session, login), self.context.today(session)
            if _absence(session, person.id or 0, today) is None:
                raise NotFound(_("{login} is not away.").format(login=login))
            while (absence := _absence(session, person.id or 0, today)) is not None:
                session.delete(absence)
                session.flush()
            self._log(session, "reviewers back", person)

    def limit(self, login: str, max_held: int) -> None:
        """Set how many cases a person may hold.

        Raises:
            NotAllowed: If who asks is no admin.
            NotFound: If there is no such login.
            WrongUsage: If it is less than one.
        """
        self._admin_only("reviewers limit")
        if max_held < 1:
            raise WrongUsage(_("The limit is at least 1."))
        with self.context.write() as session:
            person = find_person(session, login)
            person.max_held = max_held
            self._log(session, "reviewers limit", person, max_held=max_held)

    def _admin_only(self, action: str) -> None:
        if self.context.actor.has(Role.ADMIN):
            return
        error = NotAllowed(_("{login} may not do this; it takes an admin.").format(login=self.context.actor.login))
        self.context.refused(action, error)
        raise error

    def _log(self, session: Session, action: str, person: ReviewerRow, **body: object) -> None:
        self.context.log(session, action, body={"reviewer": person.id, **body})


def find_person(session: Session, login: str) -> ReviewerRow:
    """Return a registered person.

    Raises:
        NotFound: If there is none of this login.
    """
    person = session.exec(select(ReviewerRow).where(ReviewerRow.login == login)).first()
    if person is None:
        raise NotFound(_("There is no {login} here; `workbench reviewers` lists everybody.").format(login=login))
    return person


def _absence(session: Session, reviewer_id: int, today: date) -> AbsenceRow | None:
    return session.exec(
        select(AbsenceRow)
        .where(AbsenceRow.reviewer_id == reviewer_id, AbsenceRow.from_on <= today)
        .where((AbsenceRow.to_on == None) | (AbsenceRow.to_on >= today))  # type: ignore[operator]  # noqa: E711 - SQL
    ).first()


def solo_reason(session: Session) -> str:
    """Return why one person reviews here alone, empty where several can."""
    row = session.get(SettingRow, SOLO_SETTING)
    if row is None:
        return ""
    workers = session.exec(
        select(func.count(func.distinct(ReviewerRoleRow.reviewer_id)))
        .join(ReviewerRow, col(ReviewerRow.id) == col(ReviewerRoleRow.reviewer_id))
        .where(ReviewerRow.is_active, col(ReviewerRoleRow.role).in_([role.value for role in WORKERS]))
    ).one()
    return row.value if workers == 1 else ""
