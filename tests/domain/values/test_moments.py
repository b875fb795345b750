"""Reading dates and instants."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.values import moments
from workbench.domain.values.bad_value import BadValue

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_date_is_read_in_its_usual_forms() -> None:
    for raw in [
        "2026-11-03",
        "2026-11-3",
        "2026/11/3",
        "2026/11/03",
        "2026.11.3",
        "20261103",
        "2026年11月3日",
        "2026年11月03日",
        "２０２６-１１-０３",
        "2026-11-03 00:00:00",
        "2026-11-03T00:00:00",
        "2026/11/3 0:00",
    ]:
        assert moments.parse_day(raw) == date(2026, 11, 3)


def test_the_error_for_an_invalid_date_shows_the_right_form() -> None:
    for raw, words in [
        ("45000", "day count"),
        ("45000.0", "day count"),
        ("2.02611E+7", "day count"),
        ("03/11/2026", "has its year at the end"),
        ("03-11-2026", "has its year at the end"),
        ("11.3.26", "has its year at the end"),
        ("2026-13-01", "not a valid date"),
        ("2026-11/03", "not a valid date"),
        ("2026-W45-2", "not a valid date"),
        ("0026-01-01", "not a valid date"),
        ("2026-11-03 09:00", "not a valid date"),
        ("tomorrow", "not a valid date"),
        ("٢٠٢٦-١١-٠٣", "not a valid date"),
    ]:
        with pytest.raises(BadValue, match=words) as caught:
            moments.parse_day(raw)
        assert "2026-11-03" in str(caught.value)


def test_a_day_that_does_not_exist_is_told_with_the_days_of_its_month() -> None:
    for raw in ("2026-11-31 09:05", "2026-11-31 09:05:00", "2026/11/31 9:05", "2026年11月31日 9:05", "20261131090500"):
        with pytest.raises(BadValue, match="month 11 of that year has 30 days") as caught:
            moments.parse_instant(raw, SHANGHAI)
        assert raw in str(caught.value)
        assert f"({len(raw)} characters)" in caught.value.outlined
    with pytest.raises(BadValue, match="month 2 of that year has 28 days"):
        moments.parse_day("2026-02-29")


def test_a_validity_may_have_no_end() -> None:
    for raw in ["long-term", "Long Term", "长期", "长期有效", "9999-12-31", "9999-12-31 00:00:00"]:
        assert moments.parse_day_or_long_term(raw) == LONG_TERM


def test_a_validity_with_an_end_is_a_date() -> None:
    assert moments.parse_day_or_long_term("2040/1/2") == date(2040, 1, 2)
    with pytest.raises(BadValue, match=r"2026-11-03, or long-term\."):
        moments.parse_day_or_long_term("forever")


def test_an_instant_is_read_in_its_usual_forms() -> None:
    for raw in [
        "2026-11-03 09:05:00",
        "2026-11-03T09:05:00",
        "2026-11-03 09:05",
        "2026-11-03 9:05",
        "2026/11/3 9:05",
        "2026/11/03 09:05:00",
        "2026年11月3日 9:05",
        "2026年11月3日9时5分",
        "2026年11月3日9时5分0秒",
        "20261103090500",
        "03-11-2026 09:05:00",
        "2026-11-03T09:05:00+08:00",
        "2026-11-03T09:05+0800",
        "2026-11-03T01:05:00Z",
        "2026-11-03T01:05:00.000Z",
        "2026-11-02 20:05:00-05:00",
    ]:
        found = moments.parse_instant(raw, SHANGHAI)

        assert found == datetime(2026, 11, 3, 1, 5, tzinfo=UTC)
        assert found.tzinfo is UTC


def test_the_error_for_an_invalid_instant_shows_the_right_form() -> None:
    for raw, words in [
        ("2026-11-03", "no time of day"),
        ("45000.5", "day count"),
        ("03/11/2026 9:05", "has its year at the end"),
        ("11/03/2026 09:05:00", "has its year at the end"),
        ("11-23-2026 09:05:00", "has its year at the end"),
        ("2026-11-03 25:00:00", "not a valid date or time"),
        ("2026-11-03 24:00", "not a valid date or time"),
        ("2026-11-03 09:05:60", "not a valid date or time"),
        ("2026-11-03 9:05 PM", "not a valid date or time"),
        ("2026-11-03x09:05:00", "not a valid date or time"),
        ("1850-11-03 09:05:00", "not a valid date or time"),
        ("2026-11-03T09:05:00+99:99", "not a valid date or time"),
        ("1699999999", "not a valid date or time"),
    ]:
        with pytest.raises(BadValue, match=words) as caught:
            moments.parse_instant(raw, SHANGHAI)
        assert "2026-11-03" in str(caught.value)


def test_a_date_without_a_time_is_midnight_if_allowed() -> None:
    assert moments.parse_instant_or_day("2026-11-03", SHANGHAI) == datetime(2026, 11, 2, 16, tzinfo=UTC)
    assert moments.parse_instant_or_day("2026-11-03 09:05", SHANGHAI) == datetime(2026, 11, 3, 1, 5, tzinfo=UTC)


def test_a_very_long_value_is_refused_before_any_pattern_is_tried() -> None:
    for character in ["a", "1", "【", " ", "-", "年", ":", "."]:
        raw = character * 50_000
        for parse in (moments.parse_day, moments.parse_day_or_long_term):
            with pytest.raises(BadValue, match="longer than"):
                parse(raw)
        for parse_local in (moments.parse_instant, moments.parse_instant_or_day):
            with pytest.raises(BadValue, match="longer than"):
                parse_local(raw, SHANGHAI)


@given(raw=st.text(alphabet="0123456789-/.:年月日T Z+时分秒ab０٣", min_size=1, max_size=30).map(str.strip).filter(bool))
def test_a_parser_raises_only_its_own_error(raw: str) -> None:
    for parse in (moments.parse_day, moments.parse_day_or_long_term):
        with suppress(BadValue):
            parse(raw)
    for parse_local in (moments.parse_instant, moments.parse_instant_or_day):
        with suppress(BadValue):
            assert parse_local(raw, SHANGHAI).tzinfo is UTC


@given(on=st.dates(date(1992, 1, 1), date(2199, 12, 31)), at=st.times())
def test_a_local_instant_in_iso_form_is_read_back(on: date, at: time) -> None:
    assert moments.parse_instant(f"{on}T{at}", SHANGHAI) == datetime.combine(on, at, SHANGHAI)
