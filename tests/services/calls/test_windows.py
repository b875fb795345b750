"""Each fact of a call window at its edge."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import Direction
from tests.services.calls.samples import (
    CALLEE,
    CARD,
    KEY,
    OTHER_CALLEE,
    OTHER_CARD,
    SECOND_US,
    SHANGHAI,
    Call,
    a_store,
    at,
    call,
    windows,
    write,
)
from workbench.domain.evidence.evidence import CallFacts
from workbench.services.calls.hashing import callee_hash
from workbench.services.calls.windows import DayFacts, HourFacts, OptOut

NOON = at("2026-03-02T12:00")


def facts(folder: Path, *calls: Call, opt_outs: tuple[OptOut, ...] = (), days: int = 30) -> CallFacts:
    store = a_store(folder)
    write(store, 1, calls)
    [found] = windows(store, [1], [CARD], window_days=days, zone=SHANGHAI, opt_outs=opt_outs)
    return found


def later(*seconds: int, **columns: Any) -> list[Call]:
    """Return a call at noon and one so many seconds after each."""
    calls = [call("2026-03-02T12:00", **columns)]
    for wait in seconds:
        calls.append(call("2026-03-02T12:00", **{**columns, "start_at_us": calls[-1].start_at_us + wait * SECOND_US}))
    return calls


def test_two_calls_300_seconds_apart_are_within_five_minutes(tmp_path: Path) -> None:
    assert facts(tmp_path, *later(300)).max_same_callee_5min == 2


def test_two_calls_301_seconds_apart_are_not_within_five_minutes(tmp_path: Path) -> None:
    assert facts(tmp_path, *later(301)).max_same_callee_5min == 1


def test_five_minutes_slide_and_do_not_start_on_the_clock(tmp_path: Path) -> None:
    assert facts(tmp_path, *later(200, 90, 5, 5, 190)).max_same_callee_5min == 5


def test_five_minutes_reach_over_midnight(tmp_path: Path) -> None:
    found = facts(tmp_path, call("2026-03-02T23:58"), call("2026-03-03T00:01"))

    assert (found.max_same_callee_5min, found.max_same_callee_day, found.max_same_callee_window) == (2, 1, 2)


def test_calls_of_two_cards_to_one_callee_are_apart(tmp_path: Path) -> None:
    found = facts(tmp_path, *later(10), *later(10, 10, msisdn=OTHER_CARD))

    assert (found.max_same_callee_5min, found.max_same_callee_day) == (2, 2)


def test_an_hour_is_a_clock_hour(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        call("2026-03-02T09:59:58"),
        call("2026-03-02T09:59:59"),
        call("2026-03-02T10:00:00"),
        call("2026-03-02T10:59:59"),
        call("2026-03-02T10:30:00"),
    )

    assert found.peak_hour_calls == 3


def test_the_same_hour_of_two_days_does_not_add_up(tmp_path: Path) -> None:
    found = facts(tmp_path, call("2026-03-02T09:10"), call("2026-03-03T09:10"), call("2026-03-03T09:20"))

    assert (found.peak_hour_calls, found.peak_day_calls) == (2, 2)


def test_a_day_ends_at_local_midnight(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        call("2026-03-01T23:59:59"),
        call("2026-03-02T00:00:00"),
        call("2026-03-02T23:59:59"),
        call("2026-03-03T00:00:00"),
    )

    assert (found.peak_day_calls, found.max_same_callee_day) == (2, 2)
    assert found.half_hours[0] == 2
    assert found.half_hours[47] == 2


def test_half_hours_start_on_the_minute(tmp_path: Path) -> None:
    found = facts(tmp_path, call("2026-03-02T08:29:59"), call("2026-03-02T08:30:00"), call("2026-03-02T20:59:59"))

    assert {half: n for half, n in enumerate(found.half_hours) if n} == {16: 1, 17: 1, 41: 1}


def test_the_window_is_the_last_local_days_up_to_the_last_outgoing_record(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        call("2026-03-01T23:59:59"),
        call("2026-03-02T00:00:00"),
        call("2026-03-04T00:00:01"),
        call("2026-03-04T23:59:59", direction=Direction.IN),
        call("2026-03-05T00:00:00", direction=Direction.IN),
        days=3,
    )

    assert (found.window_from, found.window_to) == (date(2026, 3, 2), date(2026, 3, 4))
    assert (found.calls, found.calls_in) == (2, 1)


def test_the_window_never_ends_after_today(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, [call("2026-03-04T23:59:59"), call("2026-03-05T00:00:00"), call("2099-01-01T10:00")])

    with store.survey([1], [CARD], 30, SHANGHAI, (), date(2026, 3, 4)) as survey:
        [found] = survey.windows

    assert (found.window_to, found.calls) == (date(2026, 3, 4), 1)


def test_each_number_has_a_window_of_its_own(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, [call("2026-01-10T12:00"), call("2026-03-10T12:00", msisdn=OTHER_CARD)])

    found = windows(store, [1], [OTHER_CARD, CARD], window_days=10, zone=SHANGHAI)

    assert [(one.msisdn, one.window_to, one.calls) for one in found] == [
        (CARD, date(2026, 1, 10), 1),
        (OTHER_CARD, date(2026, 3, 10), 1),
    ]


def test_a_short_call_is_an_answered_one_of_at_most_six_seconds(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        call("2026-03-02T09:00", duration_s=6),
        call("2026-03-02T09:01", duration_s=7),
        call("2026-03-02T09:02", duration_s=0, answered=False),
        call("2026-03-02T09:03", duration_s=3, direction=Direction.IN),
    )

    assert (found.calls, found.answered, found.short_calls, found.total_duration_s) == (3, 2, 1, 13)


def test_the_ringing_of_an_unanswered_call_is_no_duration(tmp_path: Path) -> None:
    found = facts(tmp_path, call("2026-03-02T09:00", duration_s=40, answered=False), call("2026-03-02T09:01"))

    assert (found.answered, found.total_duration_s) == (1, 30)


def test_incoming_calls_count_for_nothing_but_themselves(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        *later(1, 1, 1, direction=Direction.IN, imei="490154203237518"),
        opt_outs=((callee_hash(KEY, CALLEE), 0, ""),),
    )

    assert found == CallFacts(msisdn=CARD, window_from=date(2026, 2, 1), window_to=date(2026, 3, 2), calls_in=4)


def test_a_callee_is_one_however_it_was_dialled(tmp_path: Path) -> None:
    found = facts(tmp_path, *later(5), *later(7, callee="+86 " + CALLEE), call("2026-03-02T12:09", callee=OTHER_CALLEE))

    assert (found.calls, found.distinct_callees, found.max_same_callee_window) == (4, 2, 3)


def test_handsets_are_distinct_and_an_unknown_one_is_none(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        call("2026-03-02T09:00"),
        call("2026-03-02T09:01", imei="490154203237518"),
        call("2026-03-02T09:02", imei="490154203237518"),
        call("2026-03-02T09:03", imei="490154203237526"),
    )

    assert found.handsets == 2


def test_an_imei_is_one_handset_in_all_its_forms(tmp_path: Path) -> None:
    forms = ("490154203237518", "49015420323751", "4901542032375101", "4901542032375102", "49-015420-323751-8")
    found = facts(
        tmp_path,
        *(call(f"2026-03-02T09:0{place}", imei=imei) for place, imei in enumerate(forms)),
        call("2026-03-02T09:09", imei="49 015420 323751 8"),
    )

    assert found.handsets == 1


def test_a_call_at_the_instant_of_the_opt_out_is_one_too_many(tmp_path: Path) -> None:
    callee = callee_hash(KEY, CALLEE)

    assert facts(tmp_path / "same", *later(), opt_outs=((callee, NOON, ""),)).opt_out_calls == 1
    assert facts(tmp_path / "after", *later(), opt_outs=((callee, NOON + 1, ""),)).opt_out_calls == 0


def test_an_opt_out_from_one_card_does_not_bind_the_others(tmp_path: Path) -> None:
    callee = callee_hash(KEY, CALLEE)

    assert facts(tmp_path / "own", *later(), opt_outs=((callee, 0, CARD),)).opt_out_calls == 1
    assert facts(tmp_path / "other", *later(), opt_outs=((callee, 0, OTHER_CARD),)).opt_out_calls == 0


def test_several_opt_outs_of_one_callee_count_a_call_once(tmp_path: Path) -> None:
    callee = callee_hash(KEY, CALLEE)
    opt_outs = ((callee, 0, CARD), (callee, 5, CARD), (callee, NOON, ""), (callee, 1, ""))

    assert facts(tmp_path, *later(60), opt_outs=opt_outs).opt_out_calls == 2


def test_all_cards_together_are_sums_unions_and_the_greatest(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(
        store,
        1,
        [
            *later(10, 10, imei="490154203237518"),
            *later(10, msisdn=OTHER_CARD, imei="490154203237518"),
            call("2026-04-01T08:00", msisdn=OTHER_CARD, callee=OTHER_CALLEE, imei="490154203237526"),
        ],
    )

    with store.survey([1], [CARD, OTHER_CARD], 31, SHANGHAI) as survey:
        found = survey.together({5: [CARD, OTHER_CARD, CARD], 6: [CARD], 7: []})

    assert set(found) == {5, 6}
    assert found[5].msisdn == ""
    assert (found[5].window_from, found[5].window_to) == (date(2026, 1, 31), date(2026, 4, 1))
    assert (found[5].calls, found[5].distinct_callees, found[5].handsets) == (6, 2, 2)
    assert (found[5].peak_hour_calls, found[5].max_same_callee_day, found[5].max_same_callee_window) == (3, 3, 3)
    assert (found[5].half_hours[24], found[5].half_hours[16]) == (5, 1)
    assert (found[6].calls, found[6].distinct_callees) == (3, 1)


def test_days_and_hours_are_those_of_the_window(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(
        store,
        1,
        [
            call("2026-02-01T10:00"),
            call("2026-03-01T22:30", answered=False),
            call("2026-03-02T10:00"),
            call("2026-03-02T10:59"),
            call("2026-03-02T11:00", direction=Direction.IN),
        ],
    )

    with store.survey([1], [CARD], 10, SHANGHAI) as survey:
        days, hours = list(survey.days()), list(survey.hours())

    assert days == [
        DayFacts(msisdn=CARD, on=date(2026, 3, 1), calls=1, answered=0),
        DayFacts(msisdn=CARD, on=date(2026, 3, 2), calls=2, answered=2),
    ]
    assert hours == [
        HourFacts(msisdn=CARD, weekday=0, hour=10, calls=2),
        HourFacts(msisdn=CARD, weekday=6, hour=22, calls=1),
    ]


def test_the_hour_that_clocks_repeat_is_one_hour(tmp_path: Path) -> None:
    zone = ZoneInfo("America/New_York")
    first = at("2026-11-01T01:30", zone)
    store = a_store(tmp_path)
    write(store, 1, [Call(start_at_us=first), Call(start_at_us=first + 3_600 * SECOND_US)])

    [found] = windows(store, [1], [CARD], window_days=1, zone=zone)

    assert found.peak_hour_calls == 2
    assert found.half_hours[3] == 2


def test_a_number_without_records_and_a_store_without_batches_give_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    write(store, 1, later())

    assert windows(store, [1], [OTHER_CARD], window_days=30, zone=SHANGHAI) == []
    assert windows(store, [1], [], window_days=30, zone=SHANGHAI) == []
    assert windows(store, [], None, window_days=30, zone=SHANGHAI) == []
    with store.survey([], [CARD], 30, SHANGHAI) as survey:
        assert survey.together({1: [CARD]}) == {}
        assert [*survey.days(), *survey.hours()] == []
