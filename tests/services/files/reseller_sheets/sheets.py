"""Sheets as resellers send them, made up: titles, merged cells, sums, amounts in 万元, several numbers in a cell."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Value = str | int | float | datetime
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
    formats: Mapping[type, str] = field(default_factory=lambda: {datetime: "yyyy-mm-dd"})

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
    """Write sheets as a workbook; of merged cells the first has the value."""
    with xlsxwriter.Workbook(path) as workbook:
        for name, sheet in sheets.items():
            written = workbook.add_worksheet(name)
            if name in hidden:
                written.hide()
            formats = {kind: workbook.add_format({"num_format": code}) for kind, code in sheet.formats.items()}
            for first_row, first_column, last_row, last_column in sheet.merged:
                written.merge_range(first_row, first_column, last_row, last_column, "")
            for row, values in enumerate(sheet.rows):
                for column, value in enumerate(values):
                    if value != "":
                        _put(written, row, column, value, formats)
    return path


def _put(written: Any, row: int, column: int, value: Value, formats: Mapping[type, Any]) -> None:
    if isinstance(value, datetime):
        written.write_datetime(row, column, value, formats[datetime])
    elif isinstance(value, str):
        written.write_string(row, column, value)
    else:
        written.write_number(row, column, value)


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


def odd_values() -> Sheet:
    """Return a sheet with numbers on lines of a cell, units in cells, full-width digits and marks for nothing."""
    header = ["申请编号", "申请时间", "公司名称", "税号", "企业类型", "联系人", "联系人身份证号"]
    header += ["注册资金", "证件有效期", "联系电话", "卡号"]
    first = ["O-1", "2026年11月23日", *_applicant(0, "公司"), "500万元", "2016.05.10-2036.05.10", "/"]
    second = [
        "O-2",
        "２０２６．１１．２３",
        *_applicant(1, "个体工商户"),
        "人民币1,000万元整",
        "长期有效",
        "１３８００１３８０００",
    ]
    first[3] = f"'{CODES[0]}"
    numbers = (f"{NUMBERS[0]}\n{NUMBERS[1]}", f"{NUMBERS[2]} {NUMBERS[3]}")
    return Sheet([header, [*first, numbers[0]], header, [*second, numbers[1]]])


def in_english() -> Sheet:
    """Return a sheet in English with the day first, and a note at its end."""
    header = "No.|Order No|Date|Company Name|Credit Code|Customer Type|Contact Person|ID Number|Capital (万元)|Phone"
    rows: list[list[Value]] = [["Fictional Reseller: applications"], [*header.split("|"), "SIM Numbers", "Remarks"]]
    for place in range(2):
        own = [place + 1, f"E-{place}", f"{22 + place}/11/2026", *_applicant(place, "enterprise"), 200]
        rows.append([*own, "13800138000", ", ".join(NUMBERS[place : place + 2]), ""])
    return Sheet([*rows, ["Total", "", "", "", "", "", "", "", 400], ["Prepared by somebody"]])


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
        own: list[Value] = ["", place + 1, f"X-{place}", datetime(2026, 11, 23), company, code, 100.5, kind, person]  # noqa: DTZ001 - a sheet's date
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
