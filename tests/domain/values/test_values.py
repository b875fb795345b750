"""Reading the values of import files: numbers, money, choices and paths."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from db.enums import Carrier
from workbench.domain.values import numbers, values
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.identifiers import uscc_valid

LONG = 50_000
PARSERS: dict[str, Callable[[str], object]] = {
    "text": lambda raw: values.parse_text(raw, 200),
    "code": lambda raw: values.parse_code(raw, 200),
    "identifier": numbers.parse_identifier,
    "phone": numbers.parse_phone,
    "phones": numbers.parse_phones,
    "quantity": values.parse_quantity,
    "money": values.parse_money_fen,
    "flag": values.parse_flag,
    "choice": lambda raw: values.parse_choice(raw, {"mobile": Carrier.MOBILE}),
    "sha256": values.parse_sha256,
    "path": lambda raw: values.parse_relative_path(raw, 1000),
}


@pytest.mark.promise("I9")
def test_a_very_long_value_is_refused_before_any_pattern_is_tried() -> None:
    for parse in PARSERS.values():
        for character in ["a", "1", "【", " ", "-", "(", ",", "１", "*", "."]:
            with pytest.raises(BadValue, match=r"longer than|not a SHA-256"):
                parse(character * LONG)


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@given(raw=st.text(min_size=1, max_size=80).map(str.strip).filter(bool))
def test_a_parser_raises_only_its_own_error(parse: Callable[[str], object], raw: str) -> None:
    with suppress(BadValue):
        parse(raw)


def test_separators_in_a_phone_number_are_removed() -> None:
    for raw, number in [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("(022)28952819", "02228952819"),
        ("１３８００１３８０００", "13800138000"),
        ("\u202d13800138000\u202c", "13800138000"),
        ("95588", "95588"),
        ("8612345", "8612345"),
        ("+852 2123 4567", "+85221234567"),
    ]:
        assert numbers.parse_phone(raw) == number


def test_a_masked_number_is_an_error() -> None:
    for parse in [numbers.parse_phone, numbers.parse_phones, numbers.parse_identifier]:
        for raw in ["138****8000", "138••••••78", "1＊＊2"]:
            with pytest.raises(BadValue, match="masked"):
                parse(raw)


@pytest.mark.parametrize(
    ("numbers_to_read", "is_right", "checks"),
    [
        ([f"110105{year}12310000" for year in range(1900, 2000)], ric.is_valid, ()),
        (
            [f"91{region:06}{number:07}000" for region in range(110101, 110111) for number in range(300)],
            uscc_valid,
            (uscc_valid,),
        ),
        ([f"8986007031{order:05}00000" for order in range(100)], luhn.is_valid, ()),
    ],
)
def test_a_number_ending_in_zeros_is_refused_only_if_its_check_digit_is_wrong(
    numbers_to_read: list[str], is_right: Callable[[str], bool], checks: tuple[Callable[[str], bool], ...]
) -> None:
    right = {number for number in numbers_to_read if is_right(number)}
    assert right
    for number in numbers_to_read:
        if number in right:
            assert numbers.parse_identifier(number, *filter(None, [checks])) == number
        else:
            with pytest.raises(BadValue, match="format the column as text"):
                numbers.parse_identifier(number, *filter(None, [checks]))


def test_a_column_of_companies_does_not_take_the_check_digit_of_a_person() -> None:
    person = next(
        number
        for year in range(1900, 2000)
        if ric.calc_check_digit(number := f"110105{year}12310000") == "0" and not uscc_valid(number)
    )

    assert numbers.parse_identifier(person) == person
    with pytest.raises(BadValue, match="format the column as text"):
        numbers.parse_identifier(person, (uscc_valid,))


def test_text_beside_a_phone_number_is_an_error() -> None:
    for parse in [numbers.parse_phone, numbers.parse_phones]:
        for raw, cause in [
            ("17118100002（共3个）", r"“\(共3个\)” is no part of a number"),
            ("17118100002(主) 17118100003(备)", r"“\(备\)” is no part"),
            ("13800000043微信同号", "“微信同号” is no part"),
            ("联系人13800000043", "“联系人” is no part"),
            ("17118100002（3）", r"“\(3\)” is no part"),
            ("17118100002①", "“①” is no part"),
            ("17118100002 wx", "“wx” is no part"),
            ("17118100002/3", "“/” is no part"),
            ("13800138000 转 801", "“转” is no part"),
            ("no phone at all", "“nophoneatall” is no part"),
            ("17118100002 17118100003", "several numbers without a separator"),
            ("17118100002-801", "several numbers without a separator"),
            ("171 1810 0002 8", "several numbers without a separator"),
            ("+86 17118100002 12 13", "several numbers without a separator"),
            ("١٣٨٠٠١٣٨٠٠٠", "is no part"),
        ]:
            with pytest.raises(BadValue, match=cause) as caught:
                parse(raw)
            assert "1711810" not in str(caught.value)


def test_text_beside_an_identifier_is_an_error() -> None:
    for raw in [
        "11010519491231002X（经办人）",
        "身份证11010519491231002X",
        "11010519491231002X(2)",
        "11010519491231002X/110105194912310021",
        "8986007031000000000①",
        "89860070310000000005 备卡",
    ]:
        with pytest.raises(BadValue, match="is no part of a number"):
            numbers.parse_identifier(raw)


def test_usual_ways_to_write_an_identifier_are_accepted_and_stored_without_blanks_in_capitals() -> None:
    for raw, number in [
        ("南字第01234567号", "南字第01234567号"),
        ("R123456(7)", "R1234567"),
        ("1234567（8）", "12345678"),
        ("4901-5420-3237-518", "490154203237518"),
        ("8986 0070 3100 0000 0005", "89860070310000000005"),
        ("e12345678", "E12345678"),
        *(
            (raw, "11010519491231002X")
            for raw in ("11010519491231002x", "110105 19491231 002X", "１１０１０５19491231002X")
        ),
        # A wrong check digit or an unusual number is no error.
        *((raw, raw.upper()) for raw in ("110105194912310021", "91110000600037341M", "000000", "abc")),
    ]:
        assert numbers.parse_identifier(raw) == number


def test_numbers_are_separated_by_semicolons_and_duplicates_are_removed() -> None:
    assert numbers.parse_phones("13800138000; 13900139000；13800138000、13700137000;") == (
        "13800138000;13900139000;13700137000"
    )


def test_money_in_yuan_becomes_fen() -> None:
    for raw, fen in [
        ("0", 0),
        ("12", 1200),
        ("12.5", 1250),
        ("1,234,567.89", 123456789),
        ("¥3.00", 300),
        ("１００元", 10000),
    ]:
        assert values.parse_money_fen(raw) == fen
    for raw in ["12.345", "-1", "1,23", "1.2.3", "12 34", "1e6", "200万元", "NaN", "9" * 30, "٣", "1234,567"]:
        with pytest.raises(BadValue):
            values.parse_money_fen(raw)


def test_a_quantity_is_a_whole_number() -> None:
    for raw, number in [("0", 0), ("007", 7), ("12.0", 12), (str(2**31 - 1), 2**31 - 1)]:
        assert values.parse_quantity(raw) == number
    for raw in ["-1", "1.5", "1,000", "x", str(2**31), "٣", "1e3", "1_000", "+1"]:
        with pytest.raises(BadValue):
            values.parse_quantity(raw)


def test_yes_and_no_have_the_forms_of_the_design() -> None:
    assert [values.parse_flag(raw) for raw in ("1", "true", "TRUE", "Yes", "是", "ｙ")] == [True] * 6
    assert [values.parse_flag(raw) for raw in ("0", "false", "No", "否", "N")] == [False] * 5
    with pytest.raises(BadValue, match="neither yes nor no"):
        values.parse_flag("maybe")


def test_the_error_for_an_unknown_choice_lists_the_known_ones() -> None:
    names = {"mobile": Carrier.MOBILE, "中国移动": Carrier.MOBILE, "unicom": Carrier.UNICOM}

    assert values.parse_choice(" 中国移动 ".strip(), names) is values.parse_choice("MOBILE", names) is Carrier.MOBILE
    with pytest.raises(BadValue, match="write one of mobile, unicom"):
        values.parse_choice("moon", names)


def test_a_path_outside_the_folder_is_an_error() -> None:
    for raw in ["/etc/shadow", "../a.pdf", "a/../../b", "C:\\a.pdf", "\\\\host\\a", "~/a", "a\\..\\b"]:
        with pytest.raises(BadValue, match="folder"):
            values.parse_relative_path(raw, 1000)


def test_no_message_quotes_a_personal_number() -> None:
    for parse in (numbers.parse_phone, numbers.parse_identifier):
        for raw in ("110105****31002X", "1.10105194E+17", "110105194912310000"):
            with pytest.raises(BadValue) as caught:
                parse(raw if parse is numbers.parse_identifier else raw.replace("0000", "*"))
            assert "110105" not in str(caught.value)
