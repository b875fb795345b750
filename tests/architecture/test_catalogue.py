"""The Chinese catalogue is complete, has no unused message, and its compiled file is up to date."""

import re
from gettext import GNUTranslations
from io import BytesIO
from typing import Any

from babel.messages.catalog import Message

from tests.messages import MESSAGES, catalogue, compiled, messages_in_the_sources


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_every_message_is_translated_and_none_is_unused() -> None:
    translated = {singular(message) for message in catalogue() if message.id and all(texts(message))}

    assert messages_in_the_sources().keys() == translated


def test_no_translation_is_fuzzy() -> None:
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


def test_the_compiled_catalogue_matches_its_source() -> None:
    assert as_read((MESSAGES / "workbench.mo").read_bytes()) == as_read(compiled(catalogue()))


def as_read(compiled_messages: bytes) -> dict[Any, str]:
    """Return the contents of a compiled catalogue without the header line that names the tool version."""
    found = dict(vars(GNUTranslations(BytesIO(compiled_messages)))["_catalog"])
    found[""] = re.sub("Generated-By: .*", "", found[""])
    return found


def test_each_state_has_one_chinese_word() -> None:
    words = {singular(message): texts(message)[0] for message in catalogue() if message.id}

    assert words["queued"] == "排队中"
    assert words["awaiting check"] == "待复核"
    assert not [key for key, text in words.items() if "案件" in text]


def test_overdue_has_one_chinese_word_and_only_the_arrears_of_an_applicant_another() -> None:
    words = {singular(message): texts(message)[0] for message in catalogue() if message.id}

    assert words["overdue"] == "已超时"
    other = {key for key, text in words.items() if "overdue" in key.lower() and "逾期" in text}
    assert other == {"days overdue", "{count} day overdue at check"}


def test_no_space_stands_between_a_count_and_its_chinese() -> None:
    texts_in_chinese = [text for message in catalogue() if message.id for text in texts(message)]

    spaced = re.compile(r"[\u4e00-\u9fff] \{count\}[\u4e00-\u9fff]|\{count\} [\u4e00-\u9fff]")
    assert [text for text in texts_in_chinese if spaced.search(text)] == []


def test_a_space_separates_the_number_of_an_inquiry_from_chinese_and_no_space_chinese_from_chinese() -> None:
    words = {singular(message): texts(message)[0] for message in catalogue() if message.id}

    assert [
        text for text in words.values() if re.search(r"[\u4e00-\u9fff]\{inquiry\}|\{inquiry\}[\u4e00-\u9fff]", text)
    ] == []
    assert (
        words["There is no application {number}{whose}; import it first, or correct the number."]
        .format(number="A-1", whose=words[" of agent “{agent}”"].format(agent="甲"))
        .startswith("没有代理商“甲”的申请")
    )
