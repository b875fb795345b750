"""Text that an input method sends at once, full-width keys, held keys, and the width probe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from db.enums import FailKind
from screens.terminal.driver import PasteReader
from screens.terminal.input_bursts import InputBurst, is_text
from screens.terminal.width_probe import is_worth_asking
from screens.widgets.text_fields import TextLine
from tests.screens.cases import clean, troubled
from tests.screens.driver import Driver, memory_workbench
from tests.terminal.payloads import PAYLOADS


def text_of(characters: str) -> InputBurst:
    return InputBurst([events.Key(char, char) for char in characters])


def key(char: str) -> events.Key:
    """Return a key event as the terminal sends it."""
    return events.Key(char, char)


async def receive(desk: Driver, event: events.Event) -> None:
    """Post an event as if it came from the terminal."""
    desk.clocks.seconds += 2
    event.set_sender(desk.app)
    desk.app.post_message(event)
    await desk.pilot.pause(0.05)
    await desk.settle()


@pytest.mark.parametrize("characters", ["通过", "p通", "nihao", "yyy", "ｐ过", "🙂a"])
def test_several_characters_at_once_count_as_text(characters: str) -> None:
    assert is_text(characters)


@pytest.mark.parametrize("characters", ["p", "gd", "..", "ｐ", "。。", "？", "通"])
def test_two_characters_at_once_may_be_keys(characters: str) -> None:
    assert not is_text(characters)


async def test_text_does_nothing_in_command_mode_and_says_why_once_but_is_entered_completely_into_a_field() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        for event, hint in (
            (text_of("通过p"), "An input method is on; press Shift to switch."),
            (text_of("pass"), "Pasted text is no command."),
            (events.Paste("p\nf"), "Pasted text is no command."),
            (events.Paste("通过"), "Pasted text is no command."),
        ):
            await receive(desk, event)
            assert desk.dialog == "DeskScreen"
            assert hint in desk.text
            assert desk.text.count("input method") + desk.text.count("Pasted") == 1
            desk.app.clear_notifications()
            await desk.settle()
            desk.clocks.seconds += 60

        await desk.press("c")
        lines = [events.Key("enter" if char == "\r" else char, char) for char in "已核实 pass\rbn\r"]
        await receive(desk, InputBurst(lines))
        assert ("comment", 123, "已核实 pass\nbn") in desk.services.log, "only the last Enter accepts the text"


async def test_a_key_held_since_before_a_dialog_does_nothing_in_it_until_it_is_pressed_again() -> None:
    async with memory_workbench(troubled(), troubled(), troubled()) as desk:
        await desk.press("n", "f")
        for _repeat in range(21):
            desk.clocks.seconds += 0.03
            await desk.pilot.press("f")
        await desk.press("y", "n", "f", "f", "y")
        assert [request.fail_kind for request in desk.services.decided] == [FailKind.FIXABLE, FailKind.FINAL]

        await desk.press("n", "f")
        await receive(desk, key("\u3000"))
        await desk.press("f3", "f6", "f8")
        last = desk.services.decided[-1]
        assert last.fail_kind is FailKind.FINAL, "by a function key from within a text of several lines"
        assert "ID-RIC-EXPIRED" not in last.reasons, "unmarked by a full-width blank"


async def test_a_held_undo_key_undoes_one_verdict_only() -> None:
    async with memory_workbench(clean(), clean()) as desk:
        await desk.press("n", "p", "y", "n", "p", "y")
        first = desk.services.undoable
        await desk.press("u")
        desk.services.undoable = first
        desk.desk_screen.read_again()
        await desk.settle()
        for _repeat in range(10):
            desk.clocks.seconds += 0.03
            await desk.pilot.press("u")
        await desk.settle()

        assert [act for act in desk.services.log if act[0] == "undo"] == [("undo", 124)]


async def test_a_held_q_does_not_quit_with_a_held_case() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "q")
        for _repeat in range(10):
            desk.clocks.seconds += 0.03
            await desk.pilot.press("q")

        assert desk.dialog == "QuitDialog"


async def test_held_keys_after_a_verdict_do_not_give_the_next() -> None:
    async with memory_workbench(clean(), clean()) as desk:
        await desk.press("n", "p", "y")
        for held in "ynp":
            for _repeat in range(8):
                desk.clocks.seconds += 0.1
                await desk.pilot.press(held)
        await desk.settle()

        assert len(desk.services.decided) == 1


@pytest.mark.parametrize(
    ("environment", "is_worth"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "xterm", "STY": "1.pts"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_the_width_is_probed_only_in_a_direct_terminal(environment: dict[str, str], *, is_worth: bool) -> None:
    assert is_worth_asking(environment) is is_worth


async def test_a_cursor_report_counts_only_after_a_probe() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n")
        for awaits, column in ((False, 10), (True, 5)):
            desk.app._awaits_width = awaits
            await receive(desk, events.CursorPosition(column, 0))
            assert "╭" in desk.text, "not asked, or drawn one cell wide"

        desk.app._awaits_width = True
        await receive(desk, events.CursorPosition(10, 0))
        await desk.pilot.pause(0.05)
        assert "╭" not in desk.text


async def test_a_long_text_enters_a_field_at_once_with_one_hint() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "s")
        lengths: list[int] = []
        field = desk.app.screen.query_one(TextLine)
        desk.app.screen.watch(field, "value", lambda value: lengths.append(len(value)), init=False)
        for _half in range(2):
            await receive(desk, text_of("long" * 625))

        assert lengths == [2000]
        assert desk.text.count("This field is limited") == 1


@given(st.lists(st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=5))), st.lists(st.integers(1, 40)))
def test_a_paste_is_read_whole_and_without_a_key_however_it_arrives(pasted: list[str], lengths: list[int]) -> None:
    text = "".join(pasted).replace("\x1b[20", "")
    stream, pastes, parser = f"x\x1b[200~{text}\x1b[201~\x1b[Ay", PasteReader(), XTermParser()
    found: list[Message] = []
    for length in (*lengths, len(stream)):
        if read := pastes.read(stream[:length]):
            found += parser.feed(read)
        stream = stream[length:]

    kinds = [one.key if isinstance(one, events.Key) else type(one) for one in found]
    assert kinds == ["x", events.Paste, "up", "y"]
    assert isinstance(found[1], events.Paste)
    assert found[1].text == text.replace("\x1b", "").replace("\x00", "")
