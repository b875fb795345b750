"""Declares the acts of a random walk: how often each is tried, and with whom and on which case it likely succeeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.lifecycle.model import Case

Method = TypeVar("Method", bound=Callable[..., None])
Person = Callable[[Case], str | None]

PEOPLE = ("a", "b", "sup")
WALK: list["Act"] = []
"""One entry for each act, as often as its weight."""


@dataclass(frozen=True)
class Act:
    """A method of the walk: the states in which it likely succeeds, who likely may do it, and its other arguments."""

    name: str
    states: frozenset[str] | None
    person: Person | None
    more: Mapping[str, st.SearchStrategy[Any]]


def act(
    weight: int, states: str | None = None, person: Person | None = None, **more: st.SearchStrategy[Any]
) -> Callable[[Method], Method]:
    """Register a method as an act of the walk.

    Args:
        weight: How often it is tried, relative to the others.
        states: The states of likely cases, separated by blanks; None for a method without a case.
        person: Who likely may do it; None for a method without a person.
        more: The strategies of its other arguments.
    """

    def register(method: Method) -> Method:
        found = Act(method.__name__, None if states is None else frozenset(states.split()), person, more)
        WALK.extend([found] * weight)
        return method

    return register


def arguments(data: Any, chosen: Act, cases: Mapping[int, Case]) -> dict[str, Any]:
    """Draw the arguments of an act: three times of four a case and a person with whom it likely succeeds."""
    found: dict[str, Any] = {}
    case = None
    if chosen.states is not None:
        likely = [number for number, one in cases.items() if one.state in chosen.states]
        is_likely = bool(likely) and data.draw(st.integers(0, 3)) > 0
        found["number"] = data.draw(st.sampled_from(likely if is_likely else list(cases)), label="case")
        case = cases[found["number"]]
    if chosen.person is not None:
        person = chosen.person(case) if case is not None else chosen.person(Case(0, ""))
        is_likely = person in PEOPLE and data.draw(st.integers(0, 3)) > 0
        found["who"] = person if is_likely else data.draw(st.sampled_from(PEOPLE), label="who")
    for name, strategy in chosen.more.items():
        found[name] = data.draw(strategy, label=name)
    return found
