"""The document list of a case: opening, copying and counting documents."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screens.documents.viewer import ImageViewer
from tests.fork_server import ROOT
from tests.screens.cases import NOW, clean
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import memory_workbench
from workbench.domain.facts.document_lines import DocumentAccess
from workbench.settings.user_settings import LoadedSettings, UserSettings


def unopened(services: MemoryServices) -> None:
    services.documents.openings = {}


async def test_o_lists_the_documents_and_a_digit_asks_for_a_folder() -> None:
    def opened_once(services: MemoryServices) -> None:
        services.documents.openings = {1: (DocumentAccess(login="rev2", at=NOW),)}

    async with memory_workbench(clean(), size=(80, 24), arrange=opened_once) as desk:
        await desk.press("n", "o")
        assert desk.dialog == "DocumentList"
        assert "1 business licence" in desk.text
        assert "PNG · 82 kB · received Mon 23 Nov" in desk.text
        assert "opened by rev2 Tue 24 Nov 14:32" in desk.text
        assert "not opened yet" in desk.text
        assert "declared as sealed" in desk.text

        await desk.press("v")
        assert "No viewer is set" in desk.text
        await desk.press("3")
        assert desk.dialog == "Prompt"
        await desk.press("escape", "escape", "escape")
        assert desk.dialog == "DeskScreen"
        assert not [entry for entry in desk.services.log if entry[0] in {"open", "write documents"}]


async def test_without_image_support_enter_offers_to_copy_to_a_folder() -> None:
    async with memory_workbench(clean(), size=(80, 24), arrange=unopened) as desk:
        await desk.press("n", "o", "down", "enter")
        assert desk.dialog == "Prompt"
        assert "cannot show documents. It is saved" in desk.text
        assert "/nowhere/workbench-C-000123" in desk.text

        await desk.press("enter")

        # Only the one that was to be opened.
        assert ("write documents", 123, "/nowhere/workbench-C-000123") in desk.services.log
        assert "1 document saved to /nowhere/workbench-C-000123/" in desk.text
        assert desk.text.count("saved to a folder by rev1") == 1
        assert "not opened yet" in desk.text


async def test_a_digit_pressed_before_the_list_is_loaded_opens_its_document() -> None:
    async with memory_workbench(clean(), arrange=unopened) as desk:
        await desk.press("n")
        documents: Any = desk.services.documents
        listed, gate = documents.list, threading.Event()

        def slow(case_id: int) -> Any:
            gate.wait(60)
            return listed(case_id)

        documents.list = slow
        await desk.pilot.press("o", "1")
        assert desk.dialog == "DocumentList"
        gate.set()
        await desk.settle()

        assert desk.dialog == "Prompt"


async def test_a_document_or_all_are_copied_and_a_non_empty_folder_is_refused() -> None:
    def full(services: MemoryServices) -> None:
        services.documents.folder = services.documents.folder.with_name("full")

    async with memory_workbench(clean(), arrange=full) as desk:
        await desk.press("n", "o")
        for key in "wa":
            await desk.press(key)
            assert "cannot show documents" not in desk.text
            await desk.press("enter")
            assert desk.dialog == "DocumentList"
            assert "/nowhere/full is not empty." in desk.text


async def test_a_file_missing_from_the_store_is_reported_and_not_opened() -> None:
    def lost(services: MemoryServices) -> None:
        services.documents.lost = {2}

    async with memory_workbench(clean(), arrange=lost) as desk:
        await desk.press("n", "o")
        assert "file missing or altered" in desk.text

        await desk.press("2")

        assert desk.dialog == "DocumentList"
        assert "is missing or altered. Ask an admin" in desk.text
        assert not [entry for entry in desk.services.log if entry[0] == "open"]


async def test_an_empty_document_list_says_that_there_are_none() -> None:
    async with memory_workbench(replace(clean(), documents=())) as desk:
        await desk.press("n", "o", "enter", "1")

        assert desk.dialog == "DocumentList"
        assert "There are no documents yet." in desk.text


@pytest.mark.parametrize(("command", "is_opened"), [("sleep 5; true", True), ("true", True), ("false", False)])
async def test_v_opens_one_document_in_the_viewer_and_only_a_start_counts(
    command: str, *, is_opened: bool, tmp_path: Path
) -> None:
    script = tmp_path / "viewer"
    script.write_text(f'#!/bin/sh\ntest -s "$2" && cp "$2" {tmp_path}/seen && {command}\n', encoding="utf-8")
    script.chmod(0o700)
    settings = LoadedSettings(file=Path(), values=UserSettings(viewer=f"{script} --new {{file}}"))
    async with memory_workbench(clean(), size=(80, 24), arrange=unopened, settings=settings) as desk:
        # Enter starts the viewer too where the terminal cannot draw.
        await desk.press("n", "o", "down", "enter" if command == "true" else "v")
        await desk.until("is open in your viewer" if is_opened else "shows nothing.")

        assert (tmp_path / "seen").read_bytes().startswith(b"\x89PNG")
        openings = [entry for entry in desk.services.log if entry[0] == "open"]
        assert openings == ([("open", 123, 2, "viewer")] if is_opened else [])
        assert ("opened by rev1" in desk.text) is is_opened


async def test_a_document_counts_as_opened_only_once_a_page_of_it_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = ""

    async def can_show(_viewer: ImageViewer) -> bool:
        return True

    async def show(*arguments: Any) -> str:
        assert arguments[-2].keys == "<- -> turn the page   Enter, Esc or q: back to the list"
        if shown == "pages":
            await arguments[-1]()
        return shown

    monkeypatch.setattr(ImageViewer, "can_show", can_show)
    monkeypatch.setattr(ImageViewer, "show", show)
    async with memory_workbench(clean(), arrange=unopened, symbols="ascii") as desk:
        desk.services.documents.media_type = "application/pdf"
        await desk.press("n", "o")
        for outcome, words, openings in (
            ("blank", "is blank here. Press v", []),
            ("nothing", "cannot be shown here. Press v", []),
            ("pages", "opened by rev1", [("open", 123, 1, "shown")]),
        ):
            shown = outcome
            await desk.press("1")
            assert words in " ".join(desk.text.replace("|", " ").split())
            assert [entry for entry in desk.services.log if entry[0] == "open"] == openings


_VIEWING = """
import io, tempfile
from pathlib import Path
from screens.documents.system_viewer import SystemViewer
SystemViewer("true").open(io.BytesIO(b"x"), "01-BIZ_LICENSE.png")
[copy] = [path for path in Path(tempfile.gettempdir()).glob("*/*/*")]
print(oct(copy.parents[1].stat().st_mode))
"""


def test_copies_for_the_viewer_are_private_and_deleted_also_those_of_a_killed_process(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    kept = {f"workbench-documents-{os.getpid()}-x", "workbench-documents-a-x"}
    for name in (f"workbench-documents-{dead.pid}-x", *kept):
        (tmp_path / name).mkdir()

    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", _VIEWING]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert (ran.stdout.strip(), ran.stderr) == ("0o40700", "")
    assert {path.name for path in tmp_path.iterdir()} == kept
