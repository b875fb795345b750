"""Dates in letters: written in full and in the time zone of the supplier."""

from datetime import UTC, date, datetime

import pytest

from db.enums import Language
from workbench.wording.letter_dates import letter_day, letter_instant

CLOSING = datetime(2026, 11, 27, 10, tzinfo=UTC)


def test_an_instant_is_written_in_full_in_the_time_zone_of_the_supplier() -> None:
    assert letter_instant(CLOSING, "Asia/Shanghai", Language.ZH) == "2026年11月27日（周五）18:00"
    assert letter_instant(CLOSING, "Asia/Shanghai", Language.EN) == "Friday, 27 November 2026, 18:00"


def test_an_evening_in_another_time_zone_is_the_next_day_here() -> None:
    at = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)

    assert letter_instant(at, "Asia/Shanghai", Language.ZH) == "2027年1月1日（周五）00:05"


def test_a_day_is_written_with_its_day_of_the_week() -> None:
    assert letter_day(date(2026, 12, 6), Language.ZH) == "2026年12月6日（周日）"
    assert letter_day(date(2026, 12, 7), Language.EN) == "Monday, 7 December 2026"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        letter_instant(CLOSING.replace(tzinfo=None), "Asia/Shanghai", Language.ZH)
