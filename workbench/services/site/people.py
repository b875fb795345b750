"""The registered people: roles, absences, limits, and the rules that require two people.

Only this module decides whether the same person did two acts, and whether one person reviews alone.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from db import dialect
from db.enums import IdentityMode, Role
from db.models import CaseRow, DutyRow, EventRow, ReviewerRoleRow, ReviewerRow, SettingRow, SkipRow, SubmissionRow
from db.queries.published import BATCH
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import WORKERS, absence_refusal
from workbench.domain.case.records import Waiver
from workbench.domain.policy.policy import Policy
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values.logins import is_allowed_login, look_alike, look_alike_keys, normal_login
from workbench.errors import NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.context import Context, Service
from workbench.services.site.presence import absences_between

MOST_MINUTES = 16 * 60

SOLO_SETTING = "solo"
"""The setting with the reason why one person reviews alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A registered person, as lists show them."""

    login: str
    roles: tuple[Role, ...]
    max_held: int
    is_away: bool
    away_from: date | None
    """The first day of the present or next absence, None without one."""
    away_until: date | None
    """The last day of that absence, None if it has no end."""
    substitute: str | None
    is_active: bool
    skills: str
    duties: tuple["Duty", ...]
    """The duties from today on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The time that a person works on a day beyond the usual hours; without `minutes`, a whole working day."""

    on: date
    minutes: int | None


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

    def login_faults(self) -> tuple[str, ...]:
        """Return a sentence for each login of the server that can still work with the data, although it must not."""
        with self.context.read() as session:
            return tuple(login_faults(session))

    def _line(self, session: Session, person: ReviewerRow, today: date, limit: int) -> PersonLine:
        roles = session.exec(select(ReviewerRoleRow.role).where(ReviewerRoleRow.reviewer_id == person.id)).all()
        absence = next(iter(absences_between(session, person.id or 0, today)), None)
        substitute = session.get(ReviewerRow, absence.substitute_id) if absence and absence.substitute_id else None
        duties = select(DutyRow).where(DutyRow.reviewer_id == person.id, DutyRow.on_date >= today)
        return PersonLine(
            login=person.login,
            roles=tuple(role for role in Role if role in roles),
            max_held=limit if person.max_held is None else person.max_held,
            is_away=absence is not None and absence.from_on <= today,
            away_from=absence.from_on if absence else None,
            away_until=absence.to_on if absence else None,
            substitute=substitute.login if substitute else None,
            is_active=person.is_active,
            skills=person.skills,
            duties=tuple(
                Duty(on=duty.on_date, minutes=duty.minutes)
                for duty in session.exec(duties.order_by(col(DutyRow.on_date)))
            ),
        )

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
            self.context.log(session, "reviewers limit", body={"reviewer": person.id, "max_held": max_held})

    def duty(self, login: str, day: date, minutes: int | None = None, reason: str = "") -> None:
        """Record that a person works on a day beyond the usual hours; 0 minutes remove the record.

        The forecast includes this time. Clocks and due dates do not, because applicants are promised working days.

        Raises:
            NotAllowed: If the caller is neither supervisor nor admin.
            NotFound: If the login is not registered.
            WrongUsage: If the day is a working day and no minutes are given, or they are too many.
        """
        with self.context.requiring("reviewers duty", absence_refusal), self.context.write() as session:
            person = find_person(session, login)
            if minutes is None and self.context.calendar(session).is_working(day):
                raise WrongUsage(_("{day} is a working day; say how many hours more.").format(day=day.isoformat()))
            if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
                raise WrongUsage(_("A duty lasts at most 16 hours; 0 takes it back."))
            if minutes == 0:
                session.exec(delete(DutyRow).where(col(DutyRow.reviewer_id) == person.id, col(DutyRow.on_date) == day))
            else:
                session.merge(DutyRow(reviewer_id=person.id or 0, on_date=day, minutes=minutes, reason=reason))
            body = {"reviewer": person.id, "on": day.isoformat(), "minutes": minutes}
            self.context.log(session, "reviewers duty", body=body)


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


def skip_refusal(session: Session, context: Context, case_id: int) -> str | None:
    """Return why this person may not check a case that they skipped, even if evidence came since; None if they may."""
    reason = own_skip_reason(session, context, case_id)
    refusal = _("You skipped {case} (“{reason}”); another person must check it.")
    return refusal.format(case=format_case(case_id), reason=reason) if reason is not None else None


def own_skip_reason(session: Session, context: Context, case_id: int) -> str | None:
    """Return why this person skipped a case, None if they did not."""
    skips = session.exec(select(SkipRow).where(col(SkipRow.case_id) == case_id))
    return next((one.reason for one in skips if is_same_person(session, context, case_id, one.reviewer_id)), None)


def importer_refusal(session: Session, context: Context, case_id: int, policy: Policy) -> str | None:
    """Return why this person may not decide or check a case that they imported; None if the policy allows it."""
    if not policy.separation.importer:
        return None
    case_batch = select(col(CaseRow.batch_id)).where(col(CaseRow.id) == case_id)
    filing_batches = select(col(SubmissionRow.batch_id)).where(col(SubmissionRow.case_id) == case_id)
    of_case = BATCH.c.id.in_(case_batch) | BATCH.c.id.in_(filing_batches)
    own_batches = select(BATCH.c.id).where(of_case, BATCH.c.started_by_id == context.actor.id)
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


def login_faults(session: Session) -> Iterator[str]:
    """Yield a sentence for each login of a server that can still work with the data, although the person must not."""
    message = _(
        "The login {login} can still use the data with other programs, because {grantor} gave it the role {group}; run"
        " `REVOKE {group} FROM {login} GRANTED BY {grantor}` in psql as {grantor}."
    )
    for login, group, grantor in dialect.excess_members(session.connection()):
        yield message.format(login=login, group=group, grantor=grantor)
