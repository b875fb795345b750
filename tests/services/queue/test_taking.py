"""Taking a chosen case out of turn."""

from datetime import timedelta

import pytest

from tests.cli.framework.terminal import Terminal
from tests.policies import amend_policy
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile
from workbench.errors import Busy, ExitCode, NotAllowed, WrongUsage

PHONE = "the applicant is on the phone"


def test_take_holds_the_chosen_case_and_logs_the_reason_and_the_person(site: Site) -> None:
    site.plant(3)
    terminal = Terminal(site)

    assert terminal.as_person("a", "take", "C-000002").exit_code == ExitCode.USAGE
    with pytest.raises(WrongUsage, match="needs a reason"):
        site.services("a").taking.take(2, " ")
    taken = terminal.document("a", "take", "C-000002", "--reason", PHONE)

    assert (taken["case"], taken["held_by"], taken["state"]) == ("C-000002", "a", "in_review")
    history = site.services("audit").casefiles.show(2).history
    assert [(line.action, line.who) for line in history if line.action in {"take", "comment"}] == [
        ("comment", "a"),
        ("take", "a"),
    ]
    assert PHONE in terminal.as_person("audit", "show", "C-000002").output
    assert "taken out of turn" in terminal.as_person("audit", "show", "C-000002").output


@pytest.mark.parametrize(
    ("rule", "reviewer", "supervisor"),
    [("anybody", True, True), ("supervisor", False, True), ("nobody", False, False)],
)
def test_the_policy_says_who_takes_a_chosen_case(site: Site, rule: str, *, reviewer: bool, supervisor: bool) -> None:
    amend_policy(site, ('take = "anybody"', f'take = "{rule}"'))
    for login, may in (("a", reviewer), ("sup", supervisor)):
        (case,) = site.plant()
        assert (site.services(login).taking.why_not(case) == "") is may
        exit_code = Terminal(site).as_person(login, "take", f"C-{case:06}", "--reason", PHONE).exit_code
        assert exit_code == (ExitCode.OK if may else ExitCode.NOT_ALLOWED)
        assert site.actions(case)[-1] == ("take" if may else "refused take")


def test_a_policy_without_the_key_lets_anybody_take(site: Site) -> None:
    (case,) = site.plant()
    with site.services("admin").context.read() as session:
        body = site.services("admin").context.policy(session)
    assert body.desk.take == "anybody"
    line = 'take = "anybody" # who may take a chosen case out of turn, with a reason: anybody, supervisor or nobody\n'
    amend_policy(site, (line, ""))

    assert site.services("a").taking.take(case, PHONE).header.held_by == "a"


def test_a_case_of_another_person_is_not_taken(site: Site) -> None:
    site.plant(3)
    site.services("b").claims.next()
    site.services("sup").assigning.assign([2, 3], "b", "knows the trade")
    taking = site.services("a").taking

    with pytest.raises(Busy, match="C-000001 is held by b until 10:30"):
        taking.take(1, PHONE)
    with pytest.raises(NotAllowed, match="C-000002 is assigned to b"):
        taking.take(2, PHONE)
    assert site.services("sup").taking.take(2, PHONE).header.held_by == "sup"

    site.services("admin").absences.away("b", site.clock.at.date(), None)
    assert taking.take(3, PHONE).header.held_by == "a"
    site.clock.advance(minutes=31)
    assert taking.take(1, PHONE).header.held_by == "a"


@pytest.mark.promise("D2")
def test_the_case_on_the_desk_stays_held_up_to_the_limit(site: Site) -> None:
    site.plant(5)
    services = site.services("a")
    assert isinstance(services.claims.next(), CaseFile)
    for case in (3, 4):
        services.taking.take(case, PHONE)
    with pytest.raises(NotAllowed, match=r"as many cases as you may \(3\)"):
        services.taking.take(5, PHONE)

    services.claims.aside(1)
    services.taking.take(5, PHONE)
    services.claims.release(3)
    back = services.taking.take(1, PHONE).header
    assert (back.held_by, back.aside_until) == ("a", None)
    site.clock.advance(minutes=1)
    assert services.taking.take(1, PHONE).header.fence == back.fence
    assert site.actions(1) == ["next", "aside", "take"]
    assert back.held_until == site.clock.at + timedelta(minutes=29)
