"""Reads the evidence of applications from one snapshot, as the dataclasses that rules and panels use."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, select
from sqlmodel import Session

from db.enums import ApplicantKind, Carrier, CreditList, CreditMatch, DocumentKind, Language, Quality, ServiceClass
from db.models import (
    ApplicationRow,
    CallDayRow,
    CallHourRow,
    CallWindowRow,
    CardRow,
    CaseRow,
    ComplaintRow,
    CreditRecordRow,
    DocumentRow,
)
from db.queries.card_counts import card_counts
from db.queries.published import ImportedRow, Snapshot, newest, newest_of_many, table_of
from workbench.domain.evidence.evidence import (
    ApplicationFacts,
    CallFacts,
    CardFacts,
    ComplaintFacts,
    CreditFacts,
    DocumentFacts,
    Evidence,
)
from workbench.services.case.known_people import BETWEEN_NUMBERS, Key
from workbench.services.foundation.file_store import Store

APPLICATION = table_of(ApplicationRow)
CARD = table_of(CardRow)
DOCUMENT = table_of(DocumentRow)
CALL_WINDOW = table_of(CallWindowRow)
CALL_DAY = table_of(CallDayRow)
CALL_HOUR = table_of(CallHourRow)
COMPLAINT = table_of(ComplaintRow)
CREDIT = table_of(CreditRecordRow)

_WEEKDAYS, _HOURS = 7, 24

_Facts = TypeVar("_Facts")
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (ApplicationFacts, CardFacts, DocumentFacts, CallFacts, ComplaintFacts, CreditFacts)
}

_ENUMS: Mapping[str, Any] = {
    "applicant_kind": ApplicantKind,
    "service_class": ServiceClass,
    "language": Language,
    "carrier": Carrier,
    "quality": Quality,
}


def snapshot_of(case: CaseRow) -> Snapshot:
    """Return the snapshot that a case sees: the publications up to its `evidence_seq`."""
    return Snapshot(seq=case.evidence_seq)


def application_key(row: Mapping[str, Any]) -> Key:
    """Return the key of the application that a row belongs to."""
    return row["agent"], row["application_no"]


@dataclass(slots=True)
class EvidenceReader:
    """Reads the evidence of many applications with few statements, all from one snapshot."""

    session: Session
    store: Store
    snapshot: Snapshot

    def of_keys(self, keys: Iterable[Key]) -> dict[Key, Evidence]:
        """Return the evidence of applications by their keys, without unknown ones."""
        columns = (APPLICATION.c.agent, APPLICATION.c.application_no)
        return self.of_rows(newest_of_many(self.session, columns, keys, application_key, self.snapshot))

    def of_rows(self, applications: Sequence[ImportedRow]) -> dict[Key, Evidence]:
        """Return the evidence of applications whose newest rows were read already."""
        keys = [application_key(row) for row in applications]
        cards = self._by_application(CARD, keys, "msisdn")
        documents = self._by_application(DOCUMENT, keys, "kind", "sha256")
        hashes = {card["msisdn_hash"] for own in cards.values() for card in own}
        windows = self._windows(hashes)
        together = self._together(keys)
        complaints = self._complaints(hashes)
        subjects = {key: self._subjects(row) for key, row in zip(keys, applications, strict=True)}
        credit = self._credit({subject for own in subjects.values() for subject in own})
        counts = card_counts(self.session, applications, self.snapshot)
        found: dict[Key, Evidence] = {}
        for key, row in zip(keys, applications, strict=True):
            own_cards = cards[key]
            own_hashes = [card["msisdn_hash"] for card in own_cards]
            calls = tuple(_calls(windows[own]) for own in own_hashes if own in windows)
            of_brand, total = counts.of(row)
            found[key] = Evidence(
                application=_facts(
                    ApplicationFacts, row, msisdns=tuple(filter(None, row["msisdns"].split(BETWEEN_NUMBERS)))
                ),
                cards=tuple(_facts(CardFacts, card) for card in own_cards),
                documents=tuple(
                    _facts(DocumentFacts, document, kind=DocumentKind(document["kind"])) for document in documents[key]
                ),
                calls=calls,
                all_calls=_over_all(calls, together.get(key)),
                complaints=tuple(_facts(ComplaintFacts, one) for own in own_hashes for one in complaints[own]),
                credit=tuple(_credit(one) for subject in subjects[key] for one in credit[subject]),
                cards_of_brand=of_brand,
                cards_total=total,
            )
        return found

    def _by_application(self, table: Table, keys: Sequence[Key], *more: str) -> dict[Key, list[ImportedRow]]:
        columns = (table.c.agent, table.c.application_no)
        names = ("agent", "application_no", *more)
        rows = newest_of_many(
            self.session, columns, keys, lambda row: tuple(row[name] for name in names), self.snapshot
        )
        return _grouped(rows, application_key)

    def _windows(self, hashes: set[str]) -> dict[str, ImportedRow]:
        rows = newest_of_many(
            self.session, (CALL_WINDOW.c.msisdn_hash,), hashes - {""}, lambda row: row["msisdn_hash"], self.snapshot
        )
        return {row["msisdn_hash"]: row for row in rows}

    def _together(self, keys: Sequence[Key]) -> dict[Key, ImportedRow]:
        """Return the call figures over all cards of each application; figures of one number have no application."""
        columns = (CALL_WINDOW.c.agent, CALL_WINDOW.c.application_no)
        wanted = [key for key in keys if key != ("", "")]
        rows = newest_of_many(self.session, columns, wanted, application_key, self.snapshot)
        return {application_key(row): row for row in rows}

    def _complaints(self, hashes: set[str]) -> dict[str, list[ImportedRow]]:
        rows = newest_of_many(
            self.session,
            (COMPLAINT.c.msisdn_hash,),
            hashes,
            lambda row: (row["msisdn_hash"], row["received_at"], row["source"]),
            self.snapshot,
        )
        return _grouped(rows, lambda row: row["msisdn_hash"])

    def _subjects(self, row: ImportedRow) -> tuple[str, ...]:
        """Return the hashes of the company, its legal representative and the handler, without duplicates."""
        numbers = (row["uscc"], row["legal_rep_id_no"], row["handler_id_no"])
        return tuple(dict.fromkeys(self.store.hashed(number) for number in numbers if number))

    def _credit(self, subjects: set[str]) -> dict[str, list[ImportedRow]]:
        rows = newest_of_many(
            self.session,
            (CREDIT.c.subject_hash,),
            subjects,
            lambda row: (row["subject_hash"], row["list_name"], row["reference"] or row["listed_on"]),
            self.snapshot,
        )
        return _grouped(rows, lambda row: row["subject_hash"])


def read_evidence(session: Session, case: CaseRow, store: Store) -> Evidence:
    """Return the evidence that a case sees, unmasked."""
    key = (case.agent, case.application_no)
    return EvidenceReader(session, store, snapshot_of(case)).of_keys([key])[key]


def calls_by_day_and_hour(
    session: Session, case: CaseRow, evidence: Evidence
) -> tuple[tuple[tuple[date, int], ...], tuple[tuple[int, ...], ...]]:
    """Return the outgoing calls over all cards: of each day, oldest first, and of each hour (7 rows, Monday first)."""
    snapshot = snapshot_of(case)
    wanted = {card.msisdn for card in evidence.cards}
    own = (CARD.c.agent == case.agent) & (CARD.c.application_no == case.application_no)
    cards = newest(session, CARD, own, lambda row: row["msisdn"], snapshot)
    hashes = {card["msisdn_hash"] for card in cards if card["msisdn"] in wanted} - {""}
    windows = newest_of_many(session, (CALL_WINDOW.c.msisdn_hash,), hashes, lambda row: row["msisdn_hash"], snapshot)
    days: dict[date, int] = defaultdict(int)
    hours = [[0] * _HOURS for _weekday in range(_WEEKDAYS)]
    # All figures of a number come from its newest batch: earlier ones may have days outside the window.
    for window in windows:
        for day in session.execute(select(CALL_DAY).where(_computed_with(CALL_DAY, window))):
            days[day.on_date] += day.calls
        for hour in session.execute(select(CALL_HOUR).where(_computed_with(CALL_HOUR, window))):
            hours[hour.weekday][hour.hour] += hour.calls
    return _every_day(days), tuple(tuple(row) for row in hours)


def _every_day(days: Mapping[date, int]) -> tuple[tuple[date, int], ...]:
    """Return all days from the first to the last, including those without calls, so that gaps are visible."""
    if not days:
        return ()
    first, last = min(days), max(days)
    span = (first + timedelta(days=passed) for passed in range((last - first).days + 1))
    return tuple((day, days.get(day, 0)) for day in span)


def _computed_with(table: Table, window: ImportedRow) -> ColumnElement[bool]:
    """Return the condition that a row has the number and the batch of a call window."""
    return and_(table.c.msisdn_hash == window["msisdn_hash"], table.c.batch_id == window["batch_id"])


def _grouped(rows: Iterable[ImportedRow], key: Any) -> dict[Any, list[ImportedRow]]:
    grouped: dict[Any, list[ImportedRow]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped


def _facts(kind: type[_Facts], row: ImportedRow, /, **given: Any) -> _Facts:
    """Return the facts of a row: the columns with the names of the fields, but for the values that are given.

    Words become members of their enumerations, "" becomes None.
    """
    values = {name: row[name] for name in _FIELDS[kind] if name not in given}
    for name in _ENUMS.keys() & values.keys():
        values[name] = _ENUMS[name](values[name]) if values[name] else None
    return kind(**values, **given)


def _calls(row: ImportedRow) -> CallFacts:
    return _facts(CallFacts, row, half_hours=tuple(json.loads(row["half_hours"])))


def _over_all(calls: Sequence[CallFacts], together: ImportedRow | None) -> CallFacts:
    """Return the figures over all cards: those of the only card with calls, else those computed together."""
    if len(calls) == 1:
        return replace(calls[0], msisdn="")
    return _calls(together) if together is not None and calls else CallFacts()


def _credit(row: ImportedRow) -> CreditFacts:
    return _facts(CreditFacts, row, list=CreditList(row["list_name"]), match=CreditMatch(row["match"]))
