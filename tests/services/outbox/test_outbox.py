"""The outbox: which notices are released and owed, and recording what became of them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.enums import ExportKind, Verdict
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.sites import TUESDAY, Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import BadData, NotAllowed, NotFound, WrongUsage
from workbench.services.outbox.recording import Delivery
from workbench.services.outbox.sent_report import deliveries_in
from workbench.services.records.exporting.request import ExportRequest

SHANGHAI = ZoneInfo("Asia/Shanghai")


def sent(*ids: int) -> list[Delivery]:
    return [Delivery(notice_id=number) for number in ids]


@prepared
def decide(site: Site, count: int) -> None:
    site.plant(count)
    for _number in range(count):
        found = site.services("a").claims.next()
        assert isinstance(found, CaseFile)
        site.services("a").verdicts.decide(
            VerdictRequest(case_id=found.header.id, verdict=Verdict.PASS, reasons=("OK",))
        )


def test_a_listed_notice_contains_no_personal_name(site: Site) -> None:
    site.plant(1)
    found = site.services("a").claims.next()
    assert isinstance(found, CaseFile)
    letter = "经办人测试人的证件不清楚 (DOC-QUALITY)"
    fail = VerdictRequest(case_id=found.header.id, verdict=Verdict.FAIL, reasons=("DOC-QUALITY",), letter=letter)
    site.services("a").verdicts.decide(fail)

    (line,) = site.services("audit").notices.list()

    assert "经办人测••的证件不清楚" in line.body
    assert "虚构公司1" in line.body


def test_a_notice_is_released_after_the_grace_period_and_overdue_after_the_next_working_day(site: Site) -> None:
    decide(site, 2)
    notices = site.services("audit").notices
    assert [line.is_released for line in notices.list()] == [False, False]
    assert notices.list(unsent=True) == ()
    site.clock.advance(seconds=60)
    assert [line.is_released for line in notices.list(unsent=True)] == [True, True]
    # A success counts, also if a file reports a failure too.
    recorded = site.services("admin").notices.record([*sent(1), Delivery(notice_id=1, failure="no answer")])
    assert (recorded.sent, recorded.failed) == (1, 0)
    [line] = notices.list(unsent=True)
    assert line.due_by == datetime(2026, 11, 25, 18, tzinfo=SHANGHAI)
    site.clock.at = line.due_by

    assert notices.list(overdue=True) == ()
    assert not notices.list()[0].is_overdue
    site.clock.advance(seconds=1)

    assert [line.is_overdue for line in notices.list(overdue=True)] == [True]
    assert [site.services(login).queue.counts().letters_overdue for login in ("a", "sup", "admin")] == [0, 1, 1]


def test_a_sent_notice_leaves_the_outbox_and_is_marked_once(site: Site) -> None:
    decide(site, 2)
    site.clock.advance(seconds=60)
    notices = site.services("a").notices

    assert notices.record(sent(1)).sent == 1
    assert (notices.record(sent(1, 2)).sent, notices.record(sent(1, 2)).already_sent) == (1, 2)
    assert notices.list(unsent=True) == ()
    assert [(line.sent_at, line.sent_by) for line in notices.list()] == [(site.clock.at, "a")] * 2
    assert site.actions(1)[-1] == "notice-sent"


def test_a_failed_notice_stays_owed_with_its_cause_masked_until_it_is_sent(site: Site) -> None:
    decide(site, 1)
    site.clock.advance(seconds=60)
    notices = site.services("a").notices

    recorded = notices.record([Delivery(notice_id=1, failure="测试人 not reached on 13812345678")])

    [line] = notices.list(unsent=True)
    assert (recorded.failed, line.failed_at) == (1, site.clock.at)
    assert line.failure == "测•• not reached on 138••••••78"
    notices.record([Delivery(notice_id=1, channel="sms")])
    [line] = notices.list()
    assert (line.failed_at, line.failure, line.channel) == (None, "", "sms")


def test_a_page_of_the_outbox_begins_with_failed_and_owed_letters(site: Site) -> None:
    decide(site, 4)
    site.clock.advance(seconds=60)
    notices = site.services("a").notices
    notices.record([*sent(1), Delivery(notice_id=4, failure="refused")])
    site.clock.advance(seconds=60)
    notices.record(sent(2))

    page = notices.page(limit=3)

    assert [line.id for line in page.lines] == [4, 3, 2]
    assert (page.total, page.owed, page.failed, page.overdue) == (4, 2, 1, 0)
    assert [line.id for line in notices.page(2, limit=9).lines] == [2]
    site.clock.advance(days=2)
    assert notices.page(limit=1).overdue == 2


def test_a_wrong_number_time_or_person_marks_no_notice(site: Site) -> None:
    decide(site, 1)
    notices = site.services("a").notices
    with pytest.raises(NotAllowed, match="not released"):
        notices.record(sent(1))
    site.clock.advance(seconds=60)
    with pytest.raises(NotFound, match="99"):
        notices.record(sent(1, 99))
    # Neither before the day of its release nor in the future.
    for days in (-1, 1):
        with pytest.raises(WrongUsage, match="released on 2026-11-24"):
            notices.record([Delivery(notice_id=1, sent_at=TUESDAY + timedelta(days=days))])
    with pytest.raises(NotAllowed):
        site.services("audit").notices.record(sent(1))

    assert len(notices.list(unsent=True)) == 1


def test_numbers_are_read_from_lines_csv_and_json_lines(tmp_path: Path) -> None:
    for text in [
        "3\n7\n",
        '"case","notice"\r\n"C-000001","3"\r\n"C-000002","7"\r\n',
        '\ufeff"notice","case"\r\n"3","C-000001"\r\n"7","C-000002"\r\n',
        '{"notice":3,"case":"C-000001"}\n\n{"notice":7,"case":"C-000002"}\n',
        "notice,channel,sent_at,failed\n3,none,,no\n7,,,\n",
    ]:
        path = tmp_path / "sent"
        path.write_text(text, encoding="utf-8")

        assert deliveries_in(path, SHANGHAI) == (Delivery(notice_id=3), Delivery(notice_id=7))


def test_time_channel_and_cause_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    for columns, values, delivery in [
        ("sent_at", "2026-11-24 10:30", Delivery(notice_id=3, sent_at=datetime(2026, 11, 24, 10, 30, tzinfo=SHANGHAI))),
        ("sent_at", "2026-11-24", Delivery(notice_id=3, sent_at=datetime(2026, 11, 24, tzinfo=SHANGHAI))),
        ("channel", "SMS", Delivery(notice_id=3, channel="sms")),
        ("channel", "Telephone", Delivery(notice_id=3, channel="phone")),
        ("failed", "number not in use", Delivery(notice_id=3, failure="number not in use")),
        ("failed", "是", Delivery(notice_id=3, failure="no cause given")),
        ("failed,cause", "yes,refused", Delivery(notice_id=3, failure="refused")),
        ("cause", "refused", Delivery(notice_id=3, failure="refused")),
    ]:
        path = tmp_path / "sent.csv"
        path.write_text(f"{columns},notice\n{values},3\n", encoding="utf-8")

        assert deliveries_in(path, SHANGHAI) == (delivery,)


def test_the_refusal_of_a_file_without_numbers_names_the_line(tmp_path: Path) -> None:
    for text, message in [
        ("", "has no notice numbers"),
        ("3\nx\n", "line 2"),
        ('{"notice":true}\n', "line 1"),
        ("{\n", "not valid JSON"),
        ("-3\n", "line 1"),
        ("notice,channel\n3,13812345678\n", "line 2: a channel"),
        ("notice,sent_at\n3,yesterday\n", "line 2: .*yesterday"),
    ]:
        path = tmp_path / "sent"
        path.write_text(text, encoding="utf-8")

        with pytest.raises(BadData, match=message):
            deliveries_in(path, SHANGHAI)
    with pytest.raises(NotFound):
        deliveries_in(tmp_path / "none", SHANGHAI)


def test_a_listed_notice_names_its_first_export(site: Site, tmp_path: Path) -> None:
    def export(login: str, name: str, since: date | None = None) -> None:
        request = ExportRequest(what=ExportKind.NOTICES, output=tmp_path / name, since=since)
        site.services(login).exports.write(request)
        site.clock.advance(minutes=2)

    decide(site, 1)
    terminal = Terminal(site)
    site.clock.advance(seconds=30)
    export("admin", "0.csv")
    for login, name, since in (("sup", "1.csv", date(2026, 11, 25)), ("sup", "2.csv", date(2026, 11, 24))):
        listed = terminal.document("a", "notices", "list")["notices"][0]
        assert (listed["exported_at"], listed["exported_by"]) == (None, None)
        export(login, name, since)
    export("admin", "3.csv")

    for words in ((), ("C-000001",)):
        notice = terminal.document("a", "notices", "list", *words)["notices"][0]
        assert (notice["exported_at"], notice["exported_by"]) == ("2026-11-24T10:04:30+08:00", "sup")
    assert "exported_at" not in terminal.document("a", "show", "C-000001")["notices"][0]
