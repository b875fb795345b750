"""Supervisor commands that change when a case is done: waive an item, extend a deadline, change class or priority."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from screens.desk.case_commands import reader_for
from screens.desk.case_screen import CaseScreen, start_act
from screens.desk.outcomes import CaseRef
from screens.shell.base_screen import attempt, in_thread
from screens.shell.view import View
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS
from workbench.domain.case.records import ItemLine
from workbench.domain.case.vocabulary import CaseState
from workbench.domain.clock.typed.reading import read_date
from workbench.i18n import _
from workbench.keys.registry import with_keys
from workbench.services.wiring import Services

if TYPE_CHECKING:
    from workbench.services.time.deadlines.rescheduling import DueDateExtension


async def waive(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for an item and a reason, and waive the item."""
    from screens.verdict.item_dialogs import WaiverDialog, open_items

    ref, items = CaseRef.of(case), open_items(case)
    if not items:
        screen.notify(_("No item of {case} is open.").format(case=ref.name))
        return
    answer = await screen.app.push_screen_wait(WaiverDialog(ref.name, items, screen.view()))
    if answer is not None:
        number, reason = answer
        message = _("{case}: item {item} is waived. To undo, press {desk.undo} on the desk.")
        if len(items) == 1:
            message = _(
                "{case}: item {item} is waived; the case is back in the queue. To undo, press {desk.undo} on the desk."
            )
        waive_item = partial(screen.session.record, ref, screen.session.services.waiving.waive, str(number), reason)
        start_act(screen, waive_item, "write", with_keys(message).format(case=ref.name, item=number))


async def extend(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for a day and a reason, and extend the deadline to rectify or the due date.

    If items have deadlines of their own, ask first which deadline to extend.
    """
    from screens.dialogs.prompt import Prompt
    from screens.verdict.item_dialogs import open_items

    ref = CaseRef.of(case)
    title = _("Extend {case}").format(case=ref.name)
    items = {str(number): open_item for number, open_item in open_items(case)}
    item = await _ask_item(screen, case, title, items)
    if item is None:
        return
    own_deadline = items[item].deadline_at if item else None
    until_now = own_deadline or case.header.deadline_at or case.header.due_at
    answer = await _ask_day(screen, ref, title, until_now, item)
    if answer is None:
        return
    day, extension = answer
    view = screen.view()
    effect = _("Due until now: {before}; then {after}. Why? The applicant reads it in the letter.")
    effect = effect.format(before=_due_words(until_now, view), after=_due_words(extension.until, view))
    reason = await screen.app.push_screen_wait(Prompt(title, effect))
    if reason:
        message = _("{case}: extended to {day}.")
        if extension.is_deadline:
            message = with_keys(_("{case}: extended to {day}. To undo, press {desk.undo} on the desk."))
        message = message.format(case=ref.name, day=_due_words(extension.until, view))
        act = screen.session.services.rescheduling.extend
        start_act(screen, partial(screen.session.record, ref, act, day, reason, item), "write", message)


async def change_class(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for another service class and a reason, and change it."""
    texts = (_("Service class of {case}"), _("Why? The applicant reads it if the due date moves later."))
    values = (CLASS_WORDS, case.header.service_class)
    await _change(screen, case, texts, values, lambda services: services.rescheduling.change_class)


async def change_priority(screen: CaseScreen, case: CaseFile) -> None:
    """Ask for another priority and a reason, and change it."""
    texts = (_("Priority of {case}"), _("Why? Only colleagues read it."))
    values = (PRIORITY_WORDS, case.header.priority)
    await _change(screen, case, texts, values, lambda services: services.rescheduling.change_priority)


async def _change(
    screen: CaseScreen,
    case: CaseFile,
    texts: tuple[str, str],
    values: tuple[Mapping[Any, str], object],
    act_of: Callable[[Services], Callable[..., object]],
) -> None:
    """Ask for a value and a reason, and set the value of the case, unless it is the present one.

    Args:
        screen: The screen with the case.
        case: The case.
        texts: The title of the dialog, with `{case}`, and the hint in the field for the reason.
        values: All values with their untranslated words, and the present value.
        act_of: Returns the method of the services that sets the value, given the case, the value and the reason. It is
            called after the dialog, because the service is imported when it is first used.
    """
    from screens.dialogs.choice import ChoiceDialog

    ref, (title, hint), (untranslated, present) = CaseRef.of(case), texts, values
    words = {value: _(word) for value, word in untranslated.items()}
    dialog = ChoiceDialog[Any](title.format(case=ref.name), words, _("choose"), placeholder=hint, chosen=present)
    answer = await screen.app.push_screen_wait(dialog)
    if answer is not None and answer[0] != present:
        message = _("{case}: now {value}.").format(case=ref.name, value=words[answer[0]])
        act = partial(screen.session.record, ref, act_of(screen.session.services), *answer)
        start_act(screen, act, "write", message)


async def _ask_item(screen: CaseScreen, case: CaseFile, title: str, items: Mapping[str, ItemLine]) -> str | None:
    """Ask which deadline to extend, if items have their own: that of an item, "" for that of the letter, or None."""
    from screens.dialogs.choice import ChoiceDialog
    from screens.panels.history import item_words

    deadlines = {number: item_words(item, screen.view()) for number, item in items.items() if item.deadline_at}
    if not deadlines or case.header.state is not CaseState.RECTIFYING:
        return ""
    dialog = ChoiceDialog(title, {"": _("the deadline of the letter"), **deadlines}, _("deadline"))
    chosen = await screen.app.push_screen_wait(dialog)
    return None if chosen is None else chosen[0]


async def _ask_day(
    screen: CaseScreen, ref: CaseRef, title: str, until_now: datetime | None, item: str
) -> "tuple[date, DueDateExtension] | None":
    """Ask for a day until one is possible; return it with the effect of the extension, None if cancelled."""
    from screens.dialogs.prompt import TimePrompt

    services, value = screen.session.services, ""
    reader = await reader_for(screen, read_date)
    hint = _("Due until now: {before}. Until which day? For example +5 (working days), 3 Dec or Wednesday.")
    hint = hint.format(before=_due_words(until_now, screen.view()))
    while reader is not None and (day := await screen.app.push_screen_wait(TimePrompt(title, hint, reader, value))):
        value = day.isoformat()
        extension = await attempt(screen, in_thread(services.rescheduling.preview, ref.id, day, item))
        if extension is not None:
            return day, extension
    return None


def _due_words(at: datetime | None, view: View) -> str:
    return view.instant(at) if at is not None else _("no due date")
