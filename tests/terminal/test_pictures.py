"""Images of documents in a terminal: capability query, drawing, and the state of the terminal afterwards."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.app import App

from db.enums import ImportKind
from screens.documents import ViewerWords, viewer_process
from screens.documents.viewer import ImageViewer
from screens.documents.viewer_process import BLANK, KITTY, NO_PICTURES, SIXEL, UNREADABLE
from tests.fork_server import ROOT, fork_server
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application
from tests.sites import Site
from tests.terminal.document_files import pdf, png
from tests.terminal.pty_session import environment

QUESTION = b"\x1b[c"
SIXEL_TERMINAL = b"\x1b[?62;4;22c"
KITTY_TERMINAL = b"\x1b_Gi=31;OK\x1b\\\x1b[?62c"
PLAIN_TERMINAL = b"\x1b[?62;22c"
DRAWN = {"sixel": b"\x1bP", "kitty": b"\x1b_G"}
PATIENCE_S = 30.0
BROKEN_INK = 2

has_pictures = pytest.mark.skipif(
    subprocess.run(
        [sys.executable, "-c", "import textual_image, pypdfium2"], capture_output=True, check=False
    ).returncode
    != 0,
    reason="the extra `pictures` is not installed",
)


@dataclass
class FakeTerminal:
    """A terminal that answers the capability query as the test sets, and keeps all output."""

    arguments: list[str]
    home: Path
    answer: bytes = b""
    handles: tuple[int, ...] = ()
    sent: bytes = field(default=b"", init=False)

    def __enter__(self) -> "FakeTerminal":
        self.main, self.side = pty.openpty()
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 1200, 800))
        self.before = termios.tcgetattr(self.side)
        module, *arguments = self.arguments
        handles = dict.fromkeys(range(3), self.side) | {handle: handle for handle in self.handles}
        self.process = fork_server().start(
            module, arguments, handles, environment=environment(self.home), has_terminal=True
        )
        self._answered = 0
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=PATIENCE_S)
        os.close(self.main)
        os.close(self.side)

    def press(self, keys: bytes) -> None:
        os.write(self.main, keys)

    def read(self, seconds: float = 0.1) -> None:
        """Read the output, and answer capability queries."""
        if select.select([self.main], [], [], seconds)[0]:
            with suppress(OSError):
                self.sent += os.read(self.main, 65536)
        while self.sent.count(QUESTION) > self._answered:
            self._answered += 1
            os.write(self.main, self.answer)

    def wait_for(self, pattern: bytes, *, after: int = 0) -> int:
        """Wait until the output has a pattern, and return the position of its end."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            self.read()
            if found := re.search(pattern, self.sent[after:]):
                return after + found.end()
            if self.process.poll() is not None and not select.select([self.main], [], [], 0.1)[0]:
                break
        raise AssertionError(f"{pattern!r} was never sent: {self.sent[-2000:]!r}")

    def code(self) -> int:
        """Wait for the end and return the exit code."""
        until = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < until:
            self.read()
        # The last output may have arrived in pieces between the last read and the end.
        while select.select([self.main], [], [], 0.1)[0] and time.monotonic() < until:
            self.read()
        return self.process.wait(timeout=1)

    @property
    def is_as_before(self) -> bool:
        """Whether line editing and echo are on again and the alternate screen was left."""
        return termios.tcgetattr(self.side) == self.before and self.sent.endswith(b"\x1b[?1049l")


@pytest.mark.parametrize(
    ("answer", "code"),
    [(SIXEL_TERMINAL, SIXEL), (KITTY_TERMINAL, KITTY), (PLAIN_TERMINAL, NO_PICTURES), (b"", NO_PICTURES)],
    ids=["sixel", "kitty", "plain", "silent"],
)
def test_the_terminal_is_queried_for_image_support_and_restored(tmp_path: Path, answer: bytes, code: int) -> None:
    with FakeTerminal(["screens.documents.viewer_process", "probe"], tmp_path, answer) as terminal:
        assert terminal.code() == code
        assert terminal.is_as_before


@pytest.mark.parametrize(("features", "is_drawn"), [("256,sixel,title", True), ("256,title", False), ("", False)])
def test_in_tmux_there_are_images_only_if_the_terminal_around_it_draws_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, features: str, *, is_drawn: bool
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(f"#!/bin/sh\necho '{features}'\n", encoding="ascii")
    tmux.chmod(0o700)
    monkeypatch.setenv("TMUX", "socket,1,0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert viewer_process._is_sixel_passed_on() is is_drawn


def test_without_a_terminal_there_are_no_images() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "screens.documents.viewer_process", "probe"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert (done.returncode, done.stdout) == (NO_PICTURES, b"")


def opened(tmp_path: Path, data: bytes) -> int:
    path = tmp_path / "document"
    path.write_bytes(data)
    return os.open(path, os.O_RDONLY)


@dataclass
class Viewing:
    """A document in the viewer process; `is_drawn` says whether the process reported a page."""

    terminal: FakeTerminal
    seen: int

    @property
    def is_drawn(self) -> bool:
        while not select.select([self.seen], [], [], 0)[0]:
            # The process waits while the terminal does not read what it draws.
            self.terminal.read()
        return os.read(self.seen, 1) == b"1"


@contextmanager
def viewing(
    tmp_path: Path, data: bytes, media_type: str, *, protocol: str = "sixel", caption: str = "C-000001"
) -> Iterator[Viewing]:
    """Show a document in the viewer process."""
    handle = opened(tmp_path, data)
    seen, drawn = os.pipe()
    beside, words_end = os.pipe()
    os.write(words_end, b"name on the licence\nits number")
    os.close(words_end)
    words = (media_type, caption, "Enter: back", "This page is blank.")
    arguments = ["screens.documents.viewer_process", protocol, str(handle), str(drawn), str(beside), *words]
    try:
        with FakeTerminal(arguments, tmp_path, handles=(handle, drawn, beside)) as terminal:
            os.close(drawn)
            os.close(beside)
            yield Viewing(terminal, seen)
    finally:
        os.close(handle)
        os.close(seen)


@has_pictures
@pytest.mark.parametrize(
    ("protocol", "data", "media_type"),
    [("sixel", png(), "image/png"), ("kitty", pdf(1), "application/pdf")],
    ids=["sixel", "kitty"],
)
def test_a_page_is_drawn_with_its_caption_until_a_key_is_pressed(
    tmp_path: Path, protocol: str, data: bytes, media_type: str
) -> None:
    with viewing(tmp_path, data, media_type, protocol=protocol, caption="C-000001 执照") as view:
        terminal = view.terminal
        at = terminal.wait_for("C-000001 执照  1/1".encode())
        # What the page is compared with stands left of it.
        terminal.wait_for(rb"\x1b\[3;1Hname on the licence[\s\S]*\x1b\[4;1Hits number[\s\S]*\x1b\[3;51H", after=at)
        terminal.wait_for(DRAWN[protocol] + rb"[\s\S]{200,}\x1b\\", after=at)
        assert view.is_drawn
        terminal.press(b"\r")

        assert terminal.code() == 0
        assert terminal.is_as_before


@has_pictures
@pytest.mark.parametrize(
    ("data", "media_type"),
    [(png(200), "image/png"), (pdf(2, ink=b""), "application/pdf")],
    ids=["png", "pdf"],
)
def test_a_blank_page_is_said_to_be_blank_and_does_not_count_as_drawn(
    tmp_path: Path, data: bytes, media_type: str
) -> None:
    with viewing(tmp_path, data, media_type) as view:
        at = view.terminal.wait_for(rb"This page is blank\.")
        view.terminal.press(b" ")
        view.terminal.wait_for(rb"This page is blank\.", after=at)
        view.terminal.press(b"\r")

        assert view.terminal.code() == BLANK
        assert not view.is_drawn


@has_pictures
def test_keys_turn_the_pages_of_a_document(tmp_path: Path) -> None:
    with viewing(tmp_path, pdf(3), "application/pdf") as view:
        terminal = view.terminal
        at = terminal.wait_for(rb"C-000001  1/3")
        for key, page in ((b"\x1b[C", b"2/3"), (b" ", b"3/3"), (b" ", b"3/3"), (b"\x1b[D", b"2/3")):
            terminal.press(key)
            at = terminal.wait_for(rb"C-000001  " + page, after=at)
        terminal.press(b"\x1b")

        assert terminal.code() == 0


@has_pictures
def test_an_invalid_image_has_its_own_exit_code(tmp_path: Path) -> None:
    with viewing(tmp_path, b"%PDF-1.7 no document", "application/pdf") as view:
        assert view.terminal.code() == UNREADABLE
        assert b"Traceback" not in view.terminal.sent
        assert not view.is_drawn


def exif(*entries: tuple[int, int, int, bytes]) -> bytes:
    """Return Exif data with tags of a type, count and value."""
    packed = (struct.pack(">HHI4s", *entry) for entry in entries)
    return b"MM\0*" + struct.pack(">IH", 8, len(entries)) + b"".join(packed) + bytes(4)


TURNED = (0x112, 3, 1, b"\0\6\0\0")
"""The orientation tag, which makes the reader rotate the image and write the other tags again."""

BROKEN = {
    "struct.error": b"MM\0*",
    "TypeError": exif(TURNED, (0x11A, 7, 2, b"\x08\x08\0\1")),
    "AttributeError": exif((0x10F, 10, 1, b"\0\0\0\1"), TURNED),
    "ValueError": exif((0x100, 1, 0, b"\0\0\xff\xff"), TURNED, (0x8769, 6, 3, b"\xff\x08\0\x08")),
}
"""Damaged Exif data for each error that the library raises although it is not an error of its own."""


@has_pictures
@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n no picture", b"\xff\xd8\xff", *(png(exif=exif) for exif in BROKEN.values())],
    ids=["no PNG", "no JPEG", *BROKEN],
)
def test_a_damaged_image_is_unreadable_without_a_warning(
    tmp_path: Path, data: bytes, recwarn: pytest.WarningsRecorder
) -> None:
    from screens.documents.page_renderer import PageRenderer, Unreadable

    with pytest.raises(Unreadable):
        PageRenderer(opened(tmp_path, data), "image/png", is_sixel=True)
    assert list(recwarn) == []


@has_pictures
def test_a_page_that_cannot_be_drawn_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from screens.documents.page_renderer import PageRenderer, Unreadable

    pages = PageRenderer(opened(tmp_path, png()), "image/png", is_sixel=True)
    monkeypatch.setattr(pages, "_image", object())

    with pytest.raises(Unreadable):
        pages.draw(0, (80, 24), ViewerWords("C", "K", "B", "S"))


@pytest.mark.parametrize("code", [0, BLANK, 1, 2, NO_PICTURES, UNREADABLE, 143, -9])
async def test_a_document_counts_as_shown_only_after_exit_code_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    async def ended(*_arguments: object, **_more: object) -> int:
        return code

    async def drawn() -> None:
        raise AssertionError

    pictures = ImageViewer(App())
    monkeypatch.setattr(pictures, "_run", ended)
    (tmp_path / "x").touch()
    with (tmp_path / "x").open("rb") as file:
        shown = await pictures.show(file, "image/png", ViewerWords("C", "K", "B", "S"), drawn)
    assert shown == {0: "pages", BLANK: "blank"}.get(code, "nothing")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """A database with one case whose documents can be shown, except the third, which is damaged."""
    site = Site(tmp_path / "w.db").create()
    desk = Desk(site, tmp_path)
    desk.applications(application())
    rows = []
    for ink, kind in enumerate(ENTERPRISE_DOCUMENTS[:3]):
        (tmp_path / f"{kind}.png").write_bytes(png(ink, exif=BROKEN["struct.error"] if ink == BROKEN_INK else b""))
        rows.append({"application_no": "A-1", "kind": kind.value, "path": f"{kind}.png"})
    desk.run(ImportKind.DOCUMENTS, rows)
    desk.documents(kinds=ENTERPRISE_DOCUMENTS[3:])
    yield site.path
    site.close()


def workbench_at(database: Path, home: Path, answer: bytes) -> FakeTerminal:
    return FakeTerminal(["workbench", "--database", str(database), "--as", "a"], home, answer)


def open_first(terminal: FakeTerminal) -> None:
    """Claim the case, list its documents and open the first."""
    for shown, key in ((rb"takes the next", b"n"), (rb"C-000001", b"o"), (rb"Documents of C-000001", b"1")):
        terminal.wait_for(shown)
        terminal.press(key)


def openings(database: Path, home: Path) -> list[str]:
    shown = subprocess.run(
        [sys.executable, "-m", "workbench", "--database", str(database), "--as", "a", "show", "C-1", "--json"],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        check=True,
    )
    return [line["text"] for line in json.loads(shown.stdout)["history"] if line["action"] == "documents"]


@has_pictures
def test_a_digit_shows_a_document_or_says_that_it_is_damaged_and_a_key_returns_to_the_list(
    database: Path, tmp_path: Path
) -> None:
    with workbench_at(database, tmp_path, SIXEL_TERMINAL) as terminal:
        open_first(terminal)
        at = terminal.wait_for(rb"C-000001  1 business licence  1/1")
        at = terminal.wait_for(rb"\x1bP[\s\S]{200,}\x1b\\", after=at)
        terminal.press(b"q")
        at = terminal.wait_for(rb"opened by[^\x1b]*a ", after=at)
        terminal.press(b"2")
        at = terminal.wait_for(rb"C-000001  2 handler's ID card, front  1/1", after=at)
        terminal.press(b"q")
        at = terminal.wait_for(rb"ID card, front[\s\S]*opened by", after=at)
        terminal.press(b"3")
        terminal.wait_for(rb"cannot be shown here. Press v", after=at)

        assert b"Traceback" not in terminal.sent
        assert terminal.sent.count(QUESTION) == 1
        assert openings(database, tmp_path) == ["AGENT_ID_FRONT", "BIZ_LICENSE"]


@has_pictures
def test_a_hang_up_ends_the_workbench_while_a_document_is_shown(database: Path, tmp_path: Path) -> None:
    with workbench_at(database, tmp_path, SIXEL_TERMINAL) as terminal:
        open_first(terminal)
        terminal.wait_for(rb"business licence  1/1[\s\S]*\x1bP[\s\S]{200,}\x1b\\")
        terminal.process.send_signal(signal.SIGHUP)

        assert terminal.code() == 129
        assert termios.tcgetattr(terminal.side) == terminal.before
