"""The commands for an applicant who calls or writes: take the case, record a reply, a resubmission, a withdrawal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from textual.content import Content

from screens.desk.case_commands import reader_for
from screens.desk.case_screen import CaseScreen, start_act
from screens.desk.outcomes import CaseRef
from screens.panels.history import asked_lines
from screens.widgets.safe_text import MUTED, plain
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.running import is_with_applicant
from workbench.domain.case.vocabulary import CaseState, WaitsFor
from workbench.domain.clock.typed.reading import read_receipt
from workbench.domain.clock.typed.reference import DateReference, UnclearTime
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import N_, _
from workbench.keys.desk import TAKE
from workbench.keys.registry import with_keys

_WIDTH = 70
"""The cells of a line in a dialog; in a narrower window, the dialog wraps it again."""

_REPLY_OF = {
    WaitsFor.APPLICANT: N_("Reply of the applicant on {case}"),
    WaitsFor.CARRIER: N_("Reply of the carrier on {case}"),
    WaitsFor.REGISTRY: N_("Reply of the registry on {case}"),
    WaitsFor.DEPARTMENT: N_("Reply of the other department on {case}"),
}


async def take(screen: CaseScreen, _case: CaseFile) -> None:
    """Take the case to the desk, from whichever screen it is open on."""
    await screen.run_action(f"app.act('{TAKE.id}')")


async def record_reply(screen: CaseScreen, case: CaseFile) -> None:
    """Ask what the reply to a pending case says, and record it; the case returns to the queue."""
    ref = CaseRef.of(case)
    title = _(_REPLY_OF[case.header.waits_for or WaitsFor.APPLICANT]).format(case=ref.name)
    is_of_applicant = is_with_applicant(case.header.state, case.header.waits_for)
    note = await _ask_note(screen, title, asked_lines(case, screen.view(), _WIDTH) if is_of_applicant else ())
    if note is not None:
        message = with_keys(_("{case} is back in the queue. To undo, press {desk.undo} on the desk."))
        act = partial(screen.session.record, ref, screen.session.services.remarks.answer, note)
        start_act(screen, act, "write", message.format(case=ref.name))


async def record_resubmission(screen: CaseScreen, case: CaseFile) -> None:
    """Ask when the applicant resubmitted and what came, and record it; the case returns to the queue."""
    from screens.dialogs.prompt import TimePrompt
    from screens.verdict.item_dialogs import ReceivedItems, open_items

    ref, view = CaseRef.of(case), screen.view()
    reader = await reader_for(screen, read_receipt, Tense.PAST)
    if reader is None:
        return
    verdict = case.decisions_in_effect[-1]
    decided_at = verdict.checked_at or verdict.decided_at

    def after_verdict(text: str, basis: DateReference) -> datetime:
        received_at = read_receipt(text, basis)
        if received_at < decided_at:
            message = _("The time of receipt must be after the verdict on {case}, and not in the future.")
            raise UnclearTime(message.format(case=ref.name))
        return received_at

    reader = replace(reader, parse=after_verdict, default=view.now, deadline_at=case.rectify_by)
    title = _("Resubmission of {case}").format(case=ref.name)
    hint = _(
        "When was it received, such as yesterday 16:30 or 3 Dec? A day alone means closing time, at most the deadline."
    )
    hint_lines = _with_hint(asked_lines(case, view, _WIDTH), hint)
    received_at = await screen.app.push_screen_wait(
        TimePrompt(title, hint_lines, reader, enter=_("next: what came") if open_items(case) else _("next: the note"))
    )
    if received_at is None:
        return
    came: tuple[str, ...] | None = ()
    if owed := open_items(case):
        came = await screen.app.push_screen_wait(ReceivedItems(title, owed, view))
    note = None if came is None else await _ask_note(screen, title)
    if note is not None:
        message = _("{case} is back in the queue, in its next round. To undo, press {desk.undo} on the desk.")
        resubmit = screen.session.services.remarks.resubmit
        # Without a time, the service uses the time at which it records the resubmission.
        earlier = received_at if received_at != view.now else None
        act = partial(screen.session.record, ref, resubmit, note, earlier, came)
        start_act(screen, act, "write", with_keys(message).format(case=ref.name))


async def withdraw(screen: CaseScreen, case: CaseFile) -> None:
    """Ask why the applicant withdraws, and close the case, or end its open appeal. A held case leaves the desk."""
    from screens.dialogs.prompt import ActPrompt

    session, ref, was_held = screen.session, CaseRef.of(case), screen.session.is_held
    hint = _("The applicant withdraws the application: the case is closed. Why? Only colleagues read this.")
    if case.header.state is CaseState.APPEALED:
        hint = _("The applicant withdraws the appeal; the result stays. Why? Only colleagues read this.")
    title = _("Withdraw {case}").format(case=ref.name)
    reason = await screen.app.push_screen_wait(ActPrompt(title, hint, _("withdraw")))
    if not reason:
        return
    message = with_keys(_("{case} is withdrawn. To undo, press {desk.undo} on the desk."))
    if case.header.state is CaseState.APPEALED:
        message = with_keys(_("The appeal of {case} is withdrawn. To undo, press {desk.undo} on the desk."))
    carry_out = session.give_up if was_held else session.record
    act = partial(carry_out, ref, session.services.remarks.withdraw, reason)
    start_act(screen, act, "write", message.format(case=ref.name))


async def _ask_note(screen: CaseScreen, title: str, above: Sequence[Content] = ()) -> str | None:
    """Ask for a note, which may be empty; None if the person goes back. `above` are the lines above the field."""
    from screens.dialogs.prompt import Prompt, any_text

    hint = _with_hint(above, _("What was said or sent? Only colleagues read this; it may stay empty."))
    return await screen.app.push_screen_wait(Prompt(title, hint, problem_of=any_text))


def _with_hint(lines: Sequence[Content], hint: str) -> Content:
    """Return lines with a hint below them."""
    return Content("\n").join([*lines, plain(hint, MUTED)])
