"""Two whole lives of a case in terminals: rectified, overridden and checked; and failed, appealed and overturned."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.enums import DocumentKind, ImportKind
from tests.cli.framework.terminal import Terminal
from tests.clock_site import local
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site
from tests.terminal.pty_session import PtySession

CASE = "C-000001"
SETTLED_S = 0.8
"""Longer than the time in which a confirming key is refused after a dialog opens."""
F8 = "\x1b[19~"


class Seat(PtySession):
    """A person at the workbench, who presses the next key when the screen has said what to expect."""

    def do(self, keys: str, *patterns: str) -> None:
        """Press keys, and wait for everything that the screen must say then."""
        self.press(keys)
        for pattern in patterns:
            self.wait_for(pattern)

    def go(self, letter: str, *patterns: str) -> None:
        """Go to another screen."""
        self.do("g", "d desk +q queue")
        self.do(letter, *patterns)

    def confirm(self, key: str, *patterns: str) -> None:
        """Confirm what has been on the screen long enough."""
        time.sleep(SETTLED_S)
        self.do(key, *patterns)

    def mark(self, code: str) -> None:
        """Find a reason by its code and mark it."""
        self.do("/", "code, words or pinyin initials|Enter marks the first")
        self.do(code, rf"\[ \] 1 .*{code}")
        self.do("\r", rf"\[x\] 1 .*{code}", "/ changes, Esc clears")


@dataclass
class Office:
    """A site with one complete application, which several people work on in terminals."""

    desk: Desk

    @property
    def terminal(self) -> Terminal:
        """A terminal for commands."""
        return Terminal(self.desk.site)

    def at(self, moment: str) -> None:
        """Set the clock, and do what has come due."""
        self.desk.site.clock.at = local(moment)
        self.terminal.document("admin", "tick")

    def show(self) -> Any:
        """Return what `show` prints of the case."""
        return self.terminal.document("audit", "show", CASE)

    def acts(self) -> list[str]:
        """Return who did what to the case, the oldest first, without the texts of verdicts."""
        history = reversed(self.show()["history"])
        entries = [entry for entry in history if not entry["action"].startswith("verdict-")]
        return [" ".join(filter(None, (entry["who"], entry["action"], entry["text"]))) for entry in entries]

    def letters(self) -> list[tuple[str, bool]]:
        """Return the kind of each letter, and whether it is released, the oldest first."""
        notices = self.terminal.document("sup", "notices", "list", CASE)["notices"]
        return [(line["kind"], line["is_released"]) for line in notices]

    @contextmanager
    def sits_down(self, login: str) -> Iterator[Seat]:
        """Open the workbench for a person in a terminal, at the time of the site."""
        home = self.desk.folder / login
        home.mkdir(exist_ok=True)
        site = self.desk.site
        arguments = [site.clock.at.isoformat(), "--database", str(site.path), "--as", login]
        with Seat(arguments, home, module="tests.terminal.dated_workbench") as seat:
            seat.wait_for(rf"\b{login} · \d+ queued")
            yield seat


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office in which one application with too many calls in an hour is complete."""
    site = Site(tmp_path / "w.db").create()
    desk = Desk(site, tmp_path)
    desk.applications(application(language="en"))
    desk.documents()
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "丁某某"}])
    calls = [
        {"caller": "13800138000", "callee": f"139001390{n:02}", "start_at": f"2026-11-23 10:{n % 60:02}:00"}
        for n in range(80)
    ]
    desk.run(ImportKind.CALLS, [{**call, "duration_s": "40"} for call in calls])
    try:
        yield Office(desk)
    finally:
        site.close()


RECEIVED = ["admin complete documents", "admin evidence cards", "admin evidence calls", "a next"]
"""The acts until a reviewer holds the case."""


@pytest.mark.long(15)
def test_a_case_is_rectified_overridden_and_checked(office: Office) -> None:
    fail_with_three_items(office)
    office.at("2026-11-24 10:30")
    assert office.letters() == [("receipt", True), ("fail", True)]
    office.at("2026-12-02 10:00")
    assert office.letters()[2:] == [("deadline-near", True)]
    resubmit_two_of_three_items(office)
    office.at("2026-12-03 10:00")
    judge_items_and_pass(office)
    office.at("2026-12-03 10:30")
    # The reminder was not sent before the applicant answered.
    assert office.letters()[2:] == []
    approve_the_pass(office)
    assert office.letters()[2:] == [("pass", False)]
    office.at("2026-12-03 10:40")
    assert office.letters()[2:] == [("pass", True)]
    assert office.show()["state"] == "passed"
    assert office.acts() == [
        *RECEIVED,
        "a decide fail fixable ACT-PEAK-HOUR USE-SCRIPT USE-CONSENT",
        *("admin reminded deadline-near", "admin evidence documents 2/3", "a resubmit", "a next"),
        *("a judge ACT-PEAK-HOUR not_fixed", "a judge USE-SCRIPT fixed", "a judge USE-CONSENT fixed"),
        *("a decide pass OK-OVERRIDE", "b check-note I read the script.", "b approve pass"),
    ]


def fail_with_three_items(office: Office) -> None:
    """Fail the case for the found reason and two others, all of which can be rectified."""
    with office.sits_down("a") as seat:
        seat.do("n", f"Desk +{CASE}", "80 calls in the busiest hour")
        seat.do("f", r"\(•\) can be rectified", "no second person needed", r"\[x\] 1 too many calls in an hour")
        seat.mark("USE-SCRIPT")
        seat.mark("USE-CONSENT")
        seat.wait_for(r"plan for the number of calls[\s\S]*▏the call script[\s\S]*▏the source of the list")
        seat.confirm("y", rf"{CASE} failed; notice goes out in \d+ s; u takes it back", "by Thu 3 Dec 18:00")


def resubmit_two_of_three_items(office: Office) -> None:
    """Import two documents that came in time, and record that the applicant has resubmitted."""
    office.desk.site.clock.at = local("2026-12-02 15:00")
    kinds = (DocumentKind.CALL_SCRIPT, DocumentKind.CONSENT_PROOF)
    office.desk.documents(kinds=kinds, received_at="2026-12-02 14:00", content="new")
    assert [item["is_satisfied"] for item in office.show()["items"]] == [False, True, True]
    assert office.show()["state"] == "rectifying"
    assert office.terminal.document("a", "resubmit", CASE)["round"] == 2


def judge_items_and_pass(office: Office) -> None:
    """Judge two items as fixed and one as not fixed on the sheet of changes, and pass the case all the same."""
    with office.sits_down("a") as seat:
        seat.do("n", f"{CASE}: what changed since round 1", r"script · file +received Mon 23 Nov 15:00 +received Wed")
        seat.wait_for(r"80 calls in the busiest hour \(limit 60\) +found in round 1 too")
        seat.do("3", r"1 a plan for the number of calls in an hour +not fixed")
        seat.do("1", r"2 the call script +fixed")
        seat.do("1", r"3 the source of the list, with proof of consent +fixed")
        seat.do("\x1b", r"Was required in round 1 · 2 of 2 received, 1 for the reviewer to judge · the deadline was")
        seat.wait_for("a plan for the number of calls in an hour · not")
        seat.do("p", r"\[x\] 1 passed after a check by hand +OK-OVERRIDE", "a second person checks: a pass against")
        seat.wait_for(r"1 of 3 items of the last round are not judged fixed \(d\): ACT-PEAK-HOUR: not fixed")
        seat.wait_for("A finding blocks this case; to pass it anyway, write an internal note")
        seat.do("t", "F8 confirm +Esc leaves the field")
        seat.do("The new script limits the calls.", "script limits the calls")
        seat.do("\x1b", "y confirm", "a second person decides")
        seat.wait_until_gone("to pass it anyway")
        seat.confirm("y", rf"{CASE} waits for a second person \(a pass against a blocking finding")


def approve_the_pass(office: Office) -> None:
    """Read the reasons and the evidence of the maker, and approve."""
    with office.sits_down("b") as seat:
        seat.wait_for("g c +one verdict to check")
        seat.go("c", rf"{CASE} +passed +by a, Thu 3 Dec", "Needs a check: a pass against a blocking finding")
        seat.wait_for("a approve +r return +Enter open +Esc desk")
        seat.do("\r", "1 Identity", "80 calls in the busiest hour", "Nothing new since the verdict", "Esc back")
        seat.wait_for(r"plan for the number of calls in an hour +not fixed[\s│]+the call script +fixed")
        seat.wait_for(r"For us only[\s│]+The new script limits the calls")
        approve(seat, "I read the script.")


def approve(seat: Seat, note: str) -> None:
    """Approve what is open on the Checks screen, with a note."""
    seat.do("a", f"Approve {CASE}", "A note is required")
    seat.do(note, re.escape(note))
    seat.confirm("\r", f"{CASE} approved. To undo, press u on the desk", "No verdicts are waiting for a check")


@pytest.mark.long(15)
def test_a_final_fail_is_appealed_and_overturned(office: Office) -> None:
    fail_finally_with_a_bar(office)
    office.at("2026-11-25 10:00")
    file_an_appeal(office)
    office.at("2026-11-25 11:00")
    overturn(office)
    office.at("2026-11-25 14:00")
    with office.sits_down("c") as seat:
        seat.go("c", rf"{CASE} +Appeal, overturned, passed +by sup", r"The applicant reads[\s│]+They had agreed")
        seat.do("\r", "1 Identity", r"Grounds[\s│]+We called our own customers")
        approve(seat, "I heard three of the calls.")
    office.at("2026-11-25 14:10")
    shown = office.show()
    assert shown["state"] == "passed"
    assert "it succeeds; the review is passed" in shown["notice"]
    assert office.letters() == [(kind, True) for kind in ("receipt", "fail", "appeal-received", "appeal-decided")]
    owed = office.terminal.document("sup", "measures", "list", "--owed")["measures"]
    assert [(line["case"], line["measure"], line["status"]) for line in owed] == [(CASE, "restore", "owed")]
    assert office.acts() == [
        *RECEIVED,
        *("a decide fail final ACT-PEAK-HOUR", "b check-note I read the records.", "b approve fail bar-out (1)"),
        *("sup measures done bar-out done (1)", "a appeal", "sup appeal-decide overturned passed"),
        *("c check-note I heard three of the calls.", "c approve overturned passed restore (1)"),
    ]


def fail_finally_with_a_bar(office: Office) -> None:
    """Fail the case finally; the number is barred after a second person has approved."""
    with office.sits_down("a") as seat:
        seat.do("n", f"Desk +{CASE}")
        seat.do("f", r"\[x\] 1 too many calls in an hour", "cards +no measure")
        # The same key right after the first is taken for one that is held down.
        seat.confirm("f", r"\(•\) final", "a second person checks: a final fail")
        seat.do("m", "cards +bar outbound")
        seat.confirm("y", rf"{CASE} waits for a second person \(a final fail\)")
    office.at("2026-11-24 10:30")
    with office.sits_down("b") as seat:
        seat.go("c", rf"{CASE} +failed, final, bar outbound +by a", "too many calls in an hour +ACT-PEAK-HOUR")
        seat.do("\r", "1 Identity")
        approve(seat, "I read the records.")
    office.at("2026-11-24 14:00")
    report = office.desk.folder / "done.csv"
    report.write_text("1\n", encoding="utf-8")
    office.terminal.document("sup", "measures", "done", str(report))


def file_an_appeal(office: Office) -> None:
    """Find the failed case in the queue, and file the appeal on it."""
    with office.sits_down("a") as seat:
        seat.go("q", "all open cases")
        seat.do("/", "Enter applies")
        seat.do("state:failed", "state:failed")
        seat.do("\r", rf"{CASE} .*failed +1 ")
        seat.do("\r", "Read only · failed", "x acts .*Esc back", "Outbound barred since Tue 24")
        seat.do("G", f"Appeal against {CASE}", "Grounds of the applicant", "Enter save")
        seat.do("We called our own customers.", "We called our own customers")
        seat.confirm(F8, "Appeal filed; admin decides it. To undo, press u", "Read only · appealed")


def overturn(office: Office) -> None:
    """Decide the appeal as a supervisor who never touched the case."""
    with office.sits_down("sup") as seat:
        seat.wait_for("g a +one appeal to decide")
        seat.go(
            "a", r"final fail, received Wed 25 Nov .*7 working days left", r"Grounds[\s│]+We called our own customers"
        )
        seat.wait_for("d decide +Enter open +Esc desk")
        seat.do("\r", "1 Identity", r"too many calls in an hour +by a, Tue 24 Nov", "d decide +5 appeal +Esc back")
        seat.do("d", f"Decide the appeal of {CASE}", "Choose the decision to see the letter")
        seat.do("2", r"\(•\) 2 overturned: passed", "it succeeds; the review is passed")
        seat.do("t", "F8 confirm +Esc leaves the field")
        seat.do("They had agreed to the calls.", r"Reason: .*\n.*They had agreed to the calls", "we lift the bar")
        seat.do("\x1b", "y confirm +Esc back +a second person checks it")
        seat.confirm("y", f"{CASE} waits for a check of your decision", r"No appeals are open\. *\n *To file one,")
