"""What becomes of each row of a file, seen against what was published before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import EVERYTHING, ImportedRow, newest_of_many
from workbench.domain.evidence.evidence import ApplicationFacts
from workbench.domain.evidence.rows import CardRow, DocumentRow
from workbench.domain.values.bad_value import outlined
from workbench.i18n import _
from workbench.services.foundation.file_store import Store
from workbench.services.importing import columns
from workbench.services.importing.columns import TABLES, Columns, is_equal
from workbench.services.importing.documents import BadDocument, StoredFile, examined, found_beside, in_store
from workbench.services.importing.plan import Fate, Judgement, Key
from workbench.services.importing.standing import ImportTerms, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the rows of one import.

    `arriving` are the applications that come with the import itself, and since when they count as received; None
    where nothing of them changes. Cards and documents of the same workbook may belong to them. With `only`, rows of
    other applications are refused. `reopened` are the applications of which the import opens new cases.
    """

    store: Store
    terms: ImportTerms
    imported_at: datetime
    only: Key | None = None
    arriving: dict[Key, datetime | None] = field(default_factory=dict)
    reopened: set[Key] = field(default_factory=set)

    def judged(self, kind: ImportKind, session: Session, rows: Sequence[Any], folder: Path) -> list[Judgement]:
        """Return what becomes of some rows of a kind and of a file in a folder, in their order."""
        judgements = self._judged(kind, session, rows, folder)
        if self.only is None:
            return judgements
        return [
            judgement if (row.agent, row.application_no) == self.only else _of_another_application(self.only)
            for row, judgement in zip(rows, judgements, strict=True)
        ]

    def _judged(self, kind: ImportKind, session: Session, rows: Sequence[Any], folder: Path) -> list[Judgement]:
        if kind is ImportKind.APPLICATIONS:
            return self._applications(session, rows)
        if kind is ImportKind.CARDS:
            return self._cards(session, rows)
        if kind is ImportKind.DOCUMENTS:
            return self._documents(session, rows, folder)
        return self._records(kind, session, rows)

    def expect(self, applications: Sequence[ApplicationFacts], judgements: Sequence[Judgement]) -> None:
        """Let rows that follow in the same import belong to these applications, but for those refused."""
        for row, judgement in zip(applications, judgements, strict=True):
            if judgement.fate is not Fate.REFUSED:
                self.arriving[row.agent, row.application_no] = judgement.receipt

    def _applications(self, session: Session, rows: Sequence[ApplicationFacts]) -> list[Judgement]:
        keys = [(row.agent, row.application_no) for row in rows]
        standing = standing_of(session, set(keys), self.terms)
        judgements = []
        for key, row in zip(keys, rows, strict=True):
            known = standing.applications.get(key)
            made = columns.application_columns(row, self.store)
            if known is None:
                judgements.append(Judgement(fate=Fate.CREATED, made=made))
                continue
            is_same = is_equal(made, known)
            if is_same and not (self.terms.as_new and standing.is_closed(key)):
                judgements.append(Judgement(fate=Fate.UNCHANGED))
                continue
            # The date of the first submission says nothing about when this change came.
            receipt = row.received_at if row.received_at != known["received_at"] else self.imported_at
            judgements.append(standing.judged(key, Fate.UPDATED, receipt, made))
        return judgements

    def _cards(self, session: Session, rows: Sequence[CardRow]) -> list[Judgement]:
        keys = [(row.agent, row.application_no) for row in rows]
        standing = standing_of(session, set(keys), self.terms)
        table = TABLES[ImportKind.CARDS]
        known = _by_key(
            session,
            (table.c.agent, table.c.application_no),
            set(keys),
            lambda row: (row["agent"], row["application_no"], row["msisdn"]),
        )
        judgements = []
        for key, row in zip(keys, rows, strict=True):
            if key not in standing.applications and key not in self.arriving:
                judgements.append(of_unknown_application(key))
                continue
            before = known.get((*key, row.card.msisdn))
            made = columns.card_columns(row, self.store)
            if before is not None and is_equal(made, before):
                judgements.append(Judgement(fate=Fate.UNCHANGED))
            else:
                fate = Fate.CREATED if before is None else Fate.UPDATED
                receipt = self.arriving.get(key) or self.imported_at
                judgements.append(standing.judged(key, fate, receipt, made))
        return judgements

    def _documents(self, session: Session, rows: Sequence[DocumentRow], folder: Path) -> list[Judgement]:
        keys = [(row.agent, row.application_no) for row in rows]
        standing = standing_of(session, set(keys), self.terms)
        table = TABLES[ImportKind.DOCUMENTS]
        known = _by_key(
            session,
            (table.c.agent, table.c.application_no),
            set(keys),
            lambda row: (row["agent"], row["application_no"], row["kind"], row["sha256"]),
        )
        judgements = []
        for key, row in zip(keys, rows, strict=True):
            if key not in standing.applications and key not in self.arriving:
                judgements.append(of_unknown_application(key))
                continue
            try:
                file = self.file_of(row, folder)
            except BadDocument as problem:
                column = "path" if row.path else "sha256"
                judgements.append(Judgement(fate=Fate.REFUSED, message=str(problem), column=column))
                continue
            before = known.get((*key, row.kind.value, file.sha256))
            made = columns.document_columns(row, file, self.imported_at)
            # A document without a date of receipt would differ from itself each time.
            besides = frozenset() if row.received_at else frozenset({"received_at"})
            if before is not None and is_equal(made, before, besides=besides):
                judgements.append(Judgement(fate=Fate.UNCHANGED, made=made))
                continue
            fate = Fate.CREATED if before is None else Fate.UPDATED
            receipt = row.received_at or self.arriving.get(key) or self.imported_at
            judgements.append(standing.judged(key, fate, receipt, made))
        return judgements

    def file_of(self, row: DocumentRow, folder: Path) -> StoredFile:
        """Return the file of a document, beside the import file or in the store.

        Raises:
            BadDocument: If there is none that can be taken.
        """
        if not row.path:
            return in_store(row.sha256, self.store)
        file = examined(found_beside(folder, row.path))
        if row.sha256 and row.sha256 != file.sha256:
            raise BadDocument(_("The file has another SHA-256 than its row says; check which is right."))
        return file

    def _records(self, kind: ImportKind, session: Session, rows: Sequence[Any]) -> list[Judgement]:
        """Judge rows that belong to a number or a subject, not to an application."""
        table = TABLES[kind]
        column = table.c[_FOUND_BY[kind]]
        made = [_COLUMNS[kind](row, self.store) for row in rows]
        key = _KEYS[kind]
        known = _by_key(session, (column,), {columns[column.name] for columns in made}, key)
        return [Judgement(fate=_fate_of(one, known.get(key(one))), made=one) for one in made]


_COLUMNS: Mapping[ImportKind, Callable[[Any, Store], Columns]] = {
    ImportKind.OPTOUTS: columns.opt_out_columns,
    ImportKind.CREDIT: columns.credit_columns,
    ImportKind.COMPLAINTS: columns.complaint_columns,
}

_FOUND_BY = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_hash",
    ImportKind.COMPLAINTS: "msisdn_hash",
}


def credit_key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a look-up of a list is known by: subject, list, and its number or else its date."""
    return row["subject_hash"], row["list_name"], row["reference"] or row["listed_on"]


def complaint_key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a complaint is known by."""
    return row["msisdn_hash"], row["received_at"], row["source"]


def opt_out_key(row: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what an opt-out is known by."""
    return row["callee_hash"], row["msisdn"]


_KEYS: Mapping[ImportKind, Callable[[Mapping[str, Any]], tuple[object, ...]]] = {
    ImportKind.OPTOUTS: opt_out_key,
    ImportKind.CREDIT: credit_key,
    ImportKind.COMPLAINTS: complaint_key,
}


def _by_key(
    session: Session,
    found_by: Sequence[ColumnElement[Any]],
    wanted: set[Any],
    key: Callable[[ImportedRow], object],
) -> dict[object, ImportedRow]:
    """Return the published rows of some values by their key."""
    return {key(row): row for row in newest_of_many(session, found_by, wanted, key, EVERYTHING)}


def _fate_of(made: Columns, before: ImportedRow | None) -> Fate:
    if before is None:
        return Fate.CREATED
    return Fate.UNCHANGED if is_equal(made, before) else Fate.UPDATED


def _of_another_application(only: Key) -> Judgement:
    message = _("This row is of another application than {number}; only an admin imports it.").format(number=only[1])
    return Judgement(fate=Fate.REFUSED, message=message, column="application_no")


def of_unknown_application(key: Key) -> Judgement:
    """Refuse a row whose application was never imported."""
    # What has no digits, or has others than ASCII characters, may be the name of a person in a wrong column.
    number = key[1] if key[1].isascii() and any(map(str.isdigit, key[1])) else outlined(key[1])
    whose = _(" of agent “{agent}”").format(agent=outlined(key[0])) if key[0] else ""
    message = _("There is no application {number}{whose}; import it first.").format(number=number, whose=whose)
    return Judgement(fate=Fate.REFUSED, message=message, column="application_no")
