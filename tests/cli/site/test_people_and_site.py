"""The commands about people, the audit log and the database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.models import CaseRow
from tests.cli.framework.terminal import Terminal, refused
from tests.demos import copy_few_cases
from tests.services.intake.importing.files import Desk, application
from workbench.services.demo import preparing


def test_people_are_registered_with_their_roles(terminal: Terminal) -> None:
    added = terminal.document("admin", "reviewers", "add", "d", "--role", "reviewer", "--role", "supervisor")

    assert added == {
        "login": "d",
        "roles": ["reviewer", "supervisor"],
        "max_held": 3,
        "is_away": False,
        "away_until": None,
        "is_active": True,
    }
    assert added in terminal.document("audit", "reviewers")["reviewers"]
    refused(terminal.as_person("a", "reviewers", "add", "e", "--json"), 77)


def test_roles_limits_and_absences_change(terminal: Terminal) -> None:
    assert terminal.document("admin", "reviewers", "role", "a", "--add", "auditor", "--remove", "reviewer")[
        "roles"
    ] == ["auditor"]
    assert terminal.document("admin", "reviewers", "limit", "b", "7")["max_held"] == 7
    refused(terminal.as_person("admin", "reviewers", "back", "c", "--json"), 66)
    refused(terminal.as_person("admin", "reviewers", "limit", "nobody", "2", "--json"), 66)
    refused(terminal.as_person("admin", "reviewers", "role", "admin", "--remove", "admin", "--json"), 77)


@pytest.mark.promise("A8")
def test_a_login_is_registered_in_its_normal_form_and_found_however_it_is_typed(terminal: Terminal) -> None:
    assert terminal.document("admin", "reviewers", "add", " ｄａｎａ ")["login"] == "dana"
    assert terminal.document("admin", "reviewers", "limit", "ｄａｎａ", "5")["login"] == "dana"
    assert terminal.document("ｄａｎａ", "queue")["cases"] == []
    assert terminal.document("a", "queue", "--filter", "who=ｄａｎａ")["cases"] == []


@pytest.mark.promise("A8")
def test_a_login_that_looks_like_another_is_refused_with_both_names(terminal: Terminal) -> None:
    for login in (
        "Sup",
        "ѕup",
        "súp",
        "SUΡ",
        "s\u057dp",
    ):
        result = terminal.as_person("admin", "reviewers", "add", login, "--json")

        assert f"{login} looks like sup, which is registered" in refused(result, 2)
        assert len(terminal.document("admin", "reviewers")["reviewers"]) == 6


def test_a_login_with_a_tab_a_line_break_or_an_invisible_character_is_not_registered(terminal: Terminal) -> None:
    for login in (
        "li\tna",
        "li\nna",
        "li\u200bna",
    ):
        result = terminal.as_person("admin", "reviewers", "add", login)

        assert "no tabs, line breaks" in refused(result, 2)
        assert "lina" not in terminal.run("--as", "admin", "reviewers").stdout


@pytest.mark.parametrize("login", ["sup", "admin"])
def test_a_supervisor_or_admin_records_who_is_away(terminal: Terminal, login: str) -> None:
    away = terminal.document(login, "reviewers", "away", "c", "--from", "2026-11-24", "--to", "2026-11-27")

    assert (away["is_away"], away["away_until"]) == (True, "2026-11-27")
    assert "sup" in refused(terminal.as_person("a", "reviewers", "back", "c", "--json"), 77)
    assert not terminal.document(login, "reviewers", "back", "c")["is_away"]


def test_somebody_unknown_is_told_the_logins_that_as_takes(terminal: Terminal) -> None:
    told = refused(terminal.as_person("bob", "queue", "--json"), 77)

    assert told.startswith("bob is not registered here; say who you are with --as LOGIN: admin, ")


def test_audit_verifies_the_log_and_prints_its_head(terminal: Terminal) -> None:
    report = terminal.document("audit", "audit")
    head = terminal.document("audit", "audit", "head")

    assert report == {"events": head["seq"], "head": head["head"], "broken_at": None, "safeguards": []}


def test_a_changed_log_is_reported(terminal: Terminal) -> None:
    with terminal.site.services("admin").context.write() as session:
        triggers = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for trigger in triggers:
            session.execute(text(f'DROP TRIGGER "{trigger}"'))
        session.execute(text("UPDATE event SET action = 'else' WHERE seq = 2"))

    assert "event 2" in refused(terminal.as_person("audit", "audit", "verify", "--json"), 74)


def test_init_registers_the_user_who_creates_the_database(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "new.db"

    made = terminal.run_bare("--database", str(path), "init", "--identity", "named", "--json")

    assert made.exit_code == 0, made.output
    assert terminal.run_bare("--database", str(path), "reviewers").exit_code == 0


def test_doctor_reports_a_healthy_database(terminal: Terminal) -> None:
    result = terminal.run("doctor", "--json")

    assert result.exit_code == 0, result.output
    assert '"ok": true' in result.stdout


def test_doctor_names_applications_with_two_open_cases(terminal: Terminal, tmp_path: Path) -> None:
    desk = Desk(terminal.site, tmp_path)
    desk.queued()
    desk.change(state="passed")
    desk.applications(application(business_scope="教育咨询"), as_new=True)
    assert "No application has more than one open case." in terminal.run("doctor").stdout
    older = desk.cases()[0].id
    with terminal.site.services("admin").context.write() as session:
        session.get_one(CaseRow, older).state = "queued"

    result = terminal.run("doctor")
    assert result.exit_code == 78, result.output
    assert "more than one open case: 1, for example C-000001 and C-000002; withdraw the cases" in " ".join(
        result.stdout.split()
    )

    assert terminal.as_person("sup", "withdraw", "C-1", "--reason", "x").exit_code == 0
    assert terminal.run("doctor").exit_code == 0


@pytest.mark.terminal
def test_demo_opens_the_workbench_as_its_first_reviewer_and_says_when_its_sample_data_is_old(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(preparing, "DATA", copy_few_cases(tmp_path / "few"))

    result = terminal.run("demo")

    assert result.exit_code == 0, result.output
    assert "days old" not in result.stderr
    ((path, login, symbols),) = terminal.opened
    assert path != terminal.site.path
    assert path.is_relative_to(tmp_path)
    assert (path.exists(), login, symbols) == (True, "rev1", "auto")

    terminal.site.clock.advance(days=12)
    result = terminal.run("demo")

    assert result.exit_code == 0, result.output
    assert "The sample data is 12 days old; `workbench demo --reset` creates it again." in result.stderr
    assert "days old" not in terminal.run("demo", "--reset").stderr
