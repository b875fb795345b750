"""How instants, days, counts, money and durations are worded."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db.enums import Carrier
from tests.domain.facts.sample_evidence import default_policy
from tests.languages import speaking
from workbench import i18n
from workbench.wording import amounts
from workbench.wording.case.fields import FieldWords

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 24)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)


def _in(language: str, words: Callable[..., str], *values: object) -> str:
    """Return the result of a function in a language."""
    with speaking(language):
        return words(*values)


def test_instants_are_local_and_have_a_year_only_if_it_is_not_this_one() -> None:
    assert _in("en", amounts.instant_on_screen, THURSDAY, TODAY, ZONE) == "Thu 26 Nov 18:00"
    assert _in("zh", amounts.instant_on_screen, THURSDAY, TODAY, ZONE) == "11月26日 周四 18:00"
    assert _in("en", amounts.instant_on_screen, NEW_YEAR, TODAY, ZONE) == "Fri 1 Jan 2027 00:05"
    assert _in("zh", amounts.instant_on_screen, NEW_YEAR, TODAY, ZONE) == "2027年1月1日 周五 00:05"


def test_days_have_a_year_only_if_it_is_not_this_one() -> None:
    assert _in("en", amounts.day_on_screen, date(2026, 1, 4), TODAY) == "Sun 4 Jan"
    assert _in("en", amounts.day_on_screen, date(2025, 11, 24), TODAY) == "Mon 24 Nov 2025"
    assert _in("zh", amounts.day_on_screen, date(2026, 1, 4), TODAY) == "1月4日 周日"
    assert _in("zh", amounts.day_on_screen, date(2025, 11, 24), TODAY) == "2025年11月24日 周一"


def test_an_instant_without_a_zone_is_refused() -> None:
    without_zone = THURSDAY.replace(tzinfo=None)

    with pytest.raises(ValueError, match="2026"):
        amounts.instant_on_screen(without_zone, TODAY, ZONE)


def test_days_near_today_are_worded_relatively() -> None:
    for days, english, chinese in [
        (-1234, "1,234 days ago", "1,234天前"),
        (-3, "3 days ago", "3天前"),
        (-2, "2 days ago", "2天前"),
        (-1, "yesterday", "昨天"),
        (0, "today", "今天"),
        (1, "tomorrow", "明天"),
        (2, "in 2 days", "2天后"),
        (41, "in 41 days", "41天后"),
    ]:
        on = TODAY + timedelta(days=days)

        assert _in("en", amounts.relative_day, on, TODAY) == english
        assert _in("zh", amounts.relative_day, on, TODAY) == chinese


def test_counts_have_commas() -> None:
    assert amounts.commas(4812) == "4,812"
    assert amounts.commas(0) == "0"
    assert amounts.commas(-1234567) == "-1,234,567"


def test_a_share_has_at_most_one_decimal() -> None:
    for share, shown in [
        (0.17, "17 %"),
        (0.1667, "16.7 %"),
        (0.1665, "16.7 %"),
        (0.0, "0 %"),
        (-0.0001, "0 %"),
        (1.0, "100 %"),
        (0.0004, "0 %"),
        (0.0005, "0.1 %"),
        (12.5, "1,250 %"),
    ]:
        assert amounts.percentage(share) == shown


def test_money_has_two_decimals() -> None:
    for fen, shown in [(123_450, "¥ 1,234.50"), (0, "¥ 0.00"), (5, "¥ 0.05"), (-123_450, "-¥ 1,234.50")]:
        assert amounts.money_words(fen) == shown


def test_capital_is_written_in_the_units_of_each_language() -> None:
    for yuan, english, chinese in [
        (2_000_000, "¥ 2,000,000", "200万元"),
        (120_000_000, "¥ 120,000,000", "12,000万元"),
        (1_234_567, "¥ 1,234,567", "1,234,567元"),
        (1_234_567.5, "¥ 1,234,567.50", "1,234,567.50元"),
        (0, "¥ 0", "0元"),
    ]:
        assert _in("en", amounts.capital_words, round(yuan * 100)) == english
        assert _in("zh", amounts.capital_words, round(yuan * 100)) == chinese


def test_short_durations_are_more_precise_than_long_ones() -> None:
    for seconds, english, chinese in [
        (0, "0 s", "0秒"),
        (48, "48 s", "48秒"),
        (9.96, "10 s", "10秒"),
        (9.84, "9.8 s", "9.8秒"),
        (59.97, "1 min 00 s", "1分00秒"),
        (200, "3 min 20 s", "3分20秒"),
        (245.4, "4 min 05 s", "4分05秒"),
        (3599.6, "1 h 00 min", "1小时00分"),
        (3900, "1 h 05 min", "1小时05分"),
        (3_600_000, "1,000 h 00 min", "1,000小时00分"),
    ]:
        assert _in("en", amounts.duration_words, seconds) == english
        assert _in("zh", amounts.duration_words, seconds) == chinese


def test_the_time_left_of_a_deadline_is_in_working_days() -> None:
    for days, english, chinese in [
        (2, "2 working days left", "剩余2个工作日"),
        (1, "1 working day left", "剩余1个工作日"),
        (0, "0 working days left", "剩余0个工作日"),
        (-1, "overdue by 1 working day", "已超时1个工作日"),
        (-3, "overdue by 3 working days", "已超时3个工作日"),
    ]:
        assert _in("en", amounts.working_days_left, days) == english
        assert _in("zh", amounts.working_days_left, days) == chinese


def test_the_time_left_of_a_hold_is_in_full_minutes() -> None:
    for seconds, english, chinese in [
        (1739, "hold 28 min", "占用时间还剩28分钟"),
        (60, "hold 1 min", "占用时间还剩1分钟"),
        (59, "hold < 1 min", "占用时间还剩不足1分钟"),
        (0, "hold expired", "领取已过期"),
        (-90, "hold expired", "领取已过期"),
    ]:
        assert _in("en", amounts.hold_left, timedelta(seconds=seconds)) == english
        assert _in("zh", amounts.hold_left, timedelta(seconds=seconds)) == chinese


def test_lists_are_joined_as_usual_in_each_language() -> None:
    assert i18n.comma_joined(["a", "b"], language="en") == "a, b"
    assert i18n.comma_joined(["甲", "乙"], language="zh") == "甲、乙"


def test_a_carrier_has_its_own_name_although_a_credit_list_has_the_same_code() -> None:
    words = FieldWords(default_policy(), date(2026, 11, 24), UTC)
    for language, names in {
        "en": ["China Mobile", "China Unicom", "China Telecom", "China Broadnet"],
        "zh": ["中国移动", "中国联通", "中国电信", "中国广电"],
    }.items():
        with speaking(language):
            assert [words.value("carrier", one) for one in Carrier] == names
            assert words.value("carrier", None) == "–"
