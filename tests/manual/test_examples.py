"""Every example of the manual and of the README runs on the demo."""

from pathlib import Path

import pytest

from tests.cli.conftest import parsers_built_once
from tests.cli.framework.terminal import Terminal
from tests.demos import NOW, fresh_demo, made_demo
from tests.manual.chapter_text import ROOT, Source, sources, words_and_code
from tests.sites import ManualClock, Site

__all__ = ["fresh_demo", "made_demo", "parsers_built_once"]

_NEEDS_A_TERMINAL = frozenset({"demo", "init"})
"""The commands that open the workbench, or make another database."""


# One chapter of one language: the other has the same lines.
@pytest.mark.proof
@pytest.mark.parametrize("chapter", [*sources("en"), Source(ROOT / "README.md")], ids=lambda chapter: chapter.path.stem)
def test_the_examples_of_a_chapter_run_on_the_demo(
    chapter: Source, fresh_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    terminal, failed = Terminal(Site(fresh_demo, ManualClock(NOW))), []
    for example in chapter.examples:
        words, code = words_and_code(example)
        *words, output = [*words, ""] if ">" not in words[-2:] else [*words[:-2], words[-1]]
        if words[0] not in _NEEDS_A_TERMINAL:
            # The README shows the commands of an office, where the user of the machine says who acts.
            who = ("--as", "admin") if chapter.path.stem == "README" and "--as" not in words else ()
            result = terminal.run(*words, *who)
            if result.exit_code != code:
                failed.append(f"{example}: {result.exit_code} {result.stderr}")
            if output:
                (tmp_path / output).write_text(result.stdout, encoding="utf-8")

    assert failed == []
