"""Handing letters to the operator's gateway: at least once, with one key each, and sent only after its success."""

import json
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from db.columns import to_us
from db.enums import IdentityMode, Role
from db.models import NoticeRow
from db.queries.outbox import LEASE
from tests.fork_server import TIMEOUT_S, fork_server
from tests.services.outbox.gateways import Script, send
from tests.services.outbox.test_outbox import decide
from tests.sites import Site
from tests.sizes import sized
from workbench.domain.case.records import NoticeLine
from workbench.errors import BadConfiguration, NotAllowed, NotFound, WrongUsage
from workbench.services.database.opening import NewDatabase, make_database
from workbench.services.outbox.gateway import Gateway, GatewayAnswer
from workbench.services.outbox.recording import Delivery

pytestmark = pytest.mark.proof


def released(site: Site, count: int = 1) -> Site:
    decide(site, count)
    site.clock.advance(seconds=60)
    return site


def is_gone(process: Path) -> bool:
    """Return whether a process ends; a killed one may take its time, and then wait for its parent."""
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        try:
            if " Z " in process.read_text(encoding="utf-8"):
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def lines(site: Site) -> tuple[NoticeLine, ...]:
    return site.services("a").notices.list()


def test_each_letter_is_handed_over_once_in_clear_and_marked_as_sent(site: Site, tmp_path: Path) -> None:
    released(site, 2)
    # An answer that is given twice counts once, and a channel that looks like a number is not noted.
    script = Script(tmp_path, """echo '{"channel": "sms"}'; echo '{"channel": "13812345678"}'""")

    report = send(site, script, limit=1)
    script.lines = """echo '{"channel": "sms"}'"""
    again = send(site, script)

    assert (report.sent, again.sent, [*report.failures, *again.failures]) == (1, 1, [])
    assert sorted((line.channel, line.sent_by, line.attempts) for line in lines(site)) == [
        ("gateway", "sup", 1),
        ("sms", "sup", 1),
    ]
    assert len(set(script.keys())) == len(script.letters()) == 2
    assert send(site, script).sent == 0
    letter, _other = script.letters()
    assert letter.pop("idempotency_key").isalnum()
    assert letter.pop("body").startswith("尊敬的虚构公司1：")
    assert letter == {
        "notice": 1,
        "attempt": 1,
        "case": "C-000001",
        "application_no": "T-1-1",
        "agent": None,
        "kind": "pass",
        "language": "zh",
        "subject": next(line.subject for line in lines(site) if line.id == 1),
        "applicant_name": "虚构公司1",
        "contact_phone": None,
        "release_at": "2026-11-24T10:01:00+08:00",
        "told_due_at": None,
    }
    with site.services("admin").context.read() as session:
        bodies = session.connection().exec_driver_sql(
            "SELECT action, body FROM event WHERE action LIKE 'notice%' ORDER BY seq LIMIT 3"
        )
        assert [tuple(row) for row in bodies] == [
            ("notices send", '{"count":1}'),
            ("notice-handed", '{"notice":1}'),
            ("notice-sent", '{"channel":"gateway","notice":1}'),
        ]


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ("echo first >&2; echo 'no credit for 13812345678' >&2; exit 3", "exit 3: no credit for 138••••••78"),
        ("kill -9 $$", "killed by signal 9"),
        ("echo rubbish", "exit 0, but its output is not a JSON object"),
        ("echo '[1]'", "exit 0, but its output is not a JSON object"),
        (r"printf '\377\376'", "exit 0, but its output is not a JSON object"),
    ],
)
def test_a_letter_that_fails_is_tried_again_and_stands_as_failed(
    site: Site, tmp_path: Path, script: str, failure: str
) -> None:
    gateway = Script(tmp_path, script)

    report = send(released(site), gateway)

    [line] = lines(site)
    assert (report.sent, [one.failure for one in report.failures]) == (0, [failure])
    assert (line.sent_at, line.failed_at, line.failure, line.attempts) == (None, site.clock.at, failure, 3)
    assert len(gateway.letters()) == 3
    assert len(set(gateway.keys())) == 1
    assert site.actions(1)[-2:] == ["notice-handed", "notice-failed"]


@pytest.mark.proof
def test_a_gateway_that_hangs_is_killed_with_its_children(site: Site, tmp_path: Path) -> None:
    script = Script(tmp_path, f"sh -c 'echo $$ > {tmp_path}/child; exec sleep 600' & wait", timeout_s=0.5)

    report = send(released(site), script)

    child = (tmp_path / "child").read_text(encoding="utf-8").strip()
    assert [one.failure for one in report.failures] == ["no answer within 0.5 s"]
    assert is_gone(Path(f"/proc/{child}/stat"))


def test_a_gateway_that_neither_reads_nor_stops_printing_succeeds(site: Site, tmp_path: Path) -> None:
    script = tmp_path / "quiet.sh"
    script.write_text("head -c 300000 /dev/zero | tr '\\0' ' '\n", encoding="utf-8")

    report = released(site).services("sup").sending.send(Gateway(f"sh {script}", 20))

    assert report.sent == 1


def test_a_letter_that_failed_is_sent_by_the_next_attempt_and_others_go_first(site: Site, tmp_path: Path) -> None:
    send(released(site, 2), Script(tmp_path, "exit 1"), limit=1)
    once = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; exit 1"
    report = send(site, script := Script(tmp_path, once), limit=1)

    assert [letter["notice"] for letter in script.letters()] == [1, 1, 1, 2, 2]
    assert (report.sent, report.failures) == (1, [])
    assert {line.id: (line.attempts, line.failure) for line in lines(site)}[2] == (2, "")


def test_a_letter_waits_for_the_earlier_ones_of_its_case_also_for_failed_ones(site: Site, tmp_path: Path) -> None:
    released(site, 2)
    site.services("sup").reopening.reopen(1, "to check it again")
    site.clock.advance(seconds=60)
    of_case_1 = f"tail -n 1 {tmp_path}/letters | grep -q C-000001"

    report = send(site, script := Script(tmp_path, f"{of_case_1} && exit 1; exit 0"))
    assert (report.sent, [one.notice_id for one in report.failures], [*report.waiting]) == (1, [1], [3])
    assert [letter["notice"] for letter in script.letters()] == [1, 2, 1, 1]
    assert [line.attempts for line in lines(site)] == [3, 1, 0]

    once = f"test -e {tmp_path}/again && exit 0; touch {tmp_path}/again; exit 1"
    report = send(site, script := Script(tmp_path, once))
    assert (report.sent, report.waiting) == (2, {})
    assert [letter["notice"] for letter in script.letters()][-3:] == [1, 1, 3]
    assert site.actions(1).count("notice-handed") == 3
    # One that waits takes no place in a limited run.
    written(site, "lapsed", "appeal-received")
    written(site, "pass")
    with site.services("a").context.write() as session:
        session.get_one(NoticeRow, 4).release_at += timedelta(hours=9)
    report = send(site, script, limit=1)
    assert (report.sent, [*report.waiting], script.letters()[-1]["notice"]) == (1, [5], 6)


def written(site: Site, *kinds: str) -> None:
    """Write letters of some kinds about one more case, all released."""
    [case_id] = site.plant(1)
    with site.services("a").context.write() as session:
        at = site.clock.at
        session.add_all(
            NoticeRow(case_id=case_id, kind=kind, language="zh", subject=kind, body=kind, created_at=at, release_at=at)
            for kind in kinds
        )


@pytest.mark.parametrize(
    ("failing", "later", "is_held"),
    [
        ("fail", "deadline-near", True),
        ("pending", "expired", True),
        ("lapsed", "appeal-received", True),
        ("re-review", "fail", True),
        # What only informs may be obsolete, but of our own dates the last one read holds.
        ("policy", "deadline-near", False),
        ("incomplete", "still-incomplete", False),
        ("waived", "lapsed", False),
        ("delay", "fail", False),
        ("delay", "resumed", True),
    ],
)
def test_a_failed_letter_holds_back_what_builds_on_it(
    site: Site, tmp_path: Path, failing: str, later: str, is_held: bool
) -> None:
    written(site, failing, later)

    report = send(
        site, Script(tmp_path, f'tail -n 1 {tmp_path}/letters | grep -q \'"kind": "{failing}"\' && exit 1; exit 0')
    )

    assert (report.sent, [(one.notice_id, one.after) for one in report.waiting.values()]) == (
        (0, [(2, 1)]) if is_held else (1, [])
    )
    assert {line.id: line.after for line in lines(site)}.get(2) == (1 if is_held else None)


@pytest.mark.parametrize(
    ("result", "left"), [("fail", ["fail", "policy"]), ("pending", ["policy", "pending", "policy"])]
)
def test_a_letter_that_only_informs_is_cancelled_once_the_result_after_it_was_sent(
    site: Site, result: str, left: list[str]
) -> None:
    written(site, "policy", result, "policy")

    site.services("sup").notices.record([Delivery(notice_id=2)])

    assert [line.kind for line in lines(site)] == left


def test_a_cancelled_or_unreleased_letter_is_not_handed_over(site: Site, tmp_path: Path) -> None:
    decide(site, 2)
    site.services("a").undo.undo(2)
    script = Script(tmp_path)

    assert send(site, script).sent == 0
    site.clock.advance(seconds=60)
    send(site, script)

    assert [letter["notice"] for letter in script.letters()] == [1]


RUN = """
import sys
from pathlib import Path
from db.columns import from_us
from tests.sites import ManualClock
from workbench.services.database.opening import open_services
from workbench.services.outbox.gateway import Gateway

services = open_services(Path(sys.argv[1]), "sup", ManualClock(from_us(int(sys.argv[2]))))
services.sending.send(Gateway(sys.argv[3], 2), wait=lambda _seconds: None)
"""


def run_in_a_process(site: Site, script: Script) -> None:
    fork_server().start_piped(RUN, str(site.path), str(to_us(site.clock.at)), script.command).communicate()


@pytest.mark.proof
def test_a_letter_whose_run_was_killed_after_its_success_is_handed_over_again_with_its_key(
    site: Site, tmp_path: Path
) -> None:
    fatal = Script(tmp_path, "kill -9 $PPID")
    run_in_a_process(released(site), fatal)
    assert [line.sent_at for line in lines(site)] == [None]
    script = Script(tmp_path)

    # The lease of the killed run still holds.
    assert send(site, script).sent == 0
    site.clock.advance(seconds=LEASE.total_seconds() + 1)

    assert send(site, script).sent == 1
    assert len(script.keys()) == 2
    assert len(set(script.keys())) == 1


def test_a_letter_in_the_hands_of_one_run_is_left_alone_by_another(site: Site, tmp_path: Path) -> None:
    other = Script(tmp_path)
    outer = released(site, 2).services("admin").sending

    class Slow(Gateway):
        """A gateway during whose work another run starts."""

        def hand_over(self, document: bytes, renew: Callable[[], object]) -> GatewayAnswer:
            renew()
            send(site, other)
            return super().hand_over(document, renew)

    report = outer.send(Slow(other.command, 20))

    assert (report.sent, report.skipped) == (1, 1)
    assert sorted(letter["notice"] for letter in other.letters()) == [1, 2]


def test_keys_differ_between_databases(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other.db", type(site.clock)(site.clock.advance(seconds=1))).create()
    scripts = []
    for number, one in enumerate((site, other)):
        (tmp_path / str(number)).mkdir()
        scripts.append(Script(tmp_path / str(number)))
        send(released(one), scripts[-1])
    other.close()

    assert scripts[0].keys() != scripts[1].keys()


def test_only_a_supervisor_or_admin_hands_over_letters_and_none_of_the_made_up_supplier(
    site: Site, tmp_path: Path
) -> None:
    script = Script(tmp_path)
    released(site)
    for login in ("a", "audit"):
        with pytest.raises(NotAllowed):
            send(site, script, login)

    made_up = Site(tmp_path / "made-up.db")
    make_database(made_up.path, NewDatabase(login="admin", identity=IdentityMode.NAMED), made_up.clock)
    made_up.services("admin").roles.add("a", (Role.REVIEWER,))
    with pytest.raises(BadConfiguration, match="made-up"):
        send(released(made_up), script, "admin")
    made_up.close()
    assert script.letters() == []


def test_a_command_line_that_cannot_run_is_refused() -> None:
    for command, error in [("", WrongUsage), ("sh 'open", WrongUsage), ("no-such-program-here", NotFound)]:
        with pytest.raises(error, match="--with"):
            Gateway(command, 1)


@pytest.mark.proof
def test_runs_at_the_same_time_hand_over_each_letter_once(site: Site, tmp_path: Path) -> None:
    count = sized(ci=12, full=200)
    released(site, count)
    script = Script(tmp_path)
    arguments = (str(site.path), str(to_us(site.clock.at)), script.command)

    children = [fork_server().start_piped(RUN, *arguments) for _run in range(3)]
    for child in children:
        child.communicate()

    assert sorted(letter["notice"] for letter in script.letters()) == list(range(1, count + 1))
    assert all(line.sent_at is not None and line.attempts == 1 for line in lines(site))


BEHAVIOURS = {
    "sends": "succeed; echo '{}'",
    "answers twice": "succeed; echo '{}'; echo '{}'",
    "fails": "exit 1",
    "hangs": "sleep 600",
    "is killed": "kill -9 $$",
    "prints rubbish": "echo rubbish",
    "kills the run before": "kill -9 $PPID",
    "kills the run after": "succeed; kill -9 $PPID",
}


@pytest.mark.proof
def test_whatever_a_gateway_does_each_letter_is_handed_over_with_one_key_and_sent_only_after_a_success(
    site: Site, tmp_path: Path
) -> None:
    count = sized(ci=4, full=40)
    released(site, count)
    dice = random.Random(10)
    cases = "\n".join(f"{number}) {dice.choice(list(BEHAVIOURS.values()))} ;;" for number in range(500))
    script = Script(
        tmp_path,
        f"""succeed() {{ tail -n 1 {tmp_path}/letters >> {tmp_path}/successes; }}
number=$(wc -l < {tmp_path}/letters)
case $number in
{cases}
*) succeed ;;
esac""",
    )
    runs = 0
    while any(line.sent_at is None for line in lines(site)):
        run_in_a_process(site, script)
        site.clock.advance(seconds=LEASE.total_seconds() + 1)
        runs += 1
        successes = (tmp_path / "successes").read_text(encoding="utf-8") if (tmp_path / "successes").exists() else ""
        succeeded = {json.loads(line)["notice"] for line in successes.splitlines()}
        assert {line.id for line in lines(site) if line.sent_at} <= succeeded
        assert runs < 100

    letters = script.letters()
    assert {letter["notice"] for letter in letters} == set(range(1, count + 1))
    assert len({(letter["notice"], letter["idempotency_key"]) for letter in letters}) == count
