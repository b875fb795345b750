"""Small parts of the screens: sparklines, heat maps, wrapping, rows, revealed fields and drafts."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from screens.shell.revealed_fields import RevealedFields
from screens.verdict.form_state import VerdictState
from screens.widgets.plots import heat_rows, hour_scale, sparkline
from screens.widgets.safe_text import ERROR, joined, plain, row, wrapped, wrapped_content
from tests.screens.cases import casefile, clean, troubled
from tests.screens.doubles.services import Clocks
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict
from workbench.domain.text.safe import cells, safe

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


def test_a_revealed_field_is_masked_after_its_time() -> None:
    clocks = Clocks()
    revealed = RevealedFields(clocks.monotonic)
    revealed.show("handler_name", "x")
    clocks.advance(14.9)
    assert revealed.values() == {"handler_name": "x"}

    clocks.advance(0.1)
    assert revealed.values() == {}


def test_fields_masked_after_inactivity_stay_masked() -> None:
    clocks = Clocks()
    revealed = RevealedFields(clocks.monotonic)
    revealed.show_all({"handler_name": "x"})
    clocks.advance(61)
    revealed.note_key()

    assert revealed.values() == {}


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


def test_items_are_sent_only_if_the_reviewer_changed_one() -> None:
    case = casefile(1, troubled())
    state = VerdictState.of(case, Verdict.FAIL)
    assert state.request(case, None, accepts_new_evidence=False).items == ()

    changed = VerdictState.of(
        casefile(1, troubled(), draft={"verdict": {**state.to_draft(), "items": {state.reasons[0]: "copy"}}}),
        Verdict.FAIL,
    )
    request = changed.request(case, date(2026, 12, 1), accepts_new_evidence=False)
    assert [item.code for item in request.items] == [state.reasons[0]]
    assert request.items[0].text == "copy"
