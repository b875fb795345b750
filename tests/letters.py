"""Writes all letters of a scripted site, from receipt to the last verdict: `python -m tests.letters FOLDER`.

Each language gets a folder with the texts, pages and short messages that `workbench export notices` writes.
"""

import csv
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from db.enums import DocumentKind, ImportKind
from tests.cli.framework.terminal import Terminal
from tests.clock_site import local
from tests.languages import speaking
from tests.services.intake.importing.files import (
    ENTERPRISE_DOCUMENTS,
    INDIVIDUAL_DOCUMENTS,
    PERSON,
    Cells,
    Desk,
    application,
)
from tests.sites import Site

LANGUAGES = ("en", "zh")
FLOODED = {"en": "Our office was flooded.", "zh": "我司办公场所进水。"}
ANSWER = {"en": "The calls went to customers who had agreed.", "zh": "经核实，被叫均为已同意接听的客户。"}
NO_CONSENT = {"en": "No consent of the people called was shown.", "zh": "未能提供被叫用户的授权证明。"}
NEW_RULES = {"en": "The permitted calling hours were changed.", "zh": "允许外呼的时段有调整。"}

OTHER_RULES = (
    ("value = 50_000_000", "value = 500_000_000"),
    ('"USE_STATEMENT", "CALL_SCRIPT", "CONSENT_PROOF",', '"USE_STATEMENT", "CALL_SCRIPT",'),
)
"""Changes of the policy: another limit of the registered capital, and one document less for companies."""
BY_PHONE = {"en": "You asked for this by phone.", "zh": "来电申请延期。"}

SEAL = ("--reason", "DOC-UNSEALED", "--item", "DOC-UNSEALED:BIZ_LICENSE")

COMPANY = {"agent": "虚构渠道"}


@dataclass
class LetterSite:
    """A site whose applicants all read one language."""

    desk: Desk
    language: str

    @property
    def terminal(self) -> Terminal:
        """A terminal on the site."""
        return Terminal(self.desk.site)

    def advance_to(self, moment: str) -> None:
        """Advance the clock to a moment, and run `tick` once a day and at the moment."""
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
        with (folder / "notices.csv").open(encoding="utf-8-sig", newline="") as file:
            numbers = [row["notice"] for row in csv.DictReader(file)]
        report = self.desk.folder / f"{folder.name}.csv"
        sent = f"{self.desk.site.clock.at:%Y-%m-%dT%H:%M:%S%z}"
        report.write_text("\n".join(["notice,sent_at", *(f"{number},{sent}" for number in numbers)]), encoding="utf-8")
        self.terminal.document("admin", "notices", "sent", str(report))

    def change_policy(self, *changes: tuple[str, str]) -> None:
        """Put a changed policy into force, for open cases too."""
        path = self.desk.folder / "policy.toml"
        text = self.terminal.as_person("admin", "policy", "show", "--toml").stdout
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        self.terminal.document("admin", "policy", "apply", str(path), "--open-cases", "--yes")

    def decide(self, number: str, *words: str, login: str = "a") -> None:
        """Take the case of an application and give a verdict."""
        self.run("sup", "assign", number, "--to", login, "--reason", "x")
        self.run(login, "take", number, "--reason", "x")
        self.run(login, "decide", number, *words)


def submit_all(letters: LetterSite) -> None:
    """Import the applications, and the documents of all but the first and the last."""
    companies, persons = (1, 2, 4, 6, 9, 10, 11, 12, 8), (3, 5, 7)
    letters.submit(
        *(application(f"A-{n}", **COMPANY, msisdns=f"13800{130 + n}001;13800{130 + n}002") for n in companies),
        *(application(f"A-{n}", **PERSON, agent="", msisdns=f"13800{130 + n}001") for n in persons),
    )
    for number in companies[1:-1]:
        letters.desk.documents(f"A-{number}", agent=COMPANY["agent"])
    for number in persons:
        letters.desk.documents(f"A-{number}", INDIVIDUAL_DOCUMENTS)
    calls = [
        {"caller": "13800132001", "callee": f"139001390{n:02}", "start_at": f"2026-11-23 10:{n % 60:02}:00"}
        for n in range(80)
    ]
    letters.desk.run(ImportKind.CALLS, [{**call, "duration_s": "40"} for call in calls])


def play_until_first_verdicts(letters: LetterSite) -> None:
    """Play the script that produces each kind of letter.

    A-1 is incomplete, then pending, then failed with a measure, and lapses; A-2 fails finally, is opened again and gets
    a corrected notice; A-3 passes and is reviewed again; A-4 is suspended and late; A-5 is withdrawn; A-6 waits for the
    carrier; A-7 does not answer; A-8 stays incomplete; A-9 fails finally and appeals twice.
    A-10 must verify the identity again, which is waived, and passes with its bar lifted; A-11 lapses although it
    answered in time; A-12 appeals in vain.
    """
    submit_all(letters)
    letters.decide("A-2", "fail", "--final", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-both")
    letters.run("b", "check", "A-2", "approve", "--note", "seen the records")
    letters.decide("A-9", "fail", "--final", "--reason", "USE-CONSENT", "--measure", "bar-both")
    letters.run("b", "check", "A-9", "approve", "--note", "no consent was shown")
    letters.decide("A-3", "pass", "--reason", "OK")
    letters.decide("A-6", "pending", "--reason", "WAIT-CARRIER", "--until", "2026-12-03")
    letters.decide("A-7", "pending", "--reason", "WAIT-APPLICANT", "--item", DocumentKind.AGENT_ID_FRONT.value)
    letters.run("a", "withdraw", "A-5", "--reason", "no longer needed")
    fail_three_cases(letters)
    letters.advance_to("2026-11-24 16:00")
    letters.run("sup", "waive", "A-10", "ID-REVERIFY", "--reason", "seen at the counter")
    letters.terminal.document("sup", "calendar", "suspend", "2026-11-25", "--reason", FLOODED[letters.language])
    letters.advance_to("2026-11-25 15:00")
    letters.terminal.document("sup", "calendar", "resume")
    letters.send()
    play_after_first_verdicts(letters)


def fail_three_cases(letters: LetterSite) -> None:
    """Fail A-10 and A-11, which can rectify, and A-12, which cannot."""
    verify = ("--reason", "ID-REVERIFY", "--item", "ID-REVERIFY")
    letters.decide("A-10", "fail", *verify, *SEAL, "--measure", "bar-both")
    letters.decide("A-11", "fail", *SEAL)
    letters.decide("A-12", "fail", "--final", "--reason", "USE-CONSENT", "--measure", "bar-out")
    letters.run("b", "check", "A-12", "approve", "--note", "no consent was shown")


def import_sealed_licence(letters: LetterSite, number: str) -> None:
    """Import the sealed licence, which arrived in time."""
    wanted, agent = (DocumentKind.BIZ_LICENSE,), COMPANY["agent"]
    letters.desk.documents(number, wanted, content="2", received_at="2026-11-26 09:00", agent=agent)


def play_after_first_verdicts(letters: LetterSite) -> None:
    """Play the script after the first verdicts."""
    letters.advance_to("2026-11-26 10:00")
    letters.run("sup", "reopen", "A-2", "--reason", "the calls of one card are another customer's")
    letters.decide("A-2", "fail", "--reason", "ACT-PEAK-HOUR")
    letters.change_policy(*OTHER_RULES)
    letters.desk.documents("A-1", ENTERPRISE_DOCUMENTS, agent=COMPANY["agent"], received_at="2026-11-26 09:00")
    letters.decide("A-1", "pending", "--reason", "WAIT-APPLICANT", "--item", DocumentKind.BIZ_LICENSE.value)
    import_sealed_licence(letters, "A-10")
    letters.decide("A-10", "pass", "--reason", "OK")
    letters.run("b", "check", "A-10", "approve", "--note", "the seal is there")
    letters.advance_to("2026-11-27 10:00")
    letters.run("a", "answer", "A-1")
    letters.decide("A-1", "fail", *SEAL, "--measure", "bar-out")
    letters.run("sup", "extend", "A-1", "--until", "2026-12-04", "--reason", BY_PHONE[letters.language])
    letters.run("a", "appeal", "A-9", "--grounds", "We called our own customers.")
    letters.advance_to("2026-11-27 11:00")
    letters.run("a", "withdraw", "A-9", "--reason", "They asked by phone.")
    letters.run("a", "appeal", "A-9", "--grounds", "We called our own customers.")
    letters.run("admin", "appeal-decide", "A-9", "overturned", "--note", ANSWER[letters.language])
    letters.run("c", "check", "A-9", "approve", "--note", "as I see it")
    letters.run("a", "appeal", "A-12", "--grounds", "We called our own customers.")
    letters.run("admin", "appeal-decide", "A-12", "stands", "--note", NO_CONSENT[letters.language])
    letters.run("c", "check", "A-12", "approve", "--note", "as I see it")
    letters.send()
    play_after_deadlines(letters)


def play_after_deadlines(letters: LetterSite) -> None:
    """Play the script after the deadlines; a reminder that is not sent before the lapse is cancelled."""
    letters.advance_to("2026-12-03 10:00")
    letters.send()
    letters.advance_to("2026-12-07 10:00")
    import_sealed_licence(letters, "A-11")
    letters.advance_to("2026-12-08 10:00")
    again = ("--filter", "application:A-3", "--reason", NEW_RULES[letters.language])
    letters.terminal.document("admin", "policy", "campaign", *again)


def write_letters(folder: Path) -> None:
    """Write the letters of the site in each language."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as place, speaking(language):
            site = Site(Path(place) / "workbench.db").create()
            try:
                letters = LetterSite(Desk(site, Path(place)), language)
                play_until_first_verdicts(letters)
                words = ("--to", str(folder / language), "--sms", "--reveal", "--reason", "to read them")
                letters.terminal.document("admin", "export", "notices", *words)
            finally:
                site.close()


if __name__ == "__main__":
    write_letters(Path(sys.argv[1]))
