"""How many queued cases come before a new case."""

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


def test_a_case_overtakes_no_more_cases_than_wait_at_its_position() -> None:
    first, second = QueuePosition(2, -1, date(2026, 12, 1)), QueuePosition(2, -1, date(2026, 12, 2))
    queue = QueueSnapshot({first: 4, second: 3})

    assert queue.join(second, overtaken_count=2) == 5
    # Others may have been queued there since.
    assert queue.join(second, overtaken_count=5_000) == 4


def test_overdue_cases_come_first_then_cases_due_today_then_by_priority() -> None:
    overdue, urgent = (position_of(NOW, rank, NOW, ZONE) for rank in (0, 3))
    # 15:30 in UTC is today in Shanghai, 16:30 is tomorrow.
    today = position_of(NOW.replace(hour=15, minute=30), 0, NOW, ZONE)
    tomorrow = position_of(NOW.replace(hour=16, minute=30), 3, NOW, ZONE)
    later = position_of(NOW + timedelta(days=3), 3, NOW, ZONE)
    low = position_of(NOW + timedelta(days=1), 0, NOW, ZONE)

    assert HELD_POSITION < urgent < overdue < today < tomorrow < later < low


@given(st.lists(PLACES), st.lists(PLACES))
def test_a_new_case_comes_after_every_case_at_its_position_or_before(
    present: list[QueuePosition], coming: list[QueuePosition]
) -> None:
    line = QueueSnapshot({place: present.count(place) for place in present})
    waiting = list(present)

    for place in coming:
        assert line.join(place) == sum(other <= place for other in waiting)
        waiting.append(place)


@given(st.integers(0, 10_000_000))
def test_a_rounded_count_is_near_the_exact_count(ahead: int) -> None:
    assert abs(rounded_count(ahead) - ahead) <= 0.032 * ahead


def test_small_counts_are_exact_and_large_ones_share_rounded_values() -> None:
    assert [rounded_count(ahead) for ahead in range(32)] == list(range(32))
    assert len({rounded_count(ahead) for ahead in range(200_000)}) < 250
