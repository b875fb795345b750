"""The document list of a case: opening, copying and counting documents."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from db.enums import Role
from tests.screens.cases import NOW, clean
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import WINDOWS, at_work
from workbench.domain.case.actor import Actor
from workbench.domain.case.documents import Opening


def unopened(services: MemoryServices) -> None:
    services.documents.openings = {}


@pytest.mark.parametrize("size", WINDOWS)
async def test_o_lists_the_documents_with_their_kind_and_who_opened_them(size: tuple[int, int]) -> None:
    def opened_once(services: MemoryServices) -> None:
        services.documents.openings = {1: (Opening(login="rev2", at=NOW),)}

    async with at_work(clean(), size=size, arrange=opened_once) as desk:
        await desk.press("n", "o")

        assert desk.dialog == "DocumentList"
        assert "1 business licence" in desk.text
        assert "PNG · 82 kB · received Mon 23 Nov" in desk.text
        assert "opened by rev2 Tue 24 Nov 14:32" in desk.text
        assert "not opened yet" in desk.text
        assert "declared as sealed" in desk.text


async def test_without_image_support_enter_offers_to_copy_to_a_folder() -> None:
    async with at_work(clean(), size=(80, 24), arrange=unopened) as desk:
        await desk.press("n", "o", "down", "enter")
        assert desk.dialog == "Prompt"
        assert "cannot show images" in desk.text
        assert "/nowhere/workbench-C-000123" in desk.text

        await desk.press("enter")

        assert ("write documents", 123, "/nowhere/workbench-C-000123") in desk.services.log
        assert "8 documents saved to /nowhere/workbench-C-000123." in desk.text
        assert "not opened yet" not in desk.text


async def test_a_digit_pressed_before_the_list_is_loaded_opens_its_document() -> None:
    async with at_work(clean(), arrange=unopened) as desk:
        await desk.press("n")
        documents: Any = desk.services.documents
        listed, gate = documents.list, threading.Event()

        def slow(case_id: int) -> Any:
            gate.wait(5)
            return listed(case_id)

        documents.list = slow
        await desk.pilot.press("o", "1")
        assert desk.dialog == "DocumentList"
        gate.set()
        await desk.settle()

        assert desk.dialog == "Prompt"


async def test_a_digit_asks_for_a_folder_and_escape_writes_nothing() -> None:
    async with at_work(clean(), arrange=unopened) as desk:
        await desk.press("n", "o", "3")
        assert desk.dialog == "Prompt"

        await desk.press("escape", "escape", "escape")

        assert desk.dialog == "DeskScreen"
        assert not [entry for entry in desk.services.log if entry[0] in {"open", "write documents"}]


async def test_w_copies_all_documents_and_a_non_empty_folder_is_refused() -> None:
    def full(services: MemoryServices) -> None:
        services.documents.folder = services.documents.folder.with_name("full")

    async with at_work(clean(), arrange=full) as desk:
        await desk.press("n", "o", "w")
        assert "cannot show images" not in desk.text

        await desk.press("enter")

        assert desk.dialog == "DocumentList"
        assert "/nowhere/full is not empty." in desk.text


async def test_a_file_missing_from_the_store_is_reported_and_not_opened() -> None:
    def lost(services: MemoryServices) -> None:
        services.documents.lost = {2}

    async with at_work(clean(), arrange=lost) as desk:
        await desk.press("n", "o")
        assert "file missing or altered" in desk.text

        await desk.press("2")

        assert desk.dialog == "DocumentList"
        assert "is missing or altered. Ask an admin" in desk.text
        assert not [entry for entry in desk.services.log if entry[0] == "open"]


async def test_the_verdict_dialog_counts_unopened_documents_in_one_line() -> None:
    async with at_work(clean(), arrange=unopened) as desk:
        await desk.press("n", "p")
        assert "8 documents opened by nobody" in desk.text
        assert desk.text.count("opened by nobody") == 1

        await desk.press("escape", "o", "w", "enter")
        assert "saved to a folder by rev1" in desk.text

        await desk.press("escape", "p")
        assert "8 documents opened by nobody" in desk.text


async def test_an_auditor_has_no_key_for_documents() -> None:
    def audits(services: MemoryServices) -> None:
        services.actor = Actor(id=9, login="audit", roles=frozenset({Role.AUDITOR}), identity="named:1")

    async with at_work(clean(), arrange=audits) as desk:
        desk.desk_screen.show(desk.desk_screen.session.place(desk.services.files[123]))
        await desk.press("o")

        assert desk.dialog == "DeskScreen"


async def test_an_empty_document_list_says_that_there_are_none() -> None:
    async with at_work(replace(clean(), documents=())) as desk:
        await desk.press("n", "o", "enter", "1")

        assert desk.dialog == "DocumentList"
        assert "There are no documents yet." in desk.text
