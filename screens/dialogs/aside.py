"""The prompt for the time until which a case is put aside, and how the answer is parsed."""

from datetime import datetime, timedelta
from functools import partial

from screens.dialogs.prompt import Prompt
from screens.shell.view import View
from workbench.domain.text.safe import fit
from workbench.domain.values.moments import instant
from workbench.errors import BadData
from workbench.i18n import _
from workbench.signs import for_terminal

_TIME_ALONE = len("16:30")
_QUOTED = 24


def aside_prompt(case: str, default: datetime, view: View) -> Prompt:
    """Return the prompt for the time until which a case is put aside; empty means the default."""
    hint = _("Until when? Leave empty for {when}, or enter a time like {example}.")
    return Prompt(
        _("Put {case} aside").format(case=case),
        hint.format(when=view.instant(default), example=_example(view)),
        problem=partial(_moment_problem, view),
    )


def _moment_problem(view: View, text: str) -> str | None:
    try:
        until = moment(text, view)
    except BadData:
        message = _("“{value}” is not a time. Enter it like {example}.")
        return message.format(value=fit(text, _QUOTED, for_terminal("…")).rstrip(), example=_example(view))
    if until is not None and until <= view.now:
        return _("The time must be in the future.")
    return None


def _example(view: View) -> str:
    """Return a future time in the input format."""
    return f"{view.today + timedelta(days=1)} 09:00"


def moment(text: str, view: View) -> datetime | None:
    """Parse a typed time; a time without a date is today, and an empty input is None.

    Raises:
        BadData: If it cannot be read.
    """
    typed = text.strip().replace("：", ":")
    if not typed:
        return None
    is_time_alone = ":" in typed and len(typed) <= _TIME_ALONE
    return instant(f"{view.today.isoformat()} {typed}" if is_time_alone else typed, view.zone)
