"""What becomes of each row of a file, seen against what was published before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import EVERYTHING, ImportedRow, newest_of_many
from workbench.domain.values.bad_value import outlined
from workbench.i18n import _
from workbench.services.case.known_people import Key
from workbench.services.foundation.file_store import Store
from workbench.services.importing.judging.columns import (
    KEYS,
    TABLES,
    Columns,
    columns_of,
    document_columns,
    is_equal,
    key_of_application,
)
from workbench.services.importing.judging.documents import BadDocument, StoredFile, examined, found_beside, in_store
from workbench.services.importing.judging.judgement import Fate, Judgement
from workbench.services.importing.judging.standing import ImportTerms, Standing, standing_of
from workbench.services.reading.kinds import RowValue


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

    def judged(self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path) -> list[Judgement]:
        """Return what becomes of some rows of a kind and of a file in a folder, in their order."""
        judgements = self._judged(kind, session, rows, folder)
        if self.only is None:
            return judgements
        return [
            judgement if key_of_application(row) == self.only else _of_another_application(self.only)
            for row, judgement in zip(rows, judgements, strict=True)
        ]

    def _judged(self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path) -> list[Judgement]:
        if kind is ImportKind.APPLICATIONS:
            return self._applications(session, rows)
        if kind in (ImportKind.CARDS, ImportKind.DOCUMENTS):
            return self._of_applications(kind, session, rows, folder)
        return self._records(kind, session, rows)

    def expect(self, applications: Sequence[RowValue], judgements: Sequence[Judgement]) -> None:
        """Let rows that follow in the same import belong to these applications, but for those refused."""
        for row, judgement in zip(applications, judgements, strict=True):
            if judgement.fate is not Fate.REFUSED:
                self.arriving[key_of_application(row)] = judgement.receipt

    def _applications(self, session: Session, rows: Sequence[RowValue]) -> list[Judgement]:
        keys = list(map(key_of_application, rows))
        standing = standing_of(session, set(keys), self.terms)
        judgements = []
        for key, row in zip(keys, rows, strict=True):
            known = standing.applications.get(key)
            made = columns_of(ImportKind.APPLICATIONS, row, self.store)
            if known is None:
                judgements.append(Judgement(fate=Fate.CREATED, made=made))
                continue
            is_same = is_equal(made, known)
            if is_same and not (self.terms.as_new and standing.is_closed(key)):
                judgements.append(Judgement(fate=Fate.UNCHANGED, made=made))
                continue
            # The date of the first submission says nothing about when this change came.
            receipt = row["received_at"] if row["received_at"] != known["received_at"] else self.imported_at
            judgements.append(standing.judged(key, Fate.UPDATED, receipt, made))
        return judgements

    def _of_applications(
        self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path
    ) -> list[Judgement]:
        """Judge cards or documents, which belong to applications."""
        keys = list(map(key_of_application, rows))
        standing = standing_of(session, set(keys), self.terms)
        table = TABLES[kind]
        known = _by_key(session, (table.c.agent, table.c.application_no), set(keys), KEYS[kind])
        judgements = []
        for key, row in zip(keys, rows, strict=True):
            if key not in standing.applications and key not in self.arriving:
                judgements.append(of_unknown_application(key))
                continue
            if kind is ImportKind.CARDS:
                made, receipt = columns_of(kind, row, self.store), None
            else:
                try:
                    made, receipt = document_columns(row, self.file_of(row, folder)), row["received_at"]
                except BadDocument as problem:
                    column = "path" if row["path"] else "sha256"
                    judgements.append(Judgement(fate=Fate.REFUSED, message=str(problem), column=column))
                    continue
            judgements.append(self._of_known(key, made, receipt, known.get(KEYS[kind](made)), standing))
        return judgements

    def _of_known(
        self, key: Key, made: Columns, receipt: datetime | None, before: ImportedRow | None, standing: Standing
    ) -> Judgement:
        """Judge a card or document of an application that is known."""
        besides = _UNDATED if receipt is None else frozenset[str]()
        if receipt is None and "received_at" in made:
            made["received_at"] = self.imported_at
        if before is not None and is_equal(made, before, besides=besides):
            return Judgement(fate=Fate.UNCHANGED, made=made)
        fate = Fate.CREATED if before is None else Fate.UPDATED
        judgement = standing.judged(key, fate, receipt or self.arriving.get(key) or self.imported_at, made)
        is_end = before is not None and "service_ended_on" in made and is_equal(made, before, besides=_END_OF_SERVICE)
        # When a service ends says nothing about the case that was closed, but how long it is kept.
        if judgement.fate is Fate.REFUSED and is_end and standing.is_kept(key):
            return Judgement(fate=fate, made=made)
        return judgement

    def file_of(self, row: RowValue, folder: Path) -> StoredFile:
        """Return the file of a document, beside the import file or in the store.

        Raises:
            BadDocument: If there is none that can be taken.
        """
        if not row["path"]:
            return in_store(row["sha256"], self.store)
        file = examined(found_beside(folder, row["path"]))
        if row["sha256"] and row["sha256"] != file.sha256:
            raise BadDocument(_("The file has another SHA-256 than its row says; check which is right."))
        return file

    def _records(self, kind: ImportKind, session: Session, rows: Sequence[RowValue]) -> list[Judgement]:
        """Judge rows that belong to a number or a subject, not to an application."""
        column = TABLES[kind].c[_FOUND_BY[kind]]
        made = [columns_of(kind, row, self.store) for row in rows]
        key = KEYS[kind]
        known = _by_key(session, (column,), {columns[column.name] for columns in made}, key)
        return [Judgement(fate=_fate_of(one, known.get(key(one))), made=one) for one in made]


_UNDATED = frozenset({"received_at"})
"""What a document without a date of receipt would differ in from itself each time."""

_END_OF_SERVICE = frozenset({"service_ended_on"})

_FOUND_BY = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_hash",
    ImportKind.COMPLAINTS: "msisdn_hash",
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
