"""A decision on an appeal, and its check, are refused if the case changed since the person looked at it."""

import pytest

from db.enums import AppealOutcome, FailKind
from tests.offices import Site
from tests.services.review.verdict_acts import decide, failing, take
from workbench.domain.case.appeal import AppealRequest
from workbench.errors import Busy


def test_what_changed_since_it_was_read_is_neither_decided_nor_approved(site: Site) -> None:
    (case,) = site.plant()
    take(site)
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    site.services("b").checks.approve(case, "yes")
    site.services("a").appeals.file(case, "not us")
    sup, checker = site.services("sup"), site.services("c")
    version = sup.casefiles.show(case).header.version
    request = AppealRequest(case_id=case, outcome=AppealOutcome.STANDS, note="seen", version=version)

    sup.appeals.decide(request)
    seen = checker.casefiles.show(case).header.version
    sup.undo.undo(case)
    with pytest.raises(Busy):
        sup.appeals.decide(request)
    sup.appeals.decide(AppealRequest(case_id=case, outcome=AppealOutcome.OVERTURNED, note="other"))

    with pytest.raises(Busy):
        checker.appeal_checks.approve(case, "yes", seen)
    assert site.state(case) == "awaiting_check"
