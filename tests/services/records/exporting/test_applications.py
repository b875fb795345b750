"""Exported applications: values that are masked and converted column by column."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from db.columns import from_us, to_us
from workbench.services.case.known_people import masked_values
from workbench.services.foundation.file_store import Store
from workbench.services.records.exporting.source import ExportSource


def test_a_list_of_numbers_stays_a_list() -> None:
    assert masked_values("msisdns", ["13800000011;13800000022", "", "138000000333"]) == [
        "138••••••11;138••••••22",
        "",
        "138•••••••33",
    ]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia", "UTC"])
@given(
    st.integers(to_us(datetime(1900, 1, 1, tzinfo=UTC)), to_us(datetime(2100, 1, 1, tzinfo=UTC)))
    | st.integers(0, 20_000).map(lambda quarter: to_us(datetime(2026, 3, 1, tzinfo=UTC)) + quarter * 900_000_000)
)
def test_a_local_time_is_that_of_its_zone(zone: str, us: int) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    store = Store(Path())
    source = ExportSource(session=Session(), store=store, zone=ZoneInfo(zone), now=now, since=None, reveal=False)
    whole = us // 1_000_000 * 1_000_000

    assert source.local([us, whole]) == [from_us(at).astimezone(ZoneInfo(zone)).isoformat() for at in (us, whole)]
