"""While there are two admins, nobody alone switches off what needs two people, or changes how long data is kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.framework.terminal import Terminal, refused
from tests.cli.site.test_people_and_site import two as two  # noqa: PLC0414 - a fixture

OFF = ("final_fail = true", "final_fail = false")
Edit = Callable[..., str]


@pytest.fixture
def edited(terminal: Terminal, tmp_path: Path) -> Edit:
    """Writes the policy in force with changes to a file, and returns its path."""

    def write(*changes: tuple[str, str]) -> str:
        policy = terminal.as_person("admin", "policy", "show", "--toml").stdout
        for before, after in changes:
            assert before in policy
            policy = policy.replace(before, after)
        path = tmp_path / "given.toml"
        path.write_text(policy, encoding="utf-8")
        return str(path)

    return write


def bodies(terminal: Terminal, action: str) -> list[dict[str, object]]:
    with terminal.site.services("admin").context.read() as session:
        found = session.execute(
            text("SELECT body FROM event WHERE action = :action AND NOT is_refused"), {"action": action}
        )
        return [json.loads(body) for body in found.scalars()]


@pytest.mark.promise("A7")
def test_a_changed_safeguard_waits_for_the_other_admin(two: Terminal, edited: Edit) -> None:
    key = "check.final_fail"
    asked = two.document("admin", "policy", "apply", edited(OFF))

    assert [(one["key"], one["old"], one["new"]) for one in asked["safeguards"]] == [(key, True, False)]
    assert two.document("a", "policy")["policy"] == 1
    [waiting] = two.document("second", "reviewers", "requests")["requests"]
    assert (waiting["number"], waiting["requested_by"]) == (asked["number"], "admin")
    assert key in two.as_person("second", "reviewers", "requests").stdout
    assert "another admin must approve" in refused(two.as_person("admin", "reviewers", "approve", asked["number"]), 77)
    assert "Only an admin" in refused(two.as_person("sup", "reviewers", "approve", asked["number"]), 77)

    applied = two.document("second", "reviewers", "approve", asked["number"])

    assert (applied["policy"], applied["applied_by"], applied["changed"]) == (2, "second", True)
    assert two.document("second", "reviewers", "requests")["requests"] == []
    [event] = bodies(two, "policy apply")
    assert event["safeguards"] == {key: [True, False]}
    for words in (("policy", "show"), ("audit", "verify")):
        assert f"Policy 2 differs from the first one in {key} (" in " ".join(
            two.as_person("audit", *words).stdout.split()
        )
        assert [one["key"] for one in two.document("audit", *words)["safeguards"]] == [key]

    for change, other, old, new in (
        (("importer = false", "importer = true"), "separation.importer", False, True),
        (("\nyears = 2 ", "\nyears = 1 "), "retention.years", 2, 1),
    ):
        asked = two.document("admin", "policy", "apply", edited(change))
        assert [(one["key"], one["old"], one["new"]) for one in asked["safeguards"]] == [(other, old, new)]
        assert two.document("a", "policy")["policy"] == 2


@pytest.mark.promise("A7")
def test_a_policy_that_changes_no_safeguard_is_applied_by_one_admin(two: Terminal, edited: Edit) -> None:
    assert two.document("admin", "policy", "apply", edited(("hold_minutes = 30", "hold_minutes = 31")))["policy"] == 2


@pytest.mark.promise("A7")
def test_one_admin_alone_changes_a_safeguard_and_the_event_names_it(terminal: Terminal, edited: Edit) -> None:
    assert terminal.document("admin", "policy", "apply", edited(OFF))["policy"] == 2

    assert [event["safeguards"] for event in bodies(terminal, "policy apply")] == [{"check.final_fail": [True, False]}]


@pytest.mark.promise("A7")
def test_a_planned_safeguard_is_not_cancelled_by_one_admin(two: Terminal, edited: Edit) -> None:
    before = Path(edited()).read_text(encoding="utf-8")
    stricter = ("importer = false", "importer = true")
    number = two.document("admin", "policy", "apply", edited(stricter), "--from", "2026-12-01")["number"]
    assert two.document("second", "reviewers", "approve", number)["policy"] == 2
    path = Path(edited())
    path.write_text(before + "\n", encoding="utf-8")

    asked = two.document("admin", "policy", "apply", str(path), "--from", "2026-12-01")

    assert [one["key"] for one in asked["safeguards"]] == ["separation.importer"]


@pytest.mark.promise("A7")
def test_open_cases_do_not_lose_a_safeguard_by_one_admin(two: Terminal, edited: Edit) -> None:
    two.site.plant(1)
    file = edited(OFF)
    number = two.document("admin", "policy", "apply", file)["number"]
    two.document("second", "reviewers", "approve", number)

    asked = two.document("admin", "policy", "apply", file, "--open-cases", "--yes")

    assert [one["key"] for one in asked["safeguards"]] == ["check.final_fail"]
    assert two.document("second", "reviewers", "approve", asked["number"])["open_cases_changed"] == 1


def test_a_rejected_ended_or_tampered_request_changes_nothing(two: Terminal, edited: Edit) -> None:
    two.document("admin", "policy", "apply", edited(OFF))
    two.site.clock.advance(days=8)
    number = two.document("admin", "policy", "apply", edited(OFF))["number"]
    stored = text("SELECT name FROM setting WHERE name LIKE 'policy-request%'")
    with two.site.tampering() as session:
        # The text of the request that ended is gone.
        assert session.execute(stored).scalars().all() == [f"policy-request-{int(number.removeprefix('R-'))}"]
        session.execute(text("UPDATE setting SET value = value || '#' WHERE name LIKE 'policy-request%'"))
    assert "was changed in the database" in refused(two.as_person("second", "reviewers", "approve", number), 65)

    assert two.document("second", "reviewers", "reject", number)["number"] == number

    assert "No request" in refused(two.as_person("second", "reviewers", "approve", number), 66)
    assert two.document("a", "policy")["policy"] == 1
    with two.site.services("admin").context.read() as session:
        assert session.execute(stored).scalars().all() == []


@pytest.mark.promise("A7")
def test_a_planned_change_begins_no_sooner_by_another_time_zone(two: Terminal, edited: Edit) -> None:
    two.site.clock.advance(hours=9)
    number = two.document("admin", "policy", "apply", edited(OFF), "--from", "2026-11-25")["number"]
    two.document("second", "reviewers", "approve", number)

    asked = two.document("admin", "policy", "apply", edited(OFF, ("Asia/Shanghai", "Pacific/Kiritimati")))

    assert (asked["requested_by"], [one["key"] for one in asked["safeguards"]]) == ("admin", ["check.final_fail"])


@pytest.mark.promise("A7")
@pytest.mark.parametrize(
    ("planned", "asked_from", "days_later"),
    [((), (), 0), (("--from", "2026-12-01"), (), 0), (("--from", "2026-11-26"), ("--from", "2026-11-27"), 3)],
    ids=["in force", "planned", "begun"],
)
def test_a_request_does_not_revert_a_policy_that_was_applied_since(
    two: Terminal, edited: Edit, planned: tuple[str, ...], asked_from: tuple[str, ...], days_later: int
) -> None:
    number = two.document("admin", "policy", "apply", edited(OFF), *asked_from)["number"]
    two.document("admin", "policy", "apply", edited(("hold_minutes = 30", "hold_minutes = 31")), *planned)
    two.site.clock.advance(days=days_later)

    why = refused(two.as_person("second", "reviewers", "approve", number), 77)

    assert f"{number} was not made on policy 2, which came into force or was planned since" in why
    assert "ask admin to apply the file again" in why
    assert len(two.document("a", "policy", "list")["versions"]) == 2
    assert two.document("admin", "reviewers", "reject", number)["number"] == number
    again = two.document("admin", "policy", "apply", edited(OFF), *asked_from)["number"]
    assert two.document("second", "reviewers", "approve", again)["policy"] == 3


@pytest.mark.promise("A7")
def test_a_request_does_not_revert_a_planned_policy_that_began_since(two: Terminal, edited: Edit) -> None:
    begins = ("--from", "2026-11-26")
    two.document("admin", "policy", "apply", edited(("hold_minutes = 30", "hold_minutes = 31")), *begins)
    number = two.document("admin", "policy", "apply", edited(OFF))["number"]
    [waiting] = two.document("second", "reviewers", "requests")["requests"]
    assert waiting["follows"] == [1, 2]
    two.site.clock.advance(days=3)

    assert "was not made on policy 2," in refused(two.as_person("second", "reviewers", "approve", number), 77)


@pytest.mark.promise("A7")
def test_an_erasure_is_not_agreed_to_as_a_policy_and_a_policy_not_as_an_erasure(two: Terminal, edited: Edit) -> None:
    number = two.document("admin", "policy", "apply", edited(OFF))["number"]

    assert "No request" in refused(two.as_person("second", "retention", "reject", number), 66)
    assert "No request" in refused(two.as_person("second", "retention", "approve", number, "--yes"), 66)
    assert [one["number"] for one in two.document("a", "reviewers", "requests")["requests"]] == [number]
