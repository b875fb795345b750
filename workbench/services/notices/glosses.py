"""Letters in the language of the person who reads them on the screen; nobody is sent these."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from db.enums import Language
from workbench.domain.case.casefile import CachedCase, CaseFile, ItemRequest
from workbench.domain.case.items import documents_in
from workbench.domain.policy.policy import Supplier
from workbench.i18n import comma_joined, current_language
from workbench.services.notices.letter import Letter
from workbench.services.notices.letter_facts import Sender
from workbench.services.notices.rendering import render
from workbench.services.notices.result_letters import causes, worded_items

_CODE_AT_END = re.compile(r"[（(]([A-Z][A-Z0-9-]+)[）)]$")


def gloss_of(letter: Letter, cached: CachedCase, supplier: Supplier, items: Sequence[ItemRequest]) -> str:
    """Return the masked body of a letter about a case in the language in use; "" if the letter is in it.

    The texts of reasons, items and documents are those of the policy; what somebody wrote stays as it is. `items` are
    those of the verdict.
    """
    casefile, redaction = cached.casefile, cached.redaction
    own = Language(current_language())
    if letter.language is own:
        return ""
    in_own = glossary(casefile, casefile.policy.reasons, items)

    def said(text: str) -> str:
        return in_own(redaction.mask_in(text))

    shown = replace(
        letter,
        language=own,
        supplier=Sender.of(supplier, own),
        reasons=tuple(one._replace(title=casefile.policy.reason_title(one.code, own)) for one in letter.reasons),
        edited_causes=said(letter.causes) if letter.reasons else letter.edited_causes,
        items=tuple(item._replace(text=said(item.text)) for item in letter.items),
        asked=tuple(item._replace(text=said(item.text)) for item in letter.asked),
        waived=tuple(map(said, letter.waived)),
        item=said(letter.item),
    )
    return redaction.mask_in(render(shown).body)


def glossary(casefile: CaseFile, codes: Iterable[str], items: Sequence[ItemRequest] = ()) -> Callable[[str], str]:
    """Return the function that gives a text of a letter about a case in the language in use.

    It knows the items and sentences of the reasons with these codes, and lists of documents. A line that is not known
    stays as it is, but the title of a reason replaces its sentence if its facts have changed since.
    """
    language, policy = current_language(), casefile.policy
    own = replace(casefile, header=replace(casefile.header, language=language))
    words: dict[str, str] = {}
    if casefile.header.language != language:
        for code in codes:
            item = [ItemRequest(code=code)]
            texts = ("\n".join(each.text for each in worded_items(one, item)) for one in (casefile, own))
            words |= {causes(casefile, [code], items): causes(own, [code], items), next(texts): next(texts)}

    def said(line: str) -> str:
        if line in words or not words:
            return words.get(line, line)
        if kinds := documents_in(line, policy):
            return comma_joined(policy.documents.names[kind].in_language(language) for kind in kinds)
        if (code := _CODE_AT_END.search(line)) and code[1] in policy.reasons:
            return f"{policy.reason_title(code[1], language)} ({code[1]})"
        return line

    return lambda text: "\n".join(map(said, text.split("\n")))
