"""The commands on a case: each asks for its input, then starts an act of the session."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from screens.desk.case_screen import CaseScreen, start_act
from screens.desk.forecast_text import forecast_lines
from screens.desk.outcomes import CaseRef
from screens.shell.base_screen import attempt, in_thread
from screens.shell.key_guard import key_presses_of
from screens.widgets.safe_text import wrapped_lines
from screens.widgets.time_field import Moment, Parse, TimeReader, time_reader
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.channel import channel_words
from workbench.domain.case.verdict import is_last_round
from workbench.domain.case.vocabulary import ContactChannel, FailKind, Verdict, VerificationKind
from workbench.domain.clock.due import return_from_aside
from workbench.domain.clock.spans import NEVER
from workbench.domain.clock.typed.reading import read_instant, read_receipt
from workbench.domain.clock.typed.reference import DateReference
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import N_, _, current_language
from workbench.keys.registry import with_keys

CommandFunction = Callable[..., Any]
"""Runs a command on a screen and the case that was shown when the key was pressed."""

FINISH_FIRST = N_(
    "Decide this case first, put it aside ({desk.aside}), skip ({desk.skip}) or release it ({desk.release})."
)
"""Why there is no next case while this one is unfinished."""


async def take_next(screen: CaseScreen) -> None:
    """Take the next case, or show why there is none."""
    session = screen.session
    unfinished = session.case.header.id if session.case is not None and session.is_unfinished else None
    outcome = await screen.carry_out(session.next)
    if session.case is None and outcome is None:
        screen.show_page()
    elif outcome is not None and session.case is not None and session.case.header.id == unfinished:
        screen.notify(with_keys(_(FINISH_FIRST)), timeout=6)
    screen.read_again()


async def reader_for(screen: CaseScreen, read: Parse[Moment], tense: Tense = Tense.FUTURE) -> TimeReader[Moment] | None:
    """Return a reader for a field with a day or a time; None if the calendar cannot be read."""
    return await attempt(screen, partial(time_reader, screen.session.services, screen.session.clock.now, read, tense))


async def decide(screen: CaseScreen, case: CaseFile, verdict: Verdict, *, items_first: bool = False) -> None:
    """Open the dialog of a verdict, and show what was decided."""
    from screens.verdict.dialog import VerdictDialog
    from screens.verdict.form_state import VerdictActions, VerdictState

    session, draft = screen.session, screen.session.draft
    case = replace(case, draft=draft.body if draft is not None else case.draft)
    state = VerdictState.of(case, verdict)
    items_first = items_first and not is_last_round(case.policy, case.header.round)
    if items_first:
        state = replace(state, fail_kind=FailKind.FIXABLE)
    keep_draft = partial(screen.keep_draft, case)
    load = partial(VerdictActions.load, session.services, session.clock.now, session.decide, keep_draft)
    if (loaded := await attempt(screen, in_thread(load, case, state))) is None:
        return
    actions, preview = loaded
    dialog = VerdictDialog(case, state, actions, screen.view(), preview, items_first=items_first)
    decided = await screen.app.push_screen_wait(dialog)
    if decided is None:
        screen.show_draft()
    else:
        screen.show(session.finish(CaseRef.of(case), decided))
        if screen.IS_DESK and session.auto_next:
            await take_next(screen)


async def skip(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a reason, and leave the case to other reviewers."""
    from screens.dialogs.prompt import Prompt

    ref = CaseRef.of(case)
    hint = _("Why? You get the case again only if something about it changes.")
    reason = await screen.app.push_screen_wait(Prompt(_("Skip {case}").format(case=ref.name), hint))
    if reason:
        message = _("{case} skipped.").format(case=ref.name)
        act = partial(screen.session.give_up, ref, screen.session.services.claims.skip, reason)
        start_act(screen, act, "write", message)


async def put_aside(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a time, and put the case aside until then."""
    from screens.dialogs.prompt import ASIDE_SUGGESTIONS, TimePrompt

    ref, view = CaseRef.of(case), screen.view()
    if (reader := await reader_for(screen, read_instant)) is None:
        return
    title, hint = _("Put {case} aside").format(case=ref.name), _("Until when? Choose a time or type one.")
    due_at = case.header.due_at if case.header.suspended_from is None else None

    def until_due(text: str, basis: DateReference) -> datetime:
        return return_from_aside(reader.parse(text, basis), due_at, basis.now, view.zone)

    wanted = view.now + timedelta(minutes=case.policy.desk.aside_minutes)
    default = return_from_aside(wanted, due_at, view.now, view.zone)
    shown, suggestions = replace(reader, default=default, parse=until_due), list(ASIDE_SUGGESTIONS)
    if due_at is not None and due_at > view.now:
        suggestions = [text for text in suggestions if reader.read(_(text)) <= due_at]
        # Put aside without an end, the case comes back at the latest possible time.
        comes_back = view.instant(return_from_aside(NEVER, due_at, view.now, view.zone))
        hint += " " + _("It is due {due}; a time after that means {when}.").format(
            due=view.instant(due_at), when=comes_back
        )
    until = await screen.app.push_screen_wait(TimePrompt(title, hint, shown, suggestions=suggestions))
    if until is not None:
        message = _("{case} put aside until {when}.").format(case=ref.name, when=screen.view().instant(until))
        act = partial(screen.session.give_up, ref, screen.session.services.claims.aside, until)
        start_act(screen, act, "write", message)


async def release(screen: CaseScreen, case: CaseFile) -> None:
    """Give the case back to the queue."""
    ref = CaseRef.of(case)
    act = partial(screen.session.give_up, ref, screen.session.services.claims.release)
    await screen.carry_out(act, _("{case} released.").format(case=ref.name))


async def comment(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a comment and write it."""
    from screens.dialogs.prompt import LinesPrompt

    ref, draft = CaseRef.of(case), screen.session.draft
    typed = str(draft.body.get("comment", "")) if draft is not None else ""
    keep = partial(screen.keep_draft, case, "comment")
    title, hint = _("Comment on {case}").format(case=ref.name), _("For colleagues only; the applicant never sees it.")
    text = await screen.app.push_screen_wait(LinesPrompt(title, hint, typed, on_change=keep))
    if text:
        message = _("Comment added; it stands in the history of {case}.").format(case=ref.name)
        start_act(screen, partial(screen.session.comment, ref, text), "write", message)


async def record_contact(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for the channel and the content of a contact with the applicant, and record it."""
    from screens.dialogs.choice import ChoiceDialog

    ref = CaseRef.of(case)
    words = {channel: channel_words(channel) for channel in ContactChannel}
    title = _("Contact with the applicant of {case}").format(case=ref.name)
    dialog = ChoiceDialog(title, words, _("channel"), placeholder=_("who said what"))
    answer = await screen.app.push_screen_wait(dialog)
    if answer is not None:
        record = partial(screen.session.record, ref, screen.session.services.remarks.contact, *answer)
        await screen.carry_out(record, _("Contact recorded; it stands in the history of {case}.").format(case=ref.name))


async def file_appeal(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for the grounds and the receipt of an appeal, file it, and say who gets it."""
    from screens.dialogs.appeal import AppealForm

    ref, services = CaseRef.of(case), screen.session.services
    reader = await reader_for(screen, read_receipt, Tense.PAST)
    if reader is None:
        return
    form = AppealForm(ref.name, partial(services.appeals.file, ref.id), replace(reader, default=screen.view().now))
    filed = await screen.app.push_screen_wait(form)
    if filed is not None:
        message = _("Appeal filed; {login} decides it. To undo, press {desk.undo} on the desk.")
        if not filed.assignee:
            message = _(
                "Appeal filed; every supervisor is away or worked on this case. To undo, press {desk.undo} on the desk."
            )
        screen.notify(with_keys(message).format(login=filed.assignee), timeout=8)
        start_act(screen, partial(screen.session.reload, ref), "read")


async def verify(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for an external verification, and record it."""
    from screens.dialogs.choice import ChoiceDialog
    from workbench.wording.case.labels import VERIFICATION_WORDS

    words = {kind: _(VERIFICATION_WORDS[kind]) for kind in VerificationKind}
    placeholder = _("what was confirmed or could not be confirmed")
    dialog = ChoiceDialog(_("External verification"), words, _("method"), placeholder=placeholder)
    answer = await screen.app.push_screen_wait(dialog)
    if answer is not None:
        record = partial(screen.session.record, CaseRef.of(case), screen.session.services.remarks.verify, *answer)
        start_act(screen, record, "write")


async def inquire(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a department and a question, and send the inquiry."""
    from screens.dialogs.choice import InquiryDialog

    ref, services = CaseRef.of(case), screen.session.services
    departments = await attempt(screen, in_thread(services.inquiries.departments))
    if not departments:
        screen.notify(_("The policy names no departments."), severity="warning", timeout=6)
        return
    words = {code: department.name.in_language(current_language()) for code, department in departments.items()}
    title, placeholder = _("Inquiry about {case}").format(case=ref.name), _("what the department should verify")
    answer = await screen.app.push_screen_wait(InquiryDialog(title, words, _("department"), placeholder=placeholder))
    if answer is not None:
        ask = partial(screen.session.record, ref, services.inquiries.inquire, *answer)
        await screen.carry_out(
            ask, _("{department} is asked about {case}.").format(department=words[answer[0]], case=ref.name)
        )


async def answer_checklist(screen: CaseScreen, case: CaseFile) -> None:
    """Show the checklist and save what is answered."""
    from screens.dialogs.checklist import Checklist

    ref = CaseRef.of(case)
    if await screen.app.push_screen_wait(Checklist(case.checklist, partial(screen.session.answer, ref))):
        start_act(screen, partial(screen.session.reload, ref), "read")


async def list_documents(screen: CaseScreen, case: CaseFile) -> None:
    """List the documents of the case, and read it again if one was opened."""
    from screens.documents.dialog import show_documents

    ref = CaseRef.of(case)
    if await show_documents(screen.app, screen.session.services.documents, case, screen.view()):
        start_act(screen, partial(screen.session.reload, ref), "read")


async def assign(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a reviewer and assign the case; a case that was held leaves the desk."""
    from screens.dialogs.assign import assign_cases

    session, ref, was_held = screen.session, CaseRef.of(case), screen.session.is_held
    if not await attempt(screen, session.save_draft):
        return
    if await assign_cases(screen, session.services, lambda: [("", (ref.id,))], screen.view()):
        if was_held:
            screen.show(session.remove(ref))
        else:
            start_act(screen, partial(screen.session.reload, ref), "read")


async def reopen(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a reason and open the final case again."""
    from screens.dialogs.reopen import reopen_case

    ref = CaseRef.of(case)
    if await reopen_case(screen, screen.session.services, ref.id):
        start_act(screen, partial(screen.session.reload, ref), "read")


async def show_changes(screen: CaseScreen, case: CaseFile) -> None:
    """Show what changed since the last round; the holder of the case judges the items there."""
    from screens.changes.sheet import ChangesSheet

    session, ref = screen.session, CaseRef.of(case)
    if case.changes is None:
        screen.notify(_("This is the first round; there is nothing to compare it with."))
        return
    judge = partial(session.judge, ref) if session.is_held else None
    if await screen.app.push_screen_wait(ChangesSheet(case, case.changes, screen.view(), judge)):
        start_act(screen, partial(session.reload, ref), "read")


async def explain(screen: CaseScreen, case: CaseFile) -> None:
    """Show why `next` gave this case before others."""
    from screens.dialogs.text_sheet import TextSheet

    ref = CaseRef.of(case)
    sentences = await attempt(screen, in_thread(screen.session.services.claims.explain, ref.id))
    if sentences is None or not screen.session.is_on_desk(ref):
        return
    title = _("Why {case}").format(case=ref.name)
    screen.app.push_screen(TextSheet(title, partial(wrapped_lines, "\n".join(sentences))))


async def show_phone_estimate(screen: CaseScreen, case: CaseFile) -> None:
    """Show how long the case is likely to take, and copy the sentence to read out to the clipboard."""
    from screens.dialogs.text_sheet import TextSheet
    from workbench.wording.phone import phone_sentence

    ref, view = CaseRef.of(case), screen.view()
    forecast = await screen.session.load_forecast(case)
    if not screen.session.is_on_desk(ref):
        return
    if forecast is None:
        screen.notify(_("There is no forecast of this case now."), severity="warning", timeout=6)
        return
    screen.app.copy_to_clipboard(phone_sentence(forecast, case, view.now))
    title = _("How long {case} takes").format(case=ref.name)
    screen.app.push_screen(TextSheet(title, partial(forecast_lines, forecast, case, view)))


def reveal(screen: CaseScreen, case: CaseFile) -> None:
    """Reveal the selected field or the whole identity; hide all fields if all are revealed."""
    if not screen.revealed.is_all:
        start_act(screen, partial(screen.session.reveal, CaseRef.of(case), screen.panels.panel.field), "reveal")
    elif not key_presses_of(screen).is_repeat:
        # A key that is held down must not reveal and hide in turns: each reveal is logged.
        screen.hide_fields()
