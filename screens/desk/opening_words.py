"""What the desk says before it has an office: that one is being opened, or why none can be."""

from textual.content import Content

from screens.widgets.safe_text import BAD, FAINT, joined
from workbench.errors import ExitCode, WorkbenchError
from workbench.i18n import _


def opening() -> Content:
    """Say that the database is being opened."""
    return joined((_("Opening …"), FAINT))


def broken(error: WorkbenchError) -> Content:
    """Say what happened and how to go on."""
    lines = [joined((str(error), BAD)), Content(), joined((_("Nothing was changed."), ""))]
    if error.exit_code in {ExitCode.NO_INPUT, ExitCode.CONFIG}:
        lines += [
            joined(("workbench init", "$text-accent bold"), (f"   {_('makes a database for your cases')}", FAINT)),
            joined(("workbench demo", "$text-accent bold"), (f"   {_('shows the workbench on sample data')}", FAINT)),
        ]
    lines += [Content(), joined(("q", "$text-accent bold"), (f" {_('leaves')}", FAINT))]
    return Content("\n").join(lines)
