"""A decision on an appeal, and its check, are refused if the case changed since the person looked at it."""

import pytest

from db.enums import AppealOutcome, FailKind, Role
from tests.services.review.test_own_verdicts import by_os_user, sql
from tests.services.review.verdict_acts import failing, staged
from tests.sites import Site
from workbench.domain.case.appeal import AppealDecision
from workbench.domain.case.casefile import CaseFile
from workbench.errors import Busy, NotAllowed
from workbench.services.database.opening import open_services
from workbench.services.foundation.os_identity import os_login


def test_what_changed_since_it_was_read_is_neither_decided_nor_approved(site: Site) -> None:
    case = staged(site)
    site.services("b").checks.approve(case, "yes")
    site.services("a").appeals.file(case, "not us")
    sup, checker = site.services("sup"), site.services("c")
    version = sup.casefiles.show(case).header.version
    request = AppealDecision(case_id=case, outcome=AppealOutcome.STANDS, note="seen", version=version)

    sup.appeals.decide(request)
    seen = checker.casefiles.show(case).header.version
    sup.undo.undo(case)
    with pytest.raises(Busy):
        sup.appeals.decide(request)
    sup.appeals.decide(AppealDecision(case_id=case, outcome=AppealOutcome.OVERTURNED, note="other"))

    with pytest.raises(Busy):
        checker.appeal_checks.approve(case, "yes", seen)
    assert site.state(case) == "awaiting_check"


def test_whoever_only_took_back_an_answer_may_answer_again_after_another_appeal_was_filed_and_undone(
    site: Site,
) -> None:
    case = staged(site)
    site.services("b").checks.approve(case, "yes")
    sup, clerk, helper = site.services("sup"), site.services("a"), site.services("c")
    clerk.appeals.file(case, "not us")
    answer = AppealDecision(case_id=case, outcome=AppealOutcome.STANDS, note="seen")
    sup.appeals.decide(answer)
    sup.undo.undo(case)
    clerk.remarks.withdraw(case, "by phone")
    helper.appeals.file(case, "again")
    helper.undo.undo(case)
    clerk.undo.undo(case)

    sup.appeals.decide(answer)

    assert site.state(case) == "awaiting_check"


def test_a_second_login_of_the_same_os_user_neither_decides_an_appeal_nor_checks_the_decision(site: Site) -> None:
    checker, admin = site.services("sup"), site.services("admin")
    admin.roles.add("sup2", (Role.SUPERVISOR,))
    decider = site.services("sup2")
    admin.roles.add(os_login(), (Role.REVIEWER,))
    maker = by_os_user(site)
    (case,) = site.plant()
    assert isinstance(maker.claims.next(), CaseFile)
    maker.verdicts.decide(failing(case, fail_kind=FailKind.FINAL))
    checker.checks.approve(case, "yes")
    maker.appeals.file(case, "not us")
    sql(site, "UPDATE reviewer SET login = 'former' WHERE login = :login", login=os_login())
    admin.roles.add(os_login(), (Role.REVIEWER, Role.SUPERVISOR))
    second = open_services(site.path, None, site.clock)

    assert "You worked on" in second.appeals.why_not_decide(case)
    with pytest.raises(NotAllowed, match="You worked on"):
        second.appeals.decide(AppealDecision(case_id=case, outcome=AppealOutcome.OVERTURNED, note="mine"))
    decider.appeals.decide(AppealDecision(case_id=case, outcome=AppealOutcome.STANDS, note="no"))
    with pytest.raises(NotAllowed, match="You made or checked"):
        second.appeal_checks.approve(case, "mine")
    maker.close()
    second.close()
