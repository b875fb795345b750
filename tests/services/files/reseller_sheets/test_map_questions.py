"""On a terminal, an import asks what the columns of a new sheet mean, and keeps the answers."""

from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.framework.terminal import Terminal
from tests.services.files.reseller_sheets import sheets
from tests.services.files.reseller_sheets.sheets import COMPANIES, ID_NUMBERS, NUMBERS, PEOPLE, Sheet
from tests.sites import Site
from workbench.cli.files import reseller_sheets as commands

pytestmark = pytest.mark.proof

SUBMITTED = "2026-11-23T00:00:00+08:00"


@pytest.fixture
def terminal(site: Site) -> Terminal:
    return Terminal(site)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "is_terminal", lambda: True)


def ask(terminal: Terminal, path: Path, *answers: str, dry_run: bool = False) -> Result:
    """Import a file for the first time on a terminal."""
    words = ("import", "applications", str(path), "--map", "m", "--as", "admin", *["--dry-run"] * dry_run)
    lines = "".join(f"{answer}\n" for answer in answers)
    return terminal.run_bare("--database", str(terminal.site.path), *words, answers=lines)


def test_on_a_terminal_a_person_confirms_what_is_proposed(
    terminal: Terminal, tmp_path: Path, at_a_terminal: None
) -> None:
    sheet = sheets.titled()
    # A row of the template that nobody filled in.
    path = Sheet([*sheet.rows, [4, "", "", "", "", "", "企业"]], sheet.merged).write(tmp_path / "sheet.xlsx")
    assert "Nothing is imported yet. [y/N]" in ask(terminal, path, "n", dry_run=True).stderr
    refused_first = ask(terminal, path, "n")
    assert "and import? [y/N]" in refused_first.stderr
    assert (refused_first.exit_code, terminal.document("admin", "imports")["batches"]) == (65, [])

    result = ask(terminal, path, "y")

    assert result.exit_code == 0, result.output
    shown = [line.split() for line in result.stderr.splitlines()]
    assert ["F", "注册资本(万元)", "registered_capital_cny", "(万元)", "500", "its", "name"] in shown
    assert ["A", "序号", "not", "imported", "1…", "(1", "character)"] in shown
    assert NUMBERS[0] not in result.stderr
    assert "left out: rows with 合计, 制表" in result.stderr
    assert "header in line 3, 3 records." in result.stderr
    assert "Left out as totals, notes or headers: lines 7, 8, 9." in result.stderr
    assert terminal.document("a", "show", "C-3")["application_no"] == "HB2026-2"
    assert [found["proposed"] for found in terminal.document("a", "maps")["maps"]] == [False]


def test_on_a_terminal_it_asks_what_it_does_not_know(terminal: Terminal, tmp_path: Path, at_a_terminal: None) -> None:
    header = ["申请编号", "企业名称", "经办人", "经办人身份证号", "某列", "另一列", "注册资本", "主体类型", "第九列"]
    row = ["A-1", COMPANIES[0], "王某某", "11010519491231002X", "其他甲", "其他乙", "500", "合伙", "其他丙"]
    path = Sheet([header, row]).write(tmp_path / "sheet.csv")

    result = ask(terminal, path, "?", "行业", "", "", "then", "?", "= then", "= 2026-11-23", "", "斤", "万", "x", "")

    assert result.exit_code == 65, result.output
    assert "The columns that are left: agent, submitted_at" in result.stderr
    assert "Answer with the letters of a column, or with = and a value." in result.stderr
    assert "“?” is not a valid date or time" in result.stderr
    assert "“then” is not a valid date or time" in result.stderr
    assert result.stderr.count("The units are 元, 千元") == 2
    assert "“x” is not a known value" in result.stderr
    assert "The map cannot be used before each ? and each required column is answered." in result.stderr

    result = ask(terminal, path, "企业", "y")

    assert result.exit_code == 0, result.output
    assert "It has the answers that are kept in" in result.stderr
    assert "The map m is in use for applications; import with --map m." in result.stderr
    shown = terminal.document("a", "show", "C-1")
    identity = shown["identity"]
    assert (shown["agent"], identity["submitted_at"], identity["industry"]) == ("m", SUBMITTED, "其他甲")
    assert (identity["registered_capital_cny"], identity["applicant_kind"]) == (5_000_000, "enterprise")


def test_a_required_column_is_named_at_its_own_letter_and_its_unknown_words_are_asked_for(
    terminal: Terminal, tmp_path: Path, at_a_terminal: None
) -> None:
    header = ["申请编号", "申请日期", "企业名称", "经办人", "经办人身份证号", "某列"]
    path = Sheet([header, ["A-1", "2026-11-23", COMPANIES[0], PEOPLE[0], ID_NUMBERS[0], "LLC"]]).write(
        tmp_path / "sheet.csv"
    )

    result = ask(terminal, path, "applicant_kind", "enterprise", "y")

    assert result.exit_code == 0, result.output
    assert "What does “LLC” in “某列” mean" in result.stderr
    assert terminal.document("a", "show", "C-1")["identity"]["applicant_kind"] == "enterprise"


def test_an_edited_proposal_chooses_the_header_and_is_never_replaced(
    terminal: Terminal, tmp_path: Path, at_a_terminal: None
) -> None:
    header = [["单号", "公司名", "主体类型", "开通号码", "提交", "办件"], ["", "", "", "", "", "姓甚名谁", "证件2"]]
    row = ["A-1", COMPANIES[0], "企业", NUMBERS[0], "2026-11-20", "王某某", ID_NUMBERS[0]]
    path = Sheet([*header, row]).write(tmp_path / "sheet.csv")
    assert ask(terminal, path, *[""] * 9).exit_code == 65
    kept = Path(terminal.document("a", "maps")["maps"][0]["file"])
    text = kept.read_text(encoding="utf-8")
    assert '"#G"' in text

    edited = text.replace('"办件"', '"办件/姓甚名谁"').replace('"#G"', '"办件/证件2"')
    kept.write_text(edited.replace("/证件", "/证"), encoding="utf-8")
    result = ask(terminal, path, "")
    assert (result.exit_code, kept.read_text(encoding="utf-8")) == (78, edited.replace("/证件", "/证"))
    assert f"The proposal {kept} has columns that sheet.csv has not: 办件/证2." in result.stderr

    kept.write_text(edited, encoding="utf-8")
    result = ask(terminal, path, "f", "g", "y")
    assert result.exit_code == 0, result.output
    assert terminal.document("a", "show", "C-1")["identity"]["handler_name"] == "王••"
