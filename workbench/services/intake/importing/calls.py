"""Computes the call figures of numbers and applications for a batch that is being written."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, exists, or_, select, tuple_
from sqlmodel import Session

from db.columns import to_us
from db.enums import ImportKind
from db.models import OptOutRow
from db.queries.published import (
    Snapshot,
    call_file_checks,
    chunks,
    has_newer,
    is_visible,
    newest_visible_rows,
    table_of,
)
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.evidence.service_period import ServicePeriod, msisdn_of
from workbench.services.case.evidence_reader import (
    CALL_DAY,
    CALL_HOUR,
    CALL_WINDOW,
    CARD,
    application_key,
    period_of_row,
)
from workbench.services.case.known_people import Key
from workbench.services.files.calls.engine import CallEngine, FractionCallback
from workbench.services.files.calls.store import CallStore
from workbench.services.files.calls.windows import CallSurvey, OptOut
from workbench.services.foundation.context import Context
from workbench.services.intake.batches.affected_cases import applications_of_numbers
from workbench.services.intake.batches.publishing import WITH_CALLS, published_call_batches
from workbench.services.intake.importing.classifying.columns import Columns

_OPT_OUT = table_of(OptOutRow)

_NUMBERS_TOGETHER = 2_000
_APPLICATIONS_TOGETHER = 10_000
_ROWS_TOGETHER = 5_000
_FACTS = tuple(field.name for field in fields(CallFacts) if field.name not in {"half_hours", "calls_outside_service"})
"""The figures that a column of the same name stores as they are."""
_HAS_CALLS = exists().where(CALL_WINDOW.c.msisdn_hash == CARD.c.msisdn_hash)

Insert = Callable[[Iterable[tuple[Any, list[Columns]]]], None]
"""A function that writes rows of the batch into tables."""


def call_store(context: Context) -> CallStore:
    """Return the call files of a database's store, with the check values that are stored with their batches."""
    store = context.store
    with context.read() as session:
        return CallStore(store.calls, store.hash_key, call_file_checks(session), store.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """Computes and writes the figures of numbers and applications as they will be once the batch is published.

    The figures of a number need all its calls, so they are computed again from every published call file and the call
    file of the batch.
    """

    context: Context
    batch_id: int
    call_batches: Sequence[int]
    window_days: int
    insert: Insert
    progress: FractionCallback

    def write_for_numbers(self, msisdns: Iterable[str]) -> None:
        """Write the figures of numbers, and those of the applications that have a card with such a number."""
        applications: set[Key] = set()
        to_survey: list[str | ServicePeriod] = []
        for portion in chunks(msisdns, _NUMBERS_TOGETHER):
            hashes = [self.context.store.hashed(msisdn) for msisdn in portion]
            with self.context.read() as session:
                to_survey += [*portion, *self._periods(session, CARD.c.msisdn_hash, hashes)]
                applications |= applications_of_numbers(session, hashes)
        if to_survey:
            # One survey for all numbers, because each survey reads every call file.
            with self._surveyed(to_survey, self.progress) as survey:
                self._write_numbers(survey)
        self.write_for_applications(sorted(applications))

    def write_for_applications(self, keys: Iterable[Key]) -> None:
        """Write the figures over all cards together, for the applications that have several cards with calls.

        With a single card with calls, they are the figures of its number.
        """
        if not self.call_batches:
            return
        for portion in chunks(keys, _APPLICATIONS_TOGETHER):
            groups = self._groups(portion)
            if not groups:
                continue
            periods = {period for cards in groups.values() for period in cards}
            with self._surveyed([*periods, *(period.msisdn for period in periods)]) as survey:
                # A period without its own figures includes all calls of its number, whose figures it shares.
                known = {facts.msisdn for facts in survey.windows}
                found = survey.together(
                    {
                        index: [period.key if period.key in known else period.msisdn for period in cards]
                        for index, cards in groups.items()
                    }
                )
            rows = [
                {
                    **self._columns(facts),
                    **dict(zip(("agent", "application_no"), portion[index], strict=True)),
                    "msisdn": "",
                    "msisdn_hash": "",
                }
                for index, facts in found.items()
            ]
            self.insert([(CALL_WINDOW, rows)])

    def write_for_batch(self, written: Container[str]) -> None:
        """Write the figures of service periods and those over all cards, for applications with cards in the batch.

        The numbers in `written` already have their figures, with those of their periods.
        """
        if not self.call_batches:
            return
        last = ("", "")
        done: set[str] = set()
        is_own = CARD.c.batch_id == self.batch_id
        while True:
            with self.context.read() as session:
                rows = session.execute(
                    select(CARD.c.agent, CARD.c.application_no)
                    .where(is_own, _after(last))
                    .distinct()
                    .order_by(CARD.c.agent, CARD.c.application_no)
                    .limit(_APPLICATIONS_TOGETHER)
                ).all()
            if not rows:
                return
            last = (rows[-1].agent, rows[-1].application_no)
            keys = [(row.agent, row.application_no) for row in rows]
            self._write_for_periods(keys, written, done)
            self.write_for_applications(keys)

    def _write_for_periods(self, keys: Sequence[Key], written: Container[str], done: set[str]) -> None:
        """Write the figures of the service periods of applications, each once, if their numbers have calls."""
        with self.context.read() as session:
            found = self._periods(session, tuple_(CARD.c.agent, CARD.c.application_no), keys, _HAS_CALLS)
        periods = [period for period in found if period.key not in done and period.msisdn not in written]
        done.update(period.key for period in periods)
        for portion in chunks(periods, _NUMBERS_TOGETHER):
            with self._surveyed(portion) as survey:
                self._write_numbers(survey)

    def callers_of(self, callee_hashes: Iterable[str]) -> set[str]:
        """Return the numbers that called one of the callees."""
        if not self.call_batches:
            return set()
        return call_store(self.context).callers_of(self.call_batches, callee_hashes)

    def count_unknown(self, msisdns: Iterable[str]) -> int:
        """Count the numbers that are on no published card, nor on a card of this batch."""
        count, snapshot = 0, Snapshot(own_batch=self.batch_id)
        for portion in chunks(msisdns, _NUMBERS_TOGETHER):
            hashes = {self.context.store.hashed(msisdn) for msisdn in portion}
            with self.context.read() as session:
                known = newest_visible_rows(
                    session, (CARD.c.msisdn_hash,), hashes, lambda row: row["msisdn_hash"], snapshot
                )
            count += len(hashes) - len(known)
        return count

    def _surveyed(
        self, numbers: Iterable[str | ServicePeriod], progress: FractionCallback = CallEngine.progress
    ) -> AbstractContextManager[CallSurvey]:
        with self.context.read() as session:
            zone, opt_outs = self.context.zone(session), list(self._opt_outs(session))
            today = self.context.today(session)
        store = call_store(self.context)
        store.progress = progress
        return store.survey(self.call_batches, numbers, self.window_days, zone, opt_outs, today)

    def _periods(
        self, session: Session, column: ColumnElement[Any], values: Iterable[object], *where: ColumnElement[bool]
    ) -> list[ServicePeriod]:
        """Return the service periods with a begin or an end, of the cards that have one of the values in a column."""
        dated = or_(CARD.c.activated_on.is_not(None), CARD.c.service_ended_on.is_not(None))
        visible = is_visible(CARD.c.batch_id, Snapshot(own_batch=self.batch_id))
        periods = (
            select(CARD.c.msisdn, CARD.c.activated_on, CARD.c.service_ended_on).where(dated, visible, *where).distinct()
        )
        rows = (row for chunk in chunks(values) for row in session.execute(periods.where(column.in_(chunk))))
        found = (ServicePeriod(*row) for row in rows)
        return list({period.key: period for period in found}.values())

    def _write_numbers(self, survey: CallSurvey) -> None:
        """Write the figures of a survey, whose `msisdn` is a number or the key of a service period."""
        hashed = lru_cache(self.context.store.hashed)
        windows = (
            {
                **self._columns(facts),
                "agent": "",
                "application_no": "",
                "msisdn": msisdn_of(facts.msisdn),
                "msisdn_hash": hashed(facts.msisdn),
            }
            for facts in survey.facts()
        )
        days = (
            {"msisdn_hash": hashed(day.msisdn), "on_date": day.on, "calls": day.calls, "answered": day.answered}
            for day in survey.days()
        )
        hours = (
            {"msisdn_hash": hashed(hour.msisdn), "weekday": hour.weekday, "hour": hour.hour, "calls": hour.calls}
            for hour in survey.hours()
        )
        # Counting takes long, so the days and hours are written meanwhile; the windows need its result.
        with survey.counting_callees():
            self._write(CALL_DAY, days)
            self._write(CALL_HOUR, hours)
        self._write(CALL_WINDOW, windows)

    def _write(self, table: Table, rows: Iterable[Columns]) -> None:
        for portion in chunks(rows, _ROWS_TOGETHER):
            self.insert([(table, portion)])

    def _columns(self, facts: CallFacts) -> Columns:
        columns = {name: getattr(facts, name) for name in _FACTS}
        return {**columns, "half_hours": json.dumps(facts.half_hours)}

    def _groups(self, keys: Sequence[Key]) -> dict[int, list[ServicePeriod]]:
        """Return the cards with calls of the applications that have several such cards, by their index in `keys`."""
        snapshot = Snapshot(own_batch=self.batch_id)
        with self.context.read() as session:
            cards = newest_visible_rows(
                session,
                (CARD.c.agent, CARD.c.application_no),
                keys,
                lambda row: (row["agent"], row["application_no"], row["msisdn"]),
                snapshot,
            )
            windows = newest_visible_rows(
                session,
                (CALL_WINDOW.c.msisdn_hash,),
                {card["msisdn_hash"] for card in cards} - {""},
                lambda row: row["msisdn_hash"],
                snapshot,
            )
        called = {window["msisdn_hash"] for window in windows}
        numbers: dict[Key, list[ServicePeriod]] = {}
        for card in cards:
            if card["msisdn_hash"] in called:
                numbers.setdefault(application_key(card), []).append(period_of_row(card))
        return {index: numbers[key] for index, key in enumerate(keys) if len(numbers.get(key, ())) > 1}

    def _opt_outs(self, session: Session) -> Iterator[OptOut]:
        """Yield every opt-out that will be valid once the batch is published."""
        snapshot = Snapshot(own_batch=self.batch_id)
        row = _OPT_OUT.alias("o")
        newest = ~has_newer(row, _OPT_OUT, ("callee_hash", "msisdn"), snapshot)
        statement = select(row.c.callee_hash, row.c.since, row.c.msisdn)
        valid = statement.where(is_visible(row.c.batch_id, snapshot), newest)
        for opt_out in session.execute(valid).yield_per(_NUMBERS_TOGETHER):
            yield opt_out.callee_hash, to_us(opt_out.since), opt_out.msisdn


def _after(key: Key) -> Any:
    """Return the condition that the application of a card comes after an application in the order of the keys."""
    agent, application_no = key
    return (CARD.c.agent > agent) | ((CARD.c.agent == agent) & (CARD.c.application_no > application_no))


def figures_of_batch(
    context: Context, kind: ImportKind, batch_id: int, insert: Insert, progress: FractionCallback
) -> CallFigures:
    """Return the object that computes the figures of a batch."""
    batches = published_call_batches(context)
    if kind in WITH_CALLS:
        batches.append(batch_id)
    with context.read() as session:
        window_days = context.policy(session).calls.window_days
    return CallFigures(
        context=context,
        batch_id=batch_id,
        call_batches=batches,
        window_days=window_days,
        insert=insert,
        progress=progress,
    )
