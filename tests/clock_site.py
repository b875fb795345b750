"""A site on which a test plants cases at given times and reads their clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import CaseState
from db.models import CaseRow
from tests.cli.framework.terminal import Terminal
from tests.prepared import prepared
from tests.sites import Site
from workbench.domain.case.case_id import format_case, parse_case
from workbench.services.clock.case_clocks import update_due_date

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    """Parse a time in Shanghai, such as `2026-11-24 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class ClockSite:
    """A site whose clock the test sets."""

    site: Site

    @property
    def terminal(self) -> Terminal:
        """A terminal on the site."""
        return Terminal(self.site)

    def at(self, text: str) -> "ClockSite":
        """Set the clock."""
        self.site.clock.at = local(text)
        return self

    def received(self, text: str, service_class: str = "standard", *, complete_at: str = "") -> str:
        """Plant one queued case that was received, and complete, at a time, and return its number."""
        [case_id] = self.site.plant(1)
        context = self.site.services("admin").context
        with context.write() as session:
            case = session.get_one(CaseRow, case_id)
            case.received_at, case.complete_at = local(text), local(complete_at or text)
            case.service_class = service_class
            update_due_date(session, context, case)
        return format_case(case_id)

    def clock(self, case: str) -> Any:
        """Return what `workbench clock` prints, and check that the stored due date is the same; `show` prints that."""
        found = self.terminal.document("a", "clock", case)
        with self.site.services("admin").context.read() as session:
            stored = session.get_one(CaseRow, parse_case(case)).due_at
        assert stored == (found["due_at"] and datetime.fromisoformat(found["due_at"]))
        return found

    def due(self, case: str) -> str:
        """Return the due date that `workbench clock` prints, as `2026-11-24 10:00`."""
        found = datetime.fromisoformat(self.clock(case)["due_at"])
        assert found.utcoffset() == SHANGHAI.utcoffset(found.replace(tzinfo=None))
        shown = found.replace(tzinfo=None).isoformat(" ")
        return shown.removesuffix(":00")

    def run(self, login: str, *words: str) -> None:
        """Run a command that must succeed."""
        result = self.terminal.as_person(login, *words)
        assert result.exit_code == 0, result.output

    @prepared
    def ask(self, at: str, case: str) -> None:
        """Take the next case and set it to pending for its applicant."""
        self.at(at).run("a", "next")
        self.run("a", "decide", case, "pending", "--reason", "WAIT-APPLICANT")

    @prepared
    def ask_for_a_seal(self, at: str, case: str, *, until: str = "") -> None:
        """Take the next case and fail it, with one item to rectify by a day."""
        self.at(at).run("a", "next")
        deadline = ("--until", until) if until else ()
        item = ("--item", "DOC-UNSEALED:BIZ_LICENSE")
        self.run("a", "decide", case, "fail", "--reason", "DOC-UNSEALED", *item, *deadline)

    def answer(self, at: str, case: str) -> None:
        """Record the applicant's answer."""
        self.at(at).run("a", "answer", case)

    def log(self, at: str, case: str, action: str, state: CaseState) -> None:
        """Put a case into a state by an action that no command performs."""
        context = self.at(at).site.services("sup").context
        with context.write() as session:
            row = session.get_one(CaseRow, parse_case(case))
            row.state = state.value
            context.log(session, action, case_id=row.id, state=state)
            update_due_date(session, context, row)
