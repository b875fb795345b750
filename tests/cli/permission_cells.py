"""Every cell of the table of permissions: a case in a state, a person with one role, and the command of an act."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from db.enums import CaseState, Role
from tests.cli.framework.terminal import Terminal
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application
from tests.sites import TUESDAY, ManualClock, Site, copy_office
from workbench.domain.case.lifecycle import PERMISSIONS, Action

S, R, A = CaseState, Role, Action

CASE = "C-000001"
PERSON: dict[Role, str] = {
    R.REVIEWER: "b",
    R.SUPERVISOR: "sup",
    R.ADMIN: "keeper",
    R.AUDITOR: "audit",
    R.VERIFIER: "ver",
}
"""The person who acts for each role; each has this role only."""

MAKER, CHECKER = "a", "c"
"""The people who bring a case into a state for somebody else."""

_FINAL = ("decide", CASE, "fail", "--final", "--reason", "ID-RIC")
_OVERRIDE = ("decide", CASE, "pass", "--reason", "OK-OVERRIDE", "--note", "test")
_FIXABLE = ("decide", CASE, "fail", "--reason", "ID-NAME", "--item", "ID-NAME")
_WAIT = ("decide", CASE, "pending", "--reason", "WAIT-APPLICANT")

COMMANDS: dict[Action, tuple[str, ...]] = {
    A.NEXT: ("next",),
    A.TAKE: ("take", CASE, "--reason", "test"),
    A.RELEASE: ("release", CASE),
    A.SKIP: ("skip", CASE, "--reason", "test"),
    A.ASIDE: ("aside", CASE),
    A.DECIDE: _WAIT,
    A.UNDO: ("undo", CASE),
    A.APPROVE: ("check", CASE, "approve", "--note", "test"),
    A.RETURN: ("check", CASE, "return", "--note", "test"),
    A.COMMENT: ("comment", CASE, "test"),
    A.VERIFY: ("verify", CASE, "phone", "--result", "test"),
    A.INQUIRE: ("inquire", CASE, "fraud", "--question", "test"),
    A.INQUIRY_ANSWER: ("inquiries", "answer", "I-000001", "confirmed", "--note", "test"),
    A.INQUIRY_WITHDRAW: ("inquiries", "withdraw", "I-000001", "--reason", "test"),
    A.CHECKLIST: ("checklist", CASE, "NAMES-EQUAL", "yes"),
    A.REVEAL: ("show", CASE, "--reveal"),
    A.DOCUMENTS: ("documents", CASE, "--to", "{folder}"),
    A.ASSIGN: ("assign", CASE, "--to", CHECKER, "--reason", "test"),
    A.ANSWER: ("answer", CASE),
    A.RESUBMIT: ("resubmit", CASE, "--received-at", TUESDAY.isoformat()),
    A.WITHDRAW: ("withdraw", CASE, "--reason", "test"),
    A.EXTEND: ("extend", CASE, "--until", "{day}", "--reason", "test"),
    A.CLASS: ("class", CASE, "expedited", "--reason", "test"),
    A.PRIORITY: ("priority", CASE, "low", "--reason", "test"),
    A.SUSPEND: ("calendar", "suspend", "{day}", "--reason", "test"),
    A.RESUME: ("calendar", "resume", "1"),
    A.FORECAST: ("forecast", CASE),
    A.WAIVE: ("waive", CASE, "ID-NAME", "--reason", "test"),
    A.JUDGE: ("judge", CASE, "1", "fixed"),
    A.CONTACT: ("contact", CASE, "phone", "test"),
    A.REOPEN: ("reopen", CASE, "--reason", "test"),
    A.APPEAL: ("appeal", CASE, "--grounds", "test"),
    A.APPEAL_DECIDE: ("appeal-decide", CASE, "stands", "--note", "test"),
    A.DOSSIER: ("dossier", CASE, "--output", "{folder}"),
    A.LEGAL_HOLD: ("hold", CASE, "--reason", "test"),
    A.LEGAL_HOLD_END: ("unhold", CASE, "--reason", "test"),
}

NOT_ONES_OWN = frozenset({A.APPROVE, A.RETURN, A.REOPEN, A.APPEAL_DECIDE})
"""The acts that whoever decided the case may not do."""

OF_NO_CASE = frozenset({A.NEXT, A.SUSPEND, A.RESUME})
"""The acts whose commands name no case, so that no state refuses them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table."""

    action: Action
    state: CaseState
    role: Role

    @property
    def is_allowed(self) -> bool:
        """Whether the table allows it; the person holds a case in review."""
        return self.role in PERMISSIONS[self.action].roles and self.state in PERMISSIONS[self.action].states

    def __str__(self) -> str:
        return f"{self.action}-{self.state}-{self.role}"


_ON_AN_INQUIRY = (A.INQUIRY_ANSWER, A.INQUIRY_WITHDRAW)
CELLS = [
    Cell(action, state, role)
    for state in S
    for role in R
    for action in A
    # Nobody can ask about an incomplete case.
    if action not in _ON_AN_INQUIRY or state is not S.INCOMPLETE
]


Run = Callable[..., None]
Bringing = Callable[[Run, Site, str], None]
"""Brings a case into a state, as the last act of a person."""


@dataclass
class Cases:
    """One prepared database for each state, each way into it, and the person who brought its case into it."""

    folder: Path
    made: dict[tuple[CaseState, str, Bringing], Site] = field(default_factory=dict)

    def of(self, cell: Cell) -> Terminal:
        """Return a terminal on a fresh copy of the database of a cell."""
        person = PERSON[cell.role]
        is_by_person = cell.role in {R.REVIEWER, R.SUPERVISOR} and cell.action not in NOT_ONES_OWN
        by = person if is_by_person else MAKER
        bring = _FOR_AN_ACT.get((cell.action, cell.state), _INTO[cell.state])
        key = (cell.state, by, bring)
        if key not in self.made:
            self.made[key] = self._make(cell.state, by, bring)
        original = self.made[key]
        place = self.folder / "copy"
        shutil.rmtree(place, ignore_errors=True)
        copy_office(original.path.parent, place)
        return Terminal(Site(place / original.path.name, ManualClock(original.clock.at)))

    def _make(self, state: CaseState, by: str, bring: Bringing) -> Site:
        folder = self.folder / f"{len(self.made)}"
        (folder / "files").mkdir(parents=True)
        site = Site(folder / "w.db").create()
        site.services("admin").roles.add(PERSON[R.VERIFIER], (R.VERIFIER,), "fraud")
        site.services("admin").roles.add(PERSON[R.ADMIN], (R.ADMIN,))
        run = partial(_run, Terminal(site))
        run("sup", "calendar", "suspend", "2026-12-28 09:00", "--reason", "test")
        desk = Desk(site, folder / "files")
        desk.applications(application())
        desk.documents(kinds=ENTERPRISE_DOCUMENTS[:2] if state is S.INCOMPLETE else ENTERPRISE_DOCUMENTS)
        bring(run, site, by)
        assert site.state(1) == state, site.actions(1)
        site.close()
        shutil.rmtree(folder / "files")
        return site


def _run(terminal: Terminal, login: str, *words: str) -> None:
    result = terminal.as_person(login, *words)
    assert result.exit_code == 0, (words, result.output)


def _queued(run: Run, _site: Site, by: str) -> None:
    run(by, "next")
    run(by, *_WAIT)
    run(by, "answer", CASE)


def _held(run: Run, _site: Site, by: str, *decision: str) -> None:
    run(by, "next")
    if decision:
        run(by, *decision)


def _checked(run: Run, site: Site, by: str, decision: tuple[str, ...]) -> None:
    _held(run, site, CHECKER, *decision)
    run(by, "check", CASE, "approve", "--note", "test")


def _returned(run: Run, site: Site, by: str) -> None:
    """The check that returned the case can be undone by its checker; nobody can undo taking a case."""
    _held(run, site, CHECKER, *_FINAL)
    run(by, "check", CASE, "return", "--note", "test")


def _lapsed(run: Run, site: Site, by: str) -> None:
    _held(run, site, by, *_FIXABLE)
    site.clock.advance(days=25)
    run(by, "tick")


def _appealed(run: Run, site: Site, by: str) -> None:
    _checked(run, site, by, _FINAL)
    site.clock.advance(days=2)
    run(by, *COMMANDS[A.APPEAL])


def _resubmitted(run: Run, site: Site, by: str) -> None:
    """There are items to judge."""
    _held(run, site, by, *_FIXABLE)
    run(by, "resubmit", CASE)
    run(by, "next")


def _lapsed_again(run: Run, site: Site, by: str) -> None:
    """The withdrawal of the appeal can be undone; nobody can undo what the time did."""
    _lapsed(run, site, by)
    run(by, *COMMANDS[A.APPEAL])
    run(by, "withdraw", CASE, "--reason", "test")


def _withdrawn(run: Run, _site: Site, by: str) -> None:
    run(by, "withdraw", CASE, "--reason", "test")


_INTO: dict[CaseState, Bringing] = {
    S.INCOMPLETE: lambda _run, _site, _by: None,
    S.QUEUED: _queued,
    S.IN_REVIEW: _held,
    S.AWAITING_CHECK: lambda run, site, by: _held(run, site, by, *_FINAL),
    S.PENDING: lambda run, site, by: _held(run, site, by, *_WAIT),
    S.RECTIFYING: lambda run, site, by: _held(run, site, by, *_FIXABLE),
    S.PASSED: lambda run, site, by: _checked(run, site, by, _OVERRIDE),
    S.FAILED: lambda run, site, by: _checked(run, site, by, _FINAL),
    S.LAPSED: _lapsed,
    S.APPEALED: _appealed,
    S.WITHDRAWN: _withdrawn,
}


def _on_hold(into: Bringing, run: Run, site: Site, by: str) -> None:
    into(run, site, by)
    run("sup", *COMMANDS[A.LEGAL_HOLD])


def _asked(into: Bringing, run: Run, site: Site, by: str) -> None:
    """Ask before the case may get its result, which ends the inquiry; an appeal comes after a result."""
    if into is not _appealed:
        run("c", *COMMANDS[A.INQUIRE])
    into(run, site, by)
    if into is _appealed:
        run("c", *COMMANDS[A.INQUIRE])


_FOR_AN_ACT: dict[tuple[Action, CaseState], Bringing] = {
    (A.UNDO, S.IN_REVIEW): _returned,
    (A.UNDO, S.LAPSED): _lapsed_again,
    (A.JUDGE, S.IN_REVIEW): _resubmitted,
    **{(act, state): partial(_asked, into) for act in _ON_AN_INQUIRY for state, into in _INTO.items()},
    **{(A.LEGAL_HOLD_END, state): partial(_on_hold, into) for state, into in _INTO.items()},
}
"""Other ways into a state, for acts that need more than the state."""
