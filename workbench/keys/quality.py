"""The keyboard commands of the quality review and of its blind reading, and the command that opens it."""

from functools import partial

from workbench.domain.case.vocabulary import Role
from workbench.i18n import N_
from workbench.keys.command import go_command, record_command, view_command

_supervisor = partial(record_command, hint=True, roles=frozenset({Role.SUPERVISOR}))
_reader = partial(record_command, hint=True, first=True, roles=frozenset({Role.REVIEWER}))

READ = _reader(
    "quality.read", "n,f2", N_("read blindly"), N_("Read a sampled case as it was before its verdict, for an opinion.")
)
GIVE_BACK = _reader(
    "quality.give_back", "b,f11", N_("give back"), N_("Give the case back without an opinion; another person reads it.")
)
SAMPLE = _supervisor(
    "quality.sample", "s,f5", N_("draw a sample"), N_("Draw decisions for second opinions; a trial is shown first.")
)
ADJUDICATE = _supervisor(
    "quality.adjudicate", "a,f6", N_("adjudicate"), N_("Say which of two opinions stands, and why; you gave neither.")
)
GOLDEN = _supervisor(
    "quality.golden", "m,f7", N_("right answer"), N_("Record the right answer to a decided case, for new samples.")
)
FIGURES = view_command(
    "quality.figures", "enter", N_("figures"), N_("Show all figures, also by reviewer, month and reason."), hint=True
)
LEAVE_QUALITY = go_command("quality.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_QUALITY = go_command(
    "go.quality", "g l", N_("quality review"), N_("Go to samples, second opinions and their agreement.")
)

QUALITY_COMMANDS = (READ, SAMPLE, ADJUDICATE, GOLDEN, FIGURES, GIVE_BACK, LEAVE_QUALITY)
