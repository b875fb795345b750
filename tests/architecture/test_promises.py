"""Each promise of the program has a test that proves it."""

from tests.promises import PROMISES, promise_tests


def test_each_promise_is_held_by_a_test() -> None:
    assert set(PROMISES) - set(promise_tests()) == set()


def test_no_test_holds_an_unknown_promise() -> None:
    assert set(promise_tests()) - set(PROMISES) == set()
