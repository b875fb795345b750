"""Draws every screen and dialog of the demo as SVG, to be looked at: `python -m tests.screens.gallery FOLDER [WORD…]`.

Each is drawn in three sizes, in both languages, dark and light; words such as `80x24`, `zh`, `dark` or `verdict` keep
only the pictures whose names contain them all.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from screens.app import WorkbenchApp
from tests.languages import speaking
from tests.screens.doubles.services import Clocks
from tests.screens.driver import KeyDriver
from workbench.__main__ import now
from workbench.services.database.opening import open_services
from workbench.services.demo.preparing import NAME, prepare
from workbench.settings.user_settings import LoadedSettings, UserSettings

SIZES = ((80, 24), (120, 40), (200, 60))
LANGUAGES = ("en", "zh")
THEMES = ("dark", "light")

CASE = ("n",)
LEAVE = ("escape",)


def _found(words: str) -> tuple[str, ...]:
    """Return the keys that open the first case of a filter from the queue."""
    return ("g", "q", "slash", *(["backspace"] * 40), *words, "enter", "enter")


SHOTS: dict[str, dict[str, tuple[str, ...]]] = {
    "rev1": {
        "welcome": (),
        "desk": CASE,
        "desk_calls_zoomed": ("2", "plus"),
        "desk_history": (*LEAVE, "4"),
        "help": ("1", "question_mark"),
        "palette": (*LEAVE, "colon"),
        "go": (*LEAVE, "g"),
        "acts": (*LEAVE, "x"),
        "checklist": (*LEAVE, "l"),
        "documents": (*LEAVE, "o"),
        "comment": (*LEAVE, "c"),
        "contact": (*LEAVE, "k"),
        "verify": (*LEAVE, "e"),
        "skip": (*LEAVE, "s"),
        "aside": (*LEAVE, "h"),
        "letters_of_case": (*LEAVE, "L"),
        "explain": (*LEAVE, "i"),
        "quit": (*LEAVE, "q"),
        "verdict_pass": (*LEAVE, "p"),
        "verdict_fail": (*LEAVE, "f"),
        "verdict_search": ("slash", "s", "e"),
        "verdict_letter": (*LEAVE, *LEAVE, *LEAVE, "f", "v"),
        "verdict_final": (*LEAVE, "f6"),
        "verdict_pending": (*LEAVE, "w"),
        "verdict_items": ("1",),
        "decided": (*LEAVE, *LEAVE, *LEAVE, *LEAVE, "f", "y"),
        "decided_next": ("n",),
        "mine": ("g", "m"),
        "queue": ("g", "q"),
        "queue_filter": ("slash", *"state:queued"),
        "queue_wrong_filter": (*(["backspace"] * 20), *"prio:", "enter"),
        "queue_count": (*LEAVE, *LEAVE, "g", "q", "number_sign"),
        "queue_columns": (*LEAVE, "O"),
        "queue_marked": (*LEAVE, "space", "space"),
        "queue_case": (*LEAVE, "enter"),
        "take": ("N",),
        "pending_on_applicant": (*LEAVE, *LEAVE, *_found("state:pending waits:applicant")),
        "reply": ("m",),
        "withdraw": (*LEAVE, "Z"),
        "phone_estimate": (*LEAVE, "t"),
        "rectifying": (*LEAVE, *LEAVE, *_found("state:rectifying")),
        "resubmission": ("M",),
        "failed": (*LEAVE, *LEAVE, *_found("state:failed")),
        "appeal_form": ("G",),
        "lapsed": (*LEAVE, *LEAVE, *_found("state:lapsed")),
        "appealed": (*LEAVE, *_found("state:appealed")),
        "incomplete": (*LEAVE, *_found("state:incomplete")),
        "policy": (*LEAVE, "g", "y"),
        "policy_compare": ("c",),
        "calendar": (*LEAVE, "g", "k"),
        "forecast": ("g", "f"),
    },
    "sup": {
        "sup_welcome": (),
        "checks": ("g", "c"),
        "check": ("enter",),
        "appeals": (*LEAVE, "g", "a"),
        "appeal": ("enter",),
        "appeal_decision": ("d",),
        "letters": (*LEAVE, *LEAVE, *LEAVE, "g", "n"),
        "letter": ("enter",),
        "measures": (*LEAVE, "m"),
        "pending": (*LEAVE, *LEAVE, "g", "p"),
        "reopen": ("g", "o"),
        "sup_queue": ("g", "q"),
        "assign": ("a",),
        "priority": (*LEAVE, "P"),
        "save_view": (*LEAVE, "s"),
        "sup_case_acts": (*LEAVE, "enter", "x"),
        "class": (*LEAVE, "C"),
        "extend": (*LEAVE, "E"),
        "waive": (*LEAVE, *LEAVE, *_found("state:rectifying"), "W"),
    },
    "admin": {"admin_calendar": ("g", "k"), "day_off": ("right", "o"), "half_day": (*LEAVE, "h")},
}


@dataclass(frozen=True)
class PictureSettings:
    """The size, language and theme of pictures."""

    size: tuple[int, int]
    language: str
    theme: str

    def name_of(self, shot: str) -> str:
        """Return the name of a picture."""
        return f"{shot}-{self.size[0]}x{self.size[1]}-{self.language}-{self.theme}"


def matching_settings(words: list[str]) -> Iterator[PictureSettings]:
    """Yield the settings whose names can contain the words."""
    for size, language, theme in product(SIZES, LANGUAGES, THEMES):
        view = PictureSettings(size, language, theme)
        if any(_is_wanted(view.name_of(shot), words) for shots in SHOTS.values() for shot in shots):
            yield view


def _is_wanted(name: str, words: list[str]) -> bool:
    return all(word in name for word in words)


async def draw(demo: Path, login: str, view: PictureSettings, keep: Callable[[str, WorkbenchApp], None]) -> None:
    """Press the keys of a person's pictures one after the other, and keep each picture."""
    clocks = Clocks()
    settings = LoadedSettings(file=Path(), values=UserSettings(theme=view.theme))
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder, speaking(view.language):
        copied = Path(folder) / "demo"
        shutil.copytree(demo.parent, copied)
        app = WorkbenchApp(
            lambda: open_services(copied / NAME, login, now), now=now, monotonic=clocks.monotonic, settings=settings
        )
        async with app.run_test(size=view.size, notifications=True) as pilot:
            driver = KeyDriver(app, pilot, clocks)
            await driver.settle()
            for shot, keys in SHOTS[login].items():
                await driver.press(*({"#": "number_sign", ":": "colon"}.get(key, key) for key in keys))
                await pilot.pause(0.3)
                keep(view.name_of(shot), app)


def main() -> None:
    """Draw the pictures into the folder."""
    folder, words = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)

    def keep(name: str, app: WorkbenchApp) -> None:
        if _is_wanted(name, words):
            (folder / f"{name}.svg").write_text(app.export_screenshot(title=name), encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="gallery-") as made:
        demo = prepare(Path(made) / "demo", now)
        for view, login in product(matching_settings(words), SHOTS):
            if any(_is_wanted(view.name_of(shot), words) for shot in SHOTS[login]):
                asyncio.run(draw(demo, login, view, keep))


if __name__ == "__main__":
    main()
