"""All keyboard commands; the bindings, footer, help, palette and the manual's list of keys derive from them."""

import re
from collections.abc import Iterator

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_, _
from workbench.keys.appeals import APPEAL_COMMANDS, GO_APPEALS
from workbench.keys.board import BOARD_COMMANDS, GO_BOARD, GO_REPORT, REPORT_COMMANDS
from workbench.keys.calendar import CALENDAR_COMMANDS, GO_CALENDAR
from workbench.keys.command import VERDICT_GROUP, Command, Place, act_command, go_command, verdict_command, view_command
from workbench.keys.desk import CHANGE_COMMANDS, DESK_COMMANDS, PANEL_COMMANDS
from workbench.keys.forecast import FORECAST_COMMANDS, GO_FORECAST
from workbench.keys.inquiries import GO_INQUIRIES, INQUIRY_COMMANDS
from workbench.keys.letters import GO_LETTERS, LETTER_COMMANDS
from workbench.keys.manual import MANUAL_COMMANDS
from workbench.keys.people import GO_PEOPLE, PEOPLE_COMMANDS
from workbench.keys.policy import GO_POLICY, POLICY_COMMANDS
from workbench.keys.quality import GO_QUALITY, QUALITY_COMMANDS
from workbench.keys.queue import GO_MINE, GO_PENDING, GO_QUEUE, GO_REOPEN, QUEUE_COMMANDS

CONFIRM = verdict_command("verdict.confirm", "y,f8", N_("confirm"), N_("Give this verdict."), hint=True, first=True)
SEARCH = verdict_command(
    "verdict.search", "slash,f4", N_("find a reason"), N_("Find a reason by code, words or pinyin initials."), hint=True
)
MARK_NUMBER = verdict_command(
    "verdict.mark", "1,2,3,4,5,6,7,8,9", N_("mark"), N_("Mark or unmark the reason with this number.")
)
MARK_REASON = verdict_command("verdict.toggle", "space", N_("mark"), N_("Mark or unmark the reason under the cursor."))
FINAL = verdict_command(
    "verdict.final",
    "f,f6",
    N_("final or fixable"),
    N_("Switch between a final fail and one that can be rectified."),
    hint=True,
)
WAIT_FOR = verdict_command(
    "verdict.wait_for", "w,f7", N_("waiting for"), N_("Change who the case waits for."), hint=True
)
MEASURE = verdict_command("verdict.measure", "m,f5", N_("measure"), N_("Change the measure for the cards."))
NUMBERS = verdict_command(
    "verdict.numbers", "n,f11", N_("numbers"), N_("Choose the numbers that the measure concerns; all by default.")
)
ITEMS = verdict_command(
    "verdict.items", "r,f2", N_("items"), N_("Go to the rectification items; of a pending verdict, to the date.")
)
LETTER = verdict_command(
    "verdict.letter",
    "e,f9",
    N_("edit the text"),
    N_("Edit the reasons in the words that the applicant reads."),
    hint=True,
)
WHOLE_LETTER = verdict_command(
    "verdict.whole_letter", "v,f12", N_("whole letter"), N_("Show the whole letter as it will go out.")
)
NOTE = verdict_command(
    "verdict.note", "t,f3", N_("internal note"), N_("Write an internal note; the applicant never sees it.")
)
OPEN_CHECK = verdict_command(
    "checks.open", "enter", N_("open"), N_("Show the case and the verdict to check."), hint=True
)
APPROVE = act_command(VERDICT_GROUP, Action.APPROVE, "checks", hint=True, first=True)
LEAVE_CHECKS = go_command(
    "checks.desk", "escape", N_("desk"), N_("Leave the opened case; from the list, go back to the desk."), hint=True
)
GIVE_BACK = act_command(VERDICT_GROUP, Action.RETURN, "checks", hint=True, first=True)
READ_VERDICT = view_command(
    "checks.verdict",
    "5",
    N_("verdict"),
    N_("Go to the verdict of the opened case; {desk.zoom} enlarges it."),
    hint=True,
)
RELOAD = view_command("checks.reload", "n,f2", N_("refresh"), N_("Reload the list."))
GO = go_command("go", "g", N_("go to …"), N_("Go to another screen: press {go}, then its letter."))
GO_DESK = go_command("go.desk", "g d", N_("desk"), N_("Go to the desk and the case you hold."))
GO_CHECKS = go_command("go.checks", "g c", N_("checks"), N_("Go to the verdicts that need a second person."))
HELP = go_command("help", "question_mark,f1", N_("keys"), N_("Show all keys of this screen."))
PALETTE = go_command(
    "palette", "colon,ctrl+p", N_("commands"), N_("Find any command by words from its name, in English or Chinese.")
)
BACK = go_command(
    "back",
    "escape",
    N_("back"),
    N_("Leave a text field, a zoomed panel or a dialog; drafts and comments are kept."),
)
THEME = go_command(
    "theme",
    "f10",
    N_("theme"),
    N_("Go to the next theme: dark, light, for colour-blind people, or the terminal's own."),
)
COPY = view_command(
    "copy",
    "ctrl+k",
    N_("copy"),
    N_("Copy the selected text, or else the field or the rows under the cursor. A masked value is revealed; logged."),
)
TEXTS = view_command(
    "texts",
    "ctrl+t",
    N_("canned text"),
    N_("Insert a canned text, of your settings or of the policy, into the text field."),
)
STOP = go_command(
    "stop",
    "ctrl+z",
    N_("stop"),
    N_("Go back to the shell; `fg` comes back. In a text of several lines, take back the last change."),
)
QUIT = go_command("quit", "q,ctrl+q,ctrl+c", N_("quit"), N_("Quit the workbench; asks first if you hold a case."))

MODES = (
    *(GO_DESK, GO_QUEUE, GO_MINE, GO_PENDING, GO_CHECKS, GO_APPEALS, GO_REOPEN, GO_LETTERS, GO_INQUIRIES),
    *(GO_BOARD, GO_QUALITY, GO_REPORT, GO_PEOPLE, GO_CALENDAR, GO_FORECAST, GO_POLICY),
)
"""The commands that open a screen (`g` and a letter), in display order."""

COMMANDS: tuple[Command, ...] = (
    *DESK_COMMANDS,
    *CHANGE_COMMANDS,
    *QUEUE_COMMANDS,
    *BOARD_COMMANDS,
    *REPORT_COMMANDS,
    *FORECAST_COMMANDS,
    *(CONFIRM, MARK_NUMBER, MARK_REASON, SEARCH, FINAL, WAIT_FOR, MEASURE, NUMBERS, ITEMS, LETTER),
    *(WHOLE_LETTER, NOTE),
    *(OPEN_CHECK, APPROVE, GIVE_BACK, READ_VERDICT, RELOAD, LEAVE_CHECKS),
    *APPEAL_COMMANDS,
    *CALENDAR_COMMANDS,
    *LETTER_COMMANDS,
    *PEOPLE_COMMANDS,
    *INQUIRY_COMMANDS,
    *QUALITY_COMMANDS,
    *POLICY_COMMANDS,
    *MANUAL_COMMANDS,
    *(GO, *MODES, HELP, PALETTE, COPY, TEXTS, THEME, STOP, BACK, QUIT),
)

_FIELD = re.compile(r"\{([\w.]+)\}")
"""A field of a message, which may be the id of a command."""

COMMAND_BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}


def commands_of(place: Place) -> Iterator[Command]:
    """Return the commands of one place in the order of the registry."""
    return (command for command in COMMANDS if command.place == place)


def with_keys(message: str) -> str:
    """Return a message with the key in force for each command that it names, such as `{desk.undo}`.

    Other fields stay, for `str.format`.
    """
    return _FIELD.sub(lambda field: COMMAND_BY_ID[field[1]].key if field[1] in COMMAND_BY_ID else field[0], message)


def help_of(command: Command) -> str:
    """Return the help of a command in the language in use, with the keys in force."""
    return with_keys(_(command.help))


def share_a_screen(one: Command, other: Command) -> bool:
    """Return whether two commands work on the same screen, so that they cannot have the same key."""
    if one in MODES or other in MODES:
        return one in MODES and other in MODES
    if one.place == other.place or "everywhere" in {one.place, other.place}:
        return True
    return any(
        here in PANEL_COMMANDS and there.place in {"checks", "appeals"} for here, there in ((one, other), (other, one))
    )
