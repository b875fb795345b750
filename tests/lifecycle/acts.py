"""Declares the acts of a random walk: how often each is tried, and with whom and on which case it likely succeeds."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.lifecycle.model import Case

Item = TypeVar("Item")
Method = TypeVar("Method", bound=Callable[..., None])
Person = Callable[[Case], str | None]
Likely = Callable[[Case], bool]

SUPERVISORS = ("sup", "boss")
PEOPLE = ("a", "b", *SUPERVISORS)
_STEP = 7_919
WALK: list["Act"] = []
"""One entry for each act, as often as its weight."""


@dataclass(frozen=True, eq=False, repr=False)
class Act:
    """A method of the walk: the cases on which it likely succeeds, who likely may do it, and its other arguments."""

    name: str
    likely: Likely | None
    person: Person | None
    more: Mapping[str, st.SearchStrategy[Any]]

    def __repr__(self) -> str:
        return self.name


def act(
    weight: int, likely: Likely | None = None, person: Person | None = None, **more: st.SearchStrategy[Any]
) -> Callable[[Method], Method]:
    """Register a method as an act of the walk.

    Args:
        weight: How often it is tried, relative to the others.
        likely: Whether it likely succeeds on a case; None for a method without a case.
        person: Who likely may do it; None for a method without a person.
        more: The strategies of its other arguments.
    """

    def register(method: Method) -> Method:
        found = Act(method.__name__, likely, person, more)
        WALK.extend([found] * weight)
        return method

    return register


def in_states(*states: str) -> Likely:
    """Return the condition that a case is in one of some states."""
    return lambda case: case.state in states


def is_open(case: Case) -> bool:
    """Say whether a case is open."""
    return case.is_open


def drawn(
    data: Any, cases: Mapping[int, Case], turn: int, tried: Counter[tuple[str, str]]
) -> tuple[Act, dict[str, Any]]:
    """Draw an act and its arguments: most times one that likely succeeds, sometimes one that the walk tried least.

    `tried` counts how often the walk tried each act in each state.
    """
    is_likely, is_seldom = data.draw(st.integers(0, 9)) < 9, data.draw(st.integers(0, 4)) >= 3
    possible = [one for one in WALK if one.likely is None or any(map(one.likely, cases.values()))]
    if is_likely and is_seldom:
        pairs = [(one, state) for one in dict.fromkeys(possible) for state in _states(_fit(one, cases))]
        least = min(tried[one.name, state] for one, state in pairs)
        chosen, state = _picked(data, [(one, state) for one, state in pairs if tried[one.name, state] == least], turn)
    else:
        chosen, state = _picked(data, possible if is_likely else WALK, turn), ""
    found: dict[str, Any] = {}
    case = Case(0, "")
    if chosen.likely is not None:
        fit = (_fit(chosen, cases) if is_likely else []) or list(cases.values())
        # First the state, then the case, so that rare states come often.
        state = state or _picked(data, _states(fit), turn // 2)
        case = _picked(data, [one for one in fit if one.state == state], turn // 5)
        found["number"] = case.id
    tried[chosen.name, case.state] += 1
    if chosen.person is not None:
        person = chosen.person(case)
        is_person = person in PEOPLE and data.draw(st.integers(0, 4)) < 4
        found["who"] = person if is_person else data.draw(st.sampled_from(PEOPLE), label="who")
    for name, strategy in chosen.more.items():
        found[name] = data.draw(strategy, label=name)
    return chosen, found


def _fit(chosen: Act, cases: Mapping[int, Case]) -> list[Case]:
    return [one for one in cases.values() if chosen.likely is not None and chosen.likely(one)]


def _states(cases: Sequence[Case]) -> list[str]:
    """Return the states of some cases; an act without a case has the empty one."""
    return sorted({one.state for one in cases}) or [""]


def _picked(data: Any, found: Sequence[Item], turn: int) -> Item:
    """Pick an item; Hypothesis often draws zero, so that each turn counts from another item.

    The step is a prime, so that the turns reach every item, however many there are.
    """
    drawn_at: int = data.draw(st.integers(0, len(found) - 1))
    return found[(drawn_at + _STEP * turn) % len(found)]
