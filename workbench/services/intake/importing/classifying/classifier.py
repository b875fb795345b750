"""Classifies the rows of files as created, updated, unchanged or refused, compared with the published rows."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from db.enums import ImportKind
from db.queries.card_counts import applicant_column
from db.queries.published import EVERYTHING, ImportedRow, is_published, newest_visible_rows
from workbench.domain.values.bad_value import outline_of
from workbench.i18n import _
from workbench.services.case.evidence_reader import application_key
from workbench.services.case.known_people import Key
from workbench.services.files.document_files import BadDocument, IncomingDocuments
from workbench.services.files.reading.kinds import RENAMED_COLUMNS, RowValue
from workbench.services.foundation.file_store import Store
from workbench.services.intake.importing.classifying.columns import (
    KEYS,
    TABLES,
    Columns,
    columns_of,
    document_columns,
    is_equal,
)
from workbench.services.intake.importing.classifying.existing import (
    ExistingApplications,
    ImportTerms,
    existing_applications,
)
from workbench.services.intake.importing.classifying.outcome import ClassifiedRow, RowOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RowClassifier:
    """Classifies the rows of one import."""

    store: Store
    documents: IncomingDocuments
    terms: ImportTerms
    imported_at: datetime
    only: Key | None = None
    """The only application whose rows are accepted; None accepts those of all applications."""
    arriving: dict[Key, datetime | None] = field(default_factory=dict)
    """The accepted applications of the import itself, to which its cards and documents may belong.

    The value is when the application was received, None if it does not change.
    """
    with_new_case: set[Key] = field(default_factory=set)
    """The applications for which the import opens new cases although they had a case."""

    def classify(
        self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path
    ) -> list[ClassifiedRow]:
        """Classify rows of one kind, in their order; `folder` has the documents that they name."""
        classified = self._classify(kind, session, rows, folder)
        if self.only is None:
            return classified
        return [
            one if application_key(row) == self.only else _of_another_application(self.only)
            for row, one in zip(rows, classified, strict=True)
        ]

    def _classify(
        self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path
    ) -> list[ClassifiedRow]:
        if kind is ImportKind.APPLICATIONS:
            return self._applications(session, rows)
        if kind in (ImportKind.CARDS, ImportKind.DOCUMENTS):
            return self._of_applications(kind, session, rows, folder)
        return self._records(kind, session, rows)

    def note_applications(self, applications: Sequence[RowValue], classified: Sequence[ClassifiedRow]) -> None:
        """Note the accepted applications, so that later cards and documents of the import may belong to them."""
        for row, one in zip(applications, classified, strict=True):
            if one.outcome is not RowOutcome.REFUSED:
                self.arriving[application_key(row)] = one.received_at

    def _applications(self, session: Session, rows: Sequence[RowValue]) -> list[ClassifiedRow]:
        keys = list(map(application_key, rows))
        existing = existing_applications(session, set(keys), self.terms)
        classified = []
        for key, row in zip(keys, rows, strict=True):
            known = existing.applications.get(key)
            columns = columns_of(ImportKind.APPLICATIONS, row, self.store)
            if known is None:
                classified.append(ClassifiedRow(outcome=RowOutcome.CREATED, columns=columns))
                continue
            is_same = is_equal(columns, known)
            if is_same and not (self.terms.as_new and existing.is_closed(key)):
                classified.append(ClassifiedRow(outcome=RowOutcome.UNCHANGED, columns=columns))
                continue
            if (identifier := _other_identifier(columns, known)) is not None:
                message = _(
                    "This number is another applicant's: applicant_name and {column} both differ; correct it. If both"
                    " were entered wrongly, import the correction of one, then that of the other."
                )
                text = message.format(column=identifier)
                classified.append(ClassifiedRow(outcome=RowOutcome.REFUSED, message=text, column="application_no"))
                continue
            # If the time of receipt is still that of the known row, it does not say when the change was received.
            received_at = row["received_at"] if row["received_at"] != known["received_at"] else self.imported_at
            row_outcome = existing.classify(key, RowOutcome.UPDATED, received_at, columns)
            fields = (name for name in columns if columns[name] != known[name] and not name.endswith("_hash"))
            changed = ", ".join(RENAMED_COLUMNS.get(name, name) for name in fields)
            classified.append(row_outcome if row_outcome.message else row_outcome._replace(column=changed))
        return classified

    def _of_applications(
        self, kind: ImportKind, session: Session, rows: Sequence[RowValue], folder: Path
    ) -> list[ClassifiedRow]:
        """Classify cards or documents, which belong to applications."""
        keys = list(map(application_key, rows))
        existing = existing_applications(session, set(keys), self.terms)
        agents = other_agents_of(
            session, {key for key in keys if key not in existing.applications} - self.arriving.keys()
        )
        table = TABLES[kind]
        known = _by_key(session, (table.c.agent, table.c.application_no), set(keys), KEYS[kind])
        is_known = [key in existing.applications or key in self.arriving for key in keys]
        has_files = kind is ImportKind.DOCUMENTS
        named_files = [(row["path"], row["sha256"]) for row in compress(rows, is_known)] if has_files else []
        files = iter(self.documents.files_of(folder, named_files))
        classified = []
        for key, row, has_application in zip(keys, rows, is_known, strict=True):
            if not has_application:
                classified.append(of_unknown_application(key, agents))
            elif not has_files:
                columns = columns_of(kind, row, self.store)
                classified.append(self._of_known(key, columns, None, known.get(KEYS[kind](columns)), existing))
            elif isinstance(file := next(files), BadDocument):
                column = "path" if row["path"] else "sha256"
                classified.append(ClassifiedRow(outcome=RowOutcome.REFUSED, message=str(file), column=column))
            else:
                columns = document_columns(row, file)
                one = self._of_known(key, columns, row["received_at"], known.get(KEYS[kind](columns)), existing)
                classified.append(one._replace(modified_ns=file.modified_ns))
        return classified

    def _of_known(
        self,
        key: Key,
        columns: Columns,
        received_at: datetime | None,
        before: ImportedRow | None,
        existing: ExistingApplications,
    ) -> ClassifiedRow:
        """Classify a card or document of a known application."""
        ignored = _UNDATED if received_at is None else frozenset[str]()
        if received_at is None and "received_at" in columns:
            columns["received_at"] = self.imported_at
        is_erased = before is not None and before.get("erased_at") is not None
        if before is not None and not is_erased and is_equal(columns, before, ignored=ignored):
            return ClassifiedRow(outcome=RowOutcome.UNCHANGED, columns=columns)
        outcome = RowOutcome.CREATED if before is None else RowOutcome.UPDATED
        received_at = received_at or self.arriving.get(key) or self.imported_at
        classified = existing.classify(key, outcome, received_at, columns)
        # The end of a service does not matter to a closed case, but it decides how long the case is kept.
        if before is not None and classified.outcome is RowOutcome.REFUSED and existing.is_kept(key):
            columns = _with_stored_values(columns, before)
            if "service_ended_on" in columns and is_equal(columns, before, ignored=_ENDED_ON):
                return ClassifiedRow(outcome=_outcome_of(columns, before), columns=columns)
        return classified

    def _records(self, kind: ImportKind, session: Session, rows: Sequence[RowValue]) -> list[ClassifiedRow]:
        """Classify rows that belong to a number or a subject, not to an application."""
        column = TABLES[kind].c[_FOUND_BY[kind]]
        records = [columns_of(kind, row, self.store) for row in rows]
        key = KEYS[kind]
        known = _by_key(session, (column,), {columns[column.name] for columns in records}, key)
        return [ClassifiedRow(outcome=_outcome_of(one, known.get(key(one))), columns=one) for one in records]


_UNDATED = frozenset({"received_at"})
"""The column that is not compared for a document without a time of receipt: it gets the time of the import."""

_ENDED_ON = frozenset({"service_ended_on"})

_FOUND_BY = {
    ImportKind.OPTOUTS: "callee_hash",
    ImportKind.CREDIT: "subject_hash",
    ImportKind.COMPLAINTS: "msisdn_hash",
}
"""The column that finds the published rows of the same number or subject, by kind."""


def _by_key(
    session: Session, columns: Sequence[ColumnElement[Any]], values: set[Any], key: Callable[[ImportedRow], object]
) -> dict[object, ImportedRow]:
    """Return the published rows with one of the values in some columns, by their key."""
    return {key(row): row for row in newest_visible_rows(session, columns, values, key, EVERYTHING)}


def _with_stored_values(columns: Columns, before: ImportedRow) -> Columns:
    """Return the columns of a card, the empty ones as they are stored if the row has the end of the service."""
    is_end = columns.get("service_ended_on") is not None
    return {name: before[name] if is_end and value in ("", None) else value for name, value in columns.items()}


def _outcome_of(columns: Columns, before: ImportedRow | None) -> RowOutcome:
    if before is None:
        return RowOutcome.CREATED
    return RowOutcome.UNCHANGED if is_equal(columns, before) else RowOutcome.UPDATED


def _other_identifier(columns: Columns, known: ImportedRow) -> str | None:
    """Return the column whose value, like the name, is of another applicant than in the published row, or None.

    A row that changes only one of them is a correction.
    """
    column = applicant_column(known["applicant_kind"], known["uscc"])
    is_other = all(known[name] not in ("", columns[name]) for name in ("applicant_name", column))
    return column.replace("_hash", "_no") if is_other else None


def _of_another_application(only: Key) -> ClassifiedRow:
    message = _("This row is of another application than {number}; only an admin imports it.").format(number=only[1])
    return ClassifiedRow(outcome=RowOutcome.REFUSED, message=message, column="application_no")


def other_agents_of(session: Session, unknown: Set[Key]) -> Mapping[str, str]:
    """Return, by number, an agent that has a published application with the number of an unknown application."""
    if not unknown:
        return {}
    table = TABLES[ImportKind.APPLICATIONS]
    agents = select(table.c.application_no, func.min(table.c.agent).label("agent")).group_by(table.c.application_no)
    has_number = table.c.application_no.in_({number for _agent, number in unknown})
    rows = session.execute(agents.where(has_number, is_published(table.c.batch_id)))
    return {row.application_no: row.agent for row in rows}


def of_unknown_application(key: Key, agents: Mapping[str, str]) -> ClassifiedRow:
    """Refuse a row whose application was never imported; `agents` has, by number, an agent who has that number."""
    # A text without digits or with other characters than ASCII may be the name of a person in a wrong column.
    agent, number = key
    is_number = number.isascii() and any(map(str.isdigit, number))
    whose = _(" of agent “{agent}”").format(agent=outline_of(agent)) if agent else ""
    message = _("There is no application {number}{whose}; import it first, or correct the number.")
    other = agents.get(number)
    if other:
        message = _("There is no application {number}{whose}, but one of agent “{other}”; name it (for all: --agent).")
    elif other is not None:
        message = _(
            "There is no application {number}{whose}, but there is one without an agent; leave the agent empty."
        )
    text = message.format(number=number if is_number else outline_of(number), whose=whose, other=other)
    return ClassifiedRow(outcome=RowOutcome.REFUSED, message=text, column="application_no")
