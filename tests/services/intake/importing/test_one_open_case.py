"""An application has at most one open case, whichever way a closed one could come back."""

from collections.abc import Callable
from typing import Any

import pytest

from db.enums import DocumentKind, FailKind, Verdict
from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application, shanghai
from tests.services.intake.importing.test_existing_cases import rectifying, stage
from tests.services.intake.importing.test_reopening import passed
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import VerdictRequest
from workbench.errors import Busy, NotAllowed
from workbench.services.intake.importing import new_cases
from workbench.services.outbox.recording import Delivery

Act = Callable[[Desk, int], object]


@prepared
def failed(desk: Desk) -> int:
    case_id = desk.queued().id or 0
    stage(desk)
    desk.site.services("b").checks.approve(case_id, "yes")
    return case_id


def lapsed(desk: Desk) -> int:
    case_id = rectifying(desk)
    desk.change(state="lapsed")
    desk.site.clock.advance(days=10)
    return case_id


@prepared
def withdrawn(desk: Desk) -> int:
    case_id = desk.queued().id or 0
    desk.site.services("a").remarks.withdraw(case_id, "they wrote")
    return case_id


def resubmit(desk: Desk, case_id: int) -> None:
    desk.site.services("a").remarks.resubmit(case_id, "", shanghai("2026-11-26 10:00"))


def appeal(desk: Desk, case_id: int) -> None:
    desk.site.services("a").appeals.file(case_id, "not us")


def reopen(desk: Desk, case_id: int) -> None:
    desk.site.services("sup").reopening.reopen(case_id, "x")


def undo(desk: Desk, case_id: int) -> None:
    desk.site.services("a").undo.undo(case_id)


WAYS_BACK = [
    (failed, appeal),
    (passed, reopen),
    (lapsed, resubmit),
    (withdrawn, undo),
    (passed, undo),
]


def as_new(desk: Desk, **changes: Any) -> int:
    desk.applications(application(province="北京市", **changes), as_new=True)
    return desk.case().id or 0


@pytest.mark.parametrize(("close", "come_back"), WAYS_BACK)
def test_a_closed_case_comes_back_only_while_no_other_case_of_its_application_is_open(
    desk: Desk, close: Callable[[Desk], int], come_back: Act
) -> None:
    older = close(desk)
    newer = as_new(desk)
    state = desk.site.state(older)
    with pytest.raises(NotAllowed, match=f"{format_case(newer)}, which is queued; act on"):
        come_back(desk, older)
    assert desk.site.state(older) == state

    supervisor = desk.site.services("sup")
    supervisor.remarks.withdraw(newer, "they wrote")
    come_back(desk, older)
    assert desk.site.state(older) != state
    with pytest.raises(NotAllowed, match=f"{format_case(older)}, which is"):
        supervisor.undo.undo(newer)
    desk.applications(application(province="上海市"))
    assert desk.site.actions(older)[-1] == "evidence", "imports act on the open case"


def test_a_case_with_a_later_result_stays_closed(desk: Desk) -> None:
    older = failed(desk)
    newer = as_new(desk)
    desk.change(state="passed")
    with pytest.raises(NotAllowed, match=f"later result in {format_case(newer)}, which is passed"):
        appeal(desk, older)


def test_imports_act_on_the_case_before_a_withdrawn_one(desk: Desk) -> None:
    older = lapsed(desk)
    newer = as_new(desk)
    # The verdict of the fixture has no measure, so that no letter can be written.
    desk.change(state="withdrawn")
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at="2026-11-26 10:00")
    assert (desk.site.state(older), desk.site.state(newer)) == ("queued", "withdrawn")


def test_an_import_that_replaces_a_case_is_refused_if_that_was_opened_again_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = failed(desk)
    opened = new_cases.CaseOpening.open

    def opened_after_another(*wanted: Any) -> None:
        if desk.site.state(older) == "failed":
            reopen(desk, older)
        opened(*wanted)

    monkeypatch.setattr(new_cases.CaseOpening, "open", opened_after_another)
    with pytest.raises(Busy, match=f"{format_case(older)} was opened again"):
        as_new(desk)
    assert [case.id for case in desk.cases()] == [older]


def test_a_lapse_is_not_taken_back_by_a_late_letter_once_a_newer_case_is_open(desk: Desk) -> None:
    case_id, reviewer = desk.queued().id or 0, desk.site.services("a")
    reviewer.claims.next()
    reviewer.verdicts.decide(
        VerdictRequest(case_id=case_id, verdict=Verdict.FAIL, fail_kind=FailKind.FIXABLE, reasons=("USE-SCRIPT",))
    )
    [letter] = reviewer.notices.list(case_id)[-1:]
    desk.site.clock.advance(days=30)
    desk.site.services("admin").ticking.tick()
    as_new(desk)
    reviewer.notices.record([Delivery(notice_id=letter.id, sent_at=desk.site.clock.at)])
    assert desk.site.actions(case_id)[-1] == "sent-late"
    assert desk.site.state(case_id) == "lapsed"
