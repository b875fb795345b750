"""Finding the line of a key in a TOML file."""

from workbench.settings.toml_lines import KeyPath, known_path, line_of

TEXT = '''\
# a comment
a = 1

b = [
    "[x]", # not a table
    "two",
]
text = """
[b]
"""
[table]
in.line = { of = 1 }

[[rows]]
key = 1
[[rows.inner]]
key = 2
[[rows]]
"a key" = 3
key = 4\r
[rows.inner]
"deep.er" = 5'''

LINES: dict[KeyPath, int] = {
    (): 1,
    ("a",): 2,
    ("b",): 4,
    ("b", 1): 4,
    ("text",): 8,
    ("table",): 11,
    ("table", "in", "line", "of"): 12,
    ("table", "missing"): 11,
    ("missing", "key"): 1,
    ("rows",): 14,
    ("rows", 0, "key"): 15,
    ("rows", 0, "inner", 0, "key"): 17,
    ("rows", 0, "inner", 1, "key"): 16,
    ("rows", 1): 18,
    ("rows", 1, "a key"): 19,
    ("rows", 1, "key"): 20,
    ("rows", 1, "inner", "deep.er"): 22,
}


def test_an_unknown_path_has_the_line_of_its_deepest_known_key() -> None:
    assert {path: line_of(TEXT, path) for path in LINES} == LINES


def test_the_known_path_ends_before_the_first_missing_key() -> None:
    values = {"a": [{"b": "text"}]}
    assert known_path(values, ("a", 0, "b")) == ("a", 0, "b")
    assert known_path(values, ("a", 0, "b", "c")) == ("a", 0, "b")
    assert known_path(values, ("a", 1)) == ("a",)
    assert known_path(values, ("a", "b")) == ("a",)
