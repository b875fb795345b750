"""Finds the applications that name the same company or person; credit records are erased with the last one."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import or_, select
from sqlmodel import Session

from db.dialect import is_in_list, list_parameter
from db.queries.published import APPLICATION
from workbench.services.case.known_people import Key

_SUBJECTS = (APPLICATION.c.uscc, APPLICATION.c.legal_rep_id_no, APPLICATION.c.handler_id_no)
"""The numbers that credit records can be about. Not all are indexed, so many applications are read at once."""

_OF_APPLICATIONS = select(APPLICATION.c.agent, APPLICATION.c.application_no, *_SUBJECTS)


class SubjectSharing:
    """For the subjects of some applications, all applications that name them; no import may run while it is used."""

    def __init__(self, session: Session, keys: Collection[Key]) -> None:
        own = _OF_APPLICATIONS.where(is_in_list((APPLICATION.c.agent, APPLICATION.c.application_no)))
        numbers = {number for row in session.execute(own, list_parameter(keys)) for number in row[2:] if number}
        naming = _OF_APPLICATIONS.where(or_(*(is_in_list((column,)) for column in _SUBJECTS)))
        named_by: dict[str, set[Key]] = defaultdict(set)
        for agent, application_no, *subjects in session.execute(naming, list_parameter(numbers)):
            for number in numbers.intersection(subjects):
                named_by[number].add((agent, application_no))
        self._named_by: Mapping[str, set[Key]] = named_by

    def take_unshared(self, key: Key, numbers: Collection[str]) -> set[str]:
        """Remove an erased application, and return those of its numbers that no other application names."""
        for number in numbers:
            self._named_by[number].discard(key)
        return {number for number in numbers if not self._named_by[number]}
