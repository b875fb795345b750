"""The help below the filter line: where the error is, or how the text can continue."""

from dataclasses import dataclass
from datetime import date

from textual.content import Content

from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, hanging, joined, wrapped_lines
from screens.widgets.time_field import TimeReader
from workbench.domain.filter.keys import KEY_BY_NAME, KEYS_BY_CLUE, ValueType, shown_key, words_of
from workbench.domain.filter.meant import NOTHING_KNOWN, KnownValues, value_terms, values_of
from workbench.domain.filter.parser import FILTER_KEYS, FilterKey, FilterProblem, parse_filter, quoted
from workbench.domain.text.safe import cells, fit, pad_right, safe
from workbench.domain.values.spelling import matching_values
from workbench.i18n import _, current_language, with_details

_OPERATORS = ":<>=：＜＞＝"
_KEY = "$text-accent"
"""The style of what can be typed: keys and values."""

_NAME_CELLS = 14
"""The cells of the name of a key on the help page."""

Reader = TimeReader[date]
"""Explains typed dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWord:
    """The word at the cursor.

    Attributes:
        start: Its position in the filter.
        text: The word up to the cursor.
        key: The part before the operator, or all of `text`.
        value: The part after the operator, "" without one.
        has_operator: Whether it has an operator, such as `:` or `<`.
    """

    start: int
    text: str
    key: str
    value: str
    has_operator: bool


def word_at(text: str, cursor: int) -> TypedWord:
    """Return the word that ends at the cursor."""
    start = max(text.rfind(" ", 0, cursor), text.rfind("\u3000", 0, cursor)) + 1
    if text[start : start + 1] in {"-", "－"}:
        start += 1
    word = text[start:cursor]
    end = next((index for index, char in enumerate(word) if char in _OPERATORS), -1)
    if end < 0:
        return TypedWord(start=start, text=word, key=word, value="", has_operator=False)
    return TypedWord(start=start, text=word, key=word[:end], value=word[end:].lstrip(_OPERATORS), has_operator=True)


def problem_in(text: str) -> FilterProblem | None:
    """Return the first problem of a filter, None for a valid one."""
    try:
        parse_filter(text)
    except FilterProblem as problem:
        return problem
    return None


def completions(word: TypedWord, known: KnownValues = NOTHING_KNOWN) -> tuple[str, ...]:
    """Return the completions of the word at the cursor: keys or terms, or the values of its key."""
    if not word.has_operator:
        names = tuple(f"{name}:" for name in KEY_BY_NAME if name.startswith(word.key.casefold())) if word.key else ()
        return names or value_terms(word.key, known)
    key = KEY_BY_NAME.get(word.key.casefold())
    if key is None:
        return ()
    before, comma, last = word.value.rpartition(",")
    head = word.text[: len(word.text) - len(word.value)] + before + comma
    found = [_offered_value(key, value, word, known) for value in matching_values(last, values_of(key, known))]
    return tuple(f"{head}{quoted(value)}" for value in found if value != last)


def _offered_value(key: FilterKey, value: str, word: TypedWord, known: KnownValues) -> str:
    """Return a value as it is offered: in Chinese on a Chinese screen, or if the key was typed in Chinese."""
    if key.name in known or (word.key.isascii() and current_language() == "en"):
        return value
    return next((term for term in words_of(key)[value] if not term.isascii()), value)


def hint_lines(
    typed: tuple[str, int], scrolled: int, width: int, reader: Reader | None, known: KnownValues, *, is_submitted: bool
) -> tuple[Content, ...]:
    """Return up to four lines of help; the last one names the keys of the keyboard.

    A problem in the word that is being typed is a warning; every other problem is an error.

    Args:
        typed: The text, and the position of the cursor in it.
        scrolled: The cells that are scrolled out at the left.
        width: The cells of a line.
        reader: Explains a typed date in the second line; None until the calendar is loaded.
        known: The values that the site knows; empty until they are loaded.
        is_submitted: Whether Enter was pressed, so that no word is being typed any more.
    """
    text, cursor = typed
    problem = problem_in(text)
    word = word_at(text, cursor)
    is_being_typed = problem is not None and problem.end >= word.start and problem.start <= cursor and not is_submitted
    if not text:
        clues = " · ".join(
            f"{_(clue)} {' '.join(f'{shown_key(KEY_BY_NAME[key])}:' for key in keys)}" for clue, keys in KEYS_BY_CLUE
        )
        return (*wrapped_lines(clues, width, _KEY)[:3], _keyboard_hint(width))
    if problem is None or (is_being_typed and completions(word, known)):
        return (*_help(word, width, reader, known), _keyboard_hint(width))
    style = WARNING if is_being_typed else ERROR
    before = cells(safe(text[: problem.start])) - scrolled
    marked = max(1, cells(safe(text[problem.start : problem.end])))
    start, end = max(0, before), min(width, before + marked)
    carets = " " * min(start, width - 1) + "^" * max(1, end - start)
    return (joined((carets, style)), *wrapped_lines(str(problem), width, style)[:2], _keyboard_hint(width))


def filter_key_lines(width: int) -> list[Content]:
    """Return all keys of the filter language with their help, for the help page."""
    lines = [joined((_("Queue · filter keys"), f"{MUTED} bold"))]
    for key in FILTER_KEYS:
        lines += hanging([(pad_right(f" {shown_key(key)}:", _NAME_CELLS), f"{_KEY} bold")], _(key.help), width, MUTED)
    return lines


def _help(word: TypedWord, width: int, reader: Reader | None, known: KnownValues) -> tuple[Content, Content]:
    """Return two lines: the completions of the word, and an explanation of the first one or of its key."""
    found = completions(word, known)
    if word.has_operator:
        key = KEY_BY_NAME.get(word.key.casefold())
        if key is None:
            return Content(), Content()
        understood = reader.explain(word.value) if reader is not None and key.value_type is ValueType.DATE else ""
        about = joined((fit(understood, width), MUTED)) if understood else _explained(key, width)
        # Only the values, so that all of them fit.
        last = word.value.rpartition(",")[2]
        all_values = (_offered_value(key, value, word, known) for value in values_of(key, known))
        values = tuple(completion[len(word.text) - len(last) :] for completion in found) or tuple(all_values)
        value = values[0] if found else last
        if words := known.get(key.name, {}).get(value):
            about = joined((fit(f"{value}: {' · '.join(words)}", width), MUTED))
        first, others = _listed(values, width)
        # All values matter more than the help of the key, which `?` shows too.
        return (first, _listed(others, width)[0]) if others else (first, about)
    keys = {KEY_BY_NAME[name[:-1]] for name in found if name.endswith(":")}
    if len(keys) == 1:
        return _listed(found, width)[0], _explained(keys.pop(), width)
    searched = _("other words search names, application and phone numbers; - excludes")
    return _listed(found, width)[0], joined((fit(safe(searched), width), MUTED))


def _keyboard_hint(width: int) -> Content:
    """Return the keys of the keyboard that apply, complete and cancel the filter."""
    return joined((fit(_("Enter applies · Tab completes · Esc goes back"), width), MUTED))


def _listed(words: tuple[str, ...], width: int) -> tuple[Content, tuple[str, ...]]:
    """Return as many words side by side as fit, and the others."""
    parts: list[Part] = []
    left = width
    for number, word in enumerate(words):
        needed = cells(word) + 2
        if needed > left:
            return joined(*parts), words[number:]
        left -= needed
        parts += [(word, _KEY), ("  ", "")]
    return joined(*parts), ()


def _explained(key: FilterKey, width: int) -> Content:
    return joined((fit(with_details(shown_key(key), _(key.help)), width), MUTED))
