"""An application has at most one open case, whichever way a closed one could come back."""

from typing import Any

import pytest

from tests.prepared import prepared
from tests.services.intake.importing.files import Desk, application
from tests.services.intake.importing.test_existing_cases import stage
from workbench.domain.case.case_id import format_case
from workbench.errors import Busy, NotAllowed
from workbench.services.intake.importing import new_cases


@prepared
def failed(desk: Desk) -> int:
    case_id = desk.queued().id or 0
    stage(desk)
    desk.site.services("b").checks.approve(case_id, "yes")
    return case_id


def as_new(desk: Desk) -> int:
    desk.applications(application(province="北京市"), as_new=True)
    return desk.case().id or 0


def test_a_closed_case_comes_back_only_while_no_other_case_of_its_application_is_open(desk: Desk) -> None:
    older = failed(desk)
    newer = as_new(desk)
    appeals, supervisor = desk.site.services("a").appeals, desk.site.services("sup")
    with pytest.raises(NotAllowed, match=f"{format_case(newer)}, which is queued; act on"):
        appeals.file(older, "not us")
    assert desk.site.state(older) == "failed"

    supervisor.remarks.withdraw(newer, "they wrote")
    appeals.file(older, "not us")
    assert desk.site.state(older) == "appealed"
    with pytest.raises(NotAllowed, match=f"{format_case(older)}, which is"):
        supervisor.undo.undo(newer)
    desk.applications(application(province="上海市"))
    assert desk.site.actions(older)[-1] == "evidence", "imports act on the open case"


def test_an_import_that_replaces_a_case_is_refused_if_that_was_opened_again_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = failed(desk)
    opened = new_cases.CaseOpening.open

    def opened_after_another(*wanted: Any) -> None:
        if desk.site.state(older) == "failed":
            desk.site.services("sup").reopening.reopen(older, "x")
        opened(*wanted)

    monkeypatch.setattr(new_cases.CaseOpening, "open", opened_after_another)
    with pytest.raises(Busy, match=f"{format_case(older)} was opened again"):
        as_new(desk)
    assert [case.id for case in desk.cases()] == [older]
