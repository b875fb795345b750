"""Reads in the background after a case is shown: its forecast, and what this person may do with it."""

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
    """Show in the header when the case will probably be decided."""
    if await screen.session.load_forecast(case) is not None:
        screen.show_header()


async def show_rights(screen: "CaseScreen", case: CaseFile) -> None:
    """Enable the keys that reopen or take a case only for a person who may use them.

    A person who made or checked the verdict may not reopen it; the policy says who may take a case out of turn.
    """
    session, actor = screen.session, screen.session.services.actor
    if is_allowed(Action.TAKE, case.header.state, actor) and not session.is_held:
        refusal = await attempt(screen, partial(asyncio.to_thread, session.services.taking.why_not, case.header.id))
        if session.is_on_desk(CaseRef.of(case)):
            session.refusals[Action.TAKE] = refusal
    if is_allowed(Action.REOPEN, case.header.state, actor):
        read = partial(asyncio.to_thread, session.services.reopening.why_not, case.header.id)
        refusal = await attempt(screen, read)
        if session.is_on_desk(CaseRef.of(case)):
            session.refusals[Action.REOPEN] = refusal
    screen.refresh_bindings()
