"""Files that are refused: odd ones, values that are not quoted, and places of output."""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dialect import is_server
from tests.cli.framework.terminal import Terminal, refused
from tests.services.files.reading.workbooks import write_cells, write_workbook
from tests.services.intake.importing.files import Desk, application
from tests.services.intake.importing.test_workbooks import sheet
from tests.sites import Site
from workbench.domain.values.bad_value import outline_of, with_outlined_numbers
from workbench.services.foundation.safe_files import open_regular

PEOPLE = ("欧阳样本", "样本甲", "李样", "Maria Sample-Long")


NUMBERS = ("11010519491231002X", "13800138000", "E12345678", "HA1234567", "８６１３８００１３８０００", "075512345678")


SECRETS = (*PEOPLE, *NUMBERS)


RUN = re.compile(r"\d{7}")


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
    unknown = desk.write([{"application_no": secret, "agent": secret, "msisdn": "1"} for secret in SECRETS])
    assert_silent(said(terminal, "cards", unknown), *SECRETS)
    cells = application("A-1", handler_name="欧阳样本", legal_rep_name="样本甲")
    shifted = desk.write([dict(zip(cells, [*cells.values()][-1:] + [*cells.values()][:-1], strict=True))])
    values = ("欧阳样本", "样本甲", cells["handler_id_no"], cells["contact_phone"])
    assert_silent(said(terminal, "applications", shifted), *values)
    header = "".join(f'<c t="str"><v>{name}</v></c>' for name in ("application_no", "msisdn"))
    row = '<c t="str"><v>A-1</v></c><c><v>欧阳样本</v></c>'
    book = write_cells(desk.folder / "c.xlsx", f"<row>{header}</row><row>{row}</row>", name="cards")
    assert_silent(said(terminal, "cards", book), "欧阳样本")


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


def test_a_refused_value_is_shown_by_its_ends_and_its_length(terminal: Terminal, desk: Desk) -> None:
    file = desk.write([application("A-1", submitted_at="13800138000")])
    result = terminal.as_person("admin", "import", "applications", str(file))
    assert "“1…0 (11 characters)” is not a valid date or time" in result.stdout

    result = terminal.as_person("admin", "import", "applications", str(file), "--lang", "zh")
    assert "“1…0（11个字符）”" in result.stdout


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


COMMANDS = (
    ("import", "applications"),
    ("import", "workbook"),
    ("import", "calendar"),
    ("notices", "sent"),
    ("forecast", "backtest", "--log"),
)


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def device(path: Path) -> Path:
    path.symlink_to("/dev/zero")
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.promise("I8")
def test_a_pipe_a_device_and_a_folder_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    for make in (pipe, device, folder):
        odd = str(make(tmp_path / f"{make.__name__}.csv"))
        for command in COMMANDS:
            login = "a" if command[0] == "notices" else "admin"
            result = terminal.as_person(login, *command, odd, "--json")
            assert "regular file" in refused(result, 65, json_failure=True), command


def test_a_site_file_and_a_hash_key_that_are_pipes_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    terminal.site.close()
    site_file = pipe(tmp_path / "site.toml")
    assert "regular file" in refused(terminal.run_bare("--site", str(site_file), "queue", "--json"), 78)

    key = terminal.site.store / "hash.key"
    key.unlink()
    pipe(key)
    assert "hash key" in refused(terminal.as_person("a", "queue", "--json"), 78)


def test_a_file_that_grows_while_it_is_read_ends_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"x" * 100_000)

    read = 0
    with open_regular(path) as file, path.open("ab") as writer:
        while chunk := file.read(10_000):
            read += len(chunk)
            writer.write(b"y" * 20_000)
            writer.flush()

    assert read == 100_000


def test_a_file_that_is_too_large_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.services.outbox.sent_report._MOST_BYTES", 1 << 20)
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.truncate(1 << 40)

    result = terminal.as_person("a", "notices", "sent", str(path), "--json")
    assert "larger than 1 MB" in refused(result, 65, json_failure=True)


ENDS = ("", ".store/hash.key", ".store/new.csv", "-wal", "-shm", "-journal", ".lock")
"""The ends of the names of what belongs to a database; the last four are beside a file only."""


def own_files(site: Site) -> list[Path]:
    return [Path(f"{site.path}{end}") for end in (ENDS[:3] if is_server(site.path) else ENDS)]


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file of the database, and what else is in its folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".db-" not in path.name
    }


def export(terminal: Terminal, target: Path) -> str:
    terminal.site.close()
    before = digests(terminal.site.path.parent)
    result = terminal.as_person("admin", "export", "events", "--output", str(target), "--format", "csv", "--json")
    assert digests(terminal.site.path.parent) == before
    return refused(result, 73, json_failure=True)


@pytest.mark.promise("I8")
def test_an_export_onto_a_file_of_the_database_or_a_link_to_one_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.site.services("admin").context.write():
        """The lock exists once something was written."""
    own = own_files(terminal.site)
    for path in own:
        assert "belongs to the database" in export(terminal, path)
    for number, path in enumerate((*own[:2], *own[6:])):
        for link in (os.symlink, os.link):
            target = tmp_path / f"{link.__name__}{number}.csv"
            link(path, target)
            assert "belongs to the database" in export(terminal, target), target
            target.unlink()
    os.mkfifo(tmp_path / "pipe.csv")
    assert "pipe or device" in export(terminal, tmp_path / "pipe.csv")
    assert (tmp_path / "pipe.csv").is_fifo()
    for _time in range(2):
        terminal.document("admin", "export", "events", "--output", str(tmp_path / "w.db.csv"))


def test_rejected_rows_and_documents_do_not_replace_files_of_the_database_either(
    terminal: Terminal, tmp_path: Path
) -> None:
    desk = Desk(terminal.site, tmp_path)
    file = desk.write([application("A-1"), application("A-2", submitted_at="yesterday")])
    for path in own_files(terminal.site):
        result = terminal.as_person("admin", "import", "applications", str(file), "--rejects", str(path), "--json")
        assert "belongs to the database" in refused(result, 73, json_failure=True)
    assert terminal.document("admin", "imports")["batches"] == []

    desk.applications(application("A-1"))
    desk.documents("A-1")
    inside = terminal.site.store / "documents" / "out"
    result = terminal.as_person("a", "documents", "C-000001", "--to", str(inside), "--json")
    assert "belongs to the database" in refused(result, 73, json_failure=True)
    assert not inside.exists()
