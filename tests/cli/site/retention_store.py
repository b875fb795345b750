"""A site with applications of made-up people, whose names and numbers are drawn, and which retention erases."""

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, String, select, text
from sqlmodel import SQLModel
from stdnum.cn import ric

from db.columns import ERASED
from db.dialect import is_server
from db.enums import ImportKind
from tests import servers
from tests.cli.framework.terminal import Terminal
from tests.policies import amend_policy
from tests.prepared import prepared
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application

SHARED = "13912345678"
"""A number that two applications have."""

_NOT_COMPARED = ("calendar_day", "event", "setting", "erasure", "import_batch", "decision_reason", "rectification_item")

PERIODS = (
    (
        'keep_in_service = ["passed", "failed", "lapsed", "withdrawn"]\n\n[retention.periods]',
        'keep_in_service = []\n\n[retention.periods]\npassed = "90 days"\nwithdrawn = "30 days"',
    ),
)


@dataclass(frozen=True, slots=True)
class Human:
    """A person, drawn at random."""

    name: str
    id_no: str
    phone: str
    said: str

    @property
    def values(self) -> tuple[str, ...]:
        return (self.name, self.id_no, self.phone, self.said)


def drawn(seed: int) -> Human:
    """Return the person of a seed; no two have a value in common."""
    draw = random.Random(seed)
    name = "".join(chr(draw.randrange(0x4E00, 0x9F00)) for _char in range(3))
    born = f"{draw.randrange(1960, 2000)}{draw.randrange(1, 13):02}{draw.randrange(1, 28):02}"
    begin = f"110105{born}{draw.randrange(1000):03}"
    phone = f"137{draw.randrange(10**8):08}"
    return Human(name, begin + ric.calc_check_digit(begin), phone, f"said-{draw.randrange(10**9):09}")


@dataclass
class RetentionSite:
    """A site, the people of its applications A-1, A-2 …, and the commands on it."""

    terminal: Terminal
    desk: Desk
    people: dict[str, Human] = field(default_factory=dict)

    def run(self, login: str, *words: str) -> str:
        result = self.terminal.as_person(login, *words)
        assert result.exit_code == 0, (words, result.output)
        return result.output

    def add(self, number: str, seed: int, *, msisdns: Sequence[str] = ()) -> Human:
        """Import an application of a person with everything that names them."""
        human = self.people[number] = drawn(seed)
        numbers = [human.phone, *msisdns]
        cells = {
            **PERSON,
            "applicant_name": human.name,
            "handler_name": human.name,
            "handler_id_no": human.id_no,
            "contact_phone": human.phone,
            "stated_use": human.said,
            "msisdns": ";".join(numbers),
        }
        self.desk.applications(application(number, **cells))
        self.desk.documents(number, INDIVIDUAL_DOCUMENTS, content=human.said)
        for row in numbers:
            cards = {"application_no": number, "msisdn": row, "actual_user_name": human.name}
            self.desk.run(ImportKind.CARDS, [cards])
        calls = [
            {
                "caller": row,
                "callee": f"021{seed:07}{len(self.people)}",
                "start_at": f"2026-11-20 10:{minute:02}",
                "duration_s": "30",
            }
            for row in numbers
            for minute in range(5)
        ]
        self.desk.run(ImportKind.CALLS, calls)
        opt_out = {"callee": f"021{seed:07}{len(self.people)}", "since": "2026-11-22 10:00", "msisdn": human.phone}
        self.desk.run(ImportKind.OPTOUTS, [opt_out])
        self.desk.run(
            ImportKind.CREDIT,
            [
                {
                    "subject_no": human.id_no,
                    "list": "court",
                    "match": "none",
                    "checked_on": "2026-11-20",
                    "reference": number,
                }
            ],
        )
        self.desk.run(
            ImportKind.COMPLAINTS,
            [{"msisdn": human.phone, "received_at": "2026-11-20 10:00", "source": number, "summary": human.said}],
        )
        return human

    def close(self, number: str) -> int:
        """Let people write about a case, and close it; its letter is sent."""
        case_id, said = self.desk.case(number).id or 0, self.people[number].said
        case = f"C-{case_id}"
        self.run("a", "take", case, "--reason", said)
        self._fail_and_undo(case)
        self.run("a", "comment", case, f"comment {said}")
        self.run("a", "inquire", case, "fraud", "--question", f"question {said}")
        (answer := self.desk.folder / f"answer-{number}.pdf").write_bytes(f"%PDF-1.4 {said}".encode())
        answered = ("confirmed", "--note", f"answer {said}", "--document", str(answer))
        self.run("ver", "inquiries", "answer", f"I-{self.desk.count('inquiry')}", *answered)
        self.run("a", "verify", case, "phone", "--result", f"result {said}")
        self.run("a", "contact", case, "phone", f"contact {said}")
        self.terminal.site.services("b").drafts.save(case_id, {"note": f"draft {said}"})
        documents = self.terminal.site.services("a").documents
        for line in documents.list(case_id):
            documents.record_opening(case_id, line, "shown")
        texts = ("--note", f"note {said}", "--letter", f"letter {said}")
        self.run("a", "decide", case, "pass", "--reason", "OK-OVERRIDE", *texts)
        self.run("c", "check", case, "approve", "--note", f"checked {said}")
        self.terminal.site.clock.advance(minutes=5)
        ids = [
            row[0]
            for row in self.desk.sql(
                "SELECT id FROM notice WHERE case_id = :case AND cancelled_at IS NULL", case=case_id
            )
        ]
        report = self.desk.folder / f"sent-{number}.txt"
        report.write_text("".join(f"{one}\n" for one in ids), encoding="utf-8")
        self.run("sup", "notices", "sent", str(report))
        return case_id

    def _fail_and_undo(self, case: str) -> None:
        """Fail a case with a letter that may be appealed, and undo that, so that the letter is cancelled."""
        self.run("a", "decide", case, "fail", "--final", "--reason", "USE-TRADE", "--measure", "bar-out")
        self.run("c", "check", case, "approve", "--note", "checked")
        self.run("c", "undo", case)
        self.run("c", "check", case, "return", "--note", "look again")
        self.run("a", "take", case, "--reason", "returned")

    def plant(self, case_id: int, said: str) -> None:
        """Give a case a row of each kind that it has not, with a text wherever retention must empty it."""
        with self.terminal.site.tampering() as session:
            session.execute(text('UPDATE "case" SET reopen_for = :said WHERE id = :id'), {"said": said, "id": case_id})
            for table in SQLModel.metadata.sorted_tables:
                key = {"case_id", "rectification_id"}.intersection(table.c.keys())
                of_case = text(f"SELECT count(*) FROM {table.name} WHERE {''.join(key)} = :id")
                if not key or table.name == "erasure" or session.execute(of_case, {"id": case_id}).scalar():
                    continue
                names, values = ", ".join(table.c.keys()), (_planted(column, case_id, said) for column in table.c)
                session.execute(text(f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(values)})"))

    def document(self, login: str, *words: str) -> Any:
        return self.terminal.document(login, *words)

    def faults(self) -> list[str]:
        """Return what `doctor` finds wrong, but for the text of the policy, which the test has changed."""
        lines = json.loads(self.terminal.as_person("admin", "doctor", "--json").stdout)["lines"]
        return [line["text"] for line in lines if line["ok"] is False and "policy version 1" not in line["text"]]

    def later(self, **spans: float) -> None:
        self.terminal.site.clock.advance(**spans)

    def bytes_left(self) -> bytes:
        """Return all that is in the files of the database and its store."""
        return b"\0".join(path.read_bytes() for path in self._files())

    def _files(self) -> Iterator[Path]:
        path = self.terminal.site.path
        yield from (one for one in path.parent.glob(f"{path.name}*") if one.is_file())
        yield from (one for one in Path(f"{path}.store").rglob("*") if one.is_file())
        if is_server(path):
            yield from servers.files_of(path)

    def rows_of_others(self, erased: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of every table that belong to none of some applications, nor to a number of theirs."""
        hashed = self.terminal.site.services("admin").context.store.hashed
        case_ids = {self.desk.case(number).id for number in erased}
        known = {hashed(value) for number in erased for value in self.people[number].values}
        numbers = {value for number in erased for value in self.people[number].values}

        def is_theirs(row: Mapping[str, Any]) -> bool:
            is_case = row.get("case_id") in case_ids or row.get("application_no") in erased
            return is_case or not (known | numbers).isdisjoint(str(value) for value in row.values())

        with self.terminal.site.services("admin").context.read() as session:
            found = {
                table.name: [dict(row) for row in session.execute(select(table)).mappings()]
                for table in SQLModel.metadata.sorted_tables
                if table.name not in _NOT_COMPARED
            }
        return {name: [row for row in rows if not is_theirs(row)] for name, rows in found.items()}


def _planted(column: Column[Any], case_id: int, said: str) -> str:
    """Return a value for a column as SQL."""
    if isinstance(column.type, String):
        return f"'{said}'" if {ERASED, "personal"} & column.info.keys() else "''"
    return "'2026-11-23'" if isinstance(column.type, Date) else str(case_id)


def made(terminal: Terminal, folder: Path, seed: int) -> RetentionSite:
    """Return a site with A-1 and A-2, closed, which share a number, and A-3, which is open."""
    folder.mkdir(exist_ok=True)
    site = RetentionSite(terminal, Desk(terminal.site, folder))
    site.people = _fill(site.desk, terminal, seed)
    return site


@prepared
def _fill(desk: Desk, terminal: Terminal, seed: int) -> dict[str, Human]:
    amend_policy(terminal.site, *PERIODS)
    site = RetentionSite(terminal, desk)
    site.run("admin", "reviewers", "add", "ver", "--role", "verifier", "--department", "fraud")
    site.add("A-1", seed, msisdns=[SHARED])
    site.add("A-2", seed + 1)
    site.add("A-3", seed + 2, msisdns=[SHARED])
    for number in ("A-1", "A-2"):
        site.close(number)
    return site.people
