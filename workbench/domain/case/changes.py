"""Compares two rounds of a case: what changed, and what the earlier verdict said about the rest."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, fields
from datetime import datetime

from db.enums import DocumentKind
from workbench.domain.case.reason_scope import EvidencePart, is_about
from workbench.domain.evidence.evidence import ApplicationFacts, CardFacts, Evidence
from workbench.domain.facts.documents import newest_files
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.policy import FactValue
from workbench.domain.text.mask import MaskKind, mask

_KEY_FIELDS = frozenset({"agent", "application_no", "submitted_at", "received_at"})
"""The fields of an application that name or date it, and are not compared."""

_CREDIT_FIELDS = ("match", "listed_on", "checked_on", "amount_fen", "overdue_days", "disputed")
_DOCUMENT_FIELDS = ("issued_on", "valid_to", "sealed", "quality")
_FIGURES = (
    *("calls", "answer_ratio", "distinct_callees", "mean_duration_s", "short_call_ratio", "peak_hour_calls"),
    *("peak_day_calls", "off_hours_calls", "max_same_callee_day", "handsets", "complaints", "opt_out_calls"),
)
"""The facts about calls that are compared: those that the panel shows."""


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file of a document; files are compared by content, not by the time of their receipt."""

    sha256: str
    received_at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBasis:
    """The basis of a round: its evidence, the facts of the case, and the findings."""

    evidence: Evidence
    facts: Mapping[str, FactValue]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChange:
    """One field that differs between two rounds.

    `subject` names a card, a document, a credit record or a rule; it is empty in the application and the call figures.
    If something is new or gone, only one field is listed: the number of a card, the files of a document, the match of a
    credit record, or the finding itself. Its missing value is None.
    """

    part: EvidencePart
    subject: str
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True, kw_only=True)
class UnchangedEntry:
    """Something that is the same in both rounds: a field of the application, a card, a document, a credit record.

    `codes` are the reasons, items and findings of the earlier verdict that are about it; empty if it was accepted.
    """

    part: EvidencePart
    subject: str
    field: str
    value: object
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChanges:
    """The comparison of a case with the verdict of an earlier round.

    Attributes:
        since_round: The number of the earlier round.
        decision_id: Its verdict.
        named: For each code in the verdict, the documents and numbers that it is about, as far as known.
        changes: What changed since that round.
        unchanged: What did not change.
    """

    since_round: int
    decision_id: int
    named: Mapping[str, Set[str]]
    changes: tuple[RoundChange, ...]
    unchanged: tuple[UnchangedEntry, ...]

    def has(self, part: EvidencePart, *names: str) -> bool:
        """Say whether any of these fields, cards, documents, credit lists or rules of a part changed."""
        of_part = (change for change in self.changes if change.part is part)
        return any(change.field in names or _scope_name(change) in names for change in of_part)

    def about(self, code: str) -> tuple[RoundChange, ...]:
        """Return the changes that a reason or item is about."""
        subjects = self.named.get(code, frozenset())
        return tuple(change for change in self.changes if is_about(code, subjects, change.part, _scope_name(change)))


@dataclass(frozen=True, slots=True)
class _ComparedEntry:
    """A compared entry of a round, such as a card: its values by field. The first field tells that the entry exists."""

    part: EvidencePart
    subject: str
    values: Mapping[str, object]

    @property
    def first_field(self) -> str:
        return next(iter(self.values))


def compare_rounds(
    old: RoundBasis, new: RoundBasis, named: Mapping[str, Set[str]]
) -> tuple[list[RoundChange], list[UnchangedEntry]]:
    """Return the changes between two rounds, and the unchanged entries; `named` is what the earlier verdict named."""
    before, after = dict(_compared_entries(old)), dict(_compared_entries(new))
    changes: list[RoundChange] = []
    unchanged: list[UnchangedEntry] = []
    for key in dict.fromkeys((*before, *after)):
        changed_fields = _changed_fields(before.get(key), after.get(key))
        changes += changed_fields
        compared = after.get(key) or before[key]
        if not changed_fields and any(compared.values.values()):
            name = _scope_name(compared)
            about = (code for code in named if is_about(code, named[code], compared.part, name))
            unchanged.append(
                UnchangedEntry(
                    part=compared.part,
                    subject=compared.subject,
                    field=compared.first_field,
                    value=compared.values[compared.first_field],
                    codes=tuple(about),
                )
            )
    order = tuple(EvidencePart)
    changes.sort(key=lambda change: order.index(change.part))
    unchanged.sort(key=lambda entry: order.index(entry.part))
    return changes, unchanged


def _scope_name(entry: "RoundChange | _ComparedEntry") -> str:
    """Return the name that reasons refer to: a column, a number, a kind of document, a list or a rule."""
    if entry.part is EvidencePart.APPLICATION:
        return entry.field if isinstance(entry, RoundChange) else entry.first_field
    # The subject of a credit record is its list, followed by its reference.
    return entry.subject.split(" ", 1)[0] if entry.part is EvidencePart.CREDIT else entry.subject


def _changed_fields(old: _ComparedEntry | None, new: _ComparedEntry | None) -> list[RoundChange]:
    """Return the fields of an entry that differ; only the first field if the entry is new or gone."""
    compared = new or old
    if compared is None:
        return []
    before, after = (old.values if old else {}), (new.values if new else {})
    names = compared.values if old and new else (compared.first_field,)
    return [
        RoundChange(part=compared.part, subject=compared.subject, field=name, old=before.get(name), new=after.get(name))
        for name in names
        if _comparable(before.get(name)) != _comparable(after.get(name))
    ]


def _comparable(value: object) -> object:
    """Return the compared form of a value. A finding is compared by severity, value, documents and masked numbers.

    A verdict stores the findings that it saw with masked numbers. Of the subjects, only numbers end with a digit.
    """
    if not isinstance(value, Finding):
        return value
    numbers = {mask(MaskKind.MSISDN, subject) for subject in value.subjects if subject[-1:].isdecimal()}
    return value.severity, value.observed, numbers | frozenset(DocumentKind).intersection(value.subjects)


def _compared_entries(basis: RoundBasis) -> Iterator[tuple[tuple[object, ...], _ComparedEntry]]:
    """Yield the entries of a round that are compared, with their keys."""
    evidence = basis.evidence
    for name in (column.name for column in fields(ApplicationFacts) if column.name not in _KEY_FIELDS):
        values = {name: getattr(evidence.application, name)}
        yield (EvidencePart.APPLICATION, name), _ComparedEntry(EvidencePart.APPLICATION, "", values)
    for card in evidence.cards:
        values = {column.name: getattr(card, column.name) for column in fields(CardFacts)}
        yield (EvidencePart.CARDS, card.msisdn), _ComparedEntry(EvidencePart.CARDS, card.msisdn, values)
    yield from _documents(evidence)
    figures = {**{name: basis.facts.get(name) for name in _FIGURES}, "window_to": evidence.all_calls.window_to}
    yield (EvidencePart.ACTIVITY,), _ComparedEntry(EvidencePart.ACTIVITY, "", figures)
    for record in evidence.credit:
        reference = record.reference or str(record.listed_on or "")
        values = {name: getattr(record, name) for name in _CREDIT_FIELDS}
        compared = _ComparedEntry(EvidencePart.CREDIT, f"{record.list.value} {reference}".rstrip(), values)
        yield (EvidencePart.CREDIT, record.subject_no, record.list, reference), compared
    for finding in basis.findings:
        compared = _ComparedEntry(EvidencePart.FINDINGS, finding.rule, {"finding": finding})
        yield (EvidencePart.FINDINGS, finding.rule), compared


def _documents(evidence: Evidence) -> Iterator[tuple[tuple[object, ...], _ComparedEntry]]:
    """Yield each kind of document, with its latest files and what they state."""
    newest = tuple(newest_files(evidence.documents))
    for kind in dict.fromkeys(document.kind for document in newest):
        files_of_kind = [document for document in newest if document.kind is kind]
        submitted = (SubmittedFile(file.sha256, file.received_at) for file in files_of_kind)
        values = {"files": tuple(sorted(submitted, key=lambda file: file.sha256))}
        values |= {name: getattr(files_of_kind[0], name) for name in _DOCUMENT_FIELDS}
        yield (EvidencePart.DOCUMENTS, kind), _ComparedEntry(EvidencePart.DOCUMENTS, kind.value, values)
