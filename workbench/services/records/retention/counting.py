"""Counts the cases and files that retention would erase today, and the reasons why others stay."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, Table, select
from sqlmodel import Session

from db.dialect import is_in_list, list_parameter
from db.queries.published import ANSWER_DOCUMENT, call_batches, call_file_checks
from workbench.domain.policy.retention import CASE_PARTS, KeepReason, RetentionKind, RetentionPolicy
from workbench.services.case.evidence_reader import CARD, DOCUMENT
from workbench.services.case.known_people import Key
from workbench.services.files.calls.store import CallStore
from workbench.services.foundation.file_store import Store
from workbench.services.site.due_erasures import Retained, due_unlinked, kept_unlinked


@dataclass(slots=True, kw_only=True)
class KindCount:
    """The counts of one kind.

    For evidence without an application, `due` and `kept` count rows and phone numbers with calls instead of cases.
    """

    kind: RetentionKind
    period: str
    """The period in the policy; empty if there is none."""
    due: int = 0
    """The number of cases to erase."""
    documents: int = 0
    bytes_count: int = 0
    call_rows: int = 0
    kept: Counter[KeepReason] = field(default_factory=Counter)
    """The number of cases that stay, by reason."""
    keys: set[Key] = field(default_factory=set)
    """The applications of the cases to erase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCounts:
    """The counts of a day by kind."""

    day: date
    kinds: tuple[KindCount, ...]
    open_cases: int
    next_on: date | None
    """The next day on which more will be due; None if nothing will be."""


def count_retention(
    session: Session, store: Store, applications: Iterable[Retained], policy: RetentionPolicy, zone: ZoneInfo, day: date
) -> RetentionCounts:
    """Count the cases, documents, call records and unlinked evidence of each kind; nothing is written."""
    kinds = {kind: KindCount(kind=kind, period=period_text(policy, kind)) for kind in RetentionKind}
    open_cases, days = 0, set[date]()
    for one in applications:
        # `kinds` has an entry for each closed case.
        open_cases += len(one.case_ids) - len(one.kinds)
        for kind, keep_reason, due_on in _outcomes(one):
            if due_on is not None and due_on > day:
                days.add(due_on)
            if keep_reason is not None:
                kinds[kind].kept[keep_reason] += 1
            else:
                kinds[kind].due += 1
                kinds[kind].keys.add(one.key)
    evidence, due = kinds[RetentionKind.EVIDENCE], due_unlinked(session, policy, zone, day)
    evidence.due = due.count
    for kept in kept_unlinked(session, policy, zone, day).values():
        evidence.kept += Counter({kept.reason: kept.count})
        days.update(filter(None, [kept.due_on]))
    _count_documents(session, store, kinds)
    _count_calls(session, store, kinds, due.hashes)
    return RetentionCounts(day=day, kinds=tuple(kinds.values()), open_cases=open_cases, next_on=min(days, default=None))


def period_text(policy: RetentionPolicy, kind: RetentionKind) -> str:
    """Return the period of a kind as in the policy, "" if it has none."""
    if kind in policy.periods:
        return policy.periods[kind]
    return f"{policy.years} years" if policy.years is not None and kind not in CASE_PARTS else ""


def _outcomes(one: Retained) -> Iterator[tuple[RetentionKind, KeepReason | None, date | None]]:
    """Yield the outcome of each closed case of an application, and of each part with its own period."""
    for kind in one.kinds:
        yield kind, one.whole.keep_reason, one.whole.due_on
    if one.whole.is_due:
        # The parts are erased with the whole case.
        return
    for part, outcome in one.parts.items():
        for _case in one.kinds:
            yield part, outcome.keep_reason, outcome.due_on


def _values_of(session: Session, table: FromClause, column: str, keys: set[Key], *conditions: object) -> set[str]:
    """Return the values of a column in the rows of some applications."""
    is_theirs = is_in_list((table.c.agent, table.c.application_no))
    found = select(table.c[column]).where(is_theirs, table.c[column] != "", *conditions)  # type: ignore[arg-type]
    return set(session.execute(found, list_parameter(keys)).scalars())


def _values_of_others(session: Session, table: Table, column: str, values: set[str], keys: set[Key]) -> set[str]:
    """Return the values, among some values of a column, that also occur in rows of other applications."""
    found = select(table.c[column], table.c.agent, table.c.application_no).where(is_in_list((table.c[column],)))
    rows = session.execute(found, list_parameter(values))
    return {value for value, agent, application_no in rows if (agent, application_no) not in keys}


def _kinds_erasing(part: RetentionKind) -> tuple[RetentionKind, ...]:
    """Return the kinds whose erasure includes a part: the part itself, and every kind that is not a part."""
    return tuple(kind for kind in RetentionKind if kind not in CASE_PARTS or kind is part)


def _count_documents(session: Session, store: Store, kinds: Mapping[RetentionKind, KindCount]) -> None:
    with_documents = [kinds[kind] for kind in _kinds_erasing(RetentionKind.DOCUMENTS)]
    to_erase = set[Key]().union(*(one.keys for one in with_documents))
    counted = set[str]()
    for one in with_documents:
        named = _values_of(session, DOCUMENT, "sha256", one.keys, DOCUMENT.c.erased_at.is_(None))
        named |= _values_of(session, ANSWER_DOCUMENT, "sha256", one.keys)
        named -= counted
        counted |= named
        for digest in named - _values_of_others(session, DOCUMENT, "sha256", named, to_erase):
            path = store.document_path(digest)
            if path.exists():
                one.documents += 1
                one.bytes_count += path.stat().st_size


def _count_calls(
    session: Session, store: Store, kinds: Mapping[RetentionKind, KindCount], unlinked: Iterable[str]
) -> None:
    with_calls = [kinds[kind] for kind in _kinds_erasing(RetentionKind.CALLS)]
    to_erase = set[Key]().union(*(one.keys for one in with_calls))
    count_by_hash = dict.fromkeys(unlinked, kinds[RetentionKind.EVIDENCE])
    for one in with_calls:
        named = _values_of(session, CARD, "msisdn_hash", one.keys)
        for hashed in named - _values_of_others(session, CARD, "msisdn_hash", named, to_erase):
            count_by_hash.setdefault(hashed, one)
    if not count_by_hash:
        return
    calls = CallStore(store.calls, store.hash_key, call_file_checks(session), store.keys)
    for batch_id in call_batches(session):
        for number, rows in calls.numbers_of(batch_id):
            if (counted := count_by_hash.get(store.hashed(number))) is not None:
                counted.call_rows += rows
