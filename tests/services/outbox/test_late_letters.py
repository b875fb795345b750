"""A letter that was sent late moves on the deadline that it tells."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from db.enums import AppealOutcome, CaseState, FailKind, Language, Role, ServiceClass, Verdict, WaitsFor
from tests.prepared import prepared
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.services.outbox.gateways import Script, send
from tests.sites import Site
from workbench.domain.case.appeal import AppealDecision
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictRequest
from workbench.errors import WrongUsage
from workbench.services.outbox.recording import Delivery, RecordedDeliveries
from workbench.services.review.rectifying.late_letters import MovedDeadline
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRINTED = date(2026, 12, 1)
MOVED = date(2026, 12, 3)
FAIL = VerdictRequest(case_id=1, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=("USE-SCRIPT",))
PEND = VerdictRequest(case_id=1, verdict=Verdict.PENDING, reasons=("WAIT-APPLICANT",))


def on(day: int, hour: int = 10, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def decided(site: Site, request: VerdictRequest) -> Site:
    """Decide a case on Tuesday, 24 November, with the deadline on the next Tuesday."""
    _decide(site, request)
    return site


@prepared
def _decide(site: Site, request: VerdictRequest) -> None:
    site.plant(1)
    assert isinstance(site.services("a").claims.next(), CaseFile)
    site.services("a").verdicts.decide(replace(request, until=PRINTED))
    site.clock.advance(seconds=60)


def mark(site: Site, sent_at: datetime, *, now: datetime | None = None, notice: int = 1) -> RecordedDeliveries:
    site.clock.at = now or sent_at
    return site.services("a").notices.record([Delivery(notice_id=notice, sent_at=sent_at)])


def deadline(site: Site) -> Any:
    return site.services("a").clocks.explain(1).rectify_by


def test_the_deadline_moves_on_by_the_working_days_that_the_letter_was_late(site: Site) -> None:
    decided(site, FAIL)
    services = site.services("a")
    # The time of sending counts, not that of marking.
    for sent_at, now in ((on(24, 23), None), (on(24, 17), on(26))):
        assert mark(site, sent_at, now=now).moved == ()
        assert deadline(site) == on(1, 18, 12)
        with services.context.write() as session:
            session.execute(text("UPDATE notice SET sent_at = NULL"))
    recorded = mark(site, on(26))

    assert recorded.moved == (MovedDeadline(case_id=1, deadline_on=MOVED),)
    assert deadline(site) == services.casefiles.show(1).decisions[0].deadline_at == on(3, 18, 12)
    [line, *_others] = services.casefiles.show(1).history
    assert (line.action, line.text) == ("sent-late", "2026-12-03")
    [notice] = services.notices.list()
    assert "2026年12月1日" in notice.body
    site.clock.at = on(2, month=12)
    assert site.services("admin").ticking.tick().lapsed == 0, "it does not lapse at the printed date"


@pytest.mark.parametrize("has_lapsed", [False, True])
def test_a_letter_on_which_a_deadline_depends_is_marked_only_with_its_time(site: Site, has_lapsed: bool) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12) if has_lapsed else on(26)
    site.services("admin").ticking.tick()
    notices, before = site.services("a").notices, site.state(1)

    with pytest.raises(WrongUsage, match=r"nothing is written: 1\. Give the time"):
        notices.record([Delivery(notice_id=1)])
    assert (site.state(1), notices.list()[0].sent_at) == (before, None)
    notices.record([Delivery(notice_id=1, failure="moved")])
    assert mark(site, on(24, 17), now=site.clock.at).moved == ()
    assert site.state(1) == before


@pytest.mark.parametrize("day", [2, 3, 4])
def test_a_lapse_before_the_moved_deadline_is_taken_back_and_a_later_one_stands(site: Site, day: int) -> None:
    decided(site, FAIL)
    site.clock.at = on(day if day > MOVED.day else 2, month=12)
    assert site.services("admin").ticking.tick().lapsed == 1

    recorded = mark(site, on(26), now=on(day, month=12))

    if day > MOVED.day:
        assert recorded.moved == (MovedDeadline(case_id=1, deadline_on=MOVED, has_lapsed=True),)
        assert site.state(1) == CaseState.LAPSED
        return
    assert recorded.moved == (MovedDeadline(case_id=1, deadline_on=MOVED, is_lapse_undone=True),)
    assert (site.state(1), deadline(site)) == (CaseState.RECTIFYING, on(3, 18, 12))
    assert [line.action for line in site.services("a").casefiles.show(1).history][:2] == ["lapse-undone", "sent-late"]
    letters = [one for one in site.services("a").notices.list() if one.kind in {"lapsed", "lapse-undone"}]
    # The letter about the lapse is released a minute after it, and then corrected.
    assert [one.kind for one in letters] == (["lapse-undone"] if day == MOVED.day else [])
    if letters:
        assert "因我司整改通知寄发延迟，贵公司整改期限相应顺延" in letters[-1].body
        assert "整改期限：2026年12月3日（周四）18:00" in letters[-1].body
    assert site.services("admin").ticking.tick().lapsed == 0


def test_a_lapse_before_the_moved_deadline_is_taken_back_once_the_newer_case_is_gone(
    site: Site, tmp_path: Path
) -> None:
    desk, person = Desk(site, tmp_path / "files"), {**PERSON, "msisdns": "13912345601"}
    (tmp_path / "files").mkdir()
    desk.applications(application("A-1", **person))
    desk.documents("A-1", INDIVIDUAL_DOCUMENTS[:3])
    assert isinstance(site.services("a").claims.next(), CaseFile)
    site.services("a").verdicts.decide(replace(FAIL, until=PRINTED))
    site.clock.at = on(2, month=12)
    site.services("admin").ticking.tick()
    newer = desk.applications(application("A-1", **{**person, "stated_use": "other"}), as_new=True)
    [letter] = [one for one in site.services("a").notices.list() if one.kind == "fail"]
    site.services("a").notices.record([Delivery(notice_id=letter.id, sent_at=on(26))])
    assert site.state(1) == CaseState.LAPSED

    site.services("admin").imports.undo(newer.batch or 0)

    assert (site.state(1), deadline(site)) == (CaseState.RECTIFYING, on(3, 18, 12))


def test_the_deadline_of_a_lapse_that_was_taken_back_is_no_due_date_after_an_extension(site: Site) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12)
    site.services("admin").ticking.tick()
    mark(site, on(8, month=12), now=on(9, month=12))
    supervisor = site.services("sup").rescheduling
    supervisor.extend(1, date(2026, 12, 21), "long journey")
    site.clock.advance(seconds=1)
    site.services("a").remarks.resubmit(1, "", on(8, month=12))
    site.clock.advance(seconds=1)
    supervisor.change_class(1, ServiceClass.COMPLEX, "many cards")

    assert deadline(site) is None
    assert [one.kind for one in site.services("a").notices.list()][-1] == "delay"


def test_a_gateway_gets_no_letter_that_an_earlier_one_of_its_run_made_false(site: Site, tmp_path: Path) -> None:
    decided(site, FAIL)
    for day in (on(30), on(2, month=12), on(3, month=12)):
        site.clock.at = day
        site.services("admin").ticking.tick()
    assert [one.kind for one in site.services("a").notices.list(unsent=True)] == ["fail", "lapsed"]
    script = Script(tmp_path)
    for cancelled in (1, 0):
        report = send(site, script)
        assert (report.sent, report.skipped, report.cancelled) == (1, 0, cancelled)
        site.clock.advance(seconds=60)

    assert [letter["kind"] for letter in script.letters()] == ["fail", "lapse-undone"]
    assert "整改期限：2026年12月" in script.letters()[-1]["body"]


def test_an_unsent_reminder_of_the_old_deadline_is_replaced(site: Site) -> None:
    decided(site, FAIL)
    site.clock.at = on(30)
    assert site.services("admin").ticking.tick().reminded == 1
    mark(site, on(26), now=on(30))

    [letter] = site.services("a").notices.list(unsent=True)
    assert letter.kind == "deadline"
    assert "新的整改期限：2026年12月3日（周四）18:00" in letter.body
    assert "我司此前载明期限的通知寄发延迟" in letter.body
    site.clock.at = on(2, month=12)
    assert site.services("admin").ticking.tick().reminded == 1


def test_a_letter_that_replaces_an_unsent_one_about_a_waiver_names_what_was_waived(site: Site) -> None:
    decided(site, replace(FAIL, items=(ItemRequest(code="USE-SCRIPT"), ItemRequest(code="USE-CONSENT", text="plan"))))
    site.services("sup").waiving.waive(1, "2", "x")
    mark(site, on(26))

    [letter] = site.services("a").notices.list(unsent=True)
    assert letter.kind == "deadline"
    assert "plan" in letter.body.split("无需再提交或整改")[1].split("尚待提交或整改")[0]


def test_a_lapse_is_taken_back_with_two_working_hours_left(site: Site) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12)
    site.services("admin").ticking.tick()
    recorded = mark(site, on(26), now=on(3, 17, 12).replace(minute=59, second=40))

    assert [one.deadline_on for one in recorded.moved] == [date(2026, 12, 4)]
    assert deadline(site) == on(4, 18, 12)
    site.clock.advance(minutes=1)
    assert site.services("admin").ticking.tick().lapsed == 0


def resubmit(services: Services) -> None:
    services.remarks.resubmit(1, "", on(30))


@pytest.mark.parametrize("act", [resubmit, lambda services: services.appeals.file(1, "we answered")])
def test_a_lapse_that_an_undo_restores_is_taken_back_if_its_letter_turned_out_late_meanwhile(
    site: Site, act: Callable[[Services], object]
) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12)
    site.services("admin").ticking.tick()
    act(site.services("a"))
    mark(site, on(26), now=on(2, month=12))
    site.services("a").undo.undo(1)

    assert (site.state(1), deadline(site)) == (CaseState.RECTIFYING, on(3, 18, 12))
    actions = [line.action for line in site.services("a").casefiles.show(1).history if line.action != "deadline-moved"]
    assert actions[:2] == ["lapse-undone", "undo"]
    assert [one.kind for one in site.services("a").notices.list()] == ["fail", "deadline"]


def withdraw(site: Site) -> None:
    site.services("a").remarks.withdraw(1, "they wrote")


def answer_that_it_stands(site: Site) -> None:
    decision = AppealDecision(case_id=1, outcome=AppealOutcome.STANDS, note="We looked at it again.")
    site.services("sup").appeals.decide(decision)
    site.services("sup2").appeal_checks.approve(1, "as I see it")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("end", [withdraw, answer_that_it_stands])
def test_an_appeal_ends_with_the_rectification_if_the_letter_with_its_deadline_turned_out_late(
    site: Site, language: Language, end: Callable[[Site], None]
) -> None:
    decided(site, FAIL)
    site.clock.at = on(2, month=12)
    site.services("admin").ticking.tick()
    site.clock.at = on(3, month=12)
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET language = :language"), {"language": language.value})
    site.services("admin").roles.add("sup2", (Role.SUPERVISOR,))
    site.services("a").appeals.file(1, "we answered")
    mark(site, on(26), now=on(3, month=12))
    assert site.state(1) == CaseState.APPEALED
    end(site)

    assert (site.state(1), deadline(site)) == (CaseState.RECTIFYING, on(3, 18, 12))
    [*_others, corrected, letter] = site.services("a").notices.list()
    assert (corrected.kind, letter.kind.startswith("appeal-")) == ("lapse-undone", True)
    due, stays, again = {
        Language.ZH: ("整改期限：2026年12月3日（周四）18:00", "原结论", "再次提出申诉"),
        Language.EN: ("Rectify by: Thursday, 3 December 2026, 18:00", "result stands", "can appeal"),
    }[language]
    assert due in letter.body
    assert [words for words in (stays, again, "None") if words in letter.body] == [], letter.body


ITEMS = (ItemRequest(code="ID-REVERIFY"), ItemRequest(code="USE-SCRIPT"))
VERIFY = replace(FAIL, reasons=("ID-REVERIFY",), items=ITEMS)


@pytest.mark.parametrize(("extended_to", "moved_to"), [(None, on(27, 9)), (26, on(27, 9)), (30, on(30, 18))])
def test_an_item_with_its_own_deadline_moves_on_too_unless_it_was_extended_further(
    site: Site, extended_to: int | None, moved_to: datetime
) -> None:
    site.clock.at = on(24, 9)
    decided(site, VERIFY)
    if extended_to is not None:
        site.services("sup").rescheduling.extend(1, date(2026, 11, extended_to), "ill", item="1")

    mark(site, on(26))

    own = site.services("a").casefiles.show(1).decisions[0].items[0].deadline_at
    assert own is not None
    assert own.replace(minute=0) == moved_to.replace(minute=0)
    assert deadline(site) == on(3, 18, 12)


def extend(site: Site, day: int) -> None:
    site.services("sup").rescheduling.extend(1, date(2026, 12, day), "long journey")


def undo(site: Site) -> None:
    site.services("sup").undo.undo(1)


def suspend(site: Site) -> None:
    site.services("sup").suspending.suspend(NewSuspension(from_at=site.clock.at, to_at=None, reason="flood"))


def wait(site: Site) -> None:
    site.clock.at = on(27)


def resume(site: Site) -> None:
    site.services("sup").suspending.resume()


@pytest.mark.parametrize(
    ("acts", "least"),
    [
        # A later extension stays, one whose letter was late moves on itself, and an undone one leaves the rest.
        ((lambda site: extend(site, 8), lambda site: mark(site, on(26))), on(8, 18, 12)),
        ((lambda site: extend(site, 8), lambda site: mark(site, on(26), notice=2)), on(10, 18, 12)),
        ((lambda site: mark(site, on(26)), lambda site: extend(site, 8), undo), on(3, 18, 12)),
        ((suspend, lambda site: extend(site, 8), undo, wait, resume), on(4, 9, 12)),
        ((suspend, wait, lambda site: extend(site, 4), resume, undo), on(4, 9, 12)),
    ],
)
def test_a_deadline_is_the_latest_that_extensions_late_letters_and_suspensions_gave(
    site: Site, acts: Sequence[Callable[[Site], object]], least: datetime
) -> None:
    decided(site, FAIL)

    for act in acts:
        act(site)

    assert least <= deadline(site) <= (least if suspend not in acts else on(5, 9, 12))


def test_the_date_of_a_case_that_waits_for_its_applicant_moves_on_and_an_undone_answer_leaves_it(site: Site) -> None:
    def next_on() -> date | None:
        return site.services("a").casefiles.show(1).header.next_action_on

    recorded = mark(decided(site, PEND), on(26))
    assert [one.deadline_on for one in recorded.moved] == [MOVED]
    assert next_on() == MOVED
    site.services("a").remarks.answer(1)
    site.services("a").undo.undo(1)
    assert next_on() == MOVED


@pytest.mark.parametrize("waits_for", [WaitsFor.APPLICANT, WaitsFor.CARRIER])
def test_a_case_that_went_on_at_its_printed_date_is_reported_unless_it_waited_for_others(
    site: Site, waits_for: WaitsFor
) -> None:
    decided(site, replace(PEND, reasons=(f"WAIT-{waits_for.upper()}",), waits_for=waits_for))
    site.clock.at = on(2, month=12)
    assert site.services("admin").ticking.tick().queued == 1
    recorded = mark(site, on(26), now=on(2, month=12))

    is_reported = waits_for is WaitsFor.APPLICANT
    assert recorded.moved == ((MovedDeadline(case_id=1, deadline_on=None),) if is_reported else ())
    assert site.state(1) == CaseState.QUEUED


@pytest.mark.parametrize(
    ("released", "own", "sent", "moved_to"),
    [
        # Released on a Saturday: the letter that is sent on Monday is not late, but its own deadline is over.
        (on(28), on(30), on(30, 14), on(1, 10, 12)),
        (on(28), on(30), on(30, 9), on(1, 10, 12)),
        (on(24, 19), on(25, 19), on(25, 20), on(26, 19)),
        (on(24, 19), on(25, 19), on(26, 18), on(27, 19)),
        (on(24, 19), on(25, 19), on(25, 10), on(25, 19)),
    ],
)
def test_a_letter_never_leaves_less_than_two_working_hours_for_what_it_asks_within_24_hours(
    site: Site, released: datetime, own: datetime, sent: datetime, moved_to: datetime
) -> None:
    site.clock.at = released
    site.plant(1)
    assert isinstance(site.services("a").claims.next(), CaseFile)
    site.services("a").verdicts.decide(replace(VERIFY, until=date(2026, 12, 15)))

    def deadlines() -> list[datetime | None]:
        items = site.services("a").casefiles.show(1).decisions[0].items
        return [item.deadline_at and item.deadline_at.replace(minute=0) for item in items]

    assert deadlines() == [own, None]
    mark(site, sent)

    assert deadlines() == [moved_to, None]
