"""Reads the chapters of the manual, and finds words in them."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from workbench.domain.values.spelling import folded
from workbench.errors import NotFound
from workbench.i18n import _, current_language

_COMMENT = re.compile(r"<!--.*?-->\n?")
_MARKS = re.compile(r"\[([^]]*)\]\([^)]*\)|^\* |\*\*|[`\\]", re.MULTILINE)
"""A link, of which the words stay, and the marks of items, of bold text and of code."""
_LINK = re.compile(r"\[([^]]*)\]\(\d+-([\w-]+)\.md\)")
"""A link to a chapter: its words, and the name of the chapter in commands."""


class Chapter(NamedTuple):
    """A chapter in one language."""

    path: Path
    name: str
    """The name in commands: that of its file without the number, which is its place in the manual."""
    screens: str
    """The first line of its file, a comment with the places of keys that the chapter is about."""
    title: str
    text: str
    """The Markdown that users read, without comments."""

    @property
    def printed(self) -> str:
        """The text with the names of chapters instead of links."""
        words = _("{words} ({chapter})").format(words=r"\1", chapter=r"\2")
        return _LINK.sub(words, self.text)


class Hit(NamedTuple):
    """A line of a chapter with the words that were looked for; without words, the chapter itself."""

    chapter: Chapter
    heading: str = ""
    text: str = ""


def chapters() -> list[Chapter]:
    """Return the chapters in order, in the language in use; in English if the manual is not in that language."""
    found = []
    own = Path(__file__).with_name(current_language())
    for path in sorted((own if own.exists() else own.with_name("en")).glob("*.md")):
        screens, _newline, text = path.read_text(encoding="utf-8").partition("\n")
        text = _COMMENT.sub("", text)
        found.append(Chapter(path, path.stem.partition("-")[2], screens, text.splitlines()[0].strip("# "), text))
    return found


def chapter_named(name: str) -> Chapter:
    """Return the chapter with a name, title, number or file name, such as 7, 07 or 05-importing.

    Raises:
        NotFound: If there is none; the message names the nearest, or the way to look for words.
    """
    by_name = {folded(words): chapter for chapter in chapters() for words in (chapter.title, chapter.name)}
    by_name |= {chapter.path.stem.lstrip("0"): chapter for chapter in chapters()}
    by_name |= {str(number): chapter for number, chapter in enumerate(chapters(), 1)}
    wanted = folded(name).lstrip("0")
    if wanted in by_name:
        return by_name[wanted]
    near = "".join(by_name[words].name for words in get_close_matches(wanted, by_name, 1, 0.4))
    sentence = _("There is no chapter “{name}”; did you mean {near}? `workbench manual` lists the chapters.")
    if not near:
        sentence = _("There is no chapter “{name}”; `workbench manual --search WORDS` finds words in all chapters.")
    raise NotFound(sentence.format(name=name, near=near))


def chapter_of(screen: str) -> Chapter:
    """Return the chapter about a place of keys, by default the first one."""
    return next((chapter for chapter in chapters() if f" {screen} " in chapter.screens), chapters()[0])


def search(words: str) -> list[Hit]:
    """Return the lines, in all chapters, that contain all these words in any order; without words, the chapters."""
    wanted = folded(words).split()
    if not wanted:
        return [Hit(chapter) for chapter in chapters()]
    hits, heading = [], ""
    for chapter in chapters():
        for line in _MARKS.sub(r"\1", chapter.text).splitlines():
            if line.startswith("#"):
                heading = line.strip("# ")
            if all(word in folded(line) for word in wanted):
                hits.append(Hit(chapter, heading, line.strip("# ")))
    return hits
