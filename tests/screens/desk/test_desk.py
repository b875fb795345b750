"""The desk driven by keys: claiming, panels, revealing, comments and holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.enums import CaseState, Role
from tests.screens.cases import ID_NO, NOW, clean, evidence, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import WINDOWS, memory_workbench
from workbench.domain.case.actor import Actor
from workbench.domain.case.casefile import NoNextCase


async def test_an_empty_desk_shows_the_counts_and_the_key_of_the_next_case() -> None:
    async with memory_workbench() as desk:
        assert "2 cases are queued." in desk.text
        assert "n takes the next one" in desk.text


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_n_opens_the_next_case(size: tuple[int, int], language: str) -> None:
    async with memory_workbench(troubled(), size=size, language=language) as desk:
        await desk.press("n")

        assert "C-000123" in desk.text
        assert "TC-2026-00123" in desk.text
        assert "✗" in desk.text
        assert desk.services.files[123].header.held_by == "rev1"


async def test_findings_are_above_the_facts_and_limits_beside_figures() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")

        lines = desk.text.splitlines()
        finding = next(at for at, line in enumerate(lines) if "73 calls in the busiest hour (limit 60)" in line)
        fact = next(at for at, line in enumerate(lines) if "at most 6 s" in line)
        assert finding < fact
        assert "limit 15 % !" in lines[fact]


async def test_stored_markup_is_shown_literally() -> None:
    async with memory_workbench(troubled(), size=(160, 70)) as desk:
        await desk.press("n")

        assert "虚构[/b]远声 array[int]" in desk.text
        assert "课程咨询回访 [/b]" in desk.text
        assert "received [/b]" in desk.text
        await desk.press("2", "plus")
        assert "称已拒绝仍来电 [@click=app.exit]" in desk.text


@pytest.mark.parametrize(("language", "words"), [("en", "HK/Macau permit"), ("zh", "港澳居民通行证")])
async def test_a_number_is_labelled_with_its_kind_of_document(language: str, words: str) -> None:
    permit = replace(evidence().application, handler_id_no="H12345678")
    async with memory_workbench(evidence(application=permit), language=language) as desk:
        await desk.press("n")

        assert f"{words}" in desk.text
        assert "H••••••78" in desk.text


@pytest.mark.promise("N4", "D5")
async def test_personal_data_is_masked_and_a_revealed_field_is_masked_after_15_seconds() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        assert "虚•••" in desk.text
        assert "虚构乙丙" not in desk.text

        await desk.press("down", "full_stop")
        assert "虚构乙丙" in desk.text
        assert desk.services.log.count(("reveal", 123, "handler_name")) == 1

        desk.clocks.advance(16)
        desk.desk_screen.tick()
        await desk.settle()
        assert "虚构乙丙" not in desk.text


@pytest.mark.promise("D5")
async def test_two_presses_reveal_all_fields_until_a_minute_without_keys() -> None:
    async with memory_workbench(clean(), size=(120, 60)) as desk:
        await desk.press("n", "down")
        await desk.pilot.press("full_stop", "full_stop")
        await desk.settle()
        assert ID_NO in desk.text
        assert ("reveal", 123, "identity") in desk.services.log

        desk.clocks.advance(50)
        await desk.press("2")
        desk.clocks.advance(50)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO in desk.text

        desk.clocks.advance(61)
        desk.desk_screen.tick()
        await desk.settle()
        assert ID_NO not in desk.text


@pytest.mark.parametrize("width", [100, 120, 161])
async def test_the_panels_end_in_one_column_and_do_not_touch_their_border(width: int) -> None:
    async with memory_workbench(troubled(), size=(width, 40)) as desk:
        await desk.press("n")
        credit, history = desk.app.screen.query_one("#credit"), desk.app.screen.query_one("#history")
        assert credit.region.right == history.region.right == width
        inside = [line for line in desk.text.splitlines() if line.startswith("│")]
        assert all(line[1] == line[-2] == " " for line in inside)


async def test_below_a_hundred_columns_the_panels_become_tabs() -> None:
    async with memory_workbench(troubled(), size=(80, 24)) as desk:
        await desk.press("n")
        assert "1 Identity  ✗ 2  ! 2 │  2 Calls  ✗ 1  ! 4 │  3 Credit  ! 1 │  4 History" in desk.text
        assert "73 calls in the busiest hour" not in desk.text

        await desk.press("tab")
        assert "73 calls in the busiest hour" in desk.text
        await desk.press("4")
        assert "claimed" in desk.text


async def test_plus_zooms_a_panel_and_escape_restores_the_others() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "3", "plus")
        assert "1 Identity" not in desk.text

        await desk.press("escape")
        assert "1 Identity" in desk.text


@pytest.mark.parametrize("size", [(59, 24), (80, 15)])
async def test_a_too_small_window_shows_a_message_and_loses_nothing(size: tuple[int, int]) -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        await desk.pilot.resize_terminal(*size)
        await desk.settle()
        assert "The window is too small" in desk.text.replace("\n", " ")

        await desk.pilot.resize_terminal(120, 40)
        await desk.settle()
        assert "C-000123" in desk.text
        assert "too small" not in desk.text


@pytest.mark.parametrize(
    ("empty", "message"),
    [
        (NoNextCase(kind="none"), "New cases come with the next import."),
        (NoNextCase(kind="held", count=3, who=(("rev2", NOW + timedelta(minutes=26)),)), "rev2 until Tue 24 Nov 14:58"),
        (NoNextCase(kind="skipped", count=2), "You skipped all that is left: 2."),
        (NoNextCase(kind="limit", limit=3), "You have put aside 3 cases, as many as you may."),
        (NoNextCase(kind="filtered", count=4), "Your filter hides what is left: 4."),
    ],
)
async def test_an_empty_queue_explains_why(empty: NoNextCase, message: str) -> None:
    def nothing(services: MemoryServices) -> None:
        services.empty = empty
        for number in services.files:
            services.change(number, state=CaseState.PASSED)

    async with memory_workbench(arrange=nothing) as desk:
        await desk.press("n")

        assert message in desk.text


async def test_skipping_asks_for_a_reason_and_clears_the_desk() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "s", "enter")
        assert "Enter some text first" in desk.text

        await desk.type("know them")
        await desk.press("enter")
        assert ("skip", 123, "know them") in desk.services.log
        assert "takes the next one" in desk.text


@pytest.mark.parametrize(
    ("typed", "understood", "minutes"),
    [
        ("16:30", "understood: Tue 24 Nov 16:30, today", 118),
        ("30 min", "understood: Tue 24 Nov 15:02, today", 30),
        ("明天9点", "understood: Wed 25 Nov 09:00, in 1 working day", 18 * 60 + 28),
        ("", "empty means Tue 24 Nov 16:32, today", 120),
    ],
)
async def test_a_case_is_put_aside_until_a_time_as_people_say_it(typed: str, understood: str, minutes: int) -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "h")
        await desk.type(typed)
        assert understood in desk.text
        await desk.press("enter")

        assert desk.services.files[123].header.aside_until == NOW + timedelta(minutes=minutes)


async def test_an_unsent_comment_is_restored() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "c")
        await desk.type("call back")
        await desk.press("escape", "c", "enter")

        assert ("comment", 123, "call back") in desk.services.log


async def test_digits_answer_the_checklist() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "l", "1", "2", "escape")

        assert [line.answer for line in desk.services.files[123].checklist][:2] == ["yes", "no"]


async def test_a_verification_is_recorded_with_its_kind() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "e", "down")
        await desk.type("registered")
        await desk.press("enter")

        assert [(line.kind, line.result) for line in desk.services.files[123].verifications] == [
            ("registry", "registered")
        ]


async def test_activity_renews_the_hold_at_most_once_a_minute() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "tab", "tab")
        assert ("renew", 123) not in desk.services.log

        desk.clocks.advance(61)
        await desk.press("tab", "tab", "tab")
        assert desk.services.log.count(("renew", 123)) == 1


async def test_a_lost_hold_is_reported_and_disables_the_verdict_keys() -> None:
    async with memory_workbench() as desk:
        await desk.press("n")
        desk.services.renewal_is_lost = True
        desk.clocks.advance(61)
        await desk.press("tab")
        assert "hold lost" in desk.text

        await desk.press("p")
        assert desk.dialog == "DeskScreen"
        assert "C-000123" in desk.text


async def test_quitting_with_a_held_case_asks_and_keeps_the_hold() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "q")
        assert "You hold C-000123." in desk.text
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"

        await desk.press("ctrl+q", "ctrl+q")
        assert desk.app.return_code == 0
        assert desk.services.files[123].header.held_by == "rev1"


async def test_quitting_can_release_the_case_first() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "ctrl+c", "b")

        assert desk.app.return_code == 0
        assert ("release", 123) in desk.services.log


async def test_full_width_keys_act_as_ascii_keys() -> None:
    async with memory_workbench() as desk:
        await desk.press("ｎ")

        assert "C-000123" in desk.text


async def test_text_from_an_input_method_does_nothing_and_says_why() -> None:
    async with memory_workbench() as desk:
        await desk.press("n", "你")

        assert "An input method is on" in desk.text
        assert desk.dialog == "DeskScreen"


async def test_an_auditor_cannot_claim() -> None:
    def audit(services: MemoryServices) -> None:
        services.actor = Actor(id=9, login="audit", roles=frozenset({Role.AUDITOR}), identity="named:9")

    async with memory_workbench(arrange=audit) as desk:
        await desk.press("n")

        assert desk.services.files[123].header.state is CaseState.QUEUED


async def test_an_overdue_case_and_a_provisional_date_are_marked() -> None:
    def late(services: MemoryServices) -> None:
        services.change(123, is_overdue=True, is_due_provisional=True)

    async with memory_workbench(arrange=late) as desk:
        await desk.press("n")

        assert "◐ provisional · overdue" in desk.text


@pytest.mark.parametrize(("is_late", "shown"), [(False, "work suspended · clock paused"), (True, "overdue")])
async def test_a_suspended_case_is_shown_as_such_unless_it_was_late_before(is_late: bool, shown: str) -> None:
    def suspended(services: MemoryServices) -> None:
        services.change(123, suspended_from=NOW - timedelta(days=1), is_overdue=is_late)

    async with memory_workbench(arrange=suspended) as desk:
        await desk.press("n")

        assert shown in desk.text
        assert ("work suspended" in desk.text) is not is_late


async def test_with_ascii_symbols_no_box_or_block_is_drawn() -> None:
    async with memory_workbench(troubled(), symbols="ascii") as desk:
        await desk.press("n")

        assert not set("╭╮╰╯│─✗✓◆▲▼░▒▓█▁▂▃▄▅▆▇") & set(desk.text)


async def test_a_case_without_calls_says_that_it_has_none() -> None:
    empty = evidence(calls=(), all_calls=replace(evidence().all_calls, calls=0, calls_in=0))

    async with memory_workbench(empty) as desk:
        await desk.press("n")

        assert "No call records were imported" in desk.text


async def test_the_next_case_replaces_the_last_one_in_every_panel() -> None:
    async with memory_workbench(clean(), troubled()) as desk:
        await desk.press("n", "h", "enter", "n")

        assert "C-000124" in desk.text
        assert "73 calls in the busiest hour" in desk.text
        assert "1 document missing" in desk.text
        assert "in arrears for 12 days" in desk.text


async def test_the_next_case_replaces_the_last_one_in_the_tabs() -> None:
    async with memory_workbench(clean(), troubled(), size=(80, 24)) as desk:
        await desk.press("n", "2", "3", "h", "enter", "n")
        assert "1 document missing" in desk.text

        await desk.press("3")
        assert "in arrears for 12 days" in desk.text


async def test_a_mark_is_beside_the_fact_of_its_rule() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")

        lines = desk.text.splitlines()
        assert next(line for line in lines if " ID number  1" in line).split("││")[0].rstrip().endswith("✓")
        assert next(line for line in lines if " ID card    to" in line).split("││")[0].rstrip().endswith("✗")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("", "New evidence has arrived for this case; n shows it"),
        ("1 → 2: +ID-CAPITAL", "The policy of this case has changed; n shows it: 1 → 2: +ID-CAPITAL"),
    ],
)
async def test_what_changed_in_a_held_case_is_announced_until_the_case_is_reloaded(policy: str, told: str) -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n")
        desk.services.policy_news = policy
        held = desk.services.files[123]
        desk.services.files[123] = replace(held, header=replace(held.header, evidence_no=held.header.evidence_no + 1))

        desk.desk_screen.refresh_counts()
        await desk.settle()
        assert told in desk.text

        await desk.press("n")
        assert "n shows it" not in desk.text


async def test_the_next_case_comes_by_itself_while_that_is_switched_on() -> None:
    async with memory_workbench(clean(), clean()) as desk:
        await desk.press("A", "n")
        assert "auto" in desk.text.splitlines()[0]
        await desk.press("p", "y")
        assert "C-000124" in desk.text
        assert desk.services.files[124].header.held_by == "rev1"

        await desk.press("A", "p", "y")
        assert "auto" not in desk.text.splitlines()[0]
        assert "C-000124 passed" in desk.text
