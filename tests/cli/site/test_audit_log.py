"""No event of the log is changed, cut out, put in or moved unseen."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from db.enums import Role
from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.test_doctor import chain_anew, ills
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from tests.sizes import sized
from workbench.errors import ExitCode
from workbench.services.foundation import audit_log

EVENTS = sized(ci=6, full=1_000)
LONG_LOG = sized(ci=50_000, full=1_000_000)
"""A busy processor counts as used what it spends on switching between programs."""


@pytest.fixture
def busy(site: Site) -> Site:
    """A site with events of every shape."""
    for case in site.plant(EVENTS // 3):
        take(site)
        site.services("a").remarks.comment(case, "said so")
        decide(site, passing(case))
    return site


def is_whole_after(session: Session, change: Callable[[Session], object]) -> bool:
    """Say whether the log is whole after a change, which is then taken back."""
    point = session.begin_nested()
    change(session)
    found = audit_log.verify(session).is_whole
    point.rollback()
    return found


def flipped(value: Any, dice: Random) -> Any:
    """Return a value that differs in one bit."""
    if value is None:
        return 1
    if isinstance(value, int):
        # Of a truth value every bit but the lowest means the same.
        return value ^ 1 << dice.randrange(1 if value < 2 else 8)
    at = dice.randrange(len(value) or 1)
    return value[:at] + chr(ord(value[at : at + 1] or " ") ^ 1 << dice.randrange(5)) + value[at + 1 :]


@pytest.mark.promise("A1")
def test_a_changed_bit_of_any_column_of_any_event_is_found(busy: Site) -> None:
    dice = Random(11)
    with busy.tampering() as session:
        events = [row._asdict() for row in session.execute(text("SELECT * FROM event ORDER BY seq"))]
        assert len(events) >= EVENTS

        for event in events:
            for column in sorted(event):
                statement = text(f"UPDATE event SET {column} = :new WHERE seq = :seq")
                # A number that another event has is refused by the table itself.
                new = event[column] | 1 << 20 if column == "seq" else flipped(event[column], dice)
                new = bool(new) if column.startswith("is_") else new
                change = partial(Session.execute, statement=statement, params={"new": new, "seq": event["seq"]})
                assert not is_whole_after(session, change), (column, event["seq"], new)


@pytest.mark.promise("A1")
def test_an_event_that_is_cut_out_moved_or_put_in_is_found(busy: Site) -> None:
    for what, statements in (
        ("cut out", ("DELETE FROM event WHERE seq = 9",)),
        ("first cut off", ("DELETE FROM event WHERE seq = 1",)),
        (
            "swapped",
            (
                "UPDATE event SET seq = 900 WHERE seq = 8",
                "UPDATE event SET seq = 8 WHERE seq = 9",
                "UPDATE event SET seq = 9 WHERE seq = 900",
            ),
        ),
        (
            "put in",
            (
                "CREATE TEMP TABLE copied AS SELECT * FROM event WHERE seq = 9",
                "UPDATE copied SET seq = (SELECT max(seq) + 1 FROM event)",
                "INSERT INTO event SELECT * FROM copied",
            ),
        ),
    ):
        with busy.tampering() as session:
            assert audit_log.verify(session).is_whole
            assert not is_whole_after(session, partial(_run_all, statements=statements)), what


def test_the_names_of_removed_rows_name_each_row_once() -> None:
    rows = [*(("appeal", number) for number in (1, 2, 3, 5)), ("case", 6)]
    names = list(audit_log.runs_of(reversed(rows)))

    assert names == ["appeal 1-3", "appeal 5", "case 6"]
    assert [row for name in names for row in audit_log.rows_named(*name.split())] == rows


def _run_all(session: Session, statements: tuple[str, ...]) -> None:
    for statement in statements:
        session.execute(text(statement))


@pytest.mark.proof
@pytest.mark.promise("A6")
def test_a_long_log_is_verified_whole(site: Site) -> None:
    context = site.services("admin").context
    with context.write() as session:
        bodies = ((number, {"decision": number, "sha256": "0" * 64}) for number in range(LONG_LOG))
        audit_log.append_many(session, context.actor, "decide", context.now(), bodies)
    with context.read() as session:
        began = time.process_time()
        report = audit_log.verify(session)
        used_s = time.process_time() - began

    print(f"{report.event_count} events: {used_s:.2f} s")  # noqa: T201 - figures of the proof
    assert report.is_whole
    assert report.event_count > LONG_LOG


@pytest.mark.promise("P6")
@pytest.mark.parametrize("kind", ["file", "command"])
def test_tick_keeps_an_anchor_each_day_which_finds_a_log_that_is_replaced(
    site: Site, tmp_path: Path, kind: str
) -> None:
    anchors, settings, terminal = tmp_path / "anchors", tmp_path / "site.toml", Terminal(site)
    target = str(anchors) if kind == "file" else f"| sh -c 'cat >> {anchors}'"
    settings.write_text(f'[audit]\nanchor = "{target}"\n', encoding="utf-8")
    for _tick in range(2):
        assert terminal.as_person("audit", "tick", "--site", str(settings)).exit_code == 0
    assert len(anchors.read_text(encoding="ascii").splitlines()) == 1
    site.clock.advance(days=1)
    assert terminal.as_person("audit", "tick", "--site", str(settings)).exit_code == 0
    assert len(anchors.read_text(encoding="ascii").splitlines()) == 2
    heads = ("--site", str(settings)) if kind == "file" else ("--head", str(anchors))
    assert terminal.as_person("audit", "audit", "verify", *heads).exit_code == 0
    with site.tampering() as session:
        session.execute(text("DELETE FROM event WHERE seq > 2"))
        chain_anew(session)

    result = terminal.as_person("audit", "audit", "verify", *heads)
    assert result.exit_code == 74
    assert ("from which the log differs: " if kind == "file" else "differs from its anchor") in result.stderr


@pytest.mark.promise("P6")
def test_anchors_of_another_database_are_not_mixed_with_those_of_this_one(site: Site, tmp_path: Path) -> None:
    anchors, settings, terminal = tmp_path / "anchors", tmp_path / "site.toml", Terminal(site)
    settings.write_text(f'[audit]\nanchor = "{anchors}"\n', encoding="utf-8")
    other = Terminal(Site(tmp_path / "other.db", site.clock).create())
    site.services("admin").roles.add("d", (Role.REVIEWER,))
    other.site.services("admin").roles.add("e", (Role.REVIEWER,))
    assert terminal.as_person("audit", "tick", "--site", str(settings)).exit_code == 0

    message = refused(other.as_person("audit", "tick", "--site", str(settings)), 65)

    assert f"{anchors} has anchors that differ from this log, the first of event " in message
    refused(other.as_person("audit", "audit", "head", "--append", str(anchors)), 65)
    assert terminal.as_person("audit", "audit", "verify", "--site", str(settings)).exit_code == 0
    other.site.close()


def test_an_anchor_that_cannot_be_kept_is_told_at_each_tick(site: Site, tmp_path: Path) -> None:
    for anchor, code, sentence in (
        ("| false", 73, "failed (exit code 1); no anchor was kept today"),
        ("| no-such-program", 73, "failed (No such file or directory)"),
        ("|", 78, "needs anchor with the absolute path of a file, or with a command after |; it has"),
        ("| 'x", 78, "cannot be split"),
        ("/nowhere/anchors", 73, "cannot be written"),
    ):
        settings, terminal = tmp_path / "site.toml", Terminal(site)
        settings.write_text(f'[audit]\nanchor = "{anchor}"\n', encoding="utf-8")

        for _tick in range(2 if anchor == "| false" else 1):
            assert sentence in refused(terminal.as_person("audit", "tick", "--site", str(settings)), code)


@pytest.mark.promise("P6", "A9")
def test_settings_that_name_no_place_for_anchors_are_told(site: Site, tmp_path: Path) -> None:
    settings, terminal = tmp_path / "site.toml", Terminal(site)
    sentence = f"[audit] in {settings} needs anchor with the absolute path of a file"
    for line in (
        "anchor = 5",
        'anchor = ""',
        'anchor = "anchors"',
        'anchor = "|  "',
        'anchor = "/a\\u0000"',
        'anker = "/a"',
    ):
        settings.write_text(f"[audit]\n{line}\n", encoding="utf-8")
        assert sentence in refused(terminal.as_person("audit", "audit", "verify", "--site", str(settings)), 78)

    assert sentence in refused(terminal.as_person("audit", "tick", "--site", str(settings)), 78)
    assert sentence in "".join(ills(terminal, "--site", str(settings)))


@pytest.mark.promise("P6", "A9")
def test_a_damaged_file_of_kept_anchors_is_told(site: Site, tmp_path: Path) -> None:
    anchors, settings, terminal = tmp_path / "anchors", tmp_path / "site.toml", Terminal(site)
    settings.write_text(f'[audit]\nanchor = "{anchors}"\n', encoding="utf-8")
    for _day in range(2):
        assert terminal.as_person("audit", "tick", "--site", str(settings)).exit_code == 0
        site.clock.advance(days=1)
    assert ills(terminal, "--site", str(settings)) == []

    first = anchors.read_text().splitlines(keepends=True)[0]
    for content, sentence in (
        (first, f"{anchors} lacks 1 of the 2 anchors that were kept there, the last of "),
        ("x\n", f"cannot be compared: {anchors}, line 1: this is not an anchor"),
        (None, f"{anchors} lacks 2 of the 2 anchors that were kept there, the last of "),
        ("a folder", f"cannot be compared: {anchors} is no regular file"),
    ):
        anchors.unlink(missing_ok=True)
        if content == "a folder":
            anchors.mkdir()
        elif content is not None:
            anchors.write_text(content)
        result = terminal.as_person("audit", "audit", "verify", "--site", str(settings))
        assert sentence in refused(result, 74)
        assert sentence in "".join(ills(terminal, "--site", str(settings)))


@pytest.mark.promise("A9")
def test_doctor_tells_when_the_last_anchor_was_kept_and_that_it_is_too_old(site: Site, tmp_path: Path) -> None:
    settings, terminal = tmp_path / "site.toml", Terminal(site)
    assert "No anchor of the log is kept each day" in terminal.run("doctor", "--json").stdout
    settings.write_text('[audit]\nanchor = "| true"\n', encoding="utf-8")
    doctor = ("doctor", "--json", "--site", str(settings))
    assert "No anchor of the log was kept yet; run `workbench tick`" in terminal.run(*doctor).stdout
    assert terminal.as_person("audit", "tick", "--site", str(settings)).exit_code == 0
    [case] = site.plant(1)

    found = []
    for _day in range(3):
        site.services("admin").remarks.comment(case, "said so")
        found.append(ills(terminal, "--site", str(settings)))
        site.clock.advance(days=1)

    assert "The last anchor of the log was kept on 2026-" in terminal.run(*doctor).stdout
    assert found[:2] == [[], []]
    assert "there were events on 3 days since; run `workbench tick` each day" in found[2][0]


@pytest.mark.promise("P6")
def test_changed_audit_settings_are_an_event_at_the_next_tick_and_named_by_doctor(site: Site, tmp_path: Path) -> None:
    settings, terminal = tmp_path / "site.toml", Terminal(site)
    ticking, changed = ("tick", "--site", str(settings)), "[audit] in the site's settings"
    settings.write_text(f'[audit]\nanchor = "{tmp_path / "anchors"}"\n', encoding="utf-8")
    assert terminal.as_person("audit", *ticking).exit_code == 0
    assert changed not in terminal.run("doctor", "--site", str(settings)).stdout

    settings.write_text("", encoding="utf-8")
    pending = ills(terminal, "--site", str(settings))
    for _tick in range(2):
        assert terminal.as_person("audit", *ticking).exit_code == 0

    assert [ill for ill in pending if f"{changed} is not what `workbench tick` read on 2026-" in ill] == pending != []
    assert f"{changed} was changed; `workbench tick` logged it on 2026-" in " ".join(
        line["text"] for line in terminal.document("audit", "doctor", "--site", str(settings))["lines"]
    )
    with site.services("admin").context.read() as session:
        noted = session.execute(text("SELECT actor_login FROM event WHERE action = 'site-audit'")).scalars().all()
    assert noted == ["audit", "audit"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_a_command_in_site_settings_that_others_can_change_is_not_run(site: Site, tmp_path: Path) -> None:
    ran, settings = tmp_path / "ran", tmp_path / "site.toml"
    settings.write_text(f'[audit]\nanchor = "| touch {ran}"\n', encoding="utf-8")
    for owner, mode in ((12_345, 0o644), (0, 0o646)):
        os.chown(settings, owner, -1)
        settings.chmod(mode)

        message = refused(Terminal(site).as_person("audit", "tick", "--site", str(settings)), 78)
        assert f"can change {settings}, so its command under [audit] was not run" in message
        assert not ran.exists()


def test_an_auditor_lists_what_one_person_did_on_some_days_and_refusals_too(terminal: Terminal) -> None:
    site = terminal.site
    site.plant(2)
    take(site)
    site.clock.advance(days=1)
    day = site.clock.at.date()
    terminal.as_person("a", "comment", "C-1", "said so")
    terminal.as_person("b", "comment", "C-1", "said so")
    assert terminal.as_person("a", "export", "queue", "--output", "out.csv").exit_code == ExitCode.NOT_ALLOWED
    site.clock.advance(days=1)
    terminal.as_person("a", "release", "C-1")

    def acts(*words: str, who: str = "audit") -> list[tuple[str, bool]]:
        found = terminal.document(who, "events", "--by", "a", *words)["events"]
        assert {event["actor"] for event in found} <= {"a"}
        return [(event["action"], event["is_refused"]) for event in found]

    middle = [("comment", False), ("export", True)]
    assert acts("--since", f"{day}", "--until", f"{day}") == acts("--since", f"{day}", who="sup")[:2] == middle
    assert acts("--since", "2026-01-01")[0] == ("next", False)
    assert len(acts("--since", "2026-01-01")) == 4
    listed = terminal.as_person("audit", "events", "--by", "a", "--since", "2026-01-01").stdout
    assert "comment  " in listed
    assert "refused: export" in listed
    assert "auditor" in refused(terminal.as_person("b", "events", "--by", "a", "--since", f"{day}"), 77)
    refused(terminal.as_person("audit", "events", "--by", "nobody", "--since", f"{day}"), ExitCode.NO_INPUT)
