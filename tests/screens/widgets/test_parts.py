"""Fields, pages, wrapped lines and style sheets."""

import time
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.css.parse import parse

from screens.verdict.form_state import VerdictState
from screens.widgets.page_cache import MAX_PAGES, PAGE_ROWS, PageCache
from screens.widgets.plots import heat_rows, hour_scale, sparkline
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import ERROR, joined, plain, row, wrapped, wrapped_content
from screens.widgets.stylesheet import CachedStylesheet
from screens.widgets.text_fields import LINE_LENGTH, TEXT_LENGTH, MultilineField, TextLine
from tests.screens.cases import casefile, clean, troubled
from tests.screens.doubles.queue import MemoryQueue
from workbench.domain.case.records import DeskCounts
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict
from workbench.domain.text.safe import cells, clean_input, safe

BARS = " ▁▂▃▄▅▆▇█"


def test_styled_chinese_wraps_like_plain_chinese_and_keeps_its_styles() -> None:
    content = joined(("何时收到？例如 昨天16:30 或 ", ""), ("12月3日", ERROR), ("。只写日期表示当天结束。", ""))
    lines = wrapped_content(content, 30)

    assert [line.plain for line in lines] == wrapped(content.plain, 30)
    assert [line.plain[span.start : span.end] for line in lines for span in line.spans] == ["12月3日"]


def test_a_number_above_zero_is_never_drawn_as_zero() -> None:
    assert sparkline([0, 1, 1_000_000], 10, BARS) == " ▁█"


def test_a_sparkline_shows_the_last_numbers_if_there_are_too_many() -> None:
    assert sparkline([9, 9, 0, 9], 2, BARS) == " █"


def test_the_heat_map_uses_one_scale_for_all_days() -> None:
    rows = heat_rows([[0, 4], [8, 0]], " ░▒▓█")

    assert rows == [" ▒", "█ "]


def test_hour_labels_are_above_their_hours() -> None:
    assert hour_scale((8, 12), cell=2).index("12") == 24


def test_markup_in_text_is_kept_literally() -> None:
    assert plain("[/b] array[int]").plain == "[/b] array[int]"


def test_control_characters_become_visible_symbols() -> None:
    assert "\x1b" not in plain("\x1b]52;c;AAAA\x07").plain


@given(st.text(), st.integers(min_value=4, max_value=60))
def test_wrapped_lines_fit_and_lose_no_character(text: str, width: int) -> None:
    lines = wrapped(text, width)

    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(safe(text, keep_newlines=True).split())


def test_no_line_of_chinese_begins_with_closing_punctuation() -> None:
    assert wrapped("计时中，工作时间32小时00分。", 26) == ["计时中，工作时间32小时00", "分。"]


def test_text_of_closing_punctuation_alone_is_wrapped() -> None:
    assert wrapped("）。）。", 4) == ["）。", "）。"]


def test_a_row_shortens_its_left_part_and_keeps_its_right_part() -> None:
    assert row(plain("a long beginning"), plain("END"), 12).plain == "a long … END"


def test_an_unfinished_verdict_is_restored_from_the_draft() -> None:
    case = casefile(1, troubled())
    state = VerdictState(
        verdict=Verdict.FAIL,
        fail_kind=FailKind.FINAL,
        reasons=("ID-RIC-EXPIRED",),
        items={"ID-RIC-EXPIRED": "a copy"},
        until="2026-12-01",
        measure=Measure.BAR_OUT,
        letter="text",
        note="note",
    )

    again = VerdictState.of(casefile(1, troubled(), draft={"verdict": state.to_draft(), "note": "note"}), Verdict.FAIL)

    assert again == state
    assert VerdictState.of(case, Verdict.FAIL) != state


def test_only_the_note_is_kept_from_a_draft_of_another_verdict() -> None:
    draft = {"verdict": {"verdict": "fail", "reasons": ["ID-RIC"]}, "note": "seen"}

    state = VerdictState.of(casefile(1, clean(), draft=draft), Verdict.PASS)

    assert (state.reasons, state.note) == (("OK",), "seen")


def queue(count: int) -> MemoryQueue:
    counts = DeskCounts(queued=0, due_today=0, overdue=0, held_by_me=0, to_check=0)
    made = MemoryQueue(lambda: counts, lambda: "rev1")
    made.fill(count)
    return made


async def test_a_short_or_empty_page_ends_a_list() -> None:
    short, full = PageCache(queue(7), ""), PageCache(queue(PAGE_ROWS), "")
    await short.open_at(None, 0)
    await full.open_at(None, 0)
    assert full.missing(0, 2 * PAGE_ROWS) == 1
    await full.read(1)

    assert (short.length, full.length) == (7, PAGE_ROWS)
    assert full.missing(0, 2 * PAGE_ROWS) is None


async def test_the_number_of_cached_pages_is_limited() -> None:
    pages = PageCache(queue(40 * PAGE_ROWS), "")
    await pages.open_at(None, 0)
    await pages.count_all()
    for number in range(40):
        assert pages.missing(number * PAGE_ROWS, number * PAGE_ROWS) in {number, None}
        await pages.read(number)

    assert len(pages._pages) == MAX_PAGES
    assert pages.row(0) is None
    assert pages.row(40 * PAGE_ROWS - 1) is not None


async def test_reading_begins_at_the_case_or_at_the_end_of_a_shorter_list() -> None:
    made = queue(2_500)
    assert await PageCache(made, "").open_at(1_700, 3) == 1_699
    made.fill(230)

    assert await PageCache(made, "").open_at(1_700, 1_699) == 229
    assert await PageCache(made, "").open_at(None, 250) == 229


async def test_an_empty_list_has_no_rows() -> None:
    pages = PageCache(queue(0), "")

    assert await pages.open_at(5, 7) == 0
    assert pages.length == 0


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


_NUMBERS = count()


class Variables(dict[str, str]):
    """Variables that look new each time, so that no test before this one has parsed a sheet with them."""

    def __repr__(self) -> str:
        return f"Variables {next(_NUMBERS)}"


def test_only_new_sources_are_parsed_until_a_variable_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def noted(scope: str, css: str, *arguments: Any, **options: Any) -> Any:
        parsed.append(css)
        return parse(scope, css, *arguments, **options)

    monkeypatch.setattr("textual.css.stylesheet.parse", noted)
    first, second = "Label { color: $ink; }", "Button { color: white; }"
    sheet = CachedStylesheet(variables=Variables(ink="red"))
    sheet.add_source(first, ("first", ""))
    sheet.reparse()

    sheet.add_source(second, ("second", ""))
    sheet.set_variables(Variables(ink="red"))
    sheet.reparse()
    assert parsed == [first, second]

    sheet.set_variables(Variables(ink="blue"))
    sheet.reparse()
    assert parsed == [first, second, first, second]
    assert "color: #0000FF" in sheet.css
