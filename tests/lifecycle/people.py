"""The people of the walk: who likely may act on a case."""

from hypothesis import strategies as st

from tests.lifecycle.acts import PEOPLE, SUPERVISORS
from tests.lifecycle.model import Case

VERIFIES = {"sup": "numbers", "boss": "fraud"}
"""The departments for which supervisors answer inquiries, too."""

people = st.sampled_from(PEOPLE)


def anybody(_case: Case) -> str | None:
    """Any of the people."""
    return None


def supervisor(case: Case) -> str:
    """One of the supervisors."""
    return SUPERVISORS[case.id % 2]


def holder(case: Case) -> str | None:
    """Who holds or held a case."""
    return case.held_by


def checker(case: Case) -> str:
    """Somebody else than the maker of a staged verdict or the decider of an appeal."""
    return "a" if case.maker == "b" or case.decider else "b"


def decider(case: Case) -> str | None:
    """Somebody who may decide an appeal."""
    return max(case.fit_to_decide, default=None)


def verifier(case: Case) -> str | None:
    """Who answers for the department of the oldest open inquiry."""
    asked = [department for department, _asker in case.inquiries.values()]
    return next((login for login in SUPERVISORS if VERIFIES[login] in asked[:1]), None)


def maker(case: Case) -> str:
    """The maker of a staged verdict."""
    return case.maker


def last_actor(case: Case) -> str | None:
    """Who can take the last act back."""
    return case.undoable.who if case.undoable else None
