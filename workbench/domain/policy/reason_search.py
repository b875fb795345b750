"""Finds reasons by what a reviewer types: best match first."""

from collections.abc import Iterable

from db.initials import initials
from workbench.domain.policy.policy import Reason
from workbench.domain.values.spelling import folded


def find_reasons(words: str, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the reasons that match, best match first; reasons that match equally well keep their order.

    The exact code comes first, then the beginning of the code, words of the label, pinyin initials, and the full text.
    """
    query = folded(words)
    ranked = [(rank, reason) for reason in reasons if (rank := _rank(query, reason)) is not None]
    return tuple(reason for _rank_of_reason, reason in sorted(ranked, key=lambda entry: entry[0]))


def _rank(query: str, reason: Reason) -> int | None:
    """Return how well a reason matches: 0 is best, None is not at all."""
    code, labels = folded(reason.code), [folded(reason.title.en), folded(reason.title.zh)]
    # Only letters and digits can be initials; for anything else the dictionary need not be loaded.
    spelled = initials(reason.title.zh) if query.isascii() and query.isalnum() else ""
    texts = (reason.letter.en, reason.letter.zh, reason.item.en, reason.item.zh)
    matches = (
        query == code,
        code.startswith(query),
        f"-{query}" in code,
        query in labels,
        any(label.startswith(query) for label in labels),
        any(_has_words(label, query) for label in labels),
        spelled.startswith(query),
        query in spelled,
        any(query in text for text in (code, *labels, *map(folded, texts))),
    )
    return next((rank for rank, is_match in enumerate(matches) if is_match), None)


def _has_words(label: str, query: str) -> bool:
    """Say whether each word of the query begins a word of the label; a Chinese word may begin anywhere in it."""
    return all(f" {word}" in f" {label}" if word.isascii() else word in label for word in query.split())
