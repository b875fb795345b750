"""Fields of rows become members of enumerations, days and instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from db.enums import Risk
from workbench.services.foundation.row_values import from_row

DAY, INSTANT = date(2026, 11, 24), datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Sample:
    risk: Risk | None
    day: date | None
    instant: datetime | None
    name: str = ""


def test_a_row_becomes_a_dataclass() -> None:
    rows: list[tuple[dict[str, Any], tuple[object, ...]]] = [
        ({"risk": "high", "day": "2026-11-24", "instant": INSTANT.isoformat()}, (Risk.HIGH, DAY, INSTANT)),
        ({"risk": Risk.HIGH, "day": DAY, "instant": INSTANT}, (Risk.HIGH, DAY, INSTANT)),
        ({"risk": "", "day": "", "instant": ""}, (None, None, None)),
        ({"risk": None, "day": None, "instant": None}, (None, None, None)),
    ]
    kinds: list[Any] = [dict, SimpleNamespace]
    for kind in kinds:
        for row, expected in rows:
            made = from_row(Sample, kind(**row, other="is ignored"), name="given")
            assert (made.risk, made.day, made.instant, made.name) == (*expected, "given")


def test_an_unknown_word_of_an_enumeration_is_an_error() -> None:
    with pytest.raises(ValueError, match="huge"):
        from_row(Sample, {"risk": "huge", "day": None, "instant": None}, name="")
