"""The class and the priority of many cases at once: each on record with the reason, each refusal with its case."""

import pytest
from sqlalchemy import text

from db.enums import Priority, ServiceClass
from tests.sites import Site
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.acts import many_cases
from workbench.services.site.log_checks.unexplained_rows import log_faults


def test_each_case_is_changed_with_its_event_and_reason_and_each_refusal_names_its_case(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant(4)
    (high,) = site.plant(1, priority="high")
    sup = site.services("sup")
    sup.remarks.withdraw(3, "closed")
    monkeypatch.setattr(many_cases, "CASES_PER_TRANSACTION", 2)

    done = sup.bulk_changes.change_priorities([1, 2, 3, high, 99, 4, 1], Priority.HIGH, "the licence ends")

    assert done.changed == (1, 2, 4)
    refused = [(one.case_id, f"C-{one.case_id:06}" in one.why) for one in done.refused]
    assert refused == [(3, True), (high, True), (99, True)]
    for case_id in done.changed:
        case = sup.casefiles.show(case_id)
        assert case.header.priority is Priority.HIGH
        assert [line.action for line in case.history].count("priority") == 1
        assert any(line.text == "the licence ends" for line in case.history)


def test_a_class_moves_the_due_dates(site: Site) -> None:
    site.plant(2)
    sup = site.services("sup")
    before = sup.casefiles.show(1).header.due_at

    assert sup.bulk_changes.change_classes([1, 2], ServiceClass.MAXIMUM, "many cards").changed == (1, 2)
    after = [sup.casefiles.show(case_id).header.due_at for case_id in (1, 2)]
    assert before is not None
    assert all(due is not None and due > before for due in after)


@pytest.mark.promise("P6")
def test_the_log_explains_a_letter_that_was_written_before_the_refusal_of_another_case(site: Site) -> None:
    site.plant(2)
    sup = site.services("sup")
    sup.bulk_changes.change_classes([2], ServiceClass.MAXIMUM, "many cards")

    assert sup.bulk_changes.change_classes([1, 99], ServiceClass.MAXIMUM, "many cards").changed == (1,)

    with sup.context.read() as session:
        assert list(log_faults(session)) == []
    with site.tampering() as session:
        session.execute(text("UPDATE notice SET body = 'x' WHERE case_id = 1"))
    with sup.context.read() as session:
        assert len(list(log_faults(session))) == 1


def test_nothing_is_changed_without_a_reason_or_the_role(site: Site) -> None:
    site.plant(1)
    with pytest.raises(WrongUsage, match="takes a reason"):
        site.services("sup").bulk_changes.change_priorities([1], Priority.LOW, " ")
    with pytest.raises(NotAllowed):
        site.services("a").bulk_changes.change_priorities([1], Priority.LOW, "x")
    assert site.services("a").casefiles.show(1).header.priority is Priority.NORMAL
