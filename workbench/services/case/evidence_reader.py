"""Reads the evidence of applications, call figures included, from one snapshot for rules and panels."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Table, func, select
from sqlmodel import Session

from db import models
from db.dialect import is_in_list
from db.enums import CreditList
from db.models import CallDayRow, CallWindowRow
from db.queries.card_counts import card_counts
from db.queries.published import (
    APPLICATION,
    BATCH,
    CASE,
    ImportedRow,
    Snapshot,
    newest_rows_of_applications,
    newest_visible_rows,
    rows_of,
    table_of,
)
from workbench.domain.evidence.evidence import (
    NO_CALLS,
    ApplicationFacts,
    CallFacts,
    CardFacts,
    ComplaintFacts,
    CreditFacts,
    DocumentFacts,
    Evidence,
)
from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.case.known_people import BETWEEN_NUMBERS, Key, key_of
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.row_values import from_row

CALL_WINDOW = table_of(CallWindowRow)
CALL_DAY = table_of(CallDayRow)
CARD = table_of(models.CardRow)
DOCUMENT = table_of(models.DocumentRow)
CALL_HOUR = table_of(models.CallHourRow)
COMPLAINT = table_of(models.ComplaintRow)
CREDIT = table_of(models.CreditRecordRow)

_WEEKDAYS, _HOURS = 7, 24

application_key: Callable[[Mapping[str, Any]], Key] = itemgetter("agent", "application_no")
"""The function that returns the key of the application to which a row belongs."""


def period_of_row(card: ImportedRow) -> ServicePeriod:
    """Return the service period of a row of a card."""
    return ServicePeriod(card["msisdn"], card["activated_on"], card["service_ended_on"])


@dataclass(frozen=True, slots=True)
class CardWindow:
    """The call figures of a card, and the row that they were stored in."""

    facts: CallFacts
    row: ImportedRow


def windows_of_cards(
    session: Session, cards: Sequence[ImportedRow], store: Store, snapshot: Snapshot
) -> dict[ServicePeriod, CardWindow]:
    """Return the call figures of the service period of each card; cards without figures are left out.

    If a number has calls outside the period of a card, an import stores the figures of that period too, under a hash of
    the period. Otherwise, the figures of the number are also those of the period.
    """
    columns, key = (CALL_WINDOW.c.msisdn_hash,), itemgetter("msisdn_hash")
    hashes = {card["msisdn_hash"] for card in cards} - {""}
    windows = {row["msisdn_hash"]: row for row in newest_visible_rows(session, columns, hashes, key, snapshot)}
    # If a number has no figures, its periods have none either.
    hash_of = {period_of_row(card): card["msisdn_hash"] for card in cards if card["msisdn_hash"] in windows}
    period_hash_of = {period: store.hashed(period.key) for period in hash_of}
    of_periods = newest_visible_rows(session, columns, period_hash_of.values(), key, snapshot)
    windows |= {row["msisdn_hash"]: row for row in of_periods}
    windows_of_whole_numbers = {
        period: windows[hash_of[period]]
        for period, period_hash in period_hash_of.items()
        if period_hash in windows and period_hash != hash_of[period]
    }
    outside = _calls_outside(session, windows_of_whole_numbers, snapshot)
    found: dict[ServicePeriod, CardWindow] = {}
    for period, msisdn_hash in hash_of.items():
        row = windows.get(period_hash_of[period]) or windows[msisdn_hash]
        facts = replace(calls_of_row(row), calls_outside_service=outside.get(period, 0))
        found[period] = CardWindow(facts, row)
    return found


def _calls_outside(
    session: Session, windows: Mapping[ServicePeriod, ImportedRow], snapshot: Snapshot
) -> dict[ServicePeriod, int]:
    """Return how many outgoing calls in the window of a number are outside the service period, by period.

    `windows` are the call figures of the whole number of each period.
    """
    calls: dict[tuple[str, int], dict[date, int]] = defaultdict(dict)
    hashes = {window["msisdn_hash"] for window in windows.values()}
    key = itemgetter("msisdn_hash", "batch_id", "on_date")
    for day in newest_visible_rows(session, (CALL_DAY.c.msisdn_hash,), hashes, key, snapshot):
        calls[day["msisdn_hash"], day["batch_id"]][day["on_date"]] = day["calls"]
    return {
        period: sum(
            count for day, count in calls[window["msisdn_hash"], window["batch_id"]].items() if not period.covers(day)
        )
        for period, window in windows.items()
    }


def calls_of_row(row: ImportedRow) -> CallFacts:
    """Return the call figures in a row, with no calls outside the service period of a card."""
    return from_row(CallFacts, row, half_hours=tuple(json.loads(row["half_hours"])), calls_outside_service=0)


def _calls_by(table: Table, *names: str) -> Any:
    """Return the statement that sums the calls by some columns, for pairs of a number and a batch."""
    columns = [table.c[name] for name in names]
    of_numbers = is_in_list((table.c.msisdn_hash, table.c.batch_id))
    return select(*columns, func.sum(table.c.calls).label("calls")).where(of_numbers).group_by(*columns)


_CALLS_BY_DAY = _calls_by(CALL_DAY, "on_date")
_CALLS_BY_HOUR = _calls_by(CALL_HOUR, "weekday", "hour")


def documents_after(session: Session, case_id: int, seen: Mapping[str, Any], since: datetime) -> list[Any]:
    """Return the kind and receipt of each document of a case that was imported after a verdict.

    Args:
        session: The transaction.
        case_id: The case.
        seen: What the verdict stored of the case. It names the last publication that the verdict saw.
        since: The time of the verdict. It decides if `seen` names no publication, as in older databases.
    """
    is_later = BATCH.c.published_seq > seen["evidence_seq"] if "evidence_seq" in seen else BATCH.c.published_at >= since
    of_case = (DOCUMENT.c[name] == CASE.c[name] for name in ("agent", "application_no"))
    found = select(DOCUMENT.c.kind, DOCUMENT.c.received_at).where(CASE.c.id == case_id, *of_case)
    return list(session.execute(found.where(DOCUMENT.c.batch_id.in_(select(BATCH.c.id).where(is_later)))))


def snapshot_of(case: models.CaseRow) -> Snapshot:
    """Return the snapshot that a case sees: the publications up to its `evidence_seq`."""
    return Snapshot(seq=case.evidence_seq)


def credit_key(row: ImportedRow) -> tuple[object, ...]:
    """Return the key of a credit record: subject, list, and the record's number or else its date."""
    return row["subject_hash"], row["list_name"], row["reference"] or row["listed_on"]


@dataclass(slots=True)
class EvidenceReader:
    """Reads the evidence of many applications with few statements, all from one snapshot.

    `today` is the local day on which cards in service are counted.
    """

    session: Session
    store: Store
    snapshot: Snapshot
    today: date

    def of_keys(self, keys: Iterable[Key]) -> dict[Key, Evidence]:
        """Return the evidence of applications by key; unknown keys are left out."""
        columns = (APPLICATION.c.agent, APPLICATION.c.application_no)
        return self.of_rows(newest_visible_rows(self.session, columns, keys, application_key, self.snapshot))

    def of_rows(self, applications: Sequence[ImportedRow]) -> dict[Key, Evidence]:
        """Return the evidence of applications whose newest rows were read already."""
        keys = [application_key(row) for row in applications]
        ids = [row["id"] for row in applications]
        cards = self._newest_of(CARD, ids, "msisdn")
        documents = self._newest_of(DOCUMENT, ids, "kind", "sha256")
        for key, row in zip(keys, applications, strict=True):
            # If an erased application is imported again, its erased cards and documents do not come back.
            if row["applicant_name"] and key in cards:
                cards[key] = [card for card in cards[key] if card["msisdn_hash"]]
            if row["applicant_name"] and key in documents:
                documents[key] = [one for one in documents[key] if one["erased_at"] is None]
        all_cards = [card for own in cards.values() for card in own]
        windows = windows_of_cards(self.session, all_cards, self.store, self.snapshot)
        # The windows of cards belong to a number; a window that belongs to an application combines all its cards.
        combined = self._newest_of(CALL_WINDOW, ids)
        complaints = self._complaints({card["msisdn_hash"] for card in all_cards})
        subjects = {key: self._subjects(row) for key, row in zip(keys, applications, strict=True)}
        credit = self._credit({subject for own in subjects.values() for subject in own})
        counts = card_counts(self.session, applications, self.snapshot, self.today)
        evidence_by_key: dict[Key, Evidence] = {}
        for key, row in zip(keys, applications, strict=True):
            own_cards = cards.get(key, ())
            periods = map(period_of_row, own_cards if windows else ())
            calls = tuple(windows[period].facts for period in periods if period in windows)
            msisdns, (cards_of_top_brand, cards_total) = row["msisdns"].split(BETWEEN_NUMBERS), counts.of(row)
            evidence_by_key[key] = Evidence(
                application=from_row(ApplicationFacts, row, msisdns=tuple(filter(None, msisdns))),
                cards=tuple(from_row(CardFacts, card) for card in own_cards),
                documents=tuple(from_row(DocumentFacts, document) for document in documents.get(key, ())),
                calls=calls,
                all_calls=_all_calls(calls, combined.get(key, ())),
                complaints=tuple(
                    from_row(ComplaintFacts, one)
                    for card in (own_cards if complaints else ())
                    for one in complaints.get(card["msisdn_hash"], ())
                ),
                credit=tuple(
                    from_row(CreditFacts, one, list=CreditList(one["list_name"]))
                    for subject in subjects[key]
                    for one in credit.get(subject, ())
                ),
                cards_of_top_brand=cards_of_top_brand,
                cards_total=cards_total,
            )
        return evidence_by_key

    def _newest_of(self, table: Table, ids: Sequence[int], *key_columns: str) -> dict[Key, list[ImportedRow]]:
        """Return the newest rows by application; the columns `key_columns` tell the rows of one application apart."""
        key = itemgetter("agent", "application_no", *key_columns)
        return _group_by(newest_rows_of_applications(self.session, table, ids, key, self.snapshot), application_key)

    def _complaints(self, hashes: set[str]) -> dict[str, list[ImportedRow]]:
        key = itemgetter("msisdn_hash", "received_at", "source")
        rows = newest_visible_rows(self.session, (COMPLAINT.c.msisdn_hash,), hashes, key, self.snapshot)
        return _group_by(rows, itemgetter("msisdn_hash"))

    def _subjects(self, row: ImportedRow) -> tuple[str, ...]:
        """Return the hashes of the company, its legal representative and the handler, without duplicates."""
        company, legal_rep = self.store.hashed(row["uscc"]), self.store.hashed(row["legal_rep_id_no"])
        return tuple(filter(None, dict.fromkeys((company, legal_rep, row["handler_id_hash"]))))

    def _credit(self, subjects: set[str]) -> dict[str, list[ImportedRow]]:
        rows = newest_visible_rows(self.session, (CREDIT.c.subject_hash,), subjects, credit_key, self.snapshot)
        return _group_by(rows, itemgetter("subject_hash"))


def read_evidence(session: Session, case: models.CaseRow, store: Store, today: date) -> Evidence:
    """Return the evidence that a case sees on a local day, unmasked."""
    return evidence_of_cases(session, [case], store, today)[case.id or 0]


def evidence_of_cases(session: Session, cases: Iterable[Any], store: Store, today: date) -> dict[int, Evidence]:
    """Return, by case, the evidence that each case sees on a local day, unmasked; the cases may be plain rows."""
    evidence_by_case: dict[int, Evidence] = {}
    for seq, of_seq in _group_by(cases, attrgetter("evidence_seq")).items():
        evidence = EvidenceReader(session, store, Snapshot(seq=seq), today).of_keys({key_of(case) for case in of_seq})
        evidence_by_case |= {case.id or 0: evidence[key_of(case)] for case in of_seq}
    return evidence_by_case


def calls_by_day_and_hour(
    session: Session, case: models.CaseRow, evidence: Evidence, store: Store
) -> tuple[tuple[tuple[date, int], ...], tuple[tuple[int, ...], ...]]:
    """Return how many outgoing calls all cards made: per day, oldest first, and per hour (7 rows, Monday first)."""
    cards = [{**asdict(card), "msisdn_hash": store.hashed(card.msisdn)} for card in evidence.cards]
    windows = windows_of_cards(session, cards, store, snapshot_of(case))
    # All figures of a number come from its newest batch: earlier batches may have days outside the window.
    rows = {(window.row["msisdn_hash"], window.row["batch_id"]) for window in windows.values()}
    hours = [[0] * _HOURS for _weekday in range(_WEEKDAYS)]
    for hour in rows_of(session, _CALLS_BY_HOUR, rows):
        hours[hour.weekday][hour.hour] = hour.calls
    days = {day.on_date: day.calls for day in rows_of(session, _CALLS_BY_DAY, rows)}
    return _every_day(days), tuple(tuple(row) for row in hours)


def _every_day(days: Mapping[date, int]) -> tuple[tuple[date, int], ...]:
    """Return all days from the first to the last, including those without calls, so that gaps are visible."""
    if not days:
        return ()
    first, last = min(days), max(days)
    all_days = (first + timedelta(days=passed) for passed in range((last - first).days + 1))
    return tuple((day, days.get(day, 0)) for day in all_days)


def _group_by(rows: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped


def _all_calls(calls: Sequence[CallFacts], combined: Sequence[ImportedRow]) -> CallFacts:
    """Return the figures of all cards together: those of the only card with calls, else the combined ones."""
    if len(calls) == 1:
        return replace(calls[0], msisdn="")
    if not calls:
        return NO_CALLS
    over_all = calls_of_row(combined[0]) if combined else NO_CALLS
    return replace(over_all, calls_outside_service=sum(call.calls_outside_service for call in calls))
