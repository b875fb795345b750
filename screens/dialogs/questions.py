"""What the desk asks for in one line, and how the answers are read."""

from datetime import datetime, timedelta

from screens.dialogs.prompt import Question
from screens.shell.view import View
from workbench.domain.text.safe import fit
from workbench.domain.values.moments import instant
from workbench.errors import BadData
from workbench.i18n import _
from workbench.signs import drawn

_TIME_ALONE = len("16:30")
_QUOTED = 24


def skip_question(case: str) -> Question:
    """Return the question for the reason of a skip."""
    return Question(
        title=_("Skip {case}").format(case=case),
        help=_("Why? It comes back to you only when something about it changes."),
    )


def comment_question(case: str, begun: str) -> Question:
    """Return the question for a comment, with what was begun before."""
    return Question(
        title=_("Comment on {case}").format(case=case),
        help=_("For colleagues only; the applicant never sees it."),
        value=begun,
    )


def aside_question(case: str, default: datetime, view: View) -> Question:
    """Return the question until when a case is put aside."""
    return Question(
        title=_("Put {case} aside").format(case=case),
        help=_("Until when? Empty means {when}; or write it like {example}.").format(
            when=view.instant(default), example=_example(view)
        ),
        is_optional=True,
        problem=lambda text: _moment_problem(text, view),
    )


def _moment_problem(text: str, view: View) -> str | None:
    try:
        until = moment(text, view)
    except BadData:
        said = _("“{value}” is no time; write it like {example}.")
        return said.format(value=fit(text, _QUOTED, drawn("…")).rstrip(), example=_example(view))
    if until is not None and until <= view.now:
        return _("A case can only be put aside until a time to come.")
    return None


def _example(view: View) -> str:
    """Return a time to come, as it may be typed."""
    return f"{view.today + timedelta(days=1)} 09:00"


def moment(text: str, view: View) -> datetime | None:
    """Return the instant that was typed, None for nothing; a time alone is one of today.

    Raises:
        BadData: If it cannot be read.
    """
    typed = text.strip().replace("：", ":")
    if not typed:
        return None
    is_time_alone = ":" in typed and len(typed) <= _TIME_ALONE
    return instant(f"{view.today.isoformat()} {typed}" if is_time_alone else typed, view.zone)
