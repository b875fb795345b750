"""How many go before who comes into the queue."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.forecast.queue.position import (
    HELD_POSITION,
    QueuePosition,
    QueueSnapshot,
    position_of,
    rounded_count,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
PLACES = st.builds(
    QueuePosition, st.integers(-1, 2), st.integers(-3, 0), st.dates(date(2026, 11, 20), date(2026, 11, 24))
)


def test_what_is_overdue_goes_before_what_is_due_today_and_that_before_the_rest_whatever_its_priority() -> None:
    overdue = position_of(NOW, 0, NOW, ZONE)
    # 15:30 in UTC is today in Shanghai, 16:30 is tomorrow.
    today = position_of(NOW.replace(hour=15, minute=30), 0, NOW, ZONE)
    tomorrow = position_of(NOW.replace(hour=16, minute=30), 3, NOW, ZONE)
    later = position_of(NOW + timedelta(days=3), 3, NOW, ZONE)
    low = position_of(NOW + timedelta(days=1), 0, NOW, ZONE)

    assert HELD_POSITION < overdue < today < tomorrow < later < low


@given(st.lists(PLACES), st.lists(PLACES))
def test_who_comes_has_all_before_it_that_wait_at_its_place_or_before(
    there: list[QueuePosition], coming: list[QueuePosition]
) -> None:
    line = QueueSnapshot({place: there.count(place) for place in there})
    waiting = list(there)

    for place in coming:
        assert line.join(place) == sum(other <= place for other in waiting)
        waiting.append(place)


@given(st.integers(0, 10_000_000))
def test_a_number_of_cases_is_told_by_one_near_to_it(ahead: int) -> None:
    assert abs(rounded_count(ahead) - ahead) <= 0.032 * ahead


def test_few_cases_are_counted_exactly_and_many_share_a_number() -> None:
    assert [rounded_count(ahead) for ahead in range(32)] == list(range(32))
    assert len({rounded_count(ahead) for ahead in range(200_000)}) < 250
