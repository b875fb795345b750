"""Texts in another language than the letter are quoted in it."""

from workbench.wording.quotation import is_foreign, quoted_if_foreign


def test_a_text_is_foreign_if_it_has_more_words_of_the_other_language() -> None:
    for text, zh, en in [
        ("Please send the licence again.", True, False),
        ("请重新提交营业执照。", False, True),
        ("请提供 POS 机照片（ID-RIC）", False, True),
        ("the licence (营业执照)", False, True),
        ("a clear and complete copy of the business licence (营业执照)", True, False),
        ("有效期内的材料：business licence", False, True),
        ("138 0013 8000", False, False),
        ("ID-RIC-EXPIRED", False, False),
        ("", False, False),
    ]:
        assert (is_foreign(text, "zh"), is_foreign(text, "en")) == (zh, en)


def test_only_the_foreign_lines_become_quotations() -> None:
    assert quoted_if_foreign("证件已过期。\nSee the attached list.\n", "zh") == (
        "证件已过期。\n我司说明（英文原文）：“See the attached list.”\n"
    )
    assert quoted_if_foreign("Expired.\n台风停工", "en") == "Expired.\nIn our own words (Chinese original): “台风停工”"
