"""What is read after a case is shown: its forecast, and what this person may do with it."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from screens.desk.outcomes import CaseRef
from screens.shell.base_screen import attempt
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action, is_allowed

if TYPE_CHECKING:
    from screens.desk.case_screen import CaseScreen


async def show_forecast(screen: "CaseScreen", case: CaseFile) -> None:
    """Show in the header when the case is likely decided."""
    if await screen.session.load_forecast(case) is not None:
        screen.show_header()


async def show_rights(screen: "CaseScreen", case: CaseFile) -> None:
    """Offer the key that opens a case again only to those who neither made nor checked its verdict."""
    session = screen.session
    if is_allowed(Action.REOPEN, case.header.state, session.services.actor):
        read = partial(asyncio.to_thread, session.services.reopening.why_not, case.header.id)
        refusal = await attempt(screen, read)
        if session.is_on_desk(CaseRef.of(case)):
            session.reopen_refusal = refusal
    screen.refresh_bindings()
