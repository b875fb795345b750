"""A process that runs commands as other users of the host, for the tests of group sharing.

The parent imports the whole program as root, because a made-up user may be unable to read
its files. Then each child process gives up the rights of root for good.
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

_WINDOWS_CODECS = {"cp65001", "mbcs", "oem"}


def _load() -> None:
    """Import every module that a command may need."""
    for found in pkgutil.walk_packages(workbench.__path__, "workbench."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for codec in pkgutil.iter_modules(encodings.__path__):
        if codec.name not in _WINDOWS_CODECS:
            importlib.import_module(f"encodings.{codec.name}")
    import duckdb
    from pypinyin import lazy_pinyin

    duckdb.connect().execute("SELECT 1").fetchall()
    lazy_pinyin("测试")
    from workbench.services.database.opening import NewDatabase, make_database

    with TemporaryDirectory() as folder:
        make_database(Path(folder) / "warm.db", NewDatabase(login="nobody"), lambda: datetime(2026, 11, 24, tzinfo=UTC))


def _drop_privileges(user: int, group: int) -> None:
    os.setgroups([group])
    os.setgid(group)
    os.setuid(user)


def _serve() -> None:
    from typer.testing import CliRunner

    from workbench.cli.app import build_app
    from workbench.services.database.opening import open_services
    from workbench.services.wiring import Services

    def now() -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a command uses the real clock

    opened: list[Services] = []
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        os.umask(request["umask"])
        words: list[str] = request["words"]
        if words[0] == "hold":
            opened.append(open_services(Path(words[1]), None, now))
            with opened[-1].context.write():
                reply: dict[str, Any] = {"code": 0, "out": "", "err": ""}
        elif words[0] == "release":
            opened.pop().close()
            reply = {"code": 0, "out": "", "err": ""}
        else:
            result = CliRunner().invoke(build_app(lambda *_all: 0, now), words, prog_name="workbench")
            reply = {"code": result.exit_code, "out": result.stdout, "err": result.stderr}
        print(json.dumps(reply), flush=True)  # noqa: T201 - the test that started this process reads it


def _become(user: int, group: int, requests: int, replies: int) -> None:
    os.dup2(requests, 0)
    os.dup2(replies, 1)
    # Close the inherited files of the other users, so that each user sees the end of its input.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _drop_privileges(user, group)
    _serve()
    # A normal exit would tear down every imported module, which takes longer than the commands.
    os._exit(0)


if __name__ == "__main__":
    _load()
    for person in sys.argv[1:]:
        if os.fork() == 0:
            _become(*map(int, person.split(":")))
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for _person in sys.argv[1:]:
        os.wait()
