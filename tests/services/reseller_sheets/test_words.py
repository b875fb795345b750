"""Names of columns are understood in levels, with brackets, units and numbers; unclear ones are the last choice."""

from collections.abc import Sequence

import pytest

from db.enums import ImportKind
from workbench.services.reseller_sheets.words import Clarity, meaning_of, unit_in


@pytest.mark.parametrize(
    ("parts", "column", "clearness"),
    [
        (["企业名称"], "applicant_name", Clarity.NAME),
        (["1.企业名称(与营业执照一致)"], "applicant_name", Clarity.NAME),
        (["企业信息", "名称"], "applicant_name", Clarity.NAME),
        (["经办人信息", "手机号"], "contact_phone", Clarity.WORD),
        (["法定代表人信息", "证件号码"], "legal_rep_id_no", Clarity.WORD),
        (["法定代表人信息", "姓名"], "legal_rep_name", Clarity.NAME),
        (["法人", "手机"], "", Clarity.WORD),
        (["注册资金(万元)"], "registered_capital_cny", Clarity.NAME),
        (["号码3"], "msisdns", Clarity.UNCLEAR),
        (["某列"], "", Clarity.WORD),
    ],
)
def test_names_are_understood(parts: Sequence[str], column: str, clearness: Clarity) -> None:
    assert meaning_of(parts, ImportKind.APPLICATIONS) == (column, clearness)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("注册资本(万元)", "万元"), ("注册资本(万)", "万元"), ("资本:百万元", "百万元"), ("注册资本", None)],
)
def test_a_name_tells_the_unit(name: str, unit: str | None) -> None:
    assert unit_in(name) == unit
