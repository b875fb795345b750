"""The sentences of an import's report about rows that are not wrong, and its list of documents."""

from collections.abc import Iterator, Sequence

from db.enums import DocumentKind, ImportKind
from workbench.domain.case.case_id import format_case
from workbench.domain.values.bad_value import with_outlined_numbers
from workbench.domain.values.values import code_with_word
from workbench.i18n import _, comma_joined, ngettext, with_remark
from workbench.services.files.reading.headers import value_names
from workbench.services.files.reading.sheets.names import kind_name
from workbench.services.intake.importing.plan import ImportReport
from workbench.wording.amounts import commas

_MOST_NAMED = 5
_MOST_LINES = 20


def _first(names: Sequence[str], count: int) -> str:
    return comma_joined(map(with_outlined_numbers, names[:_MOST_NAMED])) + ("…" if count > _MOST_NAMED else "")


def _lines(found: Sequence[tuple[int, str]]) -> str:
    """Return the first lines by what they have, such as `GX-0017 in line 19`."""
    lines_by_text: dict[str, list[str]] = {}
    for line, text in found[:_MOST_LINES]:
        lines_by_text.setdefault(with_outlined_numbers(text), []).append(str(line))
    first = (
        ngettext("{text} in line {lines}", "{text} in lines {lines}", len(lines)).format(
            text=text, lines=comma_joined(lines)
        )
        for text, lines in lines_by_text.items()
    )
    return _("; ").join(first) + ("…" if len(found) > _MOST_LINES else "")


def rows_of_documents(report: ImportReport) -> list[list[str]]:
    """Return the documents of a folder: line, agent, application, kind, file."""
    kinds = value_names("document_kind", DocumentKind)
    return [
        [str(line), row["agent"], row["application_no"], code_with_word(row["kind"], kinds), row["path"]]
        # The lines are numbered as if the list were a file with a header in line 1.
        for line, row in enumerate(report.documents, start=2)
    ]


def report_notes(report: ImportReport) -> Iterator[str]:
    """Yield what the admin should know of rows that are not wrong."""
    if files := report.left_out:
        message = _("Files left out, because no import reads them: {count} ({files}).")
        yield message.format(count=commas(len(files)), files=_first(files, len(files)))
    if agents := report.new_agents:
        yield _("Agents that had no application before: {agents}.").format(agents=_first(agents, len(agents)))
    if unclear := report.unclear_agents:
        message = _(
            "New applications that may lack their agent, or whose number is stored without one: {count} ({lines}). With"
            " and without an agent, a number is two applications, each with its own case; correct the agent."
        )
        yield message.format(count=commas(len(unclear)), lines=_lines(unclear))
    if report.changed:
        message = _("Changed applications: {count}, with the changed columns: {applications}.")
        changed, count = [with_remark(number, names) for number, names in report.changed], report.changed_count
        yield message.format(count=commas(count), applications=_first(changed, count))
    if provinces := report.unknown_provinces:
        message = _(
            "Rows whose province is none of China's: {count} ({lines}). `workbench import applications --columns` lists"
            " the names; with a map, give the word its name under `values` of the column."
        )
        yield message.format(count=commas(len(provinces)), lines=_lines(provinces))
    if numbers := report.wrong_numbers:
        message = _("Wrong ID numbers and USCCs, each a finding: {count} ({lines}).")
        yield message.format(count=commas(len(numbers)), lines=_lines(numbers))
    yield from _notes_on_cases(report)
    for kind, count in {**report.unlinked, ImportKind.CALLS: report.unknown_callers}.items():
        message = _("Numbers or subjects that belong to no application, in {kind}: {count}.")
        if count:
            yield message.format(kind=kind_name(ImportKind(kind)), count=commas(count))


def _notes_on_cases(report: ImportReport) -> Iterator[str]:
    if report.findings:
        message = _("Findings of the new cases, with the number of cases: {counts}; `rule:CODE` filters by one.")
        counts = ((with_remark(rule, report.rule_titles[rule]), count) for rule, count in report.findings.items())
        yield message.format(counts=comma_joined(f"{rule} {commas(count)}" for rule, count in counts))
    if completed := report.completed:
        cases = _first(list(map(format_case, completed)), len(completed))
        message = _("Cases that are complete now, and queued with the priority of their findings: {count} ({cases}).")
        yield message.format(count=commas(len(completed)), cases=cases)
    if late := report.overdue:
        yield _("Cases that are overdue already: {count}; `due:overdue` filters by them.").format(count=commas(late))
