"""The cases, people and log of the demo when it opens."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from db.enums import ApplicantKind, CaseState, ExportKind, FailKind, Severity, Verdict
from db.models import EventRow
from tests.demos import NOW, services
from tests.languages import speaking
from workbench.domain.case.casefile import CaseFile, NoNextCase, VerdictRequest
from workbench.domain.findings.evaluate import is_clean
from workbench.policies import default_policy_text
from workbench.services.demo.history import note_in_language
from workbench.services.demo.preparing import DATA
from workbench.services.foundation.audit_log import verify
from workbench.services.policy.reader import parse_policy
from workbench.services.records.exporting.request import ExportRequest
from workbench.services.site.doctor import examine
from workbench.services.site.file_checks import Health

pytestmark = pytest.mark.terminal


@pytest.fixture(scope="module")
def files(made_demo: Path) -> Mapping[str, CaseFile]:
    with services(made_demo) as rev1:
        with rev1.context.read() as session:
            numbers = session.execute(text('SELECT id FROM "case" ORDER BY id')).scalars().all()
        shown = [rev1.casefiles.show(case_id) for case_id in numbers]
    return {file.header.application_no: file for file in shown}


def test_every_state_verdict_action_and_rule_occurs(files: Mapping[str, CaseFile]) -> None:
    states = Counter(file.header.state for file in files.values())
    decisions = [decision for file in files.values() for decision in file.decisions]
    actions = {line.action for file in files.values() for line in file.history}
    found = {finding.rule for file in files.values() for finding in file.findings}

    assert set(states) == set(CaseState)
    assert (states[CaseState.QUEUED] > 25, states[CaseState.PASSED] > 30) == (True, True)
    assert {(decision.verdict, decision.fail_kind) for decision in decisions} >= {
        (Verdict.PASS, None),
        (Verdict.PENDING, None),
        (Verdict.FAIL, FailKind.FIXABLE),
        (Verdict.FAIL, FailKind.FINAL),
    }
    assert actions >= {
        *("next", "aside", "skip", "release", "assign", "decide", "undo", "approve", "return", "void"),
        *("answer", "resubmit", "withdraw", "complete", "comment", "contact", "checklist", "verify"),
        *("appeal", "lapse", "reopen", "notice-sent", "notice-failed"),
    }
    assert found == set(parse_policy(default_policy_text(), "default").rules)


def test_no_act_of_a_chinese_demo_has_an_english_note() -> None:
    with (DATA / "replay" / "acts.csv").open(encoding="utf-8") as file, speaking("zh"):
        notes = [note for row in csv.DictReader(file) if (note := note_in_language(row))]
    assert len(notes) > 50
    assert [note for note in notes if note.isascii()] == []


def test_all_actions_are_in_working_hours_and_in_the_past(made_demo: Path, files: Mapping[str, CaseFile]) -> None:
    with services(made_demo) as rev1, rev1.context.read() as session:
        calendar = rev1.context.calendar(session)
        events = session.exec(select(EventRow).order_by(EventRow.seq)).all()  # type: ignore[arg-type]  # columns at class level
        today = calendar.local_day(NOW)

    assert all(earlier.at <= later.at for earlier, later in pairwise(events))
    assert events[-1].at < NOW
    for event in events:
        local = event.at.astimezone(calendar.zone)
        assert calendar.is_working(local.date()) or event.action in {"init", "reviewers add", "reviewers role"}
        if event.action in {"decide", "approve"}:
            assert any(opens <= local.time() <= closes for opens, closes in calendar.hours), (event.seq, local)
    for file in files.values():
        received = calendar.local_day(file.header.received_at)
        assert file.header.received_at < NOW
        assert calendar.working_days_left(received, today) <= 26
        assert all(call.window_to is None or call.window_to < today for call in file.evidence.calls)


def test_the_log_is_valid_and_has_no_refusal(made_demo: Path) -> None:
    with services(made_demo) as rev1, rev1.context.read() as session:
        report = verify(session)
        refused = session.exec(select(EventRow).where(EventRow.is_refused)).all()

    assert report.is_whole
    assert report.event_count > 250
    assert refused == []
    assert all(result is not Health.FAULT for result, _text in examine(made_demo, NOW))


def test_the_first_case_has_one_clear_finding_and_the_next_four_are_clean(fresh_demo: Path) -> None:
    taken = []
    with services(fresh_demo) as rev1:
        waiting = rev1.checks.waiting()
        assert (len(waiting), rev1.undo.last()) == (5, None), "rev1 can check some verdicts and has nothing to undo"
        assert rev1.checks.approve(waiting[0].id, "Seen and agreed.").state in {CaseState.FAILED, CaseState.PASSED}
        for _turn in range(5):
            file = rev1.claims.next()
            assert not isinstance(file, NoNextCase)
            taken.append(file)
            verdict = Verdict.PASS if is_clean(file.findings) else Verdict.FAIL
            reasons = ("OK",) if verdict is Verdict.PASS else (file.findings[0].rule,)
            rev1.verdicts.decide(VerdictRequest(case_id=file.header.id, verdict=verdict, reasons=reasons))

    first, *others = taken
    grave = [finding for finding in first.findings if finding.severity is not Severity.INFO]
    assert [(finding.rule, finding.severity) for finding in grave] == [("ACT-PEAK-HOUR", Severity.BLOCK)]
    assert all(is_clean(file.findings) for file in others)
    assert {file.header.assignee for file in taken} == {"rev1"}


def test_rare_characters_occur_and_nothing_that_looks_like_a_broken_program(made_demo: Path) -> None:
    with services(made_demo) as rev1, rev1.context.read() as session:
        rows = session.execute(text("SELECT * FROM application")).mappings().all()
        comments = session.execute(text("SELECT body FROM comment")).scalars().all()
        summaries = session.execute(text("SELECT summary FROM complaint")).scalars().all()
    stored = "\n".join((*(str(value) for row in rows for value in row.values()), *comments, *summaries))

    for rare in ("𠮷", "龘", "Zoë", "Đặng Ngọc Ánh", "O'Brien & Søn"):
        assert rare in stored, rare
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u0300-\u036f\u202a-\u202e]|\[[/@a-z]|\\u", stored)
    assert any(len(comment) >= 10_000 for comment in comments)


def test_no_number_of_the_demo_can_belong_to_a_real_person(files: Mapping[str, CaseFile], made_demo: Path) -> None:
    with services(made_demo, "sup") as sup, sup.context.read() as session:
        applications = session.execute(
            text(
                "SELECT handler_id_no, legal_rep_id_no, contact_phone, applicant_name, applicant_kind FROM application"
            )
        ).all()
        msisdns = session.execute(text("SELECT msisdn FROM card")).scalars().all()

    for row in applications:
        for number in (row.handler_id_no, row.legal_rep_id_no):
            # No ID number has the region of a whole province; the serials 996 to 999 are kept for centenarians.
            assert not number or (number[2:6] == "0000" and "996" <= number[14:17] <= "999"), number
        assert row.contact_phone.startswith("1670000")
        if row.applicant_kind != ApplicantKind.INDIVIDUAL:
            assert row.applicant_name.startswith(("虚构", "Example "))
    assert all(re.fullmatch(r"1\d\d00\d{6}", msisdn) for msisdn in msisdns)


def test_the_demo_has_a_supplier_of_its_own_and_exports_its_notices(fresh_demo: Path, tmp_path: Path) -> None:
    with services(fresh_demo, "admin") as admin:
        report = admin.exports.write(ExportRequest(what=ExportKind.NOTICES, output=tmp_path / "notices.csv"))

    assert report.rows > 50
    assert "示例通信" in (tmp_path / "notices.csv").read_text(encoding="utf-8-sig")
