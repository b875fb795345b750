"""Skills: `next` gives only what a person can review, and what nobody can review is not lost."""

import pytest
from sqlalchemy import text

from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, NoNextCase
from workbench.errors import NotAllowed, WrongUsage
from workbench.services.queue.skills import cases_within


def planted(site: Site, province: str, *, service_class: str = "standard", due_in_days: float = 3) -> int:
    (case,) = site.plant(1, due_in_days=due_in_days)
    with site.services("admin").context.write() as session:
        values = {"case": case, "province": province, "class": service_class}
        session.execute(text("UPDATE application SET province = :province WHERE id = :case"), values)
        session.execute(text('UPDATE "case" SET service_class = :class WHERE id = :case'), values)
    return case


def taken(site: Site, login: str, wanted: str = "") -> list[int]:
    """Take all cases that `next` gives to a person, and return them."""
    claims, found = site.services(login).claims, []
    while isinstance(case := claims.next(wanted), CaseFile):
        found.append(case.header.id)
        claims.skip(case.header.id, "seen")
    return found


def test_next_gives_only_what_is_within_the_skills_assigned_or_due_today(site: Site) -> None:
    sichuan, fujian = planted(site, "四川"), planted(site, "福建")
    complex_one, late = planted(site, "四川", service_class="complex"), planted(site, "福建", due_in_days=-1)
    today, mine = planted(site, "福建", due_in_days=0.1), planted(site, "福建")
    site.services("sup").assigning.assign([mine], "a", "hers")
    site.services("admin").skills.set("a", "province:四川 province:广东 class:standard,expedited")

    assert taken(site, "a") == [late, today, mine, sichuan]
    assert taken(site, "b") == [late, today, sichuan, fujian, complex_one, mine]


def test_a_filter_and_skills_both_hold_and_skills_can_exclude(site: Site) -> None:
    planted(site, "四川")
    fujian = planted(site, "福建", service_class="complex")
    site.services("admin").skills.set("a", "-province:四川")

    assert taken(site, "a", "class:standard") == []
    assert taken(site, "a", "class:complex") == [fujian]


def test_what_is_outside_the_skills_is_told(site: Site) -> None:
    planted(site, "福建")
    planted(site, "四川")
    site.services("admin").skills.set("a", "province:四川")
    taken(site, "a")

    assert site.services("a").claims.next() == NoNextCase(kind="filtered", count=1)
    assert "Your skills: province:四川." in " ".join(site.services("a").claims.explain(1))


def test_skills_are_terms_about_the_case_and_only_an_admin_sets_them(site: Site) -> None:
    admin = site.services("admin").skills
    for wrong in ("due:today", "holder:a", "state:queued", "四川", "province"):
        with pytest.raises(WrongUsage):
            admin.set("a", wrong)
    with pytest.raises(NotAllowed):
        site.services("sup").skills.set("a", "province:四川")


def test_the_cases_within_skills_are_found_among_many(site: Site) -> None:
    sichuan, late = planted(site, "四川"), planted(site, "福建", due_in_days=-1)
    other = planted(site, "福建")
    context = site.services("sup").context
    with context.read() as session:
        assert cases_within(session, context, "province:四川", [sichuan, late, other]) == {sichuan, late}
        assert cases_within(session, context, "", [sichuan, other]) == {sichuan, other}
