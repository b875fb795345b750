"""Every message has its Chinese, and what is compiled is what is written."""

import ast
import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
MESSAGES = ROOT / "workbench" / "locale" / "zh" / "LC_MESSAGES"
KEYWORDS = {"_", "marked", "ngettext"}


def catalogue() -> Catalog:
    with (MESSAGES / "workbench.po").open("rb") as file:
        return read_po(file, locale="zh")


def messages_in_the_sources() -> set[str]:
    """Return what the sources mark as messages, those within f-strings too, which extractors overlook."""
    return {
        call.args[0].value
        for package in ("workbench", "screens", "db")
        for path in (ROOT / package).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and _named(call.func) in KEYWORDS and call.args
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def _named(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_every_message_is_translated_and_none_is_left_over() -> None:
    translated = {singular(message) for message in catalogue() if message.id and all(texts(message))}

    assert messages_in_the_sources() - translated == set()
    assert translated - messages_in_the_sources() == set()


def test_no_translation_is_only_guessed() -> None:
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_a_translation_holds_the_same_placeholders() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    differing = [
        singular(message)
        for message in catalogue()
        if message.id and any(names(text) != names(singular(message)) for text in texts(message))
    ]

    assert differing == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())

    assert (MESSAGES / "workbench.mo").read_bytes() == compiled.getvalue()


def test_one_state_has_one_chinese_word() -> None:
    words = {singular(message): texts(message)[0] for message in catalogue() if message.id}

    assert words["queued"] == "排队中"
    assert words["awaiting check"] == "待复核"
    assert not [key for key, text in words.items() if "案件" in text]
