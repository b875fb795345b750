"""Parses the filter language of the queue: `state:queued priority:high due<2026-12-01 applicant:成都 words`.

Terms are combined with AND. `-` negates a term, quotes group words, and a comma separates alternatives of a choice.
Bare words are searched as text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from db.enums import FINAL_STATES, CaseState
from workbench.domain.case.lifecycle import OPEN_STATES
from workbench.domain.filter.keys import (
    BARE_WORD,
    FILTER_KEYS,
    KEY_BY_NAME,
    KEYS_BY_CLUE,
    FilterKey,
    ValueType,
    shown_key,
    shown_value,
)
from workbench.domain.filter.values import BadFilterValue, read_value
from workbench.errors import WrongUsage
from workbench.i18n import _, comma_joined, current_language

__all__ = ["FILTER_KEYS", "Filter", "FilterKey", "FilterProblem", "FilterTerm", "parse_filter"]

MAX_LENGTH = 2_000
"""The most characters of a filter. A longer text was pasted by mistake."""

MAX_TERMS = 40
"""The most terms of a filter."""

_STATES_BY_GROUP = {"open": OPEN_STATES, "closed": FINAL_STATES, "all": frozenset(CaseState)}
_KEY = re.compile(r"([A-Za-z_]+|[\u4e00-\u9fff]+)(<=|>=|[<>＜＞]=|[:：=＝<>＜＞])")
_QUOTES = {'"': '"', "“": "”", "＂": "＂"}
_NEEDS_QUOTES = re.compile(r'[\s"“＂,，]|^[-－]')


class FilterProblem(WrongUsage):
    """A filter that cannot be parsed; `start` and `end` mark the wrong characters (`end` exclusive)."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterTerm:
    """One condition.

    Attributes:
        key: The name of its key, `BARE_WORD` for a term without one.
        op: One of : = < <= > >=.
        values: The alternatives, of which one must hold.
        is_negated: Whether the term excludes what it selects.
        start: The position of its first character in the text, which comparisons ignore.
        end: The position after its last character, which comparisons ignore.
    """

    key: str
    op: str = ":"
    values: tuple[str, ...]
    is_negated: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        sign = "-" if self.is_negated else ""
        values = ",".join(quoted(value, is_bare=self.key == BARE_WORD) for value in self.values)
        return f"{sign}{values}" if self.key == BARE_WORD else f"{sign}{self.key}{self.op}{values}"


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. `str` returns a text that parses to the same filter."""

    terms: tuple[FilterTerm, ...] = ()

    def __str__(self) -> str:
        return " ".join(str(term) for term in self.terms)

    @property
    def names_state(self) -> bool:
        """Whether the filter selects cases in any state or in those it names. Otherwise it means all open cases."""
        return any(term.key in {"state", "attention"} and not term.is_negated for term in self.terms)

    @property
    def states(self) -> frozenset[CaseState]:
        """The states that the filter selects, by default the open ones."""
        states = frozenset(CaseState) if self.names_state else OPEN_STATES
        for term in self.terms:
            if term.key == "state":
                named = frozenset[CaseState]().union(
                    *(_STATES_BY_GROUP.get(value) or {CaseState(value)} for value in term.values)
                )
                states = states - named if term.is_negated else states & named
            elif term.key == "waits" and not term.is_negated:
                states &= {CaseState.PENDING}
        return states

    @property
    def may_select_queued(self) -> bool:
        """Whether the filter may select a case in the queue, which `next` could take."""
        is_reopening = any(term.key == "attention" and not term.is_negated for term in self.terms)
        return CaseState.QUEUED in self.states and not is_reopening


def quoted(value: str, *, is_bare: bool = False) -> str:
    """Return a value as written in a filter, in quotes if it would be parsed differently without."""
    if not value or _NEEDS_QUOTES.search(value) or (is_bare and _KEY.match(value)):
        return '"' + value.replace('"', '""') + '"'
    return value


def in_shown_words(text: str) -> str:
    """Return a valid filter in the words of the language in use, which are parsed too: `state:queued` in English."""
    return text if current_language() != "zh" else " ".join(str(_translated(term)) for term in parse_filter(text).terms)


def _translated(term: FilterTerm) -> FilterTerm:
    """Return a term with the Chinese words for its key and for the values that have such words."""
    if term.key == BARE_WORD:
        return term
    key = KEY_BY_NAME[term.key]
    return replace(term, key=shown_key(key), values=tuple(shown_value(key, value) for value in term.values))


def parse_filter(text: str) -> Filter:
    """Parse a filter; an empty text means all open cases.

    Raises:
        FilterProblem: If the text cannot be parsed.
    """
    if len(text) > MAX_LENGTH:
        message = _("A filter has at most {count} characters; shorten it.")
        raise FilterProblem(message.format(count=MAX_LENGTH), MAX_LENGTH, len(text))
    for position, char in enumerate(text):
        if unicodedata.category(char) in {"Cc", "Cs"} and not char.isspace():
            raise FilterProblem(_("This character cannot be searched for; remove it."), position, position + 1)
    terms = tuple(_terms(text))
    if len(terms) > MAX_TERMS:
        message = _("A filter has at most {count} terms; remove some.")
        raise FilterProblem(message.format(count=MAX_TERMS), terms[MAX_TERMS].start, len(text))
    return Filter(terms)


def _terms(text: str) -> Iterator[FilterTerm]:
    """Yield the terms of a filter, which blanks separate."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if position == len(text):
            return
        term = _term(text, position)
        yield term
        position = term.end


def _term(text: str, start: int) -> FilterTerm:
    """Parse the term at a position."""
    is_negated = text[start] in "-－"
    position = start + 1 if is_negated else start
    if position == len(text) or text[position].isspace():
        raise FilterProblem(_("Nothing follows the minus sign; write what to exclude."), start, position)
    match = _KEY.match(text, position)
    if match is None:
        word, end = _word(text, position, is_choice=False)
        return FilterTerm(key=BARE_WORD, values=(word,), is_negated=is_negated, start=start, end=end)
    key = _key(match)
    op = _operator(match, key)
    words, end = _values(
        text, match.end(), is_choice=key.value_type in {ValueType.CHOICE, ValueType.CASE, ValueType.PERSON}
    )
    values = tuple(dict.fromkeys(_read_value(key, op, word, at, position) for word, at in words))
    return FilterTerm(key=key.name, op=op, values=values, is_negated=is_negated, start=start, end=end)


def _key(match: re.Match[str]) -> FilterKey:
    """Return the filter key that a match names."""
    name = unicodedata.normalize("NFKC", match[1]).casefold()
    if name in KEY_BY_NAME:
        return KEY_BY_NAME[name]
    near = get_close_matches(name, KEY_BY_NAME, n=3, cutoff=0.6)
    sentence = _("There is no filter key “{name}”; did you mean {near}?")
    if not near:
        near = [key for _clue, keys in KEYS_BY_CLUE for key in keys[:2]]
        sentence = _("There is no filter key “{name}”; there are {near} and more. In quotes, it is searched as text.")
    names = comma_joined(dict.fromkeys(shown_key(KEY_BY_NAME[similar]) for similar in near))
    raise FilterProblem(sentence.format(name=match[1], near=names), match.start(1), match.end(1))


def _operator(match: re.Match[str], key: FilterKey) -> str:
    """Return the operator of a match, if the key accepts it."""
    op = unicodedata.normalize("NFKC", match[2])
    if op == "=":
        return "=" if key.is_exact else ":"
    if op != ":" and not key.is_ordered:
        message = _("“{key}” cannot be compared; write {key}: and a value.")
        raise FilterProblem(message.format(key=shown_key(key)), match.start(2), match.end(2))
    return op


def _values(text: str, position: int, *, is_choice: bool) -> tuple[list[tuple[str, tuple[int, int]]], int]:
    """Return the values at a position with their starts and ends, and the end of the last. Commas separate choices."""
    values: list[tuple[str, tuple[int, int]]] = []
    while True:
        word, end = _word(text, position, is_choice=is_choice)
        values.append((word, (position, end)))
        if not is_choice or end == len(text) or text[end] not in ",，":
            return values, end
        position = end + 1


def _word(text: str, position: int, *, is_choice: bool) -> tuple[str, int]:
    """Return the word or quoted text at a position, and its end."""
    if position < len(text) and text[position] in _QUOTES:
        return _quotation(text, position)
    end = position
    while end < len(text) and not text[end].isspace() and not (is_choice and text[end] in ",，"):
        end += 1
    return text[position:end], end


def _quotation(text: str, position: int) -> tuple[str, int]:
    """Return a quoted text, and its end; a quote within the text is doubled."""
    closing = _QUOTES[text[position]]
    parts: list[str] = []
    start = position + 1
    while True:
        end = text.find(closing, start)
        if end < 0:
            message = _("This quotation is not closed; end it with {quote}.")
            raise FilterProblem(message.format(quote=closing), position, len(text))
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != closing:
            word = closing.join(parts)
            if not word.strip():
                raise FilterProblem(_("There is nothing between the quotes."), position, end + 1)
            return word, end + 1
        start = end + 2


def _read_value(key: FilterKey, op: str, word: str, at: tuple[int, int], key_start: int) -> str:
    """Return a normalised value, or raise FilterProblem with its position."""
    start, end = at
    try:
        return read_value(key, op, word)
    except BadFilterValue as error:
        # If the value is missing, the key is marked.
        raise FilterProblem(str(error), start if word else key_start, max(end, start)) from None
