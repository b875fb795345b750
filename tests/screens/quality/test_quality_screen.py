"""The quality screen and the blind reading on a real database, by keys."""

import pytest

from db.enums import FailKind, Verdict
from tests.cli.quality.office import differ_twice, pass_all, rows
from tests.screens.driver import KeyDriver, site_workbench
from tests.sites import Site
from workbench.domain.quality.period import parse_period
from workbench.services.quality.samples import SampleRequest


@pytest.fixture
def office(site: Site) -> Site:
    """Return an office in which a passed three cases."""
    pass_all(site, 3)
    return site


def draw(office: Site, size: int) -> None:
    """Draw a sample."""
    office.services("sup").samples.draw(SampleRequest(period=parse_period("2026"), size=size, seed=7))


def line_with(desk: KeyDriver, words: str) -> str:
    """Return the line of the terminal with some words."""
    return next(line for line in desk.text.splitlines() if words in line)


async def test_a_trial_is_shown_before_a_sample_is_drawn(office: Site) -> None:
    async with site_workbench(office, "sup") as desk:
        await desk.go("l")
        assert "No sample is drawn yet." in desk.text
        await desk.press("s")
        assert "Strata of: reviewer, verdict, risk, service class, province, agent" in desk.text
        assert "The period has no decisions in effect." in desk.text
        await desk.press("backspace")
        await desk.type("2026")
        assert "Drawn 3 of 3   Golden 0   a, passed 3/3" in desk.text
        assert office.services("sup").samples.list() == ()
        await desk.press("enter", "enter", "enter")
        await desk.type("7")
        await desk.press("enter")
        assert line_with(desk, "Drawn").split()[-6:] == ["Drawn", "3", "Opinions", "0", "Left", "3"]
        assert "too few to tell" in desk.text
    assert [line.seed for line in office.services("sup").samples.list()] == [7]


async def test_an_opinion_is_given_blindly_and_moves_nothing(office: Site) -> None:
    draw(office, 5)
    # The program does the same soon after it starts.
    office.services("sup").ticking.tick()
    before = rows(office)
    async with site_workbench(office, "b") as desk:
        await desk.go("l")
        assert "n reads the next sampled case blindly; waiting: 3" in desk.text
        await desk.press("n")
        assert "C-000001" in desk.text.splitlines()[0]
        assert "Blind second opinion, as on Tue 24 Nov" in desk.text
        # Without a reason, there is no opinion; what is not confirmed is kept until the screen closes.
        await desk.press("f", "y")
        assert "Mark at least one reason." in desk.text
        await desk.press("slash")
        await desk.type("USE-TRADE")
        await desk.press("enter", "t")
        await desk.type("forbidden")
        await desk.press("escape", "escape", "f")
        assert "1 marked:" in desk.text
        assert "forbidden" in desk.text
        # Neither letter, items nor measures belong to an opinion.
        await desk.press("e", "v", "r", "m", "n")
        assert desk.dialog == "VerdictDialog"
        assert "applicant reads" not in desk.text
        await desk.press("y")
        assert "Your opinion on C-000001 is recorded; nothing of the case changed." in desk.notes
        assert (desk.dialog, "waiting: 2" in desk.text) == ("QualityScreen", True)
    after = rows(office)
    # A setting has the time when the program last looked for what has come due.
    assert [name for name in before if before[name] != after[name]] in ([], ["setting"])


async def test_a_third_person_says_which_opinion_stands_and_the_maker_learns_it(office: Site) -> None:
    draw(office, 5)
    opinions = office.services("b").opinions
    opinions.read()
    opinions.give(Verdict.FAIL, FailKind.FINAL, ("USE-TRADE",), "a forbidden trade")
    async with site_workbench(office, "sup") as desk:
        await desk.go("l")
        assert line_with(desk, "Pass OK").split()[:6] == ["C-000001", "Pass", "OK", "≠", "Fail", "(final)"]
        assert "a forbidden trade" in desk.text
        await desk.press("a", "down")
        await desk.type("it is listed")
        await desk.press("enter")
        assert "C-000001: the second opinion stands. The case itself stays as it is." in desk.notes
        assert "the second opinion stands (sup)  it is listed" in desk.text
        # What is adjudicated stays so.
        await desk.press("a", "f6")
        assert desk.dialog == "QualityScreen"
        await desk.press("enter")
        assert "verdicts, by strata: 1" in desk.text
        assert "a, passed 3/3" in desk.text
    async with site_workbench(office, "a", size=(80, 24)) as desk:
        await desk.go("l")
        assert "Your adjudicated decisions: 1" in desk.text
        assert "it is listed" in desk.text
        # A reviewer draws, marks and adjudicates nothing, and reads none of the own cases.
        await desk.press("s", "m", "a", "n")
        assert (desk.dialog, "No sampled case is left for you." in desk.text) == ("QualityScreen", True)


async def test_of_two_decisions_of_a_case_the_one_under_the_cursor_is_adjudicated(site: Site) -> None:
    differ_twice(site)
    async with site_workbench(site, "sup") as desk:
        await desk.go("l")
        await desk.press("tab", "down")
        assert ("c read it" in desk.text, "C-000001 (D-000001)" in desk.text) == (True, True)
        await desk.press("a")
        assert "Which opinion on C-000001 (D-000002) stands?" in desk.text
        await desk.type("it is listed")
        await desk.press("enter")
        assert "C-000001 (D-000002): the first opinion stands. The case itself stays as it is." in desk.notes
    assert [look.stands for look in site.services("sup").quality.differing()] == ["", "first"]


async def test_leaving_keeps_the_case_and_giving_back_ends_the_reading(office: Site) -> None:
    draw(office, 5)
    opinions = office.services("b").opinions
    async with site_workbench(office, "b", size=(80, 24), language="zh") as desk:
        await desk.go("l")
        await desk.press("n")
        reading = opinions.work().reading
        await desk.press("plus", "escape")
        assert desk.dialog == "BlindScreen"
        await desk.press("escape")
        assert desk.dialog == "QualityScreen"
        assert f"正在复评 C-{reading:06d}；按 n 继续。" in desk.text
        await desk.go("d")
        await desk.go("l")
        await desk.press("n", "b")
        assert opinions.work().reading is None
        assert f"C-{reading:06d} 已退还。" in desk.notes[-1]
        await desk.press("n")
        assert opinions.work().reading not in {None, reading}


async def test_what_another_program_gave_back_is_not_answered_for_the_next_case(office: Site) -> None:
    draw(office, 5)
    opinions = office.services("b").opinions
    async with site_workbench(office, "b", size=(200, 60)) as desk:
        await desk.go("l")
        await desk.press("n")
        opinions.give_back()
        opinions.read()
        await desk.press("p", "y")
        assert "You do not read this case for a second opinion" in desk.text
        assert opinions.work().reading is not None
        await desk.press("escape", "b")
        assert desk.dialog == "BlindScreen"
        opinions.give(Verdict.PASS, None, ("OK",), "")


async def test_a_right_answer_is_recorded_and_wrong_ones_lead_back(office: Site) -> None:
    draw(office, 5)
    async with site_workbench(office, "sup") as desk:
        await desk.go("l")
        await desk.press("m", "down")
        await desk.type("C-3 no-such")
        await desk.press("enter")
        assert "The policy has no reason NO-SUCH." in desk.notes
        await desk.press("end", *["backspace"] * 7)
        await desk.type("use-trade")
        await desk.press("enter")
        assert "The right answer to C-3 is recorded; new samples of its period include the case." in desk.notes
    draw(office, 5)
    assert [line.golden for line in office.services("sup").samples.list()] == [1, 0]


async def test_who_has_none_of_the_roles_is_told_so(office: Site) -> None:
    with office.tampering() as session:
        session.connection().exec_driver_sql("UPDATE reviewer_role SET role = 'admin' WHERE role = 'auditor'")
    async with site_workbench(office, "audit") as desk:
        await desk.go("l")
        assert "it needs one of these roles: reviewer, supervisor, auditor." in desk.text
