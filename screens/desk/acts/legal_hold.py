"""The command that puts a case under legal hold, or ends its legal hold."""

from functools import partial

from screens.desk.case_screen import CaseScreen, start_act
from screens.desk.outcomes import CaseRef
from workbench.domain.case.casefile import CaseFile
from workbench.i18n import _


async def change_legal_hold(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a reason, and put the case under legal hold, or end its legal hold."""
    from screens.dialogs.prompt import Prompt

    ref, has_legal_hold = CaseRef.of(case), case.header.legal_hold_at is not None
    title = _("Put {case} under legal hold")
    hint = _("Retention then erases nothing of it until the legal hold ends. Why? Only colleagues read this.")
    message = _("{case} is under legal hold; retention erases nothing of it.")
    if has_legal_hold:
        title = _("End the legal hold of {case}")
        hint = _("Retention then erases it once its period is over. Why? Only colleagues read this.")
        message = _("{case} is under legal hold no more.")
    reason = await screen.app.push_screen_wait(Prompt(title.format(case=ref.name), hint))
    if reason:
        holds = screen.session.services.legal_holds
        act = partial(screen.session.record, ref, holds.end if has_legal_hold else holds.place, reason)
        start_act(screen, act, "write", message.format(case=ref.name))
