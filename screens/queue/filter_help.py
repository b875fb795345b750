"""The help below the filter line: where the error is, or how the text can continue."""

from dataclasses import dataclass
from datetime import date

from textual.content import Content

from screens.widgets.safe_text import ERROR, MUTED, WARNING, Part, hanging, joined, wrapped
from screens.widgets.time_field import TimeReader
from workbench.domain.filter.keys import KEY_BY_NAME, ValueType
from workbench.domain.filter.parser import FILTER_KEYS, FilterKey, FilterProblem, parse_filter
from workbench.domain.text.safe import cells, fit, pad_right, safe
from workbench.i18n import _

_OPERATORS = ":<>=：＜＞＝"
_KEY = "$text-accent"
_NAME_CELLS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWord:
    """The word at the cursor.

    Attributes:
        start: Its position in the filter.
        text: The whole word.
        key: The part before the operator, or the whole word.
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
    at = next((index for index, char in enumerate(word) if char in _OPERATORS), -1)
    if at < 0:
        return TypedWord(start=start, text=word, key=word, value="", has_operator=False)
    return TypedWord(start=start, text=word, key=word[:at], value=word[at:].lstrip(_OPERATORS), has_operator=True)


def problem_in(text: str) -> FilterProblem | None:
    """Return the first problem of a filter, None for a valid one."""
    try:
        parse_filter(text)
    except FilterProblem as problem:
        return problem
    return None


def completions(word: TypedWord) -> tuple[str, ...]:
    """Return the completions of the word at the cursor: keys, or the values of its key."""
    if not word.has_operator:
        typed = word.key.casefold()
        return tuple(f"{key.name}:" for key in FILTER_KEYS if key.name.startswith(typed)) if typed else ()
    key = KEY_BY_NAME.get(word.key.casefold())
    if key is None:
        return ()
    before, comma, last = word.value.rpartition(",")
    head = word.text[: len(word.text) - len(word.value)] + before + comma
    return tuple(f"{head}{value}" for value in key.values if value.startswith(last.casefold()) and value != last)


def hint_lines(
    typed: tuple[str, int], scrolled: int, width: int, reader: TimeReader[date] | None, *, is_submitted: bool
) -> tuple[Content, Content, Content]:
    """Return the three lines of help; the last one names the keys, unless an error message needs it.

    A problem in the word that is being typed is a warning; every other problem is an error.

    Args:
        typed: The text, and the position of the cursor in it.
        scrolled: The cells that are scrolled out at the left.
        width: The cells of a line.
        reader: Explains a typed date in the second line; None until the calendar is loaded.
        is_submitted: Whether Enter was pressed, so that no word is being typed any more.
    """
    text, cursor = typed
    problem = problem_in(text)
    word = word_at(text, cursor)
    is_being_typed = problem is not None and problem.end >= word.start and problem.start <= cursor and not is_submitted
    if problem is None or (is_being_typed and completions(word)):
        return (*_help(word, width, reader), _key_help(width))
    style = WARNING if is_being_typed else ERROR
    before = cells(safe(text[: problem.start])) - scrolled
    marked = max(1, cells(safe(text[problem.start : problem.end])))
    start, end = max(0, before), min(width, before + marked)
    carets = " " * min(start, width - 1) + "^" * max(1, end - start)
    message, *rest = wrapped(str(problem), width)
    third = joined((fit(" ".join(rest), width), style)) if rest else _key_help(width)
    return joined((carets, style)), joined((message, style)), third


def key_lines(width: int) -> list[Content]:
    """Return all keys of the filter language with their help, for the help page."""
    lines = [joined((_("Queue · filter keys"), f"{MUTED} bold"))]
    for key in FILTER_KEYS:
        lines += hanging([(pad_right(f" {key.name}:", _NAME_CELLS), f"{_KEY} bold")], _(key.help), width, MUTED)
    return lines


def _help(word: TypedWord, width: int, reader: TimeReader[date] | None) -> tuple[Content, Content]:
    """Return the keys that start with the word, or the values of its key."""
    if word.has_operator:
        key = KEY_BY_NAME.get(word.key.casefold())
        if key is None:
            return Content(), Content()
        understood = reader.explain(word.value) if reader is not None and key.value_type is ValueType.DATE else ""
        about = joined((fit(understood, width), MUTED)) if understood else _explained(key, width)
        # Only the values, so that all of them fit.
        before = len(word.text) - len(word.value.rpartition(",")[2])
        values = tuple(completion[before:] for completion in completions(word)) or key.values
        first, others = _listed(values, width)
        # All values matter more than the help of the key, which `?` shows too.
        return (first, _listed(others, width)[0]) if others else (first, about)
    keys = [key for key in FILTER_KEYS if key.name.startswith(word.key.casefold())]
    if len(keys) == 1:
        return _listed(completions(word), width)[0], _explained(keys[0], width)
    names = tuple(f"{key.name}:" for key in keys or FILTER_KEYS)
    searched = _("other words search names, application and phone numbers; - excludes")
    return _listed(names, width)[0], joined((fit(safe(searched), width), MUTED))


def _key_help(width: int) -> Content:
    """Return the keys that apply, complete and cancel the filter."""
    return joined((fit(_("Enter applies · Tab completes · Esc cancels"), width), MUTED))


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
    return joined((fit(f"{key.name}: {_(key.help)}", width), MUTED))
