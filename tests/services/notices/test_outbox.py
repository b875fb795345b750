"""The outbox: which notices are released, and marking them as sent."""

from pathlib import Path

import pytest

from db.enums import Verdict
from tests.offices import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.errors import BadData, NotAllowed, NotFound
from workbench.services.notices.sent_report import notice_ids


def _decide(site: Site, count: int) -> None:
    site.plant(count)
    for _number in range(count):
        found = site.services("a").claims.next()
        assert isinstance(found, CaseFile)
        site.services("a").verdicts.decide(
            VerdictRequest(case_id=found.header.id, verdict=Verdict.PASS, reasons=("OK",))
        )


def test_a_notice_is_listed_at_once_and_released_after_the_grace_period(site: Site) -> None:
    _decide(site, 1)
    notices = site.services("audit").notices

    assert [line.is_released for line in notices.list()] == [False]
    assert notices.list(unsent=True) == ()
    site.clock.on(seconds=60)

    assert [line.is_released for line in notices.list(unsent=True)] == [True]


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


def test_the_notice_of_an_undone_verdict_is_not_listed(site: Site) -> None:
    _decide(site, 1)
    site.services("a").undo.undo(1)
    site.clock.on(seconds=60)

    assert site.services("a").notices.list() == ()


def test_a_sent_notice_leaves_the_outbox_and_is_marked_once(site: Site) -> None:
    _decide(site, 2)
    site.clock.on(seconds=60)
    notices = site.services("a").notices

    assert notices.mark_sent([1]) == 1
    assert notices.mark_sent([1, 2]) == 1
    assert notices.list(unsent=True) == ()
    assert [line.sent_at for line in notices.list()] == [site.clock.at, site.clock.at]


def test_one_wrong_number_marks_no_notice(site: Site) -> None:
    _decide(site, 1)
    site.clock.on(seconds=60)
    notices = site.services("a").notices

    with pytest.raises(NotFound, match="99"):
        notices.mark_sent([1, 99])

    assert len(notices.list(unsent=True)) == 1


def test_a_notice_in_its_grace_period_cannot_be_marked_as_sent(site: Site) -> None:
    _decide(site, 1)

    with pytest.raises(NotAllowed, match="not released"):
        site.services("a").notices.mark_sent([1])


@pytest.mark.parametrize("login", ["audit"])
def test_an_auditor_cannot_mark_notices(site: Site, login: str) -> None:
    _decide(site, 1)
    site.clock.on(seconds=60)

    with pytest.raises(NotAllowed):
        site.services(login).notices.mark_sent([1])


@pytest.mark.parametrize(
    "text",
    [
        "3\n7\n",
        '"case","notice"\r\n"C-000001","3"\r\n"C-000002","7"\r\n',
        '\ufeff"notice","case"\r\n"3","C-000001"\r\n"7","C-000002"\r\n',
        '{"notice":3,"case":"C-000001"}\n\n{"notice":7,"case":"C-000002"}\n',
    ],
)
def test_numbers_are_read_from_lines_csv_and_json_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sent"
    path.write_text(text, encoding="utf-8")

    assert notice_ids(path) == (3, 7)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "holds no"), ("3\nx\n", "line 2"), ('{"notice":true}\n', "line 1"), ("{\n", "no JSON"), ("-3\n", "line 1")],
)
def test_the_refusal_of_a_file_without_numbers_names_the_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "sent"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadData, match=message):
        notice_ids(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        notice_ids(tmp_path / "none")
