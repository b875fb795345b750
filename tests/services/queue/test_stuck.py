"""The filter for cases on which nothing will happen by itself, and the way out that the list says."""

import pytest
from sqlalchemy import text

from tests.services.review.verdict_acts import take
from tests.sites import Site


def stuck(site: Site, cause: str = "any") -> dict[int, str]:
    """Return the stuck cases of a cause, each with the cause that its row gives."""
    rows = site.services("sup").queue.page(f"stuck:{cause}")
    assert len(rows) == site.services("sup").queue.count(f"stuck:{cause}")
    return {row.id: row.stuck for row in rows}


def change(site: Site, statement: str) -> None:
    with site.tampering() as session:
        session.execute(text(statement))


def test_a_case_that_everybody_skipped_is_stuck_until_it_is_assigned(site: Site) -> None:
    case, _other = site.plant(2)
    for login in ("a", "b", "c"):
        assert stuck(site) == {}
        site.services(login).claims.next()
        site.services(login).claims.skip(case, "a friend")
    assert stuck(site) == {}, "the admin is a reviewer too"
    change(site, "DELETE FROM reviewer_role WHERE role = 'reviewer' AND reviewer_id = 1")
    assert stuck(site) == stuck(site, "skipped") == {case: "skipped"}

    site.services("sup").assigning.move({case: "a"}, "no friend of yours")
    assert stuck(site) == {}


def test_a_case_whose_hold_expired_three_times_without_an_act_is_stuck(site: Site) -> None:
    (case,) = site.plant(1)
    for login in ("a", "b", "a"):
        take(site, login)
        assert stuck(site) == {}
        site.clock.advance(hours=2)
    assert stuck(site) == stuck(site, "expired") == {case: "expired"}

    take(site, "c")
    assert stuck(site) == {}
    site.services("c").claims.release(case)
    assert stuck(site) == {}


@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("undated", "state = 'pending', next_action_on = NULL"),
        ("appeal", "state = 'appealed', assignee_id = NULL"),
        ("check", "state = 'awaiting_check'"),
    ],
)
def test_a_case_without_a_date_or_a_person_who_may_act_is_stuck(site: Site, cause: str, changes: str) -> None:
    first, second = site.plant(2)
    change(site, f'UPDATE "case" SET {changes} WHERE id = {second}')
    if cause == "check":
        assert stuck(site) == {}
        change(site, "UPDATE reviewer SET is_active = 0 WHERE login IN ('a', 'b', 'c', 'admin')")
        assert stuck(site) == {}, "the supervisor may check it"
        change(site, "DELETE FROM reviewer_role WHERE role = 'supervisor'")
    assert {row.id: row.stuck for row in site.services("audit").queue.page("stuck:any")} == {second: cause}
    assert first != second
