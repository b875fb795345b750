"""The theme: kept between starts, or named by the settings."""

import errno
import os
import stat
from pathlib import Path

import pytest

from screens.app import DEFAULT_SETTINGS, WorkbenchApp
from tests.screens.doubles.services import Clocks
from workbench.domain.filter.ordering import ListLayout
from workbench.errors import StorageFailed
from workbench.settings.look import Look
from workbench.settings.user_settings import THEMES, LoadedSettings, UserSettings


def broken() -> None:
    raise StorageFailed("gone")


async def press_f10(look: Look, settings: LoadedSettings = DEFAULT_SETTINGS, *, times: int = 1) -> str:
    """Press F10 and return the new theme."""
    clocks = Clocks()
    app = WorkbenchApp(broken, now=clocks.now, monotonic=clocks.monotonic, look=look, settings=settings)  # type: ignore[arg-type]  # no office
    async with app.run_test(notifications=True) as pilot:
        while app.error is None:
            await pilot.pause(0.01)
        await pilot.press(*["f10"] * times)
        await pilot.pause()
        return str(app.theme)


async def test_the_theme_is_kept_between_starts(tmp_path: Path) -> None:
    look = Look(tmp_path / "state")

    assert await press_f10(look) == "desk-light"
    assert look.theme() == "desk-light"
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "state").iterdir()] == [0o600]
    assert await press_f10(look, times=3) == "desk-dark"


async def test_the_theme_of_the_settings_comes_before_the_stored_one_and_is_not_replaced(tmp_path: Path) -> None:
    look = Look(tmp_path)
    look.keep_theme("desk-light")
    settings = LoadedSettings(file=tmp_path, values=UserSettings(theme="colour-blind"))

    assert await press_f10(look, settings, times=len(THEMES)) == "desk-colour-blind"
    assert look.theme() == "desk-light"


async def test_an_unreadable_file_counts_as_no_saved_theme(tmp_path: Path) -> None:
    for stored in ("", "[]", '{"theme": 3}', "\x00", '{"theme": "none such"}'):
        (tmp_path / "look.json").write_text(stored, encoding="utf-8")
        assert Look(tmp_path).theme() == ("none such" if "none" in stored else "")

    assert await press_f10(Look(tmp_path)) == "desk-light"


async def test_a_read_only_folder_is_reported_and_the_theme_still_changes(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")

    assert await press_f10(Look(tmp_path / "state")) == "desk-light"
    with pytest.raises(StorageFailed, match="not saved"):
        Look(tmp_path / "state").keep_theme("desk-light")


def test_a_choice_that_cannot_be_saved_loses_none_of_the_earlier_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Look(tmp_path)
    look.keep_theme("desk-light")

    def full(_file: int, *_how: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(StorageFailed, match="No space left"):
        look.keep_layout("queue", ListLayout("due"))
    assert look.theme() == "desk-light"
    assert [file.name for file in tmp_path.iterdir()] == ["look.json"]
