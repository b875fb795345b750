"""Canned texts: chosen by a key in a text field, with fields that are filled for the case at hand and no other."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.clock_site import ClockSite
from tests.screens.cases import clean
from tests.screens.driver import KeyDriver, memory_workbench, site_workbench
from tests.services.review.verdict_acts import notices
from tests.sites import Site
from workbench.settings.user_settings import LoadedSettings, UserSettings

OWN = LoadedSettings(
    file=Path(),
    values=UserSettings(
        texts={
            "talk": "Talked about {case} of {applicant}, {application_no}.",
            "soon": "{applicant}: by {deadline} please.",
            "lines": "one\ntwo",
        }
    ),
)


def draft_of(desk: KeyDriver) -> str:
    draft = desk.desk_screen.session.draft
    return "" if draft is None else str(draft.body)


async def test_a_text_is_inserted_with_its_fields_filled_where_the_cursor_is() -> None:
    async with memory_workbench(clean(), settings=OWN, size=(80, 24)) as desk:
        await desk.press("n", "c")
        await desk.type("xy")
        await desk.press("left", "ctrl+t")
        assert "1 talk" in desk.text
        assert "4 missing papers" in desk.text
        assert "C-000123 of 成都虚构远声科技有限公司" in desk.text
        # The case has no deadline, so that a text with one cannot be inserted.
        assert "soon  {deadline} cannot be filled here" in desk.text
        await desk.press("2")
        assert desk.dialog == "TextChooser"
        await desk.press("1")
        assert desk.dialog == "LinesPrompt"
        await desk.press("enter")
        comment = next(line for line in desk.services.log if line[0] == "comment")
        assert comment[2] == "x\nTalked about C-000123 of 成都虚构远声科技有限公司, TC-2026-00123.y"

        await desk.press("c", "ctrl+t", "escape", "ctrl+t", "down", "down", "enter", "enter")
        assert desk.services.log[-1] == ("comment", 123, "one\ntwo"), "Esc inserts nothing"


async def test_no_text_is_offered_where_nobody_reads_what_is_typed() -> None:
    async with memory_workbench(clean(), settings=OWN) as desk:
        for keys in (("slash",), ("n",), ("f", "slash"), ("h",), ("o", "w")):
            await desk.press(*keys, "ctrl+t")
            assert desk.dialog != "TextChooser"
            while desk.dialog != "DeskScreen":
                await desk.press("escape")


def individual(site: Site, names: dict[int, str]) -> None:
    with site.services("admin").context.write() as session:
        for case_id, name in names.items():
            values = {"name": name, "id": case_id}
            session.execute(
                text("UPDATE application SET applicant_kind = 'individual', applicant_name = :name WHERE id = :id"),
                values,
            )
            session.execute(text('UPDATE "case" SET applicant_name = :name WHERE id = :id'), values)


@pytest.mark.proof
async def test_each_letter_has_the_name_and_the_date_of_its_own_case(site: Site) -> None:
    office = ClockSite(site)
    cases = [office.received("2026-11-24 09:00"), office.received("2026-11-24 09:01")]
    individual(site, {1: "虚构甲", 2: "虚构乙"})
    office.at("2026-11-24 10:00")
    async with site_workbench(site, "a", settings=OWN) as desk:
        for day, number in (("2026-11-27", 0), ("2026-12-01", 1)):
            await desk.press("n")
            assert cases[number] in desk.text
            assert "虚构" not in draft_of(desk)
            await desk.press("f", "4", "e", "ctrl+t", "2", "escape")
            # The fields stay until the verdict is given, since the date may change until then.
            assert "│ {applicant}: by {deadline} please." in " ".join(desk.text.split())
            await desk.press("r", "f2", "ctrl+u")
            await desk.type(day)
            await desk.press("f8")
            assert desk.dialog == "DeskScreen", desk.text
            assert "{" not in desk.text
            assert "虚构" not in desk.text
    first, second = (body for body, _cancelled in notices(site))
    assert "虚构甲: by 2026年11月27日" in first
    assert "虚构乙: by 2026年12月1日" in second
    assert "虚构甲" not in second


async def test_a_verdict_without_a_date_refuses_a_text_that_names_one(site: Site) -> None:
    office = ClockSite(site)
    office.received("2026-11-24 09:00")
    office.at("2026-11-24 10:00")
    async with site_workbench(site, "a", settings=OWN) as desk:
        await desk.press("n", "p", "t", "ctrl+t", "2", "f8")
        assert "The text names {deadline}, but this verdict sets none" in " ".join(desk.text.split())
        assert site.state(1) == "in_review"
