"""The queue screen on a real database."""

from pathlib import Path

import pytest

from db.enums import Role
from tests.cli.appeals.filed_appeals import appealed, office
from tests.screens.driver import site_workbench
from tests.sites import Site

pytestmark = pytest.mark.proof


async def test_each_row_says_who_has_the_case_and_until_when(site: Site) -> None:
    services = office(site)
    appealed(services, at="2026-11-24 11:00")
    asked, carrier, rectifying, aside, assigned, returned = (
        services.received("2026-11-24 11:00") for _number in range(6)
    )
    services.ask("2026-11-24 11:00", asked)
    services.run("b", "next")
    services.run("b", "decide", carrier, "pending", "--reason", "WAIT-CARRIER", "--until", "2026-12-02")
    services.ask_for_a_seal("2026-11-24 11:00", rectifying)
    services.run("c", "next")
    services.run("c", "aside", aside)
    services.run("sup", "assign", assigned, "--to", "b", "--reason", "knows them")
    services.run("b", "next")
    services.run("sup", "assign", returned, "--to", "b", "--reason", "knows them")
    services.run("b", "release", assigned)
    services.run("b", "take", returned, "--reason", "on the phone")
    services.run("b", "decide", returned, "fail", "--final", "--reason", "CR-DEBTOR", "--note", "court list")
    services.run("sup", "check", returned, "return", "--note", "look again")
    async with site_workbench(site, "b", size=(80, 24)) as desk:
        await desk.go("q")
        rows = {line.split("C-")[1][:6]: line for line in desk.text.splitlines() if "C-0" in line}

    words = {
        "C-000001": ("appealed", "(sup"),
        asked: ("answer by 12-01",),
        carrier: ("carrier to 12-02",),
        rectifying: ("rectify by 11-27",),
        aside: ("c ", "aside to 13:00"),
        assigned: ("(b)",),
        returned: ("b ", "returned"),
    }
    for case, parts in words.items():
        assert all(part in rows[case[2:]] for part in parts), (case, rows)


@pytest.mark.parametrize(("language", "words"), [("en", "you skipped (rev4)"), ("zh", "本人跳过 (rev4)")])
async def test_a_case_that_the_reader_skipped_and_another_person_has_assigned_names_who_skipped_it(
    site: Site, language: str, words: str
) -> None:
    site.plant()
    site.services("admin").roles.add("rev4", (Role.REVIEWER,))
    site.services("sup").assigning.move({1: "rev4"}, "knows the trade")
    today = site.clock.at.date()
    site.services("sup").absences.away("rev4", today, today)
    site.services("a").claims.next()
    site.services("a").claims.skip(1, "a cousin")
    async with site_workbench(site, "a", size=(80, 24), language=language) as desk:
        await desk.go("q")

        assert words in desk.text


@pytest.mark.parametrize(("keys", "word"), [(("P", "down", "down"), "urgent"), (("C", "up", "up"), "extended")])
async def test_the_marked_cases_get_a_priority_or_class_and_refusals_are_listed(
    site: Site, keys: tuple[str, ...], word: str
) -> None:
    site.plant(3)
    site.services("sup").remarks.withdraw(2, "gone")
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("q")
        await desk.press("slash")
        await desk.type("state:all")
        await desk.press("enter", "V", *keys)
        await desk.type("[/b] why")
        await desk.press("enter")
        await desk.until("Not changed: 1 case")

        assert "C-000002" in desk.text
        assert f"2 cases: now {word}." in desk.notes
        await desk.press("escape")
        header = site.services("sup").casefiles.show(1).header
        assert word in {header.priority, header.service_class}
        assert desk.dialog == "QueueScreen"


async def test_e_writes_the_list_as_it_is_shown_to_a_file(site: Site, tmp_path: Path) -> None:
    site.plant(3)
    file = tmp_path / "out.csv"
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("q")
        await desk.press("slash")
        await desk.type("-case:C-2")
        await desk.press("enter", "e", "ctrl+u")
        await desk.type("list.pdf")
        await desk.press("enter")
        assert ".csv" in desk.text
        await desk.press("ctrl+u")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.until("Wrote 2 rows")

    header, *rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith('"due_at","due_provisional"')
    assert ["C-000001" in rows[0], "C-000003" in rows[1]] == [True, True]


async def test_a_key_for_supervisors_says_so_to_a_reviewer(site: Site) -> None:
    site.plant(1)
    async with site_workbench(site, "a") as desk:
        await desk.go("q")
        for key in ("P", "C", "a", "space", "V", "R", "e"):
            desk.app.clear_notifications()
            await desk.press(key)
            assert desk.dialog == "QueueScreen"
            assert "supervisor" in desk.notes[-1], key
