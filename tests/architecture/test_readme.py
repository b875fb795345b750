"""The key and command tables of the README match the program."""

import re

from tests import readme


def test_the_readme_lists_the_keys_and_commands_of_the_program() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.with_parts(text), "run `python -m tests.readme`"


def test_the_picture_of_the_readme_exists() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert f"({readme.PICTURE.relative_to(readme.ROOT)})" in text
    assert readme.PICTURE.read_text(encoding="utf-8").startswith("<svg")


def test_every_path_that_the_readme_names_exists() -> None:
    named = re.findall(
        r"`((?:workbench|screens|db|tests|fixtures)/[\w./-]+)`", readme.README.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (readme.ROOT / path).exists()] == []
