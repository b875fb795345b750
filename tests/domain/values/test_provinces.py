"""Province names: English names for display, and the forms that a search accepts."""

from tests.languages import speaking
from workbench.domain.values.provinces import province_parts, province_words


def test_a_province_is_named_in_english() -> None:
    for stored in ["四川", "四川省", " 四川省 "]:
        with speaking("en"):
            assert province_words(stored) == "Sichuan"


def test_an_english_name_has_no_region_suffix() -> None:
    for stored, shown in [("广西壮族自治区", "Guangxi"), ("香港特别行政区", "Hong Kong"), ("重庆市", "Chongqing")]:
        with speaking("en"):
            assert province_words(stored) == shown


def test_a_text_that_is_no_province_stays_unchanged() -> None:
    assert province_words("Sichuan") == "Sichuan"
    assert province_words("") == ""


def test_a_search_accepts_both_languages_with_and_without_the_suffix() -> None:
    for typed in ["四川", "四川省", "Sichuan", "sichuan", "Ｓｉｃｈｕａｎ", "Sichuan Province", " sichuan "]:
        assert "四川" in province_parts(typed)


def test_a_part_of_a_name_matches_every_province_that_contains_it() -> None:
    assert province_parts("川") == ("川", "四川", "Sichuan")
    assert province_parts("hunan") == ("hunan", "湖南", "Hunan")
    assert province_parts("省") == ("省",)
    assert province_parts("广西壮族自治区") == ("广西", "Guangxi")
    assert "广西" in province_parts("Guangxi Zhuang Autonomous Region")
    assert "香港" in province_parts("Hong Kong SAR")
    assert province_parts("shan") == ("shan", "山西", "上海", "山东", "Shanxi", "Shanghai", "Shandong")
