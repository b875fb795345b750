import re
import struct
import tomllib
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.enums import ImportKind
from workbench.domain.calendar import WorkingCalendar
from workbench.domain.evidence import ApplicationFacts
from workbench.domain.identifiers import iccid_luhn, ric_valid, uscc_valid
from workbench.domain.rows import CallRow, CardRow, RowValue
from workbench.services.calendar_seed import seed_days
from workbench.services.demo_calls import calls_of, read_profiles
from workbench.services.demo_dates import DemoDates
from workbench.services.demo_files import FOLDER, history, write_delivery
from workbench.services.demo_papers import paper
from workbench.services.reading.problems import Row
from workbench.services.reading.reader import open_reader

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(
    seed_days("CN", range(2024, 2029)),
    hours=((time(9), time(12)), (time(13), time(18))),
    zone="Asia/Shanghai",
)
# A plain Wednesday, the first day after the Spring Festival, a Sunday, and a 29 February.
TODAYS = (date(2026, 11, 25), date(2026, 2, 24), date(2026, 11, 29), date(2028, 2, 29))
MADE_UP_RANGES = re.compile(r"1(7[01]|6[257])000\d{5}")


def rows_on(today: date, folder: Path) -> Iterator[tuple[ImportKind, list[RowValue]]]:
    for delivery in history()["deliveries"]:
        into = folder / delivery["folder"]
        into.mkdir()
        dates = DemoDates(today, CALENDAR)
        for file in write_delivery(delivery["folder"], into, dates, delivery.get("calls_until", "")):
            with open_reader(file.path, file.kind, zone=SHANGHAI) as reader:
                records = list(reader)
            rows = [record.value for record in records if isinstance(record, Row)]
            assert len(rows) == len(records), file
            yield file.kind, rows


@pytest.mark.parametrize("today", TODAYS)
def test_every_file_reads_without_an_error_and_nothing_lies_in_the_future(today: date, tmp_path: Path) -> None:
    midnight = datetime.combine(today, time(), tzinfo=SHANGHAI)

    for kind, rows in rows_on(today, tmp_path):
        assert rows, kind
        for row in rows:
            if isinstance(row, ApplicationFacts):
                assert row.submitted_at <= row.received_at < midnight
            if isinstance(row, CallRow):
                assert row.start_at < midnight


def test_the_calls_are_a_few_thousand(tmp_path: Path) -> None:
    calls = [row for _kind, rows in rows_on(TODAYS[0], tmp_path) for row in rows if isinstance(row, CallRow)]

    assert 3_000 < len(calls) < 8_000


def test_numbers_of_people_companies_and_cards_have_their_check_digits_and_look_made_up(tmp_path: Path) -> None:
    people = set()
    for _kind, rows in rows_on(TODAYS[0], tmp_path):
        for row in rows:
            if isinstance(row, ApplicationFacts):
                people |= {row.handler_id_no, row.legal_rep_id_no} - {""}
                assert not row.uscc or uscc_valid(row.uscc), row.application_no
            if isinstance(row, CardRow):
                assert iccid_luhn(row.card.iccid), row
                assert MADE_UP_RANGES.fullmatch(row.card.msisdn), row

    assert len(people) > 30
    for number in people:
        assert ric_valid(number, TODAYS[0]), number
        # Whole provinces issue no numbers, and the last numbers of a day are kept for people above a hundred.
        assert number[2:6] == "0000", number
        assert "996" <= number[14:17] <= "999", number


def test_dates_count_working_days_and_calendar_days() -> None:
    dates = DemoDates(date(2026, 10, 9), CALENDAR)

    assert dates.render("{workday-1} {workday-2}") == "2026-10-08 2026-09-30"
    assert dates.render("{today+40} {today-9-20y}") == "2026-11-18 2006-09-30"
    assert dates.moment("{workday-1} 18:30") == datetime(2026, 10, 8, 10, 30, tzinfo=UTC)


def test_what_is_no_placeholder_stays_as_it_is() -> None:
    assert DemoDates(TODAYS[0], CALENDAR).render('{"a": "{workday}", "b": {}}') == '{"a": "{workday}", "b": {}}'


def test_a_card_calls_alike_whatever_today_is() -> None:
    profiles = read_profiles(tomllib.loads((FOLDER / "call_profiles.toml").read_text(encoding="utf-8")))
    some, other = (DemoDates(today, CALENDAR).workdays_up_to(today, 50) for today in TODAYS[:2])

    def without_day(days: tuple[date, ...], msisdn: str) -> list[tuple[object, ...]]:
        return [(*call[:2], str(call[2])[11:], *call[3:]) for call in calls_of(msisdn, profiles, days)]

    for msisdn in ("17000000101", *profiles.by_msisdn):
        assert without_day(some, msisdn) == without_day(other, msisdn)
    assert without_day(some, "17000000101") != without_day(some, "17000000102")


def test_a_picture_is_a_whole_png() -> None:
    content = paper("DEMO-001/biz_license.png")

    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    position, kinds, pixels = 8, [], b""
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        body = content[position + 4 : position + 8 + length]
        assert struct.unpack_from(">I", content, position + 8 + length) == (zlib.crc32(body),)
        kinds.append(body[:4])
        pixels = zlib.decompress(body[4:]) if body[:4] == b"IDAT" else pixels
        position += 12 + length
    assert kinds == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    assert len(pixels) == 128 * (128 + 1)


def test_a_page_is_a_whole_pdf() -> None:
    content = paper("DEMO-001/auth_letter.pdf")

    start = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[start:].startswith(b"xref\n0 6\n")
    offsets = [int(line[:10]) for line in content[start:].split(b"\n")[3:8]]
    for number, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(b"%d 0 obj\n" % number)


def test_no_two_documents_are_alike() -> None:
    paths = {f"DEMO-{number:03d}/{name}" for number in range(30) for name in ("a.png", "b.png", "c.pdf")}

    assert len({paper(path) for path in paths}) == len(paths)
    assert all(len(paper(path)) < 2_000 for path in paths)
