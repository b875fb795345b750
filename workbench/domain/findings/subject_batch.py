"""The facts of many cases, cards or documents in columns."""

from collections.abc import Sequence

from workbench.domain.facts.fact import Facts, groups_of
from workbench.domain.policy.policy import FactValue

Subject = tuple[str, Facts]
"""A case, card or document: its name and its facts."""


def flattened(of_cases: Sequence[Sequence[Subject]]) -> tuple[list[Subject], list[int]]:
    """Return the cards or documents of all cases in one list, and the case index of each."""
    return (
        [subject for of_case in of_cases for subject in of_case],
        [case_index for case_index, of_case in enumerate(of_cases) for _subject in of_case],
    )


class SubjectBatch:
    """The subjects of one scope in a batch of cases, with their facts in columns.

    The facts of all subjects must have the same number of groups, with the same facts in the group at each place.
    """

    def __init__(
        self, subjects: Sequence[Subject], case_indices: Sequence[int], of_cases: "SubjectBatch | None" = None
    ) -> None:
        self.subjects = subjects
        self.case_indices = case_indices
        self._of_cases = of_cases
        self._groups = list(zip(*(groups_of(facts) for _name, facts in subjects), strict=True))
        self._distinct_groups = [list({id(group): group for group in groups}.values()) for groups in self._groups]
        # Reversed, so that the first of several groups with a fact counts.
        places = reversed(tuple(enumerate(self._distinct_groups)))
        self._place_of_fact = {fact: place for place, groups in places for fact in set().union(*groups)}
        self._columns: dict[str, list[FactValue]] = {}
        self._values: dict[str, set[FactValue]] = {}
        self._own_or_case: dict[str, list[FactValue]] = {}

    def column(self, fact: str) -> list[FactValue]:
        """Return the values of a fact; None where it is unknown."""
        if fact not in self._columns:
            place = self._place_of_fact.get(fact)
            unknown: list[FactValue] = [None] * len(self.subjects)
            self._columns[fact] = unknown if place is None else [group.get(fact) for group in self._groups[place]]
        return self._columns[fact]

    def values(self, fact: str) -> set[FactValue]:
        """Return the distinct known values of a fact."""
        if fact not in self._values:
            place = self._place_of_fact.get(fact)
            groups = () if place is None else self._distinct_groups[place]
            self._values[fact] = {group.get(fact) for group in groups} - {None}
        return self._values[fact]

    def own_or_case_values(self, fact: str) -> list[FactValue]:
        """Return the value of a fact for each subject; a card or document without it has the value of its case."""
        if self._of_cases is None:
            return self.column(fact)
        if fact not in self._own_or_case:
            of_cases = self._of_cases.column(fact)
            own = zip(self.column(fact), self.subjects, self.case_indices, strict=True)
            self._own_or_case[fact] = [
                of_cases[case_index] if value is None and fact not in facts else value
                for value, (_name, facts), case_index in own
            ]
        return self._own_or_case[fact]
