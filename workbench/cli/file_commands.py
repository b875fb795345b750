"""The commands about files, with their help."""

from workbench.cli.framework.registration import CommandGroup, Entry
from workbench.i18n import N_

COMMANDS: tuple[Entry, ...] = (
    Entry(
        "import",
        "workbench.cli.files.imports:import_files",
        N_(
            "Import applications, cards, documents, calls, optouts, credit, complaints, appeals, "
            "a workbook or a calendar."
        ),
    ),
    Entry(
        "template",
        "workbench.cli.files.reseller_sheets:template",
        N_("Write the form for applications, with the documents and lists of the policy."),
    ),
    Entry(
        "export",
        "workbench.cli.files.exports:export",
        N_("Export records of one kind to a file (admin; notices and measures also supervisor)."),
    ),
)

IMPORTS = CommandGroup(
    "imports",
    N_("List and undo imports. Default: list."),
    (
        Entry("list", "workbench.cli.files.imports:list_batches", N_("List the imports, newest first.")),
        Entry("undo", "workbench.cli.files.imports:undo_batch", N_("Undo an import if nobody has acted on its cases.")),
    ),
)

MAPS = CommandGroup(
    "maps",
    N_("List, show and accept maps of resellers' sheets. Default: list."),
    (
        Entry("list", "workbench.cli.files.reseller_sheets:list_maps", N_("List the maps and what is wrong in them.")),
        Entry("show", "workbench.cli.files.reseller_sheets:show_map", N_("Print a map.")),
        Entry(
            "accept",
            "workbench.cli.files.reseller_sheets:accept_map",
            N_("Put a proposed map into use, if nothing in it is wrong or undecided (admin)."),
        ),
    ),
)
