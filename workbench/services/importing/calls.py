"""Call records on their way in, and what is computed of them for numbers and applications."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session

from db.columns import to_us
from db.enums import ImportKind
from db.models import OptOutRow
from db.queries.published import Snapshot, call_file_checks, newest_of_many, table_of
from db.queries.visibility import has_newer, is_visible
from workbench.domain.evidence.evidence import CallFacts
from workbench.services.calls.store import CallStore
from workbench.services.calls.windows import OptOut, Survey
from workbench.services.case.evidence_reader import CALL_DAY, CALL_HOUR, CALL_WINDOW, CARD, application_key
from workbench.services.foundation.context import Context
from workbench.services.importing.columns import Columns
from workbench.services.importing.plan import Key
from workbench.services.importing.publishing import WITH_CALLS, published_call_batches
from workbench.services.importing.touching import applications_of_numbers

OPT_OUT = table_of(OptOutRow)

_NUMBERS_TOGETHER = 2_000
_APPLICATIONS_TOGETHER = 1_000
_FACTS = tuple(field.name for field in fields(CallFacts) if field.name != "half_hours")

Insert = Callable[[Iterable[tuple[Any, list[Columns]]]], None]
"""Writes rows of the batch."""

Item = TypeVar("Item")


def call_store(context: Context) -> CallStore:
    """Return the call files of a database's store, with the check values that their batches have."""
    with context.read() as session:
        return CallStore(context.store.calls, context.store.hash_key, call_file_checks(session))


def portions_of(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield items a portion at a time."""
    left = iter(items)
    while portion := list(islice(left, size)):
        yield portion


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """Computes the figures of numbers and applications as one batch, still unseen, will leave them.

    A number's figures rest on all its calls, so they are computed anew over every published file and the batch's own.
    """

    context: Context
    batch_id: int
    call_batches: Sequence[int]
    window_days: int
    insert: Insert

    def of_numbers(self, msisdns: Iterable[str]) -> None:
        """Compute numbers anew, and the applications that have one of them as a card."""
        touched: set[Key] = set()
        for portion in portions_of(msisdns, _NUMBERS_TOGETHER):
            with self._surveyed(portion) as survey:
                self._write_numbers(survey)
            with self.context.read() as session:
                hashes = [self.context.store.hashed(msisdn) for msisdn in portion]
                touched |= applications_of_numbers(session, hashes)
        self.of_applications(sorted(touched))

    def of_applications(self, keys: Iterable[Key]) -> None:
        """Compute the figures over all cards of applications that have several cards with calls.

        Those of a single number are the number's own.
        """
        if not self.call_batches:
            return
        for portion in portions_of(keys, _APPLICATIONS_TOGETHER):
            groups = self._groups(portion)
            if not groups:
                continue
            with self.context.read() as session:
                zone, opt_outs = self.context.zone(session), self._opt_outs(session)
                found = call_store(self.context).together(
                    self.call_batches, groups, window_days=self.window_days, zone=zone, opt_outs=opt_outs
                )
            rows = [
                {
                    **self._columns(facts),
                    "agent": portion[place][0],
                    "application_no": portion[place][1],
                    "msisdn": "",
                    "msisdn_hash": "",
                }
                for place, facts in found.items()
            ]
            self.insert([(CALL_WINDOW, rows)])

    def of_batch(self) -> None:
        """Compute the figures over all cards of the applications that this batch brings cards of."""
        if not self.call_batches:
            return
        last = ("", "")
        own = CARD.c.batch_id == self.batch_id
        while True:
            with self.context.read() as session:
                rows = session.execute(
                    select(CARD.c.agent, CARD.c.application_no)
                    .where(own, _after(last))
                    .distinct()
                    .order_by(CARD.c.agent, CARD.c.application_no)
                    .limit(_APPLICATIONS_TOGETHER)
                ).all()
            if not rows:
                return
            last = (rows[-1].agent, rows[-1].application_no)
            self.of_applications([(row.agent, row.application_no) for row in rows])

    def callers_of(self, callee_hashes: Iterable[str]) -> set[str]:
        """Return the numbers that called one of these callees."""
        if not self.call_batches:
            return set()
        return call_store(self.context).callers_of(self.call_batches, callee_hashes)

    def unknown(self, msisdns: Iterable[str]) -> int:
        """Count the numbers that are no card of ours, those of this batch included."""
        count, sight = 0, Snapshot(own_batch=self.batch_id)
        for portion in portions_of(msisdns, _NUMBERS_TOGETHER):
            hashes = {self.context.store.hashed(msisdn) for msisdn in portion}
            with self.context.read() as session:
                known = newest_of_many(session, (CARD.c.msisdn_hash,), hashes, lambda row: row["msisdn_hash"], sight)
            count += len(hashes) - len(known)
        return count

    def _surveyed(self, msisdns: Sequence[str]) -> Any:
        with self.context.read() as session:
            zone, opt_outs = self.context.zone(session), list(self._opt_outs(session))
        return call_store(self.context).survey(self.call_batches, msisdns, self.window_days, zone, opt_outs)

    def _write_numbers(self, survey: Survey) -> None:
        hashed = self.context.store.hashed
        windows = [
            {**self._columns(facts), "agent": "", "application_no": "", "msisdn_hash": hashed(facts.msisdn)}
            for facts in survey.windows()
        ]
        days = [
            {"msisdn_hash": hashed(day.msisdn), "on_date": day.on, "calls": day.calls, "answered": day.answered}
            for day in survey.days()
        ]
        hours = [
            {"msisdn_hash": hashed(hour.msisdn), "weekday": hour.weekday, "hour": hour.hour, "calls": hour.calls}
            for hour in survey.hours()
        ]
        self.insert([(CALL_WINDOW, windows), (CALL_DAY, days), (CALL_HOUR, hours)])

    def _columns(self, facts: CallFacts) -> Columns:
        columns = {name: getattr(facts, name) for name in _FACTS}
        return {**columns, "half_hours": json.dumps(facts.half_hours)}

    def _groups(self, keys: Sequence[Key]) -> dict[int, list[str]]:
        """Return the cards of those applications of which several have calls, by their place in the list."""
        sight = Snapshot(own_batch=self.batch_id)
        with self.context.read() as session:
            cards = newest_of_many(
                session,
                (CARD.c.agent, CARD.c.application_no),
                keys,
                lambda row: (row["agent"], row["application_no"], row["msisdn"]),
                sight,
            )
            windows = newest_of_many(
                session,
                (CALL_WINDOW.c.msisdn_hash,),
                {card["msisdn_hash"] for card in cards} - {""},
                lambda row: row["msisdn_hash"],
                sight,
            )
        called = {window["msisdn_hash"] for window in windows}
        numbers: dict[Key, list[str]] = {}
        for card in cards:
            if card["msisdn_hash"] in called:
                numbers.setdefault(application_key(card), []).append(card["msisdn"])
        return {place: numbers[key] for place, key in enumerate(keys) if len(numbers.get(key, ())) > 1}

    def _opt_outs(self, session: Session) -> Iterator[OptOut]:
        """Yield every opt-out that counts once the batch is published."""
        sight = Snapshot(own_batch=self.batch_id)
        row = OPT_OUT.alias("o")
        newest = ~has_newer(row, OPT_OUT, ("callee_hash", "msisdn"), sight)
        wanted = select(row.c.callee_hash, row.c.since, row.c.msisdn).where(is_visible(row.c.batch_id, sight), newest)
        for found in session.execute(wanted).yield_per(_NUMBERS_TOGETHER):
            yield found.callee_hash, to_us(found.since), found.msisdn


def _after(key: Key) -> Any:
    """Return the condition that a card's application comes after another in their order."""
    return (CARD.c.agent > key[0]) | ((CARD.c.agent == key[0]) & (CARD.c.application_no > key[1]))


def figures(context: Context, kind: ImportKind, batch_id: int, insert: Insert) -> CallFigures:
    """Return what computes the figures of a batch of some kind."""
    batches = published_call_batches(context)
    if kind in WITH_CALLS:
        batches.append(batch_id)
    with context.read() as session:
        window_days = context.policy(session).calls.window_days
    return CallFigures(context=context, batch_id=batch_id, call_batches=batches, window_days=window_days, insert=insert)
