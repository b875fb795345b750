"""The language of screens, commands and errors: English or 简体中文, by gettext."""

import gettext
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")
LOCALE_DIR = Path(__file__).parent / "locale"

_current = "en"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the compiled messages of a language. English needs none, since the sources are in English."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("workbench", LOCALE_DIR, languages=[language])


def use_language(language: str) -> None:
    """Set the language of the process, en or zh."""
    global _current  # noqa: PLW0603 - one process uses one language, as with gettext.install
    if language not in LANGUAGES:
        raise ValueError(language)
    _current = language


def current_language() -> str:
    """Return the language in use, en or zh."""
    return _current


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the locale, English by default."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name)
        if value:
            return next((one for one in LANGUAGES if value.lower().startswith(one)), "en")
    return "en"


def _(message: str) -> str:
    """Translate a message into the language in use; call it when the message is shown, not at import."""
    return catalogue(_current).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message with a count, in its singular or plural form."""
    return catalogue(_current).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext gives it
    """Mark a message for the catalogue; `_` translates it later, when it is shown."""
    return message


def comma_joined(words: Iterable[str], *, language: str | None = None) -> str:
    """Join words with the comma of a language, by default the current one: `a, b` or `a、b`."""
    return ("、" if (language or current_language()) == "zh" else ", ").join(words)


def sentences_joined(sentences: Iterable[str]) -> str:
    """Join sentences in the current language; Chinese has no blank between them."""
    return ("" if current_language() == "zh" else " ").join(sentences)


def with_details(words: str, details: str) -> str:
    """Return words with details after a colon; only the words if there are no details."""
    return _("{what}: {details}").format(what=words, details=details) if details else words


def with_remark(words: str, remark: str) -> str:
    """Return words with a remark in brackets; only the words if there is no remark."""
    return _("{what} ({by})").format(what=words, by=remark) if remark else words
