"""Dates and times as people type them: what each form means, what is refused, and that nothing else happens."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.languages import speaking
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.typed.reading import read_date, read_end, read_instant, read_receipt, read_time
from workbench.domain.clock.typed.reference import DateReference, UnclearTime
from workbench.domain.clock.typed.tense import DateOrder, Tense

CALENDAR = WorkingCalendar([], hours=((time(9), time(18)),), zone="Asia/Shanghai")
FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=CALENDAR.zone)
FUTURE, PAST, ANY = (DateReference(now=FRIDAY, calendar=CALENDAR, tense=tense) for tense in Tense)


def read(text: str, reference: DateReference = FUTURE) -> str:
    """Return a typed time as `2026-12-03` or `2026-12-03 09:00`, or the reason why it is refused."""
    try:
        typed = read_time(text, reference)
    except UnclearTime as error:
        return str(error)
    return f"{typed.on}" if typed.at is None else f"{typed.on} {typed.at:%H:%M}"


def test_a_time_is_read_as_people_say_it() -> None:
    for text, meaning in [
        *((text, "2026-12-03") for text in ("3 Dec", "12-03", "12月3日", "12月3号", "3号")),
        *((text, "2026-12-03") for text in ("Dec 3", "3rd December", "3 Dec 2026", "December 3, 2026", "十二月三日")),
        *((text, "2026-12-03") for text in ("2026-12-3", "2026/12/03", "2026.12.3", "2026年12月3日", "20261203")),
        *(
            (text, "2026-12-24")
            for text in ("24/12", "24/12/2026", "12/24/2026", "24.12.2026", "24-12", "１２月２４日")
        ),
        ("4/4", "2027-04-04"),
        ("29 Feb", "2028-02-29"),
        *((text, "2026-12-04") for text in ("+5", "5 working days", "五个工作日", "下周五")),
        *((text, "2026-12-02") for text in ("周三", "星期三", "Wed", "wednesday", "on Wed", "5天后", "in 5 days")),
        *((text, "2026-12-11") for text in ("2 weeks", "两周后")),
        *((text, "2026-11-27") for text in ("today", "今天")),
        *((text, "2026-11-30") for text in ("月底", "本月末", "end of month", "the end of the month")),
        *((text, "2026-11-29") for text in ("后天", "day after tomorrow")),
        *(
            (text, "2026-11-27 16:30")
            for text in ("2h", "+2h", "in 2 hours", "120 min", "两小时", "16:30", "下午4点半")
        ),
        *((text, "2026-11-27 16:00") for text in ("1h30", "1.5h", "1个半小时", "4pm", "today 16:00")),
        *((text, "2026-11-28 09:00") for text in ("tomorrow 9", "明天9点", "9:00", "tomorrow at 9am", "9am tomorrow")),
        *((text, "2026-11-28 09:00") for text in ("明早9点", "明天 上午９：００", "2026-11-28T01:00:00Z", "9点")),
        *((text, "2026-12-03 15:00") for text in ("12月3日下午3点", "3 Dec 15:00", "3 Dec, 3 pm", "十二月三日十五点")),
        ("+1 9:00", "2026-11-30 09:00"),
        ("周三10点", "2026-12-02 10:00"),
        *((f"周三中午{hour}点", f"2026-12-02 {meant}:00") for hour, meant in ((11, 11), (12, 12), (1, 13), (2, 14))),
        ("今晚8点", "2026-11-27 20:00"),
    ]:
        assert read(text) == meaning


def test_a_field_about_the_past_reads_what_was() -> None:
    for text, meaning in [
        ("2h", "2026-11-27 12:30"),
        ("2h ago", "2026-11-27 12:30"),
        ("昨天9点", "2026-11-26 09:00"),
        ("周三", "2026-11-25"),
        ("上周三", "2026-11-18"),
        ("20 Nov", "2026-11-20"),
        ("5个工作日前", "2026-11-20"),
        ("15:00", "2026-11-26 15:00"),
        ("now", "2026-11-27 14:30"),
        ("3号", "2026-11-03"),
    ]:
        assert read(text, PAST) == meaning


@pytest.mark.promise("P10")
def test_a_text_with_two_readings_is_refused_with_both() -> None:
    for text, first, second in [
        ("03/04/2026", "2026-04-03", "2026-03-04"),
        ("03.04.2027", "2027-04-03", "2027-03-04"),
        ("3/12", "2026-12-03", "2027-03-12"),
        ("next Sat", "2026-11-28", "2026-12-05"),
        ("tomorrow 3", "03:00", "15:00"),
        ("明天3点", "03:00", "15:00"),
    ]:
        problem = read(text)

        assert f"could be {first} or {second}" in problem
    with speaking("zh"):
        assert read("12/8") == "2026-12-08", "the month comes first"


def test_a_refusal_says_why() -> None:
    for text, reference, words in [
        ("24/11/2026", FUTURE, "“24/11/2026 = 2026-11-24” is in the past"),
        ("2026-11-24", FUTURE, "“2026-11-24” is in the past"),
        ("20 Nov", FUTURE, "was 2026-11-20; for 2027-11-20 write the year"),
        ("14:30 today", FUTURE, "is in the past"),
        ("+5", PAST, "“+5 = 2026-12-04” is in the future"),
        ("3 Dec", PAST, "is 2026-12-03, in the future; for 2025-12-03 write the year"),
        *(
            (text, FUTURE, "is not a date or time")
            for text in ("", "soon", "may", "31 June", "00-00", "25:00", "晚上12点", "中午5点")
        ),
        *((text, FUTURE, "is not a date or time") for text in ("2999-01-01", "9" * 500, "\x1b[2J", "٣ Dec")),
    ]:
        assert words in read(text, reference)


def test_a_field_for_a_day_refuses_a_time_of_day() -> None:
    assert read_date("+5", FUTURE) == date(2026, 12, 4)
    with pytest.raises(UnclearTime, match="only a day counts here"):
        read_date("tomorrow 9", FUTURE)
    with pytest.raises(UnclearTime, match="write 3 Dec, \\+5 or 2026-12-03"):
        read_date("soon", FUTURE)


def test_a_day_alone_means_its_opening_its_beginning_or_its_end() -> None:
    assert read_instant("tomorrow", FUTURE) == datetime(2026, 11, 28, 9, tzinfo=CALENDAR.zone)
    assert read_instant("yesterday", PAST) == datetime(2026, 11, 26, tzinfo=CALENDAR.zone)
    assert read_end("yesterday", ANY) == datetime(2026, 11, 27, tzinfo=CALENDAR.zone)
    with pytest.raises(UnclearTime, match="09:00” is in the past"):
        read_instant("today", FUTURE)


@pytest.mark.parametrize(
    ("text", "deadline", "meaning"),
    [
        ("yesterday", None, "26 18:00"),
        ("yesterday", "26 17:00", "26 17:00"),
        ("yesterday", "25 18:00", "26 18:00"),
        ("昨天", "26 18:00", "26 18:00"),
        ("yesterday 19:00", "26 18:00", "26 19:00"),
        ("today", None, "27 14:30"),
        ("today", "27 12:00", "27 12:00"),
    ],
)
def test_a_day_of_receipt_means_closing_time_at_most_the_deadline_and_now(
    text: str, deadline: str | None, meaning: str
) -> None:
    def of_november(when: str) -> datetime:
        return datetime.strptime(f"2026-11-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=CALENDAR.zone)

    deadline_at = None if deadline is None else of_november(deadline)
    assert read_receipt(text, replace(PAST, deadline_at=deadline_at)) == of_november(meaning)


def test_a_date_order_decides_between_two_readings() -> None:
    for order, meaning in [(DateOrder.DAY_FIRST, "2027-04-03"), (DateOrder.MONTH_FIRST, "2027-03-04")]:
        assert read("03/04/2027", DateReference(now=FRIDAY, calendar=CALENDAR, order=order)) == meaning


DAYS = st.dates(date(2020, 1, 1), date(2033, 12, 31))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2033, 12, 31), timezones=st.just(CALENDAR.zone))  # noqa: DTZ001
WHOLE = (
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0:%d %b %Y}",
    "{0:%B %d, %Y}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}",
)


@given(DAYS, st.sampled_from(WHOLE), st.times(), st.sampled_from((" ", "  at ", ", ")))
def test_each_whole_date_and_time_is_read_back(day: date, form: str, clock: time, between: str) -> None:
    at = clock.replace(second=0, microsecond=0, fold=0)
    text = form.format(day)

    assert read_time(text, ANY).on == day
    typed = read_time(f"{text}{between}{at:%H:%M}", ANY)
    assert (typed.on, typed.at) == (day, at)


@given(MOMENTS, st.integers(1, 180), st.sampled_from(("{0.day} {0:%b}", "{0:%m-%d}", "{0.month}月{0.day}日")))
def test_a_date_without_its_year_is_the_coming_one(now: datetime, days: int, form: str) -> None:
    day = now.date() + timedelta(days=days)

    assert read_date(form.format(day), DateReference(now=now, calendar=CALENDAR)) == day


PIECES = st.sampled_from(
    [*"369/-.:+h月日号周三十点半天后前个²٣", "12", "03", "2026", "dec", "wed", "next", "am", "at", "in", "ago", "下午"]
)
TEXTS = st.one_of(
    st.text(max_size=70), st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map(" ".join)
)


@given(TEXTS, MOMENTS, st.sampled_from(Tense), st.sampled_from([None, *DateOrder]))
def test_any_text_is_read_on_its_side_of_now_or_refused(
    text: str, now: datetime, tense: Tense, order: DateOrder | None
) -> None:
    reference = DateReference(now=now, calendar=CALENDAR, tense=tense, order=order)
    try:
        at = read_instant(text, reference)
    except UnclearTime:
        return
    assert tense is not Tense.FUTURE or at > now
    assert tense is not Tense.PAST or at <= now
