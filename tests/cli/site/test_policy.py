"""The commands policy and init --supplier: who sends the letters, and which policy is in force."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import Result

from tests.cli.framework.terminal import Terminal, refused
from tests.sites import SUPPLIER
from workbench.cli.site import policy, supplier_questions
from workbench.policies import default_policy_text
from workbench.services.policy.supplier import supplier_toml

MADE_UP = ("虚构通信有限公司", "400-000-0000", "虚构市虚构区虚构路1号")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a file and returns its path."""

    def written(content: str) -> str:
        path = tmp_path / "given.toml"
        path.write_text(content, encoding="utf-8")
        return str(path)

    return written


def decided(terminal: Terminal, *, count: int = 1) -> None:
    """Pass cases, and wait until their notices are released."""
    terminal.site.plant(count)
    for _case in range(count):
        case = terminal.document("a", "next")["case"]
        terminal.document("a", "decide", case, "pass", "--reason", "OK")
    terminal.site.clock.advance(minutes=2)


def exported(terminal: Terminal) -> list[dict[str, Any]]:
    """Export the notices, and return their rows."""
    path = terminal.site.path.with_name("notices.jsonl")
    words = ("export", "notices", "--output", str(path), "--reveal", "--reason", "to send them")
    terminal.document("admin", *words)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def in_force(terminal: Terminal) -> str:
    return terminal.as_person("admin", "policy", "show", "--toml").stdout


def test_only_the_export_of_notices_waits_for_the_real_supplier(
    terminal: Terminal, file: Callable[[str], str], tmp_path: Path
) -> None:
    own = in_force(terminal)
    terminal.document("admin", "policy", "apply", file(default_policy_text()))
    decided(terminal)
    letter = terminal.document("a", "notices", "--unsent")["notices"][0]["body"]
    out = str(tmp_path / "out.csv")

    message = refused(terminal.as_person("admin", "export", "notices", "--output", out, "--json"), 78)

    assert all(value in letter for value in MADE_UP)
    assert "`workbench policy show --toml`" in message
    assert "`workbench policy apply FILE`" in message
    assert not Path(out).exists()
    assert terminal.document("admin", "export", "decisions", "--output", out)["rows"] == 1
    assert message in [line["text"] for line in terminal.document("admin", "doctor")["lines"] if line["ok"] is None]
    terminal.document("admin", "policy", "apply", file(own))
    (row,) = exported(terminal)
    assert not any(value in row["body"] for value in MADE_UP)
    assert all(value in row["body"] for value in (SUPPLIER.name.zh, SUPPLIER.phone, SUPPLIER.complaint.zh))
    assert "made-up" not in terminal.as_person("admin", "doctor").stdout


APPLICATION = """application_no,submitted_at,applicant_kind,applicant_name,handler_name,handler_id_no
N-1,2026-11-23 10:00,individual,丙某某,丙某某,11010519491231002X
"""


def test_a_case_keeps_its_policy_and_only_the_sender_follows_the_one_in_force(
    terminal: Terminal, file: Callable[[str], str], tmp_path: Path
) -> None:
    terminal.site.plant(1)
    changed = in_force(terminal).replace(SUPPLIER.phone, "400-555-0199")
    changed = changed.replace("材料和用卡情况符合要求。", "新版文字。")
    applications = tmp_path / "new.csv"
    applications.write_text(APPLICATION, encoding="utf-8")

    applied = terminal.document("admin", "policy", "apply", file(changed))
    terminal.document("sup", "class", "C-1", "complex", "--reason", "many cards")
    terminal.document("a", "next")
    notice = terminal.document("a", "decide", "C-1", "pass", "--reason", "OK")["notice"]
    terminal.document("admin", "import", "applications", str(applications))

    assert (applied["policy"], applied["changed"], applied["supplier_made_up"]) == (2, True, False)
    assert "材料和用卡情况符合要求。" in notice
    # The letter about the class was not sent yet, so the verdict cancelled it.
    [letter] = [line["body"] for line in terminal.document("a", "notices")["notices"]]
    assert "400-555-0199" in letter
    assert SUPPLIER.phone not in letter
    assert [terminal.document("a", "show", case)["policy_version"] for case in ("C-1", "C-2")] == [1, 2]


def test_the_file_in_force_can_be_shown_changed_checked_and_applied(
    terminal: Terminal, file: Callable[[str], str]
) -> None:
    body = in_force(terminal)
    path = file(body.replace('version = "2026-11"', 'version = "2026-12"'))

    assert terminal.run_bare("policy", "check", path).exit_code == 0
    applied = terminal.document("admin", "policy", "apply", path)
    again = terminal.document("admin", "policy", "apply", path)

    assert (applied["policy"], applied["version"], applied["changed"]) == (2, "2026-12", True)
    assert (again["policy"], again["changed"]) == (2, False)
    assert terminal.document("audit", "policy")["version"] == "2026-12"
    assert 'version = "2026-12"' in in_force(terminal)
    assert terminal.document("audit", "policy", "show", "--toml")["toml"] == Path(path).read_text(encoding="utf-8")
    assert SUPPLIER.address.en in terminal.as_person("audit", "policy").stdout
    with terminal.site.services("admin").context.read() as session:
        events = session.execute(text("SELECT actor_login, body FROM event WHERE action = 'policy apply'")).all()
    ((who, what),) = events
    assert (who, json.loads(what)["policy"], json.loads(what)["version"]) == ("admin", 2, "2026-12")


def test_apply_shows_the_differences_and_asks_on_a_terminal(
    terminal: Terminal, file: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = file(in_force(terminal).replace("value = 50_000_000", "value = 1_250"))
    row = next(
        line for line in terminal.as_person("admin", "policy", "diff", cheap).stdout.splitlines() if "CNY" in line
    )
    assert row.split()[1:] == ["CNY", "500,000", "CNY", "12.50"]
    path = file(
        in_force(terminal).replace('"AGENT_ID_BACK", "COMMITMENT_LETTER"]', '"AGENT_ID_BACK", "RISK_NOTICE"]', 1)
    )
    words = ("--database", str(terminal.site.path), "policy", "apply", path, "--as", "admin")
    shown = terminal.as_person("admin", "policy", "diff", path).stdout
    assert " −COMMITMENT_LETTER " in shown
    assert "+RISK_NOTICE\n" in shown

    with monkeypatch.context() as patched:
        patched.setattr(policy, "is_terminal", lambda: True)
        refusal = terminal.run_bare(*words, answers="n\n")
        assert "−COMMITMENT_LETTER" in refusal.stdout
        assert "Letters: 0" in terminal.run_bare(*words, "--open-cases", answers="n\n").stdout
        assert terminal.document("audit", "policy")["policy"] == 1
        # What was shown is applied, even if the file changes before the answer.
        whole = Path(path).read_text("utf-8")
        patched.setattr("typer.confirm", lambda *_words, **_more: bool(Path(path).write_text("broken", "utf-8")))
        assert terminal.run_bare(*words).exit_code == 0
        Path(path).write_text(whole, "utf-8")
        assert terminal.document("audit", "policy")["policy"] == 2
        assert "Apply" not in terminal.run_bare(*words, "--yes").output
    assert terminal.run_bare(*words).exit_code == 0
    assert "add --yes" in refused(terminal.as_person("admin", "policy", "apply", path, "--open-cases"), 2)
    assert terminal.run_bare(*words, "--open-cases", "--yes").exit_code == 0


def test_a_wrong_file_is_refused_with_its_place_and_nothing_is_written(
    terminal: Terminal, file: Callable[[str], str]
) -> None:
    for before, after, line, cause in (
        ("max_held = 3", "max_held = 0", 50, "whole number"),
        ("max_held = 3", "max_held = three", None, "not TOML"),
        ("max_held = 3", f"max_held = {'9' * 5000}", None, "too many digits"),
        ("max_held = 3", f"max_held = {'[' * 5000}", None, "nested too deep"),
        ("[desk]", "[dask]", None, "“desk”"),
    ):
        path = file(in_force(terminal).replace(before, after))

        for command in ("check", "apply"):
            message = refused(terminal.as_person("admin", "policy", command, path, "--json"), 78)
            assert "given.toml" in message
            assert cause in message
            assert line is None or f"line {line}:" in message

        assert terminal.document("admin", "policy")["policy"] == 1


def test_what_is_no_file_is_refused_and_to_others_than_admins_every_file(terminal: Terminal, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "latin").write_bytes(b"version = '\xe9'")
    (tmp_path / "large").write_text("# \n" * 500_000)

    for login in ("a", "sup", "audit"):
        refused(terminal.as_person(login, "policy", "apply", str(tmp_path / "none"), "--json"), 77)
    for name, code in (("none", 66), ("pipe", 65), (".", 65), ("large", 65), ("latin", 65)):
        refused(terminal.as_person("admin", "policy", "apply", str(tmp_path / name), "--json"), code)


def test_a_wrong_supplier_is_refused_with_its_line_and_nothing_is_created(
    terminal: Terminal, tmp_path: Path, file: Callable[[str], str]
) -> None:
    for content, place in (
        (supplier_toml(SUPPLIER) + "[desk]\nmax_held = 3\n", "line 8: desk: unknown key"),
        (supplier_toml(SUPPLIER).replace("phone =", "fone ="), "line 3: supplier.fone: unknown key; perhaps “phone”"),
        (supplier_toml(SUPPLIER).replace(', zh = "测试市长路7号"', ""), "line 5: supplier.address.zh: missing"),
        (supplier_toml(replace(SUPPLIER, phone="abc")), "line 3: supplier.phone: is no phone number"),
        ("", "line 1: supplier: missing"),
        ("supplier = 1", "line 1: supplier: must be a table"),
    ):
        made = terminal.run_bare("--database", str(tmp_path / "new.db"), "init", "--supplier", file(content), "--json")

        assert place in refused(made, 78)
        assert not (tmp_path / "new.db").exists()


def init_asked(terminal: Terminal, place: Path, answers: str) -> Result:
    """Run init with answers on stdin."""
    return terminal.run_bare("--database", str(place), "init", answers=answers)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplier_questions, "is_terminal", lambda: True)


def test_init_asks_on_a_terminal(terminal: Terminal, tmp_path: Path, at_a_terminal: None) -> None:
    place = tmp_path / "new.db"
    asked = ["远声", "Far Voice", "abc", "010-5555-0100", "周一", "Monday", '长路"7"号', "7 Long Road", "", "", "", ""]

    made = init_asked(terminal, place, "".join(f"{answer}\n" for answer in asked))

    assert made.exit_code == 0, made.output
    assert "Phone: is no phone number; give at least 5 digits." in made.stderr
    assert f"Next: `workbench --database {place} reviewers add LOGIN --role reviewer`" in made.stderr
    supplier = json.loads(terminal.run_bare("--database", str(place), "policy", "--json").stdout)["supplier"]
    assert supplier["name"] == {"zh": "远声", "en": "Far Voice"}
    assert supplier["address"]["zh"] == '长路"7"号'
    assert supplier["appeal"]["en"] == "in writing, to the address below, or by phone"
    assert "12300" in supplier["complaint"]["zh"]


def test_init_goes_on_without_an_answer(terminal: Terminal, tmp_path: Path, at_a_terminal: None) -> None:
    made = init_asked(terminal, tmp_path / "later.db", "\n")
    broken_off = init_asked(terminal, tmp_path / "none.db", "远声\n")

    assert made.exit_code == 0
    assert "`workbench policy apply FILE`" in made.stderr
    assert (broken_off.exit_code, "report" in broken_off.stderr) == (130, False)
    assert not (tmp_path / "none.db").exists()
