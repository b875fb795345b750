"""The key and command tables of the README match the program."""

import re
import tomllib
from pathlib import Path

import pytest

from tests import readme


@pytest.mark.parametrize("path", readme.written(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_tables_of_the_readme_and_the_manual_are_those_of_the_program(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == readme.with_parts(text, readme.written()[path]), "run `python -m tests.readme`"


def test_the_readme_and_the_manual_have_every_table() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in readme.written())

    assert [name for name in readme.TABLES if f"<!-- {name} -->" not in text] == []


def test_the_picture_of_the_readme_exists() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert f"({readme.PICTURE.relative_to(readme.ROOT)})" in text
    assert readme.PICTURE.read_text(encoding="utf-8").startswith("<svg")


def test_every_path_that_the_readme_names_exists() -> None:
    named = re.findall(
        r"`((?:workbench|screens|db|tests|fixtures)/[\w./-]+)`", readme.README.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (readme.ROOT / path).exists()] == []


def test_the_readme_names_the_licence_of_every_dependency() -> None:
    project = tomllib.loads((readme.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["pictures"], *extras["docs"]]
    named = set(re.findall(r"[a-z][\w-]+", readme.README.read_text(encoding="utf-8").partition("## Licences")[2]))

    assert {re.match(r"[\w-]+", each)[0] for each in needed} - named == set()  # type: ignore[index]  # each has a name


def test_the_readme_names_the_supported_pythons() -> None:
    project = tomllib.loads((readme.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [each.rpartition(" ")[2] for each in project["classifiers"] if "Python ::" in each]

    assert f"Python {', '.join(versions[:-1])} or {versions[-1]}" in readme.README.read_text(encoding="utf-8")
