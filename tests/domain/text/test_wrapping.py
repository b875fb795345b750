"""The lines of a wrapped text."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.text.cells import cells
from workbench.domain.text.wrapping import wrap_paragraph


def test_a_date_stays_on_one_line() -> None:
    text = "按我司的工作安排，一般不晚于2026年12月8日（周二）。"

    assert wrap_paragraph(text, 36) == ["按我司的工作安排，一般不晚于", "2026年12月8日（周二）。"]


def test_the_time_stays_with_its_date() -> None:
    text = "等待复核，截止时间 12月3日 周四 18:00"

    assert wrap_paragraph(text, 34) == ["等待复核，截止时间", "12月3日 周四 18:00"]


def test_a_number_within_chinese_stays_on_one_line() -> None:
    assert wrap_paragraph("请致电400-555-0100索取全文", 12) == ["请致电", "400-555-0100", "索取全文"]


def test_a_code_a_time_and_a_masked_number_stay_on_one_line() -> None:
    for text, width, first in [
        ("请补交原因为DOC-MISSING_1的材料", 20, "请补交原因为"),
        ("于周二14:00、周三", 10, "于周二"),
        ("已收到的号码138••••••01已核对", 20, "已收到的号码"),
        ("在待办队列（g q）里打开", 13, "在待办队列"),
        ("the list (g q) shows it", 12, "the list ("),
    ]:
        assert wrap_paragraph(text, width)[0] == first


def test_brackets_and_punctuation_stay_with_their_words() -> None:
    assert wrap_paragraph("一二三四五（六）七。", 12) == ["一二三四五", "（六）七。"]
    assert wrap_paragraph("一二三四五六。七", 12) == ["一二三四五", "六。七"]


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert wrap_paragraph("编号" + "1" * 20, 12) == ["编号11111111", "111111111111"]


@given(st.text(alphabet="一（）。，2026年1月 ab", max_size=60), st.integers(2, 20))
def test_lines_fit_and_lose_only_blanks(text: str, width: int) -> None:
    lines = wrap_paragraph(text, width)

    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
