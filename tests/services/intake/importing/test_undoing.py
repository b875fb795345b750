"""Taking a batch back, while nothing rests on it."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from db.columns import to_us
from db.enums import DocumentKind, ImportKind
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import Cells, Desk, application, shanghai
from tests.services.intake.importing.test_existing_cases import rectifying
from tests.services.intake.importing.test_receipt_times import persons
from workbench.errors import Busy, NotAllowed, NotFound
from workbench.services.foundation.context import Context
from workbench.services.intake.batches import applying, sweeping, undoing
from workbench.services.intake.batches.publishing import publish, try_import_lock
from workbench.services.intake.importing import import_run
from workbench.services.time.deadlines.suspensions import NewSuspension

COURT = {"subject_no": "91110000600037341L", "list": "court", "match": "exact"}
COMPLAINT = {"msisdn": "13800138000", "received_at": "2026-11-20", "verified": "yes"}


def test_a_batch_that_nobody_touched_is_taken_back_with_its_cases(desk: Desk) -> None:
    path = desk.write([application(), application("A-2")])
    desk.take(ImportKind.APPLICATIONS, path)
    number = desk.case().id or 0
    undone = desk.site.services("admin").imports.undo(1)
    assert (undone.rows, undone.cases) == (2, 2)
    for table in ("application", "card", "case", "finding", "import_batch", "import_file"):
        assert desk.count(table) == 0, table
    assert [row[0] for row in desk.sql("SELECT action FROM event WHERE batch_id = 1 ORDER BY seq")] == [
        "import",
        "import-undone",
        "import-swept",
    ]
    assert desk.is_chain_whole()
    again = desk.take(ImportKind.APPLICATIONS, path)
    assert (again.created, again.batch, desk.case().id) == (2, 2, number + 2), "no number is given again"
    with pytest.raises(NotFound, match="B-000009"):
        desk.site.services("admin").imports.undo(9)
    assert not list(desk.site.services("admin").context.store.batches.glob("9.lock"))


def test_an_undone_import_takes_back_the_priority_that_it_raised_and_what_applicants_were_told(desk: Desk) -> None:
    require_no_documents_of_individuals(desk.site)
    desk.applications(*({**person, "msisdns": ""} for person in persons(1)))
    number = desk.sql("SELECT handler_id_no FROM application")[0][0]
    before = desk.sql('SELECT priority, priority_rank FROM "case"')
    assert before == [("normal", 1)]
    imports = desk.site.services("admin").imports
    batch = desk.run(ImportKind.CREDIT, [{**COURT, "subject_no": number}]).batch
    assert desk.sql('SELECT priority FROM "case"') == [("high",)]
    imports.undo(batch or 0)
    assert desk.sql('SELECT priority, priority_rank FROM "case"') == before

    now = desk.site.clock.at
    stop = NewSuspension(from_at=now, to_at=now + timedelta(days=1), reason="台风")
    desk.site.services("sup").suspending.suspend(stop)
    assert desk.count("suspension_notice") == 1
    imports.undo(1)
    assert (desk.count("case"), desk.count("suspension_notice")) == (0, 0)


def test_two_imports_do_not_run_at_once(desk: Desk) -> None:
    with try_import_lock(desk.site.services("admin").context.store) as is_mine:
        assert is_mine
        with pytest.raises(Busy):
            desk.applications(application())
    assert desk.applications(application()).created == 1


def test_an_import_that_another_process_began_to_remove_is_not_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_after_a_sweep(context: Context, batch_id: int, *arguments: Any) -> None:
        # A server gave the lock of the batch to others when it ended the connection of the process that held it.
        with monkeypatch.context() as patched:
            patched.setattr(sweeping, "_retract", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                sweeping.remove_batch(context, batch_id)
        publish(context, batch_id, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(import_run, "publish", publish_after_a_sweep)
        with pytest.raises(Busy):
            desk.applications(application())
    assert (desk.count("import_batch"), desk.count("case")) == (0, 0)

    desk.applications(application())
    sweeping.remove_batch(desk.site.services("admin").context, 2)
    assert (desk.count("import_file"), desk.count("case")) == (1, 1)
    assert desk.is_chain_whole()


def _failed(desk: Desk) -> None:
    desk.queued()
    desk.change(state="failed")


@pytest.mark.parametrize(
    ("state", "kind", "row", "step"),
    [
        (Desk.queued, ImportKind.CREDIT, COURT, "_forecasts"),
        (rectifying, ImportKind.CREDIT, COURT, "_forecasts"),
        (_failed, ImportKind.APPEALS, {"application_no": "A-1", "grounds": "未拨打过"}, "file_appeals"),
    ],
)
def test_no_case_is_updated_with_an_import_that_another_process_undid(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    state: Callable[[Desk], object],
    kind: ImportKind,
    row: Cells,
    step: str,
) -> None:
    state(desk)
    batches, real = desk.count("import_batch"), getattr(applying, step)

    def undo_first(context: Context, *arguments: Any) -> Any:
        # A server gave the lock of the batch to others when it ended the connection of the process that held it.
        monkeypatch.setattr(undoing, "try_lock", lambda *_store: nullcontext(True))
        monkeypatch.setattr(undoing, "remove_batch", lambda *_batch: None)
        undoing.undo_batch(context, batches + 1)
        return real(context, *arguments)

    monkeypatch.setattr(applying, step, undo_first)
    with pytest.raises(Busy):
        desk.run(kind, [row])
    assert "CR-DEBTOR" not in desk.findings()
    assert desk.count("appeal") == 0
    monkeypatch.undo()
    desk.site.services("audit")
    assert desk.count("import_batch") == batches
    assert desk.is_chain_whole()


def test_evidence_and_acts_that_leave_nothing_do_not_keep_a_batch(desk: Desk) -> None:
    desk.applications(application())
    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    admin, reviewer = desk.site.services("admin"), desk.site.services("a")
    with pytest.raises(NotAllowed, match="`workbench imports undo B-000002`"):
        admin.imports.undo(1)
    assert "CR-DEBTOR" in desk.findings()

    admin.imports.undo(2)
    assert "CR-DEBTOR" not in desk.findings()
    assert desk.site.actions(desk.case().id or 0)[-1] == "evidence-undone"
    assert '"batch":2' in desk.sql("SELECT body FROM event WHERE action = 'evidence-undone'")[0].body
    desk.change(state="queued", due_at=desk.site.clock.at)
    case_id = reviewer.claims.next().header.id  # type: ignore[union-attr]  # the only case
    with pytest.raises(NotAllowed, match=r"a holds C-000001.*`workbench release C-000001`"):
        admin.imports.undo(1)
    reviewer.claims.release(case_id)
    assert admin.imports.undo(1).cases == 1
    assert desk.is_chain_whole()


def test_what_an_interrupted_undo_did_not_take_back_is_taken_back_for_who_undid_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.applications(application())
    desk.run(ImportKind.CREDIT, [COURT])
    with monkeypatch.context() as patched:
        patched.setattr(undoing, "remove_batch", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            desk.site.services("admin").imports.undo(2)
    assert "CR-DEBTOR" in desk.findings()
    desk.site.services("audit")
    assert "CR-DEBTOR" not in desk.findings()
    logins = desk.sql("SELECT actor_login FROM event WHERE action = 'evidence-undone'")
    assert [row[0] for row in logins] == ["admin"]


def _interrupted(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_batch_that_moved_a_case_stays_and_a_passed_case_leaves_the_list_with_the_one_that_put_it_there(
    desk: Desk,
) -> None:
    desk.queued()
    moved = "B-000002 stays: C-000001 became complete or came back to the queue with it.* Import a file with"
    for batch, message in ((2, f"^{moved}"), (1, f"^B-000001 stays: B-000002 rests on it. {moved}")):
        with pytest.raises(NotAllowed, match=message):
            desk.site.services("admin").imports.undo(batch)
    assert desk.case().state == "queued"
    desk.change(state="passed")
    desk.run(ImportKind.CREDIT, [{"subject_no": "91110000600037341L", "list": "court", "match": "exact"}])
    queue = desk.site.services("sup").queue
    assert queue.count("attention:reopen") == 1
    desk.site.services("admin").imports.undo(3)
    assert queue.count("attention:reopen") == 0
    assert "CR-DEBTOR" not in desk.findings()


def test_a_batch_that_an_appeal_brought_into_a_closed_case_stays(desk: Desk) -> None:
    case_id = desk.queued().id or 0
    desk.change(state="failed")
    of_another = {**COURT, "subject_no": "91110000600037342X"}
    rows = [(ImportKind.CREDIT, COURT), (ImportKind.COMPLAINTS, COMPLAINT), (ImportKind.CREDIT, of_another)]
    *brought, another = [desk.run(kind, [row]).batch or 0 for kind, row in rows]
    desk.site.services("sup").appeals.file(case_id, "未拨打过")

    imports = desk.site.services("admin").imports
    assert imports.undo(another).rows == 1
    findings = desk.findings()
    for batch in brought:
        with pytest.raises(NotAllowed, match=r"sup acted on C-000001 .*appeal"):
            imports.undo(batch)
    assert (desk.findings(), desk.count("credit_record"), desk.count("complaint")) == (findings, 1, 1)


def test_a_batch_that_brought_an_item_in_time_stays_after_the_deadline_of_the_item(desk: Desk) -> None:
    rectifying(desk, codes=("BIZ_LICENSE", "AUTH_LETTER"))
    with desk.site.services("admin").context.write() as session:
        session.execute(
            text("UPDATE rectification_item SET deadline_at = :at WHERE code = 'BIZ_LICENSE'"),
            {"at": to_us(shanghai("2026-11-25 10:00"))},
        )
    report = desk.documents(kinds=(DocumentKind.BIZ_LICENSE,), content="2", received_at="2026-11-24 10:00")
    for days in (1, 19):
        desk.site.clock.advance(days=days, hours=1)
        with pytest.raises(NotAllowed, match="without it the case would lapse now"):
            desk.site.services("admin").imports.undo(report.batch or 0)
    items = desk.sql("SELECT code, satisfied_at IS NOT NULL FROM rectification_item ORDER BY id")
    assert items == [("ID-NAME", 1), ("BIZ_LICENSE", 1), ("AUTH_LETTER", 0)]
