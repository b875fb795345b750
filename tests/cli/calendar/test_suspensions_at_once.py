"""Suspensions that are processed concurrently, interrupted, or entered while another is processed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.calendar.transactions import after_first_transaction
from tests.clock_site import ClockSite, local
from tests.sites import Site
from workbench.services.time.deadlines import recompute, suspensions
from workbench.services.time.deadlines.suspensions import NewSuspension

ONE, OTHER = "台风", "停电"


class Interrupted(Exception):
    """Stands for a process that stops while it applies a suspension."""


@pytest.fixture
def services(site: Site, monkeypatch: pytest.MonkeyPatch) -> ClockSite:
    monkeypatch.setattr(recompute, "CASES_PER_TRANSACTION", 1)
    return ClockSite(site).at("2026-11-24 10:00")


def stop(begin: str, end: str | None, reason: str) -> NewSuspension:
    return NewSuspension(from_at=local(begin), to_at=None if end is None else local(end), reason=reason)


def letters_sent(services: ClockSite) -> list[tuple[int, str, str]]:
    """Return case, kind and cause of each letter; read directly, because a command would finish interrupted work."""
    with services.site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT case_id, kind, body FROM notice ORDER BY case_id, id")).all()
    return [(row.case_id, row.kind, "".join(one for one in (ONE, OTHER) if one in row.body)) for row in rows]


def break_off() -> None:
    raise Interrupted


def nested(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Pause the first process before its first batch until another has read which letters are due."""
    real = recompute.recompute_open_cases
    held: list[tuple[Any, ...]] = []
    done: list[Any] = []

    def settle(*words: Any) -> Any:
        if not held:
            held.append(words)
            act()
            return done[0]
        if not done:
            done.append(real(*held[0]))
        return real(*words)

    monkeypatch.setattr(suspensions, "recompute_open_cases", settle)


@pytest.mark.parametrize("is_broken", [False, True])
def test_an_unrelated_suspension_is_not_in_the_letter_of_another(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, *, is_broken: bool
) -> None:
    for _case in range(3):
        services.received("2026-11-24 10:00")
    suspending_ = services.site.services("sup").suspending
    later = stop("2027-01-13 09:00", "2027-01-13 18:00", OTHER)
    after_first_transaction(monkeypatch, break_off if is_broken else lambda: suspending_.suspend(later))
    try:
        suspending_.suspend(stop("2026-11-25 09:00", "2026-11-25 18:00", ONE))
    except Interrupted:
        suspending_.suspend(later)

    assert letters_sent(services) == [(case, "delay", ONE) for case in (1, 2, 3)]


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_end_of_two_overlapping_suspensions_is_announced_once(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch, *, is_broken: bool
) -> None:
    for _case in range(3):
        services.received("2026-11-24 10:00")
    sup, other = services.site.services("sup").suspending, services.site.services("a").suspending
    sup.suspend(stop("2026-11-24 11:00", None, ONE))
    services.at("2026-11-24 12:00")
    sup.suspend(stop("2026-11-24 13:00", None, OTHER))
    services.at("2026-11-25 13:00")
    after_first_transaction(monkeypatch, break_off if is_broken else other.finish)
    try:
        sup.resume()
    except Interrupted:
        services.at("2026-11-25 13:01")
        other.finish()

    assert [(case, kind) for case, kind, _cause in letters_sent(services)] == [
        (case, kind) for case in (1, 2, 3) for kind in ("delay", "resumed")
    ]


def test_two_suspensions_entered_at_once_are_both_announced(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.received("2026-11-24 10:00")
    sup = services.site.services("sup").suspending
    nested(monkeypatch, lambda: sup.suspend(stop("2026-11-26 09:00", "2026-11-26 18:00", OTHER)))
    sup.suspend(stop("2026-11-25 09:00", "2026-11-25 18:00", ONE))

    assert OTHER in "".join(cause for _case, _kind, cause in letters_sent(services))
    assert ONE in "".join(cause for _case, _kind, cause in letters_sent(services))


def test_a_suspension_within_another_is_not_announced_after_an_interruption(
    services: ClockSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _case in range(2):
        services.received("2026-11-24 10:00")
    sup, other = services.site.services("sup").suspending, services.site.services("a").suspending
    for end, reason in (("2026-11-25 12:00", OTHER), ("2026-11-25 18:00", ONE)):
        with monkeypatch.context() as patch:
            patch.setattr(suspensions, "recompute_open_cases", lambda *_words: break_off())
            with pytest.raises(Interrupted):
                sup.suspend(stop("2026-11-25 09:00", end, reason))
    after_first_transaction(monkeypatch, break_off)
    with pytest.raises(Interrupted):
        other.finish()
    other.finish()

    assert letters_sent(services) == [(case, "delay", ONE) for case in (1, 2)]
