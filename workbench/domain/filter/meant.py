"""The filter terms that words without a key may mean."""

from collections.abc import Mapping

from workbench.domain.filter.keys import BARE_WORD, KEY_BY_NAME, FilterKey, words_of
from workbench.domain.filter.parser import in_shown_words, parse_filter, quoted
from workbench.domain.values.spelling import matching_values

_FOUND_WITHOUT_KEY = ("due", "state", "reason", "who", "province", "agent", "rule")
"""The keys whose values are also found by a word without a key, in the order in which they are offered."""

KnownValues = Mapping[str, Mapping[str, tuple[str, ...]]]
"""For keys whose values the site knows: each value with the words that it is found by."""

NOTHING_KNOWN: KnownValues = {}


def values_of(key: FilterKey, known: KnownValues) -> Mapping[str, tuple[str, ...]]:
    """Return the values of a key, each with the words that it is found by."""
    return known.get(key.name) or words_of(key)


def value_terms(word: str, known: KnownValues = NOTHING_KNOWN) -> tuple[str, ...]:
    """Return the terms that a word without a key may mean, in the language in use; a single letter means none."""
    keys = [KEY_BY_NAME[name] for name in _FOUND_WITHOUT_KEY if word[1:]]
    terms = (f"{key.name}:{quoted(value)}" for key in keys for value in matching_values(word, values_of(key, known)))
    return tuple(map(in_shown_words, terms))


def meant_terms(filter_text: str) -> tuple[str, ...]:
    """Return the terms that the words without a key of a filter may mean: all together a name, or each a value."""
    words = [term.values[0] for term in parse_filter(filter_text).terms if term.key == BARE_WORD]
    whole = (quoted(" ".join(words)),) if words[1:] else ()
    return (*whole, *(term for word in words for term in value_terms(word)))
