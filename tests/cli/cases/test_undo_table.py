"""Each act that can be undone, in each state: its undo puts the rows of all tables back, and it can be done again."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.cli.appeals.filed_appeals import appealed, decided, failed, lapsed, office
from tests.cli.calendar.test_reminders import fail, tick
from tests.cli.cases.test_rectification import PLAN, verifying
from tests.clock_site import ClockSite
from tests.lifecycle.leftovers import leftovers
from tests.lifecycle.stored import Reader
from tests.sites import Site
from workbench.domain.case.act_words import ACT_WORDS
from workbench.domain.case.lifecycle import Action
from workbench.services.acts.declarations import EXTEND_DEADLINE, UNDOABLE

REASON = ("--reason", "x")
NOTE = ("--note", "x")
FINAL = ("decide", "{case}", "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
WITHDRAW = ("withdraw", "{case}", *REASON)


@pytest.fixture
def services(site: Site) -> Iterator[ClockSite]:
    made = office(site)
    yield made
    assert made.terminal.as_person("audit", "audit", "verify").exit_code == 0


def queued(services: ClockSite) -> str:
    return services.received("2026-11-24 10:00")


def held(services: ClockSite) -> str:
    case = queued(services)
    services.run("a", "next")
    return case


def asked(services: ClockSite) -> str:
    """Let a department be asked about a held case; the result of the case withdraws the question."""
    case = held(services)
    services.run("a", "inquire", case, "fraud", "--question", "x")
    return case


def staged(services: ClockSite) -> str:
    case = held(services)
    services.run("a", *(word.format(case=case) for word in FINAL))
    return case


def pending(services: ClockSite) -> str:
    case = queued(services)
    services.ask("2026-11-24 11:00", case)
    return case


def reminded(services: ClockSite) -> str:
    """Let a case have two items to rectify, with a reminder that is not sent."""
    case = fail(services)
    assert tick(services, "2026-11-30 10:00") == {"reminded": 1}
    return case


def with_one_item_left(services: ClockSite) -> str:
    case = fail(services)
    services.run("sup", "waive", case, "1", *REASON)
    services.at("2026-11-25 10:00")
    return case


def with_hours(services: ClockSite) -> str:
    case = verifying(services, "--item", PLAN)
    services.at("2026-11-24 11:00")
    return case


def passed(services: ClockSite) -> str:
    case = held(services)
    services.run("a", "decide", case, "pass", "--reason", "OK")
    services.at("2026-11-25 10:00")
    return case


def failed_before(services: ClockSite) -> str:
    case = failed(services, measure="bar-out")
    services.at("2026-11-25 10:00")
    return case


def answered_twice(services: ClockSite) -> str:
    """Let a case be passed in its second round, after a bar, and wait for its check."""
    case = held(services)
    services.run("a", "decide", case, "fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
    services.at("2026-11-25 10:00").run("a", "resubmit", case)
    services.run("a", "next")
    services.run("a", "decide", case, "pass", "--reason", "OK-OVERRIDE", *NOTE)
    return case


def lapsed_yesterday(services: ClockSite) -> str:
    case = lapsed(services)
    services.at("2026-12-02 10:00")
    return case


def appeal_answered(services: ClockSite) -> str:
    return decided(services, appealed(services), "overturned")


def lapse_overturned(services: ClockSite) -> str:
    return decided(services, appealed(services, lapsed(services)), "overturned", login="sup2")


RESUBMIT = ("resubmit", "{case}")
CHECKS: list[tuple[str, tuple[str, ...]]] = [
    ("c", ("check", "{case}", "approve", *NOTE)),
    ("c", ("check", "{case}", "return", *NOTE)),
]
DECIDE = ("appeal-decide", "{case}")

TABLE: dict[Callable[[ClockSite], str], list[tuple[str, tuple[str, ...]]]] = {
    queued: [("a", WITHDRAW), ("sup", ("assign", "{case}", "--to", "b", *REASON))],
    held: [
        ("a", ("decide", "{case}", "pass", "--reason", "OK")),
        ("a", ("decide", "{case}", "fail", "--reason", "DOC-UNSEALED", "--item", "BIZ_LICENSE")),
        ("a", ("decide", "{case}", "pending", "--reason", "WAIT-APPLICANT")),
        ("a", FINAL),
        ("a", WITHDRAW),
        ("sup", WITHDRAW),
    ],
    asked: [("a", ("decide", "{case}", "pass", "--reason", "OK")), ("a", FINAL), ("a", WITHDRAW)],
    staged: [*CHECKS, ("b", WITHDRAW)],
    answered_twice: CHECKS,
    pending: [("a", ("answer", "{case}")), ("a", WITHDRAW)],
    reminded: [
        ("sup", ("waive", "{case}", "2", *REASON)),
        ("sup", ("extend", "{case}", "--until", "2026-12-04", *REASON)),
        ("a", RESUBMIT),
        ("a", (*RESUBMIT, "--item", "1")),
        ("a", WITHDRAW),
    ],
    with_one_item_left: [("sup", ("waive", "{case}", "2", *REASON))],
    with_hours: [
        ("sup", ("extend", "{case}", "--until", "2026-12-10", *REASON)),
        ("sup", ("extend", "{case}", "--until", "2026-12-10", "--item", "1", *REASON)),
    ],
    passed: [("sup", ("reopen", "{case}", *REASON))],
    failed_before: [("sup", ("reopen", "{case}", *REASON)), ("a", ("appeal", "{case}", "--grounds", "x"))],
    lapsed: [("a", ("appeal", "{case}", "--grounds", "x")), ("sup", ("reopen", "{case}", *REASON))],
    lapsed_yesterday: [("a", (*RESUBMIT, "--received-at", "2026-11-30 12:00"))],
    appealed: [
        ("sup", (*DECIDE, "stands", *NOTE)),
        ("sup", (*DECIDE, "overturned", "--to", "passed", *NOTE)),
        ("a", WITHDRAW),
    ],
    appeal_answered: [*CHECKS, ("a", WITHDRAW)],
    lapse_overturned: [("b", ("check", "{case}", "approve", *NOTE))],
}
"""The acts that can be undone, by the preparation of a case in the state that they need."""


def action_of(act: Sequence[str]) -> Action:
    """Return the action of a command."""
    return Action(act[2] if act[0] == "check" else act[0])


def test_every_act_that_can_be_undone_is_in_the_table() -> None:
    # The command that extends a due date extends a deadline too, which is the act that can be undone.
    names = {name.replace(EXTEND_DEADLINE, Action.EXTEND) for name in UNDOABLE}
    missing = names - {action_of(act) for acts in TABLE.values() for _login, act in acts}

    assert not missing, (
        f"Add {', '.join(missing)} to TABLE in this module, with a case in each kind of state: only there is a column"
        " noticed that RESTORED_COLUMNS in db/dialects/journal.py lacks, or a letter that leaves too early."
    )


@pytest.mark.parametrize("prepare", TABLE)
def test_an_undo_puts_everything_back_and_the_act_can_be_done_again(
    services: ClockSite, prepare: Callable[[ClockSite], str]
) -> None:
    case = prepare(services)
    reader, clock = Reader(services.site.path), services.site.clock
    before, steps, at = reader.stored(), services.clock(case), clock.at
    written = set(before.notices)
    acts = [(login, [word.format(case=case) for word in words]) for login, words in TABLE[prepare]]
    for login, act in acts:
        services.run(login, *act)
        after = reader.stored()
        assert after != before
        letters = [row for number, row in after.notices.items() if number not in written]
        unnamed = {row["kind"] for row in letters} - {*ACT_WORDS[action_of(act)].letters.split(",")}
        assert not unnamed, f"Add {unnamed} to the letters of {act[0]} in workbench/domain/case/act_words.py."
        assert all(row["release_at"] > clock.at for row in letters), "a letter leaves before the undo ends"
        written |= after.notices.keys()
        clock.advance(seconds=20)
        offered = services.site.services(login).undo.last()
        assert offered is not None, act
        assert offered.case_id == int(case[2:]), act
        services.run(login, "undo", case)
        assert leftovers(before, reader.stored(), int(case[2:])) == [], act
        clock.at = at
    assert services.clock(case) == steps
    services.run(acts[0][0], *acts[0][1])
    reader.close()
