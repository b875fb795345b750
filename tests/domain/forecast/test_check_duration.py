"""The duration of second checks, learnt from recent checks."""

from workbench.domain.forecast.case_history import CaseHistory, HistoryStep
from workbench.domain.forecast.check_duration import CheckDurations


def checked(number: int, took: float) -> CaseHistory:
    steps = (
        HistoryStep("queued", 0),
        HistoryStep("verdict", 1),
        HistoryStep("awaiting_check", 1),
        HistoryStep("passed", 1 + took),
    )
    return CaseHistory(case=number, steps=steps, attributes={})


SLOW = [checked(number, 4 + number / 10) for number in range(21)]


def test_recent_checks_give_the_duration_of_a_check() -> None:
    assert CheckDurations.fit(SLOW).ends(0, 0).p50 == 5
    assert CheckDurations.fit(SLOW).ends(0, 0).p90 > 5.5


def test_a_check_that_waited_long_has_little_time_left() -> None:
    assert CheckDurations.fit(SLOW).ends(4.5, 0).p50 < 1
    # No check took that long: the wait counts as just begun.
    assert CheckDurations.fit(SLOW).ends(30, 0).p50 == 5


def test_few_checks_are_not_learnt_from() -> None:
    assert CheckDurations.fit(SLOW[:3]).ends(0, 0).p50 == CheckDurations.fit([]).ends(0, 0).p50 < 2


def test_a_returned_verdict_has_its_result_at_the_next_verdict() -> None:
    steps = (
        HistoryStep("queued", 0), HistoryStep("verdict", 1), HistoryStep("awaiting_check", 1),
        HistoryStep("queued", 2), HistoryStep("verdict", 5),
        HistoryStep("rectifying", 5), HistoryStep("queued", 8),
    )  # fmt: skip
    history = CaseHistory(case=1, steps=steps, attributes={})

    assert history.first_result_at == 5
    assert history.until(4) is not None
    assert CaseHistory(case=1, steps=steps[:4], attributes={}).first_result_at is None
    assert CheckDurations.fit([history] * 8).ends(0, 0).p50 == 4
