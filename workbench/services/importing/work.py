"""Carries out a plan: rows, figures, cases, publication; then existing cases take it in."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from db.columns import to_us
from db.enums import ImportKind
from workbench.domain.rows import CallRow
from workbench.services.calls.writing import CallWriter, Written
from workbench.services.context import Context
from workbench.services.importing.applying import apply_batch
from workbench.services.importing.batches import begun
from workbench.services.importing.calls import CallFigures, call_store, figures
from workbench.services.importing.judging import Judge
from workbench.services.importing.opening import open_cases
from workbench.services.importing.plan import Plan
from workbench.services.importing.progress import Meter
from workbench.services.importing.publishing import Counts, next_seq, publish, published_call_batches
from workbench.services.importing.request import ImportReport, ImportRequest
from workbench.services.importing.sweeping import take_away
from workbench.services.importing.touching import cases_of_numbers, note, open_cases_about, open_ids
from workbench.services.importing.writing import Writing
from workbench.services.reading.reader import Reader
from workbench.services.reading.rejects import RejectWriter


@dataclass(slots=True)
class Work:
    """One import that is carried out."""

    context: Context
    judge: Judge
    plan: Plan
    meter: Meter

    def done(self, request: ImportRequest, readers: Sequence[Reader], report: ImportReport) -> ImportReport:
        """Do what was planned, and return the report with the batch's number."""
        seq = next_seq(self.context)
        with begun(self.context, request.kind, readers) as batch_id:
            try:
                report = self._written(request, readers, batch_id, report)
                open_cases(self.context, batch_id, seq, self.plan.reopened)
                note(self.context, batch_id, self.plan.touched)
                counts = Counts(
                    rows=report.rows,
                    created=report.created,
                    updated=report.updated,
                    unchanged=report.unchanged,
                    rejected=report.rejected,
                )
                publish(self.context, request.kind, batch_id, seq, readers, counts)
            except BaseException:
                take_away(self.context, batch_id)
                raise
            apply_batch(self.context, batch_id)
        return replace(report, batch=batch_id)

    def _written(
        self, request: ImportRequest, readers: Sequence[Reader], batch_id: int, report: ImportReport
    ) -> ImportReport:
        """Write the rows of the files, and what is computed of them."""
        with ExitStack() as open_files:
            rejects: RejectWriter | None = None
            if request.rejects is not None:
                rejects = open_files.enter_context(RejectWriter(request.rejects, readers[0]))
            writing = Writing(
                context=self.context,
                judge=self.judge,
                plan=self.plan,
                batch_id=batch_id,
                meter=self.meter,
                rejects=rejects,
            )
            written = self._calls_written(writing, readers) if request.kind is ImportKind.CALLS else None
            if written is None:
                writing.write(readers)
        computed = figures(self.context, request.kind, batch_id, writing.insert)
        if written is not None:
            return self._with_calls(computed, written, report)
        self._compute(request.kind, computed, writing.concerned)
        return report

    def _calls_written(self, writing: Writing, readers: Sequence[Reader]) -> Written:
        with call_store(self.context).begin(writing.batch_id) as calls:
            writing.take_call = _adder(calls)
            writing.write(readers)
            return calls.finish(published_call_batches(self.context))

    def _with_calls(self, computed: CallFigures, written: Written, report: ImportReport) -> ImportReport:
        """Compute the numbers of a call file; which calls are there already is known only now."""
        numbers = [msisdn for msisdn, _calls in call_store(self.context).numbers_of(computed.batch_id)]
        computed.of_numbers(numbers)
        self._touch_numbers(numbers)
        return replace(
            report,
            created=written.created,
            unchanged=written.unchanged,
            unknown_callers=computed.unknown(numbers),
        )

    def _compute(self, kind: ImportKind, computed: CallFigures, concerned: set[str]) -> None:
        """Compute what rows other than calls change, and note the open cases that they are about."""
        if kind in {ImportKind.APPLICATIONS, ImportKind.CARDS}:
            computed.of_batch()
        elif kind is ImportKind.OPTOUTS:
            numbers = sorted(computed.callers_of(concerned))
            computed.of_numbers(numbers)
            self._touch_numbers(numbers)
        elif kind in {ImportKind.CREDIT, ImportKind.COMPLAINTS}:
            self._touch(open_cases_about(self.context, kind, concerned))

    def _touch_numbers(self, msisdns: Sequence[str]) -> None:
        hashes = [self.context.store.hashed(msisdn) for msisdn in msisdns]
        with self.context.read() as session:
            self._touch(open_ids(cases_of_numbers(session, hashes).values()))

    def _touch(self, case_ids: set[int]) -> None:
        self.plan.touched |= dict.fromkeys(case_ids, self.judge.imported_at)


def _adder(calls: CallWriter) -> Any:
    """Return what takes a row of a call file."""

    def add(row: CallRow) -> None:
        calls.add(row.msisdn, row.callee, to_us(row.start_at), row.duration_s, row.answered, row.direction, row.imei)

    return add
