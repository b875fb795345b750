"""What SQL accepts of a value means the same to the parser of its column."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from db.columns import to_us
from db.enums import ImportKind
from tests.services.files.reading.samples import SHANGHAI
from workbench.domain.values.bad_value import BadValue
from workbench.services.files.calls.engine import CallEngine, open_engine
from workbench.services.files.reading.headers import columns_file
from workbench.services.files.reading.kinds import COLUMN_TYPES, IDENTIFIER, PHONE, kind_spec
from workbench.services.files.reading.staging.accepted import accepted_value

NOW = datetime(2026, 11, 27, 12, 30, 15, 123_456, tzinfo=UTC)
COLUMNS = {name.removesuffix("*"): sort for name, sort in COLUMN_TYPES[ImportKind.CALLS].items()}
ZONES = (SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca"))
USUAL = {
    "caller": ("13800138000", "02112345678", "0571123456", "95588", "+8613800138000", "8613800138000"),
    "callee": ("13800138000", "057112345678"),
    "start_at": (
        "2026-11-20 10:00:00",
        "2026-11-20T23:59:59",
        "2000-02-29 00:00:00",
        "2026/11/3 9:05",
        "2026-1-2 1:2:3.25",
    ),
    "duration_s": ("0", "5", "007", "123456789"),
    "answered": ("0", "1", "true", "yes", "否"),
    "direction": ("out", "in"),
    "imei": ("490154203237518", "49015420323751", "4901542032375180"),
}
ODD = (
    *("", " ", "1 ", " 1", "1\n", "\t1", "１", "١", "1.0", "1e5", "-1", "+1", "1_000", "0x1", "NULL", "nan", "True"),
    *("8613800138000", "+8613800138000", "008613800138000", "138-0013-8000", "138*****000", "013800138000", "1" * 13),
    *("infinity", "-infinity", "epoch", "0044-03-15 10:00:00", "2026-11-20 10:00:00.123456", "007", "00", "-0"),
    *("1" * 17, "1" * 18, "100000000000000000", "1234567890123450000", "1" * 64, "1" * 65, "2147483647", "2147483648"),
    *("2026-11-20", "2026-11-20 10:00", "2026-11-20 24:00:00", "2026-11-20 10:00:60", "2026-02-30 10:00:00"),
    *("2026-11-20 10:00:00Z", "2026-11-20 10:00:00+08:00", "2026-11-20 10:00:00.5", "2026-1-2 10:00:00"),
    *(
        "1999-12-31 23:59:59",
        "2000-01-01 00:00:00",
        "2199-01-01 00:00:00",
        "2026-11-20\u00a010:00:00",
        "20261120100000",
    ),
    *("TRUE", "Yes", "y", "是", "是 ", "ok", "OUT", "Out", "呼出", "呼入", "'", "''", "in'", "\\"),
)


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallEngine]:
    with open_engine(tmp_path_factory.mktemp("accepted") / "calls") as opened:
        yield opened


def compared(duck: CallEngine, column: str, texts: Sequence[str], zone: ZoneInfo) -> set[str]:
    """Compare SQL with the parser for texts in a column; return those that SQL accepts."""
    parse = kind_spec(ImportKind.CALLS, zone, now=NOW).columns[column].parse
    found = accepted_value(COLUMNS[column], "text", "cast_text", zone, NOW)
    duck.load("texts", {"place": "BIGINT", "text": "VARCHAR"}, enumerate(texts))
    cast = f"FROM (FROM texts SELECT place, coalesce(text, '') AS text) SELECT *, {found.cast} AS cast_text"
    values = dict(duck.rows(f"FROM ({cast}) SELECT place, {found.value} WHERE {found.condition}"))
    for place, value in values.items():
        parsed = parse(texts[place])
        if COLUMNS[column] in {PHONE, IDENTIFIER}:
            parsed = int(f"1{parsed}")
        assert value == (to_us(parsed) if isinstance(parsed, datetime) else parsed), texts[place]
        assert texts[place] == texts[place].strip() != ""
    [(wrong,)] = duck.rows(f"FROM ({cast}) SELECT count(*) WHERE ({found.condition}) IS NULL")
    assert wrong == 0
    return {texts[place] for place in values}


def test_usual_values_are_accepted_and_mean_what_the_parser_says(duck: CallEngine) -> None:
    for column in COLUMNS:
        words = [word for section in columns_file()["values"].values() for names in section.values() for word in names]
        usual = {text for texts in USUAL.values() for text in texts}
        taken = compared(duck, column, [*usual, *ODD, *words], SHANGHAI)
        assert set(USUAL[column]) <= taken


def test_random_values_that_are_accepted_mean_what_the_parser_says(duck: CallEngine) -> None:
    for column in ["caller", "start_at", "duration_s", "imei"]:
        rng = Random(column)
        texts = []
        for _text in range(3_000):
            characters = list(rng.choice(USUAL[column]))
            for _change in range(rng.randrange(4)):
                characters[rng.randrange(len(characters))] = rng.choice("0123456789:-T /+Z.eX*１张\t")
            texts.append("".join(characters))
        assert 50 < len(compared(duck, column, texts, SHANGHAI)) < len(set(texts))


@pytest.mark.proof
def test_local_times_around_changes_of_the_clocks_are_the_parsers(duck: CallEngine) -> None:
    for zone in ZONES:
        start = datetime(2000, 1, 3, tzinfo=UTC).replace(tzinfo=None)
        # Every 25 minutes of some years, so that each change of the clocks is met.
        texts = [
            str(start + timedelta(days=years * 365, minutes=25 * step)) for years in (0, 25) for step in range(21_000)
        ]
        texts += [str(NOW.replace(tzinfo=None, microsecond=0) + timedelta(minutes=step)) for step in range(0, 4_000, 9)]
        taken = compared(duck, "start_at", texts, zone)
        assert len(taken) > len(texts) - 2_000


def test_the_last_moment_that_is_accepted_is_the_parsers(duck: CallEngine) -> None:
    local = NOW.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0) + timedelta(days=1)
    texts = [str(local + timedelta(seconds=seconds)) for seconds in (-1, 0, 1)]
    assert compared(duck, "start_at", texts, SHANGHAI) == set(texts[:2])
    parse = kind_spec(ImportKind.CALLS, SHANGHAI, now=NOW).columns["start_at"].parse
    with pytest.raises(BadValue):
        parse(texts[2])
