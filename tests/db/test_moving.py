"""A database whose site moved is sealed, and what the other kind of database cannot store is named."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from db import dialect, schema
from db.dialect import MOVED_TO, MOVING_FROM, Misfit, misfits
from db.models import ImportBatchRow, SettingRow
from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from tests.sites import Site
from workbench.errors import BadConfiguration, ExitCode
from workbench.services.intake.batches.publishing import try_lock

SERVER = "postgresql:///cases?host=/nowhere"


@pytest.mark.sqlite("only a file has values of any kind in a column")
@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("business_scope", "'a' || char(0) || 'b'", "nul"),
        ("business_scope", "x'61'", "kind"),
        ("line", "'three'", "kind"),
        ("line", "1.5", "kind"),
        ("licence_valid_to", "'2026-02-30'", "kind"),
        ("licence_valid_to", "'2026-1-2'", "kind"),
        ("licence_valid_to", "20260102", "kind"),
        ("licence_valid_to", "'0000-01-01'", "range"),
        ("province", "printf('%.2600c', 'x') || 'x'", "length"),
    ],
)
def test_a_value_that_a_server_cannot_store_is_named(site: Site, column: str, value: str, problem: str) -> None:
    site.plant(2)
    table = SQLModel.metadata.tables["application"]
    with site.tampering() as session:
        assert list(misfits(session.connection(), table)) == []
        session.execute(text(f"UPDATE application SET {column} = {value} WHERE id = 2"))

        assert list(misfits(session.connection(), table)) == [Misfit("application", "2", column, problem)]


@pytest.mark.sqlite("only a file has values of any kind in a column")
def test_a_number_that_is_no_boolean_is_named(site: Site) -> None:
    site.plant()
    with site.tampering() as session:
        session.execute(text('UPDATE "case" SET is_listed = 2'))

        found = list(misfits(session.connection(), SQLModel.metadata.tables["case"]))
    assert found == [Misfit("case", "1", "is_listed", "kind")]


@pytest.fixture
def terminal(site: Site) -> Terminal:
    """Runs commands on the test's own database."""
    return Terminal(site)


def seal(site: Site, name: str, value: str) -> None:
    with site.elsewhere().services("admin").context.write() as session:
        session.add(SettingRow(name=name, value=value))
        session.flush()
        dialect.stamp(session.connection(), -schema.VERSION)


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        (MOVED_TO, SERVER, f"moved to {SERVER}, so this database is sealed", f"已迁到 {SERVER}"),
        (MOVING_FROM, '{"from": "/srv/w.db"}', "is the unfinished copy of /srv/w.db", "是 /srv/w.db 尚未完成的副本"),
    ],
)
def test_a_sealed_database_is_refused_and_says_where_the_site_is(
    terminal: Terminal, name: str, value: str, english: str, chinese: str
) -> None:
    site = terminal.site
    site.plant()
    opened = site.services("a")
    seal(site, name, value)

    assert english in refused(terminal.as_person("a", "queue"), ExitCode.CONFIG)
    assert english in terminal.as_person("admin", "doctor").output
    with speaking("zh"):
        assert chinese in refused(terminal.as_person("a", "next"), ExitCode.CONFIG)
    with pytest.raises(BadConfiguration, match=english[:20]):
        opened.claims.next()


@pytest.mark.sqlite("a file moves to a server here")
def test_a_move_is_for_an_admin_and_names_one_of_each_kind(terminal: Terminal, tmp_path: Path) -> None:
    file = str(terminal.site.path)

    for words in ([file], [file, "--to", str(tmp_path / "b.db")], [file, SERVER, "--to", "b"], [SERVER, SERVER]):
        assert "migrate FILE URL" in refused(terminal.as_person("admin", "migrate", *words), ExitCode.USAGE)
    refused(terminal.as_person("sup", "migrate", file, SERVER), ExitCode.NOT_ALLOWED)
    said = refused(terminal.as_person("admin", "migrate", file, SERVER), ExitCode.IO)

    assert said.startswith("The server of postgresql:///cases?host=/nowhere")
    assert terminal.as_person("a", "queue").exit_code == ExitCode.OK


@pytest.mark.sqlite("a file moves to a server here")
def test_a_site_with_an_unfinished_import_stays_and_says_which(terminal: Terminal) -> None:
    context = terminal.site.services("admin").context
    with context.write() as session:
        session.add(ImportBatchRow(id=7, kind="applications", started_at=context.now(), started_by_id=1))
    with try_lock(context.store, 7):
        said = refused(terminal.as_person("admin", "migrate", str(terminal.site.path), SERVER), ExitCode.BUSY)

    assert said.startswith("The import B-000007 has not finished")


def test_an_encrypted_site_stays_in_its_file(tmp_path: Path) -> None:
    encrypted = Site(tmp_path / "w.db", is_encrypted=True).create()

    said = refused(Terminal(encrypted).as_person("admin", "migrate", str(encrypted.path), SERVER), ExitCode.CONFIG)

    assert said.endswith("is encrypted, which a database on a server cannot be; keep the site in its file.")
    encrypted.close()
