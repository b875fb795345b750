"""Saved views in the settings of a user: read with the line of each mistake, and written without touching the rest."""

import stat
import tomllib
from pathlib import Path

import pytest

from workbench.domain.filter.ordering import ListLayout
from workbench.errors import BadConfiguration, NotAllowed, StorageFailed
from workbench.settings.queue_view import QueueView
from workbench.settings.saved_views import SavedViews, with_table
from workbench.settings.user_settings import load_settings

MINE = """# my settings
theme = "light"  # bright office

[views.1] # old
name = "Old"
filter = "x"

# the second
[views.2]
name = "Second"
"""
VIEW = QueueView(
    name='逾期 "四川"', filter_text='due:overdue applicant:"a b"', layout=ListLayout("-due", ("due", "who"))
)


def test_a_view_is_saved_without_touching_other_lines_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(MINE, encoding="utf-8")
    file.chmod(0o640)
    views = SavedViews(file, load_settings(file).values.views)
    views.save("1", VIEW)
    views.save("9", QueueView(name="All"))

    text = file.read_text(encoding="utf-8")
    assert 'theme = "light"  # bright office\n\n[views.1]\nname = ' in text
    assert '\n\n# the second\n[views.2]\nname = "Second"\n\n[views.9]\nname = "All"\n' in text
    assert load_settings(file).values.views == {"1": VIEW, "2": QueueView(name="Second"), "9": QueueView(name="All")}
    assert load_settings(file).problems == ()
    assert (stat.S_IMODE(file.stat().st_mode), list(tmp_path.iterdir())) == (0o640, [file])


def test_a_table_is_written_only_if_nothing_else_changes() -> None:
    inline, dotted = '[views]\n1 = { name = "x" }\n', 'views.1.name = "x"\n'
    for text in ("", "a = 1", inline, dotted, 'note = """\n[views.1]\n"""\n', "[[views]]\n", "a =", "views = 3"):
        new = with_table(text, ("views", "1"), {"name": '\x7f\\"', "columns": ["due"]})
        if new is not None:
            assert tomllib.loads(new)["views"] == {"1": {"name": '\x7f\\"', "columns": ["due"]}}
            assert {**tomllib.loads(new), "views": 0} == {**tomllib.loads(text), "views": 0}


def test_settings_that_cannot_be_added_to_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('views = { 1 = { name = "x" } }\n', encoding="utf-8")
    with pytest.raises(BadConfiguration, match="add the view by hand"):
        SavedViews(file, {}).save("2", VIEW)
    assert file.read_text(encoding="utf-8") == 'views = { 1 = { name = "x" } }\n'
    with pytest.raises(StorageFailed, match="was not saved"):
        SavedViews(file / "x", {}).save("2", VIEW)


def test_settings_that_became_unreadable_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    for content in (b"theme = '\xff'", b"a = " + b"[" * 3000 + b"]" * 3000, b"a ="):
        file.write_bytes(content)
        with pytest.raises(BadConfiguration, match="cannot add to the settings"):
            SavedViews(file, {}).save("2", VIEW)
        assert file.read_bytes() == content


def test_a_view_that_another_window_saved_is_replaced_only_when_it_was_seen(tmp_path: Path) -> None:
    file = tmp_path / "new" / "settings.toml"
    one, other = SavedViews(file, {}), SavedViews(file, {})
    one.save("1", VIEW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(NotAllowed, match="Another window saved 逾期"):
        other.save("1", QueueView(name="Mine"))
    assert load_settings(file).values.views == {"1": VIEW} == other.by_key

    other.save("1", QueueView(name="Mine"))

    assert load_settings(file).values.views == {"1": QueueView(name="Mine")}


def test_a_view_with_a_personal_number_is_not_saved_and_one_typed_by_hand_is_masked(tmp_path: Path) -> None:
    views = SavedViews(tmp_path / "settings.toml", {})
    for name, wanted in (("x", "phone:13800138000"), ("13800138000", "")):
        with pytest.raises(NotAllowed, match="cannot contain the number"):
            views.save("1", QueueView(name=name, filter_text=wanted))
    assert (views.by_key, list(tmp_path.iterdir())) == ({}, [])
    assert QueueView(name="Late 13900139000").shown_name == "Late 139••••••00"


def test_each_mistake_in_a_view_is_told_with_its_line_and_the_others_hold(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    wrong = {
        "0": 'name = "x"',
        "1": 'filter = "state:pending"',
        "2": 'name = "x"\nfilter = "state:qeued"',
        "3": 'name = "x"\norder = "size"',
        "4": 'name = "x"\ncolumns = ["due", "size"]',
        "5": 'name = "x"\ncolour = "red"',
        "6": 'name = "x"\nfilter = 3',
        "8": 'name = "x"\norder = "due "',
        "9": 'name = "x"\norder = "-"',
        "7": 'name = "Good"\nfilter = "state:queued"\norder = "-优先级"',
    }
    file.write_text("".join(f"[views.{key}]\n{body}\n" for key, body in wrong.items()), encoding="utf-8")
    found = load_settings(file)

    assert found.values.views == {
        "7": QueueView(name="Good", filter_text="state:queued", layout=ListLayout("-priority"))
    }
    expected = (
        "1: The key of a view is 1 to 9, as in [views.1]; 0 is not",
        "3: The view 1 is left out: its name must have 1 to 40",
        "7: The view 2 is left out: “state” has no “qeued”; did you mean",
        "10: The view 3 is left out: There is no order “size”; choose",
        "13: The view 4 is left out: columns must be a list of due,",
        "16: The view 5 is left out: colour is not a field of a view;",
        "19: The view 6 is left out: filter must be a text, in quotes.",
        "22: The view 8 is left out: There is no order “due ”; choose from due",
        "25: The view 9 is left out: There is no order “-”; choose",
    )
    for problem, words in zip(found.problems, expected, strict=True):
        assert problem.partition(", line ")[2].startswith(words)
