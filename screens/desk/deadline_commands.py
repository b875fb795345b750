"""The commands of a supervisor on what a case is waiting for: waive an item, extend a deadline."""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from screens.desk.case_commands import start
from screens.desk.outcomes import CaseRef
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.vocabulary import CaseState
from workbench.i18n import _

if TYPE_CHECKING:
    from screens.desk.case_screen import CaseScreen


async def waive(screen: "CaseScreen", case: CaseFile) -> None:
    """Ask for an item and a reason, and waive the item."""
    from screens.verdict.waiver import WaiverDialog, open_items

    ref, items = CaseRef.of(case), open_items(case)
    if not items:
        screen.notify(_("No item of {case} is open.").format(case=ref.name))
        return
    answer = await screen.app.push_screen_wait(WaiverDialog(ref.name, items, screen.view()))
    if answer is not None:
        number, reason = answer
        last = _("{case}: item {item} is waived; the case is back in the queue. To undo, press u on the desk.")
        message = last if len(items) == 1 else _("{case}: item {item} is waived. To undo, press u on the desk.")
        start(
            screen,
            partial(screen.session.record, ref, screen.session.services.waiving.waive, str(number), reason),
            "write",
            message.format(case=ref.name, item=number),
        )


async def extend(screen: "CaseScreen", case: CaseFile) -> None:
    """Ask for a day and a reason, and extend the deadline to rectify or the due date.

    If items have deadlines of their own, it asks first whose deadline is extended.
    """
    from screens.dialogs.choice import ChoiceDialog
    from screens.dialogs.prompt import Prompt
    from screens.panels.history import item_words
    from screens.verdict.waiver import open_items

    ref, item, push = CaseRef.of(case), "", screen.app.push_screen_wait
    title = _("Extend {case}").format(case=ref.name)
    own = {str(number): item_words(one, screen.view()) for number, one in open_items(case) if one.deadline_at}
    if own and case.header.state is CaseState.RECTIFYING:
        chosen = await push(ChoiceDialog(title, {"": _("the deadline of the letter"), **own}, _("deadline")))
        if chosen is None:
            return
        item = chosen[0]
    hint = _("Until which day? Enter it like {example}.").format(example=screen.view().today + timedelta(days=7))
    day = await push(Prompt(title, hint, problem=_day_problem))
    reason = day and await push(Prompt(title, _("Why? The applicant reads it in the letter.")))
    if day and reason:
        message = _("{case}: extended to {day}.").format(case=ref.name, day=day.strip())
        act = screen.session.services.rescheduling.extend
        start(
            screen,
            partial(screen.session.record, ref, act, date.fromisoformat(day.strip()), reason, item),
            "write",
            message,
        )


def _day_problem(text: str) -> str | None:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return _("Enter a day as YYYY-MM-DD.")
    return None
