"""Sheets as resellers send them, made up: titles, merged cells, sums, amounts in 万元, several numbers in a cell."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.services.files.reading import workbooks

Value = str | int | float | date
Span = tuple[int, int, int, int]
"""The first row and column of merged cells, and the last ones, counted from 0."""

COMPANIES = ("虚构甲号信息服务有限公司", "虚构乙号咨询有限公司", "虚构丙号教育科技有限公司")
CODES = ("91110000600037341L", "91110108551385082Q", "91310000607405461H")
PEOPLE = ("王某某", "李某", "张某某")
ID_NUMBERS = ("11010519491231002X", "440524198001010014", "110105199003071234")
NUMBERS = ("17012345671", "17012345672", "16712345673", "16212345674", "17112345675", "16512345676")


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet, and which cells are merged."""

    rows: Sequence[Sequence[Value]]
    merged: Sequence[Span] = ()

    def write(self, path: Path, encoding: str = "utf-8-sig") -> Path:
        """Write it as the suffix of the path says."""
        if path.suffix == ".xlsx":
            return write_workbook(path, {"Sheet1": self})
        width = max(map(len, self.rows))
        with path.open("w", encoding=encoding, newline="") as file:
            # A spreadsheet gives each row as many fields as the longest one has.
            csv.writer(file).writerows([[*row, *[""] * (width - len(row))] for row in self.rows])
        return path


def write_workbook(path: Path, sheets: Mapping[str, Sheet], hidden: Sequence[str] = ()) -> Path:
    """Write sheets as a workbook."""
    rows, merged = ({name: getattr(sheet, what) for name, sheet in sheets.items()} for what in ("rows", "merged"))
    return workbooks.write_workbook(path, rows, merged=merged, hidden=hidden)


def _applicant(place: int, kind: str = "企业") -> list[Value]:
    """Return company, code, kind, handler and the handler's number."""
    return [COMPANIES[place], CODES[place], kind, PEOPLE[place], ID_NUMBERS[place]]


def titled() -> Sheet:
    """Return a sheet with a title, a number for each row, remarks and a sum."""
    header: list[Value] = ["序号", "申请单号", "申请日期", "企业全称", "统一社会信用代码", "注册资本（万元）"]
    header += ["主体类型", "经办人", "经办人身份证号码", "申请手机号", "数量", "备注"]
    rows: list[list[Value]] = [
        ["虚构渠道电销卡二次审核申请表"],
        ["日期：2026.11.24", "", "", "制表：某某"],
        header,
    ]
    for place in range(3):
        company, code, *others = _applicant(place)
        numbers = "、".join(NUMBERS[2 * place : 2 * place + 2])
        remark = "加急" if place else ""
        own: list[Value] = [place + 1, f"HB2026-{place}", "2026.11.23", company, code, 500 + place]
        rows.append([*own, *others, numbers, 2, remark])
    rows += [["合计", "", "", "", "", 1503, "", "", "", "", 6], ["制表人：某某", "", "", "审核人：某某"]]
    return Sheet(rows, merged=[(0, 0, 0, 11), (6, 0, 6, 4)])


def one_row_for_each_number() -> Sheet:
    """Return a sheet in which the cells of an application are merged over the rows of its numbers."""
    header = ["申请编号", "报送日期", "单位名称", "信用代码", "单位性质", "经办人", "身份证号码", "手机号码", "备注"]
    rows: list[list[Value]] = [[*header]]
    merged: list[Span] = []
    for place in range(2):
        first = len(rows)
        for number in NUMBERS[3 * place : 3 * place + 3]:
            own = [f"M-{place}", "2026/11/23", *_applicant(place)] if len(rows) == first else [""] * 7
            rows.append([*own, number, ""])
        merged += [(first, column, first + 2, column) for column in range(7)]
    return Sheet(rows, merged)


def everything_at_once() -> Sheet:
    """Return a sheet with levels, merged applications, stored dates and numbers, and signatures below a sum."""
    upper: list[Value] = [
        "",
        "序号",
        "业务编号",
        "报送日期",
        "企业基本信息",
        "",
        "",
        "",
        "经办人信息",
        "",
        "",
        "",
        "办理号码",
    ]
    lower: list[Value] = ["", "", "", "", "企业名称", "代码", "注册资本\n(万元)", "客户类型", "姓 名", "身份证号"]
    lower += ["证件有效期限", "手机号"]
    rows: list[list[Value]] = [["", "电销卡资料汇总表"], ["", "单位：万元"], [], upper, lower]
    merged = [(0, 1, 0, 12), (3, 4, 3, 7), (3, 8, 3, 11), *((3, column, 4, column) for column in (1, 2, 3, 12))]
    for place in range(2):
        company, code, kind, person, number = _applicant(place)
        merged += [(len(rows), column, len(rows) + 2, column) for column in range(1, 12)]
        own: list[Value] = ["", place + 1, f"X-{place}", date(2026, 11, 23), company, code, 100.5, kind, person]
        own += [number, "2018.06.06-长期", 13900000000]
        rows.append([*own, int(NUMBERS[3 * place])])
        rows += [[*[""] * 12, int(more)] for more in NUMBERS[3 * place + 1 : 3 * place + 3]]
    rows += [["", "合  计", "", "", "", "", 201], ["", "填报人：某某   审核人：某某"]]
    return Sheet(rows, [*merged, (12, 1, 12, 12)])


def numbers_in_columns() -> Sheet:
    """Return a sheet with a column for each number, marks of required columns, and a sum within a text."""
    header = [
        "*申请编号（必填）",
        "*客户名称",
        "营业执照号码",
        "客户类型",
        "经办人（必填）",
        "经办人证件号",
        "手机号",
        "提交日期",
    ]
    rows: list[list[Value]] = [[*header, "卡号1", "卡号2", "卡号3"]]
    for place in range(2):
        own = [f"C-{place}", *_applicant(place), "13800138000", "2026-11-23"]
        rows.append([*own, NUMBERS[2 * place], NUMBERS[2 * place + 1], ""])
    return Sheet([*rows, ["", "", "", "", "", "", "", "", "共计：4个"]])


def without_telling_names() -> Sheet:
    """Return a sheet whose names say nothing about the values."""
    rows: list[list[Value]] = [[*(f"字段{word}" for word in "一二三四五六七八"), "客户经理"]]
    for place in range(3):
        rows.append([f"V-{place}", "2026-11-23", *_applicant(place), NUMBERS[place], "某经理"])
    return Sheet(rows)
