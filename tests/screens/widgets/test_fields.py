"""Text fields with hostile, very long and pasted text, and lists that are not laid out."""

import time

from textual import events
from textual.app import App, ComposeResult
from textual.content import Content

from screens.widgets.row_list import RowList
from screens.widgets.text_fields import LINE_LENGTH, TEXT_LENGTH, MultilineField, TextLine
from tests.screens.driver import memory_workbench
from workbench.domain.text.safe import clean_input, safe

HOSTILE = "a\x1b]52;c;eA==\x07b\u202ec\x9b2J\u200bd\x00e"
MEGABYTE = "张三 said [b]yes[/b]\n" * 50_000


class Fields(App[None]):
    """An app with one field of each kind."""

    def compose(self) -> ComposeResult:
        yield TextLine("stored " + HOSTILE)
        yield MultilineField("stored " + HOSTILE)


def test_control_and_invisible_characters_are_removed_from_typed_text() -> None:
    assert clean_input(HOSTILE) == "a]52;c;eA==bc2Jde"
    assert clean_input("one\r\n two\rthree") == "one two three"
    assert clean_input("one\r\ntwo\n", keep_newlines=True) == "one\ntwo\n"
    assert clean_input("㛃𠮷·é") == "㛃𠮷·é"


async def test_a_field_shows_stored_controls_as_symbols_and_removes_pasted_ones() -> None:
    app = Fields()
    async with app.run_test() as pilot:
        line, page = app.query_one(TextLine), app.query_one(MultilineField)
        for field in (line, page):
            field.focus()
            await pilot.pause()
            app.post_message(events.Paste(HOSTILE + "\nnext"))
            await pilot.pause()

        assert "stored" not in line.value or safe(line.value) == line.value
        assert line.value.endswith("a]52;c;eA==bc2Jde next")
        assert safe(page.text, keep_newlines=True) == page.text
        assert "a]52;c;eA==bc2Jde\nnext" in page.text


async def test_a_pasted_megabyte_is_cut_to_the_limit_of_the_field_with_a_message() -> None:
    app = Fields()
    async with app.run_test(notifications=True) as pilot:
        for field, limit in ((app.query_one(TextLine), LINE_LENGTH), (app.query_one(MultilineField), TEXT_LENGTH)):
            field.focus()
            await pilot.pause()
            began = time.process_time()
            app.post_message(events.Paste(MEGABYTE))
            await pilot.pause()
            held = field.value if isinstance(field, TextLine) else field.text

            assert limit - 1 <= len(held) <= limit
            assert time.process_time() - began < 5
            await pilot.press("x")
            assert len(field.value if isinstance(field, TextLine) else field.text) <= limit
        assert any("limited to" in note.message and "was dropped" in note.message for note in app._notifications)


async def test_a_megabyte_pasted_into_a_dialog_does_not_block_the_desk() -> None:
    async with memory_workbench() as desk:
        await desk.press("n")
        for key, field in (("c", "Prompt"), ("e", "ChoiceDialog"), ("s", "Prompt")):
            await desk.press(key)
            assert desk.dialog == field
            desk.app.post_message(events.Paste(MEGABYTE))
            await desk.settle()
            await desk.press("escape")
            assert desk.dialog == "DeskScreen"
        assert desk.services.decided == []


async def test_pasted_text_on_the_desk_is_no_command() -> None:
    async with memory_workbench() as desk:
        await desk.press("n")
        for text in ("p", "py", "s\nreason\n", MEGABYTE):
            desk.app.post_message(events.Paste(text))
            await desk.settle()

        assert desk.dialog == "DeskScreen"
        assert desk.services.decided == []


class HiddenRows(App[None]):
    """An app with a list that is not laid out."""

    def compose(self) -> ComposeResult:
        rows = RowList(id="rows")
        rows.display = False
        yield rows


async def test_a_page_key_before_the_first_layout_of_a_list_does_nothing() -> None:
    app = HiddenRows()
    async with app.run_test():
        rows = app.query_one(RowList)
        rows.show({7: Content("seven"), 8: Content("eight")})
        for action in ("page_down", "page_up"):
            await rows.run_action(action)

        assert rows.current == 7
