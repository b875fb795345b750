"""Values of resellers' sheets become what an import takes; what cannot be converted stays as it is."""

from functools import partial

import pytest

from db.enums import ImportKind
from tests.languages import speaking
from workbench.domain.values import values
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.moments import parse_day
from workbench.services.files.reading import kinds
from workbench.services.files.reading.kinds import ColumnType
from workbench.services.files.reseller_sheets.conversions import ColumnRule, Order, Unit, import_text, parse_converted


def test_amounts_become_yuan() -> None:
    rows: list[tuple[str, Unit | None, str]] = [
        ("500", None, "500"),
        ("500", "万元", "5000000"),
        ("５００．５", "万元", "5005000"),
        ("1,000.5", "万元", "10005000"),
        ("500元", "万元", "500"),
        ("500万", "元", "5000000"),
        ("人民币500万元整", None, "5000000"),
        ("1.5亿元", None, "150000000"),
        ("0.00001", "万元", "0.1"),
        ("五百万", "万元", "五百万"),
        ("500万美元", "万元", "500万美元"),
        ("-5", "万元", "-5"),
    ]
    for raw, unit, yuan in rows:
        assert import_text(raw, kinds.MONEY, ColumnRule(means="", unit=unit)) == yuan


def test_an_unknown_word_is_told_with_the_accepted_ones_and_that_a_map_takes_it() -> None:
    choice = kinds.COLUMN_TYPES[ImportKind.APPLICATIONS]["applicant_kind*"]
    names = {"enterprise": "enterprise", "企业": "enterprise", "公司": "enterprise"}
    with speaking("zh"), pytest.raises(BadValue) as caught:
        parse_converted("股份公司", choice, ColumnRule(means=""), partial(values.parse_choice, names=names))
    assert "enterprise（企业）" in caught.value.outlined
    assert "对照表中此列的 values" in caught.value.outlined


def test_a_date_of_two_days_is_told_with_the_order_that_a_map_can_name() -> None:
    for raw, is_told in (("03/04/2026", True), ("3 April", False)):
        with pytest.raises(BadValue) as caught:
            parse_converted(raw, kinds.DAY, ColumnRule(means=""), parse_day)
        assert ('order = "dmy" or "mdy" for this column' in caught.value.outlined) is is_told


def test_dates_get_the_year_first() -> None:
    rows: list[tuple[str, ColumnType, Order | None, str]] = [
        ("２０２６．１１．２４", kinds.DAY, None, "2026.11.24"),
        ("24/11/2026", kinds.DAY, "dmy", "2026-11-24"),
        ("11-24-2026 9:05", kinds.INSTANT_OR_DAY, "mdy", "2026-11-24 9:05"),
        ("2016.05.10-2036.05.10", kinds.VALID_TO, None, "2036.05.10"),
        ("2016-05-10 至 2036-05-10", kinds.VALID_TO, None, "2036-05-10"),
        ("20160510-20360510", kinds.VALID_TO, None, "20360510"),
        ("2016年5月10日—长期", kinds.VALID_TO, None, "长期"),
        ("永久", kinds.VALID_TO, None, "长期"),
        ("2016.05.10-2036.05.10", kinds.DAY, None, "2016.05.10-2036.05.10"),
        ("2036-05-10", kinds.VALID_TO, "dmy", "2036-05-10"),
    ]
    for raw, sort, order, text in rows:
        assert import_text(raw, sort, ColumnRule(means="", order=order)) == text


def test_numbers_and_flags_become_plain() -> None:
    for raw, sort, text in [
        ("17012345671、17012345672", kinds.PHONES, "17012345671;17012345672"),
        ("17012345671\r\n17012345672", kinds.PHONES, "17012345671;17012345672"),
        ("17012345671 / 17012345672", kinds.PHONES, "17012345671;17012345672"),
        ("17012345671-17012345673", kinds.PHONES, "17012345671;17012345672;17012345673"),
        ("17012345671 至 17012345672、0571-88888888", kinds.PHONES, "17012345671;17012345672;0571-88888888"),
        ("1440012345671 1440012345672", kinds.PHONES, "1440012345671;1440012345672"),
        ("170 1234 5671", kinds.PHONES, "170 1234 5671"),
        ("'91110000600037341L", kinds.USCC, "91110000600037341L"),
        ("200次", kinds.QUANTITY, "200"),
        ("2,00", kinds.QUANTITY, "2,00"),
        ("√", kinds.FLAG, "yes"),
        ("无", kinds.FLAG, "no"),
        ("大概", kinds.FLAG, "大概"),
        ("'引号", kinds.TEXT, "'引号"),
    ]:
        assert import_text(raw, sort, ColumnRule(means="")) == text


def test_the_words_of_a_map_come_first() -> None:
    rule = ColumnRule(means="", values={"有限责任公司": "enterprise"})

    assert import_text(" 有限责任公司 ", kinds.NAME, rule) == "enterprise"


def test_a_range_of_numbers_that_is_not_clear_is_refused() -> None:
    for raw in ["17012345671-73", "17012345673-17012345671", "17012345671—18012345671"]:
        with pytest.raises(BadValue, match="range of numbers"):
            import_text(raw, kinds.PHONES, ColumnRule(means=""))
