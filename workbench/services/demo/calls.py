"""The call records of the demo: made up, and the same for a card on every machine, but for the days."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from stdnum import luhn

COLUMNS = ("caller", "callee", "start_at", "duration_s", "answered", "direction", "imei")
"""The columns of a line, as an import of calls has them."""

_CALLEE_PREFIX = "170991"
_SHORT_S = (1, 6)
_HOUR_S = 3600
_ONE_DAY = timedelta(days=1)
_IN_DURATION_S = (15, 240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Many calls in a row, on one day (0 is the last), to one callee or ('') to many."""

    day: int
    start: time
    calls: int
    every_s: int
    callee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a card calls; what the figures mean stands in the file of profiles."""

    days: int
    ends: int
    calls_per_day: tuple[int, int]
    calls_in_per_day: int
    weekend_calls: tuple[int, int]
    hours: tuple[int, ...]
    answered: float
    short: float
    duration_s: tuple[int, int]
    callees: int
    handsets: int
    bursts: tuple[Burst, ...] = ()

    @property
    def reach(self) -> int:
        """How many working days before the end of the data the first call may lie."""
        return self.ends + self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """Every profile by its name, and the names that cards without one of their own have in turn."""

    seed: str
    by_name: Mapping[str, Profile]
    turns: tuple[str, ...]

    def of(self, name: str, turn: int) -> Profile:
        """Return how a card calls; '' is the profile whose turn it is."""
        return self.by_name[name or self.turns[turn % len(self.turns)]]


def read_profiles(table: Mapping[str, Any]) -> Profiles:
    """Return the profiles of a file that was read as TOML."""
    usual = Profile(**_figures(table["usual"]))
    named = {name: replace(usual, **_figures(own)) for name, own in table["profiles"].items()}
    return Profiles(seed=table["seed"], by_name={"usual": usual, **named}, turns=tuple(table["turns"]))


def _figures(table: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    if "bursts" in figures:
        figures["bursts"] = tuple(
            Burst(**{**burst, "start": time.fromisoformat(burst["start"])}) for burst in figures["bursts"]
        )
    return figures


def calls_of(msisdn: str, profile: Profile, seed: str, days: Sequence[date]) -> Iterator[tuple[object, ...]]:
    """Give the calls of a card as lines of a file, times local.

    Args:
        msisdn: The card; with the seed it decides every figure.
        profile: How it calls.
        seed: What all made-up calls come from.
        days: Working days, the newest first, at least as many as the profile reaches back.
    """
    own = days[profile.ends : profile.reach]
    # Made-up records need no secrecy, and a seed of their own for each card.
    card = _Card(msisdn, profile, random.Random(f"{seed} {msisdn}"))  # noqa: S311
    for number, day in enumerate(own):
        yield from card.usual_day(day, number)
    for number, day in enumerate(_between(own)):
        yield from card.day_off(day, number)
    for burst in profile.bursts:
        yield from card.burst(burst, own[burst.day])


def _between(days: Sequence[date]) -> Iterator[date]:
    """Give the first day off before each working day that one precedes, but not before the oldest."""
    for newer, older in pairwise(days):
        if newer - older > _ONE_DAY:
            yield older + _ONE_DAY


class _Card:
    """One card while its calls are made up."""

    def __init__(self, msisdn: str, profile: Profile, chance: random.Random) -> None:
        self._msisdn = msisdn
        self._profile = profile
        self._chance = chance
        self._callees = chance.sample(range(100_000), profile.callees)

    def usual_day(self, day: date, number: int) -> Iterator[tuple[object, ...]]:
        """Give the calls of a working day, with the handset of that day."""
        handset = number % self._profile.handsets
        for _call in range(self._chance.randint(*self._profile.calls_per_day)):
            yield self._out(self._some_time(day), self._some_callee(), handset)
        for _call in range(self._profile.calls_in_per_day):
            start = self._some_time(day)
            yield self._line(
                self._some_callee(), self._msisdn, start, self._chance.randint(*_IN_DURATION_S), "in", handset
            )

    def day_off(self, day: date, number: int) -> Iterator[tuple[object, ...]]:
        """Give the calls of a Saturday or holiday; most cards have none."""
        for _call in range(self._chance.randint(*self._profile.weekend_calls)):
            yield self._out(self._some_time(day), self._some_callee(), number % self._profile.handsets)

    def burst(self, burst: Burst, day: date) -> Iterator[tuple[object, ...]]:
        """Give the calls of a burst."""
        start = datetime.combine(day, burst.start)
        for number in range(burst.calls):
            at = start + timedelta(seconds=number * burst.every_s)
            yield self._out(at, burst.callee or self._some_callee(), 0)

    def _some_time(self, day: date) -> datetime:
        hour = self._chance.choice(self._profile.hours)
        return datetime.combine(day, time(hour)) + timedelta(seconds=self._chance.randrange(_HOUR_S))

    def _some_callee(self) -> str:
        return f"{_CALLEE_PREFIX}{self._chance.choice(self._callees):05d}"

    def _out(self, start: datetime, callee: str, handset: int) -> tuple[object, ...]:
        duration_s = 0
        if self._chance.random() < self._profile.answered:
            is_short = self._chance.random() < self._profile.short
            duration_s = self._chance.randint(*(_SHORT_S if is_short else self._profile.duration_s))
        return self._line(self._msisdn, callee, start, duration_s, "out", handset)

    def _line(
        self, caller: str, callee: str, start: datetime, duration_s: int, direction: str, handset: int
    ) -> tuple[object, ...]:
        answered = "yes" if duration_s else "no"
        return (caller, callee, start.isoformat(sep=" "), duration_s, answered, direction, self._imei(handset))

    def _imei(self, handset: int) -> str:
        """Return a handset's number: a test range, the card, and the Luhn digit."""
        body = f"00{self._msisdn[-6:]}{handset:06d}"
        return body + str(luhn.calc_check_digit(body))
