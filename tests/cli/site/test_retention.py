"""Retention and legal holds, by command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.dialect import is_server
from db.dialects.search import HITS, name_hits
from db.enums import ImportKind
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.retention_store import SHARED, Human, RetentionSite, drawn, made
from tests.languages import speaking
from tests.policies import amend_policy
from tests.prepared import prepared
from tests.services.intake.importing.files import APPLICATION, INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sizes import sample
from workbench.errors import ExitCode, StorageFailed
from workbench.services.intake.importing.plan import ImportRefused
from workbench.services.records.retention import service
from workbench.services.site import file_checks
from workbench.services.site.due_erasures import UnlinkedEvidence
from workbench.wording.retention import period_words

pytestmark = pytest.mark.proof

NUMBER = "13800138000"
APPLY = ("retention", "apply", "--reason", f"period over {NUMBER}", "--yes")


@pytest.fixture
def office(terminal: Terminal, tmp_path: Path) -> RetentionSite:
    return made(terminal, tmp_path / "files", 1)


@pytest.fixture
def erased(office: RetentionSite) -> RetentionSite:
    """The site after the period of its closed cases, which are erased."""
    _erase(office.desk, office.terminal)
    return office


@prepared
def _erase(desk: Desk, terminal: Terminal) -> None:
    terminal.site.clock.advance(days=90)
    assert terminal.document("admin", *APPLY)["cases"] == 2


def kinds(office: RetentionSite) -> dict[str, dict[str, Any]]:
    return {one["kind"]: one for one in office.document("admin", "retention", "show")["kinds"]}


def table(office: RetentionSite, *words: str) -> str:
    return office.run("admin", "retention", "show", *words)


@pytest.mark.promise("R2")
def test_show_counts_what_is_due_and_what_keeps_the_rest(office: RetentionSite) -> None:
    before = office.document("admin", "retention", "show")
    assert kinds(office)["passed"] == {
        **dict.fromkeys(("due", "documents", "document_bytes", "call_rows"), 0),
        "kind": "passed",
        "period": "90 days",
        "kept": {"not_yet": 2},
    }
    assert (before["open_cases"], before["next_on"]) == (1, "2027-02-22")

    office.later(days=90)

    after = kinds(office)["passed"]
    assert (after["due"], after["documents"], after["call_rows"], after["kept"]) == (2, 8, 10, {})
    assert "2" in table(office)
    with speaking("zh"):
        assert [period_words(period) for period in ("90 days", "1 year", "")] == ["90天", "1年", "–"]
    office.later(days=35)
    shown = office.document("admin", "retention", "apply", "--dry-run")
    office.run("admin", "tick")
    assert shown["kinds"][0]["due"] == kinds(office)["passed"]["due"] == 2
    said = office.terminal.as_person("admin", "doctor").stdout
    assert "Cases due for erasure for more than 30 days: 2" in said


def test_who_may_not_is_refused(office: RetentionSite) -> None:
    office.later(days=90)
    for login, words, code, said in (
        ("sup", APPLY, ExitCode.NOT_ALLOWED, "Only an admin"),
        ("admin", APPLY[:-1], ExitCode.USAGE, "--yes"),
        ("admin", ("retention", "apply", "--reason", " ", "--yes"), ExitCode.USAGE, "--reason"),
        ("a", ("hold", "C-1", "--reason", "x"), ExitCode.NOT_ALLOWED, "supervisor, admin"),
        ("sup", ("hold", "C-1"), ExitCode.USAGE, "--list"),
        ("sup", ("unhold", "C-1", "--reason", "x"), ExitCode.NOT_ALLOWED, "under no legal hold"),
    ):
        assert said in refused(office.terminal.as_person(login, *words), code)
        assert kinds(office)["passed"]["due"] == 2


@pytest.mark.promise("A7")
def test_while_there_are_two_admins_one_asks_for_an_erasure_and_another_rejects_or_approves_it(
    office: RetentionSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run("admin", "reviewers", "add", "second", "--role", "admin")
    office.later(days=90)
    rejected = office.document("admin", *APPLY)["number"]
    assert office.document("second", "retention", "reject", rejected)["number"] == rejected
    late = office.terminal.as_person("second", "retention", "approve", rejected, "--yes")
    assert "No request" in refused(late, ExitCode.NO_INPUT)
    asked = office.document("admin", "retention", "apply", "--reason", "period over 13800138000")
    assert (asked["requested_by"], asked["reason"]) == ("admin", "period over 138••••••00")
    number = asked["number"]

    assert kinds(office)["passed"]["due"] == 2
    assert [one["number"] for one in office.document("audit", "retention", "show")["requests"]] == [number]
    assert f"another admin may approve {number}" in table(office)
    approve = ("retention", "approve", number, "--yes")
    assert "You made this request" in refused(office.terminal.as_person("admin", *approve), ExitCode.NOT_ALLOWED)
    assert "Only an admin" in refused(office.terminal.as_person("sup", *approve), ExitCode.NOT_ALLOWED)
    assert "--yes" in refused(office.terminal.as_person("second", *approve[:-1]), ExitCode.USAGE)
    unknown = office.terminal.as_person("second", "retention", "approve", "R-999999")
    assert "No request R-999999" in refused(unknown, ExitCode.NO_INPUT)
    assert "No request" in refused(office.terminal.as_person("second", "reviewers", "approve", number), 66)
    with monkeypatch.context() as patched:
        patched.setattr(service, "erase_application", _fail)
        refused(office.terminal.as_person("second", *approve), ExitCode.IO)
    assert office.document("second", *approve)["cases"] == 2

    assert "retention show" in refused(office.terminal.as_person("second", *approve), ExitCode.NO_INPUT)
    [[actor]] = office.desk.sql("SELECT DISTINCT actor_login FROM event WHERE action = 'erased'")
    assert actor == "second"
    assert office.document("audit", "audit", "verify")["broken_at"] is None


def test_a_nightly_erasure_asks_another_admin_once_and_only_when_something_is_due(office: RetentionSite) -> None:
    office.run("admin", "reviewers", "add", "second", "--role", "admin")
    arrive(office, "2026-11-20", drawn(77))
    evidence_period(office, "100 days")
    assert "Nothing was due" in office.terminal.as_person("admin", *APPLY).output
    requests = []
    for days in (90, 1, 5):
        office.later(days=days)
        requests.append(office.document("admin", *APPLY))

    assert office.document("audit", "retention", "show")["requests"] == requests[:1]
    assert requests == requests[:1] * 3
    theirs = office.document("second", *APPLY)["number"]
    assert theirs != requests[0]["number"]
    office.document("admin", "retention", "approve", theirs, "--yes")
    assert office.document("admin", *APPLY)["cases"] == 0
    office.later(days=10)
    assert office.document("admin", *APPLY)["requested_by"] == "admin"


def _fail(*_given: object) -> None:
    raise StorageFailed("The disk is gone.")


@pytest.mark.promise("S7")
def test_a_clock_that_must_be_wrong_erases_nothing(office: RetentionSite) -> None:
    office.run("admin", "reviewers", "add", "second", "--role", "admin")
    office.later(days=90)
    number = office.document("admin", *APPLY)["number"]
    office.later(days=-1)

    for login, words in (("admin", APPLY), ("second", ("retention", "approve", number, "--yes"))):
        assert "The clock of this machine" in refused(office.terminal.as_person(login, *words), ExitCode.CONFIG)


@pytest.mark.proof
@pytest.mark.promise("P8", "R1")
@pytest.mark.parametrize("seed", sample(range(10, 1000, 10), ci=1))
def test_nothing_of_an_erased_case_is_left_and_all_of_the_others(terminal: Terminal, tmp_path: Path, seed: int) -> None:
    office = made(terminal, tmp_path / "files", seed)
    office.later(days=90)
    gone = ("A-1", "A-2")
    office.plant(1, office.people["A-1"].said)
    kept = office.rows_of_others(gone)

    erased = office.document("admin", *APPLY)

    assert (erased["cases"], erased["documents"], erased["call_rows"]) == (2, 8, 10)
    is_on_server = is_server(terminal.site.path)
    assert erased["compacted"] is not is_on_server
    if is_on_server:
        assert office.document("admin", "retention", "compact")["compacted"]
    assert office.rows_of_others(gone) == kept
    terminal.site.close()
    left = office.bytes_left()
    hashed = terminal.site.services("admin").context.store.hashed
    for number, human in office.people.items():
        values = [*human.values, hashed(human.id_no), hashed(human.phone)]
        is_left = number == "A-3" and not terminal.site.is_encrypted
        assert [value.encode() in left for value in values] == [is_left] * len(values), number
        hits = office.desk.sql(HITS.format(match="name"), name=name_hits(human.name))
        assert len(hits) == (number == "A-3"), number
    assert NUMBER.encode() not in left
    assert (SHARED.encode() in left) is not terminal.site.is_encrypted
    assert office.document("admin", *APPLY)["cases"] == 0


def forge(office: RetentionSite, statement: str) -> None:
    """Change the database without an event."""
    with office.terminal.site.tampering() as session:
        session.execute(text(statement))


@pytest.mark.promise("P6", "R1")
def test_the_log_explains_what_is_left_and_nothing_else(erased: RetentionSite) -> None:
    assert erased.document("audit", "audit", "verify")["broken_at"] is None

    for forgery, said in (
        ("UPDATE decision SET note = 'forged' WHERE case_id = 1", "Decision D-000001 is not what its last event says"),
        ("UPDATE notice SET body = 'forged' WHERE case_id = 1", "Notice 1 is not what its last event says"),
        ("UPDATE erasure SET reason = 'forged' WHERE id = 1", "Erasure 1 is not what its last event says"),
        ('UPDATE "case" SET erased_at = NULL WHERE id = 1', "C-000001 is not marked as erased"),
        ('UPDATE "case" SET erased_at = 1 WHERE id = 3', "C-000003 is marked as erased"),
    ):
        forge(erased, forgery)
        assert said in erased.terminal.as_person("audit", "audit", "verify").stderr


@pytest.mark.promise("R1")
def test_what_was_changed_before_it_was_erased_stays_unexplained(office: RetentionSite) -> None:
    forge(office, "UPDATE decision SET note = 'forged' WHERE case_id = 1")
    office.later(days=90)
    office.run("admin", *APPLY)

    assert (
        "Decision D-000001 is not what its last event says"
        in office.terminal.as_person("audit", "audit", "verify").stderr
    )


def test_every_surface_says_that_a_case_was_erased_and_acts_on_it_are_refused(
    erased: RetentionSite, tmp_path: Path
) -> None:
    words = "erased on 2027-02-22 (retention)"

    shown = erased.document("audit", "show", "C-1")
    assert (shown["applicant_name"], shown["findings"], shown["notice"]) == (None, [], "")
    assert words in erased.run("audit", "show", "C-1")
    assert words in erased.run("audit", "queue", "--filter", "A-1 state:passed")
    erased.run("audit", "dossier", "C-1", "--output", str(tmp_path / "dossier"))
    assert words in (tmp_path / "dossier" / "index.html").read_text(encoding="utf-8")
    for kind in ("applications", "decisions", "notices", "events", "calls"):
        erased.run("admin", "export", kind, "--output", str(tmp_path / f"{kind}.csv"))
    for kind in ("applications", "decisions", "notices"):
        assert words in (tmp_path / f"{kind}.csv").read_text(encoding="utf-8")
    letters = erased.terminal.as_person("admin", "export", "notices", "--to", str(tmp_path / "letters"))
    assert letters.exit_code == 0
    assert "Letters left out, because retention erased their texts: " in letters.stderr
    assert not list((tmp_path / "letters").glob("C-000001-*"))
    assert erased.faults() == []
    for login, act in (
        ("sup", ("reopen", "C-1", "--reason", "x")),
        ("a", ("comment", "C-1", "x")),
        ("a", ("contact", "C-1", "phone", "x")),
        ("a", ("show", "C-1", "--reveal")),
        ("sup", ("hold", "C-1", "--reason", "x")),
    ):
        told = refused(erased.terminal.as_person(login, *act), ExitCode.NOT_ALLOWED)
        assert "C-000001 was erased on 2027-02-22" in told


def test_an_erased_application_comes_back_only_as_a_new_case(erased: RetentionSite) -> None:
    again = application("A-1", **PERSON, stated_use="again")

    with pytest.raises(ImportRefused, match="was erased on 2027-02-22"):
        erased.desk.applications(again)
    erased.desk.applications(again, as_new=True)

    assert [case.erased_at is None for case in erased.desk.cases("A-1")] == [False, True]
    shown = erased.document("a", "show", "C-4")
    assert "again" in json.dumps(shown, ensure_ascii=False)
    assert ([card["msisdn"] for card in shown["cards"]], shown["documents"]) == (["138••••••00"], [])
    said = erased.people["A-1"].said
    report = erased.desk.documents("A-1", INDIVIDUAL_DOCUMENTS, content=said, received_at="2027-02-21 15:00")
    assert (report.updated, report.unchanged) == (len(INDIVIDUAL_DOCUMENTS), 0)


@pytest.mark.promise("R2")
def test_a_legal_hold_keeps_a_case_until_it_is_ended(office: RetentionSite, monkeypatch: pytest.MonkeyPatch) -> None:
    office.run("sup", "hold", "C-1", "--reason", "court order 13800138000")
    assert "under legal hold already" in refused(
        office.terminal.as_person("admin", "hold", "C-1", "--reason", "x"), ExitCode.NOT_ALLOWED
    )
    office.later(days=90)
    assert kinds(office)["passed"]["kept"] == {"held": 1}
    [hold] = office.document("audit", "hold", "--list")["holds"]
    assert (hold["case"], hold["placed_by"]) == ("C-000001", "sup")
    assert hold["reason"] == "court order 138••••••00"
    shown = office.run("audit", "show", "C-1")
    assert "under legal hold since" in shown
    assert "court order 138••••••00" in shown
    put = ("hold", "--filter", "state:passed", "--reason", "inspection")
    assert [office.document("sup", *put)["placed"] for _time in range(2)] == [1, 0]
    assert [one["case"] for one in office.document("audit", "hold", "--list")["holds"]] == ["C-000001", "C-000002"]
    for case in ("C-1", "C-2"):
        office.run("sup", "unhold", case, "--reason", "over")
    monkeypatch.setattr(service, "_ERASED_TOGETHER", 1)
    services = office.terminal.site.services
    again = services("admin").retention.apply(
        "over", lambda done, _all: services("sup").legal_holds.place(2, "court") if done == 1 else None
    )
    assert isinstance(again, service.ErasureReport)
    assert again.cases.total() == 1
    office.run("admin", "unhold", "C-2", "--reason", "settled")

    assert office.document("admin", *APPLY)["cases"] == 1
    assert office.terminal.site.actions(2)[-2:] == ["legal-hold-end", "erased"]
    assert office.desk.sql("SELECT reason, end_reason FROM legal_hold") == [("", "")] * 3
    assert office.document("audit", "audit", "verify")["broken_at"] is None


def test_what_another_case_of_the_same_person_or_with_the_same_document_needs_stays(office: RetentionSite) -> None:
    [[sha256]] = office.desk.sql("SELECT sha256 FROM document WHERE application_no = 'A-2' LIMIT 1")
    row = {"application_no": "A-3", "kind": "USE_STATEMENT", "sha256": sha256, "received_at": "2026-11-23 15:00"}
    office.desk.run(ImportKind.DOCUMENTS, [row])
    again = office.add("A-4", 1)
    counts = {
        name: f"SELECT count(*) FROM {name} WHERE {column} = '{value}'"
        for name, column, value in (
            ("credit_record", "subject_no", again.id_no),
            ("call_window", "msisdn", again.phone),
            ("complaint", "msisdn", again.phone),
            ("opt_out", "msisdn", again.phone),
        )
    }
    before = {name: office.desk.sql(statement) for name, statement in counts.items()}
    assert all(rows[0][0] for rows in before.values())

    office.later(days=90)
    office.run("admin", *APPLY)
    assert office.faults() == []
    assert {name: office.desk.sql(statement) for name, statement in counts.items()} == before
    office.close("A-4")
    office.later(days=90)
    assert office.document("admin", *APPLY)["cases"] == 1

    assert [office.desk.sql(statement)[0][0] for statement in counts.values()] == [0, 0, 0, 0]
    assert office.faults() == []


def test_the_period_begins_with_the_local_day_of_the_closing(office: RetentionSite) -> None:
    office.add("A-5", 5)
    office.later(hours=14.5)
    office.close("A-5")

    office.later(days=90, hours=-1)
    assert kinds(office)["passed"]["due"] == 2
    office.later(days=1)
    assert kinds(office)["passed"]["due"] == 3


PARTS = {
    "documents": "SELECT (SELECT count(*) FROM document WHERE erased_at IS NULL AND application_no <> 'A-3')"
    " + (SELECT count(*) FROM inquiry WHERE document_sha256 <> '')",
    "snapshots": "SELECT count(*) FROM decision WHERE seen LIKE '%policy_version%'",
    "drafts": "SELECT count(*) FROM draft",
}
"""What is left of each part of the closed cases, as a statement."""


def test_parts_go_before_their_case_unless_another_case_keeps_them(office: RetentionSite) -> None:
    periods = "".join(f'{part} = "7 days"\n' for part in (*PARTS, "calls"))
    amend_policy(office.terminal.site, ("[retention.periods]\n", f"[retention.periods]\n{periods}"))
    office.later(days=10)
    assert all(office.desk.sql(before)[0][0] for before in PARTS.values())
    assert [kinds(office)[part]["due"] for part in PARTS] == [2, 2, 2]
    activity = office.document("audit", "show", "C-1")["activity"]

    erased = office.document("admin", *APPLY)

    assert erased["by_kind"] == dict.fromkeys((*PARTS, "calls"), 2)
    assert erased["call_rows"] == 10
    assert [office.desk.sql(before)[0][0] for before in PARTS.values()] == [0, 0, 0]
    [[seen]] = office.desk.sql("SELECT seen FROM decision WHERE case_id = 1 AND verdict = 'fail'")
    assert office.people["A-1"].phone in json.loads(seen)["msisdns"]
    assert office.document("audit", "show", "C-1")["activity"] == activity
    shown = " ".join(office.run("audit", "show", "C-1").split())
    assert "erased (retention) documents, call records, snapshots, drafts" in shown
    assert office.faults() == []
    assert office.document("audit", "audit", "verify")["broken_at"] is None

    human = office.people["A-1"]
    same = {**PERSON, "applicant_name": human.name, "handler_name": human.name, "handler_id_no": human.id_no}
    office.desk.applications(application("A-1", **same, stated_use="again"), as_new=True)
    office.desk.documents("A-1", INDIVIDUAL_DOCUMENTS, content="again")
    office.close("A-1")
    office.later(days=10)
    assert kinds(office)["drafts"]["due"] == 2, "those of the new case, and with them those of the application"


def late_document(office: RetentionSite) -> None:
    """Let a document of A-1 be there again, as the import of one that a lapsed case received in time does."""
    [[number, sha256]] = office.desk.sql("SELECT id, sha256 FROM document WHERE application_no = 'A-1' LIMIT 1")
    context = office.terminal.site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE document SET erased_at = NULL WHERE id = :id"), {"id": number})
    context.store.document_path(sha256).write_bytes(b"late")


def test_what_arrives_of_a_part_after_its_erasure_is_erased_too(office: RetentionSite) -> None:
    periods = '[retention.periods]\ndocuments = "7 days"\ncalls = "7 days"\n'
    amend_policy(office.terminal.site, ("[retention.periods]\n", periods))
    office.later(days=10)
    office.run("admin", *APPLY)
    for part, files in (("documents", (1, 0)), ("calls", (0, 1))):
        office.later(minutes=1)
        assert (kinds(office)["documents"]["due"], kinds(office)["calls"]["due"]) == (0, 0)
        if part == "calls":
            arrive(office, "2026-12-01", office.people["A-1"])
        else:
            late_document(office)
        counted = kinds(office)[part]
        assert (counted["due"], counted["documents"], counted["call_rows"]) == (1, *files), part
        erased = office.document("admin", *APPLY)
        assert (erased["documents"], erased["call_rows"]) == files
    assert (kinds(office)["documents"]["due"], kinds(office)["calls"]["due"]) == (0, 0)
    assert office.faults() == []


EVIDENCE = ("complaint", "credit_record", "opt_out", "call_window", "call_day", "call_hour")


def arrive(office: RetentionSite, day: str, *people: Human) -> None:
    """Import evidence of a day about the numbers and the persons."""
    at = f"{day} 10:00"
    rows: dict[ImportKind, Callable[[Human], dict[str, str]]] = {
        ImportKind.COMPLAINTS: lambda one: {"msisdn": one.phone, "received_at": at, "summary": one.said},
        ImportKind.OPTOUTS: lambda one: {"callee": "02100000000", "since": at, "msisdn": one.phone},
        ImportKind.CREDIT: lambda one: {"subject_no": one.id_no, "list": "court", "match": "none", "checked_on": day},
        ImportKind.CALLS: lambda one: {"caller": one.phone, "callee": "02100000009", "start_at": at, "duration_s": "9"},
    }
    for kind, row_of in rows.items():
        office.desk.run(kind, [row_of(one) for one in people])


def evidence_period(office: RetentionSite, period: str) -> None:
    amend_policy(office.terminal.site, ("[retention.periods]\n", f'[retention.periods]\nevidence = "{period}"\n'))


def evidence_rows(office: RetentionSite) -> dict[str, int]:
    return {table: office.desk.count(table) for table in EVIDENCE}


@pytest.mark.promise("R1")
def test_evidence_that_no_application_has_goes_after_its_own_period(office: RetentionSite) -> None:
    office.run("sup", "hold", "C-2", "--reason", "court order")
    evidence_period(office, "60 days")
    office.desk.run(ImportKind.OPTOUTS, [{"callee": "02100000001", "since": "2026-11-20 10:00"}])
    director = {"legal_rep_name": "王五", "legal_rep_id_no": drawn(88).id_no}
    office.desk.applications(application("A-8", **director))
    about = {"list": "court", "match": "none", "checked_on": "2026-11-20"}
    subjects = [APPLICATION["uscc"], APPLICATION["handler_id_no"], director["legal_rep_id_no"]]
    office.desk.run(ImportKind.CREDIT, [{"subject_no": one, **about} for one in subjects])
    office.later(days=90)
    assert office.document("admin", *APPLY)["by_kind"] == {"passed": 1}
    before, stranger = evidence_rows(office), drawn(77)
    arrive(office, "2027-02-20", office.people["A-1"], stranger)
    unlinked = kinds(office)["evidence"]
    assert (unlinked["period"], unlinked["due"], unlinked["kept"]) == ("60 days", 0, {"not_yet": 8})

    assert office.document("admin", "retention", "show")["next_on"] == "2027-04-23"
    office.later(days=59)
    assert kinds(office)["evidence"]["due"] == 0
    office.later(days=1)
    counted = kinds(office)["evidence"]
    assert (counted["due"], counted["call_rows"], counted["kept"]) == (8, 2, {})
    erased = office.document("admin", *APPLY)

    assert (erased["by_kind"], erased["call_rows"]) == ({"evidence": 8}, 2)
    assert evidence_rows(office) == before
    assert office.faults() == []
    assert office.document("audit", "audit", "verify")["broken_at"] is None
    left = office.bytes_left()
    assert [value for value in (*stranger.values, *office.people["A-1"].values) if value.encode() in left] == []
    [[body]] = office.desk.sql("SELECT group_concat(body) FROM event WHERE action = 'evidence-erased'")
    assert [f'"kind":"{kind}"' in body for kind in ("complaints", "credit", "optouts", "calls")] == [True] * 4


def test_evidence_without_an_application_counts_from_its_import_and_is_kept_without_a_period(
    office: RetentionSite,
) -> None:
    arrive(office, "2024-11-20", drawn(77))
    undated = {"subject_no": "91110105MA01234567", "list": "serious", "match": "none", "reference": "1"}
    office.desk.run(ImportKind.CREDIT, [undated])
    assert kinds(office)["evidence"]["kept"] == {"not_yet": 5}
    evidence_period(office, "4 days")
    assert kinds(office)["evidence"]["kept"] == {"not_yet": 5}
    office.later(days=4)
    assert (kinds(office)["evidence"]["due"], kinds(office)["evidence"]["kept"]) == (5, {})
    office.later(days=31)
    assert (
        "Evidence without an application due for erasure for more than 30 days: 5"
        in office.terminal.as_person("admin", "doctor").stdout
    )

    amend_policy(office.terminal.site, ("years = 2 ", ""), ('evidence = "4 days"', 'calls = "4 days"'))
    unlinked = kinds(office)["evidence"]
    assert (unlinked["period"], unlinked["due"], unlinked["kept"]) == (None, 1, {"no_period": 4})


_LISTED = {"subject_no": drawn(77).id_no, "list": "court", "reference": "1"}
_REFUSED = {"callee": "02100000000", "msisdn": drawn(77).phone}


@pytest.mark.parametrize(
    ("kind", "older", "newer"),
    [
        (
            ImportKind.CREDIT,
            {**_LISTED, "match": "exact", "checked_on": "2026-11-23"},
            {**_LISTED, "match": "none", "listed_on": "2023-01-01"},
        ),
        (
            ImportKind.OPTOUTS,
            {**_REFUSED, "since": "2026-12-20 10:00"},
            {**_REFUSED, "since": "2024-01-01 10:00"},
        ),
    ],
)
def test_a_correction_of_evidence_is_not_erased_before_what_it_corrects(
    office: RetentionSite, kind: ImportKind, older: dict[str, str], newer: dict[str, str]
) -> None:
    evidence_period(office, "10 days")
    office.desk.run(kind, [older])
    office.desk.run(kind, [newer])

    left = []
    for days in (9, 2, 17, 12):
        office.later(days=days)
        left.append(kinds(office)["evidence"]["kept"].get("not_yet", 0))

    assert set(left) == {2, 0}


def test_the_figures_of_a_recycled_number_go_with_the_holder_whose_they_are(terminal: Terminal, tmp_path: Path) -> None:
    office = made(terminal, tmp_path / "files", 1)
    phone = office.people["A-2"].phone
    ends = {"application_no": "A-2", "msisdn": phone, "actual_user_name": office.people["A-2"].name}
    office.desk.run(ImportKind.CARDS, [{**ends, "service_ended_on": "2026-11-20"}])
    office.desk.applications(application("A-9", msisdns=phone))
    office.desk.run(ImportKind.CARDS, [{"application_no": "A-9", "msisdn": phone, "activated_on": "2026-11-21"}])
    call = {"caller": phone, "callee": "02112345678", "start_at": "2026-11-22 10:00", "duration_s": "9"}
    office.desk.run(ImportKind.CALLS, [call])
    figures = office.document("audit", "show", "C-4")["activity"]
    assert (figures["calls"], office.document("audit", "show", "C-2")["activity"]["calls"]) == (1, 5)
    hashed = terminal.site.services("admin").context.store.hashed
    old, new = (hashed(f"{phone}@{period}") for period in ("/2026-11-20", "2026-11-21/"))

    def holders() -> list[tuple[bool, bool]]:
        """Return whether each table has figures of the old and the new holder."""
        rows = [office.desk.sql(f"SELECT DISTINCT msisdn_hash FROM {name}") for name in EVIDENCE[3:]]
        return [((old,) in left, (new,) in left) for left in rows]

    assert holders() == [(True, True)] * 3

    office.later(days=90)
    assert office.document("admin", *APPLY)["by_kind"] == {"passed": 2}

    assert holders() == [(False, True)] * 3
    assert {**office.document("audit", "show", "C-4")["activity"], "data_age_days": 2} == figures
    assert office.faults() == []


def test_doctor_searches_for_due_evidence_only_if_an_import_is_old_enough(
    office: RetentionSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches = list[object]()

    def search(*given: object) -> UnlinkedEvidence:
        searches.append(given)
        return UnlinkedEvidence()

    monkeypatch.setattr(file_checks, "due_unlinked", search)
    evidence_period(office, "4 days")
    for days, count in ((33, 0), (2, 1)):
        office.later(days=days)
        assert office.faults() == []
        assert len(searches) == count


def test_a_card_in_service_keeps_a_case_until_its_end_is_imported(office: RetentionSite) -> None:
    amend_policy(office.terminal.site, ("keep_in_service = []", 'keep_in_service = ["passed"]'))
    office.later(days=100)
    assert kinds(office)["passed"]["kept"] == {"in_service": 2}

    human = office.people["A-2"]
    card = {"application_no": "A-2", "msisdn": human.phone}
    for refused_row in (card, {**card, "actual_user_name": "虚构", "service_ended_on": "2027-01-10"}):
        with pytest.raises(ImportRefused, match="--as-new"):
            office.desk.run(ImportKind.CARDS, [refused_row])
    for end, empty, outcome in (("2027-01-10", {}, (1, 0)), ("2027-01-10", {"iccid": ""}, (0, 1))):
        report = office.desk.run(ImportKind.CARDS, [{**card, **empty, "service_ended_on": end}])
        assert (report.updated, report.unchanged) == outcome
    names = "SELECT actual_user_name FROM card WHERE application_no = 'A-2' ORDER BY id DESC LIMIT 2"
    assert [name for (name,) in office.desk.sql(names)] == [human.name] * 2

    assert kinds(office)["passed"]["kept"] == {"in_service": 1, "not_yet": 1}
    assert office.document("admin", "retention", "show")["next_on"] == "2027-04-10"
