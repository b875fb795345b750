"""The settings of a user: what is wrong in the file costs that setting only."""

from pathlib import Path

import pytest

from screens.shell import theme
from workbench.settings.user_settings import CHECKS, THEMES, UserSettings, load_settings


def loaded(folder: Path, text: str) -> tuple[UserSettings, list[str]]:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    found = load_settings(file)
    return found.values, [problem.removeprefix(str(file)) for problem in found.problems]


def test_without_a_file_all_is_as_usual(tmp_path: Path) -> None:
    found = load_settings(tmp_path / "none.toml")
    assert (found.values, found.lines, found.problems) == (UserSettings(), {}, ())


def test_each_wrong_line_is_told_and_the_others_hold(tmp_path: Path) -> None:
    text = 'auto_nxt = true\ntheme = "pink"\n\nauto_next = "yes"\ndatabase = "/a/b.db"\n[colours]\nred = 1\n'
    values, problems = loaded(tmp_path, text)
    assert values == UserSettings(database="/a/b.db")
    assert problems == [
        ", line 1: There is no setting auto_nxt; did you mean auto_next?",
        ", line 2: theme must be one of dark, light, terminal, colour-blind, in quotes; the usual value is used.",
        ", line 4: auto_next must be true or false, without quotes; the usual value is used.",
        ", line 6: There is no setting colours; the settings are "
        "database, theme, auto_next, viewer, date_order, keys, texts, views.",
    ]


def test_no_kind_of_value_breaks_the_check_and_each_theme_exists(tmp_path: Path) -> None:
    for value in ("1", "[]", "1979-05-27", "{ a = 1 }", "nan", "['light']"):
        values, problems = loaded(tmp_path, "".join(f"{name} = {value}\n" for name in CHECKS))
        assert (values, len(problems)) == (UserSettings(), len(CHECKS)), value
    assert set(theme.THEMES) == set(THEMES)


def test_a_byte_order_mark_is_no_part_of_the_settings(tmp_path: Path) -> None:
    assert loaded(tmp_path, '\ufefftheme = "light"\n') == (UserSettings(theme="light"), [])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'theme = "light"\nauto_next = yes', "line 2: this is not TOML"),
        (b'a = 1\ntheme = "light', "line 2: this is not TOML"),
        (b"a = 1\n\n\xff", "line 3: this is not UTF-8"),
        pytest.param(b"a = " + b"9" * 5000, "line 1: this is not TOML", id="many digits"),
        pytest.param(b"a = " + b"[" * 3000 + b"]" * 3000, "nested too deep", id="deep"),
    ],
)
def test_a_file_that_is_no_toml_costs_all_settings_and_names_the_line(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(content)

    loaded = load_settings(file)
    assert (loaded.values, loaded.is_unreadable) == (UserSettings(), True)
    assert why in loaded.problems[0]
    assert loaded.problems[0].endswith("The usual settings are used.")


@pytest.mark.parametrize(("command", "is_right"), [("sh -c true", True), ("no-such-program", False), ("sh '", False)])
def test_a_viewer_is_a_command_that_exists(tmp_path: Path, command: str, *, is_right: bool) -> None:
    values, problems = loaded(tmp_path, f'viewer = "{command}"')
    assert (values.viewer, bool(problems)) == (command if is_right else "", not is_right)


def test_a_canned_text_with_an_unknown_field_is_told_and_not_offered(tmp_path: Path) -> None:
    text = '[texts]\nseal = "{applicant}, {deadlin}"\ncall = 7\n"by hand" = "Called for {case}."\nbrace = "{ b } {}"\n'
    values, problems = loaded(tmp_path, text)
    assert values.texts == {"by hand": "Called for {case}."}
    fields = "the fields are {applicant}, {application_no}, {case}, {deadline}. The text is not offered."
    assert problems == [
        f", line 2: texts.seal has an unknown field {{deadlin}}; {fields}",
        ", line 3: texts.call must be a text in quotes, of at most 5000 characters. The text is not offered.",
        f", line 5: texts.brace has an unknown field {{}}; {fields}",
    ]
