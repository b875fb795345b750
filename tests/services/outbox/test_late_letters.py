"""A letter that was sent late moves on the deadline that it tells."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from db.enums import CaseState, FailKind, Verdict, WaitsFor
from db.models import RectificationItemRow
from tests.offices import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.services.outbox.recording import Delivery, MovedDeadline, Recorded

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRINTED = date(2026, 12, 1)
MOVED = date(2026, 12, 3)
FAIL = VerdictRequest(case_id=1, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=("USE-SCRIPT",))
PEND = VerdictRequest(case_id=1, verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",))


def on(day: int, hour: int = 10, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def decided(site: Site, request: VerdictRequest) -> Site:
    """Decide a case on Tuesday, 24 November, with the deadline on the next Tuesday."""
    site.plant(1)
    assert isinstance(site.services("a").claims.next(), CaseFile)
    site.services("a").verdicts.decide(replace(request, until=PRINTED))
    site.clock.on(seconds=60)
    return site


def mark(site: Site, sent_at: datetime, *, now: datetime | None = None) -> Recorded:
    site.clock.at = now or sent_at
    return site.services("a").notices.record([Delivery(notice_id=1, sent_at=sent_at)])


def deadline(site: Site) -> Any:
    return site.services("a").clocks.explain(1).rectify_by


def test_the_deadline_moves_on_by_the_working_days_that_the_letter_was_late(site: Site) -> None:
    recorded = mark(decided(site, FAIL), on(26))

    assert recorded.moved == (MovedDeadline(case_id=1, deadline_on=MOVED, has_lapsed=False),)
    assert deadline(site) == on(3, 18, 12)
    assert site.services("a").casefiles.show(1).decisions[0].deadline_at == on(3, 18, 12)
    [line, *_others] = site.services("a").casefiles.show(1).history
    assert (line.action, line.text) == ("sent-late", "2026-12-03")
    [notice] = site.services("a").notices.list()
    assert "2026年12月1日" in notice.body


@pytest.mark.parametrize("sent_at", [on(24, 17), on(24, 23)])
def test_a_letter_sent_on_the_day_of_its_release_moves_nothing(site: Site, sent_at: datetime) -> None:
    assert mark(decided(site, FAIL), sent_at).moved == ()
    assert deadline(site) == on(1, 18, 12)


def test_the_time_of_sending_counts_not_the_time_of_marking(site: Site) -> None:
    assert mark(decided(site, FAIL), on(24, 17), now=on(27)).moved == ()


def test_a_case_that_lapsed_before_its_letter_was_marked_is_reported(site: Site) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12)
    assert site.services("admin").ticking.tick().lapsed == 1

    recorded = mark(site, on(26), now=on(2, month=12))

    assert recorded.moved == (MovedDeadline(case_id=1, deadline_on=MOVED, has_lapsed=True),)
    assert site.state(1) == CaseState.LAPSED


def test_a_moved_deadline_does_not_lapse_at_the_printed_one(site: Site) -> None:
    mark(decided(site, FAIL), on(26))
    site.clock.at = on(2, month=12)

    assert site.services("admin").ticking.tick().lapsed == 0


def test_an_item_with_its_own_deadline_moves_on_too(site: Site) -> None:
    decided(site, FAIL)
    with site.services("admin").context.write() as session:
        session.get_one(RectificationItemRow, 1).deadline_at = on(25, 10)

    mark(site, on(26))

    with site.services("admin").context.read() as session:
        assert session.get_one(RectificationItemRow, 1).deadline_at == on(27, 10)


def test_a_later_extension_of_a_supervisor_stays(site: Site) -> None:
    decided(site, FAIL)
    site.services("sup").rescheduling.extend(1, date(2026, 12, 8), "long journey")

    assert mark(site, on(26)).moved == ()
    assert deadline(site) == on(8, 18, 12)


def test_the_date_of_a_case_that_waits_for_its_applicant_moves_on(site: Site) -> None:
    recorded = mark(decided(site, PEND), on(26))

    assert [one.deadline_on for one in recorded.moved] == [MOVED]
    assert site.services("a").casefiles.show(1).header.next_action_on == MOVED


def test_the_date_of_a_case_that_waits_for_others_stays(site: Site) -> None:
    request = replace(PEND, reasons=("WAIT-CARRIER",), waits_for=WaitsFor.CARRIER)

    assert mark(decided(site, request), on(26)).moved == ()
    assert site.services("a").casefiles.show(1).header.next_action_on == PRINTED
