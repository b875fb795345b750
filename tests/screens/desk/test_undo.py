"""`u` on the desk takes back what its line offers, and nothing else."""

from collections.abc import Callable

import pytest

from db.enums import CaseState
from tests.offices import Site
from tests.promises import Promises
from tests.screens.driver import WINDOWS, at_the_site
from tests.services.review.verdict_acts import failing

AT = "2026-11-24 10:00"


def asked(office: Promises) -> str:
    case = office.received("2026-11-24 09:00")
    office.ask(AT, case)
    return case


def to_rectify(office: Promises) -> str:
    case = office.received("2026-11-24 09:00")
    office.ask_for_a_seal(AT, case)
    return case


def queued(office: Promises) -> str:
    return office.received("2026-11-24 09:00")


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize(
    ("arrange", "words", "said"),
    [
        (queued, ("withdraw", "--reason", "x"), "withdrawn"),
        (asked, ("answer",), "reply received"),
        (to_rectify, ("resubmit",), "resubmitted"),
    ],
)
async def test_u_takes_back_the_act_of_a_command_that_its_line_and_footer_name(
    site: Site, arrange: Callable[[Promises], str], words: tuple[str, ...], said: str, size: tuple[int, int]
) -> None:
    office = Promises(site)
    case, other = arrange(office), queued(office)
    before = office.terminal.document("a", "show", case)["state"]
    office.at("2026-11-25 10:00").run("a", "next", "--filter", other)
    office.run("a", words[0], case, *words[1:])
    async with at_the_site(site, "a", size=size) as desk:
        await desk.press("n")
        assert other in desk.text.splitlines()[0]
        assert f"{case}: {said}; u takes it back within 60 s" in desk.text
        assert f"u undo {case}" in desk.text.splitlines()[-1]
        await desk.press("u")
        assert f"{case}: taken back." in desk.notes
        assert office.terminal.document("a", "show", case)["state"] == before
        await desk.press("u")
        assert "None of your acts can be undone now." in desk.notes


async def test_u_refuses_an_act_that_came_after_the_one_that_it_offers(site: Site) -> None:
    office = Promises(site)
    case = queued(office)
    office.at(AT)
    async with at_the_site(site, "a") as desk:
        await desk.press("n", "p", "y")
        assert "C-000001 passed; notice goes out in 60 s; u takes it back" in desk.text
        services = site.services("a")
        services.undo.undo(1)
        services.verdicts.decide(failing(1))

        await desk.press("u")
        assert "C-000001 was acted on again since this was offered; to undo the last act, undo again." in desk.notes
        assert office.terminal.document("a", "show", case)["state"] == CaseState.RECTIFYING.value
        assert "C-000001 failed; notice goes out in" in desk.text
        await desk.press("u")
        assert office.terminal.document("a", "show", case)["state"] == CaseState.IN_REVIEW.value
