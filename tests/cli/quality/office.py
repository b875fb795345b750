"""An office in which one person has decided all cases, and the words that say so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from db.enums import Role
from tests import tables
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.services.review.verdict_acts import decide, passing, take
from tests.sites import Site

QUALITY = {"quality_sample", "sampled_decision", "opinion", "adjudication", "golden_answer", "event"}
SAMPLE = ("quality", "sample", "--period", "2026", "--seed", "7")
MAKER, NOTE, LETTER = "wei-decided", "asked him about the seal", "您的申请材料已经逐页看过"
"""Whom and what a person who reads blindly must not see: the maker, the note and the letter."""


def rows(site: Site) -> dict[str, Sequence[Any]]:
    """Return the rows of every table that no quality review may change."""
    return {name: found for name, found in tables.rows(site.path).items() if name not in QUALITY}


@prepared
def pass_all(site: Site, count: int = 36) -> None:
    """Let a pass cases, whose letters are released."""
    site.plant(count)
    for number in range(count):
        case = take(site).header.id
        site.clock.advance(seconds=40 + number)
        decide(site, passing(case))
    site.clock.advance(hours=1)


@prepared
def pass_tellingly(site: Site) -> None:
    """Let a person pass three cases in words that are found again, and let b have the roles that see most."""
    site.services("admin").roles.add(MAKER, (Role.REVIEWER,))
    with site.tampering() as session:
        for role in ("supervisor", "admin"):
            session.execute(text(f"INSERT INTO reviewer_role SELECT id, '{role}' FROM reviewer WHERE login = 'b'"))
    site.plant(3)
    for _number in range(3):
        case = take(site, MAKER).header.id
        site.clock.advance(seconds=50)
        decide(site, passing(case, note=f"{NOTE} {case}", letter=f"{LETTER} {case}"), MAKER)
    site.clock.advance(hours=1)


@prepared
def differ_twice(site: Site) -> None:
    """Let a pass a case twice, and b and then c fail it in a sample of both decisions."""
    pass_all(site, 1)
    site.services("sup").reopening.reopen(1, "a list of punishments")
    decide(site, passing(take(site).header.id))
    site.clock.advance(hours=1)
    terminal = Terminal(site)
    terminal.document("sup", *SAMPLE)
    for login in ("b", "c"):
        terminal.document(login, "quality", "review")
        terminal.document(login, "quality", "review", "fail", "--reason", "USE-TRADE", "--note", f"{login} read it")
