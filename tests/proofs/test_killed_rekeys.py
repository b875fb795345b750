"""A rekey that is killed at any moment leaves the former key or the new one, and all of the data."""

import random
import time
from pathlib import Path

import pytest

from tests.fork_server import fork_server
from tests.sites import Site, new_key
from tests.sizes import sized
from workbench.services.encryption.key_settings import KeySettings

pytestmark = [pytest.mark.proof, pytest.mark.promise("S10")]

_LONGEST_S = 0.6
_CHILD = """
import sys
from pathlib import Path
from tests.sites import ManualClock
from workbench.services.encryption.key_source import Key, KeyKind, KeySource
from workbench.services.database.opening import open_services
from workbench.services.database.new_key import rekey
services = open_services(Path(sys.argv[1]), "admin", ManualClock())
print("open", flush=True)
for turn in range(1000):
    source = KeySource(kind=KeyKind.FILE, where=sys.argv[2 + turn % 2])
    rekey(services.context, Key(source, source.read(None, None)))
"""


def test_a_killed_rekey_leaves_the_former_key_or_the_new_one(tmp_path: Path) -> None:
    site = Site(tmp_path / "w.db", is_encrypted=True).create()
    site.plant(3)
    site.close()
    site.services_by_login.clear()
    keys = [tmp_path / "one.key", tmp_path / "other.key"]
    for file in keys:
        new_key(file)
    store, dice = Path(f"{site.path}.store"), random.Random(5)
    changes = 0
    for _turn in range(sized(ci=6, full=200)):
        before = (store / "encryption.toml").read_bytes()
        # It begins with the key that the database does not have.
        keys.sort(key=lambda file: f'where = "{file}"'.encode() in before)
        child = fork_server().start_piped(_CHILD, str(site.path), *map(str, keys))
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        time.sleep(dice.uniform(0, _LONGEST_S))
        child.kill()
        child.wait()
        child.stdout.close()
        settings = KeySettings.read(store)
        assert settings is not None
        # It opens, with the key that it names.
        with site.services("sup").context.read():
            pass
        assert site.state(1) == "queued"
        site.close()
        site.services_by_login.clear()
        changes += (store / "encryption.toml").read_bytes() != before
    assert changes
