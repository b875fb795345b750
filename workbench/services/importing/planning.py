"""Reads the files of an import: every record judged, every error told, and what is to be written kept for later."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from db.enums import ImportKind
from workbench.domain.evidence.evidence import ApplicationFacts
from workbench.domain.evidence.rows import AppealFiling, CardRow, DocumentRow
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.importing.appeals import judged_appeals
from workbench.services.importing.call_intake import CallIntake
from workbench.services.importing.judging import Judge
from workbench.services.importing.plan import DocumentToCopy, Fate, Judgement, Plan, Portion, Spill
from workbench.services.importing.progress import Meter
from workbench.services.reading.built import key_of
from workbench.services.reading.headers import column_names
from workbench.services.reading.problems import BadRecord, FileProblem, Row, RowProblem
from workbench.services.reading.reader import Reader
from workbench.services.rectifying.rectification import ReceivedDocument

ROWS_AT_ONCE = 2_000
"""So many records are planned, and written in one transaction; with their cards they stay below 5,000 rows usually."""

_KEY_BYTES = 16


def planned(
    context: Context, readers: Sequence[Reader], judge: Judge, meter: Meter, calls: CallIntake, spill: Spill
) -> Plan:
    """Return what an import of these files will do.

    Where keys come twice, a second pass refuses the first rows with such keys too.
    """
    known = sum(len(reader.repeated) for reader in readers)
    plan = _Planner(context, judge, meter, calls, spill).plan_of(readers)
    if sum(len(reader.repeated) for reader in readers) == known:
        return plan
    spill.close()
    judge.arriving.clear()
    meter.repeat(readers)
    return _Planner(context, judge, meter, calls, spill).plan_of(readers)


def _portions(reader: Reader) -> Iterator[list[Row | BadRecord]]:
    """Yield the records of a file from its start, a portion at a time; also those before what tears it apart."""
    records: list[Row | BadRecord] = []
    torn: FileProblem | None = None
    try:
        for record in reader:
            records.append(record)
            if len(records) == ROWS_AT_ONCE:
                yield records
                records = []
    except FileProblem as problem:
        torn = problem
    if records:
        yield records
    if torn is not None:
        raise torn


class _Planner:
    """Makes one plan."""

    def __init__(self, context: Context, judge: Judge, meter: Meter, calls: CallIntake, spill: Spill) -> None:
        self._calls = calls
        self._spill = spill
        self._context = context
        self._judge = judge
        self._meter = meter
        self._plan = Plan(portions=spill)
        self._watched: set[ImportKind] = set()
        self._seen: set[bytes] = set()
        self._is_of_several_kinds = False

    def plan_of(self, readers: Sequence[Reader]) -> Plan:
        kinds = Counter(reader.kind for reader in readers)
        self._is_of_several_kinds = len(kinds) > 1
        # A reader knows the keys of its own file; documents are known by their content only here.
        several = {kind for kind, count in kinds.items() if count > 1} - {ImportKind.CALLS}
        self._watched = several | {ImportKind.DOCUMENTS}
        for place, reader in enumerate(readers):
            self._plan.rows_of_files.append(0)
            try:
                if reader.kind is ImportKind.CALLS:
                    self._take_calls(place, reader)
                    continue
                for records in _portions(reader):
                    self._take(records, place, reader)
                    self._meter.at(reader.bytes_read)
            except FileProblem as problem:
                self._plan.errors.add(problem.problems)
                self._plan.is_broken = True
            finally:
                self._meter.finished(reader)
        return self._plan

    def _take_calls(self, place: int, reader: Reader) -> None:
        """Stage the calls of a file; which of them are there already is asked when they are published."""
        portion = Portion(place)

        def refuse(record: BadRecord) -> None:
            self._refuse(record, portion)
            if len(portion.rejected) == ROWS_AT_ONCE:
                self._spill.add(portion)
                portion.rejected.clear()

        created, problem = self._calls.take(reader, refuse, lambda: self._meter.at(reader.bytes_read))
        if portion.rejected:
            self._spill.add(portion)
        self._plan.rows_of_files[place] += created
        self._plan.counts[Fate.CREATED] += created
        if problem is not None:
            raise problem

    def _take(self, records: list[Row | BadRecord], place: int, reader: Reader) -> None:
        good: list[Any] = [record.value for record in records if isinstance(record, Row)]
        judged = self._judgements(good, reader)
        if self._is_of_several_kinds and reader.kind is ImportKind.APPLICATIONS:
            self._judge.expect(good, judged)
        judgements = iter(judged)
        portion = Portion(place)
        for record in records:
            if isinstance(record, BadRecord):
                self._refuse(record, portion)
                continue
            judgement = self._checked(record.value, next(judgements), reader.kind)
            self._plan.take(judgement, reader.kind)
            if self._judge.only is not None and isinstance(record.value, DocumentRow) and judgement.receipt is not None:
                self._plan.documents.append(ReceivedDocument(record.value.kind.value, judgement.receipt))
            if judgement.fate is Fate.REFUSED:
                refused = as_bad_record(record, judgement, reader)
                self._plan.errors.add(refused.problems)
                portion.rejected.append(refused)
            else:
                _keep(record, judgement, portion)
        self._plan.rows_of_files[place] += len(good)
        self._spill.add(portion)

    def _refuse(self, record: BadRecord, portion: Portion) -> None:
        """Count a bad record, and keep it for the file of rejects."""
        self._plan.rows_of_files[portion.file] += 1
        self._plan.counts[Fate.REFUSED] += 1
        self._plan.errors.add(record.problems)
        portion.rejected.append(record)

    def _judgements(self, values: list[Any], reader: Reader) -> Sequence[Judgement]:
        if reader.kind is ImportKind.APPEALS:
            return judged_appeals(self._context, values, self._judge.imported_at)
        with self._context.read() as session:
            return self._judge.judged(reader.kind, session, values, reader.path.parent)

    def _checked(self, value: Any, judgement: Judgement, kind: ImportKind) -> Judgement:
        """Refuse a row whose key came in this import already, or that contradicts one of its rows."""
        if judgement.fate is Fate.REFUSED:
            return judgement
        if isinstance(value, AppealFiling) and (value.agent, value.application_no) in self._plan.reopened:
            message = _("The import opens a new case of {number}; remove this appeal, or that application.")
            message = message.format(number=value.application_no)
            return Judgement(fate=Fate.REFUSED, message=message, column="application_no")
        if self._is_of_several_kinds and isinstance(value, CardRow):
            self._plan.cards.add(card_digest(value.agent, value.application_no, value.card.msisdn))
        if kind not in self._watched:
            return judgement
        key = key_of(kind, value)
        if isinstance(value, DocumentRow):
            key = (*key[:3], judgement.made["sha256"])
        digest = _digest(kind.value, *key)
        if digest in self._seen:
            message = _("This row came already in this import; remove one.")
            return Judgement(fate=Fate.REFUSED, message=message)
        self._seen.add(digest)
        return judgement


def card_digest(agent: str, application_no: str, msisdn: str) -> bytes:
    """Return what a card is known by within one import, in few bytes."""
    return _digest(agent, application_no, msisdn)


def _digest(*key: str) -> bytes:
    return hashlib.blake2b("\0".join(key).encode(), digest_size=_KEY_BYTES).digest()


def _keep(record: Row, judgement: Judgement, portion: Portion) -> None:
    """Note what is written of a good row."""
    value = record.value
    if isinstance(value, DocumentRow):
        # Also of a document that is known: its file is put back where the store has lost or damaged it.
        portion.documents.append(DocumentToCopy(value.path, judgement.made["sha256"], record.line))
    if judgement.fate is Fate.UNCHANGED:
        return
    if judgement.fate is Fate.UPDATED and isinstance(value, ApplicationFacts):
        portion.updated.add((value.agent, value.application_no))
    portion.made.append(judgement.made)


def as_bad_record(record: Row, judgement: Judgement, reader: Reader) -> BadRecord:
    """Return a row that is refused as the rejects file takes it, with the reason at its place in the file."""
    names, raw = column_names(reader.kind), record.raw
    column = next((name for name in raw if judgement.column and names.meaning(name) == judgement.column), "")
    problem = RowProblem(
        file=reader.path.name, sheet=reader.sheet, line=record.line, column=column, message=judgement.message
    )
    return BadRecord(
        line=record.line,
        raw=raw,
        cells=tuple(raw.get(name, "") for name in reader.columns),
        text=json.dumps(raw, ensure_ascii=False) if reader.format == "jsonl" else "",
        problems=(problem,),
    )
