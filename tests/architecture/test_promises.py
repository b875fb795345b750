"""Each promise of the program has a test that holds it."""

from tests.promises import PROMISES, holders


def test_each_promise_is_held_by_a_test() -> None:
    assert set(PROMISES) - set(holders()) == set()


def test_no_test_holds_an_unknown_promise() -> None:
    assert set(holders()) - set(PROMISES) == set()
