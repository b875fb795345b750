"""Absences, skills and duties by command, and logins that the operating system does not know."""

import grp
import pwd
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.framework.terminal import Terminal, refused
from tests.services.review.verdict_acts import held
from workbench.services.foundation import group_sharing


def test_a_dry_run_lists_each_case_with_what_becomes_of_it(terminal: Terminal) -> None:
    case = held(terminal.site)
    options = ("--from", "2026-11-24", "--until", "2026-11-27", "--substitute", "b")
    planned = terminal.document("sup", "reviewers", "away", "a", *options, "--dry-run")

    assert (planned["written"], planned["is_away"], planned["counts"]) == (False, False, {"held": 1})
    assert planned["cases"] == [{"case": f"C-{case:06d}", "share": "held", "handover": "moves"}]
    done = terminal.document("sup", "reviewers", "away", "a", *options)
    assert (done["written"], done["away_until"], done["substitute"]) == (True, "2026-11-27", "b")
    assert terminal.document("b", "next")["case"] == f"C-{case:06d}"

    told = terminal.as_person("sup", "reviewers", "away", "b", "--dry-run")
    assert f"C-{case:06d}  held: the hold ends; back in the queue" in told.stdout
    assert "Dry run" in told.stderr
    assert "    3  2026-11-24 – 2026-11-27 (b)" in terminal.as_person("sup", "reviewers").stdout


def test_skills_and_duties_are_set_and_listed(terminal: Terminal) -> None:
    terminal.site.plant(2)
    wanted = "province:四川 -class:complex"
    assert terminal.document("admin", "reviewers", "skills", "a", "--filter", wanted)["skills"] == wanted
    assert "skills are terms" in refused(
        terminal.as_person("admin", "reviewers", "skills", "a", "--filter", "holder:a"), 2
    )
    saturday, friday = "2026-11-28", "2026-11-27"
    terminal.document("sup", "reviewers", "duty", "a", saturday)
    person = terminal.document("sup", "reviewers", "duty", "a", friday, "2.5", "--reason", "month end")
    assert person["duties"] == [{"on": friday, "minutes": 150}, {"on": saturday, "minutes": None}]
    assert len(terminal.document("sup", "reviewers", "duty", "a", saturday, "0")["duties"]) == 1
    assert "how many hours" in refused(terminal.as_person("sup", "reviewers", "duty", "a", friday), 2)
    refused(terminal.as_person("sup", "reviewers", "duty", "a", friday, "17"), 2)
    assert "supervisor" in refused(terminal.as_person("a", "reviewers", "duty", "a", friday, "1"), 77)


def test_a_duty_moves_no_due_date(terminal: Terminal) -> None:
    (case,) = terminal.site.plant()
    before = terminal.document("a", "clock", f"C-{case}")
    terminal.document("sup", "reviewers", "duty", "a", "2026-11-28")
    assert terminal.document("a", "clock", f"C-{case}") == before


@pytest.mark.sqlite("users of the host")
def test_a_login_that_the_system_or_the_group_does_not_know_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, members = list[str](), list[str]()

    def user(login: str) -> Any:
        if login not in users:
            raise KeyError(login)
        return SimpleNamespace(pw_gid=1)

    monkeypatch.setattr(pwd, "getpwnam", user)
    monkeypatch.setattr(grp, "getgrnam", lambda _name: SimpleNamespace(gr_mem=members, gr_gid=2))
    monkeypatch.setattr(group_sharing, "group_of", lambda _session: "reviewers")
    context = terminal.site.services("admin").context
    assert "mei" not in terminal.as_person("admin", "reviewers", "add", "lan").stderr

    context.actor = context.actor.__class__(
        id=context.actor.id, login="admin", roles=context.actor.roles, identity="os:0"
    )
    roles = terminal.site.services("admin").roles
    assert "This host has no user mei" in roles.add("mei", ()).warning
    users.append("bo")
    assert "bo is not in the group reviewers" in roles.add("bo", ()).warning
    users.append("kim")
    members.append("kim")
    assert roles.add("kim", ()).warning == ""
