"""An open workbench notices that its database was replaced or removed, and keeps the draft elsewhere."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site
from workbench.errors import StorageGone

pytestmark = pytest.mark.proof

TYPED = "called back"


def removed(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    copy.replace(path)


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what the program keeps for this user."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def drafts(state: Path) -> list[object]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in state.rglob("C-000001-*.json")]


async def held_with_a_draft(desk: KeyDriver) -> None:
    await desk.press("n", "c")
    await desk.type(TYPED)
    await desk.press("escape")
    await saved(desk)


async def saved(desk: KeyDriver) -> None:
    """Save the draft at once; the desk does so when its reviewer has stopped typing."""
    draft = desk.desk_screen.session.draft
    assert draft is not None
    await draft.save()


@pytest.mark.parametrize("lose", [removed, replaced, moved])
async def test_the_next_act_says_so_saves_the_draft_and_writes_nothing(
    site: Site, state: Path, lose: Callable[[Path], None]
) -> None:
    site.plant(2)
    async with site_workbench(site, "a") as desk:
        await held_with_a_draft(desk)
        before = site.services("a").casefiles.show(1).draft
        lose(site.path)
        digest = site.path.exists() and hashlib.sha256(site.path.read_bytes()).hexdigest()

        await desk.press("b")

        # On a slow machine, the program also notices it by itself.
        assert any("was replaced or removed" in note and str(state) in note for note in desk.notes)
    assert before == {"comment": TYPED}
    assert drafts(state) == [before]
    assert digest == (site.path.exists() and hashlib.sha256(site.path.read_bytes()).hexdigest())


async def test_a_verdict_is_not_recorded_in_a_file_that_is_gone(site: Site, state: Path) -> None:
    site.plant(1)
    async with site_workbench(site, "a") as desk:
        await held_with_a_draft(desk)
        await desk.press("p")
        replaced(site.path)
        await desk.press("y")

        assert "was replaced or removed" in " ".join(desk.text.replace("│", " ").split())
        assert desk.dialog == "VerdictDialog"
    [draft] = drafts(state)
    assert TYPED in json.dumps(draft)
    site.close()
    site.services_by_login.clear()
    assert site.state(1) == "in_review"


async def test_what_is_typed_afterwards_is_kept_too(site: Site, state: Path) -> None:
    site.plant(1)
    async with site_workbench(site, "a") as desk:
        await desk.press("n")
        removed(site.path)
        await desk.press("c")
        await desk.type(TYPED)
        await desk.press("escape")
        with pytest.raises(StorageGone, match="Your draft is in"):
            await saved(desk)
    assert drafts(state) == [{"comment": TYPED}]


def test_an_act_that_began_before_the_file_was_replaced_is_rolled_back(site: Site) -> None:
    site.plant(1)
    services = site.services("a")

    def write() -> None:
        with services.context.write() as session:
            services.context.log(session, "late")
            moved(site.path)

    with pytest.raises(StorageGone, match="replaced or removed"):
        write()

    site.path.with_name("moved.db").rename(site.path)
    assert "late" not in [action for (action,) in _events(site)]


def _events(site: Site) -> list[tuple[str]]:
    with site.services("a").context.read() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql("SELECT action FROM event")]
