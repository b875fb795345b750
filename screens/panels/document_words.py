"""The words for documents on screens: until when they are valid, and what is wrong with them."""

from datetime import date

from screens.shell.view import View
from workbench.domain.evidence.evidence import LONG_TERM, DocumentFacts
from workbench.domain.facts.document_lines import DocumentLine
from workbench.i18n import _, comma_joined
from workbench.wording.case.labels import QUALITY_WORDS


def validity_words(valid_to: date, view: View) -> str:
    """Return until when a document or licence is valid."""
    return _("long-term") if valid_to == LONG_TERM else _("to {day}").format(day=view.day(valid_to))


def declared_defects(document: DocumentFacts | DocumentLine, today: date) -> str:
    """Return the defects that the sender declared, empty without defects; the checklist confirms seal and quality."""
    defects = [_("no seal")] if document.sealed is False else []
    if document.quality in QUALITY_WORDS:
        defects.append(_(QUALITY_WORDS[document.quality]))
    if document.valid_to is not None and document.valid_to < today:
        defects.append(_("expired"))
    return comma_joined(defects)
