"""The first pass over the files: every record judged, every error told, nothing written."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from db.enums import ImportKind
from workbench.domain.evidence.rows import AppealFiling, CardRow, DocumentRow
from workbench.i18n import _
from workbench.services.foundation.context import Context
from workbench.services.importing.appeals import judged_appeals
from workbench.services.importing.call_intake import CallIntake
from workbench.services.importing.judging import Judge
from workbench.services.importing.plan import DIGEST_BYTES, Fate, FilePlan, Judgement, Plan
from workbench.services.importing.progress import Meter
from workbench.services.reading.built import key_of
from workbench.services.reading.headers import column_names
from workbench.services.reading.problems import BadRecord, FileProblem, Row, RowProblem
from workbench.services.reading.reader import Reader
from workbench.services.rectifying.rectification import ReceivedDocument

ROWS_AT_ONCE = 500
_KEY_BYTES = 16


def portions(reader: Reader, size: int = ROWS_AT_ONCE) -> Iterator[list[Row | BadRecord]]:
    """Yield the records of a file from its start, a portion at a time."""
    records = iter(reader)
    while portion := list(islice(records, size)):
        yield portion


def planned(context: Context, readers: Sequence[Reader], judge: Judge, meter: Meter, calls: CallIntake) -> Plan:
    """Return what an import of these files will do.

    Where keys come twice, a second pass refuses the first rows with such keys too.
    """
    known = sum(len(reader.repeated) for reader in readers)
    plan = _Planner(context, judge, meter, calls).plan_of(readers)
    if sum(len(reader.repeated) for reader in readers) == known:
        return plan
    judge.arriving.clear()
    meter.repeat(readers)
    return _Planner(context, judge, meter, calls).plan_of(readers)


class _Planner:
    """Makes one plan."""

    def __init__(self, context: Context, judge: Judge, meter: Meter, calls: CallIntake) -> None:
        self._calls = calls
        self._context = context
        self._judge = judge
        self._meter = meter
        self._plan = Plan()
        self._watched: set[ImportKind] = set()
        self._seen: set[bytes] = set()
        self._is_of_several_kinds = False

    def plan_of(self, readers: Sequence[Reader]) -> Plan:
        kinds = Counter(reader.kind for reader in readers)
        self._is_of_several_kinds = len(kinds) > 1
        # A reader knows the keys of its own file; documents are known by their content only here.
        several = {kind for kind, count in kinds.items() if count > 1} - {ImportKind.CALLS}
        self._watched = several | {ImportKind.DOCUMENTS}
        for reader in readers:
            file = FilePlan()
            self._plan.files.append(file)
            try:
                if reader.kind is ImportKind.CALLS:
                    self._take_calls(reader, file)
                    continue
                for portion in portions(reader):
                    self._take(portion, file, reader)
                    self._meter.at(reader)
            except FileProblem as problem:
                self._plan.errors.add(problem.problems)
                self._plan.is_broken = True
            finally:
                self._meter.finished(reader)
        return self._plan

    def _take_calls(self, reader: Reader, file: FilePlan) -> None:
        """Stage the calls of a file; which of them are there already is asked when they are published."""

        def refuse(record: BadRecord) -> None:
            file.calls += 1
            self._plan.counts[Fate.REFUSED] += 1
            self._plan.errors.add(record.problems)

        created, problem = self._calls.take(reader, refuse, partial(self._meter.at, reader))
        file.calls += created
        self._plan.counts[Fate.CREATED] += created
        if problem is not None:
            raise problem

    def _take(self, portion: list[Row | BadRecord], file: FilePlan, reader: Reader) -> None:
        good: list[Any] = [record.value for record in portion if isinstance(record, Row)]
        judged = self._judgements(good, reader)
        if self._is_of_several_kinds and reader.kind is ImportKind.APPLICATIONS:
            self._judge.expect(good, judged)
        judgements = iter(judged)
        for record in portion:
            if isinstance(record, BadRecord):
                self._plan.counts[Fate.REFUSED] += 1
                self._plan.errors.add(record.problems)
                self._note(Fate.REFUSED, "", file, reader)
                continue
            judgement = self._checked(record.value, next(judgements), reader.kind)
            self._plan.take(judgement, reader.kind)
            if self._judge.only is not None and isinstance(record.value, DocumentRow) and judgement.receipt is not None:
                self._plan.documents.append(ReceivedDocument(record.value.kind.value, judgement.receipt))
            if judgement.fate is Fate.REFUSED:
                file.refusals[len(file.fates)] = judgement
                self._plan.errors.add([problem_of(record, judgement, reader)])
            self._note(judgement.fate, judgement.sha256, file, reader)

    @staticmethod
    def _note(fate: Fate, sha256: str, file: FilePlan, reader: Reader) -> None:
        """Note what becomes of the next record; every record has its place, so that the second pass finds it."""
        file.fates.append(fate)
        if reader.kind is ImportKind.DOCUMENTS:
            file.digests.extend(bytes.fromhex(sha256) or bytes(DIGEST_BYTES))

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
            key = (*key[:3], judgement.sha256)
        digest = _digest(kind.value, *key)
        if digest in self._seen:
            message = _("This row came already in this import; remove one.")
            return Judgement(fate=Fate.REFUSED, message=message, sha256=judgement.sha256)
        self._seen.add(digest)
        return judgement


def card_digest(agent: str, application_no: str, msisdn: str) -> bytes:
    """Return what a card is known by within one import, in few bytes."""
    return _digest(agent, application_no, msisdn)


def _digest(*key: str) -> bytes:
    return hashlib.blake2b("\0".join(key).encode(), digest_size=_KEY_BYTES).digest()


def problem_of(record: Row, judgement: Judgement, reader: Reader) -> RowProblem:
    """Return why a good row is refused, at its place in the file."""
    names = column_names(reader.kind)
    column = next((name for name in record.raw if judgement.column and names.meaning(name) == judgement.column), "")
    return RowProblem(
        file=reader.path.name, sheet=reader.sheet, line=record.line, column=column, message=judgement.message
    )


def as_bad_record(record: Row, judgement: Judgement, reader: Reader, text: str = "") -> BadRecord:
    """Return a refused row as the rejects file takes it."""
    return BadRecord(
        line=record.line,
        raw=record.raw,
        cells=tuple(record.raw.values()),
        text=text,
        problems=(problem_of(record, judgement, reader),),
    )
