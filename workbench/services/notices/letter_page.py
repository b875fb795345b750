"""Renders a letter as a page to print, and as a short message."""

import re
from collections.abc import Mapping
from typing import Any

from db.enums import Language
from workbench.domain.policy.policy import Supplier
from workbench.domain.text.safe import safe
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.services.notices.appeal_letter import AppealLetterKind
from workbench.services.notices.due_date_letter import ClockLetterKind
from workbench.services.notices.verdict_letter import letter_environment

_LINE_CELLS = 78
_PART_CHARS = 70
"""The characters of one short message in UCS-2. Source: 3GPP TS 23.040, 9.2.3.24."""

_NUMBERING_CHARS = len("(10/10)")
_CUTS = re.compile(r"[。；，）](?![。；，）：])|[ ;]")
_DATES = re.compile(r"[A-Z][a-z]+day, [0-9]+ [A-Z][a-z]+ [0-9]{4}(, [0-9:]{5})?|[0-9年月]+日（周.）([0-9:]{5})?")

_FACT = {
    Language.ZH: re.compile(r"(?!受理编号|申请编号|审核结论|申诉结论)[^：，。]{2,12}：.+[^。]"),
    Language.EN: re.compile(r"(?!Case number|Application number|Result|Decision)[A-Z][A-Za-z0-9 ()]{3,40}: .+[^.]"),
}
"""Labels of lines with a date below the case number of a letter; the result is in the subject already."""

_WITHDRAWALS = (ClockLetterKind.WITHDRAWN.value, AppealLetterKind.WITHDRAWN.value)

_CARDS: Mapping[Language, Mapping[str, str]] = {
    Language.ZH: {
        r"（限呼），呼入不受影响：[^。\n]*": "已限呼{}个号码",
        r"（双停）：[^。\n]*": "已双停{}个号码",
        r"(?:(?:自即日起|已安排)解除|（复机）)：[^。\n]*": "{}个号码已安排复机",
        r"尚未执行的限制措施(?:予以|已)取消：[^。\n]*": "{}个号码的限制措施已取消",
    },
    Language.EN: {
        r"outgoing calls are barred, and incoming calls still work, [^.\n]*": "Outgoing calls barred on {} {numbers}",
        r"outgoing and incoming calls are barred on [^.\n]*": "All calls barred on {} {numbers}",
        r"was not carried out yet and (?:is|was) cancelled: [^.\n]*": "Bar cancelled for {} {numbers}",
        r"(?:lift the bar|calls work again) on [^.\n]*": "{} {numbers} {are} being restored",
    },
}
"""The sentences of letters about a measure, each with its short form for a message."""

_COUNT = re.compile(r"(?<=共)\d+(?=个)|\d+(?= in total)")

_NOT_ASKED = {
    Language.ZH: "如未申请撤回，请拨打{phone}",
    Language.EN: "If you did not ask for this, call {phone}",
}

_CASE_NUMBER = {Language.ZH: "受理编号：", Language.EN: "Case number: "}


def letter_pages(notice: Mapping[str, Any], supplier: Supplier) -> dict[str, str]:
    """Return a notice as printable pages by file suffix (.txt, .html), with the head of the supplier."""
    language = Language(notice["language"])
    texts = {
        name: safe(value, keep_newlines=True) if isinstance(value, str) else value for name, value in notice.items()
    }
    context = {"notice": texts, "supplier": supplier.in_language(language)}
    text, page = (
        letter_environment(is_html=is_html).get_template(name).render(context)
        for name, is_html in (("page.txt.jinja", False), ("page.html.jinja", True))
    )
    lines = (line for paragraph in text.split("\n") for line in wrap_paragraph(paragraph, _LINE_CELLS))
    return {".txt": "\n".join(lines).strip() + "\n", ".html": page.strip() + "\n"}


def short_message(notice: Mapping[str, Any], supplier: Supplier) -> tuple[str, ...]:
    """Return a notice as a short message in parts of at most 70 characters.

    The message gives the case, the result, the dates, how many numbers are barred or restored, and where the whole
    letter is. It names no person and no number.
    """
    language = Language(notice["language"])
    name, phone = supplier.name.in_language(language), supplier.phone
    facts = [*_facts_in(notice["body"], language), *_cards_in(notice["body"], language)]
    if notice["kind"] in _WITHDRAWALS:
        facts.append(_NOT_ASKED[language].format(phone=phone))
    if language is Language.ZH:
        text = f"【{name}】{notice['subject']}。{''.join(f'{fact}。' for fact in facts)}通知全文请致电{phone}索取。"
    else:
        text = (
            f"{name}: {notice['subject']}. {''.join(f'{fact}. ' for fact in facts)}For the whole letter, call {phone}."
        )
    return _in_parts(safe(text))


def _facts_in(body: str, language: Language) -> list[str]:
    """Return the lines with dates in the paragraph of a letter that gives the case number."""
    marked = (paragraph.split("\n") for paragraph in body.split("\n\n"))
    lines = next((lines for lines in marked if lines[0].startswith(_CASE_NUMBER[language])), [])
    return [line for line in lines if _FACT[language].fullmatch(line)]


def _cards_in(body: str, language: Language) -> list[str]:
    """Return how many numbers a letter bars or restores, in words."""
    found = (
        (words, sum(int(count) for part in re.findall(sentence, body) for count in _COUNT.findall(part)))
        for sentence, words in _CARDS[language].items()
    )
    return [
        words.format(count, numbers="number" if count == 1 else "numbers", are="is" if count == 1 else "are")
        for words, count in found
        if count
    ]


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
