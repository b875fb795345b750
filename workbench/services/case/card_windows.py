"""Reads the call figures of cards: those of the number, or of the days on which the number served one holder."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

from sqlmodel import Session

from db.models import CallDayRow, CallWindowRow
from db.queries.published import ImportedRow, Snapshot, newest_visible_rows, table_of
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.foundation.file_store import Store
from workbench.services.foundation.row_values import from_row

CALL_WINDOW = table_of(CallWindowRow)
CALL_DAY = table_of(CallDayRow)


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

    They are the figures of the number, unless the number has calls outside the period.
    """
    of_hash = (session, (CALL_WINDOW.c.msisdn_hash,))
    key = itemgetter("msisdn_hash")
    rows = newest_visible_rows(*of_hash, {card["msisdn_hash"] for card in cards} - {""}, key, snapshot)
    windows = {row["msisdn_hash"]: row for row in rows}
    # A number has figures of a period only in addition to its own.
    hash_of = {period_of_row(card): card["msisdn_hash"] for card in cards if card["msisdn_hash"] in windows}
    period_hash_of = {period: store.hashed(period.key) for period in hash_of}
    windows |= {
        row["msisdn_hash"]: row for row in newest_visible_rows(*of_hash, period_hash_of.values(), key, snapshot)
    }
    apart = {
        period: windows[hash_of[period]]
        for period, period_hash in period_hash_of.items()
        if period_hash in windows and period_hash != hash_of[period]
    }
    outside = _calls_outside(session, apart, snapshot)
    found: dict[ServicePeriod, CardWindow] = {}
    for period, msisdn_hash in hash_of.items():
        row = windows.get(period_hash_of[period]) or windows[msisdn_hash]
        facts = replace(calls_of_row(row), calls_outside_service=outside.get(period, 0))
        found[period] = CardWindow(facts, row)
    return found


def _calls_outside(
    session: Session, windows: Mapping[ServicePeriod, ImportedRow], snapshot: Snapshot
) -> dict[ServicePeriod, int]:
    """Return the outgoing calls of each period's number that are within its window, but outside the period."""
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
    """Return the call figures in a row, without a count of calls outside the service of a card."""
    return from_row(CallFacts, row, half_hours=tuple(json.loads(row["half_hours"])), calls_outside_service=0)
