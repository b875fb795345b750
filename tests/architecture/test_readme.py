"""The tables of the manual match the program, and both READMEs its manual, its licences and its Pythons."""

import re
import tomllib
from pathlib import Path

import pytest

from tests import readme
from tests.manual.chapter_text import KEYS, Source

ENGLISH, CHINESE = (Source(path) for path in readme.READMES.values())
each_readme = pytest.mark.parametrize("language", readme.READMES)
PROJECT = tomllib.loads((readme.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("path", readme.written(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_tables_of_the_manual_are_those_of_the_program(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == readme.with_parts(text, readme.written()[path]), "run `python -m tests.readme`"


def test_the_manual_has_every_table() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in readme.written())

    assert [name for name in readme.TABLES if f"<!-- {name} -->" not in text] == []


def test_both_readmes_have_the_same_headings_commands_and_keys() -> None:
    assert ENGLISH.outline == CHINESE.outline
    assert ENGLISH.keys - KEYS == set()


@each_readme
def test_a_readme_shows_a_picture_that_loads_nothing_from_elsewhere(language: str) -> None:
    picture = readme.PICTURES[language]
    drawn = picture.read_text(encoding="utf-8")

    assert f"({picture.relative_to(readme.ROOT)})" in readme.READMES[language].read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert set(re.findall(r"\w+://[\w.]+", drawn)) == {"http://www.w3.org"}


@each_readme
def test_every_link_of_a_readme_leads_to_a_file(language: str) -> None:
    links = [link for link in Source(readme.READMES[language]).links if not link.startswith("https://")]

    assert [link for link in links if not (readme.ROOT / link).is_file()] == []


@each_readme
def test_a_readme_names_the_licence_of_every_dependency(language: str) -> None:
    extras = PROJECT["optional-dependencies"]
    needed = [*PROJECT["dependencies"], *extras["pictures"], *extras["docs"]]
    named = set(
        re.findall(r"[a-z][a-z0-9-]+", readme.READMES[language].read_text(encoding="utf-8").partition("LICENSE")[2])
    )

    assert {re.match(r"[\w-]+", each)[0] for each in needed} - named == set()  # type: ignore[index]  # each has a name


@pytest.mark.parametrize(("language", "comma", "either"), [("en", ", ", "or"), ("zh", "、", "或")])
def test_a_readme_names_the_supported_pythons(language: str, comma: str, either: str) -> None:
    versions = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python ::" in each]
    named = f"Python {comma.join(versions[:-1])} {either} {versions[-1]}"

    assert named in readme.READMES[language].read_text(encoding="utf-8")
