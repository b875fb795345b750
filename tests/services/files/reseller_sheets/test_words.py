"""Names of columns are understood in levels, with brackets, units and numbers; unclear ones are the last choice."""

from db.enums import ImportKind
from workbench.services.files.reseller_sheets.words import Clarity, meaning_of, unit_in


def test_names_are_understood() -> None:
    for parts, column, clearness in [
        (["企业名称"], "applicant_name", Clarity.NAME),
        (["1.企业名称(与营业执照一致)"], "applicant_name", Clarity.NAME),
        (["企业信息", "名称"], "applicant_name", Clarity.NAME),
        (["经办人信息", "手机号"], "contact_phone", Clarity.WORD),
        (["法定代表人信息", "证件号码"], "legal_rep_id_no", Clarity.WORD),
        (["法定代表人信息", "姓名"], "legal_rep_name", Clarity.NAME),
        (["负责人", "身份证"], "legal_rep_id_no", Clarity.WORD),
        (["法人", "手机"], "", Clarity.WORD),
        (["注册资金(万元)"], "registered_capital_cny", Clarity.NAME),
        (["号码3"], "msisdns", Clarity.UNCLEAR),
        (["某列"], "", Clarity.WORD),
    ]:
        assert meaning_of(parts, ImportKind.APPLICATIONS) == (column, clearness)


def test_a_name_tells_the_unit() -> None:
    for name, unit in [
        ("注册资本(万元)", "万元"),
        ("注册资本(万)", "万元"),
        ("资本:百万元", "百万元"),
        ("注册资本", None),
    ]:
        assert unit_in(name) == unit
