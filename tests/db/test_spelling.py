"""The SQL of the program, as PostgreSQL writes it, and the address of its server."""

import subprocess
import sys
from pathlib import Path

import pytest

from db.access import FileAccess
from db.dialects import server_address
from db.dialects.spelling import spell
from tests.sites import Site


@pytest.mark.parametrize(
    ("sqlite", "postgresql"),
    [
        ("ORDER BY due, c.id", "ORDER BY due NULLS FIRST, c.id"),
        ("ORDER BY coalesce(a, 'x, y') DESC LIMIT 1", "ORDER BY coalesce(a, 'x, y') DESC NULLS LAST LIMIT 1"),
        (
            "(SELECT a ORDER BY b LIMIT 1) UNION (SELECT c ORDER BY max(d, e), f)",
            "(SELECT a ORDER BY b NULLS FIRST LIMIT 1) UNION (SELECT c ORDER BY max(d, e) NULLS FIRST, f NULLS FIRST)",
        ),
        ("ORDER BY a NULLS LAST", "ORDER BY a NULLS LAST"),
        ("c.is_listed = 1 AND is_open = 0", "c.is_listed = true AND is_open = false"),
        ('"case" AS c INDEXED BY ix_case_order WHERE', '"case" AS c WHERE'),
        ("a.x COLLATE NOCASE IN (%(p_0)s, %(p_1)s)", "lower(a.x) = ANY(lower_all(ARRAY[%(p_0)s, %(p_1)s]))"),
        ("c.name LIKE %(p)s ESCAPE '\\'", "c.name ILIKE %(p)s ESCAPE '\\'"),
    ],
)
def test_a_statement_means_the_same_on_postgresql(sqlite: str, postgresql: str) -> None:
    assert spell(sqlite) == postgresql
    assert spell(postgresql) == postgresql


@pytest.mark.terminal
@pytest.mark.sqlite("a server loads it")
def test_a_report_from_a_file_loads_nothing_of_postgresql_and_no_arithmetic_that_it_does_not_need(site: Site) -> None:
    words = ["workbench", "--database", str(site.path), "--as", "sup", "report", "--json"]
    wanted = ["sqlalchemy", "workbench.services.quality.reports"]
    others = ["psycopg", "sqlalchemy.dialects.postgresql", "numpy", "scipy", "xlsxwriter", "jinja2"]
    code = f"import sys; sys.argv = {words}\nfrom workbench.__main__ import main\n"
    code += "try: main()\nexcept SystemExit: pass\n"
    code += f"print(sorted({{*{wanted + others}}} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == str(wanted)


@pytest.mark.parametrize(
    ("url", "shown", "name"),
    [
        (
            "postgresql://ann:s3cret@db.example.com:5433/cases",
            "ann@db.example.com:5433/cases",
            "db.example.com-5433-cases",
        ),
        ("postgresql:///cases?host=/run/pg&password=s3cret", "/cases?host=/run/pg", "run-pg-cases"),
        ("postgres://ann@h/cases?sslpassword=s3cret&sslmode=verify-full", "ann@h/cases?sslmode=verify-full", "h-cases"),
    ],
)
def test_the_file_that_stands_for_a_server_has_its_url_without_the_password(
    tmp_path: Path, url: str, shown: str, name: str
) -> None:
    file = server_address.file_of(url, tmp_path)
    server_address.write_file(file, url, FileAccess.PRIVATE)

    assert file.name == f"{name}.postgresql"
    assert file.read_text(encoding="utf-8").strip().endswith(f"//{shown}")
    assert server_address.url_of(file) == url
    assert "s3cret" not in file.read_text(encoding="utf-8")
