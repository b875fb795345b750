"""What the README says of keys and commands is what the program has."""

from tests import readme


def test_the_keys_and_commands_of_the_readme_are_those_of_the_program() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.with_parts(text), "run `python -m tests.readme`"


def test_the_picture_of_the_readme_is_there() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert f"({readme.PICTURE.relative_to(readme.ROOT)})" in text
    assert readme.PICTURE.read_text(encoding="utf-8").startswith("<svg")
