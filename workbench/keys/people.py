"""The keyboard commands of the people screen, and the command that opens it."""

from functools import partial

from workbench.domain.case.lifecycle import ABSENCE_RECORDERS
from workbench.domain.case.vocabulary import Role
from workbench.i18n import N_
from workbench.keys.command import go_command, record_command, view_command

_absence = partial(record_command, hint=True, roles=ABSENCE_RECORDERS)
_admin = partial(record_command, hint=True, roles=frozenset({Role.ADMIN}))

AWAY = _absence(
    "people.away",
    "a,f5",
    N_("away"),
    N_("Record that the person is away, with a substitute; each case is shown first (supervisor, admin)."),
)
BACK_AGAIN = _absence(
    "people.back", "b,f6", N_("back again"), N_("Record that the person is back, or take back the next absence.")
)
DUTY = _absence(
    "people.duty", "d,f7", N_("duty"), N_("Record duty on a day off, or overtime; the forecast counts on it.")
)
LIMIT = _admin("people.limit", "l,f8", N_("limit"), N_("Set how many cases the person may hold at once (admin)."))
SKILLS = _admin("people.skills", "s,f9", N_("skills"), N_("Set what the person can review, as a filter (admin)."))
RELOAD = view_command("people.reload", "n,f2", N_("refresh"), N_("Reload the list."))
LEAVE_PEOPLE = go_command("people.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_PEOPLE = go_command("go.people", "g w", N_("people"), N_("Go to the people: who is away, limits, skills, duties."))

PEOPLE_COMMANDS = (AWAY, BACK_AGAIN, DUTY, LIMIT, SKILLS, RELOAD, LEAVE_PEOPLE)
