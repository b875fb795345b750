"""A case opened read-only from the queue or the checks."""

from dataclasses import replace

import pytest

from db.enums import CaseState, Role
from screens.desk.key_map import COMMANDS
from screens.widgets.safe_text import FittedText
from tests.screens.cases import clean, troubled
from tests.screens.doubles.queue import candidate, case_row
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, memory_workbench
from tests.sizes import sample
from workbench.keys.desk import COMMENT, FAIL, HISTORY, NEXT, PASS, PEND, RELEASE, UNDO
from workbench.keys.registry import BACK

OPEN = "x acts   t estimate   k contact   L letters   Esc back"
CLOSED = "x acts   k contact   L letters   Esc back"
"""The hints of a read-only case that is open, and of one that is closed."""


def listed(services: MemoryServices) -> None:
    """Put two cases into the queue."""
    services.queue.all = [case_row(1), case_row(124), case_row(123)]
    services.change(124, state=CaseState.IN_REVIEW, held_by="rev2", held_until=services.clocks.now())


async def open_second(desk: Driver) -> None:
    await desk.go("q")
    await desk.press("down", "enter")


async def test_a_case_opened_read_only_works_as_on_the_desk_but_for_its_verdict() -> None:
    async with memory_workbench(clean(), troubled(), arrange=listed) as desk:
        await open_second(desk)
        assert desk.dialog == "ReadOnlyScreen"
        assert "C-000124" in desk.text
        assert "rev2" in desk.text
        await desk.press("escape")
        assert desk.dialog == "QueueScreen"
        assert getattr(desk.app.screen.query_one("#rows"), "cursor", None) == 1

        await desk.press("enter", "2", "plus")
        assert "1 Identity" not in desk.text
        await desk.press("escape")
        assert "1 Identity" in desk.text
        assert desk.dialog == "ReadOnlyScreen"
        await desk.press("tab", "1", "J", "full_stop")
        assert any(entry[:2] == ("reveal", 124) for entry in desk.services.log)
        await desk.press("i")
        assert desk.dialog == "TextSheet"

        await desk.press("escape", "c")
        await desk.type("[/b]")
        await desk.press("enter")
        assert ("comment", 124, "[/b]") in desk.services.log
        await desk.press("k", "up")
        await desk.type("[/b]")
        await desk.press("enter")
        assert ("contact", 124, "chat", "[/b]") in desk.services.log


async def test_a_verdict_key_explains_why_it_is_not_available_and_help_lists_only_working_keys() -> None:
    async with memory_workbench(clean(), troubled(), arrange=listed) as desk:
        await open_second(desk)
        await desk.press("p")
        assert desk.dialog == "ReadOnlyScreen"
        assert "C-000124 is held by rev2 until 14:32; only its holder can do this." in desk.notes
        await desk.press("question_mark")
        shown = str(desk.app.screen.query_one(FittedText).render())
        assert shown.startswith("Read only")
        for command in (PASS, FAIL, PEND, NEXT, UNDO, RELEASE):
            assert command.help not in shown, command.id
        for command in (HISTORY, COMMENT, BACK):
            assert command.label in shown, command.id

        await desk.press("escape", "q")
        assert desk.dialog == "QueueScreen"
        await desk.press("down", "enter", "f6")
        assert "Nobody holds C-000123. To work on a case, press n on the desk: it takes the next one." in desk.notes
        assert desk.services.decided == []


async def test_a_refusal_says_what_is_possible_instead_and_covers_neither_keys_nor_panels() -> None:
    def arrange(services: MemoryServices) -> None:
        listed(services)
        services.change(124, state=CaseState.PENDING, held_by=None, held_until=None)

    async with memory_workbench(clean(), troubled(), size=(80, 24), arrange=arrange) as desk:
        await open_second(desk)
        before = desk.text.splitlines()
        await desk.press("p")
        assert any("Once the reply is recorded (reply received), it can be decided." in note for note in desk.notes)
        await desk.until("decided.")
        shown = desk.text.splitlines()
        lines = len([line for line in shown if line.startswith("▌")])
        assert shown[-lines - 2 : -lines] == before[-2:]
        # The panels give way at their end, so that nothing moves.
        assert shown[: -lines - 4] == before[: -lines - 4]
        # Pressed again, the message is there once, and for its whole time.
        (first,) = desk.app._notifications
        await desk.press("p")
        assert [line for line in desk.text.splitlines() if line.startswith("▌")] == shown[-lines:]
        (again,) = desk.app._notifications
        assert again.raised_at > first.raised_at
        # Dropped messages leave nothing behind that would take the lines of later ones.
        for _time in range(5):
            desk.app.clear_notifications()
            for _twice in range(2):
                desk.app.notify("Said twice with one key.")
            await desk.settle()
        assert desk.text.count("Said twice with one key.") == 1

        await desk.press("escape", "down", "enter")
        assert desk.text.splitlines()[0].endswith("  ◆ rev1")
        assert "Next  any free reviewer decides round 1, due Thu 26 Nov 18:00" in desk.text


_ANY_ROLE = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN})


@pytest.mark.proof
@pytest.mark.parametrize(
    ("state", "roles"),
    sample(
        [
            (None, _ANY_ROLE),
            (CaseState.QUEUED, frozenset({Role.REVIEWER})),
            (CaseState.RECTIFYING, frozenset({Role.AUDITOR})),
            (CaseState.FAILED, _ANY_ROLE),
        ],
        ci=2,
    ),
)
async def test_each_key_of_the_desk_acts_on_an_opened_case_or_says_why_not(
    state: CaseState | None, roles: frozenset[Role]
) -> None:
    def arrange(services: MemoryServices) -> None:
        listed(services)
        services.actor = replace(services.actor, roles=roles)
        if state is not None:
            services.change(124, state=state, held_by=None, held_until=None)

    async with memory_workbench(clean(), troubled(), size=(80, 24), arrange=arrange) as desk:
        await open_second(desk)
        for command in (each.command for each in COMMANDS.values()):
            before = desk.text, list(desk.services.log)
            await desk.press(command.keys[0])
            assert desk.notes or (desk.text, desk.services.log) != before, command.id
            desk.app.clear_notifications()
            if desk.dialog != "ReadOnlyScreen":
                await desk.press("escape")
            assert desk.dialog == "ReadOnlyScreen", command.id


async def test_a_key_of_a_case_says_that_none_is_on_the_desk() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("p")
        assert desk.notes == ["No case is shown. To take a case, press n; to open one of the queue, press g q."]


async def test_an_auditor_reads_and_changes_nothing() -> None:
    def arrange(services: MemoryServices) -> None:
        listed(services)
        services.actor = replace(services.actor, login="audit", roles=frozenset({Role.AUDITOR}))

    async with memory_workbench(clean(), troubled(), arrange=arrange) as desk:
        await open_second(desk)
        await desk.press("c", "k", "e", "l", "J", "full_stop", "a")

        assert desk.dialog == "ReadOnlyScreen"
        assert desk.services.log == []


async def test_a_held_case_opens_on_the_desk_of_its_holder() -> None:
    def arrange(services: MemoryServices) -> None:
        listed(services)
        services.change(124, held_by="rev1")

    async with memory_workbench(clean(), troubled(), arrange=arrange) as desk:
        await open_second(desk)

        assert desk.dialog == "DeskScreen"
        assert desk.desk_screen.session.is_held
        assert "C-000124" in desk.text


async def test_a_supervisor_assigns_from_the_read_only_case() -> None:
    def arrange(services: MemoryServices) -> None:
        listed(services)
        services.actor = replace(services.actor, roles=frozenset({Role.SUPERVISOR}))
        services.assigning.people = (candidate("rev3"),)

    async with memory_workbench(clean(), troubled(), arrange=arrange) as desk:
        await open_second(desk)
        await desk.press("a", "enter")
        await desk.type("x")
        await desk.press("enter")

        assert desk.services.assigning.given == [((124,), "rev3", "x")]
        assert desk.dialog == "ReadOnlyScreen"


async def test_the_footer_of_a_read_only_case_offers_what_this_person_may_do() -> None:
    async with memory_workbench(clean(), troubled(), arrange=listed) as desk:
        await desk.go("q")
        await desk.press("down")
        for state, role, own, hinted in (
            (CaseState.RECTIFYING, Role.SUPERVISOR, frozenset(), OPEN),
            (CaseState.RECTIFYING, Role.REVIEWER, frozenset(), OPEN),
            (CaseState.PASSED, Role.SUPERVISOR, frozenset({124}), CLOSED),
            (CaseState.PASSED, Role.SUPERVISOR, frozenset(), f"R open again   {CLOSED}"),
        ):
            desk.services.actor = replace(desk.services.actor, roles=frozenset({role}))
            desk.services.own_verdicts = own
            desk.services.change(124, state=state, held_by=None, held_until=None, working_days_left=0)
            await desk.pilot.resize_terminal(*((80, 24) if hinted == OPEN else (120, 40)))
            await desk.press("enter")
            assert desk.text.splitlines()[-1].startswith(f" {hinted}   ")
            if hinted == OPEN:
                await desk.pilot.resize_terminal(120, 40)
                await desk.settle()
                line = next(line for line in desk.text.splitlines() if "with the applicant · clock paused" in line)
                assert "due " not in line
            assert "corrected letter owed" not in desk.text

            await desk.press("R")
            assert (desk.dialog == "Prompt") is ("R open again" in hinted)
            if desk.dialog != "Prompt":
                await desk.press("escape")
        await desk.type("x")
        await desk.press("enter")
        assert ("reopen", 124, "x") in desk.services.log
        assert "corrected letter owed" in desk.text
