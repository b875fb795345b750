"""The promises of the program and the tests that prove them: `python -m tests.promises` prints the table.

A test proves a promise if it fails when the promise is broken. It has the mark `@pytest.mark.promise("P1", …)`; a
whole module has it in `pytestmark`. The marks are read from the source, so nothing is collected or run.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent

PROMISES = {
    # To everybody who works with the program.
    "P1": "A verdict that was acknowledged survives a kill, a power cut and a full disk.",
    "P2": "An import, a verdict with its rectification and any other act is stored as a whole or not at all.",
    "P3": "At most one reviewer holds a case, and a verdict needs the current hold.",
    "P4": "Nobody waits for an absent person: no transaction waits for a key, and a hold ends by itself.",
    "P5": "Each change has an event in its own transaction, with the person, the time and the act.",
    "P6": "A changed log or row is found; a log rewritten as a whole is found with an anchor kept elsewhere.",
    "P7": "Imported text is inert on a terminal, as markup and as a cell of a spreadsheet.",
    "P8": "Personal data is masked, each reveal is logged, and only the owner or the group can read a file.",
    "P9": "Bad input is refused with its file, line, column and cause, and nothing is written.",
    "P10": "What is uncertain is refused, asked about or marked as provisional: encodings, dates, holidays, regions.",
    # When a process or the machine stops.
    "C1": "A killed import leaves no part of its batch visible.",
    "C2": "A write that fails at any statement leaves the old state, and the next attempt succeeds.",
    "C3": "Processes that are killed or stopped at random break no invariant and lose no acknowledged act.",
    "C4": "A killed upgrade leaves the old schema or the new one.",
    "C5": "A killed export or backup leaves the older file, and a draft that only its owner can read.",
    "C6": "A signal or a lost terminal during a verdict ends the program with the draft saved and the lock free.",
    "C7": "While a workbench is stopped, others claim and decide.",
    # When many work at once.
    "K1": "Eight processes that claim at once get each case once, in the order of the queue.",
    "K2": "Of two verdicts on one hold exactly one is accepted, and the other is told who was first.",
    "K3": "Any order of acts by several people keeps each case as the model has it.",
    "K4": "Readers and writers at once get no error, and the write-ahead log stays below 64 MB.",
    "K5": "The write-ahead log is used only with a SQLite library that is free of the WAL-reset bug.",
    "K6": "Ticks at the same time act once on each deadline.",
    # When the storage fails.
    "S1": "A full disk is reported, nothing is written, and work continues once there is room.",
    "S2": "A path that is no readable database is refused in a sentence, and no file is made or changed.",
    "S3": "A database locked by another program leaves the screen alive, and the act can be repeated.",
    "S4": "A changed bit of a backup, the hash key, a call file or a document is found before it is used.",
    "S5": "A truncated or foreign file is refused in a sentence and stays as it is.",
    "S6": "A newer schema is refused untouched, and an older one is upgraded after a copy.",
    "S7": "A wrong clock is named, and nothing irreversible happens by it.",
    "S8": "A copy of the files at the moment of an acknowledgement has the acknowledged act.",
    "S9": "A changed bit in any file of an encrypted database is an error, and without its key nothing can be read.",
    "S10": "A killed rekey leaves the former key or the new one, and all of the data.",
    # Imports.
    "I1": "Files of foreign collections are imported or refused in sentences.",
    "I2": "Each kind of malformed file is refused with its place and writes no row.",
    "I3": "A decompression bomb is refused in little memory.",
    "I4": "Random Chinese tables are read right or asked about, whatever their encoding.",
    "I5": "The same file twice is refused with the number of its first batch.",
    "I6": "A large import keeps its memory flat.",
    "I7": "What a spreadsheet damaged is named at its cell and never stored.",
    "I8": "Paths out of the folder, links, pipes and devices are refused.",
    "I9": "No pattern takes more than linear time on any text.",
    # Text.
    "T1": "Hostile texts in every field reach no screen as control sequences and run no action.",
    "T2": "Hostile texts reach no output and no error of a command as control sequences.",
    "T3": "Safe text is stable, keeps the characters of names, and is as wide as it is drawn.",
    "T4": "No exported cell is a formula, and what was guarded is imported as it was.",
    # Personal data.
    "N1": "After a session no file but the database and its store contains a personal value, unless a person exported "
    "it in clear, or wrote it into a map or the settings.",
    "N2": "Files and folders are private, or the group's, whatever the umask.",
    "N3": "A mask shows no more than its profile and keeps the length.",
    "N4": "Each reveal and copy is one event and ends by itself; an export in clear needs a reason.",
    "N5": "No error contains a personal value.",
    "N6": "Personal numbers in the names of files and in reasons are masked wherever they are told or logged.",
    "R1": "What retention erases is gone everywhere, and the log explains what is left.",
    "R2": "Nothing is erased while its case is open, owed something or under a legal hold.",
    # The log and the roles.
    "A1": "Each change, deletion, insertion and swap of events is found, a cut tail beside newer rows too.",
    "A2": "The database refuses to change or delete events.",
    "A3": "Each act in each state is allowed to exactly the roles of the table, and a refused attempt is an event.",
    "A4": "Nobody checks or reopens their own verdict, in whatever way they try.",
    "A5": "The person is the kernel's user, whatever the environment says.",
    "A6": "Verifying a million events takes at most ten seconds.",
    "A7": "While there are two admins, neither changes roles or erases alone; nobody adds to their own; one remains.",
    "A8": "Logins are compared in one form, and a look-alike of another login is refused.",
    "A9": "Doctor names what is missing, changed or wrong, with what to do.",
    "A10": "Who is deactivated can do nothing, also in an open workbench, and their cases are free.",
    # The terminal.
    "W1": "Resizing at random loses no key and decides nothing.",
    "W2": "Limited terminals show the workbench or say why not.",
    "W3": "A paste or a held key gives no verdict.",
    "W4": "2,000 cases leave no more in memory than 50, and an idle workbench uses less than 0.5 % of a processor.",
    "W5": "100,000 random inputs end the program nowhere and freeze it nowhere longer than a second.",
    # The figures of daily work.
    "D1": "A hold lasts 30 minutes and is renewed at most once a minute, without an event.",
    "D2": "A reviewer holds at most 3 cases and puts at most 10 aside.",
    "D3": "A verdict can be undone for 60 seconds by its maker, and its letter waits as long.",
    "D4": "During an import others wait at most 2 seconds.",
    "D5": "A revealed field is masked after 15 seconds, and a whole identity after 60 seconds without a key.",
    "D6": "A verdict is confirmed no sooner than 300 ms after its dialog, and 700 ms after the key before.",
    "D7": "A case is due at closing of its last working day, by 1, 3, 5, 7 or 10 working days.",
    "D8": "A deadline to rectify is at most 15 working days away.",
    "D9": "An appeal can be filed for 15 working days, and is due in 7, within 15 calendar days.",
    "D10": "The exit codes are those of the table; a failed command prints nothing as its result, except the report of "
    "an import and the reason why `next` has no case.",
    "D11": "A count beyond 64 bits is wrong usage.",
    "D12": "Each exported notice names its case and its decision.",
}
"""The sentence of each promise by its name."""


@dataclass(frozen=True, slots=True)
class PromiseTest:
    """A test or a module of tests that proves a promise; `group` is the run that includes it."""

    name: str
    group: str


def _names(node: ast.expr, mark: str) -> list[str] | None:
    """Return the arguments of `pytest.mark.promise(…)`, or of another mark; None if the node is not this mark."""
    call = node.func if isinstance(node, ast.Call) else node
    if ast.unparse(call) != f"pytest.mark.{mark}":
        return None
    return [ast.literal_eval(argument) for argument in node.args] if isinstance(node, ast.Call) else []


def _module_marks(tree: ast.Module) -> list[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return list(node.value.elts) if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return []


def _group(path: Path, marks: list[ast.expr]) -> str:
    has = [mark for mark in ("proof", "terminal") for node in marks if _names(node, mark) is not None]
    return (has or ["terminal" if path.parent.name == "terminal" else "ordinary"])[0]


def _promise_tests_in(path: Path) -> Iterator[tuple[str, PromiseTest]]:
    """Yield each promise that a module marks, with the test that proves it."""
    source = path.read_text(encoding="utf-8")
    if "mark.promise(" not in source:
        return
    tree = ast.parse(source)
    module, module_marks = str(path.relative_to(TESTS)), _module_marks(tree)
    marked_places = [(module, module_marks)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            marked_places.append((f"{module}::{node.name}", [*node.decorator_list]))
    marked = 0
    for name, marks in marked_places:
        for mark in marks:
            for promise in _names(mark, "promise") or ():
                yield promise, PromiseTest(name, _group(path, [*marks, *module_marks]))
            marked += _names(mark, "promise") is not None
    if marked != source.count("mark.promise("):
        raise ValueError(f"{module}: a promise is marked on what is neither a test nor the module")


def promise_tests() -> dict[str, list[PromiseTest]]:
    """Return the tests that prove each promise, including promises that are not in the list."""
    tests: dict[str, list[PromiseTest]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for promise, test in _promise_tests_in(path):
            tests[promise].append(test)
    return tests


def table() -> str:
    """Return the promises as a table in Markdown."""
    tests = promise_tests()
    lines = ["| | promise | held by | run |", "|---|---|---|---|"]
    for promise, sentence in PROMISES.items():
        for index, test in enumerate(tests[promise]):
            first = (promise, sentence) if index == 0 else ("", "")
            lines.append(f"| {first[0]} | {first[1]} | `{test.name}` | {test.group} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
