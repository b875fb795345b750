"""`workbench manual` lists the chapters, prints one, and finds words in all."""

import json

from tests.cli.framework.terminal import Terminal, refused
from tests.languages import speaking
from workbench.manual.chapters import chapters


def test_without_a_chapter_the_manual_lists_its_chapters(terminal: Terminal) -> None:
    listed = terminal.run_bare("manual")

    assert all(chapter.name in listed.stdout and chapter.title in listed.stdout for chapter in chapters())


def test_a_chapter_in_a_pipe_names_chapters_instead_of_links(terminal: Terminal) -> None:
    printed = terminal.run_bare("manual", "Reviewers-Day").stdout
    for other in ("2", "02", "02-reviewers-day"):
        assert terminal.run_bare("manual", other).stdout == printed
    found = json.loads(terminal.run_bare("manual", "reviewers-day", "--json").stdout)["found"]

    assert printed.startswith("# A reviewer's day\n")
    assert "(settings)" in printed
    assert "<!--" not in printed
    assert ".md" not in printed
    assert "](16-settings.md)" in found[0]["text"]
    assert "\\" not in terminal.run_bare("manual", "keys").stdout


def test_an_unknown_chapter_names_the_nearest(terminal: Terminal) -> None:
    told = refused(terminal.run_bare("manual", "02-reviewer"), 66)
    assert "no chapter “02-reviewer”; did you mean reviewers-day?" in told
    with speaking("zh"):
        assert "--search" in refused(terminal.run_bare("manual", "撤销"), 66)


def test_a_search_prints_the_lines_with_all_words_and_their_headings(terminal: Terminal) -> None:
    found = terminal.run_bare("manual", "--search", "RESET demo").stdout.splitlines()[1:]

    assert [line.split()[0] for line in found] == ["first-hour", "retention"]
    assert found[0].split()[1:4] == ["Open", "the", "demo"]
    assert all("--reset" in line and "demo" in line for line in found)
    assert "db.example.com:5432:*:*:PASSWORD" in terminal.run_bare("manual", "--search", "pgpass 5432").stdout
    assert "try fewer words" in refused(terminal.run_bare("manual", "--search", "zebra crossing"), 66)


def test_the_manual_is_in_the_language_in_use(terminal: Terminal) -> None:
    with speaking("zh"):
        assert "审核员的一天" in terminal.run_bare("manual").stdout
