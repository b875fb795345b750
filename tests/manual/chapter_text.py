"""What the chapters of the manual name: their headings, links, commands and keys."""

import re
import shlex
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import typer

from tests.demos import clock
from workbench.cli.app import build_app
from workbench.keys.registry import COMMANDS

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
_EXIT_CODE = re.compile(r"\s+# (?:exit code |退出码)(\d+)$")
_TYPED_TEXT = re.compile(r'(?<= )"[^":$<]*"(?= |$)')
"""The texts of examples, which each language writes in its own words."""
_KEY = re.compile(r"\S|F\d\d?|\^\w|g \S|Esc|Tab|Shift\+Tab|Space|Enter|PgUp|PgDn|Home|End")
"""What a code span looks like that names a key: one character, a function key, and so on."""

KEYS = {shown for command in COMMANDS for shown in (command.shown_keys, *command.shown_keys.split(" "))}


@dataclass(frozen=True)
class Source:
    """The file of a chapter."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @cached_property
    def headings(self) -> list[tuple[str, str]]:
        """The level and the words of each heading."""
        return re.findall(r"^(#+) (.*)$", self.prose, re.MULTILINE)

    @cached_property
    def links(self) -> list[str]:
        return re.findall(r"\]\(([^)]*)\)", self.prose)

    @cached_property
    def written(self) -> str:
        """The text without its fenced blocks and generated tables."""
        return re.sub(r"<!-- (\w+) -->.*?<!-- end of \1 -->", "", self.prose, flags=re.DOTALL)

    @cached_property
    def spans(self) -> list[str]:
        return re.findall(r"`([^`\n]+)`", self.written)

    @cached_property
    def keys(self) -> set[str]:
        return {span for span in self.spans if _KEY.fullmatch(span)}

    @property
    def outline(self) -> tuple[list[str], list[str], set[str], set[str]]:
        """What both languages have in common: the levels of the headings, the lines to type, the commands, the keys."""
        levels = [level for level, _words in self.headings]
        return (
            levels,
            self.lines_without_texts,
            {_TYPED_TEXT.sub("…", command) for command in self.named_commands},
            self.keys,
        )

    def blocks(self, kind: str) -> list[str]:
        """The fenced blocks of a kind, such as `toml`."""
        return [block for each, block in _FENCE.findall(self.text) if each == kind]

    @cached_property
    def lines_to_type(self) -> list[str]:
        """The lines of the blocks for a shell."""
        return [line for block in self.blocks("sh") for line in block.splitlines()]

    @cached_property
    def lines_without_texts(self) -> list[str]:
        """The lines of the blocks for a shell, without what each language says in its own words."""
        return [_EXIT_CODE.sub(r" # \1", _TYPED_TEXT.sub("…", line)) for line in self.lines_to_type]

    @cached_property
    def examples(self) -> list[str]:
        """The commands of the workbench among them."""
        return [line for line in self.lines_to_type if line.startswith("workbench ")]

    @cached_property
    def named_commands(self) -> list[str]:
        """The commands in the text, with the options that it names."""
        return [span for span in self.spans if span.startswith("workbench ")]


@cache
def sources(language: str) -> list[Source]:
    """Return the chapters of a language in order."""
    return [Source(path) for path in sorted((ROOT / "workbench" / "manual" / language).glob("*.md"))]


def words_and_code(example: str) -> tuple[list[str], int]:
    """Return the words of an example after `workbench`, and the exit code that it promises."""
    code = _EXIT_CODE.search(example)
    return shlex.split(_EXIT_CODE.sub("", example))[1:], int(code[1]) if code else 0


@cache
def _root() -> Any:
    return typer.main.get_command(build_app(lambda *_arguments: 0, clock))


def unknown_part(command: str) -> str | None:
    """Return the first word of a command line that the program does not know: a command or an option."""
    node, words, options = _root(), command.split()[1:], _options(_root())
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("--"):
            if word.partition("=")[0] not in {*options, "--help"}:
                return word
        elif word in getattr(node, "commands", {}):
            node = node.commands[word]
            options |= _options(node)
        elif (before == node.name and word.isalpha() and not _takes_words(node)) or (
            node is _root() and not before.startswith("--")
        ):
            return word
    return None


def _takes_words(node: Any) -> bool:
    """Return whether a command, or the default command of a group, has arguments."""
    commands = list(getattr(node, "commands", {}).values())[:1] or [node]
    return any(parameter.param_type_name == "argument" for command in commands for parameter in command.params)


def _options(node: Any) -> set[str]:
    """Return the options of a command, and of a group also those of its default command."""
    own = {name for parameter in node.params for name in parameter.opts}
    default = next(iter(getattr(node, "commands", {}).values()), None) if node is not _root() else None
    return own | (_options(default) if default is not None else set())
