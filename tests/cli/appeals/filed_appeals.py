"""Sites with cases that failed, lapsed or were appealed."""

from typing import Any

from db.enums import Role
from tests.clock_site import ClockSite
from tests.prepared import prepared
from tests.sites import Site

FAILED_AT = "2026-11-24 10:00"


def office(site: Site) -> ClockSite:
    """Return a site with two supervisors, at the time of its first verdict."""
    _staff(site)
    return ClockSite(site).at(FAILED_AT)


@prepared
def _staff(site: Site) -> None:
    site.services("admin").roles.add("sup2", (Role.SUPERVISOR,))
    site.services("admin").roles.change("admin", (), (Role.SUPERVISOR,))


@prepared
def failed(office: ClockSite, *, measure: str = "none") -> str:
    """Fail a case for good: a decides, b approves; the notice is released a minute later."""
    case = office.received(FAILED_AT)
    office.run("a", "next")
    office.run("a", "decide", case, "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", measure)
    office.run("b", "check", case, "approve", "--note", "as I see it")
    return case


@prepared
def lapsed(office: ClockSite) -> str:
    """Let a case lapse on 1 December."""
    case = office.received(FAILED_AT)
    office.ask_for_a_seal(FAILED_AT, case, until="2026-11-30")
    office.at("2026-12-01 10:30").run("a", "tick")
    return case


@prepared
def appealed(office: ClockSite, case: str = "", *, at: str = "2026-12-01 10:00") -> str:
    """File an appeal on a failed case."""
    case = case or failed(office)
    office.at(at).run("a", "appeal", case, "--grounds", "We never called them.")
    return case


def decided(office: ClockSite, case: str, outcome: str = "stands", *more: str, login: str = "sup") -> str:
    """Stage a decision on the appeal of a case."""
    office.run(login, "appeal-decide", case, outcome, *more, "--note", "We looked at it again.")
    return case


def show(office: ClockSite, case: str) -> Any:
    """Return what `show` prints of a case."""
    return office.terminal.document("audit", "show", case)


def letters(office: ClockSite, case: str) -> list[str]:
    """Return the kinds of the letters about a case that were not cancelled."""
    found = office.terminal.document("admin", "notices")["notices"]
    return [line["kind"] for line in found if line["case"] == case]
