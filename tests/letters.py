"""Writes the letters of a scripted office, from receipt to the last verdict: `python -m tests.letters FOLDER`.

Each language gets a folder with the texts, pages and short messages that `workbench export notices` writes.
"""

import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from db.enums import DocumentKind, ImportKind
from tests.cli.framework.terminal import Terminal
from tests.languages import speaking
from tests.offices import Site
from tests.promises import local
from tests.services.importing.files import (
    ENTERPRISE_DOCUMENTS,
    INDIVIDUAL_DOCUMENTS,
    PERSON,
    Cells,
    Desk,
    application,
)

LANGUAGES = ("en", "zh")
FLOODED = {"en": "Our office was flooded.", "zh": "我司办公场所进水。"}
BY_PHONE = {"en": "You asked for this by phone.", "zh": "来电申请延期。"}

COMPANY = {"agent": "虚构渠道"}


@dataclass
class Office:
    """A site whose applicants all read one language."""

    desk: Desk
    language: str

    @property
    def terminal(self) -> Terminal:
        """A terminal on the site."""
        return Terminal(self.desk.site)

    def at(self, moment: str) -> None:
        """Go on to a moment; once a day, and at the moment, do what has come due."""
        clock = self.desk.site.clock
        while clock.at < local(moment):
            clock.at = min(clock.at + timedelta(days=1), local(moment))
            self.terminal.document("admin", "tick")

    def submit(self, *rows: Cells) -> None:
        """Import applications, and the actual user of each number."""
        self.desk.applications(*({**row, "language": self.language} for row in rows))
        cards = [
            {
                **{name: row[name] for name in ("agent", "application_no")},
                "msisdn": msisdn,
                "actual_user_name": "丁某某",
            }
            for row in rows
            for msisdn in row["msisdns"].split(";")
        ]
        self.desk.run(ImportKind.CARDS, cards)

    def run(self, login: str, command: str, number: str, *words: str) -> None:
        """Run a command on the case of an application."""
        self.terminal.document(login, command, f"C-{self.desk.case(number).id:06}", *words)

    def send(self) -> None:
        """Export the released letters, and mark them as sent."""
        folder = self.desk.folder / f"sent-{self.desk.site.clock.at:%m%d}"
        self.terminal.document("admin", "export", "notices", "--to", str(folder))
        self.terminal.document("admin", "notices", "sent", str(folder / "notices.csv"))

    def decide(self, number: str, *words: str, login: str = "a") -> None:
        """Take the case of an application and give a verdict."""
        self.run("sup", "assign", number, "--to", login, "--reason", "x")
        self.terminal.document(login, "next")
        self.run(login, "decide", number, *words)


def submit_all(office: Office) -> None:
    """Import the applications, and the documents of all but the first and the last."""
    companies, persons = (1, 2, 4, 6, 8), (3, 5, 7)
    office.submit(
        *(application(f"A-{n}", **COMPANY, msisdns=f"1380013{n}001;1380013{n}002") for n in companies),
        *(application(f"A-{n}", **PERSON, agent="", msisdns=f"1380013{n}001") for n in persons),
    )
    for number in companies[1:-1]:
        office.desk.documents(f"A-{number}", agent=COMPANY["agent"])
    for number in persons:
        office.desk.documents(f"A-{number}", INDIVIDUAL_DOCUMENTS)
    calls = [
        {"caller": "13800132001", "callee": f"139001390{n:02}", "start_at": f"2026-11-23 10:{n % 60:02}:00"}
        for n in range(80)
    ]
    office.desk.run(ImportKind.CALLS, [{**call, "duration_s": "40"} for call in calls])


def live(office: Office) -> None:
    """Bring about each kind of letter.

    A-1 is incomplete, then pending, then failed with a measure, and lapses, until a licence is imported that had been
    received in time; A-2 fails finally; A-3 passes; A-4 is suspended and late; A-5 is withdrawn; A-6 waits for the
    carrier; A-7 does not answer, and then must verify an identity again; A-8 stays incomplete.
    """
    submit_all(office)
    office.decide("A-2", "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-both")
    office.run("b", "check", "A-2", "approve", "--note", "seen the records")
    office.decide("A-3", "pass", "--reason", "OK")
    office.decide("A-6", "pending", "--reason", "WAIT-CARRIER", "--until", "2026-12-03")
    office.decide("A-7", "pending", "--reason", "WAIT-APPLICANT", "--item", DocumentKind.AGENT_ID_FRONT.value)
    office.run("a", "withdraw", "A-5", "--reason", "no longer needed")
    office.at("2026-11-24 16:00")
    office.terminal.document("sup", "calendar", "suspend", "2026-11-25", "--reason", FLOODED[office.language])
    office.at("2026-11-25 15:00")
    office.terminal.document("sup", "calendar", "resume")
    office.send()

    office.at("2026-11-26 10:00")
    office.desk.documents("A-1", ENTERPRISE_DOCUMENTS, agent=COMPANY["agent"], received_at="2026-11-26 09:00")
    office.decide("A-1", "pending", "--reason", "WAIT-APPLICANT", "--item", DocumentKind.BIZ_LICENSE.value)
    office.at("2026-11-27 10:00")
    office.run("a", "answer", "A-1")
    seal = ("--reason", "DOC-UNSEALED", "--item", "DOC-UNSEALED:BIZ_LICENSE")
    office.decide("A-1", "fail", *seal, "--measure", "bar-out")
    office.run("sup", "extend", "A-1", "--until", "2026-12-04", "--reason", BY_PHONE[office.language])
    office.at("2026-12-08 10:00")
    items = ("--item", "ID-REVERIFY", "--item", "ACT-PEAK-HOUR")
    office.decide("A-7", "fail", "--reason", "ID-REVERIFY", "--reason", "ACT-PEAK-HOUR", *items, login="c")
    moved = ("--item", "ID-REVERIFY", "--until", "2026-12-10", "--reason", BY_PHONE[office.language])
    office.run("sup", "extend", "A-7", *moved)
    office.run("sup", "waive", "A-7", "ACT-PEAK-HOUR", "--reason", "seen by phone")
    licence = {"agent": COMPANY["agent"], "content": "2", "received_at": "2026-12-04 17:00"}
    office.desk.documents("A-1", (DocumentKind.BIZ_LICENSE,), **licence)
    office.at("2026-12-08 10:05")


def write_letters(folder: Path) -> None:
    """Write the letters of the office in each language."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as place, speaking(language):
            site = Site(Path(place) / "workbench.db").create()
            try:
                office = Office(Desk(site, Path(place)), language)
                live(office)
                words = ("--to", str(folder / language), "--sms", "--reveal", "--reason", "to read them")
                office.terminal.document("admin", "export", "notices", *words)
            finally:
                site.close()


if __name__ == "__main__":
    write_letters(Path(sys.argv[1]))
