"""A site on a server is set up by the owner of the database, who made its groups; others are told what it takes."""

from pathlib import Path

import pytest

from db.dialects.server_address import remember_address
from tests import servers
from tests.sites import SUPPLIER, ManualClock, Site
from workbench.errors import NotAllowed
from workbench.services.database.opening import NewDatabase, make_database


def test_only_the_owner_of_a_database_and_its_groups_sets_a_site_up(tmp_path: Path) -> None:
    if not Site.uses_server:
        pytest.skip("a file has no owner on a server")
    path = tmp_path / "w.postgresql"
    url, owner = servers.create_database(path), servers.give_owner(path)
    group = f"{owner.removeprefix('owner_of_')}_desks"
    servers.create_login("builder", "CREATEROLE")

    def make(login: str) -> None:
        remember_address(path, url.replace("postgres:secret-word@", f"{login}@"))
        make_database(path, NewDatabase(login="zhao", supplier=SUPPLIER), ManualClock())

    for login, hindrance, remedy in (
        ("builder", "SELECT", "SELECT"),
        (owner, f"CREATE ROLE {group}", f"DROP ROLE {group}"),
    ):
        servers.run(hindrance)
        with pytest.raises(NotAllowed, match=f"must own the database, and have made the group roles .*{group}"):
            make(login)
        servers.run(remedy)
    make(owner)

    assert path.exists()
    servers.drop_database(path)
