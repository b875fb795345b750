"""A policy that applies to open cases: what happens to a case in each state, and what its applicant is told."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.columns import from_us
from db.enums import DocumentKind, FailKind
from tests.cli.appeals import filed_appeals
from tests.cli.framework.terminal import Terminal, refused
from tests.clock_site import ClockSite, local
from tests.proofs.racing import open_for_race, run_concurrently
from tests.screens.driver import site_workbench
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application
from tests.services.review.verdict_acts import failing
from tests.sites import Site
from workbench.domain.case.records import ChangesSinceSeen
from workbench.errors import Busy

pytestmark = pytest.mark.proof

CAPITAL = ("value = 50_000_000", "value = 500_000_000")
LONGER = ("standard = 3", "standard = 5")
MORE_DOCUMENTS = ('"COMMITMENT_LETTER", "USE_STATEMENT",', '"COMMITMENT_LETTER", "AGENT_HANDHELD", "USE_STATEMENT",')
NO_DOCUMENTS = ('"BIZ_LICENSE", "AGENT_ID_FRONT",', '"AGENT_ID_FRONT",')
NO_CONSENT = ('"COMMITMENT_LETTER", "USE_STATEMENT", "CALL_SCRIPT", "CONSENT_PROOF",', '"COMMITMENT_LETTER",')
APPEALS = (
    ("answer_days = 7", "answer_days = 2"),
    ("cap_days = 15 # calendar", "cap_days = 6 # calendar"),
    ('["13:00", "18:00"]', '["13:00", "17:00"]'),
)
VERSION = ('version = "2026-11"', 'version = "2026-12"')


@pytest.fixture
def apply(terminal: Terminal, tmp_path: Path) -> Callable[..., Any]:
    """Applies the policy in force with some changes, and returns what the command prints."""

    def applied(*changes: tuple[str, str], options: tuple[str, ...] = ("--open-cases", "--yes")) -> Any:
        text = terminal.as_person("admin", "policy", "show", "--toml").stdout
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "applied.toml"
        path.write_text(text, encoding="utf-8")
        return terminal.document("admin", "policy", "apply", str(path), *options)

    return applied


def show(terminal: Terminal, case: str) -> Any:
    return terminal.document("a", "show", case)


def letters(terminal: Terminal, kind: str = "policy") -> list[str]:
    return [one["body"] for one in terminal.document("a", "notices")["notices"] if one["kind"] == kind]


def policy_events(desk: Desk) -> list[Any]:
    rows = desk.sql("SELECT case_id, body FROM event WHERE action = 'policy' ORDER BY case_id")
    return [(row[0], json.loads(row[1])) for row in rows]


def test_an_open_case_gets_findings_due_date_and_if_they_changed_a_letter_of_the_new_version(
    terminal: Terminal, desk: Desk, apply: Callable[..., Any]
) -> None:
    desk.queued()
    same = apply(VERSION)
    assert (same["open_cases_changed"], same["open_cases_touched"]) == (1, 0)
    assert letters(terminal) == []
    assert show(terminal, "C-1")["history"][0]["text"] == "1 → 2: the findings stay"
    before = show(terminal, "C-1")

    applied = apply(CAPITAL, LONGER)

    after = show(terminal, "C-1")
    assert (applied["open_cases_changed"], applied["open_cases_touched"]) == (1, 1)
    assert (before["due_at"][:10], after["due_at"][:10]) == ("2026-11-26", "2026-11-30")
    assert (before["policy_version"], after["policy_version"]) == (2, 3)
    assert "ID-CAPITAL" in desk.findings()
    [line, _same] = [one for one in after["history"] if one["action"] == "policy"]
    assert line["text"] == "2 → 3: +ID-CAPITAL; due date: 2026-11-30"
    [letter] = letters(terminal)
    assert "新规则自即日起适用于贵公司电销卡的二次审核" in letter
    assert "新的办结时限：2026年11月30日（周一）" in letter


def test_the_cases_with_other_findings_are_named(terminal: Terminal, site: Site, tmp_path: Path) -> None:
    site.plant(22)
    with site.services("admin").context.write() as session:
        session.execute(text("UPDATE application SET registered_capital_fen = 60000000"))
    path = tmp_path / "policy.toml"
    path.write_text(terminal.as_person("admin", "policy", "show", "--toml").stdout.replace(*CAPITAL), encoding="utf-8")

    named = "Cases with other findings: C-000001, C-000002"
    for login, *words in (("audit", "diff", str(path)), ("admin", "apply", str(path), "--open-cases", "--yes")):
        said = terminal.as_person(login, "policy", *words)
        assert said.exit_code == 0
        assert named in said.output
        assert "C-000020 and 2 more; --json names all." in said.output


def test_who_holds_a_case_is_told_that_its_policy_changed_and_what_that_changed(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    case_id, reviewer = desk.queued().id or 0, site.services("a")
    terminal.document("a", "next")
    seen = reviewer.casefiles.show(case_id).header
    request = failing(case_id, fail_kind=FailKind.FINAL, fence=seen.fence, evidence_no=seen.evidence_no)

    apply(CAPITAL)

    change = "1 → 2: +ID-CAPITAL"
    news = reviewer.casefiles.evidence_changes_since(case_id, seen.evidence_no)
    assert news == ChangesSinceSeen(policy=change)
    assert reviewer.verdicts.preview(request).news == news
    with pytest.raises(Busy, match=re.escape(f"The policy of C-000001 changed while you decided: {change}.")):
        reviewer.verdicts.decide(request)
    desk.applications(application(business_scope="教育咨询"))
    assert reviewer.casefiles.evidence_changes_since(case_id, seen.evidence_no) == ChangesSinceSeen(
        has_evidence=True, policy=change
    )
    assert not reviewer.casefiles.evidence_changes_since(case_id, reviewer.casefiles.show(case_id).header.evidence_no)


def test_a_verdict_that_waits_for_its_check_is_void_and_goes_back_to_its_maker(
    terminal: Terminal, site: Site, apply: Callable[..., Any]
) -> None:
    site.plant(1)
    terminal.document("a", "next")
    terminal.document("a", "decide", "C-1", "fail", "--final", "--reason", "ID-RIC")
    assert show(terminal, "C-1")["state"] == "awaiting_check"

    apply(VERSION)

    shown = terminal.as_person("a", "show", "C-1").output
    assert "void: the policy changed" in shown
    assert "; what waited for its check is void" in shown
    assert show(terminal, "C-1")["state"] == "queued"
    assert terminal.as_person("b", "next").exit_code == 69
    assert terminal.document("a", "next")["case"] == "C-000001"
    assert terminal.as_person("b", "check", "C-1", "approve", "--note", "x").exit_code == 77


def test_what_the_applicant_was_asked_for_stays(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    services = ClockSite(site)
    pending = services.received("2026-11-24 10:00")
    services.ask("2026-11-24 10:30", pending)
    rectifying = services.received("2026-11-24 10:00")
    services.at("2026-11-24 10:40").run("a", "next")
    items = ("--item", "ID-REVERIFY", "--item", "DOC-UNSEALED:BIZ_LICENSE", "--until", "2026-12-01")
    services.run("a", "decide", rectifying, "fail", "--reason", "ID-REVERIFY", "--reason", "DOC-UNSEALED", *items)
    services.at("2026-11-24 11:00")
    asked = desk.sql("SELECT deadline_at, is_open FROM rectification"), desk.sql("SELECT * FROM rectification_item")

    apply(LONGER)

    assert [show(terminal, case)["state"] for case in (pending, rectifying)] == ["pending", "rectifying"]
    assert asked == (
        desk.sql("SELECT deadline_at, is_open FROM rectification"), desk.sql("SELECT * FROM rectification_item")
    )  # fmt: skip
    to_pending, to_rectifying = letters(terminal)
    day = show(terminal, pending)["next_action_on"]
    year, month, day_of_month = map(int, day.split("-"))
    assert f"\n补充材料期限：{year}年{month}月{day_of_month}日（" in to_pending
    says = "新规则不改变此前通知要求{}的事项和{}期限。此前通知所载期限与本通知不同的，以本通知为准。收到"
    assert says.format("补充", "上述") in to_pending
    assert "\n整改期限：2026年12月1日（周二）18:00\n最早期限（第1项）：2026年11月25日（周三）10:41\n" in to_rectifying
    assert "（期限：2026年11月25日（周三）10:41）\n2. 加盖公章的材料：营业执照副本\n" in to_rectifying
    assert says.format("整改", "各项") in to_rectifying
    assert not [letter for letter in letters(terminal) if "办结时限" in letter]
    assert desk.sql("SELECT COUNT(*) FROM notice WHERE kind = 'policy' AND told_due_at IS NOT NULL") == [(0,)]


def test_an_incomplete_case_becomes_complete_or_is_asked_for_other_documents(
    terminal: Terminal, desk: Desk, apply: Callable[..., Any]
) -> None:
    for number in (1, 2):
        desk.applications(application(f"A-{number}"))
        desk.documents(f"A-{number}", ENTERPRISE_DOCUMENTS[number - 1 : -3])
    terminal.document("a", "tick")
    terminal.site.clock.at = local("2026-11-25 10:00")

    applied = apply(NO_CONSENT)

    assert applied["open_cases_touched"] == 2
    assert [show(terminal, f"C-{number}")["state"] for number in (1, 2)] == ["queued", "incomplete"]
    # The three days count from the day on which less was required.
    assert show(terminal, "C-1")["due_at"][:10] == "2026-11-30"
    [receipt] = letters(terminal, "receipt")
    assert "C-000001" in receipt
    [letter] = letters(terminal)
    assert "C-000002" in letter
    assert "1. 营业执照副本\n\n" in letter
    assert "补交材料期限：2026年12月2日（周三）" in letter
    assert [len(letters(terminal, kind)) for kind in ("incomplete", "still-incomplete")] == [1, 0]


def test_a_complete_case_that_newly_lacks_a_document_is_told_what_to_hand_in_and_by_when(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    services = ClockSite(site)
    services.ask_for_a_seal("2026-11-24 10:40", services.received("2026-11-24 10:00"), until="2026-12-01")
    desk.queued()
    desk.queued("A-2", language="en", service_class="complex")
    site.clock.at = local("2026-11-24 11:00")

    apply(MORE_DOCUMENTS)

    [to_rectifying, zh, en] = letters(terminal)
    assert "\n补交材料期限：2026年11月26日（周四）\n办结时限不变：2026年11月26日（周四）\n" in zh
    assert "\n需要补交：\n1. 经办人手持身份证照片\n\n期限：\n" in zh
    assert "\n上述材料为新规则所要求，请尽快补交，不迟于2026年11月26日（周四）。" in zh
    assert "\n提交方式：\n" in zh
    assert "\nSubmit by: Friday, 27 November 2026\nDue date (it has not changed): " in en
    assert "What is missing:\n1. photo of the handler holding the ID card\n" in en
    assert "请与此前通知要求的材料一并提交" in to_rectifying
    assert "\n1. 加盖公章的材料：营业执照副本\n\n还需一并提交：\n1. 经办人手持身份证照片\n" in to_rectifying
    assert [show(terminal, f"C-{number}")["state"] for number in (1, 2, 3)] == ["rectifying", "queued", "queued"]


async def test_the_day_until_which_a_new_policy_asks_for_documents_is_told_before_a_verdict(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    desk.queued(language="en", service_class="complex")
    apply(MORE_DOCUMENTS)
    [letter] = letters(terminal)
    assert "\nSubmit by: Friday, 27 November 2026\n" in letter
    asked = "a letter asks the applicant for photo of the handler holding the ID card until Fri 27 Nov"

    async with site_workbench(site, "a", size=(80, 24)) as screen:
        await screen.press("n")
        assert asked in " ".join(screen.text.split())
        await screen.press("1", "plus")
        screen.app.screen.query_one("#identity").scroll_to(y=8, animate=False)
        await screen.settle()
        assert "asked for until Fri 27 Nov" in screen.text
        for key, is_warned in (("f", True), ("p", True), ("w", False)):
            await screen.press(key)
            assert (f"! {asked}" in " ".join(screen.text.replace("│", " ").split())) is is_warned
            await screen.press("escape")

    assert asked in " ".join(terminal.as_person("a", "show", "C-1").stdout.split())
    assert show(terminal, "C-1")["asked_documents"] == [{"kind": "AGENT_HANDHELD", "until": "2026-11-27"}]
    desk.documents(kinds=(DocumentKind.AGENT_HANDHELD,))
    assert show(terminal, "C-1")["asked_documents"] == []


def test_what_a_new_policy_asks_of_a_case_with_its_applicant_is_told_until_a_verdict_after_it(
    terminal: Terminal, site: Site, apply: Callable[..., Any]
) -> None:
    services = ClockSite(site)
    case = services.received("2026-11-24 10:00")
    services.ask_for_a_seal("2026-11-24 10:30", case, until="2026-12-01")
    site.clock.at = local("2026-11-24 11:00")
    apply(MORE_DOCUMENTS)
    asked = show(terminal, case)["asked_documents"]
    assert asked == [{"kind": "AGENT_HANDHELD", "until": "2026-12-01"}]

    services.at("2026-11-26 10:00").run("a", "resubmit", case)
    found = show(terminal, case)
    assert (found["state"], found["asked_documents"]) == ("queued", asked)
    assert any("; documents asked for until 2026-12-01" in (line["text"] or "") for line in found["history"])

    services.run("a", "next")
    document = "photo of the handler holding the ID card"
    site.clock.at = local("2026-12-02 10:00")
    late = f"the applicant was asked for {document} until Tue 1 Dec; nothing came"
    assert late in " ".join(terminal.as_person("a", "show", case).stdout.split())
    site.clock.at = local("2026-11-26 10:00")
    decided = terminal.as_person("a", "decide", case, "fail", "--final", "--reason", "USE-SCRIPT").stderr
    assert decided == f"Note: a letter asks the applicant for {document} until Tue 1 Dec.\n"


def test_letters_about_missing_documents_never_contradict_the_one_of_a_new_policy(
    terminal: Terminal, desk: Desk, apply: Callable[..., Any]
) -> None:
    desk.applications(application())
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[1:-1])
    terminal.document("a", "tick")

    def written_on(moment: str) -> list[str]:
        """Return the letters that are not cancelled, the oldest first."""
        terminal.site.clock.at = local(moment)
        terminal.document("a", "tick")
        return [one["kind"] for one in terminal.document("a", "notices")["notices"]]

    assert written_on("2026-11-30 10:00") == ["incomplete"]
    apply(NO_CONSENT)
    assert written_on("2026-12-02 10:00") == ["incomplete", "policy"]
    assert written_on("2026-12-08 10:00") == ["incomplete", "policy", "still-incomplete"]
    apply(NO_DOCUMENTS)
    assert written_on("2026-12-08 11:00") == ["receipt"]


def test_a_case_that_a_new_policy_makes_late_gets_one_letter(
    terminal: Terminal, site: Site, apply: Callable[..., Any]
) -> None:
    services = ClockSite(site)
    services.received("2026-11-24 10:00")
    services.at("2026-11-26 10:00")
    apply(("standard = 3", "standard = 1"))
    services.terminal.document("a", "tick")

    written = terminal.document("a", "notices")["notices"]
    assert [one["kind"] for one in written if one["kind"] != "receipt"] == ["policy"]


def test_an_appeal_keeps_the_days_and_hours_of_its_filing(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    office = filed_appeals.office(site)
    staged = filed_appeals.decided(office, filed_appeals.appealed(office, at="2026-11-25 10:00"))
    appealed = filed_appeals.appealed(office, filed_appeals.failed(office), at="2026-11-25 11:00")

    def due() -> list[str]:
        found = [show(terminal, case)["due_at"] for case in (staged, appealed)]
        stored = desk.sql("SELECT due_at FROM appeal ORDER BY case_id")
        assert [from_us(row[0]) for row in stored] == [datetime.fromisoformat(at) for at in found]
        return found

    before = due()
    apply(*APPEALS)
    assert due() == before
    assert letters(terminal) == []
    office.run("sup", "extend", appealed, "--until", "2026-12-07", "--reason", "x")
    assert due() == [before[0], "2026-12-07T18:00:00+08:00"]
    office.run("admin", "calendar", "set", "2026-12-01", "off", "--reason", "x")
    assert due() == ["2026-12-07T18:00:00+08:00", "2026-12-08T18:00:00+08:00"]
    told = [one for one in terminal.document("admin", "notices")["notices"] if one["kind"] == "delay"]
    assert all("我司对贵公司申诉的答复" in one["body"] for one in told)
    assert {one["case"] for one in told} == {staged, appealed}
    for day in ("2026-12-02", "2026-12-03", "2026-12-04"):
        office.run("admin", "calendar", "set", day, "off", "--reason", "x")
    assert due() == ["2026-12-10T18:00:00+08:00"] * 2, "never later than the cap of its filing"
    filed_appeals.decided(office, appealed, login="sup2")
    office.run("c", "check", appealed, "approve", "--note", "x")
    office.run("admin", "calendar", "set", "2026-12-02", "published", "--reason", "x")
    assert [show(terminal, case)["due_at"][:10] for case in (staged, appealed)] == ["2026-12-09", "2026-12-10"]


def test_what_was_done_before_is_not_undone_after_a_change_of_policy_which_undo_names(
    terminal: Terminal, site: Site, apply: Callable[..., Any]
) -> None:
    office = filed_appeals.office(site)
    answered = filed_appeals.appealed(office, at="2026-11-25 10:00")
    staged, rectifying = (office.received("2026-11-25 10:00") for _case in range(2))
    filed_appeals.decided(office, answered)
    office.run("a", "next", "--filter", staged)
    office.run("a", "decide", staged, "fail", "--final", "--reason", "ID-RIC")
    office.ask_for_a_seal("2026-11-25 10:00", rectifying)

    apply(VERSION)

    for login, case in (("sup", answered), ("a", staged), ("a", rectifying)):
        message = refused(terminal.as_person(login, "undo", case), 77)
        assert f"{case} changed to policy 2 at 2026-11-25 10:00:00; what was done before" in message
    office.run("sup", "appeal-decide", answered, "stands", "--note", "x")
    office.run("sup", "undo", answered)


def test_an_interrupted_change_is_continued_by_the_next_start(
    terminal: Terminal, site: Site, desk: Desk, apply: Callable[..., Any], tmp_path: Path
) -> None:
    desk.queued()
    apply(CAPITAL, options=())
    services = site.services("admin")
    services.context.cache.is_closing.set()
    services.policies.apply(tmp_path / "applied.toml", for_open_cases=True)
    services.policy_changes.finish()
    assert policy_events(desk) == []

    assert show(terminal, "C-1")["policy_version"] == 2
    assert len(policy_events(desk)) == 1


def finish(path: Path, moment: str, barrier: Barrier, queue: Any) -> None:
    """Open the services on the day of the change, which begins it, at the same time as others."""
    barrier.wait()
    open_for_race(path, "a", local(moment)).close()
    queue.put(None)


@pytest.mark.proof
def test_several_programs_that_start_at_once_change_each_case_once(
    site: Site, desk: Desk, apply: Callable[..., Any]
) -> None:
    numbers = site.plant(20)
    apply(CAPITAL, options=("--open-cases", "--yes", "--from", "2026-11-26"))

    run_concurrently([(finish, (site.path, "2026-11-26 08:00"))] * 4)

    assert [case for case, _body in policy_events(desk)] == numbers
    assert desk.is_chain_whole()
