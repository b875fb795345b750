"""The letters screen: what is owed, what failed and what was sent, and marking letters by keys."""

from tests.cli.appeals.filed_appeals import failed
from tests.clock_site import ClockSite
from tests.screens.driver import site_workbench
from tests.services.outbox.test_late_letters import FAIL, VERIFY, decided, on
from tests.services.outbox.test_outbox import decide
from tests.sites import Site
from workbench.services.outbox.recording import Delivery


def with_letters(site: Site, count: int = 3) -> Site:
    """Decide some cases; the letter of the first was sent, that of the second failed, the rest are owed."""
    decide(site, count)
    site.clock.advance(seconds=60)
    site.services("sup").notices.record(
        [Delivery(notice_id=1, channel="sms"), Delivery(notice_id=2, failure="gone [/b]")]
    )
    return site


async def test_failed_and_owed_letters_stand_above_the_sent_ones_and_a_filter_shows_those_of_one_case(
    site: Site,
) -> None:
    decide(with_letters(site), 1)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.go("n")
        assert "not yet" in desk.text
        rows = [line for line in desk.text.splitlines() if "C-00000" in line]
        assert "2 to send · 1 failed" in desk.text
        assert [row.split()[0] for row in rows] == ["C-000002", "C-000003", "C-000004", "C-000001"]
        assert "✗ failed: “gone [/b]”" in rows[0]
        assert "to be sent by Wed 25 Nov" in rows[1]
        assert "sent Tue 24 Nov · SMS · sup" in rows[3]

        await desk.press("slash", *["backspace"] * 8)
        await desk.type("C-9x")
        await desk.press("enter")
        assert "is not a case number" in desk.text
        await desk.press(*["backspace"] * 4, "1", "enter")
        assert "Only C-000001" in desk.text
        assert "C-000002" not in desk.text
        await desk.press("escape")
        assert "C-000002" in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"


async def test_an_auditor_reads_letters_with_people_masked_and_marks_none(site: Site) -> None:
    async with site_workbench(with_letters(site), "audit") as desk:
        await desk.go("n")
        assert desk.text.splitlines()[-1].split("  ")[0] == " Enter read"
        await desk.press("enter")
        assert "Letter of C-000002: pass" in desk.text
        assert "For you, it says" in desk.text
        assert "Dear 虚构公司" in desk.text
        await desk.press("end")
        assert "尊敬的虚构公司" in desk.text

        await desk.press("escape", "s")
        assert desk.dialog == "LettersScreen"
        assert "needs one of these roles" in desk.notes[-1]


async def test_s_asks_when_a_letter_was_sent_if_its_deadline_depends_on_it(site: Site) -> None:
    decided(site, FAIL)
    site.clock.at = on(26)
    async with site_workbench(site, "a") as desk:
        await desk.go("n")
        await desk.press("s", "enter")
        assert "When was it sent?" in desk.text
        assert "2026-11-26" in desk.text
        await desk.press("escape")
        assert site.services("a").notices.list()[0].sent_at is None
        await desk.press("s", "enter", "ctrl+u")
        await desk.type("今天0点半")
        assert "understood: Thu 26 Nov 00:30, today" in desk.text
        await desk.press("enter")

        assert "these deadlines moved on: C-000001 2026-12-03" in desk.notes[-1]


async def test_marked_letters_are_copied_and_failed_together_and_one_is_sent_through_a_channel(site: Site) -> None:
    async with site_workbench(with_letters(site), "a") as desk:
        await desk.go("n")
        await desk.press("space", "space", "ctrl+k")
        assert [word for word in desk.app.clipboard.split() if word.startswith("C-")] == ["C-000002", "C-000003"]
        await desk.press("x")
        assert "Mark as failed: 2 letters" in desk.text
        await desk.type("moved")
        await desk.press("enter")
        assert [line.failure for line in site.services("a").notices.list()] == ["", "moved", "moved"]

        await desk.press("home", "down", "s", "down", "down", "enter")
        line = site.services("a").notices.list(3)[0]
        assert (line.channel, line.sent_by) == ("email", "a")
        assert "1 letter is marked as sent." in desk.notes
        # A letter that was sent is not marked again, and one that is not released yet is not marked before.
        for key in "sx":
            await desk.press("end", key)
            assert desk.dialog == "LettersScreen"
            assert desk.notes[-1] == "The letter of C-000003 was already sent."
        decide(site, 1)
        await desk.press("n", "home", "down")
        until = "The letter of C-000004 is not released yet. From Tue 24 Nov 10:02 on, it can be sent and marked."
        for key in ("f5", "x"):
            await desk.press(key)
            assert desk.notes[-1] == until
        site.clock.advance(seconds=60)
        await desk.press("s")
        assert desk.dialog == "ChoiceDialog"


async def test_t_shows_only_the_unsent_letters_and_m_the_measures_that_are_counted(site: Site) -> None:
    with_letters(site)
    case = failed(ClockSite(site), measure="bar-out")
    site.clock.advance(days=5)
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        assert "3 letters overdue · 1 measure overdue" in desk.text.splitlines()[0]
        await desk.until("g n 3 letters overdue")
        await desk.go("n")
        assert "1 failed · 3 letters overdue · 1 measure overdue" in desk.text
        assert "! overdue since Wed 25 Nov" in desk.text
        assert "failed, overdue: “gone" in desk.text
        await desk.press("m")
        shown = " ".join(desk.text.replace("│", "").split())
        assert f"{case} · number unknown · Outbound bar ordered Tue 24 Nov 10:01, not carried out" in shown
        await desk.press("escape", "t")
        assert "Only unsent · 3 to send" in desk.text
        assert case in desk.text
        assert "C-000001" not in desk.text
        await desk.press("escape")
        assert "C-000001" in desk.text


async def test_an_empty_outbox_says_so(site: Site) -> None:
    async with site_workbench(site, "a") as desk:
        await desk.go("n")
        await desk.press("space", "s", "x", "enter")

        assert "There are no letters yet. A verdict writes one." in desk.text


async def test_a_letter_whose_deadline_is_over_or_near_says_so_before_it_is_marked_as_sent(site: Site) -> None:
    site.clock.at = on(24, 9)
    decided(site, VERIFY)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.go("n")
        assert "! its deadline is 11-25 09:01" in desk.text
        await desk.press("s")
        assert "A letter stays marked as sent; this cannot be undone." in desk.text
        assert "has passed" not in desk.text
        await desk.press("escape")

        site.clock.at = on(25, 11)
        await desk.press("n")
        assert "! its deadline passed 11-25 09:01" in desk.text
        await desk.press("s")
        shown = " ".join(desk.text.replace("│", "").split())
        assert "Mark as sent: C-000001 (fail, to rectify)" in shown
        assert "The deadline in the letter of C-000001 has passed; marking it as sent moves the deadline on." in shown
        await desk.press("escape", "enter")
        assert "! its deadline passed 11-25 09:01" in desk.text
