"""The documents of a case: listing, opening, copying and counting openings."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from db.enums import AppealOutcome, CaseState, DocumentKind, FailKind, ImportKind, Verdict
from tests.domain.facts.sample_evidence import default_policy
from tests.policies import amend_policy
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, PDF, PNG, Desk, application
from tests.services.review.verdict_acts import decide, take
from tests.sites import Site
from workbench.domain.case.appeal import AppealDecision
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.quality.period import parse_period
from workbench.errors import CannotCreate, NotAllowed, NotFound
from workbench.services.case.documents import DocumentDamaged
from workbench.services.quality.samples import SampleRequest
from workbench.services.wiring import Services

KIND = DocumentKind.BIZ_LICENSE


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    made = Desk(site, folder)
    made.queued()
    return made


@pytest.fixture
def case_id(desk: Desk) -> int:
    return desk.case().id or 0


def opening_events(desk: Desk) -> list[tuple[str, bool, dict[str, str]]]:
    rows = desk.sql("SELECT actor_login, is_refused, body FROM event WHERE action = 'documents' ORDER BY seq")
    return [(login, bool(refused), json.loads(body)) for login, refused, body in rows]


def damage(desk: Desk, sha256: str, how: str) -> None:
    path = desk.site.services("admin").context.store.document_path(sha256)
    if how == "missing":
        path.unlink()
    elif how == "altered":
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    else:
        path.write_bytes(path.read_bytes() + b"more")


def unopened(services: Services, case_id: int) -> tuple[DocumentKind, ...]:
    return services.verdicts.preview(VerdictRequest(case_id=case_id, verdict=Verdict.PASS, reasons=("OK",))).unopened


def test_an_opening_is_one_event_without_a_personal_value_and_counts_for_who_opened_the_document(
    desk: Desk, case_id: int
) -> None:
    a, b = desk.site.services("a"), desk.site.services("b")
    before = a.documents.list(case_id)
    first, *others = before
    assert [line.number for line in before] == list(range(1, 9))
    assert (first.kind, first.file_name, first.name("zh")) == (KIND, "01-BIZ_LICENSE.pdf", "营业执照副本")
    assert all(line.is_stored and not line.openings for line in before)
    assert unopened(a, case_id) == tuple(line.kind for line in before)

    with a.documents.open(case_id, first.sha256) as file:
        assert file.read().startswith(b"%PDF-")
    # Opened is what was seen: a file that was only read may not have been drawn.
    assert opening_events(desk) == []
    a.documents.record_opening(case_id, first, "shown")
    assert opening_events(desk) == [("a", False, {"kind": "BIZ_LICENSE", "sha256": first.sha256, "how": "shown"})]
    b.documents.record_opening(case_id, first, "viewer")
    after = a.documents.list(case_id)
    assert [opening.login for opening in after[0].openings] == ["b", "a"]
    assert not after[1].openings
    assert unopened(a, case_id) == tuple(line.kind for line in others)

    for line in others:
        a.documents.record_opening(case_id, line, "viewer")
    assert unopened(b, case_id) == ()
    desk.documents(kinds=(KIND,), content="again", received_at="2026-11-24 09:00")
    assert unopened(a, case_id) == (KIND,), "a new file is not opened"


def test_who_reads_blindly_opens_what_the_maker_could_and_not_who_else_did(
    desk: Desk, case_id: int, tmp_path: Path
) -> None:
    site = desk.site
    take(site)
    a = site.services("a").documents
    lines = a.list(case_id)
    a.record_opening(case_id, lines[0], "shown")
    request = VerdictRequest(
        case_id=case_id, verdict=Verdict.FAIL, fail_kind=FailKind.FINAL, reasons=("USE-TRADE",), note="seen"
    )
    decide(site, request)
    site.services("c").checks.approve(case_id, "agreed")
    site.clock.advance(hours=1)
    site.services("sup").ticking.tick()
    site.services("sup").samples.draw(SampleRequest(period=parse_period("2026"), size=1, seed=7))
    b = site.services("b")
    assert b.opinions.read()
    site.services("sup").reopening.reopen(case_id, "new paper")
    desk.documents(kinds=(KIND,), content="later", received_at="2026-11-24 09:00")
    assert len(site.services("sup").documents.list(case_id)) == len(lines) + 1
    blind = b.opinions.documents
    found = blind.list(case_id)
    assert {line.sha256 for line in found} == {line.sha256 for line in lines}
    assert [line.openings for line in found] == [()] * len(lines)
    with blind.open(case_id, lines[0].sha256) as file:
        assert file.read()
    blind.record_opening(case_id, found[0], "shown")
    assert [opened.login for opened in blind.list(case_id)[0].openings] == ["b"]
    assert len(blind.save(case_id, tmp_path / "out")) == len(lines)
    with pytest.raises(NotAllowed, match="for a second opinion"):
        b.documents.list(case_id)


def test_copies_count_as_opened_and_are_one_line_of_history(
    desk: Desk, case_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = desk.site.services("a")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    chosen = a.documents.list(case_id)[1]
    a.documents.save(case_id, tmp_path / "out", chosen.sha256)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [chosen.file_name]
    assert [bool(each.copies) for each in a.documents.list(case_id)] == [False, True, *[False] * 6]
    assert len(set(unopened(a, case_id)) - {chosen.kind}) == 7

    (desk.folder / "x.exe").write_bytes(b"MZ" + PNG)
    desk.run(ImportKind.DOCUMENTS, [{"application_no": "A-1", "kind": "RISK_NOTICE", "path": "x.exe"}])
    folder = a.documents.suggested_folder(case_id)
    a.documents.save(case_id, folder)
    assert folder.parent.is_relative_to(tmp_path)
    assert (folder.name, a.documents.suggested_folder(case_id).name) == ("workbench-C-000001", "workbench-C-000001-2")
    assert [path.suffix for path in folder.iterdir() if "RISK" in path.name] == [".bin"], "no file can be run"

    lines = a.documents.list(case_id)
    assert (unopened(a, case_id), lines[0].openings) == ((), ())
    assert [one.login for one in lines[0].copies] == ["a"]
    entries = [(one.action, one.text) for one in a.casefiles.show(case_id).history if one.who == "a"]
    assert sorted(entries) == [("documents-written", "1"), ("documents-written", "9")]
    written = desk.sql("SELECT body FROM event WHERE action = 'documents-written' ORDER BY seq DESC LIMIT 1")
    (body,) = (json.loads(row[0]) for row in written)
    assert (body["count"], body["sha256"]) == (9, [line.sha256 for line in lines])
    assert desk.is_chain_whole()
    with pytest.raises(NotAllowed):
        desk.site.services("audit").documents.save(case_id, tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert opening_events(desk) == [("audit", True, {"exit": 77, "why": "NotAllowed"})]


def test_copies_are_private_and_their_names_contain_nothing_from_the_applicant(
    desk: Desk, case_id: int, tmp_path: Path
) -> None:
    for umask in (0o000, 0o022, 0o077):
        folder = tmp_path / f"deep{umask}" / "out"
        before = os.umask(umask)
        try:
            desk.site.services("a").documents.save(case_id, folder)
        finally:
            os.umask(before)

        assert sorted(path.name for path in folder.iterdir())[:2] == ["01-BIZ_LICENSE.pdf", "02-AGENT_ID_FRONT.pdf"]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
        assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_nothing_is_overwritten_and_no_partial_folder_is_left(desk: Desk, case_id: int, tmp_path: Path) -> None:
    documents = desk.site.services("a").documents
    full, file, link, empty = (tmp_path / name for name in ("full", "file", "link", "empty"))
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    file.write_text("mine", encoding="utf-8")
    link.symlink_to(full)
    empty.mkdir()
    if os.geteuid() == 0:
        os.chown(empty, 61_001, 61_001)

    for folder in (full, file, link, *((empty,) if os.geteuid() == 0 else ())):
        with pytest.raises(CannotCreate):
            documents.save(case_id, folder)

    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    assert not [path for path in tmp_path.iterdir() if ".workbench-" in path.name]
    assert opening_events(desk) == []


def test_created_parent_folders_are_removed_when_nothing_is_written(desk: Desk, case_id: int, tmp_path: Path) -> None:
    documents = desk.site.services("a").documents
    for line in documents.list(case_id):
        damage(desk, line.sha256, "missing")
    (tmp_path / "there").mkdir()

    for folder in (tmp_path / "deep" / "deeper" / "out", tmp_path / "there" / "deep" / "out"):
        with pytest.raises(DocumentDamaged):
            documents.save(case_id, folder)

    assert not (tmp_path / "deep").exists()
    assert list((tmp_path / "there").iterdir()) == []


def test_a_missing_or_altered_document_is_reported_and_not_opened(desk: Desk, case_id: int, tmp_path: Path) -> None:
    documents = desk.site.services("a").documents
    states, lines = {"missing": "missing", "altered": "altered", "longer": "altered"}, documents.list(case_id)
    for line, (how, state) in zip(lines, states.items(), strict=False):
        damage(desk, line.sha256, how)

        with pytest.raises(DocumentDamaged) as caught:
            documents.open(case_id, line.sha256)

        assert caught.value.state == state
        assert line.name("en") in str(caught.value)
    done = documents.save(case_id, tmp_path / "out")

    assert [line.is_stored for line in documents.list(case_id)][:4] == [False, True, False, True]
    assert [one.state for one in done] == [*states.values(), *["written"] * 5]
    assert not [line for line in lines[:3] if (tmp_path / "out" / line.file_name).exists()]
    assert {line.kind for line in lines[:3]} == set(unopened(desk.site.services("a"), case_id))
    assert [event[:2] for event in opening_events(desk)][:3] == [("a", True)] * 3


def test_a_case_without_documents_and_an_unknown_file_are_reported(desk: Desk, tmp_path: Path) -> None:
    (bare,) = desk.site.plant()
    documents = desk.site.services("a").documents

    with pytest.raises(NotFound):
        documents.save(bare, tmp_path / "out")
    with pytest.raises(NotFound):
        documents.open(bare, "0" * 64)
    assert documents.list(bare) == ()


@pytest.mark.parametrize(("which", "left"), [("", 0), ("findings", 1), ("all", 8)])
def test_a_pass_needs_the_documents_that_the_policy_wants_opened(
    desk: Desk, tmp_path: Path, which: str, left: int
) -> None:
    """Each reviewer opens them; the log knows it, so also another process after a restart."""
    # A stored version without the key asks for none.
    amend_policy(desk.site, ('open_before_pass = "findings"', which and f'open_before_pass = "{which}"'))
    desk.applications(application("A-2"))
    desk.documents("A-2", ENTERPRISE_DOCUMENTS[1:])
    (desk.folder / "unsealed.pdf").write_bytes(PDF + b"unsealed")
    licence = {"application_no": "A-2", "kind": KIND.value, "path": "unsealed.pdf", "sealed": "no", "quality": "ok"}
    desk.run(ImportKind.DOCUMENTS, [{**licence, "received_at": "2026-11-23 15:00"}])
    number = desk.case("A-2").id or 0
    a, b = desk.site.services("a"), desk.site.services("b")
    a.claims.next(f"C-{number}")
    assert "DOC-UNSEALED" in {finding.rule for finding in a.casefiles.show(number).findings}
    request = VerdictRequest(case_id=number, verdict=Verdict.PASS, reasons=("OK-OVERRIDE",), note="seen")
    fail = VerdictRequest(case_id=number, verdict=Verdict.FAIL, reasons=("DOC-UNSEALED",))
    first, *others = a.documents.list(number)
    for line in (first, *others):
        b.documents.record_opening(number, line, "shown")

    problems = a.verdicts.preview(request).problems
    assert len(problems) == bool(left)
    assert a.verdicts.preview(fail).problems == ()
    if left:
        with pytest.raises(NotAllowed, match="licence") as refusal:
            a.verdicts.decide(request)
        assert (str(refusal.value), "as findings concern them" in problems[0]) == (problems[0], which == "findings")
        assert problems[0].endswith(" On the desk, o opens or saves them.")
        assert a.verdicts.preview(request).to_open == problems[0]
        names = default_policy().documents.names.values()
        assert sum(f"{name.en}, " in problems[0] or f"{name.en}. " in problems[0] for name in names) == left
        a.documents.record_opening(number, first, "viewer")
        assert len(a.verdicts.preview(request).problems) == (left > 1)
        # Where a terminal has no pictures, a copy is the way to read a document.
        a.documents.save(number, tmp_path / "copies")
    assert a.verdicts.decide(request).state is CaseState.AWAITING_CHECK


def test_an_appeal_passes_a_case_only_after_its_decider_opened_the_documents(desk: Desk, case_id: int) -> None:
    amend_policy(desk.site, ('open_before_pass = "findings"', 'open_before_pass = "all"'))
    a, b, sup = (desk.site.services(login) for login in ("a", "b", "sup"))
    a.claims.next(f"C-{case_id}")
    fail = VerdictRequest(case_id=case_id, verdict=Verdict.FAIL, fail_kind=FailKind.FINAL, reasons=("ID-NAME",))
    a.verdicts.decide(fail)
    b.checks.approve(case_id, "yes")
    a.appeals.file(case_id, "not us")
    passed = AppealDecision(
        case_id=case_id, outcome=AppealOutcome.OVERTURNED, to_state=CaseState.PASSED, note="they are right"
    )

    with pytest.raises(NotAllowed, match="Open before a pass: business licence"):
        sup.appeals.decide(passed)
    lost, *others = sup.documents.list(case_id)
    for line in others:
        sup.documents.record_opening(case_id, line, "shown")
    desk.site.services("sup").context.store.document_path(lost.sha256).unlink()
    # A file that is lost cannot be opened; a note stands for it.
    with pytest.raises(NotAllowed, match=f"Not in the store: {lost.name('en')}. .*or note how"):
        sup.appeals.decide(replace(passed, note=" "))
    assert sup.appeals.decide(passed).state is CaseState.AWAITING_CHECK
