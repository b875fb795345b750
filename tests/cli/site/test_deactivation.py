"""A person who left does nothing any more, and nothing waits for them."""

import pytest

from tests.cli.framework.terminal import Terminal, refused
from workbench.errors import NotAllowed


@pytest.mark.promise("A10")
def test_a_deactivated_person_does_nothing_and_their_cases_are_free(terminal: Terminal) -> None:
    held, assigned = terminal.site.plant(2)
    terminal.document("a", "next")
    terminal.document("sup", "assign", f"C-{assigned}", "--to", "a", "--reason", "x")

    result = terminal.as_person("admin", "reviewers", "deactivate", "a")

    assert "cases that other people can take now: 2" in result.stderr
    assert "a is deactivated; an admin" in refused(terminal.as_person("a", "queue"), 77)
    assert [terminal.document("b", "next")["case"], terminal.document("c", "next")["case"]] == [
        f"C-{held:06}",
        f"C-{assigned:06}",
    ]
    line = next(one for one in terminal.document("admin", "reviewers")["reviewers"] if one["login"] == "a")
    assert (line["is_active"], line["roles"]) == (False, ["reviewer"])
    assert "does not review" in refused(
        terminal.as_person("sup", "assign", f"C-{held}", "--to", "a", "--reason", "x"), 77
    )
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


@pytest.mark.promise("A10")
def test_a_workbench_that_is_open_refuses_the_acts_of_a_deactivated_person(terminal: Terminal) -> None:
    [case] = terminal.site.plant()
    open_before = terminal.site.services("a")
    terminal.as_person("admin", "reviewers", "deactivate", "a")

    with pytest.raises(NotAllowed, match="a is deactivated; an admin"):
        open_before.claims.next()
    assert terminal.site.state(case) == "queued"


def test_an_activated_person_works_again_with_the_same_roles(terminal: Terminal) -> None:
    terminal.site.plant()
    terminal.as_person("admin", "reviewers", "deactivate", "a")
    assert "b is active." in refused(terminal.as_person("admin", "reviewers", "activate", "b"), 77)

    terminal.as_person("admin", "reviewers", "activate", "a")

    assert terminal.document("a", "next")["state"] == "in_review"
    assert terminal.as_person("audit", "audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("login", "person", "why"),
    [("sup", "a", "Only an admin can do this"), ("admin", "admin", "You cannot deactivate yourself")],
)
def test_only_an_admin_deactivates_and_nobody_themselves(terminal: Terminal, login: str, person: str, why: str) -> None:
    assert why in refused(terminal.as_person(login, "reviewers", "deactivate", person), 77)
    assert all(one["is_active"] for one in terminal.document("admin", "reviewers")["reviewers"])


def test_a_verdict_that_is_returned_to_a_deactivated_maker_is_for_everybody(terminal: Terminal) -> None:
    [case] = terminal.site.plant()
    terminal.document("a", "next")
    terminal.document("a", "decide", f"C-{case}", "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    assert terminal.site.state(case) == "awaiting_check"
    terminal.as_person("admin", "reviewers", "deactivate", "a")

    terminal.document("sup", "check", f"C-{case}", "return", "--note", "look again")

    assert terminal.document("b", "next")["case"] == f"C-{case:06}"


def test_what_is_decided_stays_as_it_is(terminal: Terminal) -> None:
    staged, final = terminal.site.plant(2)
    for case in (staged, final):
        terminal.document("sup", "assign", f"C-{case}", "--to", "a", "--reason", "x")
        terminal.document("a", "next")
        terminal.document("a", "decide", f"C-{case}", "fail", "--final", "--reason", "ACT-PEAK-HOUR")
    terminal.document("sup", "check", f"C-{final}", "approve", "--note", "x")
    before = [terminal.site.actions(case) for case in (staged, final)]

    result = terminal.as_person("admin", "reviewers", "deactivate", "a")

    assert "cases that other people can take now: 0" in result.stderr
    assert [terminal.site.actions(case) for case in (staged, final)] == before
    assert terminal.document("sup", "undo", f"C-{final}")["state"] == "awaiting_check"


def test_a_case_that_comes_back_to_a_deactivated_person_is_for_everybody(terminal: Terminal) -> None:
    [case] = terminal.site.plant()
    terminal.document("sup", "assign", f"C-{case}", "--to", "a", "--reason", "x")
    terminal.document("sup", "withdraw", f"C-{case}", "--reason", "the applicant called")
    terminal.as_person("admin", "reviewers", "deactivate", "a")

    terminal.document("sup", "undo", f"C-{case}")

    assert terminal.document("b", "next")["case"] == f"C-{case:06}"
