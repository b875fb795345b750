"""Presses, pastes, clicks and resizes at random in a workbench on a real database, and measures how fast it answers."""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from textual import events
from textual.geometry import Offset
from textual.keys import _character_to_key

from db.engine import Database
from screens.app import WorkbenchApp
from screens.terminal.input_bursts import InputBurst
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site
from workbench.errors import WorkbenchError
from workbench.keys.registry import COMMAND_BY_ID, COMMANDS, CONFIRM, MODES, QUIT
from workbench.settings.look import Look
from workbench.settings.user_settings import load_settings

LOGINS = ("rev1", "sup", "rev2", "admin", "rev1", "audit")
"""Who works in turn in the demo."""

ELSEWHERE = "rev3"
"""Who takes cases at another terminal meanwhile."""

SIZES = ((120, 40), (120, 40), (80, 24), (60, 16), (59, 15), (200, 60), (20, 5), (1, 1), (100, 30))
_LONGEST_VISIT = 250
_KEPT = 80
_PATIENCE_S = 60.0
_SHARED_BY = 5
"""How many programs may use the processor at the same time."""

_NAVIGATION = ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab", "enter", "space")
_EDITS = ("backspace", "delete", "ctrl+a", "ctrl+u", "ctrl+w", "ctrl+left", "shift+end", "ctrl+t", "ctrl+k")
_ALL_KEYS = sorted({key for command in COMMANDS for key in command.keys if " " not in key} - set(QUIT.keys))
_LETTERS = [command.keys[0].split(" ")[1] for command in MODES]
_TEXTS = (
    *("CR-DEBTOR", "DOC-UNSEALED", "looks fine", "虚构", "xgd", "+3", "tomorrow", "11-30", "2026-12-01 10:00", "5"),
    *("state:queued", "due<+1", "who:rev1", "rule:ACT-PEAK-HOUR or", "-state:", "(", "reason:", "C-000001", "24:00"),
    *("[/b]", "array[int]", "\x1b]0;x\x07", "\u202eabc", "e\u0301\u200d\ufe0f", "9" * 40, "${case}", "{applicant} {x"),
    *(
        "11010119900101001X",
        "17000009901",
        "全角ｙ",
        "𠮷",
        "a\nb\r\nc\t",
        " ",
        "'; DROP TABLE event; --",
        "%s\\\x00\x7f",
    ),
)
_NAMES = {
    **{chr(code): _character_to_key(chr(code)) for code in range(32, 127) if not chr(code).isalnum()},
    "\r": "enter",
    "\n": "ctrl+j",
    "\t": "tab",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\x00": "ctrl+@",
}
"""The names of the keys whose character is not their name."""

_CHARACTERS = {name: char for char, name in _NAMES.items()}
_SETTINGS = """
[views.1]
name = "Mine [/b]"
filter = "who:me"
[texts]
talk = "Talked about {case} of {applicant}."
lines = "one\\ntwo"
"""


@dataclass
class Weather:
    """What a storm sent, where, and the slowest answers to it."""

    inputs: Counter[str] = field(default_factory=Counter)
    screens: Counter[str] = field(default_factory=Counter)
    visits: int = 0
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    """The longest time by what took it, and what was sent before."""
    sessions_on_the_loop: Counter[str] = field(default_factory=Counter)
    """How often the event loop itself, and not a thread, used the database."""

    def note(self, what: str, wall_s: float, used_s: float, sent: str) -> None:
        """Note how long something took; other processes may have used the processor for most of the time."""
        took = min(wall_s, max(used_s, wall_s / _SHARED_BY))
        if took > self.slowest.get(what, (0.0, ""))[0]:
            self.slowest[what] = took, sent


class Storm:
    """One visit of a person who sends random inputs."""

    def __init__(self, rng: Random, desk: KeyDriver, site: Site, weather: Weather) -> None:
        self.rng = rng
        self.desk = desk
        self.site = site
        self.weather = weather
        self.sent: deque[str] = deque(maxlen=_KEPT)
        self._acts: dict[Callable[[], Awaitable[None] | None], int] = {
            self._press_a_key_of_the_screen: 40,
            self._press_any_key: 8,
            self._navigate: 12,
            self._go: 10,
            self._confirm: 8,
            self._type: 8,
            self._paste: 4,
            self._compose: 2,
            self._click: 7,
            self._scroll: 3,
            self._resize: 3,
            self._escape: 4,
            self._let_time_pass: 3,
            self._act_elsewhere: 2,
        }

    @property
    def app(self) -> WorkbenchApp:
        """The workbench in the storm."""
        return self.desk.app

    async def blow(self, until: int) -> None:
        """Send inputs until there are `until` of them or the program ends; each must be answered."""
        await self.desk.press("n")
        while self.weather.inputs.total() < until and not self.app._exit:
            [act] = self.rng.choices(list(self._acts), list(self._acts.values()))
            waiting = act()
            if waiting is not None:
                await waiting
            await self._until_answered()
            if self.rng.random() < 0.4:
                await self._settle()
        await self._settle()
        # Before the app is shut down, it handles what was sent after the key that ends it.
        while self.app._exit and self.app.is_running and self.app._message_queue.qsize():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.001)

    async def _settle(self) -> None:
        if not self.app._exit:
            self.weather.screens[type(self.app.screen).__name__] += 1
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self.desk.settle()
            except TimeoutError:
                stuck = [f"{worker.group} {worker.description}" for worker in self.app.workers]
                raise AssertionError(f"never idle: {stuck} after {list(self.sent)}") from None

    async def _until_answered(self) -> None:
        """Wait until the app and what has the focus have handled everything that was sent."""
        began, used = time.monotonic(), time.process_time()
        for node in (self.app, *(self.app.focused or self.app.screen).ancestors_with_self):
            handled = asyncio.Event()
            node.call_later(handled.set)
            while not handled.is_set() and node.is_running and not self.app._exit:
                await asyncio.sleep(0 if self.app._message_queue.qsize() else 0.001)
                assert time.monotonic() < began + _PATIENCE_S, f"{node} never answered after {list(self.sent)}"
        last = str(list(self.sent)[-8:])
        self.weather.note("answer", time.monotonic() - began, time.process_time() - used, last)

    def _send(self, event: events.Event, kind: str, said: str) -> None:
        self.sent.append(said)
        self.weather.inputs[kind] += 1
        assert self.app._driver is not None
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    def _key(self, key: str) -> None:
        char = key if len(key) == 1 else _CHARACTERS.get(key)
        self._send(events.Key(_NAMES.get(key, key), char), "keys", key)

    def _press_a_key_of_the_screen(self) -> None:
        bindings = self.app.active_bindings if self.app.screen.is_mounted else {}
        ours = [key for key, active in bindings.items() if active.binding.id in COMMAND_BY_ID]
        keys = ours if self.rng.random() < 0.8 else list(bindings)
        self.desk.clocks.seconds += self.rng.choice((0.01, 1.0, 2.0))
        self._key(self.rng.choice([key for key in keys if key not in QUIT.keys] or ["escape"]))

    def _press_any_key(self) -> None:
        if self.rng.random() < 0.05:
            self._key(self.rng.choice(QUIT.keys))
        for _number in range(self.rng.choice((1, 1, 2, 5))):
            self._key(self.rng.choice(_ALL_KEYS))

    def _navigate(self) -> None:
        self.desk.clocks.seconds += 1
        for _number in range(self.rng.choice((1, 2, 3))):
            self._key(self.rng.choice(_NAVIGATION))

    async def _go(self) -> None:
        self._escape()
        self.desk.clocks.seconds += 1
        self._key("g")
        if self.rng.random() < 0.7:
            await self._settle()
        self._key(self.rng.choice(_LETTERS))

    async def _confirm(self) -> None:
        if self.rng.random() < 0.7:
            await self._settle()
        self.desk.clocks.seconds += self.rng.choice((0, 2, 2))
        self._key(self.rng.choice((*CONFIRM.keys, "enter")))

    def _type(self) -> None:
        for char in self.rng.choice(_TEXTS)[:20]:
            self._key(char)
        if self.rng.random() < 0.3:
            self._key(self.rng.choice(_EDITS))

    def _paste(self) -> None:
        text = self.rng.choice(_TEXTS) * self.rng.choice((1, 1, 3, 2_000))
        self._send(events.Paste(text), "pastes", f"paste {text[:20]!r} of {len(text)}")

    def _compose(self) -> None:
        text = self.rng.choice(_TEXTS)
        keys = [events.Key(_NAMES.get(char, char), char) for char in text if char.isprintable()]
        self._send(InputBurst(keys), "pastes", f"compose {text!r}")

    def _click(self) -> None:
        at, button = self._somewhere(), self.rng.choice((1, 1, 1, 2, 3))
        for _number in range(self.rng.choice((1, 1, 2, 3))):
            for kind in (events.MouseMove, events.MouseDown, events.MouseUp):
                self._mouse(kind, at, button)

    def _scroll(self) -> None:
        self._mouse(self.rng.choice((events.MouseScrollDown, events.MouseScrollUp)), self._somewhere(), 0)

    def _somewhere(self) -> Offset:
        width, height = self.app.size
        return Offset(self.rng.randrange(max(1, width)), self.rng.randrange(max(1, height)))

    def _mouse(self, kind: Callable[..., events.Event], at: Offset, button: int) -> None:
        event = kind(None, *at, 0, 0, button, False, False, False, *at)
        self._send(event, "mouse", f"{type(event).__name__} {at.x},{at.y}")

    async def _resize(self) -> None:
        self.weather.inputs["resizes"] += 1
        size = self.rng.choice(SIZES)
        self.sent.append(f"resize {size}")
        await self.desk.pilot.resize_terminal(*size)

    def _escape(self) -> None:
        for _number in range(self.rng.choice((0, 1, 1, 3))):
            self._key("escape")

    def _let_time_pass(self) -> None:
        hours = self.rng.choice((0.01, 0.01, 0.1, 0.1, 0.6, 3, 30))
        self.sent.append(f"{hours} hours pass")
        self.site.clock.advance(hours=hours)
        self.desk.desk_screen.tick()

    async def _act_elsewhere(self) -> None:
        """Take a case at another terminal, or do what has come due."""
        act = self.rng.choice((self.site.services(ELSEWHERE).claims.next, self.site.services("admin").catch_up))
        self.sent.append(f"elsewhere {act.__qualname__}")
        with suppress(WorkbenchError):
            await asyncio.to_thread(act)


@contextmanager
def watched_loop(weather: Weather) -> Iterator[None]:
    """Measure the callbacks of the event loop, and count the database sessions that are opened on it."""
    loop_thread = threading.get_ident()
    really_run = asyncio.Handle._run

    def run(handle: asyncio.Handle) -> Any:
        began, used = time.monotonic(), time.thread_time()
        result = really_run(handle)
        weather.note("callback", time.monotonic() - began, time.thread_time() - used, repr(handle))
        return result

    def counted(really_open: Any) -> Any:
        def opened(database: Database, **options: Any) -> Any:
            if threading.get_ident() == loop_thread:
                weather.sessions_on_the_loop[really_open.__name__] += 1
            return really_open(database, **options)

        return opened

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio.Handle, "_run", run)
        patched.setattr(Database, "read", counted(Database.read))
        patched.setattr(Database, "write", counted(Database.write))
        yield


async def storm(site: Site, folder: Path, seed: int, count: int) -> Weather:
    """Let several people in turn work at random at a site, until they have sent `count` inputs.

    Raises:
        AssertionError: If the program ended or hung; the message says what was sent before.
    """
    rng, weather = Random(seed), Weather()
    file = folder / "settings.toml"
    file.write_text(_SETTINGS, encoding="utf-8")
    for login in {*LOGINS, ELSEWHERE}:
        site.services(login)
    with watched_loop(weather):
        while (before := weather.inputs.total()) < count:
            login, language = LOGINS[weather.visits % len(LOGINS)], rng.choice(("en", "en", "zh"))
            until = min(count, before + rng.randrange(20, _LONGEST_VISIT))
            settings, look, size = load_settings(file), Look(folder), rng.choice(SIZES)
            weather.visits += 1
            sent: list[str] = []
            try:
                async with site_workbench(
                    site, login, size=size, language=language, settings=settings, look=look
                ) as desk:
                    one = Storm(rng, desk, site, weather)
                    try:
                        await one.blow(until)
                    finally:
                        sent = list(one.sent)
            except Exception as error:
                raise AssertionError(f"{login} ended the program in {language} by {sent}") from error
            assert desk.app.return_code in {None, 0}, sent
    return weather
