"""Asks why a final case is opened again, and opens it."""

import asyncio
from functools import partial

from textual.screen import Screen

from screens.dialogs.prompt import Prompt
from screens.shell.base_screen import attempt, in_thread
from workbench.domain.case.case_id import format_case
from workbench.i18n import _
from workbench.keys.registry import with_keys
from workbench.services.wiring import Services


async def reopen_case(screen: Screen[None], services: Services, case_id: int) -> bool:
    """Ask for the reason, open the case again, and report it; return whether it was opened."""
    name = format_case(case_id)
    refusal = await attempt(screen, in_thread(services.reopening.why_not, case_id))
    if refusal is None:
        # The question itself failed, which was reported.
        return False
    if refusal:
        screen.notify(refusal, severity="error", timeout=8)
        return False
    hint = _(
        "Why? Only colleagues read this. The applicant is told that the result is checked once more,"
        " and the next verdict's letter corrects the earlier one."
    )
    reason = await screen.app.push_screen_wait(Prompt(_("Open {case} again").format(case=name), hint))
    if reason is None or await attempt(screen, partial(_reopen, services, case_id, reason)) is None:
        return False
    message = with_keys(_("{case} is back in the queue. To undo, press {desk.undo} on the desk."))
    screen.notify(message.format(case=name), timeout=8)
    return True


async def _reopen(services: Services, case_id: int, reason: str) -> bool:
    """Open a case again and return True, because `attempt` returns None if it fails."""
    await asyncio.to_thread(services.reopening.reopen, case_id, reason)
    return True
