"""What the calls of a number amount to within its window, and of all cards of an application."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from workbench.domain.evidence.evidence import CallFacts
from workbench.services.calls import statements
from workbench.services.calls.engine import Engine
from workbench.services.calls.local_time import DAY_US, EPOCH_ORDINAL, zone_shifts

OptOut = tuple[str, int, str]
"""Hash of a callee, since when not to be called (microseconds UTC), and by which msisdn ('': by any)."""

_HALF_HOURS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """The outgoing calls of one number on one local day."""

    msisdn: str
    on: date
    calls: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFacts:
    """The outgoing calls of one number in one local hour of a weekday (0 is Monday), over its window."""

    msisdn: str
    weekday: int
    hour: int
    calls: int


class Survey:
    """The calls of some numbers, each within its own window, read once for every question about them."""

    def __init__(self, duck: Engine, *, window_days: int, zone: ZoneInfo, opt_outs: Iterable[OptOut]) -> None:
        """Lay the windows over the view `call` for the numbers of the table `wanted`.

        A window is the last `window_days` local days up to the last one on which the number has a record.
        """
        self._duck = duck
        self._window_days = window_days
        duck.load("opt_out", {"callee": "VARCHAR", "since_us": "BIGINT", "msisdn": "VARCHAR"}, opt_outs)
        duck.run(statements.LAST_RECORDS)
        [(first_us, last_us)] = duck.rows(statements.RECENT_BOUNDS, {"reach_us": self._reach_us})
        shifts = [] if first_us is None else zone_shifts(zone, first_us, last_us)
        duck.load("zone_shift", {"from_us": "BIGINT", "shift_us": "BIGINT"}, shifts)
        duck.run(
            statements.WINDOWED,
            {
                "reach_us": self._reach_us,
                "epoch_us": EPOCH_ORDINAL * DAY_US,
                "window_days": window_days,
            },
        )
        self._facts: list[CallFacts] | None = None

    @property
    def _reach_us(self) -> int:
        # Two days more than the window, as its first day starts at a midnight and clocks may be put back.
        return (self._window_days + 2) * DAY_US

    def windows(self) -> list[CallFacts]:
        """Return the facts of each number that has a record, in their order."""
        if self._facts is None:
            self._facts = [self._facts_of(row) for row in self._duck.rows(statements.FACTS)]
        return self._facts

    def together(self, groups: Mapping[int, Iterable[str]]) -> dict[int, CallFacts]:
        """Return the facts over all numbers of each group; a group without a record is left out."""
        by_number = {facts.msisdn: facts for facts in self.windows()}
        members = {
            group: [by_number[msisdn] for msisdn in dict.fromkeys(msisdns) if msisdn in by_number]
            for group, msisdns in groups.items()
        }
        pairs = [(group, facts.msisdn) for group, cards in members.items() for facts in cards]
        self._duck.run("DROP TABLE IF EXISTS grouped")
        self._duck.load("grouped", {"id": "BIGINT", "msisdn": "VARCHAR"}, pairs)
        unions = {group: (callees, handsets) for group, callees, handsets in self._duck.rows(statements.UNIONS)}
        return {
            group: replace(_summed(cards), distinct_callees=unions[group][0], handsets=unions[group][1])
            for group, cards in members.items()
            if cards
        }

    def days(self) -> list[DayFacts]:
        """Return the calls of each number on each local day that has some."""
        return [
            DayFacts(msisdn=msisdn, on=date.fromordinal(day), calls=calls, answered=answered)
            for msisdn, day, calls, answered in self._duck.rows(statements.DAYS)
        ]

    def hours(self) -> list[HourFacts]:
        """Return the calls of each number in each local hour of a weekday that has some."""
        return [
            HourFacts(msisdn=msisdn, weekday=weekday, hour=hour, calls=calls)
            for msisdn, weekday, hour, calls in self._duck.rows(statements.HOURS)
        ]

    def _facts_of(self, row: tuple[Any, ...]) -> CallFacts:
        """Return a row of the facts statement as a value."""
        named: dict[str, Any] = dict(zip(statements.FACT_NAMES, row, strict=True))
        last_day = named.pop("last_day")
        halves = named.pop("half_hours") or {}
        return CallFacts(
            window_from=date.fromordinal(last_day - self._window_days + 1),
            window_to=date.fromordinal(last_day),
            half_hours=tuple(halves.get(half, 0) for half in range(_HALF_HOURS)),
            **named,
        )


def _summed(cards: list[CallFacts]) -> CallFacts:
    """Return the facts of several cards as one, but for the unions, which need the calls themselves."""
    return CallFacts(
        window_from=min(card.window_from for card in cards if card.window_from),
        window_to=max(card.window_to for card in cards if card.window_to),
        calls=sum(card.calls for card in cards),
        calls_in=sum(card.calls_in for card in cards),
        answered=sum(card.answered for card in cards),
        total_duration_s=sum(card.total_duration_s for card in cards),
        short_calls=sum(card.short_calls for card in cards),
        peak_hour_calls=max(card.peak_hour_calls for card in cards),
        peak_day_calls=max(card.peak_day_calls for card in cards),
        max_same_callee_day=max(card.max_same_callee_day for card in cards),
        max_same_callee_5min=max(card.max_same_callee_5min for card in cards),
        max_same_callee_window=max(card.max_same_callee_window for card in cards),
        opt_out_calls=sum(card.opt_out_calls for card in cards),
        half_hours=tuple(sum(counts) for counts in zip(*(card.half_hours for card in cards), strict=True)),
    )
