"""Who only answers inquiries is refused every other command, and each attempt is logged."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import text

from db.dialect import is_server
from db.enums import Role
from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from tests.sites import ManualClock, Site
from workbench.cli.app import build_app
from workbench.errors import ExitCode, NotAllowed
from workbench.wording.case.history import detail_words

ELSEWHERE = {
    *("demo", "init", "restore", "settings", "template", "policy check", "policy diff", "forecast backtest"),
    *("maps list", "maps show", "maps accept", "doctor", "manual", "migrate"),
}
"""The commands that only read or make files, name their database themselves, or examine it for whoever can open it."""

_VALUES = {"CASE": "C-000001", "INQUIRY": "I-000001", "LOGIN": "a", "BATCH": "B-000001", "REQUEST": "R-000001"}
_DAY = "2026-12-14"
_WORDS = {
    "import": "cards {folder}/file.csv",
    "export": "events --output {folder}/events.csv",
    "assign": "C-000001 --to a --reason x",
    "class": "C-000001 expedited --reason x",
    "priority": "C-000001 low --reason x",
    "calendar set": f"{_DAY} off --reason x",
    "retention apply": "--reason x",
    "reviewers role": "ver --add admin",
}
"""The arguments of commands whose least arguments depend on one another."""


def _commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(build_app(lambda *_arguments: 0, ManualClock()))
    return dict(_commands(root))


def _value(parameter: Any, file: Path) -> str:
    kind, metavar = parameter.type_descriptor.annotation, parameter.metavar or parameter.name.upper()
    if "|" in metavar:
        return str(metavar.split("|")[0])
    if metavar in _VALUES:
        return _VALUES[metavar]
    return str(file) if "Path" in str(kind) else "1" if kind is int else _DAY


def words_of(command: Any, file: Path) -> list[str]:
    """Return the least arguments with which a command can be run."""
    words = []
    for parameter in command.params:
        if parameter.required:
            value = _value(parameter, file)
            words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return words


@pytest.fixture
def office(site: Site) -> Site:
    site.plant(2)
    site.services("admin").roles.add("ver", (Role.VERIFIER,), "fraud")
    site.services("a").inquiries.inquire(1, "fraud", "Is the number known?")
    site.services("a").inquiries.inquire(1, "numbers", "Is the number ours?")
    return site


def refusals(site: Site) -> list[str]:
    with site.services("admin").context.read() as session:
        logged = text("SELECT action FROM event WHERE actor_login = 'ver' AND is_refused = 1 ORDER BY seq")
        return list(session.execute(logged).scalars())


def test_a_verifier_is_refused_every_other_command_and_each_attempt_is_logged(office: Site, tmp_path: Path) -> None:
    file, terminal = tmp_path / "file.csv", Terminal(office)
    file.write_text("a")
    refused_commands = []
    for name, command in commands().items():
        is_elsewhere = name in ELSEWHERE or (name == "backup" and is_server(office.path))
        if is_elsewhere or (name.startswith("inquiries") and name != "inquiries withdraw"):
            continue
        before = len(refusals(office))
        words = _WORDS[name].format(folder=tmp_path).split() if name in _WORDS else words_of(command, file)
        result = terminal.as_person("ver", *name.split(), *words)

        assert (name, result.exit_code) == (name, ExitCode.NOT_ALLOWED), result.output
        assert (name, len(refusals(office))) == (name, before + 1)
        refused_commands.append(name)

    assert len(refused_commands) > 60


def test_no_other_service_answers_a_verifier_and_each_attempt_is_logged(office: Site) -> None:
    services = office.services("ver")
    reads: tuple[Callable[[], object], ...] = (
        services.queue.counts,
        lambda: services.casefiles.show(1),
        lambda: services.casefiles.reveal(1, "handler_name"),
        lambda: services.documents.list(1),
        services.people.list,
        services.ticking.tick,
        services.boards.read,
        lambda: services.drafts.save(1, {}),
    )
    for number, read in enumerate(reads, start=1):
        with pytest.raises(NotAllowed):
            read()
        assert len(refusals(office)) == number


def test_a_verifier_lists_and_answers_the_inquiries_of_the_own_department(office: Site, tmp_path: Path) -> None:
    terminal, file = Terminal(office), tmp_path / "list.pdf"
    file.write_bytes(b"%PDF-1.4 list")
    [shown] = terminal.document("ver", "inquiries")["inquiries"]
    assert (shown["inquiry"], shown["case"], shown["status"], shown["asked_by"]) == (
        "I-000001",
        "C-000001",
        "open",
        "a",
    )
    assert {field["name"] for field in shown["fields"]} >= {"handler_name", "handler_id_no"}
    assert "11010119900101001X" not in str(shown)

    answer = ("inquiries", "answer", "i-1", "contradicted", "--note", "unknown here", "--document", str(file))
    answered = terminal.document("ver", *answer)

    assert (answered["outcome"], answered["ended_by"], answered["has_document"]) == ("contradicted", "ver", True)
    assert "fields" not in answered
    sentence = refused(terminal.as_person("ver", *answer[:-2]), ExitCode.NOT_ALLOWED)
    assert "I-000001 is answered" in sentence
    assert "contradicted" in terminal.as_person("a", "inquiries", "C-000001").stdout


def test_the_inquiries_of_a_case_are_told_with_names_and_answers(office: Site) -> None:
    terminal = Terminal(office)
    terminal.as_person("ver", "inquiries", "answer", "i-1", "contradicted", "--note", "unknown here")

    answered = (
        "I-000001, Anti-fraud and risk control: “Is the number known?” contradicted, Tue 24 Nov 10:00: unknown here"
    )
    waiting = "I-000002, Number management: “Is the number ours?” not answered yet, due Fri 27 Nov 18:00"
    for command in ("show", "explain"):
        assert {answered, waiting} <= set(terminal.as_person("a", command, "C-000001").stdout.splitlines())


def test_the_history_names_the_department_in_the_language_of_the_reader(office: Site) -> None:
    office.clock.advance(days=1, hours=5)
    office.services("a").ticking.tick()
    for language, name in (("en", "Anti-fraud and risk control"), ("zh", "反诈风控部")):
        with speaking(language):
            case = office.services("a").casefiles.show(1)
            details = {line.action: detail_words(line, case) for line in case.history if line.facts.get("inquiry") == 1}

        assert set(details) == {"inquire", "inquiry-reminded"}
        assert all(words.endswith(name) and "fraud" not in words.split() for words in details.values())


def test_a_reviewer_asks_and_withdraws_by_commands(office: Site) -> None:
    terminal = Terminal(office)

    asked = terminal.document("a", "inquire", "C-000002", "渠道管理部", "--question", "Whose agent?", "--until", _DAY)
    assert terminal.document("a", "show", "C-000002")["inquiries"] == [asked]
    withdrawn = terminal.document("b", "inquiries", "withdraw", asked["inquiry"], "--reason", "known now")

    assert (asked["department"], asked["due_at"], asked["status"]) == ("channel", f"{_DAY}T18:00:00+08:00", "open")
    assert (withdrawn["status"], withdrawn["ended_by"], withdrawn["note"]) == ("withdrawn", "b", "known now")
    assert (
        terminal.as_person("a", "inquiries", "answer", "I-000001", "confirmed", "--note", "x").exit_code
        == ExitCode.NOT_ALLOWED
    )


_WRONG: tuple[tuple[tuple[str, ...], ExitCode], ...] = (
    (("inquire", "C-000001", "legal", "--question", "x"), ExitCode.NO_INPUT),
    (("inquire", "C-000099", "fraud", "--question", "x"), ExitCode.NO_INPUT),
    (("inquire", "C-000001", "fraud", "--question", "x"), ExitCode.NOT_ALLOWED),
    (("inquire", "C-000002", "fraud", "--question", " "), ExitCode.USAGE),
    (("inquire", "C-000002", "fraud", "--question", "x", "--until", "2026-11-01"), ExitCode.USAGE),
    (("inquiries", "withdraw", "I-000009", "--reason", "x"), ExitCode.NO_INPUT),
    (("inquiries", "withdraw", "X-1", "--reason", "x"), ExitCode.NO_INPUT),
)


def test_what_cannot_be_asked_is_refused_with_its_code(office: Site) -> None:
    for words, code in _WRONG:
        refused(Terminal(office).as_person("a", *words), code)
