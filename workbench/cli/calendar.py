"""The commands of the working calendar."""

from workbench.cli import suspensions
from workbench.i18n import marked

GROUP = "calendar"
GROUP_HELP = marked("The working calendar.")
ENTRIES = suspensions.ENTRIES
