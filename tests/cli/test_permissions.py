"""The table of permissions holds for every command: each act by each role in each state of a case."""

from datetime import timedelta
from typing import Any

import pytest

from db.enums import CaseState, Role
from tests import tables
from tests.cli.framework.terminal import Terminal
from tests.cli.permission_cells import CELLS, COMMANDS, OF_NO_CASE, PERSON, Cases, Cell
from tests.sizes import sample
from workbench.domain.case.lifecycle import PERMISSIONS, Action
from workbench.errors import ExitCode


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    return Cases(tmp_path_factory.mktemp("cases"))


def content(terminal: Terminal) -> tuple[dict[str, list[Any]], list[Any]]:
    """Return the rows of every table but the log, and the events."""
    with tables.opened(terminal.site.path) as connection:
        events = [tuple(row) for row in connection.execute("SELECT action, is_refused FROM event ORDER BY seq")]
    return {name: rows for name, rows in tables.rows(terminal.site.path).items() if name != "event"}, events


def try_cell(cases: Cases, cell: Cell) -> None:
    """Run the command of a cell, and expect what the table says."""
    terminal = cases.of(cell)
    values = {"folder": terminal.site.path.parent / "out", "day": (terminal.site.clock.at + timedelta(days=14)).date()}
    words = [word.format(**values) for word in COMMANDS[cell.action]]
    rows, events = content(terminal)

    result = terminal.as_person(PERSON[cell.role], *words)

    rows_after, events_after = content(terminal)
    new = events_after[len(events) :]
    assert "Traceback" not in result.output
    has_role = cell.role in PERMISSIONS[cell.action].roles
    if cell.action is Action.NEXT and has_role and not cell.is_allowed:
        assert (result.exit_code, new, rows_after) == (ExitCode.UNAVAILABLE, [], rows), (str(cell), result.output)
    elif cell.is_allowed or (has_role and cell.action in OF_NO_CASE):
        assert (str(cell), result.exit_code) == (str(cell), ExitCode.OK), result.output
    else:
        assert (str(cell), result.exit_code) == (str(cell), ExitCode.NOT_ALLOWED), result.output
        # A command of another role is refused to a verifier before it looks which act it is.
        assert new == [(new[0][0] if cell.role is Role.VERIFIER else cell.action.value, 1)], str(cell)
        assert rows_after == rows, str(cell)


def test_every_act_has_a_command_line() -> None:
    assert set(COMMANDS) == set(Action)


@pytest.mark.promise("A3")
@pytest.mark.proof
@pytest.mark.parametrize("state", list(CaseState))
def test_every_cell_of_a_state_holds(cases: Cases, state: CaseState) -> None:
    wanted = [cell for cell in CELLS if cell.state is state]

    for cell in sample(wanted, ci=4):
        try_cell(cases, cell)
