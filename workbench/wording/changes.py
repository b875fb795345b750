"""What changed between two rounds, in words: the names of fields, and their values."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.enums import DocumentKind
from workbench.domain.case.changes import RoundChange, SubmittedFile, UnchangedEntry
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.findings.finding import Finding
from workbench.i18n import N_, _, current_language
from workbench.wording import amounts
from workbench.wording.case.fields import FIELD_NAMES, FieldWords
from workbench.wording.findings import CREDIT_LIST_WORDS, document_name, finding_text

PART_WORDS: Mapping[EvidencePart, str] = {
    EvidencePart.FINDINGS: N_("Findings"),
    EvidencePart.APPLICATION: N_("Application form"),
    EvidencePart.CARDS: N_("Cards"),
    EvidencePart.DOCUMENTS: N_("Documents"),
    EvidencePart.ACTIVITY: N_("Call activity"),
    EvidencePart.CREDIT: N_("Credit"),
}


@dataclass(frozen=True, slots=True)
class ChangeWords(FieldWords):
    """The words of changes under a policy, in the current language."""

    def label(self, entry: RoundChange | UnchangedEntry) -> str:
        """Return the name of what changed: its subject, and its field if the field has a name."""
        subject = self._subject(entry)
        field = _(FIELD_NAMES[entry.field]) if entry.field in FIELD_NAMES else ""
        return " · ".join(filter(None, (subject, field)))

    def value(self, field: str, value: object) -> str:
        """Return a value of a field in words; a dash if there is none."""
        match value:
            case None if field == "finding":
                return _("not found")
            case SubmittedFile():
                at = amounts.instant_on_screen(value.received_at, self.today, self.zone)
                return _("received {when}").format(when=at)
            case Finding():
                return finding_text(value, self.policy, current_language())
        return FieldWords.value(self, field, value)

    def verdict(self, entry: UnchangedEntry, since_round: int) -> str:
        """Return what the earlier round said of something that did not change."""
        if entry.part is EvidencePart.FINDINGS:
            return _("found in round {round} too").format(round=since_round)
        if entry.codes:
            return _("round {round}: {codes}").format(round=since_round, codes=" ".join(entry.codes))
        return _("accepted in round {round}").format(round=since_round)

    def _subject(self, entry: RoundChange | UnchangedEntry) -> str:
        if entry.part is EvidencePart.DOCUMENTS:
            return document_name(DocumentKind(entry.subject), self.policy, current_language())
        if entry.part is EvidencePart.CREDIT:
            name, _blank, reference = entry.subject.partition(" ")
            return f"{_(CREDIT_LIST_WORDS[name])} {reference}".rstrip()
        return entry.subject
