"""Reads the files of an import: every record judged, every error told, and what is to be written kept for later."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

from db.enums import ImportKind
from workbench.services.foundation.context import Context
from workbench.services.importing.call_intake import CallIntake
from workbench.services.importing.judging.columns import KEYS
from workbench.services.importing.judging.judge import Judge
from workbench.services.importing.judging.judgement import Fate
from workbench.services.importing.judging.records import FileJudge, JudgedRecords, Record, digest, judged_records
from workbench.services.importing.judging.repeated_keys import Place, RepeatedKeys
from workbench.services.importing.plan import Plan, Portion, Spill
from workbench.services.importing.progress import Meter
from workbench.services.reading.problems import BadRecord, FileProblem
from workbench.services.reading.reader import Reader
from workbench.services.reading.table import RawRecord
from workbench.services.rectifying.rectification import ReceivedDocument
from workbench.services.workers import Helper, shared_out

ROWS_AT_ONCE = 3_000
"""So many records are planned, and written in one transaction; their cards are usually less than 5,000 then."""


class Planner:
    """Makes the plan of an import; a helper, if there is one, judges a part of the records."""

    def __init__(
        self, context: Context, judge: Judge, meter: Meter, calls: CallIntake, spill: Spill, helper: Helper | None
    ) -> None:
        self._context = context
        self._judge = judge
        self._meter = meter
        self._calls = calls
        self._spill = spill
        self._helper = helper
        self._plan = Plan(portions=spill, reopened=judge.reopened)
        self._keys = RepeatedKeys()
        self._repeated: Mapping[Place, str] = {}
        self._is_of_several_kinds = False

    def plan_of(self, readers: Sequence[Reader]) -> Plan:
        """Return what an import of these files will do.

        Where keys come twice, the files are read once more, and these rows refused.
        """
        self._read(readers)
        self._repeated = self._keys.repeated()
        if self._repeated:
            self._spill.close()
            self._judge.arriving.clear()
            self._judge.reopened.clear()
            self._meter.repeat(readers)
            self._plan = Plan(portions=self._spill, reopened=self._judge.reopened)
            self._read(readers)
        return self._plan

    def _read(self, readers: Sequence[Reader]) -> None:
        self._is_of_several_kinds = len(Counter(reader.kind for reader in readers)) > 1
        for place, reader in enumerate(readers):
            self._plan.rows_of_files.append(0)
            try:
                if reader.kind is ImportKind.CALLS:
                    self._take_calls(place, reader)
                else:
                    self._take_records(place, reader)
            except FileProblem as problem:
                self._plan.errors.add(problem.problems)
                self._plan.is_broken = True
            finally:
                self._meter.finished(reader)

    def _take_calls(self, place: int, reader: Reader) -> None:
        """Stage the calls of a file; which of them are there already is asked when they are published."""
        portion = Portion(place)

        def refuse(record: BadRecord) -> None:
            self._refuse(record, portion)
            if len(portion.rejected) == ROWS_AT_ONCE:
                self._spill.add(portion)
                portion.rejected.clear()

        created, problem = self._calls.take(place, reader, refuse, lambda: self._meter.at(reader.bytes_read))
        if portion.rejected:
            self._spill.add(portion)
        self._plan.rows_of_files[place] += created
        self._plan.counts[Fate.CREATED] += created
        if problem is not None:
            raise problem

    def _take_records(self, place: int, reader: Reader) -> None:
        portions = _Portions(place, reader, self._repeated)
        files = FileJudge(
            context=self._context,
            judge=self._judge,
            rows=reader.rows,
            folder=reader.path.parent,
            is_of_several_kinds=self._is_of_several_kinds,
        )
        for judged in shared_out(judged_records, files, portions, self._helper):
            self._take(portions.read.popleft(), judged, place, reader)
            self._meter.at(reader.bytes_read)
        if portions.torn is not None:
            raise portions.torn

    def _take(self, records: Sequence[Record], judged: JudgedRecords, place: int, reader: Reader) -> None:
        portion = Portion(place, rows=judged.rows, documents=judged.documents)
        if reader.kind is ImportKind.APPEALS:
            portion.appeals = judged.values
        accepted, lines = [], []
        for record, entry in zip(records, judged.entries, strict=True):
            if isinstance(entry, BadRecord):
                self._refuse(entry, portion)
            else:
                accepted.append(entry)
                lines.append(record.line)
                self._plan.take(entry, reader.kind)
        self._keys.add(place, lines, judged.digests)
        portion.has_updates = any(judgement.fate is Fate.UPDATED for judgement in accepted)
        if reader.kind is ImportKind.CARDS and self._is_of_several_kinds:
            self._plan.cards.update(digest(*map(str, KEYS[ImportKind.CARDS](value))) for value in judged.values)
        if reader.kind is ImportKind.DOCUMENTS and self._judge.only is not None:
            self._plan.documents += [
                ReceivedDocument(value["kind"], judgement.receipt)
                for value, judgement in zip(judged.values, accepted, strict=True)
                if judgement.receipt is not None
            ]
        self._plan.rows_of_files[place] += len(accepted)
        self._spill.add(portion)

    def _refuse(self, record: BadRecord, portion: Portion) -> None:
        """Count a bad record, and keep it for the file of rejects."""
        self._plan.rows_of_files[portion.file] += 1
        self._plan.counts[Fate.REFUSED] += 1
        self._plan.errors.add(record.problems)
        portion.rejected.append(record)


class _Portions:
    """The records of a file from its start, a portion at a time; also those before what tears the file apart.

    `read` are the portions in their order until somebody takes them, `torn` is what tore the file apart. Records that
    come more than once are refused.
    """

    def __init__(self, place: int, reader: Reader, repeated: Mapping[Place, str]) -> None:
        self.read: deque[list[Record]] = deque()
        self.torn: FileProblem | None = None
        self._place = place
        self._reader = reader
        self._repeated = repeated

    def __iter__(self) -> Iterator[list[Record]]:
        portion: list[Record] = []
        try:
            with self._reader.table() as table:
                for record in table:
                    portion.append(record)
                    if len(portion) == ROWS_AT_ONCE:
                        yield self._checked(portion)
                        portion = []
        except FileProblem as problem:
            self.torn = problem
        if portion:
            yield self._checked(portion)

    def _checked(self, portion: list[Record]) -> list[Record]:
        if self._repeated:
            for at, record in enumerate(portion):
                why = self._repeated.get((self._place, record.line))
                if why is not None and isinstance(record, RawRecord):
                    portion[at] = self._reader.rows.refused(record, why)
        self.read.append(portion)
        return portion
