"""What another program changes shows on open screens without a key, and moves nothing that the person did not move."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from db.enums import FailKind, Priority
from screens.queue.screen import QueueScreen
from tests.cli.appeals.filed_appeals import failed, office
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.services.review.verdict_acts import decide, failing, take
from tests.sites import Site
from workbench.domain.case.case_id import parse_case
from workbench.errors import StorageFailed
from workbench.services.outbox.recording import Delivery
from workbench.services.time.calendar.preview import DaySetting


@pytest.fixture
def elsewhere(site: Site) -> Site:
    """The site as another program sees it."""
    return site.elsewhere()


def field(desk: KeyDriver) -> str:
    """The text in the only field of the dialog in front."""
    field: Any = desk.app.focused
    return str(field.value if isinstance(field, Input) else field.text)


async def test_who_held_a_case_sees_that_it_is_gone_and_keeps_what_was_typed_but_writes_nothing(
    site: Site, elsewhere: Site
) -> None:
    site.plant(2)
    async with site_workbench(site, "a") as desk:
        await desk.press("n", "c")
        await desk.type("called ba")
        elsewhere.services("sup").assigning.assign([1], "b", "ill")
        await desk.poll()
        assert "C-000001 was given to b by sup at 10:00; your draft is kept" in " ".join(desk.notes)
        await desk.type("ck")
        assert field(desk) == "called back"

        await desk.press("escape", "p")
        assert desk.dialog == "DeskScreen"
        assert "虚构公司1" in desk.text
        draft = desk.desk_screen.session.draft
        assert draft is not None
        assert draft.body == {"comment": "called back"}
        assert "You no longer hold C-000001" in " ".join(desk.notes)
    assert elsewhere.actions(1) == ["next", "assign"]


async def test_the_desk_follows_counts_comments_and_priority_but_new_evidence_waits_for_a_key(
    site: Site, elsewhere: Site
) -> None:
    site.plant(3)
    async with site_workbench(site, "a", size=(120, 50)) as desk:
        assert "3 cases are queued." in desk.text
        elsewhere.services("b").claims.next()
        await desk.poll()
        assert "2 cases are queued." in desk.text

        await desk.press("n", "4")
        elsewhere.services("sup").remarks.comment(2, "ask for the seal")
        await desk.poll()
        assert "ask for the seal" in desk.text
        assert desk.desk_screen.panels.active == "history"
        elsewhere.services("sup").rescheduling.change_priority(2, Priority.URGENT, "press")
        await desk.poll()
        assert "n shows it" in desk.text
        assert "urgent" not in desk.text


async def test_a_case_of_a_list_that_is_open_read_only_follows_who_holds_it(site: Site, elsewhere: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "sup") as desk:
        await desk.go("q")
        await desk.press("enter")
        elsewhere.services("b").claims.next()
        await desk.poll()
        assert "held by b until 10:30" in desk.text
        assert desk.dialog == "ReadOnlyScreen"

        elsewhere.services("sup").rescheduling.change_priority(1, Priority.URGENT, "press")
        elsewhere.services("sup").assigning.assign([1], "a", "ill")
        await desk.poll()
        assert "assigned to a" in desk.text
        assert "urgent" in desk.text


async def test_the_queue_follows_while_a_filter_is_typed_or_a_dialog_is_open(site: Site, elsewhere: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "sup") as desk:
        await desk.go("q")
        screen = desk.app.screen
        assert isinstance(screen, QueueScreen)
        await desk.press("down", "space", "slash")
        await desk.type("who:")
        elsewhere.plant(1, priority="urgent")
        await desk.poll()
        assert "C-000004" in desk.text
        assert (field(desk), screen.rows.marks) == ("who:", {2})
        assert screen.rows.current is not None
        assert screen.rows.current.id == 3

        await desk.press("escape", "a")
        assert "held by b" not in desk.text
        elsewhere.services("b").claims.next()
        elsewhere.services("b").taking.take(2, "x")
        await desk.poll()
        assert desk.dialog == "AssignDialog"
        assert "held by b" in desk.text
        await desk.press("escape")
        [row] = [line for line in desk.text.splitlines() if "C-000004" in line]
        assert " b " in row


async def test_an_approved_verdict_leaves_the_checks_but_the_opened_case_and_a_typed_note_stay(
    site: Site, elsewhere: Site
) -> None:
    for number, login in enumerate("ab", start=1):
        site.plant()
        assert take(site, login).header.id == number
        decide(site, failing(number, fail_kind=FailKind.FINAL), login)
    async with site_workbench(site, "c") as desk:
        await desk.go("c")
        await desk.press("down")
        elsewhere.services("sup").checks.approve(1, "seen")
        await desk.poll()
        assert "C-000001" not in desk.text
        assert "C-000002" in desk.text

        await desk.press("enter", "a")
        await desk.type("looks ri")
        elsewhere.services("sup").checks.approve(2, "seen")
        await desk.poll()
        await desk.type("ght")
        assert field(desk) == "looks right"
        await desk.press("escape")
        assert "1 Identity" in desk.text
        await desk.press("a")
        assert desk.dialog == "ChecksScreen"
        await desk.press("escape")
        assert "No verdicts are waiting for a check." in desk.text


async def test_appeals_letters_and_the_calendar_follow(site: Site, elsewhere: Site) -> None:
    services = office(site)
    case = failed(services)
    services.at("2026-12-01 10:00")
    async with site_workbench(site, "sup", size=(120, 45)) as desk:
        await desk.go("a")
        assert "No appeals are open. An answer" in desk.text
        elsewhere.services("a").appeals.file(parse_case(case), "not us")
        await desk.poll()
        assert "not us" in desk.text

        services.at("2026-12-01 10:02")
        await desk.go("n")
        assert "2 to send" in desk.text
        elsewhere.services("a").notices.record([Delivery(notice_id=1, channel="sms")])
        await desk.poll()
        assert "1 to send" in desk.text

        await desk.go("k")
        await desk.press("right")
        setting = DaySetting(on=date(2026, 12, 2), working=False, name="storm")
        elsewhere.services("admin").calendars.set_day(setting, "storm")
        await desk.poll()
        assert "storm" in desk.text


async def test_the_policy_in_force_follows_and_stays_where_it_was_scrolled(
    site: Site, elsewhere: Site, tmp_path: Path
) -> None:
    changed = tmp_path / "second.toml"
    text = site.services("admin").policies.in_force().text
    changed.write_text(text.replace('version = "2026-11"', 'version = "2026-12"'), encoding="utf-8")
    async with site_workbench(site, "audit") as desk:
        await desk.go("y")
        assert "2026-11 · in force" in desk.text
        elsewhere.services("admin").policies.apply(changed)
        await desk.poll()
        assert "2026-12 · in force" in desk.text

        await desk.press("pagedown")
        scrolled = desk.text
        elsewhere.plant()
        await desk.poll()
        assert desk.text == scrolled


async def test_the_minute_counts_as_a_change_and_own_acts_do_not(site: Site) -> None:
    site.plant(1, due_in_days=0.1)
    async with site_workbench(site, "a") as desk:
        counts = site.services("a").queue.counts
        asked: list[None] = []
        site.services("a").queue.counts = lambda scope="": asked.append(None) or counts(scope)  # type: ignore[method-assign,func-returns-value]  # counts the calls
        await desk.press("c")
        site.services("a").drafts.save(1, {"note": "x"})
        await desk.poll()
        assert not asked
        site.clock.advance(minutes=1)
        await desk.poll()
        assert len(asked) == 1


async def test_a_screen_that_cannot_read_again_keeps_what_it_shows_and_says_nothing() -> None:
    def fails() -> bool:
        raise StorageFailed("The disk is gone.")

    async with memory_workbench() as desk:
        desk.services.queue.read_counts = fails  # type: ignore[assignment]  # the double fails
        desk.services.is_changed = True
        await desk.poll()
        assert desk.notes == []
        assert "2 cases are queued." in desk.text
