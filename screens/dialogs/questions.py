"""The prompts of the desk for one line, and how their answers are parsed."""

from datetime import datetime, timedelta

from screens.dialogs.prompt import Question
from screens.shell.view import View
from workbench.domain.text.safe import fit
from workbench.domain.values.moments import instant
from workbench.errors import BadData
from workbench.i18n import _
from workbench.signs import for_terminal

_TIME_ALONE = len("16:30")
_QUOTED = 24


def skip_question(case: str) -> Question:
    """Return the prompt for the reason of a skip."""
    return Question(
        title=_("Skip {case}").format(case=case),
        help=_("Why? You get the case again only if something about it changes."),
    )


def comment_question(case: str, typed: str) -> Question:
    """Return the prompt for a comment, with the text typed before."""
    return Question(
        title=_("Comment on {case}").format(case=case),
        help=_("For colleagues only; the applicant never sees it."),
        value=typed,
    )


def aside_question(case: str, default: datetime, view: View) -> Question:
    """Return the prompt for the time until which a case is put aside."""
    return Question(
        title=_("Put {case} aside").format(case=case),
        help=_("Until when? Leave empty for {when}, or enter a time like {example}.").format(
            when=view.instant(default), example=_example(view)
        ),
        is_optional=True,
        problem=lambda text: _moment_problem(text, view),
    )


def _moment_problem(text: str, view: View) -> str | None:
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
