"""The texts that templates make of the facts of letters: bodies, printable pages and short messages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from db.enums import Language
from workbench.domain.text.safe import safe
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.services.notices.letter import Letter
from workbench.services.notices.letter_facts import LetterItem, Sender
from workbench.wording.letter_dates import letter_day, letter_instant, plain_day
from workbench.wording.quotation import quoted_if_foreign

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class LetterText:
    """The texts of a letter, as plain text with its values unescaped."""

    subject: str
    body: str
    lines: tuple[str, ...]
    """The lines of its short message: the dates, and how many numbers are barred or restored."""


def render(letter: Letter) -> LetterText:
    """Return the texts of a letter.

    Raises:
        ValueError: If a required fact is missing.
    """
    if letter.missing:
        raise ValueError(letter.missing)
    language, zone = letter.language, ZoneInfo(letter.zone)

    def local_day(on: date) -> date:
        return on.astimezone(zone).date() if isinstance(on, datetime) else on

    context = {
        "letter": letter,
        "supplier": letter.supplier,
        "instant": partial(letter_instant, zone=letter.zone, language=language),
        "day": lambda on: letter_day(local_day(on), language),
        "plain": lambda on: plain_day(local_day(on), language),
        "quoted": partial(quoted_if_foreign, language=language),
        "listed": partial(_listed, letter),
    }
    # The text of the module is the body; the other parts are variables that the template sets.
    parts: Any = letter_environment().get_template(f"{letter.template}.{language}.jinja").make_module(context)
    lines = (line.strip() for line in f"{parts.dates}\n{parts.cards}".split("\n"))
    return LetterText(parts.subject.strip(), str(parts).strip(), tuple(filter(None, lines)))


def _listed(letter: Letter, items: Sequence[LetterItem], deadline_at: datetime | None) -> dict[str, Any]:
    """Return the values with which a template lists items.

    A text in another language is quoted, and an item's own deadline is in brackets. If there is only one item, its
    deadline is the common one.

    Returns:
        A mapping: `lines` of the items; the common `deadline_at`; and `own`, which is None if no item has a deadline of
        its own. Otherwise, `own` has the `numbers` of the items with their own deadlines, the number `first` of the
        earliest and its deadline `first_at`. `has_others` says whether other items have no deadline of their own.
    """
    dated = [(item.deadline_at, number) for number, item in enumerate(items, start=1) if item.deadline_at is not None]
    lines = [quoted_if_foreign(item.text, letter.language) for item in items]
    own = None
    if dated and len(items) == 1:
        deadline_at = items[0].deadline_at
    elif dated:
        first_at, first = min(dated)
        numbers = [number for _at, number in dated]
        own = {"numbers": numbers, "first": first, "first_at": first_at, "has_others": len(dated) < len(items)}
        for at, number in dated:
            until = letter_instant(at, letter.zone, letter.language)
            lines[number - 1] += f"（期限：{until}）" if letter.language is Language.ZH else f" (by {until})"
    return {"lines": lines, "own": own, "deadline_at": deadline_at}


@cache
def letter_environment(*, is_html: bool = False) -> "Environment":
    """Return the templates of the letters, which produce plain text, or HTML with all values escaped.

    The name of a template does not decide this, because a page imports macros from templates with any name.
    """
    # Imported on first use, because Jinja takes long to import and would delay the first screen.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("workbench", "letters"),
        undefined=StrictUndefined,
        autoescape=select_autoescape((), (), default=is_html),
        trim_blocks=True,
        lstrip_blocks=True,
    )


_LINE_CELLS = 78
_PART_CHARS = 70
"""The characters of one short message in UCS-2. Source: 3GPP TS 23.040, 9.2.3.24."""

_NUMBERING_CHARS = len("(10/10)")
_CUTS = re.compile(r"[。；，）](?![。；，）：])|[ ;]")
_DATES = re.compile(r"[A-Z][a-z]+day, [0-9]+ [A-Z][a-z]+ [0-9]{4}(, [0-9:]{5})?|[0-9年月]+日（周.）([0-9:]{5})?")


def letter_pages(notice: Mapping[str, Any], sender: Sender) -> dict[str, str]:
    """Return a notice as printable pages by file suffix (.txt, .html), with the head of its sender."""
    texts = {
        name: safe(value, keep_newlines=True) if isinstance(value, str) else value for name, value in notice.items()
    }
    text, page = (
        letter_environment(is_html=is_html).get_template(name).render(notice=texts, supplier=sender)
        for name, is_html in (("page.txt.jinja", False), ("page.html.jinja", True))
    )
    lines = (line for paragraph in text.split("\n") for line in wrap_paragraph(paragraph, _LINE_CELLS))
    return {".txt": "\n".join(lines).strip() + "\n", ".html": page.strip() + "\n"}


def short_message(language: Language, subject: str, lines: Sequence[str], sender: Sender) -> tuple[str, ...]:
    """Return a letter as a short message in parts of at most 70 characters.

    The message gives the case, the result, the dates, how many numbers are barred or restored, and where the whole
    letter is. It names no person and no number.
    """
    template = letter_environment().get_template(f"message.{language}.jinja")
    return _in_parts(safe(template.render(subject=subject, lines=lines, supplier=sender).strip()))


def _in_parts(text: str) -> tuple[str, ...]:
    """Return a text in numbered parts, cut after punctuation or at blanks if possible, but not within a date."""
    if len(text) <= _PART_CHARS:
        return (text,)
    parts, rest, room = [], text, _PART_CHARS - _NUMBERING_CHARS
    while len(rest) > room:
        dates = [found.span() for found in _DATES.finditer(rest)]
        cuts = (found.end() for found in _CUTS.finditer(rest) if found.end() <= room)
        cut = max((at for at in cuts if not any(start < at < end for start, end in dates)), default=room)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    parts.append(rest)
    return tuple(f"({number}/{len(parts)}){part}" for number, part in enumerate(parts, start=1))
