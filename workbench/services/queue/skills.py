"""Skills: the cases that a person can review, as terms of a filter.

`next` and spreading give a person only cases within the skills, what is assigned to the person, and what is due today
or overdue. So a case that nobody has the skills for is not lost: anybody gets it on the day it is due.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import text
from sqlmodel import Session

from db.queries.listing import case_conditions
from db.queries.listing.case_list import CaseCondition, CaseQuery
from workbench.domain.filter.parser import parse_filter
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.foundation.context import Context, Service
from workbench.services.queue.filters import case_query
from workbench.services.site.people import find_person

KEYS = ("province", "class", "kind", "agent", "risk", "round", "rule")
"""The keys of a filter that say what a case is about, and not where it stands."""


def checked_skills(skills: str) -> str:
    """Return skills in their normal form.

    Raises:
        WrongUsage: If they are no terms of a filter, or a term is not about what a case is.
    """
    wanted = parse_filter(skills)
    for term in wanted.terms:
        if term.key not in KEYS:
            message = _("“{term}” is no skill; skills are terms with these keys: {keys}.")
            raise WrongUsage(message.format(term=term, keys=" ".join(KEYS)))
    return str(wanted)


def skill_condition(session: Session, context: Context, skills: str) -> CaseCondition:
    """Return the condition that a case is within skills: of terms with one key, at least one must hold."""
    terms = parse_filter(skills).terms
    found = case_query(session, context, skills, prefix="skill").conditions
    by_key = defaultdict[str, list[CaseCondition]](list)
    for term, condition in zip(terms, found, strict=True):
        by_key[str(term) if term.is_negated else term.key].append(condition)
    checks = [f"({case_conditions.any_condition(group).check})" for group in by_key.values()]
    return CaseCondition(
        check=" AND ".join(checks) or "1 = 1",
        values={name: value for one in found for name, value in one.values.items()},
    )


def within_skills(session: Session, context: Context, cases: CaseQuery, skills: str) -> CaseQuery:
    """Return the cases of a list that `next` gives to the acting person, who has these skills."""
    if not skills:
        return cases
    skilled = skill_condition(session, context, skills)
    check = f"c.assignee_id = :person OR c.due_at <= :day_end OR {skilled.check}"
    values = {**skilled.values, "person": context.actor.id}
    return replace(cases, conditions=(*cases.conditions, CaseCondition(check=check, values=values)))


def cases_within(session: Session, context: Context, skills: str, case_ids: Iterable[int]) -> set[int]:
    """Return those of some cases that are within skills; what is due today or overdue is within all skills."""
    skilled, wanted = skill_condition(session, context, skills), case_conditions.is_one_of(case_ids, "wanted")
    values = {**wanted.values, **case_query(session, context, "").values(), **skilled.values}
    check = f"{wanted.check} AND (c.due_at <= :day_end OR {skilled.check})"
    return set(session.execute(text(f'SELECT c.id FROM "case" AS c WHERE {check}'), values).scalars())  # noqa: S608 - values are bound


class Skills(Service):
    """The skills of people, on behalf of an admin."""

    def set(self, login: str, skills: str) -> None:
        """Set the skills of a person.

        Raises:
            NotAllowed: If the caller is not an admin.
            NotFound: If the login is not registered.
            WrongUsage: If the skills are no terms of a filter, or a term is not about what a case is.
        """
        with self.context.as_admin("reviewers skills"), self.context.write() as session:
            person = find_person(session, login)
            person.skills = checked_skills(skills)
            self.context.log(session, "reviewers skills", body={"reviewer": person.id})
