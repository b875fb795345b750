"""Computes the call figures of a number within its window, and of all cards of an application together."""

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
from workbench.services.files.calls import statements
from workbench.services.files.calls.engine import CallEngine
from workbench.services.files.calls.local_time import DAY_US, EPOCH_ORDINAL, utc_offset_sql, utc_offsets

OptOut = tuple[str, int, str]
"""An opt-out: the hash of the callee, its start (microseconds UTC), and the msisdn that must not call ('' for all)."""

_HALF_HOURS = 48
_ALWAYS_US = 1 << 60
"""A time after every call, in microseconds; the negative value is before every call."""

_SUMMED = ("calls", "calls_in", "answered", "total_duration_s", "short_calls", "opt_out_calls")
"""The figures of an application that are the sums of those of its cards."""

_LARGEST = (
    *("peak_hour_calls", "peak_day_calls"),
    *("max_same_callee_day", "max_same_callee_5min", "max_same_callee_window"),
)
"""The figures of an application that are the largest of those of its cards."""

_ASKED_COLUMNS = {"period": "VARCHAR", "msisdn": "VARCHAR", "from_us": "BIGINT", "ended_us": "BIGINT"}


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


def load_wanted_periods(duck: CallEngine, numbers: Iterable[str | ServicePeriod] | None, zone: ZoneInfo) -> None:
    """Create the table `wanted` of the numbers and service periods to compute figures of; None means all numbers.

    A service period that includes all records of its number is left out, because the number has the same figures.
    """
    if numbers is None:
        numbers = [msisdn for (msisdn,) in duck.rows("SELECT DISTINCT msisdn FROM call")]
    periods = {ServicePeriod(number, None, None) if isinstance(number, str) else number for number in numbers}
    duck.load("asked", _ASKED_COLUMNS, sorted({_asked_row(period, zone) for period in periods}))
    duck.run(statements.CREATE_WANTED)


def _asked_row(period: ServicePeriod, zone: ZoneInfo) -> tuple[str, str, int, int]:
    """Return a service period as a row of `asked`, with its first instant and the first instant after it."""
    first_us = -_ALWAYS_US if period.activated_on is None else _midnight_us(period.activated_on, zone)
    ended_us = _ALWAYS_US if period.last_on is None else _midnight_us(period.last_on + timedelta(days=1), zone)
    return period.key, period.msisdn, first_us, ended_us


def _midnight_us(day: date, zone: ZoneInfo) -> int:
    return to_us(datetime.combine(day, time(), zone).astimezone(UTC))


def _local_time_sql(instant: str, offsets: Sequence[tuple[int, int]]) -> str:
    """Return the SQL of the local time of an instant, in microseconds since the day with ordinal 0."""
    return f"{instant} + {EPOCH_ORDINAL * DAY_US} + {utc_offset_sql(instant, offsets)}"


class CallSurvey:
    """The calls of some numbers and service periods, each within its own window, read once for several queries.

    In the results, `msisdn` is the key of the service period: the number itself if the period is unlimited.
    """

    def __init__(
        self,
        duck: CallEngine,
        *,
        window_days: int,
        zone: ZoneInfo,
        opt_outs: Iterable[OptOut],
        today: date | None,
        from_one_file: bool,
    ) -> None:
        """Select the calls of the view `call` that are in the window of a period of the table `wanted`.

        A window has `window_days` local days. It ends with the day of the last outgoing call, at the latest with
        `today`. If all calls are from one file, no call is in it twice.
        """
        self._duck = duck
        self._window_days = window_days
        self._has_counted_callees = False
        duck.load("opt_out", {"callee": "UUID", "since_us": "BIGINT", "msisdn": "VARCHAR"}, opt_outs)
        until_us = _ALWAYS_US if today is None else _midnight_us(today + timedelta(days=1), zone)
        duck.run(statements.CREATE_LAST_RECORD, {"until_us": until_us}, (0, 0.1))
        [(first_us, last_us)] = duck.rows(statements.SELECT_BOUNDS, {"reach_us": self._reach_us})
        offsets = [] if first_us is None else utc_offsets(zone, first_us, last_us)
        duck.run(
            statements.create_windowed(
                local_us=_local_time_sql("start_us", offsets),
                local_last_us=_local_time_sql("last_us", offsets),
                reach_us=self._reach_us,
                window_days=window_days,
                from_one_file=from_one_file,
            )
        )
        duck.run(statements.CREATE_SLOT, part=(0.1, 0.4))

    @property
    def _reach_us(self) -> int:
        # Two days longer than the window, because its first day starts at midnight and clocks may be set back.
        return (self._window_days + 2) * DAY_US

    @contextmanager
    def counting_callees(self) -> Iterator[None]:
        """Count the calls to each callee for `facts` in another thread; the block may read days and hours meanwhile."""
        with self._duck.cursor() as duck, ThreadPoolExecutor(1, "callees") as executor:

            def count() -> None:
                duck.run(statements.CREATE_PAIR, part=(0.4, 0.75))
                duck.run(statements.CREATE_REPEATED, part=(0.75, 1))

            counted = executor.submit(count)
            try:
                yield
            except BaseException:
                duck.interrupt()
                raise
            counted.result()
        self._has_counted_callees = True

    def facts(self) -> Iterator[CallFacts]:
        """Yield the figures of each wanted number that has records, and of each wanted service period."""
        if not self._has_counted_callees:
            with self.counting_callees():
                pass
        for row in self._duck.rows(statements.SELECT_FACTS):
            yield self._facts_of(row)
        for (period,) in self._duck.rows(statements.SELECT_WITHOUT_CALLS):
            yield CallFacts(msisdn=period)

    @cached_property
    def windows(self) -> list[CallFacts]:
        """The figures of each number and service period, cached for several queries."""
        return list(self.facts())

    def together(self, groups: Mapping[int, Iterable[str]]) -> dict[int, CallFacts]:
        """Return the combined figures of the numbers of each group; a group without records is left out."""
        by_number = {facts.msisdn: facts for facts in self.windows}
        members = {
            group: [by_number[msisdn] for msisdn in dict.fromkeys(msisdns) if msisdn in by_number]
            for group, msisdns in groups.items()
        }
        pairs = [(group, facts.msisdn) for group, cards in members.items() for facts in cards]
        self._duck.run("DROP TABLE IF EXISTS grouped")
        self._duck.load("grouped", {"id": "BIGINT", "period": "VARCHAR"}, pairs)
        unions = {group: (callees, handsets) for group, callees, handsets in self._duck.rows(statements.SELECT_UNIONS)}
        facts_by_group: dict[int, CallFacts] = {}
        for group, cards in members.items():
            if cards:
                callees, handsets = unions.get(group, (0, 0))
                facts_by_group[group] = replace(_combined(cards), distinct_callees=callees, handsets=handsets)
        return facts_by_group

    def days(self) -> Iterator[DayFacts]:
        """Yield the calls of each number by local day, without days that have no calls."""
        for msisdn, day, calls, answered in self._duck.rows(statements.SELECT_DAYS):
            yield DayFacts(msisdn=msisdn, on=date.fromordinal(day), calls=calls, answered=answered)

    def hours(self) -> Iterator[HourFacts]:
        """Yield the calls of each number by weekday and local hour, without hours that have no calls."""
        for msisdn, weekday, hour, calls in self._duck.rows(statements.SELECT_HOURS):
            yield HourFacts(msisdn=msisdn, weekday=weekday, hour=hour, calls=calls)

    def _facts_of(self, row: tuple[Any, ...]) -> CallFacts:
        """Convert a row of the statement `SELECT_FACTS`."""
        named: dict[str, Any] = dict(zip(statements.FACT_NAMES, row, strict=True))
        last_day = named.pop("last_day")
        halves = named.pop("half_hours") or {}
        return CallFacts(
            window_from=date.fromordinal(last_day - self._window_days + 1),
            window_to=date.fromordinal(last_day),
            half_hours=tuple(halves.get(half, 0) for half in range(_HALF_HOURS)),
            **named,
        )


def _combined(cards: list[CallFacts]) -> CallFacts:
    """Combine the figures of several cards, except distinct callees and handsets, which need the calls themselves.

    A card with only incoming calls does not extend the window of the others.
    """
    calling = [card for card in cards if card.calls] or cards
    figures: dict[str, Any] = {name: sum(getattr(card, name) for card in cards) for name in _SUMMED}
    figures |= {name: max(getattr(card, name) for card in cards) for name in _LARGEST}
    return CallFacts(
        window_from=min((card.window_from for card in calling if card.window_from), default=None),
        window_to=max((card.window_to for card in calling if card.window_to), default=None),
        half_hours=tuple(sum(counts) for counts in zip(*(card.half_hours for card in cards), strict=True)),
        **figures,
    )
