"""Rows whose keys come more than once in an import."""

from workbench.services.intake.importing.classifying.records import digest
from workbench.services.intake.importing.classifying.repeated_keys import RepeatedKeys

A, B = (digest(key) + bytes(8) for key in "ab")
CHANGED, OTHERS = A[:-1] + b"c", A[:16] + b"applicant"[:8]


def test_rows_of_one_file_are_all_refused_and_name_each_other() -> None:
    keys = RepeatedKeys()
    keys.add(0, [2, 3], A + B)
    keys.add(0, [4, 5], A + A)
    found = keys.repeated()
    assert sorted(found) == [(0, 2), (0, 4), (0, 5)]
    assert [found[0, line].split(" too")[0] for line in (2, 4, 5)] == [
        "The same row is on line 4",
        "The same row is on line 2",
        "The same row is on line 2",
    ]


def test_of_rows_in_several_files_those_after_the_first_are_refused() -> None:
    keys = RepeatedKeys()
    keys.add(0, [2], A)
    keys.add(1, [2, 3], B + A)
    assert keys.repeated() == {(1, 3): "This row came already in this import; remove one."}


def test_only_equal_rows_are_called_the_same() -> None:
    for other, within, across in [
        (A, "The same row is on line 2 too", "This row came already"),
        (CHANGED, "Line 2 has another row with the same key and other values", "two rows with the same key"),
        (OTHERS, "Line 2 has the same application number for another applicant", "number for two applicants"),
    ]:
        keys = RepeatedKeys()
        keys.add(0, [2, 3], A + other)
        assert keys.repeated()[0, 3].startswith(within)
        keys = RepeatedKeys()
        keys.add(0, [2], A)
        keys.add(1, [2], other)
        assert across in keys.repeated()[1, 2]


def test_different_keys_are_no_repetition() -> None:
    keys = RepeatedKeys()
    keys.add(0, [2], A)
    keys.add(1, [2], B)
    assert keys.repeated() == {}


def test_a_key_that_all_rows_have_costs_no_more_than_others() -> None:
    keys = RepeatedKeys()
    keys.add(0, list(range(20_000)), A * 20_000)
    assert len(keys.repeated()) == 20_000
