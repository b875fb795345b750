"""Several users of one host share a database through a group."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pytest

from tests.sizes import sample

pytestmark = pytest.mark.terminal

GROUP = 61_000
ADMIN, ALICE, BOB, NEWCOMER, STRANGER = 0, 61_001, 61_002, 61_003, 61_004
GROUPS = {ADMIN: 0, STRANGER: STRANGER}
ROOT = Path(__file__).resolve().parents[3]

APPLICATIONS = """application_no,submitted_at,applicant_kind,applicant_name,handler_name,handler_id_no
T-1,2026-11-20 10:00,individual,测试甲,测试甲,11010119900101001X
T-2,2026-11-20 10:00,individual,测试乙,测试乙,11010119900101001X
"""
DOCUMENTS = "application_no,kind,path\n" + "".join(
    f"T-{number},{kind},papers/{number}-{kind}.png\n"
    for number in (1, 2)
    for kind in ("AGENT_ID_FRONT", "AGENT_ID_BACK", "COMMITMENT_LETTER")
)
CALLS = "caller,callee,start_at,duration_s\n17100000001,13800000000,2026-11-20 10:00:00,60\n"


@dataclass
class Person:
    """A user of the host in its own process, which reads requests from one file and writes replies to another."""

    requests: TextIO
    replies: TextIO

    def ask(self, umask: int, *words: str) -> dict[str, Any]:
        """Run a command and return its exit code and output."""
        self.requests.write(json.dumps({"umask": umask, "words": words}) + "\n")
        self.requests.flush()
        reply: dict[str, Any] = json.loads(self.replies.readline())
        return reply


@contextmanager
def present(users: Sequence[int]) -> Iterator[dict[int, Person]]:
    """Yield users of the host, each in a process forked from one that has imported the program."""
    with ExitStack() as files:
        people, words, child_files = {}, [], []
        for user in users:
            (request_reader, request_writer), (reply_reader, reply_writer) = os.pipe(), os.pipe()
            child_files += [request_reader, reply_writer]
            words.append(f"{user}:{GROUPS.get(user, GROUP)}:{request_reader}:{reply_writer}")
            people[user] = Person(
                files.enter_context(os.fdopen(request_writer, "w", encoding="utf-8")),
                files.enter_context(os.fdopen(reply_reader, encoding="utf-8")),
            )
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.foundation.user_at_host", *words],
            cwd=ROOT,
            env={"HOME": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
            pass_fds=child_files,
        )
        for handle in child_files:
            os.close(handle)
        yield people
    assert process.wait(30) == 0


@dataclass
class Host:
    """A host with made-up users of one group, and one user outside the group."""

    root: Path
    people: dict[int, Person]
    umask: int = 0o077

    @property
    def database(self) -> Path:
        return self.root / "office" / "workbench.db"

    @property
    def site_file(self) -> Path:
        return self.root / "etc" / "site.toml"

    def run(self, user: int, *words: str, code: int = 0) -> tuple[str, str]:
        """Run a command as a user who has only the site file."""
        reply = self.people[user].ask(self.umask, "--site", str(self.site_file), *words)
        assert reply["code"] == code, reply
        return reply["out"], reply["err"]

    def document(self, user: int, *words: str) -> Any:
        return json.loads(self.run(user, *words, "--json")[0])

    def init(self, *words: str) -> None:
        """Create the shared database, as its admin does."""
        database = ("--database", str(self.database))
        self.run(ADMIN, "init", "--shared", str(GROUP), *database, *words)

    def deliver(self) -> Path:
        """Write import files that all users can read."""
        folder = self.root / "delivered"
        (folder / "papers").mkdir(parents=True)
        for name, text in (("applications", APPLICATIONS), ("documents", DOCUMENTS), ("calls", CALLS)):
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        for line in DOCUMENTS.splitlines()[1:]:
            (folder / line.rsplit(",", 1)[1]).write_bytes(b"\x89PNG\r\n\x1a\n" + line.encode())
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        return folder

    def wrong_modes(self) -> list[str]:
        """Return the files that are not open to exactly the group."""
        wrong = []
        for path in (self.database.parent, *self.database.parent.rglob("*")):
            status = path.stat()
            wanted = 0o2770 if path.is_dir() else 0o660
            if (stat.S_IMODE(status.st_mode), status.st_gid) != (wanted, GROUP):
                wrong.append(f"{path.name} {stat.filemode(status.st_mode)} {status.st_gid}")
        return wrong


@pytest.fixture(scope="module")
def people() -> Iterator[dict[int, Person]]:
    if os.geteuid() != 0:
        pytest.skip("only root can act as two users")
    with present((ADMIN, ALICE, BOB, NEWCOMER, STRANGER)) as users:
        yield users


@pytest.fixture(params=sample([0o077, 0o022, 0o000], ci=1), ids=lambda umask: f"umask{umask:03o}")
def host(people: dict[int, Person], request: pytest.FixtureRequest) -> Iterator[Host]:
    root = Path(tempfile.mkdtemp(prefix="host-"))
    (root / "etc").mkdir()
    for folder in (root, root / "etc"):
        folder.chmod(0o755)
    yield Host(root, people, umask=request.param)
    shutil.rmtree(root)


@pytest.mark.promise("N2")
def test_two_users_of_a_group_share_a_database_whatever_their_umask(host: Host) -> None:
    host.init()
    host.run(ADMIN, "reviewers", "add", f"uid{ALICE}", "--role", "reviewer", "--role", "admin")
    asked = host.document(ADMIN, "reviewers", "add", f"uid{BOB}", "--role", "reviewer", "--role", "admin")
    host.run(ALICE, "reviewers", "approve", asked["number"])
    delivered = host.deliver()

    host.run(ALICE, "import", "applications", str(delivered / "applications.csv"))
    host.run(BOB, "import", "documents", str(delivered / "documents.csv"))
    host.run(ALICE, "import", "calls", str(delivered / "calls.csv"))
    first, second = host.document(ALICE, "next"), host.document(BOB, "next")
    host.run(ALICE, "comment", first["case"], "seen")
    host.run(BOB, "comment", second["case"], "seen")

    assert {first["application_no"], second["application_no"]} == {"T-1", "T-2"}
    assert (first["held_by"], second["held_by"]) == (f"uid{ALICE}", f"uid{BOB}")
    assert host.document(BOB, "audit", "verify")["broken_at"] is None
    assert host.wrong_modes() == []
    report = host.document(ALICE, "doctor")
    assert report["ok"], report
    assert any("Level A" in line["text"] for line in report["lines"])

    # A copy for oneself, to practise a restore, is private.
    home = host.root / "alice"
    home.mkdir(mode=0o700)
    os.chown(home, ALICE, GROUP)
    file, practised = home / "b.tar", home / "drill" / "w.db"
    host.run(ALICE, "backup", str(file))
    host.run(ALICE, "--database", str(practised), "restore", str(file))
    lines = host.document(ALICE, "--database", str(practised), "doctor", "--deep")["lines"]
    assert [line["text"] for line in lines if line["ok"] is False] == []
    assert not any("Level A" in line["text"] for line in lines)


def test_files_that_sqlite_creates_are_open_to_the_group(host: Host) -> None:
    host.init()
    for user in (ALICE, BOB):
        host.run(ADMIN, "reviewers", "add", f"uid{user}")

    assert host.people[ALICE].ask(host.umask, "hold", str(host.database))["code"] == 0
    names = {path.name.removeprefix("workbench.db") for path in host.database.parent.iterdir()}
    wrong = host.wrong_modes()
    host.run(BOB, "reviewers")
    empty, _said = host.run(BOB, "next", "--json", code=69)
    host.people[ALICE].ask(host.umask, "release")

    assert names == {"", ".lock", ".store", "-shm", "-wal"}
    assert wrong == []
    assert json.loads(empty)["case"] is None


def test_the_refusal_of_an_outsider_has_the_command_for_an_admin(host: Host) -> None:
    host.init()

    _out, unregistered = host.run(NEWCOMER, "queue", code=77)
    _out, outside = host.run(STRANGER, "queue", code=77)
    host.run(ADMIN, "reviewers", "add", f"uid{NEWCOMER}")

    assert f"`workbench reviewers add uid{NEWCOMER}`" in unregistered
    assert f"`sudo usermod -aG {GROUP} uid{STRANGER}`" in outside
    assert host.document(NEWCOMER, "queue")["total"] == 0


def test_a_shared_database_that_everybody_can_read_is_refused(host: Host) -> None:
    host.init()

    host.database.chmod(0o664)
    _out, errors = host.run(ADMIN, "queue", code=78)

    assert "chmod 660" in errors


def test_an_unwritable_site_file_prevents_creation_and_the_message_has_the_command(host: Host) -> None:
    services = host.database.parent
    services.mkdir()
    os.chown(services, ALICE, GROUP)
    services.chmod(0o2770)
    wanted = ("init", "--shared", str(GROUP), "--database", str(host.database))

    _out, errors = host.run(ALICE, *wanted, code=73)

    assert "sudo tee" in errors
    assert list(services.iterdir()) == list(host.site_file.parent.iterdir()) == []
    command = errors.split("`")[1].replace("sudo ", "")
    # This is the most restrictive umask.
    subprocess.run(command, shell=True, check=True, capture_output=True, umask=0o077)
    host.run(ALICE, *wanted)
    assert host.wrong_modes() == []
    assert host.document(ALICE, "queue")["total"] == 0
