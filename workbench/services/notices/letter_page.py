"""Renders a letter as a page to print, and as a short message."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from db.enums import Language
from workbench.domain.text.safe import safe
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.services.notices.letter import Sender, letter_environment

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
