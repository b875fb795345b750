"""Commands about what others fill in: columns, templates and the form, and the maps of resellers' own sheets."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.enums import ApplicantKind, ImportKind
from workbench.cli.files.map_questions import ask_about
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import argument, option
from workbench.cli.framework.questions import is_terminal
from workbench.errors import ExitCode, NotFound, WrongUsage
from workbench.i18n import N_, _, comma_joined, ngettext, sentences_joined
from workbench.services.files.reading.sheets.names import kind_name
from workbench.services.files.templates import CALENDAR, column_guides, kinds_within
from workbench.services.intake.importing.plan import ImportReport, ImportRequest
from workbench.wording.amounts import commas

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.services.files.reseller_sheets.maps import MapLine
    from workbench.services.files.reseller_sheets.sheet_map import SheetMap
    from workbench.services.wiring import Services

_MAX_LISTED = 20
MapName = Annotated[str, argument("NAME", N_("Name of the map."))]


def template(
    context: CommandContext,
    what: Annotated[ImportKind, argument("KIND", N_("Kind of data in the file."))],
    kind: Annotated[ApplicantKind | None, option("--kind", N_("Write the form for this kind of applicant."))] = None,
    file: Annotated[Path | None, option("--output", N_("File to write, .csv or .xlsx."), "FILE", "-o")] = None,
) -> None:
    """Write an example of a kind of file, or the form for applications."""
    with context.services() as services:
        if kind is None:
            file = services.templates.write(what, file)
            sentence = _("Wrote {file}; as it is, it is imported with `workbench import {kind} {file}`.")
        elif what is not ImportKind.APPLICATIONS or file is None:
            raise WrongUsage(_("--kind needs -o FILE, and there is a form for `applications` only."))
        else:
            services.forms.write(kind, file)
            sentence = _("Wrote {file}; fill it in, then run `workbench import workbook {file} --agent AGENT`.")
    document = {"file": str(file), "kind": (kind or what).value}
    context.print_result(document, sentence.format(**document))


def print_columns(context: CommandContext, kind: ImportKind) -> None:
    """Print the columns of a kind of file, or of all kinds in a workbook or folder."""
    if kind is ImportKind.CALENDAR:
        # It has no columns; the example is JSON itself.
        output.file_text(CALENDAR)
        return
    guides = {one: column_guides(one) for one in kinds_within(kind)}
    if context.as_json:
        kinds = [{"kind": one.value, "columns": list(map(asdict, columns))} for one, columns in guides.items()]
        output.document({"kinds": kinds})
        return
    for one, columns in guides.items():
        output.line(" ".join(dict.fromkeys((one.value, kind_name(one)))))
        output.listing(
            columns,
            {
                _("Column"): lambda guide: guide.name,
                _("In Chinese"): lambda guide: guide.chinese,
                _("Required"): lambda guide: guide.need,
                _("Values"): lambda guide: guide.values,
            },
        )


def list_maps(context: CommandContext) -> None:
    """List the maps."""
    with context.services() as services:
        lines = services.maps.lines()
    kinds = {kind.value: kind_name(kind) for kind in ImportKind}
    columns: Columns[MapLine] = {
        _("Map"): lambda line: line.name,
        _("Kind"): lambda line: kinds.get(line.kind, line.kind),
        _("Agent"): lambda line: line.agent,
        _("State"): lambda line: _state(is_proposed=line.is_proposed, is_wrong=bool(line.problem)),
        _("File"): lambda line: str(line.file),
    }
    context.print_list("maps", lines, _map_document, columns)
    if not context.as_json:
        for sentence in "\n".join(line.problem for line in lines).splitlines():
            output.narrate(sentence)


def _state(*, is_proposed: bool, is_wrong: bool) -> str:
    if is_proposed:
        return _("proposed, to be completed") if is_wrong else _("proposed")
    return _("wrong") if is_wrong else _("in use")


def _map_document(line: "MapLine") -> dict[str, object]:
    return {
        "name": line.name,
        "kind": line.kind,
        "file": str(line.file),
        "proposed": line.is_proposed,
        "agent": line.agent or None,
        "problem": line.problem or None,
    }


def show_map(context: CommandContext, name: MapName) -> None:
    """Print the maps that have a name, one for each kind of data."""
    with context.services() as services:
        lines = services.maps.lines(name)
    if context.as_json:
        output.document({"maps": [{**_map_document(line), "text": line.text} for line in lines]})
        return
    for line in lines:
        output.file_text(line.text)


def accept_map(context: CommandContext, name: MapName) -> None:
    """Put a proposed map into use."""
    with context.services() as services:
        accepted = services.maps.accept(name)
    maps = [{"kind": sheet_map.content.kind.value, "sha256": sheet_map.sha256} for sheet_map in accepted]
    context.print_result({"name": name, "maps": maps}, _in_use(name, accepted))


def _in_use(name: str, accepted: "Sequence[SheetMap]") -> str:
    sentence = _("The map {name} is in use for {kinds}; import with --map {name}.")
    return sentence.format(name=name, kinds=comma_joined(kind_name(one.content.kind) for one in accepted))


def may_need_a_map(request: ImportRequest, report: ImportReport) -> bool:
    """Say whether no row was read because of the header of a file that may be a reseller's own sheet."""
    from workbench.services.files.reseller_sheets.sheet_map import MAPPED_KINDS

    has_bad_header = not report.rows and any(problem.line for problem in report.errors)
    return has_bad_header and not request.layouts and request.kind in {*MAPPED_KINDS, ImportKind.WORKBOOK}


def with_map(context: CommandContext, services: "Services", request: ImportRequest, name: str) -> ImportRequest:
    """Return an import request with its maps; a map that does not exist yet is proposed first.

    Raises:
        NotFound: If there is no such map, and no terminal to ask on; proposals were written.
        WrongUsage: If there are no maps for the kind.
        BadConfiguration: If something in a map is wrong.
    """
    layouts = services.maps.find(name, request.kind) or _new_maps(context, services, request, name)
    for path in request.paths:
        _narrate_preview(services, path, layouts, request.encoding)
    return replace(request, layouts=tuple(layouts))


def _new_maps(context: CommandContext, services: "Services", request: ImportRequest, name: str) -> "list[SheetMap]":
    """Return new maps that a person has confirmed, one for each kind in the file."""
    if not request.paths:
        raise WrongUsage(_("Name at least one file to import."))
    proposals = services.maps.propose(name, request.kind, request.paths[0], request.encoding, request.agent)
    if is_terminal() and not context.as_json:
        if all(ask_about(proposal, dry_run=request.dry_run) for proposal in proposals):
            confirmed = services.maps.confirm(proposals)
            output.narrate(_in_use(name, confirmed))
            return confirmed
        files = comma_joined(str(services.maps.keep(proposal)) for proposal in proposals)
        message = _(
            "Nothing was imported. The proposal is kept in {file}: edit it, or give the same command again, which asks "
            "only what is open."
        )
        output.narrate(message.format(file=files))
        raise typer.Exit(ExitCode.DATA)
    files = comma_joined(str(services.maps.keep(proposal)) for proposal in proposals)
    message = _(
        "There is no map {name} of {kind} yet, so nothing was imported. Check the proposal {file}, then put it into "
        "use with `workbench maps accept {name}`."
    )
    kinds = comma_joined(kind_name(proposal.kind) for proposal in proposals)
    told = message.format(name=name, kind=kinds, file=files)
    raise NotFound(sentences_joined((told, *(proposal.doubt for proposal in proposals if proposal.doubt))))


def _narrate_preview(services: "Services", path: Path, layouts: "Sequence[SheetMap]", encoding: str | None) -> None:
    """Say where the headers are, and which rows and sheets are left out."""
    sheets, unread = services.maps.preview(path, layouts, encoding)
    for sheet in sheets:
        place = f"{path.name}, {sheet.sheet}" if sheet.sheet else path.name
        message = ngettext(
            "{place}: header in line {line}, {count} record.",
            "{place}: header in line {line}, {count} records.",
            sheet.records,
        )
        output.narrate(message.format(place=place, line=sheet.header_line, count=commas(sheet.records)))
        if sheet.skipped:
            more = "…" if len(sheet.skipped) > _MAX_LISTED else ""
            lines = comma_joined(map(str, sheet.skipped[:_MAX_LISTED])) + more
            output.narrate(_("Left out as totals, notes or headers: lines {lines}.").format(lines=lines))
    if unread:
        output.narrate(_("{file}: not read, by the map: {sheets}.").format(file=path.name, sheets=comma_joined(unread)))
