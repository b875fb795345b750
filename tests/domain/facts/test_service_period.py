"""The days on which a number serves one holder."""

from datetime import date, timedelta
from itertools import product

from workbench.domain.evidence.service_period import ServicePeriod, msisdn_of

DAYS = [None, *(date(2026, 11, day) for day in (9, 10, 11))]


def test_a_period_covers_its_first_and_its_last_day() -> None:
    for activated_on, ended_on in product(DAYS, DAYS):
        period = ServicePeriod("19900000001", activated_on, ended_on)
        for day in (date(2026, 11, 8) + timedelta(days=after) for after in range(5)):
            is_after_start = activated_on is None or day >= activated_on
            is_reversed = None not in {activated_on, ended_on} and ended_on < activated_on  # type: ignore[operator]  # neither is None
            assert period.covers(day) == (is_after_start and (ended_on is None or is_reversed or day <= ended_on))


def test_periods_that_cover_the_same_days_have_one_key_and_others_have_another() -> None:
    days = [date(2026, 11, 8) + timedelta(days=after) for after in range(5)]
    by_key: dict[str, set[tuple[bool, ...]]] = {}
    for activated_on, ended_on in product(DAYS, DAYS):
        period = ServicePeriod("19900000001", activated_on, ended_on)
        assert msisdn_of(period.key) == "19900000001"
        by_key.setdefault(period.key, set()).add(tuple(map(period.covers, days)))
    assert all(len(covered) == 1 for covered in by_key.values())
    assert len({next(iter(covered)) for covered in by_key.values()}) == len(by_key)
    assert ServicePeriod("19900000001", None, None).key == "19900000001"
