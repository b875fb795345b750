"""While there are two admins, nobody changes roles alone, by whatever order of commands."""

import pytest

from tests.cli.framework.terminal import Terminal, refused


@pytest.fixture
def two(terminal: Terminal) -> Terminal:
    """A database with the admins `admin` and `second`."""
    assert terminal.as_person("admin", "reviewers", "add", "second", "--role", "admin").exit_code == 0
    return terminal


def roles(terminal: Terminal, login: str) -> list[str]:
    people = terminal.document("audit", "reviewers")["reviewers"]
    return next(list(one["roles"]) for one in people if one["login"] == login)


def test_a_role_is_given_when_another_admin_agrees(two: Terminal) -> None:
    asked = two.document("admin", "reviewers", "role", "a", "--add", "supervisor")
    assert (asked["login"], asked["add"], asked["remove"]) == ("a", ["supervisor"], [])
    assert asked["requested_by"] == "admin"
    assert roles(two, "a") == ["reviewer"]
    assert [one["number"] for one in two.document("second", "reviewers", "requests")["requests"]] == [asked["number"]]

    assert "another admin must approve" in refused(two.as_person("admin", "reviewers", "approve", asked["number"]), 77)
    assert "Only an admin" in refused(two.as_person("sup", "reviewers", "approve", asked["number"]), 77)
    two.document("second", "reviewers", "approve", asked["number"])

    assert roles(two, "a") == ["reviewer", "supervisor"]
    assert two.document("second", "reviewers", "requests")["requests"] == []
    assert "No request" in refused(two.as_person("second", "reviewers", "approve", asked["number"]), 66)
    assert two.as_person("audit", "audit", "verify").exit_code == 0


@pytest.mark.promise("A7")
def test_an_admin_cannot_take_the_other_ones_role_and_help_themselves(two: Terminal) -> None:
    taking = two.document("admin", "reviewers", "role", "second", "--remove", "admin")["number"]
    own = two.document("admin", "reviewers", "role", "admin", "--add", "auditor")["number"]
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


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--add", "auditor", "--remove", "auditor"), "cannot be both added and removed"),
        (("--add", "reviewer", "--remove", "auditor"), "Nothing would change: a has each added role already"),
    ],
)
def test_a_change_that_changes_nothing_is_no_request(two: Terminal, words: tuple[str, ...], why: str) -> None:
    assert why in refused(two.as_person("admin", "reviewers", "role", "a", *words), 2)
    assert two.document("audit", "reviewers", "requests")["requests"] == []
