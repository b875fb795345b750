"""Random keys, pastes, clicks and resizes end the program nowhere, freeze it nowhere, and leave the database whole."""

from pathlib import Path

import pytest

from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, fresh_demo, made_demo
from tests.proofs.storm import storm
from tests.sites import ManualClock, Site
from tests.sizes import sample, sized

__all__ = ["fresh_demo", "made_demo"]

MOST_S = 1.0


@pytest.mark.long(15)
@pytest.mark.promise("W5")
@pytest.mark.proof
@pytest.mark.parametrize("seed", sample([1, 2, 3], ci=1))
async def test_a_storm_ends_nothing_freezes_nothing_and_breaks_nothing(
    fresh_demo: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Documents are saved under names that were typed at random.
    monkeypatch.chdir(tmp_path)
    site = Site(fresh_demo, ManualClock(NOW))

    weather = await storm(site, tmp_path, seed, sized(ci=200, full=33_334))
    terminal = Terminal(site)
    checks = [terminal.as_person("admin", *words) for words in (("doctor", "--deep"), ("audit", "verify"))]
    site.close()

    print(dict(weather.inputs), weather.visits, dict(weather.screens), weather.slowest)  # noqa: T201 - figures of the proof
    assert [check.output for check in checks if check.exit_code] == []
    assert max(took for took, _sent in weather.slowest.values()) <= MOST_S, weather.slowest
    assert weather.sessions_on_the_loop == {}
