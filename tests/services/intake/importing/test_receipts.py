"""What an applicant is sent when the case is first queued, and what the log keeps of the clock."""

import json
from typing import Any

import pytest

from db.enums import CaseState, DocumentKind
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import PERSON, Desk, application, shanghai
from workbench.errors import NotAllowed
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.case_access import visible_case
from workbench.services.notices.bulk_letters import CASE_NO
from workbench.services.outbox.recording import Delivery


def receipts(desk: Desk) -> list[Any]:
    return desk.sql("SELECT case_id, kind, subject, body, language, sent_at FROM notice ORDER BY id")


@pytest.fixture
def lenient(desk: Desk) -> Desk:
    """A site where a person has to hand in no document, so that an application is complete as it comes."""
    require_no_documents_of_individuals(desk.site)
    return desk


def test_whoever_hands_in_the_last_document_gets_a_receipt_with_number_and_due_date(desk: Desk) -> None:
    desk.applications(application())
    assert receipts(desk) == []
    desk.documents()

    [receipt] = receipts(desk)
    assert (receipt.case_id, receipt.kind, receipt.language) == (1, "receipt", "zh")
    assert receipt.subject == "电销卡二次审核受理通知，受理编号 C-000001"
    assert "尊敬的虚构甲号信息服务有限公司：" in receipt.body
    assert "受理编号：C-000001\n申请编号：A-1\n办结时限：2026年11月26日（周四）" in receipt.body
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2")
    assert len(receipts(desk)) == 1


def test_an_application_that_comes_complete_gets_its_receipt_at_once(lenient: Desk) -> None:
    # What was promised long ago is history and gets none.
    lenient.applications(application("A-0", **PERSON, received_at="2026-11-02 10:00"))
    assert lenient.case("A-0").state == "queued"
    assert receipts(lenient) == []
    lenient.applications(
        application("A-1", **PERSON),
        application("A-2", **{**PERSON, "applicant_name": "考试人"}, language="en"),
        application("A-3", **{**PERSON, "applicant_name": f"测{CASE_NO}人"}),
    )

    first, second, third = receipts(lenient)
    assert "C-000002" in first.subject
    assert "尊敬的测试人：" in first.body
    assert "申请编号：A-1" in first.body
    assert second.body.startswith("Dear 考试人,")
    assert "Due date: Thursday, 26 November 2026" in second.body
    assert "\n\n\n" not in first.body + second.body
    # A name with the placeholder of the case number stays as it is.
    assert f"尊敬的测{CASE_NO}人：" in third.body
    assert "受理编号：C-000004" in third.body


def test_an_import_that_is_undone_takes_its_receipts_along_unless_one_was_sent(lenient: Desk) -> None:
    imports = lenient.site.services("admin").imports
    lenient.applications(application("A-1", **PERSON))
    imports.undo(1)
    assert receipts(lenient) == []

    lenient.applications(application("A-2", **PERSON))
    lenient.site.services("a").notices.record(
        [Delivery(notice_id=row.id) for row in lenient.sql("SELECT id FROM notice")]
    )
    with pytest.raises(NotAllowed, match="stays"):
        imports.undo(2)


def test_each_state_event_says_whether_the_clock_runs_under_which_policy_and_since_when(desk: Desk) -> None:
    case = desk.queued()
    context = desk.site.services("a").context
    with context.write() as session:
        pending = visible_case(session, case.id or 0)
        pending.state, pending.waits_for = "pending", "applicant"
        context.log_case(session, "decide", pending)
    desk.site.clock.advance(days=2)
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at="2026-11-25 10:00")

    rows = desk.sql("SELECT action, is_clock_running, body FROM event WHERE state <> '' ORDER BY seq")
    assert [(row.action, row.is_clock_running) for row in rows] == [("complete", 1), ("decide", 0), ("answer", 1)]
    assert [json.loads(row.body)["policy"] for row in rows] == [1, 1, 1]
    # Wednesday at 10:00, when it was received, and not Thursday, when it was imported.
    assert json.loads(rows[-1].body)["counted_at"] == int(shanghai("2026-11-25 10:00").timestamp() * 1_000_000)
    assert desk.case().due_at == shanghai("2026-11-27 18:00")
    assert desk.is_chain_whole()


def test_an_answer_in_a_log_that_does_not_say_when_it_was_received_counts_from_its_receipt(desk: Desk) -> None:
    case = desk.queued()
    desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at="2026-11-25 10:00")
    context = desk.site.services("a").context
    with context.write() as session:
        context.log(session, "decide", case_id=case.id, state=CaseState.PENDING, waits_for="applicant")
    desk.site.clock.advance(days=2)
    with context.write() as session:
        # As an earlier program wrote it: the import is named, the instant is not.
        context.log(session, "answer", case_id=case.id, batch_id=3, state=CaseState.QUEUED)
        update_due_date(session, context, visible_case(session, case.id or 0))

    assert desk.case().due_at == shanghai("2026-11-27 18:00")
