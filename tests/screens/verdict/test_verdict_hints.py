"""The hints of the verdict dialog: missing input, keys of its parts, and the search."""

import re
from dataclasses import replace
from typing import Any

import pytest

from db.enums import ApplicantKind, DocumentKind
from tests.screens.cases import application, clean, evidence, troubled
from tests.screens.doubles.services import MemoryServices
from tests.screens.driver import Driver, memory_workbench
from workbench.domain.evidence.evidence import Evidence
from workbench.errors import NotAllowed

pytestmark = pytest.mark.proof


def state(desk: Driver) -> Any:
    """Return the verdict as filled in in the dialog on top."""
    dialog: Any = desk.app.screen
    return dialog._state


def shown(desk: Driver) -> list[str]:
    """Return the reasons that the dialog on top lists."""
    dialog: Any = desk.app.screen
    return [reason.code for reason in dialog.picker.list.shown]


def individual() -> Evidence:
    """Return evidence of an individual, who has no licence, capital or company code."""
    facts = application(
        applicant_kind=ApplicantKind.INDIVIDUAL,
        applicant_name="虚构乙丙",
        uscc="",
        registered_capital_fen=None,
        licence_valid_to=None,
    )
    return evidence(application=facts)


async def test_documents_left_to_open_are_named_with_the_key_of_the_desk() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        verdicts: Any = desk.services.verdicts
        preview, problem = verdicts.preview, "Open before a pass: business licence."

        def refuse(_request: object) -> None:
            raise NotAllowed(problem)

        verdicts.preview = lambda request: replace(preview(request), problems=(problem,), to_open=problem)
        verdicts.decide = refuse
        await desk.press("n", "p", "y")
        assert "see “to do” above (Esc o documents)." in desk.text


async def test_a_pass_against_a_block_starts_as_an_override_and_requires_a_note() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "p")
        assert tuple(shown(desk)) == state(desk).reasons == ("OK-OVERRIDE",)
        assert "! to do: A finding blocks this case; to pass it anyway, write an internal note." in desk.text
        await desk.press("1")
        hints = " ".join(desk.text.replace("│", " ").split())
        assert "mark the reason passed after a check by hand (OK-OVERRIDE)" in hints
        assert "write an internal note" in hints
        assert desk.services.decided == []

        await desk.press("1", "y")
        assert "Not decided: see “to do” above (t internal note)." in desk.text
        await desk.press("f3")
        await desk.type("called them")
        assert "to do" not in desk.text
        await desk.press("f8")
        assert desk.services.decided[0].reasons == ("OK-OVERRIDE",)


async def test_the_list_of_missing_input_does_not_move_after_y() -> None:
    async with memory_workbench(clean()) as desk:
        await desk.press("n", "p", "1")
        before = [line for line in desk.text.split("\n") if "Mark at least one reason." in line]
        at = desk.text.index("! to do: Mark at least one reason.")
        await desk.press("y")

        assert "! Not decided: see “to do” above (Space mark)." in desk.text
        assert desk.text.index("! to do: Mark at least one reason.") == at
        assert [line for line in desk.text.split("\n") if "Mark at least one reason." in line] == before


async def test_a_search_marks_by_digit_or_arrow_and_without_hits_stays_until_escape_shows_all() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "slash")
        everything = len(shown(desk))
        await desk.type("qqq")
        await desk.press("enter")
        await desk.type("q")
        assert "No reason fits" in desk.text
        assert "found none of " in desk.text
        await desk.press("escape")
        assert desk.dialog == "VerdictDialog"
        assert len(shown(desk)) == everything

        await desk.press("slash")
        await desk.type("photo1")
        assert state(desk).reasons[-1] == shown(desk)[0] == "ID-HANDHELD"
        assert desk.dialog == "VerdictDialog"
        await desk.press("escape", "slash")
        await desk.type("photo")
        await desk.press("down", "space")
        assert "ID-HANDHELD" not in state(desk).reasons
        await desk.press("space", "y")
        assert desk.services.decided[0].reasons[-1] == "ID-HANDHELD"


async def test_tab_goes_from_reasons_to_items_date_letter_and_note() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f", "1", "2", "tab")
        visited = []
        for _step in range(4):
            visited.append(str(desk.app.focused and (desk.app.focused.id or desk.app.focused.classes)))
            await desk.press("tab")

        assert "item" in visited[0]
        assert visited[1:] == ["until", "letter-edit", "note"]


async def test_each_part_of_the_dialog_shows_its_key() -> None:
    async with memory_workbench(troubled()) as desk:
        await desk.press("n", "f")
        for key in ("r F2 edit", "F2 again date", "e F9 edit"):
            assert key in desk.text
        await desk.press("t")
        assert "F3 write" in desk.text

        await desk.press("f2", "f2")
        assert desk.app.focused is not None
        assert desk.app.focused.id == "until"
        await desk.type("call")
        assert "“call” is not a date; write 3 Dec, +5 or 2026-12-03." in desk.text
        assert state(desk).until == "call"


async def test_unopened_documents_are_counted_if_their_names_do_not_fit() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        desk.services.documents.unopened = lambda case_id: tuple(  # type: ignore[method-assign]  # a case with papers
            document.kind for document in desk.services.evidence[case_id].documents
        )
        await desk.press("n", "p")

        hints = " ".join(desk.text.replace("│", " ").split())
        documents = len(desk.services.evidence[123].documents)
        assert f"i 5 questions unanswered · {documents} documents opened by nobody (Esc, then l / o)" in hints

        # Names that fit have the key too.
        desk.services.documents.unopened = lambda case_id: (DocumentKind.BIZ_LICENSE,) if case_id else ()  # type: ignore[method-assign]
        for key in ("escape", "l", *"11111", "escape", "p"):
            await desk.press(key)
        assert re.search(r"opened by nobody: .*\(Esc, then o\)", desk.text)


async def test_the_choices_of_a_pending_are_complete_at_80_columns() -> None:
    async with memory_workbench(clean(), size=(80, 24)) as desk:
        await desk.press("n", "w")
        for part in ("w waits for", "another department", "no second person needed"):
            line = next(line for line in desk.text.split("\n") if part in line)
            assert line.split(part)[1][:1] in {" ", "│", ""}
            assert line.split(part)[0].endswith(("   ", "│ ", ") "))


async def test_an_individual_is_not_offered_company_reasons() -> None:
    async with memory_workbench(individual()) as desk:
        await desk.press("n", "f")
        offered = set(shown(desk))
        assert not offered & {"ID-USCC", "ID-USCC-KIND", "ID-LICENCE-EXPIRED", "ID-CAPITAL"}
        assert "ID-HANDHELD" in offered

        await desk.press("slash")
        await desk.type("ID-USCC-KIND")
        assert shown(desk) == ["ID-USCC-KIND"]
        await desk.press("enter", "escape")
        assert "ID-USCC-KIND" in shown(desk)


async def test_a_person_who_reviews_alone_reads_so_before_confirming() -> None:
    def alone(services: MemoryServices) -> None:
        services.why_alone = "a shop of one [/b]"

    async with memory_workbench(troubled(), arrange=alone) as desk:
        await desk.press("n", "f")
        assert "Only one person reviews here" not in desk.text
        await desk.press("f")
        assert "decided by one person, no check: a final fail" in desk.text
        assert "Only one person reviews here (a shop of one" in desk.text


async def test_a_company_is_offered_all_reasons_and_a_notice_that_corrects_an_earlier_one_says_so() -> None:
    def reopened(services: MemoryServices) -> None:
        services.change(123, corrects_id=7)

    async with memory_workbench(clean(), arrange=reopened) as desk:
        await desk.press("n", "f")
        assert {"ID-USCC", "ID-LICENCE-EXPIRED"} <= set(shown(desk))
        assert "the letter corrects that of verdict D-000007" in desk.text
