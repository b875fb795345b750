"""What an import says about refused values never quotes a name or number, in whatever column it stands."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.framework.terminal import Terminal
from tests.services.files.reading.workbooks import write_cells, write_workbook
from tests.services.intake.importing.files import Cells, Desk, application
from tests.services.intake.importing.test_workbooks import sheet
from workbench.domain.values.bad_value import outline_of, with_outlined_numbers

PEOPLE = ("欧阳样本", "样本甲", "李样", "Maria Sample-Long")
NUMBERS = ("11010519491231002X", "13800138000", "E12345678", "HA1234567", "８６１３８００１３８０００", "075512345678")
SECRETS = (*PEOPLE, *NUMBERS)
RUN = re.compile(r"\d{7}")


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(terminal.site, folder)


def said(terminal: Terminal, kind: str, file: Path, *more: str) -> str:
    """Return all that an import of a bad file prints, as text and as JSON."""
    printed = ""
    for words in ((), ("--json",)):
        result = terminal.as_person("admin", "import", kind, str(file), *more, *words)
        assert result.exit_code == 65, result.output
        printed += result.output
    return printed


def assert_silent(printed: str, *values: str) -> None:
    assert [value for value in values if value in printed] == []
    assert RUN.findall(printed) == []


def shifted(cells: Cells) -> dict[str, str]:
    """Return a row whose values all stand one column too far to the right."""
    values = list(cells.values())
    return dict(zip(cells, [values[-1], *values[:-1]], strict=True))


COLUMNS = {
    "applications": ("application_no", "submitted_at", "applicant_kind", "registered_capital_cny", "licence_valid_to"),
    "cards": ("application_no", "agent", "activated_on", "daily_quota_calls"),
    "documents": ("application_no", "kind", "path", "sealed", "sha256"),
    "calls": ("start_at", "duration_s", "answered"),
    "credit": ("list", "match", "amount_cny", "disputed"),
    "complaints": ("received_at", "verified"),
}
FILLED = {
    "applications": application(),
    "cards": {"msisdn": "1"},
    "documents": {},
    "calls": {"caller": "1", "callee": "2"},
    "credit": {"subject_no": "1"},
    "complaints": {"msisdn": "1"},
}


@pytest.mark.promise("N5")
def test_no_column_quotes_a_value_that_it_refuses(terminal: Terminal, desk: Desk) -> None:
    for kind, columns in COLUMNS.items():
        file = desk.write([{**FILLED[kind], **dict.fromkeys(columns, secret)} for secret in SECRETS])

        assert_silent(said(terminal, kind, file), *SECRETS)


def test_a_row_of_an_unknown_application_does_not_quote_its_number(terminal: Terminal, desk: Desk) -> None:
    file = desk.write([{"application_no": secret, "agent": secret, "msisdn": "1"} for secret in SECRETS])

    assert_silent(said(terminal, "cards", file), *SECRETS)


def test_a_shifted_row_is_refused_without_its_names_and_numbers(terminal: Terminal, desk: Desk) -> None:
    cells = application("A-1", handler_name="欧阳样本", legal_rep_name="样本甲")
    file = desk.write([shifted(cells)])

    printed = said(terminal, "applications", file)

    assert_silent(printed, "欧阳样本", "样本甲", cells["handler_id_no"], cells["contact_phone"])


def test_a_file_without_a_header_is_refused_without_its_names_and_numbers(terminal: Terminal, desk: Desk) -> None:
    file = desk.write([application("A-1", handler_name="欧阳样本")])
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    objects = desk.folder / "a.jsonl"
    objects.write_text(json.dumps(dict.fromkeys(SECRETS, "x"), ensure_ascii=False) + "\n", encoding="utf-8")

    assert_silent(said(terminal, "applications", file), "欧阳样本", "13800138000", "11010519491231002X")
    assert_silent(said(terminal, "applications", objects), *SECRETS)


def test_a_number_as_the_name_of_a_column_key_or_sheet_is_masked(terminal: Terminal, desk: Desk) -> None:
    file = desk.write([{"application_no": "A-1", "msisdn": "1", **dict.fromkeys(NUMBERS, "")}])
    twice = desk.folder / "a.jsonl"
    twice.write_text('{"application_no": "A-1", "13800138000": 1, "13800138000": 2}\n', encoding="utf-8")
    book = write_workbook(desk.folder / "b.xlsx", {"13800138000": sheet([{"application_no": "A-1", "msisdn": ""}])})

    assert_silent(said(terminal, "cards", file), *NUMBERS)
    assert_silent(said(terminal, "cards", twice), *NUMBERS)
    assert_silent(said(terminal, "workbook", book), *NUMBERS)


def test_the_causes_of_rejected_rows_quote_no_value(terminal: Terminal, desk: Desk) -> None:
    bad = application("A-2", submitted_at="欧阳样本", licence_valid_to="13800138000")
    rejects = desk.folder / "rejects.jsonl"
    source = desk.folder / "a.jsonl"
    source.write_text(json.dumps(bad, ensure_ascii=False) + "\n", encoding="utf-8")

    terminal.document("admin", "import", "applications", str(source), "--rejects", str(rejects))

    [row] = map(json.loads, rejects.read_text(encoding="utf-8").splitlines())
    assert_silent(row["cause"], "欧阳样本", "13800138000")
    assert (row["submitted_at"], row["licence_valid_to"]) == ("欧阳样本", "13800138000")


def test_a_refused_value_is_shown_by_its_ends_and_its_length(terminal: Terminal, desk: Desk) -> None:
    file = desk.write([application("A-1", submitted_at="13800138000")])
    result = terminal.as_person("admin", "import", "applications", str(file))
    assert "“1…0 (11 characters)” is not a valid date or time" in result.stdout

    result = terminal.as_person("admin", "import", "applications", str(file), "--lang", "zh")
    assert "“1…0（11个字符）”" in result.stdout


def test_a_formula_error_that_is_none_is_not_quoted(terminal: Terminal, desk: Desk) -> None:
    header = "".join(f'<c t="str"><v>{name}</v></c>' for name in ("application_no", "msisdn"))
    row = '<c t="str"><v>A-1</v></c><c><v>欧阳样本</v></c>'
    book = write_cells(desk.folder / "c.xlsx", f"<row>{header}</row><row>{row}</row>", name="cards")

    assert_silent(said(terminal, "cards", book), "欧阳样本")


@given(st.text(min_size=1, max_size=40))
def test_an_outline_shows_at_most_two_characters_and_the_length(text: str) -> None:
    shown = outline_of(text)

    assert shown.startswith(text[0])
    assert f"({len(text)} " in shown
    assert len(shown) <= len("… (40 characters)") + 2
    assert text not in shown.split(" (")[0] or len(text) == 1


@given(st.text(alphabet="0123456789１２AX京·- x{}", max_size=60))
def test_no_run_of_seven_digits_stays(text: str) -> None:
    masked = with_outlined_numbers(text)

    assert RUN.search(masked) is None
    assert with_outlined_numbers(masked) == masked
    if RUN.search(text) is None:
        assert masked == text
