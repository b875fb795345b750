"""The sentences of an import's report about rows that are not wrong."""

from collections.abc import Iterator, Sequence

from db.enums import ImportKind
from workbench.domain.case.case_id import format_case
from workbench.domain.values.bad_value import with_outlined_numbers
from workbench.i18n import _, comma_joined, with_remark
from workbench.services.files.reading.sheets.names import kind_name
from workbench.services.intake.importing.plan import ImportReport
from workbench.wording.amounts import commas

_MOST_NAMED = 5


def _first(names: Sequence[str], count: int) -> str:
    return comma_joined(map(with_outlined_numbers, names[:_MOST_NAMED])) + ("…" if count > _MOST_NAMED else "")


def report_notes(report: ImportReport) -> Iterator[str]:
    """Yield what the admin should know of rows that are not wrong."""
    if files := report.left_out:
        message = _("Files left out, because no import reads them: {count} ({files}).")
        yield message.format(count=commas(len(files)), files=_first(files, len(files)))
    if agents := report.new_agents:
        yield _("Agents that had no application before: {agents}.").format(agents=_first(agents, len(agents)))
    if report.changed:
        message = _("Changed applications: {count}, with the changed columns: {applications}.")
        changed, count = [with_remark(number, names) for number, names in report.changed], report.changed_count
        yield message.format(count=commas(count), applications=_first(changed, count))
    if provinces := report.unknown_provinces:
        message = _("Rows whose province is none of China's: {count}, first {lines}; see --columns.")
        named = _("“{value}” in line {line}")
        first = [named.format(value=with_outlined_numbers(text), line=line) for line, text in provinces[:3]]
        yield message.format(count=commas(len(provinces)), lines=comma_joined(first))
    if numbers := report.wrong_numbers:
        message = _("Wrong ID numbers and USCCs, each a finding: {count}, first {lines}.")
        named = _("{column} in line {line}")
        first = [named.format(column=column, line=line) for line, column in numbers[:3]]
        yield message.format(count=commas(len(numbers)), lines=comma_joined(first))
    yield from _notes_on_cases(report)
    for kind, count in {**report.unlinked, ImportKind.CALLS: report.unknown_callers}.items():
        message = _("Numbers or subjects that belong to no application, in {kind}: {count}.")
        if count:
            yield message.format(kind=kind_name(ImportKind(kind)), count=commas(count))


def _notes_on_cases(report: ImportReport) -> Iterator[str]:
    if report.findings:
        message = _("Findings of the new cases, with the number of cases: {counts}; `rule:CODE` filters by one.")
        yield message.format(counts=comma_joined(f"{rule} {commas(count)}" for rule, count in report.findings.items()))
    if completed := report.completed:
        cases = _first(list(map(format_case, completed)), len(completed))
        message = _("Cases that are complete now, and in the queue: {count} ({cases}).")
        yield message.format(count=commas(len(completed)), cases=cases)
    if late := report.overdue:
        yield _("Cases that are overdue already: {count}; `due:overdue` filters by them.").format(count=commas(late))
