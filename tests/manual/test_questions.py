"""The chapter of questions quotes messages of the program, and has every exit code."""

import re

from tests.manual.chapter_text import sources
from tests.manual.tables import CHINESE_PROMISES, EXIT_CODES
from tests.messages import catalogue
from tests.promises import PROMISES
from workbench.errors import ExitCode

_LEAST_MESSAGES = 20


def _sections(language: str) -> list[str]:
    [chapter] = [each for each in sources(language) if each.path.stem.endswith("-questions")]
    return re.split(r"^## ", chapter.prose, flags=re.MULTILINE)


def _quoted(section: str) -> list[str]:
    return re.findall(r"^\* \*\*(.*)\*\* ", section, re.MULTILINE)


def _as_quoted(message: str) -> str:
    """Return a message as the chapter quotes it: … for its values, and in Chinese no blank beside code."""
    text = re.sub(r"\{\w+\}", "…", message)
    return re.sub(r" *(`[^`]*`) *", r"\1", text) if re.search("[\u4e00-\u9fff]", text) else text


def test_each_message_of_the_chapter_is_one_of_the_program_in_both_languages() -> None:
    known = {(_as_quoted(str(each.id)), _as_quoted(str(each.string))) for each in catalogue() if each.id}
    quoted = [
        pair
        for english, chinese in zip(_sections("en"), _sections("zh"), strict=True)
        if english.startswith("Messages about ")
        for pair in zip(_quoted(english), _quoted(chinese), strict=True)
    ]

    assert [pair for pair in quoted if pair not in known] == []
    assert len(quoted) >= _LEAST_MESSAGES


def test_each_exit_code_and_only_promises_that_exist_are_explained() -> None:
    assert list(EXIT_CODES) == list(ExitCode)
    assert CHINESE_PROMISES.keys() <= PROMISES.keys()
    assert {name for name in PROMISES if name[0] in "PNRD"} == CHINESE_PROMISES.keys()
