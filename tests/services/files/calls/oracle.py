"""The facts of calls by plain loops, to compare the store with; slow, and written from the rules alone."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.enums import Direction
from tests.services.files.calls.samples import Call
from workbench.domain.evidence.evidence import CallFacts

OptOut = tuple[str, int, str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(call: Call, zone: ZoneInfo) -> datetime:
    """Return the local time of a call."""
    return (_EPOCH + timedelta(microseconds=call.start_at_us)).astimezone(zone)


def newest(*files: Iterable[Call]) -> list[Call]:
    """Return each call once, as the last file says that has it, and there in its fullest form."""
    return list({_key(call): call for file in files for call in merged(file)}.values())


def _key(call: Call) -> Hashable:
    return call.msisdn, call.callee, call.start_at_us, call.direction


def merged(calls: Iterable[Call]) -> list[Call]:
    """Return each call once, in its fullest form."""
    once: dict[Hashable, Call] = {}
    for call in calls:
        known = once.get(_key(call), call)
        once[_key(call)] = replace(
            call,
            duration_s=max(call.duration_s, known.duration_s),
            answered=call.answered or known.answered,
            imei=max(call.imei, known.imei),
        )
    return list(once.values())


def window(calls: list[Call], zone: ZoneInfo, days: int) -> tuple[date, date, list[Call]]:
    """Return the window of one number and its calls within; it ends with the last outgoing call if there is one."""
    outgoing = [call for call in calls if call.direction is Direction.OUT]
    last = max(local(call, zone).date() for call in outgoing or calls)
    first = last - timedelta(days=days - 1)
    return first, last, [call for call in calls if first <= local(call, zone).date() <= last]


def _most(calls: list[Call], key: Callable[[Call], Hashable]) -> int:
    return max(Counter(key(call) for call in calls).values(), default=0)


def _most_in_5min(calls: list[Call]) -> int:
    return max(
        (
            sum(
                other.callee == call.callee and 0 <= call.start_at_us - other.start_at_us <= 300_000_000
                for other in calls
            )
            for call in calls
        ),
        default=0,
    )


def _opted_out(call: Call, opt_outs: Collection[OptOut]) -> bool:
    return any(
        callee == call.callee and since_us <= call.start_at_us and msisdn in {"", call.msisdn}
        for callee, since_us, msisdn in opt_outs
    )


def handsets(calls: Iterable[Call]) -> int:
    """Return the number of handsets: an IMEI without its check digit and software version."""
    return len({re.sub("[ -]", "", call.imei)[:14] for call in calls if call.imei})


def facts(calls: Iterable[Call], zone: ZoneInfo, days: int, opt_outs: Collection[OptOut]) -> CallFacts:
    """Return the facts of one number; the callee of an opt-out is in clear here."""
    first, last, within = window(merged(calls), zone, days)
    out = [call for call in within if call.direction is Direction.OUT]
    answered = [call for call in out if call.answered]
    halves = Counter(local(call, zone).hour * 2 + local(call, zone).minute // 30 for call in out)
    return CallFacts(
        msisdn=within[0].msisdn,
        window_from=first,
        window_to=last,
        calls=len(out),
        calls_in=len(within) - len(out),
        answered=len(answered),
        distinct_callees=len({call.callee for call in out}),
        total_duration_s=sum(call.duration_s for call in answered),
        short_calls=sum(call.duration_s <= 6 for call in answered),
        peak_hour_calls=_most(out, lambda call: (local(call, zone).date(), local(call, zone).hour)),
        peak_day_calls=_most(out, lambda call: local(call, zone).date()),
        max_same_callee_day=_most(out, lambda call: (local(call, zone).date(), call.callee)),
        max_same_callee_5min=_most_in_5min(out),
        max_same_callee_window=_most(out, lambda call: call.callee),
        handsets=handsets(out),
        opt_out_calls=sum(_opted_out(call, opt_outs) for call in out),
        half_hours=tuple(halves[half] for half in range(48)),
    )


def together(calls: list[Call], zone: ZoneInfo, days: int, opt_outs: Collection[OptOut]) -> CallFacts:
    """Return the facts over all numbers of the calls, each in its own window."""
    numbers = sorted({call.msisdn for call in calls})
    each = [facts([c for c in calls if c.msisdn == number], zone, days, opt_outs) for number in numbers]
    out = [
        call
        for number in numbers
        for call in window(merged(c for c in calls if c.msisdn == number), zone, days)[2]
        if call.direction is Direction.OUT
    ]
    calling = [one for one in each if one.calls] or each
    return CallFacts(
        window_from=min(one.window_from for one in calling if one.window_from),
        window_to=max(one.window_to for one in calling if one.window_to),
        calls=len(out),
        calls_in=sum(one.calls_in for one in each),
        answered=sum(one.answered for one in each),
        distinct_callees=len({call.callee for call in out}),
        total_duration_s=sum(one.total_duration_s for one in each),
        short_calls=sum(one.short_calls for one in each),
        peak_hour_calls=max(one.peak_hour_calls for one in each),
        peak_day_calls=max(one.peak_day_calls for one in each),
        max_same_callee_day=max(one.max_same_callee_day for one in each),
        max_same_callee_5min=max(one.max_same_callee_5min for one in each),
        max_same_callee_window=max(one.max_same_callee_window for one in each),
        handsets=handsets(out),
        opt_out_calls=sum(one.opt_out_calls for one in each),
        half_hours=tuple(sum(one.half_hours[half] for one in each) for half in range(48)),
    )
