"""Generates the tables of the manual from the code, and the pictures of the READMEs.

`python -m tests.readme` writes them; a test fails if the tables are out of date.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from tests.demos import NOW, clock
from tests.languages import COLON, MANUALS, SEMICOLON, said, speaking
from tests.manual.letter_kinds import letter_kind_list
from tests.manual.policy_keys import policy_key_list
from tests.manual.site import drawable
from tests.manual.tables import exit_code_table, export_columns, json_keys, promise_list
from tests.screens.driver import site_workbench
from tests.sites import ManualClock, Site
from workbench.cli.app import build_app
from workbench.domain.case.lifecycle import PERMISSIONS, ROLE_WORDS, STATE_WORDS
from workbench.i18n import _, comma_joined
from workbench.keys.command import PLACES, Command
from workbench.keys.registry import commands_of, help_of
from workbench.services.demo.preparing import prepare
from workbench.services.files.reading.headers import columns_file
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.files.templates import column_guides

ROOT = Path(__file__).resolve().parent.parent
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}
PICTURES = {language: ROOT / "fixtures" / "pictures" / f"desk-{language}.svg" for language in READMES}


def key_lists() -> str:
    """Return the keys of each place as a paragraph of lines; on a screen, a table of as many cells would be slow."""
    sections = []
    for place, words in PLACES.items():
        lines = [
            f"{_keys(each)} **{_(each.label)}**{said(COLON)}{help_of(each)} `{each.id}`" for each in commands_of(place)
        ]
        sections.append(f"## {_(words)}\n" + "\\\n".join(lines))
    return "\n\n".join(sections)


def _keys(command: Command) -> str:
    return " ".join(f"`{key}`" for key in command.shown_keys.split(" ")).replace("|", "\\|")


def command_list() -> str:
    """Return the commands with those below them as a paragraph of lines."""
    root: Any = typer.main.get_command(build_app(lambda *_arguments: 0, clock))
    return "\\\n".join(_command_lines(root, ""))


def _command_lines(group: Any, prefix: str) -> Iterator[str]:
    """Yield the lines of the commands of a group, each with those below it."""
    for name, command in getattr(group, "commands", {}).items():
        yield f"`{prefix}{name}`{said(COLON)}{command.help}"
        yield from _command_lines(command, f"{prefix}{name} ")


def column_lists() -> str:
    """Return the columns of each kind of file as a paragraph of lines, as `import KIND --columns` has them."""
    sections = []
    for kind in COLUMN_TYPES:
        lines = []
        for guide in column_guides(kind):
            need = (
                f" **{_('Required').lower() if guide.required == (guide.name,) else guide.need}**" if guide.need else ""
            )
            values = f"{said(COLON)}{guide.values}" if guide.values else ""
            lines.append(f"`{guide.name}` {guide.chinese}{need}{values}")
        sections.append(f"### {kind.value} {columns_file()['sheets'][kind.value]['zh']}\n\n" + "\\\n".join(lines))
    return "\n\n".join(sections)


def permission_list() -> str:
    """Return who may do each act on cases in which states; on a screen, a table of as many columns would be cut."""
    hold = said({"en": "for who holds the case", "zh": "须本人已领取"})
    always = said({"en": "in every state", "zh": "任何状态"})
    lines = []
    for action, permission in PERMISSIONS.items():
        who = comma_joined(_(words) for role, words in ROLE_WORDS.items() if role in permission.roles)
        where = comma_joined(_(words) for state, words in STATE_WORDS.items() if state in permission.states)
        where = always if permission.states == frozenset(STATE_WORDS) else where
        parts = [who, where, *([hold] if permission.needs_hold else [])]
        lines.append(f"`{action}`{said(COLON)}{said(SEMICOLON).join(parts)}")
    return "\\\n".join(lines)


def with_parts(text: str, language: str = "en") -> str:
    """Return a chapter of the manual with its tables regenerated."""
    with speaking(language):
        for name, table in TABLES.items():
            if f"<!-- {name} -->" in text:
                head, _old, tail = _split(text, name)
                text = f"{head}\n{table()}\n{tail}"
    return text


TABLES: dict[str, Callable[[], str]] = {
    "key_lists": key_lists,
    "columns": column_lists,
    "commands": command_list,
    "permission_list": permission_list,
    "exit_codes": exit_code_table,
    "promises": promise_list,
    "export_columns": export_columns,
    "json_keys": json_keys,
    "policy_keys": policy_key_list,
    "letter_kinds": letter_kind_list,
}
"""The tables by the comments that surround them."""


def _split(text: str, name: str) -> tuple[str, str, str]:
    first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, rest = text.split(first)
    old, tail = rest.split(last)
    return head + first, old, last + tail


async def _pictures(folder: Path) -> dict[str, str]:
    """Return a picture of the desk of the demo with its first case by language."""
    pictures = {}
    for language in READMES:
        site = Site(prepare(folder / language, clock), ManualClock(NOW))
        try:
            async with site_workbench(site, "rev1", language=language) as driver:
                await driver.press("n")
                pictures[language] = drawable(driver.app.export_screenshot(title="workbench"))
        finally:
            site.close()
    return pictures


def written() -> dict[Path, str]:
    """Return the language of each file with tables: the chapters of the manual."""
    return {path: language for language in MANUALS for path in (ROOT / "workbench" / "manual" / language).glob("*.md")}


def main() -> None:
    """Write the tables and the pictures."""
    for path, language in written().items():
        path.write_text(with_parts(path.read_text(encoding="utf-8"), language), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for language, picture in asyncio.run(_pictures(Path(folder))).items():
            PICTURES[language].write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
