"""The keyboard commands of the appeals."""

from functools import partial

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.keys.command import VERDICT_GROUP, Command, act_command, go_command, verdict_command, view_command

_decide_command = partial(verdict_command, action=Action.APPEAL_DECIDE)

OPEN_APPEAL = verdict_command(
    "appeals.open", "enter", N_("open"), N_("Show the case with the grounds of its appeal."), hint=True
)
DECIDE_APPEAL = act_command(VERDICT_GROUP, Action.APPEAL_DECIDE, "appeals", id="appeals.decide", hint=True, first=True)
CHOOSE_OUTCOME = _decide_command(
    "appeals.choose",
    "1,2,3",
    N_("choose"),
    N_("Choose the decision: the verdict stands, is passed, or is reviewed again."),
)
WRITE_ANSWER = _decide_command(
    "appeals.answer", "t,f3", N_("reason"), N_("Write the reason that the applicant reads."), hint=True
)
WHOLE_ANSWER = _decide_command(
    "appeals.letter", "v,f12", N_("whole letter"), N_("Show the whole letter as it will go out.")
)
CONFIRM_APPEAL = _decide_command(
    "appeals.confirm", "y,f8", N_("confirm"), N_("Decide the appeal like this."), hint=True, first=True
)
READ_APPEAL = view_command(
    "appeals.about", "5", N_("appeal"), N_("Go to the appeal of the opened case; {desk.zoom} enlarges it."), hint=True
)
RELOAD_APPEALS = view_command("appeals.reload", "n,f2", N_("refresh"), N_("Reload the list."))
LEAVE_APPEALS = go_command(
    "appeals.desk", "escape", N_("desk"), N_("Leave the opened case; from the list, go back to the desk."), hint=True
)
GO_APPEALS = go_command("go.appeals", "g a", N_("appeals"), N_("Go to the appeals that wait for a decision."))

APPEAL_COMMANDS: tuple[Command, ...] = (
    *(OPEN_APPEAL, DECIDE_APPEAL, CHOOSE_OUTCOME, WRITE_ANSWER, WHOLE_ANSWER, CONFIRM_APPEAL),
    *(READ_APPEAL, RELOAD_APPEALS, LEAVE_APPEALS),
)
