"""Quotes, in a letter, the texts that are in another language than the letter."""

import re

from db.enums import Language

_HAN = re.compile(r"[\u3400-\u9fff]")
# Codes such as ID-RIC and abbreviations such as POS belong to no language.
_WORD = re.compile(r"[A-Za-z'’]*[a-z]{2,}")


def is_foreign(text: str, language: str) -> bool:
    """Say whether any line of a text is not in the language of a letter; a line without words has no language."""
    return quoted_if_foreign(text, language) != text


def quoted_if_foreign(text: str, language: str) -> str:
    """Return a text for a letter in which each line that is in another language is a quotation."""
    return "\n".join(
        _quotation_of(line, language) if _is_foreign_line(line, language) else line for line in text.split("\n")
    )


def _is_foreign_line(line: str, language: str) -> bool:
    han, words = len(_HAN.findall(line)), len(_WORD.findall(line))
    return words > han if language == Language.ZH else han > words


def _quotation_of(line: str, language: str) -> str:
    if language == Language.ZH:
        return f"我司说明（英文原文）：“{line.strip()}”"
    return f"In our own words (Chinese original): “{line.strip()}”"
