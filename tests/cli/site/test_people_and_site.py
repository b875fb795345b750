"""People and their roles: requests, deactivation, and changes in an open workbench."""

from pathlib import Path

import pytest

from db.enums import Role
from db.models import CaseRow
from tests.cli.framework.terminal import Terminal, refused
from tests.demos import copy_few_cases
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.vocabulary import Verdict
from workbench.errors import NotAllowed
from workbench.services.demo import preparing
from workbench.services.wiring import Services


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
    assert (
        "LiWei is registered; a login has no blanks."
        in terminal.as_person("admin", "reviewers", "add", "Li Wei").stderr
    )
    assert terminal.document("admin", "reviewers", "limit", "ｄａｎａ", "5")["login"] == "dana"
    assert terminal.document("ｄａｎａ", "queue")["cases"] == []
    assert terminal.document("a", "queue", "--filter", "who=ｄａｎａ")["cases"] == []


@pytest.mark.promise("A8")
def test_a_login_that_looks_like_another_or_cannot_be_seen_is_refused(terminal: Terminal) -> None:
    for login in (
        "Sup",
        "ѕup",
        "súp",
        "SUΡ",
        "s\u057dp",
    ):
        result = terminal.as_person("admin", "reviewers", "add", login, "--json")

        assert f"{login} looks like sup, which is registered" in refused(result, 2)
    for login in ("li\tna", "li\nna", "li\u200bna"):
        assert "no tabs, line breaks" in refused(terminal.as_person("admin", "reviewers", "add", login), 2)
    assert len(terminal.document("admin", "reviewers")["reviewers"]) == 6


def test_a_supervisor_or_admin_records_who_is_away(terminal: Terminal) -> None:
    for login in ("sup", "admin"):
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
    preparing.prepare(tmp_path / "data" / "workbench" / "demo", terminal.site.clock)

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


@pytest.fixture
def two(terminal: Terminal) -> Terminal:
    """A database with the admins `admin` and `second`."""
    assert terminal.as_person("admin", "reviewers", "add", "second", "--role", "admin").exit_code == 0
    return terminal


def roles(terminal: Terminal, login: str) -> list[str]:
    people = terminal.document("audit", "reviewers")["reviewers"]
    return next(list(one["roles"]) for one in people if one["login"] == login)


@pytest.mark.promise("A7")
def test_an_admin_cannot_take_the_other_ones_role_and_help_themselves(two: Terminal) -> None:
    taking = two.document("admin", "reviewers", "role", "second", "--remove", "admin")["number"]
    own = two.document("admin", "reviewers", "role", "admin", "--add", "auditor")["number"]
    assert f"{own} waits for another admin" in two.as_person("admin", "reviewers").stdout
    assert "first run" in refused(two.as_person("admin", "reviewers", "deactivate", "second"), 77)
    for number in (taking, own):
        assert "You made this request" in refused(two.as_person("admin", "reviewers", "approve", number), 77)

    assert "admin" in roles(two, "second")
    assert "auditor" not in roles(two, "admin")


@pytest.mark.promise("A7")
def test_nobody_agrees_to_roles_of_their_own(two: Terminal) -> None:
    why = refused(two.as_person("admin", "reviewers", "role", "second", "--add", "reviewer"), 77)
    assert "Nobody could approve this: second is the only other admin" in why

    asked = two.document("second", "reviewers", "role", "second", "--add", "reviewer")["number"]
    two.document("admin", "reviewers", "approve", asked)

    assert roles(two, "second") == ["reviewer", "admin"]


@pytest.mark.promise("A7")
def test_a_single_admin_gives_no_roles_to_themselves(terminal: Terminal) -> None:
    why = refused(terminal.as_person("admin", "reviewers", "role", "admin", "--add", "auditor"), 77)

    assert "You cannot give yourself roles" in why
    terminal.document("admin", "reviewers", "role", "admin", "--remove", "reviewer")
    assert roles(terminal, "admin") == ["supervisor", "admin"]


def test_a_new_person_gets_roles_when_another_admin_agrees(two: Terminal) -> None:
    asked = two.document("admin", "reviewers", "add", "d")["number"]
    assert roles(two, "d") == []
    assert two.as_person("d", "queue").exit_code == 77

    two.document("second", "reviewers", "approve", asked)

    assert two.as_person("d", "queue").exit_code == 0


@pytest.mark.promise("A7")
def test_a_request_can_be_rejected_or_taken_back_and_ends_after_a_week(two: Terminal) -> None:
    numbers = [two.document("admin", "reviewers", "role", "a", "--add", "auditor")["number"] for _one in range(3)]
    two.document("second", "reviewers", "reject", numbers[0])
    two.document("admin", "reviewers", "reject", numbers[1])
    assert [one["number"] for one in two.document("audit", "reviewers", "requests")["requests"]] == numbers[2:]
    # 02:00 UTC is 10:00 where the site is.
    assert "2026-12-01 10:00" in two.as_person("audit", "reviewers", "requests").stdout

    two.site.clock.advance(days=8)

    assert two.document("audit", "reviewers", "requests")["requests"] == []
    for number in numbers:
        assert "No request" in refused(two.as_person("second", "reviewers", "approve", number), 66)
    assert roles(two, "a") == ["reviewer"]


@pytest.mark.promise("A7")
def test_an_agreement_never_leaves_the_site_without_an_admin(two: Terminal) -> None:
    first = two.document("admin", "reviewers", "role", "second", "--remove", "admin")["number"]
    other = two.document("second", "reviewers", "role", "admin", "--remove", "admin")["number"]
    two.document("second", "reviewers", "approve", first)

    assert "No request" in refused(two.as_person("admin", "reviewers", "approve", other), 66)
    assert "admin" in roles(two, "admin")


def test_a_change_that_changes_nothing_is_no_request(two: Terminal) -> None:
    for words, why in (
        (("--add", "auditor", "--remove", "auditor"), "cannot be both added and removed"),
        (("--add", "reviewer", "--remove", "auditor"), "Nothing would change: a has each added role already"),
    ):
        assert why in refused(two.as_person("admin", "reviewers", "role", "a", *words), 2)
    assert two.document("audit", "reviewers", "requests")["requests"] == []


def take_role(site: Site, login: str, *, instead: tuple[Role, ...] = ()) -> None:
    site.services("admin").roles.change(login, instead, (Role.REVIEWER,))


def take_next(services: Services) -> CaseFile:
    case = services.claims.next()
    assert isinstance(case, CaseFile)
    return case


def passing(case: CaseFile) -> VerdictRequest:
    return VerdictRequest(case_id=case.header.id, verdict=Verdict.PASS, reasons=("OK",), fence=case.header.fence)


@pytest.mark.parametrize("instead", [(), (Role.AUDITOR,)], ids=["no role", "an auditor"])
def test_a_person_who_is_no_reviewer_any_more_does_not_decide_in_an_open_workbench(
    site: Site, instead: tuple[Role, ...]
) -> None:
    site.plant(1)
    reviewer = site.services("a")
    case = take_next(reviewer)
    take_role(site, "a", instead=instead)

    with pytest.raises(NotAllowed, match="no role" if not instead else "needs one of these roles"):
        reviewer.verdicts.decide(passing(case))

    assert site.state(case.header.id) == "in_review"
    assert site.actions(case.header.id)[-1] == "refused decide"


def test_a_role_that_is_taken_between_the_check_and_the_write_refuses_the_write(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant(1)
    reviewer = site.services("a")
    case = take_next(reviewer)
    real = reviewer.context.database.write

    def write_later(**options: bool) -> object:
        monkeypatch.setattr(reviewer.context.database, "write", real)
        take_role(site, "a", instead=(Role.AUDITOR,))
        return real(**options)

    monkeypatch.setattr(reviewer.context.database, "write", write_later)
    with pytest.raises(NotAllowed, match="needs one of these roles"):
        reviewer.verdicts.decide(passing(case))

    assert site.state(case.header.id) == "in_review"


def test_somebody_without_a_role_reads_nothing_also_in_an_open_workbench(terminal: Terminal) -> None:
    terminal.site.plant(1)
    open_before = terminal.site.services("a")
    open_before.queue.count()
    take_role(terminal.site, "a")

    for read in (open_before.queue.count, open_before.people.list, lambda: open_before.casefiles.show(1)):
        with pytest.raises(NotAllowed, match="no role"):
            read()
    for command in (("queue",), ("show", "C-000001"), ("reviewers",), ("calendar",), ("forecast",), ("audit",)):
        assert "a has no role" in refused(terminal.as_person("a", *command, "--json"), 77)


@pytest.mark.promise("A10")
def test_a_deactivated_person_does_nothing_and_their_cases_are_free_until_an_activation(terminal: Terminal) -> None:
    held, assigned = terminal.site.plant(2)
    open_before = terminal.site.services("a")
    for login, person, why in (
        ("sup", "a", "Only an admin can do this"),
        ("admin", "admin", "You cannot deactivate yourself"),
    ):
        assert why in refused(terminal.as_person(login, "reviewers", "deactivate", person), 77)
    terminal.document("a", "next")
    terminal.document("sup", "assign", f"C-{assigned}", "--to", "a", "--reason", "x")

    result = terminal.as_person("admin", "reviewers", "deactivate", "a")

    assert "cases that other people can take now: 2" in result.stderr
    assert "a is deactivated; an admin" in refused(terminal.as_person("a", "queue"), 77)
    with pytest.raises(NotAllowed, match="a is deactivated; an admin"):
        open_before.claims.next()
    assert [terminal.document("b", "next")["case"], terminal.document("c", "next")["case"]] == [
        f"C-{held:06}",
        f"C-{assigned:06}",
    ]
    line = next(one for one in terminal.document("admin", "reviewers")["reviewers"] if one["login"] == "a")
    assert (line["is_active"], line["roles"]) == (False, ["reviewer"])
    assert "does not review" in refused(
        terminal.as_person("sup", "assign", f"C-{held}", "--to", "a", "--reason", "x"), 77
    )
    assert "b is active." in refused(terminal.as_person("admin", "reviewers", "activate", "b"), 77)
    terminal.as_person("admin", "reviewers", "activate", "a")
    terminal.site.plant()
    assert terminal.document("a", "next")["state"] == "in_review"
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


def test_a_verdict_that_is_returned_to_a_deactivated_maker_is_for_everybody(terminal: Terminal) -> None:
    [case] = terminal.site.plant()
    terminal.document("a", "next")
    terminal.document("a", "decide", f"C-{case}", "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    assert terminal.site.state(case) == "awaiting_check"
    terminal.as_person("admin", "reviewers", "deactivate", "a")

    terminal.document("sup", "check", f"C-{case}", "return", "--note", "look again")

    assert terminal.document("b", "next")["case"] == f"C-{case:06}"
