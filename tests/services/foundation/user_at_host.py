"""A process that runs commands as other users of the host, for the tests of group sharing.

A made-up user may not be able to read where this Python lies, so everything is imported first.
"""

import encodings
import importlib
import json
import os
import pkgutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import workbench

_OF_WINDOWS = {"cp65001", "mbcs", "oem"}


def _load() -> None:
    """Import what any command will import."""
    for found in pkgutil.walk_packages(workbench.__path__, "workbench."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for codec in pkgutil.iter_modules(encodings.__path__):
        if codec.name not in _OF_WINDOWS:
            importlib.import_module(f"encodings.{codec.name}")
    import duckdb
    from pypinyin import lazy_pinyin

    duckdb.connect().execute("SELECT 1").fetchall()
    lazy_pinyin("测试")
    from workbench.services.opening import NewSite, make_site

    with TemporaryDirectory() as folder:
        make_site(Path(folder) / "warm.db", NewSite(login="nobody"), lambda: datetime(2026, 11, 24, tzinfo=UTC))


def _put_rights_away(user: int, group: int) -> None:
    os.setgroups([group])
    os.setgid(group)
    os.setuid(user)


def _serve() -> None:
    from typer.testing import CliRunner

    from workbench.cli.app import build_app
    from workbench.services.opening import open_services
    from workbench.services.wiring import Services

    def now() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the clock of a command

    held: list[Services] = []
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        os.umask(asked["umask"])
        words: list[str] = asked["words"]
        if words[0] == "hold":
            held.append(open_services(Path(words[1]), None, now))
            with held[-1].context.write():
                answer: dict[str, Any] = {"code": 0, "out": "", "err": ""}
        elif words[0] == "let go":
            held.pop().close()
            answer = {"code": 0, "out": "", "err": ""}
        else:
            result = CliRunner().invoke(build_app(lambda *_all: 0, now), words, prog_name="workbench")
            answer = {"code": result.exit_code, "out": result.stdout, "err": result.stderr}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer is for the test that started this


def _become(user: int, group: int, asked: int, answered: int) -> None:
    os.dup2(asked, 0)
    os.dup2(answered, 1)
    # Of the others' files none stays open, or nobody would see the end of theirs.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _put_rights_away(user, group)
    _serve()
    # Taking apart everything that was imported would take longer than the commands did.
    os._exit(0)


if __name__ == "__main__":
    _load()
    for person in sys.argv[1:]:
        if os.fork() == 0:
            _become(*map(int, person.split(":")))
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for _person in sys.argv[1:]:
        os.wait()
