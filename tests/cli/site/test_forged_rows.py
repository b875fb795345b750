"""What somebody writes into the database outside the program is found, whatever its number, and is never sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from db.dialects.changes import NOTED_COLUMNS, noted_rows
from tests.cli.framework.terminal import Terminal
from tests.cli.site.test_doctor import chain_anew
from tests.demos import NOW
from tests.policies import require_no_documents_of_individuals
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.services.outbox.gateways import Script, send
from tests.services.outbox.test_outbox import decide
from tests.sites import ManualClock, Site
from workbench.services.foundation.audit_log import append, log_row_digests, row_digest, verify
from workbench.services.site.log_checks.unexplained_rows import log_faults

pytestmark = [pytest.mark.proof, pytest.mark.promise("P6")]


def forge(site: Site, *statements: str) -> None:
    """Change the database as another program does."""
    with site.tampering() as session:
        for statement in statements:
            session.execute(text(statement))


def found(terminal: Terminal) -> str:
    """Return what `audit verify` says, and check that the exit code goes with it."""
    result = terminal.as_person("admin", "audit", "verify")
    assert result.exit_code == (74 if result.stderr.startswith("workbench: ") else 0)
    return result.stderr if result.exit_code else ""


def copied(table: str, **values: object) -> str:
    """Return the statement that inserts a copy of the first row of a table with other values."""
    columns = [*NOTED_COLUMNS[table]]
    if table == "notice":
        columns += ["failure", "attempts"]
    else:
        columns += {"measure_order": ["msisdn"], "decision": ["seen"]}.get(table, [])
    chosen = [str(values.get(name, f'"{name}"')) for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} (id, {names}) SELECT {values['id']}, {', '.join(chosen)} FROM {table} LIMIT 1"


@pytest.fixture
def demo(fresh_demo: Path) -> Iterator[Terminal]:
    """A terminal on a demo with rows of all kinds."""
    site = Site(fresh_demo, ManualClock(NOW))
    yield Terminal(site)
    site.close()


def test_a_forged_row_is_found_whatever_its_number(demo: Terminal) -> None:
    values = {"status": "'withdrawn'", "kind": "'pass'", "due_at": "due_at + 1", "text": "'forged'"}
    names = {
        "appeal": "Appeal",
        "measure_order": "Ordered measure",
        "notice": "Notice",
        "rectification_item": "Rectification item",
    }
    for table in names:
        forged = {name: value for name, value in values.items() if name in NOTED_COLUMNS[table]}
        forge(demo.site, copied(table, id=900_000, **forged), copied(table, id=900_001, **forged))
        forge(demo.site, f"DELETE FROM {table} WHERE id = 1", f"UPDATE {table} SET id = 1 WHERE id = 900001")

    said = found(demo)

    for name in names.values():
        assert f"{name} 900000 has no event in the log; it was added" in said
        assert f"{name} 1 is not what its last" in said


def test_a_forged_row_is_found_in_a_table_that_had_none(terminal: Terminal) -> None:
    terminal.site.plant()
    assert found(terminal) == ""

    forge(
        terminal.site,
        "INSERT INTO legal_hold VALUES (1, 1, 'court', 1, 1, NULL, NULL, '')",
        "INSERT INTO absence VALUES (1, 2, '2026-01-01', NULL, '', NULL, 1)",
    )

    assert "Legal hold 1 has no event in the log; it was added outside the program." in found(terminal)
    assert "Absence 1 has no event in the log; it was added outside the program." in found(terminal)


def test_a_number_below_one_is_refused_by_the_schema(demo: Terminal) -> None:
    with demo.site.services("admin").context.database.write() as session:
        session.execute(text("DROP TRIGGER event_is_never_changed"))
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in (*NOTED_COLUMNS, "event"):
            number = "seq" if table == "event" else "id"
            some = session.execute(text(f"SELECT max({number}) FROM {table}")).scalar()
            if some is None:
                continue
            with pytest.raises(DatabaseError, match="numbers begin with 1"):
                session.execute(text(f"UPDATE {table} SET {number} = 0 WHERE {number} = {some}"))
            names = [row.name for row in session.execute(text(f"PRAGMA table_info({table})"))]
            values = ", ".join("-5" if name == number else f'"{name}"' for name in names)
            copy = f"INSERT OR REPLACE INTO {table} SELECT {values} FROM {table} WHERE {number} = {some}"
            with pytest.raises(DatabaseError, match="numbers begin with 1"):
                session.execute(text(copy))
        session.rollback()


def test_a_stored_value_that_only_means_the_same_breaks_the_chain(terminal: Terminal) -> None:
    with terminal.site.tampering() as session:
        for change in (
            "is_refused = ''",
            "is_refused = x'00'",
            "at = at + 0.25",
            "body = CAST(body AS BLOB)",
            "is_clock_running = 'f'",
        ):
            point = session.begin_nested()
            session.execute(text(f"UPDATE event SET {change} WHERE seq = 3"))
            assert not verify(session).is_whole, change
            point.rollback()
        session.execute(text("UPDATE event SET at = at + 0.25 WHERE seq = 3"))

    assert "The audit log was changed at event 3" in found(terminal)


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    """A desk where two imports wrote receipts, one of which was sent since."""
    (tmp_path / "files").mkdir()
    desk = Desk(terminal.site, tmp_path / "files")
    require_no_documents_of_individuals(terminal.site)
    desk.applications(*(application(f"A-{number}", **PERSON) for number in range(1, 4)))
    desk.applications(*(application(f"B-{number}", **PERSON) for number in range(1, 4)))
    (tmp_path / "sent.csv").write_text("notice\n2\n")
    terminal.document("admin", "notices", "sent", str(tmp_path / "sent.csv"))
    assert desk.count("notice") == 6
    assert found(terminal) == ""
    return desk


RECEIPTS = (
    ("UPDATE notice SET body = body || '!' WHERE id = 1", "Notice 1 is not what its last event says"),
    ("UPDATE notice SET subject = subject || char(0) || '!' WHERE id = 3", "Notice 3 is not what its last event"),
    ("UPDATE notice SET release_at = release_at + 1 WHERE id = 3", "Notice 3 is not what its last event says"),
    ("UPDATE notice SET case_id = 4 WHERE id = 1", "Notice 1 is not what its last event says"),
    ("UPDATE notice SET id = 90 WHERE id = 1", "Notice 1 is missing, although the log has its event"),
    ("DELETE FROM notice WHERE id = 2", "Notice 2 is missing, although the log has its event"),
    ("DELETE FROM notice WHERE id = 3", "Notice 3 is missing, although the log has its event"),
    (copied("notice", id=90), "Notice 90 has no event in the log"),
    (copied("notice", id=90, case_id=2), "Notice 90 has no event in the log"),
)


def test_a_changed_missing_or_forged_receipt_is_found_also_after_the_program_changed_it(
    terminal: Terminal, desk: Desk, tmp_path: Path
) -> None:
    with terminal.site.tampering() as session:
        for statement, sentence in RECEIPTS:
            point = session.begin_nested()
            session.execute(text(statement))
            told = list(log_faults(session))
            assert any(one.startswith(sentence) for one in told), (statement, told)
            point.rollback()
    forge(terminal.site, copied("notice", id=90, kind="'pass'"))
    (tmp_path / "sent.csv").write_text("notice\n90\n")
    terminal.document("admin", "notices", "sent", str(tmp_path / "sent.csv"))

    assert "Notice 90 is not what its last event says" in found(terminal)


def test_a_letter_that_no_event_explains_is_not_handed_over(site: Site, tmp_path: Path) -> None:
    decide(site, 5)
    site.clock.advance(seconds=60)
    forged = ("SET body = 'forged' WHERE id = 2", "SET facts = '{' WHERE id = 3", "SET kind = 'gift' WHERE id = 4")
    statements = (f"UPDATE notice {each}" for each in forged)
    forge(site, copied("notice", id=90, body="'Pay 500 yuan.'"), *statements)
    script = Script(tmp_path)

    exported = Terminal(site).document("admin", "export", "notices", "--to", str(tmp_path / "pages"), "--sms")
    assert (exported["rows"], exported["left_out"]) == (2, 4)
    assert not list((tmp_path / "pages").glob("*000090*"))
    report = send(site, script)

    assert sorted(letter["notice"] for letter in script.letters()) == [1, 5]
    assert report.sent == 2
    assert [one.notice_id for one in report.failures] == [2, 3, 4, 90]
    assert {one.failure[:40] for one in report.failures} == {"no event of the log explains this letter"}


def upgraded(demo: Terminal, *marked: tuple[str, int]) -> str:
    """Give the demo the log of a database that had no digests before its upgrade, and return what is found.

    The event of the upgrade has a mark in place of the digest of each row that had been forged before.
    """
    with demo.site.tampering() as session:
        for name in ("changed_rows", "rows_together"):
            session.execute(text(f"UPDATE event SET body = json_remove(body, '$.{name}') WHERE body LIKE '%{name}%'"))
        session.execute(text("DELETE FROM event WHERE action = 'recorded' AND body = '{}'"))
        chain_anew(session)
    context = demo.site.services("admin").context
    with context.write() as session:
        connection = session.connection()
        found_rows = {table: dict(noted_rows(connection, table)) for table in NOTED_COLUMNS}
        digests = {
            table: {
                number: "differs from what its events say" if (table, number) in marked else row_digest(values)
                for number, values in rows.items()
            }
            for table, rows in found_rows.items()
        }
        log_row_digests(session, digests)
        append(session, context.actor, "upgrade", context.now(), body={"schema": 16})
    return found(demo)


def test_the_rows_of_an_upgraded_database_are_compared_with_the_event_of_its_upgrade(demo: Terminal) -> None:
    assert upgraded(demo) == ""

    forge(demo.site, "UPDATE measure_order SET due_at = 1 WHERE id = 1", "UPDATE notice SET body = 'x' WHERE id = 2")

    assert "Ordered measure 1 is not what its last event says" in found(demo)
    assert "Notice 2 is not" in found(demo)


def test_what_was_forged_before_an_upgrade_stays_found_after_it(demo: Terminal) -> None:
    said = upgraded(demo, ("decision", 2), ("policy_version", 1))

    assert "Decision D-000002 is not what its last event says" in said
    assert "Policy version 1 is not what its last event says" in said
