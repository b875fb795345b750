"""Roles count at the moment of an act, also for somebody who has had the workbench open for long."""

import pytest

from db.enums import Role
from tests.cli.framework.terminal import Terminal, refused
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.vocabulary import Verdict
from workbench.errors import NotAllowed
from workbench.services.wiring import Services


def take_role(site: Site, login: str, *, instead: tuple[Role, ...] = ()) -> None:
    site.services("admin").roles.change(login, instead, (Role.REVIEWER,))


def take_next(services: Services) -> CaseFile:
    case = services.claims.next()
    assert isinstance(case, CaseFile)
    return case


def passing(case: CaseFile) -> VerdictRequest:
    return VerdictRequest(case_id=case.header.id, verdict=Verdict.PASS, reasons=("OK",), fence=case.header.fence)


@pytest.mark.parametrize("instead", [(), (Role.AUDITOR,)], ids=["no role", "an auditor"])
def test_a_person_who_is_no_reviewer_any_more_does_not_decide_in_an_open_workbench(
    site: Site, instead: tuple[Role, ...]
) -> None:
    site.plant(1)
    reviewer = site.services("a")
    case = take_next(reviewer)
    take_role(site, "a", instead=instead)

    with pytest.raises(NotAllowed, match="no role" if not instead else "needs one of these roles"):
        reviewer.verdicts.decide(passing(case))

    assert site.state(case.header.id) == "in_review"
    assert site.actions(case.header.id)[-1] == "refused decide"


def test_a_role_that_is_taken_between_the_check_and_the_write_refuses_the_write(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant(1)
    reviewer = site.services("a")
    case = take_next(reviewer)
    real = reviewer.context.database.write

    def write_later(**options: bool) -> object:
        monkeypatch.setattr(reviewer.context.database, "write", real)
        take_role(site, "a", instead=(Role.AUDITOR,))
        return real(**options)

    monkeypatch.setattr(reviewer.context.database, "write", write_later)
    with pytest.raises(NotAllowed, match="needs one of these roles"):
        reviewer.verdicts.decide(passing(case))

    assert site.state(case.header.id) == "in_review"


def test_a_role_that_is_given_counts_without_a_new_start(site: Site) -> None:
    auditor = site.services("audit")
    site.plant(1)
    site.services("admin").roles.change("audit", (Role.REVIEWER,), ())
    auditor.queue.count()

    assert take_next(auditor).header.held_by == "audit"
    assert auditor.actor.roles == {Role.AUDITOR, Role.REVIEWER}


def test_somebody_without_a_role_reads_nothing(terminal: Terminal) -> None:
    terminal.site.plant(1)
    take_role(terminal.site, "a")

    for command in (("queue",), ("show", "C-000001"), ("reviewers",), ("calendar",), ("forecast",), ("audit",)):
        assert "a has no role" in refused(terminal.as_person("a", *command, "--json"), 77)


def test_an_open_workbench_of_somebody_without_a_role_reads_nothing_more(site: Site) -> None:
    site.plant(1)
    reviewer = site.services("a")
    reviewer.queue.count()
    take_role(site, "a")

    for read in (reviewer.queue.count, reviewer.people.list, lambda: reviewer.casefiles.show(1)):
        with pytest.raises(NotAllowed, match="no role"):
            read()
