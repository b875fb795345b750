"""Commands about sheets of resellers: the form to fill in, and the maps of their own sheets."""

from pathlib import Path
from typing import Annotated, Literal

from db.enums import ApplicantKind
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import argument, option
from workbench.i18n import N_, _


def template(
    context: CommandContext,
    what: Annotated[Literal["applications"], argument("applications", N_("What the form is for."))],  # noqa: ARG001
    kind: Annotated[ApplicantKind, option("--kind", N_("Kind of applicant."))],
    file: Annotated[Path, option("--output", N_("Workbook to write; an existing file is replaced."), "FILE", "-o")],
) -> None:
    """Write the form for applications."""
    with context.services() as services:
        services.forms.write(kind, file)
    sentence = _("Wrote {file}; filled in, it is imported with `workbench import workbook`.").format(file=file)
    context.print_result({"file": str(file), "kind": kind.value}, sentence)
