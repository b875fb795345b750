"""What the calls of a number amount to within its window, and of all cards of an application."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from db.columns import to_us
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.calls import statements
from workbench.services.calls.engine import Engine
from workbench.services.calls.local_time import DAY_US, EPOCH_ORDINAL, shift_sql, zone_shifts

OptOut = tuple[str, int, str]
"""Hash of a callee, since when not to be called (microseconds UTC), and by which msisdn ('': by any)."""

_HALF_HOURS = 48
_ALWAYS_US = 1 << 60
"""Later than any call, in microseconds; negated, earlier than any."""

_ASKED = {"period": "VARCHAR", "msisdn": "VARCHAR", "from_us": "BIGINT", "ended_us": "BIGINT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """The outgoing calls of one number, or one service period of it, on one local day."""

    msisdn: str
    on: date
    calls: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFacts:
    """The outgoing calls of one number or service period in one local hour of a weekday (0 is Monday)."""

    msisdn: str
    weekday: int
    hour: int
    calls: int


def ask(duck: Engine, numbers: Iterable[str | ServicePeriod] | None, zone: ZoneInfo) -> None:
    """Make the table `wanted` of numbers (None: all) and of those service periods that exclude a record."""
    if numbers is None:
        numbers = [msisdn for (msisdn,) in duck.rows("SELECT DISTINCT msisdn FROM call")]
    periods = {ServicePeriod(number, None, None) if isinstance(number, str) else number for number in numbers}
    duck.load("asked", _ASKED, sorted({_asked(period, zone) for period in periods}))
    duck.run(statements.WANTED)


def _asked(period: ServicePeriod, zone: ZoneInfo) -> tuple[str, str, int, int]:
    """Return a service period with its first instant and the one after its last."""
    first_us = -_ALWAYS_US if period.activated_on is None else _midnight_us(period.activated_on, zone)
    ended_us = _ALWAYS_US if period.last_on is None else _midnight_us(period.last_on + timedelta(days=1), zone)
    return period.key, period.msisdn, first_us, ended_us


def _midnight_us(day: date, zone: ZoneInfo) -> int:
    return to_us(datetime.combine(day, time(), zone).astimezone(UTC))


def _local_us(instant: str, shifts: Sequence[tuple[int, int]]) -> str:
    """Return the SQL of an instant as local microseconds of ordinals."""
    return f"{instant} + {EPOCH_ORDINAL * DAY_US} + {shift_sql(instant, shifts)}"


class CallSurvey:
    """The calls of some numbers and service periods, each within its own window, read once for every question.

    In what it returns, `msisdn` is the key of the service period: the number itself if nothing limits it.
    """

    def __init__(
        self,
        duck: Engine,
        *,
        window_days: int,
        zone: ZoneInfo,
        opt_outs: Iterable[OptOut],
        today: date | None,
        is_one_file: bool,
    ) -> None:
        """Lay the windows over the view `call` for the periods of the table `wanted`.

        A window is the last `window_days` local days up to the last one with an outgoing call, `today` at the latest.
        """
        self._duck = duck
        self._window_days = window_days
        self._are_callees_counted = False
        duck.load("opt_out", {"callee": "UUID", "since_us": "BIGINT", "msisdn": "VARCHAR"}, opt_outs)
        until_us = _ALWAYS_US if today is None else _midnight_us(today + timedelta(days=1), zone)
        duck.run(statements.LAST_RECORDS, {"until_us": until_us}, (0, 0.1))
        [(first_us, last_us)] = duck.rows(statements.RECENT_BOUNDS, {"reach_us": self._reach_us})
        shifts = [] if first_us is None else zone_shifts(zone, first_us, last_us)
        duck.run(
            statements.windowed(
                local_us=_local_us("start_us", shifts),
                local_last_us=_local_us("last_us", shifts),
                reach_us=self._reach_us,
                window_days=window_days,
                is_one_file=is_one_file,
            )
        )
        duck.run(statements.SLOTS, part=(0.1, 0.4))

    @property
    def _reach_us(self) -> int:
        # Two days more than the window, as its first day starts at a midnight and clocks may be put back.
        return (self._window_days + 2) * DAY_US

    @contextmanager
    def callees_counted(self) -> Iterator[None]:
        """Count the calls to each callee, which facts rest on, while the block may read days and hours."""

        def count() -> None:
            duck.run(statements.CALLEES, part=(0.4, 0.75))
            duck.run(statements.REPEATED, part=(0.75, 1))

        with self._duck.cursor() as duck, ThreadPoolExecutor(1, "callees") as executor:
            counted = executor.submit(count)
            try:
                yield
            except BaseException:
                duck.interrupt()
                raise
            counted.result()
        self._are_callees_counted = True

    def facts(self) -> Iterator[CallFacts]:
        """Yield the facts of each number that has a record, and of each service period that excludes one."""
        if not self._are_callees_counted:
            with self.callees_counted():
                pass
        for row in self._duck.rows(statements.FACTS):
            yield self._facts_of(row)
        for (period,) in self._duck.rows(statements.WITHOUT_CALLS):
            yield CallFacts(msisdn=period)

    @cached_property
    def windows(self) -> list[CallFacts]:
        """The facts of each number and service period, kept for several questions."""
        return list(self.facts())

    def together(self, groups: Mapping[int, Iterable[str]]) -> dict[int, CallFacts]:
        """Return the facts over all numbers of each group; a group without a record is left out."""
        by_number = {facts.msisdn: facts for facts in self.windows}
        members = {
            group: [by_number[msisdn] for msisdn in dict.fromkeys(msisdns) if msisdn in by_number]
            for group, msisdns in groups.items()
        }
        pairs = [(group, facts.msisdn) for group, cards in members.items() for facts in cards]
        self._duck.run("DROP TABLE IF EXISTS grouped")
        self._duck.load("grouped", {"id": "BIGINT", "period": "VARCHAR"}, pairs)
        unions = {group: (callees, handsets) for group, callees, handsets in self._duck.rows(statements.UNIONS)}
        together: dict[int, CallFacts] = {}
        for group, cards in members.items():
            if cards:
                callees, handsets = unions.get(group, (0, 0))
                together[group] = replace(_summed(cards), distinct_callees=callees, handsets=handsets)
        return together

    def days(self) -> Iterator[DayFacts]:
        """Yield the calls of each number on each local day that has some."""
        for msisdn, day, calls, answered in self._duck.rows(statements.DAYS):
            yield DayFacts(msisdn=msisdn, on=date.fromordinal(day), calls=calls, answered=answered)

    def hours(self) -> Iterator[HourFacts]:
        """Yield the calls of each number in each local hour of a weekday that has some."""
        for msisdn, weekday, hour, calls in self._duck.rows(statements.HOURS):
            yield HourFacts(msisdn=msisdn, weekday=weekday, hour=hour, calls=calls)

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
    """Return the facts of several cards as one, but for the unions, which need the calls themselves.

    Cards that were only called extend no window of outgoing calls.
    """
    calling = [card for card in cards if card.calls] or cards
    return CallFacts(
        window_from=min((card.window_from for card in calling if card.window_from), default=None),
        window_to=max((card.window_to for card in calling if card.window_to), default=None),
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
