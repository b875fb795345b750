"""Lists the documents of a folder whose file names begin with the application number and the kind of document."""

import csv
import os
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from db.enums import DocumentKind
from workbench.domain.values.values import codes_with_words, folded_word
from workbench.i18n import _, comma_joined
from workbench.services.files.reading.folder import DESKTOP_FILES
from workbench.services.files.reading.headers import value_names
from workbench.services.files.reading.problems import FileProblem, RowProblem
from workbench.services.files.reading.sources import TextSource

_COLUMNS = ("agent", "application_no", "kind", "path", "modified")
"""The columns of the list. `modified` is not imported; it makes a list with a changed file a different list."""

_SEPARATORS = re.compile(r"[\s_-]+")


def list_of_documents(
    folder: Path, policy_names: Mapping[str, DocumentKind], agents_of: Callable[[Set[str]], Mapping[str, str | None]]
) -> tuple[TextSource, Sequence[RowProblem]]:
    """Return the list of the documents in a folder and its subfolders, as if it were an import file in the folder.

    The files that cannot be in the list are returned as problems.

    Args:
        folder: The folder.
        policy_names: The folded names that the policy gives to kinds of documents.
        agents_of: Returns the agents of applications by number, None for a number that several agents have.

    Raises:
        FileProblem: If the list has no file.
    """
    words = value_names("document_kind", DocumentKind)
    kinds = {_SEPARATORS.sub("", folded_word(name)): kind for name, kind in (dict(policy_names) | words).items()}
    files = sorted(path for path in folder.rglob("*") if not path.is_dir() and not path.name.startswith(DESKTOP_FILES))
    documents, problems = list[tuple[str, object, Path, int]](), list[RowProblem]()
    for path in files:
        number, kind = _number_and_kind(path.stem, kinds)
        name = path.relative_to(folder)
        readable = os.fsencode(name).decode("utf-8", "backslashreplace")
        if number and readable == str(name):
            documents.append((number, kind, name, path.lstat().st_mtime_ns))
        else:
            not_utf8 = "" if readable == str(name) else _("The name is not in UTF-8; rename the file.")
            problems.append(RowProblem(file=readable, message=not_utf8 or _why_unnamed(path.stem, words)))
    if not files:
        problems.append(RowProblem(file=folder.resolve().name, message=_("The folder has no documents.")))
    agents = agents_of({number for number, *_others in documents})
    if ambiguous := sorted(number for number, agent in agents.items() if agent is None):
        message = _("Several agents have an application {numbers}; name one of them with --agent.")
        problems.append(RowProblem(file=folder.resolve().name, message=message.format(numbers=comma_joined(ambiguous))))
    documents = [document for document in documents if agents.get(document[0], "") is not None]
    if not documents:
        raise FileProblem(*problems)
    with TemporaryFile("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_COLUMNS)
        rows.writerows((agents.get(document[0], ""), *document) for document in documents)
        file.flush()
        source = TextSource(Path(f"/dev/fd/{file.fileno()}"), "utf-8")
    source.path = folder.resolve()
    return source, problems


def of_listed_file(problem: RowProblem, listed: Mapping[tuple[str, int], Mapping[str, str]]) -> RowProblem:
    """Return a problem with the file that its row lists as its place; nobody sees the lines of a list made here.

    `listed` are the rows of such lists, by the name of the folder and the line.
    """
    row = listed.get((problem.file, problem.line))
    return problem if row is None else replace(problem, file=row["path"], line=0, column="")


def _why_unnamed(stem: str, words: Mapping[str, DocumentKind]) -> str:
    """Return why a file name does not say whose document of what kind the file is."""
    number, *rest = re.split(r"[\s_]+", stem, maxsplit=1)
    if any(rest) and any(map(str.isdigit, number)):
        message = _("Kind {kind} is not known; one of {kinds}.")
        return message.format(kind=rest[0], kinds=codes_with_words(words))
    message = _(
        "The file name must begin with the application number and the kind of document, like {name}; rename it."
    )
    return message.format(name="EX-0001_BIZ_LICENSE.pdf")


def _number_and_kind(stem: str, kinds: Mapping[str, DocumentKind]) -> tuple[str, DocumentKind | str]:
    """Return the application number and the kind with which a file name begins, '' if it does not."""
    for end in range(1, len(stem)):
        rest = _SEPARATORS.sub("", folded_word(stem[end:]))
        if rest.startswith(tuple(kinds)):
            return stem[:end].strip(" _-"), kinds[max(filter(rest.startswith, kinds), key=len)]
    return "", ""
