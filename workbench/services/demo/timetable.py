"""When everything happens at the demo: thirty working days, one after the other."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from workbench.services.demo.happening import Happening
from workbench.services.demo.plan import APPLICANT, DemoCase, Planned
from workbench.services.demo.reviewing import VERDICTS, Reviewing, Todo
from workbench.services.demo.stage import Stage
from workbench.services.demo.twists import twist_of

_SEED = "workbench demo 2"

# Minutes after midnight.
_HEARD, _ASSIGNED = 8 * 60 + 40, 9 * 60
_MORNING, _AFTERNOON = (9 * 60 + 25, 11 * 60 + 55), (13 * 60 + 20, 16 * 60 + 50)
_APPLICANTS, _DELIVERED, _WRITTEN = 17 * 60 + 2, 17 * 60 + 20, 17 * 60 + 32
_GIVEN, _PUT_ASIDE, _LATE, _KEPT = 17 * 60 + 36, 17 * 60 + 40, 17 * 60 + 50, 17 * 60 + 55
_RECEIVED = (9 * 60 + 5, 16 * 60 + 50)
_RECEIVED_LATE = (17 * 60 + 30, 20 * 60)

_HEARD_ON = (30, 15, 5, 2)
"""The working days before today on which calls, complaints and credit of the applicants to come are delivered."""

_HELD_SINCE = timedelta(minutes=12)
_ASIDE_SPAN = timedelta(hours=2)
_APART = timedelta(minutes=3)

_WORK = frozenset({*VERDICTS, "skip", "release"})
_RETURNS = frozenset({"return", "news"})


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a time."""

    at: datetime
    do: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every step of the history of some cases."""

    stage: Stage
    cases: Sequence[DemoCase]

    def steps(self) -> list[Step]:
        """Return the steps in their order, none of them after now."""
        steps = [*self._deliveries(), *self._days(), *self._ends()]
        return sorted(steps, key=lambda step: step.at)

    def received(self, case: DemoCase) -> datetime:
        """Return when an application is received: on its day, or on the evening before, which counts the same."""
        chance = random.Random(f"{_SEED} received {case.no}")  # noqa: S311 - made-up minutes need no secrecy
        if chance.random() < 0.25:  # noqa: PLR2004 - one in four
            return self.stage.dates.at(case.arrives + 1, chance.randint(*_RECEIVED_LATE))
        return self.stage.dates.at(case.arrives, chance.randint(*_RECEIVED))

    @property
    def _happening(self) -> Happening:
        return Happening(self.stage, self.received)

    def _at(self, before: int, minutes: float) -> datetime:
        return self.stage.dates.at(before, minutes)

    def _deliveries(self) -> Iterator[Step]:
        """Give the files that come in: of many first what others say of them, then on each day what is handed in."""
        arriving: dict[int, list[DemoCase]] = defaultdict(list)
        heard: dict[int, list[DemoCase]] = defaultdict(list)
        for case in self.cases:
            arriving[case.arrives].append(case)
            heard[min(day for day in _HEARD_ON if day >= case.arrives)].append(case)
        for before, cases in heard.items():
            yield Step(self._at(before, _HEARD), partial(self._happening.hear_of, cases, before))
        for before, cases in arriving.items():
            yield Step(self._at(before, _DELIVERED), partial(self._happening.deliver, cases))
            for place, case in enumerate(case for case in cases if twist_of(case.twists).comment):
                yield Step(self._at(before, _WRITTEN + place), partial(self._happening.write, case))

    def _days(self) -> Iterator[Step]:
        planned: dict[int, list[tuple[DemoCase, Planned]]] = defaultdict(list)
        for case in self.cases:
            for step in case.story:
                planned[step.before].append((case, step))
        for before, own in planned.items():
            if before:
                yield from self._desk(before, own)
                yield from self._around(before, own)

    def _desk(self, before: int, own: Sequence[tuple[DemoCase, Planned]]) -> Iterator[Step]:
        """Give what the supervisor assigns in the morning, and the day's work at the desks, one after the other."""
        todo: dict[str, Todo] = defaultdict(dict)
        turns: list[Callable[[datetime], None]] = []
        for case, planned in own:
            if planned.what in _WORK:
                todo[planned.who][case.application_no] = case, planned
                turns.append(partial(self._work, planned.who, todo[planned.who]))
            elif planned.what == "approve":
                turns.append(partial(self._happening.check, case, planned))
        for login, cases in todo.items():
            given = [case for case, _planned in cases.values()]
            yield Step(self._at(before, _ASSIGNED), partial(self._happening.assign, given, login))
        random.Random(f"{_SEED} turns {before}").shuffle(turns)  # noqa: S311 - made-up turns need no secrecy
        for minutes, turn in zip(_spread(len(turns)), turns, strict=True):
            at = self._at(before, minutes)
            yield Step(at, partial(turn, at))

    def _work(self, login: str, todo: Todo, at: datetime) -> None:
        Reviewing(self.stage).work(login, todo, at)

    def _around(self, before: int, own: Sequence[tuple[DemoCase, Planned]]) -> Iterator[Step]:
        """Give what happens at the end of a day, each a minute after the other."""
        happening = self._happening
        for place, (case, planned) in enumerate(own):
            if planned.who == APPLICANT:
                at = self._at(before, _APPLICANTS + place / 4)
                act = happening.mend if planned.what == "mend" else happening.speak
                yield Step(at, partial(act, case, planned, at))
            elif planned.what == "assign":
                yield Step(self._at(before, _GIVEN), partial(happening.assign, [case], planned.codes[0]))
            elif planned.what == "aside":
                yield Step(
                    self._at(before, _PUT_ASIDE + place / 4), partial(self._hold, case, planned.who, is_aside=True)
                )
            elif planned.what in _RETURNS:
                at = self._at(before, _LATE + place / 4)
                act = happening.check if planned.what == "return" else happening.bring_news
                yield Step(at, partial(act, case, planned, at))

    def _ends(self) -> Iterator[Step]:
        """Give the holds that run now: taken a moment ago, or put aside at closing time where nobody works now."""
        now, is_open = self.stage.now, self.stage.dates.is_open(self.stage.now - _HELD_SINCE)
        own = [(case, planned) for case in self.cases for planned in case.story if not planned.before]
        for place, (case, planned) in enumerate(own):
            at = now - _HELD_SINCE + place * _APART if is_open else self._at(1, _KEPT) + place * timedelta(minutes=1)
            yield Step(at, partial(self._hold, case, planned.who, is_aside=not is_open))

    def _hold(self, case: DemoCase, login: str, *, is_aside: bool) -> None:
        """Let somebody take a case and keep it on the desk or aside."""
        if not any(step.what in _RETURNS for step in case.story):
            # What was returned is its maker's already.
            self._happening.assign([case], login)
        taken = Reviewing(self.stage).take(login).header.id
        if is_aside:
            now, dates = self.stage.now, self.stage.dates
            until = now + _ASIDE_SPAN if dates.is_open(now) else dates.opening_after(now) + _ASIDE_SPAN / 4
            self.stage.offices[login].claims.aside(taken, until)


def _spread(count: int) -> Iterator[float]:
    """Give so many minutes of a day, in its working hours and apart from each other."""
    morning, afternoon = (last - first for first, last in (_MORNING, _AFTERNOON))
    for turn in range(count):
        minutes = (turn + 0.6) * (morning + afternoon) / count
        yield _MORNING[0] + minutes if minutes < morning else _AFTERNOON[0] + minutes - morning
