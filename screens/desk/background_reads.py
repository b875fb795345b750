"""What is read after a case is shown: its forecast, and what this person may do with it."""

from functools import partial
from typing import TYPE_CHECKING

from screens.shell.base_screen import attempt
from workbench.domain.case.casefile import CaseFile

if TYPE_CHECKING:
    from screens.desk.case_screen import CaseScreen


async def show_forecast(screen: "CaseScreen", case: CaseFile) -> None:
    """Show in the header when the case is likely decided."""
    if await screen.session.load_forecast(case) is not None:
        screen.show_header()


async def show_rights(screen: "CaseScreen", case: CaseFile) -> None:
    """Show the keys of the acts that this person may carry out on the case."""
    await attempt(screen, partial(screen.session.load_rights, case))
    screen.refresh_bindings()
