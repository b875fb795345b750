"""The READMEs and the papers for developers are short, and name only paths, commands and names that exist."""

import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.test_layers import ROOT
from tests.manual.chapter_text import Source, unknown_part

MOST_LINES, MOST_LINES_OF_A_README = 300, 200
READMES = ("README.md", "README.zh.md")
PAPERS = (
    *READMES,
    ".github/CONTRIBUTING.md",
    *(f"{folder}/README.md" for folder in ("workbench", "screens", "db", "tests")),
)
PACKAGES = ("workbench", "screens", "db", "tests", "fixtures")
every_paper = pytest.mark.parametrize("paper", [Source(ROOT / name) for name in PAPERS], ids=PAPERS)
_PATH = re.compile(rf"(?:{'|'.join(PACKAGES)}|\.ci|\.github)/[\w./*-]*")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\(\))?")
FOREIGN = {"ClickException", "no_args_is_help", "trigram", "unicode61", "xfail"}
"""Names in libraries and tools that the sources do not use."""
NO_NAMES = {"NameScreen", "Unreleased", "_s"}
"""A placeholder, a heading, and an ending of names."""


@cache
def words() -> set[str]:
    """Return every name in the sources, their policies and the settings of the tools."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.*") if path.suffix in {".py", ".toml"}]
    files.remove(Path(__file__))
    text = "".join(path.read_text(encoding="utf-8") for path in (*files, ROOT / "pyproject.toml"))
    return set(re.findall(r"\w+", text))


def exists(path: str) -> bool:
    return bool(list(ROOT.glob(path))) if "*" in path else (ROOT / path).exists()


def fault(span: str) -> str | None:
    """Return what a span of code names that does not exist."""
    if " && " in span:
        return next(filter(None, map(fault, span.split(" && "))), None)
    span = re.sub(r"^(?:uv run |\.venv/bin/(?=workbench ))", "", span)
    first, *_others = span.split()
    if _PATH.fullmatch(first.rstrip("/")) and "NAME" not in first:
        return None if exists(first) else first
    if first == "python" and span.startswith("python -m tests."):
        return None if find_spec(span.split()[2]) else span
    if first.startswith(".venv/bin/"):
        missing = [word for word in span.split()[1:] if _PATH.fullmatch(word) and not exists(word)]
        return None if not missing and Path(sys.executable).with_name(Path(first).name).exists() else span
    if first == "workbench" and span != "workbench":
        return unknown_part(span)
    return None


@every_paper
def test_a_paper_is_short(paper: Source) -> None:
    most = MOST_LINES_OF_A_README if paper.path.parent == ROOT else MOST_LINES

    assert len(paper.text.splitlines()) <= most


@every_paper
def test_a_paper_names_only_paths_and_commands_that_exist(paper: Source) -> None:
    spans = {*paper.spans, *paper.lines_to_type}

    assert {span: fault(span) for span in spans if fault(span)} == {}


@every_paper
def test_a_paper_names_only_names_that_exist(paper: Source) -> None:
    named = {part for span in paper.spans if _NAME.fullmatch(span) for part in span.removesuffix("()").split(".")}

    assert named - words() - FOREIGN - NO_NAMES == set()


def test_what_the_gate_leaves_out_on_a_server_opens_no_database() -> None:
    rooms, names = re.findall(r"--ignore=(\S*)\{(\S+)\}", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))[0]
    sources = [path for name in names.split(",") for path in sorted((ROOT / rooms / name).rglob("*.py"))]

    assert len(sources) > len(names.split(","))
    assert [path for path in sources if re.search(r"\b(Site|\w+_demo|first_cases)\b", path.read_text("utf-8"))] == []
