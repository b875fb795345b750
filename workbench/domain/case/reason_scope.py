"""What a reason or an item to rectify is about: documents, fields of the application, cards, calls or credit lists."""

from collections.abc import Iterable, Mapping, Sequence, Set
from enum import StrEnum
from typing import Any, NamedTuple

from db.enums import CreditList, DocumentKind
from workbench.domain.facts.identity import HANDLER, LEGAL_REP
from workbench.domain.findings.reason_documents import DOCUMENTS_OF_REASON, implied_documents
from workbench.domain.text.mask import MaskKind, mask

D = DocumentKind

_HANDLER_NUMBER = frozenset({"handler_id_no", "handler_id_type"})
_LEGAL_REP_NUMBER = frozenset({"legal_rep_id_no", "legal_rep_id_type"})
_HANDLER_VALIDITY = frozenset({"handler_id_issued_on", "handler_id_valid_to"})

FIELDS_OF_REASON: Mapping[str, frozenset[str]] = {
    "ID-RIC": _HANDLER_NUMBER | _LEGAL_REP_NUMBER,
    "ID-RIC-AGE": _HANDLER_NUMBER,
    "ID-REGION": _HANDLER_NUMBER,
    "ID-RIC-EXPIRED": _HANDLER_VALIDITY,
    "ID-RIC-EXPIRING": _HANDLER_VALIDITY,
    "ID-RIC-VALIDITY": _HANDLER_VALIDITY,
    "ID-NAME": frozenset({"applicant_name", "legal_rep_name", "handler_name"}),
    "ID-USCC": frozenset({"uscc"}),
    "ID-USCC-KIND": frozenset({"uscc"}),
    "ID-LICENCE-EXPIRED": frozenset({"licence_valid_to"}),
    "ID-LICENCE-EXPIRING": frozenset({"licence_valid_to"}),
    "ID-CAPITAL": frozenset({"registered_capital_fen"}),
    "USE-TRADE": frozenset({"industry", "business_scope"}),
    "USE-SCRIPT": frozenset({"call_script"}),
    "USE-CONSENT": frozenset({"consent_source"}),
    "USE-STATEMENT": frozenset({"stated_use"}),
}
"""The columns of an application that a reason is about."""

RULE_OF_LIST: Mapping[CreditList, str] = {
    CreditList.ARREARS: "CR-ARREARS",
    CreditList.COURT: "CR-DEBTOR",
    CreditList.ABNORMAL: "CR-ABNORMAL",
    CreditList.SERIOUS: "CR-SERIOUS",
    CreditList.TELECOM: "CR-TELECOM-LIST",
    CreditList.PUNISHMENT: "CR-PUNISHED",
}
"""The rule that checks the records of each credit list."""

_REASONS_ABOUT_CARDS = frozenset({"ID-MSISDN", "ID-ICCID", "ID-CARRIER", "ID-CARD-COUNT", "ID-ACTUAL-USER"})


class EvidencePart(StrEnum):
    """A part of what a round rests on: its evidence, or what the rules found in it."""

    FINDINGS = "findings"
    APPLICATION = "application"
    CARDS = "cards"
    DOCUMENTS = "documents"
    ACTIVITY = "activity"
    CREDIT = "credit"


class NamedDocuments(NamedTuple):
    """The kinds of documents that answer an item, and whether all of them are required.

    If `others_may_answer`, only a reviewer can tell whether another document answers the item.
    """

    kinds: Set[str]
    needs_all: bool
    others_may_answer: bool


def named_documents(items: Iterable[tuple[str, str]], seen: Mapping[str, Any]) -> list[NamedDocuments]:
    """Return the documents that each item asks for: the first of these that is not empty.

    * The documents that the letter lists for the item.
    * The documents that its finding names.
    * For a reason about documents, the documents of the people whom its finding names.
    * The documents of its reason.
    * The document whose code the item has.

    Args:
        items: The code and the text of each item.
        seen: The record of what the verdict was based on.
    """
    listed_by_item = {(item["code"], item["text"]): item.get("documents") for item in seen.get("items", ())}
    subjects = {finding["rule"]: finding["subject"].split(";") for finding in seen.get("findings", ())}
    named = []
    for code, text in items:
        listed = listed_by_item.get((code, text))
        about = subjects.get(code, ())
        required = set(D).intersection(listed or about)
        kinds = required or implied_documents(code, about) or {code} & set(D)
        # An empty list means that the reviewer wrote the item; such a text may ask for anything.
        named.append(NamedDocuments(kinds, bool(required), others_may_answer=not kinds or listed == []))
    return named


def documents_for(
    item: NamedDocuments, named: Iterable[NamedDocuments], documents: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """Return the documents that answer an item, and those that may answer it.

    The first list stays empty until all documents that the item requires have been received. The second list is the
    first one; only if that is empty, it has the documents that no other item names, as far as others may answer.
    """
    answers = [document for document in documents if document.kind in item.kinds]
    if item.needs_all and not item.kinds <= {document.kind for document in answers}:
        answers = []
    named_by_others = frozenset().union(*(other.kinds for other in named)) - item.kinds
    unnamed = [document for document in documents if item.others_may_answer and document.kind not in named_by_others]
    return answers, answers or unnamed


def is_about(code: str, subjects: Set[str], part: EvidencePart, name: str) -> bool:
    """Say whether a reason or item is about one thing of a part.

    Args:
        code: The code of the reason or item.
        subjects: The subjects of the finding with this code, in which numbers may be masked.
        part: The part.
        name: The column of an application, the number of a card, the kind of a document, a credit list or a rule.
    """
    match part:
        case EvidencePart.APPLICATION:
            # A finding about one of the two people is not about the ID number of the other.
            of_other_person = {HANDLER: _LEGAL_REP_NUMBER, LEGAL_REP: _HANDLER_NUMBER}.get(";".join(subjects))
            return name in FIELDS_OF_REASON.get(code, frozenset()) - (of_other_person or frozenset())
        case EvidencePart.CARDS:
            return code in _REASONS_ABOUT_CARDS and (
                not subjects or not subjects.isdisjoint({name, mask(MaskKind.MSISDN, name)})
            )
        case EvidencePart.DOCUMENTS:
            return name == code or name in subjects or name in DOCUMENTS_OF_REASON.get(code, frozenset())
        case EvidencePart.ACTIVITY:
            return code.startswith("ACT-")
        case EvidencePart.CREDIT:
            return RULE_OF_LIST.get(CreditList(name)) == code
        case EvidencePart.FINDINGS:
            return name == code
