"""Keys for cases: put aside, taken, copied, revealed, and limited to a scope."""

import threading

import pytest

from tests.policies import amend_policy
from tests.screens.cases import ID_NO, clean, troubled
from tests.screens.checks.test_checks import stage
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.sites import Site
from workbench.wording.case.history import detail_words, event_words


async def filter_queue(desk: KeyDriver, text: str) -> None:
    """Show the cases of a filter."""
    await desk.go("q")
    await desk.press("slash", "end", "ctrl+u")
    await desk.type(text)
    await desk.press("enter")


async def test_n_gives_the_next_case_of_the_scope_until_a_key_ends_it(site: Site) -> None:
    site.plant(2)
    site.plant(2, priority="low")
    async with site_workbench(site, "a") as desk:
        await desk.go("q")
        await desk.press("S")
        assert "Filter the list first" in desk.notes[-1]

        await filter_queue(desk, "priority:low")
        await desk.press("S", "S")
        assert desk.notes[-1] == "The scope is ended; n takes every case again."
        desk.app.clear_notifications()
        await desk.press("S")
        assert "priority:low" in desk.notes[-1]
        await desk.go("d")
        assert "/ priority:low" in desk.text.splitlines()[0]
        assert "S ends the scope priority:low" in desk.text
        for case in ("C-000003", "C-000004"):
            await desk.press("n")
            header = desk.text.splitlines()[0]
            assert case in header
            assert "/ priority:low" in header
            await desk.press("s")
            await desk.type("later")
            await desk.press("enter")
        await desk.press("n")
        assert "Outside your filter or skills: 2." in desk.text

        await desk.press("S")
        assert "priority:low" not in desk.text.splitlines()[0]
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        await desk.press("S")
        assert "The desk has no scope" in desk.notes[-1]


async def test_a_filter_without_queued_cases_is_no_scope(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "sup") as desk:
        for wanted in ("state:pending", "state:closed", "attention:reopen", "waits:carrier"):
            desk.app.clear_notifications()
            await filter_queue(desk, wanted)
            await desk.press("S")
            assert "This filter lists no queued cases, so n would never find one" in desk.notes[-1]
            assert desk.desk_screen.session.scope == ""


async def test_a_case_comes_back_by_itself_with_a_quiet_line_and_is_the_next(site: Site) -> None:
    site.plant(2)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.press("n", "h", "enter", "n")
        assert "C-000002" in desk.text
        words = "C-000001 is yours and waits; n gives it after this case"
        assert words not in desk.text

        site.clock.advance(hours=2, minutes=1)
        desk.desk_screen.tick()
        await desk.until(words)

        site.services("a").claims.renew(2)
        await desk.press("b")
        assert "n gives it" in desk.text
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        assert words not in desk.text


async def test_the_arrows_suggest_half_an_hour_two_hours_and_tomorrow(site: Site) -> None:
    site.plant(3)
    suggested = ((["down"], "Tue 24 Nov 10:30"), (["down", "down"], "Tue 24 Nov 12:00"), (["up"], "Wed 25 Nov 09:00"))
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        for case, (keys, words) in enumerate(suggested, start=1):
            await desk.press("n", "h", *keys)
            assert "↑ ↓   30 min   2 h   tomorrow 9:00" in desk.text
            await desk.press("enter")
            assert words in desk.notes[-1]
            assert site.actions(case) == ["next", "aside"]


async def test_a_time_after_the_due_date_is_shown_as_it_is_saved_and_not_suggested(site: Site) -> None:
    [case] = site.plant(1, due_in_days=0.25)
    async with site_workbench(site, "a", size=(80, 24)) as desk:
        await desk.press("n", "h")
        assert "↑ ↓   30 min   2 h" in desk.text
        assert "tomorrow" not in desk.text
        await desk.type("tomorrow 9:00")
        assert "understood: Tue 24 Nov 16:00" in desk.text
        await desk.press("enter")
        assert "C-000001 put aside until Tue 24 Nov 16:00." in desk.notes[-1]
        assert site.actions(case) == ["next", "aside"]


async def test_capital_n_takes_the_case_that_is_open_or_under_the_cursor(site: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        for opening in ((), ("enter",)):
            await desk.go("q")
            await desk.press("home", "down", *opening, "N")
            assert "stays yours" in desk.text
            await desk.press("enter")
            assert (desk.dialog, "Enter take" in desk.text) == ("ActPrompt", True)
            await desk.type("on the phone")
            await desk.press("enter")
            assert desk.dialog == "DeskScreen"
            assert "C-000002" in desk.text.splitlines()[0]
            await desk.press("N")
            assert "C-000002 is on your desk already." in desk.notes

            await desk.go("q")
            await desk.press("N")
            assert desk.dialog == "DeskScreen"
            await desk.press("b", "n")
            assert "C-000001" in desk.text.splitlines()[0]
        await desk.go("q")
        assert desk.dialog == "QueueScreen"
    assert site.actions(2) == ["take", "release", "read", "take", "release"]


async def test_the_list_of_acts_says_who_may_take_a_case(site: Site) -> None:
    amend_policy(site, ('take = "anybody"', 'take = "supervisor"'))
    site.plant()
    for login, key in (("a", ""), ("sup", "N    take")):
        async with site_workbench(site, login, size=(80, 24)) as desk:
            await desk.go("q")
            await desk.press("enter", "x", "N")
            if key:
                await desk.type("on the phone")
                await desk.press("enter")
                assert "C-000001" in desk.text.splitlines()[0]
            else:
                assert "a may not do this; it needs one of these roles: supervisor." in desk.text
                await desk.press("escape", "escape", "N")
                assert desk.dialog == "QueueScreen"
                assert "a may not do this; it needs one of these roles: supervisor." in desk.notes
    assert site.actions(1) == ["read", "read", "take"]


async def test_a_case_that_another_person_took_is_named_with_the_person(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        site.clock.advance(minutes=31)
        site.elsewhere().services("b").taking.take(1, "on the phone")
        await desk.press("c")
        await desk.type("late")
        await desk.press("enter")
        await desk.poll()
        await desk.until("C-000001 was taken over by b")


REVEALED = "110101199003070038"


def copied(desk: KeyDriver) -> str:
    return desk.app.clipboard


@pytest.mark.promise("N4")
async def test_a_masked_field_under_the_cursor_is_revealed_and_copied_and_logged_once() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "J", "J")
        assert REVEALED not in desk.text
        # The second press within a second does not reveal the whole identity.
        await desk.press("ctrl+k", "ctrl+k")
        await desk.until(REVEALED)

        assert copied(desk) == REVEALED
        assert REVEALED in desk.text
        assert [entry for entry in desk.services.log if entry[0] == "reveal"] == [("reveal", 123, "handler_id_no")]
        assert "Copied: 18 characters." in desk.notes[-1]


async def test_any_fact_of_a_panel_is_copied_from_a_list_and_the_text_of_a_field_as_it_is() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("ctrl+k")
        assert "nothing to copy here" in desk.notes[-1]

        await desk.press("n", "1", "ctrl+k")
        assert "Copy which field?" in desk.text
        await desk.press("escape")
        assert copied(desk) == ""
        await desk.press("ctrl+k", "down", "enter")
        assert copied(desk) == "TC-2026-00123"
        await desk.press("ctrl+k", "down", "down", "down", "down", "enter")
        assert copied(desk) == "91510107MA6C8XK93Q"

        await desk.press("c")
        await desk.type("call back")
        await desk.press("home", "ctrl+k")
        assert copied(desk) == "call back"
        assert "call back" in desk.text


async def test_the_arrows_visit_every_value_in_view_and_only_masked_ones_are_revealed_to_be_copied() -> None:
    async with memory_workbench(troubled(), size=(80, 24)) as desk:
        await desk.press("n")
        for key in ("1", "2", "3", "4"):
            await desk.press(key)
            panel, visited, steps = desk.desk_screen.panels.panel, list[object](), 0
            while panel.facts and panel.selected is not panel.facts[-1]:
                desk.clocks.seconds += 2
                await desk.pilot.press("down")
                steps += 1
                assert steps < 200, "the last value was never reached"
                if panel.selected is not None and panel.selected not in visited:
                    visited.append(panel.selected)
                    top, y = panel.scroll_offset.y, panel._lines(panel.size.width).index(panel.selected)
                    assert top <= y < top + panel.size.height, panel.selected
            assert visited == panel.facts, key

        await desk.press("1", "home")
        panel = desk.desk_screen.panels.panel
        for label in ("Applicant", "USCC"):
            while panel.selected is None or panel.selected.label != label:
                await desk.press("down")
            await desk.press("ctrl+k")
            assert copied(desk) == panel.selected.value
        assert copied(desk) == "91510107MA6C8XK93Q"
        assert not any(entry[0] == "reveal" for entry in desk.services.log)
        await desk.press("J")
        assert panel.field == "handler_name"
        await desk.press("J", "K", "K")
        assert panel.field == "handler_name"


async def test_what_the_mouse_selects_is_copied_without_padding() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        lines = desk.text.splitlines()
        y = next(at for at, line in enumerate(lines) if "91510107MA6C8XK93Q" in line)
        await desk.pilot.mouse_down(offset=(2, y))
        await desk.pilot.hover(offset=(36, y))
        await desk.pilot.mouse_up(offset=(36, y))
        await desk.press("ctrl+k")

        assert copied(desk).split("\t")[:2] == ["USCC", "91510107MA6C8XK93Q"]


async def test_a_comment_of_several_lines_is_folded_in_the_history_until_the_panel_is_zoomed(site: Site) -> None:
    site.plant()
    lines = ["called back", *(f"line {number}" for number in range(2, 9))]
    async with site_workbench(site, "a", size=(120, 40)) as desk:
        await desk.press("n", "c")
        assert "^j new line" in desk.text
        for line in lines:
            await desk.type(line)
            await desk.press("ctrl+j" if line != lines[-1] else "enter")
        case = site.services("a").casefiles.show(1)
        assert "\n".join(lines) in [detail_words(entry, case) for entry in case.history]

        await desk.press("4")
        assert "line 3" in desk.text
        assert "line 4" not in desk.text
        assert "▼ 5 more lines; + shows them" in desk.text
        await desk.press("plus")
        assert "line 8" in desk.text
        panel = desk.desk_screen.panels.panel
        while panel.selected is None or "called back" not in panel.selected.value:
            await desk.press("down")
        await desk.press("ctrl+k")
        assert copied(desk).split("\n") == lines


async def test_a_hint_of_the_footer_is_clicked_like_its_key() -> None:
    async with memory_workbench(clean()) as desk:
        for words, shown in (("n next", "C-000123"), ("c comment", "Comment on C-000123")):
            footer = desk.text.splitlines()[-1]
            desk.clocks.seconds += 2
            await desk.pilot.click(offset=(footer.index(words) + 2, 39))
            await desk.settle()
            assert shown in desk.text


async def test_a_field_of_a_case_to_check_is_copied_as_it_is_shown() -> None:
    async with memory_workbench(troubled()) as desk:
        await stage(desk)
        await desk.press("enter", "1", "J", "ctrl+k")

        assert "••" in copied(desk)
        assert not any(entry[0] == "reveal" for entry in desk.services.log)


async def test_rows_of_a_list_are_copied_with_tabs(site: Site) -> None:
    site.plant(3)
    async with site_workbench(site, "sup") as desk:
        await desk.go("q")
        await desk.press("ctrl+k")
        assert copied(desk).split("\t")[1] == "C-000001"

        await desk.press("space", "down", "space", "ctrl+k")
        assert [line.split("\t")[1] for line in copied(desk).splitlines()] == ["C-000001", "C-000003"]


async def reveal_all(desk: KeyDriver) -> None:
    # Otherwise an earlier press would make the first of these two count as the second.
    desk.clocks.seconds += 2
    await desk.pilot.press("full_stop", "full_stop")
    await desk.settle()


@pytest.mark.promise("N4", "D5")
async def test_the_desk_says_that_all_fields_are_revealed_and_one_press_or_a_minute_masks_them() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "full_stop")
        assert "Choose a masked field with J" in desk.text
        desk.clocks.advance(6)
        desk.desk_screen.tick()
        await desk.settle()
        assert "Choose a masked field" not in desk.text

        await desk.press("full_stop")
        await reveal_all(desk)
        assert "Everything is shown; . hides it, or 60 s without a key" in desk.text
        assert "Choose a masked field" not in desk.text
        await desk.press("full_stop")
        assert ID_NO not in desk.text
        assert "Everything is shown" not in desk.text
        assert desk.services.log.count(("reveal", 123, "identity")) == 1

        await reveal_all(desk)
        desk.desk_screen.show(desk.desk_screen.session.place(desk.services.files[123]))
        assert ID_NO in desk.text, "the case was loaded again while it was revealed"
        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO not in desk.text


async def test_the_history_says_who_revealed_what(site: Site) -> None:
    site.plant()
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        await reveal_all(desk)
        await desk.press("full_stop", "J", "full_stop")

        case = site.services("a").casefiles.show(1)
        entries = [(event_words(line), detail_words(line, case)) for line in case.history if line.action == "reveal"]
        assert entries == [("revealed", "name of the handler"), ("revealed", "all identity fields")]
        assert "revealed" in desk.text
        assert "all identity fields" in desk.text


async def test_a_reveal_that_ends_after_everything_was_masked_shows_nothing() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        files, gate = desk.services.casefiles, threading.Event()
        reveal = files.reveal_identity

        def slow(case_id: int) -> dict[str, str]:
            gate.wait(60)
            return dict(reveal(case_id))

        files.reveal_identity = slow  # type: ignore[method-assign]  # the double answers late
        await desk.pilot.press("full_stop", "full_stop")
        desk.app.hide_revealed_fields()
        gate.set()
        await desk.settle()

        assert ID_NO not in desk.text
