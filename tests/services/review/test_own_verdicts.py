"""Nobody checks or opens again their own verdict, by whatever way they try."""

from typing import Any

import pytest
from sqlalchemy import text

from db.enums import FailKind, Role, Verdict
from db.models import SettingRow
from tests.services.review.verdict_acts import decide, failing, passing, staged, take
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.lifecycle import Action
from workbench.errors import Busy, NotAllowed
from workbench.policies import default_policy_text
from workbench.services.database.opening import open_services
from workbench.services.foundation.os_identity import os_login
from workbench.services.site.people import SOLO_SETTING
from workbench.services.site.policies import new_version
from workbench.services.wiring import Services

pytestmark = pytest.mark.promise("A4")


def stage(site: Site, login: str = "a") -> int:
    """Let a person give a verdict on a new case that a second person must check."""
    [case] = site.plant(priority="urgent")
    take(site, login)
    decide(site, failing(case, fail_kind=FailKind.FINAL), login)
    return case


def sql(site: Site, statement: str, **values: object) -> None:
    with site.services("admin").context.write() as session:
        session.execute(text(statement), values)


def refuse(site: Site, case: int, services: Services, words: str, decision_id: int | None = None) -> None:
    """Check that a person can neither approve nor return the verdict that waits, and that the attempts are logged."""
    before = site.actions(case)
    for act in (services.checks.approve, services.checks.give_back):
        with pytest.raises((NotAllowed, Busy), match=words):
            act(case, "fine by me", decision_id)
    assert site.state(case) == "awaiting_check"
    assert site.actions(case) == [*before, "refused approve", "refused return"]


def separate_importers(site: Site, case: int) -> None:
    """Put a policy into force for a case by which who imports does not decide."""
    with site.services("admin").context.write() as session:
        policy = new_version(default_policy_text().replace("importer = false", "importer = true"), site.clock.at, 1)
        session.add(policy)
        session.flush()
        session.execute(text('UPDATE "case" SET policy_version_id = :policy'), {"policy": policy.id})


def test_not_by_checking_a_case_that_one_imported(site: Site) -> None:
    case = stage(site)
    separate_importers(site, case)

    refuse(site, case, site.services("admin"), "You imported evidence")
    site.services("b").checks.approve(case, "seen")
    assert site.state(case) == "failed"


def test_not_by_deciding_a_case_that_one_imported(site: Site) -> None:
    [case] = site.plant()
    separate_importers(site, case)
    take(site, "admin")

    assert "You imported evidence" in " ".join(site.services("admin").verdicts.preview(passing(case)).problems)
    with pytest.raises(NotAllowed, match="You imported evidence"):
        decide(site, passing(case), "admin")


def test_not_by_reversing_the_verdict_first(site: Site) -> None:
    case = staged(site, severity="block")
    site.services("a").undo.undo(case)
    decide(site, VerdictRequest(case_id=case, verdict=Verdict.PASS, reasons=("OK-OVERRIDE",), note="called"))

    refuse(site, case, site.services("a"), "another person")


def test_not_by_another_role(site: Site) -> None:
    case = stage(site)
    site.services("admin").roles.change("a", (Role.SUPERVISOR, Role.ADMIN), (Role.REVIEWER,))

    refuse(site, case, site.services("a"), "another person")


def by_os_user(site: Site) -> Services:
    """Let the database identify people by the OS user, and return the services of the one who runs the test."""
    sql(site, "UPDATE setting SET value = 'os' WHERE name = 'identity'")
    return open_services(site.path, None, site.clock)


def test_not_under_a_second_login_of_the_same_os_user(site: Site) -> None:
    checker = site.services("b")
    site.services("admin").roles.add(os_login(), (Role.REVIEWER, Role.SUPERVISOR))
    maker = by_os_user(site)
    [case] = site.plant()
    assert isinstance(maker.claims.next(), CaseFile)
    maker.verdicts.decide(failing(case, fail_kind=FailKind.FINAL))
    # The account was renamed, and an admin registered the new name; the old login stays.
    sql(site, "UPDATE reviewer SET login = 'former' WHERE login = :login", login=os_login())
    site.services("admin").roles.add(os_login(), (Role.REVIEWER, Role.SUPERVISOR))
    second = open_services(site.path, None, site.clock)
    assert second.actor.id != maker.actor.id

    refuse(site, case, second, "another person")
    checker.checks.approve(case, "seen")
    site.clock.advance(minutes=2)
    with pytest.raises(NotAllowed, match="You made or checked"):
        second.reopening.reopen(case, "x")
    maker.close()
    second.close()


def test_in_a_named_database_a_check_from_the_same_os_user_is_marked_in_the_log(site: Site) -> None:
    case = stage(site)
    site.services("b").checks.approve(case, "seen")

    with site.services("admin").context.read() as session:
        body = session.execute(text("SELECT body FROM event WHERE action = 'approve'")).scalar_one()
    assert '"same_account":true' in body


def test_not_under_the_number_of_an_earlier_verdict_of_somebody_else(site: Site) -> None:
    [case] = site.plant()
    take(site, "b")
    earlier = decide(site, failing(case, fail_kind=FailKind.FINAL), "b").decision_id
    site.services("b").undo.undo(case)
    site.services("b").claims.release(case)
    take(site)
    decide(site, failing(case, fail_kind=FailKind.FINAL))

    refuse(site, case, site.services("a"), "look again", earlier)


def test_not_by_removing_everybody_else(site: Site) -> None:
    with site.services("admin").context.write() as session:
        session.add(SettingRow(name=SOLO_SETTING, value="a shop of one person"))
    case = stage(site, "admin")
    people = site.services("admin").roles
    people.change("b", (), (Role.REVIEWER,))
    for login, role in (("a", Role.REVIEWER), ("c", Role.REVIEWER), ("sup", Role.SUPERVISOR)):
        people.change(login, (), (role,))

    refuse(site, case, site.services("admin"), "another person")


def test_not_in_a_race_with_a_second_process(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    case = stage(site, "b")
    maker = site.services("a")
    real = maker.context.database.write

    def write_later(**how: Any) -> object:
        """Let the verdict of b be replaced by one of a, between what the check read and what it writes."""
        monkeypatch.setattr(maker.context.database, "write", real)
        site.services("b").undo.undo(case)
        site.services("b").claims.release(case)
        other = open_services(site.path, "a", site.clock)
        other.claims.next()
        other.verdicts.decide(failing(case, fail_kind=FailKind.FINAL))
        other.close()
        return real(**how)

    monkeypatch.setattr(maker.context.database, "write", write_later)
    with pytest.raises(NotAllowed, match="another person"):
        maker.checks.approve(case, "fine by me")
    assert site.state(case) == "awaiting_check"


@pytest.mark.parametrize("opens", ["a", "b"])
def test_not_by_opening_it_again(site: Site, opens: str) -> None:
    for login in ("a", "b"):
        site.services("admin").roles.change(login, (Role.SUPERVISOR,), ())
    case = stage(site)
    site.services("b").checks.approve(case, "seen")
    site.clock.advance(minutes=2)

    with pytest.raises(NotAllowed, match="You made or checked"):
        site.services(opens).reopening.reopen(case, "I want another result")
    assert site.actions(case)[-1] == f"refused {Action.REOPEN}"
