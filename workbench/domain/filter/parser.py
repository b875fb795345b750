"""Parses the filter language of the queue: `state:queued priority:high due<2026-12-01 applicant:成都 words`.

Terms are combined with AND. `-` negates a term, quotes group words, and a comma separates alternatives of a choice.
Bare words are searched as text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from workbench.domain.filter.keys import FILTER_KEYS, KEY_NAMES, TEXT, FilterKey, Takes, suggested_terms
from workbench.domain.filter.values import BadFilterValue, read_value
from workbench.domain.values.spelling import folded
from workbench.errors import WrongUsage
from workbench.i18n import _

__all__ = ["FILTER_KEYS", "Filter", "FilterKey", "FilterProblem", "Term", "parse_filter"]

MAX_LENGTH = 2_000
"""The most characters of a filter. A longer text was pasted by mistake."""

MAX_TERMS = 40
"""The most terms of a filter."""

_KEY = re.compile(r"([A-Za-z_]+|[\u4e00-\u9fff]+)(<=|>=|[<>＜＞]=|[:：=＝<>＜＞])")
_QUOTES = {'"': '"', "“": "”", "＂": "＂"}
_NEEDS_QUOTES = re.compile(r'[\s"“＂,，]|^[-－]')


class FilterProblem(WrongUsage):
    """A filter that cannot be parsed; `start` and `end` mark the wrong characters, `end` exclusive."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One condition: `key` is empty for a bare word, `op` is one of : < <= > >=, `values` are alternatives.

    `start` and `end` are its position in the text, and are ignored in comparisons.
    """

    key: str
    op: str = ":"
    values: tuple[str, ...]
    is_negated: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        sign = "-" if self.is_negated else ""
        values = ",".join(_quoted(value, is_bare=self.key == TEXT) for value in self.values)
        return f"{sign}{values}" if self.key == TEXT else f"{sign}{self.key}{self.op}{values}"


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. Its text form means the same filter."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    @property
    def names_state(self) -> bool:
        """Whether the filter names states. Without any, it means the open ones."""
        return any(term.key == "state" and not term.is_negated for term in self.terms)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The terms that its bare words may stand for, such as `due:overdue` for the searched text `overdue`."""
        words = (folded(term.values[0]) for term in self.terms if term.key == TEXT)
        return tuple(dict.fromkeys(term for word in words for term in suggested_terms(word)))


def _quoted(value: str, *, is_bare: bool) -> str:
    """Return a value as written in a filter, in quotes if it would be parsed differently without."""
    if not value or _NEEDS_QUOTES.search(value) or (is_bare and _KEY.match(value)):
        return '"' + value.replace('"', '""') + '"'
    return value


def parse_filter(text: str) -> Filter:
    """Return the meaning of a filter; an empty one means all open cases.

    Raises:
        FilterProblem: With the position of what cannot be parsed.
    """
    if len(text) > MAX_LENGTH:
        raise FilterProblem(
            _("A filter has at most {count} characters; shorten it.").format(count=MAX_LENGTH), MAX_LENGTH, len(text)
        )
    for place, char in enumerate(text):
        if unicodedata.category(char) in {"Cc", "Cs"} and not char.isspace():
            raise FilterProblem(_("This character cannot be searched for; remove it."), place, place + 1)
    terms = tuple(_terms(text))
    if len(terms) > MAX_TERMS:
        raise FilterProblem(
            _("A filter has at most {count} terms; remove some.").format(count=MAX_TERMS),
            terms[MAX_TERMS].start,
            len(text),
        )
    return Filter(terms)


def _terms(text: str) -> Iterator[Term]:
    place = 0
    while True:
        while place < len(text) and text[place].isspace():
            place += 1
        if place == len(text):
            return
        term = _term(text, place)
        yield term
        place = term.end


def _term(text: str, start: int) -> Term:
    """Parse the term at a position."""
    is_negated = text[start] in "-－"
    place = start + 1 if is_negated else start
    if place == len(text) or text[place].isspace():
        raise FilterProblem(_("Nothing follows the minus sign; write what to exclude."), start, place)
    found = _KEY.match(text, place)
    if found is None:
        words, end = _values(text, place, is_choice=False)
        return Term(key=TEXT, values=(words[0][0],), is_negated=is_negated, start=start, end=end)
    key = _key(found)
    op = _operator(found, key)
    words, end = _values(text, found.end(), is_choice=key.takes in {Takes.CHOICE, Takes.CASE, Takes.PERSON})
    values = tuple(dict.fromkeys(_read(key, op, word, at, place) for word, at in words))
    return Term(key=key.name, op=op, values=values, is_negated=is_negated, start=start, end=end)


def _key(found: re.Match[str]) -> FilterKey:
    """Return the key of a match."""
    name = unicodedata.normalize("NFKC", found[1]).casefold()
    if name in KEY_NAMES:
        return KEY_NAMES[name]
    near = get_close_matches(name, KEY_NAMES, n=3, cutoff=0.6)
    if near:
        sentence = _("There is no filter key “{name}”; did you mean {near}?").format(
            name=found[1], near=", ".join(dict.fromkeys(KEY_NAMES[one].name for one in near))
        )
    else:
        sentence = _("There is no filter key “{name}”; to search for it as text, put it in quotes.").format(
            name=found[1]
        )
    raise FilterProblem(sentence, found.start(1), found.end(1))


def _operator(found: re.Match[str], key: FilterKey) -> str:
    """Return the operator of a match, if the key accepts it."""
    op = unicodedata.normalize("NFKC", found[2])
    op = ":" if op == "=" else op
    if op != ":" and not key.is_ordered:
        raise FilterProblem(
            _("“{key}” cannot be compared; write {key}: and a value.").format(key=key.name),
            found.start(2),
            found.end(2),
        )
    return op


def _values(text: str, place: int, *, is_choice: bool) -> tuple[list[tuple[str, tuple[int, int]]], int]:
    """Return the values at a position with their positions, and where they end; commas separate choices."""
    found: list[tuple[str, tuple[int, int]]] = []
    while True:
        word, end = _word(text, place, is_choice=is_choice)
        found.append((word, (place, end)))
        if not is_choice or end == len(text) or text[end] not in ",，":
            return found, end
        place = end + 1


def _word(text: str, place: int, *, is_choice: bool) -> tuple[str, int]:
    """Return the word or quoted text at a position, and where it ends."""
    if place < len(text) and text[place] in _QUOTES:
        return _quotation(text, place)
    end = place
    while end < len(text) and not text[end].isspace() and not (is_choice and text[end] in ",，"):
        end += 1
    return text[place:end], end


def _quotation(text: str, place: int) -> tuple[str, int]:
    """Return a quoted text, and where it ends; a quote within it is doubled."""
    closing = _QUOTES[text[place]]
    parts: list[str] = []
    start = place + 1
    while True:
        end = text.find(closing, start)
        if end < 0:
            raise FilterProblem(
                _("This quotation is not closed; end it with {quote}.").format(quote=closing), place, len(text)
            )
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != closing:
            word = closing.join(parts)
            if not word.strip():
                raise FilterProblem(_("There is nothing between the quotes."), place, end + 1)
            return word, end + 1
        start = end + 2


def _read(key: FilterKey, op: str, word: str, at: tuple[int, int], key_start: int) -> str:
    """Return a normalised value, or raise FilterProblem with its position."""
    start, end = at
    try:
        return read_value(key, op, word)
    except BadFilterValue as error:
        # If the value is missing, the key is marked.
        raise FilterProblem(str(error), start if word else key_start, max(end, start)) from None
