"""While one person reviews alone, rules that need two people are waived, named and logged; a second person ends it."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import Result

from db.models import SettingRow
from tests.cli.framework.terminal import Terminal, refused
from tests.sites import Site
from workbench.services.site.people import SOLO_SETTING

REASON = "a shop of one person"


@pytest.fixture
def shop(site: Site) -> Terminal:
    """A terminal on a database in which `admin` reviews alone, as after `init --solo`."""
    for person in site.services("admin").people.list():
        if person.login != "admin":
            site.services("admin").roles.change(person.login, (), person.roles)
    with site.services("admin").context.write() as session:
        session.add(SettingRow(name=SOLO_SETTING, value=REASON))
    return Terminal(site)


def fail(shop: Terminal, *, language: str = "zh") -> dict[str, Any]:
    """Fail the next case finally, and return what the command prints."""
    [case] = shop.site.plant()
    context = shop.site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE application SET language = :language"), {"language": language})
    shop.document("admin", "next")
    decided: dict[str, Any] = shop.document(
        "admin", "decide", f"C-{case}", "fail", "--final", "--reason", "ACT-PEAK-HOUR"
    )
    return decided


def bodies(shop: Terminal, action: str) -> list[dict[str, Any]]:
    """Return the details of the logged acts of a kind."""
    with shop.site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT body FROM event WHERE action = :action ORDER BY seq"), {"action": action})
        return [json.loads(row.body) for row in rows]


def run(shop: Terminal, *words: str) -> Result:
    result = shop.as_person("admin", *words)
    assert result.exit_code == 0, result.output
    return result


def test_a_verdict_takes_effect_at_once_and_record_notice_log_and_export_name_the_waiver(
    shop: Terminal, tmp_path: Any
) -> None:
    decided = fail(shop, language="en")

    assert (decided["state"], decided["check_for"], decided["waived"]) == ("failed", [], ["final_fail"])
    shown = shop.document("admin", "show", decided["case"])
    assert shown["decisions"][0]["waived"] == {"rules": ["final_fail"], "reason": REASON}
    assert "Decided by one person" in shown["notice"]
    event = bodies(shop, "decide")[0]
    assert (event["waived"], event["waive_reason"]) == (["final_fail"], REASON)
    assert f"decided by one person ({REASON}); not checked: a final fail." in run(shop, "show", decided["case"]).stdout
    run(shop, "export", "decisions", "--output", str(tmp_path / "d.jsonl"), "--format", "jsonl")
    [row] = map(json.loads, (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["waived"], row["waive_reason"]) == ("final_fail", REASON)


def test_one_person_may_open_their_own_verdict_again(shop: Terminal) -> None:
    case = fail(shop)["case"]
    shop.site.clock.advance(minutes=5)

    assert shop.document("admin", "reopen", case, "--reason", "I was wrong")["state"] == "queued"
    event = bodies(shop, "reopen")[0]
    assert (event["waived"], event["waive_reason"]) == (["reopen"], REASON)
    shown = shop.document("admin", "show", case)
    [line] = [each["text"] for each in shown["history"] if each["action"] == "reopen"]
    assert line == f"waived {shown['corrects']} {REASON}"
    assert "审核方式" in shown["notice"]


def test_one_person_may_change_their_own_roles_beside_another_admin(shop: Terminal) -> None:
    run(shop, "reviewers", "add", "owner", "--role", "admin")
    run(shop, "reviewers", "role", "admin", "--add", "auditor")

    assert bodies(shop, "reviewers role")[-1]["waived"] == ["roles"]


@pytest.mark.parametrize("role", ["reviewer", "supervisor"])
def test_a_second_reviewer_ends_it_for_good(shop: Terminal, role: str) -> None:
    assert "A second person can review now" in run(shop, "reviewers", "add", "second", "--role", role).stderr
    assert bodies(shop, "solo-ended") == [{}]
    case = fail(shop)["case"]

    assert shop.document("admin", "show", case)["state"] == "awaiting_check"
    run(shop, "reviewers", "role", "second", "--remove", role)
    assert "another person" in refused(shop.as_person("admin", "check", case, "approve", "--note", "x"), 77)
    assert not any("alone (" in line["text"] for line in shop.document("admin", "doctor")["lines"])


def test_a_verdict_that_waits_since_before_the_waiver_is_approved_by_its_maker_until_a_second_person_comes(
    shop: Terminal,
) -> None:
    context = shop.site.services("admin").context
    with context.write() as session:
        session.execute(text("UPDATE setting SET name = 'later' WHERE name = 'solo'"))
    first, second = fail(shop)["case"], fail(shop)["case"]
    with context.write() as session:
        session.execute(text("UPDATE setting SET name = 'solo' WHERE name = 'later'"))

    done = shop.document("admin", "check", first, "approve", "--note", "I looked again")
    assert (done["state"], done["waived"]) == ("failed", ["final_fail"])
    assert "一名审核人员" in shop.document("admin", "show", first)["notice"]
    assert bodies(shop, "approve")[0]["waived"] == ["final_fail"]
    assert shop.document("admin", "undo", first)["state"] == "awaiting_check"
    assert shop.document("admin", "undo", first)["state"] == "in_review"

    run(shop, "reviewers", "add", "second")
    assert "another person" in refused(shop.as_person("admin", "check", second, "approve", "--note", "x"), 77)
    assert shop.document("second", "check", second, "approve", "--note", "x")["state"] == "failed"


def appealed(shop: Terminal) -> str:
    """Fail the next case finally and file its appeal a day later."""
    case = str(fail(shop)["case"])
    shop.site.clock.advance(days=1)
    assert shop.document("admin", "appeal", case, "--grounds", "not us")["assignee"] == "admin"
    return case


def decide_appeal(shop: Terminal, case: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.document("admin", "appeal-decide", case, *words, "--note", "I looked again")
    return found


def test_one_person_decides_an_appeal_at_once_and_log_record_and_letters_name_the_waiver(shop: Terminal) -> None:
    case = appealed(shop)
    decided = decide_appeal(shop, case, "overturned", "--to", "passed")

    assert (decided["state"], decided["status"], decided["waived"]) == ("passed", "closed", ["appeal"])
    assert "本答复由一名审核人员作出" in decided["notice"]
    assert bodies(shop, "appeal-decide")[0]["waived"] == ["appeal"]
    assert shop.document("admin", "show", case)["appeals"][0]["waived"] == {"rules": ["appeal"], "reason": REASON}
    assert f"nobody; one person reviews alone ({REASON})" in run(shop, "show", case).stdout
    with shop.site.services("admin").context.read() as session:
        letter = session.execute(text("SELECT body FROM notice WHERE kind = 'appeal-received'")).scalar_one()
    assert "我司目前仅有一名审核人员" in letter
    assert "未参与" not in letter


def test_an_appeal_decided_by_one_person_can_be_undone_and_decided_again(shop: Terminal) -> None:
    case = appealed(shop)
    decide_appeal(shop, case, "overturned")
    run(shop, "undo", case)

    shown = shop.document("admin", "show", case)
    assert (shown["state"], shown["assignee"]) == ("appealed", "admin")
    assert (shown["appeals"][0]["status"], shown["appeals"][0]["waived"]) == ("open", None)
    assert decide_appeal(shop, case, "stands")["state"] == "failed"
    listed = shop.document("admin", "notices")["notices"]
    assert [one["kind"] for one in listed if one["kind"] == "appeal-decided"] == ["appeal-decided"]


def test_a_decision_on_an_appeal_that_waits_since_before_the_waiver_is_approved_by_who_reviews_alone(
    shop: Terminal,
) -> None:
    context = shop.site.services("admin").context
    case = appealed(shop)
    with context.write() as session:
        session.execute(text("UPDATE setting SET name = 'later' WHERE name = 'solo'"))
    run(shop, "reviewers", "add", "second", "--role", "supervisor")
    shop.document("second", "appeal-decide", case, "stands", "--note", "as it was")
    assert "another person" in refused(shop.as_person("admin", "check", case, "approve", "--note", "x"), 77)
    run(shop, "reviewers", "role", "second", "--remove", "supervisor", "--add", "auditor")
    with context.write() as session:
        session.execute(text("UPDATE setting SET name = 'solo' WHERE name = 'later'"))

    refused(shop.as_person("admin", "check", case, "return", "--note", "x"), 77)
    approved = shop.document("admin", "check", case, "approve", "--note", "alone now")
    assert (approved["state"], approved["waived"]) == ("failed", ["appeal"])
    [appeal] = shop.document("admin", "show", case)["appeals"]
    assert (appeal["decided_by"], appeal["checker"]) == ("second", None)
