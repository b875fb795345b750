"""The registered people: roles, absences, limits, and the rules that require two people.

Only this module decides whether the same person did two acts, and whether one person reviews alone.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from db.enums import IdentityMode, Role
from db.models import (
    AbsenceRow,
    CaseRow,
    EventRow,
    ImportBatchRow,
    ReviewerRoleRow,
    ReviewerRow,
    SettingRow,
    SubmissionRow,
)
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import WORKERS, absence_refusal
from workbench.domain.case.records import Waiver
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values.logins import is_allowed_login, look_alike, look_alike_keys, normal_login
from workbench.errors import NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.context import Context, Service

SOLO_SETTING = "solo"
"""The setting with the reason why one person reviews alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A registered person, as lists show them."""

    login: str
    roles: tuple[Role, ...]
    max_held: int
    is_away: bool
    away_until: date | None
    """The last day of the present absence; None if it has no end, or if the person is not away."""
    is_active: bool


class People(Service):
    """The registered people. Every role may list them, supervisors may record absences, and admins may change all."""

    def list(self) -> tuple[PersonLine, ...]:
        """Return all people, ordered by login."""
        with self.context.read() as session:
            today, limit = self.context.today(session), self.context.policy(session).desk.max_held
            people = session.exec(select(ReviewerRow).order_by(ReviewerRow.login)).all()
            return tuple(self._line(session, person, today, limit) for person in people)

    def line(self, login: str) -> PersonLine:
        """Return one person.

        Raises:
            NotFound: If the login is not registered.
        """
        with self.context.read() as session:
            limit = self.context.policy(session).desk.max_held
            return self._line(session, find_person(session, login), self.context.today(session), limit)

    def _line(self, session: Session, person: ReviewerRow, today: date, limit: int) -> PersonLine:
        roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == person.id)).all()
        absences = _absences(session, person.id or 0, today)
        return PersonLine(
            login=person.login,
            roles=tuple(role for role in Role if role in roles),
            max_held=limit if person.max_held is None else person.max_held,
            is_away=bool(absences),
            away_until=absences[0].to_on if absences else None,
            is_active=person.is_active,
        )

    def away(self, login: str, from_on: date, to_on: date | None, reason: str = "") -> None:
        """Record an absence; while it lasts, cases assigned to the person are offered to all reviewers.

        Raises:
            NotAllowed: If the caller is neither supervisor nor admin.
            NotFound: If the login is not registered.
            WrongUsage: If the last day is before the first.
        """
        with self._recording_absence("reviewers away") as session:
            if to_on is not None and to_on < from_on:
                raise WrongUsage(_("The last day is before the first."))
            person = find_person(session, login)
            session.add(AbsenceRow(reviewer_id=person.id or 0, from_on=from_on, to_on=to_on, reason=reason))
            days = [from_on.isoformat(), to_on.isoformat() if to_on else ""]
            self._log(session, "reviewers away", person, days=days)

    def back(self, login: str) -> None:
        """End a person's absence.

        Raises:
            NotAllowed: If the caller is neither supervisor nor admin.
            NotFound: If the login is not registered, or the person is not away.
        """
        with self._recording_absence("reviewers back") as session:
            person = find_person(session, login)
            absences = _absences(session, person.id or 0, self.context.today(session))
            if not absences:
                raise NotFound(_("{login} is not away.").format(login=login))
            for absence in absences:
                session.delete(absence)
            self._log(session, "reviewers back", person)

    def limit(self, login: str, max_held: int) -> None:
        """Set how many cases a person may hold at once.

        Raises:
            NotAllowed: If the caller is not an admin.
            NotFound: If the login is not registered.
            WrongUsage: If the limit is below 1.
        """
        with self.context.as_admin("reviewers limit"), self.context.write() as session:
            if max_held < 1:
                raise WrongUsage(_("The limit is at least 1."))
            person = find_person(session, login)
            person.max_held = max_held
            self._log(session, "reviewers limit", person, max_held=max_held)

    @contextmanager
    def _recording_absence(self, action: str) -> Iterator[Session]:
        """Open a write transaction for a person who may record absences; a refusal is logged."""
        with self.context.requiring(action, absence_refusal), self.context.write() as session:
            yield session

    def _log(self, session: Session, action: str, person: ReviewerRow, **body: object) -> None:
        self.context.log(session, action, body={"reviewer": person.id, **body})


def new_login(text: str) -> str:
    """Return the normalised login of a person to register.

    Raises:
        WrongUsage: If the login is empty or too long, or has characters that cannot be seen.
    """
    login = normal_login(text)
    # Blanks around a login are left out, but a tab or a line break is a mistake.
    if not (is_allowed_login(text.replace(" ", "")) and is_allowed_login(login)):
        raise WrongUsage(
            _("A login has 1 to 64 characters that can all be seen: no tabs, line breaks or invisible ones.")
        )
    return login


def look_alikes(session: Session) -> list[tuple[str, str]]:
    """Return the pairs of registered logins that look alike, which older versions allowed."""
    earlier: dict[str, list[str]] = defaultdict(list)
    pairs: list[tuple[str, str]] = []
    for login in session.exec(select(ReviewerRow.login).order_by(col(ReviewerRow.id))):
        keys = look_alike_keys(login)
        with_key = dict.fromkeys(other for key in keys for other in earlier[key])
        pairs.extend((other, login) for other in with_key if look_alike(other, login))
        for key in keys:
            earlier[key].append(login)
    return pairs


def find_person(session: Session, login: str) -> ReviewerRow:
    """Return a registered person.

    Raises:
        NotFound: If the login is not registered.
    """
    # Older versions did not normalise logins when they registered them.
    named = select(ReviewerRow).where(col(ReviewerRow.login).in_((login, normal_login(login))))
    # The login as it was typed comes first, because false sorts before true.
    person = session.exec(named.order_by(col(ReviewerRow.login) != login)).first()
    if person is None:
        raise NotFound(_("There is no login {login}; `workbench reviewers` lists all people.").format(login=login))
    return person


def _absences(session: Session, reviewer_id: int, today: date) -> Sequence[AbsenceRow]:
    """Return the absences of a person that include today."""
    return session.exec(
        select(AbsenceRow)
        .where(AbsenceRow.reviewer_id == reviewer_id, AbsenceRow.from_on <= today)
        .where((AbsenceRow.to_on == None) | (AbsenceRow.to_on >= today))  # type: ignore[operator]  # noqa: E711 - SQL
    ).all()


def is_away(session: Session, login: str, day: date) -> bool:
    """Say whether a person is absent on a day."""
    return bool(_absences(session, find_person(session, login).id or 0, day))


def works_on(session: Session, reviewer_id: int, day: date) -> bool:
    """Say whether a person reviews on a day: active, with a role that decides, and not absent."""
    is_active = session.get_one(ReviewerRow, reviewer_id).is_active
    roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == reviewer_id))
    return is_active and not WORKERS.isdisjoint(map(Role, roles)) and not _absences(session, reviewer_id, day)


def solo_reason(session: Session) -> str:
    """Return the reason why one person reviews alone, an empty text if several people can review.

    While one person reviews alone, rules that need two people are waived. A second reviewer ends this for good, so that
    nobody can take away the roles of the others in order to check their own verdict.
    """
    row = session.get(SettingRow, SOLO_SETTING)
    return row.value if row is not None and count_workers(session) == 1 else ""


def admins(session: Session) -> set[int]:
    """Return the ids of the active admins."""
    found = (
        select(ReviewerRoleRow.reviewer_id)
        .join(ReviewerRow, col(ReviewerRow.id) == col(ReviewerRoleRow.reviewer_id))
        .where(ReviewerRoleRow.role == Role.ADMIN.value, col(ReviewerRow.is_active))
    )
    return set(session.exec(found))


def needs_other_admin(session: Session) -> bool:
    """Say whether an act that needs two admins must wait for another admin, because there are several."""
    return len(admins(session)) > 1 and not solo_reason(session)


def count_workers(session: Session) -> int:
    """Return how many active people may review."""
    return session.exec(
        select(func.count(func.distinct(ReviewerRoleRow.reviewer_id)))
        .join(ReviewerRow, col(ReviewerRow.id) == col(ReviewerRoleRow.reviewer_id))
        .where(ReviewerRow.is_active, col(ReviewerRoleRow.role).in_([role.value for role in WORKERS]))
    ).one()


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
    case_batch = select(col(CaseRow.batch_id)).where(col(CaseRow.id) == case_id)
    filing_batches = select(col(SubmissionRow.batch_id)).where(col(SubmissionRow.case_id) == case_id)
    batch = ImportBatchRow
    own_batches = select(col(batch.id)).where(
        col(batch.id).in_(case_batch) | col(batch.id).in_(filing_batches), col(batch.started_by_id) == context.actor.id
    )
    if session.execute(own_batches.limit(1)).first() is None:
        return None
    message = _("You imported evidence of {case}; another person must decide and check it.")
    return message.format(case=format_case(case_id))


def waiver_text(waiver: Waiver | None) -> str:
    """Return the column `waived` of a decision; empty if no rule is waived."""
    return "" if waiver is None else json.dumps(asdict(waiver), ensure_ascii=False)


def waiver_details(waiver: Waiver | None) -> dict[str, Any]:
    """Return the details for an event about the two-person rules that did not apply: their names and the reason."""
    return {} if waiver is None else {"waived": list(waiver.rules), "waive_reason": mask_digits_within(waiver.reason)}
