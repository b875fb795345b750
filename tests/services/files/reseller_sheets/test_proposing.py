"""What a proposal makes of names that may mean several things."""

from dataclasses import replace
from pathlib import Path

import pytest

from db.enums import DocumentKind, ImportKind
from tests.services.files.reseller_sheets.sheets import CODES, COMPANIES, ID_NUMBERS, NUMBERS, Sheet, write_workbook
from workbench.errors import BadConfiguration
from workbench.services.files.reading.problems import FileProblem
from workbench.services.files.reseller_sheets.conversions import ColumnRule
from workbench.services.files.reseller_sheets.proposal import Proposal
from workbench.services.files.reseller_sheets.proposing import propose
from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED, MapContent

pytestmark = pytest.mark.proof

PHONE = "13800138000"


def proposed(path: Path, *columns: tuple[str, str]) -> Proposal:
    """Return the proposal for a sheet with an application number and these columns, each with a value."""
    rows = [["申请编号", *(name for name, _value in columns)], ["A-001", *(value for _name, value in columns)]]
    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, Sheet(rows).write(path / "s.csv"), None, "")
    return proposal


def test_numbers_are_of_cards_or_of_a_person_by_what_stands_beside(tmp_path: Path) -> None:
    for names, meanings in [
        (["号码1", "号码2", "号码3"], ["msisdns", "msisdns", "msisdns"]),
        (["手机号", "卡号"], ["contact_phone", "msisdns"]),
        (["卡号", "手机号码"], ["msisdns", "contact_phone"]),
        (["手机号码"], ["msisdns"]),
        (["联系电话", "手机号"], ["contact_phone", "msisdns"]),
        (["联系电话", "卡号", "手机号"], ["contact_phone", "msisdns", UNDECIDED]),
    ]:
        proposal = proposed(tmp_path, *((name, PHONE) for name in names))

        assert [column.means for column in proposal.columns[1:]] == meanings


def test_names_that_two_columns_have_are_asked_about_and_never_guessed(tmp_path: Path) -> None:
    for counts in [("", ""), ("1", "2"), ("一", "二")]:
        first = [(f"姓名{counts[0]}", "王某某"), (f"身份证号{counts[0]}", "11010519491231002X")]
        second = [(f"姓名{counts[1]}", "李某某"), (f"身份证号{counts[1]}", "110105194912310021")]

        proposal = proposed(tmp_path, *first, ("备注", "甲"), *second, ("备注", "乙"), ("卡号", NUMBERS[0]))

        means = {column.name: column.means for column in proposal.columns[1:]}
        assert len(means) == 7
        assert {meaning for name, meaning in means.items() if name[0] in "姓身"} == {UNDECIDED}
        assert {meaning for name, meaning in means.items() if name[0] in "备"} == {""}
        assert "msisdns" in means.values()


def test_values_tell_what_names_do_not(tmp_path: Path) -> None:
    for name, value, means in [
        ("某列", NUMBERS[0], "msisdns"),
        ("某列", f"{PHONE}、13900139000", "msisdns"),
        ("某列", PHONE, "contact_phone"),
        ("某列", CODES[0], "uscc"),
        ("某列", "11010519491231002X", "handler_id_no"),
        ("某列", COMPANIES[0], "applicant_name"),
        ("某列", "湖北省", "province"),
        ("某列", "2026.11.24", "submitted_at"),
        ("某列", "个体户", "applicant_kind"),
        ("某列", "欧阳", UNDECIDED),
        ("某列", "20261124", UNDECIDED),
        ("申请时间段", "上午", "submitted_at"),
        ("备注", COMPANIES[0], ""),
        ("某列", "", ""),
    ]:
        assert proposed(tmp_path, (name, value)).columns[1].means == means


def test_small_amounts_without_a_unit_are_left_to_a_person(tmp_path: Path) -> None:
    for value, unit in [("500", UNDECIDED), ("5,000,000", None), ("500万", None), ("0.5", UNDECIDED)]:
        assert proposed(tmp_path, ("注册资本", value)).columns[1].unit == unit


def test_an_order_of_dates_is_proposed_if_there_is_one_only(tmp_path: Path) -> None:
    for value, order in [("24/11/2026", "dmy"), ("11/24/2026", "mdy"), ("11/10/2026", None), ("2026/11/24", None)]:
        assert proposed(tmp_path, ("提交时间", value)).columns[1].order == order


def test_hints_below_the_names_and_an_example_are_no_records(tmp_path: Path) -> None:
    rows = [
        ["序号", "申请编号", "注册资本", "提交时间"],
        ["", "", "(万元)", "(如2026-11-24)"],
        ["示例", "SQ-001", "500", "2026-11-01"],
        ["1", "A-001", "300", "2026-11-24"],
    ]
    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, Sheet(rows).write(tmp_path / "s.csv"), None, "")
    _number, key, capital, time = proposal.columns

    assert (capital.name, capital.means, capital.unit) == ("注册资本/(万元)", "registered_capital_cny", "万元")
    assert (key.values, time.values) == (["A-001"], ["2026-11-24"])
    assert proposal.rows.totals == ("示例",)


def test_names_that_the_policy_gives_to_documents_are_not_asked_about(tmp_path: Path) -> None:
    rows = [["申请编号", "资料类型", "文件"], ["A-001", "门店照", "a.pdf"], ["A-001", "合影", "b.pdf"]]
    names = {"门店照": DocumentKind.PREMISES_MEDIA}

    [proposal] = propose("m", {ImportKind.DOCUMENTS: set()}, Sheet(rows).write(tmp_path / "s.csv"), None, "", names)

    assert proposal.columns[1].means == "kind"
    assert proposal.columns[1].words == {"合影": UNDECIDED}


@pytest.mark.parametrize("value", [PHONE, ID_NUMBERS[0], CODES[0], "2026年11月24日", "6222-0000"])
def test_a_record_is_never_taken_for_the_header(tmp_path: Path, value: str) -> None:
    header = [["Seq", "Form no", "Clerk", ""], ["", "", "Title", "Paper"]]
    records = [["1", "S-01", "Yan Xu", value], ["2", "S-02", "Yan Xu", value]]
    path = Sheet([*header, *records]).write(tmp_path / "s.csv")

    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, path, None, "")

    assert [column.name for column in proposal.columns] == ["Seq", "Form no", "Clerk/Title", "Clerk/Paper"]
    assert "line 2 may not be the header. If it is not, write the names of" in proposal.doubt
    with pytest.raises(FileProblem, match="No line is a header; add one"):
        propose("m", {ImportKind.APPLICATIONS: set()}, Sheet(records).write(path), None, "")


@pytest.mark.parametrize(("suffix", "below"), [("csv", "ID card"), ("csv", "Paper"), ("xlsx", "Paper")])
def test_a_header_reaches_as_far_down_as_its_names_and_merged_cells(tmp_path: Path, suffix: str, below: str) -> None:
    names = ["Order no.", "Company", "Numbers", "Handler", ""]
    sheet = Sheet(
        [names, ["", "", "", "Name", below], ["A-1", COMPANIES[0], NUMBERS[0], "Sample A", ID_NUMBERS[0]]],
        [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4)],
    )
    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, sheet.write(tmp_path / f"s.{suffix}"), None, "")

    assert [column.name for column in proposal.columns[3:]] == ["Handler/Name", f"Handler/{below}"]
    assert [column.means for column in proposal.columns[3:]] == ["handler_name", "handler_id_no"]


NAMES = ("申请编号", "企业名称", "经办人", "经办人身份证号", "号码", "提交时间", "企业类型", "联系电话")
RECORD = ("A-1", COMPANIES[0], "王某某", ID_NUMBERS[0], NUMBERS[0], "2026-11-20", "企业", PHONE)


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        # A line of a form above, and a note that is merged beside the rows.
        ([["代理商", "北方公司", "联系人", "王五"], [*NAMES, "填写说明"], RECORD], [(1, 8, 2, 8)]),
        # A row of a group, with a remark in a column without a name.
        ([NAMES, ["武汉分公司", *[""] * 7, "见附件"], RECORD], []),
    ],
)
def test_a_note_beside_a_record_is_no_part_of_the_header(
    tmp_path: Path, rows: list[list[str]], merged: list[tuple[int, int, int, int]]
) -> None:
    path = Sheet(rows, merged).write(tmp_path / "s.xlsx")
    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, path, None, "")

    assert [column.name for column in proposal.columns[:8]] == list(NAMES)


def test_the_names_of_a_kept_proposal_choose_line_and_sheet(tmp_path: Path) -> None:
    lines = Sheet([["C1", "C2", "C3"], ["alpha", "beta", "gamma"], ["x", "y", "z"]])
    better = Sheet([NAMES, RECORD])
    for sheets in ({"甲": lines}, {"甲": lines, "乙": better}):
        path = write_workbook(tmp_path / "s.xlsx", sheets)
        [proposal] = propose("m", {ImportKind.APPLICATIONS: {"c1", "C2", "C3"}}, path, None, "")

        assert [column.name for column in proposal.columns] == ["C1", "C2", "C3"]


def test_a_kept_proposal_fits_a_sheet_with_other_spelling_and_without_values(tmp_path: Path) -> None:
    kept = MapContent(
        kind=ImportKind.APPLICATIONS,
        columns={"Order No.": ColumnRule(means="application_no"), "#C": ColumnRule(means="industry")},
        ignored=("remarks",),
        constants={"applicant_kind": "enterprise"},
    )
    rows = [["order no.", "Remarks", "", "申请人类型"], ["A-1", "x", "", "企业"]]
    [proposal] = propose("m", {ImportKind.APPLICATIONS: set()}, Sheet(rows).write(tmp_path / "s.csv"), None, "")
    proposal.resume(kept, "m.toml")

    assert [column.means for column in proposal.columns] == ["application_no", "", UNDECIDED]
    with pytest.raises(BadConfiguration, match="has not: Trade"):
        proposal.resume(replace(kept, ignored=("Trade",)), "m.toml")
