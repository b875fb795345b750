"""The keyboard commands of the board and of the report, and the commands that open them."""

from dataclasses import replace

from workbench.domain.case.lifecycle import PERMISSIONS, Action
from workbench.i18n import N_
from workbench.keys.command import go_command, view_command
from workbench.keys.queue import UNDO_MOVE as UNDO_MOVE_OF_LIST

OPEN_FIGURE = view_command(
    "board.open", "enter", N_("list"), N_("List exactly the cases that the figure under the cursor counts."), hint=True
)
MOVE = view_command(
    "board.move", "up,down,left,right", N_("move"), N_("Move to another figure; rows are people, columns what counts.")
)
SORT = view_command("board.sort", "o", N_("sort"), N_("Sort the people by the column of the cursor."), hint=True)
MORE = view_command("board.more", "plus,f6", N_("one more reviewer"), N_("Forecast with one more reviewer."))
FEWER = view_command("board.fewer", "minus,f5", N_("one fewer reviewer"), N_("Forecast with one fewer reviewer."))
MOVE_CASES = view_command(
    "board.move_cases",
    "a",
    N_("move cases"),
    N_("Move the open cases of the person under the cursor, or only the likely late ones, to others (supervisor)."),
    roles=PERMISSIONS[Action.ASSIGN].roles,
    hint=True,
)
UNDO_MOVE = replace(UNDO_MOVE_OF_LIST, id="board.undo")
RELOAD = view_command("board.reload", "n,f2", N_("refresh"), N_("Count again."), hint=True)
LEAVE_BOARD = go_command("board.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_BOARD = go_command(
    "go.board", "g b", N_("board"), N_("Go to the board: the figures of the office, of each reviewer and of each day.")
)

BOARD_COMMANDS = (OPEN_FIGURE, MOVE, SORT, MORE, FEWER, MOVE_CASES, UNDO_MOVE, RELOAD, LEAVE_BOARD)

MOVE_FIGURE = view_command(
    "report.move", "up,down", N_("move"), N_("Show another figure with its definition."), hint=True
)
PERIOD = view_command(
    "report.period", "left,right", N_("period"), N_("Report on the period before, or on the next one."), hint=True
)
RELOAD_REPORT = view_command("report.reload", "n,f2", N_("refresh"), N_("Count again."))
LEAVE_REPORT = go_command("report.desk", "escape", N_("desk"), N_("Go back to the desk."), hint=True)
GO_REPORT = go_command(
    "go.report", "g r", N_("report"), N_("Go to the report on a period (supervisor, admin, auditor).")
)

REPORT_COMMANDS = (MOVE_FIGURE, PERIOD, RELOAD_REPORT, LEAVE_REPORT)
